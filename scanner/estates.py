"""What is asked about, as estates: each root module of a directory, a plan, a state, a snapshot's
accounts, or those that answers of the AWS CLI describe.

Input: a Request. Output: what was read and its estate, one after the other.
"""

import os
import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from graphs.build import build_estate
from graphs.build.declared import Declared
from graphs.estate import Estate
from graphs.resource import LIVE, Resource
from graphs.verdict import Coverage, Gap
from scanner.cloud.snapshot import is_snapshot
from scanner.config import Config
from scanner.errors import ConfigProblem, UsageProblem
from scanner.mounts import mounted
from scanner.owners import Ownership
from scanner.startup import settle
from scanner.terraform.definitions import OURS, configuration, read_with
from scanner.terraform.evaluate import Evaluated, called, open_root
from scanner.terraform.inputs import wanted_by
from scanner.terraform.modules import Module
from scanner.terraform.repository import Member, Repository
from scanner.terraform.repository.joining import read_together
from scanner.terraform.roots import find_roots
from scanner.terraform.syntax import File
from scanner.terraform.terragrunt import Unit, Units, find_units
from scanner.terraform.told import Told
from scanner.tree import Tree, normal
from scanner.waivers.waiver import Key, Waiver

if TYPE_CHECKING:
    from rules.api import Rule

MOST_ROOTS: Final = 12
LARGE: Final = 20_000
"""Nodes of an estate that are worth leaving out of what is collected."""


def _every_rule() -> "Sequence[Rule]":
    from rules.catalogue import all_rules  # here, since most questions are of no rule

    return all_rules()


@dataclass(frozen=True, slots=True)
class Request:
    """What to read, how, and which rules to judge it by.

    `told` and `workspace` are what the command line says to every root module, over what the
    config says. `environments` are those of the config to read, all if there are none. `modules`
    are directories of modules. `source` is where the configuration of a plan or a state is.
    `live` is a snapshot of the accounts that the code is for. `parser` is who reads native syntax.
    `checkov` is for how many seconds Checkov may look beside us; 0 does not ask it.
    `tree` is read instead of the directory at `path`, such as a revision of it. `lacking` says what
    may name nothing here, since it is about another revision too: "roots" of the config, "told".
    `progress` is told of each root module before it is read, `known` gives the estate of what was
    read where that was built before, and `parsed` holds files that need not be parsed again.
    `owned` says who owns the files, where that is not asked of the directory around `path`.
    `baseline` are findings that are known, and `admitted` what the base of a merge waives, None
    where nothing is merged; what else is waived is shown and does not count. `today` is the day by
    which waivers expire, of UTC.
    """

    path: Path
    config: Config = field(default_factory=Config)
    told: Sequence[Told] = ()
    workspace: str = ""
    environments: Sequence[str] = ()
    modules: Sequence[Path] = ()
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    source: Path | None = None
    live: Path | None = None
    parser: str = OURS
    rules: "Sequence[Rule]" = field(default_factory=_every_rule)
    tree: Tree | None = None
    lacking: frozenset[str] = frozenset()
    parsed: dict[str, File] | None = None
    known: "Callable[[Evaluated], Estate | None]" = lambda _read: None
    checkov: float = 0.0
    progress: Callable[[str, int, int], None] = lambda _name, _number, _total: None
    owned: Ownership | None = None
    baseline: Sequence[Waiver] = ()
    admitted: Mapping[Key, date] | None = None
    today: date = field(default_factory=lambda: datetime.now(UTC).date())


@dataclass(frozen=True, slots=True)
class Read:
    """A root module or the accounts of a sweep: what was read, and the estate of it."""

    evaluated: Evaluated
    estate: Estate


Choice = Callable[[Sequence[str]], Sequence[str]]
"""Takes the directories of root modules and gives those to read."""


def check_root(path: Path, root: str | None) -> None:
    """Raise UsageProblem where a root module of a file is asked for."""
    if root is not None and path.is_file():
        raise UsageProblem(f"--root is for directories, and {path} is a file")


def only(root: str | None) -> Choice:
    """Chooses one root module, all if none is named. Raises UsageProblem if it is not here."""

    def choose(found: Sequence[str]) -> Sequence[str]:
        if root is None or not found:
            return found
        directory = normal(root)
        if directory not in found:
            raise UsageProblem(f"{root} is no root module here; there is {named(found)}")
        return (directory,)

    return choose


def named(roots: Sequence[str]) -> str:
    """Root modules for people, a long list cut short."""
    more = len(roots) - MOST_ROOTS
    return ", ".join(roots[:MOST_ROOTS]) + (f" and {more} more" if more > 0 else "")


def estates(request: Request, choose: Choice = lambda found: found) -> Iterator[Read]:
    """The estates of what is asked about; `choose` picks among the root modules of a directory.

    Raises UsageProblem where a variable or a variable file that is asked for does not exist, and
    CloudProblem or DocumentProblem for a file that cannot be read.
    """
    if request.tree is None and request.path.is_file():
        if request.live is not None:
            raise UsageProblem(f"{request.path} is a file: only directories go with a snapshot")
        yield _file(request)
        return
    tree, libraries = tree_of(request)
    units = find_units(tree, request.environ)
    roots = (root.directory for root in find_roots(tree, libraries, request.config.roots))
    found = sorted({*roots, *units.by_module}) or units.lost[:1]
    if "roots" not in request.lacking:
        _check_declared(found, request.config)
    if not found and request.tree is None and _described(request.path):
        yield _live(request)
        return
    turns = [each for turn in _turns(tree, found, request) for each in turn.of(units)]
    live, coverage = _beneath(request)
    repository = Repository(list(_members(tree, turns, libraries, request)), live)
    wanted = choose(found)
    chosen = [turn.name for turn in turns if turn.directory in wanted]
    lost = units.gaps
    for each in read_together(repository, chosen, request.progress):
        declared = request.config.declared
        gaps, lost = (*each.gaps, *lost), ()
        estate = request.known(each)
        yield Read(
            each,
            estate or _built((*each.resources, *each.states), declared, gaps, coverage, each.name),
        )


def _built(
    resources: Iterable[Resource],
    declared: Declared,
    gaps: Iterable[Gap],
    coverage: Coverage | None = None,
    name: str = ".",
) -> Estate:
    estate = build_estate(resources, declared, gaps, coverage, name)
    if len(estate.index.nodes) > LARGE:
        settle()
    return estate


def beside(request: Request, directory: str) -> list[Member]:
    """The root modules whose values one in a directory may read, to be opened when it does."""
    tree, libraries = tree_of(request)
    units = find_units(tree, request.environ)
    roots = (root.directory for root in find_roots(tree, libraries, request.config.roots))
    others = sorted({*roots, *units.by_module} - {normal(directory)})
    turns = _turns(tree, others, replace(request, told=(), environments=()))
    spread = [each for turn in turns for each in turn.of(units)]
    return list(_members(tree, spread, libraries, request))


def _beneath(request: Request) -> tuple[Evaluated | None, Coverage | None]:
    """What is live where the code is at home, and what of it was read."""
    if request.live is None:
        return None, None
    from scanner.cloud.live import read_live

    read, resources, coverage = read_live(request.live)
    return replace(read, directory=LIVE, resources=resources), coverage


def tree_of(request: Request) -> tuple[Tree, tuple[str, ...]]:
    """The scanned directory as a Tree, and where in it directories of modules are."""
    directories = [*request.modules, *(request.path / name for name in request.config.modules)]
    tree, paths = mounted(request.tree or request.path, directories, request.path)
    read_with(tree, request.parser, request.parsed)
    return tree, paths


def _check_declared(found: Sequence[str], config: Config) -> None:
    """Raise ConfigProblem for what the config takes for a root module and is none."""
    for directory, settings in config.roots.items():
        if directory not in found:
            raise ConfigProblem(f"there is no Terraform in {directory}", settings.place)


def _file(request: Request) -> Read:
    """A snapshot, or a plan or a state of terraform, as one estate."""
    if is_snapshot(request.path):
        return _live(request)
    from scanner.terraform.recorded import read_recorded

    if request.told or request.environments or request.workspace:
        raise UsageProblem(f"{request.path} is a file: variables are for directories")
    read = read_recorded(request.path, request.source, request.environ)
    return Read(read, _built(read.resources, request.config.declared, read.gaps))


def _described(path: Path) -> bool:
    """Whether a directory without Terraform holds answers of the AWS CLI."""
    from scanner.cloud.described import holds_answers

    return holds_answers(path)


def _live(request: Request) -> Read:
    """The accounts of a sweep, or of answers of the AWS CLI, as one estate."""
    from scanner.cloud.live import read_live

    read, resources, coverage = read_live(request.path)
    return Read(read, _built(resources, request.config.declared, read.gaps, coverage))


@dataclass(frozen=True, slots=True)
class Turn:
    """One root module under the settings of one of its environments, or as a unit deploys it."""

    directory: str
    told: Sequence[Told]
    workspace: str
    environment: str
    unit: Unit | None = None

    @property
    def name(self) -> str:
        """What it is called among others."""
        return called(self.directory, self.environment)

    def of(self, units: Units) -> Iterator["Turn"]:
        """One for each unit of Terragrunt that deploys the module; itself where none does."""
        for unit in units.of(self.directory):
            if unit is None:
                yield self
            else:
                own = "" if unit.directory == self.directory else unit.directory
                name = " of ".join(filter(None, (self.environment, own)))
                yield replace(self, environment=name, unit=unit)


def _turns(tree: Tree, directories: Sequence[str], request: Request) -> Iterator[Turn]:
    wanted = wanted_by(tree, directories, request.told, strict="told" not in request.lacking)
    settings = {each: request.config.settings(each) for each in directories}
    known = {e.environment for each in settings.values() for e in each.environments}
    for name in request.environments:
        if name not in known:
            raise UsageProblem(f"no root module here has an environment {name!r}", fix=_DECLARED)
    for directory, own in settings.items():
        for each in own.turns(request.environments):
            told = (*each.told, *wanted[directory])
            workspace = request.workspace or each.workspace
            yield Turn(directory, told, workspace, each.environment)


_DECLARED: Final = "pathwarden.yaml declares environments under roots"


def _members(
    tree: Tree, turns: Sequence[Turn], libraries: tuple[str, ...], request: Request
) -> Iterator[Member]:
    deployed = {turn.unit.directory: turn.name for turn in turns if turn.unit}
    for turn in turns:
        yield _member(tree, turn, libraries, request, deployed)


def _member(
    tree: Tree,
    turn: Turn,
    libraries: tuple[str, ...],
    request: Request,
    deployed: Mapping[str, str],
) -> Member:
    """One root module in one environment, to be opened when it is asked for."""

    def opened() -> Module:
        unit = turn.unit
        inputs = unit.arguments(configuration(tree, turn.directory)) if unit else None
        root = open_root(
            tree,
            turn.directory,
            told=turn.told,
            environ=request.environ,
            workspace=turn.workspace,
            libraries=libraries,
            inputs=inputs,
        )
        return unit.attach(root, deployed) if unit else root

    return Member(turn.name, turn.environment, opened)


def idle(read: Sequence[Evaluated]) -> tuple[Gap, ...]:
    """The modules of which no root module makes an instance: nothing of them is judged."""
    judged = {posixpath.dirname(file) or "." for each in read for file in each.sources}
    found = {home: place for each in read for home, place in each.idle.items()}
    return tuple(
        Gap("no-instance", f"{home} is called, but with no instance", _UNJUDGED, place, _ENABLE)
        for home, place in sorted(found.items())
        if home not in judged
    )


_UNJUDGED: Final = "what it would make is not judged"
_ENABLE: Final = "set what its count or for_each hangs on, or scan the directory itself"
