"""Builds the tree of `syntax` out of the tokens of `tokens` and `templates`.

Recursive descent, but for operators, prefixes and the chain of a conditional, which are loops: a
tree is then as deep as its brackets, and what loops can add to that is counted and bounded.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn

from scanner.terraform.templates import BLANK, Piece, Tokens, nested, unindented
from scanner.terraform.tokens import (
    CONSTANTS,
    MAX_NESTING,
    Attribute,
    Node,
    SyntaxProblem,
    line_and_column,
)

MAX_DEPTH = 240
# Fewer links (operators, steps, conditionals) than this cannot make a tree deeper than MAX_DEPTH.
FREE_LINKS = 60

LINE_ENDS = frozenset(("line", "argument", "end"))
SIMPLE = frozenset(("name", "ref", "str", "lit"))
ENDS = frozenset(("line", "argument", "end", ",", ")", "]", "}", "~}", ":", "=", "=>", "..."))
CALLS = frozenset(("(", "::"))
STEPS = frozenset((".", "[", "[*]"))
SIGNS = frozenset(("-", "!"))
POWER = {
    op: power
    for power, ops in enumerate(("||", "&&", "== !=", "< <= > >=", "+ -", "* / %"), start=1)
    for op in ops.split()
}
DIRECTIVES = frozenset(("if", "else", "endif", "for", "endfor"))
WORDS = {
    "line": "the end of the line",
    "argument": "the end of the line",
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


class Parser:
    """Reads tokens from `at` on; every method leaves `at` behind what it has read."""

    __slots__ = ("at", "depth", "kinds", "links", "name", "terms", "text", "values")

    def __init__(self, tokens: Tokens, text: str, name: str) -> None:
        self.kinds = tokens.kinds
        self.values: list[Any] = tokens.values
        self.text = text
        self.name = name
        self.at = 0
        self.links = 0
        self.depth = 0
        self.terms: dict[str, Callable[[], Node]] = {
            "(": self.parenthesised,
            "[": self.brackets,
            "{": self.braces,
            "{for": self.for_object,
            "open": self.template,
            "-": self.prefixed,
            "!": self.prefixed,
        }

    # Refusals

    def problem(self, message: str, offset: int) -> NoReturn:
        """Refuse the text because of what stands at an offset."""
        raise SyntaxProblem(message, self.name, *line_and_column(self.text, offset))

    def offset(self) -> int:
        """Where the next token begins."""
        kind, value = self.kinds[self.at], self.values[self.at]
        if kind == "text":
            return self.values[self.at - 1] if isinstance(self.values[self.at - 1], int) else 0
        if isinstance(value, int):
            return value
        return int(value[1] if kind in SIMPLE or kind == "argument" else value[0])

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

    # Bodies

    def body(self, closing: str) -> Body:
        """Attributes and blocks up to a brace, or to the end of the text."""
        kinds, values = self.kinds, self.values
        attributes: dict[str, Attribute] = {}
        blocks: list[Block] = []
        while True:
            kind = kinds[self.at]
            if kind == "argument":
                attribute = values[self.at]
                self.at += 1
            elif kind == "line":
                self.at += 1
                continue
            elif kind == "name" and kinds[self.at + 1] == "=":
                attribute = self.attribute()
                self.line_end("an argument")
            elif kind == "name":
                blocks.append(self.block())
                self.line_end("a block")
                continue
            elif kind == closing:
                return Body(attributes, tuple(blocks))
            else:
                self.unexpected("an argument or a block")
            name = attribute[0]
            if name in attributes:
                self.problem(f"argument {name!r} is set twice", attribute[1])
            attributes[name] = attribute

    def line_end(self, what: str) -> None:
        """Insist on the end of the line, without reading it."""
        if self.kinds[self.at] not in LINE_ENDS:
            self.unexpected(f"a new line after {what}")

    def attribute(self) -> Attribute:
        """`name = expression`."""
        _, start, _, name = self.values[self.at]
        self.at += 2
        self.links = 0
        node = self.expression()
        if self.links > FREE_LINKS:
            self.check_depth(node)
        attribute: Attribute = tuple.__new__(Attribute, (name, start, node[2], node))
        return attribute

    def block(self) -> Block:
        """`type label "label" { ... }`, on one line or on many."""
        kinds, values = self.kinds, self.values
        _, start, _, kind = values[self.at]
        self.at += 1
        labels: list[str] = []
        while kinds[self.at] in ("name", "str"):
            labels.append(values[self.at][3])
            self.at += 1
        self.take("{", "'=' or '{'" if not labels else "'{'")
        following = kinds[self.at]
        if following == "name" and kinds[self.at + 1] == "=":
            attribute = self.attribute()
            body = Body({attribute.name: attribute}, ())
        elif following == "name":
            self.problem("a block on one line holds at most one argument", self.offset())
        else:
            body = self.body("}")
        end = self.take("}", "'}' after the only argument of a block on one line")
        return Block(kind, tuple(labels), body, start, end + 1)

    # Expressions

    def whole(self, part: Callable[[], Node]) -> Node:
        """What `part` reads, which must be everything."""
        node = part()
        if self.kinds[self.at] != "end":
            self.unexpected("the end of the expression")
        self.check_depth(node)
        return node

    def check_depth(self, root: Node) -> None:
        """Refuse a tree that is too deep to walk by recursion."""
        waiting: list[tuple[Node, int]] = [(root, 1)]
        while waiting:
            node, depth = waiting.pop()
            if depth > MAX_DEPTH:
                self.problem(f"an expression more than {MAX_DEPTH} levels deep", root[1])
            waiting.extend((part, depth + 1) for part in node if isinstance(part, tuple))

    def expression(self) -> Node:
        """Any expression."""
        at, kinds = self.at, self.kinds
        kind = kinds[at]
        if kind in SIMPLE and kinds[at + 1] in ENDS:
            self.at = at + 1
            node: Node = self.values[at]
            if kind == "name" and node[3] in CONSTANTS:
                return ("lit", node[1], node[2], CONSTANTS[node[3]])
            return node
        node = self.operand()
        if kinds[self.at] in POWER:
            node = self.operation(node)
        return self.conditional(node) if kinds[self.at] == "?" else node

    def conditional(self, test: Node) -> Node:
        """`test ? yes : no`; a chain of them groups to the right."""
        heads: list[tuple[Node, Node]] = []
        node = test
        while self.kinds[self.at] == "?":
            self.links += 1
            self.deepen(self.values[self.at])
            self.at += 1
            yes = self.expression()
            self.depth -= 1
            self.take(":", "':' and the other result of '?'")
            heads.append((node, yes))
            node = self.operand()
            if self.kinds[self.at] in POWER:
                node = self.operation(node)
        for asked, yes in reversed(heads):
            node = ("cond", asked[1], node[2], asked, yes, node)
        return node

    def operation(self, first: Node) -> Node:
        """Operands and the operators between them, all of which group to the left."""
        operands, operators = [first], list[str]()
        while True:
            op = self.kinds[self.at]
            power = POWER.get(op, 0)
            while operators and POWER[operators[-1]] >= power:
                right = operands.pop()
                left = operands[-1]
                operands[-1] = ("bin", left[1], right[2], operators.pop(), left, right)
            if not power:
                return operands[0]
            self.at += 1
            self.links += 1
            operators.append(op)
            operands.append(self.operand())

    def operand(self) -> Node:
        """A term with the steps that follow it."""
        at, kinds = self.at, self.kinds
        kind = kinds[at]
        if kind in SIMPLE:
            node: Node = self.values[at]
            self.at = at + 1
            if kind == "name":
                if kinds[at + 1] in CALLS:
                    node = self.call(node)
                elif node[3] in CONSTANTS:
                    node = ("lit", node[1], node[2], CONSTANTS[node[3]])
        elif kind in self.terms:
            node = self.terms[kind]()
        else:
            self.unexpected("an expression")
        return self.steps(node) if kinds[self.at] in STEPS else node

    def prefixed(self) -> Node:
        """`-x`, `!x`, and any number of such signs; they bind closer than every operator."""
        signs: list[tuple[str, int]] = []
        while self.kinds[self.at] in SIGNS:
            signs.append((self.kinds[self.at], self.values[self.at]))
            self.at += 1
            self.links += 1
        node = self.operand()
        for sign, start in reversed(signs):
            node = ("un", start, node[2], sign, node)
        return node

    def parenthesised(self) -> Node:
        """`(x)`, which is x."""
        self.at += 1
        node = self.expression()
        self.take(")", "')'")
        return node

    def call(self, named: Node) -> Node:
        """`name(a, b...)`, also with `namespace::` before the name."""
        _, start, _, name = named
        while self.kinds[self.at] == "::":
            self.at += 1
            name += "::" + self.word("a name after '::'")
        self.take("(", f"'(' after {name!r}")
        arguments: list[Node] = []
        expand = False
        while self.kinds[self.at] != ")":
            arguments.append(self.expression())
            expand = self.kinds[self.at] == "..."
            if expand:
                self.at += 1
                break
            if self.kinds[self.at] != ",":
                break
            self.at += 1
        end = self.take(")", "')'" if expand else "',' or ')'")
        return ("call", start, end + 1, name, tuple(arguments), expand)

    def word(self, wanted: str) -> str:
        """Read one name."""
        if self.kinds[self.at] != "name":
            self.unexpected(wanted)
        self.at += 1
        return str(self.values[self.at - 1][3])

    # Steps

    def steps(self, node: Node) -> Node:
        """`.name`, `.0`, `[key]`, `.*` and `[*]`, as many as there are."""
        while True:
            kind = self.kinds[self.at]
            if kind == ".":
                if self.kinds[self.at + 1] == "*":
                    node = self.attribute_splat(node)
                else:
                    node = self.step(node)
            elif kind == "[":
                self.at += 1
                key = self.expression()
                end = self.take("]", "']'")
                node = ("index", node[1], end + 1, node, key)
                self.links += 1
            elif kind == "[*]":
                return self.full_splat(node)
            else:
                return node

    def step(self, node: Node) -> Node:
        """`.name`, `.a.b` or `.0`."""
        self.at += 1
        self.links += 1
        kind, value = self.kinds[self.at], self.values[self.at]
        if kind not in ("name", "ref", "lit") or (kind == "lit" and self.text[value[1]] in '"<'):
            self.unexpected("a name after '.'")
        self.at += 1
        begin, end = value[1], value[2]
        if kind == "lit":
            if "." in self.text[begin:end]:
                self.problem("write [0][1] instead of .0.1", begin)
            return ("index", node[1], end, node, value)
        for name in self.text[begin:end].split("."):
            begin += len(name)
            node = ("attr", node[1], begin, node, name)
            begin += 1
        return node

    def attribute_splat(self, source: Node) -> Node:
        """`source.*` with the attributes that follow."""
        start = self.values[self.at]
        end = self.values[self.at + 1] + 1
        self.at += 2
        self.links += 1
        each: Node = ("item", start, end)
        while self.kinds[self.at] == ".":
            if self.kinds[self.at + 1] == "*":
                self.problem("a '.*' cannot follow another one", self.values[self.at])
            each = self.step(each)
        return ("splat", source[1], each[2], source, each)

    def full_splat(self, source: Node) -> Node:
        """`source[*]` with everything that follows."""
        start, end = self.values[self.at]
        self.deepen(start)
        self.at += 1
        self.links += 1
        each = self.steps(("item", start, end))
        self.depth -= 1
        return ("splat", source[1], each[2], source, each)

    # Collections

    def brackets(self) -> Node:
        """`[a, b]` or `[for ...]`."""
        start = self.values[self.at]
        self.at += 1
        if self.kinds[self.at] in ("name", "ref") and self.first_name() == "for":
            return self.for_tuple(start)
        items: list[Node] = []
        while self.kinds[self.at] != "]":
            items.append(self.expression())
            if self.kinds[self.at] != ",":
                break
            self.at += 1
        end = self.take("]", "',' or ']'")
        return ("tuple", start, end + 1, tuple(items))

    def first_name(self) -> str:
        """The root of the name or reference that comes next."""
        _, start, end, *_ = self.values[self.at]
        return self.text[start:end].partition(".")[0]

    def braces(self) -> Node:
        """`{ key = value }`, items apart by commas or lines."""
        kinds, values = self.kinds, self.values
        start = values[self.at]
        self.at += 1
        pairs: list[tuple[Node, Node]] = []
        while True:
            kind = kinds[self.at]
            if kind == "line":
                self.at += 1
            elif kind == "argument":
                name, begin, _, node = values[self.at]
                key = ("lit", begin, begin + len(name), name)
                pairs.append((key, node))
                self.at += 1
            elif kind == "}":
                self.at += 1
                return ("object", start, values[self.at - 1] + 1, tuple(pairs))
            else:
                pairs.append(self.item())
                if kinds[self.at] == ",":
                    self.at += 1
                elif kinds[self.at] not in LINE_ENDS and kinds[self.at] != "}":
                    self.unexpected("a ',' or a new line after the item")

    def item(self) -> tuple[Node, Node]:
        """`key = value` or `key : value`."""
        at = self.at
        key: Node = self.values[at]
        if self.kinds[at] == "name" and self.kinds[at + 1] in ("=", ":"):
            key = ("lit", *key[1:])
            self.at = at + 1
        else:
            key = self.expression()
        if self.kinds[self.at] not in ("=", ":"):
            self.unexpected("'=' or ':' after the key")
        self.at += 1
        return key, self.expression()

    def for_header(self) -> tuple[str | None, str, Node]:
        """`for key, value in collection`: the names and the collection."""
        if self.word("'for'") != "for":
            self.problem("expected 'for'", self.values[self.at - 1][1])
        key, value = None, self.word("a name after 'for'")
        if self.kinds[self.at] == ",":
            self.at += 1
            key, value = value, self.word("a second name after ','")
        if self.word("'in'") != "in":
            self.problem("expected 'in'", self.values[self.at - 1][1])
        return key, value, self.expression()

    def for_tuple(self, start: int) -> Node:
        """`[for x in xs : value if cond]`, from `for` on."""
        header = self.for_header()
        self.take(":", "':' after the collection")
        value = self.expression()
        condition = self.for_condition()
        end = self.take("]", "']' or 'if'")
        return ("fortuple", start, end + 1, *header, value, condition)

    def for_object(self) -> Node:
        """`{for k, v in xs : key => value... if cond}`."""
        start = self.values[self.at]
        self.at += 1
        header = self.for_header()
        self.take(":", "':' after the collection")
        key = self.expression()
        self.take("=>", "'=>' after the key")
        value = self.expression()
        grouped = self.kinds[self.at] == "..."
        self.at += grouped
        condition = self.for_condition()
        end = self.take("}", "'}' or 'if'")
        return ("forobject", start, end + 1, *header, key, value, condition, grouped)

    def for_condition(self) -> Node | None:
        """`if cond`, if it is there."""
        if self.kinds[self.at] != "name" or self.values[self.at][3] != "if":
            return None
        self.at += 1
        return self.expression()

    # Templates

    def template(self) -> Node:
        """A template from its quote, its `<<` or its first sign to its end."""
        start, flush = self.values[self.at]
        self.at += 1
        pieces: list[Piece] = []
        while (kind := self.kinds[self.at]) != "close":
            value = self.values[self.at]
            if kind == "text":
                pieces.append(value)
                self.at += 1
            else:
                self.embedded(kind, value, pieces)
        end = self.values[self.at]
        self.at += 1
        if len(pieces) == 1 and not isinstance(pieces[0], str) and pieces[0][0] not in DIRECTIVES:
            return ("wrap", start, end, pieces[0])
        parts = nested(unindented(pieces) if flush else pieces, self.problem)
        return ("tpl", start, end, parts)

    def embedded(self, kind: str, value: tuple[int, bool], pieces: list[Piece]) -> None:
        """`${...}` or `%{...}` with the trimming to its left and right."""
        start, trims = value
        self.at += 1
        if trims and pieces and isinstance(pieces[-1], str):
            pieces[-1] = pieces[-1].rstrip(BLANK)
        node = self.expression() if kind == "${" else self.directive(start)
        closing = self.kinds[self.at]
        if closing not in ("}", "~}"):
            self.unexpected("'}'")
        if kind == "%{":
            node = (node[0], start, self.values[self.at] + len(closing), *node[3:])
        pieces.append(node)
        self.at += 1
        if closing == "~}" and self.kinds[self.at] == "text":
            pieces.append(self.values[self.at].lstrip(BLANK))
            self.at += 1

    def directive(self, start: int) -> Node:
        """What stands inside `%{ }`; the body of the directive is found later."""
        word = self.first_name() if self.kinds[self.at] in ("name", "ref") else ""
        if word == "for":
            return ("for", start, start, *self.for_header())
        if self.kinds[self.at] != "name" or word not in DIRECTIVES:
            self.unexpected("if, else, endif, for or endfor")
        self.at += 1
        self.links += 1
        if word == "if":
            return ("if", start, start, self.expression())
        return (word, start, start)
