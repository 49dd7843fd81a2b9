"""What the two words of `pathwarden diff BASE HEAD` name.

A word is a revision of the repository that a directory is in, or a path: a directory, a plan, a
state, a snapshot or a result file. Without HEAD it is the working tree. Whatever is not plainly one
of them is refused, so that no answer is about something else than was asked.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from graphs.verdict import Gap
from scanner.cloud.snapshot import is_snapshot
from scanner.diffing.git import Repository, repository_of
from scanner.diffing.revisions import Revision
from scanner.diffing.surroundings import Surrounded, surroundings
from scanner.errors import DocumentProblem, PathwardenError, UsageProblem
from scanner.terraform.recorded.documents import is_document
from scanner.tree import Directory, Tree

PATHS: Final = ("./", "../", os.sep)
"""How words begin that are paths, whatever revisions there are."""
FILES: Final = (".json", ".tfstate", ".snapshot", os.sep)
"""How words end that mean a path, even one that is not there."""
RESULT: Final = b"pathwarden.dev/schema/result"
_NAMED: Final = "write ./{0} for the path, refs/heads/{0} or the like for the revision"


@dataclass(frozen=True)
class Side:
    """One of the two. `name` is what reports call it; `path` is what is read, from `tree` where
    that is given. `is_result` says that it was scanned before; `committed` is what was last
    committed of a working tree; `beside` are paths that git does not track."""

    name: str
    path: Path
    tree: Tree | None = None
    revision: Revision | None = None
    is_result: bool = False
    committed: Revision | None = None
    beside: tuple[str, ...] = ()

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What belongs to it and is kept elsewhere."""
        return self.revision.gaps if self.revision else ()


@dataclass(frozen=True)
class Sides:
    """Base and head, and the repository of revisions, if one of them is one."""

    base: Side
    head: Side
    repository: Repository | None = None

    def close(self) -> None:
        """End what was started to read them."""
        if self.repository is not None:
            self.repository.close()


def sides(base: str, head: str | None, on: Path) -> Sides:
    """The two sides that are named. Raises UsageProblem where it is not plain what they are."""
    forks = False
    if head is None and ".." in base and not base.startswith(PATHS):
        base, head, forks = _range(base)
    found = _Reader(on)
    try:
        return _named(found, base, head, forks=forks)
    except PathwardenError:
        if found.repository is not None:
            found.repository.close()
        raise


def _named(found: "_Reader", base: str, head: str | None, *, forks: bool) -> Sides:
    first = found.side(base, fork_with=head if forks else None)
    second = found.working_tree(first) if head is None else found.side(head)
    if first.is_result != second.is_result:
        fix = "scan the other one with -o, or compare it with something that is no result"
        raise UsageProblem(f"{base} and {head}: one is a result file, the other is not", fix=fix)
    if _is_empty(first) and _is_empty(second):
        raise UsageProblem(f"there is nothing of {found.on} in {base}, and nothing in {head}")
    return Sides(first, second, found.repository)


def _is_empty(side: Side) -> bool:
    """Whether it is a revision that does not have the directory that is asked about."""
    return side.revision is not None and not side.revision.entries


def _range(text: str) -> tuple[str, str, bool]:
    """The ends of `A..B` or of `A...B`, and whether what counts is where they parted."""
    dots = "..." if "..." in text else ".."
    one, _, other = text.partition(dots)
    return one or "HEAD", other or "HEAD", dots == "..."


class _Reader:
    """Finds sides in one repository, which is opened when a revision is asked for."""

    def __init__(self, on: Path) -> None:
        self.on = on
        self.repository: Repository | None = None
        self._beside: tuple[str, ...] | None = None

    def side(self, word: str, fork_with: str | None = None) -> Side:
        """What a word names."""
        path = Path(word)
        if word and fork_with is None and os.path.lexists(path):
            revision = not word.startswith(PATHS) and self._is_revision(word)
            if revision and not _is_side(path):
                return self._revision(word, None)
            if revision:
                what = f"{word!r} is a path and a revision"
                raise UsageProblem(what, fix=_NAMED.format(word))
            return _path(word, path)
        return self._revision(word, fork_with)

    def working_tree(self, base: Side) -> Side:
        """The files as they lie there."""
        if base.revision is None:
            raise UsageProblem("HEAD is missing", fix="name what is compared with BASE")
        repository = self._opened()
        if repository.top is None:
            raise UsageProblem("HEAD is missing, and this repository has no working tree")
        committed = Revision(repository, repository.commit("HEAD"))
        return Side("the working tree", self.on, Directory(self.on), committed=committed)

    def _is_revision(self, word: str) -> bool:
        try:
            self._opened().commit(word)
        except UsageProblem:
            return False
        return True

    def _revision(self, word: str, fork_with: str | None) -> Side:
        if word.startswith(PATHS):
            raise UsageProblem(f"there is no {word}")
        repository = self._opened()
        try:
            commit = repository.commit(word)
        except UsageProblem:
            if word.endswith(FILES):
                raise UsageProblem(f"there is no {word}") from None
            raise
        name = f"{word} ({commit[:10]})" if not commit.startswith(word) else commit[:10]
        if fork_with is not None:
            commit = repository.fork(commit, repository.commit(fork_with))
            name = f"{commit[:10]}, where {word} and {fork_with} parted"
        revision = Revision(repository, commit)
        beside = self._ignored()
        tree: Tree = revision
        if beside:
            surrounded = Surrounded(revision, Directory(self.on), beside)
            tree, beside = surrounded, surrounded.paths
        return Side(name, self.on, tree, revision, beside=beside)

    def _ignored(self) -> tuple[str, ...]:
        if self._beside is None:
            self._beside = surroundings(self._opened().ignored())
        return self._beside

    def _opened(self) -> Repository:
        if self.repository is None:
            if self.on.is_file():
                raise UsageProblem(f"{self.on} is a file: --on is the directory of revisions")
            self.repository = repository_of(self.on)
        return self.repository


def _is_side(path: Path) -> bool:
    """Whether a path is something to compare, rather than any file of the repository."""
    try:
        return path.is_dir() or is_result(path) or is_snapshot(path) or is_document(path)
    except DocumentProblem:
        return True  # a plan in terraform's own form, and what to do is said where it is read


def _path(word: str, path: Path) -> Side:
    """A directory or a file of this machine."""
    if path.is_dir():
        return Side(word, path)
    if is_result(path):
        return Side(word, path, is_result=True)
    if is_snapshot(path) or is_document(path):
        return Side(word, path)
    raise UsageProblem(f"{path} is no directory, plan, state, snapshot, result or revision")


def is_result(path: Path) -> bool:
    """Whether a file is what `scan --format json` wrote, of whatever version."""
    try:
        with path.open("rb") as file:
            return RESULT in file.read(400)
    except OSError:
        return False
