"""What can reach what, for all classes at once.

A class is a zone: places that no rule, ACL or route of the estate tells apart. Each rule is turned
once into the set of sources it lets in, or whose packets it lets out, and each way through the
network into the set of sources that take it, so that what gets to one class from all others is a
few intersections of long integers. Pairs about which something is not settled are left to
`Flows`, one by one.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar

from graphs.addresses import Prefix
from graphs.network.admitting import Admitting, Pick
from graphs.network.arriving import Arrivals, Arriving
from graphs.network.atoms import Cuts
from graphs.network.bitsets import (
    ALL_PORTS,
    Bits,
    Pieces,
    PortSets,
    anyone,
    joined,
    members,
    within,
)
from graphs.network.filters import Filters
from graphs.network.packets import PacketSet
from graphs.network.wan import Wan
from graphs.network.ways import Spans
from graphs.network.zones import Zone
from graphs.nodes import NodeIndex, Ref, RouteTable, Subnet, Vpc
from graphs.unknown import Unknown

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
Kind = tuple[bool, int, int]
"""Whether groups are asked, the egress that leads there; and the arrivals, or whether groups
count."""
ByGroups = dict[tuple[Ref, ...], dict[Kind, V]]
"""What is known of classes by their groups, so that what one of those decides is soon left out."""

_NOBODY: Pieces = {}


def settled(zone: Zone, nodes: NodeIndex, cuts: Cuts) -> bool:
    """Whether a zone's place, groups and addresses are known, so that all of it fares alike."""
    subnet, vpc = nodes.get(zone.place, Subnet), nodes.get(zone.vpc, Vpc)
    if subnet is None or vpc is None or len(zone.ranges) != 1:
        return False
    span = zone.ranges[0]
    lowest = Prefix(span.family, span.low, span.low)
    inside = any(isinstance(c, Prefix) and c.covers(span) for c in vpc.cidrs)
    hidden = any(isinstance(x, Unknown) for x in (*vpc.cidrs, *zone.groups, subnet.acl))
    routed = nodes.get(subnet.table, RouteTable) is not None and zone.sends_to is None
    return inside and routed and not hidden and cuts.around(lowest).covers(span)


@dataclass(frozen=True)
class Classes:
    """The settled zones of one family, in order of address, by one bound of every filter."""

    filters: Filters
    wan: Wan
    zones: tuple[Zone, ...]
    pick: Pick
    ports: PortSets = field(default_factory=PortSets)
    _admitted: ByGroups[Pieces] = field(default_factory=dict)
    _pieces: ByGroups[Pieces] = field(default_factory=dict)
    _anyone: ByGroups[Bits] = field(default_factory=dict)

    def _by(self, key: Callable[[Zone], K]) -> dict[K, Bits]:
        """The classes by what they have in common."""
        digits: dict[K, bytearray] = {}
        for number, zone in enumerate(self.zones):
            found = digits.setdefault(key(zone), bytearray())
            byte = number >> 3
            found.extend(bytes(byte + 1 - len(found)))
            found[byte] |= 1 << (number & 7)
        return {key: int.from_bytes(found, "little") for key, found in digits.items()}

    @cached_property
    def spans(self) -> Spans:
        """The classes by address and by VPC."""
        lows = [zone.ranges[0].low for zone in self.zones]
        family = self.zones[0].family if self.zones else 4
        homes = [str(zone.vpc) for zone in self.zones]
        return Spans(family, lows, homes, self._by(lambda zone: str(zone.vpc)))

    @cached_property
    def admitting(self) -> Admitting:
        """Their groups and ACLs."""
        holders: dict[Ref, Bits] = {}
        grouped = unfiltered = 0
        for (groups, filtered), bits in self._by(lambda z: (z.groups, z.filtered)).items():
            unfiltered |= 0 if filtered else bits
            grouped |= bits if groups else 0
            for group in groups:
                holders[group] = holders.get(group, 0) | bits
        everyone = (1 << len(self.zones)) - 1
        return Admitting(self.filters, self.spans, holders, grouped, unfiltered, everyone,
                         self.ports, self.pick)  # fmt: skip

    @cached_property
    def arriving(self) -> Arriving:
        """The ways between them."""
        subnets = self._by(lambda zone: str(zone.place))
        return Arriving(self.admitting, self.wan, self.spans, subnets)

    def _way(self, goal: int) -> tuple[tuple[Ref, ...], Kind, Kind, Arrivals]:
        """What is equal for classes that the same sources get to, from other subnets and from
        their own: their groups, and the rest; and what routing brings."""
        zone = self.zones[goal]
        arrivals = self.arriving.at(goal, str(zone.place))
        filtered, profile = zone.filtered, self.admitting.profile(goal)
        return zone.groups, (filtered, profile, id(arrivals)), (filtered, profile, True), arrivals

    def pieces(self, goal: int) -> tuple[Pieces, Pieces]:
        """The sources that get to a class, by ports: from other subnets, and from its own. Each
        holds for the sources that the other is not for, and for none that is in doubt."""
        groups, key, own, arrivals = self._way(goal)
        stays = self.arriving.stays(goal, str(self.zones[goal].place))
        others = self._from_others(groups, key, arrivals)
        return others, self._admits(groups, own) if stays else _NOBODY

    def _from_others(self, groups: tuple[Ref, ...], key: Kind, arrivals: Arrivals) -> Pieces:
        known = self._pieces.setdefault(groups, {})
        if key not in known:
            found: Pieces = {}
            for counts, came in ((True, arrivals.known), (False, arrivals.strange)):
                if came:
                    admitted = self._admits(groups, (*key[:2], counts))
                    more = self.ports.meet_all(admitted, came)
                    found = joined(found, more) if found else more
            known[key] = found
        return known[key]

    def _admits(self, groups: tuple[Ref, ...], key: Kind) -> Pieces:
        """What a class's groups let in of what the sources' groups let out."""
        known = self._admitted.setdefault(groups, {})
        if key not in known:
            filtered, profile, counts = key
            whole: Pieces = {ALL_PORTS: self.admitting.everyone}
            into = self.admitting.into(groups, bool(counts)) if filtered else whole
            out = self.admitting.out_of(profile, groups, bool(counts))
            known[key] = self.ports.meet_all(into, out)
        return known[key]

    def doubt(self, goal: int) -> Bits:
        """The sources that are to be asked about a class one by one."""
        return self.arriving.at(goal, str(self.zones[goal].place)).doubt

    def sources(self, goal: int) -> Bits:
        """The classes that get to one by some port, those in doubt left out."""
        groups, key, own, arrivals = self._way(goal)
        known = self._anyone.setdefault(groups, {})
        if key not in known:
            known[key] = anyone(self._from_others(groups, key, arrivals))
        place = str(self.zones[goal].place)
        here = self.arriving.subnets[place]
        found = known[key] & ~here
        if self.arriving.stays(goal, place):
            if own not in known:
                known[own] = anyone(self._admits(groups, own))
            found |= known[own] & here
        return found & ~arrivals.doubt if arrivals.doubt else found

    def after(self, filters: Filters, group: Ref, *, out: bool) -> "Classes":
        """The same with one group's rules changed, `out` where those for leaving are: what the
        classes without it let in is kept, if all let out what they did."""
        made = replace(
            self,
            filters=filters,
            _admitted=_without(self._admitted, group, out),
            _pieces=_without(self._pieces, group, out),
            _anyone=_without(self._anyone, group, out),
        )
        known = vars(self)
        vars(made).update({name: known[name] for name in ("spans", "arriving") if name in known})
        if "admitting" in known:
            vars(made)["admitting"] = self.admitting.after(filters, group, out=out)
        return made

    def between(self, source: int, goal: int) -> PacketSet | None:
        """The ports by which one class gets to another, without addresses; None in doubt."""
        if self.doubt(goal) >> source & 1:
            return None
        others, own = self.pieces(goal)
        same = self.zones[source].place == self.zones[goal].place
        return self.ports[self.ports.join(within(own if same else others, 1 << source))]

    def ports_into(self, goal: int) -> dict[int, int]:
        """The number of the ports by which each class gets to one, those in doubt left out."""
        others, own = self.pieces(goal)
        here = self.arriving.subnets[str(self.zones[goal].place)]
        settled = ~self.doubt(goal)
        found: dict[int, int] = {}
        for pieces, bits in ((others, settled & ~here), (own, settled & here)):
            for ports, sources in pieces.items():
                for source in members(sources & bits):
                    known = found.get(source)
                    found[source] = ports if known is None else self.ports.join((known, ports))
        return found


def _without(found: ByGroups[V], group: Ref, everything: bool) -> ByGroups[V]:
    """What was found for classes without a group; nothing, where it may be of everything."""
    return {} if everything else {key: own for key, own in found.items() if group not in key}
