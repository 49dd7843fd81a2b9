"""Sets of classes as the bits of an integer, and sets of ports by number.

A relation between many sources and one destination is kept as pieces: for each set of ports, the
sources that get there with it. Ports lose their addresses here: a class is never cut by a filter,
so that all of its packets fare alike.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from graphs.network.packets import EVERYTHING, NOTHING, PacketSet, union
from graphs.network.replies import answered

Bits: TypeAlias = int
Pieces: TypeAlias = dict[int, Bits]
"""The number of a set of ports -> the classes that have it."""

NO_PORTS, ALL_PORTS = 0, 1


def run(start: int, end: int) -> Bits:
    """The classes from `start` up to but without `end`."""
    return ((1 << (end - start)) - 1) << start


def members(bits: Bits) -> Iterator[int]:
    """The numbers in a set, in order.

    >>> list(members(0b1011))
    [0, 1, 3]
    """
    digits = bin(bits)[:1:-1]
    place = digits.find("1")
    while place >= 0:
        yield place
        place = digits.find("1", place + 1)


def by_digit(weights: Sequence[int]) -> tuple[Bits, ...]:
    """The numbers whose weights have each binary digit, the lowest digit first.

    >>> by_digit([1, 2, 3])
    (5, 6)
    """
    digits = max(weights, default=0).bit_length()
    return tuple(
        int("".join("01"[weight >> digit & 1] for weight in reversed(weights)) or "0", 2)
        for digit in range(digits)
    )


def weighed(bits: Bits, digits: Sequence[Bits]) -> int:
    """What the numbers in a set weigh together.

    >>> weighed(0b101, by_digit([1, 2, 3]))
    4
    """
    return sum((bits & own).bit_count() << digit for digit, own in enumerate(digits))


def add(pieces: Pieces, ports: int, bits: Bits) -> None:
    """Let these classes have these ports too."""
    if bits and ports:
        pieces[ports] = pieces.get(ports, 0) | bits


def joined(one: Pieces, other: Pieces) -> Pieces:
    """What classes have in either."""
    found = dict(one)
    for ports, bits in other.items():
        found[ports] = found[ports] | bits if ports in found else bits
    return found


def within(pieces: Pieces, bits: Bits) -> Pieces:
    """The pieces of these classes alone."""
    return {ports: kept for ports, own in pieces.items() if (kept := own & bits)}


def anyone(pieces: Pieces) -> Bits:
    """The classes that have some port."""
    found = 0
    for bits in pieces.values():
        found |= bits
    return found


def _flat(packets: PacketSet) -> PacketSet:
    return union([PacketSet(tuple((4, 0, 0, 0, 0, *box[5:]) for box in packets.boxes))])


@dataclass
class PortSets:
    """Sets of ports, numbered, with what their meetings are."""

    _sets: list[PacketSet] = field(default_factory=lambda: [NOTHING, _flat(EVERYTHING)])
    _numbers: dict[object, int] = field(default_factory=dict)
    _meets: dict[tuple[int, int], int] = field(default_factory=dict)
    _turned: dict[int, int] = field(default_factory=dict)
    _joins: dict[frozenset[int], int] = field(default_factory=dict)

    def __getitem__(self, number: int) -> PacketSet:
        return self._sets[number]

    def number(self, packets: PacketSet) -> int:
        """The number of a set's ports."""
        shape = frozenset(box[5:] for box in packets.boxes)
        if shape not in self._numbers:
            self._numbers[shape] = self._numbered(_flat(packets))
        return self._numbers[shape]

    def _numbered(self, flat: PacketSet) -> int:
        if not flat:
            return NO_PORTS
        if flat == self._sets[ALL_PORTS]:
            return ALL_PORTS
        found = self._numbers.setdefault(flat.boxes, len(self._sets))
        if found == len(self._sets):
            self._sets.append(flat)
        return found

    def meet(self, one: int, other: int) -> int:
        """What two sets share."""
        if one == ALL_PORTS or not other:
            return other
        if other == ALL_PORTS or not one:
            return one
        key = (one, other) if one < other else (other, one)
        if key not in self._meets:
            self._meets[key] = self._numbered(self._sets[one] & self._sets[other])
        return self._meets[key]

    def join(self, numbers: Iterable[int]) -> int:
        """The union of sets."""
        every = frozenset(numbers)
        if ALL_PORTS in every:
            return ALL_PORTS
        if every not in self._joins:
            self._joins[every] = self._numbered(union(self._sets[n] for n in sorted(every)))
        return self._joins[every]

    def answered(self, replies: int) -> int:
        """What is answered when these replies pass."""
        if replies not in self._turned:
            self._turned[replies] = self._numbered(answered(self._sets[replies]))
        return self._turned[replies]

    def meet_all(self, one: Pieces, other: Pieces) -> Pieces:
        """Classes with what they have in both."""
        out: Pieces = {}
        for ports, bits in one.items():
            for others, more in other.items():
                both = bits & more
                if both and (shared := self._meets.get((ports, others))) is None:
                    shared = self._meets[ports, others] = self.meet(ports, others)
                if both and shared:
                    out[shared] = out[shared] | both if shared in out else both
        return out
