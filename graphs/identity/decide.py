"""One request against its clauses: explicit denies first, then who must allow.

IAM User Guide, "Policy evaluation for requests within a single account" and "Cross-account
policy evaluation logic".
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from graphs.identity.actors import OUTSIDE, Actor, Grant, Kind, named
from graphs.identity.conditions import Context, expand, hold, resource_fits
from graphs.identity.glob import Pattern, literal, matches
from graphs.identity.layers import Clause, Layer, Level
from graphs.identity.policy import Statement
from graphs.unknown import (
    NO,
    YES,
    Answer,
    Cause,
    Template,
    Text,
    Unknown,
    all_of,
    any_of,
    cannot_tell,
    unknowns_in,
)

_LIMITED = Unknown(Cause.MODEL, "whether a boundary limits what a policy gives to everybody")
_PLAIN = re.compile(r"[^*?$]*")
FEW = 8
"""Up to so many actions are compared one by one."""


@dataclass(frozen=True, slots=True)
class Applicable:
    """A clause that may be about an action and an actor: `action` tells how surely about the
    action, `grants` by what it names the actor (resource policies only)."""

    clause: Clause
    action: Answer
    grants: tuple[tuple[Grant, Answer], ...] = ()


@dataclass(frozen=True, slots=True)
class Matched:
    """A clause that meets the request, and how surely; `allows` and `denies` by its effect."""

    clause: Clause
    allows: Answer
    denies: Answer
    grants: tuple[tuple[Grant, Answer], ...] = ()


@dataclass(frozen=True, slots=True)
class Setup:
    """What of a request does not depend on its context: whose it is, and where the resource is.

    `together` answers whether actor and resource are in one account. `levels` are those of the
    organisation that must allow; `session` tells whether a session policy must.
    """

    actor: Actor
    together: Answer
    needs_resource: bool
    levels: tuple[Level, ...] = ()
    session: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether the request is allowed, and the clauses that it met."""

    answer: Answer
    denied: Answer
    matched: tuple[Matched, ...]


def about(clauses: Iterable[Clause], action: str) -> tuple[Applicable, ...]:
    """The clauses that may be about an action (in lower case), of policies that name nobody."""
    found = ((clause, about_action(clause.statement, action) & clause.exists) for clause in clauses)
    return tuple(Applicable(clause, answer) for clause, answer in found if answer.possible)


def applicable(clauses: Iterable[Clause], actor: Actor, action: str) -> tuple[Applicable, ...]:
    """The clauses that may be about an action (in lower case) of this actor."""
    found = []
    for each in about(clauses, action):
        if each.clause.layer is not Layer.RESOURCE:
            found.append(each)
            continue
        named_by = named(each.clause.statement, actor)
        grants = tuple((g, a) for g, a in named_by.items() if a.possible)
        if grants:
            found.append(Applicable(each.clause, each.action, grants))
    return tuple(found)


def overlapping(candidates: Iterable[Applicable], resource: Text) -> tuple[Applicable, ...]:
    """The clauses whose resources may have something in common with the one asked for.

    Told by how they start: most clauses are about something else, and that is quick to see.
    """
    asked = start(resource)
    return tuple(
        each
        for each in candidates
        if each.clause.statement.resources is None
        or any(_agree(start(value), asked) for value in each.clause.statement.resources)
    )


def _agree(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


@lru_cache(maxsize=65536)
def start(value: Text) -> str:
    """The text before the first hole, wildcard or variable of an ARN or of a pattern of ARNs."""
    first = value.parts[0] if isinstance(value, Template) else value
    return _PLAIN.match(first)[0] if isinstance(first, str) else ""  # type: ignore[index]


def about_action(statement: Statement, action: str) -> Answer:
    """Whether the statement is about an action, given in lower case."""
    if statement.actions is not None:
        return _named(statement.actions, action)
    return ~_named(statement.not_actions or (), action)


def _named(written: tuple[Text, ...], action: str) -> Answer:
    """Whether an action is among those that are written."""
    if len(written) > FEW:
        plain, rest = _sorted(written)
        if action in plain:
            return YES
        service = action.partition(":")[0]
        written = (*rest.get(service, ()), *rest.get("", ()))
    return any_of(matches(each, action) for each in written)


def _plain(value: str) -> bool:
    return _PLAIN.fullmatch(value) is not None


@lru_cache(maxsize=1024)
def _sorted(written: tuple[Text, ...]) -> tuple[frozenset[Text], Mapping[str, tuple[Text, ...]]]:
    """Those without wildcards, and the others by service, under "" where that may be any.

    Policies of AWS's own list thousands.
    """
    plain = frozenset(each for each in written if isinstance(each, str) and _plain(each))
    rest: dict[str, list[Text]] = {}
    for each in written:
        if each not in plain:
            service, colon, _ = each.partition(":") if isinstance(each, str) else ("", "", "")
            rest.setdefault(service if colon and _plain(service) else "", []).append(each)
    return plain, {service: tuple(listed) for service, listed in rest.items()}


def about_rest(statement: Statement, action: str) -> bool:
    """Whether a statement may be about an action that none singles out: only wildcards are."""
    written = statement.actions
    if written is not None and all(isinstance(a, str) and not {"*", "?"} & {*a} for a in written):
        return False
    return about_action(statement, action.lower()).possible


def about_resource(statement: Statement, resource: Pattern, context: Context) -> Answer:
    """Whether the statement is about a resource; trust policies have no Resource at all."""
    written = statement.resources
    if written is None:
        written = statement.not_resources
    if written is None:
        return YES
    answers = []
    for value in written:
        if value == "*":
            answers.append(YES)
            continue
        tokens = expand(value, context, wild=True, variables=statement.variables)
        answers.append(NO if tokens is None else resource_fits(tokens, resource))
    found = any_of(answers)
    return found if statement.resources is not None else ~found


def decide(
    candidates: Iterable[Applicable], setup: Setup, resource: Text, context: Context
) -> Decision:
    """Decide one request on one resource."""
    tokens = literal(resource)
    matched = tuple(met for each in candidates if (met := _meet(each, tokens, context)) is not None)
    denied = any_of(each.denies for each in matched)
    allowed = _allowed(matched, setup)
    return Decision(allowed & ~denied, denied, matched)


def _meet(each: Applicable, resource: Pattern, context: Context) -> Matched | None:
    statement = each.clause.statement
    answer = each.action & about_resource(statement, resource, context)
    if answer.possible and statement.conditions:
        answer = answer & hold(statement.conditions, context, variables=statement.variables)
    if each.clause.layer is Layer.RESOURCE:
        answer = answer & any_of(grant for _, grant in each.grants)
    if not answer.possible:
        return None
    effect = statement.effect
    if effect == "Allow":
        return Matched(each.clause, answer, NO, each.grants)
    if effect == "Deny":
        return Matched(each.clause, NO, answer)
    either = answer & cannot_tell(*unknowns_in(effect))
    return Matched(each.clause, either, either, each.grants)


def _allowed(matched: tuple[Matched, ...], setup: Setup) -> Answer:
    """Within one account identity or resource is enough; across accounts both must allow."""
    identity = _by_layer(matched, Layer.IDENTITY, setup.actor)
    limits = _limits(matched, setup)
    own = identity & limits
    same = cross = NO
    if setup.together.possible:
        granted = _granted(matched, cut=False)
        same = _direct(granted, setup.actor.kind, limits)
        same = same | (own & any_of(granted.values()) if setup.needs_resource else own)
    if not setup.together.certain:
        cross = own & any_of(_granted(matched, cut=True).values())
    found = (setup.together & same) | (~setup.together & cross) | _either(setup, same, cross)
    return found & all_of(_on_level(matched, each) for each in setup.levels)


def _limits(matched: tuple[Matched, ...], setup: Setup) -> Answer:
    """Whether boundary and session policy allow, where there is one."""
    found = YES
    if setup.actor.node is not None and setup.actor.node.boundary is not None:
        found = _by_layer(matched, Layer.BOUNDARY, setup.actor)
    return found & _by_layer(matched, Layer.SESSION, setup.actor) if setup.session else found


def _on_level(matched: tuple[Matched, ...], level: Level) -> Answer:
    """Whether a level of the organisation allows: one of its policies must, where it applies."""
    own = (m for m in matched if (m.clause.layer, m.clause.level) == (level.layer, level.name))
    return ~level.applies | any_of(m.allows for m in own)


def _either(setup: Setup, same: Answer, cross: Answer) -> Answer:
    """Where it is not known whether the account is the same, but both ways lead to yes."""
    return same & cross if setup.together.undecided else NO


def _by_layer(matched: tuple[Matched, ...], layer: Layer, actor: Actor) -> Answer:
    if actor.kind in OUTSIDE:
        return YES  # their own account's administrators, who are the attackers, allow it
    return any_of(each.allows for each in matched if each.clause.layer is layer)


def _granted(matched: tuple[Matched, ...], *, cut: bool) -> dict[Grant, Answer]:
    found = dict.fromkeys(Grant, NO)
    for each in matched:
        if each.clause.layer is Layer.RESOURCE:
            answer = each.allows & ~each.clause.cut if cut else each.allows
            for grant, by in each.grants:
                found[grant] = found[grant] | (answer & by)
    return found


def _direct(granted: dict[Grant, Answer], kind: Kind, limits: Answer) -> Answer:
    """What a resource policy gives without an identity policy, in one account.

    A user's ARN escapes identity policies and boundary, a role's ARN only identity policies, a
    role session's ARN both; naming the account gives nothing by itself. `limits` are boundary and
    session policy. Whether `*` names the role or its session is not documented.
    """
    named, all_ = granted[Grant.PRINCIPAL], granted[Grant.EVERYBODY]
    if kind is not Kind.ROLE:
        return granted[Grant.SESSION] | named | all_
    return granted[Grant.SESSION] | (named & limits) | (all_ & (limits | cannot_tell(_LIMITED)))
