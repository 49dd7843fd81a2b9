"""A snapshot: the answers of one sweep in one compressed, versioned file.

Input: answers. Output: a file, written whole or not at all, and read back only when it is whole
and of a version that is known. It holds no credentials and no secrets, and it needs no boto3.
"""

import gzip
import json
import os
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from scanner.errors import CloudProblem

FORMAT = "pathwarden-snapshot"
VERSION = 1
MAGIC = b"\x1f\x8b"
LARGEST = 512 << 20
EXPANSION = 100
"""How many times its size on the disk a snapshot may have, beyond a first SURE bytes."""
SURE = 64 << 20
NOT_GIVEN = "not among the files"
"""The refusal of a call that nobody made."""
CUT_OFF = "the last page is not among the files"
"""The refusal of what further pages would have told."""
MALFORMED = (KeyError, TypeError, AttributeError, IndexError, ValueError, RecursionError)
"""What reading an answer raises that does not have the form of AWS's."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one call answered. `refused` is the error code where it was not answered."""

    service: str
    operation: str
    region: str
    args: Mapping[str, Any]
    data: Mapping[str, Any]
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Swept:
    """One account as it was read, by whom, in which regions."""

    account: str
    arn: str
    regions: tuple[str, ...]
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One or several accounts, and when they were read."""

    taken: str
    accounts: tuple[Swept, ...]
    tool: str = ""
    version: int = field(default=VERSION)


def write_snapshot(snapshot: Snapshot, output: Path) -> None:
    """Write the file in one step; what stood there stays where that fails."""
    head = {"format": FORMAT, **asdict(snapshot)}
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":"))
    data = gzip.compress(text.encode(), mtime=0)
    draft = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        with draft.open("xb") as file:
            file.write(data)
        draft.replace(output)
    except OSError as problem:
        draft.unlink(missing_ok=True)
        raise CloudProblem(f"{output} cannot be written: {problem.strerror}") from None


def check_writable(output: Path) -> None:
    """Say that a file cannot be written before the calls are made for it."""
    home = output.parent
    if output.is_dir():
        raise CloudProblem(f"{output} cannot be written: it is a directory")
    if not home.is_dir():
        raise CloudProblem(f"{output} cannot be written: {home} is not a directory")
    if not os.access(home, os.W_OK):
        raise CloudProblem(f"{output} cannot be written: permission denied")


def is_snapshot(path: Path) -> bool:
    """Whether a file begins as a snapshot does."""
    try:
        if not path.is_file():
            return False  # to open a pipe would wait for who writes to it
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def read_snapshot(path: Path) -> Snapshot:
    """The snapshot in a file."""
    return _snapshot(path, _document(path))


def _document(path: Path) -> dict[str, Any]:
    try:
        most = min(LARGEST, SURE + EXPANSION * path.stat().st_size)
        with gzip.open(path, "rb") as file:
            text = file.read(most + 1)
        if len(text) > most:
            raise CloudProblem(f"{path} is larger than a snapshot may be: {most >> 20} MiB")
        document = json.loads(text)
    except EOFError:
        raise CloudProblem(f"{path} is truncated", fix="sweep again") from None
    except (OSError, zlib.error, ValueError, RecursionError):
        raise CloudProblem(f"{path} is damaged, or no snapshot", fix="sweep again") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise CloudProblem(f"{path} is no snapshot of a sweep")
    return document


def _snapshot(path: Path, document: Mapping[str, Any]) -> Snapshot:
    version = document.get("version")
    if version != VERSION:
        newer = isinstance(version, int) and version > VERSION
        fix = "use a newer pathwarden" if newer else "sweep again"
        raise CloudProblem(f"{path} is a snapshot of version {version}, not {VERSION}", fix=fix)
    try:
        accounts = tuple(_swept(each) for each in document["accounts"])
        return Snapshot(str(document["taken"]), accounts, str(document["tool"]))
    except MALFORMED:
        raise CloudProblem(f"{path} is damaged, or no snapshot", fix="sweep again") from None


def _swept(said: Mapping[str, Any]) -> Swept:
    answers = tuple(Answer(**each) for each in said["answers"])
    if not all(isinstance(a.data, dict) and isinstance(a.args, dict) for a in answers):
        raise TypeError
    return Swept(said["account"], said["arn"], tuple(said["regions"]), answers)
