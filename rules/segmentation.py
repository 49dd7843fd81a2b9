"""What networks of less trust can get at: offices, clinics, partners at the end of a WAN."""

from collections.abc import Iterator

from graphs.estate import Estate
from graphs.network.ports import SHELLS
from graphs.nodes import Database, Instance, Site
from rules.api import Severity, Violation, rule
from rules.ports import database_opening, opening
from rules.words import can


@rule(
    id="admin-port-open-to-site",
    title="A site's network can administer machines",
    severity=Severity.MEDIUM,
    objectives=("restrict-remote-admin", "segment-networks"),
    looks_at=(Site, Instance),
)
def admin_port_open_to_site(estate: Estate) -> Iterator[Violation]:
    """Whoever gets onto the LAN of a site stands where its people stand."""
    for site in estate.all(Site).items:
        for instance in estate.all(Instance).items:
            if found := opening(estate, site.id, instance, SHELLS):
                yield Violation(
                    subject=instance,
                    danger=found.danger,
                    because=f"Any device on the LAN of {site.name} {can(found.danger)} open "
                    f"{found.names} on {instance.name}.",
                    evidence=found.evidence,
                    fix=f"Let {found.names} in from the administrators' addresses only, not from "
                    f"all of {site.name}.",
                    key=site.name,
                )


@rule(
    id="database-reachable-from-site",
    title="A site's network reaches a database",
    severity=Severity.MEDIUM,
    objectives=("keep-data-off-the-internet", "segment-networks"),
    looks_at=(Site, Database),
)
def database_reachable_from_site(estate: Estate) -> Iterator[Violation]:
    """People at a site use applications; a way straight to the data goes around them."""
    for site in estate.all(Site).items:
        for database in estate.all(Database).items:
            if found := database_opening(estate, site.id, database):
                yield Violation(
                    subject=database,
                    danger=found.danger,
                    because=f"Any device on the LAN of {site.name} {can(found.danger)} connect to "
                    f"the database {database.name}.",
                    evidence=found.evidence,
                    fix="Let in the groups of the services that use the database, and no site's "
                    "network.",
                    key=site.name,
                )
