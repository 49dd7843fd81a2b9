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

Parentheses leave no node. Strings are in Unicode normal form C, as Terraform keeps them. A text
is at most MAX_SIZE characters, brackets nest at most MAX_NESTING deep, and no tree is deeper than
MAX_DEPTH nodes, so that whoever walks one may recurse.
"""

from bisect import bisect_right
from dataclasses import dataclass, field

from graphs.unknown import Place
from scanner.terraform.grammar import Block, Body, Parser
from scanner.terraform.templates import Tokens, scan
from scanner.terraform.tokens import Attribute, Node, SyntaxProblem, line_and_column

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

MAX_SIZE = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class File:
    """A parsed file; comments are (offset, text) with their signs, in order."""

    name: str
    text: str
    body: Body
    comments: tuple[tuple[int, str], ...]
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


def parse(text: str, name: str) -> File:
    """Parse a whole file; raises SyntaxProblem."""
    tokens = checked_scan(text, name, "file")
    body = Parser(tokens, text, name).body("end")
    return File(name, text, body, tuple(tokens.comments))


def parse_expression(text: str, name: str) -> Node:
    """Parse a lone expression, in which line breaks mean nothing; raises SyntaxProblem."""
    parser = Parser(checked_scan(text, name, "expression"), text, name)
    return parser.whole(parser.expression)


def parse_template(text: str, name: str) -> Node:
    """Parse a bare template, such as templatefile() reads; raises SyntaxProblem."""
    parser = Parser(checked_scan(text, name, "text"), text, name)
    return parser.whole(parser.template)


def checked_scan(text: str, name: str, ground: str) -> Tokens:
    """Refuse what cannot be a text, then cut it into tokens."""
    if len(text) > MAX_SIZE:
        raise SyntaxProblem(f"larger than {MAX_SIZE} characters", name, 1, 1)
    zero = text.find("\0")
    if zero >= 0:
        raise SyntaxProblem("binary content", name, *line_and_column(text, zero))
    return scan(text, name, ground)
