"""Terraform's functions: `call` takes a name and values and gives the value terraform would give.

Arguments are converted by the table in signatures.json. Files are read through the context's
tree only. What depends on the clock, on chance or on the machine is Unknown.
https://developer.hashicorp.com/terraform/language/functions
"""

from collections.abc import Sequence
from typing import NamedTuple

from graphs.unknown import Cause, Unknown
from scanner.errors import FunctionProblem, TreeProblem, ValueProblem
from scanner.terraform.functions import (
    aws,
    collections,
    conversion,
    dates,
    encoding,
    files,
    formatting,
    hashing,
    lookup,
    network,
    numeric,
    patterns,
    rsa,
    sets,
    strings,
    yaml,
)
from scanner.terraform.functions.function import (
    DEEP,
    EPHEMERAL,
    MAX_TEXT,
    OWN,
    SECRET,
    STATE,
    UNKNOWN,
    ArgumentProblem,
    Context,
    Function,
    Parameter,
    Signature,
    bounded,
    search,
    signatures,
    unknown,
)
from scanner.terraform.functions.results import promised
from scanner.terraform.values import brief, is_known, unmark_deep
from scanner.terraform.values.conversion import convert
from scanner.terraform.values.shapes import Ephemeral, Sensitive, Value, is_null
from scanner.terraform.values.weight import CALL, PART

__all__ = ["LAZY", "Context", "FunctionProblem", "call", "names"]

LAZY = frozenset(("try", "can"))
"""Functions whose arguments may fail; only the evaluator can call them."""

_FAMILIES = (
    aws, collections, conversion, dates, encoding, files, formatting, hashing, lookup, network,
    numeric, patterns, rsa, sets, strings, yaml,
)  # fmt: skip


_UNTYPED = ("format", "formatlist")
"""A null of no type leaves their result unknown at plan; it fails at apply."""


class _Entry(NamedTuple):
    function: Function
    signature: Signature
    parameters: tuple[Parameter, ...]
    rest: "Parameter | None"


_TABLE: dict[str, _Entry] = {
    function.name: _Entry(function, own, own.parameters, own.rest)
    for family in _FAMILIES
    for function in family.FUNCTIONS
    for own in (signatures()[function.name],)
}


def names() -> frozenset[str]:
    """Every function there is, those of providers under their full names."""
    return frozenset(_TABLE) | LAZY


def call(name: str, args: Sequence[Value], context: Context) -> Value:
    """The value of a function call. Raises FunctionProblem where terraform would refuse.

    >>> call("join", ["-", ("a", 1)], Context())
    'a-1'
    """
    entry = _TABLE.get(name.removeprefix("core::"))
    if entry is None:
        raise FunctionProblem(f'There is no function named "{name}".')
    if len(args) != len(entry.parameters):
        _check_count(entry, len(args))
    function, scales = entry.function, context.scales
    size = scales.length if function.shallow else scales.size
    scales.spend(CALL + function.effort * sum(map(size, args)))
    try:
        return _call(entry, args, context)
    except ArgumentProblem as problem:
        raise _refused(entry, problem.position, problem.message) from None
    except FunctionProblem as problem:
        raise FunctionProblem(f'Call to function "{name}" failed: {problem.message}.') from None
    except (ValueProblem, TreeProblem) as problem:
        raise FunctionProblem(f'Call to function "{name}" failed: {problem}.') from None
    except RecursionError:
        raise FunctionProblem(f'Call to function "{name}" failed: nested too deeply.') from None


def _call(entry: _Entry, args: Sequence[Value], context: Context) -> Value:
    function = entry.function
    values, found = _arguments(entry, args)
    if function.name in _UNTYPED and None in args[1:]:
        return Unknown(Cause.EXPRESSION, f"{function.name}({', '.join(map(brief, args))})")
    wary = context.exact and function.wary and not all(map(is_known, values))
    if wary or (found and function.unknowns is not OWN and found & UNKNOWN):
        result: Value = unknown(function.name, *values)
    elif function.takes_context:
        result = function.run(context, *values)
    else:
        result = function.run(*values)
    if type(result) is Unknown:
        result = promised(function.name, entry.signature, values, result)
    elif type(result) is str:
        bounded(len(result), MAX_TEXT, "characters")
        context.scales.spend(len(result))
    elif isinstance(result, tuple | dict) and function.effort:
        context.scales.spend(PART * len(result))
    if context.exact and function.forgets and type(result) is Unknown:
        found = 0
        for arg in args[function.forgets :]:
            found |= _inspected(function, arg)[1] if type(arg) not in STATE else 0
    return _marked(result, found) if found & ~UNKNOWN else result


def _arguments(entry: _Entry, args: Sequence[Value]) -> tuple[list[Value], int]:
    """The converted arguments, freed of marks, and what was found in them."""
    function, _, parameters, rest = entry
    count = len(parameters)
    values, found = [], 0
    for position, arg in enumerate(args):
        parameter = parameters[position] if position < count or rest is None else rest
        state = STATE.get(type(arg))
        if state is None:
            plain, state = _inspected(function, arg)
            values.append(_converted(parameter, position, plain))
        else:
            values.append(_converted(parameter, position, arg))
        found |= state
    return values, found


def _inspected(function: Function, arg: Value) -> tuple[Value, int]:
    """An argument that is marked or has elements: freed of the marks that `call` deals with."""
    outer = 0
    if function.marks is not OWN:
        while isinstance(arg, Sensitive | Ephemeral):
            outer |= SECRET if isinstance(arg, Sensitive) else EPHEMERAL
            arg = arg.value
    elif isinstance(arg, Sensitive | Ephemeral):
        return arg, 0
    if not isinstance(arg, tuple | dict):
        return arg, outer | STATE[type(arg)]
    if function.marks is not DEEP and function.unknowns is not DEEP:
        return arg, outer
    inner = search(arg)
    if function.marks is not DEEP:
        inner &= UNKNOWN
    elif inner & ~UNKNOWN:
        arg = unmark_deep(arg)[0]
    return arg, outer | (inner if function.unknowns is DEEP else inner & ~UNKNOWN)


def _converted(parameter: Parameter, position: int, arg: Value) -> Value:
    of = parameter.type
    if is_null(arg):
        if parameter.nullable:
            return arg
        raise ArgumentProblem(position, "argument must not be null")
    if of == "any" or (of == "string" and type(arg) is str):
        return arg
    try:
        return convert(arg, of)
    except ValueProblem as problem:
        raise ArgumentProblem(position, problem.message) from None


def _marked(result: Value, found: int) -> Value:
    if found & SECRET and not isinstance(result, Sensitive):
        result = Sensitive(result)
    return Ephemeral(result) if found & EPHEMERAL else result


def _refused(entry: _Entry, position: int, message: str) -> FunctionProblem:
    known = position < len(entry.parameters)
    parameter = entry.parameters[position] if known else entry.rest
    label = parameter.name if parameter else str(position)
    return FunctionProblem(f'Invalid value for "{label}" parameter: {message}.')


def _check_count(entry: _Entry, given: int) -> None:
    name, wanted = entry.function.name, len(entry.parameters)
    if given < wanted:
        raise FunctionProblem(
            f'Function "{name}" expects {wanted} argument{"s" if wanted != 1 else ""}. '
            f'Missing value for "{entry.parameters[given].name}".'
        )
    if entry.rest is None:
        raise FunctionProblem(f'Function "{name}" expects only {wanted} argument(s).')
