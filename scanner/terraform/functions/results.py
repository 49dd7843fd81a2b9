"""The types of unknown results, where the types of the arguments promise them.

A rule takes the arguments and gives the type of the result, "any" where it cannot be told. It
refuses what terraform would refuse by the types alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from graphs.unknown import Unknown
from scanner.errors import FunctionProblem
from scanner.terraform.functions.function import ArgumentProblem, Signature
from scanner.terraform.values.kinds import ANY, Type, kind, name, parts, unify
from scanner.terraform.values.promises import attribute_type
from scanner.terraform.values.shapes import Known, Value, type_of

Rule = Callable[[Sequence[Value]], Type]

NULLABLE: Final = frozenset(
    ("coalesce", "coalescelist", "element", "lookup", "one", "sensitive", "nonsensitive",
     "jsondecode", "yamldecode", "templatefile", "templatestring", "ephemeralasnull",
     "tostring", "tonumber", "tobool", "tolist", "toset", "tomap", "try")
)  # fmt: skip


def promised(
    function: str, signature: Signature, args: Sequence[Value], result: Unknown
) -> Unknown:
    """The unknown result of a call, with the type that it will have."""
    if isinstance(result.known, Known):
        return result
    rule = _RULES.get(function)
    of = rule(args) if rule else signature.returns
    if of == ANY and function not in NULLABLE:
        return result
    return replace(result, known=Known(of, null=function in NULLABLE))


def _first(args: Sequence[Value]) -> Type:
    return type_of(args[0])


def _collected(word: str, of: Type) -> Type:
    """A list or set of what stands in a collection."""
    inner = parts(of)
    if kind(of) == ANY or not inner:
        return ANY
    shared = unify(inner)
    return ANY if shared is None else (word, shared)


def _chunklist(args: Sequence[Value]) -> Type:
    return ("list", _collected("list", _first(args)))


def _coalesce(args: Sequence[Value]) -> Type:
    of = unify([type_of(each) for each in args])
    if of is None:
        raise FunctionProblem("all arguments must have the same type")
    return of


def _concat(args: Sequence[Value]) -> Type:
    types = [type_of(each) for each in args]
    for position, of in enumerate(types):
        if kind(of) not in ("list", "tuple", ANY):
            raise ArgumentProblem(
                position, f"all arguments must be lists or tuples; got {name(of)}"
            )
    words = set(map(kind, types))
    if words == {"list"}:
        return unify(types) or ANY
    if words == {"tuple"}:
        return ("tuple", tuple(each for of in types for each in of[1]))
    return ANY


def _element(args: Sequence[Value]) -> Type:
    of = _first(args)
    if kind(of) not in ("list", "tuple", ANY):
        raise FunctionProblem(f"cannot read elements from {name(of)}")
    if kind(of) == "list":
        return of[1]
    if kind(of) == "tuple" and isinstance(args[1], int):
        if not of[1]:
            raise FunctionProblem("cannot use element function with an empty list")
        found: Type = of[1][args[1] % len(of[1])]
        return found
    return ANY


def _keys(args: Sequence[Value]) -> Type:
    return ("list", "string") if kind(_of_map(args, "keys")) == "map" else ANY


def _values(args: Sequence[Value]) -> Type:
    of = _of_map(args, "values")
    if kind(of) == "object":
        return ("tuple", tuple(of[1][key][0] for key in sorted(of[1])))
    return ("list", of[1]) if kind(of) == "map" else ANY


def _of_map(args: Sequence[Value], function: str) -> Type:
    of = _first(args)
    if kind(of) not in ("map", "object", ANY):
        raise FunctionProblem(f"{function}() requires a map as the first argument")
    return of


def _lookup(args: Sequence[Value]) -> Type:
    of = _of_map(args, "lookup")
    if kind(of) == "map":
        return of[1]
    key = args[1]
    if kind(of) == "object" and isinstance(key, str):
        found = attribute_type(of, key)
        if found is not None:
            return found
        if len(args) > 2:
            return type_of(args[2])
        raise ArgumentProblem(0, f'the given object has no attribute "{key}"')
    return ANY


def _one(args: Sequence[Value]) -> Type:
    of = _first(args)
    if kind(of) == "tuple" and len(of[1]) > 1:
        must = "must be a list, set, or tuple value with either zero or one elements"
        raise ArgumentProblem(0, must)
    if kind(of) == "tuple":
        return of[1][0] if of[1] else ANY
    if kind(of) in ("list", "set"):
        return of[1]
    if of == ANY:
        return ANY
    raise ArgumentProblem(0, "must be a list, set, or tuple value with zero or one elements")


def _reverse(args: Sequence[Value]) -> Type:
    of = _first(args)
    if kind(of) == "tuple":
        return ("tuple", tuple(reversed(of[1])))
    if kind(of) not in ("list", "set", ANY):
        raise ArgumentProblem(0, f"can only reverse list or tuple values, not {name(of)}")
    return ANY if of == ANY else ("list", of[1])


def _slice(args: Sequence[Value]) -> Type:
    of, (start, end) = _first(args), args[1:]
    if kind(of) not in ("list", "tuple", ANY):
        raise ArgumentProblem(0, "must be a list or tuple value")
    if isinstance(start, int) and start < 0:
        raise ArgumentProblem(1, "start index must not be less than zero")
    if isinstance(start, int) and isinstance(end, int) and start > end:
        raise ArgumentProblem(1, "start index must not be greater than end index")
    if kind(of) == "tuple":
        if not (isinstance(start, int) and isinstance(end, int)):
            return ANY
        if end > len(of[1]):
            raise ArgumentProblem(2, "end index must not be greater than the length of the list")
        return ("tuple", of[1][start:end])
    return of


def _setproduct(args: Sequence[Value]) -> Type:
    types = [type_of(each) for each in args]
    for position, of in enumerate(types):
        if kind(of) not in ("list", "set", "tuple", ANY):
            raise ArgumentProblem(position, "a set or a list is required")
    if ANY in types:
        return ANY
    inner = tuple(unify(parts(of)) if parts(of) else ANY for of in types)
    if None in inner:
        raise ArgumentProblem(inner.index(None), "all elements must be of the same type")
    word = "set" if any(kind(of) == "set" for of in types) else "list"
    return (word, ("tuple", inner))


def _sets(args: Sequence[Value]) -> Type:
    types = [type_of(each) for each in args]
    if any(kind(of) == ANY or of[1] == ANY for of in types):
        return ANY
    shared = unify([of[1] for of in types])
    if shared is None:
        raise FunctionProblem("given sets must all have compatible element types")
    return ("set", shared)


def _zipmap(args: Sequence[Value]) -> Type:
    of = type_of(args[1])
    if kind(of) not in ("list", "tuple", ANY):
        raise ArgumentProblem(1, f"values argument must be a list or tuple, not {name(of)}")
    keys = args[0]
    if kind(of) == "tuple" and isinstance(keys, tuple) and len(keys) != len(of[1]):
        counts = f"number of keys ({len(keys)}) does not match number of values ({len(of[1])})"
        raise FunctionProblem(counts)
    return ("map", of[1]) if kind(of) == "list" else ANY


def _flatten(args: Sequence[Value]) -> Type:
    if kind(_first(args)) not in ("list", "set", "tuple", ANY):
        raise FunctionProblem("can only flatten lists, sets and tuples")
    return ANY


def _contains(args: Sequence[Value]) -> Type:
    if kind(_first(args)) not in ("list", "set", "tuple", ANY):
        raise FunctionProblem("argument must be list, tuple, or set")
    return "bool"


def _index(args: Sequence[Value]) -> Type:
    if kind(_first(args)) not in ("list", "tuple", ANY):
        raise FunctionProblem("argument must be a list or tuple")
    return "number"


def _length(args: Sequence[Value]) -> Type:
    if kind(_first(args)) in ("number", "bool"):
        must = "argument must be a string, a collection type, or a structural type"
        raise FunctionProblem(must)
    return "number"


_RULES: Final[dict[str, Rule]] = {
    "chunklist": _chunklist,
    "coalesce": _coalesce,
    "concat": _concat,
    "contains": _contains,
    "distinct": lambda args: _collected("list", _first(args)),
    "element": _element,
    "flatten": _flatten,
    "format": lambda _: "string",
    "formatlist": lambda _: ("list", "string"),
    "index": _index,
    "keys": _keys,
    "length": _length,
    "lookup": _lookup,
    "matchkeys": lambda args: _collected("list", _first(args)),
    "nonsensitive": _first,
    "one": _one,
    "reverse": _reverse,
    "sensitive": _first,
    "setintersection": _sets,
    "setproduct": _setproduct,
    "setsubtract": _sets,
    "setunion": _sets,
    "slice": _slice,
    "sum": lambda _: "number",
    "values": _values,
    "zipmap": _zipmap,
}
