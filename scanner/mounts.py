"""Several directories as one Tree: the scanned one, and directories of modules beside it.

A directory that is not within the scanned one appears in it under its name in parentheses, such
as `(modules)`. Nothing else of the machine can be reached by that.
"""

import os
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from scanner.tree import Directory, Tree, decode, normal


class Mounted:
    """A Tree that shows other trees under names at its top."""

    def __init__(self, base: Tree, others: Mapping[str, Tree]) -> None:
        self.base = base
        self.others = dict(others)

    def _at(self, path: str) -> tuple[Tree, str, str]:
        """The tree that holds a path, the path in it, and the name that it stands under."""
        inside = normal(path)
        name, _, rest = inside.partition("/")
        if name in self.others:
            return self.others[name], rest or ".", name
        return self.base, inside, ""

    def read_bytes(self, path: str) -> bytes:
        """The content of a file."""
        tree, inside, _ = self._at(path)
        return tree.read_bytes(inside)

    def read_text(self, path: str) -> str:
        """The content of a UTF-8 file, without a byte order mark."""
        return decode(self.read_bytes(path), path)

    def exists(self, path: str) -> bool:
        """Whether there is a file or a directory."""
        tree, inside, _ = self._at(path)
        return tree.exists(inside)

    def is_dir(self, path: str) -> bool:
        """Whether there is a directory."""
        tree, inside, _ = self._at(path)
        return tree.is_dir(inside)

    def files(self, directory: str) -> tuple[str, ...]:
        """The files directly in a directory."""
        tree, inside, name = self._at(directory)
        found = tree.files(inside)
        return tuple(f"{name}/{each}" for each in found) if name else found

    def walk(self, start: str = ".") -> Iterator[str]:
        """A directory and every one below it; other trees are only walked from within."""
        tree, inside, name = self._at(start)
        for directory in tree.walk(inside):
            yield posixpath.normpath(f"{name}/{directory}") if name else directory


def mounted(
    root: Path | Tree, directories: Sequence[Path], home: Path | None = None
) -> tuple[Tree, tuple[str, ...]]:
    """A directory as a Tree, and the paths in it of other directories, wherever they are.

    A Tree stands for the directory `home`: what lies in there is taken of the Tree, if it is there.
    Raises TreeProblem where one of them is no directory.
    """
    base = Directory(root) if isinstance(root, Path) else root
    top = Path(os.path.realpath(home or str(root)))
    others: dict[str, Tree] = {}
    paths = []
    for each in directories:
        real = Path(os.path.realpath(each))
        inside = real.relative_to(top).as_posix() if real.is_relative_to(top) else ""
        if inside and base.is_dir(inside):
            paths.append(inside)
            continue
        name = _free_name(base, others, real.name or "modules")
        others[name] = Directory(each)
        paths.append(name)
    return (Mounted(base, others) if others else base), tuple(paths)


def _free_name(base: Tree, taken: Mapping[str, Tree], name: str) -> str:
    found, number = f"({name})", 1
    while found in taken or base.exists(found):
        number += 1
        found = f"({name} {number})"
    return found
