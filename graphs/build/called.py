"""What keeps data and is reached by signed calls alone: tables, queues, topics, streams, image
repositories, vaults. Each has a policy of its own that may let others in.
"""

from dataclasses import dataclass

from graphs.build import classes, policies, read, stores
from graphs.build.declared import DataRule
from graphs.build.draft import Draft
from graphs.nodes import PolicyText, Store
from graphs.resource import Resource
from graphs.unknown import YES, Answer, Cause, Unknown, answer, any_of, cannot_tell, known


@dataclass(frozen=True, slots=True)
class Row:
    """How a Terraform type says what a Store is. Names are those of its attributes.

    `link` is the type that adds a policy from outside, and its attribute that names the store.
    """

    kind: str
    key: str
    lasting: bool = False
    link: tuple[str, str] | None = None
    name: str = "name"


ROWS = {
    "aws_dynamodb_table": Row(
        "table", "", lasting=True, link=("aws_dynamodb_resource_policy", "resource_arn")
    ),
    "aws_sqs_queue": Row("queue", "kms_master_key_id", link=("aws_sqs_queue_policy", "queue_url")),
    "aws_sns_topic": Row("topic", "kms_master_key_id", link=("aws_sns_topic_policy", "arn")),
    "aws_kinesis_stream": Row(
        "stream", "kms_key_id", link=("aws_kinesis_resource_policy", "resource_arn")
    ),
    "aws_ecr_repository": Row(
        "image repository", "", link=("aws_ecr_repository_policy", "repository")
    ),
    "aws_ecrpublic_repository": Row("image repository", "", name="repository_name"),
    "aws_backup_vault": Row(
        "backup vault",
        "kms_key_arn",
        lasting=True,
        link=("aws_backup_vault_policy", "backup_vault_name"),
    ),
}


def lower(draft: Draft, rules: tuple[DataRule, ...]) -> None:
    """Make the stores of the table."""
    for kind, row in ROWS.items():
        for resource in draft.all(kind):
            draft.add(_store(draft, resource, row, rules))


def _store(draft: Draft, resource: Resource, row: Row, rules: tuple[DataRule, ...]) -> Store:
    kinds, reason = classes.classify(resource, (read.raw(resource, row.name),), rules)
    if resource.type == "aws_backup_vault" and not kinds:
        kinds, reason = frozenset(("backup",)), "a backup vault"
    return Store(
        source=resource,
        id=resource.id,
        arn=draft.arn(resource),
        classes=kinds,
        class_reason=reason,
        encrypted=_encrypted(resource),
        key=stores.key_ref(draft, resource, row.key) if row.key else _own_key(draft, resource),
        kind=row.kind,
        lasting=row.lasting,
        policies=_policies(draft, resource, row),
        recorded=read.flag(
            read.first(resource, "point_in_time_recovery"), "enabled", default=False
        ),
    )


def _own_key(draft: Draft, resource: Resource) -> "str | Unknown | None":
    """The key in a nested block: of a table, or of an image repository."""
    for block, name in (
        ("server_side_encryption", "kms_key_arn"),
        ("encryption_configuration", "kms_key"),
    ):
        said = read.first(resource, block).get(name)
        if said is not None:
            return stores.key_named(draft, resource, said)
    return None


def _encrypted(resource: Resource) -> Answer:
    """Tables, vaults and images always are; queues since 2022 unless it is switched off.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-sqs-sse-queue.html
    """
    if resource.type == "aws_sqs_queue":
        named = known(read.raw(resource, "kms_master_key_id") not in (None, ""))
        own = read.raw(resource, "sqs_managed_sse_enabled")
        if own is None:
            age = Unknown(Cause.DATA, f"whether {resource.id} is older than October 2022")
            return named | cannot_tell(age)
        return any_of(
            (named, answer(read.boolean(resource, "sqs_managed_sse_enabled", default=True)))
        )
    if resource.type == "aws_sns_topic":
        return known(read.raw(resource, "kms_master_key_id") not in (None, ""))
    if resource.type == "aws_kinesis_stream":
        kind = read.word(resource, "encryption_type", "NONE")
        return cannot_tell(kind) if isinstance(kind, Unknown) else known(kind == "KMS")
    return YES


def _policies(draft: Draft, resource: Resource, row: Row) -> tuple[PolicyText, ...]:
    holders = [resource]
    if row.link:
        holders += draft.satellites(*row.link, resource.type).get(resource.id, [])
    found = (policies.policy_at(draft, r, "policy", f"{row.kind} policy") for r in holders)
    return tuple(p for p in found if p)
