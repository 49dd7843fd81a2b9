"""Conditions: what validations, preconditions, postconditions and checks say of values.

https://developer.hashicorp.com/terraform/language/expressions/custom-conditions
"""

from collections.abc import Mapping
from typing import Final

from scanner.errors import EvaluationProblem
from scanner.terraform.scope import Scope, computed
from scanner.terraform.syntax import Block, Node
from scanner.terraform.syntax.names import free
from scanner.terraform.values import Value, is_null, to_bool, unmark_deep

REFUSED: Final = "terraform would refuse it"


def check(block: Block, name: str, failure: str, scope: Scope) -> None:
    """Record a Gap where a condition fails, or is no condition; one that is unknown says nothing.

    `name` is what is computed, `failure` what is to be said where it does not hold.
    """
    stated = block.body.attributes.get("condition")
    message = block.body.attributes.get("error_message")
    if message is not None and message.expr[0] != "lit":
        _check_names(message.expr, scope)
    if stated is None:
        return
    place = scope.place(stated.start, stated.end)
    found = computed(scope.session, name, lambda: _verdict(scope.evaluate(stated.expr)), place)
    if found.value is False:
        scope.session.gap("invalid-value", failure, REFUSED, place)


def _check_names(node: Node, scope: Scope) -> None:
    """Record what a message names that is not declared; what it says matters to nobody."""
    found = scope.module.configuration
    for path in free(node):
        tables: dict[str, Mapping[str, object]] = {"var": found.variables, "local": found.locals}
        table = tables.get(path[0])
        if table is not None and path[1:2] and path[1] not in table:
            scope.module.undeclared(".".join(path[:2]), scope, node)


def _verdict(value: Value) -> Value:
    value = unmark_deep(value)[0]
    if is_null(value):
        raise EvaluationProblem("a condition is null")
    return to_bool(value)
