"""Which classes routing leads to which, in bulk: the walks of `wan`, each for all that share it.

Subnets of equal table, ACL and zone send alike. Their walks stop at a transit gateway, since what
lies behind is one for all attachments of a transit table.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from graphs.addresses import ANY4, ANY6, Prefix
from graphs.network.bitsets import Bits, run
from graphs.network.paths import End, Path
from graphs.network.wan import Wan
from graphs.nodes import NatGateway, Route, RouteTable, Subnet, TransitAttachment
from graphs.unknown import Unknown

OWN = "its own"
"""The subnet that a way is last in, where that is the sender's own."""


class Border(NamedTuple):
    """An ACL on the way, and whether it is met going in."""

    acl: str
    inward: bool


@dataclass(frozen=True, slots=True)
class Way:
    """Borders passed so far, the subnet it is last in, and the classes of a VPC it leads to.

    `counts` says that the ends know each other's groups.
    """

    borders: tuple[Border, ...]
    at: str
    counts: bool
    vpc: str
    goals: Bits


@dataclass(frozen=True, slots=True)
class Entering:
    """A way that goes on behind a transit gateway, for destinations in `goals`."""

    borders: tuple[Border, ...]
    counts: bool
    tail: int
    goals: Bits


@dataclass(frozen=True, slots=True)
class Departing:
    """All ways from some subnets. What leads to `doubt` is to be asked one by one."""

    ways: tuple[Way, ...]
    entering: tuple[Entering, ...]
    doubt: Bits


@dataclass(frozen=True, slots=True)
class Tail:
    """All ways out of a transit table, by the VPC they lead to."""

    ways: dict[str, tuple[Way, ...]]
    doubt: Bits


@dataclass(frozen=True)
class Spans:
    """Classes of one family in order of their addresses: those in a range are a run of them."""

    family: int
    lows: list[int]
    homes: list[str]
    """The VPC of each class."""
    vpcs: dict[str, Bits]

    def within(self, span: Prefix) -> Bits:
        """The classes whose addresses are in a range."""
        if span.family != self.family:
            return 0
        start, end = bisect_left(self.lows, span.low), bisect_right(self.lows, span.high)
        return run(start, end) if end > start else 0

    def of_vpc(self, vpc: object) -> Bits:
        """The classes in a VPC."""
        return self.vpcs.get(vpc, 0) if isinstance(vpc, str) else 0


@dataclass(frozen=True)
class Departures(Wan):
    """Walks to the classes of an estate that stop before a transit gateway: the goal is then the
    attachment."""

    spans: Spans = field(kw_only=True)

    def _by_route(
        self, path: Path, route: Route, subnet: Subnet, table: RouteTable
    ) -> Iterator[Path]:
        """The walk goes on where there are classes to find."""
        return super()._by_route(path, route, subnet, table) if self._wanted(path) else iter(())

    def _wanted(self, path: Path) -> bool:
        return bool(self.spans.within(path.prefix))

    def into_attachment(self, path: Path, attachment: TransitAttachment) -> Iterator[Path]:
        """The path as it is, under way to the attachment."""
        yield path._replace(goal=attachment.id)

    def enter_transit(self, path: Path, _: TransitAttachment) -> Iterator[Path]:
        """The path as it is."""
        yield path


@dataclass(frozen=True, slots=True)
class _Walked:
    """What a route table leads to; transit gateways by attachment."""

    ways: tuple[Way, ...]
    attachments: dict[str, Bits]
    doubt: Bits


@dataclass(frozen=True)
class Ways:
    """The ways of an estate between its classes."""

    wan: Wan
    spans: Spans
    tails: list[Tail] = field(default_factory=list)
    _numbers: dict[object, int] = field(default_factory=dict)
    _walks: dict[object, _Walked] = field(default_factory=dict)
    _near: dict[object, tuple[Path, ...]] = field(default_factory=dict)

    @cached_property
    def _departures(self) -> Departures:
        return Departures(self.wan.nodes, spans=self.spans)

    @cached_property
    def _carrying(self) -> frozenset[object]:
        """The subnets of transit attachments: packets from there need not enter them."""
        return frozenset(s for a in self.wan.nodes.of(TransitAttachment) for s in a.subnets)

    @cached_property
    def _own_gateway(self) -> frozenset[object]:
        """The subnets of NAT gateways that are routed to one: packets from there may loop."""
        homes = {nat.subnet for nat in self.wan.nodes.of(NatGateway)}
        found = set()
        for home in homes:
            subnet = self.wan.nodes.get(home, Subnet)
            table = self.wan.nodes.get(subnet.table, RouteTable) if subnet else None
            if table and any(route.kind == "nat" for route in table.routes):
                found.add(home)
        return frozenset(found)

    @cached_property
    def _particular(self) -> frozenset[str]:
        """The tables whose routes lead on by where one is: through appliances, or past `local`."""
        return frozenset(t.id for t in self.wan.nodes.of(RouteTable) if not _plain(t))

    def _own(self, subnet: Subnet) -> str:
        """The subnet's name where its packets fare as no other's do."""
        apart = subnet.id in self._own_gateway or subnet.table in self._particular
        return subnet.id if apart else ""

    def key(self, subnet: Subnet) -> tuple[object, ...]:
        """Equal for subnets that send alike."""
        own = subnet.id if subnet.id in self._carrying else self._own(subnet)
        return subnet.vpc, subnet.table, subnet.acl, subnet.zone, own

    def departing(self, subnet: Subnet) -> Departing:
        """The ways from a subnet, and from all with its key."""
        key = subnet.vpc, subnet.table, subnet.acl, self._own(subnet)
        if key not in self._walks:
            self._walks[key] = self._walk(subnet)
        walked = self._walks[key]
        entering = []
        doubt = walked.doubt
        for attachment, goals in walked.attachments.items():
            for near in self._into_attachment(subnet, attachment):
                tail = None if _open(near) else self._tail(attachment, near)
                if near.end is not End.NOWHERE and tail is None:
                    doubt |= goals
                elif tail is not None and near.end is not End.NOWHERE:
                    borders = self._borders(near)
                    entering.append(Entering(borders, near.groups.certain, tail, goals))
        return Departing(walked.ways, tuple(entering), doubt)

    def _walk(self, subnet: Subnet) -> _Walked:
        ways: list[Way] = []
        attachments: dict[str, Bits] = {}
        doubt = 0
        for path in self._departures.from_subnet(subnet.id, _any(self.spans.family)):
            goals = self.spans.within(path.prefix)
            if path.end is End.UNDER_WAY and not _open(path) and isinstance(path.goal, str):
                attachments[path.goal] = attachments.get(path.goal, 0) | goals
            else:
                made = self._made(path, goals, subnet.id)
                if isinstance(made, Way):
                    ways.append(made)
                else:
                    doubt |= made
        return _Walked(tuple(ways), attachments, doubt)

    def _into_attachment(self, subnet: Subnet, attachment: str) -> tuple[Path, ...]:
        """From a subnet into the attachment's own one."""
        node = self.wan.nodes.get(attachment, TransitAttachment)
        key = self.key(subnet), attachment
        if key not in self._near and node is not None:
            start = Path(_any(self.spans.family), subnet.vpc, zone=subnet.zone, at=subnet.id)
            self._near[key] = tuple(self.wan.into_attachment(start, node))
        return self._near[key]

    def _made(self, path: Path, goals: Bits, home: str) -> "Way | Bits":
        """A path as a way; the classes that it may lead to where it is in doubt."""
        if path.end in (End.NOWHERE, End.INTERNET, End.SERVICE, End.SITE):
            return 0
        if not goals or _open(path) or not isinstance(path.goal, str):
            return goals
        at = OWN if home and path.at == home else path.at
        inside = goals & self.spans.of_vpc(path.goal)
        return Way(self._borders(path), at, path.groups.certain, path.goal, inside)

    def _borders(self, path: Path) -> tuple[Border, ...]:
        return tuple(self._border(c.subnet, c.inward) for c in path.crossings)

    def _border(self, subnet: str, inward: bool) -> Border:
        node = self.wan.nodes.get(subnet, Subnet)
        return Border(str(node.acl) if node else "", inward)

    def _tail(self, attachment: str, near: Path) -> int | None:
        """The number of what lies behind an attachment, for packets from a zone."""
        node = self.wan.nodes.get(attachment, TransitAttachment)
        if node is None or not node.exists.certain or isinstance(node.table, Unknown):
            return None
        knows = self.wan.transit.knows_groups(node)
        key = node.table, node.gateway, near.zone, knows
        if knows.undecided:
            return None
        if key not in self._numbers:
            self._numbers[key] = len(self.tails)
            start = Path(_any(self.spans.family), "", zone=near.zone)
            self.tails.append(self._behind(start, node))
        return self._numbers[key]

    def _behind(self, start: Path, attachment: TransitAttachment) -> Tail:
        ways: dict[str, list[Way]] = {}
        doubt = 0
        for path in self.wan.enter_transit(start, attachment):
            made = self._made(path, self.spans.within(path.prefix), "")
            if isinstance(made, Way):
                ways.setdefault(made.vpc, []).append(made)
            else:
                doubt |= made
        return Tail({vpc: tuple(each) for vpc, each in ways.items()}, doubt)


_PLAIN = frozenset(
    {"local", "internet", "egress-only", "nat", "peering", "transit", "core", "vpn", "blackhole",
     "gateway-endpoint"}
)  # fmt: skip


def _plain(table: RouteTable) -> bool:
    """Whether a table leads from all of its subnets alike."""
    known = [(r.destination, r.kind) for r in table.routes if isinstance(r.destination, Prefix)]
    local = [prefix for prefix, kind in known if kind == "local"]
    past = any(k != "local" and any(h.covers(p) for h in local) for p, k in known)
    return not past and all(r.kind in _PLAIN for r in table.routes)


def _any(family: int) -> Prefix:
    return ANY4 if family == 4 else ANY6


def _open(path: Path) -> bool:
    """Whether something about a path is not settled, or its sender is no longer itself."""
    unsettled = not path.certain or bool(path.needs) or path.groups.undecided
    return unsettled or bool(path.nat or path.screens) or path.end is End.ANYWHERE
