"""Transit gateways: attachments, their tables, and the subnets that carry their traffic."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from graphs.addresses import Prefix
from graphs.network.filters import unread
from graphs.network.routes import Choice, partition, spelled_out
from graphs.network.sites import Links
from graphs.nodes import (
    CoreNetwork,
    DirectConnectGateway,
    Node,
    NodeIndex,
    Ref,
    Route,
    RouteTable,
    Subnet,
    TransitAttachment,
    TransitGateway,
    TransitTable,
    Vpc,
    VpnConnection,
)
from graphs.unknown import NO, YES, Answer, Cause, Unknown, cannot_tell

# Which of two equal propagated prefixes wins.
# https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
_ORDER = {"vpc": 0, "direct-connect": 1, "connect": 2, "vpn": 3}


@dataclass(frozen=True)
class Transit:
    """The transit gateways of an estate, their tables worked out once each."""

    nodes: NodeIndex
    links: Links
    _tables: dict[str, tuple[tuple[Route, ...], tuple[Unknown, ...]]] = field(
        default_factory=dict, repr=False
    )

    @cached_property
    def _by_target(self) -> dict[Ref, tuple[TransitAttachment, ...]]:
        found: dict[Ref, tuple[TransitAttachment, ...]] = {}
        for attachment in self.nodes.of(TransitAttachment):
            found[attachment.target] = (*found.get(attachment.target, ()), attachment)
        return found

    def of_target(self, target: Ref) -> tuple[TransitAttachment, ...]:
        """The attachments of a VPC, VPN connection or Direct Connect gateway."""
        return self._by_target.get(target, ())

    def of_vpc(self, gateway: Ref, vpc: Ref) -> tuple[TransitAttachment, ...]:
        """The attachments of a VPC to this gateway."""
        if isinstance(gateway, Unknown) or isinstance(vpc, Unknown):
            return ()
        return tuple(a for a in self.of_target(vpc) if a.gateway == gateway)

    def hidden_targets(self, gateway: Ref, vpc: Ref) -> tuple[Unknown, ...]:
        """Why an attachment to this gateway may be there although none is seen."""
        if isinstance(gateway, Unknown) or gateway not in self.nodes.by_id:
            return (unread(gateway),)
        if isinstance(vpc, Unknown):
            return (vpc,)
        because: set[Unknown] = set()
        for attachment in self.nodes.of(TransitAttachment):
            wanted = ((attachment.gateway, gateway), (attachment.target, vpc))
            if attachment.kind == "vpc" and all(
                isinstance(a, Unknown) or a == b for a, b in wanted
            ):
                because |= {a for a, _ in wanted if isinstance(a, Unknown)}
        return tuple(sorted(because, key=str))

    def far_end(self, attachment: TransitAttachment) -> TransitAttachment | None:
        """A peering attachment as the gateway at its other end has it."""
        for other in self.of_target(attachment.gateway):
            if other.kind == "peering" and other.gateway == attachment.target:
                return other
        return None

    def knows_groups(self, attachment: TransitAttachment) -> Answer:
        """Whether security group references work over this attachment: off by default on the
        gateway, on by default on the attachment.

        https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html
        """
        if self.nodes.get(attachment.gateway, CoreNetwork):
            what = "whether references to security groups count over Cloud WAN"
            return cannot_tell(Unknown(Cause.MODEL, what))
        gateway = self.nodes.get(attachment.gateway, TransitGateway)
        if gateway is None:
            return cannot_tell(unread(attachment.gateway))
        support = gateway.attribute("security_group_referencing_support")
        own = attachment.attribute("security_group_referencing_support")
        if support in (None, "", "disable") or own == "disable":
            return NO
        hidden = [value for value in (support, own) if isinstance(value, Unknown)]
        return cannot_tell(*hidden) if hidden else YES

    # Which subnet of an attachment carries the packet.

    def in_zone(
        self, attachment: TransitAttachment, zone: "str | Unknown"
    ) -> list[tuple[str, Answer]]:
        """The attachment's subnets that may serve a zone, and whether they surely do."""
        known, hidden = self._subnets(attachment)
        same = [s for s in known if isinstance(zone, str) and s.zone == zone]
        if same:
            return self._alternatives(same, ())
        maybe = [s for s in known if isinstance(zone, Unknown) or isinstance(s.zone, Unknown)]
        zones = [s.zone for s in maybe if isinstance(s.zone, Unknown)]
        because = [*zones, *hidden, *([zone] if isinstance(zone, Unknown) else [])]
        out = [(ref, cannot_tell(*because)) for ref, _ in self._alternatives(maybe, ())]
        return [*out, ("", cannot_tell(*hidden))] if hidden else out

    def far_subnets(
        self, attachment: TransitAttachment, zone: "str | Unknown | None"
    ) -> list[tuple[str, Answer]]:
        """The subnets by which packets come out: in the sender's zone where there is one; in
        appliance mode in any, chosen anew for each flow.

        https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-appliance-scenario.html
        """
        known, hidden = self._subnets(attachment)
        same = [s for s in known if isinstance(zone, str) and s.zone == zone]
        if same and attachment.attribute("appliance_mode_support") in (None, "", "disable"):
            return self._alternatives(same, ())
        return self._alternatives(known, hidden)

    def _subnets(self, attachment: TransitAttachment) -> tuple[list[Subnet], tuple[Unknown, ...]]:
        known = list(self.nodes.many(attachment.subnets, Subnet))
        hidden = [unread(r) for r in attachment.subnets if self.nodes.get(r, Subnet) is None]
        return known, tuple(hidden)

    def _alternatives(
        self, subnets: list[Subnet], hidden: tuple[Unknown, ...]
    ) -> list[tuple[str, Answer]]:
        """One subnet for each behaviour: several subnets that filter and route alike are one."""
        alike: dict[object, str] = {}
        for subnet in subnets:
            table = self.nodes.get(subnet.table, RouteTable)
            ways = frozenset((r.destination, r.kind) for r in table.routes) if table else None
            alike.setdefault((subnet.acl, ways), subnet.id)
        if len(alike) == 1 and not hidden:
            return [(subnet, YES) for subnet in alike.values()]
        which = Unknown(Cause.MODEL, "the zone that a transit gateway delivers in")
        sure = cannot_tell(*hidden) if hidden else cannot_tell(which)
        out = [(subnet, sure) for subnet in alike.values()]
        return [*out, ("", sure)] if hidden else out

    # Tables.

    def table_name(self, ref: Ref) -> str:
        """What people call a table."""
        table = self.nodes.get(ref, TransitTable)
        return table.name if table else str(ref)

    def no_route(self, attachment: TransitAttachment, prefix: Prefix) -> str:
        """The sentence for a destination that the attachment's table has nothing for."""
        if not attachment.table:
            return f"Attachment {attachment.name} is associated with no transit table"
        return f"Transit table {self.table_name(attachment.table)} has no route to {prefix}"

    def choices(self, ref: str, wanted: Prefix) -> tuple[Choice, ...]:
        """The destinations, cut by the routes of a transit table."""
        if not ref:
            return (Choice(wanted, None),)
        table = self.nodes.get(ref, TransitTable)
        if table is None:
            lost = unread(ref)
            return (Choice(wanted, lost, certain=False, because=frozenset({lost})),)
        if ref not in self._tables:
            hidden = [unread(r) for r in table.propagations if r not in self.nodes.by_id]
            self._tables[ref] = tuple(self._routes(table)), tuple(hidden)
        routes, hidden_routes = self._tables[ref]
        return partition(routes, wanted, hidden_routes)

    def _routes(self, table: TransitTable) -> Iterator[Route]:
        yield from spelled_out(table.routes, self.nodes)
        learned = self.nodes.many(table.propagations, TransitAttachment)
        found: dict[Prefix, list[TransitAttachment]] = {}
        for attachment in sorted(learned, key=lambda a: _ORDER.get(a.kind, 4)):
            for prefix in self._propagated(attachment):
                if isinstance(prefix, Prefix):
                    found.setdefault(prefix, []).append(attachment)
                else:
                    yield _learned(prefix, attachment, attachment.id)
        for prefix, ends in found.items():
            yield _learned(prefix, ends[0], _winner(prefix, ends))

    def _propagated(self, attachment: TransitAttachment) -> Iterator["Prefix | Unknown"]:
        """What a table learns from an attachment; from a peering, nothing."""
        target = self.nodes.get(attachment.target, Node)
        if isinstance(target, Vpc):
            yield from target.cidrs
        elif isinstance(target, VpnConnection):
            yield from self.links.vpn_prefixes(target)
        elif isinstance(target, DirectConnectGateway):
            yield from self.links.behind_prefixes(target.id)
        elif attachment.kind != "peering":
            yield unread(attachment.target)


def _learned(prefix: "Prefix | Unknown", attachment: TransitAttachment, target: Ref) -> Route:
    return Route(prefix, "attachment", target, attachment.proof(), propagated=True)


def _winner(prefix: Prefix, ends: list[TransitAttachment]) -> Ref:
    """The attachment that a prefix leads to which several announce: the first kind in AWS's order.
    Of two VPCs that overlap nobody says which."""
    rivals = sorted({end.id for end in ends if end.kind == ends[0].kind == "vpc"})
    if len(rivals) < 2:
        return ends[0].id
    return Unknown(Cause.MODEL, f"which of {' and '.join(rivals)} has {prefix}")
