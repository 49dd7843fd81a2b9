"""Asks again for edges of an estate whose nodes were changed.

Input: an estate, changed nodes, and edges of it. Output: what is left of them. Only the engines
that answer for an edge are asked, so that one question costs far less than an estate.
"""

from collections.abc import Iterable
from typing import Any

from graphs.build.escalations import draw_empowering, draw_escalations_of, linked
from graphs.build.hosted import draw_hosted
from graphs.build.loosened import draw_loosened_again, draw_loosened_of
from graphs.build.pods import draw_pods
from graphs.build.powers import (
    draw_kept,
    draw_open_reads,
    draw_powers_of,
    draw_reads,
    draw_runs_as,
    draw_start_text,
    draw_stored,
    permitted,
)
from graphs.build.sharing import draw_shared
from graphs.build.structure import Drawing, connect, draw_url
from graphs.build.supplied import Supplied
from graphs.estate import Edge, Estate, Relation, edge_of
from graphs.identity import principals
from graphs.identity.evaluate import ANYONE, Permissions
from graphs.network.reach import INTERNET
from graphs.nodes import (
    Bucket,
    Database,
    DataStore,
    Federation,
    Function,
    NodeIndex,
    Outsider,
    Role,
    Secret,
    Service,
    Store,
    Stranger,
    User,
)

OUTSIDE = (Outsider, Stranger)


def edge_again(estate: Estate, index: NodeIndex, edge: Edge) -> Edge | None:
    """The edge as it is drawn of changed nodes; None where nothing is left of it.

    Also None where edges of its kind cannot be drawn by themselves: see `can_be_drawn`.
    """
    drawing = _blank(estate, index)
    _REDRAWN[edge.relation](drawing, edge)
    found: Iterable[dict[str, Any]] = drawing.graph.get_edge_data(
        edge.source, edge.target, default={}
    ).values()
    return next((made for each in found if (made := _same(edge, each))), None)


def can_be_drawn(estate: Estate, edge: Edge) -> bool:
    """Whether asking again for an edge finds it where nothing was changed."""
    return edge_again(estate, estate.index, edge) is not None


def powers_again(estate: Estate, index: NodeIndex, holder: str) -> tuple[Edge, ...]:
    """All that a principal can do of itself, drawn of changed nodes."""
    drawing = _blank(estate, index)
    _powers(drawing, holder)
    return _edges(drawing)


def empowering_again(estate: Estate, index: NodeIndex, edges: Iterable[Edge]) -> tuple[Edge, ...]:
    """Who can make others administrators, drawn of changed nodes, where these edges are there too:
    they may link principals that nothing led to before."""
    drawing = _blank(estate, index)
    ends = {end for edge in edges for end in (edge.source, edge.target)}
    draw_empowering(drawing, ends | linked(estate.graph, estate.index))
    return _edges(drawing)


def _edges(drawing: Drawing) -> tuple[Edge, ...]:
    return tuple(edge_of(*each) for each in drawing.graph.edges(data=True))


def _same(edge: Edge, data: dict[str, Any]) -> Edge | None:
    """The edge's new self, where the data are those of an edge that says the same."""
    if data["relation"] != edge.relation:
        return None
    made = edge_of(edge.source, edge.target, data)
    if edge.relation is not Relation.MAY_CONNECT and made.allows != edge.allows:
        return None
    return made if (made.gives, made.needs) == (edge.gives, edge.needs) else None


def _blank(estate: Estate, index: NodeIndex) -> Drawing:
    """A drawing of the estate's nodes without edges."""
    from networkx import MultiDiGraph

    graph: MultiDiGraph[str] = MultiDiGraph()
    graph.add_nodes_from(estate.graph)
    if index is estate.index:  # whose engines know their answers already
        return Drawing(graph, index, estate.network, estate.permissions)
    return Drawing(
        graph, index, estate.network.changed(index), Permissions(index, estate.permissions.known)
    )


def _connect(drawing: Drawing, edge: Edge) -> None:
    target = drawing.index.get(edge.target, Function)
    if target is None:
        connect(drawing, edge.source, edge.target)
    elif edge.source == INTERNET:
        draw_url(drawing, target)
    else:  # a balancer that calls a function, which no change here takes away
        drawing.edge(edge.source, edge.target, edge.relation, edge.evidence, edge.answer)


def _run_as(drawing: Drawing, edge: Edge) -> None:
    service = drawing.index.get(edge.source, Service)
    if service is not None:
        draw_runs_as(drawing, service)
        draw_pods(drawing, service)


def _open(drawing: Drawing, edge: Edge) -> None:
    source = drawing.index.by_id.get(edge.source)
    if isinstance(source, Secret):
        draw_stored(drawing, source)
    elif isinstance(source, Bucket | Store):
        draw_kept(drawing, source)
    elif isinstance(source, Service):
        draw_start_text(drawing, source)


def _assume(drawing: Drawing, edge: Edge) -> None:
    role = drawing.index.get(edge.target, Role)
    if role is None:
        return
    if edge.source == INTERNET:
        allowed = principals.open_federation(drawing.permissions, role)
    elif edge.source == ANYONE:
        allowed = principals.open_to_strangers(drawing.permissions, role)
    elif isinstance(drawing.index.by_id.get(edge.source), Federation):
        for provider, allowed in principals.by_theft(drawing.permissions, role):
            if provider.id == edge.source:
                permitted(drawing, provider.id, role.id, Relation.MAY_ASSUME, allowed)
        return
    else:
        allowed = principals.may_assume(drawing.permissions, edge.source, role)
    permitted(drawing, edge.source, role.id, Relation.MAY_ASSUME, allowed)


def _read(drawing: Drawing, edge: Edge) -> None:
    store = drawing.index.get(edge.target, DataStore)
    if isinstance(store, Database) and edge.source == INTERNET and isinstance(edge.allows, str):
        connect(drawing, edge.allows, store.id)
        draw_open_reads(drawing, store)
    elif store is not None and isinstance(drawing.index.by_id.get(edge.source), OUTSIDE):
        draw_shared(drawing, store)
    elif store is not None:
        draw_reads(drawing, ANYONE if edge.source == INTERNET else edge.source, store)


def _rule(drawing: Drawing, edge: Edge) -> None:
    allowed = drawing.permissions.admin(edge.source)
    permitted(drawing, edge.source, edge.target, Relation.ADMINISTERS, allowed)


def _call(drawing: Drawing, edge: Edge) -> None:
    holder = drawing.index.by_id.get(edge.source)
    if edge.gives or edge.needs:
        draw_loosened_again(drawing, edge)
    elif isinstance(holder, Role | User):
        draw_escalations_of(drawing, [holder])
    elif edge.source == INTERNET:
        Supplied(drawing).draw_for_strangers()
    for end in (edge.source, edge.target):
        if service := drawing.index.get(end, Service):
            draw_hosted(drawing, service)


def _powers(drawing: Drawing, principal: str) -> None:
    holder = drawing.index.by_id.get(principal)
    if isinstance(holder, Role | User):
        draw_powers_of(drawing, holder)
        draw_escalations_of(drawing, [holder])
        draw_loosened_of(drawing, [holder])


_REDRAWN = {
    Relation.MAY_CONNECT: _connect,
    Relation.RUNS_AS: _run_as,
    Relation.HOLDS_CREDENTIALS_OF: _open,
    Relation.MAY_ASSUME: _assume,
    Relation.READS: _read,
    Relation.ADMINISTERS: _rule,
    Relation.MAY_CALL: _call,
}
