"""Conditions: what validations, preconditions, postconditions and checks say of values.

https://developer.hashicorp.com/terraform/language/expressions/custom-conditions
"""

from typing import Final

from scanner.errors import EvaluationProblem
from scanner.terraform.scope import Scope, computed
from scanner.terraform.syntax import Block
from scanner.terraform.values import Value, is_null, to_bool, unmark_deep

REFUSED: Final = "terraform would refuse it"


def check(block: Block, name: str, failure: str, scope: Scope) -> None:
    """Record a Gap where a condition fails, or is no condition; one that is unknown says nothing.

    `name` is what is computed, `failure` what is to be said where it does not hold.
    """
    stated = block.body.attributes.get("condition")
    if stated is None:
        return
    place = scope.place(stated.start, stated.end)
    found = computed(scope.session, name, lambda: _verdict(scope.evaluate(stated.expr)), place)
    if found.value is False:
        scope.session.gap("invalid-value", failure, REFUSED, place)


def _verdict(value: Value) -> Value:
    value = unmark_deep(value)[0]
    if is_null(value):
        raise EvaluationProblem("a condition is null")
    return to_bool(value)
