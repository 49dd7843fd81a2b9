"""Managed databases beside RDS: warehouses, caches, search domains, file systems."""

from collections.abc import Iterator, Mapping

from graphs.resource import Resource
from graphs.unknown import Unknown
from scanner.cloud.shape.answers import Answers, Item, tags
from scanner.cloud.shape.keys import own_key


def shape(answers: Answers) -> Iterator[Resource]:
    """Every managed database that RDS does not list."""
    for part in (_warehouses, _caches, _domains, _file_systems):
        yield from part(answers)


def _warehouses(answers: Answers) -> Iterator[Resource]:
    call = "redshift.describe_clusters"
    for region, cluster in answers.items(call, "Clusters"):
        name = cluster["ClusterIdentifier"]
        home = f"arn:{answers.partition}:redshift:{region}:{answers.swept.account}"
        roles = [role["IamRoleArn"] for role in cluster.get("IamRoles", ())]
        values = {
            "cluster_identifier": name,
            "arn": f"{home}:cluster:{name}",
            "port": (cluster.get("Endpoint") or {}).get("Port"),
            "encrypted": cluster.get("Encrypted", False),
            "kms_key_id": own_key(answers, cluster.get("KmsKeyId")),
            "publicly_accessible": cluster.get("PubliclyAccessible", False),
            "vpc_security_group_ids": [
                group["VpcSecurityGroupId"] for group in cluster.get("VpcSecurityGroups", ())
            ],
            "cluster_subnet_group_name": cluster.get("ClusterSubnetGroupName"),
            "automated_snapshot_retention_period": cluster.get("AutomatedSnapshotRetentionPeriod"),
            "multi_az": str(cluster.get("MultiAZ", "")).lower() == "enabled",
            "default_iam_role_arn": cluster.get("DefaultIamRoleArn") or None,
            "iam_roles": roles,
            "tags": tags(cluster.get("Tags")),
        }
        yield answers.make(
            "aws_redshift_cluster", name, values, (region, call), key=answers.local(region)
        )
    call = "redshift.describe_cluster_subnet_groups"
    for region, group in answers.items(call, "ClusterSubnetGroups"):
        yield _subnets(answers, "redshift", group, "ClusterSubnetGroupName", (region, call))


def _subnets(
    answers: Answers, service: str, group: Item, named: str, at: tuple[str, str]
) -> Resource:
    """A group of subnets in which a service puts what it makes."""
    name = group[named]
    listed = [subnet["SubnetIdentifier"] for subnet in group.get("Subnets", ())]
    kind, values = f"aws_{service}_subnet_group", {"name": name, "subnet_ids": listed}
    return answers.make(kind, name, values, at, key=answers.local(at[0]))


# Caches: what is alike for all machines of a group is told of each machine.


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
        yield _subnets(answers, "elasticache", group, "CacheSubnetGroupName", (region, call))


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


def _domains(answers: Answers) -> Iterator[Resource]:
    call = "opensearch.describe_domain"
    for region, listed in answers.items("opensearch.list_domain_names", "DomainNames"):
        name, key = listed["DomainName"], answers.local(region)
        read = answers.about(call, region, name)
        if isinstance(read, Unknown):
            values: dict[str, object] = {"domain_name": name, **dict.fromkeys(_OF_DOMAINS, read)}
        else:
            values = {"domain_name": name, **_domain(answers, region, read["DomainStatus"])}
        yield answers.make("aws_opensearch_domain", name, values, (region, call), key=key)


_OF_DOMAINS = (
    "vpc_options",
    "access_policies",
    "encrypt_at_rest",
    "domain_endpoint_options",
    "advanced_security_options",
    "cluster_config",
)


def _domain(answers: Answers, region: str, said: Item) -> dict[str, object]:
    place, rest = said.get("VPCOptions"), said.get("EncryptionAtRestOptions") or {}
    ends, users = said.get("DomainEndpointOptions") or {}, said.get("AdvancedSecurityOptions") or {}
    spread = (said.get("ClusterConfig") or {}).get("ZoneAwarenessEnabled", False)
    inside = [
        {
            "subnet_ids": place.get("SubnetIds", []),
            "security_group_ids": place.get("SecurityGroupIds", []),
        }
    ] if place and place.get("SubnetIds") else []  # fmt: skip
    key = own_key(answers, rest.get("KmsKeyId"))
    return {
        "arn": said.get("ARN"),
        "vpc_options": inside,
        "access_policies": said.get("AccessPolicies") or None,
        "encrypt_at_rest": [{"enabled": rest.get("Enabled", False), "kms_key_id": key}],
        "domain_endpoint_options": [{"enforce_https": ends.get("EnforceHTTPS", False)}],
        "advanced_security_options": [
            {
                "enabled": users.get("Enabled", False),
                "anonymous_auth_enabled": users.get("AnonymousAuthEnabled", False),
            }
        ],
        "cluster_config": [{"zone_awareness_enabled": spread}],
        "tags": answers.tags_of(region, said.get("ARN", "")),
    }


# File systems: each place to mount one is a resource of its own.


def _file_systems(answers: Answers) -> Iterator[Resource]:
    call = "efs.describe_file_systems"
    for region, system in answers.items(call, "FileSystems"):
        name, key = system["FileSystemId"], answers.local(region)
        values = {
            "id": name,
            "arn": system.get("FileSystemArn"),
            "creation_token": system.get("CreationToken"),
            "encrypted": system.get("Encrypted", False),
            "kms_key_id": own_key(answers, system.get("KmsKeyId")),
            "availability_zone_name": system.get("AvailabilityZoneName"),
            "tags": tags(system.get("Tags")),
        }
        yield answers.make("aws_efs_file_system", name, values, (region, call), key=key)
        yield from _mounts(answers, region, name)
        told = (region, "efs.describe_file_system_policy", name)
        of, kind = {"file_system_id": name}, "aws_efs_file_system_policy"
        yield from answers.policy(kind, of, told, "Policy", name)


def _mounts(answers: Answers, region: str, system: str) -> Iterator[Resource]:
    call, kind = "efs.describe_mount_targets", "aws_efs_mount_target"
    read, key = answers.about(call, region, system), answers.local(region)
    if isinstance(read, Unknown):
        values = {"file_system_id": system, "subnet_id": read, "security_groups": [read]}
        yield answers.make(kind, system, values, (region, call), key=key, doubt=read)
        return
    for target in read.get("MountTargets", ()):
        name = target["MountTargetId"]
        held = answers.about("efs.describe_mount_target_security_groups", region, name)
        values = {
            "id": name,
            "file_system_id": system,
            "subnet_id": target["SubnetId"],
            "ip_address": target.get("IpAddress"),
            "security_groups": held.get("SecurityGroups", [])
            if isinstance(held, Mapping)
            else [held],
        }
        yield answers.make(kind, name, values, (region, call), key=key)
