"""Buckets, each with the satellites that guard it."""

from graphs.build import access_lists, classes, keeping, naming, policies, read, stores
from graphs.build.declared import DataRule
from graphs.build.draft import Draft
from graphs.build.stores import BUCKET
from graphs.nodes import Bucket, PolicyText, PublicAccessBlock, Ref
from graphs.resource import Resource
from graphs.unknown import (
    NO,
    YES,
    Answer,
    Cause,
    Text,
    Unknown,
    answer,
    any_of,
    cannot_tell,
    known,
)


def lower(draft: Draft, rules: tuple[DataRule, ...]) -> None:
    """Make the buckets."""
    for resource in draft.all(BUCKET):
        draft.add(_bucket(draft, resource, rules))


def _bucket(draft: Draft, resource: Resource, rules: tuple[DataRule, ...]) -> Bucket:
    name: Text = draft.settle(naming.computed(resource, "bucket"))  # type: ignore[assignment]
    kinds, reason = classes.classify(resource, (name,), rules)
    return Bucket(
        source=resource,
        id=resource.id,
        arn=draft.arn(resource),
        classes=kinds,
        class_reason=reason,
        encrypted=YES,  # every object since January 2023 (S3 User Guide, default encryption)
        key=_bucket_key(draft, resource),
        bucket=name,
        policies=_bucket_policies(draft, resource),
        block=_block(draft, resource),
        grants=tuple(access_lists.grants(draft, resource)),
        acls_off=access_lists.switched_off(draft, resource),
        versioned=_versioned(draft, resource),
        logged=_logged(draft, resource),
        locked=keeping.locked(draft, resource),
        expiries=keeping.expiries(draft, resource),
    )


def _of(draft: Draft, bucket: Resource, kind: str) -> list[Resource]:
    return draft.satellites(f"aws_s3_bucket_{kind}", "bucket", BUCKET).get(bucket.id, [])


def _bucket_policies(draft: Draft, bucket: Resource) -> tuple[PolicyText, ...]:
    holders = [bucket, *_of(draft, bucket, "policy")]
    found = (policies.policy_at(draft, r, "policy", "bucket policy") for r in holders)
    return tuple(p for p in found if p)


def _bucket_key(draft: Draft, bucket: Resource) -> "Ref | None":
    name = "server_side_encryption_configuration"
    holders: list[tuple[Resource, read.Holder]] = [(r, r) for r in _of(draft, bucket, name)]
    holders += [(bucket, block) for block in read.blocks(bucket, name)]
    for owner, holder in holders:
        for rule in read.blocks(holder, "rule"):
            default = read.first(rule, "apply_server_side_encryption_by_default")
            found = stores.key_named(draft, owner, default.get("kms_master_key_id"))
            if found is not None:
                return found
    return None


def _block(draft: Draft, bucket: Resource) -> PublicAccessBlock:
    """Omitted switches are off; without the resource it depends on the bucket's age.

    AWS switches all four on for buckets made since April 2023 (S3 User Guide, "Blocking public
    access"), and the account may have its own.
    """
    account = draft.all("aws_s3_account_public_access_block")
    same = [r for r in account if r.scope.account == bucket.scope.account]
    own = _of(draft, bucket, "public_access_block")
    names = (
        "block_public_acls",
        "ignore_public_acls",
        "block_public_policy",
        "restrict_public_buckets",
    )
    acls, ignored, policies_, restrict = (_switch(bucket, own, same, name) for name in names)
    proof = draft.proof(own[0], "restrict_public_buckets") if own else None
    above = any_of(
        read.flag(each, name, default=False) & each.exists for each in same for name in names
    )
    return PublicAccessBlock(acls, ignored, policies_, restrict, proof, above)


def _switch(bucket: Resource, own: list[Resource], account: list[Resource], name: str) -> Answer:
    said = NO
    for resource in (*own, *account):
        said = said | (read.flag(resource, name, default=False) & resource.exists)
    if own:
        return said
    older = Unknown(Cause.DATA, f"whether {bucket.id} is older than April 2023")
    return said | cannot_tell(older)


def _versioned(draft: Draft, bucket: Resource) -> Answer:
    for holder in _of(draft, bucket, "versioning"):
        status = read.word(read.first(holder, "versioning_configuration"), "status")
        return cannot_tell(status) if isinstance(status, Unknown) else known(status == "Enabled")
    return answer(read.boolean(read.first(bucket, "versioning"), "enabled", default=False))


def _logged(draft: Draft, bucket: Resource) -> Answer:
    own = read.has(bucket, "logging")
    return any_of((own, *(r.exists for r in _of(draft, bucket, "logging"))))
