"""Values that somebody recorded, held against the types that the provider gives attributes.

A plan, a state or an answer is a document that anybody can write. Input: its resources. Output: the
same, with an Unknown for each value that its attribute cannot have, and a Gap that says where.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from graphs.resource import Resource
from graphs.unknown import Cause, Template, Unknown
from graphs.verdict import Gap
from scanner.terraform import schema
from scanner.terraform.values.kinds import ANY, Type

MOST_DIGITS: Final = 300
_NAMED: Final = 3


def formed(found: Iterable[Resource]) -> tuple[tuple[Resource, ...], tuple[Gap, ...]]:
    """Resources whose values are of the provider's types, and what was not."""
    made, gaps = [], []
    for each in found:
        block = schema.resource(each.type) if each.address.mode == "managed" else None
        form = _Form(each.id)
        values = form.block(each.values, block, "") if block else each.values
        if form.wrong:
            gaps.append(_gap(each, form.wrong))
        made.append(each if values is each.values else replace(each, values=values))
    return tuple(made), tuple(gaps)


def _gap(found: Resource, wrong: Sequence[str]) -> Gap:
    more = len(wrong) - _NAMED
    listed = ", ".join(wrong[:_NAMED]) + (f" and {more} more" if more > 0 else "")
    what = f"{found.id}: {listed}: not of the type that the provider gives it"
    return Gap("malformed", what, "it is not known", found.origin.place)


class _Form:
    """One resource while it is looked at: what is right stays the very same object."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.wrong: list[str] = []

    def block(self, values: Mapping[str, Any], block: schema.Block, path: str) -> Mapping[str, Any]:
        """The values of a resource or of a nested block; what the schema does not know stays."""
        made = {
            name: value if value is None else self.named(value, block, name, path)
            for name, value in values.items()
        }
        return made if any(made[name] is not values[name] for name in made) else values

    def named(self, value: Any, block: schema.Block, name: str, path: str) -> Any:
        """An attribute, or nested blocks of one type."""
        inner = f"{path}.{name}" if path else name
        if name in block.attributes:
            return self.value(value, block.attributes[name].type, inner)
        if name not in block.nested or isinstance(value, Unknown):
            return value
        if isinstance(value, Mapping):
            return self.block(value, block.nested[name].block, inner)
        if not isinstance(value, tuple):
            return self.not_of("a block", inner)
        return _same(
            value, [self.one(e, block, name, f"{inner}[{n}]") for n, e in enumerate(value)]
        )

    def one(self, value: Any, block: schema.Block, name: str, path: str) -> Any:
        """One of several nested blocks."""
        if isinstance(value, Mapping):
            return self.block(value, block.nested[name].block, path)
        return value if isinstance(value, Unknown) else self.not_of("a block", path)

    def value(self, value: Any, of: Type, path: str) -> Any:
        """A value of a type of terraform's."""
        if value is None or isinstance(value, Unknown):
            return value
        if isinstance(of, str):
            return self.scalar(value, of, path)
        word, inner = of[0], of[1]
        if word in ("list", "set"):
            if not isinstance(value, tuple):
                return self.not_of(f"a {word}", path)
            return _same(value, [self.value(e, inner, f"{path}[{n}]") for n, e in enumerate(value)])
        if word not in ("map", "object"):
            return value
        if not isinstance(value, Mapping):
            return self.not_of(f"a {word}", path)
        types = inner if word == "object" else {}
        made = {
            k: self.value(e, _member(word, inner, types, k), f"{path}.{k}")
            for k, e in value.items()
        }
        return made if any(made[key] is not value[key] for key in made) else value

    def scalar(self, value: Any, of: str, path: str) -> Any:
        """A text, number or truth, each taken for another where terraform does."""
        if of == "string":
            right = isinstance(value, str | Template | bool | int | float)
            return value if right and not _endless(value) else self.not_of("a string", path)
        if of == "number":
            right = _is_number(value) if isinstance(value, str) else isinstance(value, int | float)
            return value if right and not _endless(value) else self.not_of("a number", path)
        if of == "bool":
            right = isinstance(value, bool) or value in ("true", "false")
            return value if right else self.not_of("true or false", path)
        return value

    def not_of(self, what: str, path: str) -> Unknown:
        """What stands for a value that is not `what`."""
        self.wrong.append(path)
        return Unknown(Cause.DENIED, f"{self.address}.{path}, which is not {what}")


def _member(word: str, inner: Any, types: Mapping[str, Any], key: str) -> Type:
    """The type of a member of a map or an object; "any" for one that the schema does not know."""
    if word == "map":
        return inner  # type: ignore[no-any-return]
    return types[key][0] if key in types else ANY


def _same(value: tuple[Any, ...], made: list[Any]) -> tuple[Any, ...]:
    """What was made of a list; the list itself where that is the same."""
    unchanged = all(new is old for new, old in zip(made, value, strict=True))
    return value if unchanged else tuple(made)


def _endless(value: object) -> bool:
    """Whether JSON had more digits than a number has: 1e999 is read as infinity."""
    return isinstance(value, float) and not math.isfinite(value)


def _is_number(value: str) -> bool:
    try:
        return len(value) <= MOST_DIGITS and math.isfinite(float(value))
    except ValueError:
        return False
