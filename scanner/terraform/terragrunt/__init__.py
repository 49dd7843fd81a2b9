"""Terragrunt: units, each a root module that is given its inputs by a terragrunt.hcl.

Only what is in the tree is read, and nothing is run. A unit's inputs reach its module as TF_VAR_
variables do: over defaults, below variable files.
https://terragrunt.gruntwork.io/docs/reference/config-blocks-and-attributes/
"""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from graphs.unknown import Cause, Place, Unknown, unknowns_in
from graphs.verdict import Gap
from scanner.errors import SyntaxProblem, TreeProblem
from scanner.terraform.definitions import Configuration, Definition, configuration, sources
from scanner.terraform.evaluate import deep
from scanner.terraform.functions.paths import CHECKOUT
from scanner.terraform.gaps import Gaps
from scanner.terraform.modules import Module
from scanner.terraform.scope import Scope
from scanner.terraform.syntax import parse
from scanner.terraform.terragrunt.config import Config
from scanner.terraform.values import Value, unmark
from scanner.terraform.values.symbols import part
from scanner.terraform.variables import Argument
from scanner.tree import Tree, normal

FILE: Final = "terragrunt.hcl"
_HERE: Final = "the scanned directory"


@dataclass
class Unit:
    """A directory with a terragrunt.hcl that names a module in the tree; `module` is "" if none."""

    directory: str
    module: str
    config: Config

    def arguments(self, found: Configuration) -> dict[str, Argument]:
        """What the variables of the module are set to, each worked out when it is asked for."""
        return {name: self._argument(name, each) for name, each in found.variables.items()}

    def _argument(self, name: str, definition: Definition) -> Argument:
        def value(scope: Scope) -> Value:
            given = unmark(self.config.inputs())[0]
            if isinstance(given, Unknown):
                return part(given, f".{name}")
            if isinstance(given, dict) and name in given:
                return given[name]
            default = definition.body.attributes.get("default")
            return scope.evaluate(default.expr) if default else _unset(name, definition, scope)

        return value

    def attach(self, root: Module, units: Mapping[str, str]) -> Module:
        """The unit's module, which hears of what goes wrong here. `units` are roots by unit."""
        self.config.attach(root.session, units)
        return root


def _unset(name: str, definition: Definition, scope: Scope) -> Unknown:
    unknown = Unknown(Cause.VARIABLE, f"var.{name}", (), definition.place)
    scope.session.unset[unknown] = None
    return unknown


@dataclass(frozen=True, slots=True)
class Units:
    """The units of a tree, by the directory of their module."""

    by_module: Mapping[str, list[Unit]] = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()
    """Why other units are not judged: what they deploy is not in the tree, or not known."""

    @property
    def lost(self) -> list[str]:
        """The directories of those other units."""
        places = (each.place for each in self.gaps)
        return sorted({posixpath.dirname(each.file) or "." for each in places if each})

    def of(self, directory: str) -> "list[Unit | None]":
        """The units that deploy a module; None for a root module that no unit deploys."""
        return [*self.by_module.get(directory, ())] or [None]


def find_units(tree: Tree, environ: Mapping[str, str]) -> Units:
    """Every unit of a tree."""
    found: dict[str, list[Unit]] = {}
    gaps = Gaps()
    for directory in tree.walk():
        for unit in _unit(tree, directory, environ):
            if unit.module:
                found.setdefault(unit.module, []).append(unit)
            else:
                gaps.update(unit.config.session.gaps)
    return Units(found, tuple(gaps))


def _unit(tree: Tree, directory: str, environ: Mapping[str, str]) -> Iterator[Unit]:
    """The unit in a directory; a file that others only include is none."""
    path = posixpath.join(directory, FILE) if directory != "." else FILE
    try:
        if path not in tree.files(directory):
            return
        config = Config.read(tree, path, directory, environ)
    except TreeProblem:
        return
    except SyntaxProblem as problem:
        config = Config(tree, parse("", path), directory, environ)
        place = Place(path, problem.line, problem.line)
        config.session.gap("syntax-error", problem.message, "the unit is not read", place)
        yield Unit(directory, "", config)
        return
    with deep():
        yield from _sourced(tree, directory, config)


def _sourced(tree: Tree, directory: str, config: Config) -> Iterator[Unit]:
    """The unit with its module: what `terraform.source` names, else the directory itself."""
    source = unmark(config.source())[0]
    if source is None:
        if sources(tree.files(directory)):
            yield Unit(directory, directory, config)
        return
    module = config.located(_bare(source) if isinstance(source, str) else source)
    if module is None or not _holds(tree, module):
        holes = sorted(
            {root.what for each in unknowns_in(source) for root in each.roots} - {CHECKOUT}
        )
        said = f"its source hangs on {', '.join(holes)}" if holes else f"{source} is not in {_HERE}"
        what = f"unit {directory}: {said}"
        config.session.gap("module-missing", what, "what it deploys is not judged", config.place)
        module = None
    yield Unit(directory, module or "", config)


def _bare(source: str) -> str:
    """A local source without the mark of what has to be copied with it.

    >>> _bare("../../modules//network")
    '../../modules/network'
    """
    local = source.startswith((".", "/")) and "::" not in source
    return source.replace("//", "/") if local else "\0"


def _holds(tree: Tree, directory: str) -> bool:
    try:
        return tree.is_dir(directory) and bool(configuration(tree, normal(directory)).files)
    except TreeProblem:
        return False
