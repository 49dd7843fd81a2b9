"""Where the parser stands among the tokens, and how it says what is wrong there."""

from typing import Any, NoReturn

from scanner.errors import SyntaxProblem
from scanner.terraform.syntax.tokens import MAX_NESTING, Tokens, line_and_column

# Kinds whose value is a node or an Attribute, which have their start in second place.
SIMPLE = frozenset(("name", "ref", "str", "lit"))
NODES = SIMPLE | {"argument", "setting", "call"}
WORDS = {
    "line": "the end of the line",
    "argument": "the end of the line",
    "setting": "the end of the line",
    "call": "a function call",
    "end": "the end of the text",
    "open": "a template",
    "close": "the end of the template",
    "text": "text",
    "lit": "a constant",
    "str": "a string",
    "ref": "a reference",
    "name": "a name",
    "{for": "'{'",
}


class Cursor:
    """Tokens, and the index `at` of the next one.

    `links` counts what makes a tree deeper without a bracket, `depth` what makes the parser
    recurse without one.
    """

    __slots__ = ("at", "depth", "kinds", "links", "name", "text", "values")

    def __init__(self, tokens: Tokens, text: str, name: str) -> None:
        self.kinds = tokens.kinds
        self.values: list[Any] = tokens.values
        self.text = text
        self.name = name
        self.at = 0
        self.links = 0
        self.depth = 0

    def problem(self, message: str, offset: int) -> NoReturn:
        """Refuse the text because of what stands at an offset."""
        raise SyntaxProblem(message, self.name, *line_and_column(self.text, offset))

    def offset(self) -> int:
        """Where the next token begins."""
        kind, value = self.kinds[self.at], self.values[self.at]
        if isinstance(value, int):
            return value
        return int(value[1] if kind in NODES else value[0])

    def unexpected(self, wanted: str) -> NoReturn:
        """Refuse the next token."""
        kind = self.kinds[self.at]
        found = WORDS.get(kind, repr(kind))
        if kind == "name":
            found = repr(self.values[self.at][3])
        self.problem(f"expected {wanted}, found {found}", self.offset())

    def take(self, kind: str, wanted: str) -> int:
        """Read one token of this kind and return its value, an offset."""
        if self.kinds[self.at] != kind:
            self.unexpected(wanted)
        self.at += 1
        return int(self.values[self.at - 1])

    def deepen(self, offset: int) -> None:
        """Count one recursion that no bracket bounds; the caller takes it back."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            self.problem(f"nested more than {MAX_NESTING} levels deep", offset)

    def word(self, wanted: str) -> str:
        """Read one name."""
        if self.kinds[self.at] != "name":
            self.unexpected(wanted)
        self.at += 1
        return str(self.values[self.at - 1][3])

    def first_name(self) -> str:
        """The root of the name or reference that comes next."""
        _, start, end, *_ = self.values[self.at]
        return self.text[start:end].partition(".")[0]
