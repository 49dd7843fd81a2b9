"""What the internet, an outside network or a site reaches, with what opens it.

Input: an estate, and the places that send. Output: Exposed, the gravest first; services that one
reason opens in the same way stand together.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import partial

from graphs.addresses import Prefix, anybodys
from graphs.estate import Estate, Relation
from graphs.evidence import Step
from graphs.network.packets import (
    TCP,
    PacketSet,
    address_text,
    asked,
    by_sources,
    packets,
    services,
    services_text,
)
from graphs.network.ports import SHELLS
from graphs.network.reach import INTERNET, Reached
from graphs.nodes import Database, Endpoint, Node, Service
from graphs.unknown import Unknown
from graphs.views.summary import kind_of
from rules.ports import CONTROLS, STORES
from scanner.ends import End

MOST_TRACES = 12
"""Of how many ports and sources of one line the way is told."""


class Gravity(IntEnum):
    """How much is at stake where it is open, the most first."""

    ADMINISTRATION = 0
    DATA = 1
    OTHER = 2


@dataclass(frozen=True, slots=True)
class Exposed:
    """Traffic that gets to services and is answered, or may. `steps` are what opens it."""

    root: str
    services: tuple[Node, ...]
    traffic: PacketSet
    sources: tuple[Prefix, ...]
    certain: bool
    gravity: Gravity
    unknowns: tuple[Unknown, ...]
    steps: tuple[Step, ...]

    @property
    def text(self) -> str:
        """`tcp 22, 443 from 0.0.0.0/0`."""
        return f"{services_text(self.traffic)} from {address_text(self.sources)}"

    @property
    def rank(self) -> tuple[object, ...]:
        """Its place in the list."""
        wide = anybodys(self.sources)
        return not self.certain, self.gravity, not wide, self.services[0].id, self.text


@dataclass(frozen=True, slots=True)
class Exposure:
    """What is exposed in an estate, the gravest first, of so many services looked at."""

    estate: Estate
    source: End
    looked_at: int
    lines: tuple[Exposed, ...]


def exposure(estate: Estate, source: End, to: End | None = None) -> Exposure:
    """Everything that the source reaches in an estate, of what `to` means if it is given."""
    nodes = {
        node.id: node
        for node in estate.index.nodes
        if isinstance(node, Service | Endpoint) and (to is None or node.id in to.places)
    }
    found = [
        line
        for place in source.places
        for line in (*_connected(estate, place, nodes), *_called_all(estate, place, nodes))
    ]
    found.sort(key=lambda line: line.services[0].id)
    lines = sorted(_together(found), key=lambda line: line.rank)
    return Exposure(estate, source, len(nodes), tuple(lines))


def _connected(estate: Estate, place: str, nodes: Mapping[str, Node]) -> Iterator[Exposed]:
    """What is reached in a LAN. Services in the same zones share the way that is told."""
    zones = estate.network.zones
    for kind in estate.network.exposed(place):
        alike: dict[object, list[Node]] = {}
        for node in (nodes[each] for each in kind.places if each in nodes):
            seats = tuple(seat.number for seat in zones.seats(node.id))
            alike.setdefault((type(node), seats), []).append(node)
        for own in alike.values():
            yield from _lines(estate, place, kind.reached, tuple(own))


def _lines(
    estate: Estate, place: str, reached: Reached, nodes: tuple[Node, ...]
) -> Iterator[Exposed]:
    bounds = reached.packets
    for sources, traffic in by_sources(bounds.certain).items():
        yield _line(estate, place, nodes, traffic, sources)
    left = bounds.possible - bounds.certain
    for sources, traffic in by_sources(left).items():
        passing = traffic.moved(sources, None)
        unknowns = tuple(sorted(reached.why(passing) or bounds.because, key=str))
        line = _line(estate, place, nodes, traffic, sources)
        yield replace(line, certain=False, unknowns=unknowns)


def _called_all(estate: Estate, place: str, nodes: Mapping[str, Node]) -> Iterator[Exposed]:
    return (line for node in nodes.values() for line in _called(estate, place, node))


def _called(estate: Estate, place: str, node: Node) -> Iterator[Exposed]:
    """What takes calls from the internet without an address in a LAN: the URL of a function."""
    for edge in estate.edges(Relation.MAY_CONNECT, target=node.id):
        if edge.source == place == INTERNET and edge.allows is None and edge.answer.possible:
            web = asked(TCP, 443)
            yield Exposed(
                estate.name, (node,), web, web.sources(), edge.answer.certain, Gravity.OTHER,
                tuple(edge.answer.because), edge.evidence(),
            )  # fmt: skip


def _line(
    estate: Estate,
    place: str,
    nodes: tuple[Node, ...],
    traffic: PacketSet,
    sources: tuple[Prefix, ...],
) -> Exposed:
    node, steps = nodes[0], dict[Step, None]()
    told = partial(estate.network.told, place, node.id)
    for question in list(_questions(traffic, sources))[:MOST_TRACES]:
        steps |= dict.fromkeys(s for s in told(question) if f"{node.name} is in " not in s.claim)
    return Exposed(
        root=estate.name,
        services=nodes,
        traffic=traffic,
        sources=sources,
        certain=True,
        gravity=_gravity(node, traffic),
        unknowns=(),
        steps=_shared(node, steps) if len(nodes) > 1 else tuple(steps),
    )


def _shared(node: Node, steps: Iterable[Step]) -> tuple[Step, ...]:
    """The steps that are not about one service itself."""
    return tuple(step for step in steps if not step.claim.startswith(f"{node.name} "))


def _questions(traffic: PacketSet, sources: tuple[Prefix, ...]) -> Iterator[PacketSet]:
    """One for each source range and span of ports, since each may have a rule of its own."""
    for protocols, spans in services(traffic):
        for span in spans:
            for each in sources:
                yield packets(sources=(each,), protocols=protocols, ports=span)


def _gravity(node: Node, traffic: PacketSet) -> Gravity:
    if any(traffic & asked(TCP, port) for port in (*SHELLS, *CONTROLS)):
        return Gravity.ADMINISTRATION
    if isinstance(node, Database) or any(traffic & asked(TCP, port) for port in STORES):
        return Gravity.DATA
    return Gravity.OTHER


def _together(found: Sequence[Exposed]) -> list[Exposed]:
    """Lines alike in all but the service as one, with the steps that do not begin with it."""
    joined: dict[object, Exposed] = {}
    for each in found:
        shared = _shared(each.services[0], each.steps)
        key = (each.text, each.certain, each.gravity, each.unknowns, shared)
        if key in joined:
            services_ = {node.id: node for node in (*joined[key].services, *each.services)}
            ordered = tuple(services_[id_] for id_ in sorted(services_))
            joined[key] = replace(joined[key], services=ordered, steps=shared)
        else:
            joined[key] = each
    return list(joined.values())


def kinds(found: Exposed) -> tuple[str, ...]:
    """The services for people: `instance web`."""
    return tuple(f"{kind_of(node)} {node.name}" for node in found.services)
