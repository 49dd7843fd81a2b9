"""A directory of what `aws ... describe-*` printed, as a snapshot: how auditors hand accounts over.

Input: JSON files below a directory. Output: a snapshot with the answers that they hold, and a gap
for each file that holds none. The account and the region are told by the directories that a file is
in and by its name, else by the answers. What an answer was asked about is told by itself, by the
name of its file, or by there being only one such thing. Nothing is sent anywhere.
"""

import json
import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from graphs.unknown import Place
from graphs.verdict import Gap
from scanner.cloud.answering import Answering, Json, Part, answering
from scanner.cloud.calls import Call, all_calls, at
from scanner.cloud.documents import documents
from scanner.cloud.redact import redacted
from scanner.cloud.snapshot import CUT_OFF, MALFORMED, NOT_GIVEN, Answer, Snapshot, Swept
from scanner.errors import TreeProblem
from scanner.tree import Directory

LARGEST: Final = 128 << 20
LARGEST_IN_ALL: Final = 512 << 20
ENDINGS: Final = (".json", ".jsonl", ".ndjson")
_ACCOUNT: Final = re.compile(r"(?<![0-9a-z])[0-9]{12}(?![0-9a-z])")
_REGION: Final = re.compile(
    r"(?<![a-z])(?:us|eu|ap|sa|ca|me|af|il|cn|mx|us-gov|us-iso[bf]?|eu-isoe|eusc-de)-"
    r"(?:north|south|east|west|central|northeast|southeast|northwest|southwest)-[0-9]"
)
_ARN: Final = re.compile(rf"arn:[^:]*:[^:]*:({_REGION.pattern}):")
_LOST: Final = "what it says is not judged"


@dataclass(frozen=True, slots=True)
class Described:
    """The answers of a directory, and what in it was not read."""

    snapshot: Snapshot
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class _File:
    """Answers that lie together with what their path says of them; "" where it does not."""

    path: str
    parts: tuple[Part, ...]
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


@dataclass(slots=True)
class _Told:
    """The answers of one account. `cut` are those of which every page names a further one."""

    answers: dict[tuple[str, str, str], Answer] = field(default_factory=dict)
    cut: dict[tuple[str, str, str], bool] = field(default_factory=dict)
    astray: list[tuple[str, str, Part]] = field(default_factory=list)
    """Answers that do not say what they were asked about, each with its file and region."""

    def keep(self, part: Part, region: str, args: Mapping[str, Any]) -> None:
        """Keep an answer; further ones of a call are its pages."""
        call = part.call
        key = call.name, region, json.dumps(args, sort_keys=True)
        answer = Answer(call.service, call.operation, region, args, part.data)
        self.answers[key] = _joined(self.answers.get(key), answer)
        self.cut[key] = self.cut.get(key, True) and part.more

    def found(self) -> Iterator[Answer]:
        """Every answer, and a refusal for what pages that are not there would have told."""
        for key, answer in self.answers.items():
            yield answer
            if self.cut[key]:
                yield replace(answer, data={}, refused=CUT_OFF)


def holds_answers(root: Path) -> bool:
    """Whether some file below a directory answers a call."""
    tree = Directory(root)
    return any(
        any(True for _ in answering(content, path))
        for path in _candidates(tree)
        for content in _load(tree, path)
    )


def read_described(root: Path) -> Described:
    """All answers below a directory, by account."""
    reading = _Reading()
    tree = Directory(root)
    for path in _candidates(tree):
        _read(tree, path, reading)
    accounts: dict[str, _Told] = {}
    for file, account, region in _at_home(reading.files):
        told = accounts.setdefault(account, _Told())
        for part in file.parts:
            if part.args is None:
                told.astray.append((file.path, region, part))
            else:
                told.keep(part, region, part.args)
    for told in accounts.values():
        _guess(told, reading)
    swept = tuple(_swept(name, tuple(told.found())) for name, told in sorted(accounts.items()))
    return Described(Snapshot("", swept), tuple(reading.gaps))


def _candidates(tree: Directory) -> Iterator[str]:
    for directory in tree.walk():
        try:
            yield from (p for p in tree.files(directory) if p.lower().endswith(ENDINGS))
        except TreeProblem:
            continue


def _load(tree: Directory, path: str) -> list[Any]:
    """The documents of a file; none where it is not JSON."""
    try:
        return documents(tree.read_bytes(path, LARGEST))
    except (TreeProblem, ValueError, RecursionError):
        return []


def _read(tree: Directory, path: str, reading: _Reading) -> None:
    try:
        source = tree.read_bytes(path, min(LARGEST, LARGEST_IN_ALL - reading.size))
        reading.size += len(source)
        contents = documents(source)
    except TreeProblem as problem:
        reading.lost("unreadable", problem.message, path)
    except (ValueError, RecursionError) as problem:
        reading.lost("syntax-error", "it is not JSON", path, getattr(problem, "lineno", 1))
    else:
        for content in contents:
            _keep(content, path, reading)


def _keep(content: Any, path: str, reading: _Reading) -> None:
    """Keep what a document answers, without its secrets."""
    try:
        found = [_file(each) for each in answering(content, path)]
    except MALFORMED:
        reading.lost("malformed", "it does not have the form of AWS's answers", path)
        return
    reading.files += found
    if not found and not _empty(content):
        reading.lost("not-an-answer", "it answers none of the calls that a sweep makes", path)


def _file(found: Answering) -> _File:
    parts = tuple(
        replace(part, data=redacted(part.call.service, part.call.operation, part.data))
        for part in found.parts
    )
    told = Counter(_owners(found.content)), Counter(_regions(found.content))
    return _File(found.path, parts, *_whereabouts(found.path), *told)


def _whereabouts(path: str) -> tuple[str, str]:
    """The account and the region that a path says, the last part of it before others."""
    said = path.lower()
    found = [re.findall(word, said) for word in (_ACCOUNT, _REGION)]
    return found[0][-1] if found[0] else "", found[1][-1] if found[1] else ""


def _empty(content: Any) -> bool:
    """Whether a document lists nothing, so that nobody can tell of what."""
    if isinstance(content, dict):
        return all(value == [] for value in content.values())
    return isinstance(content, list) and not content


def _at_home(files: list[_File]) -> Iterator[tuple[_File, str, str]]:
    """Each file with its account and region: what its path says, else it and those beside."""
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
        if name in ("AvailabilityZone", "ZoneName") and (zone := _REGION.match(value)):
            yield zone[0]
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


def _guess(told: _Told, reading: _Reading) -> None:
    """Find out what answers were asked about that do not say it."""
    for path, region, part in told.astray:
        about = _about(part.call, path, region, tuple(told.answers.values()))
        if about is None:
            what = f"it does not say which thing {part.call.name} was asked about"
            reading.lost("not-an-answer", what, path)
        else:
            told.keep(part, region, about)


def _about(call: Call, path: str, region: str, answers: Iterable[Answer]) -> Json | None:
    """The one thing that a file is named after, or the only one that there is."""
    if call.each is None:
        return {}
    listed = (
        value
        for answer in answers
        if (f"{answer.service}.{answer.operation}", answer.region) == (call.each.call, region)
        for value in at(answer.data, call.each.path)
    )
    known = [value for value in dict.fromkeys(listed) if isinstance(value, str)]
    named = sorted((n, value) for value in known if (n := _named(value, path)))
    longest = [value for n, value in named if n == named[-1][0]]
    chosen = longest or known
    return {call.each.argument.removesuffix("[]"): chosen[0]} if len(chosen) == 1 else None


def _named(value: str, path: str) -> int:
    """How many letters of a thing's name or id stand in the name of a file."""
    words = [value, *value.split("/")[1:]]
    found = (w for w in words if re.search(rf"(?<![0-9a-z]){re.escape(w.lower())}(?![0-9a-z])",
                                           path.lower()))  # fmt: skip
    return max(map(len, found), default=0)


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
