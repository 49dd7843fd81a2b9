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
    setting             a line break, then `name =`; a "var" node
    call                `name(`; a "var" node
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
its recursion has an end. This file is longer than others, because one walk has one state.
"""

import re
from collections.abc import Callable
from fractions import Fraction
from sys import intern
from typing import Any, NamedTuple, NoReturn, TypeAlias
from unicodedata import normalize

from scanner.errors import SyntaxProblem

Node: TypeAlias = tuple[Any, ...]

MAX_NESTING = 80
MAX_NAMES = 100
MAX_DIGITS = 4000
MAX_EXPONENT = 1000


class Attribute(NamedTuple):
    """`name = expr`, from the name to the end of the expression."""

    name: str
    start: int
    end: int
    expr: Node


class Tokens(NamedTuple):
    """What the parser reads: kinds and values in step, and the comments beside them."""

    kinds: list[str]
    values: list[Any]
    comments: list[tuple[int, str]]


# Letters beyond ASCII are taken on trust here and judged where they occur (check_name).
# Both sets name the ASCII that is not in them: sets that reach beyond it are slow to compile.
NAME = r"[^\x00-@\[-^`{-\x7f][^\x00-,./:-@\[-^`{-\x7f]*+"
STRING = r'"(?:[^"\\$%\r\n]++|[$%](?!\{))*+"'
# As far as a number could go; what stands there need not be one (check of Lexer.number).
NUMBER = r"[0-9]++(?:\.*+(?:[0-9]++|[eE][+-]?[0-9]++))*+"
INLINE = r"(?:[ \t]++|/\*[\s\S]*?\*/)*+"

SIGNS = (
    *("=>", "==", "=", ",", "::", ":", "...", ".", "?", "!=", "!", "&&", "||"),
    *("<=", "<", ">=", ">", "+", "-", "*", "/", "%"),
)
BRACKETS = ("(", ")", "{", "}", "[", "]", "~}")

# Every alternative ends in an empty group whose number tells which one it was: an alternative that
# begins with a plain character is skipped at a glance, one that begins with a group is entered.
CODE = re.compile(
    rf"""[ \t]*+(?P<start>)(?:
      {NAME} (?: (?:\.{NAME})++(?P<ref>) | \((?P<call>) | (?P<name>) )
    | [\r\n][ \t\r\n]*+
      (?: (?P<key>{NAME})[ \t]*+=(?![=>])[ \t]*+(?P<value>)
          (?: (?: {STRING}(?P<line_str>)
                | {NAME}(?:\.{NAME})*+(?P<line_ref>)
                | {NUMBER}(?P<line_num>) )
              (?=[ \t]*+(?:\r?\n|\#|//))
            | (?P<setting>) )
        | (?P<line>) )
    | {STRING}(?P<str>)
    | {"|".join(re.escape(bracket) + "()" for bracket in BRACKETS)}
    | \#[^\n]*+(?P<comment>)
    | //[^\n]*+(?P<slashes>)
    | /\*[\s\S]*?\*/(?P<inline>)
    | <<-?{NAME}\r?\n(?P<heredoc>)
    | {NUMBER}(?P<num>)
    | {"|".join(re.escape(sign) + "()" for sign in SIGNS)}
    | "(?P<quote>)
    | \Z(?P<end>)
    | (?P<bad>[\s\S]) )""",
    re.VERBOSE | re.ASCII,
)
FOR = re.compile(
    r"(?:[ \t\r\n]++|(?:#|//)[^\n]*+|/\*[\s\S]*?\*/)*+for(?![^\x00-,./:-@\[-^`{-\x7f])", re.ASCII
)
DECIMAL = re.compile(r"[0-9]++(?:\.[0-9]*+)?+(?:[eE][+-]?[0-9]++)?+", re.ASCII)
LONE_RETURN = re.compile(r"\r(?!\n)")
STAR = re.compile(rf"{INLINE}\*{INLINE}\]")
BREAKS = r"(?:[ \t\n]++|\r\n|(?:#|//)[^\n]*+\n|/\*[\s\S]*?\*/)*+"
STAR_OVER_LINES = re.compile(rf"{BREAKS}\*{BREAKS}\]")
GROUPS = CODE.groupindex
START, REF, NAMED, KEY, VALUE, LINE, STR = (
    GROUPS[group] for group in ("start", "ref", "name", "key", "value", "line", "str")
)
FIRST_BRACKET, FIRST_SIGN = STR + 1, GROUPS["num"] + 1
NAMES = {number: name for name, number in GROUPS.items()}
NAMES |= dict(enumerate(BRACKETS, start=FIRST_BRACKET))
KINDS = tuple(
    SIGNS[number - FIRST_SIGN] if 0 <= number - FIRST_SIGN < len(SIGNS) else ""
    for number in range(CODE.groups + 1)
)

KEYWORDS = frozenset(("in", "if"))
CONSTANTS = {"true": True, "false": False, "null": None}
GROUNDS = frozenset(("file", "expression", "text"))
TEXTUAL = frozenset(('"', "<<", "text"))
JOINED = frozenset(("(", "[", "{for", "${", "expression"))
BODIES = frozenset(("file", "body"))
HEADERS = frozenset(("name", "str"))
OPENED = {"body": "{", "{for": "{"}
CLOSES = {")": ("(",), "]": ("[",), "}": ("{", "{for", "body", "${"), "~}": ("${",)}


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, both counted from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


Handler: TypeAlias = "Callable[[Lexer, re.Match[str], int], int]"


class Lexer:
    """Walks a text once. `stack` tells what is open, innermost last, and since which offset.

    At its bottom lies the ground: "file", "expression" or "text". Above it "body", "{", "{for",
    "[", "(" and "${" hold code; '"' and "<<" hold the text of a template.
    """

    __slots__ = ("comments", "joined", "kinds", "name", "plain", "stack", "text", "values")

    def __init__(self, text: str, name: str, ground: str) -> None:
        self.text = text
        self.name = name
        self.plain = text.isascii() and "\r" not in text
        self.kinds: list[str] = []
        self.values: list[Any] = []
        self.comments: list[tuple[int, str]] = []
        self.stack: list[tuple[str, int]] = [(ground, 0)]
        self.joined = ground in JOINED

    def problem(self, message: str, offset: int) -> NoReturn:
        """Refuse the text because of what stands at an offset."""
        raise SyntaxProblem(message, self.name, *line_and_column(self.text, offset))

    def emit(self, kind: str, value: object) -> None:
        """Append one token."""
        self.kinds.append(kind)
        self.values.append(value)

    def push(self, state: str, offset: int) -> None:
        """Note that something is open."""
        if len(self.stack) > MAX_NESTING:
            self.problem(f"nested more than {MAX_NESTING} levels deep", offset)
        self.stack.append((state, offset))
        self.joined = state in JOINED

    def pop(self) -> None:
        """Note that the innermost is closed."""
        self.stack.pop()
        self.joined = self.stack[-1][0] in JOINED

    def code(self, pos: int) -> int:
        """Cut code from `pos` up to where the walk must begin anew; -1 is the end."""
        kind, value = self.kinds.append, self.values.append
        text, handlers, plain, names = self.text, HANDLERS, self.plain, KINDS
        for match in CODE.finditer(text, pos):
            index = match.lastindex or 0
            start = match.end(START)
            if index == NAMED:
                end = match.end()
                name = intern(text[start:end])
                kind("name")
                value(("var", start, end, name))
                if not plain:
                    self.check_name(name, start)
            elif index == LINE:
                if not self.joined:
                    kind("line")
                    value(start)
                if not plain:
                    self.check_returns(match)
            elif sign := names[index]:
                kind(sign)
                value(start)
            elif index == REF:
                kind("ref")
                value(self.dotted(start, match.end()))
            elif index == STR and plain:
                end = match.end()
                kind("str")
                value(("lit", start, end, text[start + 1 : end - 1]))
            elif again := handlers[index](self, match, start):
                return again
        raise AssertionError("the end of the text always matches")

    def composed(self, text: str) -> str:
        """Text in Unicode normal form C, as Terraform keeps it."""
        return text if text.isascii() else normalize("NFC", text)

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

    def check_returns(self, match: re.Match[str]) -> None:
        """Refuse a carriage return that ends no line."""
        if lone := LONE_RETURN.search(match[0]):
            self.problem("a carriage return without a line feed", match.start() + lone.start())

    # Handlers: each takes a match and where its token begins, and returns 0, or where the walk
    # must begin anew.

    def argument(self, match: re.Match[str], _: int) -> int:
        """A line `name = simple`; no bracket but a brace can hold one."""
        start, end = match.end(VALUE), match.end()
        name, at = intern(match[KEY]), match.start(KEY)
        if self.joined:
            self.problem(f"unexpected argument {name!r} inside brackets", at)
        first = self.text[start]
        if first == '"':
            node: Node = ("lit", start, end, self.composed(self.text[start + 1 : end - 1]))
        elif first in "0123456789":
            node = self.number(start, end)
        else:
            node = self.dotted(start, end)
        if not self.plain:
            self.check_name(name, at)
            self.check_returns(match)
        self.kinds.append("argument")
        self.values.append(tuple.__new__(Attribute, (name, at, end, node)))
        return 0

    def setting(self, match: re.Match[str], _: int) -> int:
        """A line break and `name =`, with a value that is not simple."""
        name, at = intern(match[KEY]), match.start(KEY)
        if self.joined:
            self.problem(f"unexpected argument {name!r} inside brackets", at)
        if not self.plain:
            self.check_name(name, at)
            self.check_returns(match)
        self.kinds.append("setting")
        self.values.append(("var", at, match.end(KEY), name))
        return 0

    def call(self, match: re.Match[str], start: int) -> int:
        """`name(`; `in(` and `if(` may stand in a `for` expression and call nothing there."""
        end = match.end() - 1
        name = intern(self.text[start:end])
        if not self.plain:
            self.check_name(name, start)
        self.push("(", end)
        if name in KEYWORDS:
            self.emit("name", ("var", start, end, name))
            self.emit("(", end)
            return 0
        self.kinds.append("call")
        self.values.append(("var", start, end, name))
        return 0

    def dotted(self, start: int, end: int) -> Node:
        """The node of `a` or `a.b.c`; all its parts begin where it begins."""
        text = self.text[start:end]
        if not self.plain:
            self.check_name(text, start)
        root, *names = text.split(".")
        at = start + len(root)
        node: Node = ("var", start, at, intern(root))
        if root in CONSTANTS:
            node = ("lit", start, at, CONSTANTS[root])
        if len(names) == 1:
            return ("attr", start, end, node, intern(names[0]))
        if len(names) > MAX_NAMES:
            self.problem(f"a reference of more than {MAX_NAMES} names", start)
        for name in names:
            at += 1 + len(name)
            node = ("attr", start, at, node, intern(name))
        return node

    def number(self, start: int, end: int) -> Node:
        """The node of a number: exact, an int when integral."""
        digits = self.text[start:end]
        if digits.isdigit() and len(digits) <= MAX_DIGITS:
            return ("lit", start, end, int(digits))
        if not DECIMAL.fullmatch(digits):
            self.problem(f"{digits[:40]!r} is not a number", start)
        exponent = digits.lower().partition("e")[2].lstrip("+-0")
        if len(digits) > MAX_DIGITS or len(exponent) > 5 or int(exponent or 0) > MAX_EXPONENT:
            self.problem("a number with too many digits", start)
        value = Fraction(digits)
        return ("lit", start, end, int(value) if value.denominator == 1 else value)

    def num(self, match: re.Match[str], start: int) -> int:
        """A number among other tokens."""
        self.emit("lit", self.number(start, match.end()))
        return 0

    def string(self, match: re.Match[str], start: int) -> int:
        """A string without escapes, in a text that is not all ASCII."""
        end = match.end()
        self.emit("str", ("lit", start, end, self.composed(self.text[start + 1 : end - 1])))
        return 0

    def round(self, _: re.Match[str], start: int) -> int:
        """`(`."""
        self.push("(", start)
        self.emit("(", start)
        return 0

    def square(self, match: re.Match[str], start: int) -> int:
        """`[`, or `[*]` as one token, over lines where they mean nothing."""
        if star := (STAR_OVER_LINES if self.joined else STAR).match(self.text, match.end()):
            self.emit("[*]", (start, star.end()))
            return star.end()
        self.push("[", start)
        self.emit("[", start)
        return 0

    def brace(self, match: re.Match[str], start: int) -> int:
        """`{` of a block, of an object or of a `for` expression."""
        kind = state = "{"
        if self.stack[-1][0] in BODIES and self.kinds and self.kinds[-1] in HEADERS:
            state = "body"
        elif FOR.match(self.text, match.end()):
            kind = state = "{for"
        self.push(state, start)
        self.emit(kind, start)
        return 0

    def closing(self, match: re.Match[str], start: int) -> int:
        """A closing bracket; behind the one of `${` the template goes on."""
        bracket = self.text[start : match.end()]
        stack = self.stack
        state, since = stack[-1]
        if state not in CLOSES[bracket]:
            if state in GROUNDS:
                self.problem(f"unexpected {bracket!r}: nothing is open here", start)
            opened, line = OPENED.get(state, state), line_and_column(self.text, since)[0]
            self.problem(f"unexpected {bracket!r}: {opened!r} of line {line} is open", start)
        stack.pop()
        self.joined = stack[-1][0] in JOINED
        self.kinds.append(bracket)
        self.values.append(start)
        return match.end() if state == "${" else 0

    def comment(self, match: re.Match[str], start: int) -> int:
        """Kept beside the tokens."""
        self.comments.append((start, self.text[start : match.end()].rstrip("\r")))
        return 0

    def quote(self, match: re.Match[str], start: int) -> int:
        """The beginning of a string that is more than plain text."""
        self.push('"', start)
        self.emit("open", (start, False))
        return match.end()

    def heredoc(self, match: re.Match[str], start: int) -> int:
        """`<<NAME` or `<<-NAME`, to the end of its line."""
        if not self.plain:
            self.check_name(self.text[start : match.end()].strip("<-\r\n"), start)
        self.push("<<", start)
        self.emit("open", (start, self.text.startswith("<<-", start)))
        return match.end()

    def end(self, _: re.Match[str], start: int) -> int:
        """The end of the text, which must find everything closed."""
        state, since = self.stack[-1]
        if state not in GROUNDS:
            self.problem(f"{OPENED.get(state, state)!r} is never closed", since)
        self.emit("end", start)
        self.emit("end", start)
        return -1

    def bad(self, _: re.Match[str], start: int) -> int:
        """A sign that begins no token."""
        self.problem(f"unexpected {self.text[start]!r}", start)


NAMED_HANDLERS: dict[str, Handler] = {
    "line_str": Lexer.argument,
    "line_ref": Lexer.argument,
    "line_num": Lexer.argument,
    "setting": Lexer.setting,
    "call": Lexer.call,
    "str": Lexer.string,
    "(": Lexer.round,
    "[": Lexer.square,
    "{": Lexer.brace,
    ")": Lexer.closing,
    "]": Lexer.closing,
    "}": Lexer.closing,
    "~}": Lexer.closing,
    "comment": Lexer.comment,
    "slashes": Lexer.comment,
    "inline": Lexer.comment,
    "heredoc": Lexer.heredoc,
    "num": Lexer.num,
    "quote": Lexer.quote,
    "end": Lexer.end,
    "bad": Lexer.bad,
}
HANDLERS: tuple[Handler, ...] = tuple(
    NAMED_HANDLERS.get(NAMES.get(number, ""), Lexer.bad) for number in range(CODE.groups + 1)
)
