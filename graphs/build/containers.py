"""Container services: what runs, as whom, on which ports."""

from graphs.build import credentials, interfaces, read
from graphs.build.draft import Draft
from graphs.document import NotJson, read_json
from graphs.nodes import Container, Interface, Ref, Setting
from graphs.resource import Resource
from graphs.unknown import Template, Text, answer
from graphs.verdict import Gap

TASK = "aws_ecs_task_definition"


def lower(draft: Draft) -> None:
    """Make the ECS services."""
    for resource in draft.all("aws_ecs_service"):
        draft.add(_service(draft, resource))


def _service(draft: Draft, resource: Resource) -> Container:
    task_ref = _task(draft, resource)
    task = draft.by_id.get(task_ref) if isinstance(task_ref, str) else None
    definitions = _definitions(draft, task) if task else []
    return Container(
        source=resource,
        id=resource.id,
        arn=draft.arn(resource),
        interfaces=_interfaces(draft, resource),
        role=draft.ref_at(task, "task_role_arn", "aws_iam_role") if task else task_ref,
        execution_role=draft.ref_at(task, "execution_role_arn", "aws_iam_role") if task else None,
        settings=tuple(s for d in definitions for s in _settings(draft, task or resource, d)),
        ports=_ports(definitions),
    )


def _task(draft: Draft, service: Resource) -> "Ref | None":
    """The task by its ARN, its family, or `family:revision`."""
    value = read.raw(service, "task_definition")
    start = value.parts[0] if isinstance(value, Template) else value
    if isinstance(start, str) and not start.startswith("arn:"):
        start = start.partition(":")[0]
    return draft.ref(service, start, TASK)


def _interfaces(draft: Draft, resource: Resource) -> tuple[Interface, ...]:
    config = read.first(resource, "network_configuration")
    path = "network_configuration[0]"
    nics = interfaces.in_subnets(draft, resource, config, "subnets", "security_groups", path)
    said = answer(read.boolean(config, "assign_public_ip", default=False))
    proof = draft.proof(resource, f"{path}.assign_public_ip")
    return tuple(
        Interface(subnet=n.subnet, groups=n.groups, public=said, proof=n.proof, public_proof=proof)
        for n in nics
    )


def _definitions(draft: Draft, task: Resource) -> list[dict[str, object]]:
    document: Text | None = read.text(task, "container_definitions")
    if document is None:
        return []
    try:
        parsed = read_json(document)
    except NotJson as problem:
        place = task.origin.line_of("container_definitions")
        what = f"container definitions of {task.id} are not JSON: {problem}"
        draft.gaps.append(Gap("malformed", what, "its ports and settings are not known", place))
        return []
    return [d for d in parsed if isinstance(d, dict)] if isinstance(parsed, list) else []


def _ports(definitions: list[dict[str, object]]) -> tuple[int, ...]:
    """What the containers listen on; nothing, which means any port, where one is not known."""
    listed = (d.get("portMappings") for d in definitions)
    mappings = [m for each in listed for m in (each if isinstance(each, list) else (each,))]
    found = [
        read.number(m, "containerPort") if isinstance(m, dict) else m
        for m in mappings
        if m is not None
    ]
    known = {p for p in found if isinstance(p, int)}
    return tuple(sorted(known)) if len(known) == len(set(found)) else ()


def _settings(draft: Draft, task: Resource, definition: dict[str, object]) -> tuple[Setting, ...]:
    pairs = definition.get("environment")
    named = {
        str(p.get("name")): p.get("value")
        for p in (pairs if isinstance(pairs, list) else ())
        if isinstance(p, dict)
    }
    return credentials.settings(draft, task, "environment", named, "container_definitions")
