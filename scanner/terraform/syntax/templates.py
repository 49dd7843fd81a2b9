r"""The text of templates: inside quotes, inside heredocs, and bare.

`scan` cuts a whole text into tokens, going back and forth between code (`tokens`) and template
text. The rest puts the pieces of one template together: trimming, indentation, directives.

Terraform trims and strips piece by piece, and so do these functions: `~` takes blanks from the
one piece beside it, a piece ends with its line in a heredoc, and `$`, `%`, `$${` and `%%{` are
pieces of their own. See "Template Expressions" in the specification of HCL native syntax.
"""

import re
from collections.abc import Callable
from typing import NoReturn, TypeAlias

from scanner.terraform.syntax.tokens import MAX_NESTING, TEXTUAL, Lexer, Node, Tokens

Piece: TypeAlias = "str | Node"
Problem: TypeAlias = Callable[[str, int], NoReturn]

QUOTED = re.compile(
    r"""(?P<run>(?:[^"\\$%\r\n]++|\\[^\r\n])++)|(?P<escape>\$\$\{~?|%%\{~?)"""
    r"""|(?P<begin>[$%]\{~?)|(?P<lone>[$%])|(?P<close>")"""
)
LINES = re.compile(
    r"(?P<run>[^$%\n]++\n?|\n)|(?P<escape>\$\$\{~?|%%\{~?)|(?P<begin>[$%]\{~?)|(?P<lone>[$%]\n?)"
)
HEREDOC = re.compile(r"<<-?([^\r\n]+)")
ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))")
SIMPLE = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
# What Unicode calls white space; str.strip() would also take the separators U+001C to U+001F.
BLANK = "\t\n\v\f\r \u0085\u00a0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
# Around the closing marker of a heredoc; a carriage return may only end the line.
MARGIN = BLANK.replace("\r", "")


def scan(text: str, name: str, ground: str) -> Tokens:
    """Cut a file, a lone expression or a bare template into tokens."""
    lexer = Lexer(text, name, ground)
    pos = 1 if text.startswith("\ufeff") and ground == "file" else 0
    if ground == "text":
        lexer.emit("open", (0, False))
    while pos >= 0:
        state = lexer.stack[-1][0]
        pos = lexer.code(pos) if state not in TEXTUAL else READERS[state](lexer, pos)
    return Tokens(lexer.kinds, lexer.values, lexer.comments)


def quoted(lexer: Lexer, pos: int) -> int:
    """Cut the text of a quoted string up to its end or to `${`."""
    text = lexer.text
    while match := QUOTED.match(text, pos):
        pos = match.end()
        group = match.lastgroup
        if group == "close":
            close(lexer, pos, "str")
            return pos
        if group == "begin":
            return begin(lexer, match)
        piece = match[0]
        if group == "run" and "\\" in piece:
            piece = decoded(lexer, piece, match.start())
        lexer.emit("text", lexer.composed(piece[1:] if group == "escape" else piece))
    if text[pos : pos + 1] in ("\n", "\r"):
        lexer.problem("a quoted string cannot go on in the next line", pos)
    return lexer.problem("a quoted string is never closed", lexer.stack[-1][1])


def heredoc(lexer: Lexer, pos: int) -> int:
    """Cut the lines of a heredoc up to its end or to `${`."""
    text, start = lexer.text, lexer.stack[-1][1]
    opening = HEREDOC.match(text, start)
    marker = opening[1] if opening else ""
    while True:
        if text[pos - 1] == "\n":
            stop = text.find("\n", pos)
            line = text[pos:stop] if stop >= 0 else ""
            bare_line = line.removesuffix("\r")
            if bare_line.strip(MARGIN) == marker:
                close(lexer, pos + len(bare_line.rstrip(MARGIN)), "lit")
                return pos + len(bare_line)
        match = LINES.match(text, pos)
        if match is None:
            lexer.problem(f"the heredoc is never closed by a line {marker!r}", start)
        if match.lastgroup == "begin":
            return begin(lexer, match)
        pos = match.end()
        emit_line(lexer, match)


def bare(lexer: Lexer, pos: int) -> int:
    """Cut a template file up to its end or to `${`."""
    while match := LINES.match(lexer.text, pos):
        if match.lastgroup == "begin":
            return begin(lexer, match)
        pos = match.end()
        emit_line(lexer, match)
    lexer.emit("close", pos)
    lexer.emit("end", pos)
    lexer.emit("end", pos)
    return -1


def emit_line(lexer: Lexer, match: re.Match[str]) -> None:
    """One piece of a heredoc or a bare template."""
    piece = match[0][1:] if match.lastgroup == "escape" else match[0]
    if not lexer.plain:
        lexer.check_returns(match)
        piece = lexer.composed(piece)
    lexer.emit("text", piece)


READERS: dict[str, Callable[[Lexer, int], int]] = {'"': quoted, "<<": heredoc, "text": bare}


def begin(lexer: Lexer, match: re.Match[str]) -> int:
    """Leave the text for the code of an interpolation or a directive."""
    lexer.push("${", match.start())
    lexer.emit(match[0][:2], (match.start(), match[0].endswith("~")))
    return match.end()


def close(lexer: Lexer, end: int, kind: str) -> None:
    """End a template; one that holds only text becomes a single token of that kind."""
    lexer.pop()
    kinds, values = lexer.kinds, lexer.values
    first = len(kinds)
    while kinds[first - 1] == "text":
        first -= 1
    if kinds[first - 1] != "open":
        lexer.emit("close", end)
        return
    start, flush = values[first - 1]
    pieces = unindented(values[first:]) if flush else values[first:]
    del kinds[first - 1 :], values[first - 1 :]
    lexer.emit(kind, ("lit", start, end, lexer.composed("".join(map(str, pieces)))))


def decoded(lexer: Lexer, run: str, start: int) -> str:
    """Text of a quoted string with its backslash escapes resolved."""

    def one(match: re.Match[str]) -> str:
        short, long, letter = match.groups()
        if letter is not None and letter in SIMPLE:
            return SIMPLE[letter]
        code = int(short or long or "0", 16)
        if letter is not None or code > 0x10FFFF or 0xD800 <= code < 0xE000:
            lexer.problem(f"invalid escape sequence {match[0]!r}", start + match.start())
        return chr(code)

    return ESCAPE.sub(one, run)


def unindented(pieces: list[Piece]) -> list[Piece]:
    """The pieces of a `<<-` heredoc without the indentation that all its lines share.

    The first piece of each line decides. A blank line has no say and keeps its blanks; a line
    that begins with an interpolation has no indentation.
    """
    least: int | None = None
    firsts: list[int] = []
    fresh = True
    for index, piece in enumerate(pieces):
        if fresh:
            blanks = indentation(piece)
            if blanks is not None:
                firsts.append(index)
                least = blanks if least is None else min(least, blanks)
        fresh = isinstance(piece, str) and piece.endswith("\n")
    result = list(pieces)
    for index in firsts:
        piece = result[index]
        if isinstance(piece, str):
            result[index] = piece[least or 0 :]
    return result


def indentation(piece: Piece) -> int | None:
    """How many blanks a line's first piece begins with; None for a blank line."""
    if not isinstance(piece, str):
        return 0
    bare_text = piece.lstrip(BLANK)
    if not bare_text and piece.endswith("\n"):
        return None
    return len(piece) - len(bare_text)


def nested(pieces: list[Piece], problem: Problem) -> tuple[Piece, ...]:
    """The parts of a template: neighbouring text joined, directives holding what they enclose."""
    parts, stop = sequence(pieces, 0, 0, problem)
    if stop < len(pieces):
        node = pieces[stop]
        problem(f"unexpected {node[0]!r} directive: nothing is open for it", int(node[1]))
    return parts


def sequence(
    pieces: list[Piece], at: int, depth: int, problem: Problem
) -> tuple[tuple[Piece, ...], int]:
    """Parts from `at` up to the directive that ends them, and where that stands."""
    parts: list[Piece] = []
    while at < len(pieces):
        piece = pieces[at]
        if isinstance(piece, str):
            first = at
            while at < len(pieces) and isinstance(pieces[at], str):
                at += 1
            if joined := "".join(map(str, pieces[first:at])):
                parts.append(joined)
            continue
        if piece[0] in ("else", "endif", "endfor"):
            break
        if piece[0] in ("if", "for"):
            if depth >= MAX_NESTING:
                problem(f"nested more than {MAX_NESTING} levels deep", piece[1])
            piece, at = directive(piece, pieces, at, depth + 1, problem)
        parts.append(piece)
        at += 1
    return tuple(parts), at


def directive(
    head: Node, pieces: list[Piece], at: int, depth: int, problem: Problem
) -> tuple[Node, int]:
    """The node of the directive `head` at `at`, and where its last piece stands."""
    word, start = head[0], head[1]
    bodies: list[tuple[Piece, ...]] = []
    while True:
        parts, at = sequence(pieces, at + 1, depth, problem)
        bodies.append(parts)
        if at == len(pieces):
            problem(f"the {word!r} directive has no 'end{word}'", start)
        tail = pieces[at]
        if tail[0] == "end" + word:
            break
        if tail[0] != "else" or word != "if" or len(bodies) > 1:
            problem(f"unexpected {tail[0]!r} directive in {word!r}", int(tail[1]))
    if word == "if" and len(bodies) == 1:
        bodies.append(())
    return (word, start, tail[2], *head[3:], *bodies), at
