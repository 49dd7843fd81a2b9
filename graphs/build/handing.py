"""Draws what passing a role on leads to: something of one's own that a service runs as the role."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property

from graphs.build.callers import Caller, likeliest
from graphs.build.making import may_make
from graphs.build.profiles import MACHINES, Profiles
from graphs.build.structure import Drawing
from graphs.identity import principals
from graphs.identity.evaluate import Permission, Permissions
from graphs.identity.keys import Given
from graphs.identity.pools import GUEST, MEMBER
from graphs.identity.search import refused
from graphs.identity.techniques import Technique
from graphs.identity.trusting import services_named
from graphs.nodes import IdentityPool, Node, Profile, Role
from graphs.unknown import Text, all_of, known

PASS, POOLS = "iam:PassRole", "cognito-identity.amazonaws.com"
_SERVICE: frozenset[Text] = frozenset(("iam:passedtoservice",))


class Handing:
    """The roles of a drawing by the services that they may trust."""

    def __init__(self, drawing: Drawing) -> None:
        """Nothing is asked yet."""
        self._drawing = drawing
        self._profiles = Profiles(drawing.index.of(Profile))
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
                (role, self._trusts(role, service))
                for role, named in self._named
                if named is None or service in named or service == POOLS
            )
            self._by_service[service] = tuple(each for each in asked if each[1].answer.possible)
        return self._by_service[service]

    def _trusts(self, role: Role, service: str) -> Permission:
        """What a trust policy says of a service; of identity pools, where one is named, tokens
        decide."""
        if service != POOLS:
            return principals.trusts_service(self._drawing.permissions, role, service)
        return Permission("", known(POOLS in str(role.trust.text)))

    def draw(self, caller: Caller, technique: Technique, there: Iterable[Node]) -> None:
        """Add the edges of one technique. `there` are the nodes that it may need to exist."""
        if PASS not in caller.able or not caller.able.issuperset(technique.actions):
            return
        calls = may_make(caller, technique.actions)
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
                if technique.service == POOLS:
                    self._hand_out(caller, technique, role, passing)
                    continue
                needed = (passing, trusted, *self._profile(caller, role, technique), *calls)
                caller.draw(role.id, technique.id, needed)

    def _hand_out(
        self, caller: Caller, technique: Technique, role: Role, passing: Permission
    ) -> None:
        """A pool that the caller lets hand out a role gives it to whom it admits."""
        index, ways = self._drawing.index, dict(technique.existing)
        for pool in index.of(IdentityPool):
            allowed = caller.best(ways[pool.source.type], pool)
            if not allowed.answer.possible:
                continue
            handing = replace(pool, roles=tuple((who, role.id) for who in (GUEST, MEMBER)))
            after = Permissions(index.changed(handing), self._drawing.permissions.known)
            given = principals.open_federation(after, role)
            caller.draw(role.id, technique.id, (passing, allowed, given), also=pool.id)

    def _profile(self, caller: Caller, role: Role, technique: Technique) -> tuple[Permission, ...]:
        """What else a role takes that a machine is started as."""
        return (self._profiles.having(caller, role),) if technique.service == MACHINES else ()


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
