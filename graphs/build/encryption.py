"""Whether a database is stored encrypted, which one that is made of another takes from it.

Amazon RDS User Guide, "Encrypting Amazon RDS resources": a restored database or a replica is
encrypted where its source is.
"""

from collections.abc import Iterator

from graphs.build import read
from graphs.build.draft import Draft
from graphs.resource import Resource
from graphs.unknown import NO, Answer, Cause, Text, Unknown, any_of, cannot_tell, known

SNAPSHOTS = {
    "aws_db_snapshot": "db_instance_identifier",
    "aws_db_cluster_snapshot": "db_cluster_identifier",
}
DATABASES = ("aws_db_instance", "aws_rds_cluster")
MADE_OF = (
    "snapshot_identifier",
    "replicate_source_db",
    "replication_source_identifier",
    "global_cluster_identifier",
)
PAST = (
    "source_db_instance_identifier",
    "source_dbi_resource_id",
    "source_db_instance_automated_backups_arn",
    "source_cluster_identifier",
    "source_cluster_resource_id",
)
"""What names a source whose state at some time is restored."""


def encrypted(draft: Draft, database: Resource) -> Answer:
    """Whether it is encrypted at rest; where nothing is said and it is made of nothing, it is not.

    A cluster in the engine mode `serverless` always is.
    """
    return _encrypted(draft, database, ())


def _encrypted(draft: Draft, database: Resource, seen: tuple[str, ...]) -> Answer:
    if read.raw(database, "storage_encrypted") is not None:
        return read.flag(database, "storage_encrypted", default=False)
    if read.word(database, "engine_mode") == "serverless":
        return known(True)
    sources = tuple(_sources(draft, database))
    if database.id in seen or not sources:
        return NO
    return any_of(_as_source(draft, *each, (*seen, database.id)) for each in sources)


def _sources(draft: Draft, database: Resource) -> Iterator[tuple[str, Text, Resource | None]]:
    """What it is made of: the attribute, the name, and the resource where the estate has it."""
    past = read.first(database, "restore_to_point_in_time")
    named = [(n, read.text(database, n)) for n in MADE_OF]
    named += [(n, read.text(past, n)) for n in PAST]
    for name, said in named:
        if said is not None and said != "":
            found = draft.ref(database, said, *DATABASES, *SNAPSHOTS)
            yield name, said, draft.by_id[found] if isinstance(found, str) else None


def _as_source(
    draft: Draft, name: str, said: Text, source: Resource | None, seen: tuple[str, ...]
) -> Answer:
    if source is not None and source.type in SNAPSHOTS:
        taken = draft.ref_at(source, SNAPSHOTS[source.type], *DATABASES)
        source = draft.by_id[taken] if isinstance(taken, str) else None
    if source is not None:
        return _encrypted(draft, source, seen)
    if isinstance(said, Unknown):
        return cannot_tell(said)
    return cannot_tell(Unknown(Cause.DATA, f"whether {name} {said} is encrypted"))
