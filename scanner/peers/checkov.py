"""Checkov beside us: started before our analysis with what was evaluated, gathered after it.

Input: evaluated root modules. Output: what Checkov says of them, or why it says nothing. It runs
in its own environment and process, in an empty directory, with an environment of a few variables,
without a network, and for a limited time. Whatever goes wrong with it is told, and changes nothing
of our own result.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from scanner.peers.environment import LARGEST, OFFLINE, VERSION, Environment, installed
from scanner.peers.plan import Plan, plan
from scanner.reports.words import clean
from scanner.terraform.evaluate import Evaluated

PATIENCE: Final = 300.0
"""Seconds that Checkov may take where nobody says otherwise."""
_OPTIONS: Final = (
    *("--framework", "terraform_plan", "--output", "json"),
    *("--quiet", "--compact", "--skip-download", "--soft-fail"),
)


class Outcome(msgspec.Struct, frozen=True):
    """What a check found; `evaluated_keys` are attribute paths such as `versioning/enabled`."""

    evaluated_keys: tuple[str, ...] = ()


class Record(msgspec.Struct, frozen=True):
    """One failed check on one address of one of the plans."""

    check_id: str
    check_name: str
    check_result: Outcome
    file_path: str
    resource: str
    guideline: str | None = None

    @property
    def number(self) -> int:
        """Which of the plans it is about; -1 for none."""
        name = self.file_path.rpartition("/")[2].removesuffix(".json")
        return int(name) if name.isdecimal() else -1


class _Results(msgspec.Struct):
    failed_checks: tuple[Record, ...] = ()


class _Summary(msgspec.Struct):
    resource_count: int
    checkov_version: str


class _Answer(msgspec.Struct):
    results: _Results
    summary: _Summary


@dataclass(frozen=True, slots=True)
class Said:
    """What Checkov says; `trouble` is why it says nothing or not all, with what to do about it."""

    records: tuple[Record, ...] = ()
    version: str = VERSION
    trouble: str = ""
    fix: str = ""


@dataclass
class Asked:
    """Checkov at work on plans, one for each root module; none where it does not run."""

    plans: Sequence[Plan]
    patience: float
    scratch: Path
    process: "subprocess.Popen[bytes] | None" = None
    why_not: Said = field(default_factory=Said)
    started: float = field(default_factory=time.monotonic)

    def said(self) -> Said:
        """Wait for the answer, for as long as there is time."""
        if self.process is None:
            return self.why_not
        try:
            code = self.process.wait(max(0.0, self.patience - (time.monotonic() - self.started)))
        except subprocess.TimeoutExpired:
            self.stop()
            return Said(trouble=f"it took over {self.patience:g} seconds", fix=_MORE_TIME)
        managed = (
            r.address.mode == "managed" for each in self.plans for r in each.sources.values()
        )
        return answer(self.scratch, code, sum(managed))

    def stop(self) -> None:
        """End it with all that it started."""
        if self.process is None or self.process.poll() is not None:
            return
        if sys.platform == "win32":
            self.process.kill()
        else:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


_MORE_TIME: Final = "--checkov-timeout SECONDS"
_INSTALL: Final = "pathwarden checkov install"


@contextmanager
def beside(read: Sequence[Evaluated], patience: float) -> Iterator[Asked]:
    """Checkov at work on these root modules meanwhile; it is ended where the block ends."""
    with tempfile.TemporaryDirectory(prefix="pathwarden-", ignore_cleanup_errors=True) as scratch:
        asked = _asked(read, patience, Path(scratch), installed())
        try:
            yield asked
        finally:
            asked.stop()


def _asked(
    read: Sequence[Evaluated], patience: float, scratch: Path, there: Environment | None
) -> Asked:
    if there is None:
        missing = Said(trouble="it is not installed", fix=_INSTALL)
        return Asked((), patience, scratch, why_not=missing)
    plans = [plan(each.resources, each.secrets) for each in read]
    if not any(each.sources for each in plans):
        return Asked(plans, patience, scratch)
    try:
        process = _start(there, plans, scratch)
    except OSError as problem:
        return Asked(plans, patience, scratch, why_not=Said(trouble=_os(problem)))
    return Asked(plans, patience, scratch, process)


def _start(there: Environment, plans: Sequence[Plan], scratch: Path) -> "subprocess.Popen[bytes]":
    """Write the plans, and start Checkov on them. Raises OSError where that cannot be done."""
    names = [f"{number}.json" for number in range(len(plans))]
    for name, each in zip(names, plans, strict=True):
        (scratch / name).write_text(json.dumps(each.document), "utf-8")
    command = [str(there.python), "-I", str(OFFLINE), *_OPTIONS, "--file", *names]
    with (scratch / "answer").open("wb") as out, (scratch / "errors").open("wb") as errors:
        return subprocess.Popen(  # noqa: S603  our own arguments
            command,
            cwd=scratch,
            env={**there.variables, "HOME": str(scratch)},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=errors,
            start_new_session=sys.platform != "win32",
        )


def answer(scratch: Path, code: int, given: int) -> Said:
    """What Checkov wrote when it ended with an exit code, having been given so many resources.

    It tells of a plan that it cannot read by counting none of its resources, and by nothing else.
    """
    if code:
        return Said(trouble=f"it ended with {code}: {_last_words(scratch)}")
    try:
        with (scratch / "answer").open("rb") as file:
            found = _decoded(file.read(LARGEST))
    except (OSError, msgspec.DecodeError):
        return Said(trouble="its answer cannot be read")
    seen = found.summary.resource_count
    trouble = (
        f"it saw {seen:,} of the {given:,} resources that it was given" if seen < given else ""
    )
    return Said(found.results.failed_checks, found.summary.checkov_version, trouble)


def _decoded(content: bytes) -> _Answer:
    """An answer, which is its summary alone where there is nothing to tell."""
    try:
        return msgspec.json.decode(content, type=_Answer)
    except msgspec.ValidationError:
        return _Answer(_Results(), msgspec.json.decode(content, type=_Summary))


def _last_words(scratch: Path) -> str:
    """The last line of its errors, as far as it is fit to be shown."""
    try:
        lines = (scratch / "errors").read_bytes()[-4_000:].decode("utf-8", "replace").splitlines()
    except OSError as problem:
        return _os(problem)
    return next((clean(line)[:200] for line in reversed(lines) if line.strip()), "it said nothing")


def _os(problem: OSError) -> str:
    return problem.strerror or type(problem).__name__
