"""Attack paths as findings: one rule per kind of thing that is lost."""

from collections.abc import Iterator

from graphs.attack.paths import AttackPath, attack_paths
from graphs.estate import Estate
from graphs.nodes import Bucket, Database, DataStore, Node, Role, Secret, Service
from rules.api import Severity, Violation, rule

# Likelihood (0 to 1) times impact (0 to 10), the least that earns each severity.
SEVERITIES = (
    (2.0, Severity.CRITICAL),
    (0.6, Severity.HIGH),
    (0.2, Severity.MEDIUM),
    (0.0, Severity.LOW),
)


def severity_of(path: AttackPath) -> Severity:
    """The severity that a path's likelihood and impact give."""
    return next(severity for least, severity in SEVERITIES if path.risk >= least)


def _paths(estate: Estate, kind: str) -> Iterator[Violation]:
    for path in attack_paths(estate):
        if path.target.kind == kind:
            yield Violation(
                subject=_subject(estate, path),
                danger=path.answer,
                because=f"From {path.start} to {path.loss} in {_steps(path)}.",
                evidence=tuple(step for hop in path.hops() for step in hop.evidence),
                fix=f"End any one step, with all that would do in its place: `pathwarden explain "
                f"{path.id}` lists them.",
                severity=severity_of(path),
                key=path.id,
                path=path,
            )


def _steps(path: AttackPath) -> str:
    return "one step" if len(path.steps) == 1 else f"{len(path.steps)} steps"


def _subject(estate: Estate, path: AttackPath) -> Node:
    """What is lost; for an account's administration, the last principal on the way."""
    lost = estate.index.by_id.get(path.target.fact.node)
    if lost is not None:
        return lost
    return estate.index.by_id[path.steps[-1].premises[-1].node]


@rule(
    id="path-to-customer-data",
    title="An attack path leads to customer data",
    severity=Severity.HIGH,
    objectives=("protect-personal-data", "grant-least-privilege"),
    looks_at=(DataStore, Service, Role),
)
def path_to_customer_data(estate: Estate) -> Iterator[Violation]:
    """Every way from an entry to a store of customer data."""
    yield from _paths(estate, "customer")


@rule(
    id="path-to-employee-data",
    title="An attack path leads to employee records",
    severity=Severity.HIGH,
    objectives=("protect-personal-data", "grant-least-privilege"),
    looks_at=(DataStore, Service, Role),
)
def path_to_employee_data(estate: Estate) -> Iterator[Violation]:
    """Every way from an entry to a store of employee records."""
    yield from _paths(estate, "employee")


@rule(
    id="path-to-payment-data",
    title="An attack path leads to payment data",
    severity=Severity.CRITICAL,
    objectives=("protect-payment-data", "segment-networks"),
    looks_at=(DataStore, Service, Role),
)
def path_to_payment_data(estate: Estate) -> Iterator[Violation]:
    """Every way from an entry to a store of payment data."""
    yield from _paths(estate, "payment")


@rule(
    id="path-to-health-data",
    title="An attack path leads to health data",
    severity=Severity.CRITICAL,
    objectives=("protect-health-data", "segment-networks"),
    looks_at=(DataStore, Service, Role),
)
def path_to_health_data(estate: Estate) -> Iterator[Violation]:
    """Every way from an entry to a store of health data."""
    yield from _paths(estate, "health")


@rule(
    id="path-to-administrator",
    title="An attack path leads to administrator permissions",
    severity=Severity.CRITICAL,
    objectives=("limit-administrators", "prevent-privilege-escalation"),
    looks_at=(Role, Service),
)
def path_to_administrator(estate: Estate) -> Iterator[Violation]:
    """Every way from an entry to the administration of an account."""
    yield from _paths(estate, "administrator")


@rule(
    id="path-to-secret",
    title="An attack path leads to a stored secret",
    severity=Severity.HIGH,
    objectives=("protect-workload-credentials", "grant-least-privilege"),
    looks_at=(Secret, Service, Role),
)
def path_to_secret(estate: Estate) -> Iterator[Violation]:
    """Every way from an entry to a secret that opens nothing in this estate."""
    yield from _paths(estate, "secrets")


@rule(
    id="path-to-state-file",
    title="An attack path leads to Terraform state",
    severity=Severity.HIGH,
    objectives=("protect-code-and-state", "grant-least-privilege"),
    looks_at=(Bucket, Service, Role),
)
def path_to_state_file(estate: Estate) -> Iterator[Violation]:
    """Every way from an entry to a store of Terraform state, which holds secrets in the clear."""
    yield from _paths(estate, "state")


@rule(
    id="path-to-backup",
    title="An attack path leads to backups",
    severity=Severity.MEDIUM,
    objectives=("recover-from-deletion", "grant-least-privilege"),
    looks_at=(Bucket, Database, Service, Role),
)
def path_to_backup(estate: Estate) -> Iterator[Violation]:
    """Every way from an entry to a store of backups."""
    yield from _paths(estate, "backup")


@rule(
    id="path-to-audit-log",
    title="An attack path leads to audit logs",
    severity=Severity.MEDIUM,
    objectives=("protect-logs", "grant-least-privilege"),
    looks_at=(Bucket, Service, Role),
)
def path_to_audit_log(estate: Estate) -> Iterator[Violation]:
    """Every way from an entry to a store of audit logs."""
    yield from _paths(estate, "audit")


@rule(
    id="path-to-unclassified-data",
    title="An attack path leads to data that nobody classed",
    severity=Severity.LOW,
    objectives=("grant-least-privilege",),
    looks_at=(DataStore, Service, Role),
)
def path_to_unclassified_data(estate: Estate) -> Iterator[Violation]:
    """Every way from an entry to a store whose tags, name and settings do not say what it holds."""
    yield from _paths(estate, "unclassified")
