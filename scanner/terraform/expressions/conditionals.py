"""Conditionals, `try` and `can`: expressions of which only a part may have a value.

https://developer.hashicorp.com/terraform/language/expressions/conditionals
"""

from fractions import Fraction
from typing import Final

from graphs.unknown import Cause, Place, Template, Unknown
from scanner.errors import EvaluationProblem
from scanner.terraform.scope import PROBLEMS, Lazy, Refers, Scope, Secrets
from scanner.terraform.syntax import Node
from scanner.terraform.values import (
    Known,
    List,
    Value,
    convert,
    equal,
    is_known,
    is_null,
    known_of,
    to_bool,
    type_of,
    unify,
)
from scanner.terraform.values.kinds import kind
from scanner.terraform.values.number import Number
from scanner.terraform.values.symbols import derived, part, symbol
from scanner.terraform.values.weight import Spent

UNIFIED: Final = 3
"""How often values are gone through to find the type that they share."""


def conditional(node: Node, scope: Scope) -> Value:
    """A conditional, `test ? yes : no`. Both sides are evaluated, since they share a type."""
    secrets = Secrets()
    test = secrets.reveal(scope.typed(node[3]))
    if type(test) is not bool:
        if is_null(test):
            raise EvaluationProblem("the condition is null", scope.place(*node[3][1:3]))
        test = to_bool(test)
    yes, no = _side(node[4], scope), _side(node[5], scope)
    for side in (yes, no):
        if isinstance(side, _Side):
            secrets.reveal(side.value)
    if isinstance(test, bool):
        value = _taken(*((yes, no) if test else (no, yes)), scope, node)
    else:
        value = undecided(test, yes, no, scope, node)
    return secrets.mark(value)


def _side(node: Node, scope: Scope) -> Value:
    """One side of a conditional; what it mentions counts only where it is taken."""
    if node[0] == "lit":
        return _literal(node)
    session = scope.session
    before, session.refers = session.refers, {}
    doubts = len(session.doubts)
    try:
        return _Side(scope.typed(node), session.refers, session.doubts[doubts:])
    except Spent:
        raise
    except PROBLEMS as problem:
        return _Refused(problem)
    finally:
        session.refers = before
        del session.doubts[doubts:]


def _literal(node: Node) -> Value:
    return node[3]


class _Refused:
    """A side of a conditional that has no value."""

    __slots__ = ("problem",)

    def __init__(self, problem: Exception) -> None:
        self.problem = problem


class _Side:
    """A side of a conditional: its value, what it mentions and what it doubts."""

    __slots__ = ("doubts", "refers", "value")

    def __init__(self, value: Value, refers: Refers, doubts: list[Unknown]) -> None:
        self.value = value
        self.refers = refers
        self.doubts = doubts


def _taken(chosen: Value, other: Value, scope: Scope, node: Node) -> Value:
    """The chosen side, converted to the type that both sides share."""
    if isinstance(chosen, _Refused):
        raise chosen.problem
    if isinstance(chosen, _Side):
        scope.session.refers.update(chosen.refers)
        scope.session.doubts += chosen.doubts
        chosen = chosen.value
    if isinstance(other, _Side):
        other = other.value
    if isinstance(other, _Refused):
        return chosen
    if type(chosen) is type(other) and type(chosen) in _SAME:
        return chosen
    scales = scope.session.scales
    scales.spend(UNIFIED * (scales.size(chosen) + scales.size(other)))
    if _lazy(chosen):
        return chosen
    shared = unify((type_of(chosen), type_of(other)))
    if shared is not None:
        return convert(chosen, shared)
    if _lazy(other):
        return chosen
    place = scope.place(node[1], node[2])
    raise EvaluationProblem("the two results of the conditional have different types", place)


def _lazy(value: Value) -> bool:
    """Whether there is a resource in a value: its attributes are not all listed in its type."""
    if isinstance(value, Lazy):
        return True
    if isinstance(value, dict):
        return any(map(_lazy, value.values()))
    return isinstance(value, tuple) and any(map(_lazy, value))


def undecided(test: Value, yes: Value, no: Value, scope: Scope, node: Node) -> Value:
    """What a conditional is when its test is unknown: either side if they are equal."""
    for side in (yes, no):
        if isinstance(side, _Side):
            scope.session.refers.update(side.refers)
    one, other = _plain(yes), _plain(no)
    scales = scope.session.scales
    scales.spend(UNIFIED * (scales.size(one) + scales.size(other)))
    if not scope.session.exact and (one is other or equal(one, other) is True):
        return one
    name = f"{symbol(test)} ? {symbol(one)} : {symbol(other)}"
    place = scope.place(node[1], node[2])
    known = _of_either(one, other, place)
    if is_null(one) and is_null(other):
        return convert(None, known.of)
    either = derived(name, (one, other), place, (test,), known)
    if known.low is None or known.low != known.high:
        return either
    if known.of == "number":
        return known.low
    if kind(known.of) != "list":
        return either
    return List([part(either, f"[{at}]", known.of[1]) for at in range(int(known.low))], known.of[1])


def _of_either(one: Value, other: Value, place: Place) -> Known:
    """What is known of a value that is one of two. Refuses two that share no type."""
    shared = unify((type_of(one), type_of(other)))
    if shared is None:
        if _lazy(one) or _lazy(other):
            return Known()
        raise EvaluationProblem("the two results of the conditional have different types", place)
    null = _may_be_null(one) or _may_be_null(other)
    if null or kind(shared) not in ("number", "list", "set", "map"):
        return Known(shared, null)
    (low, high), (other_low, other_high) = _reach(one), _reach(other)
    lowest = None if low is None or other_low is None else min(low, other_low)
    highest = None if high is None or other_high is None else max(high, other_high)
    return Known(shared, null, lowest, highest)


def _reach(value: Value) -> "tuple[Number | None, Number | None]":
    """The bounds of a number, or of the number of elements."""
    if isinstance(value, Unknown):
        return known_of(value).low, known_of(value).high
    if isinstance(value, tuple | dict):
        return len(value), len(value)
    return (value, value) if isinstance(value, int | Fraction | float) else (None, None)


def _may_be_null(value: Value) -> bool:
    return known_of(value).null if isinstance(value, Unknown) else is_null(value)


def _plain(side: Value) -> Value:
    if isinstance(side, _Refused):
        return Unknown(Cause.EXPRESSION, f"error: {side.problem}")
    return side.value if isinstance(side, _Side) else side


def attempt(node: Node, scope: Scope) -> Value:
    """The first argument that has a value; unknown where that depends on what may not exist."""
    session = scope.session
    open_values: list[Value] = []
    doubts: list[Unknown] = []
    last: Exception = EvaluationProblem("try() needs an argument", scope.place(*node[1:3]))
    for each in node[4]:
        outside, session.doubts = session.doubts, []
        try:
            value = scope.typed(each)
        except Spent:
            raise
        except PROBLEMS as problem:
            last = problem
            continue
        finally:
            found, session.doubts = session.doubts, outside
        if session.exact and not (is_known(value) and not found):
            return derived(f"try({symbol(value)})", (value,), also=found)
        if not found and not open_values:
            return value
        open_values.append(value)
        doubts += found
        if not found:
            return _attempted(open_values, doubts)
    if open_values:
        return _attempted(open_values, doubts)
    raise last


def _attempted(values: list[Value], doubts: list[Unknown]) -> Value:
    if len(values) == 1 or all(equal(values[0], each) is True for each in values[1:]):
        return values[0]
    return derived(f"try({', '.join(map(symbol, values))})", values, also=doubts)


def can(node: Node, scope: Scope) -> Value:
    """Whether the argument has a value."""
    session = scope.session
    outside, session.doubts = session.doubts, []
    try:
        value = scope.typed(node[4][0])
    except Spent:
        raise
    except PROBLEMS:
        return False
    finally:
        found, session.doubts = session.doubts, outside
    known = is_known(value) if session.exact else not isinstance(value, Unknown)
    if known and not found:
        return True
    return derived(f"can({symbol(value)})", (value,), also=found, known=_YES_OR_NO)


_YES_OR_NO: Final = Known("bool", null=False)
_SAME: Final = frozenset((str, bool, int, Template))
