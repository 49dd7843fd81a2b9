r"""Cuts HCL native syntax into tokens: two parallel lists, `kinds` and `values`.

After https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md. This file walks code;
`templates` walks the text inside quotes and heredocs.

Speed decides the shape. One regular expression matches whole tokens with the blanks before them:
a reference `a.b.c` is one token, so is a string without escapes, and so is a whole line
`name = simple`, together with the line break before it. The last is safe because an argument
alone on its line can only be an argument of a body or an item of an object.

Kinds, with their values:
    line                a line break that means something; offset
    argument            a line break, then this Attribute, then another line break
    name ref str lit    an operand's node: a root name, a reference with attributes, a string
                        that may be a label, any other constant
    open                where a template begins; (start, strips indentation)
    text                a literal piece of a template, decoded
    ${ %{               (start, trims the text to its left)
    ~}                  ends either and trims to the right; offset
    close               where a template ends; the offset behind it
    [*]                 (start, end)
    {for                the brace of a `for` expression; offset
    end                 the end of the text, twice; offset
and every other sign or bracket, which is its own kind and has its offset as value.

Brackets are matched here and their depth is bounded, so the parser meets no unbalanced one and
its recursion has an end.
"""

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple, NoReturn, TypeAlias
from unicodedata import normalize

Node: TypeAlias = tuple[Any, ...]

MAX_NESTING = 80
MAX_NAMES = 100
MAX_DIGITS = 4000


class SyntaxProblem(Exception):
    """Text that is not HCL: one sentence, and where."""

    def __init__(self, message: str, file: str, line: int, column: int) -> None:
        super().__init__(message, file, line, column)
        self.message = message
        self.file = file
        self.line = line
        self.column = column

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class Attribute(NamedTuple):
    """`name = expr`, from the name to the end of the expression."""

    name: str
    start: int
    end: int
    expr: Node


# Letters beyond ASCII are taken on trust here and judged where they occur (check_name).
NAME = r"[A-Za-z_\u0080-\U0010ffff][\w\-\u0080-\U0010ffff]*+"
STRING = r'"(?:[^"\\$%\r\n]++|[$%](?!\{))*+"'
NUMBER = r"[0-9]++(?:\.[0-9]++)?+(?:[eE][+-]?[0-9]++)?+(?!\.[0-9])"
INLINE = r"(?:[ \t]++|/\*[\s\S]*?\*/)*+"

CODE = re.compile(
    rf"""[ \t]*+(?:
      (?P<line>(?:\r?\n[ \t]*+)++)
      (?: (?P<key>{NAME})[ \t]*+=[ \t]*+
          (?: (?P<line_str>{STRING})
            | (?P<line_ref>{NAME}(?:\.{NAME})*+)
            | (?P<line_num>{NUMBER}) )
          (?=[ \t]*+(?:\r?\n|\#|//))
        | )
    | (?P<name>{NAME}) (?: (?P<ref>(?:\.{NAME})++) | )
    | (?P<str>{STRING})
    | (?P<comment>\#[^\n]*+ | //[^\n]*+ | /\*[\s\S]*?\*/)
    | (?P<opening>[\[({{])
    | (?P<closing>[\])] | ~?\}})
    | (?P<heredoc><<-?{NAME}\r?\n)
    | (?P<sign>=> | && | \|\| | \.\.\. | :: | [=!<>]= | [-=,.?:+*/%!<>])
    | (?P<num>{NUMBER})
    | (?P<quote>")
    | (?P<end>\Z)
    | (?P<bad>[\s\S]) )""",
    re.VERBOSE | re.ASCII,
)
FOR = re.compile(
    r"(?:[ \t\r\n]++|(?:#|//)[^\n]*+|/\*[\s\S]*?\*/)*+for(?![\w\-\u0080-\U0010ffff])", re.ASCII
)
STAR = re.compile(rf"{INLINE}\*{INLINE}\]")
GROUPS = CODE.groupindex
NAMED, STR, SIGN, KEY = (GROUPS[group] for group in ("name", "str", "sign", "key"))

CONSTANTS = {"true": True, "false": False, "null": None}
GROUNDS = frozenset(("file", "expression", "text"))
TEXTUAL = frozenset(('"', "<<", "text"))
JOINED = frozenset(("(", "[", "{for", "${", "expression"))
CLOSES = {")": ("(",), "]": ("[",), "}": ("{", "{for", "body", "${"), "~}": ("${",)}


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, both counted from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def reference(start: int, dotted: str) -> Node:
    """The node of `a.b.c` at `start`."""
    root, *names = dotted.split(".")
    at = start + len(root)
    node: Node = ("var", start, at, root)
    if root in CONSTANTS:
        node = ("lit", start, at, CONSTANTS[root])
    for name in names:
        at += 1 + len(name)
        node = ("attr", start, at, node, name)
    return node


class Lexer:
    """Walks a text once. `stack` tells what is open, innermost last, and since which offset.

    At its bottom lies the ground: "file", "expression" or "text". Above it "body", "{", "{for",
    "[", "(" and "${" hold code; '"' and "<<" hold the text of a template.
    """

    def __init__(self, text: str, name: str, ground: str) -> None:
        self.text = text
        self.name = name
        self.ascii = text.isascii()
        self.kinds: list[str] = []
        self.values: list[Any] = []
        self.comments: list[tuple[int, str]] = []
        self.stack: list[tuple[str, int]] = [(ground, 0)]
        self.joined = ground in JOINED
        self.handlers: dict[str, Callable[[re.Match[str]], int]] = {
            "line_str": self.argument,
            "line_ref": self.argument,
            "line_num": self.argument,
            "ref": self.ref,
            "opening": self.opening,
            "closing": self.closing,
            "comment": self.comment,
            "num": self.num,
            "str": self.plain,
            "quote": self.quote,
            "heredoc": self.heredoc,
            "end": self.end,
            "bad": self.bad,
        }

    def problem(self, message: str, offset: int) -> NoReturn:
        """Refuse the text because of what stands at an offset."""
        raise SyntaxProblem(message, self.name, *line_and_column(self.text, offset))

    def emit(self, kind: str, value: object) -> None:
        """Append one token."""
        self.kinds.append(kind)
        self.values.append(value)

    def push(self, bracket: str, offset: int) -> None:
        """Note that a bracket is open."""
        if len(self.stack) > MAX_NESTING:
            self.problem(f"nested more than {MAX_NESTING} levels deep", offset)
        self.stack.append((bracket, offset))
        self.joined = bracket in JOINED

    def pop(self) -> None:
        """Note that the innermost bracket is closed."""
        self.stack.pop()
        self.joined = self.stack[-1][0] in JOINED

    def code(self, pos: int) -> int:
        """Cut code from `pos` up to where the walk must begin anew; -1 is the end."""
        kind, value = self.kinds.append, self.values.append
        handlers, plain = self.handlers, self.ascii
        for match in CODE.finditer(self.text, pos):
            group = match.lastgroup
            if group == "line":
                if not self.joined:
                    kind("line")
                    value(match.start())
            elif group == "name":
                start, end = match.span(NAMED)
                name = match[NAMED]
                kind("name")
                value(("var", start, end, name))
                if not plain:
                    self.check_name(name, start)
            elif group == "sign":
                kind(match[SIGN])
                value(match.start(SIGN))
            elif group == "str" and plain:
                start, end = match.span(STR)
                kind("str")
                value(("lit", start, end, match[STR][1:-1]))
            elif again := handlers[group or "bad"](match):
                return again
        raise AssertionError("the end of the text always matches")

    def string(self, start: int, end: int) -> Node:
        """The node of a string without escapes, in Unicode's composed form as Terraform has it."""
        return ("lit", start, end, self.composed(self.text[start + 1 : end - 1]))

    def composed(self, text: str) -> str:
        """Text in Unicode normal form C."""
        return text if self.ascii or text.isascii() else normalize("NFC", text)

    def check_name(self, name: str, start: int) -> None:
        """Refuse signs beyond ASCII that cannot stand in an identifier."""
        if name.isascii():
            return
        at = start
        for part in name.split("."):
            for index, sign in enumerate(part):
                if not (sign if index == 0 else "a" + sign).replace("-", "_").isidentifier():
                    self.problem(f"invalid character {sign!r}", at + index)
            at += len(part) + 1

    def argument(self, match: re.Match[str]) -> int:
        """A line `name = simple`; no bracket but a brace can hold one."""
        group = match.lastgroup or ""
        start, end = match.span(group)
        name, at = match[KEY], match.start(KEY)
        if self.joined:
            self.problem(f"unexpected argument {name!r} inside brackets", at)
        if group == "line_str":
            node = self.string(start, end)
        elif group == "line_ref":
            node = self.dotted(start, end)
        else:
            node = self.number(start, end)
        if not self.ascii:
            self.check_name(name, at)
        self.kinds.append("argument")
        self.values.append(tuple.__new__(Attribute, (name, at, end, node)))
        return 0

    def dotted(self, start: int, end: int) -> Node:
        """The node of `a` or `a.b.c`, checked."""
        text = self.text[start:end]
        if not self.ascii:
            self.check_name(text, start)
        if end - start > MAX_NAMES and text.count(".") > MAX_NAMES:
            self.problem(f"a reference of more than {MAX_NAMES} names", start)
        return reference(start, text)

    def ref(self, match: re.Match[str]) -> int:
        """`a.b.c`."""
        self.emit("ref", self.dotted(match.start(NAMED), match.end()))
        return 0

    def plain(self, match: re.Match[str]) -> int:
        """A string without escapes, in a text that is not all ASCII."""
        self.emit("str", self.string(*match.span(STR)))
        return 0

    def number(self, start: int, end: int) -> Node:
        """The node of a number: exact, an int when integral."""
        digits = self.text[start:end]
        if digits.isdigit() and len(digits) <= MAX_DIGITS:
            return ("lit", start, end, int(digits))
        exponent = digits.lower().partition("e")[2].lstrip("+-0")
        if len(digits) > MAX_DIGITS or len(exponent) > 4 or int(exponent or 0) > MAX_DIGITS:
            self.problem("a number with too many digits", start)
        value = Fraction(digits)
        return ("lit", start, end, int(value) if value.denominator == 1 else value)

    def num(self, match: re.Match[str]) -> int:
        """A number among other tokens."""
        self.emit("lit", self.number(*match.span("num")))
        return 0

    def opening(self, match: re.Match[str]) -> int:
        """`(`, `[` and the four things that begin like them."""
        bracket, start, after = match["opening"], match.start("opening"), match.end()
        kind = state = bracket
        if bracket == "[" and (star := STAR.match(self.text, after)):
            self.emit("[*]", (start, star.end()))
            return star.end()
        if bracket == "{":
            if self.stack[-1][0] in ("file", "body") and self.kinds[-1:] in (["name"], ["str"]):
                state = "body"
            elif FOR.match(self.text, after):
                kind = state = "{for"
        self.push(state, start)
        self.emit(kind, start)
        return 0

    def closing(self, match: re.Match[str]) -> int:
        """A closing bracket; behind the one of `${` the template goes on."""
        bracket, start = match["closing"], match.start("closing")
        state, since = self.stack[-1]
        if state in GROUNDS:
            self.problem(f"unexpected {bracket!r}: nothing is open here", start)
        if state not in CLOSES[bracket]:
            line = line_and_column(self.text, since)[0]
            opened = "{" if state == "body" else state
            self.problem(f"unexpected {bracket!r}: {opened!r} of line {line} is open", start)
        self.pop()
        self.emit(bracket, start)
        return match.end() if state == "${" else 0

    def comment(self, match: re.Match[str]) -> int:
        """Kept beside the tokens."""
        self.comments.append((match.start("comment"), match["comment"].rstrip("\r")))
        return 0

    def quote(self, match: re.Match[str]) -> int:
        """The beginning of a string that is more than plain text."""
        return self.begin_text('"', match.start("quote"), match.end(), flush=False)

    def heredoc(self, match: re.Match[str]) -> int:
        """`<<NAME` or `<<-NAME`, to the end of its line."""
        start = match.start("heredoc")
        self.check_name(match["heredoc"].strip("<-\r\n"), start)
        flush = self.text.startswith("<<-", start)
        return self.begin_text("<<", start, match.end(), flush=flush)

    def begin_text(self, state: str, start: int, after: int, *, flush: bool) -> int:
        """Leave code for the text of a template."""
        self.push(state, start)
        self.emit("open", (start, flush))
        return after

    def end(self, match: re.Match[str]) -> int:
        """The end of the text, which must find everything closed."""
        state, since = self.stack[-1]
        if state not in GROUNDS:
            opened = "{" if state in ("body", "{for") else state
            self.problem(f"{opened!r} is never closed", since)
        for _ in range(2):
            self.emit("end", match.end())
        return -1

    def bad(self, match: re.Match[str]) -> int:
        """A sign that begins no token."""
        sign, start = match["bad"], match.start("bad")
        self.problem(f"unexpected {sign!r}", start)
