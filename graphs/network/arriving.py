"""What routing and ACLs let come to a class from all others, in bulk.

Ways that pass ACLs of equal effect are taken together. A class that routing does not settle
something about is in doubt: it is to be asked by itself.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from graphs.network.admitting import Admitting
from graphs.network.bitsets import Bits, Pieces, add, anyone
from graphs.network.gates import Borders, Gates
from graphs.network.wan import Wan
from graphs.network.ways import OWN, Border, Departing, Spans, Way, Ways
from graphs.nodes import NodeIndex, Subnet


class Sender(NamedTuple):
    """The classes of the subnets that send alike, one of those subnets, and their ways."""

    classes: Bits
    subnet: Subnet
    departing: Departing


class Incoming(NamedTuple):
    """Sources that routing takes to some classes of a VPC in one manner.

    `inside` are the gates before the subnet `at` that packets come in by, `gates` those after it
    too, where they leave it again; `home` is met by replies back into the sources' subnets.
    """

    sources: Bits
    inside: Gates
    gates: Gates
    at: str
    counts: bool
    home: Gates
    goals: Bits


class _Entering(NamedTuple):
    """Sources that enter a transit gateway alike. `less` are those, by VPC, who send not all
    that is for this VPC there, and what they do send."""

    sources: Bits
    less: dict[str, dict[Bits, Bits]]


class Outgoing(NamedTuple):
    """Whom packets get to. `ends` where they meet no border after these."""

    goals: Bits
    gates: Gates
    ends: bool


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Ports by source: of those that know each other's groups, and of those that do not. Which
    sources to ask one by one. `even` where it is the same for all classes of the subnet."""

    known: Pieces
    strange: Pieces
    doubt: Bits
    even: bool


@dataclass(frozen=True)
class Arriving:
    """The ways of an estate between its classes. `subnets` are the classes of each subnet."""

    admitting: Admitting
    wan: Wan
    spans: Spans
    subnets: dict[str, Bits]
    _into: dict[str, tuple[Incoming, ...]] = field(default_factory=dict)
    _out: dict[int, tuple[Outgoing, ...]] = field(default_factory=dict)
    _behind: dict[int, tuple[Outgoing, ...]] = field(default_factory=dict)
    _found: dict[object, Arrivals] = field(default_factory=dict)
    _at: dict[int, Arrivals] = field(default_factory=dict)
    _taken: dict[str, tuple[tuple[int, ...], tuple[tuple[int, Bits], ...]]] = field(
        default_factory=dict
    )
    _staying: dict[str, Bits] = field(default_factory=dict)

    @property
    def nodes(self) -> NodeIndex:
        """The estate."""
        return self.wan.nodes

    @cached_property
    def ways(self) -> Ways:
        """How routing leads from class to class."""
        return Ways(self.wan, self.spans)

    @cached_property
    def _borders(self) -> Borders:
        """The ACLs on those ways."""
        return Borders(self.admitting)

    @cached_property
    def senders(self) -> tuple[Sender, ...]:
        """The subnets, those that send alike together."""
        alike: dict[object, tuple[Bits, Subnet]] = {}
        for place, classes in self.subnets.items():
            subnet = self._subnet(place)
            key = self.ways.key(subnet)
            alike[key] = alike.get(key, (0, subnet))[0] | classes, alike.get(key, (0, subnet))[1]
        return tuple(
            Sender(classes, subnet, self.ways.departing(subnet))
            for classes, subnet in alike.values()
        )

    @cached_property
    def _numbers(self) -> dict[object, int]:
        return {self.ways.key(s.subnet): number for number, s in enumerate(self.senders)}

    def _subnet(self, place: str) -> Subnet:
        found = self.nodes.by_id[place]
        assert isinstance(found, Subnet)  # noqa: S101 - classes are in subnets that were read
        return found

    def at(self, goal: int, place: str) -> Arrivals:
        """What comes to a class, which is in this subnet, from other subnets."""
        if goal not in self._at:
            self._at[goal] = self._arriving(goal, self._subnet(place))
        return self._at[goal]

    def _arriving(self, goal: int, subnet: Subnet) -> Arrivals:
        number = self._numbers[self.ways.key(subnet)]
        into = self._ways_into(str(subnet.vpc))
        taken = self._taking(goal, subnet.id, into)
        key = number, taken
        found = self._found.get(key) or self._found.get((key, goal))
        if found is None:
            found = self._arrivals(goal, subnet, number, [into[i] for i in taken])
            self._found[key if found.even else (key, goal)] = found
        return found

    def _taking(self, goal: int, place: str, into: Sequence[Incoming]) -> tuple[int, ...]:
        """Which of these ways lead to a class. Most lead to all of its subnet or to none."""
        if place not in self._taken:
            here = self.subnets[place]
            met = [(i, own) for i, each in enumerate(into) if (own := each.goals & here)]
            some = tuple([(i, own) for i, own in met if own != here])
            self._taken[place] = tuple([i for i, _ in met]), some
        every, some = self._taken[place]
        lost = {i for i, own in some if not own >> goal & 1} if some else ()
        return tuple([i for i in every if i not in lost]) if lost else every

    def stays(self, goal: int, place: str) -> bool:
        """Whether packets from a class's own subnet come to it without leaving that."""
        if place not in self._staying:
            sender = self.senders[self._numbers[self.ways.key(self._subnet(place))]]
            goals = anyone({i: w.goals for i, w in enumerate(sender.departing.ways) if w.at == OWN})
            self._staying[place] = goals & self.subnets[place]
        return bool(self._staying[place] >> goal & 1)

    def _arrivals(
        self, goal: int, subnet: Subnet, number: int, into: Iterable[Incoming]
    ) -> Arrivals:
        sides: tuple[Pieces, Pieces] = {}, {}
        even = True
        for (gates, home, counts), sources in self._forward(into, subnet).items():
            for out in self._ways_out(number):
                both = sources & out.goals
                if both:
                    back = out.gates if out.ends else self._borders.joined(out.gates, home)
                    even &= not gates.uneven and not back.uneven
                    for ports, bits in self._borders.passing(gates, back, goal).items():
                        add(sides[0 if counts else 1], ports, bits & both)
        doubt = self._doubt(goal, number)
        return Arrivals(sides[0], sides[1], doubt, even and not self._doubted)

    def _forward(
        self, into: Iterable[Incoming], subnet: Subnet
    ) -> dict[tuple[Gates, Gates, bool], Bits]:
        """The sources by the gates on their way to a subnet, and those back."""
        found: dict[tuple[Gates, Gates, bool], Bits] = {}
        entering = self._borders.ends(subnet.acl)[1]
        for each in into:
            here = each.at == subnet.id
            gates = each.inside if here else self._borders.joined(each.gates, entering)
            key = gates, each.home, each.counts
            found[key] = found.get(key, 0) | each.sources
        return found

    def _leaving(self, at: str, own: Border) -> tuple[Border, ...]:
        """The border that packets meet when they leave the subnet they are last in."""
        if not at:
            return ()
        return (own,) if at == OWN else (Border(str(self._subnet(at).acl), inward=False),)

    # Ways into a VPC.

    def _ways_into(self, vpc: str) -> tuple[Incoming, ...]:
        """All ways into a VPC, those alike together."""
        if vpc not in self._into:
            found: dict[object, Incoming] = {}
            for each in (*self._direct.get(vpc, ()), *self._by_transit(vpc)):
                key = each[1:]
                known = found.get(key)
                found[key] = each if known is None else known._replace(
                    sources=known.sources | each.sources
                )  # fmt: skip
            self._into[vpc] = tuple(found.values())
        return self._into[vpc]

    @cached_property
    def _direct(self) -> dict[str, list[Incoming]]:
        """The ways that pass no transit gateway."""
        found: dict[str, list[Incoming]] = {}
        for sender in self.senders:
            own, home = self._borders.ends(sender.subnet.acl)
            for way in sender.departing.ways:
                inside = self._borders.gates(way.borders)
                gates = self._borders.joined(
                    inside, self._borders.gates(self._leaving(way.at, own))
                )
                found.setdefault(way.vpc, []).append(
                    Incoming(sender.classes, inside, gates, way.at, way.counts, home, way.goals)
                )
        return found

    @cached_property
    def _entering(self) -> dict[tuple[Gates, Gates, bool, int], _Entering]:
        """Sources by the gates to a transit gateway, those back, whether groups count, and the
        number of what lies behind."""
        found: dict[tuple[Gates, Gates, bool, int], _Entering] = {}
        for sender in self.senders:
            home = self._borders.ends(sender.subnet.acl)[1]
            for each in sender.departing.entering:
                key = self._borders.gates(each.borders), home, each.counts, each.tail
                known = found.get(key, _Entering(0, {}))
                for vpc in self._not_whole(each.goals):
                    less = known.less.setdefault(vpc, {})
                    less[each.goals] = less.get(each.goals, 0) | sender.classes
                found[key] = known._replace(sources=known.sources | sender.classes)
        return found

    def _not_whole(self, goals: Bits) -> Iterator[str]:
        """The VPCs that have classes which are not among these."""
        rest = self.admitting.everyone & ~goals
        while rest:
            vpc = self.spans.homes[(rest & -rest).bit_length() - 1]
            rest &= ~self.spans.of_vpc(vpc)
            yield vpc

    def _by_transit(self, vpc: str) -> Iterator[Incoming]:
        """The others, from other VPCs: a transit gateway leads nobody to their own."""
        foreign = ~self.spans.of_vpc(vpc)
        for (near, home, near_counts, tail), entering in self._entering.items():
            ways = self.ways.tails[tail].ways.get(vpc, ())
            less = entering.less.get(vpc, {})
            whole = entering.sources
            for sources in less.values():
                whole &= ~sources
            parts = [(whole, self.admitting.everyone), *((s, g) for g, s in less.items())]
            for way in ways:
                inside = self._borders.joined(near, self._borders.gates(way.borders))
                last = self._leaving(way.at, Border("", inward=False))
                gates = self._borders.joined(inside, self._borders.gates(last))
                counts = near_counts and way.counts
                for sources, sent in parts:
                    if (others := sources & foreign) and (goals := way.goals & sent):
                        yield Incoming(others, inside, gates, way.at, counts, home, goals)

    # Ways back out.

    def _ways_out(self, number: int) -> tuple[Outgoing, ...]:
        """Whom a sender's packets get to."""
        if number not in self._out:
            sender = self.senders[number]
            own = Border(str(sender.subnet.acl), inward=False)
            out = list(self._summary(sender.departing.ways, own))
            foreign = ~self.spans.of_vpc(sender.subnet.vpc)
            for each in sender.departing.entering:
                near = self._borders.gates(each.borders)
                for far in self._behind_tail(each.tail):
                    if reached := far.goals & each.goals & foreign:
                        out.append(
                            Outgoing(reached, self._borders.joined(near, far.gates), far.ends)
                        )
            self._out[number] = tuple(out)
        return self._out[number]

    def _behind_tail(self, tail: int) -> tuple[Outgoing, ...]:
        if tail not in self._behind:
            ways = (way for each in self.ways.tails[tail].ways.values() for way in each)
            self._behind[tail] = tuple(self._summary(ways, Border("", inward=False)))
        return self._behind[tail]

    def _summary(self, ways: Iterable[Way], own: Border) -> Iterator[Outgoing]:
        """Ways by their gates. Who sits in the very subnet that packets come out in is met by no
        more borders."""
        found: dict[tuple[Gates, bool], Bits] = {}
        for way in ways:
            inside = way.goals & self.subnets.get(way.at, 0)
            for goals, ends in ((inside, True), (way.goals & ~inside, False)):
                last = () if ends else self._leaving(way.at, own)
                key = self._borders.gates((*way.borders, *last)), ends
                if goals:
                    found[key] = found.get(key, 0) | goals
        return (Outgoing(goals, gates, ends) for (gates, ends), goals in found.items())

    # What is in doubt.

    @cached_property
    def _doubted(self) -> list[tuple[Bits, Bits]]:
        """Sources with the goals that it is not settled whether they get to."""
        found = [(s.classes, s.departing.doubt) for s in self.senders if s.departing.doubt]
        for sender in self.senders:
            home = self.spans.of_vpc(sender.subnet.vpc)
            for each in sender.departing.entering:
                tail = self.ways.tails[each.tail]
                back = home if str(sender.subnet.vpc) in tail.ways else 0
                if goals := each.goals & (tail.doubt | back):
                    found.append((sender.classes, goals))
        return found

    def _doubt(self, goal: int, number: int) -> Bits:
        """The sources that have to be asked about a class one by one."""
        own = self.senders[number].classes
        found = 0
        for sources, goals in self._doubted:
            if goals >> goal & 1:
                found |= sources
            if sources == own:
                found |= goals
        return found
