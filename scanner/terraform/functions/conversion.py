"""Conversions between types, and marks: tostring and its kin, sensitive and its kin.

https://developer.hashicorp.com/terraform/language/functions/tostring
"""

from collections.abc import Callable

from graphs.unknown import Template, Unknown
from scanner.errors import ValueProblem
from scanner.terraform.functions.function import (
    COMPARED,
    OUTER,
    OWN,
    ArgumentProblem,
    Function,
    search,
    unknown,
)
from scanner.terraform.values.conversion import convert
from scanner.terraform.values.kinds import Type, kind, name
from scanner.terraform.values.shapes import Ephemeral, Sensitive, Value, type_of


def _to(to: Type) -> Callable[[Value], Value]:
    def run(value: Value) -> Value:
        if isinstance(value, tuple | dict):
            search(value)  # refuses what is too large to walk through
        try:
            return convert(value, to)
        except ValueProblem:
            raise ArgumentProblem(0, _refusal(value, to)) from None

    return run


def _refusal(value: Value, to: Type) -> str:
    """Why a value does not convert, in the words of terraform's own functions."""
    if isinstance(value, str) and to == "bool":
        allowed = 'only the strings "true" or "false" are allowed'
        return f'cannot convert "{value}" to bool; {allowed}'
    if isinstance(value, str) and to == "number":
        must = "given string must be a decimal representation of a number"
        return f'cannot convert "{value}" to number; {must}'
    of = type_of(value)
    given = kind(of) if kind(of) in ("tuple", "object") else name(of)
    return f"cannot convert {given} to {name(to)}"


def _sensitive(value: Value) -> Value:
    return value if isinstance(value, Sensitive) else Sensitive(value)


def _nonsensitive(value: Value) -> Value:
    return value.value if isinstance(value, Sensitive) else value


def _issensitive(value: Value) -> bool | Unknown:
    """An unknown value may yet turn out to be a secret."""
    if isinstance(value, Unknown):
        return unknown("issensitive", value)
    return isinstance(value, Sensitive)


def _ephemeralasnull(value: Value) -> Value:
    if isinstance(value, Ephemeral):
        return None
    if isinstance(value, Sensitive):
        return Sensitive(_ephemeralasnull(value.value))
    if type(value) is tuple:
        return tuple([_ephemeralasnull(each) for each in value])
    if type(value) is dict:
        return {key: _ephemeralasnull(each) for key, each in value.items()}
    return value


def _tostring(value: Value) -> Value:
    return value if isinstance(value, str | Template) else _to("string")(value)


FUNCTIONS = (
    Function("ephemeralasnull", _ephemeralasnull, unknowns=OWN, marks=OWN),
    Function("issensitive", _issensitive, unknowns=OWN, marks=OWN, effort=0),
    Function("nonsensitive", _nonsensitive, unknowns=OWN, marks=OWN, effort=0),
    Function("sensitive", _sensitive, unknowns=OWN, marks=OWN, effort=0),
    Function("tobool", _to("bool"), unknowns=OWN, marks=OUTER),
    Function("tolist", _to(("list", "any")), unknowns=OWN, marks=OUTER),
    Function("tomap", _to(("map", "any")), unknowns=OWN, marks=OUTER),
    Function("tonumber", _to("number"), unknowns=OWN, marks=OUTER),
    Function("toset", _to(("set", "any")), unknowns=OWN, effort=COMPARED),
    Function("tostring", _tostring, unknowns=OWN, marks=OUTER),
)
