"""Parses HCL native syntax into trees of tuples.

After https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md, accepting exactly what
Terraform accepts: `tokens` cuts code, `templates` cuts template text, `grammar` builds the tree.
Nothing is evaluated.

An expression node is a tuple (kind, start, end, ...); start and end are offsets of characters.

    ("lit", s, e, value)            None, bool, int, Fraction or str. A number is an int when it is
                                    integral, else an exact Fraction
    ("tpl", s, e, parts)            a string with interpolations or directives. parts: str,
                                    expression nodes and directive nodes, with escapes decoded,
                                    trim markers and heredoc indentation applied
    ("wrap", s, e, expr)            a template that is one interpolation and nothing else, "${x}":
                                    the value of x itself
    ("var", s, e, name)             a root name: var, local, each, aws_vpc
    ("attr", s, e, obj, name)       obj.name
    ("index", s, e, obj, key)       obj[key], and obj.0 with key ("lit", s, e, 0)
    ("splat", s, e, source, each)   source[*] and source.*; each is applied to every element, for
                                    which ("item", s, e) stands in it. [*] takes all the [..] and
                                    .name that follow into each, .* only .name and .0
    ("call", s, e, name, args, expand)  name may hold "::"; expand is True for f(xs...)
    ("un", s, e, op, x)             op: - !
    ("bin", s, e, op, a, b)         op: || && == != < <= > >= + - * / %
    ("cond", s, e, test, yes, no)
    ("tuple", s, e, items)
    ("object", s, e, pairs)         pairs: (key node, value node); a bare name is a "lit" key
    ("fortuple", s, e, keyname | None, valname, coll, value, cond | None)
    ("forobject", s, e, keyname | None, valname, coll, key, value, cond | None, grouped)

Directive nodes, only among the parts of a "tpl":

    ("if", s, e, test, parts_then, parts_else)
    ("for", s, e, keyname | None, valname, coll, parts)

Parentheses leave no node, but the node inside begins and ends with them. Strings are in Unicode
normal form C, as Terraform keeps them; names are as they are written. A text is at most MAX_SIZE
characters, brackets nest at most 80 deep, and no tree is deeper than 240 nodes, so that whoever
walks one may recurse.
"""

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import NamedTuple

from graphs.unknown import Place
from scanner.errors import SyntaxProblem
from scanner.terraform.syntax.cursor import Cursor
from scanner.terraform.syntax.grammar import (
    FREE_LINKS,
    LINE_ENDS,
    check_depth,
    expression,
    template,
    whole,
)
from scanner.terraform.syntax.templates import scan
from scanner.terraform.syntax.tokens import Attribute, Node, line_and_column

__all__ = [
    "Attribute",
    "Block",
    "Body",
    "File",
    "Node",
    "SyntaxProblem",
    "decode",
    "parse",
    "parse_expression",
    "parse_template",
]

MAX_SIZE = 4 * 1024 * 1024
MAX_SIGNS = 500_000


class Body(NamedTuple):
    """Attributes by name and blocks, both in the order of the source."""

    attributes: dict[str, Attribute]
    blocks: tuple["Block", ...]


class Block(NamedTuple):
    """`type "label" { ... }`, from the type to the closing brace."""

    type: str
    labels: tuple[str, ...]
    body: Body
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class File:
    """A parsed file; comments are (offset, text) with their signs, in order.

    problems are those that cost a part of the file and not all of it.
    """

    name: str
    text: str
    body: Body
    comments: tuple[tuple[int, str], ...]
    problems: tuple[SyntaxProblem, ...] = ()
    _lines: list[int] = field(default_factory=list, init=False, repr=False, compare=False)

    def line(self, offset: int) -> int:
        """The line of an offset, from 1. The table of lines is made on the first question."""
        if not self._lines:
            self._lines.append(0)
            at = self.text.find("\n") + 1
            while at:
                self._lines.append(at)
                at = self.text.find("\n", at) + 1
        return bisect_right(self._lines, offset)

    def place(self, start: int, end: int) -> Place:
        """The lines from start to end, end excluded."""
        return Place(self.name, self.line(start), self.line(max(start, end - 1)))


def decode(content: bytes, name: str) -> str:
    """The text of a file, which must be UTF-8."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        raise SyntaxProblem("not UTF-8 text", name, line, column) from None


def check_size(text: str, name: str, most: int = MAX_SIZE) -> None:
    """Refuse a text that would take seconds to read and much memory to hold."""
    if len(text) > most:
        raise SyntaxProblem(f"larger than {most:,} characters", name, 1, 1)


def signs(text: str) -> int:
    """About how many things stand in a text; real ones take sixteen characters each and more."""
    return sum(map(text.count, ",+([{\n"))


def parse(text: str, name: str) -> File:
    """Parse a whole file; raises SyntaxProblem."""
    cursor, comments = opened(text, name, "file")
    return File(name, text, body(cursor, "end"), comments)


def parse_expression(text: str, name: str) -> Node:
    """Parse a lone expression, in which line breaks mean nothing; raises SyntaxProblem."""
    return whole(opened(text, name, "expression")[0], expression)


def parse_template(text: str, name: str) -> Node:
    """Parse a bare template, such as templatefile() reads; raises SyntaxProblem."""
    return whole(opened(text, name, "text")[0], template)


def opened(text: str, name: str, ground: str) -> tuple[Cursor, tuple[tuple[int, str], ...]]:
    """A cursor before the first token, and the comments."""
    check_size(text, name)
    if len(text) > MAX_SIGNS and signs(text) > MAX_SIGNS:
        what = f"more than {MAX_SIGNS:,} lines, brackets and commas"
        raise SyntaxProblem(what, name, 1, 1, fix="split the file")
    zero = text.find("\0")
    if zero >= 0:
        raise SyntaxProblem("binary content", name, *line_and_column(text, zero))
    tokens = scan(text, name, ground)
    return Cursor(tokens, text, name), tuple(tokens.comments)


def body(cursor: Cursor, closing: str) -> Body:
    """Attributes and blocks up to a brace, or to the end of the text."""
    kinds, values = cursor.kinds, cursor.values
    attributes: dict[str, Attribute] = {}
    blocks: list[Block] = []
    while True:
        kind = kinds[cursor.at]
        if kind == "argument":
            attribute = values[cursor.at]
            cursor.at += 1
        elif kind == "line":
            cursor.at += 1
            continue
        elif kind == "setting" or (kind == "name" and kinds[cursor.at + 1] == "="):
            attribute = argument(cursor)
            if kinds[cursor.at] not in LINE_ENDS:
                cursor.unexpected("a new line after an argument")
        elif kind == "name":
            blocks.append(block(cursor))
            if kinds[cursor.at] not in LINE_ENDS:
                cursor.unexpected("a new line after a block")
            continue
        elif kind == closing:
            return Body(attributes, tuple(blocks))
        else:
            cursor.unexpected("an argument or a block")
        name = attribute[0]
        if name in attributes:
            cursor.problem(f"argument {name!r} is set twice", attribute[1])
        attributes[name] = attribute


def argument(cursor: Cursor) -> Attribute:
    """`name = expression`."""
    _, start, _, name = cursor.values[cursor.at]
    cursor.at += 1 if cursor.kinds[cursor.at] == "setting" else 2
    cursor.links = 0
    node = expression(cursor)
    if cursor.links > FREE_LINKS:
        check_depth(cursor, node)
    # Half the time of Attribute(...), which goes through a function of its own.
    return tuple.__new__(Attribute, (name, start, node[2], node))


def block(cursor: Cursor) -> Block:
    """`type label "label" { ... }`, on one line or on many."""
    kinds, values = cursor.kinds, cursor.values
    _, start, _, kind = values[cursor.at]
    cursor.at += 1
    labels: list[str] = []
    while kinds[cursor.at] in ("name", "str"):
        labels.append(values[cursor.at][3])
        cursor.at += 1
    cursor.take("{", "'=' or '{'" if not labels else "'{'")
    following = kinds[cursor.at]
    if following == "name" and kinds[cursor.at + 1] == "=":
        only = argument(cursor)
        inside = Body({only.name: only}, ())
    elif following == "name":
        cursor.problem("a block on one line holds at most one argument", cursor.offset())
    else:
        inside = body(cursor, "}")
    end = cursor.take("}", "'}' after the only argument of a block on one line")
    return Block(kind, tuple(labels), inside, start, end + 1)
