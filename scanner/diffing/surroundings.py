"""A revision with what lies beside it in the working tree and git is told not to track.

`terraform init` puts modules there, and people their variables. Both sides of a comparison are read
with the same of it, or each module that is installed would seem to be new. What git tracks never
comes from there, in whichever revision.
"""

import contextlib
import hashlib
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from scanner.diffing.git import Entry
from scanner.diffing.revisions import Revision
from scanner.errors import TreeProblem
from scanner.tree import SKIPPED, Directory, Tree, decode, normal

TAKEN: Final = (".terraform", ".tfvars", ".tfvars.json")
"""What is taken from there, by how its name ends."""


class Surrounded:
    """A Tree of a revision, and of paths of the working tree where the revision has none."""

    def __init__(self, revision: Revision, beside: Directory, paths: Sequence[str]) -> None:
        self.revision = revision
        self.beside = beside
        self.paths = tuple(path for path in paths if not revision.exists(path))

    def _at(self, path: str) -> Tree:
        inside = normal(path)
        return self.beside if _within(inside, self.paths) else self.revision

    def read_bytes(self, path: str) -> bytes:
        """The content of a file."""
        return self._at(path).read_bytes(path)

    def blob(self, path: str) -> str | None:
        """Git's name of a file's content; None of what git does not track."""
        found = self._at(path)
        return None if found is self.beside else self.revision.blob(path)

    def read_text(self, path: str) -> str:
        """The content of a UTF-8 file."""
        return decode(self.read_bytes(path), path)

    def exists(self, path: str) -> bool:
        """Whether there is a file or a directory."""
        return self._at(path).exists(path)

    def is_dir(self, path: str) -> bool:
        """Whether there is a directory."""
        return self._at(path).is_dir(path)

    def files(self, directory: str) -> tuple[str, ...]:
        """The files directly in a directory."""
        inside = normal(directory)
        found = self._at(directory).files(directory)
        more = (each for each in self.paths if (posixpath.dirname(each) or ".") == inside)
        return tuple(sorted({*found, *(each for each in more if not self.beside.is_dir(each))}))

    def walk(self, start: str = ".") -> Iterator[str]:
        """A directory and every one below it."""
        return self._at(start).walk(start)


def surroundings(ignored: Sequence[str]) -> tuple[str, ...]:
    """What of the ignored paths of a working tree is taken.

    >>> surroundings([".terraform/", "prod/terraform.tfvars", "notes.txt"])
    ('.terraform', 'prod/terraform.tfvars')
    """
    paths = (path.rstrip("/") for path in ignored)
    return tuple(path for path in paths if path.endswith(TAKEN))


MATTERS: Final = (
    *(".tf", ".tofu", ".tfvars", ".hcl", ".json", ".yaml", ".yml"),
    *(".tpl", ".tmpl", ".tftpl", ".sh", ".txt"),
)
"""How files end that Terraform may read."""


def changed(committed: Revision, now: Directory) -> tuple[str, ...]:
    """The files of a working tree that may count and that are not as they were committed, those
    that are new or gone among them."""
    ignored = surroundings(committed.repository.ignored())
    found = dict.fromkeys(_files(now))
    there = {path for path in found if not _within(path, ignored)}
    entries = {p: e for p, e in committed.entries.items() if _matters(p) and not _skipped(p)}
    gone = {path for path in entries if path not in found}
    fresh = {path for path in there if path not in entries or not _as_committed(entries, now, path)}
    return tuple(sorted(gone | fresh))


def _files(now: Directory) -> Iterator[str]:
    for directory in now.walk():
        with contextlib.suppress(TreeProblem):  # whoever reads it says what is wrong
            yield from filter(_matters, now.files(directory))


def _matters(path: str) -> bool:
    return path.endswith(MATTERS)


def _skipped(path: str) -> bool:
    return not SKIPPED.isdisjoint(path.split("/"))


def _within(path: str, directories: Sequence[str]) -> bool:
    return any(path == each or path.startswith(f"{each}/") for each in directories)


def _as_committed(entries: Mapping[str, Entry], now: Directory, path: str) -> bool:
    entry = entries[path]
    if entry.is_link or entry.is_submodule:
        return True
    try:
        content = now.read_bytes(path)
    except TreeProblem:
        return False
    sums = hashlib.sha1 if len(entry.blob) == 40 else hashlib.sha256
    return sums(b"blob %d\0" % len(content) + content).hexdigest() == entry.blob
