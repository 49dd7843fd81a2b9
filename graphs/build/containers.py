"""Container services: what runs, as whom, on which ports."""

import re

from graphs.build import compute, credentials, interfaces, naming, read
from graphs.build.draft import Draft
from graphs.document import NotJson, read_json
from graphs.nodes import Container, Instance, Interface, Ref, Setting
from graphs.resource import Resource
from graphs.unknown import Cause, Template, Text, Unknown, answer, cannot_tell
from graphs.verdict import Gap

TASK, CLUSTER = "aws_ecs_task_definition", "aws_ecs_cluster"


def lower(draft: Draft) -> None:
    """Make the ECS services."""
    for resource in draft.all("aws_ecs_service"):
        draft.add(_service(draft, resource))


def _service(draft: Draft, resource: Resource) -> Container:
    task_ref = task_of(draft, resource)
    task = draft.by_id.get(task_ref) if isinstance(task_ref, str) else None
    listed = _definitions(draft, task) if task else []
    return Container(
        source=resource,
        id=resource.id,
        arn=draft.arn(resource),
        interfaces=_interfaces(draft, resource),
        role=draft.ref_at(task, "task_role_arn", "aws_iam_role") if task else task_ref,
        execution_role=draft.ref_at(task, "execution_role_arn", "aws_iam_role") if task else None,
        settings=tuple(s for d in listed for s in _settings(draft, task or resource, d)),
        ports=_ports(listed, on_host=_on_host(resource, task)),
    )


def _on_host(service: Resource, task: Resource | None) -> bool:
    """Whether its containers' ports are mapped to those of a machine: the network mode bridge."""
    if read.items(service, "network_configuration") or task is None:
        return False
    return read.word(task, "network_mode") != "host"


def task_of(draft: Draft, service: Resource) -> "Ref | None":
    """The task of a service, by its ARN, its family, or `family:revision`."""
    value = read.raw(service, "task_definition")
    start = value.parts[0] if isinstance(value, Template) else value
    if isinstance(start, str) and not start.startswith("arn:"):
        start = start.partition(":")[0]
    return draft.ref(service, start, TASK)


def _interfaces(draft: Draft, resource: Resource) -> tuple[Interface, ...]:
    if not read.items(resource, "network_configuration"):
        return _of_hosts(draft, resource)
    config = read.first(resource, "network_configuration")
    path = "network_configuration[0]"
    nics = interfaces.in_subnets(draft, resource, config, "subnets", "security_groups", path)
    said = answer(read.boolean(config, "assign_public_ip", default=False))
    proof = draft.proof(resource, f"{path}.assign_public_ip")
    return tuple(
        Interface(subnet=n.subnet, groups=n.groups, public=said, proof=n.proof, public_proof=proof)
        for n in nics
    )


def _of_hosts(draft: Draft, service: Resource) -> tuple[Interface, ...]:
    """Without interfaces of its own it has those of the machines that it runs on.

    Amazon ECS Developer Guide, "Task networking for Amazon ECS tasks hosted on EC2".
    """
    found = [m for m in draft.of(Instance) if hosts(draft, m, service)]
    if found:
        return tuple(dict.fromkeys(nic for host in found for nic in host.interfaces))
    hole = Unknown(Cause.DATA, f"the machines that {service.id} runs on")
    proof = draft.proof(service, "cluster")
    public = (cannot_tell(hole), proof)
    return (interfaces.interface(draft, service, hole, (hole,), public=public, proof=proof),)


def hosts(draft: Draft, machine: Instance, service: Resource) -> bool:
    """Whether a machine joins the service's cluster, by its start-up text or a capacity provider.

    Amazon ECS Developer Guide, "Bootstrapping Amazon ECS Linux container instances".
    """
    cluster = draft.ref_at(service, "cluster", CLUSTER)
    owner = draft.by_id.get(cluster) if isinstance(cluster, str) else None
    name = "default" if cluster is None else read.raw(service, "cluster")
    if owner is not None:
        name = draft.settle(naming.computed(owner, "name"))
    said = str(draft.settle(compute.start_text(draft, machine.source)))
    joins = re.search(rf"ECS_CLUSTER=[\"']?{re.escape(str(name))}(?![\w-])", said) is not None
    return joins or (owner is not None and machine.id in _provided(draft, owner))


def _provided(draft: Draft, cluster: Resource) -> set[Ref]:
    """The fleets that a cluster's capacity providers start."""
    links = draft.satellites("aws_ecs_cluster_capacity_providers", "cluster_name", CLUSTER)
    fleets: set[Ref] = set()
    for holder in (cluster, *links.get(cluster.id, ())):
        for ref in draft.refs_at(holder, "capacity_providers", "aws_ecs_capacity_provider"):
            if isinstance(ref, str):
                block = read.first(draft.by_id[ref], "auto_scaling_group_provider")
                arn = block.get("auto_scaling_group_arn")
                fleet = draft.ref(draft.by_id[ref], arn, "aws_autoscaling_group")
                fleets |= {fleet} if fleet is not None else set()
    return fleets


def _definitions(draft: Draft, task: Resource) -> list[dict[str, object]]:
    """The containers of a task; a gap where they are not JSON."""
    try:
        return definitions(task)
    except NotJson as problem:
        place = task.origin.line_of("container_definitions")
        what = f"container definitions of {task.id} are not JSON: {problem}"
        draft.gaps.append(Gap("malformed", what, "its ports and settings are not known", place))
        return []


def definitions(task: Resource) -> list[dict[str, object]]:
    """The containers of a task. Raises NotJson."""
    document: Text | None = read.text(task, "container_definitions")
    parsed = [] if document is None else read_json(document)
    return [d for d in parsed if isinstance(d, dict)] if isinstance(parsed, list) else []


def _ports(definitions: list[dict[str, object]], *, on_host: bool) -> tuple[int, ...]:
    """What the containers listen on; nothing, which means any port, where one is not known.

    On a machine's own interface it is the machine's port, which is chosen late unless it is said.
    """
    listed = (d.get("portMappings") for d in definitions)
    mappings = [m for each in listed for m in (each if isinstance(each, list) else (each,))]
    name = "hostPort" if on_host else "containerPort"
    found = [read.number(m, name) if isinstance(m, dict) else m for m in mappings if m is not None]
    known = {p for p in found if isinstance(p, int) and p > 0}
    return tuple(sorted(known)) if len(known) == len(set(found)) else ()


def _settings(draft: Draft, task: Resource, definition: dict[str, object]) -> tuple[Setting, ...]:
    pairs = definition.get("environment")
    named = {
        str(p.get("name")): p.get("value")
        for p in (pairs if isinstance(pairs, list) else ())
        if isinstance(p, dict)
    }
    return credentials.settings(draft, task, "environment", named, "container_definitions")
