"""Code laid over what is live: things of one natural key become one.

Input: resources of code and of a snapshot, under names that say whose they are. Output: those of
the code, with the ids and the account of what they are live; then what is live beside them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from graphs.resource import EVERYWHERE, Resource, Scope, Value
from graphs.unknown import Referent, Template, Unknown, text

Key = tuple[str, tuple[str, ...]]

KEYS: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "aws_iam_group_policy": (("group", "name"),),
    "aws_iam_group_policy_attachment": (("group", "policy_arn"),),
    "aws_iam_role_policy": (("role", "name"),),
    "aws_iam_role_policy_attachment": (("role", "policy_arn"),),
    "aws_iam_user_policy": (("user", "name"),),
    "aws_iam_user_policy_attachment": (("user", "policy_arn"),),
    "aws_instance": (("subnet_id", "Name"),),
    "aws_internet_gateway": (("vpc_id",),),
    "aws_lb_listener": (("load_balancer_arn", "port"),),
    "aws_nat_gateway": (("subnet_id",),),
    "aws_network_acl": (("vpc_id", "Name"),),
    "aws_route_table": (("vpc_id", "Name"),),
    "aws_route_table_association": (("subnet_id",), ("gateway_id",)),
    "aws_security_group": (("vpc_id", "name"),),
    "aws_subnet": (("vpc_id", "cidr_block"),),
    "aws_vpc": (("cidr_block", "Name"), ("cidr_block",)),
    "aws_vpc_endpoint": (("vpc_id", "service_name"),),
}
"""What tells a thing of a type from all others, by attributes and the Name tag; first what tells
most. Other types have a name of their own."""

NAMES: Final = tuple(
    (name,)
    for name in (
        "arn", "bucket", "function_name", "identifier", "cluster_identifier", "domain_name",
        "family", "name",
    )
)  # fmt: skip


def laid_over(code: Sequence[Resource], live: Sequence[Resource]) -> tuple[Resource, ...]:
    """The resources of both, each thing once."""
    same: dict[str, Resource] = {}
    before = -1
    while before < len(same):  # what stands in a thing is known once that is
        before = len(same)
        same.update(_matched(code, live, same))
    taken = {each.id for each in same.values()}
    merged = [_merged(each, same[each.id]) if each.id in same else each for each in code]
    return (*merged, *(each for each in live if each.id not in taken))


def _matched(
    code: Sequence[Resource], live: Sequence[Resource], same: Mapping[str, Resource]
) -> dict[str, Resource]:
    """What is surely live of the code: one thing of a key on each side."""
    taken = {each.id for each in same.values()}
    ours = _by_key([each for each in code if each.id not in same], same)
    theirs = _by_key([each for each in live if each.id not in taken], {})
    found: dict[str, Resource] = {}
    for key, mine in ours.items():
        seen = theirs.get(key, [])
        if len(mine) == len(seen) == 1 and _one_scope(mine[0].scope, seen[0].scope):
            found.setdefault(mine[0].id, seen[0])
    return found


def _by_key(
    resources: Sequence[Resource], same: Mapping[str, Resource]
) -> dict[Key, list[Resource]]:
    found: dict[Key, list[Resource]] = {}
    for each in resources:
        if each.address.mode == "managed":
            for key in _keys(each, same):
                found.setdefault(key, []).append(each)
    return found


def _keys(made: Resource, same: Mapping[str, Resource]) -> Iterator[Key]:
    for names in KEYS.get(made.type, NAMES):
        told = [_told(made, name, same) for name in names]
        if all(told):
            yield made.type, (*names, *map(str, told))


def _told(made: Resource, name: str, same: Mapping[str, Resource]) -> str:
    """An attribute or the Name tag as known text; "" where it is not."""
    value: object = made.tags.get(name) if name == "Name" else made.values.get(name)
    value = _seen(value, same) if isinstance(value, Unknown) else value
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _seen(value: Unknown, same: Mapping[str, Resource]) -> object:
    """An attribute of a thing that is live, as the account told it."""
    if len(value.refers) != 1 or value.what != str(value.refers[0]):
        return value
    target: Referent = value.refers[0]
    thing = same.get(target.address)
    return value if thing is None else thing.values.get(target.attribute, value)


def _one_scope(code: Scope, live: Scope) -> bool:
    """Whether code that may not say its account and region is of those of a live thing."""
    account = isinstance(code.account, Unknown) or code.account == live.account
    anywhere = isinstance(code.region, Unknown) or live.region == EVERYWHERE
    return account and (anywhere or code.region == live.region)


def _merged(code: Resource, live: Resource) -> Resource:
    """What the code says, over what the account tells of the rest."""
    return replace(code, values={**live.values, **code.values}, scope=live.scope)


def in_account(code: Sequence[Resource], live: Sequence[Resource]) -> tuple[Resource, ...]:
    """The resources of code that does not say its account, as of the only one that was swept."""
    accounts = {each.scope.account for each in live if isinstance(each.scope.account, str)}
    if len(accounts) != 1:
        return tuple(code)
    (account,) = accounts
    unsaid: dict[str | Unknown, str] = {
        each.scope.account: account for each in code if isinstance(each.scope.account, Unknown)
    }
    return tuple(_placed(each, unsaid) for each in code)


def _placed(made: Resource, unsaid: "Mapping[str | Unknown, str]") -> Resource:
    account = unsaid.get(made.scope.account, made.scope.account)
    values = {name: _filled(value, unsaid) for name, value in made.values.items()}
    return replace(made, values=values, scope=replace(made.scope, account=account))


def _filled(value: Value, unsaid: "Mapping[str | Unknown, str]") -> Value:
    if isinstance(value, Unknown):
        return unsaid.get(value, value)
    if isinstance(value, Template):
        return text(unsaid.get(part, part) for part in value.parts)
    if isinstance(value, tuple):
        return tuple([_filled(each, unsaid) for each in value])
    if isinstance(value, Mapping):
        return {key: _filled(each, unsaid) for key, each in value.items()}
    return value
