"""What runs something that lies elsewhere: images, archives, scripts and templates, by type.

Whoever writes there decides what runs next.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from graphs.build import containers, compute, naming, pipelines, read
from graphs.build.delegates import document
from graphs.build.draft import Draft
from graphs.build.origins import at_url, image, stored
from graphs.document import NotJson
from graphs.nodes import Delegate, Instance, Service, Supply
from graphs.resource import Resource
from graphs.unknown import Cause, Text, Unknown, cannot_tell, known, text

Found = Iterator[Supply]
ARCHIVE, SCRIPT = "archive", "script"
TEMPLATE = "aws_launch_template"


def lower(draft: Draft) -> None:
    """Tell the nodes that are there by now what they are supplied with."""
    for kind, find in ROWS.items():
        for resource in draft.all(kind):
            node = draft.nodes.get(resource.id)
            found = tuple(dict.fromkeys(find(draft, resource)))
            if found and isinstance(node, Service | Delegate):
                draft.add(replace(node, supplies=found))


def _function(draft: Draft, resource: Resource) -> Found:
    """Its code is copied when it is deployed; a version of an object is one for ever."""
    yield from image(draft, resource, read.raw(resource, "image_uri"), draft.proof(resource, "image_uri"))
    if read.raw(resource, "s3_object_version") is None:
        named = read.raw(resource, "s3_bucket"), read.raw(resource, "s3_key")
        yield from stored(draft, resource, *named, ARCHIVE, draft.proof(resource, "s3_key"))


def _service(draft: Draft, resource: Resource) -> Found:
    ref = containers.task_of(draft, resource)
    task = draft.by_id.get(ref) if isinstance(ref, str) else None
    if task is not None:
        yield from _images(draft, task)


def _task(draft: Draft, resource: Resource) -> Found:
    """Of a task that no service here runs."""
    services = draft.all("aws_ecs_service")
    if all(containers.task_of(draft, each) != resource.id for each in services):
        yield from _images(draft, resource)


def _images(draft: Draft, task: Resource) -> Found:
    proof = draft.proof(task, "container_definitions")
    try:
        listed = containers.definitions(task)
    except NotJson:
        return  # which a gap says, where a service runs it
    for definition in listed:
        yield from image(draft, task, definition.get("image"), proof)


def _batch_job(draft: Draft, resource: Resource) -> Found:
    name = "container_properties"
    said = document(resource, name).get("image")
    yield from image(draft, resource, said, draft.proof(resource, name))


def _web_service(draft: Draft, resource: Resource) -> Found:
    source = read.first(resource, "source_configuration")
    said = read.first(source, "image_repository").get("image_identifier")
    yield from image(draft, resource, said, draft.proof(resource, "source_configuration[0]"))


def _build(draft: Draft, resource: Resource) -> Found:
    path = "environment[0].image"
    said = read.first(resource, "environment").get("image")
    yield from image(draft, resource, said, draft.proof(resource, path))
    yield from pipelines.sources(draft, resource)


def _glue_job(draft: Draft, resource: Resource) -> Found:
    said = read.first(resource, "command").get("script_location")
    yield from at_url(draft, resource, said, SCRIPT, draft.proof(resource, "command[0].script_location"))


def _airflow(draft: Draft, resource: Resource) -> Found:
    """Every file below the path of the graphs is read as a program, over and over."""
    bucket, path = read.raw(resource, "source_bucket_arn"), read.text(resource, "dag_s3_path")
    if path is not None:
        proof = draft.proof(resource, "dag_s3_path")
        yield from stored(draft, resource, bucket, text((path, "/*")), SCRIPT, proof)


def _big_data(draft: Draft, resource: Resource) -> Found:
    for number, block in enumerate(read.blocks(resource, "bootstrap_action")):
        proof = draft.proof(resource, f"bootstrap_action[{number}].path")
        yield from at_url(draft, resource, block.get("path"), SCRIPT, proof)


def _beanstalk(draft: Draft, resource: Resource) -> Found:
    kind = "aws_elastic_beanstalk_application_version"
    found = draft.ref_at(resource, "version_label", kind)
    version = draft.by_id[found] if isinstance(found, str) else None
    if version is not None:
        named = read.raw(version, "bucket"), read.raw(version, "key")
        yield from stored(draft, version, *named, ARCHIVE, draft.proof(version, "key"))


def _stack(draft: Draft, resource: Resource) -> Found:
    said = read.raw(resource, "template_url")
    yield from at_url(draft, resource, said, ARCHIVE, draft.proof(resource, "template_url"))


# ------------------------------------------------------------------------------------- machines


def _machine(draft: Draft, resource: Resource) -> Found:
    """A machine runs its start-up text once, a fleet on each machine that is started."""
    told = draft.settle(compute.start_text(draft, resource))
    why = Unknown(Cause.MODEL, f"whether {resource.id} is ever started anew")
    fleet = resource.type == "aws_autoscaling_group"
    for each in _fetched(draft, resource, told):
        yield each if fleet else replace(each, taken=each.taken & cannot_tell(why))
    if fleet:
        yield from _latest(draft, resource)


_FETCH = re.compile(r"aws s3 (?:cp|sync)(?: --?[\w-]+)* [\"']?(s3://[^\s\"'/]+/[^\s\"']*)")
_RUN = r"(?:^|[;&|\s])(?:(?:ba|z|da)?sh|source|python[0-9.]*|node|perl|ruby|java -jar|\.)\s+(?:-\w+ )*[^\n;&|]*{0}|\./[^\s;&|]*{0}|chmod [^\n]*\+x[^\n]*{0}|(?:unzip|tar) [^\n]*{0}"


def _fetched(draft: Draft, resource: Resource, told: object) -> Found:
    """The objects that start-up text fetches with the command line of AWS and then runs."""
    said = str(told) if told is not None else ""
    node = draft.nodes.get(resource.id)
    if "aws s3 " not in said or not isinstance(node, Instance):
        return
    for match in _FETCH.finditer(said):
        bucket, _, key = match[1].removeprefix("s3://").partition("/")
        last = key.rstrip("/").rpartition("/")[2]
        after = said[match.end() :]
        if last and re.search(_RUN.format(re.escape(last)), after, re.MULTILINE):
            yield from stored(draft, resource, _bucket(draft, bucket), key, SCRIPT, node.proof("user_data"))


def _bucket(draft: Draft, said: str) -> object:
    """A bucket by its name as it stands in a text, holes and all."""
    for resource in draft.all("aws_s3_bucket"):
        if str(draft.settle(naming.computed(resource, "bucket"))) == said:
            name = read.raw(resource, "bucket")
            return name if isinstance(name, str) else naming.computed(resource, "id")
    return said if "${" not in said else None


def _latest(draft: Draft, fleet: Resource) -> Found:
    """The newest version of a launch template, or its default one, which can be set.

    Amazon EC2 Auto Scaling User Guide, "Create an Auto Scaling group using a launch template".
    """
    mixed = read.first(read.first(fleet, "mixed_instances_policy"), "launch_template")
    holders = (
        (read.first(fleet, "launch_template"), "id", "name", "launch_template[0].version"),
        (
            read.first(mixed, "launch_template_specification"),
            "launch_template_id",
            "launch_template_name",
            "mixed_instances_policy[0].launch_template[0]",
        ),
    )
    for block, own_id, own_name, path in holders:
        found = draft.ref(fleet, block.get(own_id) or block.get(own_name), TEMPLATE)
        version = _version(block)
        if isinstance(found, str) and version is not None:
            template = draft.by_id[found]
            kind = "default-template" if version == "$Default" else "latest-template"
            hole = version if isinstance(version, Unknown) else None
            yield Supply(
                kind=kind,
                name=f"the launch template {template.address.name} in its version {version}",
                arn=draft.arn(template),
                proof=draft.proof(fleet, path),
                store=found,
                taken=cannot_tell(hole) if hole else known(version in ("$Default", "$Latest")),
            )


def _version(block: read.Block) -> "Text | None":
    """What is started where nothing is said is the default version."""
    if not block:
        return None
    said = read.text(block, "version")
    if isinstance(said, Unknown) and said.refers:
        return None  # a number that Terraform puts there: `latest_version` of the template
    return "$Default" if said is None else read.word(block, "version")


ROWS: Mapping[str, Callable[[Draft, Resource], Found]] = {
    "aws_apprunner_service": _web_service,
    "aws_autoscaling_group": _machine,
    "aws_batch_job_definition": _batch_job,
    "aws_cloudformation_stack": _stack,
    "aws_cloudformation_stack_set": _stack,
    "aws_codebuild_project": _build,
    "aws_ecs_service": _service,
    "aws_ecs_task_definition": _task,
    "aws_elastic_beanstalk_environment": _beanstalk,
    "aws_emr_cluster": _big_data,
    "aws_glue_job": _glue_job,
    "aws_instance": _machine,
    "aws_lambda_function": _function,
    "aws_mwaa_environment": _airflow,
}
