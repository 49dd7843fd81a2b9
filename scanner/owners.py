"""Who answers for a resource: whom its tags name, and whom CODEOWNERS names for its file.

Input: an estate and addresses in it. Output: Owners, each once, those of tags first.
"""

import posixpath
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from graphs.estate import Estate
from graphs.nodes import Node
from graphs.unknown import Place
from graphs.verdict import Gap
from scanner.codeowners import Codeowners, find_codeowners
from scanner.errors import TreeProblem
from scanner.result import Owner
from scanner.tree import Directory, Tree

OWNER_TAGS = ("owner", "team")
"""Tags that name who answers for a resource, in whatever case they are written."""


@dataclass(frozen=True, slots=True)
class Ownership:
    """The CODEOWNERS of a repository, and where in it is what was scanned."""

    codeowners: Codeowners | None = None
    below: str = "."
    gaps: tuple[Gap, ...] = ()

    def of(self, estate: Estate, addresses: Iterable[str]) -> tuple[Owner, ...]:
        """The owners of what stands at some addresses."""
        by_id = estate.index.by_id
        nodes = [by_id[each] for each in dict.fromkeys(addresses) if each in by_id]
        found: dict[str, Owner] = {}
        for owner in (*_of_tags(nodes), *self._of_files(nodes)):
            found.setdefault(owner.name, owner)
        return tuple(found.values())

    def _of_files(self, nodes: Sequence[Node]) -> Iterator[Owner]:
        """Whom CODEOWNERS names: for the call of a module, then for what is in it."""
        if self.codeowners is None:
            return
        for node in nodes:
            origin = node.source.origin
            for place in (*origin.calls[:1], origin.place):
                path = self._path(place) if place else ""
                for name, line in self.codeowners.of(path) if path else ():
                    yield Owner(name, "", node.id, self.codeowners.file, line)

    def _path(self, place: Place) -> str:
        """A file from the top of the repository; "" for one that is beside it."""
        path = posixpath.normpath(posixpath.join(self.below, place.file))
        return "" if path.startswith(("/", "../")) or place.file.startswith("(") else path


def _of_tags(nodes: Sequence[Node]) -> Iterator[Owner]:
    for node in nodes:
        for tag, name in sorted(node.tags.items(), key=lambda each: each[0].lower()):
            if tag.lower() in OWNER_TAGS and isinstance(name, str) and name:
                yield Owner(name, tag, node.id)


def ownership(scanned: Path) -> Ownership:
    """The owners of the repository that a directory is in; of the directory outside of any."""
    here = (scanned if scanned.is_dir() else scanned.parent).resolve()
    top = next((home for home in (here, *here.parents) if (home / ".git").exists()), here)
    return owned_by(Directory(top), here.relative_to(top).as_posix())


def owned_by(top: Tree, below: str) -> Ownership:
    """The owners that the tree of a repository names, for what is below one of its directories."""
    try:
        return Ownership(find_codeowners(top), below)
    except TreeProblem as problem:
        return Ownership(None, below, (Gap("unreadable", problem.message, _UNOWNED),))


_UNOWNED = "owners are told by tags alone"
NOBODY = Ownership()
"""Owners by tags alone."""
