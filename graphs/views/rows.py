"""The graph of an estate as rows of plain values, for whoever analyses it elsewhere.

Input: an estate. Output: its nodes and edges as frozen values of texts, under the vocabulary of
docs/graph.md, which is stable. What builds or answers them is not in the rows.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from graphs.estate import Estate
from graphs.evidence import Step
from graphs.nodes import Node
from graphs.plain import plain
from graphs.unknown import Answer, Place, Unknown
from graphs.views.hiding import distinct

Hide = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class NodeRow:
    """One node. `id` is `address`, led by its root module where several are joined.

    `type` is Terraform's, and `place` a `file:line`; both are "" for the internet and accounts.
    """

    id: str
    address: str
    root: str
    kind: str
    label: str
    type: str
    place: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One step of a proof: what is so, and the attribute and `file:line` that prove it."""

    claim: str
    resource: str
    attribute: str
    place: str
    assumes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EdgeRow:
    """One edge. `key` tells edges of the same two nodes apart; `because` is why it cannot be
    told; `evidence` is None where it was not asked for."""

    source: str
    target: str
    key: str
    relation: str
    answer: str
    because: tuple[str, ...]
    allows: str
    gives: str
    needs: tuple[str, ...]
    evidence: tuple[Claim, ...] | None


@dataclass(frozen=True, slots=True)
class Rows:
    """A graph: its root modules, nodes, edges, and what was not read or not modelled."""

    roots: tuple[str, ...]
    nodes: tuple[NodeRow, ...]
    edges: tuple[EdgeRow, ...]
    gaps: tuple[str, ...]


def rows(estate: Estate, *, evidence: bool = False, hide: Hide = plain) -> Rows:
    """The graph of one estate. `hide` takes out of each text what is not to be shown."""
    writer = _Writer(estate, _shown(hide), distinct(estate.graph, _shown(hide)), evidence)
    return Rows(
        roots=(plain(estate.name),),
        nodes=tuple(writer.nodes()),
        edges=tuple(writer.edges()),
        gaps=tuple(writer.hide(str(gap)) for gap in estate.gaps),
    )


def joined(graphs: Iterable[Rows]) -> Rows:
    """Several graphs side by side. Nothing joins them; ids begin with the root module."""
    every = tuple(graphs)
    if len(every) == 1:
        return every[0]
    apart = tuple(_led(each, f"{each.roots[0]}//") for each in every)
    return Rows(
        roots=tuple(root for each in apart for root in each.roots),
        nodes=tuple(node for each in apart for node in each.nodes),
        edges=tuple(edge for each in apart for edge in each.edges),
        gaps=tuple(dict.fromkeys(gap for each in apart for gap in each.gaps)),
    )


def _led(graph: Rows, root: str) -> Rows:
    """Ids that begin with their root module; those of several that are one estate do already."""
    ids = {n.id: n.id if n.id.startswith(f"{n.root}//") else root + n.id for n in graph.nodes}
    return replace(
        graph,
        nodes=tuple(replace(n, id=ids[n.id]) for n in graph.nodes),
        edges=tuple(replace(e, source=ids[e.source], target=ids[e.target]) for e in graph.edges),
    )


def _shown(hide: Hide) -> Hide:
    return hide if hide is plain else lambda text: plain(hide(text))


@dataclass(frozen=True, slots=True)
class _Writer:
    estate: Estate
    hide: Hide
    ids: dict[str, str]
    evidence: bool

    def nodes(self) -> Iterator[NodeRow]:
        whole = self.estate.name
        for key, data in self.estate.graph.nodes(data=True):
            node: Node | None = data["node"]
            yield NodeRow(
                id=self.ids[key],
                address=self.ids[key],
                root=plain(node.source.address.root or whole if node else whole),
                kind=str(data["kind"]),
                label=self.hide(str(data["label"])),
                type=plain(node.source.type) if node else "",
                place=_spot(node.source.origin.place) if node else "",
            )

    def edges(self) -> Iterator[EdgeRow]:
        for source, target, key, data in self.estate.graph.edges(keys=True, data=True):
            yield EdgeRow(
                source=self.ids[source],
                target=self.ids[target],
                key=self.hide(str(key)),
                relation=str(data["relation"]),
                answer=_word(data["answer"]),
                because=self._texts(data["answer"].because),
                allows=self._allowed(data["allows"]),
                gives=self.hide(data.get("gives", "")),
                needs=tuple(self._need(*each) for each in data.get("needs", ())),
                evidence=self._proof(data) if self.evidence else None,
            )

    def _need(self, node: str, what: str) -> str:
        return f"{what} of {self.ids[node]}" if node in self.ids else self.hide(what)

    def _allowed(self, allows: object) -> str:
        """Packets and techniques as text; a service by its id."""
        if allows is None:
            return ""
        if isinstance(allows, frozenset):
            return self.hide(", ".join(sorted(map(str, allows))))
        return self.ids.get(str(allows)) or self.hide(str(allows))

    def _proof(self, data: dict[str, Any]) -> tuple[Claim, ...]:
        return tuple(self._claim(step) for step in data["evidence"]())

    def _claim(self, step: Step) -> Claim:
        proof = step.proof
        return Claim(
            claim=self.hide(step.claim),
            resource=self.ids.get(proof.resource) or self.hide(proof.resource) if proof else "",
            attribute=self.hide(proof.attribute) if proof else "",
            place=_spot(proof.place) if proof else "",
            assumes=self._texts(step.assumes),
        )

    def _texts(self, unknowns: Iterable[Unknown]) -> tuple[str, ...]:
        roots = {str(root) for each in unknowns for root in each.roots}
        return tuple(sorted({self.hide(root) for root in roots}))


def _word(answer: Answer) -> str:
    if answer.undecided:
        return "cannot-tell"
    return "yes" if answer.certain else "no"


def _spot(place: Place | None) -> str:
    return plain(str(place)) if place else ""
