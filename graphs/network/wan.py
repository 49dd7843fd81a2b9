"""Where a packet goes: from a subnet, over every kind of gateway, to its end.

A walk follows a range of destinations and splits it wherever routers would. It judges routing
alone: filters at the subnet borders it crosses are listed for reach to apply.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, partial

from graphs.addresses import ANY4, ANY6, Prefix
from graphs.evidence import Proof
from graphs.network.filters import unread
from graphs.network.learned import learned
from graphs.network.middleboxes import by_middlebox
from graphs.network.outward import by_internet_gateway, by_nat_gateway
from graphs.network.paths import (
    End,
    Path,
    alike,
    anywhere,
    crossed,
    doubted,
    dropped,
    given,
    link_name,
    name_of,
    not_modelled,
    same,
    stepped,
    target_name,
)
from graphs.network.routes import minus, overlap, partition, spelled_out
from graphs.network.sites import Links
from graphs.network.transit import Transit
from graphs.nodes import (
    DirectConnectGateway,
    Node,
    NodeIndex,
    Peering,
    Ref,
    Route,
    RouteTable,
    Subnet,
    TransitAttachment,
    TransitGateway,
    Vpc,
    VpnConnection,
    VpnGateway,
)
from graphs.unknown import NO, YES, Answer, Unknown, cannot_tell


@dataclass(frozen=True)
class Wan:
    """Walks through an estate's routers, each worked out once."""

    nodes: NodeIndex
    _walks: dict[object, tuple[Path, ...]] = field(default_factory=dict, repr=False)

    @cached_property
    def links(self) -> Links:
        """The estate's links to sites."""
        return Links(self.nodes)

    @cached_property
    def transit(self) -> Transit:
        """The estate's transit gateways."""
        return Transit(self.nodes, self.links)

    def from_subnet(self, subnet: Ref, wanted: Prefix, toward: Ref = "") -> tuple[Path, ...]:
        """Where packets from a subnet to these destinations end. `toward` is the VPC that the
        destinations are in, if any."""
        key = subnet, wanted, toward
        if key not in self._walks:
            self._walks[key] = tuple(self._start(subnet, wanted, toward))
        return self._walks[key]

    def _start(self, ref: Ref, wanted: Prefix, toward: Ref) -> Iterator[Path]:
        subnet = self.nodes.get(ref, Subnet)
        if subnet is None:
            yield anywhere(Path(wanted, ref, toward), unread(ref))
            return
        start = Path(wanted, subnet.vpc, toward, subnet.zone, subnet.id)
        yield from self.routed(start, subnet)

    def routed(self, path: Path, subnet: Subnet) -> Iterator[Path]:
        """The path continued by a subnet's route table."""
        for part, inside in self._within(path.prefix, subnet):
            kept = path._replace(prefix=part)
            if inside:
                claim = f"{part} is in subnet {subnet.name} itself"
                yield stepped(kept, claim, subnet.proof())._replace(end=End.VPC, goal=subnet.vpc)
            else:
                yield from self._by_table(kept, subnet)

    def _within(self, wanted: Prefix, subnet: Subnet) -> Iterator[tuple[Prefix, bool]]:
        """The destinations, told apart by whether they are in the subnet itself: those follow no
        route. It makes a difference where a route takes them from `local`.

        https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html
        """
        table = self.nodes.get(subnet.table, RouteTable)
        own = [c for c in subnet.cidrs if isinstance(c, Prefix) and c.meets(wanted)]
        if table is None or not own or not _diverts(table, own):
            yield wanted, False
            return
        rest: tuple[Prefix, ...] = (wanted,)
        for part in overlap((wanted,), own):
            yield part, True
            rest = minus(rest, part)
        for part in rest:
            yield part, False

    def _by_table(self, path: Path, subnet: Subnet) -> Iterator[Path]:
        table = self.nodes.get(subnet.table, RouteTable)
        if table is None:
            yield anywhere(path, unread(subnet.table))
            return
        inside = NO if path.toward == "" else alike(path.toward, subnet.vpc)
        routes = tuple(spelled_out(learned(self.nodes, self.links, table), self.nodes))
        for choice in partition(routes, path.prefix, table.unread, inside):
            part = path._replace(prefix=choice.prefix)
            if not choice.certain:
                part = doubted(part, cannot_tell(*choice.because))
            if choice.route is None:
                wanted = "the internet" if path.prefix in (ANY4, ANY6) else path.prefix
                claim = f"Route table {table.name} has no route to {wanted}"
                yield dropped(part, claim, table.proof())
            elif isinstance(choice.route, Unknown):
                yield anywhere(part, choice.route)
            else:
                yield from self._by_route(part, choice.route, subnet, table)

    def _by_route(
        self, path: Path, route: Route, subnet: Subnet, table: RouteTable
    ) -> Iterator[Path]:
        if route.kind == "local":
            claim = f"Route table {table.name} delivers {route.destination} within the VPC"
            ended = path._replace(end=End.VPC, goal=subnet.vpc)
            yield stepped(ended, claim, route.proof)
            return
        target = target_name(self.nodes, route)
        claim = f"Route table {table.name} sends {route.destination} to {target}"
        if route.kind == "blackhole":
            yield dropped(path, f"Route table {table.name} drops {route.destination}", route.proof)
        elif route.kind == "gateway-endpoint":
            yield stepped(path, claim, route.proof)._replace(end=End.SERVICE, groups=NO)
        elif route.kind in self._follow:
            yield from self._follow[route.kind](stepped(path, claim, route.proof), route, subnet)
        else:
            yield from by_middlebox(self, stepped(path, claim, route.proof), route, subnet.id)

    @cached_property
    def _follow(self) -> "dict[str, Callable[[Path, Route, Subnet], Iterable[Path]]]":
        """The ways on by a route of each kind."""
        return {
            "internet": partial(by_internet_gateway, self),
            "egress-only": partial(by_internet_gateway, self),
            "nat": partial(by_nat_gateway, self),
            "peering": self._peering,
            "transit": self._transit,
            "core": self._transit,
            "vpn": self._vpn,
        }

    def _peering(self, path: Path, route: Route, subnet: Subnet) -> Iterator[Path]:
        """Into the VPC at the other end, and no further: a peering is not transitive."""
        peering = self.nodes.get(route.target, Peering)
        if peering is None:
            yield anywhere(path, unread(route.target))
            return
        if not peering.active.possible:
            claim = f"Peering {peering.name} is not accepted"
            yield dropped(path, claim, peering.proof())
            return
        if path.foreign.certain:
            claim = f"Peering {peering.name} drops packets from outside the VPC"
            yield dropped(path, claim, peering.proof())
            return
        other, sure = self._other_end(peering, subnet.vpc)
        if not sure.possible:
            yield dropped(path, f"Peering {peering.name} is not one of this VPC", peering.proof())
            return
        if isinstance(other, Unknown):
            yield anywhere(path, other)
            return
        counts = self._same_region(subnet.vpc, other)
        usable = peering.active & sure & ~path.foreign
        over = doubted(crossed(path, ""), usable)._replace(groups=counts)
        yield from self.into_vpc(given(over, peering), other, peering.proof())

    def _other_end(self, peering: Peering, vpc: Ref) -> tuple[Ref, Answer]:
        if isinstance(vpc, Unknown):
            return vpc, cannot_tell(vpc)
        ends = peering.requester, peering.accepter
        for own, other in (ends, ends[::-1]):
            if isinstance(own, str) and own == vpc:
                return other, YES
        for own, other in (ends, ends[::-1]):
            if isinstance(own, Unknown):
                return other, cannot_tell(own)
        return "", NO

    def _same_region(self, one: Ref, other: Ref) -> Answer:
        nodes = self.nodes.get(one, Vpc), self.nodes.get(other, Vpc)
        if nodes[0] is None or nodes[1] is None:
            return cannot_tell(*(unread(r) for r in (one, other)))
        left, right = nodes[0].scope.region, nodes[1].scope.region
        # Both come from one provider block when it is the same Unknown, so the regions are equal.
        return YES if left == right else same(left, right)

    def into_vpc(self, path: Path, ref: Ref, proof: Proof | None) -> Iterator[Path]:
        """Into a VPC at its border, where only its own addresses are delivered."""
        vpc = self.nodes.get(ref, Vpc)
        if vpc is None:
            yield anywhere(path, unread(ref))
            return
        ended = given(path, vpc)._replace(at="", end=End.VPC, goal=vpc.id)
        known = [c for c in vpc.cidrs if isinstance(c, Prefix)]
        rest: tuple[Prefix, ...] = (path.prefix,)
        for part in rest if path.toward == vpc.id else overlap((path.prefix,), known):
            yield ended._replace(prefix=part)
            rest = minus(rest, part)
        hidden = [c for c in vpc.cidrs if isinstance(c, Unknown)]
        for part in rest:
            if hidden:
                yield doubted(ended._replace(prefix=part), cannot_tell(*hidden))
            claim = f"{part} is not in VPC {vpc.name}"
            yield dropped(path._replace(prefix=part, certain=path.certain and not hidden), claim,
                          proof)  # fmt: skip

    def _transit(self, path: Path, route: Route, subnet: Subnet) -> Iterator[Path]:
        attachments = self.transit.of_vpc(route.target, subnet.vpc)
        if not attachments:
            hidden = self.transit.hidden_targets(route.target, subnet.vpc)
            if hidden:
                yield anywhere(path, *hidden)
            else:
                gateway = self.nodes.get(route.target, TransitGateway)
                called = gateway.name if gateway else route.target
                claim = f"The VPC is not attached to transit gateway {called}"
                yield dropped(path, claim, route.proof)
        for attachment in attachments:
            for near in self.into_attachment(path, attachment):
                if near.end is End.NOWHERE:
                    yield near
                else:
                    yield from self.enter_transit(near, attachment)

    def into_attachment(self, path: Path, attachment: TransitAttachment) -> Iterator[Path]:
        """Into the attachment's subnet in the packet's own zone; without one it is dropped.

        https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
        """
        if not attachment.subnets:
            yield crossed(path, "")
            return
        if path.at in attachment.subnets:
            yield path
            return
        here = self.nodes.get(path.at, Subnet)
        zone = here.zone if here else unread(path.at)
        found = self.transit.in_zone(attachment, zone)
        if not found:
            claim = f"Attachment {attachment.name} has no subnet in zone {zone}"
            yield dropped(path, claim, attachment.proof("subnet_ids"))
        for subnet, sure in found:
            # A subnet that is not known may be the packet's own, and then no border is crossed.
            yield doubted(crossed(path, subnet) if subnet else path, sure)

    def enter_transit(self, path: Path, attachment: TransitAttachment) -> Iterator[Path]:
        """From an attachment, by the transit table associated with it, to the next one."""
        if attachment.id in path.seen:
            yield dropped(path, f"The transit routes loop at {attachment.name}", attachment.proof())
            return
        path = path._replace(seen=path.seen | {attachment.id})
        path = given(path._replace(groups=path.groups & self.transit.knows_groups(attachment)),
                     attachment)  # fmt: skip
        if isinstance(attachment.table, Unknown):
            yield anywhere(path, attachment.table)
            return
        for choice in self.transit.choices(attachment.table, path.prefix):
            part = path._replace(prefix=choice.prefix)
            if not choice.certain:
                part = doubted(part, cannot_tell(*choice.because))
            if choice.route is None:
                claim = self.transit.no_route(attachment, path.prefix)
                yield dropped(part, claim, attachment.proof())
            elif isinstance(choice.route, Unknown):
                yield anywhere(part, choice.route)
            else:
                yield from self._by_transit_route(part, choice.route, attachment)

    def _by_transit_route(
        self, path: Path, route: Route, attachment: TransitAttachment
    ) -> Iterator[Path]:
        name = self.transit.table_name(attachment.table)
        if route.kind == "blackhole":
            claim = f"Transit table {name} drops {route.destination} (blackhole)"
            yield dropped(path, claim, route.proof)
            return
        onward = self.nodes.get(route.target, TransitAttachment)
        if onward is None:
            yield anywhere(path, unread(route.target))
            return
        claim = f"Transit table {name} leads {route.destination} to attachment {onward.name}"
        path = given(stepped(path, claim, route.proof), onward)
        path = path._replace(groups=path.groups & self.transit.knows_groups(onward))
        if isinstance(onward.target, Unknown):
            yield anywhere(path, onward.target)
        elif onward.kind == "vpc":
            yield from self._from_transit(path, onward)
        elif onward.kind == "peering":
            yield from self._over_transit_peering(path, onward)
        else:
            yield from self._to_sites(path, onward)

    def _from_transit(self, path: Path, attachment: TransitAttachment) -> Iterator[Path]:
        """Out of a transit gateway into a VPC, by the route table of the attachment's subnet."""
        path = path._replace(at="", foreign=~same(path.origin, attachment.target))
        if not attachment.subnets:
            yield from self.into_vpc(path, attachment.target, attachment.proof())
            return
        for ref, sure in self.transit.far_subnets(attachment, path.zone):
            subnet = self.nodes.get(ref, Subnet)
            if subnet is None:
                yield anywhere(path, *sure.because)
            else:
                yield from self.routed(doubted(path._replace(at=subnet.id), sure), subnet)

    def _over_transit_peering(self, path: Path, attachment: TransitAttachment) -> Iterator[Path]:
        """To the gateway at the other end, whose association with the peering decides there."""
        path = path._replace(groups=NO)
        far = self.transit.far_end(attachment)
        if far is None:
            yield anywhere(path, not_modelled(f"the other end of {attachment.id}", attachment))
        else:
            yield from self.enter_transit(path, far)

    def _vpn(self, path: Path, route: Route, subnet: Subnet) -> Iterator[Path]:
        """Out by a virtual private gateway, to the sites behind its connections."""
        gateway = self.nodes.get(route.target, VpnGateway)
        if gateway is None:
            yield anywhere(path, unread(route.target), groups=NO)
            return
        attached = same(gateway.vpc, subnet.vpc)
        usable = attached & ~path.foreign
        if not usable.possible:
            claim = f"Virtual private gateway {gateway.name} serves its own VPC alone"
            yield dropped(path, claim, gateway.proof("vpc_id"))
            return
        out = given(doubted(crossed(path, "")._replace(groups=NO), usable), gateway)
        behind = self.links.of_gateway(gateway)
        yield from self._behind(out, behind, gateway)

    def _to_sites(self, path: Path, attachment: TransitAttachment) -> Iterator[Path]:
        target = self.nodes.by_id.get(name_of(attachment.target))
        if isinstance(target, VpnConnection | DirectConnectGateway):
            yield from self._behind(path._replace(at="", groups=NO), ((target, YES),), attachment)
        else:
            yield anywhere(path, unread(attachment.target), groups=NO)

    def _behind(
        self, path: Path, links: tuple[tuple[Node, Answer], ...], via: Node
    ) -> Iterator[Path]:
        """To the declared prefixes of the sites behind VPN connections or Direct Connect."""
        rest: tuple[Prefix, ...] = (path.prefix,)
        for link, joined in links:
            for site, part, sure in self.links.site_ranges(link, path.prefix):
                claim = f"{link_name(link)} leads to site {site.name}"
                end = path._replace(prefix=part, end=End.SITE, goal=site.id)
                yield given(doubted(stepped(end, claim, link.proof()), sure & joined), link)
                rest = minus(rest, part)
        for part in rest:
            claim = f"No declared site behind {via.name} has {part}"
            yield dropped(path._replace(prefix=part), claim, via.proof())


def _diverts(table: RouteTable, own: list[Prefix]) -> bool:
    """Whether a route more specific than `local` takes some of a subnet's own addresses."""
    known = [(r.destination, r.kind) for r in table.routes if isinstance(r.destination, Prefix)]
    local = [prefix for prefix, kind in known if kind == "local"]
    return any(
        kind != "local"
        and any(c.meets(prefix) for c in own)
        and any(h.covers(prefix) for h in local)
        for prefix, kind in known
    )
