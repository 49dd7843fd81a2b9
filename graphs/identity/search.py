"""The search behind a permission: is there a resource and a choice of keys that is allowed?

A question about `bucket/*` asks for some object. The statements cut its resources into parts;
one text stands for each part, and each is decided on its own, under every context that the
caller could bring about.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from graphs.evidence import Evidence, Step
from graphs.identity.actions import action
from graphs.identity.actors import OUTSIDE, Actor, Kind
from graphs.identity.choices import MOST, contexts, varied
from graphs.identity.conditions import Context, expand, variables_in
from graphs.identity.decide import Applicable, Decision, Matched, Setup, decide
from graphs.identity.glob import FRESH, Pattern, Wild, intersection, pattern, same, show, words
from graphs.identity.keys import Asked, Given, setting
from graphs.identity.layers import GUARDRAILS, Layer, Level, needs_resource_policy
from graphs.identity.policy import Condition
from graphs.identity.sentences import tell
from graphs.nodes import Node, Secret
from graphs.unknown import (
    NO,
    YES,
    Answer,
    Cause,
    Template,
    Text,
    Unknown,
    all_of,
    cannot_tell,
    known,
    text,
)

_WORDS = 256
_PATTERNS = 64
_REQUESTS = 4000
_SUFFIX = FRESH * 6


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether somebody may do something.

    `verdict` is allow, deny, allow-if or unknown; with allow-if, `keys` are the condition keys
    that the caller must send the right values for, and can. `answer` counts that as yes.
    `witness` is one request that is allowed, or may be: the resource, and the keys that count with
    their values; a key that must be absent has none.
    """

    verdict: str
    answer: Answer
    keys: tuple[str, ...] = ()
    evidence: Evidence = ()
    witness: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """One actor's request in full. `resource` may have wildcards: is there one such resource?"""

    actor: Actor
    action: str
    resource: Text
    owner: Node | None
    account: "str | Unknown"
    levels: tuple[Level, ...] = ()
    session: bool = False

    @property
    def service(self) -> str:
        """The prefix of the action."""
        return self.action.partition(":")[0].lower()


@dataclass(frozen=True, slots=True)
class _Found:
    """The best that some word and context give."""

    decision: Decision
    shown: Text
    word: Text
    context: Context


def refused(claim: str) -> Permission:
    """A plain no, with its reason."""
    return Permission("deny", NO, evidence=(Step(claim),))


def rank(found: Permission) -> int:
    """How much a permission gives; the order of deny, unknown, allow-if, allow."""
    return ("deny", "unknown", "allow-if", "allow").index(found.verdict)


def best(found: Iterable[Permission]) -> Permission:
    """The permission that gives most, the first of equals; nothing gives more than allow."""
    strongest: Permission | None = None
    for each in found:
        if strongest is None or rank(each) > rank(strongest):
            strongest = each
        if strongest.verdict == "allow":
            break
    if strongest is None:
        raise AssertionError("there is at least one permission to choose from")
    return strongest


def together(found: Iterable[Permission]) -> Permission:
    """What is needed all at once."""
    needed = list(found)
    weakest = min(needed, key=rank)
    if weakest.verdict == "deny":
        return weakest
    return Permission(
        weakest.verdict,
        all_of(each.answer for each in needed),
        tuple(sorted({key for each in needed for key in each.keys})),
        tuple(dict.fromkeys(step for each in needed for step in each.evidence)),
        needed[0].witness,
    )


def ask(candidates: tuple[Applicable, ...], question: Question, given: Given) -> Permission:
    """The permission that these statements give; `given` are known keys, in lower case."""
    setup = Setup(
        question.actor,
        _same_account(question),
        needs_resource_policy(question.owner, question.service),
        question.levels,
        question.session,
    )
    if all(_gives_nothing(each) for each in candidates):
        nothing = Decision(NO, NO, ())
        return Permission(
            "deny", NO, evidence=tell(nothing, setup, question.action, question.resource)
        )
    if _plainly_allowed(candidates, setup):
        shown, word = _first_word(question)
        first = candidates[0]
        decision = Decision(first.action, NO, (Matched(first.clause, first.action, NO),))
        evidence = tell(decision, setup, question.action, shown)
        return Permission("allow", YES, (), evidence, (("resource", _plainly(word)),))
    tried = _contexts(candidates, question, given)
    found = _search(candidates, setup, question, tried)
    return _permission(found, candidates, setup, question, tried)


def _plainly_allowed(candidates: tuple[Applicable, ...], setup: Setup) -> bool:
    """Whether the first clause allows it on everything, and nothing else has a say."""
    first, node = candidates[0].clause, setup.actor.node
    return (
        candidates[0].action.certain
        and first.layer is Layer.IDENTITY
        and first.statement.resources == ("*",)
        and not first.statement.conditions
        and setup.together.certain
        and not (setup.needs_resource or setup.levels or setup.session)
        and node is not None
        and node.boundary is None
        and all(each.clause.statement.effect == "Allow" for each in candidates)
    )


def _gives_nothing(each: Applicable) -> bool:
    """Denies, and the organisation's allows: they only limit what others give."""
    return each.clause.statement.effect == "Deny" or each.clause.layer in GUARDRAILS


def _same_account(question: Question) -> Answer:
    """Whether actor and resource are in one account; outsiders are not, unless that is known."""
    if question.actor.kind in OUTSIDE - {Kind.ACCOUNT}:
        return NO
    if question.actor.kind is Kind.ACCOUNT and isinstance(question.account, Unknown):
        return known(question.account == question.actor.account)
    return same(question.actor.account, question.account)


# ------------------------------------------------------------------------------------ searching


def _contexts(candidates: Iterable[Applicable], question: Question, given: Given) -> list[Context]:
    asked = Asked(
        question.actor, question.action.lower(), question.resource, question.owner, question.account
    )
    conditions: list[Condition] = []
    wanted: dict[Text, None] = {}
    for each in candidates:
        statement = each.clause.statement
        conditions += statement.conditions
        for condition in statement.conditions:
            if not isinstance(condition.operator, Unknown):
                wanted[condition.key] = None
        if statement.variables:
            written = [c.values for c in statement.conditions]
            for texts in (statement.resources or (), statement.not_resources or (), *written):
                wanted.update((key, None) for value in texts for key in variables_in(value))
    settings = {key: setting(key, asked, given) for key in wanted}
    return contexts(settings, conditions)


def _search(
    candidates: tuple[Applicable, ...], setup: Setup, question: Question, tried: list[Context]
) -> _Found:
    """The first word and context that certainly allow, else the best."""
    best: _Found | None = None
    every = list(_words(candidates, question, tried[0]))
    requests = ((*word, context) for word in every for context in tried)
    for shown, word, context in islice(requests, _REQUESTS):
        decision = decide(candidates, setup, word, context)
        if best is None or _better(decision, best.decision):
            best = _Found(decision, shown, word, context)
        if decision.answer.certain:
            return best
    if best is None:
        raise AssertionError("a question has at least one word")
    contrived = len(every) >= _PATTERNS or len(tried) >= MOST or len(every) * len(tried) > _REQUESTS
    return _unfinished(best, question) if contrived else best


def _unfinished(found: _Found, question: Question) -> _Found:
    """Policies so contrived that not all was tried: then a no is not known to be one."""
    why = Unknown(Cause.MODEL, f"too many cases in the policies about {question.resource}")
    decision = found.decision
    return replace(found, decision=replace(decision, answer=decision.answer | cannot_tell(why)))


def _better(one: Decision, other: Decision) -> bool:
    if one.answer.possible != other.answer.possible:
        return one.answer.possible
    if one.answer.certain != other.answer.certain:
        return one.answer.certain
    # Of two refusals, the one that somebody wrote says more than the one nobody did.
    return not one.answer.possible and one.denied.certain and not other.denied.certain


def _words(
    candidates: Iterable[Applicable], question: Question, context: Context
) -> Iterator[tuple[Text, Text]]:
    """The resources to try, each with the pattern that it stands for."""
    if question.owner is None and _wholesale(question.action):
        yield _first_word(question)
        return
    asked = pattern(question.resource)
    if Wild.ANY not in asked and Wild.ONE not in asked:
        yield _first_word(question)
        if isinstance(question.owner, Secret):
            yield from _with_suffix(question.resource)
        return
    seen: dict[Text, None] = {}
    for each in _patterns(candidates, asked, context):
        for word in words(each):
            if word not in seen and len(seen) < _WORDS:
                seen[word] = None
                yield show(each), word


def _first_word(question: Question) -> tuple[Text, Text]:
    """What stands for all that is asked for, before statements tell parts of it apart."""
    if question.owner is None and _wholesale(question.action):
        return "*", FRESH * 3
    asked = pattern(question.resource)
    if Wild.ANY not in asked and Wild.ONE not in asked:
        return question.resource, question.resource
    return show(asked), next(iter(words(asked)))


def _wholesale(name: str) -> bool:
    """Whether an action takes no resource but `*`."""
    found = action(name)
    return found is not None and found.wholesale


def _with_suffix(arn: Text) -> Iterator[tuple[Text, Text]]:
    """A secret's ARN ends in six letters that AWS picks; policies often say `-??????`."""
    if isinstance(arn, Template) and len(arn.parts) > 1:
        *head, before, last = arn.parts
        if isinstance(last, Unknown) and isinstance(before, str) and before.endswith("-"):
            yield arn, text([*head, before, _SUFFIX])


def _patterns(candidates: Iterable[Applicable], asked: Pattern, context: Context) -> list[Pattern]:
    """What is asked, and its parts that the statements tell apart: one layer after the other."""
    found: dict[Pattern, None] = {asked: None}
    for layer in Layer:
        for wanted in _boundaries(candidates, layer, context):
            if wanted == (Wild.ANY,):
                continue
            for each in tuple(found):
                if len(found) < _PATTERNS:
                    found.update(dict.fromkeys(intersection(each, wanted)))
    return list(found)


def _boundaries(
    candidates: Iterable[Applicable], layer: Layer, context: Context
) -> Iterator[Pattern]:
    """The resources of allows, and those that denies leave out."""
    for each in candidates:
        statement = each.clause.statement
        if each.clause.layer is not layer:
            continue
        written = statement.not_resources if statement.effect == "Deny" else statement.resources
        for value in written or ():
            if isinstance(value, Unknown) or value == "*":
                continue  # it may be any list, an empty one too; or it tells nothing apart
            tokens = expand(value, context, wild=True, variables=statement.variables)
            if tokens is not None:
                yield tokens


# ------------------------------------------------------------------------------------ telling


def _permission(
    found: _Found,
    candidates: tuple[Applicable, ...],
    setup: Setup,
    question: Question,
    tried: list[Context],
) -> Permission:
    answer = found.decision.answer
    evidence = tell(found.decision, setup, question.action, found.shown)
    if not answer.possible:
        return Permission("deny", answer, evidence=evidence)
    if answer.undecided:
        return Permission("unknown", answer, evidence=evidence, witness=_witness(found, ()))
    keys = tuple(
        str(key)
        for key in sorted(found.context.chosen, key=str)
        if any(
            not decide(candidates, setup, found.word, other).answer.certain
            for other in varied(found.context, key, tried)
        )
    )
    word = "allow-if" if keys else "allow"
    return Permission(word, answer, keys, evidence, _witness(found, keys))


def _witness(found: _Found, keys: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """The request that was found: "any" stands for what no policy tells from anything else."""
    values = ((key, found.context.keys.get(key)) for key in keys)
    said = ((key, ",".join(map(_plainly, v)) if isinstance(v, tuple) else "") for key, v in values)
    return (("resource", _plainly(found.word)), *said)


def _plainly(value: Text) -> str:
    """Text in which a run of letters that stand for anything reads `any`.

    >>> _plainly(f"arn:aws:s3:::b/{FRESH}{FRESH}")
    'arn:aws:s3:::b/any'
    """
    return re.sub(f"{FRESH}+", "any", str(value))
