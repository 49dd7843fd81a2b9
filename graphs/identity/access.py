"""Which actions read, write and administer data: access.yaml, by resource type."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from graphs.tables import table


@dataclass(frozen=True, slots=True)
class Access:
    """The actions of a resource type; any one of a row is enough."""

    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    deletes: tuple[str, ...] = ()
    administers: tuple[str, ...] = ()


def access(kind: str) -> Access:
    """The actions on a Terraform resource type; empty rows where there are none.

    >>> access("aws_sqs_queue").reads
    ('sqs:ReceiveMessage',)
    """
    return _table().get(kind, Access())


@cache
def read_or_written() -> frozenset[str]:
    """All actions that read or write some data store."""
    rows = _table().values()
    return frozenset(each for row in rows for each in (*row.reads, *row.writes))


def is_object_action(action: str) -> bool:
    """Whether an S3 action is about objects rather than the bucket.

    Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3".

    >>> is_object_action("s3:GetObject"), is_object_action("s3:ListBucket")
    (True, False)
    """
    name = action.lower()
    if name in ("s3:abortmultipartupload", "s3:listmultipartuploadparts"):
        return True
    return name.startswith("s3:") and "object" in name and "bucketobject" not in name


@cache
def _table() -> Mapping[str, Access]:
    rows = table("graphs.identity", "access.yaml")
    return {
        kind: Access(**{name: tuple(actions) for name, actions in row.items()})
        for kind, row in rows.items()
    }
