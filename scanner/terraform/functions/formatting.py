"""format and formatlist, with Go's verbs; what is unknown leaves a hole in the text.

https://developer.hashicorp.com/terraform/language/functions/format
"""

import re
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from graphs.unknown import Template, Unknown, text
from scanner.errors import FunctionProblem, ValueProblem
from scanner.terraform.functions.function import (
    MAX_ELEMENTS,
    MAX_TEXT,
    OWN,
    ArgumentProblem,
    Function,
    bounded,
    unknown,
)
from scanner.terraform.functions.strings import clusters, count_clusters
from scanner.terraform.values import gotext, is_known
from scanner.terraform.values.conversion import convert
from scanner.terraform.values.json_text import normalized, to_json
from scanner.terraform.values.number import Number, is_negative, negated, rounded, text_of
from scanner.terraform.values.shapes import List, Value, is_null
from scanner.terraform.values.weight import extent

MAX_WIDTH = 10_000
"""Widest field and most decimals."""

_VERB = re.compile(r"%([ #+\-0]*)([1-9][0-9]*)?(?:\.([0-9]*))?(?:\[([0-9]+)\])?(.)", re.DOTALL)
_VERB_BEGINNING = re.compile(r"%[ #+\-0]*(?:[1-9][0-9]*)?(?:\.[0-9]*)?(?:\[[0-9]+\]?)?")


class _Verb(NamedTuple):
    raw: str
    offset: int
    flags: str
    width: int
    precision: "int | None"
    position: int
    mode: str


@lru_cache(maxsize=1024)
def _parsed(template: str) -> "tuple[tuple[str | _Verb, ...], int]":
    """The literal texts and verbs of a format, and how many arguments it uses."""
    parts: list[str | _Verb] = []
    done, position, most = 0, 0, 0
    while (start := template.find("%", done)) >= 0:
        parts.append(template[done:start])
        if template.startswith("%%", start):
            parts.append("%")
            done = start + 2
            continue
        verb = _verb(template, start, position)
        parts.append(verb)
        position, done = verb.position + 1, start + len(verb.raw)
        most = max(most, position)
    return (*parts, template[done:]), most


def _verb(template: str, start: int, position: int) -> _Verb:
    match = _VERB.match(template, start)
    if match is None or not match[5].isascii() or not match[5].isalpha():
        raise FunctionProblem(_unreadable(template, start))
    flags, width, precision, index, mode = match.groups()
    if index is not None and not 1 <= int(index[:9]) <= MAX_ELEMENTS:
        raise FunctionProblem(f"invalid argument index in {_named(match[0])} at offset {start}")
    return _Verb(
        raw=match[0],
        offset=start,
        flags=flags,
        width=_size(width or "0"),
        precision=None if precision is None else _size(precision or "0"),
        position=int(index) - 1 if index else position,
        mode=mode,
    )


def _size(digits: str) -> int:
    size = int(digits[:9])
    bounded(size, MAX_WIDTH, "characters in one field")
    return size


def _unreadable(template: str, start: int) -> str:
    match = _VERB_BEGINNING.match(template, start)
    at = match.end() if match else start + 1
    if at >= len(template):
        return f"invalid format string starting at offset {at}"
    return f"unrecognized format character '{template[at]}' at offset {at}"


def _named(raw: str) -> str:
    return gotext.quoted(raw)


def _format(template: Value, *args: Value) -> Value:
    if not isinstance(template, str):
        return unknown("format", template, *args)
    parts, used = _parsed(template)
    result = _filled(parts, args)
    _check_used(used, args)
    return result


def _check_used(used: int, args: Sequence[Value]) -> None:
    if used < len(args):
        many = f"only {used} used by" if used else "no verbs in"
        raise ArgumentProblem(used + 1, f"too many arguments; {many} format string")


def _filled(parts: "Sequence[str | _Verb]", args: Sequence[Value]) -> "str | Template":
    filled, size = [], 0
    for part in parts:
        field = part if isinstance(part, str) else _field(part, args)
        size += extent(field)
        bounded(size, MAX_TEXT, "characters")
        filled.append(field)
    if set(map(type, filled)) <= {str}:
        return normalized("".join(filled))  # type: ignore[arg-type]
    return text(filled)


def _field(verb: _Verb, args: Sequence[Value]) -> "str | Template | Unknown":
    if verb.position >= len(args):
        have = f"need index {verb.position + 1} but have {len(args)} total"
        where = f"{_named(verb.raw)} at {verb.offset}"
        raise FunctionProblem(f"not enough arguments for {where}: {have}")
    value = args[verb.position]
    if is_null(value) and verb.mode != "v":
        raise _unsupported(verb, "null value cannot be formatted")
    run = _MODES.get(verb.mode)
    if run is None:
        bad = f"unsupported format verb '{verb.mode}' in {_named(verb.raw)}"
        raise FunctionProblem(f"{bad} at offset {verb.offset}")
    if not is_known(value):
        return _hole(verb, value)
    return run(verb, value)


def _unsupported(verb: _Verb, why: str) -> FunctionProblem:
    return FunctionProblem(f"unsupported value for {_named(verb.raw)} at {verb.offset}: {why}")


def _hole(verb: _Verb, value: Value) -> "str | Template | Unknown":
    """What stands for an unknown value: itself, where the verb writes it as it is."""
    if not verb.width and verb.precision is None and not verb.flags:
        if isinstance(value, Unknown | Template):
            if verb.mode in "svdt":
                return value
        elif verb.mode == "v":
            return to_json(value)
    if not isinstance(value, Unknown | Template) and verb.mode != "v":
        raise _unsupported(verb, "string required")
    return unknown("format", verb.raw, value)


def _as_is(verb: _Verb, value: Value) -> str:
    if "#" not in verb.flags:
        if isinstance(value, str):
            return _padded(verb, value)
        if isinstance(value, int | Fraction | float) and not isinstance(value, bool):
            return _padded(verb, gotext.general(rounded(value)))
    return _padded(verb, str(to_json(value)))


def _string(verb: _Verb, value: Value) -> str:
    if type(value) is str and not verb.width and verb.precision is None and verb.mode == "s":
        return value
    converted = str(_converted(verb, value, "string"))
    if verb.precision:
        converted = "".join(clusters(converted)[: verb.precision])
    return _padded(verb, str(to_json(converted)) if verb.mode == "q" else converted)


def _bool(verb: _Verb, value: Value) -> str:
    """Terraform ignores the width here."""
    return "true" if _converted(verb, value, "bool") else "false"


def _converted(verb: _Verb, value: Value, to: str) -> Value:
    try:
        return convert(value, to)
    except ValueProblem as problem:
        raise _unsupported(verb, problem.message) from None


def _padded(verb: _Verb, field: str) -> str:
    if not verb.width:
        return field
    pad = ("0" if "0" in verb.flags else " ") * (verb.width - count_clusters(field))
    return field + pad if "-" in verb.flags else pad + field


def _integer(verb: _Verb, value: Value) -> str:
    whole = _converted(verb, value, "number")
    if isinstance(whole, Fraction) and whole.denominator == 1:
        whole = int(whole)
    if not isinstance(whole, int):
        raise _unsupported(verb, "an integer is required")
    base = {"d": "d", "o": "o", "b": "b"}.get(verb.mode, "x")
    digits = format(abs(whole), base) if base != "d" else text_of(abs(whole))
    digits = (digits.upper() if verb.mode == "X" else digits).rjust(verb.precision or 0, "0")
    prefix = ""
    if "#" in verb.flags:
        prefix = {"o": "0", "b": "0b", "x": "0x", "X": "0X"}.get(verb.mode, "")
    zeros = "0" in verb.flags and verb.precision is None
    return _signed(verb, whole < 0, prefix, digits, zeros)


def _signed(verb: _Verb, negative: bool, prefix: str, digits: str, zeros: bool) -> str:
    """Go's padding of numbers: zeros stand after the sign, and `-` turns them off."""
    sign = "-" if negative else "+" if "+" in verb.flags else " " if " " in verb.flags else ""
    sign += prefix
    room = verb.width - len(sign) - len(digits)
    if "-" in verb.flags:
        return sign + digits + " " * room
    return sign + "0" * room + digits if zeros else " " * room + sign + digits


def _float(verb: _Verb, value: Value) -> str:
    number = _converted(verb, value, "number")
    if not isinstance(number, int | Fraction | float):
        raise _unsupported(verb, "number required")
    if isinstance(number, float):
        plus = "" if number < 0 or "+" in verb.flags else "+"
        return _signed(verb, number < 0, plus, "Inf", zeros=False)
    digits = _float_digits(verb, rounded(negated(number) if is_negative(number) else number))
    digits = digits.upper() if verb.mode in "EG" else digits
    return _signed(verb, is_negative(number), "", digits, "0" in verb.flags)


def _float_digits(verb: _Verb, size: Number) -> str:
    decimals = 6 if verb.precision is None else verb.precision
    if verb.mode == "f":
        return gotext.fixed(size, decimals)
    if verb.mode in "eE":
        return gotext.exponential(size, decimals)
    return gotext.general(size, verb.precision)


_MODES = {
    "v": _as_is, "s": _string, "q": _string, "t": _bool,
    **dict.fromkeys("bdoxX", _integer), **dict.fromkeys("eEfgG", _float),
}  # fmt: skip


def _formatlist(template: Value, *args: Value) -> Value:
    """One text for each place in the lists; an unknown argument stands for one value in each."""
    lists = [(at, each) for at, each in enumerate(args) if isinstance(each, tuple)]
    if not isinstance(template, str) or (
        not lists and any(isinstance(each, Unknown) for each in args)
    ):
        return unknown("formatlist", template, *args)
    count = len(lists[0][1]) if lists else 1
    for at, each in lists:
        if len(each) != count:
            first = f"argument {lists[0][0] + 1} of length {count}"
            message = (
                f"argument {at + 1} has length {len(each)}, which is inconsistent with {first}"
            )
            raise ArgumentProblem(at + 1, message)
    bounded(count * len(args), MAX_ELEMENTS, "elements")
    return _format_each(template, args, count)


def _format_each(template: str, args: Sequence[Value], count: int) -> List:
    parts, used = _parsed(template)
    if count:
        _check_used(used, args)
    rows, size = [], 0
    for at in range(count):
        row = [each[at] if isinstance(each, tuple) else each for each in args]
        try:
            rows.append(_filled(parts, row))
            size += extent(rows[-1])
            bounded(size, MAX_TEXT, "characters")
        except FunctionProblem as problem:
            message = f"error on format iteration {at}: {problem.message}"
            raise FunctionProblem(message) from None
    return List(rows, "string")


FUNCTIONS = (
    Function("format", _format, unknowns=OWN),
    Function("formatlist", _formatlist, unknowns=OWN),
)
