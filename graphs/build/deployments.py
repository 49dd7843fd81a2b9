"""How else code gets to machines: deployments of CodeDeploy, and the serial console.

AWS CodeDeploy User Guide, "Tagging instances for deployment groups"; Amazon EC2 User Guide,
"Configure access to the EC2 Serial Console", which is off until an account switches it on.
"""

from collections.abc import Iterable, Iterator, Mapping

from graphs.build import read
from graphs.build.draft import Draft
from graphs.nodes import Console, Delegate, Instance
from graphs.resource import Resource
from graphs.unknown import NO, Answer, Unknown, all_of, any_of, cannot_tell, known

GROUP, APPLICATION = "aws_codedeploy_deployment_group", "aws_codedeploy_app"
CONSOLE, FLEET = "aws_ec2_serial_console_access", "aws_autoscaling_group"


def lower(draft: Draft) -> None:
    """Make the deployment groups and what says that there is a console."""
    for resource in draft.all(GROUP):
        machines = tuple(_machines(draft, resource))
        arn = draft.arn(resource)
        draft.add(Delegate(source=resource, id=resource.id, arn=arn, machines=machines))
    for resource in draft.all(CONSOLE):
        on = read.flag(resource, "enabled", default=True)
        draft.add(Console(source=resource, id=resource.id, on=on))


def _machines(draft: Draft, group: Resource) -> Iterator[tuple[str, Answer]]:
    """Those of its fleets, and those that carry the tags it asks for."""
    if _platform(draft, group) not in ("Server", ""):
        return
    fleets = draft.refs_at(group, "autoscaling_groups", FLEET)
    for machine in draft.of(Instance):
        if machine.scope.account == group.scope.account:
            chosen = known(machine.fleet in fleets) if machine.fleet else _tagged(group, machine)
            if chosen.possible:
                yield machine.id, chosen


def _platform(draft: Draft, group: Resource) -> str:
    """What the application of a group runs on; "" where nothing says."""
    name = draft.ref_at(group, "app_name", APPLICATION)
    said = (
        read.word(draft.by_id[name], "compute_platform", "Server") if isinstance(name, str) else ""
    )
    return said if isinstance(said, str) else ""


def _tagged(group: Resource, machine: Instance) -> Answer:
    """One filter is enough, and of each of several sets of filters one."""
    single = read.blocks(group, "ec2_tag_filter")
    sets = [read.blocks(each, "ec2_tag_filter") for each in read.blocks(group, "ec2_tag_set")]
    if single:
        return _any(single, machine)
    return all_of(_any(each, machine) for each in sets) if sets else NO


def _any(filters: Iterable[Mapping[str, object]], machine: Instance) -> Answer:
    return any_of(_fits(each, machine) for each in filters)


def _fits(wanted: Mapping[str, object], machine: Instance) -> Answer:
    kind, key, value = (wanted.get(name) for name in ("type", "key", "value"))
    holes = [each for each in (kind, key, value) if isinstance(each, Unknown)]
    if holes:
        return cannot_tell(*holes)
    tags = machine.tags
    if kind == "KEY_ONLY":
        return known(key in tags)
    if kind == "VALUE_ONLY":
        return any_of(_same(said, value) for said in tags.values())
    return _same(tags.get(str(key)), value)


def _same(said: object, wanted: object) -> Answer:
    return cannot_tell(said) if isinstance(said, Unknown) else known(said == wanted)
