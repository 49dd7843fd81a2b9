"""What a caller can change to be allowed: tags, on itself or on what it asks for.

A condition on aws:ResourceTag or aws:PrincipalTag guards nothing from whoever may set that tag.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graphs.identity.actors import arn_of
from graphs.identity.evaluate import Permission, Permissions
from graphs.identity.keys import Chosen, Given
from graphs.identity.search import rank
from graphs.nodes import Node, Role, User
from graphs.unknown import Text

_TAGGING: Mapping[str, str] = {
    "dynamodb": "dynamodb:TagResource",
    "ec2": "ec2:CreateTags",
    "ecr": "ecr:TagResource",
    "kms": "kms:TagResource",
    "lambda": "lambda:TagResource",
    "logs": "logs:TagResource",
    "rds": "rds:AddTagsToResource",
    "s3": "s3:PutBucketTagging",
    "secretsmanager": "secretsmanager:TagResource",
    "sns": "sns:TagResource",
    "sqs": "sqs:TagQueue",
    "ssm": "ssm:AddTagsToResource",
}


@dataclass(frozen=True, slots=True)
class Change:
    """A condition key that the caller can set, and the action that sets it."""

    key: str
    action: str


def by_changing(
    permissions: Permissions,
    principal: str,
    action: str,
    resource: "Node | Text",
    given: Given,
    found: Permission,
) -> tuple[Permission, tuple[Change, ...]]:
    """What the caller may do once it has set the tags that it may set; with those that counted.

    Gives `found`, what it may do now, where changing tags gives no more.
    """
    asked = permissions.conditions(principal, action, resource)
    changes = tuple(_changes(permissions, principal, action, resource, asked))
    if not changes:
        return found, ()
    free: Given = {change.key: Chosen() for change in changes}
    after = permissions.can(principal, action, resource, {**free, **given})
    if rank(after) <= rank(found) or after.verdict not in ("allow", "allow-if"):
        return found, ()
    return after, tuple(change for change in changes if change.key in after.keys)


def _changes(
    permissions: Permissions,
    principal: str,
    action: str,
    resource: "Node | Text",
    asked: frozenset[str],
) -> Iterator[Change]:
    own = permissions.index.by_id.get(principal)
    for key in sorted(asked):
        if ":resourcetag/" in key:
            setting, where = _tagging(action, resource), resource
        elif key.startswith("aws:principaltag/") and isinstance(own, Role | User):
            setting, where = (
                ("iam:TagRole" if isinstance(own, Role) else "iam:TagUser"),
                arn_of(own),
            )
        else:
            continue
        if setting and permissions.can(principal, setting, where).answer.certain:
            yield Change(key, setting)


def _tagging(action: str, resource: "Node | Text") -> str:
    """The action that tags what another action is about; "" where we know none."""
    service = action.partition(":")[0].lower()
    if service in ("iam", "sts"):
        about = str(arn_of(resource) if isinstance(resource, Node) else resource)
        return {"role": "iam:TagRole", "user": "iam:TagUser"}.get(
            about.partition("::")[2].partition(":")[2].partition("/")[0], ""
        )
    return _TAGGING.get(service, "")
