"""How one application of a technique is told: what it needs, what follows, and its proof."""

from collections.abc import Iterator
from functools import partial

from graphs.attack.facts import Derivable, Fact, Holds
from graphs.attack.words import called
from graphs.estate import Edge, Estate, Relation
from graphs.evidence import Evidence
from graphs.identity.techniques import catalogue
from graphs.nodes import Node, Secret
from graphs.unknown import all_of


def opened(estate: Estate, node: str) -> Fact:
    """What somebody has who knows the secret of a node: a key acts as its user."""
    kind = estate.graph.nodes[node]["kind"]
    return Fact(Holds.CONTROLS if kind == "principal" else Holds.OPENS, node)


def gained(
    estate: Estate,
    edge: Edge,
    technique: str,
    premises: tuple[Fact, ...],
    says: str,
    mend: str,
) -> Iterator[Derivable]:
    """What follows when a store is read: what it holds, or what that opens."""
    store = estate.index.by_id[edge.target]
    opens = opens_by(estate, store)
    if not opens:
        yield derivable(technique, premises, has_read(store), says, mend, edge)
    for holds in opens:
        to = f"{says}, which opens the {called(estate, holds.target)}"
        fact = opened(estate, holds.target)
        yield derivable(technique, premises, fact, to, mend, edge, holds)


def opens_by(estate: Estate, store: Node) -> tuple[Edge, ...]:
    """What a stored secret opens."""
    if not isinstance(store, Secret):
        return ()
    return tuple(estate.edges(Relation.HOLDS_CREDENTIALS_OF, source=store.id))


def has_read(store: Node) -> Fact:
    """That a store was read."""
    return Fact(Holds.READS, store.id)


def derivable(
    technique: str,
    premises: tuple[Fact, ...],
    conclusion: Fact,
    says: str,
    mend: str,
    *edges: Edge,
) -> Derivable:
    """A technique of the catalogue, by id, that rests on some edges."""
    answer = all_of(edge.answer for edge in edges)
    proof = partial(_evidence, edges)
    row = catalogue()[technique]
    return Derivable(row, premises, conclusion, says, mend, answer, proof, edges)


def _evidence(edges: tuple[Edge, ...]) -> Evidence:
    return tuple(step for edge in edges for step in edge.evidence())
