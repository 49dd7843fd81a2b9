"""Disks, and the copies of disks and databases that lie about: snapshots and machine images, with
whom they are shared.

Amazon EBS User Guide, "Share an Amazon EBS snapshot", "Block public access for Amazon EBS
snapshots"; Amazon EC2 User Guide, "Understand shared AMI usage"; Amazon RDS User Guide, "Sharing a
DB snapshot".
"""

from collections.abc import Iterator
from dataclasses import dataclass

from graphs.build import classes, iam, read, stores
from graphs.build.declared import DataRule
from graphs.build.draft import Draft
from graphs.identity.actors import ANYONE
from graphs.nodes import DataStore, Ref, Share, Store
from graphs.resource import Resource
from graphs.unknown import NO, YES, Answer, Cause, Unknown, answer, cannot_tell, known
from graphs.verdict import Gap

EVERYBODY = "all"
VOLUME, INSTANCE = "aws_ebs_volume", "aws_instance"
DISKS = ("aws_ebs_snapshot", "aws_ebs_snapshot_copy", "aws_ebs_snapshot_import")
IMAGES = ("aws_ami", "aws_ami_copy", "aws_ami_from_instance")


@dataclass(frozen=True, slots=True)
class Row:
    """How a Terraform type says what a copy is: the attributes of its name, of what it is a copy of
    and of its key, and the type that shares it, with the attribute there that names it."""

    kind: str
    name: str
    of: str = ""
    sources: tuple[str, ...] = ()
    key: str = "kms_key_id"
    link: tuple[str, str] | None = None


_TO_VOLUME = ("aws_snapshot_create_volume_permission", "snapshot_id")
_TO_LAUNCH = ("aws_ami_launch_permission", "image_id")
_DATABASE, _CLUSTER = "aws_db_snapshot", "aws_db_cluster_snapshot"
_CLUSTERS = ("aws_rds_cluster", "aws_docdb_cluster", "aws_neptune_cluster")
ROWS = {
    VOLUME: Row("disk", ""),
    "aws_ebs_snapshot": Row("disk snapshot", "", "volume_id", (VOLUME,), link=_TO_VOLUME),
    "aws_ebs_snapshot_copy": Row("disk snapshot", "", "source_snapshot_id", DISKS, link=_TO_VOLUME),
    "aws_ami_from_instance": Row("machine image", "name", link=_TO_LAUNCH),
    "aws_ami_copy": Row("machine image", "name", "source_ami_id", IMAGES, link=_TO_LAUNCH),
    "aws_ami": Row("machine image", "name", link=_TO_LAUNCH),
    _DATABASE: Row(
        "database snapshot",
        "db_snapshot_identifier",
        "db_instance_identifier",
        ("aws_db_instance",),
    ),
    "aws_db_snapshot_copy": Row(
        "database snapshot",
        "target_db_snapshot_identifier",
        "source_db_snapshot_identifier",
        (_DATABASE,),
    ),
    _CLUSTER: Row(
        "database snapshot",
        "db_cluster_snapshot_identifier",
        "db_cluster_identifier",
        _CLUSTERS,
    ),
    "aws_rds_cluster_snapshot_copy": Row(
        "database snapshot",
        "target_db_cluster_snapshot_identifier",
        "source_db_cluster_snapshot_identifier",
        (_CLUSTER,),
    ),
}
_BLOCKS = {
    "disk snapshot": "aws_ebs_snapshot_block_public_access",
    "machine image": "aws_ec2_image_block_public_access",
}


def lower(draft: Draft, rules: tuple[DataRule, ...]) -> None:
    """Make them, what is copied before its copies."""
    for kind, row in ROWS.items():
        for resource in draft.all(kind):
            draft.add(_copy(draft, resource, row, rules))


def _copy(draft: Draft, resource: Resource, row: Row, rules: tuple[DataRule, ...]) -> Store:
    origin = draft.ref_at(resource, row.of, *row.sources) if row.of else None
    copied = draft.nodes.get(origin) if isinstance(origin, str) else None
    kinds, reason = classes.classify(resource, (read.raw(resource, row.name),), rules)
    if not kinds and isinstance(copied, DataStore):
        kinds, reason = copied.classes, f"a copy of {copied.name}"
    own = stores.key_ref(draft, resource, row.key)
    inherited = copied.key if isinstance(copied, DataStore) else None
    return Store(
        source=resource,
        id=resource.id,
        arn=draft.arn(resource),
        classes=kinds,
        class_reason=reason if kinds else "",
        encrypted=YES if own is not None else _encrypted(draft, resource, origin, copied),
        key=own if own is not None else inherited,
        kind=row.kind,
        lasting=True,
        shared=tuple(_shares(draft, resource, row)),
        copy_of=origin,
    )


def _encrypted(draft: Draft, resource: Resource, origin: "Ref | None", copied: object) -> Answer:
    """A copy is as its original was, unless it says that it is encrypted."""
    said = read.boolean(resource, "encrypted", default=False)
    if read.raw(resource, "encrypted") is not None and answer(said).possible:
        return answer(said)
    if isinstance(copied, DataStore):
        return copied.encrypted
    if isinstance(origin, Unknown):
        return cannot_tell(origin)
    if resource.type == VOLUME and read.raw(resource, "encrypted") is None:
        return _by_default(draft, resource)
    if resource.type in IMAGES:
        return cannot_tell(Unknown(Cause.DATA, f"whether the disks in {resource.id} are encrypted"))
    return answer(said)


def _by_default(draft: Draft, volume: Resource) -> Answer:
    """Each account may have its new disks encrypted, region by region."""
    for setting in draft.all("aws_ebs_encryption_by_default"):
        if setting.scope == volume.scope:
            return read.flag(setting, "enabled", default=True)
    where = f"{volume.scope.account} in {volume.scope.region}"
    return cannot_tell(Unknown(Cause.DATA, f"whether new disks are encrypted by default: {where}"))


# -------------------------------------------------------------------------------------- sharing


def _shares(draft: Draft, resource: Resource, row: Row) -> Iterator[Share]:
    for holder, value, path in _named(draft, resource, row):
        told = draft.settle(value)
        if not isinstance(told, str):
            what = f"{resource.id} is shared with {read.whole(told).what}"
            effect = "who reads it there is not judged"
            draft.gaps.append(Gap("shared-elsewhere", what, effect, holder.origin.place))
            continue
        open_ = _unblocked(draft, resource, row) if told == EVERYBODY else YES
        known_as = ANYONE if told == EVERYBODY else f"account:{told}"
        if iam.meet(draft, known_as, holder):
            yield Share(known_as, open_ & holder.exists, draft.proof(holder, path))


def _named(draft: Draft, resource: Resource, row: Row) -> Iterator[tuple[Resource, object, str]]:
    for value in read.items(resource, "shared_accounts"):
        yield resource, value, "shared_accounts"
    types = IMAGES if row.kind == "machine image" else DISKS
    for link in draft.satellites(*row.link, *types).get(resource.id, ()) if row.link else ():
        for name in ("account_id", "group"):
            if read.raw(link, name) is not None:
                yield link, read.raw(link, name), name


def _unblocked(draft: Draft, resource: Resource, row: Row) -> Answer:
    """Whether the account lets its copies be public at all."""
    for block in draft.all(_BLOCKS.get(row.kind, "")):
        state = read.word(block, "state")
        if block.scope == resource.scope:
            if isinstance(state, Unknown):
                return cannot_tell(state)
            return known(state == "unblocked") if state else NO
    return YES
