"""Who is worth asking whether a role trusts them: told by the names in its trust policy.

Input: a role. Output: a superset of those that the policy may name, so that a role of an estate
of thousands is asked about few.
"""

from collections.abc import Iterator
from functools import cached_property

from graphs.identity.actors import is_number
from graphs.identity.evaluate import Permissions
from graphs.identity.layers import read
from graphs.identity.policy import PrincipalEntry, Statement
from graphs.nodes import Node, Outsider, Role, User
from graphs.unknown import Template, Text, Unknown

ASSUME = "sts:AssumeRole"


def services_named(permissions: Permissions, role: Role) -> frozenset[str] | None:
    """The services that a trust policy names; None where it may be any."""
    found: set[str] = set()
    for statement in _allowing(permissions, role):
        if statement.not_principals is not None:
            return None
        for entry in statement.principals or ():
            if entry.kind in ("*", "?") or not isinstance(entry.value, str):
                return None
            if entry.kind == "Service":
                found.add(entry.value)
    return frozenset(found)


class Callers:
    """Those who may assume roles, found by what trust policies call them."""

    def __init__(self, permissions: Permissions) -> None:
        """Sort the roles, users and outside accounts of an estate by their names."""
        index = permissions.index
        self._permissions = permissions
        self._everybody: tuple[Node, ...] = (
            *index.of(Role),
            *index.of(User),
            *index.of(Outsider),
        )
        self._by_arn: dict[Text, list[Node]] = {}
        for node in (*index.of(Role), *index.of(User)):
            self._by_arn.setdefault(node.arn, []).append(node)
        self._holed = [n for n in self._everybody if not isinstance(n.arn, str) or not n.arn]
        self._place = {node.id: place for place, node in enumerate(self._everybody)}
        self._able: dict[str, frozenset[str]] = {}

    def of(self, role: Role) -> tuple[Node, ...]:
        """Whoever the role's trust policy may name, in the order of the estate."""
        found: dict[str, Node] = {}
        for statement in _allowing(self._permissions, role):
            if statement.not_principals is not None:
                return self._everybody
            for entry in statement.principals or ():
                named = self._named(entry, role)
                if named is None:
                    return self._everybody
                found.update((node.id, node) for node in named)
        return tuple(sorted(found.values(), key=lambda node: self._place[node.id]))

    def abilities(self, principal: str) -> frozenset[str]:
        """The actions that a role's or user's own policies may allow."""
        if principal not in self._able:
            self._able[principal] = self._permissions.abilities(principal)
        return self._able[principal]

    def _named(self, entry: PrincipalEntry, role: Role) -> list[Node] | None:
        """The nodes that an entry may mean; None for anybody."""
        if entry.kind in ("Service", "Federated"):
            return []
        if entry.kind == "AWS" and is_number(entry.value):
            return self._with_ability(role)
        if entry.kind != "AWS" or isinstance(entry.value, Unknown):
            return None
        end = _end(entry.value)
        if end.endswith(":root") or (isinstance(entry.value, str) and ":" not in entry.value):
            return self._with_ability(role)
        if ":assumed-role/" in str(entry.value) or "*" in str(entry.value):
            return None
        holed = [n for n in self._holed if _agree(n.arn, entry.value) or isinstance(n, Outsider)]
        if isinstance(entry.value, str):
            return [*self._by_arn.get(entry.value, ()), *holed]
        return [*(n for n in self._everybody if _agree(n.arn, entry.value)), *holed]

    def _with_ability(self, role: Role) -> list[Node]:
        """An account that is trusted lets in those whose own policies let them: those that name the
        role, and those that name no role in full."""
        named, others = self._willing
        if not isinstance(role.arn, str) or not role.arn:
            return [*others, *(node for nodes in named.values() for node in nodes)]
        return [*others, *named.get(role.arn, ())]

    @cached_property
    def _willing(self) -> tuple[dict[str, list[Node]], list[Node]]:
        """Those whose own policies let them assume roles, by the roles, where they name them."""
        named: dict[str, list[Node]] = {}
        others: list[Node] = []
        for node in self._everybody:
            if isinstance(node, Outsider):
                others.append(node)
            elif ASSUME in self.abilities(node.id):
                aimed = self._aimed(node.id)
                for arn in aimed or ():
                    named.setdefault(arn, []).append(node)
                if aimed is None:
                    others.append(node)
        return named, others

    def _aimed(self, principal: str) -> set[str] | None:
        """The roles that somebody's policies name in full; None where they name others as well."""
        found: set[str] = set()
        for document in self._permissions.documents(principal):
            for each in document.about(ASSUME.lower()):
                written = each.clause.statement.resources
                if each.clause.statement.effect == "Deny":
                    continue
                if written is None or not all(map(_in_full, written)):
                    return None
                found.update(map(str, written))
        return found


def _in_full(resource: Text) -> bool:
    return isinstance(resource, str) and not set("*?$") & set(resource)


def _allowing(permissions: Permissions, role: Role) -> Iterator[Statement]:
    for statement in read(permissions.index, role.trust).statements:
        if statement.effect != "Deny":
            yield statement


def _agree(one: Text, other: Text) -> bool:
    """Whether two texts may be the same, by what they start and end with."""
    starts, ends = (_start(one), _start(other)), (_end(one), _end(other))
    return (starts[0].startswith(starts[1]) or starts[1].startswith(starts[0])) and (
        ends[0].endswith(ends[1]) or ends[1].endswith(ends[0])
    )


def _start(value: Text) -> str:
    first = value.parts[0] if isinstance(value, Template) else value
    return first if isinstance(first, str) else ""


def _end(value: Text) -> str:
    last = value.parts[-1] if isinstance(value, Template) else value
    return last if isinstance(last, str) else ""
