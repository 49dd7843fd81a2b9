"""Transit gateways, VPNs and Direct Connect: attachments, their tables, and the sites behind."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from graphs.addresses import Prefix
from graphs.network.filters import unread
from graphs.network.routes import Choice, common, minus, overlap, partition, spelled_out
from graphs.nodes import (
    DirectConnectGateway,
    Node,
    NodeIndex,
    Ref,
    Route,
    RouteTable,
    Site,
    Subnet,
    TransitAttachment,
    TransitGateway,
    TransitTable,
    Vpc,
    VpnConnection,
    VpnGateway,
)
from graphs.unknown import NO, YES, Answer, Cause, Unknown, cannot_tell

# Which of two equal propagated prefixes wins.
# https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
_ORDER = {"vpc": 0, "direct-connect": 1, "vpn": 2}


@dataclass(frozen=True)
class Transit:
    """The transit gateways of an estate, their tables worked out once each."""

    nodes: NodeIndex
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

    def hidden_targets(self, gateway: Ref) -> tuple[Unknown, ...]:
        """Why an attachment to this gateway may be there although none is seen."""
        if isinstance(gateway, Unknown) or self.nodes.get(gateway, TransitGateway) is None:
            return (unread(gateway),)
        return tuple(
            ref
            for a in self.nodes.of(TransitAttachment)
            for ref in (a.target, a.gateway)
            if a.kind == "vpc" and isinstance(ref, Unknown) and gateway in (a.gateway, ref)
        )

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
        """The subnets by which packets come out: in the sender's zone where there is one."""
        known, hidden = self._subnets(attachment)
        same = [s for s in known if isinstance(zone, str) and s.zone == zone]
        if same:
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
        for attachment in sorted(learned, key=lambda a: _ORDER.get(a.kind, 3)):
            for prefix in self._propagated(attachment):
                yield Route(
                    destination=prefix,
                    kind="attachment",
                    target=attachment.id,
                    proof=attachment.proof(),
                    propagated=True,
                )

    def _propagated(self, attachment: TransitAttachment) -> Iterator["Prefix | Unknown"]:
        """What a table learns from an attachment; from a peering, nothing."""
        target = self.nodes.get(attachment.target, Node)
        if isinstance(target, Vpc):
            yield from target.cidrs
        elif isinstance(target, VpnConnection):
            yield from self.vpn_prefixes(target)
        elif isinstance(target, DirectConnectGateway):
            for site in self.sites_behind(target.id):
                yield from site.prefixes
        elif attachment.kind != "peering":
            yield unread(attachment.target)

    # Sites.

    def sites_behind(self, ref: Ref) -> tuple[Site, ...]:
        """The sites that a customer gateway or Direct Connect gateway leads to."""
        return tuple(s for s in self.nodes.of(Site) if isinstance(ref, str) and ref in s.behind)

    def vpn_prefixes(self, connection: VpnConnection) -> Iterator["Prefix | Unknown"]:
        """What a VPN announces: its static routes, else the prefixes of the sites behind it."""
        if connection.routes:
            yield from connection.routes
            return
        for site in self.sites_behind(connection.customer):
            yield from site.prefixes

    def site_ranges(self, link: Node, wanted: Prefix) -> Iterator[tuple[Site, Prefix, Answer]]:
        """The wanted addresses that lie in sites behind a link, and whether they surely do."""
        behind = link.customer if isinstance(link, VpnConnection) else link.id
        routes = link.routes if isinstance(link, VpnConnection) else ()
        known = [r for r in routes if isinstance(r, Prefix)]
        hidden = [r for r in routes if isinstance(r, Unknown)]
        for site in self.nodes.of(Site):
            sure = _is_behind(site, behind)
            if not sure.possible:
                continue
            for part in overlap((wanted,), site.prefixes):
                inside = overlap((part,), known) if routes else (part,)
                for span in inside:
                    yield site, span, sure
                rest: tuple[Prefix, ...] = (part,)
                for span in inside:
                    rest = minus(rest, span)
                for span in rest if hidden else ():
                    yield site, span, sure & cannot_tell(*hidden)

    def announced(
        self, direct: DirectConnectGateway, private: VpnGateway | None, wanted: Prefix
    ) -> Iterator[tuple[Prefix, Answer]]:
        """The wanted addresses that a Direct Connect gateway announces to its sites.

        Over a virtual private gateway a VPC's range is announced when an allowed prefix holds
        all of it; over a transit gateway, the allowed prefixes themselves are.
        https://docs.aws.amazon.com/directconnect/latest/UserGuide/allowed-to-prefixes.html
        """
        known = [p for p in direct.allowed if isinstance(p, Prefix)]
        hidden = [p for p in direct.allowed if isinstance(p, Unknown)]
        vpc = self.nodes.get(private.vpc, Vpc) if private else None
        if private and not direct.allowed:
            yield wanted, YES
            return
        if vpc is not None:
            ranges = [c for c in vpc.cidrs if isinstance(c, Prefix)]
            known = [c for c in ranges if any(p.covers(c) for p in known)]
        rest: tuple[Prefix, ...] = (wanted,)
        for allowed in known:
            for part in (common(r, allowed) for r in rest):
                if part is not None:
                    yield part, YES
            rest = minus(rest, allowed)
        for part in rest if hidden else ():
            yield part, cannot_tell(*hidden)


def _is_behind(site: Site, ref: Ref) -> Answer:
    if isinstance(ref, str) and ref in site.behind:
        return YES
    hidden = [r for r in (*site.behind, ref) if isinstance(r, Unknown)]
    return cannot_tell(*hidden) if hidden else NO
