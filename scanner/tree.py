"""Tree: the only way to the files under review, and never out of their root.

Paths are relative, with `/`; `.` is the root. The tree may be hostile: `..` beyond the root,
absolute paths and links that lead out are refused, links in a circle end, pipes and devices are
not opened, and no file is read beyond a size.
"""

import os
import posixpath
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from scanner.errors import TreeProblem

MAX_BYTES = 16 * 1024 * 1024
MAX_DIRECTORIES = 200_000
SKIPPED = frozenset(
    (
        ".git",
        ".hg",
        ".svn",
        "node_modules",
        ".terraform",
        ".terragrunt-cache",
        "__pycache__",
        ".venv",
    )
)


class Tree(Protocol):
    """Files by relative path. A directory is one; a git revision is another.

    What is read of a tree is kept for as long as the tree lives: it is hashable by identity and
    can be referred to weakly.
    """

    def read_bytes(self, path: str) -> bytes:
        """The content of a file. Raises TreeProblem where it may not or cannot be read."""

    def read_text(self, path: str) -> str:
        """The content of a UTF-8 file; a byte order mark is left for its reader to judge."""

    def exists(self, path: str) -> bool:
        """Whether there is a file or a directory. Raises TreeProblem outside the root."""

    def is_dir(self, path: str) -> bool:
        """Whether there is a directory. Raises TreeProblem outside the root."""

    def files(self, directory: str) -> tuple[str, ...]:
        """The files directly in a directory, sorted, as paths from the root."""

    def walk(self, start: str = ".") -> Iterator[str]:
        """A directory and every one below it, parents first and sorted, but not those of tools."""


def normal(path: str) -> str:
    """A path in the one spelling that trees use. Raises TreeProblem where it leaves the root.

    >>> normal("modules/a/../b/")
    'modules/b'
    """
    text = path.replace("\\", "/") if os.sep == "\\" else path
    if posixpath.isabs(text) or "\0" in text or (len(text) > 1 and text[1] == ":"):
        raise TreeProblem(f"{path!r} is not a path below the scanned directory")
    result = posixpath.normpath(text or ".")
    if result == ".." or result.startswith("../"):
        raise TreeProblem(
            f"{path!r} leaves the scanned directory",
            fix="scan the directory that holds both",
        )
    return result


def decode(content: bytes, path: str) -> str:
    """UTF-8 text as it stands. Raises TreeProblem for anything else."""
    if b"\0" in content:
        raise TreeProblem(f"{path} is not a text file")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise TreeProblem(f"{path} is not UTF-8 (byte {problem.start})") from None


class Directory:
    """A directory of this machine, as a Tree."""

    def __init__(self, root: Path) -> None:
        self.root = Path(os.path.realpath(root))
        if not self.root.is_dir():
            raise TreeProblem(f"{root} is not a directory")
        self._prefix = str(self.root).rstrip("/") + "/"
        self._homes = {"": self._prefix}
        """Directories that were asked about, with where they really are."""
        self._walked: tuple[str, tuple[str, ...]] = ("", ())
        """The directory that a walk came to last, and its files, which are asked for next."""

    def __repr__(self) -> str:
        return f"Directory({str(self.root)!r})"

    def _real(self, path: str) -> str:
        parent, _, name = normal(path).rpartition("/")
        home = self._homes.get(parent)
        if home is None:
            home = self._homes[parent] = self._followed(self._prefix + parent, path) + "/"
        real = home + name
        if name == "." or not _is_link(real):
            return real.removesuffix("/.")
        return self._followed(real, path)

    def _followed(self, place: str, path: str) -> str:
        real = os.path.realpath(place)
        if real != str(self.root) and not real.startswith(self._prefix):
            raise TreeProblem(f"{path} is a link out of the scanned directory")
        return real

    def read_bytes(self, path: str, most: int = MAX_BYTES) -> bytes:
        """The content of a file; only regular files up to `most` bytes."""
        real = self._real(path)
        try:
            return _content(real, path, most)
        except OSError as problem:
            raise TreeProblem(f"{path} cannot be read: {_reason(problem)}") from None

    def read_text(self, path: str) -> str:
        """The content of a UTF-8 file."""
        return decode(self.read_bytes(path), path)

    def exists(self, path: str) -> bool:
        """Whether there is a file or a directory."""
        return Path(self._real(path)).exists()

    def is_dir(self, path: str) -> bool:
        """Whether there is a directory."""
        return Path(self._real(path)).is_dir()

    def files(self, directory: str) -> tuple[str, ...]:
        """The files directly in a directory, links to files among them."""
        inside = normal(directory)
        if inside == self._walked[0]:
            return self._walked[1]
        try:
            return _listed(self._real(inside), inside)[1]
        except OSError as problem:
            raise TreeProblem(f"{directory} cannot be read: {_reason(problem)}") from None

    def walk(self, start: str = ".") -> Iterator[str]:
        """A directory and every one below it, last those that cannot be listed, so that asking
        for their files says why. Links to directories are not followed.
        """
        left = [(normal(start), self._real(start))]
        refused: list[str] = []
        count = 0
        while left:
            inside, real = left.pop()
            try:
                below, files = _listed(real, inside)
            except OSError:
                refused.append(inside)
                continue
            count += 1
            if count > MAX_DIRECTORIES:
                raise TreeProblem(f"more than {MAX_DIRECTORIES} directories")
            prefix = "" if inside == "." else inside + "/"
            left += [(prefix + name, f"{real}/{name}") for name in reversed(below)]
            self._walked = inside, files
            yield inside
            self._walked = "", ()
        yield from sorted(refused)


def _listed(real: str, inside: str) -> tuple[list[str], tuple[str, ...]]:
    """The directories that a walk goes into, by name, and the files, by path, both in order."""
    prefix = "" if inside == "." else inside + "/"
    below, files = [], []
    with os.scandir(real) as entries:
        for entry in entries:
            if not _is_dir(entry):
                files.append(prefix + entry.name)
            elif entry.name not in SKIPPED and not entry.is_symlink():
                below.append(entry.name)
    return sorted(below), tuple(sorted(files))


def _is_link(real: str) -> bool:
    try:
        return stat.S_ISLNK(os.lstat(real).st_mode)
    except OSError:
        return False  # reading it will say why


def _is_dir(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False  # a link in a circle: reading it will say so


def _content(real: str, path: str, most: int) -> bytes:
    # Without waiting: a pipe that nobody writes to would keep whoever opens it.
    with os.fdopen(os.open(real, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise TreeProblem(f"{path} is not a regular file")
        content = file.read(most + 1)
    if len(content) > most:
        raise TreeProblem(f"{path} is larger than {most // 2**20} MiB")
    return content


def _reason(problem: OSError) -> str:
    return (problem.strerror or type(problem).__name__).lower()
