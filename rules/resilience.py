"""Whether what is lost can be brought back."""

from collections.abc import Iterator

from graphs.estate import Estate
from graphs.nodes import Database
from graphs.unknown import Answer, Unknown, cannot_tell, known
from rules.api import Severity, Violation, rule, shown
from rules.words import is_


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
        danger = _never(database.backup_days)
        if danger.possible:
            yield Violation(
                subject=database,
                danger=danger,
                because=f"The database {database.name} {is_(danger)} without automatic backups.",
                evidence=shown(
                    "Backups are kept for no days", database, "backup_retention_period", danger
                ),
                fix="Set backup_retention_period to the days that a loss may stay unnoticed.",
            )


def _never(days: "int | Unknown") -> Answer:
    return cannot_tell(days) if isinstance(days, Unknown) else known(days == 0)
