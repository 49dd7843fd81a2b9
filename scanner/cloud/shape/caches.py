"""Caches and databases in memory: ElastiCache, MemoryDB, DAX."""

from collections.abc import Iterator

from graphs.resource import Resource
from scanner.cloud.shape.answers import Answers, Item, subnet_group
from scanner.cloud.shape.keys import own_key


def shape(answers: Answers) -> Iterator[Resource]:
    """Everything that keeps data in memory."""
    for part in (_caches, _serverless, _memory, _accelerators):
        yield from part(answers)


def _caches(answers: Answers) -> Iterator[Resource]:
    listed = list(answers.items("elasticache.describe_cache_clusters", "CacheClusters"))
    first = {(region, c.get("ReplicationGroupId")): c for region, c in reversed(listed)}
    call = "elasticache.describe_replication_groups"
    for region, group in answers.items(call, "ReplicationGroups"):
        name = group["ReplicationGroupId"]
        member = first.get((region, name))
        values = {**_cache(answers, region, name, group, member), "replication_group_id": name}
        kind, key = "aws_elasticache_replication_group", answers.local(region)
        yield answers.make(kind, name, values, (region, call), key=key)
    call = "elasticache.describe_cache_clusters"
    for region, cluster in listed:
        if not cluster.get("ReplicationGroupId"):
            name = cluster["CacheClusterId"]
            values = {**_cache(answers, region, name, cluster, cluster), "cluster_id": name}
            kind, key = "aws_elasticache_cluster", answers.local(region)
            yield answers.make(kind, name, values, (region, call), key=key)
    call = "elasticache.describe_cache_subnet_groups"
    for region, group in answers.items(call, "CacheSubnetGroups"):
        kind, at = "aws_elasticache_subnet_group", (region, call)
        yield subnet_group(answers, kind, group, at, named="CacheSubnetGroupName")


def _cache(
    answers: Answers, region: str, name: str, said: Item, member: Item | None
) -> dict[str, object]:
    lost = answers.unlisted(f"elasticache.describe_cache_clusters of {name} in {region}")
    machine: Item = member or {}
    groups = [group["SecurityGroupId"] for group in machine.get("SecurityGroups", ())]
    return {
        "arn": said.get("ARN"),
        "engine": said.get("Engine") or machine.get("Engine") or lost,
        "port": _port(said) or _port(machine),
        "at_rest_encryption_enabled": said.get("AtRestEncryptionEnabled", False),
        "kms_key_id": own_key(answers, said.get("KmsKeyId")),
        "auth_token": "(kept by AWS)" if said.get("AuthTokenEnabled") else None,
        "user_group_ids": said.get("UserGroupIds") or None,
        "security_group_ids": groups if member else lost,
        "subnet_group_name": machine.get("CacheSubnetGroupName") if member else lost,
        "snapshot_retention_limit": said.get("SnapshotRetentionLimit"),
        "tags": answers.tags_of(region, said.get("ARN", "")),
    }


def _port(cache: Item) -> object:
    """The port, wherever the kind of cache tells it."""
    ends = [cache.get("ConfigurationEndpoint")]
    ends += [node.get("PrimaryEndpoint") for node in cache.get("NodeGroups", ())]
    ends += [node.get("Endpoint") for node in cache.get("CacheNodes", ())]
    return next((end["Port"] for end in ends if end and end.get("Port")), None)


def _serverless(answers: Answers) -> Iterator[Resource]:
    call, kind = "elasticache.describe_serverless_caches", "aws_elasticache_serverless_cache"
    for region, said in answers.items(call, "ServerlessCaches"):
        name, key = said["ServerlessCacheName"], answers.local(region)
        values = {
            "name": name,
            "arn": said.get("ARN"),
            "engine": said.get("Engine"),
            "port": (said.get("Endpoint") or {}).get("Port"),
            "kms_key_id": own_key(answers, said.get("KmsKeyId")),
            "user_group_id": said.get("UserGroupId") or None,
            "subnet_ids": said.get("SubnetIds", []),
            "security_group_ids": said.get("SecurityGroupIds", []),
            "tags": answers.tags_of(region, said.get("ARN", "")),
        }
        yield answers.make(kind, name, values, (region, call), key=key)


def _memory(answers: Answers) -> Iterator[Resource]:
    call = "memorydb.describe_clusters"
    for region, said in answers.items(call, "Clusters"):
        name, key = said["Name"], answers.local(region)
        values = {
            "name": name,
            "arn": said.get("ARN"),
            "engine": said.get("Engine") or "redis",
            "port": (said.get("ClusterEndpoint") or {}).get("Port"),
            "acl_name": said.get("ACLName"),
            "kms_key_arn": own_key(answers, said.get("KmsKeyId")),
            "subnet_group_name": said.get("SubnetGroupName"),
            "security_group_ids": [g["SecurityGroupId"] for g in said.get("SecurityGroups", ())],
            "snapshot_retention_limit": said.get("SnapshotRetentionLimit", 0),
            "tags": answers.tags_of(region, said.get("ARN", "")),
        }
        yield answers.make("aws_memorydb_cluster", name, values, (region, call), key=key)
    call = "memorydb.describe_subnet_groups"
    for region, group in answers.items(call, "SubnetGroups"):
        kind, at = "aws_memorydb_subnet_group", (region, call)
        yield subnet_group(answers, kind, group, at, named="Name", subnet="Identifier")


def _accelerators(answers: Answers) -> Iterator[Resource]:
    """DAX, in front of DynamoDB."""
    call = "dax.describe_clusters"
    for region, said in answers.items(call, "Clusters"):
        name, key = said["ClusterName"], answers.local(region)
        kept = (said.get("SSEDescription") or {}).get("Status") in ("ENABLED", "ENABLING")
        values = {
            "cluster_name": name,
            "arn": said.get("ClusterArn"),
            "port": (said.get("ClusterDiscoveryEndpoint") or {}).get("Port"),
            "cluster_endpoint_encryption_type": said.get("ClusterEndpointEncryptionType"),
            "iam_role_arn": said.get("IamRoleArn"),
            "server_side_encryption": [{"enabled": kept}],
            "subnet_group_name": said.get("SubnetGroup"),
            "security_group_ids": [
                group["SecurityGroupIdentifier"] for group in said.get("SecurityGroups", ())
            ],
            "tags": answers.tags_of(region, said.get("ClusterArn", "")),
        }
        yield answers.make("aws_dax_cluster", name, values, (region, call), key=key)
    call = "dax.describe_subnet_groups"
    for region, group in answers.items(call, "SubnetGroups"):
        kind, at = "aws_dax_subnet_group", (region, call)
        yield subnet_group(answers, kind, group, at)
