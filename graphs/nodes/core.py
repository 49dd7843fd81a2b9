"""What every node has, and the index that finds nodes by id and by type."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias, TypeVar

from graphs.evidence import Proof
from graphs.resource import Resource, Scope, Source
from graphs.unknown import YES, Answer, Referent, Text, Unknown

# Attributes that hold the name AWS knows, and Terraform names that say nothing outside a module.
_NAMES = (
    "name",
    "bucket",
    "function_name",
    "family",
    "identifier",
    "cluster_identifier",
    "cluster_id",
    "replication_group_id",
    "domain_name",
)
NAMELESS = frozenset(("this", "main", "default"))

Ref: TypeAlias = "str | Unknown"
"""A node's id, or the Unknown that the reference leads to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A resource in domain words. `source` is the resource it was lowered from."""

    source: Resource = field(repr=False, compare=False)
    id: str
    arn: Text = ""

    @property
    def name(self) -> str:
        """What people call it: its Name tag, else the name AWS knows, else Terraform's."""
        tag = self.source.tags.get("Name")
        if isinstance(tag, str) and tag:
            return tag
        values = self.source.values
        for attribute in _NAMES:
            said = values.get(attribute)
            if isinstance(said, str) and said:
                return said
        address = self.source.address
        # The key of what was read of an account says where it is.
        placed = address.key is None or self.source.origin.source is Source.AWS
        key = "" if placed else f"[{address.key}]"
        if address.name in NAMELESS and address.module:
            return address.module.rpartition("module.")[2] + key
        return address.name + key

    @property
    def scope(self) -> Scope:
        """Provider, account and region."""
        return self.source.scope

    @property
    def exists(self) -> Answer:
        """Undecided where count or for_each is."""
        return self.source.exists

    @property
    def tags(self) -> "Mapping[str, Text]":
        """Tags, default tags among them."""
        return self.source.tags

    def proof(self, attribute: str = "") -> Proof:
        """Where an attribute of this node stands."""
        return Proof(self.id, attribute, self.source.origin.line_of(attribute))

    def attribute(self, path: str) -> object:
        """A rare attribute by dotted path; None where it is not set, Unknown where unknown."""
        value: object = self.source.values
        for step in path.split("."):
            if isinstance(value, tuple):
                value = value[int(step)] if step.isdecimal() and int(step) < len(value) else None
            elif isinstance(value, Mapping):
                value = value.get(step)
            else:
                return value if isinstance(value, Unknown) else None
        return value


@dataclass(frozen=True, slots=True)
class PolicyText:
    """A policy document as text, and where it and each of its statements stand.

    `statements` gives the proof of the n-th statement where that is a block of its own, as in
    aws_iam_policy_document; otherwise `proof` serves for all. `managed` is the ARN of an AWS
    managed policy whose text this is not, `arn` that of a managed policy of one's own.
    """

    text: Text
    proof: Proof
    name: str = ""
    statements: tuple[Proof, ...] = ()
    managed: str = ""
    exists: Answer = YES
    """Undecided where the count of the policy or of what attaches it is."""
    arn: Text = ""


@dataclass(frozen=True, slots=True)
class Exposure:
    """A flag that opens something to the internet, as an Answer with the attribute it is from."""

    open: Answer
    proof: Proof


N = TypeVar("N", bound=Node)


def _id(node: Node) -> str:
    return node.id


@dataclass(frozen=True)
class NodeIndex:
    """All nodes of an estate, by id and by type."""

    nodes: tuple[Node, ...]

    @cached_property
    def by_id(self) -> dict[str, Node]:
        """Nodes by id."""
        return {node.id: node for node in self.nodes}

    @cached_property
    def _by_type(self) -> dict[type, tuple[Node, ...]]:
        return {}

    @cached_property
    def _alike(self) -> dict[type, tuple[Node, ...]]:
        found: dict[type, list[Node]] = {}
        for node in self.nodes:
            found.setdefault(type(node), []).append(node)
        return {kind: tuple(nodes) for kind, nodes in found.items()}

    def of(self, kind: type[N]) -> "tuple[N, ...]":
        """All nodes of a type or its subtypes, in order of address."""
        if kind not in self._by_type:
            among = [nodes for each, nodes in self._alike.items() if issubclass(each, kind)]
            several = (n for n in self.nodes if isinstance(n, kind)) if len(among) > 1 else ()
            self._by_type[kind] = among[0] if len(among) == 1 else tuple(several)
        return self._by_type[kind]  # type: ignore[return-value]

    def changed(self, node: Node) -> "NodeIndex":
        """The same nodes with this one in place of that of its id, in about as long as it takes
        to copy them. Raises KeyError where there is none."""
        old = self.by_id[node.id]
        at = bisect_left(self.nodes, node.id, key=_id)  # in order of id, as build/ leaves them
        if at == len(self.nodes) or self.nodes[at] is not old:
            at = next(place for place, each in enumerate(self.nodes) if each is old)
        new = NodeIndex((*self.nodes[:at], node, *self.nodes[at + 1 :]))
        vars(new)["by_id"] = self.by_id | {node.id: node}
        found = new._by_type
        for kind, nodes in self._by_type.items():
            if isinstance(old, kind) == isinstance(node, kind):
                own = isinstance(old, kind)
                found[kind] = tuple([node if n is old else n for n in nodes]) if own else nodes
        return new

    def differing(self, other: "NodeIndex") -> "tuple[Node, ...]":
        """The nodes of another index that are not the very ones of this; all, where they stand
        elsewhere."""
        if len(self.nodes) != len(other.nodes):
            return other.nodes
        return tuple([b for a, b in zip(self.nodes, other.nodes, strict=True) if a is not b])

    def get(self, ref: "Ref | None", kind: type[N]) -> "N | None":
        """The node a reference leads to, if it was read and is of this type."""
        node = self.by_id.get(ref) if isinstance(ref, str) else None
        return node if isinstance(node, kind) else None

    def many(self, refs: "Iterable[Ref]", kind: type[N]) -> "tuple[N, ...]":
        """The nodes that references lead to, leaving out what was not read."""
        found = (self.get(ref, kind) for ref in refs)
        return tuple(node for node in found if node is not None)


def referent_of(value: object) -> Referent | None:
    """The single resource attribute an Unknown stands for, if there is exactly one."""
    if isinstance(value, Unknown) and len(value.refers) == 1:
        return value.refers[0]
    return None
