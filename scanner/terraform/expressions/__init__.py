"""Expressions to values: one function for each kind of syntax node, in one table.

Values are those of values.py; what is not known is an Unknown that says where it came from.
https://developer.hashicorp.com/terraform/language/expressions
"""

from dataclasses import replace
from fractions import Fraction
from typing import Final

from graphs.unknown import Cause, Unknown
from scanner.errors import EvaluationProblem, FunctionProblem
from scanner.terraform import functions
from scanner.terraform.expressions.comprehensions import for_object, for_tuple
from scanner.terraform.expressions.conditionals import attempt, can, conditional
from scanner.terraform.expressions.operators import binary, minus, negated
from scanner.terraform.expressions.texts import template
from scanner.terraform.expressions.traversals import splat, traversal
from scanner.terraform.scope import PROBLEMS, Kinds, Scope, Secrets
from scanner.terraform.syntax import Node
from scanner.terraform.values import List, Map, Sensitive, Set, Value, is_null, to_string
from scanner.terraform.values.number import rounded
from scanner.terraform.values.symbols import derived, symbol
from scanner.terraform.values.weight import Spent


def _literal(node: Node, _: Scope) -> Value:
    value = node[3]
    return rounded(value) if type(value) is Fraction or type(value) is int else value


def _wrap(node: Node, scope: Scope) -> Value:
    return scope.typed(node[3])


def _item(_: Node, scope: Scope) -> Value:
    return scope.names[""]


def _unary(node: Node, scope: Scope) -> Value:
    value = scope.typed(node[4])
    if type(value) is bool and node[3] == "!":
        return not value
    return negated(value) if node[3] == "!" else minus(value)


def _binary(node: Node, scope: Scope) -> Value:
    word = node[3]
    left = scope.typed(node[4])
    try:
        right = scope.typed(node[5])
    except PROBLEMS:
        if scope.session.exact:
            raise
        # Terraform 1.12 stops at a left side that decides; earlier ones refuse the right side.
        if (word == "&&" and left is False) or (word == "||" and left is True):
            return left
        raise
    if word in _COMPARE and (type(left) in _LONG or type(right) in _LONG):
        scales = scope.session.scales
        scales.spend(scales.size(left) + scales.size(right))
    try:
        return binary(word, left, right, exact=scope.session.exact)
    except EvaluationProblem as problem:
        problem.place = problem.place or scope.place(node[1], node[2])
        raise


_COMPARE: Final = ("==", "!=")
_LONG: Final = frozenset((str, tuple, dict, List, Set, Map, Sensitive))


def _tuple(node: Node, scope: Scope) -> Value:
    return tuple([scope.typed(each) for each in node[3]])


def _object(node: Node, scope: Scope) -> Value:
    result: dict[str, Value] = {}
    secrets = Secrets()
    for key, value in node[3]:
        name = key[3] if key[0] == "lit" else _key(key, scope)
        if type(name) is not str:
            name = to_string(secrets.reveal(name))
        if isinstance(name, str):
            result[name] = scope.typed(value)
        elif is_null(name):
            raise EvaluationProblem("the key of an object is null", scope.place(*key[1:3]))
        else:
            return secrets.mark(_nameless(node, scope))
    return secrets.mark(result)


def _key(node: Node, scope: Scope) -> Value:
    """The value of a key that is no constant; `a.b` without parentheses might mean a name."""
    bare, sign = node, scope.file.text[node[1] : node[1] + 1]
    while bare[0] == "attr" or (bare[0] == "index" and bare[4][0] == "lit"):
        bare = bare[3]
    if bare is not node and bare[0] == "var" and sign not in ("", "("):
        what = "a reference as the key of an object must stand in parentheses"
        raise EvaluationProblem(what, scope.place(node[1], node[2]))
    return scope.typed(node)


def _nameless(node: Node, scope: Scope) -> Unknown:
    """An object with an unknown key: wholly unknown, as in terraform."""
    pairs = [(scope.typed(key), scope.typed(value)) for key, value in node[3]]
    name = ", ".join(f"{symbol(key)} = {symbol(value)}" for key, value in pairs)
    values = [each for pair in pairs for each in pair]
    return derived("{" + name + "}", values, scope.place(node[1], node[2]))


def _call(node: Node, scope: Scope) -> Value:
    name: str = node[3].removeprefix("core::")
    if name == "try":
        return attempt(node, scope)
    if name == "can":
        return can(node, scope)
    args = [scope.typed(each) for each in node[4]]
    if node[5]:
        secrets = Secrets()
        last = secrets.reveal(args.pop())
        if isinstance(last, Unknown):
            return secrets.mark(_unknown_call(f"{name}...", [*args, last], scope, node))
        if not isinstance(last, tuple):
            place = scope.place(node[1], node[2])
            raise EvaluationProblem("only a list can be expanded with ...", place)
        args += [secrets.mark(each) for each in last]
    if name.startswith("provider::") and name not in functions.names():
        return _foreign(name, args, scope, node)
    return _known_call(name, args, scope, node)


def _known_call(name: str, args: list[Value], scope: Scope, node: Node) -> Value:
    try:
        value = functions.call(name, args, scope.module.context)
    except (FunctionProblem, Spent) as problem:
        problem.place = problem.place or scope.place(node[1], node[2])
        raise
    if type(value) is Unknown and value.cause is Cause.DENIED:
        place = scope.place(node[1], node[2])
        scope.session.gap("unreadable", f"{value.what} {value.cause}", _DENIED, place, _INSIDE)
        return replace(value, place=place)
    if type(value) is Unknown and value.what.startswith(name + "("):
        return replace(_unknown_call(name, args, scope, node), known=value.known)
    return value


_DENIED: Final = "its result is unknown"
_INSIDE: Final = "only files in the scanned directory are read"


def _unknown_call(name: str, args: list[Value], scope: Scope, node: Node) -> Unknown:
    what = f"{name}({', '.join(map(symbol, args))})"
    return derived(what, args, scope.place(node[1], node[2]))


def _foreign(name: str, args: list[Value], scope: Scope, node: Node) -> Unknown:
    place = scope.place(node[1], node[2])
    scope.session.gap("not-modelled", f"function {name}", "its result is unknown", place)
    return _unknown_call(name, args, scope, node)


KINDS: Final[Kinds] = {
    "lit": _literal,
    "tpl": template,
    "wrap": _wrap,
    "var": traversal,
    "attr": traversal,
    "index": traversal,
    "splat": splat,
    "item": _item,
    "un": _unary,
    "bin": _binary,
    "cond": conditional,
    "tuple": _tuple,
    "object": _object,
    "call": _call,
    "fortuple": for_tuple,
    "forobject": for_object,
}
