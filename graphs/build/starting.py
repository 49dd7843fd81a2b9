"""What machines are started with that lies elsewhere: scripts that start-up text fetches, and the
versions of launch templates.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from graphs.build import compute, naming, read
from graphs.build.draft import Draft
from graphs.build.origins import SCRIPT, stored
from graphs.nodes import Instance, Supply
from graphs.resource import Resource
from graphs.unknown import Cause, Text, Unknown, cannot_tell, known

TEMPLATE = "aws_launch_template"


def machine(draft: Draft, resource: Resource) -> Iterator[Supply]:
    """A machine runs its start-up text once, a fleet on each machine that is started."""
    told = draft.settle(compute.start_text(draft, resource))
    why = Unknown(Cause.MODEL, f"whether {resource.id} is ever started anew")
    fleet = resource.type == "aws_autoscaling_group"
    for each in _fetched(draft, resource, told):
        yield each if fleet else replace(each, taken=each.taken & cannot_tell(why))
    if fleet:
        yield from _latest(draft, resource)


_FETCH = re.compile(r"aws s3 (?:cp|sync)(?: --?[\w-]+)* [\"']?(s3://[^\s\"'/]+/[^\s\"']*)")
_RUNNERS = frozenset((".", "bash", "chmod", "java", "node", "perl", "php", "python", "python3"))
_RUNNERS |= {"ruby", "sh", "source", "tar", "unzip", "zsh"}


def _fetched(draft: Draft, resource: Resource, told: object) -> Iterator[Supply]:
    """The objects that start-up text fetches with the command line of AWS and then runs."""
    said = str(told) if told is not None else ""
    node = draft.nodes.get(resource.id)
    if "aws s3 " not in said or not isinstance(node, Instance):
        return
    for match in _FETCH.finditer(said):
        bucket, _, key = match[1].removeprefix("s3://").partition("/")
        last = key.rstrip("/").rpartition("/")[2]
        if last and _is_run(last, said[match.end() :]):
            proof = node.proof("user_data")
            yield from stored(draft, resource, _bucket(draft, bucket), key, SCRIPT, proof)


def _is_run(file: str, lines: str) -> bool:
    """Whether a command of a shell's, after the first of some, runs or unpacks a file, or makes it
    a program."""
    commands = lines.replace(";", "\n").replace("&&", "\n").replace("|", "\n").splitlines()
    for line in commands[1:]:
        words = line.replace("sudo ", "").split()
        named = [word for word in words if word.rpartition("/")[2] == file]
        if named and (words[0] in _RUNNERS or words[0] in named):
            return True
    return False


def _bucket(draft: Draft, said: str) -> object:
    """A bucket by its name as it stands in a text, holes and all."""
    for resource in draft.all("aws_s3_bucket"):
        if str(draft.settle(naming.computed(resource, "bucket"))) == said:
            name = read.raw(resource, "bucket")
            return name if isinstance(name, str) else naming.computed(resource, "id")
    return said if "${" not in said else None


def _latest(draft: Draft, fleet: Resource) -> Iterator[Supply]:
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
        found = draft.ref(
            fleet, block.get(own_name) if block.get(own_id) is None else block.get(own_id), TEMPLATE
        )
        version = _version(block)
        if isinstance(found, str) and version is not None:
            template = draft.by_id[found]
            kind = "default-template" if version == "$Default" else "latest-template"
            hole = version if isinstance(version, Unknown) else None
            label = read.word(template, "name")
            called = label if isinstance(label, str) and label else template.address.name
            yield Supply(
                kind=kind,
                name=f"the launch template {called} in its version {version}",
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
