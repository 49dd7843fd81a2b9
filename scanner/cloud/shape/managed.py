"""Warehouses, with machines of their own and without, and search domains."""

from collections.abc import Iterator

from graphs.resource import Resource
from graphs.unknown import Unknown
from scanner.cloud.shape.answers import Answers, Item, subnet_group, tags
from scanner.cloud.shape.keys import own_key


def shape(answers: Answers) -> Iterator[Resource]:
    """Warehouses, workgroups, search domains."""
    for part in (_warehouses, _workgroups, _domains):
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
        kind, at = "aws_redshift_subnet_group", (region, call)
        yield subnet_group(answers, kind, group, at, named="ClusterSubnetGroupName")


def _workgroups(answers: Answers) -> Iterator[Resource]:
    """Warehouses without machines of their own."""
    call, kind = "redshift-serverless.list_workgroups", "aws_redshiftserverless_workgroup"
    for region, said in answers.items(call, "workgroups"):
        name, key = said["workgroupName"], answers.local(region)
        values = {
            "workgroup_name": name,
            "namespace_name": said.get("namespaceName"),
            "arn": said.get("workgroupArn"),
            "port": said.get("port") or (said.get("endpoint") or {}).get("port"),
            "publicly_accessible": said.get("publiclyAccessible", False),
            "subnet_ids": said.get("subnetIds", []),
            "security_group_ids": said.get("securityGroupIds", []),
            "tags": answers.tags_of(region, said.get("workgroupArn", "")),
        }
        yield answers.make(kind, name, values, (region, call), key=key)


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
