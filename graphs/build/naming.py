"""ARNs and other computed names, where AWS's naming rules let them be told before apply.

Terraform holds `aws_s3_bucket.x.arn` unknown until it applies; the format is documented in the
Service Authorization Reference, so a policy that names it can be judged now. What AWS chooses
by itself (ids, random suffixes) stays a hole that is equal to itself.
"""

from graphs.build import read
from graphs.resource import Resource
from graphs.unknown import Cause, Referent, Template, Text, Unknown, text

# By type, the ARN with {account}, {region} and attributes of the resource in braces.
ARNS = {
    "aws_ami": "arn:aws:ec2:{region}::image/{id}",
    "aws_ami_copy": "arn:aws:ec2:{region}::image/{id}",
    "aws_ami_from_instance": "arn:aws:ec2:{region}::image/{id}",
    "aws_apprunner_service": "arn:aws:apprunner:{region}:{account}"
    ":service/{service_name}/{service_id}",
    "aws_autoscaling_group": "arn:aws:autoscaling:{region}:{account}"
    ":autoScalingGroup:{unique}:autoScalingGroupName/{name}",
    "aws_backup_vault": "arn:aws:backup:{region}:{account}:backup-vault:{name}",
    "aws_batch_job_definition": "arn:aws:batch:{region}:{account}:job-definition/{name}:{revision}",
    "aws_bedrockagentcore_agent_runtime": "arn:aws:bedrock-agentcore:{region}:{account}"
    ":runtime/{agent_runtime_id}",
    "aws_bedrockagentcore_browser": "arn:aws:bedrock-agentcore:{region}:{account}"
    ":browser-custom/{browser_id}",
    "aws_bedrockagentcore_code_interpreter": "arn:aws:bedrock-agentcore:{region}:{account}"
    ":code-interpreter-custom/{code_interpreter_id}",
    "aws_cloudformation_stack": "arn:aws:cloudformation:{region}:{account}:stack/{name}/{unique}",
    "aws_cloudformation_stack_set": "arn:aws:cloudformation:{region}:{account}"
    ":stackset/{name}:{unique}",
    "aws_cloudtrail": "arn:aws:cloudtrail:{region}:{account}:trail/{name}",
    "aws_cloudwatch_log_group": "arn:aws:logs:{region}:{account}:log-group:{name}",
    "aws_codebuild_project": "arn:aws:codebuild:{region}:{account}:project/{name}",
    "aws_codecommit_repository": "arn:aws:codecommit:{region}:{account}:{repository_name}",
    "aws_codedeploy_deployment_group": "arn:aws:codedeploy:{region}:{account}"
    ":deploymentgroup:{app_name}/{deployment_group_name}",
    "aws_cognito_identity_pool": "arn:aws:cognito-identity:{region}:{account}:identitypool/{id}",
    "aws_dax_cluster": "arn:aws:dax:{region}:{account}:cache/{cluster_name}",
    "aws_db_cluster_snapshot": "arn:aws:rds:{region}:{account}"
    ":cluster-snapshot:{db_cluster_snapshot_identifier}",
    "aws_db_instance": "arn:aws:rds:{region}:{account}:db:{identifier}",
    "aws_db_snapshot": "arn:aws:rds:{region}:{account}:snapshot:{db_snapshot_identifier}",
    "aws_db_snapshot_copy": "arn:aws:rds:{region}:{account}"
    ":snapshot:{target_db_snapshot_identifier}",
    "aws_docdb_cluster": "arn:aws:rds:{region}:{account}:cluster:{cluster_identifier}",
    "aws_dynamodb_table": "arn:aws:dynamodb:{region}:{account}:table/{name}",
    "aws_ebs_snapshot": "arn:aws:ec2:{region}::snapshot/{id}",
    "aws_ebs_snapshot_copy": "arn:aws:ec2:{region}::snapshot/{id}",
    "aws_ebs_volume": "arn:aws:ec2:{region}:{account}:volume/{id}",
    "aws_ecr_repository": "arn:aws:ecr:{region}:{account}:repository/{name}",
    "aws_ecs_cluster": "arn:aws:ecs:{region}:{account}:cluster/{name}",
    "aws_ecs_service": "arn:aws:ecs:{region}:{account}:service/{cluster}/{name}",
    "aws_ecs_task_definition": "arn:aws:ecs:{region}:{account}:task-definition/{family}:{revision}",
    "aws_efs_file_system": "arn:aws:elasticfilesystem:{region}:{account}:file-system/{id}",
    "aws_eks_cluster": "arn:aws:eks:{region}:{account}:cluster/{name}",
    "aws_elastic_beanstalk_environment": "arn:aws:elasticbeanstalk:{region}:{account}"
    ":environment/{application}/{name}",
    "aws_elasticache_cluster": "arn:aws:elasticache:{region}:{account}:cluster:{cluster_id}",
    "aws_elasticache_replication_group": "arn:aws:elasticache:{region}:{account}"
    ":replicationgroup:{replication_group_id}",
    "aws_elasticsearch_domain": "arn:aws:es:{region}:{account}:domain/{domain_name}",
    "aws_elb": "arn:aws:elasticloadbalancing:{region}:{account}:loadbalancer/{name}",
    "aws_emr_cluster": "arn:aws:elasticmapreduce:{region}:{account}:cluster/{id}",
    "aws_glue_connection": "arn:aws:glue:{region}:{account}:connection/{name}",
    "aws_glue_dev_endpoint": "arn:aws:glue:{region}:{account}:devEndpoint/{name}",
    "aws_glue_job": "arn:aws:glue:{region}:{account}:job/{name}",
    "aws_iam_group": "arn:aws:iam::{account}:group{path}{name}",
    "aws_iam_instance_profile": "arn:aws:iam::{account}:instance-profile{path}{name}",
    "aws_iam_openid_connect_provider": "arn:aws:iam::{account}:oidc-provider/{url}",
    "aws_iam_policy": "arn:aws:iam::{account}:policy{path}{name}",
    "aws_iam_role": "arn:aws:iam::{account}:role{path}{name}",
    "aws_iam_saml_provider": "arn:aws:iam::{account}:saml-provider/{name}",
    "aws_iam_user": "arn:aws:iam::{account}:user{path}{name}",
    "aws_instance": "arn:aws:ec2:{region}:{account}:instance/{id}",
    "aws_kinesis_stream": "arn:aws:kinesis:{region}:{account}:stream/{name}",
    "aws_kms_key": "arn:aws:kms:{region}:{account}:key/{key_id}",
    "aws_lambda_function": "arn:aws:lambda:{region}:{account}:function:{function_name}",
    "aws_launch_template": "arn:aws:ec2:{region}:{account}:launch-template/{id}",
    "aws_memorydb_cluster": "arn:aws:memorydb:{region}:{account}:cluster/{name}",
    "aws_neptune_cluster": "arn:aws:rds:{region}:{account}:cluster:{cluster_identifier}",
    "aws_opensearch_domain": "arn:aws:es:{region}:{account}:domain/{domain_name}",
    "aws_rds_cluster": "arn:aws:rds:{region}:{account}:cluster:{cluster_identifier}",
    "aws_rds_cluster_snapshot_copy": "arn:aws:rds:{region}:{account}"
    ":cluster-snapshot:{target_db_cluster_snapshot_identifier}",
    "aws_s3_bucket": "arn:aws:s3:::{bucket}",
    "aws_s3_bucket_object": "arn:aws:s3:::{bucket}/{key}",
    "aws_s3_object": "arn:aws:s3:::{bucket}/{key}",
    "aws_sagemaker_notebook_instance": "arn:aws:sagemaker:{region}:{account}"
    ":notebook-instance/{name}",
    "aws_secretsmanager_secret": "arn:aws:secretsmanager:{region}:{account}:secret:{name}-{suffix}",
    "aws_sfn_state_machine": "arn:aws:states:{region}:{account}:stateMachine:{name}",
    "aws_sns_topic": "arn:aws:sns:{region}:{account}:{name}",
    "aws_sqs_queue": "arn:aws:sqs:{region}:{account}:{name}",
    "aws_ssm_document": "arn:aws:ssm:{region}:{account}:document/{name}",
    "aws_ssm_parameter": "arn:aws:ssm:{region}:{account}:parameter/{name}",
}

# (type, attribute): the attribute whose value it repeats.
REPEATS = {
    ("aws_bedrockagentcore_agent_runtime", "agent_runtime_arn"): "arn",
    ("aws_bedrockagentcore_browser", "browser_arn"): "arn",
    ("aws_bedrockagentcore_code_interpreter", "code_interpreter_arn"): "arn",
    ("aws_secretsmanager_secret_version", "arn"): "secret_id",
    ("aws_vpc_peering_connection_accepter", "id"): "vpc_peering_connection_id",
}

# Of an identity of CloudFront's its ARN is the name of a user of an account of AWS's own.
OAI_ARN = ("aws_cloudfront_origin_access_identity", "iam_arn")

# By type, the attribute whose value `id` repeats.
IDS = {
    "aws_cloudtrail": "arn",
    "aws_dynamodb_table": "name",
    "aws_ecs_cluster": "arn",
    "aws_ecs_service": "arn",
    "aws_iam_group": "name",
    "aws_iam_instance_profile": "name",
    "aws_iam_openid_connect_provider": "arn",
    "aws_iam_policy": "arn",
    "aws_iam_role": "name",
    "aws_iam_user": "name",
    "aws_kms_key": "key_id",
    "aws_lambda_function": "function_name",
    "aws_s3_bucket": "bucket",
    "aws_secretsmanager_secret": "arn",
    "aws_sns_topic": "arn",
    "aws_ssm_parameter": "name",
}


def label(resource: Resource, attribute: str = "name") -> str:
    """What people call it: the name that AWS knows where it is known, else Terraform's."""
    name = computed(resource, attribute)
    return name if isinstance(name, str) and name else resource.address.name


def computed(resource: Resource, attribute: str) -> Text:
    """What `resource.attribute` will be, with holes for what AWS chooses."""
    if attribute == "arn" and resource.type in ARNS:
        said = read.raw(resource, "arn")  # as a live account tells it
        return said if isinstance(said, str) else _arn(resource)
    if (resource.type, attribute) in REPEATS:
        return computed(resource, REPEATS[resource.type, attribute])
    if (resource.type, attribute) == OAI_ARN and read.text(resource, attribute) is None:
        number = computed(resource, "id")
        return text(("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity ", number))
    if attribute == "id" and IDS.get(resource.type, "id") != "id":
        return computed(resource, IDS[resource.type])
    value = read.text(resource, attribute)
    if value is not None:
        return value
    prefix = read.text(resource, f"{attribute}_prefix")
    hole = Unknown(
        Cause.COMPUTED, f"{resource.id}.{attribute}", (Referent(resource.id, attribute),)
    )
    return hole if prefix is None else text((prefix, hole))


def _arn(resource: Resource) -> "str | Template":
    parts: list[object] = []
    for piece in ARNS[resource.type].split("{"):
        name, brace, literal = piece.partition("}")
        parts += [_part(resource, name), literal] if brace else [piece]
    return text(parts)


def _part(resource: Resource, name: str) -> Text:
    if name == "account":
        return resource.scope.account
    if name == "region":
        return resource.scope.region
    if name == "path":
        path = read.text(resource, "path")
        return "/" if path is None else path
    value = computed(resource, name)
    if name == "cluster":
        return _cluster_name(resource, value)
    if name == "url" and isinstance(value, Template) and isinstance(value.parts[0], str):
        return text((value.parts[0].removeprefix("https://"), *value.parts[1:]))
    if not isinstance(value, str):
        return value
    if name == "url":
        return value.removeprefix("https://")
    return value.removeprefix("/") if resource.type == "aws_ssm_parameter" else value


def _cluster_name(service: Resource, said: Text) -> Text:
    """The name of the cluster that a container service calls by name or by ARN."""
    if isinstance(said, str):
        return said.rpartition("/")[2]
    if read.raw(service, "cluster") is None:
        return "default"
    if isinstance(said, Unknown) and len(said.refers) == 1:
        (referent,) = said.refers
        if said.what == str(referent) and referent.attribute in ("arn", "id"):
            return Unknown(
                said.cause, f"{referent.address}.name", (Referent(referent.address, "name"),)
            )
    return said
