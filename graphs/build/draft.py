"""The draft of an estate: resources by address and by natural key, and the nodes made so far."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from graphs.build import naming, read
from graphs.evidence import Proof
from graphs.nodes import Node, NodeIndex, Ref
from graphs.resource import Resource
from graphs.unknown import Cause, Referent, Template, Unknown, text, unknowns_in
from graphs.verdict import Gap

N = TypeVar("N", bound=Node)

# What people and APIs call a resource by, beside its address.
NATURAL = (
    "arn",
    "id",
    "name",
    "family",
    "bucket",
    "function_name",
    "identifier",
    "cluster_identifier",
)

# The same of single types: what their satellites name them by.
NAMED_BY = {
    "aws_cognito_user_pool": "endpoint",
    "aws_key_pair": "key_name",
    "aws_codecommit_repository": "repository_name",
    "aws_db_cluster_snapshot": "db_cluster_snapshot_identifier",
    "aws_db_snapshot": "db_snapshot_identifier",
    "aws_elasticsearch_domain": "domain_name",
    "aws_opensearch_domain": "domain_name",
    "aws_redshiftserverless_namespace": "namespace_name",
    "aws_sqs_queue": "url",
}

# What a VPC calls by an id of its own, where that id is known.
ALONGSIDE = (
    "default_network_acl_id",
    "default_route_table_id",
    "default_security_group_id",
    "main_route_table_id",
)


@dataclass
class _Names:
    """The resources of one type by all that they are called."""

    whole: dict[str, list[Resource]] = field(default_factory=dict)
    holed: "dict[Template | Unknown, str]" = field(default_factory=dict)


@dataclass
class Draft:
    """Collects nodes while build/ runs. Lives no longer than one `build_estate`."""

    resources: tuple[Resource, ...]
    nodes: dict[str, Node] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    openers: dict[str, set[str]] = field(default_factory=dict)
    """Secret attributes by `address.attribute`, with the nodes that they open."""
    aliases: dict[str, str] = field(default_factory=dict)
    """Node ids by `address.attribute`, where an attribute names what AWS made alongside."""
    associations: "dict[str, Ref | None] | None" = None
    """The transit table that each attachment is associated with, once that was asked."""
    tasks_run: "frozenset[Ref | None] | None" = None
    """The tasks that services run, once that was asked."""
    started: "dict[str, list[str | Unknown | None]] | None" = None
    """The versions of each launch template that something is started from, once that was asked."""
    _satellites: dict[tuple[str, str], dict[str, list[Resource]]] = field(default_factory=dict)
    _names: "dict[str, _Names]" = field(default_factory=dict)

    @cached_property
    def by_id(self) -> dict[str, Resource]:
        """Resources by address."""
        return {r.id: r for r in self.resources}

    @cached_property
    def by_type(self) -> dict[str, list[Resource]]:
        """Managed resources by Terraform type."""
        found: dict[str, list[Resource]] = {}
        for resource in self.resources:
            if resource.address.mode == "managed":
                found.setdefault(resource.type, []).append(resource)
        return found

    def _called(self, kind: str) -> "_Names":
        """What resources of a type are called by: as text, and with holes."""
        if kind not in self._names:
            names = self._names[kind] = _Names()
            for resource in self.by_type.get(kind, ()):
                for told in self._keys(resource):
                    if isinstance(told, str):
                        names.whole.setdefault(told, []).append(resource)
                    else:
                        names.holed.setdefault(told, resource.id)
        return self._names[kind]

    def _keys(self, resource: Resource) -> "Iterable[str | Template | Unknown]":
        settled = [self.settle(naming.computed(resource, name)) for name in NATURAL]
        beside = [read.raw(resource, name) for name in ALONGSIDE]
        if resource.type in NAMED_BY:
            beside.append(self.settle(naming.computed(resource, NAMED_BY[resource.type])))
        named = (*settled, *(key for key in beside if isinstance(key, str | Template)))
        return dict.fromkeys(k for k in named if isinstance(k, str | Template | Unknown))

    def all(self, *types: str) -> list[Resource]:
        """Managed resources of these types, in order of type and reading."""
        return [r for t in types for r in self.by_type.get(t, ())]

    def of(self, kind: type[N]) -> list[N]:
        """The nodes made so far of a type."""
        return [n for n in self.nodes.values() if isinstance(n, kind)]

    def add(self, node: Node) -> None:
        """Keep a node."""
        self.nodes[node.id] = node

    def index(self) -> NodeIndex:
        """The nodes made so far, in order of id."""
        return NodeIndex(tuple(self.nodes[key] for key in sorted(self.nodes)))

    def settle(self, value: object, depth: int = 0) -> object:
        """Put in the computed names that can be told; holes remain where they cannot."""
        if isinstance(value, Unknown) and len(value.refers) == 1 and depth < 8:
            return self._settled(value, value.refers[0], depth)
        if isinstance(value, Template):
            return text(self.settle(p, depth) for p in value.parts)
        if isinstance(value, tuple):
            return tuple(self.settle(v, depth) for v in value)
        if isinstance(value, Mapping):
            return {k: self.settle(v, depth) for k, v in value.items()}
        return value

    def _settled(self, value: Unknown, referent: Referent, depth: int) -> object:
        resource = self.by_id.get(referent.address)
        if resource is None or resource.address.mode == "data" or "[" in referent.attribute:
            return value
        if value.what != str(referent):
            return value  # computed from the reference, not the reference itself
        told = naming.computed(resource, referent.attribute)
        # `bucket_prefix` with the rest still to be chosen tells the value by itself.
        return told if value in unknowns_in(told) else self.settle(told, depth + 1)

    def arn(self, resource: Resource) -> "str | Template | Unknown":
        """The resource's ARN as far as it can be told."""
        return self.settle(naming.computed(resource, "arn"))  # type: ignore[return-value]

    def ref(self, holder: Resource, value: object, *types: str) -> "Ref | None":
        """The address of the resource of one of these types that a value names.

        An Unknown comes back where the value leads outside what was read; None for no value.
        """
        if value is None or value == "":
            return None
        told = self.settle(value)
        for said in (value, told):
            target = self._referred(said, types)
            if target is not None:
                return target
        if isinstance(told, str):
            return self._named(holder, told, types)
        return self._same_template(told, types) or read.whole(told)

    def _referred(self, value: object, types: tuple[str, ...]) -> str | None:
        """What a value leads to, if it can be nothing else: `var.x ? a.id : b.id` may be both."""
        if not isinstance(value, Unknown):
            return None
        found = {self._target(referent, types) for referent in value.refers} - {None}
        if len(found) != 1:
            return None
        (target,) = found
        made = self.by_id.get(str(target))
        doubts = read.roots(made.exists.because) if made else frozenset()
        others = {u for u in value.roots if not any(self._target(r, types) for r in u.refers)}
        return target if others <= doubts else None

    def _target(self, referent: Referent, types: tuple[str, ...]) -> str | None:
        target = self.by_id.get(referent.address)
        if target is not None and target.address.mode == "managed" and target.type in types:
            return target.id
        return self.aliases.get(str(referent))

    def _named(self, holder: Resource, told: str, types: Iterable[str]) -> Ref:
        found = [r for t in types for r in self._called(t).whole.get(told, ())]
        near = [r for r in found if r.scope.account == holder.scope.account] or found
        if near:
            return near[0].id
        return self._alongside(told) or Unknown(Cause.DATA, told)

    def _alongside(self, told: str) -> str | None:
        """What AWS made alongside a resource that has the id of it, as states have."""
        for path, node in self.aliases.items():
            address, _, attribute = path.rpartition(".")
            owner = self.by_id.get(address)
            if owner is not None and read.raw(owner, attribute) == told:
                return node
        return None

    def _same_template(self, told: object, types: Iterable[str]) -> str | None:
        """The resource one of whose names has the same parts and the same holes."""
        if not isinstance(told, Template | Unknown):
            return None
        found = (self._called(t).holed.get(told) for t in types)
        return next((each for each in found if each is not None), None)

    def ref_at(self, holder: Resource, name: str, *types: str) -> "Ref | None":
        """`ref` of an attribute; falls back on what the attribute was computed from."""
        return self.ref(holder, read.raw(holder, name), *types)

    def refs_at(self, holder: Resource, name: str, *types: str) -> tuple[Ref, ...]:
        """`ref` of each element of a list attribute."""
        found = (self.ref(holder, v, *types) for v in read.items(holder, name))
        return tuple(dict.fromkeys(r for r in found if r is not None))

    def satellites(self, kind: str, name: str, *types: str) -> dict[str, list[Resource]]:
        """The resources of a kind by what an attribute names: routes by table, rules by group."""
        if (kind, name) not in self._satellites:
            found: dict[str, list[Resource]] = {}
            elsewhere: list[tuple[Resource, Unknown]] = []
            for resource in self.all(kind):
                target = self.ref_at(resource, name, *types)
                if isinstance(target, str):
                    found.setdefault(target, []).append(resource)
                elif target is not None:
                    elsewhere.append((resource, target))
            self._satellites[kind, name] = found
            self._tell(kind, elsewhere)
        return self._satellites[kind, name]

    def nested(self, kind: str, block: str, name: str, *types: str) -> dict[str, list[Resource]]:
        """The same by what an attribute of their nested blocks names."""
        key = kind, f"{block}.{name}"
        if key not in self._satellites:
            found: dict[str, dict[str, Resource]] = {}
            for resource in self.all(kind):
                for each in read.blocks(resource, block):
                    target = self.ref(resource, each.get(name), *types)
                    if isinstance(target, str):
                        found.setdefault(target, {})[resource.id] = resource
            self._satellites[key] = {to: list(own.values()) for to, own in found.items()}
        return self._satellites[key]

    def _tell(self, kind: str, elsewhere: list[tuple[Resource, Unknown]]) -> None:
        """One gap per type for what belongs to nothing that was read."""
        if elsewhere:
            first, owner = elsewhere[0]
            more = f" and {len(elsewhere) - 1} more {kind}" if len(elsewhere) > 1 else ""
            what = f"{first.id}{more} belongs to what this code does not have: {owner.what}"
            effect = "what it opens, reaches or holds is not judged"
            self.gaps.append(Gap("belongs-elsewhere", what, effect, first.origin.place))

    def proof(self, resource: Resource, path: str = "") -> Proof:
        """Where an attribute stands."""
        return Proof(resource.id, path, resource.origin.line_of(path))
