"""Draws the calls by which a principal becomes another one, or an administrator.

Each edge names its technique in `allows`; what a technique needs is in the catalogue.
"""

from collections.abc import Container, Iterable
from functools import partial
from typing import TYPE_CHECKING

from graphs.build.callers import Caller
from graphs.build.edits import change_guards
from graphs.build.gains import empower, gain
from graphs.build.handing import Handing
from graphs.build.opened import Opened
from graphs.build.pods import draw_commands
from graphs.build.structure import Drawing
from graphs.build.supplied import Supplied
from graphs.build.takeovers import ask_for_password, nodes_by_kind, read_text, take_over
from graphs.estate import Relation
from graphs.evidence import Evidence
from graphs.identity.evaluate import Permission
from graphs.identity.techniques import Technique, catalogue, within_reach
from graphs.identity.trusting import Callers
from graphs.nodes import Database, Function, Node, NodeIndex, Role, User

if TYPE_CHECKING:
    from networkx import MultiDiGraph

TOKEN = "rds-db:connect"
_LINKS = (
    Relation.MAY_ASSUME,
    Relation.MAY_CALL,
    Relation.RUNS_AS,
    Relation.HOLDS_CREDENTIALS_OF,
)


def draw_escalations(drawing: Drawing, known: Callers) -> None:
    """Add may-call edges. Certain administrators have nothing to gain."""
    holders: tuple[Role | User, ...] = (*drawing.index.of(Role), *drawing.index.of(User))
    draw_escalations_of(drawing, holders, known)


def draw_escalations_of(
    drawing: Drawing,
    holders: Iterable[Role | User],
    known: Callers | None = None,
    opened: Opened | None = None,
) -> None:
    """The may-call edges of some principals; `known` remembers what was asked of them already, and
    `opened` what was of the same network."""
    known = known or Callers(drawing.permissions)
    techniques = [t for t in catalogue().values() if t.escalates and not t.loosens]
    nodes, handing = nodes_by_kind(drawing.index), Handing(drawing)
    opened, supplied = opened or Opened(drawing), Supplied(drawing)
    guarded = any(function.policies for function in drawing.index.of(Function))
    relevant = _Relevant(techniques, everything=guarded)
    callers = []
    for holder in holders:
        if drawing.permissions.admin(holder.id).answer.certain:
            continue
        caller = Caller(drawing, holder, known.abilities(holder.id))
        if caller.able or guarded or supplied.guarded:
            callers.append(caller)
            supplied.draw(caller)
            for technique in relevant.to(caller.able):
                if technique.admit or technique.reroute:
                    opened.draw(caller, technique)
                elif not technique.supply:
                    _apply(caller, technique, nodes, handing)
        for database in drawing.index.of(Database):
            _ask_token(drawing, holder, database)
        draw_commands(drawing, holder)
    _empower(drawing, callers, techniques)


class _Relevant:
    """The techniques of which somebody is allowed an action at all, found once for all who are
    allowed the same. A guarded function may allow by itself: then it is `everything`."""

    def __init__(self, techniques: list[Technique], *, everything: bool) -> None:
        self._techniques = techniques
        self._everything = everything
        self._found: dict[frozenset[str], list[Technique]] = {}

    def to(self, able: frozenset[str]) -> list[Technique]:
        if self._everything:
            return self._techniques
        if able not in self._found:
            self._found[able] = [t for t in self._techniques if within_reach(t, able)]
        return self._found[able]


def _empower(drawing: Drawing, callers: list[Caller], techniques: list[Technique]) -> None:
    """Last, since it matters only for those who are linked to others by then."""
    among = linked(drawing.graph, drawing.index)
    for caller in callers:
        for technique in _empowering(techniques):
            empower(caller, technique, among)


def draw_empowering(drawing: Drawing, among: Container[str]) -> None:
    """Who can make some principals administrators, should it control them as well."""
    known = Callers(drawing.permissions)
    holders: tuple[Role | User, ...] = (*drawing.index.of(Role), *drawing.index.of(User))
    for holder in holders:
        if not drawing.permissions.admin(holder.id).answer.certain:
            caller = Caller(drawing, holder, known.abilities(holder.id))
            for technique in _empowering(catalogue().values()):
                empower(caller, technique, among)


def _empowering(techniques: Iterable[Technique]) -> list[Technique]:
    return [each for each in techniques if each.empowering]


def linked(graph: "MultiDiGraph[str]", index: NodeIndex) -> set[str]:
    """Users, and whoever leads to others or is led to."""
    found = {user.id for user in index.of(User)}
    for source, target, data in graph.edges(data=True):
        if data["relation"] in _LINKS:
            found |= {source, target}
    return found


def _apply(
    caller: Caller, technique: Technique, nodes: dict[str, tuple[Node, ...]], handing: Handing
) -> None:
    if technique.service:
        kinds = (kind for kind, _ in technique.existing)
        handing.draw(caller, technique, [n for kind in kinds for n in nodes.get(kind, ())])
        return
    if technique.guards:
        change_guards(caller, technique, nodes)
    elif technique.other:
        take_over(caller, technique, nodes)
    elif technique.hand:
        ask_for_password(caller, technique, nodes)
    elif technique.read:
        read_text(caller, technique, nodes)
    else:
        gain(caller, technique)


def _ask_token(drawing: Drawing, holder: Role | User, database: Database) -> None:
    if database.iam_login.possible:
        allowed = drawing.permissions.can(holder.id, TOKEN, "arn:aws:rds-db:*:*:dbuser:*")
        if allowed.answer.possible:
            answer = allowed.answer & database.iam_login
            proved = partial(_evidence, allowed)
            drawing.edge(holder.id, database.id, Relation.MAY_CALL, proved, answer, TOKEN, TOKEN)


def _evidence(permission: Permission) -> Evidence:
    return permission.evidence
