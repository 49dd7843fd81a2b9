"""A git revision as a Tree: read from git's objects, without a checkout.

Links within the tree are followed as a file system follows them, and none leads out of it. What
another repository (a submodule) or Git LFS holds is not here, and said to be missing.
"""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from graphs.verdict import Gap
from scanner.diffing.git import Entry, Repository
from scanner.errors import TreeProblem
from scanner.tree import MAX_DIRECTORIES, SKIPPED, decode, normal

MAX_LINKS: Final = 40
LFS: Final = b"version https://git-lfs.github.com/spec/"
_ELSEWHERE: Final = "nothing in it is known"


@dataclass(frozen=True, slots=True)
class _Shelf:
    """A directory: the files in it, links and submodules among them, and the directories."""

    files: dict[str, Entry] = field(default_factory=dict)
    directories: set[str] = field(default_factory=set)


class Revision:
    """The files of a commit, below one directory of its repository."""

    def __init__(self, repository: Repository, commit: str) -> None:
        self.repository = repository
        self.commit = commit
        self.entries = repository.entries(commit)
        self._shelves = _shelved(self.entries)
        self._read: dict[str, bytes] = {}

    def __repr__(self) -> str:
        return f"Revision({self.commit[:10]!r})"

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What belongs to the revision and is kept elsewhere."""
        return tuple(
            Gap("submodule", f"{path} is a submodule, at {entry.blob[:10]}", _ELSEWHERE)
            for path, entry in sorted(self.entries.items())
            if entry.is_submodule
        )

    @cached_property
    def whole(self) -> "Revision":
        """The same commit from the top of its repository."""
        if not self.repository.prefix:
            return self
        return Revision(replace(self.repository, prefix=""), self.commit)

    def read_bytes(self, path: str) -> bytes:
        """The content of a file."""
        inside = self._real(path)
        entry = self.entries.get(inside)
        if entry is None or entry.is_submodule:
            what = "is a directory" if inside in self._shelves else "is not there"
            raise TreeProblem(f"{path} cannot be read: it {what}")
        content = self._content(entry, path)
        if content.startswith(LFS):
            raise TreeProblem(f"{path} is kept in Git LFS, and only a pointer to it is here")
        return content

    def blob(self, path: str) -> str | None:
        """Git's name of a file's content, with its mode."""
        entry = self.entries.get(self._real(path))
        return f"{entry.mode} {entry.blob}" if entry else None

    def read_text(self, path: str) -> str:
        """The content of a UTF-8 file."""
        return decode(self.read_bytes(path), path)

    def exists(self, path: str) -> bool:
        """Whether there is a file or a directory; a submodule is an empty directory."""
        inside = self._real(path)
        return inside in self.entries or inside in self._shelves

    def is_dir(self, path: str) -> bool:
        """Whether there is a directory."""
        inside = self._real(path)
        return inside in self._shelves or self._is_submodule(inside)

    def files(self, directory: str) -> tuple[str, ...]:
        """The files directly in a directory, links to files among them."""
        inside = normal(directory)
        real = self._real(directory)
        shelf = self._shelves.get(real)
        if shelf is None and not self._is_submodule(real):
            raise TreeProblem(f"{directory} cannot be read: no such directory")
        prefix = "" if inside == "." else inside + "/"
        names = sorted(shelf.files if shelf else ())
        return tuple(prefix + name for name in names if not self._leads_on(real, name))

    def walk(self, start: str = ".") -> Iterator[str]:
        """A directory and every one below it, parents first and sorted; links are not followed."""
        inside, waiting, seen = normal(start), [self._real(start)], 0
        top = waiting[0]
        while waiting:
            real = waiting.pop()
            seen += 1
            if seen > MAX_DIRECTORIES:
                raise TreeProblem(f"more than {MAX_DIRECTORIES} directories")
            below = posixpath.relpath(real, top) if real != top else "."
            yield posixpath.normpath(f"{inside}/{below}")
            shelf = self._shelves.get(real, _Shelf())
            names = sorted(shelf.directories - SKIPPED, reverse=True)
            waiting += [posixpath.normpath(f"{real}/{name}") for name in names]

    def _leads_on(self, directory: str, name: str) -> bool:
        """Whether a name is not a file's: a submodule, or a link to a directory."""
        path = posixpath.normpath(f"{directory}/{name}")
        entry = self.entries[path]
        if not entry.is_link:
            return entry.is_submodule
        try:
            return self._real(path) in self._shelves
        except TreeProblem:
            return False  # reading it will say so

    def _is_submodule(self, path: str) -> bool:
        entry = self.entries.get(path)
        return entry is not None and entry.is_submodule

    def _real(self, path: str) -> str:
        """The path with its links followed. Raises TreeProblem where one leads out."""
        left, done, links = normal(path).split("/")[::-1], ".", 0
        while left:
            name = left.pop()
            if name == "..":
                if done == ".":
                    raise TreeProblem(f"{path} is a link out of the scanned directory")
                done = posixpath.dirname(done) or "."
                continue
            here = posixpath.normpath(f"{done}/{name}")
            entry = self.entries.get(here)
            if entry is None or not entry.is_link:
                done = here
                continue
            links += 1
            target = self._content(entry, path).decode("utf-8", "surrogateescape")
            if links > MAX_LINKS:
                raise TreeProblem(f"{path} cannot be read: too many levels of symbolic links")
            if posixpath.isabs(target) or "\0" in target:
                raise TreeProblem(f"{path} is a link out of the scanned directory")
            left += [each for each in target.split("/")[::-1] if each not in ("", ".")]
        return done

    def _content(self, entry: Entry, path: str) -> bytes:
        if entry.blob not in self._read:
            self._read[entry.blob] = self.repository.content(entry.blob, path)
        return self._read[entry.blob]


def _shelved(entries: Mapping[str, Entry]) -> dict[str, _Shelf]:
    """The directories that hold files, and those above them."""
    shelves: dict[str, _Shelf] = {".": _Shelf()}
    for path, entry in entries.items():
        home, name = posixpath.split(path)
        _shelf(shelves, home or ".").files[name] = entry
    return shelves


def _shelf(shelves: dict[str, _Shelf], directory: str) -> _Shelf:
    found = shelves.get(directory)
    if found is None:
        found = shelves[directory] = _Shelf()
        above, name = posixpath.split(directory)
        _shelf(shelves, above or ".").directories.add(name)
    return found
