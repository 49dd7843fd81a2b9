"""Who may newly connect to what: the exact packets that one side's edges add to the other's.

Ends are compared by their identity, and packets by protocol and port. Source addresses count where
they are those of the internet or of a site; elsewhere the source is the service itself, whatever
address it has.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from graphs.attack.words import called, sender
from graphs.estate import Edge, Relation, identity
from graphs.evidence import Proof
from graphs.network.packets import ANYWHERE, EVERYTHING, NOTHING, PacketSet, describe, services_text
from graphs.network.reach import INTERNET
from graphs.nodes import Site
from graphs.verdict import Verdict
from scanner.diffing.difference import Connection
from scanner.diffing.matching import matched
from scanner.views import Scanned, call_of, seen_of, spot

MOST_PROVEN = 300
"""Connections whose place is looked for; of more the text alone is told."""


@dataclass(frozen=True)
class Way:
    """What may be sent from one end to another: surely, and possibly."""

    root: Scanned
    edge: Edge
    ends: tuple[str, str]
    certain: PacketSet
    possible: PacketSet

    @property
    def home(self) -> str:
        """The root module of the listener."""
        return self.root.home(self.edge.target)


def end_of(root: Scanned, node: str) -> str:
    """What names a node on both sides."""
    found = root.estate.index.by_id.get(node)
    return identity(found) if found is not None else node


def ways(scanned: Iterable[Scanned]) -> list[Way]:
    """All connections of some estates, those of twins together."""
    found: dict[tuple[str, tuple[str, str]], Way] = {}
    for root in scanned:
        for edge in root.estate.edges(Relation.MAY_CONNECT):
            way = _way(root, edge)
            key = way.home, way.ends
            before = found.get(key)
            if before is not None:
                certain, possible = before.certain | way.certain, before.possible | way.possible
                way = replace(before, certain=certain, possible=possible)
            found[key] = way
    return list(found.values())


def _way(root: Scanned, edge: Edge) -> Way:
    allows = edge.allows if isinstance(edge.allows, PacketSet) else EVERYTHING
    sources = None if _has_addresses(root, edge.source) else ANYWHERE
    packets = allows.moved(sources, ANYWHERE)
    certain = packets if edge.answer.certain else NOTHING
    return Way(root, edge, (end_of(root, edge.source), end_of(root, edge.target)), certain, packets)


def _has_addresses(root: Scanned, source: str) -> bool:
    return source == INTERNET or isinstance(root.estate.index.by_id.get(source), Site)


def added(base: Sequence[Way], head: Sequence[Way]) -> tuple[Connection, ...]:
    """What the second may send and the first may not."""
    found = matched(base, head, lambda way: way.ends, lambda way: way.home)
    pairs = [*found.both, *((None, way) for way in found.new)]
    told = [each for before, now in pairs for each in _more(before, now)]
    told.sort(key=lambda each: (each[1] != Verdict.VIOLATED, each[0].home, *each[0].ends))
    return tuple(_connection(*each, prove=n < MOST_PROVEN) for n, each in enumerate(told))


def grown(base: Sequence[Way], head: Sequence[Way]) -> frozenset[tuple[str, str]]:
    """The ends between which more may be sent than before."""
    found = matched(base, head, lambda way: way.ends, lambda way: way.home)
    return frozenset(now.ends for before, now in found.both if any(_more(before, now)))


def _more(before: Way | None, now: Way) -> Iterator[tuple[Way, str, PacketSet, Way | None]]:
    sure = now.certain - before.certain if before else now.certain
    if sure:
        yield now, Verdict.VIOLATED, sure, before
    maybe = now.possible - now.certain
    maybe = maybe - before.possible if before else maybe
    if maybe:
        yield now, Verdict.CANNOT_TELL, maybe, before


def _connection(
    way: Way, verdict: str, packets: PacketSet, before: Way | None, *, prove: bool
) -> Connection:
    root, edge = way.root, way.edge
    said = _packets(way, packets)
    proof = _proof(way, before) if prove else None
    file, line = spot(proof.place if proof else None)
    return Connection(
        source=edge.source,
        source_name=called(root.estate, edge.source),
        target=edge.target,
        target_name=called(root.estate, edge.target),
        packets=said,
        verdict=str(verdict),
        root=way.home,
        says=_sentence(way, verdict, said),
        file=file,
        line=line,
        call=call_of(root, proof.resource) if proof else "",
        seen=seen_of(root, proof.resource) if proof else "",
    )


def _packets(way: Way, packets: PacketSet) -> str:
    """The packets in words; "calls" where it is no connection but a call that is handed on."""
    if not isinstance(way.edge.allows, PacketSet):
        return "calls"
    if _has_addresses(way.root, way.edge.source):
        return describe(packets)
    return services_text(packets)


def _sentence(way: Way, verdict: str, said: str) -> str:
    estate, edge = way.root.estate, way.edge
    may = "may" if verdict == Verdict.VIOLATED else "may (cannot tell)"
    who, whom = sender(estate, edge.source), called(estate, edge.target)
    return f"{who} {may} reach the {whom}: {said}"


def _proof(way: Way, before: Way | None) -> Proof | None:
    """What opens it: of the claims that the other side does not make, the last that has a line."""
    known = {step.claim for step in before.edge.evidence()} if before else set()
    steps = [step for step in way.edge.evidence() if step.proof and step.proof.place]
    fresh = [step for step in steps if step.claim not in known] or steps
    filters = [s for s in fresh if s.proof and "security_group" in s.proof.resource]
    chosen = (filters or fresh)[-1:]
    return chosen[0].proof if chosen else None
