"""The baseline: findings that stood when it was written, and do not count until they get worse.

Input: a Result, or a file. Output: the text of a baseline, or Waivers, one for each entry. Entries
are by fingerprint, so that they hold where lines move; each says how bad the finding was then.
scanner/schemas/baseline-1.json is the published schema:

    python -m scanner.waivers.baseline > scanner/schemas/baseline-1.json
"""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from graphs.plain import plain
from graphs.unknown import Place
from scanner.errors import UsageProblem
from scanner.result import Finding, Result
from scanner.waivers.reading import Unreadable, day
from scanner.waivers.waiver import MOST_WORDS, By, Waiver

SCHEMA: Final = "https://pathwarden.dev/schema/baseline-1.json"
MOST_BYTES: Final = 64 * 1024 * 1024
MOST_ENTRIES: Final = 200_000

_LONGEST: Final = 1_000
"""Characters of a subject that are written: it is for people, the fingerprint decides."""
_Word = Annotated[str, Meta(max_length=MOST_WORDS)]
_Name = Annotated[str, Meta(max_length=10_000)]
_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of entries: why one lives with them, who answers for them, until when."""

    reason: str = ""
    owner: str = ""
    until: str = ""


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A finding that is known."""

    fingerprint: Annotated[str, Meta(pattern="^[0-9a-f]{20}$")]
    rule: Annotated[str, Meta(pattern="^[a-z0-9-]{1,100}$")]
    subject: _Name
    root: _Name
    severity: Annotated[str, Meta(pattern="^(critical|high|medium|low|info)$")]
    verdict: Annotated[str, Meta(pattern="^(violated|cannot-tell)$")]
    reason: _Word = ""
    owner: _Word = ""
    until: str = ""


class BaselineFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The findings that are known."""

    schema: str
    findings: Annotated[tuple[Entry, ...], Meta(max_length=MOST_ENTRIES)]


def written(result: Result, words: Words, before: Mapping[_Key, Words] | None = None) -> str:
    """The baseline of all that counts today, and of what an older one knows, an entry a line.

    What an older baseline (`before`) says of an entry stays; new ones get the `words`.
    """
    entries = sorted(_entries(result, words, before or {}), key=lambda each: list(each.values()))
    lines = (f"    {json.dumps(each, ensure_ascii=True)}" for each in entries)
    body = ",\n".join(lines)
    return f'{{\n  "schema": "{SCHEMA}",\n  "findings": [\n{body}\n  ]\n}}\n'


def _entries(
    result: Result, words: Words, before: Mapping[_Key, Words]
) -> Iterator[dict[str, str]]:
    seen: set[_Key] = set()
    for finding in result.findings:
        key = (finding.root, finding.fingerprint)
        if key in seen or (finding.waived and finding.waived.by != By.BASELINE):
            continue
        seen.add(key)
        said = asdict(before.get(key, words))
        yield _about(finding) | {name: word for name, word in said.items() if word}


def _about(finding: Finding) -> dict[str, str]:
    return {
        "rule": finding.rule,
        "root": plain(finding.root),
        "subject": plain(finding.subject)[:_LONGEST],
        "fingerprint": finding.fingerprint,
        "severity": finding.severity,
        "verdict": finding.verdict,
    }


def words_of(waivers: Iterable[Waiver]) -> dict[_Key, Words]:
    """What a baseline says of each of its entries."""
    return {
        (each.root, each.fingerprint): Words(each.reason, each.owner, str(each.until or ""))
        for each in waivers
    }


def read_baseline(path: Path) -> tuple[Waiver, ...]:
    """The entries of a baseline. Raises UsageProblem with one line for anything else."""
    text = _text(path)
    try:
        read = msgspec.json.decode(text, type=BaselineFile)
    except (msgspec.MsgspecError, RecursionError) as problem:
        raise UsageProblem(f"{path} is no baseline: {_first_line(problem)}") from None
    if read.schema != SCHEMA:
        raise UsageProblem(
            f"{path} is not a baseline of this version", fix=f"its schema must be {SCHEMA}"
        )
    lines = _lines(text)
    return tuple(_waiver(path, each, lines.get(each.fingerprint, 1)) for each in read.findings)


def _text(path: Path) -> str:
    try:
        if not path.is_file():
            raise UsageProblem(f"{path} is no file" if path.exists() else f"{path} is not there")
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise UsageProblem(f"{path} is larger than {MOST_BYTES // 2**20} MiB")
        return content.decode("utf-8")
    except OSError as problem:
        raise UsageProblem(f"{path} cannot be read: {problem.strerror}") from None
    except UnicodeDecodeError:
        raise UsageProblem(f"{path} is no baseline: it is not UTF-8 text") from None


def _lines(text: str) -> dict[str, int]:
    """The line of each fingerprint: an entry stands on a line of its own."""
    found: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        _, mark, rest = line.partition('"fingerprint"')
        if mark:
            found.setdefault(rest.strip(' :"')[:20], number)
    return found


def _waiver(path: Path, entry: Entry, line: int) -> Waiver:
    place = Place(str(path), line, line)
    try:
        until = day(entry.until) if entry.until else None
    except Unreadable as problem:
        raise UsageProblem(f"{place}: {problem}") from None
    return Waiver(
        By.BASELINE,
        entry.rule,
        place,
        match=entry.subject,
        fingerprint=entry.fingerprint,
        root=entry.root,
        severity=entry.severity,
        sure=entry.verdict == "violated",
        owner=entry.owner,
        reason=entry.reason,
        until=until,
    )


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a baseline."""
    made = msgspec.json.schema(BaselineFile, ref_template="#/$defs/{name}")
    about = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA}
    return {**about, "title": "Pathwarden baseline", **made}


def _first_line(problem: Exception) -> str:
    return str(problem).partition("\n")[0] or "it is nested too deeply"


if __name__ == "__main__":
    sys.stdout.write(json.dumps(schema(), indent=2) + "\n")
