"""Container services: what runs, as whom, on which ports."""

from graphs.build import credentials, interfaces, read
from graphs.build.draft import Draft
from graphs.document import NotJson, read_json
from graphs.nodes import Container, Interface, Setting
from graphs.resource import Resource
from graphs.unknown import Text, answer
from graphs.verdict import Gap

TASK = "aws_ecs_task_definition"


def lower(draft: Draft) -> None:
    """Make the ECS services."""
    for resource in draft.all("aws_ecs_service"):
        draft.add(_service(draft, resource))


def _service(draft: Draft, resource: Resource) -> Container:
    task_ref = draft.ref_at(resource, "task_definition", TASK)
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
        ports=tuple(sorted({p for d in definitions for p in _ports(d)})),
    )


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


def _ports(definition: dict[str, object]) -> list[int]:
    mappings = definition.get("portMappings")
    listed = mappings if isinstance(mappings, list) else []
    found = (m.get("containerPort") for m in listed if isinstance(m, dict))
    return [p for p in found if isinstance(p, int)]


def _settings(draft: Draft, task: Resource, definition: dict[str, object]) -> tuple[Setting, ...]:
    pairs = definition.get("environment")
    named = {
        str(p.get("name")): p.get("value")
        for p in (pairs if isinstance(pairs, list) else ())
        if isinstance(p, dict)
    }
    return credentials.settings(draft, task, "environment", named, "container_definitions")
