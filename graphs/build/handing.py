"""Draws what passing a role on leads to: something of one's own that a service runs as the role."""

from collections.abc import Iterable
from functools import cached_property

from graphs.build.callers import Caller, likeliest
from graphs.build.structure import Drawing
from graphs.identity import principals
from graphs.identity.evaluate import Permission
from graphs.identity.techniques import Technique
from graphs.identity.trusting import services_named
from graphs.nodes import Node, Role
from graphs.unknown import all_of

PASS = "iam:PassRole"


class Handing:
    """The roles of a drawing by the services that they may trust."""

    def __init__(self, drawing: Drawing) -> None:
        """Nothing is asked yet."""
        self._drawing = drawing
        self._by_service: dict[str, tuple[Role, ...]] = {}

    @cached_property
    def _named(self) -> list[tuple[Role, frozenset[str] | None]]:
        permissions = self._drawing.permissions
        roles = self._drawing.index.of(Role)
        return [(role, services_named(permissions, role)) for role in roles]

    def trusting(self, service: str) -> tuple[Role, ...]:
        """The roles that a service may be handed."""
        if service not in self._by_service:
            self._by_service[service] = tuple(
                role
                for role, named in self._named
                if (named is None or service in named)
                and principals.trusts_service(
                    self._drawing.permissions, role, service
                ).answer.possible
            )
        return self._by_service[service]

    def draw(self, caller: Caller, technique: Technique, there: Iterable[Node]) -> None:
        """Add the edges of one technique. `there` are the nodes that it may need to exist."""
        if PASS not in caller.able:
            return
        calls = [caller.may((action,)) for action in technique.actions]
        if technique.existing:
            calls.append(_on_existing(caller, technique, there))
        if not all_of(each.answer for each in calls).possible:
            return
        permissions, holder = self._drawing.permissions, caller.holder
        for role in self.trusting(technique.service):
            if role.id != holder.id and role.scope.account == holder.scope.account:
                passing = principals.can_pass(permissions, holder.id, role, technique.service)
                caller.draw(role.id, technique.id, (passing, *calls))


def _on_existing(caller: Caller, technique: Technique, there: Iterable[Node]) -> Permission:
    ways = dict(technique.existing)
    found = [caller.best(ways[node.source.type], node) for node in there]
    return likeliest([*found, caller.may(("",))])
