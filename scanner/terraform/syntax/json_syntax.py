"""Terraform's JSON syntax, read into the same tree as the native one.

Strings are templates, but where Terraform wants a plain text or a reference. Nested objects are
blocks where Terraform's language or the provider's schema says so, and else maps.
What is wrong in one property costs that property and stands in File.problems.
https://developer.hashicorp.com/terraform/language/syntax/json and
https://github.com/hashicorp/hcl/blob/main/json/spec.md
"""

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from unicodedata import normalize

from scanner.errors import SyntaxProblem
from scanner.terraform import schema
from scanner.terraform.syntax import (
    Attribute,
    Block,
    Body,
    File,
    Node,
    check_size,
    parse_expression,
    parse_template,
)
from scanner.terraform.syntax.json_reader import Item, places, read
from scanner.terraform.syntax.statements import TOP

_OF_RESOURCES: Final = {"lifecycle": 0, "connection": 0, "provisioner": 1, "dynamic": 1}
_META: Final = frozenset(("count", "for_each", "provider", "depends_on"))
INNER: Final[Mapping[str, Mapping[str, int]]] = {
    "terraform": {
        "backend": 1, "cloud": 0, "required_providers": 0, "provider_meta": 1, "encryption": 0,
    },
    "cloud": {"workspaces": 0},
    "variable": {"validation": 0},
    "output": {"precondition": 0},
    "check": {"data": 2, "assert": 0},
    "lifecycle": {"precondition": 0, "postcondition": 0, "action_trigger": 0},
    "removed": {"lifecycle": 0, "provisioner": 1, "connection": 0},
    "provisioner": {"connection": 0},
    "dynamic": {"content": 0},
    "locals": {}, "module": {}, "moved": {}, "import": {}, "validation": {}, "precondition": {},
    "postcondition": {}, "assert": {}, "connection": {}, "backend": {}, "required_providers": {},
    "provider_meta": {}, "workspaces": {},
}  # fmt: skip
"""The blocks within a block and their labels, where Terraform itself says which there are."""
LITERAL: Final[Mapping[str, frozenset[str]]] = {
    "variable": frozenset(("default", "description", "sensitive", "nullable", "ephemeral")),
    "output": frozenset(("description", "sensitive", "ephemeral")),
    "module": frozenset(("version",)),
    "provider": frozenset(("alias", "version")),
    "lifecycle": frozenset(("create_before_destroy", "prevent_destroy")),
    "terraform": frozenset(("required_version",)),
}
"""Arguments whose strings are taken as they stand."""
REFERENCES: Final[Mapping[str, frozenset[str]]] = {
    "variable": frozenset(("type",)),
    "resource": frozenset(("depends_on", "provider")),
    "data": frozenset(("depends_on", "provider")),
    "ephemeral": frozenset(("depends_on", "provider")),
    "module": frozenset(("depends_on", "providers")),
    "output": frozenset(("depends_on",)),
    "lifecycle": frozenset(("ignore_changes", "replace_triggered_by")),
    "moved": frozenset(("from", "to")),
    "removed": frozenset(("from",)),
    "import": frozenset(("to", "provider")),
}
"""Arguments whose strings are expressions: references and types."""
MAPS: Final = frozenset((
    "annotations", "arguments", "config", "defaults", "encryption_context", "headers", "input",
    "instance_tags", "keepers", "labels", "parameters", "query", "resource_tags", "tags",
    "triggers", "triggers_replace", "vars",
))  # fmt: skip
"""Maps of data sources and of other providers than AWS, of which no schema is known here."""
_LISTS: Final = frozenset(("depends_on", "replace_triggered_by"))
_NONE: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class _Where:
    """Whose body it is: the block type where Terraform's language has it, else "", and what the
    provider says of the resource or nested block, if that is known.
    """

    kind: str
    known: schema.Block | None = None

    def inner(self, word: str) -> "_Where":
        """Where the body of a nested block stands."""
        if self.kind == "dynamic":
            return _Where("", self.known)
        if self.kind in INNER or word == "dynamic" or (self.kind and word in _OF_RESOURCES):
            return _Where(word, self.known)
        return _Where("", self.known.inside(word) if self.known else None)

    def labelled(self, labels: tuple[str, ...]) -> "_Where":
        """The same, once the labels of the block are known."""
        if self.kind == "resource":
            return _Where(self.kind, schema.resource(labels[0]))
        if self.kind == "dynamic":
            return _Where(self.kind, self.known.inside(labels[0]) if self.known else None)
        return self

    def is_block(self, word: str, item: Item) -> bool:
        """Whether a property of a resource stands for nested blocks."""
        if self.known is not None and word in self.known.attributes:
            return self.known.inside(word) is not None and _objects(item)
        if self.known is not None:
            return word in self.known.nested or _objects(item)
        return _objects(item) and (self.kind == "provider" or word not in MAPS)


@dataclass(slots=True)
class _Source:
    """The text that is read, and what was wrong and said beside so far."""

    text: str
    name: str
    problems: list[SyntaxProblem] = field(default_factory=list)
    comments: dict[int, str] = field(default_factory=dict)
    breaks: list[int] = field(default_factory=list)
    """Where lines end, found once something is wrong: a file may be wrong in all its parts."""

    def problem(self, message: str, offset: int) -> SyntaxProblem:
        if not self.breaks:
            self.breaks = [-1, *(each.start() for each in re.finditer("\n", self.text))]
        line = bisect_left(self.breaks, offset)
        return SyntaxProblem(message, self.name, line, offset - self.breaks[line - 1])

    def note(self, message: str, offset: int) -> None:
        self.problems.append(self.problem(message, offset))


def parse(text: str, name: str) -> File:
    """A .tf.json file as a File. Raises SyntaxProblem where it is no JSON or a template is bad."""
    check_size(text, name)
    top = read(text, name)
    source = _Source(text, name)
    if top.kind not in ("object", "array"):
        raise source.problem("a configuration must be a JSON object", top.start)
    blocks: list[Block] = []
    for key, value in _properties(top, source):
        word = key.value
        if word in TOP:
            blocks += _blocks(word, key, value, TOP[word].labels, _Where(word), source)
        else:
            source.note(f"there is no block type {word!r}", key.start)
    comments = tuple(sorted(source.comments.items()))
    return File(name, text, Body({}, tuple(blocks)), comments, tuple(source.problems))


def parse_values(text: str, name: str) -> dict[str, Node]:
    """A .tfvars.json file: its strings are literal. Raises SyntaxProblem."""
    check_size(text, name)
    top = read(text, name)
    source = _Source(text, name)
    if top.kind != "object":
        raise source.problem("variables must be a JSON object", top.start)
    values: dict[str, Node] = {}
    for key, value in _properties(top, source):
        if key.value in values:
            source.note(f"argument {key.value!r} is set twice", key.start)
        values[key.value] = _literal(value, source)
    if source.problems:
        raise source.problems[0]
    return values


def _properties(item: Item, source: _Source) -> Sequence[tuple[Item, Item]]:
    """The properties of a body, without comments; several objects in an array are one body."""
    if item.kind == "object":
        for key, value in item.value:
            if key.value == "//" and isinstance(value.value, str):
                source.comments[key.start] = value.value
        return [pair for pair in item.value if pair[0].value != "//"]
    if item.kind == "array":
        return [pair for each in item.value for pair in _properties_of_one(each, source)]
    if item.value is not None:
        source.note("an object must stand here", item.start)
    return ()


def _properties_of_one(item: Item, source: _Source) -> Sequence[tuple[Item, Item]]:
    if item.kind == "object":
        return _properties(item, source)
    source.note("an object must stand here", item.start)
    return ()


def _blocks(
    kind: str,
    key: Item,
    item: Item,
    labels: int,
    where: _Where,
    source: _Source,
    found: tuple[str, ...] = (),
) -> list[Block]:
    """The blocks that a JSON value stands for: labels are keys, and an array is several."""
    if labels:
        named = _labelled(kind, item, source)
        return [
            block
            for label, value in named
            for block in _blocks(
                kind, label, value, labels - 1, where, source, (*found, label.value)
            )
        ]
    where = where.labelled(found)
    if item.kind == "array":
        return [
            Block(kind, found, _body(where, each, source), each.start, each.end)
            for each in item.value
        ]
    if item.kind == "object":
        return [Block(kind, found, _body(where, item, source), key.start, item.end)]
    if item.value is not None:
        source.note(f"a {kind} block must be an object", item.start)
    return []


def _labelled(kind: str, item: Item, source: _Source) -> Sequence[tuple[Item, Item]]:
    """The properties whose names are labels; there, "//" is a label too."""
    objects = item.value if item.kind == "array" else (item,)
    pairs = [pair for each in objects if each.kind == "object" for pair in each.value]
    for each in objects:
        if each.kind != "object":
            source.note(f"an object with the labels of {kind} blocks must stand here", each.start)
            return pairs
    if not pairs:
        source.note(f"a {kind} block without its label", item.start)
    return pairs


def _body(where: _Where, item: Item, source: _Source) -> Body:
    attributes: dict[str, Attribute] = {}
    blocks: list[Block] = []
    for key, value in _properties(item, source):
        word = key.value
        labels = _nested(where, word, value)
        if labels is not None:
            blocks += _blocks(word, key, value, labels, where.inner(word), source)
        elif word in attributes:
            source.note(f"argument {word!r} is set twice", key.start)
        else:
            node = _argument(where.kind, key, value, source)
            attributes[word] = Attribute(word, key.start, value.end, node)
    return Body(attributes, tuple(blocks))


def _nested(where: _Where, word: str, item: Item) -> int | None:
    """How many labels the nested blocks have that a property stands for; None: an argument."""
    if where.kind in INNER:
        return INNER[where.kind].get(word)
    if where.kind in TOP and where.kind != "provider" and word in _OF_RESOURCES:
        return _OF_RESOURCES[word]
    if word == "dynamic" and where.kind != "provider":
        return 1
    if where.kind in TOP and word in _META:
        return None
    return 0 if where.is_block(word, item) else None


def _objects(item: Item) -> bool:
    """Whether an item is an object or a list of objects."""
    if item.kind == "array":
        return bool(item.value) and item.value[0].kind == "object"
    return item.kind == "object"


def _argument(kind: str, key: Item, item: Item, source: _Source) -> Node:
    name = key.value
    if name in REFERENCES.get(kind, _NONE):
        if name in _LISTS and item.kind != "array":
            source.note(f"{name} must be a list", item.start)
        return _reference(item, source)
    if kind == "required_providers" or name in LITERAL.get(kind, _NONE):
        return _literal(item, source)
    if kind == "module" and name == "source" and not source.name.endswith(".tofu.json"):
        return _literal(item, source)
    return _template(item, source)


def _literal(item: Item, source: _Source) -> Node:
    """A value whose strings are taken as they stand."""
    if item.kind == "object":
        return _object(item, source, _literal)
    if item.kind == "array":
        return ("tuple", item.start, item.end, tuple(_literal(each, source) for each in item.value))
    value = normalize("NFC", item.value) if item.kind == "string" else item.value
    return ("lit", item.start, item.end, value)


def _template(item: Item, source: _Source) -> Node:
    """A value whose strings are templates, the keys of objects among them."""
    if item.kind == "object":
        return _object(item, source, _template)
    if item.kind == "array":
        items = tuple(_template(each, source) for each in item.value)
        return ("tuple", item.start, item.end, items)
    if item.kind != "string" or not ("${" in item.value or "%{" in item.value):
        return _literal(item, source)
    try:
        node = parse_template(item.value, source.name)
    except SyntaxProblem as problem:
        raise source.problem(problem.message, _offset(problem, item, source)) from None
    _, _, _, *rest = _moved(node, places(source.text, item))
    return (node[0], item.start, item.end, *rest)


def _object(item: Item, source: _Source, inner: Any) -> Node:
    pairs: dict[str, tuple[Node, Node]] = {}
    for key, value in item.value:
        if key.value in pairs:
            source.note(f"the key {key.value!r} is set twice", key.start)
        else:
            pairs[key.value] = (inner(key, source), inner(value, source))
    return ("object", item.start, item.end, tuple(pairs.values()))


def _reference(item: Item, source: _Source) -> Node:
    """A value whose strings are expressions without `${`: references, types and keywords."""
    if item.kind == "array":
        items = tuple(_reference(each, source) for each in item.value)
        return ("tuple", item.start, item.end, items)
    if item.kind == "object":
        pairs = tuple((_literal(k, source), _reference(v, source)) for k, v in item.value)
        return ("object", item.start, item.end, pairs)
    if item.kind != "string":
        return _literal(item, source)
    try:
        node = parse_expression(item.value, source.name)
    except SyntaxProblem as problem:
        source.note(problem.message, _offset(problem, item, source))
        return _literal(item, source)
    moved: Node = _moved(node, places(source.text, item))
    return moved


def _offset(problem: SyntaxProblem, item: Item, source: _Source) -> int:
    """Where in the file something is wrong that was found in the text of a string."""
    lines = item.value.split("\n")
    inside = sum(len(line) + 1 for line in lines[: problem.line - 1]) + problem.column - 1
    found = places(source.text, item)
    return found[min(inside, len(found) - 1)]


def _moved(node: Any, found: "range | list[int]") -> Any:
    """A node of the text of a string, placed where its characters stand in the file."""
    if not isinstance(node, tuple):
        return node
    if len(node) > 2 and isinstance(node[0], str) and type(node[1]) is type(node[2]) is int:
        rest = [_moved(each, found) for each in node[3:]]
        return (node[0], found[node[1]], found[node[2]], *rest)
    return tuple([_moved(each, found) for each in node])
