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
from graphs.unknown import YES, Cause, Unknown, cannot_tell, known

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
    for found, version, path in _started(draft, fleet):
        if version is None:
            continue
        own = draft.by_id[found]
        hole = version if isinstance(version, Unknown) else None
        yield Supply(
            kind="default-template" if version == "$Default" else "latest-template",
            name=f"the launch template {naming.label(own)} in its version {version}",
            arn=draft.arn(own),
            proof=draft.proof(fleet, path),
            store=found,
            taken=cannot_tell(hole) if hole else YES,
        )


def _started(draft: Draft, fleet: Resource) -> "Iterator[tuple[str, str | Unknown | None, str]]":
    """The templates that something is started from, with the version; None for a number."""
    mixed = read.first(read.first(fleet, "mixed_instances_policy"), "launch_template")
    nested = read.first(mixed, "launch_template_specification")
    path = "mixed_instances_policy[0].launch_template[0]"
    for block, names, where in (
        (read.first(fleet, "launch_template"), ("id", "name"), "launch_template[0].version"),
        (nested, ("launch_template_id", "launch_template_name"), path),
    ):
        named = [block.get(name) for name in names if block.get(name) is not None]
        found = draft.ref(fleet, named[0], TEMPLATE) if named else None
        if isinstance(found, str):
            yield found, _version(block), where


def template(draft: Draft, resource: Resource) -> Iterator[Supply]:
    """Whatever is launched from a template next runs the text of its default version, unless all
    that launches from it here names a version."""
    if draft.started is None:
        draft.started = {}
        for machine in draft.all("aws_autoscaling_group", *compute.MACHINES):
            for found, version, _ in _started(draft, machine):
                draft.started.setdefault(found, []).append(version)
    used = draft.started.get(resource.id, [])
    pinned = bool(used) and all(version is None for version in used)
    yield Supply(
        kind="own-template",
        name=f"the launch template {naming.label(resource)} in its default version",
        arn=draft.arn(resource),
        proof=draft.proof(resource),
        store=resource.id,
        taken=known(not pinned),
    )


def _version(block: read.Block) -> "str | Unknown | None":
    """What is started where nothing is said is the default version."""
    said = read.text(block, "version")
    if isinstance(said, Unknown) and said.refers:
        return None  # a number that Terraform puts there: `latest_version` of the template
    version = "$Default" if said is None else read.word(block, "version")
    return version if isinstance(version, Unknown) or version.startswith("$") else None
