"""Unknowns that come of other Unknowns: parts of one, and expressions over several.

The name of an expression spells it out over the names at its bottom (`var.a ? "x" : "y"`), never
over the names of the place it stands in, so that equal names mean equal values everywhere.
"""

from collections.abc import Iterable
from fractions import Fraction
from hashlib import blake2b

from graphs.unknown import Cause, Place, Referent, Template, Unknown, unknowns_in
from scanner.terraform.values import (
    ANY,
    Ephemeral,
    Known,
    Sensitive,
    Type,
    Value,
    is_null,
    to_string,
)

LONGEST_NAME = 160
_FOLLOWED = (Cause.COMPUTED, Cause.DATA)


def part(of: Unknown, step: str, kind: Type = ANY) -> Unknown:
    """The part of an unknown value at `.name` or `[key]`; what it refers to goes along.

    `kind` is its type where the whole value promises one.

    >>> part(Unknown(Cause.VARIABLE, "var.vpc"), ".id").what
    'var.vpc.id'
    """
    refers = of.refers
    if of.cause in _FOLLOWED and len(refers) == 1:
        path = refers[0].attribute + step
        refers = (Referent(refers[0].address, path.removeprefix(".")),)
    known = None if kind == ANY else Known(kind)
    return Unknown(of.cause, shortened(of.what + step), refers, of.place, of.origins, known)


def derived(
    what: str,
    operands: Iterable[Value],
    place: Place | None = None,
    also: Iterable[Value] = (),
    known: Known | None = None,
) -> Unknown:
    """The unknown result of an expression over these operands.

    It refers to what the operands refer to. Those in `also` merely decide it, as the test of a
    conditional does: they are among its origins and nothing it refers to.
    """
    refers: dict[Referent, None] = {}
    roots: dict[Unknown, None] = {}
    for operand in operands:
        for hole in _holes(operand):
            refers.update(dict.fromkeys(hole.refers))
            roots.update(dict.fromkeys(hole.roots))
    for operand in also:
        roots.update(dict.fromkeys(root for hole in _holes(operand) for root in hole.roots))
    return Unknown(Cause.EXPRESSION, shortened(what), tuple(refers), place, tuple(roots), known)


def _holes(value: Value) -> list[Unknown]:
    """The Unknowns in a value, secrets' too, in a stable order."""
    if isinstance(value, Unknown):
        return [value]
    if isinstance(value, Sensitive | Ephemeral):
        return _holes(value.value)
    if isinstance(value, Template):
        return [each for each in value.parts if isinstance(each, Unknown)]
    if isinstance(value, dict):
        return [hole for key in sorted(value) for hole in _holes(value[key])]
    if isinstance(value, tuple):
        return [hole for each in value for hole in _holes(each)]
    return sorted(unknowns_in(value), key=lambda hole: hole.what)


def shortened(what: str) -> str:
    """A name of bearable length; where it is cut, a digest of all of it keeps it unique."""
    if len(what) <= LONGEST_NAME:
        return what
    digest = blake2b(what.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
    return f"{what[: LONGEST_NAME - 12]}...#{digest}"


def symbol(value: Value) -> str:
    """A value as it stands in the name of an expression; secrets stay hidden."""
    if isinstance(value, Unknown):
        return value.what
    if is_null(value):
        return "null"
    if isinstance(value, str | Template):
        return shortened(f'"{value}"')
    if isinstance(value, bool | int | Fraction | float):
        return str(to_string(value))
    if isinstance(value, dict):
        return shortened(_pairs(value))
    if isinstance(value, tuple):
        return shortened("[" + ", ".join(map(symbol, value)) + "]")
    return "(sensitive)"


def _pairs(value: dict[str, Value]) -> str:
    return "{" + ", ".join(f"{key} = {symbol(value[key])}" for key in sorted(value)) + "}"
