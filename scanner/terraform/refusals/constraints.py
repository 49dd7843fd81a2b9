"""Type constraints: what stands after `type =` in a variable block, as a Type.

https://developer.hashicorp.com/terraform/language/expressions/type-constraints
"""

from typing import Final

from scanner.errors import EvaluationProblem
from scanner.terraform.scope import Scope
from scanner.terraform.syntax import File, Node
from scanner.terraform.syntax.names import calls, free
from scanner.terraform.values import Value, ValueProblem, convert
from scanner.terraform.values.kinds import ANY, Type

_PRIMITIVES: Final = ("string", "number", "bool", ANY)
_COLLECTIONS: Final = ("list", "set", "map")


def constraint(node: Node, scope: Scope) -> Type:
    """The type that an expression names.

    Quoted words, as terraform 0.11 wrote them, mean what they meant. Raises EvaluationProblem
    for what terraform does not know as a type.
    """
    kind = node[0]
    if kind in ("var", "lit"):
        word = str(node[3])
        if word in _COLLECTIONS:
            return (word, ANY)
        if word in _PRIMITIVES:
            return word
        raise _no_type(word, node, scope)
    if kind == "call" and len(node[4]) == 1:
        return _constructed(node[3], node[4][0], node, scope)
    raise _no_type(node[3] if kind == "call" else "the expression", node, scope)


def _no_type(what: str, node: Node, scope: Scope) -> EvaluationProblem:
    return EvaluationProblem(f"{what} is not a type", scope.place(node[1], node[2]))


def _constructed(word: str, inner: Node, node: Node, scope: Scope) -> Type:
    if word in _COLLECTIONS:
        return (word, constraint(inner, scope))
    if word == "tuple" and inner[0] == "tuple":
        return ("tuple", tuple(constraint(each, scope) for each in inner[3]))
    if word == "object" and inner[0] == "object":
        return ("object", {_key(key, scope): _attribute(of, scope) for key, of in inner[3]})
    raise _no_type(word, node, scope)


def _key(node: Node, scope: Scope) -> str:
    text = scope.file.text[node[1] : node[2]]
    if node[0] != "lit" or (text.startswith('"') and not scope.file.name.endswith(".json")):
        place = scope.place(node[1], node[2])
        raise EvaluationProblem("the name of an attribute of an object type is a bare word", place)
    return str(node[3])


def _attribute(node: Node, scope: Scope) -> tuple[Type, bool, Value]:
    if node[0] != "call" or node[3] != "optional" or len(node[4]) not in (1, 2):
        return constraint(node, scope), False, None
    of = constraint(node[4][0], scope)
    default = constant(node[4][1], scope) if len(node[4]) == 2 else None
    try:
        return of, True, default if default is None else convert(default, of)
    except ValueProblem as problem:
        place = scope.place(*node[4][1][1:3])
        raise EvaluationProblem(f"a default does not fit: {problem}", place) from None


def constant(node: Node, scope: Scope) -> Value:
    """The value of an expression that must not refer to anything.

    Raises EvaluationProblem where it refers to something or calls a function.
    """
    refuse_names(node, scope.file)
    return scope.typed(node)


def refuse_names(node: Node, file: File) -> None:
    """Raise EvaluationProblem where an expression is not made of literals and operators alone."""
    if node[0] == "lit":
        return
    place = file.place(node[1], node[2])
    for name in calls(node):
        raise EvaluationProblem(f"{name}() cannot be called here", place)
    for path in free(node):
        raise EvaluationProblem(f"{'.'.join(path)} cannot be used here", place)
