"""Draws what passing a role on leads to: something of one's own that a service runs as the role."""

from collections.abc import Iterable
from functools import cached_property

from graphs.build.callers import Caller, likeliest
from graphs.build.structure import Drawing
from graphs.identity import principals
from graphs.identity.evaluate import Permission
from graphs.identity.keys import Given
from graphs.identity.search import refused
from graphs.identity.techniques import Technique
from graphs.identity.trusting import services_named
from graphs.nodes import Node, Role
from graphs.unknown import Text, all_of

PASS = "iam:PassRole"
_SERVICE: frozenset[Text] = frozenset(("iam:passedtoservice",))


class Handing:
    """The roles of a drawing by the services that they may trust."""

    def __init__(self, drawing: Drawing) -> None:
        """Nothing is asked yet."""
        self._drawing = drawing
        self._by_service: dict[str, tuple[tuple[Role, Permission], ...]] = {}

    @cached_property
    def _named(self) -> list[tuple[Role, frozenset[str] | None]]:
        permissions = self._drawing.permissions
        roles = self._drawing.index.of(Role)
        return [(role, services_named(permissions, role)) for role in roles]

    def trusting(self, service: str) -> tuple[tuple[Role, Permission], ...]:
        """The roles that a service may be handed, with what their trust policies say of it."""
        if service not in self._by_service:
            asked = (
                (role, principals.trusts_service(self._drawing.permissions, role, service))
                for role, named in self._named
                if named is None or service in named
            )
            self._by_service[service] = tuple(each for each in asked if each[1].answer.possible)
        return self._by_service[service]

    def draw(self, caller: Caller, technique: Technique, there: Iterable[Node]) -> None:
        """Add the edges of one technique. `there` are the nodes that it may need to exist."""
        if PASS not in caller.able or not caller.able.issuperset(technique.actions):
            return
        calls = [caller.may((action,)) for action in technique.actions]
        if technique.existing:
            calls.append(_on_existing(caller, technique, there))
        if not all_of(each.answer for each in calls).possible:
            return
        alike = caller.same_for_all(PASS, _SERVICE)
        once: Permission | None = None
        for role, trusted in self.trusting(technique.service):
            if role.id == caller.holder.id or role.scope.account != caller.holder.scope.account:
                continue
            passing = once if alike and once else _passing(caller, role, technique.service)
            once = passing
            if passing.answer.possible:
                caller.draw(role.id, technique.id, (passing, trusted, *calls))


def _passing(caller: Caller, role: Role, service: str) -> Permission:
    """Whether a role may be passed to a service.

    IAM User Guide, "Grant a user permissions to pass a role to an AWS service".
    """
    about = caller.about(PASS)
    if isinstance(role.arn, str) and role.arn and not role.arn.startswith(about.only):
        return refused("No policy allows to pass it")
    context: Given = {"iam:PassedToService": service}
    return caller.may((PASS,), role, context)


def _on_existing(caller: Caller, technique: Technique, there: Iterable[Node]) -> Permission:
    ways = dict(technique.existing)
    found = [caller.best(ways[node.source.type], node) for node in there]
    return likeliest([*found, refused("")])
