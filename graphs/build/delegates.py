"""What acts as a role for its owner and is reached by calls alone: stacks, jobs, projects.

Whoever may change or start one acts as its role, and whoever may describe one reads its settings.
What another module has made a node of already is left alone.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from graphs.build import credentials, read
from graphs.build.draft import Draft
from graphs.document import NotJson, read_json
from graphs.nodes import Delegate, Ref, Setting
from graphs.resource import Resource
from graphs.unknown import Text

ROLE, PROFILE, BUCKET = "aws_iam_role", "aws_iam_instance_profile", "aws_s3_bucket"
# What lies in a store, by what names the store.
KEPT = {
    "aws_s3_object": ("bucket", BUCKET),
    "aws_s3_bucket_object": ("bucket", BUCKET),
    "aws_dynamodb_table_item": ("table_name", "aws_dynamodb_table"),
}
Settings = Callable[[Draft, Resource], Iterator[Setting]]


def _nothing(_draft: Draft, _resource: Resource) -> Iterator[Setting]:
    yield from ()


@dataclass(frozen=True, slots=True)
class Row:
    """Where a Terraform type says its role (blocks before a dot), and what it is started with."""

    role: str = ""
    settings: Settings = _nothing


def lower(draft: Draft) -> None:
    """Make what has no node yet."""
    for kind, row in ROWS.items():
        for resource in draft.all(kind):
            if resource.id not in draft.nodes:
                draft.add(
                    Delegate(
                        source=resource,
                        id=resource.id,
                        arn=draft.arn(resource),
                        role=_role(draft, resource, row.role),
                        settings=tuple(row.settings(draft, resource)),
                        store=draft.ref_at(resource, *KEPT[kind]) if kind in KEPT else None,
                    )
                )


def _role(draft: Draft, resource: Resource, path: str) -> "Ref | None":
    *blocks, name = path.split(".")
    holder: read.Holder = resource
    for block in blocks:
        holder = read.first(holder, block)
    if resource.type == "aws_batch_job_definition":
        return draft.ref(resource, document(resource, "container_properties").get(name), ROLE)
    if blocks != ["iam_instance_profile"]:
        return draft.ref(resource, read.raw(holder, name), ROLE)
    told = holder.get("name") or holder.get("arn") if isinstance(holder, Mapping) else None
    profile = draft.ref(resource, told, PROFILE)
    return draft.ref_at(draft.by_id[profile], "role", ROLE) if isinstance(profile, str) else profile


def document(resource: Resource, name: str) -> Mapping[str, object]:
    """A JSON attribute; nothing where it is not set or no JSON."""
    said: Text | None = read.text(resource, name)
    try:
        parsed = read_json(said) if said is not None else {}
    except NotJson:
        return {}
    return parsed if isinstance(parsed, dict) else {}


# ------------------------------------------------------------------------------------ settings


def _start_text(draft: Draft, resource: Resource) -> Iterator[Setting]:
    for name in ("user_data", "user_data_base64"):
        script = credentials.decoded(read.raw(resource, name))
        yield from credentials.settings(draft, resource, "user data", script, name)


def _of_object(draft: Draft, resource: Resource) -> Iterator[Setting]:
    for name in ("content", "content_base64"):
        written = credentials.decoded(read.raw(resource, name))
        yield from credentials.settings(draft, resource, "content", written, name)


def _of_containers(draft: Draft, resource: Resource) -> Iterator[Setting]:
    name = "container_definitions"
    if resource.type == "aws_batch_job_definition":
        name = "container_properties"
        listed: object = [document(resource, name)]
    else:
        said: Text | None = read.text(resource, name)
        try:
            listed = read_json(said) if said is not None else []
        except NotJson:
            listed = []
    for definition in listed if isinstance(listed, list) else ():
        pairs = definition.get("environment") if isinstance(definition, dict) else None
        for pair in pairs if isinstance(pairs, list) else ():
            if isinstance(pair, dict):
                named = {str(pair.get("name")): pair.get("value")}
                yield from credentials.settings(draft, resource, "environment", named, name)


def _mapping(name: str) -> Settings:
    def found(draft: Draft, resource: Resource) -> Iterator[Setting]:
        yield from credentials.settings(draft, resource, name, read.raw(resource, name), name)

    return found


ROWS: Mapping[str, Row] = {
    "aws_batch_job_definition": Row("jobRoleArn", _of_containers),
    "aws_bedrockagentcore_agent_runtime": Row("role_arn", _mapping("environment_variables")),
    "aws_bedrockagentcore_browser": Row("execution_role_arn"),
    "aws_bedrockagentcore_code_interpreter": Row("execution_role_arn"),
    "aws_cloudformation_stack": Row("iam_role_arn", _mapping("parameters")),
    "aws_cloudformation_stack_set": Row("administration_role_arn", _mapping("parameters")),
    "aws_dynamodb_table_item": Row("", _mapping("item")),
    "aws_ecs_task_definition": Row("task_role_arn", _of_containers),
    "aws_glue_connection": Row("", _mapping("connection_properties")),
    "aws_glue_job": Row("role_arn", _mapping("default_arguments")),
    "aws_launch_template": Row("iam_instance_profile.name", _start_text),
    "aws_s3_bucket_object": Row("", _of_object),
    "aws_s3_object": Row("", _of_object),
    "aws_sfn_state_machine": Row("role_arn"),
    "aws_ssm_document": Row("", _mapping("content")),
    "aws_ssoadmin_permission_set": Row(),
}
