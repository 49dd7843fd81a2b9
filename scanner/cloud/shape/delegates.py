"""What acts as a role for its owner, and what is known by its policy alone."""

import json
from collections.abc import Iterator

from graphs.resource import Resource
from graphs.unknown import Unknown
from scanner.cloud.shape.answers import Answers, tags


def shape(answers: Answers) -> Iterator[Resource]:
    """Jobs, state machines, stacks, connections; buses, access points, the data catalog."""
    for part in (_jobs, _connections, _machines, _stacks, _definitions, _buses, _catalog, _points):
        yield from part(answers)


def _jobs(answers: Answers) -> Iterator[Resource]:
    call = "glue.get_jobs"
    for region, said in answers.items(call, "Jobs"):
        name, key = said["Name"], answers.local(region)
        values = {
            "name": name,
            "role_arn": said.get("Role"),
            "command": [{"script_location": (said.get("Command") or {}).get("ScriptLocation")}],
            "default_arguments": said.get("DefaultArguments") or {},
        }
        yield answers.make("aws_glue_job", name, values, (region, call), key=key)


def _connections(answers: Answers) -> Iterator[Resource]:
    call = "glue.get_connections"
    for region, said in answers.items(call, "ConnectionList"):
        name, key = said["Name"], answers.local(region)
        values = {
            "name": name,
            "connection_type": said.get("ConnectionType"),
            "connection_properties": said.get("ConnectionProperties") or {},
        }
        yield answers.make("aws_glue_connection", name, values, (region, call), key=key)


def _machines(answers: Answers) -> Iterator[Resource]:
    call, kind = "stepfunctions.describe_state_machine", "aws_sfn_state_machine"
    for region, listed in answers.items("stepfunctions.list_state_machines", "stateMachines"):
        name, arn, key = listed["name"], listed["stateMachineArn"], answers.local(region)
        told = (region, call, arn)
        values = {
            "name": name,
            "arn": arn,
            **answers.detail(told, lambda said: {"role_arn": said.get("roleArn")}, "role_arn"),
            "tags": answers.tags_of(region, arn),
        }
        yield answers.make(kind, name, values, (region, call), key=key)


def _stacks(answers: Answers) -> Iterator[Resource]:
    call = "cloudformation.describe_stacks"
    for region, said in answers.items(call, "Stacks"):
        name, key = said["StackName"], answers.local(region)
        given = said.get("Parameters", ())
        values = {
            "id": said["StackId"],
            "arn": said["StackId"],
            "name": name,
            "iam_role_arn": said.get("RoleARN"),
            "parameters": {each["ParameterKey"]: each.get("ParameterValue", "") for each in given},
            "tags": tags(said.get("Tags")),
        }
        yield answers.make("aws_cloudformation_stack", name, values, (region, call), key=key)


def _definitions(answers: Answers) -> Iterator[Resource]:
    """Jobs of Batch, every revision that may be started."""
    call, kind = "batch.describe_job_definitions", "aws_batch_job_definition"
    for region, said in answers.items(call, "jobDefinitions"):
        name, number = said["jobDefinitionName"], said.get("revision")
        run = said.get("containerProperties") or {}
        kept = {k: run[k] for k in ("jobRoleArn", "environment", "image") if k in run}
        values = {
            "name": name,
            "arn": said.get("jobDefinitionArn"),
            "revision": number,
            "type": said.get("type"),
            "container_properties": json.dumps(kept),
            "tags": dict(said.get("tags") or {}),
        }
        key = answers.local(region)
        yield answers.make(kind, f"{name}:{number}", values, (region, call), key=key)


def _buses(answers: Answers) -> Iterator[Resource]:
    """The default bus is everywhere, and says something only where it has a policy."""
    call, kind = "events.list_event_buses", "aws_cloudwatch_event_bus"
    for region, said in answers.items(call, "EventBuses"):
        name, policy = said["Name"], said.get("Policy")
        if policy or name != "default":
            values = {"name": name, "arn": said.get("Arn"), "policy": policy or None}
            yield answers.make(kind, name, values, (region, call), key=answers.local(region))


def _catalog(answers: Answers) -> Iterator[Resource]:
    call, kind = "glue.get_resource_policy", "aws_glue_resource_policy"
    for answer in answers.of(call):
        policy = answer.data.get("PolicyInJson")
        if policy:
            values = {"id": answers.swept.account, "policy": policy}
            name = answers.local(answer.region)
            yield answers.make(kind, name, values, (answer.region, call))


def _points(answers: Answers) -> Iterator[Resource]:
    """Access points, which let in to a bucket whom their own policies admit."""
    call, kind = "s3control.list_access_points", "aws_s3_access_point"
    for region, said in answers.items(call, "AccessPointList"):
        name, key = said["Name"], answers.local(region)
        read = answers.about("s3control.get_access_point_policy", region, name)
        values = {
            "name": name,
            "arn": said.get("AccessPointArn"),
            "bucket": said.get("Bucket"),
            "policy": read if isinstance(read, Unknown) else read.get("Policy"),
        }
        yield answers.make(kind, name, values, (region, call), key=key)
