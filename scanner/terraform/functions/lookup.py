"""Finding one thing in a collection, and maps: element, lookup, keys, merge, coalesce ...

Elements may be unknown or secret; only what decides the answer must be known.
https://developer.hashicorp.com/terraform/language/functions/lookup
"""

from collections.abc import Callable
from dataclasses import replace

from graphs.unknown import Template, Unknown
from scanner.errors import FunctionProblem, ValueProblem
from scanner.terraform.functions.function import (
    MANY,
    MAX_ELEMENTS,
    OUTER,
    OWN,
    SEGMENTED,
    ArgumentProblem,
    Context,
    Function,
    bounded,
    search,
    unknown,
)
from scanner.terraform.functions.numeric import whole
from scanner.terraform.functions.strings import count_clusters
from scanner.terraform.values import equal, is_known, known_of, mark
from scanner.terraform.values.conversion import convert
from scanner.terraform.values.kinds import kind, name, same, unify
from scanner.terraform.values.shapes import (
    Known,
    List,
    Map,
    Null,
    Sensitive,
    Set,
    Value,
    first_null,
    is_null,
    type_of,
)
from scanner.terraform.values.weight import PART


def _length(value: Value) -> Value:
    if isinstance(value, Set) and len(value) > 1 and not is_known(value):
        return replace(unknown("length", value), known=Known("number", False, 1, len(value)))
    if isinstance(value, tuple | dict):
        return len(value)
    if isinstance(value, str):
        return count_clusters(value)
    if isinstance(value, Unknown):
        return _promised_length(value)
    if isinstance(value, Template):
        return unknown("length", value)
    raise FunctionProblem("argument must be a string, a collection type, or a structural type")


def _promised_length(value: Unknown) -> Value:
    known = known_of(value)
    word = kind(known.of)
    if word in ("tuple", "object"):
        return len(known.of[1])
    if known.low is not None and known.low == known.high:
        return known.low
    if word in ("number", "bool"):
        raise FunctionProblem("argument must be a string, a collection type, or a structural type")
    reach = Known("number", False, known.low or 0, known.high)
    return replace(unknown("length", value), known=reach if word != "string" else NUMBER)


NUMBER = Known("number", null=False)


def _element(items: Value, index: Value) -> Value:
    if not isinstance(items, tuple) or isinstance(items, Set):
        raise FunctionProblem(f"cannot read elements from {_named(items)}")
    at = whole(index, "invalid index: ")  # negative ones count from the end, since 1.12
    if not items:
        raise FunctionProblem("cannot use element function with an empty list")
    return items[at % len(items)]


def _named(value: Value) -> str:
    of = type_of(value)
    return kind(of) if kind(of) in ("tuple", "object") else name(of)


def _lookup(items: Value, key: str, *default: Value) -> Value:
    if len(default) > 1:
        raise FunctionProblem(f"lookup() takes two or three arguments, got {len(default) + 2}")
    if not isinstance(items, dict):
        raise ArgumentProblem(0, "lookup() requires a map as the first argument")
    other = [_default_of(items, default[0])] if default and isinstance(items, Map) else default
    if key in items:
        return items[key]
    if other:
        return other[0]
    if isinstance(items, Map):
        raise FunctionProblem(f'lookup failed to find key "{key}"')
    raise ArgumentProblem(0, f'the given object has no attribute "{key}"')


def _default_of(items: Map, default: Value) -> Value:
    try:
        return convert(default, items.of)
    except ValueProblem:
        message = "the default value must have the same type as the map elements"
        raise ArgumentProblem(2, message) from None


def _keys(items: Value) -> Value:
    if isinstance(items, Unknown):
        of = known_of(items).of
        return tuple(sorted(of[1])) if kind(of) == "object" else unknown("keys", items)
    if not isinstance(items, dict):
        raise ArgumentProblem(0, "must have map or object type")
    return List(sorted(items), "string") if isinstance(items, Map) else tuple(sorted(items))


def _values(items: Value) -> Value:
    if not isinstance(items, dict):
        raise FunctionProblem("values() requires a map as the first argument")
    found = [items[key] for key in sorted(items)]
    return List(found, items.of) if isinstance(items, Map) else tuple(found)


def _merge(*maps: Value) -> Value:
    merged: dict[str, Value] = {}
    for each in maps:
        if isinstance(each, Null) and kind(each.of) not in ("map", "object", "any"):
            raise FunctionProblem(f'arguments must be maps or objects, got "{kind(each.of)}"')
    given = [each for each in maps if not is_null(each)]
    for each in given:
        if not isinstance(each, dict):
            found = kind(type_of(each))
            raise FunctionProblem(f'arguments must be maps or objects, got "{found}"')
        merged.update(each)
    bounded(len(merged), MAX_ELEMENTS, "elements")
    first = given[0] if given else None
    if isinstance(first, Map) and all(
        isinstance(each, Map) and same(each.of, first.of) for each in given
    ):
        return Map(merged, first.of)
    return merged


def _contains(items: Value, wanted: Value) -> "bool | Unknown":
    if isinstance(items, Unknown):
        return unknown("contains", items, wanted)
    if not isinstance(items, tuple):
        raise FunctionProblem("argument must be list, tuple, or set")
    open_answer = False
    for each in items:
        answer = equal(each, wanted)
        if answer is True:
            return True
        open_answer = open_answer or isinstance(answer, Unknown)
    return unknown("contains", items, wanted) if open_answer else False


def _index(items: Value, wanted: Value) -> Value:
    if isinstance(items, Unknown):
        return unknown("index", items, wanted)
    if not isinstance(items, tuple) or isinstance(items, Set):
        raise FunctionProblem("argument must be a list or tuple")
    if not items:
        raise FunctionProblem("cannot search an empty list")
    for at, each in enumerate(items):
        answer = equal(each, wanted)
        if isinstance(answer, Unknown):
            return unknown("index", items, wanted)
        if answer:
            return at
    raise FunctionProblem("item not found")


def _one(items: Value) -> Value:
    if not isinstance(items, tuple) or len(items) > 1:
        must = "must be a list, set, or tuple value with either zero or one elements"
        raise ArgumentProblem(0, must)
    return items[0] if items else None


def _coalesce(*values: Value) -> Value:
    search(values)  # refuses what is too large to walk through
    of = unify([type_of(each) for each in values])
    if of is None:
        raise FunctionProblem("all arguments must have the same type")
    for each in values:
        if isinstance(each, Unknown) or (isinstance(each, Template) and not _has_text(each)):
            return unknown("coalesce", *values)
        if not is_null(each) and not (of == "string" and each == ""):
            return convert(each, of)
    raise FunctionProblem("no non-null, non-empty-string arguments")


def _has_text(value: Template) -> bool:
    return any(isinstance(part, str) for part in value.parts)


def _coalescelist(*lists: Value) -> Value:
    if not lists:
        raise FunctionProblem("at least one argument is required")
    for each in lists:
        if not isinstance(each, tuple | Unknown) or isinstance(each, Set):
            raise FunctionProblem("coalescelist arguments must be lists or tuples")
    for each in lists:
        if isinstance(each, Unknown):
            return unknown("coalescelist", *lists)
        if each:
            return each
    raise FunctionProblem("no non-null arguments")


def _zipmap(keys: List, items: Value) -> Value:
    if not isinstance(items, tuple) or isinstance(items, Set):
        raise ArgumentProblem(1, f"values argument must be a list or tuple, not {_named(items)}")
    if len(keys) != len(items):
        counts = f"number of keys ({len(keys)}) does not match number of values ({len(items)})"
        raise FunctionProblem(counts)
    plain = [key.value if isinstance(key, Sensitive) else key for key in keys]
    if not all(isinstance(key, str) for key in plain):
        if (at := first_null(plain)) is not None:
            raise FunctionProblem(f"keys list has null value at index {at}")
        return unknown("zipmap", keys, items)
    pairs = {str(key): each for key, each in zip(plain, items, strict=True)}
    result = Map(pairs, items.of) if isinstance(items, List) else pairs
    return mark(result, any(isinstance(key, Sensitive) for key in keys))


def _matchkeys(context: Context, values: List, keys: List, searchset: List) -> Value:
    if len(keys) != len(values):
        raise FunctionProblem("length of keys and values should be equal")
    of = unify([keys.of, searchset.of])
    if of is None:
        raise FunctionProblem("keys and searchset must be of the same type")
    wanted = [convert(each, of) for each in searchset]
    context.scales.spend(PART * len(keys) * len(wanted))
    found = []
    for key, value in zip(keys, values, strict=True):
        converted = convert(key, of)
        if any(equal(converted, each) is True for each in wanted):
            found.append(value)
    return List(found, values.of)


def _transpose(lists: Map) -> Value:
    turned: dict[str, list[Value]] = {}
    for key in sorted(lists):
        inner = lists[key]
        if not isinstance(inner, tuple):
            raise FunctionProblem("input must not contain null lists")
        for each in inner:
            if is_null(each):
                raise FunctionProblem("input must not contain null strings")
            turned.setdefault(str(each), []).append(key)
    pairs = [(key, List(turned[key], "string")) for key in sorted(turned)]
    return Map(pairs, ("list", "string"))


def _known_argument(name: str, run: Callable[..., Value]) -> Callable[..., Value]:
    """Answers unknown where the first or second argument itself is, and leaves elements be."""

    def guarded(*args: Value) -> Value:
        if any(isinstance(each, Unknown | Template) for each in args[:2]):
            return unknown(name, *args)
        return run(*args)

    return guarded


FUNCTIONS = (
    Function("coalesce", _coalesce, unknowns=OWN, marks=OUTER),
    Function("coalescelist", _coalescelist, unknowns=OWN, marks=OUTER),
    Function("contains", _contains, unknowns=OWN),
    Function("element", _element, unknowns=OUTER, marks=OUTER, forgets=1, effort=0),
    Function("index", _index, unknowns=OWN),
    Function("keys", _keys, unknowns=OWN, marks=OUTER, shallow=True),
    Function("length", _length, unknowns=OWN, marks=OUTER, effort=SEGMENTED),
    Function("lookup", _known_argument("lookup", _lookup), unknowns=OWN, marks=OUTER, effort=0),
    Function("matchkeys", _matchkeys, takes_context=True),
    Function("merge", _merge, unknowns=OUTER, marks=OUTER, forgets=MANY, shallow=True),
    Function("one", _one, unknowns=OUTER, marks=OUTER, effort=0),
    Function("transpose", _transpose),
    Function("values", _values, unknowns=OUTER, marks=OUTER, forgets=1, shallow=True),
    Function("zipmap", _zipmap, unknowns=OUTER, marks=OUTER, forgets=2, shallow=True),
)
