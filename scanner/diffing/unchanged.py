"""What two sides have in common, so that it is evaluated once.

A root module is not evaluated again where each file that it asked for is the same, those that it
asked for and that are not there among them.
"""

import posixpath
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from scanner.errors import TreeProblem
from scanner.terraform.definitions import sources
from scanner.terraform.evaluate import Evaluated
from scanner.tree import Tree, normal
from scanner.views import Scanned

ALONE = frozenset(
    (
        "aws_arn",
        "aws_availability_zones",
        "aws_caller_identity",
        "aws_iam_policy_document",
        "aws_partition",
        "aws_region",
        "aws_service_principal",
    )
)
"""Data sources that look nothing up in other root modules."""


@runtime_checkable
class Marked(Protocol):
    """A Tree that can tell equal files without reading them."""

    def blob(self, path: str) -> str | None:
        """What names the content of a file; None where nothing does."""


Progress = Callable[[str, int, int], None]


@dataclass
class Footprints:
    """Which paths of a tree each root module asked for, while it is watched."""

    asked: dict[str, set[str]] = field(default_factory=dict)
    walked: dict[str, tuple[str, ...]] = field(default_factory=dict)
    now: str = ""

    def note(self, path: str) -> None:
        """Keep that a path was asked for by whatever is read now."""
        self.asked.setdefault(self.now, set()).add(path)

    def watched(self, tree: Tree) -> Tree:
        """A tree whose paths are noted."""
        return Watched(tree, self)

    def following(self, progress: Progress) -> Progress:
        """Told of each root module before it is read, as `progress` is."""

        def tell(name: str, number: int, total: int) -> None:
            self.now = name
            progress(name, number, total)

        return tell

    def all_same(self, scanned: Sequence[Scanned], base: Tree | None, head: Tree | None) -> bool:
        """Whether both trees hold the same of all that anybody asked for."""
        if base is None or head is None or not self.walked:
            return False
        same = _Same(base, head)
        homes = {home for each in scanned for home in _homes(each.evaluated)}
        asked = set().union(*self.asked.values())
        return (
            all(tuple(head.walk(start)) == found for start, found in self.walked.items())
            and all(map(same.configuration, sorted(homes)))
            and all(map(same.at, sorted(asked)))
        )

    def unchanged(
        self, scanned: Sequence[Scanned], base: Tree | None, head: Tree | None
    ) -> frozenset[str]:
        """The directories of root modules that both trees hold the same of.

        Those that may read other root modules, or that several environments or units deploy, are
        left out: what they are does not follow from their own files.
        """
        if base is None or head is None:
            return frozenset()
        every = [each.evaluated for each in scanned]
        names = [read.directory for read in every]
        alone = [r for r in every if _stands_alone(r) and names.count(r.directory) == 1]
        # What one asks for that looks others up may be read on behalf of those.
        lent = {p for r in every if not _stands_alone(r) for p in self.asked.get(r.name, ())}
        same = _Same(base, head)
        return frozenset(
            read.directory
            for read in alone
            if all(map(same.configuration, _homes(read)))
            and all(map(same.at, sorted(lent | self.asked.get(read.name, set()))))
        )


def _stands_alone(read: Evaluated) -> bool:
    """Whether a root module is what its own files make it."""
    looks = (r for r in read.resources if r.address.mode == "data")
    return not read.parts and not read.environment and all(r.type in ALONE for r in looks)


def _homes(read: Evaluated) -> list[str]:
    """The directories that a root module was read from; configuration is read once for all."""
    own = {part.directory for part in read.parts} or {read.directory}
    return sorted({*own, *(posixpath.dirname(file) or "." for file in read.sources)})


class Watched:
    """A Tree that notes which paths it is asked for."""

    def __init__(self, tree: Tree, footprints: Footprints) -> None:
        self.tree = tree
        self.footprints = footprints

    def read_bytes(self, path: str) -> bytes:
        """The content of a file."""
        self.footprints.note(path)
        return self.tree.read_bytes(path)

    def read_text(self, path: str) -> str:
        """The content of a UTF-8 file."""
        self.footprints.note(path)
        return self.tree.read_text(path)

    def exists(self, path: str) -> bool:
        """Whether there is a file or a directory."""
        self.footprints.note(path)
        return self.tree.exists(path)

    def is_dir(self, path: str) -> bool:
        """Whether there is a directory."""
        self.footprints.note(path)
        return self.tree.is_dir(path)

    def files(self, directory: str) -> tuple[str, ...]:
        """The files directly in a directory."""
        self.footprints.note(directory)
        return self.tree.files(directory)

    def walk(self, start: str = ".") -> Iterator[str]:
        """A directory and every one below it."""
        found = self.footprints.walked[start] = tuple(self.tree.walk(start))
        for directory in found:
            self.footprints.note(directory)
            yield directory


@dataclass
class _Same:
    """Whether two trees hold the same at a path; of a directory: the same names directly in it."""

    base: Tree
    head: Tree
    known: dict[str, bool] = field(default_factory=dict)

    def at(self, path: str) -> bool:
        """Whether they do, asked once."""
        if path not in self.known:
            self.known[path] = self._same(path)
        return self.known[path]

    def configuration(self, directory: str) -> bool:
        """Whether all files of configuration in a directory are the same.

        What neither tree has is mounted beside both of them, and the same for both.
        """
        try:
            if not self.base.exists(directory) and not self.head.exists(directory):
                return True
            return self.at(directory) and all(map(self.at, sources(self.base.files(directory))))
        except TreeProblem:
            return False  # whoever reads it says what is wrong

    def _same(self, path: str) -> bool:
        try:
            inside = normal(path)
            told = [(t.exists(inside), t.is_dir(inside)) for t in (self.base, self.head)]
            if told[0] != told[1] or told[0] == (False, False):
                return told[0] == told[1]
            if told[0][1]:
                return self.base.files(inside) == self.head.files(inside)
            return self._equal(inside)
        except TreeProblem:
            return False

    def _equal(self, path: str) -> bool:
        marks = [each.blob(path) for each in (self.base, self.head) if isinstance(each, Marked)]
        if len(marks) == 2 and None not in marks:
            return marks[0] == marks[1]
        return self.base.read_bytes(path) == self.head.read_bytes(path)
