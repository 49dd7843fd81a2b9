"""Terraform's types, how they are named in messages, and the one type that several share.

A Type is "string", "number", "bool" or "any", or a tuple: ("list", T), ("set", T), ("map", T),
("tuple", (T, ...)), ("object", {name: (T, optional, default)}).
https://developer.hashicorp.com/terraform/language/expressions/type-constraints
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

Type: TypeAlias = "str | tuple[str, Any]"
Attributes: TypeAlias = "dict[str, tuple[Type, bool, object]]"

ANY = "any"
_SCALARS = frozenset(("string", "number", "bool"))
LISTS = frozenset(("list", "set", "tuple"))
MAPS = frozenset(("map", "object"))


def kind(of: Type) -> str:
    """The outermost word of a type: "list" for ("list", "string")."""
    return of if isinstance(of, str) else of[0]


def name(of: Type) -> str:
    """A type as terraform's messages say it: "list of string", "map of any single type"."""
    word = kind(of)
    if word in ("list", "set", "map"):
        element = of[1]
        return f"{word} of {'any single type' if element == ANY else name(element)}"
    return "any type" if word == ANY else word


def same(one: Type, other: Type) -> bool:
    """Whether two types are equal; optional marks and defaults of attributes do not count."""
    if one == other:
        return True
    word = kind(one)
    if word != kind(other) or isinstance(one, str) or isinstance(other, str):
        return False
    if word == "object":
        return one[1].keys() == other[1].keys() and all(
            same(each[0], other[1][key][0]) for key, each in one[1].items()
        )
    if word == "tuple":
        return len(one[1]) == len(other[1]) and all(map(same, one[1], other[1]))
    return same(one[1], other[1])


def object_of(types: "dict[str, Type]") -> Type:
    """An object type whose attributes are all required."""
    return ("object", {key: (each, False, None) for key, each in types.items()})


def unify(types: Sequence[Type]) -> "Type | None":
    """The one type that values of all these types convert to, or None if there is none.

    Nulls and unknown values have type "any", which every type absorbs.

    >>> unify(["number", "string"])
    'string'
    """
    known = [each for each in types if each != ANY]
    if not known:
        return ANY
    first = known[0]
    if all(each is first or same(first, each) for each in known):
        return first
    words = {kind(each) for each in known}
    if len(words) == 1:
        return _unify_same_kind(words.pop(), known)
    if words <= {"string", "number", "bool"}:
        return "string" if "string" in words else None
    if words == {"map", "object"}:
        return _collection("map", known)
    if words == {"list", "set"}:
        return _unify_lists_and_sets(known)
    if words == {"set", "tuple"}:
        return _unify_set_and_tuples(known)
    return _collection("list", known) if words <= {"list", "set", "tuple"} else None


def _unify_lists_and_sets(types: Sequence[Type]) -> "Type | None":
    """The first of the lists that all the others convert to."""
    for of in types:
        if kind(of) == "list" and all(conversion_type(each, of) for each in types):
            return of
    return None


def _unify_set_and_tuples(types: Sequence[Type]) -> "Type | None":
    """Tuples give way to the set: a set of numbers even takes texts, if they are numbers."""
    sets = unify([each for each in types if kind(each) == "set"])
    tuples = [inner for each in types if kind(each) == "tuple" for inner in parts(each)]
    if sets == ("set", ANY) and tuples:
        return sets
    if sets is not None and sets[1] in _SCALARS and _SCALARS.issuperset(map(kind, tuples)):
        mixed = {sets[1], *tuples} >= {"number", "bool"}
        return None if mixed and sets[1] != "string" else sets
    return _collection("set", types)


def _unify_same_kind(word: str, types: Sequence[Type]) -> "Type | None":
    if word == "object":
        return _unify_objects(types)
    if word == "tuple":
        return _unify_tuples(types)
    return _collection(word, types)


def _unify_objects(types: Sequence[Type]) -> "Type | None":
    """Objects with the same attributes unify attribute by attribute, others become a map."""
    names = types[0][1].keys()  # type: ignore[union-attr]
    if any(each[1].keys() != names for each in types):  # type: ignore[union-attr]
        return _collection("map", types)
    unified: dict[str, Type] = {}
    for key in names:
        one = unify([each[1][key][0] for each in types])
        if one is None:
            return None
        unified[key] = one
    return object_of(unified)


def _unify_tuples(types: Sequence[Type]) -> "Type | None":
    """Tuples of one length unify place by place, others become a list."""
    if len({len(each[1]) for each in types}) > 1:
        return _collection("list", types)
    places = [unify(place) for place in zip(*(each[1] for each in types), strict=True)]
    return None if None in places else ("tuple", tuple(places))


def _collection(word: str, types: Sequence[Type]) -> "Type | None":
    inner = [each for of in types for each in parts(of)]
    if ANY in inner and not _SCALARS.issuperset(kind(each) for each in inner if each != ANY):
        return (word, ANY)  # an empty collection keeps others from being made alike
    element = unify(inner)
    return None if element is None else (word, element)


def conversion_type(of: Type, to: Type) -> "Type | None":
    """What a value of one type becomes when it is converted to another; None where it cannot."""
    if to == ANY:
        return of
    word, wanted = kind(of), kind(to)
    if word == ANY:
        return to
    if wanted in _SCALARS:
        fits = word == wanted or (word in _SCALARS and "string" in (word, wanted))
        return to if fits else None
    if wanted in ("list", "set"):
        return _elements_in(of, to) if word in LISTS else None
    if wanted == "map":
        return _elements_in(of, to) if word in MAPS else None
    if wanted == "tuple":
        return _tuple_in(of, to) if word == "tuple" else None
    return _object_in(of, to) if word in MAPS else None


def _elements_in(of: Type, to: Type) -> "Type | None":
    word, element = kind(to), to[1]
    inner = parts(of)
    if element == ANY:
        shared = unify(inner) if inner else ANY
    else:
        became = [conversion_type(each, element) for each in inner]
        if None in became:
            return None
        shared = unify([each for each in became if each is not None]) if became else element
    return None if shared is None else (word, shared)


def _tuple_in(of: Type, to: Type) -> "Type | None":
    if len(of[1]) != len(to[1]):
        return None
    became = [conversion_type(*pair) for pair in zip(of[1], to[1], strict=True)]
    return None if None in became else ("tuple", tuple(became))


def _object_in(of: Type, to: Type) -> "Type | None":
    found: dict[str, Type] = {}
    given: Any = of[1]
    attributes: Any = to[1]
    for key, (wanted, optional, _) in attributes.items():
        own = given if kind(of) == "map" else given.get(key, (None,))[0]
        if own is None and not optional:
            return None
        became = conversion_type(own or wanted, wanted)
        if became is None:
            return None
        found[key] = became
    return object_of(found)


def parts(of: Type) -> list[Type]:
    """The types of what stands in a value of this type, each once for collections."""
    word = kind(of)
    if word == "object":
        return [each[0] for each in of[1].values()]  # type: ignore[union-attr]
    if word == "tuple":
        return list(of[1])
    return [of[1]] if word in ("list", "set", "map") else []


def extent(of: Type) -> int:
    """How many parts a value of a type has, with one element in each collection."""
    if isinstance(of, str):
        return 1
    if of[0] == "object":
        return 1 + sum([extent(each[0]) for each in of[1].values()])
    return 1 + (sum(map(extent, of[1])) if of[0] == "tuple" else extent(of[1]))
