"""The map of an estate: its LANs and WANs, and what crosses the border of each LAN.

Input: an estate. Output: a Summary without paths, whose LANs have crossings. What connects within a
LAN crosses no border and is left out.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from graphs.addresses import PUBLIC4
from graphs.estate import Estate, Relation
from graphs.network.packets import NOTHING, PacketSet, describe, services_text, union
from graphs.network.reach import INTERNET
from graphs.nodes import Container, Function, Instance, Service, Site
from graphs.plain import plain
from graphs.views.summary import Survey, crossed, kind_of, summarise, survey
from graphs.views.values import Crossing, Summary


@dataclass(frozen=True, slots=True)
class _Flow:
    """Traffic between a service of a LAN and what is outside, by these WANs."""

    lan: str
    service: str
    far: str
    inward: bool
    certain: PacketSet
    possible: PacketSet
    over: tuple[str, ...] = ()

    @property
    def between(self) -> object:
        """What flows that are told together have in common."""
        return self.service, self.far, self.inward, self.over


def mapped(estate: Estate) -> Summary:
    """The estate with what crosses each border, the certain before what cannot be told."""
    seen = survey(estate)
    found: dict[str, dict[object, _Flow]] = defaultdict(dict)
    for flow in (*_from_internet(seen), *_between(seen), *_to_internet(seen)):
        old = found[flow.lan].get(flow.between)
        found[flow.lan][flow.between] = _both(old, flow) if old else flow
    summary = summarise(estate, ())
    lans = (replace(lan, crossings=tuple(_told(found[lan.id].values()))) for lan in summary.lans)
    return replace(summary, lans=tuple(lans), stores=())


def _both(one: _Flow, other: _Flow) -> _Flow:
    return replace(one, certain=one.certain | other.certain, possible=one.possible | other.possible)


def _from_internet(seen: Survey) -> Iterator[_Flow]:
    for service, lan in seen.homes.items():
        if seen.estate.index.get(service, Service) is not None:
            bounds = seen.estate.network.reach(INTERNET, service).packets
            yield _Flow(lan, service, INTERNET, True, bounds.certain, bounds.possible)


def _to_internet(seen: Survey) -> Iterator[_Flow]:
    """What runs code sends; balancers and databases begin no connections."""
    for service, lan in seen.homes.items():
        if isinstance(seen.estate.index.by_id.get(service), Instance | Container | Function):
            bounds = seen.estate.network.reach(service, INTERNET).packets
            yield _Flow(lan, service, INTERNET, False, bounds.certain, bounds.possible)


def _between(seen: Survey) -> Iterator[_Flow]:
    """From sites and other LANs, as the graph has it."""
    ways: dict[tuple[str, str], tuple[str, ...]] = {}
    for edge in seen.estate.edges(Relation.MAY_CONNECT):
        lan = seen.homes.get(edge.target)
        far = _home(seen, edge.source)
        if lan is None or far is None or far == lan or not isinstance(edge.allows, PacketSet):
            continue
        if (far, lan) not in ways:
            ways[far, lan] = tuple(_wan(seen, wan) for wan in crossed(seen, edge.evidence()))
        sure = edge.allows if edge.answer.certain else NOTHING
        yield _Flow(lan, edge.target, far, True, sure, edge.allows, ways[far, lan])


def _wan(seen: Survey, key: str) -> str:
    """A WAN for people: `transit gateway main`."""
    node = seen.estate.index.by_id.get(key)
    return plain(f"{kind_of(node)} {node.name}" if node else key)


def _home(seen: Survey, source: str) -> str | None:
    """A site itself, or the LAN that something is in."""
    node = seen.estate.index.by_id.get(source)
    return source if isinstance(node, Site) else seen.homes.get(source)


def _told(flows: Iterable[_Flow]) -> Iterator[Crossing]:
    """Flows alike in all but the service as one."""
    alike: dict[tuple[bool, bool, str, str, tuple[str, ...]], list[tuple[_Flow, PacketSet]]]
    alike = defaultdict(list)
    for flow in flows:
        for packets, certain in ((flow.certain, True), (flow.possible - flow.certain, False)):
            if packets:
                key = not certain, not flow.inward, flow.far, _text(flow, packets), flow.over
                alike[key].append((flow, packets))
    for (doubted, outward, far, text, over), group in sorted(alike.items(), key=_rank):
        yield Crossing(
            far=far,
            inward=not outward,
            packets=union(packets for _, packets in group),
            traffic=plain(text),
            inside=tuple(flow.service for flow, _ in group),
            over=over,
            certain=not doubted,
        )


def _rank(group: tuple[tuple[bool, bool, str, str, tuple[str, ...]], object]) -> tuple[object, ...]:
    """What is certain, then what comes in, the internet first."""
    doubted, outward, far, *_ = group[0]
    return doubted, outward, far != INTERNET, far


def _text(flow: _Flow, packets: PacketSet) -> str:
    """Protocols and ports; of the internet, from where, unless it is from everywhere."""
    if flow.far != INTERNET or not flow.inward or packets.sources() == PUBLIC4:
        return services_text(packets)
    return describe(packets)
