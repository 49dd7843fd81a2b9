"""The names that an expression takes from outside itself, read off its syntax alone."""

from collections.abc import Iterator

from scanner.terraform.syntax import Node

Path = tuple[str, ...]


def calls(node: Node) -> Iterator[str]:
    """The functions that an expression calls."""
    if node[0] == "call":
        yield node[3]
    for each, _ in _inner(node):
        yield from calls(each)


def free(node: Node, bound: frozenset[str] = frozenset()) -> Iterator[Path]:
    """What an expression refers to, as far as it is written out: ("var", "a"), ("local", "b").

    Names that a `for` of its own binds are not among them.
    """
    path = _path(node)
    if path:
        if path[0] not in bound:
            yield path
        return
    for each, names in _inner(node):
        yield from free(each, bound | names)


def _path(node: Node) -> Path:
    """root.name.name, for a traversal that starts with a name; () for anything else."""
    steps: list[str] = []
    while node[0] == "attr":
        steps.append(node[4])
        node = node[3]
    return (node[3], *reversed(steps)) if node[0] == "var" else ()


_NONE: frozenset[str] = frozenset()


def _inner(node: Node) -> Iterator[tuple[Node, frozenset[str]]]:
    """The expressions within a node, each with the names that the node binds for it."""
    kind = node[0]
    if kind in ("fortuple", "forobject", "for"):
        names = frozenset(each for each in node[3:5] if each)
        yield node[5], _NONE
        for each in _nodes(node[6:]):
            yield each, names
    elif kind not in ("lit", "var", "item"):
        for each in _nodes(node[3:]):
            yield each, _NONE


def _nodes(parts: object) -> Iterator[Node]:
    """The nodes in the fields of another, through the tuples and lists that hold them."""
    if isinstance(parts, tuple | list):
        if len(parts) > 2 and type(parts[0]) is str and type(parts[1]) is int:
            yield tuple(parts)
        else:
            for each in parts:
                yield from _nodes(each)
