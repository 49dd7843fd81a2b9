"""Strings with interpolations and directives: text where all is known, a Template elsewhere.

https://developer.hashicorp.com/terraform/language/expressions/strings
"""

from contextlib import suppress
from typing import Any, Final

from graphs.unknown import Template, Unknown, text
from scanner.errors import EvaluationProblem
from scanner.terraform.expressions.comprehensions import turns
from scanner.terraform.expressions.conditionals import undecided
from scanner.terraform.expressions.traversals import collection
from scanner.terraform.scope import PROBLEMS, Scope, Secrets
from scanner.terraform.syntax import Node
from scanner.terraform.values import Value, is_null, to_bool, to_string
from scanner.terraform.values.json_text import normalized
from scanner.terraform.values.symbols import derived, symbol
from scanner.terraform.values.weight import extent

MAX_PARTS: Final = 20_000


def template(node: Node, scope: Scope) -> Value:
    """A string or heredoc with interpolations."""
    secrets = Secrets()
    pieces = _pieces(node[3], scope, secrets)
    scope.session.scales.spend(sum(map(extent, pieces)))
    value = text(pieces)
    if isinstance(value, str):
        value = normalized(value)
    elif len(value.parts) > MAX_PARTS:
        raise EvaluationProblem(f"the text has more than {MAX_PARTS} unknown parts")
    return secrets.mark(value)


def _pieces(parts: "tuple[Any, ...]", scope: Scope, secrets: Secrets) -> list[Value]:
    pieces: list[Value] = []
    for part in parts:
        if isinstance(part, str):
            pieces.append(part)
        elif part[0] == "if":
            pieces += _chosen(part, scope, secrets)
        elif part[0] == "for":
            pieces += _repeated(part, scope, secrets)
        else:
            pieces.append(_piece(part, scope, secrets))
    return pieces


def _piece(node: Node, scope: Scope, secrets: Secrets) -> Value:
    value = secrets.reveal(scope.typed(node))
    if type(value) is str:
        return value
    if is_null(value):
        place = scope.place(node[1], node[2])
        raise EvaluationProblem("a null value cannot stand in a string", place)
    if isinstance(value, Unknown):
        return value  # terraform asks for its type when it is known
    return to_string(value)


def _chosen(node: Node, scope: Scope, secrets: Secrets) -> list[Value]:
    test = to_bool(secrets.reveal(scope.typed(node[3])))
    if is_null(test):
        raise EvaluationProblem("the condition is null", scope.place(node[1], node[2]))
    if isinstance(test, bool):
        _note_secrets(node[5] if test else node[4], scope, secrets)
        return _pieces((node[4] if test else node[5]) or (), scope, secrets)
    sides = [text(_pieces(parts or (), scope, secrets)) for parts in node[4:6]]
    return [undecided(test, sides[0], sides[1], scope, node)]


def _note_secrets(parts: "tuple[Any, ...] | None", scope: Scope, secrets: Secrets) -> None:
    """What is not chosen counts all the same: whether it was is a secret too."""
    with suppress(*PROBLEMS):
        _pieces(parts or (), scope, secrets)


def _repeated(node: Node, scope: Scope, secrets: Secrets) -> list[Value]:
    several = secrets.reveal(collection(node[5], scope))
    if isinstance(several, Unknown | Template):
        return [derived(f"text for each of {symbol(several)}", (several,))]
    pieces: list[Value] = []
    for inner in turns(several, node, scope):
        pieces += _pieces(node[6], inner, secrets)
    return pieces
