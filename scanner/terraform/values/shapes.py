"""The classes that tell a list from a tuple, a map from an object, and a secret from the rest.

Plain Python tuples and dicts are terraform's tuples and objects. See values.py for the whole API.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Self, TypeAlias

from graphs.unknown import Template, Unknown
from scanner.terraform.values.gotext import general, quoted
from scanner.terraform.values.kinds import ANY, Type, kind, object_of
from scanner.terraform.values.number import Float, MinusZero, Number

Value: TypeAlias = object
"""None, Null, bool, a Number, str, Template, Unknown, Sensitive, tuple, List, Set, dict or Map."""


class List(tuple[Value, ...]):  # noqa: SLOT001 - a tuple cannot have filled slots
    """list(T); `of` is T."""

    of: Type

    def __new__(cls, items: Iterable[Value], of: Type) -> Self:  # noqa: D102
        self = super().__new__(cls, items)
        self.of = of
        return self

    def __repr__(self) -> str:
        return f"List({tuple(self)!r}, {self.of!r})"


class Set(tuple[Value, ...]):  # noqa: SLOT001 - as List
    """set(T): elements are unique and stand in terraform's order. Make one with `set_of`."""

    of: Type

    def __new__(cls, items: Iterable[Value], of: Type) -> Self:  # noqa: D102
        self = super().__new__(cls, items)
        self.of = of
        return self

    def __repr__(self) -> str:
        return f"Set({tuple(self)!r}, {self.of!r})"


class Map(dict[str, Value]):
    """map(T); `of` is T."""

    __slots__ = ("of",)

    def __init__(self, items: "Mapping[str, Value] | Iterable[tuple[str, Value]]", of: Type):
        super().__init__(items)
        self.of = of

    def __repr__(self) -> str:
        return f"Map({dict(self)!r}, {self.of!r})"


@dataclass(frozen=True, slots=True)
class Null:
    """A null whose type is known, as `true ? null : "x"` is; a null of no type is None."""

    of: Type


def is_null(value: Value) -> bool:
    """Whether a value is null, of whatever type."""
    return value is None or type(value) is Null


def first_null(items: Sequence[Value]) -> "int | None":
    """Where the first null stands."""
    return next((at for at, each in enumerate(items) if is_null(each)), None)


@dataclass(frozen=True, slots=True)
class Sensitive:
    """A value that must not be shown; `value` is never itself a Sensitive."""

    value: Value


@dataclass(frozen=True, slots=True)
class Ephemeral:
    """A value that is never stored in plan or state; `value` is never itself an Ephemeral."""

    value: Value


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an Unknown all the same: its type, that it is not null, and its reach.

    `low` and `high` bound a number, or how many elements a collection has; both may be reached.
    """

    of: Type = ANY
    null: bool = True
    low: "Number | None" = None
    high: "Number | None" = None


NOTHING = Known()


def known_of(value: Unknown) -> Known:
    """What is known of an unknown value."""
    return value.known if isinstance(value.known, Known) else NOTHING


SCALARS: dict[type, str] = {
    str: "string",
    bool: "bool",
    int: "number",
    Fraction: "number",
    float: "number",
    Float: "number",
    MinusZero: "number",
    Template: "string",
    type(None): ANY,
    Unknown: ANY,
}


def type_of(value: Value) -> Type:
    """The type of a value; "any" for null and for what is unknown, unless it is typed."""
    word = SCALARS.get(type(value))
    if word is not None:
        return word if word != ANY or value is None else known_of(value).of  # type: ignore[arg-type]
    if isinstance(value, List):
        return ("list", value.of)
    if isinstance(value, Set):
        return ("set", value.of)
    if isinstance(value, Map):
        return ("map", value.of)
    if isinstance(value, tuple):
        return ("tuple", tuple([type_of(each) for each in value]))
    if isinstance(value, dict):
        return object_of({key: type_of(each) for key, each in value.items()})
    if isinstance(value, Sensitive | Ephemeral):
        return type_of(value.value)
    if isinstance(value, Null):
        return value.of
    raise TypeError(f"not a terraform value: {value!r}")


def set_of(items: Iterable[Value], of: Type) -> Set:
    """A set of already converted elements: duplicates dropped, in terraform's order."""
    unique: dict[object, Value] = {}
    for each in items:
        unique.setdefault(sort_key(each), each)
    return Set([unique[key] for key in sorted(unique)], of)  # type: ignore[type-var]


def sort_key(value: Value) -> "tuple[int, object]":
    """Orders elements of one type as terraform does: null and unknown ones come last.

    Strings go by code point, numbers by size, false before true; terraform leaves the order of
    other values undefined, and we copy what its binary does: by an internal text form.
    """
    if is_null(value):
        return (1, "")
    if isinstance(value, str | int | Fraction | float):
        return (0, value)
    if isinstance(value, Unknown):
        return (3, repr(value))
    if isinstance(value, Template):
        return (2, repr(value))
    return (0, _set_text(value))


def _set_text(value: Value) -> str:
    if is_null(value):
        return "~"
    if isinstance(value, bool):
        return "T" if value else "F"
    if isinstance(value, int | Fraction | float):
        return general(value, 10)
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, Sensitive | Ephemeral):
        return _set_text(value.value)
    if isinstance(value, dict):
        return _dict_text(value)
    if isinstance(value, tuple):
        inner = "".join([_set_text(each) + ";" for each in value])
        return f"[{inner}]" if kind(type_of(value)) != "tuple" else f"<{inner}>"
    return f"?{value!r}"


def _dict_text(value: dict[str, Value]) -> str:
    keys = sorted(value)
    if isinstance(value, Map):
        return "{" + "".join([f"{quoted(k)}:{_set_text(value[k])};" for k in keys]) + "}"
    return "<" + "".join([_set_text(value[key]) + ";" for key in keys]) + ">"
