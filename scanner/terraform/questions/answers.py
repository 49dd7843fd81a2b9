"""A value as terraform itself would write it: its type, its JSON, and a tree of what is unknown.

The form is that of the outputs of `terraform show -json`: an object leaves out what is unknown, a
list has null in its place, and the tree says where. Marks are taken off first.
https://developer.hashicorp.com/terraform/internals/json-format
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from graphs.unknown import Template, Unknown
from scanner.terraform.values import unmark_deep
from scanner.terraform.values.json_text import to_json
from scanner.terraform.values.kinds import ANY, Type
from scanner.terraform.values.number import Float, MinusZero
from scanner.terraform.values.shapes import Value, is_null, type_of

Json: TypeAlias = "None | bool | str | list[Json] | dict[str, Json]"


@dataclass(frozen=True, slots=True)
class Answer:
    """A value without its marks, and whether there was one on it or within it."""

    value: Value
    sensitive: bool

    def plain(self) -> dict[str, object]:
        """The answer as JSON: its type only where nothing in it is unknown."""
        unknown = unknown_tree(self.value)
        open_parts = unknown_within(unknown)
        return {
            "ok": True,
            "type": None if open_parts else output_type(self.value),
            "json": str(to_json(known_part(self.value))),
            "sensitive": self.sensitive,
            "unknown": unknown if open_parts else None,
        }


def output_type(value: Value) -> Json:
    """The type of a known value as terraform writes it; a null alone has none in an output."""
    return "dynamic" if is_null(value) else type_json(type_of(value))


def answer(value: Value) -> Answer:
    """The answer that a value is."""
    return Answer(*unmark_deep(value))


def type_json(of: Type) -> Json:
    """A type as terraform writes it: "string", ["list", "string"], ["object", {"a": "number"}]."""
    if of == ANY:
        return "dynamic"
    if isinstance(of, str):
        return of
    word, inner = of
    if word == "object":
        return [word, {name: type_json(inner[name][0]) for name in sorted(inner)}]
    if word == "tuple":
        return [word, [type_json(each) for each in inner]]
    return [word, type_json(inner)]


def unknown_tree(value: Value) -> Json:
    """True where a value is unknown; objects have only what holds something other than false."""
    if isinstance(value, Unknown | Template):
        return True
    if isinstance(value, tuple):
        return [unknown_tree(each) for each in value]
    if isinstance(value, dict):
        inner = {name: unknown_tree(value[name]) for name in sorted(value)}
        return {name: each for name, each in inner.items() if each is not False}
    return False


def unknown_within(tree: Json) -> bool:
    """Whether a tree of `unknown_tree` says that something is unknown."""
    if isinstance(tree, dict):
        return any(map(unknown_within, tree.values()))
    return any(map(unknown_within, tree)) if isinstance(tree, list) else tree is True


def _stored(value: Value) -> Value:
    """A number as terraform stores it: what fits a float becomes one, and is written shorter."""
    if type(value) is MinusZero:
        return 0
    if isinstance(value, Fraction) and _fits_float(value):
        return Float(value)
    return value


def _fits_float(value: Fraction) -> bool:
    try:
        return Fraction(float(value)) == value
    except OverflowError:
        return False


def _has_value(value: Value) -> bool:
    return not isinstance(value, Unknown | Template)


def known_part(value: Value) -> Value:
    """What is known of a value: nothing for what is not, left out of objects."""
    if isinstance(value, Unknown | Template):
        return None
    if isinstance(value, tuple):
        return tuple([known_part(each) for each in value])
    if isinstance(value, dict):
        known = {
            key: each for key, each in value.items() if not isinstance(each, Unknown | Template)
        }
        return {key: known_part(each) for key, each in known.items()}
    return _stored(value)
