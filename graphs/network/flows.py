"""Flows between zones: the forward way, the way back, and the packets that pass both.

A flow counts when its packet is delivered and a reply to some ephemeral port of the sender comes
back. Worked out once for each pair of zones.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from graphs.addresses import ANY4, ANY6, Prefix
from graphs.network import translating
from graphs.network.abroad import Abroad
from graphs.network.filters import (
    ALL,
    NONE,
    Filters,
    Peer,
    join,
    meet,
    unread,
)
from graphs.network.floating import settled
from graphs.network.leaving import from_site
from graphs.network.middleboxes import Screens, half_seen
from graphs.network.outward import entering
from graphs.network.packets import (
    EVERYTHING,
    NOTHING,
    PacketSet,
    packets,
)
from graphs.network.paths import (
    Crossing,
    End,
    Path,
    Screen,
    crossed,
    doubted,
    joined,
    translated,
    unseen,
)
from graphs.network.replies import answered_always, answered_bounds
from graphs.network.routes import overlap
from graphs.network.sending import possible_between, sent
from graphs.network.services import served
from graphs.network.wan import Wan
from graphs.network.zones import INTERNET, Zone
from graphs.nodes import (
    Firewall,
    Gateway,
    InternetBlock,
    NatGateway,
    NodeIndex,
    Ref,
    Site,
    Subnet,
)
from graphs.unknown import YES, Bounds, Unknown, cannot_tell, exactly

_FIXED = ("screens", "_abroad", "by_place")
"""What is known of an estate whatever its groups are."""


@dataclass(frozen=True, slots=True)
class Leg:
    """A forward path with the paths that its replies may take."""

    forward: Path
    replies: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Flow:
    """What passes from one zone to another. `partly` holds the packets whose replies come back
    to some ephemeral ports and not to others."""

    packets: Bounds[PacketSet]
    partly: PacketSet = NOTHING


NO_FLOW = Flow(NONE)


@dataclass(frozen=True)
class Flows:
    """The flows of an estate."""

    nodes: NodeIndex
    filters: Filters
    wan: Wan
    _legs: dict[object, tuple[Leg, ...]] = field(default_factory=dict, repr=False)
    _known: dict[object, tuple[Leg, Flow]] = field(default_factory=dict, repr=False)
    relaying: set[tuple[str, Zone]] = field(default_factory=set, repr=False)
    """NAT gateways with the goals that they are followed to just now."""

    @cached_property
    def screens(self) -> Screens:
        """The estate's network firewalls."""
        return Screens(self.nodes)

    def after(self, nodes: NodeIndex, group: str) -> "Flows":
        """The same with one group's rules changed, which no way depends on."""
        made = replace(self, nodes=nodes, filters=self.filters.after(nodes, group), _known={})
        vars(made).update({name: known for name, known in vars(self).items() if name in _FIXED})
        return made

    def flow(self, source: Zone, goal: Zone, within: PacketSet = EVERYTHING) -> Flow:
        """The packets from one zone to another that are delivered and answered."""
        if source.family != goal.family:
            return NO_FLOW
        sets, partly = [], NOTHING
        for leg in self.legs(source, goal):
            one = self.over(leg, source, goal, within)
            sets.append(one.packets)
            partly |= one.partly
        total = join(sets)
        if not total.possible:
            return NO_FLOW
        return Flow(settled(total, source, goal), partly & total.possible)

    def over(self, leg: Leg, source: Zone, goal: Zone, within: PacketSet = EVERYTHING) -> Flow:
        """The packets that go one way and whose replies come one of its ways back."""
        if within is not EVERYTHING:
            return self._over(leg, source, goal, within)
        key = id(leg), source, goal
        if key not in self._known:  # beside its leg, so that no other comes to have its number
            self._known[key] = leg, self._over(leg, source, goal, within)
        return self._known[key][1]

    def _over(self, leg: Leg, source: Zone, goal: Zone, within: PacketSet) -> Flow:
        if translated(leg.forward):
            return translating.over(self, leg, source, goal, within) or NO_FLOW
        forward = self.forward(leg.forward, source, goal, within)
        if not forward.possible:
            return NO_FLOW
        replies = self.replies(leg.replies, source, goal, within, leg.forward.screens)
        back = answered_bounds(replies)
        total = meet(forward, back)
        if INTERNET in (source.place, goal.place):
            total = meet(total, exactly(possible_between(source, goal)))
        if leg.forward.nat:
            total = meet(total, exactly(translating.CARRIED))
        return Flow(total, total.possible - answered_always(replies.possible))

    def forward(
        self, path: Path, source: Zone, goal: Zone, within: PacketSet = EVERYTHING
    ) -> Bounds[PacketSet]:
        """The packets that are delivered over a path, whether or not they are answered."""
        total = self.carried(path, source, goal)
        for check in self.forward_checks(path, source, goal, within):
            if not total.possible:
                break
            total = meet(total, check)
        return total

    def forward_checks(
        self, path: Path, source: Zone, goal: Zone, within: PacketSet
    ) -> Iterator[Bounds[PacketSet]]:
        """Each filter on the way, the narrowest kind first."""
        yield self.group_check(goal, source.peer(path.groups), True, within)
        yield self.group_check(source, goal.peer(path.groups), False, within)
        for crossing in path.crossings:
            yield self.acl_check(crossing, within)
        for screen in path.screens:
            yield self.screens.opened(screen)

    def group_check(
        self, zone: Zone, peer: Peer, inward: bool, within: PacketSet = EVERYTHING
    ) -> Bounds[PacketSet]:
        """What a zone's security groups let in from a peer, or out to it."""
        if not zone.filtered:
            return ALL
        return self.filters.groups(zone.groups, inward, peer, within)

    def acl_check(self, crossing: Crossing, within: PacketSet = EVERYTHING) -> Bounds[PacketSet]:
        """What the ACL at a border lets pass."""
        return self.filters.acl(*self.acl_of(crossing), within)

    def acl_of(self, crossing: Crossing) -> tuple[Ref, bool]:
        """The ACL at a border, and whether it is met going in."""
        subnet = self.nodes.get(crossing.subnet, Subnet)
        return (subnet.acl if subnet else unread(crossing.subnet)), crossing.inward

    def replies(
        self,
        paths: tuple[Path, ...],
        source: Zone,
        goal: Zone,
        within: PacketSet = EVERYTHING,
        opened_by: tuple[Screen, ...] = (),
    ) -> Bounds[PacketSet]:
        """The replies that come back, as packets from goal to source. `opened_by` are the
        firewalls that saw the connection opened."""
        sets = []
        for path in paths:
            total = self.carried(path, goal, source)
            for crossing in path.crossings:
                if not total.possible:
                    break
                total = meet(total, self.acl_check(crossing, _back(within)))
            for screen in path.screens:
                total = meet(total, self.screens.answered(screen, opened_by))
            if path.end is not End.ANYWHERE and (lost := half_seen(opened_by, path.screens)):
                total = Bounds(NOTHING, total.possible, total.because | lost)
            sets.append(total)
        return join(sets)

    def carried(self, path: Path, source: Zone, goal: Zone) -> Bounds[PacketSet]:
        """All packets between two zones that routing takes along a path."""
        ends = overlap((path.prefix,), goal.ranges)
        sendable = sent(source, packets(source.ranges, ends))
        if path.certain and path.needs <= (source.given | goal.given):
            return sendable
        needs = path.needs - source.given - goal.given
        return Bounds(NOTHING, sendable.possible, path.because | needs | sendable.because)

    def legs(self, source: Zone, goal: Zone) -> tuple[Leg, ...]:
        """Every way from one zone to another that routing leaves open."""
        key = source.place, source.vpc, source.ranges, source.public, goal.place, goal.vpc, \
            goal.ranges, goal.public  # fmt: skip
        if key not in self._legs:
            self._legs[key] = tuple(self._find(source, goal))
        return self._legs[key]

    def _find(self, source: Zone, goal: Zone) -> Iterator[Leg]:
        if source.place == INTERNET:
            yield from self._from_internet(goal)
        elif goal.place == INTERNET:
            yield from self._to_internet(source, goal)
        else:
            forward = tuple(self.arrivals(source, goal))
            direct = any(not translated(path) for path in forward)
            replies = tuple(self.arrivals(goal, source)) if direct else ()
            for path in forward:
                backs = self._from_nat(path, source) if translated(path) else replies
                if backs:
                    yield Leg(path, backs)

    def arrivals(self, source: Zone, goal: Zone) -> Iterator[Path]:
        """The paths from a subnet or site that end at the goal, its own border crossed."""
        for path in self.walks(source, goal):
            reached = arrived(path, goal)
            if reached is not None:
                yield reached

    def walks(self, source: Zone, goal: Zone) -> Iterator[Path]:
        """Where packets from a zone to the goal's addresses end, there or elsewhere."""
        if isinstance(source.place, Unknown) or isinstance(goal.place, Unknown):
            because = [z for z in (source.place, goal.place) if isinstance(z, Unknown)]
            for span in goal.ranges:
                lost = Path(span, source.vpc, end=End.ANYWHERE, groups=cannot_tell(*because))
                yield doubted(lost, cannot_tell(*because))
            return
        site = self.nodes.get(source.place, Site)
        for span in goal.ranges:
            if site is not None:
                yield from from_site(self.wan, site, span, goal.vpc)
            else:
                yield from self.wan.from_subnet(source.place, span, goal.vpc)

    @cached_property
    def _abroad(self) -> Abroad:
        return Abroad(self.nodes)

    def everywhere(self, zone: Zone) -> tuple[Path, ...]:
        """Where packets from a zone to public addresses end, those to others not all told."""
        if isinstance(zone.place, Unknown):
            return tuple(self.walks(zone, replace(zone, ranges=(_any(zone.family),))))
        return self._abroad.from_subnet(zone.place, _any(zone.family))

    def _from_internet(self, goal: Zone) -> Iterator[Leg]:
        """In by the internet gateway by which the reply leaves; by a NAT gateway nothing comes."""
        if not goal.public.possible or not self._may_have_gateway(goal):
            return
        for reply in self.everywhere(goal):
            if reply.nat or reply.outgoing_only:
                continue
            if reply.end in (End.INTERNET, End.ANYWHERE):
                for forward in self._entering(goal, reply.goal):
                    yield Leg(doubted(forward, goal.public), (reply,))

    @cached_property
    def by_place(self) -> bool:
        """Whether the internet's way to a subnet depends on more than its table and ACL: on a
        gateway's table, on a firewall's zones, on what is excluded from a block."""
        blocks, firewalls = self.nodes.of(InternetBlock), self.nodes.of(Firewall)
        edges = (gateway.table != "" for gateway in self.nodes.of(Gateway))
        return bool(blocks) or bool(firewalls) or any(edges)

    def placed(self, zone: Zone) -> object:
        """What the internet's way to a zone depends on besides the zone's filters and routes."""
        return (zone.place, zone.ranges) if self.by_place else None

    def _may_have_gateway(self, goal: Zone) -> bool:
        if isinstance(goal.vpc, Unknown) or isinstance(goal.place, Unknown):
            return True
        if self._abroad.may_be_attached(goal.vpc):
            return True
        return self._abroad.strays and any(p.end is End.INTERNET for p in self.everywhere(goal))

    def _to_internet(self, source: Zone, goal: Zone) -> Iterator[Leg]:
        for path in self.everywhere(source):
            if served(self.nodes, path, goal):
                yield Leg(path, tuple(self._entering(source, path.goal)))
            if path.end is End.RELAYED and (backs := self._from_nat(path, source)):
                yield Leg(path, backs)
            if path.end not in (End.INTERNET, End.ANYWHERE):
                continue
            nat = self.nodes.get(path.nat, NatGateway)
            if path.nat:
                known = nat is not None and isinstance(nat.subnet, str)
                backs = tuple(self._through_nat(nat, source, path.goal))
                backs = backs if known else unseen(path, source.ranges)
                yield Leg(path, backs)
            elif path.end is End.ANYWHERE or source.public.possible:
                condition = source.public if path.end is End.INTERNET else YES
                yield Leg(doubted(path, condition), tuple(self._entering(source, path.goal)))

    def _entering(self, zone: Zone, gateway: Ref) -> Iterator[Path]:
        """In by a gateway from the border of a zone's VPC."""
        for path in entering(self.wan, gateway, zone.vpc, zone.ranges):
            if path.end is End.VPC:
                yield _entered(path, zone)
            elif path.end is End.ANYWHERE:
                yield path

    def _through_nat(self, nat: NatGateway | None, source: Zone, gateway: Ref) -> Iterator[Path]:
        """Replies come to the NAT gateway's subnet, and on by its table to the sender."""
        if nat is None or isinstance(nat.subnet, Unknown):
            return
        for reached in self._home(nat.subnet, source):
            for inward in self._to_nat(nat, nat.subnet, gateway):
                yield joined(inward, reached)

    def _from_nat(self, path: Path, source: Zone) -> tuple[Path, ...]:
        """The ways back from a NAT gateway's subnet to the sender."""
        nat = self.nodes.get(path.nat, NatGateway)
        home = nat.subnet if nat else path.nat
        return tuple(self._home(home, source)) if isinstance(home, str) else ()

    def _home(self, subnet: str, source: Zone) -> Iterator[Path]:
        for span in source.ranges:
            for path in self.wan.from_subnet(subnet, span, source.vpc):
                reached = arrived(path, source)
                if reached is not None and not reached.nat:
                    yield reached

    def _to_nat(self, nat: NatGateway, subnet: str, gateway: Ref) -> Iterator[Path]:
        """From the internet to a NAT gateway, by the gateway's route table where it has one."""
        node = self.nodes.get(subnet, Subnet)
        known = tuple(c for c in node.cidrs if isinstance(c, Prefix)) if node else ()
        ends = nat.addresses or tuple(c for c in known if c.family == 4) or (ANY4,)
        for path in entering(self.wan, gateway, node.vpc if node else unread(subnet), ends):
            yield crossed(path, subnet)


def _any(family: int) -> Prefix:
    return ANY4 if family == 4 else ANY6


def _entered(path: Path, zone: Zone) -> Path:
    """In from a VPC's border."""
    return crossed(path, zone.place) if isinstance(zone.place, str) else path


def arrived(path: Path, goal: Zone) -> Path | None:
    """The path with the goal's own border crossed, if it is there that it ends."""
    if path.end in (End.ANYWHERE, End.RELAYED):
        return path
    if path.end is End.SITE and path.goal == goal.place:
        return path
    if path.end is End.VPC and not isinstance(goal.place, Unknown):
        if isinstance(path.goal, str) and path.goal == goal.vpc:
            return _entered(path, goal)
        hidden = [r for r in (path.goal, goal.vpc) if isinstance(r, Unknown)]
        if hidden:
            return doubted(_entered(path, goal), cannot_tell(*hidden))
    return None


def _back(within: PacketSet) -> PacketSet:
    """The replies that matter to a question, ports left open."""
    if within is EVERYTHING:
        return within
    return packets(within.destinations(), within.sources())
