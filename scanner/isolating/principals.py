"""How to isolate those who act: roles, users, their keys, outside accounts."""

import json
import shlex
from collections.abc import Iterator

from graphs.estate import Estate, Relation
from graphs.nodes import AccessKey, Node, Role, User
from scanner.breached import Action
from scanner.isolating.writing import DENY_ALL, DENY_OLDER, Words, deactivated, sessions


def role(estate: Estate, node: Node) -> Iterator[Action]:
    """Deny a role everything, sessions that began before included."""
    words = Words(node)
    name = words.of("name", "ROLE_NAME")
    yield words.action(
        "Keep what it may do and whom it trusts",
        "An attacker may have changed either, and the next steps do.",
        f"aws iam get-role --role-name {name} > role.json",
        f"aws iam list-role-policies --role-name {name} > role-policies.json",
    )
    yield words.action(
        "Deny it everything",
        "A denial wins over every permission, also for sessions that began before. What runs as it "
        "stops working.",
        f"aws iam put-role-policy --role-name {name} --policy-name incident-deny-all "
        f"--policy-document {shlex.quote(DENY_ALL)}",
    )
    if isinstance(node, Role):
        yield from sessions(estate, node)


def user(estate: Estate, node: Node) -> Iterator[Action]:
    """Deny a user everything; its keys stay to be looked at."""
    words = Words(node)
    name = words.of("name", "USER_NAME")
    yield words.action(
        "Keep when and from where its keys were used",
        "What is deleted tells nothing any more: keys are deactivated, not deleted.",
        f"aws iam list-access-keys --user-name {name} > access-keys.json",
        f"aws iam get-user --user-name {name} > user.json",
    )
    yield words.action(
        "Deny it everything",
        "A denial counts at once for its keys, for its console and for sessions made from them.",
        f"aws iam put-user-policy --user-name {name} --policy-name incident-deny-all "
        f"--policy-document {shlex.quote(DENY_ALL)}",
    )
    for key in estate.index.of(AccessKey):
        if key.user == node.id:
            yield deactivated(key, node)
    if isinstance(node, User) and node.signs_in.possible:
        yield words.action(
            "Take its console password away",
            "So that nobody signs in anew when the denial is lifted.",
            f"aws iam delete-login-profile --user-name {name}",
        )


def access_key(estate: Estate, node: Node) -> Iterator[Action]:
    """Deactivate a key, and end what was begun with it."""
    words = Words(node)
    key = words.of("id", "ACCESS_KEY_ID")
    yield words.action(
        "Keep when and from where it was used",
        "The record of its use goes with the key when that is deleted.",
        f"aws iam get-access-key-last-used --access-key-id {key}",
        f"aws cloudtrail lookup-events --lookup-attributes "
        f"AttributeKey=AccessKeyId,AttributeValue={key} > key-events.json",
    )
    owner = estate.index.get(node.user, User) if isinstance(node, AccessKey) else None
    if isinstance(node, AccessKey):
        yield deactivated(node, owner)
    if owner is not None:
        user = Words(owner)
        yield user.action(
            f"End the sessions that {owner.name} began",
            "Sessions made with the key outlive it, up to 36 hours.",
            f"aws iam put-user-policy --user-name {user.of('name', 'USER_NAME')} --policy-name "
            f"AWSRevokeOlderSessions --policy-document {DENY_OLDER}",
        )


def federation(estate: Estate, node: Node) -> Iterator[Action]:
    """Shut the roles that a provider's tokens open."""
    yield Words(node).action(
        f"Ask who runs {node.name} which tokens were given, and to whom",
        "Its own record says which builds or sign-ins got one; CloudTrail says which were used.",
        "aws cloudtrail lookup-events --lookup-attributes "
        "AttributeKey=EventName,AttributeValue=AssumeRoleWithWebIdentity > tokens.json",
        "aws cloudtrail lookup-events --lookup-attributes "
        "AttributeKey=EventName,AttributeValue=AssumeRoleWithSAML > sign-ins.json",
    )
    yield from outsider(estate, node)


def outsider(estate: Estate, node: Node) -> Iterator[Action]:
    """Shut the roles that let somebody from outside in."""
    for edge in estate.edges(Relation.MAY_ASSUME, source=node.id):
        role = estate.index.get(edge.target, Role)
        if role is not None:
            words = Words(role)
            name = words.of("name", "ROLE_NAME")
            yield words.action(
                f"Let the role {role.name} trust {node.name} no more",
                "It is the door that they come in by; where they come from is out of reach.",
                f"aws iam get-role --role-name {name} > role.json",
                f"aws iam update-assume-role-policy --role-name {name} --policy-document "
                f"{shlex.quote(_distrust())}",
            )
            yield from sessions(estate, role)


def _distrust() -> str:
    statement = {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
