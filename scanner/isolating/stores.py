"""How to isolate what keeps data or secrets: keys, secrets, databases, buckets."""

from collections.abc import Iterator

from graphs.estate import Estate
from graphs.nodes import AccessKey, Database, DataStore, Node, Secret, User
from scanner.breached import Action
from scanner.isolating.writing import Words, deactivated, listed


def key(estate: Estate, node: Node) -> Iterator[Action]:
    """Take grants away, and disable the key if it must be."""
    words = Words(node)
    key = words.of("key_id", "KEY_ID")
    words.lacks["GRANT_ID"] = "each grant that nobody here made"
    yield words.action(
        "Keep who has grants and what the policy says",
        "Grants are how a key is lent without a policy, and they show in no policy.",
        f"aws kms list-grants --key-id {key}{words.region} > grants.json",
        f"aws kms get-key-policy --key-id {key} --policy-name default{words.region} > policy.json",
    )
    yield words.action(
        "Take the grants away",
        "A grant that is revoked ends within minutes; what the owner's services were granted has "
        "to be granted again.",
        f'aws kms revoke-grant --key-id {key} --grant-id "$GRANT_ID"{words.region}',
    )
    rests = [s.name for s in estate.index.of(DataStore) if s.key == node.id]
    stops = f" Nobody reads then: {listed(rests)}." if rests else ""
    yield words.action(
        "Disable the key, if it has to stop at once",
        "It can be enabled again, and nothing is lost. Never schedule its deletion: that loses all "
        f"that it encrypts.{stops}",
        f"aws kms disable-key --key-id {key}{words.region}",
    )


def secret(estate: Estate, node: Node) -> Iterator[Action]:
    """Renew what a secret opens, then the secret."""
    words = Words(node)
    opened = isinstance(node, Secret) and [r for r in node.opens if isinstance(r, str)]
    for ref in opened or ():
        yield from _renewed(estate, ref)
    if node.source.type == "aws_ssm_parameter":
        name = words.of("name", "PARAMETER")
        words.lacks["NEW_VALUE"] = "the new secret"
        command = f'aws ssm put-parameter --name {name} --overwrite --value "$NEW_VALUE"'
    else:
        name = words.of("name", "SECRET_ID")
        command = f"aws secretsmanager rotate-secret --secret-id {name}"
    yield words.action(
        "Renew the secret itself",
        "Whoever read it has it for good; only what it opens can be given another.",
        f"{command}{words.region}",
    )


def _renewed(estate: Estate, ref: str) -> Iterator[Action]:
    """Give what a secret opens another secret."""
    node = estate.index.by_id.get(ref)
    if isinstance(node, AccessKey):
        yield deactivated(node, estate.index.get(node.user, User))
    elif isinstance(node, Database):
        yield password(node)


def password(node: Database) -> Action:
    """Renew the password of a database."""
    words = Words(node)
    words.lacks["NEW_PASSWORD"] = "a new password"
    cluster = node.source.type == "aws_rds_cluster"
    name = words.of("cluster_identifier" if cluster else "identifier", "DATABASE")
    what = (
        "db-cluster --db-cluster-identifier" if cluster else "db-instance --db-instance-identifier"
    )
    if not node.source.type.startswith(("aws_db_instance", "aws_rds_cluster")):
        return words.action(f"Renew the login of {node.name}", _KNOWN)
    return words.action(
        f"Renew the password of the database {node.name}",
        _KNOWN,
        f'aws rds modify-{what} {name} --master-user-password "$NEW_PASSWORD" --apply-immediately'
        f"{words.region}",
    )


_KNOWN = "A password that was read opens it from wherever it can be connected to."


def database(_estate: Estate, node: Node) -> Iterator[Action]:
    """Keep a database as it is, renew its password, narrow its doors."""
    words = Words(node)
    cluster = node.source.type == "aws_rds_cluster"
    name = words.of("cluster_identifier" if cluster else "identifier", "DATABASE")
    kind = "db-cluster" if cluster else "db"
    flag = "db-cluster" if cluster else "db-instance"
    if node.source.type in ("aws_db_instance", "aws_rds_cluster"):
        yield words.action(
            "Keep it as it is",
            "A snapshot holds what an attacker changed or left there, and can be opened elsewhere.",
            f"aws rds create-{kind}-snapshot --{flag}-identifier {name} "
            f"--{kind}-snapshot-identifier incident-{_plain_name(node)}{words.region}",
        )
    if isinstance(node, Database):
        yield password(node)
    yield words.action(
        "Let nobody connect but who looks at it",
        "Its security groups are the nearest door: leave only the team's rule in them.",
    )


def _plain_name(node: Node) -> str:
    name = "".join(c if c.isalnum() and c.isascii() else "-" for c in node.name).strip("-")
    return name.lower() or "database"


def bucket(_estate: Estate, node: Node) -> Iterator[Action]:
    """Keep versions, then close a bucket."""
    words = Words(node)
    name = words.of("bucket", "BUCKET")
    yield words.action(
        "Keep what is overwritten or deleted from now on",
        "With versions nothing more is lost, whoever still has access.",
        f"aws s3api put-bucket-versioning --bucket {name} --versioning-configuration "
        "Status=Enabled",
        f"aws s3api get-bucket-policy --bucket {name} > bucket-policy.json",
    )
    yield words.action(
        "Close it to the public",
        "All four switches; those who read it by their own permissions still do.",
        f"aws s3api put-public-access-block --bucket {name} --public-access-block-configuration "
        "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,"
        "RestrictPublicBuckets=true",
    )
