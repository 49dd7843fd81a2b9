"""Somebody who calls: what they may do, quick to say no, and the edges that follow from it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial

from graphs.build.structure import Drawing, Proved
from graphs.estate import Relation
from graphs.evidence import Evidence
from graphs.identity.evaluate import Permission
from graphs.identity.keys import Given
from graphs.identity.policy import Statement
from graphs.identity.search import refused, together
from graphs.identity.techniques import Ways
from graphs.nodes import Function, Guardrail, Node, Role, User
from graphs.unknown import YES, Template, Text, all_of

ANYTHING = "*"
_BEFORE_WILD = re.compile(r"[*?$]")
_NO = refused("No policy allows it")
NOTHING_SAID: Given = {}
# How a request from outside of every VPC looks: keys that only an endpoint sets are absent.
FROM_OUTSIDE: Given = {"aws:SourceVpce": None, "aws:SourceVpc": None, "aws:VpcSourceIp": None}


@dataclass(frozen=True, slots=True)
class About:
    """What the statements about one action have in common.

    `plain`: each is about everything, without conditions. `everywhere`: each is about everything,
    under conditions on these keys at most. `only` is what the things that are allowed start with.
    """

    plain: bool
    conditions: frozenset[Text]
    everywhere: bool
    only: tuple[str, ...]


@dataclass(frozen=True)
class Caller:
    """A role or user of a drawing. `able` are the actions that its own policies may allow."""

    drawing: Drawing
    holder: Role | User
    able: frozenset[str]
    _about: dict[str, About] = field(default_factory=dict)

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
            found.append(self._may(action, on, given) if not said else self._can(action, on, given))
            if not found[-1].answer.possible:
                return _NO
        return found[0] if len(found) == 1 else together(found)

    def may_on(
        self, actions: Iterable[str], on: "Node | Text", given: Given = NOTHING_SAID
    ) -> Permission:
        """Whether all of some actions are allowed on what has a policy of its own to say so."""
        found = []
        for action in actions:
            found.append(self._can(action, on, given))
            if not found[-1].answer.possible:
                return _NO
        return found[0] if len(found) == 1 else together(found)

    def _may(self, action: str, on: "Node | Text", given: Given) -> Permission:
        """One action, without asking in full where the statements' resources tell."""
        if not isinstance(on, Node) or given or self._limited(on):
            return self._can(action, on, given)
        about = self.about(action)
        if isinstance(on.arn, str) and on.arn and not on.arn.startswith(about.only):
            return _NO
        return self._can(action, ANYTHING if about.plain else on, given)

    def _limited(self, on: Node) -> bool:
        """Whether somebody above or beside the caller has a say."""
        return bool(
            self.drawing.index.of(Guardrail) or on.scope.account != self.holder.scope.account
        )

    def _can(self, action: str, on: "Node | Text", given: Given) -> Permission:
        return self.drawing.permissions.can(self.holder.id, action, on, given)

    def about(self, action: str) -> About:
        """What the caller's statements say of an action."""
        if action not in self._about:
            documents = self.drawing.permissions.documents(self.holder.id)
            found = (each for one in documents for each in one.about(action.lower()))
            self._about[action] = _about([each.clause.statement for each in found])
        return self._about[action]

    def same_for_all(self, action: str, keys: frozenset[Text]) -> bool:
        """Whether an action is allowed on all things of the account alike, whatever these keys."""
        about = self.about(action)
        return (
            about.everywhere and about.conditions <= keys and not self.drawing.index.of(Guardrail)
        )

    def best(
        self, ways: Ways, on: "Node | Text" = ANYTHING, given: Given = NOTHING_SAID
    ) -> Permission:
        """The surest of several ways."""
        found = [self.may(way, on, given) if way else Permission("allow", YES) for way in ways]
        return likeliest(found or [_NO])

    def draw(
        self,
        target: str,
        technique: str,
        needed: Iterable[Permission],
        also: str = "",
        then: Proved = tuple,
    ) -> None:
        """The edge of a technique, as sure as everything that it needs; `then` proves what comes
        of it."""
        steps = tuple(needed)
        answer = all_of(p.answer for p in steps)
        if not answer.possible:
            return
        if not answer.certain and self.drawing.permissions.admin(self.holder.id).answer.possible:
            return  # what is not known of them may make them an administrator at once
        proved = partial(_evidence, steps, then)
        key = f"{technique}:{also}" if also else technique
        self.drawing.edge(self.holder.id, target, Relation.MAY_CALL, proved, answer, technique, key)


def likeliest(found: Iterable[Permission]) -> Permission:
    """The permission that is surest."""
    return max(found, key=lambda each: (each.answer.certain, each.answer.possible))


def _about(said: list[Statement]) -> About:
    conditions = frozenset(c.key for each in said for c in each.conditions)
    everywhere = all(each.resources == ("*",) for each in said)
    allowing = [each for each in said if each.effect != "Deny"]
    starts = {_start(r) for each in allowing for r in each.resources or ("",)}
    return About(everywhere and not conditions, conditions, everywhere, tuple(sorted(starts)))


def _start(resource: Text) -> str:
    """What a pattern begins with before its first hole, wildcard or variable."""
    first = resource.parts[0] if isinstance(resource, Template) else resource
    return _BEFORE_WILD.split(first)[0] if isinstance(first, str) else ""


def _evidence(needed: tuple[Permission, ...], then: Proved) -> Evidence:
    return (*(step for permission in needed for step in permission.evidence), *then())
