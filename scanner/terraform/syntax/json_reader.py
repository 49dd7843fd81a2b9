"""Reads JSON and keeps where everything stands; RFC 8259, as strict as Terraform.

The standard reader keeps no places, and takes a key that is set twice for one.
"""

import json
import re
from typing import Any, Final, NamedTuple, NoReturn

from scanner.errors import SyntaxProblem
from scanner.terraform.syntax.tokens import MAX_DIGITS, MAX_EXPONENT, line_and_column
from scanner.terraform.values import number

MAX_NESTING: Final = 80

_TOKEN = re.compile(
    r'[ \t\r\n]*(?:(?P<string>"(?:[^"\\\x00-\x1f]|\\.)*+")|(?P<number>-?[0-9][0-9.eE+-]*+)'
    r"|(?P<word>true|false|null)|(?P<sign>[\[\]{},:]))"
)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?([0-9]+))?", re.ASCII)
_WORDS: Final = {"true": True, "false": False, "null": None}
_SURROGATE = re.compile("[\ud800-\udfff]")
_CHARACTER = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|[^\\]",
    re.DOTALL,
)


class Item(NamedTuple):
    """A JSON value and where it stands.

    kind is object, array, string, number or word (true, false, null). The value of an object is a
    tuple of (key item, value item), that of an array a tuple of items.
    """

    kind: str
    start: int
    end: int
    value: Any


def read(text: str, name: str) -> Item:
    """The value of a whole text. Raises SyntaxProblem."""
    return _Reader(text, name).whole()


def places(text: str, item: Item) -> "range | list[int]":
    """Where each character of a string stands in the text, and where behind it the quote does."""
    start, end = item.start + 1, item.end - 1
    if "\\" not in text[start:end]:
        return range(start, end + 1)
    return [*(each.start() for each in _CHARACTER.finditer(text, start, end)), end]


class _Reader:
    """Walks a text once."""

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name
        self.at = 0

    def problem(self, message: str, offset: int) -> NoReturn:
        raise SyntaxProblem(message, self.name, *line_and_column(self.text, offset))

    def whole(self) -> Item:
        item = self.item(0)
        rest = self.text[self.at :].lstrip(" \t\r\n")
        if rest:
            self.problem("more after the end of the JSON value", len(self.text) - len(rest))
        return item

    def token(self) -> "re.Match[str]":
        match = _TOKEN.match(self.text, self.at)
        if match is None:
            rest = self.text[self.at :].lstrip(" \t\r\n")
            what = f"{rest[0]!r} is not JSON" if rest else "the JSON ends too early"
            self.problem(what, len(self.text) - len(rest))
        self.at = match.end()
        return match

    def item(self, depth: int) -> Item:
        match = self.token()
        kind = match.lastgroup or ""
        start, source = match.start(kind), match[kind]
        if depth > MAX_NESTING:
            self.problem(f"nested more than {MAX_NESTING} levels deep", start)
        if kind == "string":
            return Item(kind, start, self.at, self.string(source, start))
        if kind == "number":
            return Item(kind, start, self.at, self.number(source, start))
        if kind == "word":
            return Item(kind, start, self.at, _WORDS[source])
        if source == "{":
            return Item("object", start, *self.pairs(depth))
        if source == "[":
            return Item("array", start, *self.items(depth))
        return self.problem(f"{source!r} stands where a value should", start)

    def string(self, source: str, start: int) -> str:
        try:
            return _SURROGATE.sub("\ufffd", json.loads(source))
        except ValueError as problem:
            self.problem(f"not a JSON string: {problem}", start)

    def number(self, source: str, start: int) -> Any:
        match = _NUMBER.fullmatch(source)
        if match is None:
            self.problem(f"{source[:40]!r} is not a JSON number", start)
        if len(source) > MAX_DIGITS or int(match[1] or "0") > MAX_EXPONENT:
            self.problem("a number with too many digits", start)
        return number.parse(source)

    def sign(self, signs: str) -> str:
        match = self.token()
        if match["sign"] is None or match["sign"] not in signs:
            wanted = " or ".join(map(repr, signs))
            self.problem(f"expected {wanted}, found {match[0].strip()[:40]!r}", match.end() - 1)
        return match["sign"]

    def pairs(self, depth: int) -> tuple[int, Any]:
        pairs: list[tuple[Item, Item]] = []
        if self.closes("}"):
            return self.at, ()
        while True:
            key = self.item(depth + 1)
            if key.kind != "string":
                self.problem("a key must be a string", key.start)
            self.sign(":")
            pairs.append((key, self.item(depth + 1)))
            if self.sign(",}") == "}":
                return self.at, tuple(pairs)

    def items(self, depth: int) -> tuple[int, Any]:
        items: list[Item] = []
        if self.closes("]"):
            return self.at, ()
        while True:
            items.append(self.item(depth + 1))
            if self.sign(",]") == "]":
                return self.at, tuple(items)

    def closes(self, sign: str) -> bool:
        match = _TOKEN.match(self.text, self.at)
        if match is None or match["sign"] != sign:
            return False
        self.at = match.end()
        return True
