"""Reachability between all services of an estate: by class where that is settled, else one by one.

`Network.reach` answers for two places; this answers for one place and all others. The answers are
the same.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property

from graphs.addresses import Prefix
from graphs.network.admitting import certain, exact, exact_group, possible
from graphs.network.bitsets import Bits, by_digit, members, weighed
from graphs.network.boxes import Box
from graphs.network.classes import Classes, settled
from graphs.network.flows import Flow, Flows
from graphs.network.packets import PacketSet
from graphs.network.zones import Seat, Zone, Zones
from graphs.nodes import Ref, SecurityGroup
from graphs.unknown import Bounds, exactly

FlowOf = Callable[[Seat, Seat], Flow]


@dataclass(frozen=True)
class Family:
    """The zones of one family: those that are settled as classes, by number, and the others."""

    flows: Flows
    classed: tuple[Zone, ...]
    numbers: dict[int, int]
    """The class of a zone, by the zone's number."""
    zones: tuple[int, ...]
    """The zone of a class."""
    others: tuple[int, ...]
    exact: bool
    """Whether all filters are wholly known, so that both bounds are one."""

    @cached_property
    def possible(self) -> Classes:
        """What may get through."""
        return Classes(self.flows.filters, self.flows.wan, self.classed, possible)

    def after(self, flows: Flows, group: Ref, exact: bool, *, out: bool) -> "Family":
        """The same with one group's rules changed, `out` where those for leaving are."""
        made = replace(self, flows=flows, exact=exact)
        known = vars(self)
        if "possible" in known:
            vars(made)["possible"] = self.possible.after(flows.filters, group, out=out)
        if "certain" in known and known["certain"] is not known.get("possible"):
            vars(made)["certain"] = self.certain.after(flows.filters, group, out=out)
        return made

    @cached_property
    def certain(self) -> Classes:
        """What surely does."""
        if self.exact:
            return self.possible
        return Classes(self.flows.filters, self.flows.wan, self.classed, certain)


@dataclass(frozen=True)
class Pairs:
    """All places of an estate against each other."""

    flows: Flows
    zones: Zones
    places: tuple[str, ...]
    flow: FlowOf
    _families: dict[int, Family] = field(default_factory=dict)

    @cached_property
    def seats(self) -> dict[int, list[tuple[str, Seat]]]:
        """The places in each zone, by the zone's number."""
        found: dict[int, list[tuple[str, Seat]]] = {}
        for place in self.places:
            for seat in self.zones.seats(place):
                found.setdefault(seat.number, []).append((place, seat))
        return found

    @cached_property
    def exact(self) -> bool:
        """Whether all filters of the estate are wholly known."""
        return exact(self.flows.nodes)

    def after(
        self, flows: Flows, zones: Zones, flow: FlowOf, group: SecurityGroup, *, out: bool
    ) -> "Pairs":
        """The same with one group's rules changed, `out` where those for leaving are."""
        whole = exact_group(group, flows.nodes) if self.exact else exact(flows.nodes)
        families = {
            number: family.after(flows, group.id, whole, out=out)
            for number, family in self._families.items()
        }
        made = Pairs(flows, zones, self.places, flow, families)
        vars(made).update(seats=self.seats, exact=whole)
        return made

    def family(self, number: int) -> Family:
        """The classes of IPv4 or IPv6."""
        if number not in self._families:
            own = [n for n in self.seats if self.zones.zones[n].family == number]
            self._families[number] = self._classed(own)
        return self._families[number]

    def _classed(self, own: Sequence[int]) -> Family:
        zones, nodes = self.zones.zones, self.flows.nodes
        known = [n for n in own if settled(zones[n], nodes, self.zones.cuts)]
        known.sort(key=lambda n: (zones[n].ranges[0].low, n))
        return Family(
            self.flows,
            tuple(zones[n] for n in known),
            {n: i for i, n in enumerate(known)},
            tuple(known),
            tuple(sorted(set(own) - set(known))),
            self.exact,
        )

    def counted(self, among: Collection[str]) -> Callable[[str], int]:
        """A function that tells how many of these places may get to one, at most: those that are
        in doubt are counted too."""
        weights = {
            number: sum(place in among for place, _ in seats)
            for number, seats in self.seats.items()
        }

        @cache
        def into(number: int) -> int:
            family = self.family(self.zones.zones[number].family)
            rest = sum(weights[each] for each in family.others)
            own = family.numbers.get(number)
            if own is None:
                return rest + sum(weights[each] for each in family.zones)
            bits = family.possible.sources(own) | family.possible.doubt(own)
            return rest + weighed(bits, planes(family.zones))

        @cache
        def planes(zones: tuple[int, ...]) -> tuple[Bits, ...]:
            return by_digit([weights[each] for each in zones])

        return lambda place: sum(into(seat.number) for seat in self.zones.seats(place))

    def into(self, goal: str, heard: PacketSet) -> dict[str, PacketSet | None]:
        """The places that may get to one, with the packets of it that are `heard`, whose addresses
        do not matter; None where that is to be worked out for the two by themselves."""
        found: dict[str, list[Box] | None] = {}
        for seat in self.zones.seats(goal):
            for number, ports in self._ports(seat, heard).items():
                for place, source in self.seats[number]:
                    known = found.setdefault(place, [])
                    if ports is None or known is None:
                        found[place] = None
                    else:
                        known += _placed(ports, _ends(source), _ends(seat))
        return {
            place: None if boxes is None else PacketSet(tuple(boxes))
            for place, boxes in found.items()
        }

    def _ports(self, goal: Seat, heard: PacketSet) -> dict[int, PacketSet | None]:
        """The ports by which each zone gets to a seat, without addresses."""
        family = self.family(goal.zone.family)
        number = family.numbers.get(goal.number)
        if number is None or not self.exact:
            return dict.fromkeys(self._possible(goal))
        classes = family.possible
        listens = classes.ports.number(heard)
        found: dict[int, PacketSet | None] = {}
        for each, ports in classes.ports_into(number).items():
            met = classes.ports.meet(ports, listens)
            if met:
                found[family.zones[each]] = classes.ports[met]
        doubt = [family.zones[each] for each in members(classes.doubt(number))]
        return found | dict.fromkeys(self._asked((*doubt, *family.others), goal))

    def _possible(self, goal: Seat) -> Iterator[int]:
        """The zones from which something may get to a seat."""
        family = self.family(goal.zone.family)
        number = family.numbers.get(goal.number)
        if number is None:
            yield from self._asked((*family.zones, *family.others), goal)
            return
        yield from (family.zones[n] for n in members(family.possible.sources(number)))
        doubt = [family.zones[each] for each in members(family.possible.doubt(number))]
        yield from self._asked((*doubt, *family.others), goal)

    def _asked(self, zones: Iterable[int], goal: Seat) -> Iterator[int]:
        """Of these zones, those that the flow to a seat is worked out for and not empty."""
        for each in zones:
            source = self.seats[each][0][1]
            if self.flow(source, goal).packets.possible:
                yield each

    def between(self, source: Seat, goal: Seat) -> Bounds[PacketSet]:
        """What gets from one seat's zone to another's: the packets of `Flows.flow`."""
        family = self.family(source.zone.family)
        ends = family.numbers.get(source.number), family.numbers.get(goal.number)
        if source.zone.family != goal.zone.family or ends[0] is None or ends[1] is None:
            return self.flow(source, goal).packets
        ports = family.possible.between(ends[0], ends[1])
        sure = family.certain.between(ends[0], ends[1])
        if ports is None or sure is None:
            return self.flow(source, goal).packets
        ranges = source.zone.ranges, goal.zone.ranges
        may = PacketSet(tuple(_placed(ports, *ranges)))
        if sure is ports:
            return exactly(may)
        return Bounds(PacketSet(tuple(_placed(sure, *ranges))), may)


def _ends(seat: Seat) -> tuple[Prefix, ...]:
    return seat.zone.ranges if seat.address is None else (seat.address,)


def _placed(ports: PacketSet, sources: Iterable[Prefix], goals: Iterable[Prefix]) -> list[Box]:
    """Ports with the addresses of two ends."""
    ends = [(s.family, s.low, s.high, d.low, d.high) for s in sources for d in goals]
    return [(*end, *own[5:]) for own in ports.boxes for end in ends]
