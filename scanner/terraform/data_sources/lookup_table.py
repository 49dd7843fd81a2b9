"""Which data sources look resources up, and by which of their attributes.

Arguments, filters and exported attributes are those of the provider's documentation:
https://registry.terraform.io/providers/hashicorp/aws/latest/docs
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from scanner.terraform.values import Value


@dataclass(frozen=True, slots=True)
class Lookup:
    """A data source that finds resources of `kinds`.

    `by` are the arguments that choose, with the attribute that each is compared with. `filters`
    are the names that `filter` blocks may have, likewise. `several` are the exported lists of one
    that finds any number of them. `unlike` are arguments that only
    what is in no code answers to, `defaults` those that choose also where they are not said.
    `secret` are attributes that are held sensitive; `worldwide` is what has no region. `unique`
    says that an account has one thing of what `by` says, since that is its name for AWS.
    """

    kinds: tuple[str, ...]
    by: Mapping[str, str]
    filters: Mapping[str, str] = field(default_factory=dict)
    several: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    defaults: Mapping[str, Value] = field(default_factory=dict)
    secret: tuple[str, ...] = ()
    worldwide: bool = False
    unique: bool = False

    def answer(self, name: str) -> str:
        """The attribute of the resource that an attribute of the data source repeats."""
        return self.by.get(name, name)


TAGGED: Final = ("tags", "instance_tags")
"""Arguments with tags that what is found must have."""

INDIFFERENT: Final = frozenset((
    "count", "for_each", "provider", "depends_on", "timeouts", "region", "filter", "most_recent",
    "state", "statuses", "types", "key_types", "with_decryption", "include_deprecated",
    "include_shadow_trails", *TAGGED,
))  # fmt: skip
"""Arguments that choose nothing among what code holds."""


def _lookup(kinds: str, by: str = "", filters: str = "", **more: Any) -> Lookup:
    return Lookup(tuple(kinds.split()), _pairs(by), _pairs(filters), **more)


def _named(kinds: str, by: str, **more: Any) -> Lookup:
    """A data source for what has a name that AWS gives out once."""
    return _lookup(kinds, by, "", unique=True, **more)


def _pairs(text: str) -> dict[str, str]:
    """`name argument=attribute` as pairs."""
    found = (each.partition("=") for each in text.split())
    return {name: attribute or name for name, _, attribute in found}


_VPC: Final = (
    "vpc-id=id cidr=cidr_block cidr-block=cidr_block cidr-block-association.cidr-block=cidr_block"
)
_SUBNET: Final = (
    "subnet-id=id vpc-id=vpc_id cidr-block=cidr_block cidr=cidr_block "
    "availability-zone=availability_zone availabilityZone=availability_zone "
    "map-public-ip-on-launch=map_public_ip_on_launch"
)
_GROUP: Final = "group-id=id group-name=name vpc-id=vpc_id description=description"
_TABLE: Final = "route-table-id=id vpc-id=vpc_id"

LOOKUPS: Final[dict[str, Lookup]] = {
    # networks
    "aws_vpc": _lookup("aws_vpc", "id cidr_block", _VPC, unlike=("default",)),
    "aws_vpcs": _lookup("aws_vpc", "", _VPC, several=("ids",)),
    "aws_subnet": _lookup(
        "aws_subnet", "id vpc_id cidr_block availability_zone", _SUBNET, unlike=("default_for_az",)
    ),
    "aws_subnets": _lookup("aws_subnet", "", _SUBNET, several=("ids",)),
    "aws_subnet_ids": _lookup("aws_subnet", "vpc_id", _SUBNET, several=("ids",)),
    "aws_security_group": _lookup("aws_security_group", "id name vpc_id", _GROUP),
    "aws_security_groups": _lookup("aws_security_group", "", _GROUP, several=("ids",)),
    "aws_route_table": _lookup("aws_route_table", "route_table_id=id vpc_id", _TABLE),
    "aws_route_tables": _lookup("aws_route_table", "vpc_id", _TABLE, several=("ids",)),
    "aws_network_acls": _lookup(
        "aws_network_acl", "vpc_id", "network-acl-id=id vpc-id=vpc_id", several=("ids",)
    ),
    "aws_internet_gateway": _lookup(
        "aws_internet_gateway",
        "internet_gateway_id=id",
        "attachment.vpc-id=vpc_id internet-gateway-id=id",
    ),
    "aws_nat_gateway": _lookup(
        "aws_nat_gateway", "id subnet_id", "subnet-id=subnet_id nat-gateway-id=id"
    ),
    "aws_nat_gateways": _lookup(
        "aws_nat_gateway", "", "subnet-id=subnet_id nat-gateway-id=id", several=("ids",)
    ),
    "aws_vpn_gateway": _lookup("aws_vpn_gateway", "id attached_vpc_id=vpc_id availability_zone"),
    "aws_customer_gateway": _lookup("aws_customer_gateway", "id"),
    "aws_vpc_endpoint": _lookup(
        "aws_vpc_endpoint",
        "id vpc_id service_name",
        "vpc-id=vpc_id service-name=service_name vpc-endpoint-id=id",
    ),
    "aws_vpc_peering_connection": _lookup(
        "aws_vpc_peering_connection", "id vpc_id peer_vpc_id peer_region peer_owner_id"
    ),
    "aws_ec2_transit_gateway": _lookup("aws_ec2_transit_gateway", "id", "transit-gateway-id=id"),
    "aws_ec2_transit_gateway_route_table": _lookup(
        "aws_ec2_transit_gateway_route_table",
        "id",
        "transit-gateway-id=transit_gateway_id transit-gateway-route-table-id=id",
    ),
    "aws_ec2_transit_gateway_vpc_attachment": _lookup(
        "aws_ec2_transit_gateway_vpc_attachment",
        "id",
        "transit-gateway-id=transit_gateway_id vpc-id=vpc_id",
    ),
    "aws_ec2_managed_prefix_list": _lookup(
        "aws_ec2_managed_prefix_list", "id name", "prefix-list-name=name prefix-list-id=id"
    ),
    "aws_eip": _lookup("aws_eip", "id public_ip", "public-ip=public_ip allocation-id=id"),
    "aws_network_interface": _lookup(
        "aws_network_interface", "id", "subnet-id=subnet_id network-interface-id=id"
    ),
    # what runs
    "aws_instance": _lookup(
        "aws_instance", "instance_id=id", "instance-id=id subnet-id=subnet_id image-id=ami"
    ),
    "aws_instances": _lookup(
        "aws_instance", "", "instance-id=id subnet-id=subnet_id image-id=ami", several=("ids",)
    ),
    "aws_launch_template": _named("aws_launch_template", "id name"),
    "aws_autoscaling_group": _named("aws_autoscaling_group", "name"),
    "aws_lambda_function": _named("aws_lambda_function", "function_name"),
    "aws_ecs_cluster": _named("aws_ecs_cluster", "cluster_name=name"),
    "aws_ecs_service": _lookup("aws_ecs_service", "service_name=name cluster_arn=cluster"),
    "aws_ecs_task_definition": _lookup("aws_ecs_task_definition", "task_definition=family"),
    "aws_eks_cluster": _named("aws_eks_cluster", "name"),
    "aws_eks_node_group": _named("aws_eks_node_group", "cluster_name node_group_name"),
    "aws_ecr_repository": _named("aws_ecr_repository", "name"),
    "aws_lb": _named("aws_lb aws_alb", "name arn"),
    "aws_alb": _named("aws_lb aws_alb", "name arn"),
    "aws_lb_listener": _lookup(
        "aws_lb_listener aws_alb_listener", "arn load_balancer_arn port"
    ),
    "aws_alb_listener": _lookup(
        "aws_lb_listener aws_alb_listener", "arn load_balancer_arn port"
    ),
    "aws_lb_target_group": _named("aws_lb_target_group aws_alb_target_group", "name arn"),
    "aws_alb_target_group": _named("aws_lb_target_group aws_alb_target_group", "name arn"),
    "aws_api_gateway_rest_api": _lookup("aws_api_gateway_rest_api", "name"),
    "aws_apigatewayv2_api": _lookup("aws_apigatewayv2_api", "api_id=id"),
    "aws_sfn_state_machine": _named("aws_sfn_state_machine", "name"),
    # identity
    "aws_iam_role": _named("aws_iam_role", "name role_name=name", worldwide=True),
    "aws_iam_user": _named("aws_iam_user", "user_name=name", worldwide=True),
    "aws_iam_group": _named("aws_iam_group", "group_name=name", worldwide=True),
    "aws_iam_policy": _named("aws_iam_policy", "name arn path_prefix=path", worldwide=True),
    "aws_iam_instance_profile": _named("aws_iam_instance_profile", "name", worldwide=True),
    "aws_iam_openid_connect_provider": _named(
        "aws_iam_openid_connect_provider", "url arn", worldwide=True),
    "aws_iam_saml_provider": _lookup("aws_iam_saml_provider", "arn", worldwide=True),
    # data and what guards it
    "aws_s3_bucket": _named("aws_s3_bucket", "bucket", worldwide=True),
    "aws_dynamodb_table": _named("aws_dynamodb_table", "name"),
    "aws_db_instance": _named("aws_db_instance", "db_instance_identifier=identifier"),
    "aws_db_subnet_group": _named("aws_db_subnet_group", "name"),
    "aws_rds_cluster": _named("aws_rds_cluster", "cluster_identifier"),
    "aws_redshift_cluster": _named("aws_redshift_cluster", "cluster_identifier"),
    "aws_elasticache_cluster": _named("aws_elasticache_cluster", "cluster_id"),
    "aws_elasticache_replication_group": _named(
        "aws_elasticache_replication_group", "replication_group_id"),
    "aws_elasticsearch_domain": _named("aws_elasticsearch_domain", "domain_name"),
    "aws_opensearch_domain": _named("aws_opensearch_domain", "domain_name"),
    "aws_efs_file_system": _lookup("aws_efs_file_system", "file_system_id=id creation_token"),
    "aws_efs_access_point": _lookup("aws_efs_access_point", "access_point_id=id"),
    "aws_fsx_ontap_file_system": _lookup("aws_fsx_ontap_file_system", "id"),
    "aws_kms_key": _lookup("aws_kms_key", "key_id=arn"),
    "aws_kms_alias": _named("aws_kms_alias", "name"),
    "aws_secretsmanager_secret": _named("aws_secretsmanager_secret", "name arn"),
    "aws_secretsmanager_secret_version": _lookup(
        "aws_secretsmanager_secret_version", "secret_id", secret=("secret_string", "secret_binary")
    ),
    "aws_ssm_parameter": _named("aws_ssm_parameter", "name", secret=("value",)),
    # messages, names, records
    "aws_sqs_queue": _named("aws_sqs_queue", "name"),
    "aws_sns_topic": _named("aws_sns_topic", "name"),
    "aws_kinesis_stream": _named("aws_kinesis_stream", "name"),
    "aws_kinesis_firehose_delivery_stream": _named("aws_kinesis_firehose_delivery_stream", "name"),
    "aws_msk_cluster": _named("aws_msk_cluster", "cluster_name"),
    "aws_mq_broker": _named("aws_mq_broker", "broker_name broker_id=id"),
    "aws_cloudwatch_event_bus": _named("aws_cloudwatch_event_bus", "name"),
    "aws_cloudwatch_log_group": _named("aws_cloudwatch_log_group", "name"),
    "aws_route53_zone": _lookup(
        "aws_route53_zone",
        "name zone_id private_zone",
        defaults={"private_zone": False},
        worldwide=True,
    ),
    "aws_acm_certificate": _lookup("aws_acm_certificate", "domain=domain_name"),
    "aws_cloudfront_distribution": _lookup("aws_cloudfront_distribution", "id", worldwide=True),
    "aws_wafv2_web_acl": _named("aws_wafv2_web_acl", "name scope"),
    "aws_wafv2_ip_set": _named("aws_wafv2_ip_set", "name scope"),
    "aws_cognito_user_pool": _lookup("aws_cognito_user_pool", "user_pool_id=id"),
}  # fmt: skip
