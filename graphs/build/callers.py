"""Somebody who calls: what they may do, quick to say no, and the edges that follow from it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial

from graphs.build.structure import Drawing
from graphs.estate import Relation
from graphs.evidence import Evidence
from graphs.identity.changes import by_changing
from graphs.identity.decide import about_action
from graphs.identity.evaluate import Permission
from graphs.identity.keys import Given
from graphs.identity.policy import Statement
from graphs.identity.search import refused, together
from graphs.identity.techniques import Ways
from graphs.nodes import Function, Guardrail, Node, Role, User
from graphs.unknown import YES, Text, all_of

ANYTHING = "*"
_NO = refused("No policy allows it")
NOTHING_SAID: Given = {}


@dataclass(frozen=True)
class Caller:
    """A role or user of a drawing. `able` are the actions that its own policies may allow."""

    drawing: Drawing
    holder: Role | User
    able: frozenset[str]
    _alike: dict[str, bool] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """What policies call it: role or user."""
        return "role" if isinstance(self.holder, Role) else "user"

    def may(
        self, actions: Iterable[str], on: "Node | Text" = ANYTHING, given: Given = NOTHING_SAID
    ) -> Permission:
        """Whether all of some actions are allowed on a thing; with wildcards, on some thing."""
        asked = tuple(actions)
        said = isinstance(on, Function) and bool(on.policies)
        if not said and not self.able.issuperset(asked):
            return _NO
        found = []
        for action in asked:
            target = ANYTHING if self._same_everywhere(action, on, given) and not said else on
            found.append(self._can(action, target, given))
            if not found[-1].answer.possible:
                return _NO
        return together(found)

    def _can(self, action: str, on: "Node | Text", given: Given) -> Permission:
        """Whether it is allowed, should the caller first set what tags it may set."""
        permissions = self.drawing.permissions
        found = permissions.can(self.holder.id, action, on, given)
        if found.answer.certain or action not in self.able or on == ANYTHING:
            return found
        return by_changing(permissions, self.holder.id, action, on, given, found)[0]

    def best(self, ways: Ways, on: "Node | Text" = ANYTHING) -> Permission:
        """The surest of several ways."""
        found = [self.may(way, on) if way else Permission("allow", YES) for way in ways]
        return likeliest(found or [_NO])

    def _same_everywhere(self, action: str, on: "Node | Text", given: Given) -> bool:
        """Whether no policy tells one thing from another for this action."""
        if given or not isinstance(on, Node) or self.drawing.index.of(Guardrail):
            return False
        if on.scope.account != self.holder.scope.account:
            return False
        if action not in self._alike:
            carried = self.drawing.permissions.carried(self.holder.id)
            said = (clause.statement for clause in carried)
            about = (each for each in said if about_action(each, action.lower()).possible)
            self._alike[action] = all(_plain(statement) for statement in about)
        return self._alike[action]

    def draw(
        self, target: str, technique: str, needed: Iterable[Permission], also: str = ""
    ) -> None:
        """The edge of a technique, as sure as everything that it needs."""
        steps = tuple(needed)
        answer = all_of(p.answer for p in steps)
        if not answer.possible:
            return
        if not answer.certain and self.drawing.permissions.admin(self.holder.id).answer.possible:
            return  # what is not known of them may make them an administrator at once
        proved = partial(_evidence, steps)
        key = f"{technique}:{also}" if also else technique
        self.drawing.edge(self.holder.id, target, Relation.MAY_CALL, proved, answer, technique, key)


def likeliest(found: Iterable[Permission]) -> Permission:
    """The permission that is surest."""
    return max(found, key=lambda each: (each.answer.certain, each.answer.possible))


def _plain(statement: Statement) -> bool:
    return statement.resources == ("*",) and not statement.conditions


def _evidence(needed: tuple[Permission, ...]) -> Evidence:
    return tuple(step for permission in needed for step in permission.evidence)
