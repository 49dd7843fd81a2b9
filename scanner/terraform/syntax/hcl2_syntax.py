"""The second front end: files read by python-hcl2, into the same tree as our own parser's.

Each rule of python-hcl2's grammar has a function here, in one table. Its reading is kept, also
where it is known to be wrong: docs/decisions/0014-two-front-ends.md lists where. Heredocs are one
opaque token to it, so the text inside them is read by our template reader.
https://github.com/amplify-education/python-hcl2
"""

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeAlias

from scanner.errors import SyntaxProblem
from scanner.terraform.syntax import (
    Attribute,
    Block,
    Body,
    File,
    Node,
    check_size,
    parse_expression,
)
from scanner.terraform.syntax.grammar import MAX_DEPTH
from scanner.terraform.syntax.templates import BLANK, ESCAPE, SIMPLE, Piece, nested
from scanner.terraform.syntax.tokens import CONSTANTS, line_and_column

if TYPE_CHECKING:
    from lark import Token, Tree

    Part: TypeAlias = "Tree[Token] | Token"

MAX_SIZE: Final = 2 * 1024 * 1024
"""Characters of a file: python-hcl2 takes some three seconds for each million."""
SKIPPED: Final = frozenset(("new_line_or_comment", "NL_OR_COMMENT"))
DIRECTIVES: Final = {
    "template_if_start": "if", "template_else": "else", "template_endif": "endif",
    "template_for_start": "for", "template_endfor": "endfor",
}  # fmt: skip
_COMMENT: Final = re.compile(r"#[^\n]*|//[^\n]*|/\*[\s\S]*?\*/")


def parse(text: str, name: str) -> File:
    """Parse a whole file with python-hcl2; raises SyntaxProblem."""
    import hcl2
    from lark.exceptions import LarkError

    check_size(text, name, MAX_SIZE)
    try:
        tree: Tree[Token] = hcl2.parses_to_tree(text if text.endswith("\n") else text + "\n")
        reader = _Reader(text, name)
        body = reader.body(_parts(tree)[0])
    except LarkError as problem:
        line, column = getattr(problem, "line", 1), getattr(problem, "column", 1)
        what = str(problem).partition("\n")[0]
        raise SyntaxProblem(f"python-hcl2: {what}", name, max(line, 1), max(column, 1)) from None
    except RecursionError:
        raise SyntaxProblem("python-hcl2: nested too deeply", name, 1, 1) from None
    return File(name, text, body, tuple(_comments(tree)))


def _comments(tree: "Tree[Token]") -> "Iterator[tuple[int, str]]":
    found = [
        (int(token.start_pos or 0) + match.start(), match[0].rstrip("\r"))
        for token in tree.scan_values(lambda each: getattr(each, "type", "") == "NL_OR_COMMENT")
        for match in _COMMENT.finditer(str(token))
    ]
    yield from sorted(found)


def _kind(part: "Part") -> str:
    """The name of a rule, or of a token."""
    return str(part.data) if hasattr(part, "data") else str(part.type)


def _parts(tree: "Part") -> "list[Part]":
    """What a rule is made of, without line breaks and comments."""
    children: list[Part] = getattr(tree, "children", [])
    return [each for each in children if each is not None and _kind(each) not in SKIPPED]


def _trees(tree: "Part") -> "list[Tree[Token]]":
    """The rules that a rule is made of, without signs."""
    from lark import Tree

    return [each for each in _parts(tree) if isinstance(each, Tree)]


def _span(part: "Part") -> tuple[int, int]:
    """Where a rule or a token begins and ends."""
    if hasattr(part, "data"):
        parts = _parts(part)
        return (_span(parts[0])[0], _span(parts[-1])[1]) if parts else (0, 0)
    start = int(part.start_pos or 0)
    return start, start + len(str(part).rstrip("\r\n"))  # a heredoc's token has the line break


def _text(part: "Part") -> str:
    """The text of a name or another rule of one token."""
    return _text(_parts(part)[0]) if hasattr(part, "data") else str(part)


class _Reader:
    """Turns rules into nodes."""

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name
        self.depth = 0

    def problem(self, message: str, offset: int) -> NoReturn:
        raise SyntaxProblem(message, self.name, *line_and_column(self.text, offset))

    def body(self, tree: "Part") -> Body:
        attributes: dict[str, Attribute] = {}
        blocks: list[Block] = []
        for each in _trees(tree):
            if _kind(each) == "block":
                blocks.append(self.block(each))
            else:
                name, _, value = _parts(each)
                node, word = self.node(value), _text(name)
                attributes[word] = Attribute(word, _span(name)[0], node[2], node)
        return Body(attributes, tuple(blocks))

    def block(self, tree: "Part") -> Block:
        first, *rest = _parts(tree)
        labels = [each for each in rest if hasattr(each, "data") and _kind(each) != "body"]
        body = next(each for each in rest if _kind(each) == "body")
        start, end = _span(tree)
        return Block(_text(first), tuple(map(self.label, labels)), self.body(body), start, end)

    def label(self, tree: "Part") -> str:
        return str(self.node(tree)[3]) if _kind(tree) == "string" else _text(tree)

    def node(self, tree: "Part") -> Node:
        """The node of an expression."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.problem(f"an expression more than {MAX_DEPTH} levels deep", _span(tree)[0])
        made = RULES[_kind(tree)](self, tree)
        self.depth -= 1
        return made

    def term(self, tree: "Part") -> Node:
        """A term, in parentheses or not."""
        kind, _, _, *rest = self.node(_trees(tree)[0])
        return (kind, *_span(tree), *rest)

    def name_of(self, tree: "Part") -> Node:
        word = _text(tree)
        return ("var", *_span(tree), word)

    def literal(self, tree: "Part") -> Node:
        return ("lit", *_span(tree), CONSTANTS[_text(tree)])

    def number(self, tree: "Part") -> Node:
        """A number; its token may begin with a minus sign, which is an operator to us."""
        (start, end), digits = _span(tree), _text(tree)
        value = Fraction(digits.lstrip("-"))
        exact = int(value) if value.denominator == 1 else value
        if not digits.startswith("-"):
            return ("lit", start, end, exact)
        return ("un", start, end, "-", ("lit", start + 1, end, exact))

    def unary(self, tree: "Part") -> Node:
        sign, value = _parts(tree)
        return ("un", *_span(tree), _text(sign), self.node(value))

    def binary(self, tree: "Part") -> Node:
        left, rest = _trees(tree)
        sign, right = _trees(rest)
        return ("bin", *_span(tree), _text(sign).strip(), self.node(left), self.node(right))

    def conditional(self, tree: "Part") -> Node:
        return ("cond", *_span(tree), *map(self.node, _trees(tree)))

    def tuple_of(self, tree: "Part") -> Node:
        return ("tuple", *_span(tree), tuple(map(self.node, _trees(tree))))

    def object_of(self, tree: "Part") -> Node:
        return ("object", *_span(tree), tuple(map(self.item, _trees(tree))))

    def item(self, tree: "Part") -> tuple[Node, Node]:
        key, value = _trees(tree)
        inner = _parts(key)[0]
        only = _parts(inner)[0] if hasattr(inner, "data") and len(_parts(inner)) == 1 else inner
        if _kind(only) in ("identifier", "literal_value", "NAME") or _kind(inner) == "keyword":
            return ("lit", *_span(key), _text(only)), self.node(value)
        return self.node(inner), self.node(value)

    def call(self, tree: "Part") -> Node:
        names = [_text(each) for each in _trees(tree) if _kind(each) == "identifier"]
        given = [each for each in _trees(tree) if _kind(each) == "arguments"]
        args = tuple(self.node(each) for all_ in given for each in _trees(all_))
        expands = any(_kind(each) == "ELLIPSIS" for all_ in given for each in _parts(all_))
        return ("call", *_span(tree), "::".join(names), args, expands)

    def stepped(self, tree: "Part") -> Node:
        """`a[b]`, `a.0` and `a.b`."""
        source, step = _trees(tree)
        return self.step(self.node(source), step)

    def step(self, source: Node, step: "Part") -> Node:
        end = _span(step)[1]
        inner = _parts(step)
        if _kind(step) == "get_attr":
            return ("attr", source[1], end, source, _text(inner[-1]))
        if _kind(step) == "short_index":
            key: Node = ("lit", *_span(inner[-1]), int(_text(inner[-1])))
        else:
            key = self.node(_trees(step)[0])
        return ("index", source[1], end, source, key)

    def splat(self, tree: "Part") -> Node:
        source, rest = _trees(tree)
        first, *steps = _parts(rest)
        each: Node = ("item", *_span(first))
        for step in steps:
            each = self.step(each, step)
        return ("splat", *_span(tree), self.node(source), each)

    def for_tuple(self, tree: "Part") -> Node:
        header, value, *rest = _trees(tree)
        return ("fortuple", *_span(tree), *self.header(header), self.node(value), self.test(rest))

    def for_object(self, tree: "Part") -> Node:
        header, key, value, *rest = _trees(tree)
        grouped = any(_kind(each) == "ELLIPSIS" for each in _parts(tree))
        made = (self.node(key), self.node(value), self.test(rest), grouped)
        return ("forobject", *_span(tree), *self.header(header), *made)

    def header(self, tree: "Part") -> tuple[str | None, str, Node]:
        *names, collection = _trees(tree)
        *keys, value = map(_text, names)
        return (keys[0] if keys else None), value, self.node(collection)

    def test(self, rest: "list[Tree[Token]]") -> Node | None:
        return self.node(_trees(rest[0])[0]) if rest else None

    def heredoc(self, tree: "Part") -> Node:
        """The text of a heredoc, which python-hcl2 leaves to others."""
        start, _ = _span(tree)
        text = _text(tree)
        try:
            node = parse_expression(text, self.name)
        except SyntaxProblem as problem:
            self.problem(problem.message, start)
        moved: Node = _moved(node, start)
        return moved

    def escaped(self, tree: "Part") -> Node:
        """A string inside a directive, whose quotes python-hcl2 wants to be escaped."""
        return ("lit", *_span(tree), _decoded(_text(tree).strip("\\")[1:-1]))

    def string(self, tree: "Part") -> Node:
        start, end = _span(tree)
        pieces: list[Piece] = []
        for part in _trees(tree):
            self.piece(_parts(part)[0], pieces)
        if pieces and pieces[-1] == TRIM:
            pieces.pop()
        if all(isinstance(each, str) for each in pieces):
            return ("lit", start, end, "".join(map(str, pieces)))
        if len(pieces) == 1 and _kind(_parts(_trees(tree)[0])[0]) == "interpolation":
            return ("wrap", start, end, pieces[0])
        return ("tpl", start, end, nested(pieces, self.problem))

    def piece(self, part: "Part", pieces: list[Piece]) -> None:
        """Append what stands between the quotes; `~` takes the blanks beside it."""
        trims = bool(pieces) and pieces[-1] == TRIM
        if trims:
            pieces.pop()
        kind = _kind(part)
        if kind == "STRING_CHARS":
            text = _decoded(str(part))
            pieces.append(text.lstrip(BLANK) if trims else text)
        elif kind == "interpolation":
            pieces.append(self.node(_trees(part)[0]))
        elif kind in DIRECTIVES:
            self.directive(part, DIRECTIVES[kind], pieces)
        else:
            pieces.append(str(part)[1:])

    def directive(self, tree: "Part", word: str, pieces: list[Piece]) -> None:
        parts = _parts(tree)
        if _kind(parts[1]) == "STRIP_MARKER" and pieces and isinstance(pieces[-1], str):
            pieces[-1] = pieces[-1].rstrip(BLANK)
        trees = _trees(tree)
        if word == "for":
            pieces.append(("for", *_span(tree), *self.header(tree)))
        else:
            pieces.append((word, *_span(tree), *map(self.node, trees)))
        if _kind(parts[-2]) == "STRIP_MARKER":
            pieces.append(TRIM)


TRIM: Final = "\ufdd0"
"""Among pieces: the next one loses its leading blanks."""


def _decoded(text: str) -> str:
    """Text with its escapes resolved; those that HCL does not have stay as they are."""

    def one(match: re.Match[str]) -> str:
        short, long, letter = match.groups()
        if letter is not None:
            return SIMPLE.get(letter, match[0])
        code = int(short or long, 16)
        return chr(code) if code <= 0x10FFFF and not 0xD800 <= code < 0xE000 else match[0]

    return ESCAPE.sub(one, text)


def _moved(node: Any, by: int) -> Any:
    """A node of a part of the text, placed in the whole."""
    if not isinstance(node, tuple):
        return node
    if len(node) > 2 and isinstance(node[0], str) and type(node[1]) is type(node[2]) is int:
        return (node[0], node[1] + by, node[2] + by, *(_moved(each, by) for each in node[3:]))
    return tuple(_moved(each, by) for each in node)


RULES: Final[dict[str, Callable[[_Reader, Any], Node]]] = {
    "expr_term": _Reader.term,
    "identifier": _Reader.name_of,
    "literal_value": _Reader.literal,
    "int_lit": _Reader.number,
    "float_lit": _Reader.number,
    "string": _Reader.string,
    "template_string": _Reader.escaped,
    "heredoc_template": _Reader.heredoc,
    "heredoc_template_trim": _Reader.heredoc,
    "unary_op": _Reader.unary,
    "binary_op": _Reader.binary,
    "conditional": _Reader.conditional,
    "tuple": _Reader.tuple_of,
    "object": _Reader.object_of,
    "function_call": _Reader.call,
    "index_expr_term": _Reader.stepped,
    "get_attr_expr_term": _Reader.stepped,
    "attr_splat_expr_term": _Reader.splat,
    "full_splat_expr_term": _Reader.splat,
    "for_tuple_expr": _Reader.for_tuple,
    "for_object_expr": _Reader.for_object,
}
