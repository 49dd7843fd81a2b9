"""Buckets with all that guards them, and databases."""

from collections.abc import Iterator, Mapping

from graphs.resource import EVERYWHERE, Resource
from graphs.unknown import Unknown
from scanner.cloud.shape.answers import Answers, Item, subnet_group, tags
from scanner.cloud.shape.keys import own_key


def shape(answers: Answers) -> Iterator[Resource]:
    """Everything that holds data."""
    for part in (_buckets, _account_block, _databases):
        yield from part(answers)


def _buckets(answers: Answers) -> Iterator[Resource]:
    for region, bucket in answers.items("s3.list_buckets", "Buckets"):
        name = bucket["Name"]
        asked = _Asked(answers, region, name)
        home = asked.said("get_bucket_location", "LocationConstraint")
        where = home if isinstance(home, str) else "us-east-1"
        found = asked.said("get_bucket_tagging", "TagSet")
        values = {
            "bucket": name,
            "arn": f"arn:{answers.partition}:s3:::{name}",
            "tags": found if isinstance(found, Unknown) else tags(found),  # type: ignore[arg-type]
        }
        yield answers.make("aws_s3_bucket", name, values, (where, "s3.list_buckets"))
        for satellite, values, call in _satellites(answers, asked):
            kind, at = f"aws_s3_bucket_{satellite}", (where, f"s3.{call}")
            why = next((v for v in values.values() if isinstance(v, Unknown)), None)
            unread = why if satellite in ("logging", "policy") else None
            yield answers.make(kind, name, {"bucket": name, **values}, at, doubt=unread)


class _Asked:
    """What was asked of one bucket."""

    def __init__(self, answers: Answers, region: str, bucket: str) -> None:
        self.answers, self.region, self.bucket = answers, region, bucket

    def said(self, call: str, key: str) -> object:
        read = self.answers.about(f"s3.{call}", self.region, self.bucket)
        return read.get(key) if isinstance(read, Mapping) else read


Satellite = tuple[str, dict[str, object], str]


def _satellites(answers: Answers, asked: _Asked) -> Iterator[Satellite]:
    policy = asked.said("get_bucket_policy", "Policy")
    if policy is not None:
        yield "policy", {"policy": policy}, "get_bucket_policy"
    said = asked.said("get_public_access_block", "PublicAccessBlockConfiguration")
    yield "public_access_block", _switches(said), "get_public_access_block"
    rules = asked.said("get_bucket_encryption", "ServerSideEncryptionConfiguration")
    if rules is not None:
        yield (
            "server_side_encryption_configuration",
            {"rule": [_encryption(answers, rules)]},
            "get_bucket_encryption",
        )
    status = asked.said("get_bucket_versioning", "Status")
    told = {"status": "Disabled" if status is None else status}
    yield "versioning", {"versioning_configuration": [told]}, "get_bucket_versioning"
    logged = asked.said("get_bucket_logging", "LoggingEnabled")
    if logged is not None:
        target = logged.get("TargetBucket") if isinstance(logged, Mapping) else logged
        yield "logging", {"target_bucket": target}, "get_bucket_logging"
    call = "get_bucket_lifecycle_configuration"
    yield "lifecycle_configuration", {"rule": _lifecycle(asked.said(call, "Rules"))}, call
    grants = asked.said("get_bucket_acl", "Grants")
    acl: dict[str, object] = {"acl": grants}
    if not isinstance(grants, Unknown):
        listed = grants if isinstance(grants, list) else []
        owner = asked.said("get_bucket_acl", "Owner")
        own = owner.get("ID") if isinstance(owner, Mapping) else owner
        said = {"grant": [_grant(each) for each in listed], "owner": [{"id": own}]}
        acl = {"access_control_policy": [said]}
    yield "acl", acl, "get_bucket_acl"


def _lifecycle(said: object) -> object:
    """What its rules delete; no rules where it has none."""
    if isinstance(said, Unknown):
        return [said]
    return [
        {
            "status": rule.get("Status"),
            "filter": [{"prefix": _prefix(rule)}],
            "expiration": [{"days": rule.get("Expiration", {}).get("Days")}],
            "noncurrent_version_expiration": [{}] if "NoncurrentVersionExpiration" in rule else [],
        }
        for rule in (said if isinstance(said, list) else ())
    ]


def _prefix(rule: Item) -> object:
    where = rule.get("Filter", {})
    return rule.get("Prefix") or where.get("Prefix") or where.get("And", {}).get("Prefix") or ""


SWITCHES = {
    "BlockPublicAcls": "block_public_acls",
    "IgnorePublicAcls": "ignore_public_acls",
    "BlockPublicPolicy": "block_public_policy",
    "RestrictPublicBuckets": "restrict_public_buckets",
}


def _switches(said: object) -> dict[str, object]:
    """The four switches; a bucket or account without the setting has all of them off."""
    if isinstance(said, Unknown):
        return dict.fromkeys(SWITCHES.values(), said)
    found = said if isinstance(said, Mapping) else {}
    return {name: bool(found.get(member, False)) for member, name in SWITCHES.items()}


def _encryption(answers: Answers, said: object) -> dict[str, object]:
    if isinstance(said, Unknown):
        return {"apply_server_side_encryption_by_default": [{"kms_master_key_id": said}]}
    rules = said.get("Rules", ()) if isinstance(said, Mapping) else ()
    found = [r.get("ApplyServerSideEncryptionByDefault", {}) for r in rules] or [{}]
    default = {
        "sse_algorithm": found[0].get("SSEAlgorithm"),
        "kms_master_key_id": own_key(answers, found[0].get("KMSMasterKeyID")),
    }
    return {"apply_server_side_encryption_by_default": [default]}


def _grant(grant: Item) -> dict[str, object]:
    grantee = grant.get("Grantee", {})
    said = {"type": grantee.get("Type"), "uri": grantee.get("URI"), "id": grantee.get("ID")}
    return {"permission": grant.get("Permission"), "grantee": [said]}


def _account_block(answers: Answers) -> Iterator[Resource]:
    call, kind = "s3control.get_public_access_block", "aws_s3_account_public_access_block"
    for answer in answers.of(call):
        read = answers.about(call, answer.region, answers.swept.account)
        said = read.get("PublicAccessBlockConfiguration") if isinstance(read, Mapping) else read
        name = answers.swept.account
        why = said if isinstance(said, Unknown) else None
        yield answers.make(kind, name, _switches(said), (EVERYWHERE, call), doubt=why)


GROUP = "aws_db_subnet_group"
_EXPORTS = "enabled_cloudwatch_logs_exports"


def _databases(answers: Answers) -> Iterator[Resource]:
    call = "rds.describe_db_instances"
    for region, database in answers.items(call, "DBInstances"):
        name, key = database["DBInstanceIdentifier"], answers.local(region)
        if database.get("DBClusterIdentifier"):
            values = {
                "identifier": name,
                "cluster_identifier": database["DBClusterIdentifier"],
                "publicly_accessible": database.get("PubliclyAccessible", False),
            }
            kind = "aws_rds_cluster_instance"
            yield answers.make(kind, name, values, (region, call), key=key)
            continue
        group = database.get("DBSubnetGroup") or {}
        values = {
            "identifier": name,
            "arn": database["DBInstanceArn"],
            "engine": database.get("Engine"),
            "address": database.get("Endpoint", {}).get("Address"),
            "port": database.get("Endpoint", {}).get("Port") or database.get("DbInstancePort"),
            "storage_encrypted": database.get("StorageEncrypted", False),
            "kms_key_id": own_key(answers, database.get("KmsKeyId")),
            "publicly_accessible": database.get("PubliclyAccessible", False),
            "iam_database_authentication_enabled": database.get(
                "IAMDatabaseAuthenticationEnabled", False
            ),
            "backup_retention_period": database.get("BackupRetentionPeriod", 0),
            "deletion_protection": database.get("DeletionProtection", False),
            "multi_az": database.get("MultiAZ", False),
            _EXPORTS: database.get("EnabledCloudwatchLogsExports", ()),
            "db_subnet_group_name": group.get("DBSubnetGroupName"),
            "vpc_security_group_ids": _held(database),
            "master_user_secret": _kept(database),
            "tags": tags(database.get("TagList")),
        }
        yield answers.make("aws_db_instance", name, values, (region, call), key=key)
        if group:
            yield subnet_group(answers, GROUP, group, (region, call), named="DBSubnetGroupName")
    yield from _clusters(answers)


def _held(database: Item) -> list[str]:
    return [g["VpcSecurityGroupId"] for g in database.get("VpcSecurityGroups", ())]


def _kept(database: Item) -> list[dict[str, object]]:
    """The secret in which RDS keeps the password by itself."""
    said = database.get("MasterUserSecret")
    return [{"secret_arn": said.get("SecretArn")}] if said else []


def _clusters(answers: Answers) -> Iterator[Resource]:
    call = "rds.describe_db_clusters"
    listing = "rds.describe_db_subnet_groups"
    for region, group in answers.items(listing, "DBSubnetGroups"):
        yield subnet_group(answers, GROUP, group, (region, listing), named="DBSubnetGroupName")
    for region, cluster in answers.items(call, "DBClusters"):
        name, key = cluster["DBClusterIdentifier"], answers.local(region)
        values = {
            "cluster_identifier": name,
            "arn": cluster["DBClusterArn"],
            "engine": cluster.get("Engine"),
            "endpoint": cluster.get("Endpoint"),
            "reader_endpoint": cluster.get("ReaderEndpoint"),
            "port": cluster.get("Port"),
            "storage_encrypted": cluster.get("StorageEncrypted", False),
            "kms_key_id": own_key(answers, cluster.get("KmsKeyId")),
            "iam_database_authentication_enabled": cluster.get(
                "IAMDatabaseAuthenticationEnabled", False
            ),
            "backup_retention_period": cluster.get("BackupRetentionPeriod", 0),
            "deletion_protection": cluster.get("DeletionProtection", False),
            _EXPORTS: cluster.get("EnabledCloudwatchLogsExports", ()),
            "db_subnet_group_name": cluster.get("DBSubnetGroup"),
            "vpc_security_group_ids": _held(cluster),
            "master_user_secret": _kept(cluster),
            "tags": tags(cluster.get("TagList")),
        }
        yield answers.make("aws_rds_cluster", name, values, (region, call), key=key)
