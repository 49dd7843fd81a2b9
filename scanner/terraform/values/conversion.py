"""Conversion of values to types, as terraform does it for arguments, variables and functions.

https://developer.hashicorp.com/terraform/language/expressions/types#type-conversion
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Final

from graphs.unknown import Cause, Referent, Template, Unknown
from scanner.errors import ValueProblem
from scanner.terraform.values import number
from scanner.terraform.values.kinds import (
    ANY,
    Attributes,
    Type,
    conversion_type,
    extent,
    name,
    same,
    unify,
)
from scanner.terraform.values.promises import converted
from scanner.terraform.values.shapes import (
    Ephemeral,
    Known,
    List,
    Map,
    Null,
    Sensitive,
    Set,
    Value,
    is_null,
    set_of,
    type_of,
)

MAX_PARTS: Final = 2_000_000
_FEW: Final = 20


def convert(value: Value, to: Type) -> Value:
    """The value converted to a type, with the defaults of optional attributes filled in.

    Null and Unknown take the type. A conversion that terraform refuses raises ValueProblem.
    """
    if to == ANY:
        return value
    if isinstance(value, Unknown):
        return converted(value, to)
    if is_null(value):
        return _null(value, to)
    if isinstance(value, Sensitive):
        return Sensitive(convert(value.value, to))
    if isinstance(value, Ephemeral):
        return Ephemeral(convert(value.value, to))
    if isinstance(to, str):
        return _PRIMITIVES[to](value)
    word, inner = to
    if word == "list":
        return _to_list(value, inner)
    if word == "set":
        return _to_set(value, inner)
    if word == "map":
        return _to_map(value, inner)
    return _to_tuple(value, inner) if word == "tuple" else _to_object(value, inner)


def _null(value: Value, to: Type) -> Null:
    """A null of another type; one of a type that never converts is refused."""
    of = conversion_type(value.of, to) if isinstance(value, Null) else to
    if of is None:
        raise ValueProblem(f"{name(to)} required")
    return Null(of)


def to_string(value: Value) -> Value:
    """The value as a string, numbers written as terraform writes them."""
    if isinstance(value, str | Template):
        return value
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, int | Fraction | float):
        return number.text_of(value)
    if value is None or isinstance(value, Null | Unknown | Sensitive | Ephemeral):
        return convert(value, "string")
    raise ValueProblem("string required")


def to_number(value: Value) -> Value:
    """The value as a number; a text must be a decimal number."""
    if isinstance(value, str):
        parsed = number.parse(value)
        if parsed is None:
            raise ValueProblem("a number is required")
        return parsed
    if isinstance(value, Template):
        return _not_yet(value, "number")
    if isinstance(value, int | Fraction | float) and not isinstance(value, bool):
        return value
    if value is None or isinstance(value, Null | Unknown | Sensitive | Ephemeral):
        return convert(value, "number")
    raise ValueProblem("number required")


def to_bool(value: Value) -> Value:
    """The value as a bool; of texts only "true", "false", "1" and "0" will do."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        if value in _BOOLS:
            return _BOOLS[value]
        hint = value.lower()
        if hint in ("true", "false"):
            lowercase = f'to convert from string, use lowercase "{hint}"'
            raise ValueProblem(f"a bool is required; {lowercase}")
        raise ValueProblem("a bool is required")
    if isinstance(value, Template):
        return _not_yet(value, "bool")
    if value is None or isinstance(value, Null | Unknown | Sensitive | Ephemeral):
        return convert(value, "bool")
    raise ValueProblem("bool required")


_BOOLS = {"true": True, "false": False, "1": True, "0": False}
_PRIMITIVES = {"string": to_string, "number": to_number, "bool": to_bool}


def _not_yet(value: Template, word: str) -> Unknown:
    """A text with holes read as a number or a bool: unknown until the holes are filled."""
    known = Known(word, null=False)
    return Unknown(Cause.EXPRESSION, f'to{word}("{value}")', referents(value), known=known)


def referents(value: Value) -> tuple[Referent, ...]:
    """All that the unknown parts of a value refer to, sorted."""
    if isinstance(value, Unknown):
        return value.refers
    found: set[Referent] = set()
    _collect_referents(value, found)
    return tuple(sorted(found))


def _collect_referents(value: Value, found: set[Referent]) -> None:
    if isinstance(value, Unknown):
        found.update(value.refers)
    elif isinstance(value, Template):
        found.update(each for hole in value.unknowns for each in hole.refers)
    elif isinstance(value, Sensitive | Ephemeral):
        _collect_referents(value.value, found)
    elif isinstance(value, tuple | dict):
        for each in value.values() if isinstance(value, dict) else value:
            _collect_referents(each, found)


def _to_list(value: Value, element: Type) -> Value:
    if isinstance(value, List) and (element == ANY or same(value.of, element)):
        return value
    if not isinstance(value, tuple):
        raise ValueProblem(f"{name(('list', element))} required")
    if isinstance(value, Set) and len(value) > 1 and any(map(_is_open, value)):
        return _unordered(value, element)
    items, of = _elements(value, element, "list")
    return List(items, of)


def _is_open(value: Value) -> bool:
    return isinstance(value, Unknown | Template)


def _unordered(value: Set, element: Type) -> Unknown:
    """A list of what a set holds: two of it may be equal, and the order is not known."""
    of = conversion_type(type_of(value), ("list", element)) or ("list", element)
    known = Known(of, null=False, low=1, high=len(value))
    return Unknown(Cause.EXPRESSION, "tolist([...])", referents(value), known=known)


def _to_set(value: Value, element: Type) -> Value:
    if isinstance(value, Set) and (element == ANY or same(value.of, element)):
        return value
    if not isinstance(value, tuple):
        raise ValueProblem(f"{name(('set', element))} required")
    items, of = _elements(value, element, "set")
    return set_of(items, of)


def _elements(value: tuple[Value, ...], element: Type, word: str) -> tuple[Sequence[Value], Type]:
    if element == "string" and set(map(type, value)) <= {str}:
        return value, element
    own = value.of if isinstance(value, List | Set) else None
    if own is not None and (element == ANY or same(own, element)):
        return value, own
    if element == ANY:
        return _unified(value, word)
    _bounded(len(value), element)
    items = [_inside(f"element {at}", each, element) for at, each in enumerate(value)]
    return _settled(items, element, word)


def _to_map(value: Value, element: Type) -> Value:
    if isinstance(value, Map) and (element == ANY or same(value.of, element)):
        return value
    if not isinstance(value, dict):
        raise ValueProblem(f"{name(('map', element))} required")
    keys = sorted(value)
    if element == ANY:
        items, of = _unified([value[key] for key in keys], "map")
    else:
        _bounded(len(keys), element)
        items = [_inside(f'element "{key}"', value[key], element) for key in keys]
        items, of = _settled(items, element, "map")
    return Map(zip(keys, items, strict=True), of)


def _bounded(count: int, element: Type) -> None:
    """Refuse elements whose optional attributes would fill the memory where nothing is set."""
    if count > _FEW and not isinstance(element, str) and count * extent(element) > MAX_PARTS:
        raise ValueProblem(f"the value may have more than {MAX_PARTS:,} parts")


def _unified(items: Iterable[Value], word: str) -> tuple[Sequence[Value], Type]:
    """Elements of differing types converted to the one type that they share."""
    items = list(items)
    types = [type_of(each) for each in items]
    of = unify(types)
    if of is None:
        raise ValueProblem(f"all {word} elements must have the same type")
    pairs = zip(items, types, strict=True)
    made = [each if own is of else convert(each, of) for each, own in pairs]
    return (made, of) if not holds_any(of) else _settled_again(made, of, word)


def _settled_again(items: list[Value], of: Type, word: str) -> tuple[Sequence[Value], Type]:
    """Elements whose shared type is still open: an empty collection takes the type of others."""
    types = [type_of(each) for each in items]
    if all(each == ANY or same(each, of) for each in types):
        return items, of
    closer = unify(types)
    if closer is None or holds_any(closer):
        raise ValueProblem(f"all {word} elements must have the same type")
    return [convert(each, closer) for each in items], closer


def _settled(items: Sequence[Value], element: Type, word: str) -> tuple[Sequence[Value], Type]:
    """Converted elements and their type, where "any" inside the wanted type is still open."""
    if not holds_any(element):
        return items, element
    return _unified(items, word) if items else (items, element)


def holds_any(of: Type) -> bool:
    """Whether "any" stands somewhere in a type."""
    if isinstance(of, str):
        return of == ANY
    if of[0] == "object":
        return any(holds_any(each[0]) for each in of[1].values())
    return any(map(holds_any, of[1])) if of[0] == "tuple" else holds_any(of[1])


def _to_tuple(value: Value, types: tuple[Type, ...]) -> Value:
    if not isinstance(value, tuple) or isinstance(value, List | Set):
        raise ValueProblem("tuple required")
    if len(value) != len(types):
        raise ValueProblem(f"tuple of {len(types)} elements required")
    pairs = enumerate(zip(value, types, strict=True))
    return tuple([_inside(f"element {at}", each, of) for at, (each, of) in pairs])


def _to_object(value: Value, attributes: Attributes) -> Value:
    if not isinstance(value, dict):
        raise ValueProblem("object required")
    missing = [key for key in attributes if key not in value and not attributes[key][1]]
    if missing:
        raise ValueProblem(_missing(sorted(missing), isinstance(value, Map)))
    return {key: _attribute(value, key, *attributes[key]) for key in sorted(attributes)}


def _attribute(
    value: dict[str, Value], key: str, of: Type, optional: bool, default: Value
) -> Value:
    given = value.get(key)
    if is_null(given) and optional and default is not None:
        given = default
    return _inside(f'attribute "{key}"', given, of)


def _missing(names: list[str], in_map: bool) -> str:
    if in_map:
        return f'map has no element for required attribute "{names[0]}"'
    if len(names) == 1:
        return f'attribute "{names[0]}" is required'
    quoted = [f'"{each}"' for each in names]
    comma = "," if len(quoted) > 2 else ""
    return f"attributes {', '.join(quoted[:-1])}{comma} and {quoted[-1]} are required"


def _inside(where: str, value: Value, to: Type) -> Value:
    if to == "string" and type(value) is str:
        return value
    try:
        return convert(value, to)
    except ValueProblem as problem:
        if str(problem).startswith("a "):  # terraform leaves out where in what it found
            raise
        raise ValueProblem(f"{where}: {problem}") from None
