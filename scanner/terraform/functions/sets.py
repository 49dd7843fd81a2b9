"""Functions of sets: setunion, setintersection, setsubtract, setproduct.

https://developer.hashicorp.com/terraform/language/functions/setunion
"""

import itertools
import math

from scanner.errors import FunctionProblem
from scanner.terraform.functions.function import (
    COMPARED,
    MAX_ELEMENTS,
    OUTER,
    ArgumentProblem,
    Function,
    bounded,
)
from scanner.terraform.values.conversion import convert
from scanner.terraform.values.kinds import Type, unify
from scanner.terraform.values.shapes import List, Set, Value, set_of, sort_key, type_of


def _alike(sets: tuple[Set, ...]) -> tuple[list[Set], Type]:
    """The sets with their elements converted to one type."""
    of = unify([each.of for each in sets])
    if of is None:
        raise FunctionProblem("given sets must all have compatible element types")
    return [each if each.of == of else _as_set(each, of) for each in sets], of


def _as_set(items: Set, of: Type) -> Set:
    return set_of([convert(each, of) for each in items], of)


def _union(*sets: Set) -> Set:
    alike, of = _alike(sets)
    return set_of(itertools.chain.from_iterable(alike), of)


def _intersection(*sets: Set) -> Set:
    alike, of = _alike(sets)
    common = set.intersection(*[set(map(sort_key, each)) for each in alike])
    return Set([each for each in alike[0] if sort_key(each) in common], of)


def _subtract(one: Set, other: Set) -> Set:
    (kept, dropped), of = _alike((one, other))
    gone = set(map(sort_key, dropped))
    return Set([each for each in kept if sort_key(each) not in gone], of)


def _product(*sets: Value) -> Value:
    """All combinations: a set if any argument is one, else a list in order."""
    if len(sets) < 2:
        raise FunctionProblem("at least two arguments are required")
    lists = [_as_list(position, each) for position, each in enumerate(sets)]
    bounded(math.prod(map(len, lists)) * len(lists), MAX_ELEMENTS, "elements")
    of = ("tuple", tuple([each.of for each in lists]))
    combined = itertools.product(*lists)
    if any(isinstance(each, Set) for each in sets):
        return set_of(combined, of)
    return List(combined, of)


def _as_list(position: int, items: Value) -> List:
    if not isinstance(items, tuple):
        raise ArgumentProblem(position, "a set or a list is required")
    of = items.of if isinstance(items, List | Set) else unify([type_of(each) for each in items])
    if of is None:
        raise ArgumentProblem(position, "all elements must be of the same type")
    return List([convert(each, of) for each in items], of)


FUNCTIONS = (
    Function("setintersection", _intersection, effort=COMPARED),
    Function("setproduct", _product, unknowns=OUTER, effort=COMPARED),
    Function("setsubtract", _subtract, effort=COMPARED),
    Function("setunion", _union, unknowns=OUTER, effort=COMPARED),
)
