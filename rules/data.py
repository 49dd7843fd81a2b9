"""How data and secrets are kept."""

import re
from collections.abc import Iterator

from graphs.estate import Estate
from graphs.evidence import Step
from graphs.identity.actors import account_of
from graphs.identity.evaluate import Permission
from graphs.identity.glob import same
from graphs.nodes import Bucket, Database, Delegate, Key, Outsider, Secret, Service
from graphs.unknown import NO, YES, answer, cannot_tell
from rules.api import Severity, Violation, rule, shown
from rules.words import attribute_of, can, is_

ENCRYPTIONS = (
    "storage_encrypted",
    "encrypted",
    "at_rest_encryption_enabled",
    "encrypt_at_rest",
    "server_side_encryption",
)
KEY_POWERS = ("kms:ScheduleKeyDeletion", "kms:PutKeyPolicy")


@rule(
    id="database-not-encrypted",
    title="A database is stored unencrypted",
    severity=Severity.HIGH,
    objectives=("encrypt-data-at-rest",),
    looks_at=(Database,),
)
def database_not_encrypted(estate: Estate) -> Iterator[Violation]:
    """Storage, snapshots and replicas share the database's setting."""
    for database in estate.all(Database).items:
        danger = ~database.encrypted
        if danger.possible:
            yield Violation(
                subject=database,
                danger=danger,
                because=f"The {database.kind} {database.name} {is_(danger)} stored unencrypted, "
                "and every snapshot with it.",
                evidence=shown(
                    "Nothing switches encryption on",
                    database,
                    attribute_of(database, *ENCRYPTIONS),
                    danger,
                ),
                fix="Switch encryption on. An existing database has to be restored from an "
                "encrypted copy of a snapshot.",
                severity=Severity.MEDIUM if database.kind == "cache" else None,
            )


@rule(
    id="bucket-not-versioned",
    title="A bucket forgets what is overwritten",
    severity=Severity.LOW,
    objectives=("recover-from-deletion",),
    looks_at=(Bucket,),
)
def bucket_not_versioned(estate: Estate) -> Iterator[Violation]:
    """Whoever can write can then destroy for good."""
    for bucket in estate.all(Bucket).items:
        danger = ~bucket.versioned
        if danger.possible:
            yield Violation(
                subject=bucket,
                danger=danger,
                because=f"What is overwritten or deleted in the bucket {bucket.name} "
                f"{is_(danger)} gone for good.",
                evidence=shown("Nothing switches versioning on", bucket, "", danger),
                fix="Add an aws_s3_bucket_versioning with the status Enabled.",
                severity=Severity.MEDIUM if bucket.classes else None,
            )


@rule(
    id="secret-in-startup-text",
    title="A secret stands in start-up text",
    severity=Severity.HIGH,
    objectives=("keep-secrets-out-of-code",),
    looks_at=(Service, Delegate),
)
def secret_in_startup_text(estate: Estate) -> Iterator[Violation]:
    """User data and environment variables are shown to everyone who may describe the service, and
    so are the parameters of stacks, the documents of Systems Manager and what lies in objects."""
    delegates = estate.all(Delegate).items
    holders: tuple[Service | Delegate, ...] = (*estate.all(Service).items, *delegates)
    for service in holders:
        for setting in service.settings:
            if setting.literal or setting.reveals:
                yield Violation(
                    subject=service,
                    danger=YES,
                    because=f"Everyone who may look up {service.name} reads a secret in its "
                    f"{setting.name}.",
                    evidence=(Step("The text holds a secret", setting.proof),),
                    fix="Keep the secret in Secrets Manager and let the service fetch it by its "
                    "role. Renew the secret: it has been shown.",
                    key=setting.name,
                )


@rule(
    id="key-never-renewed",
    title="An encryption key is never renewed",
    severity=Severity.LOW,
    objectives=("renew-keys",),
    looks_at=(Key,),
)
def key_never_renewed(estate: Estate) -> Iterator[Violation]:
    """KMS renews symmetric keys only (KMS developer guide, "Rotate AWS KMS keys")."""
    for key in estate.all(Key).items:
        if key.attribute("customer_master_key_spec") not in (None, "SYMMETRIC_DEFAULT"):
            continue
        danger = ~answer(key.rotates)
        if danger.possible:
            yield Violation(
                subject=key,
                danger=danger,
                because=f"The key {key.name} {is_(danger)} never renewed by itself.",
                evidence=shown("Nothing switches rotation on", key, "enable_key_rotation", danger),
                fix="Set enable_key_rotation to true.",
            )


@rule(
    id="key-ruled-by-outside-account",
    title="An outside account can take an encryption key away",
    severity=Severity.HIGH,
    objectives=("guard-keys", "control-third-party-access"),
    looks_at=(Key,),
)
def key_ruled_by_outside_account(estate: Estate) -> Iterator[Violation]:
    """To let others decrypt takes kms:Decrypt; kms:* lets them delete the key or keep it."""
    for key in estate.all(Key).items:
        for account in _accounts(key):
            power = _power(estate, account, key)
            danger = power.answer & ~same(account, account_of(key))
            if danger.possible:
                yield Violation(
                    subject=key,
                    danger=danger,
                    because=f"{_known_as(estate, account)} {can(danger)} delete the key {key.name} "
                    "or shut its owner out, and what it encrypts is lost.",
                    evidence=power.evidence,
                    fix="Grant them kms:Decrypt, or whatever was agreed, instead of kms:*.",
                    key=account,
                )


def _accounts(key: Key) -> list[str]:
    """The accounts that a key's policies name; for whom, the evaluation tells."""
    words = " ".join(str(policy.text) for policy in key.policies)
    return sorted(set(re.findall(r"(?<!\d)\d{12}(?!\d)", words)))


def _power(estate: Estate, account: str, key: Key) -> Permission:
    powers = (estate.permissions.can(f"account:{account}", each, key) for each in KEY_POWERS)
    return max(powers, key=lambda each: (each.answer.certain, each.answer.possible))


def _known_as(estate: Estate, account: str) -> str:
    known = estate.index.get(f"account:{account}", Outsider)
    return known.name if known else f"Account {account}"


@rule(
    id="secret-never-renewed",
    title="A stored secret is never renewed",
    severity=Severity.LOW,
    objectives=("retire-long-lived-credentials",),
    looks_at=(Secret,),
)
def secret_never_renewed(estate: Estate) -> Iterator[Violation]:
    """Asked of logins to databases, for which Secrets Manager has the programs that renew them."""
    for secret in estate.all(Secret).items:
        opened = estate.index.many(secret.opens, Database)
        danger = ~secret.renewed if secret.renewed is not None else NO
        if not opened:
            danger &= NO if secret.hides is None else cannot_tell(secret.hides)
        if danger.possible:
            opens = f"opens {opened[0].name}" if opened else "may open a database"
            yield Violation(
                subject=secret,
                danger=danger,
                because=f"The secret {secret.name}, which {opens}, {is_(danger)} "
                "never renewed: whoever once read it keeps a way in.",
                evidence=shown("No rotation is set up for the secret", secret, "", danger),
                fix="Add an aws_secretsmanager_secret_rotation, or let RDS keep the password by "
                "manage_master_user_password.",
            )
