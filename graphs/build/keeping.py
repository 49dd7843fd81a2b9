"""How long things are kept: locks and lifecycle rules of buckets, renewal of secrets."""

from collections.abc import Iterator

from graphs.build import read
from graphs.build.draft import Draft
from graphs.nodes import Expiry
from graphs.resource import Resource
from graphs.unknown import Answer, Unknown, any_of, cannot_tell, known

BUCKET = "aws_s3_bucket"


def locked(draft: Draft, bucket: Resource) -> Answer:
    """Whether new versions are locked by default, in the mode that nobody can lift.

    Amazon S3 User Guide, "Locking objects with Object Lock": in governance mode a permission is
    enough to delete.
    """
    kind = "aws_s3_bucket_object_lock_configuration"
    links = draft.satellites(kind, "bucket", BUCKET).get(bucket.id, [])
    inline = read.blocks(bucket, "object_lock_configuration")
    holders: list[read.Holder] = [*links, *inline]
    modes = [
        read.word(read.first(rule, "default_retention"), "mode")
        for holder in holders
        for rule in read.blocks(holder, "rule")
    ]
    return any_of(
        cannot_tell(mode) if isinstance(mode, Unknown) else known(mode == "COMPLIANCE")
        for mode in modes
    )


def expiries(draft: Draft, bucket: Resource) -> tuple[Expiry, ...]:
    """What lifecycle rules delete, by either spelling."""
    kind = "aws_s3_bucket_lifecycle_configuration"
    links = draft.satellites(kind, "bucket", BUCKET).get(bucket.id, [])
    apart = (e for r in links for e in _expiries(draft, r, "rule"))
    return (*_expiries(draft, bucket, "lifecycle_rule"), *apart)


def _expiries(draft: Draft, holder: Resource, name: str) -> Iterator[Expiry]:
    for number, rule in enumerate(read.blocks(holder, name)):
        days = read.number(read.first(rule, "expiration"), "days")
        on = _switched_on(rule)
        if days is None or days == 0 or not on.possible:
            continue
        yield Expiry(
            days=days if on.certain else min(on.because, key=str),
            prefix=_prefix(rule),
            for_good=bool(read.blocks(rule, "noncurrent_version_expiration")),
            proof=draft.proof(holder, f"{name}[{number}]"),
        )


def _switched_on(rule: read.Block) -> Answer:
    """`status` in a resource of its own, `enabled` in the bucket."""
    if read.raw(rule, "status") is None:
        return read.flag(rule, "enabled", default=False)
    status = read.word(rule, "status")
    return cannot_tell(status) if isinstance(status, Unknown) else known(status == "Enabled")


def _prefix(rule: read.Block) -> "str | Unknown":
    where = read.first(rule, "filter")
    both = read.first(where, "and")
    said = (read.word(holder, "prefix") for holder in (rule, where, both))
    return next((prefix for prefix in said if prefix != ""), "")


def renewed(draft: Draft, secret: Resource) -> Answer | None:
    """Whether Secrets Manager renews a secret; SSM renews no parameter."""
    if secret.type != "aws_secretsmanager_secret":
        return None
    kind = "aws_secretsmanager_secret_rotation"
    links = draft.satellites(kind, "secret_id", secret.type).get(secret.id, [])
    own = read.has(secret, "rotation_rules")
    return any_of((own, *(link.exists for link in links)))


_SNAPSHOTS = {
    "aws_db_instance": ("aws_db_snapshot", "db_instance_identifier"),
    "aws_rds_cluster": ("aws_db_cluster_snapshot", "db_cluster_identifier"),
}


def copied(draft: Draft, database: Resource) -> Answer:
    """Whether a snapshot of a database is there, which automatic backups are as well."""
    kind, names = _SNAPSHOTS.get(database.type, ("", ""))
    made = draft.satellites(kind, names, database.type).get(database.id, []) if kind else []
    days = read.number(database, "backup_retention_period")
    automatic = cannot_tell(days) if isinstance(days, Unknown) else known(bool(days))
    return any_of((automatic, *(each.exists for each in made)))
