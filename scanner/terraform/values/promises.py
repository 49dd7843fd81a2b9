"""What the type of an unknown value promises: what it converts to, and the types of its parts."""

from dataclasses import replace
from typing import Any

from graphs.unknown import Unknown
from scanner.errors import ValueProblem
from scanner.terraform.values.kinds import ANY, LISTS, MAPS, Type, conversion_type, kind, name, same
from scanner.terraform.values.shapes import Known, known_of


def typed(unknown: Unknown, of: Type, *, null: bool = True) -> Unknown:
    """The unknown value, with its type."""
    return replace(unknown, known=Known(of, null))


def converted(unknown: Unknown, to: Type) -> Unknown:
    """The unknown value in another type. Raises ValueProblem where its type never converts."""
    known = known_of(unknown)
    if known.of != ANY and same(known.of, to):
        return unknown
    of = conversion_type(known.of, to)
    if of is None:
        raise ValueProblem(f"{name(to)} required")
    if kind(known.of) not in LISTS | MAPS or kind(of) == "set":
        known = Known(of, known.null)
    return replace(unknown, known=replace(known, of=of))


def attribute_type(of: Type, key: str) -> "Type | None":
    """The type at `.key` or `["key"]`; None where there is no such part."""
    word = kind(of)
    if word == ANY:
        return ANY
    inner: Any = of[1]
    if word == "object":
        return inner[key][0] if key in inner else None
    return inner if word == "map" else None


def element_type(of: Type, at: "int | None") -> "Type | None":
    """The type at `[at]`, or at an unknown place; None where there is no such part."""
    word = kind(of)
    if word == ANY:
        return ANY
    if word == "list":
        return of[1]
    if word != "tuple":
        return None
    if at is None:
        return ANY
    return of[1][at] if 0 <= at < len(of[1]) else None
