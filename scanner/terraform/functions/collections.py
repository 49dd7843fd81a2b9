"""Lists in, lists out: concat, flatten, distinct, compact, sort, slice, range ...

https://developer.hashicorp.com/terraform/language/functions/concat
"""

from collections.abc import Callable

from graphs.unknown import Template, Unknown
from scanner.errors import FunctionProblem
from scanner.terraform.functions.function import (
    COMPARED,
    MANY,
    MAX_ELEMENTS,
    OUTER,
    OWN,
    ArgumentProblem,
    Context,
    Function,
    bounded,
    search,
    unknown,
)
from scanner.terraform.functions.numeric import whole
from scanner.terraform.values import mark
from scanner.terraform.values.conversion import convert
from scanner.terraform.values.kinds import kind, name, unify
from scanner.terraform.values.number import Number, rounded
from scanner.terraform.values.shapes import (
    Ephemeral,
    List,
    Sensitive,
    Set,
    Value,
    first_null,
    is_null,
    sort_key,
    type_of,
)

MAX_RANGE = 1024
"""Terraform's own limit."""


def _concat(*lists: Value) -> Value:
    if not lists:
        raise FunctionProblem("at least one argument is required")
    for position, each in enumerate(lists):
        if not isinstance(each, tuple) or isinstance(each, Set):
            of = type_of(each)
            got = kind(of) if kind(of) in ("tuple", "object") else name(of)
            message = f"all arguments must be lists or tuples; got {got}"
            raise ArgumentProblem(position, message)
    bounded(sum(map(len, lists)), MAX_ELEMENTS, "elements")  # type: ignore[arg-type]
    joined = tuple([element for each in lists for element in each])  # type: ignore[attr-defined]
    if not all(isinstance(each, List) for each in lists):
        return joined
    shared = unify([each.of for each in lists])  # type: ignore[attr-defined]
    if shared is None:
        return joined
    return List([convert(element, shared) for element in joined], shared)


def _flatten(items: Value) -> Value:
    """All nested lists in one tuple.

    An unknown that stands directly in the argument may be a list, so nothing is known then;
    inside a nested list it is taken for an element.
    """
    if isinstance(items, Unknown):
        return unknown("flatten", items)
    if not isinstance(items, tuple):
        raise FunctionProblem("can only flatten lists, sets and tuples")
    if any(isinstance(each, Unknown) for each in items) and not _scalars(items):
        return unknown("flatten", items)
    search(items)  # refuses what is too large to walk through
    found: list[Value] = []
    secret = _flatten_into(items, found)
    return mark(tuple(found), secret)


def _scalars(items: tuple[Value, ...]) -> bool:
    return isinstance(items, List | Set) and items.of in ("string", "number", "bool")


def _flatten_into(items: tuple[Value, ...], found: list[Value]) -> bool:
    """Appends the elements; true if a nested list was secret."""
    secret = False
    for each in items:
        inner = each.value if isinstance(each, Sensitive) else each
        if isinstance(inner, tuple):
            secret = _flatten_into(inner, found) or secret or isinstance(each, Sensitive)
        else:
            found.append(each)
    return secret


def _distinct(items: List) -> Value:
    """The first of each; unknown ones stay, as in a set, though two may turn out to be equal."""
    unique: dict[object, Value] = {}
    for each in items:
        unique.setdefault(sort_key(each), each)
    return List(unique.values(), items.of)


def _compact(items: Value) -> Value:
    if not isinstance(items, List) or any(_may_be_empty(each) for each in items):
        return unknown("compact", items)
    return List([each for each in items if not is_null(each) and each != ""], "string")


def _may_be_empty(value: Value) -> bool:
    if isinstance(value, Template):
        return not any(isinstance(part, str) for part in value.parts)
    return isinstance(value, Unknown)


def _chunklist(items: List, size: Value) -> Value:
    width = whole(size)
    if width < 0:
        raise FunctionProblem("the size argument must be positive")
    if not items:
        return List((), ("list", items.of))
    step = width or len(items)
    chunks = [List(items[at : at + step], items.of) for at in range(0, len(items), step)]
    return List(chunks, ("list", items.of))


def _reverse(items: Value) -> Value:
    if not isinstance(items, tuple):
        raise ArgumentProblem(0, f"can only reverse list or tuple values, not {_named(items)}")
    turned = reversed(items)
    return List(turned, items.of) if isinstance(items, List | Set) else tuple(turned)


def _named(value: Value) -> str:
    of = type_of(value)
    return kind(of) if kind(of) in ("tuple", "object") else name(of)


def _slice(items: Value, start: Value, end: Value) -> Value:
    if isinstance(items, Set):
        why = "because its elements do not have indices; explicitly convert to a list if the "
        why += "ordering of the result is not important"
        raise ArgumentProblem(0, f"cannot slice a set, {why}")
    if not isinstance(items, tuple):
        raise ArgumentProblem(0, "must be a list or tuple value")
    first, last = whole(start), whole(end)
    if first < 0:
        raise ArgumentProblem(1, "start index must not be less than zero")
    if last > len(items):
        message = "end index must not be greater than the length of the list"
        raise ArgumentProblem(2, message)
    if first > last:
        raise ArgumentProblem(1, "start index must not be greater than end index")
    part = items[first:last]
    return List(part, items.of) if isinstance(items, List) else part


def _sort(items: Value) -> Value:
    """By code point; of unknown elements only their number is known."""
    if not isinstance(items, List):
        return unknown("sort", items)
    if (at := first_null(items)) is not None:
        message = f"given list element {at} is null; a null string cannot be sorted"
        raise FunctionProblem(message)
    if any(isinstance(each, Unknown | Template) for each in items):
        whole_list = unknown("sort", items)
        return List([_place(whole_list, at) for at in range(len(items))], "string")
    return List(sorted(items), "string")  # type: ignore[type-var]


def _place(sorted_list: Unknown, at: int) -> Unknown:
    return Unknown(sorted_list.cause, f"{sorted_list.what}[{at}]", sorted_list.refers)


def _range(*params: Number) -> List:
    if not 1 <= len(params) <= 3:
        raise FunctionProblem("must have one, two, or three arguments")
    start, end = (0, params[0]) if len(params) == 1 else (params[0], params[1])
    step = params[2] if len(params) == 3 else (-1 if end < start else 1)
    if end != start and (end > start) != (step > 0) and step != 0:
        kind_, than = ("positive", "greater") if step > 0 else ("negative", "less")
        must = f"end must be {than} than start when step is {kind_}"
        raise ArgumentProblem(0, must)
    found: list[Number] = []
    at: Number = start
    while (at > end) if step < 0 else (at < end):
        if len(found) >= MAX_RANGE:
            either = "either decrease the difference between start and end or use a smaller step"
            raise FunctionProblem(f"more than {MAX_RANGE} values were generated; {either}")
        found.append(at)
        at = rounded(at + step)
    return List(found, "number")


def _decided_by(name_: str, decisive: bool) -> Callable[[Context, Value], Value]:
    """Alltrue is decided by a false, anytrue by a true; null counts as false.

    Terraform's alltrue gives up at the first unknown element.
    """

    def run(context: Context, items: Value) -> Value:
        if not isinstance(items, tuple):
            return unknown(name_, items)
        plain = [_unmarked(each) for each in items]
        if context.exact and not decisive:
            first = next((at for at, each in enumerate(plain) if isinstance(each, Unknown)), None)
            plain = plain if first is None else plain[: first + 1]
        if any((each is True) is decisive for each in plain if not isinstance(each, Unknown)):
            return decisive
        if any(isinstance(each, Unknown) for each in plain):
            return unknown(name_, items)
        return not decisive

    return run


def _unmarked(value: Value) -> Value:
    return _unmarked(value.value) if isinstance(value, Sensitive | Ephemeral) else value


FUNCTIONS = (
    Function("alltrue", _decided_by("alltrue", False), unknowns=OWN, takes_context=True),
    Function("anytrue", _decided_by("anytrue", True), unknowns=OWN, takes_context=True),
    Function("chunklist", _chunklist, unknowns=OUTER, marks=OUTER, forgets=2, shallow=True),
    Function("compact", _compact, unknowns=OWN),
    Function("concat", _concat, unknowns=OUTER, marks=OUTER, forgets=MANY, shallow=True),
    Function("distinct", _distinct, unknowns=OUTER, wary=True, effort=COMPARED),
    Function("flatten", _flatten, unknowns=OWN, marks=OUTER, forgets=1),
    Function("range", _range),
    Function("reverse", _reverse, unknowns=OUTER, marks=OUTER, forgets=1, shallow=True),
    Function("slice", _slice, unknowns=OUTER, marks=OUTER, forgets=1, shallow=True),
    Function("sort", _sort, unknowns=OWN),
)
