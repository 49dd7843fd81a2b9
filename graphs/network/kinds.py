"""Services that whatever is outside of a network reaches alike: one of each kind is asked about.

Most services of a large estate are like others: their interfaces are in zones that the sender does
not tell apart, and they listen for the same. The others of a kind get the same packets, to their
own addresses.
"""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from functools import cached_property

from graphs.network.doors import has_doors
from graphs.network.listening import listened
from graphs.network.zones import Seat, Zone, Zones
from graphs.nodes import Balancer, Endpoint, Instance, NodeIndex, Service

Manner = Callable[[Zone], Hashable]
"""What is equal for zones that a sender reaches alike."""


@dataclass(frozen=True)
class Kinds:
    """The services and endpoints of an estate by kind."""

    nodes: NodeIndex
    zones: Zones
    manner: Manner

    @cached_property
    def _by_kind(self) -> tuple[tuple[tuple[str, ...], ...], frozenset[str]]:
        found: dict[object, list[str]] = {}
        alone: list[str] = []
        manners: dict[int, int] = {}
        numbers: dict[Hashable, int] = {}
        nodes: tuple[Service | Endpoint, ...] = self.nodes.of(Service) + self.nodes.of(Endpoint)
        for node in nodes:
            seats = self.zones.seats(node.id)
            if not _plain(node, seats):
                alone.append(node.id)
                continue
            for seat in seats:
                if seat.number not in manners:
                    manner = self.manner(seat.zone), seat.zone.floats and seat.zone.ranges
                    manners[seat.number] = numbers.setdefault(manner, len(numbers))
            key = *[manners[seat.number] for seat in seats], _heard(node)
            found.setdefault(key, []).append(node.id)
        kinds = (*map(tuple, found.values()), *((place,) for place in alone))
        return kinds, frozenset(alone)

    @property
    def all(self) -> tuple[tuple[str, ...], ...]:
        """The places of each kind."""
        return self._by_kind[0]

    @property
    def alone(self) -> frozenset[str]:
        """Those of which more than their zones and what they listen for decides."""
        return self._by_kind[1]

    @property
    def places(self) -> Iterator[str]:
        """All of them."""
        return (place for places in self.all for place in places)

    @cached_property
    def _firsts(self) -> dict[str, str]:
        return {place: places[0] for places in self.all for place in places}

    def __contains__(self, place: str) -> bool:
        return place in self._firsts

    def first(self, place: str) -> str:
        """The service that stands for a place's kind: itself, where it is like no other."""
        return self._firsts.get(place, place)


def _plain(node: "Service | Endpoint", seats: tuple[Seat, ...]) -> bool:
    """Whether a service is got to by its interfaces alone, one in each family, and answers what
    comes there by itself."""
    if isinstance(node, Balancer | Endpoint) or has_doors(node) or not 0 < len(seats) < 3:
        return False
    families = {seat.zone.family for seat in seats}
    return len(families) == len(seats) and not any(i.forwards.possible for i in node.interfaces)


def _heard(node: "Service | Endpoint") -> Hashable:
    """Equal for services that listen for the same."""
    if type(node) is Instance:  # most are, and they listen for all
        return ()
    heard = listened(node)
    return heard.certain.boxes, heard.possible.boxes, heard.because
