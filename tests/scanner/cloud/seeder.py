"""Applies evaluated resources of an estate through boto3, as `terraform apply` would.

Input: Resources, and a session per account. Output: for each address that was applied, what AWS
chose for it, and for each that was not, why. It is no hand-made copy: what it applies is what the
scan of the code evaluated.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphs.document import ends_quoted
from graphs.resource import Resource
from graphs.unknown import Template, Unknown
from tests.scanner.cloud.proxy import Filled
from tests.scanner.cloud.seed import (
    compute,
    databases,
    delegates,
    fleets,
    identity,
    managed,
    network,
    storage,
    wan,
    workloads,
)
from tests.scanner.cloud.seed.labels import LABELS, tagged

Made = Mapping[str, object]
Values = Mapping[str, Any]


@dataclass
class Seeder:
    """One estate while it is applied. `known` has what AWS chose, by `address.attribute`."""

    sessions: Mapping[str, Any]
    known: dict[str, object] = field(default_factory=dict)
    applied: dict[str, Made] = field(default_factory=dict)
    filled: Filled = field(default_factory=Filled)
    """What moto does not keep, for the proxy to answer."""
    clients: dict[tuple[str, str, str], Any] = field(default_factory=dict)

    def client(self, service: str, resource: Resource) -> Any:
        where = (service, str(resource.scope.account), str(resource.scope.region))
        if where not in self.clients:
            session = self.sessions[where[1]]
            self.clients[where] = session.client(service, region_name=where[2])
        return self.clients[where]

    def tell(self, resource: Resource, action: str, said: "dict[str, Any] | str") -> None:
        """Let the proxy answer where moto has nothing of the kind."""
        self.filled.told[str(resource.scope.account), action] = said

    def told(self, resource: Resource, action: str) -> Any:
        return self.filled.told[str(resource.scope.account), action]

    def apply(self, resources: Iterable[Resource]) -> None:
        order = {kind: number for number, kind in enumerate(APPLY)}
        wanted = sorted(resources, key=lambda r: order[r.type])
        for resource in wanted:
            values = self.values(resource)
            made = APPLY[resource.type](self, resource, values) or {}
            self.applied[resource.id] = made
            for name, value in made.items():
                self.known[f"{resource.id}.{name}"] = value
            if resource.type in LABELS and tagged(values):
                LABELS[resource.type](self, resource, made, tagged(values))
        for resource in wanted:
            if resource.type in LATER:
                LATER[resource.type](self, resource, self.values(resource))

    def values(self, resource: Resource) -> Values:
        return {k: self.settled(v) for k, v in resource.values.items()}

    def _filled(self, value: Template) -> str:
        """Holes for whole values in JSON get their quotes."""
        document = str(value).lstrip().startswith("{")
        text, quoted = "", False
        for part in value.parts:
            if isinstance(part, str):
                quoted = ends_quoted(part, quoted=quoted)
                text += part
            else:
                told = self.settled(part)
                text += json.dumps(told) if document and not quoted else str(told)
        return text

    def settled(self, value: object) -> Any:
        if isinstance(value, Unknown):
            names = (value.what, *(str(r) for r in value.refers))
            return next((self.known[n] for n in names if n in self.known), None)
        if isinstance(value, Template):
            return self._filled(value)
        if isinstance(value, tuple):
            return [self.settled(v) for v in value]
        if isinstance(value, Mapping):
            return {k: self.settled(v) for k, v in value.items()}
        return value


Apply = Callable[[Seeder, Resource, Values], "Made | None"]

# In the order in which AWS wants them.
APPLY: dict[str, Apply] = {
    "aws_vpc": network.vpc,
    "aws_default_security_group": network.default_group,
    "aws_subnet": network.subnet,
    "aws_internet_gateway": network.internet_gateway,
    "aws_route_table": network.route_table,
    "aws_route_table_association": network.table_association,
    "aws_security_group": network.security_group,
    "aws_security_group_rule": network.rule(None),
    "aws_vpc_security_group_ingress_rule": network.rule("ingress"),
    "aws_vpc_security_group_egress_rule": network.rule("egress"),
    "aws_network_acl": network.network_acl,
    "aws_network_acl_rule": network.acl_rule,
    "aws_kms_key": storage.key,
    "aws_s3_bucket": storage.bucket,
    "aws_s3_bucket_versioning": storage.bucket_versioning,
    "aws_s3_bucket_server_side_encryption_configuration": storage.bucket_encryption,
    "aws_s3_bucket_public_access_block": storage.bucket_block,
    "aws_s3_bucket_logging": storage.bucket_logging,
    "aws_iam_openid_connect_provider": identity.oidc,
    "aws_iam_policy": identity.iam_policy,
    "aws_iam_role": identity.role,
    "aws_iam_role_policy_attachment": identity.attachment,
    "aws_iam_instance_profile": identity.profile,
    "aws_iam_user": identity.user,
    "aws_iam_access_key": identity.access_key,
    "aws_secretsmanager_secret": storage.secret,
    "aws_ssm_parameter": storage.parameter,
    "aws_instance": compute.instance,
    "aws_eip": network.address,
    "aws_nat_gateway": network.nat_gateway,
    "aws_ec2_transit_gateway": wan.transit_gateway,
    "aws_customer_gateway": wan.customer_gateway,
    "aws_vpn_connection": wan.vpn_connection,
    "aws_dx_gateway": wan.direct_gateway,
    "aws_dx_gateway_association": wan.direct_association,
    "aws_ec2_transit_gateway_vpc_attachment": wan.transit_attachment,
    "aws_ec2_transit_gateway_route_table": wan.transit_table,
    "aws_ec2_transit_gateway_route_table_association": wan.transit_association,
    "aws_ec2_transit_gateway_route_table_propagation": wan.transit_propagation,
    "aws_ec2_transit_gateway_route": wan.transit_route,
    "aws_vpc_peering_connection": wan.peering,
    "aws_vpc_peering_connection_accepter": wan.peering_accepter,
    "aws_route": network.route,
    "aws_vpc_endpoint": network.vpc_endpoint,
    "aws_flow_log": network.flow_log,
    "aws_lambda_function": compute.function,
    "aws_lambda_function_url": compute.function_url,
    "aws_lambda_permission": compute.permission,
    "aws_db_subnet_group": storage.subnet_group,
    "aws_db_instance": storage.database,
    "aws_acm_certificate": compute.certificate,
    "aws_lb": compute.balancer,
    "aws_lb_target_group": compute.target_group,
    "aws_lb_listener": compute.listener,
    "aws_lb_listener_rule": compute.listener_rule,
    "aws_elb": fleets.classic,
    "aws_launch_template": fleets.launch_template,
    "aws_launch_configuration": fleets.launch_configuration,
    "aws_autoscaling_group": fleets.autoscaling_group,
    "aws_ecs_cluster": compute.cluster,
    "aws_ecs_task_definition": compute.task,
    "aws_ecs_service": compute.service,
    "aws_redshift_subnet_group": managed.warehouse_subnets,
    "aws_redshift_cluster": managed.warehouse,
    "aws_opensearch_domain": managed.domain,
    "aws_efs_file_system": managed.file_system,
    "aws_efs_mount_target": managed.mount_target,
    "aws_dynamodb_table": managed.table,
    "aws_sqs_queue": managed.queue,
    "aws_sns_topic": managed.topic,
    "aws_ecr_repository": managed.repository,
    "aws_ecr_repository_policy": managed.repository_policy,
    "aws_api_gateway_rest_api": managed.rest_api,
    "aws_api_gateway_resource": managed.rest_resource,
    "aws_api_gateway_method": managed.rest_method,
    "aws_api_gateway_integration": managed.rest_integration,
    "aws_apigatewayv2_api": managed.http_api,
    "aws_apigatewayv2_integration": managed.http_integration,
    "aws_apigatewayv2_route": managed.http_route,
    "aws_cloudfront_distribution": managed.distribution,
    "aws_eks_cluster": managed.cluster,
    "aws_codebuild_project": managed.project,
    "aws_ebs_volume": storage.disk,
    "aws_ebs_snapshot": storage.disk_snapshot,
    "aws_snapshot_create_volume_permission": storage.disk_shared,
    "aws_db_snapshot": storage.database_snapshot,
    "aws_db_proxy": databases.proxy,
    "aws_db_proxy_target": databases.proxy_target,
    "aws_redshiftserverless_workgroup": databases.workgroup,
    "aws_elasticache_serverless_cache": databases.serverless_cache,
    "aws_memorydb_subnet_group": databases.memory_subnets,
    "aws_memorydb_cluster": databases.memory,
    "aws_dax_subnet_group": databases.dax_subnets,
    "aws_dax_cluster": databases.dax,
    "aws_fsx_lustre_file_system": databases.lustre,
    "aws_mq_broker": databases.broker,
    "aws_msk_cluster": databases.kafka,
    "aws_msk_serverless_cluster": databases.serverless_kafka,
    "aws_kinesis_stream": databases.stream,
    "aws_kinesis_resource_policy": databases.stream_policy,
    "aws_backup_vault": databases.vault,
    "aws_backup_vault_policy": databases.vault_policy,
    "aws_ecrpublic_repository": databases.public_repository,
    "aws_transfer_server": databases.server,
    "aws_appsync_graphql_api": databases.graph,
    "aws_appsync_datasource": databases.graph_source,
    "aws_globalaccelerator_accelerator": databases.accelerator,
    "aws_globalaccelerator_listener": databases.accelerator_listener,
    "aws_globalaccelerator_endpoint_group": databases.endpoint_group,
    "aws_apprunner_vpc_connector": workloads.connector,
    "aws_apprunner_service": workloads.web_service,
    "aws_sagemaker_notebook_instance": workloads.notebook,
    "aws_emr_cluster": workloads.cluster,
    "aws_elastic_beanstalk_application": workloads.application,
    "aws_elastic_beanstalk_environment": workloads.environment,
    "aws_lightsail_instance": workloads.virtual_server,
    "aws_lightsail_instance_public_ports": workloads.open_ports,
    "aws_mwaa_environment": workloads.airflow,
    "aws_batch_compute_environment": workloads.compute_environment,
    "aws_batch_job_definition": workloads.job_definition,
    "aws_dms_replication_subnet_group": workloads.replication_subnets,
    "aws_dms_replication_instance": workloads.replication,
    "aws_glue_job": delegates.job,
    "aws_glue_connection": delegates.connection,
    "aws_glue_resource_policy": delegates.catalog_policy,
    "aws_sfn_state_machine": delegates.machine,
    "aws_cloudformation_stack": delegates.stack,
    "aws_cloudwatch_event_bus": delegates.bus,
    "aws_cloudwatch_event_bus_policy": delegates.bus_policy,
    "aws_s3_access_point": delegates.access_point,
    "aws_cognito_user_pool": delegates.users,
    "aws_cognito_identity_pool": delegates.pool,
    "aws_cognito_identity_pool_roles_attachment": delegates.pool_roles,
    "aws_cloudtrail": storage.trail,
    "aws_iam_role_policy": identity.role_policy,
    "aws_iam_user_policy": identity.user_policy,
    "aws_s3_bucket_policy": storage.bucket_policy,
}

LATER: dict[str, Apply] = {"aws_security_group": network.inline_rules}
"""What needs everything of its kind to be there: groups name each other."""

WITHHELD = {
    "aws_secretsmanager_secret_version": "a sweep never reads the values of secrets",
    "random_password": "it exists in Terraform only",
}
"""What is not applied, and why."""
