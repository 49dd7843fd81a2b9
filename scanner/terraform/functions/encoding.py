"""JSON, base64, CSV and URLs: jsonencode, jsondecode, base64encode, csvdecode, urlencode ...

https://developer.hashicorp.com/terraform/language/functions/jsonencode
"""

import base64
import binascii
import codecs
import re

from graphs.unknown import Template, Unknown, text
from scanner.errors import FunctionProblem
from scanner.terraform.functions.function import (
    LETTER_BY_LETTER,
    OWN,
    PARSED,
    ArgumentProblem,
    Function,
    unknown,
)
from scanner.terraform.values.json_text import from_json, normalized, to_json
from scanner.terraform.values.kinds import object_of
from scanner.terraform.values.shapes import Known, List, Value, known_of

_CELL = re.compile(r'(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n|\Z)')
_TEXT_ENCODINGS = frozenset(
    (
        "utf", "iso8859", "cp", "mac", "koi8", "shift", "euc", "gb", "big5", "hz", "iso2022",
        "ascii", "latin", "tis", "windows",
    )
)  # fmt: skip


def _jsonencode(value: Value) -> Value:
    if not isinstance(value, Unknown):
        return to_json(value)
    known = known_of(value)
    return to_json(text(["", value])) if known == _TEXT else unknown("jsonencode", value)


_TEXT = Known("string", null=False)


def _jsondecode(source: Value) -> Value:
    if isinstance(source, str | Template):
        return from_json(source)
    return unknown("jsondecode", source)


def _base64encode(source: str) -> str:
    return base64.b64encode(source.encode()).decode()


def _decoded(source: str) -> bytes:
    """Standard base64 with its padding; line breaks within are skipped, as Go does."""
    try:
        return base64.b64decode(source.replace("\r", "").replace("\n", ""), validate=True)
    except (binascii.Error, ValueError):
        raise FunctionProblem(f'failed to decode base64 data "{source[:80]}"') from None


def _base64decode(source: str) -> str:
    try:
        return normalized(_decoded(source).decode())
    except UnicodeDecodeError:
        invalid = "the result of decoding the provided string is not valid UTF-8"
        raise FunctionProblem(invalid) from None


def _base64gzip(source: str) -> Unknown:
    """Another compressor would find other bytes than terraform's, so the text is not known."""
    return unknown("base64gzip", source)


def _codec(name: str) -> str:
    """Python's name for an encoding in the IANA registry."""
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        found = ""
    if not found.replace("_", "").replace("-", "").startswith(tuple(_TEXT_ENCODINGS)):
        what = "is not a supported IANA encoding name or alias in this Terraform version"
        raise ArgumentProblem(1, f'"{name}" {what}')
    return found


def _textencodebase64(source: str, encoding: str) -> str:
    codec = _codec(encoding)
    if codec == "utf-16":  # with a mark, and the high byte first, on every machine
        source, codec = "\ufeff" + source, "utf-16-be"
    try:
        return base64.b64encode(source.encode(codec)).decode()
    except UnicodeEncodeError:
        message = f"the given string contains characters that cannot be represented in {encoding}"
        raise ArgumentProblem(0, message) from None


def _textdecodebase64(source: str, encoding: str) -> str:
    codec = _codec(encoding)
    try:
        data = base64.b64decode(source.replace("\r", "").replace("\n", ""), validate=True)
    except (binascii.Error, ValueError):
        raise ArgumentProblem(0, "the given value is not valid base64") from None
    try:
        if codec == "utf-16" and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            codec = "utf-16-be"
        return normalized(data.decode(codec))
    except UnicodeDecodeError:
        symbols = f"the given string contains symbols that are not defined for {encoding}"
        raise ArgumentProblem(0, symbols) from None


def _urlencode(source: str) -> str:
    from urllib.parse import quote_plus

    return quote_plus(source, safe="")


def _csvdecode(source: str) -> List:
    rows = _csv_rows(source)
    if not rows:
        raise FunctionProblem("missing header line")
    header = rows[0]
    if len(set(header)) < len(header):
        twice = next(each for each in header if header.count(each) > 1)
        raise FunctionProblem(f'duplicate column name "{twice}"')
    names = sorted(header)
    of = object_of(dict.fromkeys(names, "string"))
    found = []
    for at, row in enumerate(rows[1:], 2):
        if len(row) != len(header):
            raise FunctionProblem(f"CSV parse error on line {at}: wrong number of fields")
        cells = dict(zip(header, map(normalized, row), strict=True))
        found.append({name: cells[name] for name in names})
    return List(found, of)


def _csv_rows(source: str) -> list[list[str]]:
    """Rows of the text, without empty lines. CRLF is LF; quotes stand around a whole cell only."""
    source = source.replace("\r\n", "\n")
    rows: list[list[str]] = []
    row: list[str] = []
    at = 0
    while at < len(source):
        if not row and source[at] == "\n":
            at += 1
            continue
        match = _CELL.match(source, at)
        if match is None:
            line = source.count("\n", 0, at) + 1
            raise FunctionProblem(f"CSV parse error on line {line}: misplaced quotes")
        quoted, bare, end = match.groups()
        row.append(bare if quoted is None else quoted.replace('""', '"'))
        at = match.end()
        if end != ",":
            rows.append(row)
            row = []
    if row:
        rows.append([*row, ""])
    return rows


FUNCTIONS = (
    Function("base64decode", _base64decode),
    Function("base64encode", _base64encode),
    Function("base64gzip", _base64gzip),
    Function("csvdecode", _csvdecode, effort=LETTER_BY_LETTER),
    Function("jsondecode", _jsondecode, unknowns=OWN, wary=True, effort=PARSED),
    Function("jsonencode", _jsonencode, unknowns=OWN, effort=2),
    Function("textdecodebase64", _textdecodebase64),
    Function("textencodebase64", _textencodebase64),
    Function("urlencode", _urlencode),
)
