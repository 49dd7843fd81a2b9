"""Whether what is lost can be brought back."""

from collections.abc import Iterator

from graphs.estate import Estate
from graphs.nodes import Bucket, Database, Service
from graphs.unknown import NO, Answer, Unknown, cannot_tell, known
from rules.api import Severity, Violation, rule, shown
from rules.erasing import erasers
from rules.words import attribute_of, can, is_

RETENTIONS = (
    "backup_retention_period",
    "automated_snapshot_retention_period",
    "snapshot_retention_limit",
    "automatic_backup_retention_days",
)


@rule(
    id="database-without-backups",
    title="A database is never backed up",
    severity=Severity.MEDIUM,
    objectives=("back-up-data",),
    looks_at=(Database,),
)
def database_without_backups(estate: Estate) -> Iterator[Violation]:
    """A retention of no days switches automatic backups off."""
    for database in estate.all(Database).items:
        if database.backup_days is None:
            continue
        danger = _never(database.backup_days)
        if danger.possible:
            yield Violation(
                subject=database,
                danger=danger,
                because=f"The {database.kind} {database.name} {is_(danger)} without automatic "
                "backups.",
                evidence=shown(
                    "Backups are kept for no days",
                    database,
                    attribute_of(database, *RETENTIONS),
                    danger,
                ),
                fix=f"Set {attribute_of(database, *RETENTIONS)} to the days that a loss may stay "
                "unnoticed.",
            )


def _never(days: "int | Unknown") -> Answer:
    return cannot_tell(days) if isinstance(days, Unknown) else known(days == 0)


@rule(
    id="database-in-one-zone",
    title="A database goes down with one data centre",
    severity=Severity.LOW,
    objectives=("survive-loss-of-a-location",),
    looks_at=(Database,),
)
def database_in_one_zone(estate: Estate) -> Iterator[Violation]:
    """Asked of what holds data of a class: a sandbox may go down. A replica is the second place."""
    for database in estate.all(Database).items:
        replica = database.attribute("replicate_source_db") is not None
        danger = NO if database.spread is None else ~database.spread
        if danger.possible and database.classes and not replica:
            yield Violation(
                subject=database,
                danger=danger,
                because=f"The {database.kind} {database.name} {is_(danger)} gone for as long as "
                "its availability zone is.",
                evidence=shown("Nothing keeps a standby elsewhere", database, "multi_az", danger),
                fix="Set multi_az to true.",
            )


@rule(
    id="database-deletable-at-once",
    title="One call deletes a database",
    severity=Severity.LOW,
    objectives=("recover-from-deletion",),
    looks_at=(Database,),
)
def database_deletable_at_once(estate: Estate) -> Iterator[Violation]:
    """With the lock on it takes two calls, of which the first one is noticed."""
    for database in estate.all(Database).items:
        danger = NO if database.locked is None else ~database.locked
        if danger.possible:
            yield Violation(
                subject=database,
                danger=danger,
                because=f"One call {can(danger)} delete the {database.kind} {database.name}, and "
                "its automatic backups with it.",
                evidence=shown(
                    "Nothing guards it from deletion", database, "deletion_protection", danger
                ),
                fix="Set deletion_protection to true.",
                severity=Severity.MEDIUM if database.classes else None,
            )


@rule(
    id="backup-erasable-by-program",
    title="A program can erase the backups",
    severity=Severity.HIGH,
    objectives=("recover-from-deletion", "back-up-data"),
    looks_at=(Bucket, Service),
)
def backup_erasable_by_program(estate: Estate) -> Iterator[Violation]:
    """Extortion begins with the backups: what writes them need not be able to delete them."""
    for bucket in estate.all(Bucket).items:
        for found in erasers(estate, bucket) if "backup" in bucket.classes else ():
            yield Violation(
                subject=bucket,
                danger=found.danger,
                because=f"{found.names} {can(found.danger)} delete the backups in the bucket "
                f"{bucket.name}, for good.",
                evidence=found.evidence,
                fix="Take the right to delete from the role, keep versions, and lock the bucket's "
                "objects in compliance mode.",
                key=found.role.name,
            )
