"""Builds the tree of `syntax` out of the tokens of `tokens` and `templates`.

Recursive descent, but for operators, prefixes and the chain of a conditional, which are loops: a
tree is then as deep as its brackets, and what loops can add to that is counted and bounded.
This file is longer than others, because the rules of a grammar call each other.
"""

from collections.abc import Callable
from unicodedata import normalize

from scanner.terraform.syntax.cursor import SIMPLE, Cursor
from scanner.terraform.syntax.templates import BLANK, Piece, nested, unindented
from scanner.terraform.syntax.tokens import CONSTANTS, Node

MAX_DEPTH = 240
# Fewer links (operators, steps, conditionals) than this cannot make a tree deeper than MAX_DEPTH.
FREE_LINKS = 60

LINE_ENDS = frozenset(("line", "argument", "setting", "end"))
ENDS = LINE_ENDS | {",", ")", "]", "}", "~}", ":", "=", "=>", "..."}
CALLS = frozenset(("(", "::"))
STEPS = frozenset((".", "[", "[*]"))
SIGNS = frozenset(("-", "!"))
POWER = {
    op: power
    for power, ops in enumerate(("||", "&&", "== !=", "< <= > >=", "+ -", "* / %"), start=1)
    for op in ops.split()
}
DIRECTIVES = frozenset(("if", "else", "endif", "for", "endfor"))


def whole(cursor: Cursor, part: Callable[[Cursor], Node]) -> Node:
    """What `part` reads, which must be everything."""
    node = part(cursor)
    if cursor.kinds[cursor.at] != "end":
        cursor.unexpected("the end of the expression")
    check_depth(cursor, node)
    return node


def check_depth(cursor: Cursor, root: Node) -> None:
    """Refuse a tree that is too deep to walk by recursion."""
    waiting: list[tuple[Node, int]] = [(root, 1)]
    while waiting:
        node, depth = waiting.pop()
        if depth > MAX_DEPTH:
            cursor.problem(f"an expression more than {MAX_DEPTH} levels deep", root[1])
        waiting.extend((part, depth + 1) for part in node if isinstance(part, tuple))


def expression(cursor: Cursor) -> Node:
    """Any expression."""
    at, kinds = cursor.at, cursor.kinds
    kind = kinds[at]
    if kind in SIMPLE and kinds[at + 1] in ENDS:
        cursor.at = at + 1
        node: Node = cursor.values[at]
        if kind == "name" and node[3] in CONSTANTS:
            return ("lit", node[1], node[2], CONSTANTS[node[3]])
        return node
    node = operand(cursor)
    if kinds[cursor.at] in POWER:
        node = operation(cursor, node)
    return conditional(cursor, node) if kinds[cursor.at] == "?" else node


def conditional(cursor: Cursor, test: Node) -> Node:
    """`test ? yes : no`; a chain of them groups to the right."""
    heads: list[tuple[Node, Node]] = []
    node = test
    while cursor.kinds[cursor.at] == "?":
        cursor.links += 1
        cursor.deepen(cursor.values[cursor.at])
        cursor.at += 1
        yes = expression(cursor)
        cursor.depth -= 1
        cursor.take(":", "':' and the other result of '?'")
        heads.append((node, yes))
        node = operand(cursor)
        if cursor.kinds[cursor.at] in POWER:
            node = operation(cursor, node)
    for asked, yes in reversed(heads):
        node = ("cond", asked[1], node[2], asked, yes, node)
    return node


def operation(cursor: Cursor, first: Node) -> Node:
    """Operands and the operators between them, all of which group to the left."""
    operands, operators = [first], list[str]()
    while True:
        op = cursor.kinds[cursor.at]
        power = POWER.get(op, 0)
        while operators and POWER[operators[-1]] >= power:
            right = operands.pop()
            left = operands[-1]
            operands[-1] = ("bin", left[1], right[2], operators.pop(), left, right)
        if not power:
            return operands[0]
        cursor.at += 1
        cursor.links += 1
        operators.append(op)
        operands.append(operand(cursor))


def operand(cursor: Cursor) -> Node:
    """A term with the steps that follow it."""
    at, kinds = cursor.at, cursor.kinds
    kind = kinds[at]
    if kind in SIMPLE:
        node: Node = cursor.values[at]
        cursor.at = at + 1
        if kind == "name":
            if kinds[at + 1] in CALLS:
                node = named_call(cursor, node)
            elif node[3] in CONSTANTS:
                node = ("lit", node[1], node[2], CONSTANTS[node[3]])
    elif kind in TERMS:
        node = TERMS[kind](cursor)
    else:
        cursor.unexpected("an expression")
    return steps(cursor, node) if kinds[cursor.at] in STEPS else node


def prefixed(cursor: Cursor) -> Node:
    """`-x`, `!x`, and any number of such signs; they bind closer than every operator."""
    signs: list[tuple[str, int]] = []
    while cursor.kinds[cursor.at] in SIGNS:
        signs.append((cursor.kinds[cursor.at], cursor.values[cursor.at]))
        cursor.at += 1
        cursor.links += 1
    node = operand(cursor)
    for sign, start in reversed(signs):
        node = ("un", start, node[2], sign, node)
    return node


def parenthesised(cursor: Cursor) -> Node:
    """`(x)`, which is x, but begins and ends with the parentheses."""
    start = cursor.values[cursor.at]
    cursor.at += 1
    node = expression(cursor)
    end = cursor.take(")", "')'")
    return (node[0], start, end + 1, *node[3:])


def named_call(cursor: Cursor, named: Node) -> Node:
    """`name (a)` or `namespace::name(a)`, from behind the first name on."""
    _, start, _, name = named
    while cursor.kinds[cursor.at] == "::":
        cursor.at += 1
        if cursor.kinds[cursor.at] == "call":
            return call(cursor, start, name + "::")
        name += "::" + cursor.word("a name after '::'")
    cursor.take("(", f"'(' after {name!r}")
    return arguments(cursor, start, name)


def call(cursor: Cursor, start: int = -1, scope: str = "") -> Node:
    """`name(a, b...)`."""
    _, begin, _, name = cursor.values[cursor.at]
    cursor.at += 1
    return arguments(cursor, begin if start < 0 else start, scope + name)


def arguments(cursor: Cursor, start: int, name: str) -> Node:
    """The call whose arguments come next."""
    arguments: list[Node] = []
    expand = False
    while cursor.kinds[cursor.at] != ")":
        arguments.append(expression(cursor))
        expand = cursor.kinds[cursor.at] == "..."
        if expand:
            cursor.at += 1
            break
        if cursor.kinds[cursor.at] != ",":
            break
        cursor.at += 1
    end = cursor.take(")", "')'" if expand else "',' or ')'")
    return ("call", start, end + 1, name, tuple(arguments), expand)


def steps(cursor: Cursor, node: Node) -> Node:
    """`.name`, `.0`, `[key]`, `.*` and `[*]`, as many as there are."""
    while True:
        kind = cursor.kinds[cursor.at]
        if kind == ".":
            if cursor.kinds[cursor.at + 1] == "*":
                node = attribute_splat(cursor, node)
            else:
                node = step(cursor, node)
        elif kind == "[":
            cursor.at += 1
            key = expression(cursor)
            end = cursor.take("]", "']'")
            node = ("index", node[1], end + 1, node, key)
            cursor.links += 1
        elif kind == "[*]":
            return full_splat(cursor, node)
        else:
            return node


def step(cursor: Cursor, node: Node) -> Node:
    """`.name`, `.a.b` or `.0`."""
    cursor.at += 1
    cursor.links += 1
    kind, value = cursor.kinds[cursor.at], cursor.values[cursor.at]
    if kind not in ("name", "ref", "lit") or (kind == "lit" and cursor.text[value[1]] in '"<'):
        cursor.unexpected("a name after '.'")
    cursor.at += 1
    begin, end = value[1], value[2]
    if kind == "lit":
        if "." in cursor.text[begin:end]:
            cursor.problem("write [0][1] instead of .0.1", begin)
        return ("index", node[1], end, node, value)
    for name in cursor.text[begin:end].split("."):
        begin += len(name)
        node = ("attr", node[1], begin, node, name)
        begin += 1
        cursor.links += 1
    return node


def attribute_splat(cursor: Cursor, source: Node) -> Node:
    """`source.*` with the attributes that follow."""
    start = cursor.values[cursor.at]
    end = cursor.values[cursor.at + 1] + 1
    cursor.at += 2
    cursor.links += 1
    each: Node = ("item", start, end)
    while cursor.kinds[cursor.at] == ".":
        if cursor.kinds[cursor.at + 1] == "*":
            cursor.problem("a '.*' cannot follow another one", cursor.values[cursor.at])
        each = step(cursor, each)
    return ("splat", source[1], each[2], source, each)


def full_splat(cursor: Cursor, source: Node) -> Node:
    """`source[*]` with everything that follows."""
    start, end = cursor.values[cursor.at]
    cursor.deepen(start)
    cursor.at += 1
    cursor.links += 1
    each = steps(cursor, ("item", start, end))
    cursor.depth -= 1
    return ("splat", source[1], each[2], source, each)


def brackets(cursor: Cursor) -> Node:
    """`[a, b]` or `[for ...]`."""
    start = cursor.values[cursor.at]
    cursor.at += 1
    if cursor.kinds[cursor.at] in ("name", "ref", "call") and cursor.first_name() == "for":
        return for_tuple(cursor, start)
    items: list[Node] = []
    while cursor.kinds[cursor.at] != "]":
        items.append(expression(cursor))
        if cursor.kinds[cursor.at] != ",":
            break
        cursor.at += 1
    end = cursor.take("]", "',' or ']'")
    return ("tuple", start, end + 1, tuple(items))


def braces(cursor: Cursor) -> Node:
    """`{ key = value }`, items apart by commas or lines."""
    kinds, values = cursor.kinds, cursor.values
    start = values[cursor.at]
    cursor.at += 1
    pairs: list[tuple[Node, Node]] = []
    while True:
        kind = kinds[cursor.at]
        if kind == "line":
            cursor.at += 1
        elif kind == "argument":
            name, begin, _, node = values[cursor.at]
            pairs.append((word_key(begin, begin + len(name), name), node))
            cursor.at += 1
        elif kind == "setting":
            key = word_key(*values[cursor.at][1:])
            cursor.at += 1
            pairs.append((key, expression(cursor)))
            separator(cursor)
        elif kind == "}":
            cursor.at += 1
            return ("object", start, values[cursor.at - 1] + 1, tuple(pairs))
        else:
            pairs.append(item(cursor))
            separator(cursor)


def separator(cursor: Cursor) -> None:
    """A comma, or what else may follow an item: a line break or the end of the object."""
    kind = cursor.kinds[cursor.at]
    if kind == ",":
        cursor.at += 1
    elif kind not in LINE_ENDS and kind != "}":
        cursor.unexpected("a ',' or a new line after the item")


def item(cursor: Cursor) -> tuple[Node, Node]:
    """`key = value` or `key : value`."""
    at = cursor.at
    key: Node = cursor.values[at]
    if cursor.kinds[at] == "name" and cursor.kinds[at + 1] in ("=", ":"):
        key = word_key(*key[1:])
        cursor.at = at + 1
    else:
        key = expression(cursor)
    if cursor.kinds[cursor.at] not in ("=", ":"):
        cursor.unexpected("'=' or ':' after the key")
    cursor.at += 1
    return key, expression(cursor)


def word_key(start: int, end: int, name: str) -> Node:
    """A bare name as the key of an object, which makes it a string as others are."""
    return ("lit", start, end, name if name.isascii() else normalize("NFC", name))


def for_header(cursor: Cursor) -> tuple[str | None, str, Node]:
    """`for key, value in collection`: the names and the collection."""
    if cursor.word("'for'") != "for":
        cursor.problem("expected 'for'", cursor.values[cursor.at - 1][1])
    key, value = None, cursor.word("a name after 'for'")
    if cursor.kinds[cursor.at] == ",":
        cursor.at += 1
        key, value = value, cursor.word("a second name after ','")
    if cursor.word("'in'") != "in":
        cursor.problem("expected 'in'", cursor.values[cursor.at - 1][1])
    return key, value, expression(cursor)


def for_tuple(cursor: Cursor, start: int) -> Node:
    """`[for x in xs : value if cond]`, from `for` on."""
    header = for_header(cursor)
    cursor.take(":", "':' after the collection")
    value = expression(cursor)
    condition = for_condition(cursor)
    end = cursor.take("]", "']' or 'if'")
    return ("fortuple", start, end + 1, *header, value, condition)


def for_object(cursor: Cursor) -> Node:
    """`{for k, v in xs : key => value... if cond}`."""
    start = cursor.values[cursor.at]
    cursor.at += 1
    header = for_header(cursor)
    cursor.take(":", "':' after the collection")
    key = expression(cursor)
    cursor.take("=>", "'=>' after the key")
    value = expression(cursor)
    grouped = cursor.kinds[cursor.at] == "..."
    cursor.at += grouped
    condition = for_condition(cursor)
    end = cursor.take("}", "'}' or 'if'")
    return ("forobject", start, end + 1, *header, key, value, condition, grouped)


def for_condition(cursor: Cursor) -> Node | None:
    """`if cond`, if it is there."""
    if cursor.kinds[cursor.at] != "name" or cursor.values[cursor.at][3] != "if":
        return None
    cursor.at += 1
    return expression(cursor)


def template(cursor: Cursor) -> Node:
    """A template from its quote, its `<<` or its first sign to its end."""
    start, flush = cursor.values[cursor.at]
    cursor.at += 1
    pieces: list[Piece] = []
    while (kind := cursor.kinds[cursor.at]) != "close":
        value = cursor.values[cursor.at]
        if kind == "text":
            pieces.append(value)
            cursor.at += 1
        else:
            embedded(cursor, kind, value, pieces)
    end = cursor.values[cursor.at]
    cursor.at += 1
    if all(isinstance(piece, str) for piece in pieces):
        return ("lit", start, end, "".join(map(str, pieces)))
    if len(pieces) == 1 and not isinstance(pieces[0], str) and pieces[0][0] not in DIRECTIVES:
        return ("wrap", start, end, pieces[0])
    parts = nested(unindented(pieces) if flush else pieces, cursor.problem)
    return ("tpl", start, end, parts)


def embedded(cursor: Cursor, kind: str, value: tuple[int, bool], pieces: list[Piece]) -> None:
    """`${...}` or `%{...}` with the trimming to its left and right."""
    start, trims = value
    cursor.at += 1
    if trims and pieces and isinstance(pieces[-1], str):
        pieces[-1] = pieces[-1].rstrip(BLANK)
    node = expression(cursor) if kind == "${" else directive(cursor, start)
    closing = cursor.kinds[cursor.at]
    if closing not in ("}", "~}"):
        cursor.unexpected("'}'")
    if kind == "%{":
        node = (node[0], start, cursor.values[cursor.at] + len(closing), *node[3:])
    pieces.append(node)
    cursor.at += 1
    if closing == "~}" and cursor.kinds[cursor.at] == "text":
        pieces.append(cursor.values[cursor.at].lstrip(BLANK))
        cursor.at += 1


def directive(cursor: Cursor, start: int) -> Node:
    """What stands inside `%{ }`; the body of the directive is found later."""
    word = cursor.first_name() if cursor.kinds[cursor.at] in ("name", "ref") else ""
    if word == "for":
        return ("for", start, start, *for_header(cursor))
    if cursor.kinds[cursor.at] != "name" or word not in DIRECTIVES:
        cursor.unexpected("if, else, endif, for or endfor")
    cursor.at += 1
    cursor.links += 1
    if word == "if":
        return ("if", start, start, expression(cursor))
    return (word, start, start)


TERMS: dict[str, Callable[[Cursor], Node]] = {
    "(": parenthesised,
    "call": call,
    "[": brackets,
    "{": braces,
    "{for": for_object,
    "open": template,
    "-": prefixed,
    "!": prefixed,
}
