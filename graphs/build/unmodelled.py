"""Says what was read but is not modelled, so that it is a named gap and not silence."""

from collections.abc import Iterator

from graphs.build.draft import Draft
from graphs.resource import Resource
from graphs.verdict import Gap

# Types whose presence changes no answer: they make values, names or records, or are read with
# the resource that they belong to. A trailing * stands for the rest of the name.
WITHOUT_EFFECT = (
    "aws_acm_*",
    "aws_appautoscaling_*",
    "aws_autoscaling_*",
    "aws_cloudwatch_*",
    "aws_customer_gateway",
    "aws_db_option_group",
    "aws_db_parameter_group",
    "aws_ec2_tag",
    "aws_ecs_cluster*",
    "aws_eip",
    "aws_iam_account_*",
    "aws_iam_service_linked_role",
    "aws_key_pair",
    "aws_kms_alias",
    "aws_ram_*",
    "aws_route53_*",
    "aws_networkfirewall_logging_configuration",
    "aws_networkmanager_global_network",
    "aws_sns_*",
    "aws_ssm_document",
    "aws_vpc_dhcp_options*",
)

# What the build modules read, beside the types that become nodes.
READ = (
    "aws_alb*",
    "aws_batch_job_definition",
    "aws_cloudformation_stack",
    "aws_cloudformation_stack_set",
    "aws_cloudtrail",
    "aws_db_instance",
    "aws_db_subnet_group",
    "aws_default_*",
    "aws_dx_gateway*",
    "aws_ec2_client_vpn_*",
    "aws_ec2_managed_prefix_list*",
    "aws_ec2_transit_gateway",
    "aws_ec2_transit_gateway_connect*",
    "aws_ec2_transit_gateway_peering_attachment",
    "aws_ec2_transit_gateway_peering_attachment_accepter",
    "aws_ec2_transit_gateway_prefix_list_reference",
    "aws_ec2_transit_gateway_route",
    "aws_ec2_transit_gateway_route_table",
    "aws_ec2_transit_gateway_route_table_association",
    "aws_ec2_transit_gateway_route_table_propagation",
    "aws_ec2_transit_gateway_vpc_attachment",
    "aws_ec2_transit_gateway_vpc_attachment_accepter",
    "aws_ecs_service",
    "aws_ecs_task_definition",
    "aws_egress_only_internet_gateway",
    "aws_eip_association",
    "aws_elb",
    "aws_elb_attachment",
    "aws_flow_log",
    "aws_glue_connection",
    "aws_glue_job",
    "aws_iam_*",
    "aws_instance",
    "aws_internet_gateway*",
    "aws_kms_grant",
    "aws_kms_key*",
    "aws_lambda_function",
    "aws_lambda_function_url",
    "aws_lambda_permission",
    "aws_launch_configuration",
    "aws_launch_template",
    "aws_lb",
    "aws_lb_listener*",
    "aws_lb_target_group*",
    "aws_main_route_table_association",
    "aws_nat_gateway",
    "aws_network_acl*",
    "aws_network_interface*",
    "aws_networkfirewall_firewall",
    "aws_networkmanager_attachment_accepter",
    "aws_networkmanager_connect_attachment",
    "aws_networkmanager_core_network*",
    "aws_networkmanager_dx_gateway_attachment",
    "aws_networkmanager_site_to_site_vpn_attachment",
    "aws_networkmanager_transit_gateway_route_table_attachment",
    "aws_networkmanager_vpc_attachment",
    "aws_networkfirewall_firewall_policy",
    "aws_networkfirewall_rule_group",
    "aws_organizations_*",
    "aws_rds_cluster",
    "aws_rds_cluster_instance",
    "aws_route",
    "aws_route_table*",
    "aws_s3_account_public_access_block",
    "aws_s3_bucket",
    "aws_s3_bucket_*",
    "aws_s3_object",
    "aws_secretsmanager_*",
    "aws_security_group*",
    "aws_sfn_state_machine",
    "aws_spot_instance_request",
    "aws_ssm_parameter",
    "aws_subnet",
    "aws_vpc",
    "aws_vpc_block_public_access_*",
    "aws_vpc_endpoint",
    "aws_vpc_endpoint_connection_accepter",
    "aws_vpc_endpoint_route_table_association",
    "aws_vpc_endpoint_security_group_association",
    "aws_vpc_endpoint_service*",
    "aws_vpc_endpoint_subnet_association",
    "aws_vpc_ipv4_cidr_block_association",
    "aws_vpc_peering_connection*",
    "aws_vpc_security_group_egress_rule",
    "aws_vpc_security_group_ingress_rule",
    "aws_vpn_*",
    "aws_wafregional_web_acl_association",
    "aws_wafv2_web_acl_association",
)
# Providers whose resources are no infrastructure that anyone could reach.
LOCAL_PROVIDERS = (
    "archive",
    "cloudinit",
    "external",
    "http",
    "local",
    "null",
    "random",
    "template",
    "terraform",
    "time",
    "tls",
)


def unmodelled(draft: Draft) -> Iterator[Gap]:
    """One gap per type, naming its first resource."""
    for kind in sorted(draft.by_type):
        if not _known(kind):
            yield _gap(kind, draft.by_type[kind])


def _known(kind: str) -> bool:
    if kind.partition("_")[0] in LOCAL_PROVIDERS:
        return True
    return any(
        kind.startswith(name[:-1]) if name.endswith("*") else kind == name
        for name in (*READ, *WITHOUT_EFFECT)
    )


def _gap(kind: str, resources: list[Resource]) -> Gap:
    first = resources[0]
    count = "" if len(resources) == 1 else f" and {len(resources) - 1} more"
    effect = "what they open, reach or hold is not judged"
    what = f"{first.id}{count}: {kind} is not modelled"
    return Gap("not-modelled", what, effect, first.origin.place)
