"""One root module to its resources: the value terraform would compute, or why it is not known."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from graphs.resource import Resource
from graphs.resource import Value as Plain
from graphs.unknown import Place, Unknown
from graphs.verdict import Gap
from scanner.terraform.definitions import configuration
from scanner.terraform.expressions import KINDS
from scanner.terraform.modules import Module, all_modules
from scanner.terraform.publish import plain, resources, secrets
from scanner.terraform.scope import Session
from scanner.terraform.variables import settings
from scanner.tree import Tree, normal

FRAMES: Final = 12_000
"""Python frames that evaluation may use: values that depend on each other recurse."""


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A root module, evaluated.

    `unknowns` are its variables without a value. `comments` are those that may be waivers.
    `sources` are the files that were read, with their lines, in the root module and all that it
    calls. `secrets` are the texts in resources that are held sensitive.
    """

    directory: str
    resources: tuple[Resource, ...]
    outputs: Mapping[str, Plain]
    gaps: tuple[Gap, ...]
    unknowns: tuple[Unknown, ...]
    comments: tuple[tuple[Place, str], ...]
    sources: Mapping[str, int]
    secrets: frozenset[str] = frozenset()

    @property
    def files(self) -> int:
        """How many files were read."""
        return len(self.sources)

    @property
    def lines(self) -> int:
        """How many lines they have."""
        return sum(self.sources.values())


def evaluate_root(
    tree: Tree,
    directory: str,
    *,
    variables: Mapping[str, str] | None = None,
    var_files: Sequence[str] = (),
    environ: Mapping[str, str] | None = None,
    workspace: str = "default",
) -> Evaluated:
    """Evaluate one root module with all the modules that it calls.

    Raises UsageProblem where a variable or a variable file that is asked for does not exist.
    Whatever else goes wrong is a Gap, and the value that is concerned an Unknown.
    """
    session = Session(tree, normal(directory), KINDS, environ or {}, workspace)
    found = configuration(tree, session.directory)
    arguments = settings(session, found, variables or {}, var_files)
    with _deep():
        root = Module(session, found, arguments)
        modules = all_modules(root)
        made = tuple([each for module in modules for each in resources(module)])
        outputs = {name: plain(root.output(name), name, set()) for name in found.outputs}
        for module in modules:
            module.check()
    return _collected(session, modules, made, outputs)


def _collected(
    session: Session,
    modules: list[Module],
    made: tuple[Resource, ...],
    outputs: Mapping[str, Plain],
) -> Evaluated:
    read = {module.directory: module.configuration for module in modules}
    return Evaluated(
        directory=session.directory,
        resources=made,
        outputs=outputs,
        gaps=tuple(session.gaps),
        unknowns=tuple(sorted(session.unset, key=lambda unknown: unknown.what)),
        comments=tuple([each for found in read.values() for each in found.comments]),
        sources={file.name: _lines(file.text) for found in read.values() for file in found.files},
        secrets=frozenset(text for each in made for text in secrets(each)),
    )


def _lines(text: str) -> int:
    return text.count("\n") + (not text.endswith("\n") and text != "")


@contextmanager
def _deep() -> Iterator[None]:
    """Room for deep recursion, which needs no C stack since Python 3.11."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, FRAMES))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
