"""A git repository through plumbing alone: nothing is checked out, fetched or run.

The repository may be hostile. Only commands that read are used, with all `GIT_*` variables
cleared, so that neither hooks, filters, text conversions nor a file system monitor have a say, and
nothing is fetched. The user's own settings stay, `safe.directory` among them: where git refuses a
repository of somebody else, so do we.
"""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final, cast

from scanner.errors import TreeProblem, UsageProblem
from scanner.tree import MAX_BYTES

SETTINGS: Final = (
    "core.fsmonitor=false",
    "core.untrackedCache=false",
    "core.hooksPath=/dev/null",
    "protocol.allow=never",
)
WHOLE: Final = (
    "fetch the whole history: fetch-depth: 0 for actions/checkout, GIT_DEPTH: 0 in GitLab"
)
MAX_FILES: Final = 500_000


@dataclass(frozen=True, slots=True)
class Entry:
    """A file, a link or a submodule of a commit. `mode` is git's: 100644, 120000, 160000 ..."""

    mode: str
    blob: str

    @property
    def is_link(self) -> bool:
        """Whether it is a symbolic link; its content is where it leads."""
        return self.mode == "120000"

    @property
    def is_submodule(self) -> bool:
        """Whether it is a commit of another repository."""
        return self.mode == "160000"


@dataclass(frozen=True)
class Repository:
    """A repository. `top` is its working tree, None where it has none; `prefix` is the way from
    its top to the directory that is asked about."""

    directory: Path
    top: Path | None
    prefix: str
    shallow: bool
    blobs: "Blobs" = field(repr=False)

    def commit(self, revision: str) -> str:
        """The commit that a revision names. Raises UsageProblem where there is none."""
        if not revision or revision.startswith("-") or not revision.isprintable():
            raise UsageProblem(f"{revision!r} is no revision")
        asked = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        done = self._run(*asked)
        found = done.stdout.decode("ascii", "replace").strip()
        if done.returncode or len(found) not in (40, 64):
            why = "in this shallow clone" if self.shallow else "here"
            fix = WHOLE if self.shallow else "see `git branch --all`, or fetch it first"
            raise UsageProblem(f"there is no revision {revision!r} {why}", fix=fix)
        return found

    def fork(self, one: str, other: str) -> str:
        """The commit at which two parted. Raises UsageProblem where they have none in common."""
        done = self._run("merge-base", one, other)
        found = done.stdout.decode("ascii", "replace").split()
        if done.returncode or not found:
            said = f"{one[:10]} and {other[:10]} have no commit in common"
            if self.shallow:
                raise UsageProblem(f"{said} in this shallow clone", fix=WHOLE)
            raise UsageProblem(said, fix="name the base alone: `pathwarden diff BASE HEAD`")
        return found[0]

    def entries(self, commit: str) -> dict[str, Entry]:
        """All files of a commit below the directory that is asked about, by path from there."""
        below = f"{commit}:{self.prefix}" if self.prefix else commit
        done = self._run("ls-tree", "-r", "-z", "--full-tree", below)
        if done.returncode:
            if self.prefix and self._run("cat-file", "-e", below).returncode:
                return {}
            raise UsageProblem(f"the files of {commit[:10]} cannot be listed: {_said(done)}")
        found: dict[str, Entry] = {}
        for row in done.stdout.split(b"\0"):
            about, _, path = row.partition(b"\t")
            if path:
                mode, _, blob = about.decode("ascii").split()
                found[os.fsdecode(path)] = Entry(mode, blob)
        if len(found) > MAX_FILES:
            raise UsageProblem(f"{commit[:10]} has more than {MAX_FILES:,} files")
        return found

    def content(self, blob: str, path: str, most: int = MAX_BYTES) -> bytes:
        """The bytes of a blob. Raises TreeProblem where it is not here, or is too large."""
        return self.blobs.content(blob, path, most)

    def ignored(self) -> tuple[str, ...]:
        """What lies in the working tree and git is told not to track, by path from the directory
        that is asked about; a directory ends with a slash."""
        if self.top is None:
            return ()
        asked = ("--others", "--ignored", "--exclude-standard", "--directory", "-z")
        done = self._run("ls-files", *asked)
        return tuple(os.fsdecode(path) for path in done.stdout.split(b"\0") if path)

    def close(self) -> None:
        """End the process that reads blobs, if there is one."""
        self.blobs.close()

    def _run(self, *words: str) -> "subprocess.CompletedProcess[bytes]":
        return _git(self.directory, words)


class Blobs:
    """The contents of a repository, read by a process that is started when first asked."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._reader: _Reader | None = None

    def content(self, blob: str, path: str, most: int = MAX_BYTES) -> bytes:
        """The bytes of a blob. Raises TreeProblem where it is not here, or is too large."""
        reader = self._reader = self._reader or _Reader(self._directory)
        try:
            reader.ask(blob)
            head = reader.answers.readline().split()
            if len(head) != 3 or head[1] != b"blob":
                self.close()
                raise TreeProblem(f"{path} is not in this clone", fix="fetch it whole")
            size = int(head[2])
            if size > most:
                self.close()  # what it says further is not waited for
                raise TreeProblem(f"{path} is larger than {most // 2**20} MiB")
            return _exactly(reader.answers, size + 1)[:-1]
        except (OSError, EOFError):
            self.close()
            raise TreeProblem(f"{path} cannot be read: git ended early") from None

    def close(self) -> None:
        """End the process, if there is one; asking again starts another."""
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()


class _Reader:
    """A process that gives the content of one blob after the other."""

    def __init__(self, directory: Path) -> None:
        self._process = subprocess.Popen(  # noqa: S603  our own words, and no shell
            _command(("cat-file", "--batch")),
            cwd=directory,
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._questions = cast("IO[bytes]", self._process.stdin)
        self.answers = cast("IO[bytes]", self._process.stdout)

    def ask(self, blob: str) -> None:
        """Ask for a blob by its id."""
        self._questions.write(blob.encode("ascii") + b"\n")
        self._questions.flush()

    def close(self) -> None:
        """End it, whatever it is still saying."""
        self._process.kill()
        for pipe in (self._questions, self.answers):
            with contextlib.suppress(OSError):  # it was not read to its end
                pipe.close()
        self._process.wait()


def repository_of(path: Path) -> Repository:
    """The repository that a directory is in. Raises UsageProblem where that cannot be told."""
    home = path if path.is_dir() else path.parent
    if not home.is_dir():
        raise UsageProblem(f"there is no directory {home}")
    asked = ("--is-shallow-repository", "--is-bare-repository", "--is-inside-work-tree")
    done = _git(home, ("rev-parse", *asked, "--show-prefix"))
    if done.returncode:
        raise _refused(home, _said(done))
    shallow, bare, inside, prefix, *_ = [*os.fsdecode(done.stdout).split("\n"), ""]
    top = None
    if bare != "true" and inside == "true":
        shown = os.fsdecode(_git(home, ("rev-parse", "--show-toplevel")).stdout)
        top = Path(shown.removesuffix("\n"))
    elif bare != "true":
        raise UsageProblem(f"{home} is within a .git directory", fix="name the working tree")
    return Repository(home, top, prefix.rstrip("/"), shallow == "true", Blobs(home))


def _refused(home: Path, said: str) -> UsageProblem:
    if "not a git repository" in said:
        fix = "name two directories, plans, states, snapshots or results instead"
        return UsageProblem(f"{home} is in no git repository", fix=fix)
    if "dubious ownership" in said:
        fix = f"if you trust it: git config --global --add safe.directory {home.resolve()}"
        return UsageProblem(f"git refuses {home}: it belongs to somebody else", fix=fix)
    return UsageProblem(f"git cannot read {home}: {said}")


def _git(home: Path, words: Sequence[str]) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(  # noqa: S603  our own words, and no shell
        _command(words),
        cwd=home,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )


def _command(words: Sequence[str]) -> list[str]:
    git = shutil.which("git")
    if git is None:
        fix = "install it, or name two directories, plans, states, snapshots or results"
        raise UsageProblem("git is not installed", fix=fix)
    settings = (word for setting in SETTINGS for word in ("-c", setting))
    return [git, "--no-pager", "--literal-pathspecs", *settings, *words]


def _environment() -> dict[str, str]:
    """Ours without what steers git, and with words that we know."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    own = {
        "LC_ALL": "C",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",
    }
    return {**kept, **own}


def _said(done: "subprocess.CompletedProcess[bytes]") -> str:
    """The first line of what git complains about."""
    lines = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["without a word"]
    return lines[0].removeprefix("fatal: ")


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    content = pipe.read(size)
    if len(content) < size:
        raise EOFError
    return content
