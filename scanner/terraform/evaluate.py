"""One root module to its resources: the value terraform would compute, or why it is not known."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Final
from weakref import WeakKeyDictionary

from graphs.resource import Resource
from graphs.resource import Value as Plain
from graphs.unknown import Place, Unknown
from graphs.verdict import Gap
from scanner.terraform.backends import states
from scanner.terraform.definitions import configuration
from scanner.terraform.expressions import KINDS
from scanner.terraform.inputs import settings
from scanner.terraform.modules import Module, all_modules, idle
from scanner.terraform.publish import plain, resources, secrets, shown, texts
from scanner.terraform.refusals.checks import check_module
from scanner.terraform.refusals.cycles import check_cycles
from scanner.terraform.remarks import Remark
from scanner.terraform.scope import Session
from scanner.terraform.told import Told
from scanner.terraform.values import weight
from scanner.terraform.values.weight import IN_ALL, LEAST_WORK
from scanner.terraform.variables import Argument
from scanner.tree import Tree, normal

FRAMES: Final = 12_000
"""Python frames that evaluation may use: values that depend on each other recurse."""


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A root module, evaluated.

    `unknowns` are its variables without a value. `comments` are those that may be waivers.
    `sources` are the files that were read, with their lines, in the root module and all that it
    calls. `secrets` are the texts in resources that are held sensitive. `idle` are the
    directories of modules that are called, but with no instance, and where. `parts` are the root
    modules of which this is the whole, where several make one estate. `states` are where Terraform
    keeps what it knows of them.
    """

    directory: str
    resources: tuple[Resource, ...]
    outputs: Mapping[str, Plain]
    gaps: tuple[Gap, ...]
    unknowns: tuple[Unknown, ...]
    comments: tuple[Remark, ...]
    sources: Mapping[str, int]
    secrets: frozenset[str] = frozenset()
    environment: str = ""
    idle: Mapping[str, Place] = field(default_factory=dict)
    parts: "tuple[Evaluated, ...]" = ()
    states: tuple[Resource, ...] = ()

    @property
    def name(self) -> str:
        """What reports call it: its directory, and the environment that it was evaluated for."""
        return called(self.directory, self.environment)

    @property
    def files(self) -> int:
        """How many files were read."""
        return len(self.sources)

    @property
    def lines(self) -> int:
        """How many lines they have."""
        return sum(self.sources.values())


def called(directory: str, environment: str) -> str:
    """What a root module is called in an environment."""
    return f"{directory} [{environment}]" if environment else directory


def evaluate_root(
    tree: Tree,
    directory: str,
    *,
    told: Sequence[Told] = (),
    environ: Mapping[str, str] | None = None,
    workspace: str = "",
    environment: str = "",
    libraries: tuple[str, ...] = (),
) -> Evaluated:
    """Evaluate one root module with all the modules that it calls.

    Raises UsageProblem where a variable or a variable file that is asked for does not exist.
    Whatever else goes wrong is a Gap, and the value that is concerned an Unknown.
    """
    root = open_root(
        tree,
        directory,
        told=told,
        environ=environ,
        workspace=workspace,
        libraries=libraries,
    )
    return evaluated(root, environment)


def open_root(  # noqa: PLR0913  what a root module is opened with
    tree: Tree,
    directory: str,
    *,
    told: Sequence[Told] = (),
    environ: Mapping[str, str] | None = None,
    workspace: str = "",
    libraries: tuple[str, ...] = (),
    inputs: Mapping[str, Argument] | None = None,
    values: Mapping[str, Argument] | None = None,
) -> Module:
    """A root module whose values are computed when something asks for them.

    Of variables, `inputs` yield to whatever sets them otherwise, and `values` to nothing.
    Raises UsageProblem as `evaluate_root` does.
    """
    session = Session(tree, normal(directory), KINDS, environ or {}, workspace, libraries)
    found = configuration(tree, session.directory)
    arguments = {**(inputs or {}), **settings(session, found, told), **(values or {})}
    return Module(session, found, arguments)


def evaluated(root: Module, environment: str = "") -> Evaluated:
    """Everything in a root module."""
    with deep(), _share(root.session):
        modules = all_modules(root)
        made = tuple([each for module in modules for each in resources(module)])
        outputs = {
            name: plain(root.output(name), name, set()) for name in root.configuration.outputs
        }
        for module in modules:
            check_module(module)
        check_cycles(root.session, made, modules)
        kept = states(root)
    return replace(_collected(root.session, modules, made, outputs, environment), states=kept)


def _collected(
    session: Session,
    modules: list[Module],
    made: tuple[Resource, ...],
    outputs: Mapping[str, Plain],
    environment: str,
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
        secrets=frozenset(chain.from_iterable(map(secrets, made))) | _told(session, made),
        environment=environment,
        idle=idle(modules),
    )


def _told(session: Session, made: Iterable[Resource]) -> frozenset[str]:
    """The texts in outputs that are held sensitive, but for those that resources show openly."""
    held = frozenset(chain.from_iterable(map(texts, session.confidential)))
    return held - frozenset(chain.from_iterable(map(shown, made))) if held else held


def _lines(text: str) -> int:
    return text.count("\n") + (not text.endswith("\n") and text != "")


_WORK: WeakKeyDictionary[Tree, int] = WeakKeyDictionary()
"""What evaluating the root modules of a tree took so far."""


@contextmanager
def _share(session: Session) -> Iterator[None]:
    """What is left to a root module of the work that all of its tree may take."""
    scales, done = session.scales, _WORK.get(session.tree, 0)
    left = IN_ALL * weight.MAX_WORK - done + scales.work
    scales.most = min(weight.MAX_WORK, max(LEAST_WORK, left))
    try:
        yield
    finally:
        _WORK[session.tree] = done + scales.work


@contextmanager
def deep() -> Iterator[None]:
    """Room for deep recursion, which needs no C stack since Python 3.11."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, FRAMES))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
