"""Who gets a role of the identity pools of Cognito, and with what token.

A role that does not ask for one pool by its id serves anybody's. Of a pool that is not in the
estate it is not known whom it admits.

Amazon Cognito Developer Guide, "IAM roles" (trust policies), "Security best practices for Amazon
Cognito identity pools".
"""

from collections.abc import Iterator

from graphs.identity.glob import FRESH
from graphs.identity.keys import Chosen, Given
from graphs.identity.policy import Statement
from graphs.nodes import IdentityPool, NodeIndex, Role
from graphs.unknown import NO, YES, Answer, Cause, Referent, Text, Unknown, cannot_tell

HOST = "cognito-identity.amazonaws.com"
GUEST, MEMBER = "unauthenticated", "authenticated"
_SOMEBODY = Chosen(f"*:{FRESH}", optional=False)


def ways(
    index: NodeIndex, role: Role, statements: tuple[Statement, ...]
) -> Iterator[tuple[Given, Answer]]:
    """The tokens that a stranger may get, each with whether it is handed out for this role."""
    own: Given = {f"{HOST}:{claim}": _SOMEBODY for claim in ("aud", "sub")}
    yield {**own, f"{HOST}:amr": Chosen("*", optional=False)}, YES
    pools = index.of(IdentityPool)
    for pool in pools:
        for kind, admitted in ((GUEST, pool.guests), (MEMBER, pool.members)):
            handed = admitted & (pool.classic | _is_for(role, pool, kind))
            if handed.possible:
                yield _token(_number(pool), kind), handed
    known = {_number(pool) for pool in pools}
    asked = {value for value in _asked(statements) if value not in known}
    for number in sorted(asked, key=str):
        for kind, whom in ((GUEST, "guests"), (MEMBER, "whoever signs up")):
            why = Unknown(Cause.DATA, f"whether the identity pool {number} admits {whom}")
            yield _token(number, kind), cannot_tell(why)


def _token(number: Text, kind: str) -> Given:
    return {f"{HOST}:aud": (number,), f"{HOST}:sub": _SOMEBODY, f"{HOST}:amr": (kind,)}


def _number(pool: IdentityPool) -> "str | Unknown":
    """The id, which AWS chooses and accounts tell."""
    said = pool.attribute("id")
    if isinstance(said, str):
        return said
    return Unknown(Cause.COMPUTED, f"{pool.id}.id", (Referent(pool.id, "id"),))


def _is_for(role: Role, pool: IdentityPool, kind: str) -> Answer:
    """Whether the pool hands out the role to a kind of caller."""
    found = NO
    for who, ref in pool.roles:
        if who == kind:
            same = YES if ref == role.id else NO
            found = found | (cannot_tell(ref) if isinstance(ref, Unknown) else same)
    return found


def _asked(statements: tuple[Statement, ...]) -> Iterator[Text]:
    """The pools that a trust policy names."""
    for statement in statements:
        for condition in statement.conditions:
            if condition.key == f"{HOST}:aud":
                yield from (v for v in condition.values if "*" not in str(v))
