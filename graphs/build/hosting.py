"""The machines that containers run on, and what of a task leads out of its container.

Amazon ECS Developer Guide, "Task definition parameters for Amazon EC2", "Amazon ECS task definition
use cases"; Docker documentation, "Runtime privilege and Linux capabilities".
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from graphs.build import compute, containers, read
from graphs.build.draft import Draft
from graphs.document import NotJson
from graphs.nodes import Container, Exposure, Host, Instance
from graphs.resource import Resource
from graphs.unknown import NO, YES, Answer, Cause, Unknown, cannot_tell, known, unknowns_in

# Each lets whoever is root in a container act on its machine; capabilities(7).
_POWERS = frozenset(("ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_RAWIO", "DAC_READ_SEARCH"))
_TRACE = "SYS_PTRACE"
_SOCKETS = ("/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock")
_ROOTS = frozenset(("/", "/etc", "/proc", "/root", "/run", "/var", "/var/run", *_SOCKETS))
_SHUT = re.compile(r"169\.254\.169\.254[^\n]*-j (?:DROP|REJECT)|ECS_AWSVPC_BLOCK_IMDS=[\"']?true")


def lower(draft: Draft) -> None:
    """Tell the container services where they run, once all machines are there."""
    services = [node for node in draft.of(Container) if _on_machines(node.source)]
    machines = _joining(draft) if services else []
    for node in services:
        hosts = tuple(_hosts(draft, node.source, machines))
        if hosts:
            draft.add(replace(node, hosts=hosts, escape=_escape(draft, node.source)))


def _joining(draft: Draft) -> list[Instance]:
    """The machines that join some cluster: by their start-up text, or as a cluster's own fleet."""
    provided = bool(draft.all("aws_ecs_capacity_provider"))
    return [
        machine
        for machine in draft.of(Instance)
        if (provided and machine.fleet)
        or "ECS_CLUSTER" in str(draft.settle(compute.start_text(draft, machine.source)))
    ]


def _hosts(draft: Draft, service: Resource, machines: list[Instance]) -> Iterator[Host]:
    found = [m for m in machines if containers.hosts(draft, m, service)]
    for machine in found:
        on = _placed(service, machine) if len(found) > 1 else YES
        shut = _metadata(draft, service, machine)
        yield Host(machine.id, on, shut, draft.proof(service, "cluster"))


def _on_machines(service: Resource) -> bool:
    return service.type == "aws_ecs_service" and not _on_fargate(service)


def _on_fargate(service: Resource) -> bool:
    listed = read.blocks(service, "capacity_provider_strategy")
    names = [read.word(block, "capacity_provider") for block in listed]
    kind = read.word(service, "launch_type")
    return kind == "FARGATE" or any(str(name).startswith("FARGATE") for name in names)


def _placed(service: Resource, machine: Instance) -> Answer:
    """Whether a service of a cluster of several machines runs on this one."""
    if read.word(service, "scheduling_strategy") == "DAEMON":
        return YES
    rules = [read.raw(b, "expression") for b in read.blocks(service, "placement_constraints")]
    own = machine.attribute("id")
    for said in rules:
        if any(r.address == machine.id for u in unknowns_in(said) for r in u.refers):
            return YES
        if isinstance(own, str) and own in str(said):
            return YES
    return cannot_tell(Unknown(Cause.MODEL, f"which machines of its cluster {service.id} runs on"))


# ---------------------------------------------------------------------------------- what leads out


def _escape(draft: Draft, service: Resource) -> Exposure | None:
    """What of its task lets a container act on the machine; None where nothing does."""
    ref = containers.task_of(draft, service)
    task = draft.by_id.get(ref) if isinstance(ref, str) else None
    if task is None:
        return None
    mounted = {
        str(block.get("name")): number
        for number, block in enumerate(read.blocks(task, "volume"))
        if read.word(block, "host_path") in _ROOTS
    }
    traced = read.word(task, "pid_mode") == "host"
    try:
        listed = containers.definitions(task)
    except NotJson:
        return None
    for each in listed:
        if each.get("privileged") is True or _capable(each, traced=traced):
            return Exposure(YES, draft.proof(task, "container_definitions"))
        for volume in _volumes(each):
            if volume in mounted:
                return Exposure(YES, draft.proof(task, f"volume[{mounted[volume]}]"))
    return None


def _capable(definition: dict[str, object], *, traced: bool) -> bool:
    """Whether a container has a capability that is the machine's; to trace takes its processes."""
    parameters = definition.get("linuxParameters")
    held = parameters.get("capabilities") if isinstance(parameters, dict) else None
    added = held.get("add") if isinstance(held, dict) else None
    names = {str(name) for name in added} if isinstance(added, list) else set()
    return bool(names & _POWERS) or (traced and _TRACE in names)


def _volumes(definition: dict[str, object]) -> Iterator[str]:
    """The volumes that a container writes."""
    points = definition.get("mountPoints")
    for point in points if isinstance(points, list) else ():
        if isinstance(point, dict) and point.get("readOnly") is not True:
            yield str(point.get("sourceVolume"))


def _metadata(draft: Draft, service: Resource, machine: Instance) -> Answer:
    """Whether containers get an answer of the machine's metadata service: on the machine's own
    network always; else without a token, or where one may pass a hop.

    Amazon EC2 User Guide, "Configure the Instance Metadata Service options".
    """
    ref = containers.task_of(draft, service)
    task = draft.by_id.get(ref) if isinstance(ref, str) else None
    if task is not None and read.word(task, "network_mode") == "host":
        return YES
    said = str(draft.settle(compute.start_text(draft, machine.source)))
    if _SHUT.search(said):
        return NO
    holder = compute.plan_of(draft, machine.source).holder("metadata_options")
    options = read.first(holder, "metadata_options")
    hops = read.number(options, "http_put_response_hop_limit")
    far = cannot_tell(hops) if isinstance(hops, Unknown) else known(hops is not None and hops > 1)
    on = known(read.word(options, "http_endpoint", "enabled") != "disabled")
    return on & (~machine.token_required | far)
