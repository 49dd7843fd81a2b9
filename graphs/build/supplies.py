"""What runs something that lies elsewhere: images, archives, scripts and templates, by type.

Whoever writes there decides what runs next.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from graphs.build import containers, pipelines, read
from graphs.build.delegates import document
from graphs.build.draft import Draft
from graphs.build.origins import ARCHIVE, SCRIPT, at_url, image, stored
from graphs.build.starting import machine, template
from graphs.document import NotJson
from graphs.nodes import Delegate, Service, Supply
from graphs.resource import Resource
from graphs.unknown import text

Found = Iterator[Supply]


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
    yield from image(
        draft, resource, read.raw(resource, "image_uri"), draft.proof(resource, "image_uri")
    )
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
    if draft.tasks_run is None:
        services = draft.all("aws_ecs_service")
        draft.tasks_run = frozenset(containers.task_of(draft, each) for each in services)
    if resource.id not in draft.tasks_run:
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
    yield from at_url(
        draft, resource, said, SCRIPT, draft.proof(resource, "command[0].script_location")
    )


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


ROWS: Mapping[str, Callable[[Draft, Resource], Found]] = {
    "aws_apprunner_service": _web_service,
    "aws_autoscaling_group": machine,
    "aws_batch_job_definition": _batch_job,
    "aws_cloudformation_stack": _stack,
    "aws_cloudformation_stack_set": _stack,
    "aws_codebuild_project": _build,
    "aws_ecs_service": _service,
    "aws_ecs_task_definition": _task,
    "aws_elastic_beanstalk_environment": _beanstalk,
    "aws_emr_cluster": _big_data,
    "aws_glue_job": _glue_job,
    "aws_instance": machine,
    "aws_lambda_function": _function,
    "aws_launch_template": template,
    "aws_mwaa_environment": _airflow,
}
