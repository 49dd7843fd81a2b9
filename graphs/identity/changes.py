"""What a caller can change to be allowed: tags, on itself or on what it asks for.

A condition on aws:ResourceTag or aws:PrincipalTag guards nothing from whoever may set that tag.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from graphs.identity.actors import arn_of
from graphs.identity.evaluate import Permission, Permissions
from graphs.identity.keys import Chosen, Given
from graphs.identity.search import rank
from graphs.nodes import Node, Role, User
from graphs.unknown import Text

# The actions that set and that take away a tag, by service.
_TAGGING: Mapping[str, tuple[str, str]] = {
    "codebuild": ("codebuild:UpdateProject", "codebuild:UpdateProject"),
    "dynamodb": ("dynamodb:TagResource", "dynamodb:UntagResource"),
    "ec2": ("ec2:CreateTags", "ec2:DeleteTags"),
    "ecr": ("ecr:TagResource", "ecr:UntagResource"),
    "ecs": ("ecs:TagResource", "ecs:UntagResource"),
    "glue": ("glue:TagResource", "glue:UntagResource"),
    "kms": ("kms:TagResource", "kms:UntagResource"),
    "lambda": ("lambda:TagResource", "lambda:UntagResource"),
    "logs": ("logs:TagResource", "logs:UntagResource"),
    "rds": ("rds:AddTagsToResource", "rds:RemoveTagsFromResource"),
    "s3": ("s3:PutBucketTagging", "s3:PutBucketTagging"),
    "sagemaker": ("sagemaker:AddTags", "sagemaker:DeleteTags"),
    "secretsmanager": ("secretsmanager:TagResource", "secretsmanager:UntagResource"),
    "sns": ("sns:TagResource", "sns:UntagResource"),
    "sqs": ("sqs:TagQueue", "sqs:UntagQueue"),
    "ssm": ("ssm:AddTagsToResource", "ssm:RemoveTagsFromResource"),
    "states": ("states:TagResource", "states:UntagResource"),
}
_OF_PRINCIPALS: Mapping[str, tuple[str, str]] = {
    "role": ("iam:TagRole", "iam:UntagRole"),
    "user": ("iam:TagUser", "iam:UntagUser"),
}
_MOST = 4
"""Tags of which each may be kept or taken away: what more there are is taken away or is not."""


@dataclass(frozen=True, slots=True)
class Change:
    """A condition key that the caller can set, and the action that sets it or takes it away."""

    key: str
    action: str
    sets: bool = True


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
    best, counted = found, changes
    for free in _choices(changes):
        after = permissions.can(principal, action, resource, {**free, **given})
        if after.verdict in ("allow", "allow-if") and rank(after) > rank(best):
            best = after
            counted = tuple(c for c in changes if c.key in (free if not c.sets else after.keys))
    return best, counted if best is not found else ()


def _choices(changes: tuple[Change, ...]) -> Iterator[Given]:
    """What the caller may make of the tags: those it sets are its choice, those it may only take
    away are gone or as they were."""
    removed = {each.key for each in changes if not each.sets}
    setting = {each.key for each in changes if each.sets}
    free: Given = {key: Chosen(optional=key in removed) for key in setting}
    if free:
        yield free
    alone = sorted(removed - setting)
    sizes = range(1, len(alone) + 1) if len(alone) <= _MOST else (len(alone),)
    for size in sizes:
        for gone in combinations(alone, size):
            yield {**free, **dict.fromkeys(gone)}


def _changes(
    permissions: Permissions,
    principal: str,
    action: str,
    resource: "Node | Text",
    asked: frozenset[str],
) -> Iterator[Change]:
    own = permissions.index.by_id.get(principal)
    for key in sorted(asked):
        where = resource
        if ":resourcetag/" in key:
            actions = _tagging(action, resource)
        elif key.startswith("aws:principaltag/") and isinstance(own, Role | User):
            actions = _OF_PRINCIPALS["role" if isinstance(own, Role) else "user"]
            where = arn_of(own)
        else:
            continue
        for sets, changing in zip((True, False), actions, strict=False):
            if permissions.can(principal, changing, where).answer.certain:
                yield Change(key, changing, sets)


def _tagging(action: str, resource: "Node | Text") -> tuple[str, ...]:
    """The actions that tag what another action is about and take its tags away; none where we
    know none. A machine that Systems Manager commands is one of EC2."""
    about = str(arn_of(resource) if isinstance(resource, Node) else resource).split(":", 5)
    service = action.partition(":")[0].lower()
    if service in ("iam", "sts"):
        return _OF_PRINCIPALS.get(about[-1].partition("/")[0], ())
    return _TAGGING.get(about[2] if len(about) > 2 and about[2] in _TAGGING else service, ())
