"""JSON as terraform writes and reads it, with holes where something is not known.

https://developer.hashicorp.com/terraform/language/functions/jsonencode
"""

import json
import re
import unicodedata
from fractions import Fraction

from graphs.document import NotJson, read_json
from graphs.unknown import Cause, Template, Unknown, text
from scanner.errors import ValueProblem
from scanner.terraform.values import number
from scanner.terraform.values.conversion import referents
from scanner.terraform.values.shapes import Ephemeral, Null, Sensitive, Value

_ESCAPED = re.compile("[<>&\u2028\u2029]")
_ODD = re.compile("[0-9]{150}|\\b0\\b|Infinity")
"""What may be more than a 512-bit integer, a minus zero or infinite."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


def to_json(value: Value) -> "str | Template":
    """Compact JSON with sorted keys; <, > and & escaped.

    Where a whole value is unknown its hole stands unquoted; a hole within a string stands inside
    the quotes. Terraform itself would make the whole text unknown. Marks are ignored.
    """
    try:
        encoded = _encode(value)
    except (TypeError, ValueError):  # Python writes no Fraction, and no number of 4,300 digits
        encoded = None
    if encoded is not None and _ODD.search(encoded) is None:
        return _escaped(encoded)
    parts: list[str | Template | Unknown] = []
    _write(value, parts)
    return text(parts)


def _escaped(encoded: str) -> str:
    if _ESCAPED.search(encoded) is None:
        return encoded
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", encoded)


def _write(value: Value, parts: "list[str | Template | Unknown]") -> None:
    """Append the JSON of a value that the standard encoder does not take."""
    if isinstance(value, Sensitive | Ephemeral):
        _write(value.value, parts)
    elif isinstance(value, Null):
        parts.append("null")
    elif isinstance(value, Unknown):
        parts.append(value)
    elif isinstance(value, Template):
        quoted = [_escaped(_encode(p))[1:-1] if isinstance(p, str) else p for p in value.parts]
        parts += ['"', *quoted, '"']
    elif isinstance(value, int | Fraction | float) and not isinstance(value, bool):
        if isinstance(value, float):
            raise ValueProblem("cannot serialize infinity as JSON")
        parts.append(number.text_of(value))
    elif isinstance(value, tuple):
        _write_items([("", each) for each in value], "[]", parts)
    elif isinstance(value, dict):
        items = [(_escaped(_encode(key)) + ":", value[key]) for key in sorted(value)]
        _write_items(items, "{}", parts)
    else:
        parts.append(_escaped(_encode(value)))


def _write_items(
    items: list[tuple[str, Value]], brackets: str, parts: "list[str | Template | Unknown]"
) -> None:
    parts.append(brackets[0])
    for at, (key, each) in enumerate(items):
        parts.append("," + key if at else key)
        _write(each, parts)
    parts.append(brackets[1])


def from_json(source: "str | Template") -> Value:
    """The value of a JSON text: arrays become tuples, objects dicts, numbers exact.

    A hole is taken for one value, or for part of a string, as to_json leaves it. Where that does
    not give JSON the value is unknown.
    """
    if isinstance(source, Template):
        return _from_template(source)
    try:
        return _adopted(_decoder.decode(source))
    except json.JSONDecodeError as problem:
        raise ValueProblem(_explain(problem, source)) from None
    except RecursionError:
        raise ValueProblem("JSON is nested too deeply") from None


def _from_template(source: Template) -> Value:
    try:
        decoded = read_json(
            source, parse_float=_number, parse_int=_number, parse_constant=_no_constant
        )
        return _adopted(decoded)
    except (NotJson, ValueProblem):
        return Unknown(Cause.EXPRESSION, f'jsondecode("{str(source)[:60]}")', referents(source))


def _explain(problem: json.JSONDecodeError, source: str) -> str:
    if problem.pos >= len(source.rstrip()):
        return "unexpected end of JSON"
    return f"invalid JSON at line {problem.lineno}, column {problem.colno}: {problem.msg}"


def _number(source: str) -> number.Number:
    parsed = number.parse(source)
    if parsed is None:
        raise ValueProblem(f"JSON number {source[:40]} is too large")
    return parsed


def _no_constant(source: str) -> Value:
    raise ValueProblem(f"{source} is not JSON")


_decoder = json.JSONDecoder(parse_float=_number, parse_int=_number, parse_constant=_no_constant)


def _adopted(value: object) -> Value:
    """What JSON says, as terraform holds it. Raises ValueProblem where a key has a hole."""
    if isinstance(value, str):
        return normalized(value)
    if isinstance(value, Template):
        return text(normalized(p) if isinstance(p, str) else p for p in value.parts)
    if isinstance(value, list):
        return tuple([_adopted(each) for each in value])
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise ValueProblem("a key is not known")
        return {normalized(key): _adopted(each) for key, each in value.items()}
    return value


def normalized(source: str) -> str:
    """The text in Unicode's normal form C, as every terraform string is."""
    if source.isascii():
        return source
    return unicodedata.normalize("NFC", _SURROGATE.sub("\ufffd", source))
