"""Values as terraform has them: the public face of kinds, shapes, conversion and json_text.

null is None, or a Null where its type is known; numbers are int or Fraction (number.py); a tuple is
a Python tuple and an object a dict; list, set and map are List, Set and Map with their element type
in `.of`. What is not known is a graphs.unknown.Unknown, a string with holes a
graphs.unknown.Template, a secret a Sensitive.
"""

from graphs.unknown import Cause, Template, Unknown
from scanner.errors import ValueProblem
from scanner.terraform.values.conversion import (
    convert,
    holds_any,
    referents,
    to_bool,
    to_number,
    to_string,
)
from scanner.terraform.values.json_text import from_json, to_json
from scanner.terraform.values.kinds import ANY, Type, name, same, unify
from scanner.terraform.values.number import Float
from scanner.terraform.values.shapes import (
    SCALARS,
    Ephemeral,
    Known,
    List,
    Map,
    Null,
    Sensitive,
    Set,
    Value,
    is_null,
    known_of,
    set_of,
    type_of,
)

__all__ = [
    "ANY",
    "Ephemeral",
    "Known",
    "List",
    "Map",
    "Null",
    "Sensitive",
    "Set",
    "Type",
    "Value",
    "ValueProblem",
    "convert",
    "equal",
    "from_json",
    "is_known",
    "is_null",
    "iterate",
    "known_of",
    "mark",
    "name",
    "referents",
    "same",
    "set_of",
    "to_bool",
    "to_json",
    "to_number",
    "to_string",
    "type_of",
    "unify",
    "unknown_result",
    "unmark",
    "unmark_deep",
]


def mark(value: Value, sensitive: bool = True) -> Value:
    """The value as a secret, if `sensitive`; a secret stays one."""
    return Sensitive(value) if sensitive and not isinstance(value, Sensitive) else value


def unmark(value: Value) -> tuple[Value, bool]:
    """The value without its own mark, and whether it had one; elements keep theirs."""
    return (value.value, True) if isinstance(value, Sensitive) else (value, False)


def unmark_deep(value: Value) -> tuple[Value, bool]:
    """The value without any mark in it, and whether there was one."""
    if type(value) in SCALARS:
        return value, False
    if isinstance(value, Sensitive):
        return unmark_deep(value.value)[0], True
    if isinstance(value, Ephemeral):
        return unmark_deep(value.value)
    if isinstance(value, tuple):
        return _unmark_tuple(value)
    if isinstance(value, dict):
        return _unmark_dict(value)
    return value, False


def _unmark_tuple(value: tuple[Value, ...]) -> tuple[Value, bool]:
    pairs = [unmark_deep(each) for each in value]
    if not any(found or each is not own for (each, found), own in zip(pairs, value, strict=True)):
        return value, False
    found = any(each[1] for each in pairs)
    items = [each[0] for each in pairs]
    if isinstance(value, List):
        return List(items, value.of), found
    return (set_of(items, value.of) if isinstance(value, Set) else tuple(items)), found


def _unmark_dict(value: dict[str, Value]) -> tuple[Value, bool]:
    pairs = {key: unmark_deep(each) for key, each in value.items()}
    if not any(found or each is not value[key] for key, (each, found) in pairs.items()):
        return value, False
    found = any(each[1] for each in pairs.values())
    items = {key: each[0] for key, each in pairs.items()}
    return (Map(items, value.of) if isinstance(value, Map) else items), found


def is_known(value: Value) -> bool:
    """Whether nothing in the value is unknown."""
    known_type = SCALARS.get(type(value))
    if known_type is not None:
        return not isinstance(value, Unknown | Template)
    if isinstance(value, dict):
        return all(map(is_known, value.values()))
    if isinstance(value, tuple):
        return all(map(is_known, value))
    return is_known(value.value) if isinstance(value, Sensitive | Ephemeral) else True


def iterate(value: Value) -> list[tuple[Value, Value]]:
    """The (key, value) pairs of a `for`: objects and maps by key, sets with the element as key."""
    if isinstance(value, dict):
        return [(key, value[key]) for key in sorted(value)]
    if isinstance(value, Set):
        return [(each, each) for each in value]
    if isinstance(value, tuple):
        return list(enumerate(value))
    raise ValueProblem(f"a {name(type_of(value))} has no elements")


def equal(one: Value, other: Value) -> "bool | Unknown":
    """Terraform's ==: values of different types differ; unknown parts make the answer unknown.

    A null equals every null. Marks are ignored; the caller carries them over.
    """
    if isinstance(one, str | bool | int) and isinstance(other, str | bool | int):
        return one == other and isinstance(one, bool) == isinstance(other, bool)
    one, other = unmark(one)[0], unmark(other)[0]
    if isinstance(one, Unknown | Template) or isinstance(other, Unknown | Template):
        return _equal_unknown(one, other)
    if is_null(one) or is_null(other):
        return is_null(one) and is_null(other)
    if isinstance(one, dict) and isinstance(other, dict):
        return _equal_dicts(one, other)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return _equal_tuples(one, other)
    if isinstance(one, Float) or isinstance(other, Float):
        return _numbers(one, other) and to_string(one) == to_string(other)
    return type_of(one) == type_of(other) and one == other


def _numbers(one: Value, other: Value) -> bool:
    return type_of(one) == type_of(other) == "number"


def _equal_unknown(one: Value, other: Value) -> "bool | Unknown":
    if one == other and _has_identity(one):
        return True
    if isinstance(one, Unknown) or isinstance(other, Unknown):
        return False if _never_equal(one, other) else unknown_result("==", one, other)
    if not (isinstance(one, str | Template) and isinstance(other, str | Template)):
        return False
    head, tail = _known_ends(one)
    other_head, other_tail = _known_ends(other)
    whole = one if isinstance(one, str) else other if isinstance(other, str) else None
    if whole is not None and len(whole) < len(head if whole is other else other_head):
        return False
    if not (head.startswith(other_head) or other_head.startswith(head)):
        return False
    if not (tail.endswith(other_tail) or other_tail.endswith(tail)):
        return False
    return unknown_result("==", one, other)


def _never_equal(one: Value, other: Value) -> bool:
    """Whether the types alone tell two values apart; nulls of all types are equal."""
    unknown = [each for each in (one, other) if isinstance(each, Unknown)]
    if is_null(one) or is_null(other) or len(unknown) == 2:
        return False
    types = type_of(one), type_of(other)
    return not any(map(holds_any, types)) and not same(*types)


def _has_identity(value: Value) -> bool:
    """Whether another unknown with the same name is surely the same value; uuid() is not."""
    holes = value.unknowns if isinstance(value, Template) else frozenset((value,))
    return all(
        isinstance(hole, Unknown) and hole.cause is not Cause.EXPRESSION and "(" not in hole.what
        for hole in holes
    )


def _known_ends(text: "str | Template") -> tuple[str, str]:
    if isinstance(text, str):
        return text, text
    first, last = text.parts[0], text.parts[-1]
    return first if isinstance(first, str) else "", last if isinstance(last, str) else ""


def _equal_dicts(one: dict[str, Value], other: dict[str, Value]) -> "bool | Unknown":
    if isinstance(one, Map) != isinstance(other, Map):
        return False
    if isinstance(one, Map) and isinstance(other, Map) and _differ(one.of, other.of):
        return False
    if one.keys() != other.keys():
        return False
    plain = not isinstance(one, Map)
    return _equal_all([(one[key], other[key]) for key in one], plain)


def _equal_tuples(one: tuple[Value, ...], other: tuple[Value, ...]) -> "bool | Unknown":
    if type(one) is not type(other) or len(one) != len(other):
        return False
    if isinstance(one, List | Set) and _differ(one.of, other.of):  # type: ignore[attr-defined]
        return False
    return _equal_all(list(zip(one, other, strict=True)), type(one) is tuple)


def _differ(one: Type, other: Type) -> bool:
    return one != other and ANY not in (one, other) and not same(one, other)


def _equal_all(pairs: list[tuple[Value, Value]], by_type: bool) -> "bool | Unknown":
    """False if any pair differs, else unknown if any is unknown, else true.

    Within tuples and objects nulls of different types differ, since their types do.
    """
    open_answer: Unknown | None = None
    for one, other in pairs:
        answer = equal(one, other)
        if by_type and is_null(one) and is_null(other) and not same(type_of(one), type_of(other)):
            return False
        if isinstance(answer, Unknown):
            open_answer = answer if open_answer is None else open_answer
        elif not answer:
            return False
    return True if open_answer is None else open_answer


def unknown_result(operator: str, one: Value, other: Value) -> Unknown:
    """The unknown result of a binary operation, naming both sides."""
    refers = tuple(sorted({*referents(one), *referents(other)}))
    return Unknown(Cause.EXPRESSION, f"{brief(one)} {operator} {brief(other)}", refers)


def brief(value: Value, most: int = 60) -> str:
    """A value in a few words, for the name of an Unknown; secrets stay hidden."""
    if isinstance(value, Sensitive):
        return "(sensitive)"
    if isinstance(value, Unknown):
        return value.what if len(value.what) <= 2 * most else value.what[: 2 * most] + "..."
    if isinstance(value, tuple):
        return "[...]" if value else "[]"
    if isinstance(value, dict):
        return "{...}" if value else "{}"
    if is_null(value):
        return "null"
    text = f'"{value}"' if isinstance(value, str | Template) else str(to_string(value))
    return text if len(text) <= most else text[:most] + "..."
