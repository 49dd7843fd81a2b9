"""What goes on record, and whether the record can be trusted."""

from collections.abc import Iterator

from graphs.attack.witness import flows_logged
from graphs.estate import Estate
from graphs.evidence import Step
from graphs.identity.actors import account_of
from graphs.identity.glob import same
from graphs.nodes import Bucket, FlowLog, Service, Subnet, Trail, Vpc
from graphs.resource import Source
from graphs.unknown import (
    NO,
    Answer,
    Cause,
    Unknown,
    all_of,
    any_of,
    cannot_tell,
    known,
    unknowns_in,
)
from rules.api import Severity, Violation, rule, shown
from rules.erasing import erasers
from rules.words import can, is_


@rule(
    id="network-without-flow-log",
    title="A network keeps no record of its traffic",
    severity=Severity.MEDIUM,
    objectives=("log-network-traffic",),
    looks_at=(Vpc, FlowLog, Subnet),
)
def network_without_flow_log(estate: Estate) -> Iterator[Violation]:
    """A log on the VPC serves, and so does one on each of its subnets."""
    for vpc in estate.all(Vpc).items:
        danger = ~_recorded(estate, vpc)
        if danger.possible:
            yield Violation(
                subject=vpc,
                danger=danger,
                because=f"Who connects to what in the network {vpc.name} {is_(danger)} on no "
                "record.",
                evidence=shown("No flow log covers the network", vpc, "", danger),
                fix="Add an aws_flow_log for the VPC with traffic_type ALL.",
            )


def _recorded(estate: Estate, vpc: Vpc) -> Answer:
    """Whether flow logs cover all of a VPC; what was not read may, and so may what belongs to a
    default VPC, which is not this code's alone."""
    logs = estate.all(FlowLog)
    doubts = set(logs.gaps)
    if vpc.source.origin.source is Source.IMPLIED:
        doubts.add(Unknown(Cause.DATA, f"what else watches {vpc.id}"))
    subnets = [s for s in estate.all(Subnet).items if s.vpc == vpc.id]
    each = all_of(flows_logged(logs.items, s.id) for s in subnets) if subnets else known(False)
    unread = cannot_tell(*doubts) if doubts else known(False)
    return any_of((flows_logged(logs.items, vpc.id), each, unread))


@rule(
    id="trail-without-validation",
    title="A trail's log files could be altered unnoticed",
    severity=Severity.MEDIUM,
    objectives=("protect-logs",),
    looks_at=(Trail,),
    expects=(Trail,),
)
def trail_without_validation(estate: Estate) -> Iterator[Violation]:
    """CloudTrail signs digests of its files only when asked to."""
    for trail in estate.all(Trail).items:
        danger = ~trail.validated
        if danger.possible:
            yield Violation(
                subject=trail,
                danger=danger,
                because=f"The log of the trail {trail.name} {is_(danger)} unsigned, so that "
                "nobody would notice a changed file.",
                evidence=shown(
                    "No digests are signed", trail, "enable_log_file_validation", danger
                ),
                fix="Set enable_log_file_validation to true.",
            )


@rule(
    id="trail-misses-regions",
    title="A trail does not watch every region",
    severity=Severity.MEDIUM,
    objectives=("log-administrative-actions",),
    looks_at=(Trail,),
    expects=(Trail,),
)
def trail_misses_regions(estate: Estate) -> Iterator[Violation]:
    """What happens in a region that nobody uses is the last to be noticed."""
    trails = estate.all(Trail).items
    if any((t.all_regions & t.logging).certain for t in trails):
        return
    for trail in trails:
        danger = ~(trail.all_regions & trail.logging)
        if danger.possible:
            yield Violation(
                subject=trail,
                danger=danger,
                because=f"The trail {trail.name} {is_(danger)} off or blind outside its own "
                "region, and no other trail watches them all.",
                evidence=shown(
                    "The trail is for one region", trail, "is_multi_region_trail", danger
                ),
                fix="Set is_multi_region_trail to true.",
            )


@rule(
    id="trail-not-encrypted-by-own-key",
    title="A trail's log files are readable to all who read the bucket",
    severity=Severity.LOW,
    objectives=("limit-log-readers",),
    looks_at=(Trail,),
    expects=(Trail,),
)
def trail_not_encrypted_by_own_key(estate: Estate) -> Iterator[Violation]:
    """S3 encrypts all it stores; a key of one's own asks for a second permission to read."""
    for trail in estate.all(Trail).items:
        danger = ~trail.encrypted
        if danger.possible:
            yield Violation(
                subject=trail,
                danger=danger,
                because=f"The log of the trail {trail.name} {is_(danger)} open to everyone who may "
                "read its bucket; a key of your own would keep them out.",
                evidence=shown("The trail names no key", trail, "kms_key_id", danger),
                fix="Set kms_key_id to a key whose policy names the readers of the log.",
            )


@rule(
    id="bucket-access-not-logged",
    title="Nobody knows who read a bucket",
    severity=Severity.LOW,
    objectives=("log-data-access",),
    looks_at=(Bucket,),
)
def bucket_access_not_logged(estate: Estate) -> Iterator[Violation]:
    """It weighs more where the data is of a class that has to be accounted for."""
    for bucket in estate.all(Bucket).items:
        danger = ~bucket.logged
        if danger.possible:
            yield Violation(
                subject=bucket,
                danger=danger,
                because=f"Who reads the bucket {bucket.name} {is_(danger)} on no record.",
                evidence=shown("Nothing logs access to the bucket", bucket, "", danger),
                fix="Add an aws_s3_bucket_logging, or a trail with data events for the bucket.",
                severity=Severity.MEDIUM if bucket.classes else None,
            )


@rule(
    id="trail-kept-where-it-is-made",
    title="A trail is kept in the account that it watches",
    severity=Severity.LOW,
    objectives=("keep-logs-apart",),
    looks_at=(Trail, Bucket),
    expects=(Trail,),
)
def trail_kept_where_it_is_made(estate: Estate) -> Iterator[Violation]:
    """Who takes over an account owns its buckets, whatever their policies say."""
    for trail in estate.all(Trail).items:
        danger = _same_account(estate, trail)
        if danger.possible:
            yield Violation(
                subject=trail,
                danger=danger,
                because=f"Whoever takes over the account {can(danger)} delete the record that the "
                f"trail {trail.name} made of it.",
                evidence=shown(
                    "The bucket is in the same account", trail, "s3_bucket_name", danger
                ),
                fix="Send the trail to a bucket in an account of its own, where nobody works.",
            )


def _same_account(estate: Estate, trail: Trail) -> Answer:
    """Whether a trail's bucket is in the trail's own account; one that was not read may be."""
    if isinstance(trail.bucket, Unknown):
        return cannot_tell(trail.bucket)
    bucket = estate.index.get(trail.bucket, Bucket)
    return same(account_of(trail), account_of(bucket)) if bucket else NO


@rule(
    id="trail-deleted-within-a-year",
    title="A trail's log is deleted within a year",
    severity=Severity.LOW,
    objectives=("retain-logs",),
    looks_at=(Trail, Bucket),
    expects=(Trail,),
)
def trail_deleted_within_a_year(estate: Estate) -> Iterator[Violation]:
    """PCI DSS asks for twelve months; intrusions are often older than that when they are found."""
    for trail in estate.all(Trail).items:
        bucket = estate.index.get(trail.bucket, Bucket)
        for expiry in bucket.expiries if bucket else ():
            kept = bucket.versioned if bucket and not expiry.for_good else NO
            danger = _early(expiry.days) & _about(expiry.prefix, trail) & ~kept
            if danger.possible:
                days = "some" if isinstance(expiry.days, Unknown) else str(expiry.days)
                yield Violation(
                    subject=trail,
                    danger=danger,
                    because=f"The log of the trail {trail.name} {is_(danger)} deleted after {days} "
                    "days.",
                    evidence=(Step("A lifecycle rule deletes it", expiry.proof, danger.because),),
                    fix="Keep the log for a year at least; older parts can move to an archive.",
                )
                break


YEAR = 365


def _early(days: "int | Unknown") -> Answer:
    return cannot_tell(days) if isinstance(days, Unknown) else known(days < YEAR)


def _about(prefix: "str | Unknown", trail: Trail) -> Answer:
    """Whether a rule for names that begin so is about the trail's files, or about part of them."""
    before = trail.attribute("s3_key_prefix")
    doubts = unknowns_in((prefix, before))
    if doubts:
        return cannot_tell(*doubts)
    files = f"{before}/AWSLogs/" if before else "AWSLogs/"
    return known(files.startswith(str(prefix)) or str(prefix).startswith(files))


@rule(
    id="log-erasable-by-program",
    title="A program can erase the record of what it did",
    severity=Severity.HIGH,
    objectives=("protect-logs", "keep-logs-apart"),
    looks_at=(Trail, Bucket, Service),
    expects=(Trail,),
)
def log_erasable_by_program(estate: Estate) -> Iterator[Violation]:
    """Whoever takes a program over has its role, and covers the tracks with it."""
    for bucket in estate.index.many(sorted(_trail_buckets(estate)), Bucket):
        for found in erasers(estate, bucket):
            yield Violation(
                subject=bucket,
                danger=found.danger,
                because=f"{found.names} {can(found.danger)} delete what the trails in the bucket "
                f"{bucket.name} recorded, for good.",
                evidence=found.evidence,
                fix="Take the right to delete from the role, and lock the bucket's objects in "
                "compliance mode.",
                key=found.role.name,
            )


def _trail_buckets(estate: Estate) -> set[str]:
    return {t.bucket for t in estate.all(Trail).items if isinstance(t.bucket, str)}
