"""Which directories are root modules: those with configuration that no other one calls."""

import posixpath
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from scanner.errors import TreeProblem
from scanner.terraform.definitions import Configuration, configuration, sources
from scanner.tree import Tree


@dataclass(frozen=True, slots=True)
class Root:
    """A root module; `certain` if it configures providers or a backend and nothing calls it."""

    directory: str
    certain: bool = False


def find_roots(
    tree: Tree, libraries: Sequence[str] = (), declared: Collection[str] = ()
) -> tuple[Root, ...]:
    """The root modules of a tree, sorted by directory.

    What stands in `libraries` are modules to call, whether something does or not; those that are
    `declared` are roots in any case. Where modules only call each other in circles, all of them
    are roots.
    """
    found = _configured(tree)
    called = {target for each in found for target in _called(each) if target != each.directory}
    roots = [
        each
        for each in found
        if each.directory in declared
        or (each.directory not in called and not _below(each.directory, libraries))
    ]
    return tuple(Root(each.directory, _certain(each)) for each in roots or found)


def _below(directory: str, libraries: Sequence[str]) -> bool:
    return any(directory == each or directory.startswith(f"{each}/") for each in libraries)


def _configured(tree: Tree) -> list[Configuration]:
    found = []
    for directory in tree.walk():
        if _has_sources(tree, directory):
            found.append(configuration(tree, directory))
    return sorted(found, key=lambda each: each.directory)


def _has_sources(tree: Tree, directory: str) -> bool:
    """Whether there is configuration; a directory that cannot be listed may well hold some."""
    try:
        return bool(sources(tree.files(directory)))
    except TreeProblem:
        return True  # its configuration is empty but for the Gap that says why


def _called(found: Configuration) -> set[str]:
    """The directories that local module calls name."""
    targets = set()
    for call in found.calls.values():
        stated = call.body.attributes.get("source")
        if stated is not None and stated.expr[0] == "lit":
            source = str(stated.expr[3])
            if source.startswith(("./", "../")) or source in (".", ".."):
                targets.add(posixpath.normpath(posixpath.join(found.directory, source)))
    return targets


def _certain(found: Configuration) -> bool:
    """Whether a directory must be a root: it configures a provider, a backend or a cloud."""
    if found.providers:
        return True
    return any(
        block.type in ("backend", "cloud")
        for setting in found.settings
        for block in setting.body.blocks
    )
