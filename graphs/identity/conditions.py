"""Condition blocks against a request's context.

IAM User Guide: "Condition operators", "Multivalued context keys", "Variables and tags". What
surprises there: a missing key makes a negated operator true and `...IfExists` true;
`ForAllValues` holds for a missing or empty key; `ForAnyValue` never does.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeAlias

from graphs.addresses import prefix
from graphs.identity.glob import Pattern, Token, Wild, fits, literal, pattern, show, squeeze
from graphs.identity.policy import Condition
from graphs.unknown import (
    NO,
    Answer,
    Cause,
    Template,
    Text,
    Unknown,
    all_of,
    any_of,
    cannot_tell,
    known,
    unknowns_in,
)

KeyValue: TypeAlias = "tuple[Text, ...] | Unknown | None"
"""A key's values; None where the request has no such key."""

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_DEFAULT = re.compile(r"([^,\s]+)(?:, '([^']*)')?")


@dataclass(frozen=True, slots=True)
class Context:
    """The keys of one request, in lower case. A key that is not listed is unknown.

    `chosen` are keys whose value here is one of many that the caller could have sent.
    """

    keys: Mapping[Text, KeyValue] = field(default_factory=dict)
    chosen: frozenset[Text] = frozenset()

    def get(self, key: Text) -> KeyValue:
        """The values of a key."""
        if key in self.keys:
            return self.keys[key]
        holes = unknowns_in(key)
        return min(holes, key=str) if holes else Unknown(Cause.MODEL, f"condition key {key}")


def hold(conditions: Iterable[Condition], context: Context, *, variables: bool = True) -> Answer:
    """Whether all conditions of a statement hold."""
    return all_of(_holds(condition, context, variables) for condition in conditions)


def expand(value: Text, context: Context, *, wild: bool, variables: bool) -> Pattern | None:
    """The tokens of a policy value with its variables filled in; None where one has no value.

    `${*}`, `${?}` and `${$}` are the letters themselves, and so is all that a variable brings.
    """
    read = pattern if wild else literal
    if not variables or not _has_variable(value):
        return read(value)
    tokens: list[Token] = []
    for part in value.parts if isinstance(value, Template) else (value,):
        filled = read(part) if isinstance(part, Unknown) else _expanded(part, context, read)
        if filled is None:
            return None
        tokens += filled
    return squeeze(tokens) if wild else tuple(tokens)


def variables_in(value: Text) -> Iterator[str]:
    """The keys that a policy value has as variables, in lower case."""
    if not _has_variable(value):
        return
    for part in value.parts if isinstance(value, Template) else (value,):
        for inner in _VARIABLE.findall(part) if isinstance(part, str) else ():
            found = _DEFAULT.fullmatch(inner)
            if found and inner not in ("*", "?", "$"):
                yield found[1].lower()


def _has_variable(value: Text) -> bool:
    if isinstance(value, str):
        return "${" in value
    parts = value.parts if isinstance(value, Template) else (value,)
    return any("${" in part for part in parts if isinstance(part, str))


def _expanded(
    part: str, context: Context, read: Callable[[str], Pattern]
) -> "tuple[Token, ...] | None":
    tokens: list[Token] = []
    end = 0
    for found in _VARIABLE.finditer(part):
        tokens += read(part[end : found.start()])
        end = found.end()
        value = _variable(found[1], context)
        if value is None:
            return None
        tokens += value
    return (*tokens, *read(part[end:]))


def _variable(inner: str, context: Context) -> "tuple[Token, ...] | None":
    if inner in ("*", "?", "$"):
        return (inner,)
    form = _DEFAULT.fullmatch(inner)
    if form is None:
        return None
    key = form[1].lower()
    if key in context.chosen:
        return (Unknown(Cause.MODEL, f"what the caller sends as {form[1]}"),)
    value = context.get(key)
    if isinstance(value, Unknown):
        return (value,)
    if value is None:
        return None if form[2] is None else literal(form[2])
    return literal(value[0]) if len(value) == 1 else None


# ------------------------------------------------------------------------------------ operators


def _holds(condition: Condition, context: Context, variables: bool) -> Answer:
    if isinstance(condition.operator, Unknown):
        return cannot_tell(condition.operator)
    found = context.get(condition.key)
    if isinstance(found, Unknown):
        return cannot_tell(found)
    if condition.operator == "null":
        return any_of(_is_null(wanted, found) for wanted in condition.values)
    operator = _OPERATORS.get(condition.operator)
    if operator is None:
        why = Unknown(Cause.MODEL, f"condition operator {condition.operator}")
        return cannot_tell(why)
    if not found:
        return known(_without_key(condition, negated=operator.negated))
    wanted = _wanted(condition, operator, context, variables)
    return NO if wanted is None else _compare(condition, operator, wanted, found)


def _is_null(wanted: Text, found: "tuple[Text, ...] | None") -> Answer:
    if not isinstance(wanted, str):
        return cannot_tell(*unknowns_in(wanted))
    return known((wanted.lower() == "true") == (not found))


def _without_key(condition: Condition, *, negated: bool) -> bool:
    if condition.qualifier == "foranyvalue":
        return False
    return condition.qualifier == "forallvalues" or condition.if_exists or negated


def _wanted(
    condition: Condition, operator: "_Operator", context: Context, variables: bool
) -> list[Pattern] | None:
    """The condition's values as tokens; None where a variable has no value, so nothing matches."""
    filled = variables and operator.variables
    patterns: list[Pattern] = []
    for value in condition.values:
        tokens = expand(value, context, wild=operator.wild, variables=filled)
        if tokens is None:
            return None
        patterns.append(tokens)
    return patterns


def _compare(
    condition: Condition, operator: "_Operator", wanted: list[Pattern], found: tuple[Text, ...]
) -> Answer:
    each = [any_of(operator.test(w, literal(value)) for w in wanted) for value in found]
    if operator.negated:
        each = [~answer for answer in each]
    every = condition.qualifier == "forallvalues" or (
        operator.negated and condition.qualifier != "foranyvalue"
    )
    return all_of(each) if every else any_of(each)


@dataclass(frozen=True, slots=True)
class _Operator:
    """How one value of the policy (tokens) is tested against one of the request."""

    test: Callable[[Pattern, Pattern], Answer]
    negated: bool = False
    wild: bool = False
    variables: bool = False


def _plain(tokens: Pattern) -> str | None:
    """The text of tokens without holes, else None."""
    if any(not isinstance(token, str) for token in tokens):
        return None
    return "".join(token for token in tokens if isinstance(token, str))


def _folded(wanted: Pattern, value: Pattern) -> Answer:
    def fold(tokens: Pattern) -> Pattern:
        return tuple(t.casefold() if isinstance(t, str) else t for t in tokens)

    return fits(fold(wanted), fold(value))


def _segments(tokens: Pattern, limit: int = 6) -> list[Pattern]:
    """An ARN's parts; the last keeps its colons."""
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if token == ":" and len(parts) < limit:
            parts.append([])
        else:
            parts[-1].append(token)
    return [tuple(part) for part in parts]


def arn_fits(wanted: Pattern, value: Pattern) -> Answer:
    """ArnLike: each of the six parts on its own.

    Of a pattern with fewer parts it is not documented what its last `*` reaches.
    """
    ours, theirs = _segments(wanted), _segments(value)
    if len(ours) == len(theirs) == 6:
        return all_of(fits(a, b) for a, b in zip(ours, theirs, strict=True))
    if wanted == (Wild.ANY,) or any(isinstance(t, Unknown) for t in (*wanted, *value)):
        return fits(wanted, value)
    if wanted[-1:] != (Wild.ANY,) or not fits(wanted, value).possible:
        return NO
    return cannot_tell(Unknown(Cause.MODEL, f"ArnLike with the short pattern {show(wanted)}"))


def resource_fits(wanted: Pattern, value: Pattern) -> Answer:
    """How a Resource element matches: a wildcard inside one of the first five parts stays in it.

    As the last letter of its part, `*` also matches beyond the colon; IAM User Guide, "IAM JSON
    policy elements: Resource".
    """
    if _elsewhere(wanted, value):
        return NO
    first = _segments(wanted)[:-1]
    bound = any(Wild.ONE in part or Wild.ANY in part[:-1] for part in first)
    if not bound or any(part and part[-1] is Wild.ANY for part in first):
        return fits(wanted, value)
    ours, theirs = _segments(wanted), _segments(value)
    if len(ours) != len(theirs):
        return NO if len(ours) < len(theirs) else fits(wanted, value)
    return all_of(fits(a, b) for a, b in zip(ours, theirs, strict=True))


_ACCOUNT = 4


def _elsewhere(wanted: Pattern, value: Pattern) -> bool:
    """Whether a pattern says another owner than an account: that of AWS's own policies is `aws`."""
    if not any(isinstance(token, Unknown) and token.cause is Cause.SCOPE for token in value):
        return False
    ours, theirs = _segments(wanted), _segments(value)
    if len(ours) <= _ACCOUNT or len(theirs) <= _ACCOUNT or len(theirs[_ACCOUNT]) != 1:
        return False
    said = ours[_ACCOUNT]
    letters = [t for t in said if isinstance(t, str) and not isinstance(t, Wild)]
    hole = theirs[_ACCOUNT][0]
    owned = isinstance(hole, Unknown) and hole.cause is Cause.SCOPE
    return owned and len(letters) == len(said) and not "".join(letters).isdigit()


def _measured(
    read: Callable[[str], "float | None"], test: Callable[[float, float], bool]
) -> Callable[[Pattern, Pattern], Answer]:
    """A test of numbers or dates: the request's value first, then the policy's."""

    def compare(wanted: Pattern, value: Pattern) -> Answer:
        ours, theirs = _plain(wanted), _plain(value)
        if ours is None or theirs is None:
            return cannot_tell(*(t for t in (*wanted, *value) if isinstance(t, Unknown)))
        limit, actual = read(ours), read(theirs)
        return known(limit is not None and actual is not None and test(actual, limit))

    return compare


def _number(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


def moment(value: str) -> float | None:
    """An ISO 8601 date or seconds since 1970."""
    if (seconds := _number(value)) is not None:
        return seconds
    try:
        said = datetime.fromisoformat(value)
    except ValueError:
        return None
    return (said if said.tzinfo else said.replace(tzinfo=UTC)).timestamp()


def _within(wanted: Pattern, value: Pattern) -> Answer:
    """IpAddress: the request's address in the policy's range."""
    ours, theirs = _plain(wanted), _plain(value)
    if ours is None or theirs is None:
        return cannot_tell(*(t for t in (*wanted, *value) if isinstance(t, Unknown)))
    try:
        return known(prefix(ours).covers(prefix(theirs)))
    except ValueError:
        return NO


def _pairs(read: Callable[[str], "float | None"], name: str) -> Iterator[tuple[str, _Operator]]:
    tests: dict[str, Callable[[float, float], bool]] = {
        "lessthan": lambda a, b: a < b,
        "lessthanequals": lambda a, b: a <= b,
        "greaterthan": lambda a, b: a > b,
        "greaterthanequals": lambda a, b: a >= b,
    }
    equal = _measured(read, lambda a, b: a == b)
    yield f"{name}equals", _Operator(equal)
    yield f"{name}notequals", _Operator(equal, negated=True)
    for suffix, test in tests.items():
        yield f"{name}{suffix}", _Operator(_measured(read, test))


_OPERATORS: Mapping[str, _Operator] = {
    "stringequals": _Operator(fits, variables=True),
    "stringnotequals": _Operator(fits, negated=True, variables=True),
    "stringequalsignorecase": _Operator(_folded, variables=True),
    "stringnotequalsignorecase": _Operator(_folded, negated=True, variables=True),
    "stringlike": _Operator(fits, wild=True, variables=True),
    "stringnotlike": _Operator(fits, negated=True, wild=True, variables=True),
    "arnequals": _Operator(arn_fits, wild=True, variables=True),
    "arnlike": _Operator(arn_fits, wild=True, variables=True),
    "arnnotequals": _Operator(arn_fits, negated=True, wild=True, variables=True),
    "arnnotlike": _Operator(arn_fits, negated=True, wild=True, variables=True),
    "bool": _Operator(_folded),
    "binaryequals": _Operator(fits),
    "ipaddress": _Operator(_within),
    "notipaddress": _Operator(_within, negated=True),
    **dict(_pairs(_number, "numeric")),
    **dict(_pairs(moment, "date")),
}

WITH_PATTERNS = frozenset(name for name, each in _OPERATORS.items() if each.wild)
