"""Input variables: what they are declared as, and the values they take.

https://developer.hashicorp.com/terraform/language/values/variables
"""

from collections.abc import Callable
from typing import TypeAlias

from graphs.unknown import Cause, Unknown
from scanner.errors import EvaluationProblem
from scanner.terraform.definitions import Definition
from scanner.terraform.refusals.conditions import check
from scanner.terraform.refusals.constraints import constant, constraint
from scanner.terraform.scope import PROBLEMS, Lazy, Scope
from scanner.terraform.values import (
    ANY,
    Ephemeral,
    Sensitive,
    Value,
    ValueProblem,
    convert,
    is_null,
)
from scanner.terraform.values.kinds import Type

Argument: TypeAlias = Callable[[Scope], Value]
"""What sets a variable, evaluated when it is asked for, given the scope of its declaration."""


def declared_type(definition: Definition, scope: Scope) -> Type:
    """The type constraint of a variable block; "any" where there is none or it is not valid."""
    known = definition.memo.get("type")
    if known is None:
        stated = definition.body.attributes.get("type")
        try:
            known = constraint(stated.expr, scope) if stated else ANY
        except PROBLEMS:
            known = ANY  # refusals.py says so
        definition.memo["type"] = known
    return known  # type: ignore[return-value]


def declared(definition: Definition, argument: "Argument | None", name: str, scope: Scope) -> Value:
    """The value of a variable: what it is set to, else its default, in its type and marked."""
    value = _converted(definition, argument, name, scope)
    if says(definition, "sensitive") and not isinstance(value, Sensitive):
        value = Sensitive(value)
    if says(definition, "ephemeral") and not isinstance(value, Ephemeral):
        value = Ephemeral(value)
        scope.session.fleeting = True
    return value


def says(definition: Definition, flag: str) -> bool:
    """Whether a block sets a flag, such as `sensitive`, to true."""
    stated = definition.body.attributes.get(flag)
    return stated is not None and stated.expr[0] == "lit" and stated.expr[3] in (True, "true")


def _converted(
    definition: Definition, argument: "Argument | None", name: str, scope: Scope
) -> Value:
    default = definition.body.attributes.get("default")
    value = argument(scope) if argument else None
    if argument is None or (is_null(value) and refuses_null(definition)):
        if default is None and argument is None:
            return _unset(definition, name, scope)
        if default is None:
            raise EvaluationProblem(f"{name} is null, which it must not be", definition.place)
        value = constant(default.expr, scope)
    scope.session.scales.spend(scope.session.scales.size(value))
    value = fitted(value, declared_type(definition, scope))
    if fleeting(value) and not says(definition, "ephemeral"):
        raise EvaluationProblem(f"{name} is not ephemeral and is given something that is")
    return value


def refuses_null(definition: Definition) -> bool:
    """Whether a variable block says `nullable = false`."""
    stated = definition.body.attributes.get("nullable")
    return stated is not None and stated.expr[0] == "lit" and stated.expr[3] in (False, "false")


def fleeting(value: Value) -> bool:
    """Whether something ephemeral stands in a value."""
    if isinstance(value, Ephemeral):
        return True
    if isinstance(value, Sensitive):
        return fleeting(value.value)
    if isinstance(value, dict):
        return any(map(fleeting, value.values()))
    return isinstance(value, tuple) and any(map(fleeting, value))


def fitted(value: Value, of: Type) -> Value:
    """The value converted; resources give the attributes that an object type asks for."""
    try:
        return convert(value, of)
    except ValueProblem:
        complete = _completed(value, of)
        if complete is value:
            raise
        return convert(complete, of)


def _completed(value: Value, of: Type) -> Value:
    """The value with each resource in it replaced by the attributes that the type names."""
    if isinstance(of, str):
        return value
    word, inner = of
    if isinstance(value, Lazy) and word == "object":
        return {key: _completed(value.read(key), each[0]) for key, each in inner.items()}
    if isinstance(value, dict):
        if word == "object":
            types = {key: inner[key][0] if key in inner else ANY for key in value}
        else:
            types = dict.fromkeys(value, inner if word == "map" else ANY)
        return {key: _completed(each, types[key]) for key, each in value.items()}
    if isinstance(value, tuple) and word in ("list", "set"):
        return tuple([_completed(each, inner) for each in value])
    return value


def _unset(definition: Definition, name: str, scope: Scope) -> Unknown:
    unknown = Unknown(Cause.VARIABLE, name, (), definition.place)
    if scope.module.path:
        scope.session.gap(
            "evaluation", f"{name} is required and not set", "it is unknown", definition.place
        )
    scope.session.unset[unknown] = None
    return unknown


def validate(definition: Definition, name: str, scope: Scope) -> None:
    """Record where a variable's own validation refuses its value, as terraform would."""
    for block in definition.groups.get("validation", ()):
        check(block, f"validation of {name}", f"the value of {name} fails its validation", scope)
