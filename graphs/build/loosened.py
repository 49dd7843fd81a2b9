"""Draws what somebody may do once what holds them back is changed, and who may change it.

Each change is made in a copy of the nodes and the engines are asked again. What is new is drawn as
a call that names in `needs` what has to be changed before; the change itself as a call of each who
may make it, which names in `gives` what of its target it changes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from graphs.build.escalations import draw_escalations_of
from graphs.build.loosening import (
    LIFT,
    STRIP,
    TAG,
    Loosening,
    Makers,
    loosenings,
    may_make,
)
from graphs.build.opened import Opened
from graphs.build.powers import draw_powers_of, draw_reads
from graphs.build.structure import Drawing, Proved
from graphs.build.tagging import guarding, named, told
from graphs.estate import Edge, Relation, edge_of
from graphs.evidence import Evidence, Step
from graphs.identity import principals
from graphs.identity.evaluate import Permission, Permissions
from graphs.identity.techniques import catalogue
from graphs.identity.trusting import Callers
from graphs.network.reach import INTERNET
from graphs.nodes import DataStore, Node, Role, User
from graphs.verdict import Gap

_ATTRIBUTES = {TAG: "tags", LIFT: "permissions_boundary", STRIP: "policy"}
_AFTER = {
    Relation.READS: "read-loosened-store",
    Relation.MAY_ASSUME: "assume-loosened-role",
    Relation.ADMINISTERS: "rule-loosened-account",
}
"""The techniques by which a change is used, where it is not one of the catalogue's calls."""


@dataclass(frozen=True, slots=True)
class Target:
    """A change of one thing: by which technique, the node that it is drawn to, what of it."""

    technique: str
    home: str
    what: str


MOST: Final = 10_000
"""Changes that are drawn; an estate in which each tag is a guard has as many as pairs."""


def draw_loosened(drawing: Drawing) -> None:
    """The edges of all principals, where anybody may change what holds them back."""
    draw_loosened_of(drawing, (*drawing.index.of(Role), *drawing.index.of(User)))


def draw_loosened_of(drawing: Drawing, holders: Iterable[Role | User]) -> None:
    """What some principals may do afterwards, and the changes that it takes."""
    makers = Makers(drawing)
    if not makers.anybody:
        return
    worlds, said = _Worlds(drawing), guarding(drawing)
    made: set[tuple[str, str, str]] = set()
    drawn = 0
    for holder in holders:
        if drawn > MOST:
            drawing.gaps.append(_too_many(holder))
            return
        for change in loosenings(drawing, holder, makers, said):
            for home, what in _draw(drawing, holder, change, worlds):
                if (change.technique, home, what) not in made:
                    made.add((change.technique, home, what))
                    drawn += _draw_changes(drawing, makers, Target(change.technique, home, what))


def _too_many(holder: Role | User) -> Gap:
    what = f"more than {MOST:,} changes of what holds principals back are possible"
    effect = f"attack paths are judged without those for {holder.name} and who comes after it"
    return Gap("too-many-changes", what, effect)


def _draw_changes(drawing: Drawing, makers: Makers, target: Target) -> int:
    """The change by each who may make it, and how many those are."""
    found = makers.of(target.technique, target.home, target.what)
    for caller, allowed in found:
        _draw_change(drawing, caller.holder.id, target, allowed)
    return len(found)


def draw_loosened_again(drawing: Drawing, edge: Edge) -> None:
    """One edge of a drawing whose nodes were changed: a change, or what it is good for."""
    holder = drawing.index.by_id.get(edge.source)
    if not isinstance(holder, Role | User):
        return
    if edge.gives:
        allowed = may_make(drawing, holder, str(edge.allows), edge.target, edge.gives)
        if allowed is not None:
            target = Target(str(edge.allows), edge.target, edge.gives)
            _draw_change(drawing, holder.id, target, allowed)
        return
    worlds = _Worlds(drawing)
    for change in loosenings(drawing, holder, None, guarding(drawing)):
        if any(what.startswith(change.what) for _, what in edge.needs):
            _draw(drawing, holder, change, worlds)


def _draw_change(drawing: Drawing, maker: str, target: Target, allowed: Permission) -> None:
    proved = partial(_evidence, allowed), allowed.answer
    ends = maker, target.home
    drawing.call(ends, target.technique, proved, target.what, gives=target.what)


def _evidence(allowed: Permission) -> Evidence:
    return allowed.evidence


# ---------------------------------------------------------------------------- what it is good for


def _draw(
    drawing: Drawing, holder: Role | User, change: Loosening, worlds: "_Worlds"
) -> list[tuple[str, str]]:
    """What somebody may do only afterwards; with what each needs."""
    after, needed = _after(drawing, holder, change, worlds), []
    for source, target, key, data in after.graph.out_edges(holder.id, keys=True, data=True):
        edge = edge_of(source, target, data)
        technique = _technique(edge)
        if not technique or _had(drawing, edge, key) or _own(drawing, edge, change):
            continue
        for need in _needed(drawing, edge, change):
            first = _first(drawing, change, need)
            proved = partial(_then, first, edge.evidence), edge.answer
            also = f"{key}:{':'.join(need)}"
            drawing.call((source, target), technique, proved, also, needs=(need,))
            needed.append(need)
    return needed


def _technique(edge: Edge) -> str:
    """The technique of an edge afterwards; "" for what no step is made of."""
    if edge.relation is Relation.MAY_CALL:
        return str(edge.allows) if str(edge.allows) in catalogue() else ""
    return _AFTER.get(edge.relation, "") if edge.allows is None else ""


def _had(drawing: Drawing, edge: Edge, key: str) -> bool:
    """Whether it is there without the change, or anybody has it."""
    data = drawing.graph.get_edge_data(edge.source, edge.target, key)
    if data is not None and (data["answer"].certain or not edge.answer.certain):
        return True
    public = drawing.graph.get_edge_data(INTERNET, edge.target, str(Relation.READS))
    return edge.relation is Relation.READS and public is not None and public["answer"].certain


def _own(drawing: Drawing, edge: Edge, change: Loosening) -> bool:
    """Whether it is told as one call already: to take one's own boundary away."""
    if change.technique != LIFT or edge.relation is not Relation.ADMINISTERS:
        return False
    key = f"{Relation.MAY_CALL}:drop-own-boundary"
    return drawing.graph.has_edge(edge.source, edge.target, key)


def _needed(drawing: Drawing, edge: Edge, change: Loosening) -> Iterator[tuple[str, str]]:
    """What of which node an edge rests on, of all that was changed; drawn to the node itself, else
    to where the edge leads."""
    if change.home:
        yield change.home, change.what
        return
    proofs = {step.proof.resource for step in edge.evidence() if step.proof}
    store = drawing.index.get(edge.target, DataStore)
    near = {edge.target, edge.source, *proofs, *((store.key,) if store else ())}
    for node in sorted(change.changed.keys() & near):
        inside = node in drawing.graph
        yield (node, change.what) if inside else (edge.target, named(change.what, node))


def _first(drawing: Drawing, change: Loosening, need: tuple[str, str]) -> Evidence:
    node: Node | None = drawing.index.by_id.get(need[0])
    attribute = _ATTRIBUTES.get(change.technique, "")
    claim = f"Somebody first {told(need[1])} {node.name if node else need[0]}"
    return (Step(claim, node.proof(attribute) if node else None),)


def _then(first: Evidence, more: Proved) -> Evidence:
    return (*first, *more())


class _Worlds:
    """Who may do what once something is changed, found once for all whom it holds back."""

    def __init__(self, drawing: Drawing) -> None:
        """Nothing is changed yet."""
        self._drawing = drawing
        self.callers = Callers(drawing.permissions)
        self.opened = Opened(drawing)  # no change here is one of the network
        self._found: dict[object, Permissions] = {}

    def after(self, change: Loosening) -> Permissions:
        """The permissions of the nodes as they are then."""
        key = change.technique, change.what, tuple(sorted(change.changed)), change.removed
        if key not in self._found:
            index = change.after(self._drawing.index)
            self._found[key] = Permissions(index, self._drawing.permissions.known)
        return self._found[key]


def _after(drawing: Drawing, holder: Role | User, change: Loosening, worlds: _Worlds) -> Drawing:
    """What somebody may do once something is changed, drawn by itself."""
    from networkx import MultiDiGraph

    graph: MultiDiGraph[str] = MultiDiGraph()
    graph.add_nodes_from(drawing.graph.nodes(data=True))
    for source, target, data in drawing.graph.out_edges(INTERNET, data=True):
        if data["relation"] == Relation.MAY_CONNECT:
            graph.add_edge(source, target, **data)
    permissions = worlds.after(change)
    index = permissions.index
    after = Drawing(graph, index, drawing.network, permissions)
    changed = index.by_id[holder.id]
    if not isinstance(changed, Role | User):
        return after
    if change.only:
        _draw_only(after, changed, change.only)
        return after
    draw_powers_of(after, changed)
    for role in index.of(Role):
        if any(each.id == holder.id for each in worlds.callers.of(role)):
            _draw_trust(after, changed, role)
    draw_escalations_of(after, [changed], opened=worlds.opened)
    return after


def _draw_only(after: Drawing, holder: Role | User, only: frozenset[str]) -> None:
    for node in sorted(only):
        thing = after.index.by_id[node]
        if isinstance(thing, Role):
            _draw_trust(after, holder, thing)
        elif isinstance(thing, DataStore):
            draw_reads(after, holder.id, thing)


def _draw_trust(after: Drawing, holder: Role | User, role: Role) -> None:
    if role.id == holder.id:
        return
    allowed = principals.may_assume(after.permissions, holder.id, role)
    proved = partial(_evidence, allowed)
    after.edge(holder.id, role.id, Relation.MAY_ASSUME, proved, allowed.answer)
