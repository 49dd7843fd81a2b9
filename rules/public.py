"""What anybody can ask AWS for, without a network between: buckets, secrets and keys."""

from collections.abc import Iterator

from graphs.estate import Estate
from graphs.identity.evaluate import ANYONE
from graphs.nodes import (
    Bucket,
    Key,
    Secret,
)
from graphs.unknown import Answer
from rules.api import Severity, Violation, rule, shown
from rules.words import can, is_


@rule(
    id="bucket-open-to-anyone",
    title="Anyone can read a bucket",
    severity=Severity.HIGH,
    objectives=("deny-anonymous-access",),
    looks_at=(Bucket,),
)
def bucket_open_to_anyone(estate: Estate) -> Iterator[Violation]:
    """Policy, ACL and both public access blocks together decide."""
    for bucket in estate.all(Bucket).items:
        read = estate.permissions.readable(ANYONE, bucket)
        if read.answer.possible:
            yield Violation(
                subject=bucket,
                danger=read.answer,
                because=f"Anyone {can(read.answer)} read the bucket {bucket.name} without signing "
                "in.",
                evidence=read.evidence,
                fix="Block public access to the bucket, and serve what is public through a "
                "distribution that signs its requests.",
                severity=Severity.CRITICAL if bucket.classes else None,
            )


@rule(
    id="bucket-listed-or-filled-by-anyone",
    title="Anyone can list a bucket or write to it",
    severity=Severity.MEDIUM,
    objectives=("deny-anonymous-access",),
    looks_at=(Bucket,),
)
def bucket_listed_or_filled_by_anyone(estate: Estate) -> Iterator[Violation]:
    """What an ACL such as public-read opens; to read the objects is another question.

    Whoever rewrites the policy or the list gives themselves the rest.
    """
    ways = (
        ("list", "s3:ListBucket", None),
        ("write to", "s3:PutObject", Severity.HIGH),
        ("delete what is in", "s3:DeleteObject", Severity.HIGH),
        ("rewrite the policy of", "s3:PutBucketPolicy", Severity.HIGH),
        ("rewrite the access control list of", "s3:PutBucketAcl", Severity.HIGH),
    )
    for bucket in estate.all(Bucket).items:
        for does, action, severity in ways:
            found = estate.permissions.can(ANYONE, action, bucket)
            if found.answer.possible:
                yield Violation(
                    subject=bucket,
                    danger=found.answer,
                    because=f"Anyone {can(found.answer)} {does} the bucket {bucket.name} without "
                    "signing in.",
                    evidence=found.evidence,
                    fix="Block public access to the bucket, and take everybody out of its policy "
                    "and its ACL.",
                    severity=severity,
                    key=does,
                )


@rule(
    id="public-access-block-off",
    title="Nothing keeps a bucket from becoming public",
    severity=Severity.LOW,
    objectives=("harden-configuration",),
    looks_at=(Bucket,),
)
def public_access_block_off(estate: Estate) -> Iterator[Violation]:
    """The four switches are what holds when a policy or an ACL is written wrong."""
    for bucket in estate.all(Bucket).items:
        block = bucket.block
        danger = ~(block.block_acls & block.ignore_acls & block.block_policy & block.restrict)
        if danger.possible:
            yield Violation(
                subject=bucket,
                danger=danger,
                because=_without_block(estate, bucket, danger),
                evidence=shown("Not all of the public access block is on", bucket, "", danger),
                fix="Add an aws_s3_bucket_public_access_block with all four switches on.",
            )


def _without_block(estate: Estate, bucket: Bucket, danger: Answer) -> str:
    """What the switches that are off leave open; of each pair, one is enough for what is new."""
    if estate.permissions.readable(ANYONE, bucket).answer.certain:
        return f"The bucket {bucket.name} is public; all four switches together would close it."
    block = bucket.block
    ways = {
        "policy": block.block_policy | block.restrict,
        "ACL": block.block_acls | block.ignore_acls,
    }
    open_ = " or ".join(way for way, shut in ways.items() if not shut.certain)
    if not open_:
        return f"Part of the public access block of the bucket {bucket.name} {is_(danger)} off."
    return f"One wrong {open_} {can(danger)} make the bucket {bucket.name} public."


@rule(
    id="secret-open-to-anyone",
    title="Anyone can read a secret",
    severity=Severity.CRITICAL,
    objectives=("deny-anonymous-access",),
    looks_at=(Secret,),
)
def secret_open_to_anyone(estate: Estate) -> Iterator[Violation]:
    """A secret's own policy can let in every account there is."""
    for secret in estate.all(Secret).items:
        read = estate.permissions.readable(ANYONE, secret)
        if read.answer.possible:
            yield Violation(
                subject=secret,
                danger=read.answer,
                because=f"Any AWS account {can(read.answer)} read the secret {secret.name}.",
                evidence=read.evidence,
                fix="Name the roles that may read the secret in its policy.",
            )


@rule(
    id="key-open-to-anyone",
    title="Anyone can decrypt with a key",
    severity=Severity.HIGH,
    objectives=("guard-keys", "deny-anonymous-access"),
    looks_at=(Key,),
)
def key_open_to_anyone(estate: Estate) -> Iterator[Violation]:
    """A key's policy is the whole of its protection against other accounts."""
    for key in estate.all(Key).items:
        use = estate.permissions.can(ANYONE, "kms:Decrypt", key)
        if use.answer.possible:
            yield Violation(
                subject=key,
                danger=use.answer,
                because=f"Any AWS account {can(use.answer)} decrypt with the key {key.name}.",
                evidence=use.evidence,
                fix="Name the roles that may use the key in its policy.",
            )
