"""A directory of what `aws ... describe-*` printed, as a snapshot: how auditors hand accounts over.

Input: JSON files below a directory. Output: a snapshot with the answers that they hold, and a gap
for each file that holds none. Which call a file answers is told by its members, which are those
that calls.yaml keeps of the call. Answers of a call that is made for one thing at a time may stand
in a list, each beside what it was asked about. The account and the region are told by the
directories that a file is in, else by the answers. Nothing is sent anywhere.
"""

import json
import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from graphs.unknown import Place
from graphs.verdict import Gap
from scanner.cloud.calls import Call, all_calls
from scanner.cloud.redact import redacted
from scanner.cloud.snapshot import MALFORMED, NOT_GIVEN, Answer, Snapshot, Swept
from scanner.errors import TreeProblem
from scanner.tree import Directory

LARGEST: Final = 128 << 20
LARGEST_IN_ALL: Final = 512 << 20
_ACCOUNT: Final = re.compile(r"[0-9]{12}")
_REGION: Final = re.compile(r"[a-z]{2}(?:-[a-z]+){1,2}-[0-9]")
_ZONE: Final = re.compile(r"([a-z]{2}(?:-[a-z]+){1,2}-[0-9])[a-z]")
_ARN: Final = re.compile(rf"arn:[^:]*:[^:]*:({_REGION.pattern}):")
_LOST: Final = "what it says is not judged"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Described:
    """The answers of a directory, and what in it was not read."""

    snapshot: Snapshot
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class _File:
    """One file with what its directories say of it; "" where they do not."""

    path: str
    parts: "list[Part]"
    account: str
    region: str
    owners: Counter[str]
    regions: Counter[str]

    @property
    def directory(self) -> str:
        """Where the file is."""
        return posixpath.dirname(self.path)


@dataclass(slots=True)
class _Reading:
    """A directory while it is read."""

    files: list[_File] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    size: int = 0
    """Bytes of all files so far."""

    def lost(self, kind: str, what: str, path: str, line: int = 1) -> None:
        """Say that a file is not read."""
        self.gaps.append(Gap(kind, what, _LOST, Place(path, line, line)))


def holds_answers(root: Path) -> bool:
    """Whether some file below a directory answers a call."""
    tree = Directory(root)
    return any(_parts(_load(tree, path), path) for path in _candidates(tree))


def read_described(root: Path) -> Described:
    """All answers below a directory, by account."""
    reading = _Reading()
    tree = Directory(root)
    for path in _candidates(tree):
        _read(tree, path, reading)
    accounts: dict[str, dict[tuple[str, str, str], Answer]] = {}
    for file, account, region in _at_home(reading.files):
        found = accounts.setdefault(account, {})
        for call, args, data in file.parts:
            key = call.name, region, json.dumps(args, sort_keys=True)
            found[key] = _joined(
                found.get(key), Answer(call.service, call.operation, region, args, data)
            )
    swept = tuple(_swept(name, tuple(found.values())) for name, found in sorted(accounts.items()))
    return Described(Snapshot("", swept), tuple(reading.gaps))


def _candidates(tree: Directory) -> Iterator[str]:
    for directory in tree.walk():
        try:
            yield from (path for path in tree.files(directory) if path.endswith(".json"))
        except TreeProblem:
            continue


def _load(tree: Directory, path: str) -> Any:
    """The content of a file; None where it is not JSON."""
    try:
        return json.loads(tree.read_bytes(path, LARGEST))
    except (TreeProblem, ValueError, RecursionError):
        return None


def _read(tree: Directory, path: str, reading: _Reading) -> None:
    try:
        source = tree.read_bytes(path, min(LARGEST, LARGEST_IN_ALL - reading.size))
        reading.size += len(source)
        content = json.loads(source)
    except TreeProblem as problem:
        reading.lost("unreadable", problem.message, path)
    except (ValueError, RecursionError) as problem:
        reading.lost("syntax-error", "it is not JSON", path, getattr(problem, "lineno", 1))
    else:
        _keep(content, path, reading)


def _keep(content: Any, path: str, reading: _Reading) -> None:
    """Keep what a file answers, without its secrets."""
    try:
        parts = [
            (call, args, redacted(call.service, call.operation, data))
            for call, args, data in _parts(content, path)
        ]
    except MALFORMED:
        reading.lost("malformed", "it does not have the form of AWS's answers", path)
        return
    if parts:
        steps = posixpath.dirname(path).split("/")
        account = next(filter(_ACCOUNT.fullmatch, reversed(steps)), "")
        region = next(filter(_REGION.fullmatch, reversed(steps)), "")
        told = Counter(_owners(content)), Counter(_regions(content))
        reading.files.append(_File(path, parts, account, region, *told))
    elif not _empty(content):
        reading.lost("not-an-answer", "it answers none of the calls that a sweep makes", path)


def _empty(content: Any) -> bool:
    """Whether a file lists nothing, so that nobody can tell of what."""
    return isinstance(content, dict) and all(value == [] for value in content.values())


def _at_home(files: list[_File]) -> Iterator[tuple[_File, str, str]]:
    """Each file with its account and region: what its directories say, else it and those beside."""
    owners: dict[str, Counter[str]] = {}
    regions: dict[str, Counter[str]] = {}
    everywhere: Counter[str] = Counter()
    for file in files:
        owners.setdefault(file.directory, Counter()).update(file.owners)
        regions.setdefault(file.directory, Counter()).update(file.regions)
        everywhere.update(file.owners)
    account_of = {each: _most(counts) for each, counts in owners.items()}
    region_of = {each: _most(counts) for each, counts in regions.items()}
    for file in files:
        account = file.account or account_of[file.directory] or _most(everywhere)
        region = file.region or _most(file.regions) or region_of[file.directory]
        yield file, account or "unknown-account", region or "unknown-region"


def _most(told: Counter[str]) -> str:
    """What is said most often."""
    return told.most_common(1)[0][0] if told else ""


def _owners(content: Any) -> Iterator[str]:
    for name, value in _members(content):
        if name == "OwnerId" and _ACCOUNT.fullmatch(value):
            yield value


def _regions(content: Any) -> Iterator[str]:
    for name, value in _members(content):
        if name in ("AvailabilityZone", "ZoneName") and (zone := _ZONE.fullmatch(value)):
            yield zone[1]
        elif arn := _ARN.match(value):
            yield arn[1]


def _members(content: Any) -> Iterator[tuple[str, str]]:
    """Every member that is a text, however deep."""
    left = [content]
    while left:
        value = left.pop()
        if isinstance(value, list):
            left += value
        elif isinstance(value, dict):
            yield from ((k, v) for k, v in value.items() if isinstance(v, str))
            left += [v for v in value.values() if isinstance(v, list | dict)]


@cache
def _keepers() -> Mapping[str, tuple[Call, ...]]:
    """The calls of which a member is kept, by its name."""
    found: dict[str, list[Call]] = {}
    for call in all_calls():
        for member in call.keep:
            found.setdefault(member, []).append(call)
    return {member: tuple(calls) for member, calls in found.items()}


Part = tuple[Call, Mapping[str, Any], Json]


def _parts(content: Any, path: str) -> list[Part]:
    """The answers that a file holds: call, arguments, what is kept."""
    if not isinstance(content, dict):
        return []
    whole = _answered(content, path)
    if whole is not None:
        return list(_asked_about(whole, content))
    lists = (value for value in content.values() if isinstance(value, list))
    items = [item for value in lists for item in value if isinstance(item, dict)]
    return [part for item in items for part in _beside(item)]


def _answered(content: Json, path: str) -> Call | None:
    """The call whose members a file has, the one that the file is named after before others."""
    found = [call for member in content for call in _keepers().get(member, ())]
    name = re.sub(r"[^a-z0-9]", "", posixpath.basename(path).removesuffix(".json").lower())

    def fit(call: Call) -> tuple[bool, int, bool]:
        told = call.operation.replace("_", "")
        named = name in told or told in name
        return named, sum(member in content for member in call.keep), call.each is None

    return max(found, key=fit, default=None)


def _asked_about(call: Call, content: Json) -> Iterator[Part]:
    """A whole file as the answer of a call; of one made per thing, split by what was asked."""
    kept = {member: content[member] for member in call.keep if member in content}
    if call.each is None:
        yield call, {}, kept
        return
    argument = call.each.argument.removesuffix("[]")
    if isinstance(content.get(argument), str):
        yield call, {argument: content[argument]}, kept
        return
    told = [v[argument] for v in content.values() if isinstance(v, dict) and argument in v]
    if told and isinstance(told[0], str):
        yield call, {argument: told[0]}, kept
        return
    for member, value in kept.items():
        by: dict[str, list[Any]] = {}
        for item in value if isinstance(value, list) else ():
            if isinstance(item, dict) and isinstance(item.get(argument), str):
                by.setdefault(item[argument], []).append(item)
        for about, items in by.items():
            yield call, {argument: about}, {member: items}


def _beside(item: Json) -> Iterator[Part]:
    """An answer that stands in a list, beside what it was asked about."""
    for member in item:
        for call in _keepers().get(member, ()):
            argument = call.each.argument.removesuffix("[]") if call.each else ""
            if isinstance(item.get(argument), str):
                kept = {name: item[name] for name in call.keep if name in item}
                yield call, {argument: item[argument]}, kept
                return


def _joined(first: Answer | None, more: Answer) -> Answer:
    """Two answers of one call as one, as the pages of a list are."""
    if first is None:
        return more
    data = dict(first.data)
    for name, value in more.data.items():
        old = data.get(name)
        data[name] = [*old, *value] if isinstance(old, list) and isinstance(value, list) else value
    return Answer(more.service, more.operation, more.region, more.args, data)


def _swept(account: str, answers: tuple[Answer, ...]) -> Swept:
    """One account; calls that no file answers are told as such."""
    regions = tuple(sorted({answer.region for answer in answers}))
    given = {(answer.service, answer.operation, answer.region) for answer in answers}
    once = {(service, operation) for service, operation, _ in given}
    missing = [
        Answer(call.service, call.operation, region, {}, {}, NOT_GIVEN)
        for call in all_calls()
        if call.each is None
        for region in (regions[:1] if call.once else regions)
        if (call.service, call.operation, region) not in given
        and not (call.once and (call.service, call.operation) in once)
    ]
    arn = f"arn:aws:iam::{account}:root"
    return Swept(account, arn, regions, (*answers, *missing))
