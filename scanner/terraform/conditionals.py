"""Conditionals, `try` and `can`: expressions of which only a part may have a value.

https://developer.hashicorp.com/terraform/language/expressions/conditionals
"""

from typing import Final

from graphs.unknown import Cause, Template, Unknown
from scanner.errors import EvaluationProblem
from scanner.terraform.scope import PROBLEMS, Lazy, Refers, Scope, Secrets
from scanner.terraform.symbols import derived, symbol
from scanner.terraform.syntax import Node
from scanner.terraform.values import (
    Value,
    convert,
    equal,
    is_known,
    to_bool,
    type_of,
    unify,
)


def conditional(node: Node, scope: Scope) -> Value:
    """A conditional, `test ? yes : no`. Both sides are evaluated, since they share a type."""
    secrets = Secrets()
    test = secrets.reveal(scope.evaluate(node[3]))
    if type(test) is not bool:
        if test is None:
            raise EvaluationProblem("the condition is null", scope.place(*node[3][1:3]))
        test = to_bool(test)
    yes, no = _side(node[4], scope), _side(node[5], scope)
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
        return _Side(scope.evaluate(node), session.refers, session.doubts[doubts:])
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
    if chosen is None or other is None or isinstance(other, _Refused | Unknown):
        return chosen
    if (type(chosen) is type(other) and type(chosen) in _SAME) or _lazy(chosen):
        return chosen
    shared = unify((type_of(chosen), type_of(other)))
    if shared is not None:
        return convert(chosen, shared)
    if not is_known(chosen) or not is_known(other) or _lazy(other):
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
    if one is other or equal(one, other) is True:
        return one
    name = f"{symbol(test)} ? {symbol(one)} : {symbol(other)}"
    return derived(name, (one, other), scope.place(node[1], node[2]), also=(test,))


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
            value = scope.evaluate(each)
        except PROBLEMS as problem:
            last = problem
            continue
        finally:
            found, session.doubts = session.doubts, outside
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
        value = scope.evaluate(node[4][0])
    except PROBLEMS:
        return False
    finally:
        found, session.doubts = session.doubts, outside
    if not found and not isinstance(value, Unknown):
        return True
    return derived(f"can({symbol(value)})", (value,), also=found)


_SAME: Final = frozenset((str, bool, int, Template))
