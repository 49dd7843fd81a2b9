"""ACLs on the ways between classes: what those let pass that packets meet, and their replies."""

from dataclasses import dataclass, field
from typing import NamedTuple

from graphs.network.admitting import Admitting
from graphs.network.bitsets import ALL_PORTS, Pieces, add, within
from graphs.network.ways import Border
from graphs.nodes import Ref


class Gates(NamedTuple):
    """ACLs on a way: what those let pass that treat all classes alike, and the others."""

    ports: int
    uneven: frozenset[Border]


_OPEN = Gates(ALL_PORTS, frozenset())


@dataclass(frozen=True)
class Borders:
    """The ACLs of an estate, by what they let pass between its classes."""

    admitting: Admitting
    _gated: dict[tuple[Border, ...], Gates] = field(default_factory=dict)
    _ended: dict[str, tuple[Border, Gates]] = field(default_factory=dict)
    _passed: dict[object, Pieces] = field(default_factory=dict)

    def gates(self, borders: tuple[Border, ...]) -> Gates:
        """What the ACLs at some borders let pass together."""
        if borders not in self._gated:
            ports, uneven = ALL_PORTS, []
            for border in borders:
                found = self.admitting.border(border)
                if not found:
                    ports = 0
                elif len(found) == 1 and self.admitting.everyone in found.values():
                    ports = self.admitting.ports.meet(ports, next(iter(found)))
                else:
                    uneven.append(border)
            self._gated[borders] = Gates(ports, frozenset(uneven))
        return self._gated[borders]

    def joined(self, one: Gates, other: Gates) -> Gates:
        """The gates of both."""
        if other == _OPEN:
            return one
        if one == _OPEN:
            return other
        return Gates(self.admitting.ports.meet(one.ports, other.ports), one.uneven | other.uneven)

    def passing(self, there: Gates, back: Gates, goal: int) -> Pieces:
        """The sources whose packets get through to a class and whose replies come back."""
        even = not there.uneven and not back.uneven
        key = (there, back) if even else (there, back, goal)
        if key not in self._passed:
            replies = self._through(back, goal, inward=False)
            turned: Pieces = {}
            for ports, bits in replies.items():
                add(turned, self.admitting.ports.answered(ports), bits)
            through = self._through(there, goal, inward=True)
            self._passed[key] = self.admitting.ports.meet_all(through, turned)
        return self._passed[key]

    def _through(self, gates: Gates, goal: int, *, inward: bool) -> Pieces:
        """What ACLs let pass between all sources and a class; those met `inward` ask who the
        source is, the others who the class is. For replies it is the reverse."""
        if not gates.ports:
            return {}
        found: Pieces = {gates.ports: self.admitting.everyone}
        for border in gates.uneven:
            pieces = self.admitting.border(border)
            if border.inward != inward:
                here = self.admitting.ports.join(within(pieces, 1 << goal))
                pieces = {here: self.admitting.everyone} if here else {}
            found = self.admitting.ports.meet_all(found, pieces)
        return found

    def ends(self, ref: Ref) -> tuple[Border, Gates]:
        """What packets meet when they leave a subnet, and replies when they come back in."""
        acl = str(ref)
        if acl not in self._ended:
            inward = self.gates((Border(acl, inward=True),))
            self._ended[acl] = Border(acl, inward=False), inward
        return self._ended[acl]
