"""Tags on what was applied, the provider's default ones among them."""

from collections.abc import Callable, Mapping
from typing import Any


def tagged(values: Mapping[str, Any]) -> dict[str, str]:
    return dict(values.get("tags_all") or values.get("tags") or {})


def pairs(tags: Mapping[str, str], key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    return [{key: k, value: v} for k, v in tags.items()]


def ec2(seed, r, made, tags):
    seed.client("ec2", r).create_tags(Resources=[made["id"]], Tags=pairs(tags))


def key(seed, r, made, tags):
    found = pairs(tags, "TagKey", "TagValue")
    seed.client("kms", r).tag_resource(KeyId=made["id"], Tags=found)


def role(seed, r, made, tags):
    seed.client("iam", r).tag_role(RoleName=made["name"], Tags=pairs(tags))


def user(seed, r, made, tags):
    seed.client("iam", r).tag_user(UserName=made["name"], Tags=pairs(tags))


def function(seed, r, made, tags):
    seed.client("lambda", r).tag_resource(Resource=made["arn"], Tags=tags)


def balancer(seed, r, made, tags):
    seed.client("elbv2", r).add_tags(ResourceArns=[made["arn"]], Tags=pairs(tags))


def classic(seed, r, made, tags):
    seed.client("elb", r).add_tags(LoadBalancerNames=[made["name"]], Tags=pairs(tags))


def trail(seed, r, made, tags):
    seed.client("cloudtrail", r).add_tags(ResourceId=made["arn"], TagsList=pairs(tags))


def service(seed, r, made, tags):
    found = pairs(tags, "key", "value")
    seed.client("ecs", r).tag_resource(resourceArn=made["arn"], tags=found)


def secret(seed, r, made, tags):
    seed.client("secretsmanager", r).tag_resource(SecretId=made["arn"], Tags=pairs(tags))


def parameter(seed, r, made, tags):
    ssm = seed.client("ssm", r)
    ssm.add_tags_to_resource(ResourceType="Parameter", ResourceId=made["name"], Tags=pairs(tags))


Label = Callable[..., None]
OF_EC2 = (
    "aws_ebs_snapshot",
    "aws_ebs_volume",
    "aws_customer_gateway",
    "aws_default_security_group",
    "aws_ec2_transit_gateway",
    "aws_ec2_transit_gateway_route_table",
    "aws_ec2_transit_gateway_vpc_attachment",
    "aws_eip",
    "aws_flow_log",
    "aws_instance",
    "aws_internet_gateway",
    "aws_launch_template",
    "aws_nat_gateway",
    "aws_network_acl",
    "aws_route_table",
    "aws_security_group",
    "aws_subnet",
    "aws_vpc",
    "aws_vpc_endpoint",
    "aws_vpc_peering_connection",
    "aws_vpn_connection",
)
LABELS: dict[str, Label] = {
    **dict.fromkeys(OF_EC2, ec2),
    "aws_cloudtrail": trail,
    "aws_ecs_service": service,
    "aws_ecs_task_definition": service,
    "aws_elb": classic,
    "aws_iam_role": role,
    "aws_iam_user": user,
    "aws_kms_key": key,
    "aws_lambda_function": function,
    "aws_lb": balancer,
    "aws_secretsmanager_secret": secret,
    "aws_ssm_parameter": parameter,
}
"""How a thing is tagged after it was made; buckets and databases are as they are made."""
