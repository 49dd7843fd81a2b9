"""What pathwarden.yaml says of root modules and of directories of modules.

Input: the entries of the file. Output: settings by the way from the scanned directory, or a
ConfigProblem with file and line.
"""

import posixpath
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from graphs.unknown import Place
from scanner.errors import ConfigProblem, TreeProblem
from scanner.terraform.told import Told, Var, VarFile
from scanner.tree import normal

if TYPE_CHECKING:
    from scanner.config_file import EnvironmentEntry, RootEntry
    from scanner.yaml_text import Document


@dataclass(frozen=True, slots=True)
class RootSettings:
    """What one root module is evaluated with; paths are relative to the scanned directory.

    `environment` is the name of the environment that it is for, "" where the root has none.
    """

    variables: Mapping[str, object] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    workspace: str = ""
    place: Place | None = None
    environment: str = ""
    environments: tuple["RootSettings", ...] = ()
    before: tuple[Told, ...] = ()
    """What the root module says for all of its environments."""

    @property
    def told(self) -> tuple[Told, ...]:
        """As one would tell terraform: files, then variables, text as it is and the rest as HCL."""
        files = (VarFile(file) for file in self.files)
        variables = (Var(name, _argument(value)) for name, value in self.variables.items())
        return (*self.before, *files, *variables)

    def turns(self, chosen: Collection[str] = ()) -> tuple["RootSettings", ...]:
        """The settings to judge it under: itself, or each of its environments that is chosen."""
        if not self.environments:
            return (self,)
        return tuple(e for e in self.environments if not chosen or e.environment in chosen)

    def alone(self, chosen: Collection[str] = ()) -> "RootSettings":
        """The settings to ask under: those of the one environment chosen, else of the root."""
        turns = self.turns(chosen)
        return turns[0] if len(turns) == 1 else self


def _argument(value: object) -> str:
    if isinstance(value, str):
        return value
    import json

    # JSON is HCL, but for the openings of templates, which are doubled to stand for themselves.
    text = json.dumps(value, ensure_ascii=False)
    return text.replace("${", "$${").replace("%{", "%%{")


def read_roots(
    roots: Mapping[str, "RootEntry"], document: "Document", below: str
) -> Iterator[tuple[str, RootSettings]]:
    """Settings of the roots within the scanned directory, with paths relative to it."""
    seen: set[str] = set()
    for name, entry in roots.items():
        place = document.place(f"$.roots.{name}")
        directory = posixpath.relpath(_path(name, place), below)
        if directory in seen:
            raise ConfigProblem(f"root {name!r} stands twice", place)
        seen.add(directory)
        if not _leaves(directory):
            yield directory, _root(entry, below, place)


def _root(entry: "RootEntry", below: str, place: Place) -> RootSettings:
    own = _turn(entry, below, place)
    environments = [
        replace(
            _turn(each, below, place),
            environment=name,
            workspace=each.workspace or own.workspace,
            before=own.told,
        )
        for name, each in entry.environments.items()
    ]
    return replace(own, environments=tuple(environments))


def _turn(entry: "RootEntry | EnvironmentEntry", below: str, place: Place) -> RootSettings:
    files = tuple(_file(file, below, place) for file in entry.var_files)
    return RootSettings(dict(entry.vars), files, entry.workspace, place)


def read_modules(
    names: Sequence[str], document: "Document", below: str
) -> Iterator[tuple[str, Place]]:
    """The directories of modules, with paths relative to the scanned directory, and their lines."""
    for at, name in enumerate(names):
        place = document.place(f"$.modules[{at}]")
        yield posixpath.relpath(_path(name, place), below), place


def _file(name: str, below: str, place: Place) -> str:
    file = posixpath.relpath(_path(name, place), below)
    if _leaves(file):
        raise ConfigProblem(
            f"{name} is outside the scanned directory", place, "scan a directory that holds it"
        )
    return file


def _path(text: str, place: Place) -> str:
    try:
        return normal(text)
    except TreeProblem as problem:
        raise ConfigProblem(problem.message, place, problem.fix) from None


def _leaves(path: str) -> bool:
    return path == ".." or path.startswith("../")
