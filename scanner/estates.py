"""What is asked about, as estates: each root module of a directory, or a snapshot's accounts.

Input: a Request. Output: what was read and its estate, one after the other.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from graphs.build import build_estate
from graphs.estate import Estate
from rules.api import Rule
from rules.catalogue import all_rules
from scanner.config import Config
from scanner.terraform.evaluate import Evaluated, evaluate_root
from scanner.terraform.roots import find_roots
from scanner.terraform.variables import Wanted, wanted_by
from scanner.tree import Directory, Tree


@dataclass(frozen=True, slots=True)
class Request:
    """What to read, how, and which rules to judge it by.

    `progress` is told of each root module before it is read.
    """

    path: Path
    config: Config = field(default_factory=Config)
    variables: Mapping[str, str] = field(default_factory=dict)
    var_files: Sequence[str] = ()
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    rules: Sequence[Rule] = field(default_factory=all_rules)
    progress: Callable[[str, int, int], None] = lambda _name, _number, _total: None


@dataclass(frozen=True, slots=True)
class Read:
    """A root module or the accounts of a sweep: what was read, and the estate of it."""

    evaluated: Evaluated
    estate: Estate


Choice = Callable[[Sequence[str]], Sequence[str]]
"""Takes the directories of root modules and gives those to read."""


def estates(request: Request, choose: Choice = lambda found: found) -> Iterator[Read]:
    """The estates of what is asked about; `choose` picks among the root modules of a directory.

    Raises UsageProblem where a variable or a variable file that is asked for does not exist, and
    CloudProblem for a snapshot that cannot be read.
    """
    if request.path.is_file():
        yield _snapshot(request)
        return
    tree = Directory(request.path)
    found = [root.directory for root in find_roots(tree)]
    wanted = wanted_by(tree, found, request.variables, request.var_files)
    chosen = choose(found)
    for number, directory in enumerate(chosen):
        request.progress(directory, number, len(chosen))
        yield _root(tree, directory, wanted[directory], request)


def _snapshot(request: Request) -> Read:
    """The accounts of a sweep, as one estate."""
    from scanner.cloud.live import read_live

    read, resources, coverage = read_live(request.path)
    return Read(read, build_estate(resources, request.config.declared, read.gaps, coverage))


def _root(tree: Tree, directory: str, wanted: Wanted, request: Request) -> Read:
    """One root module, as an estate of its own."""
    settings = request.config.settings(directory)
    evaluated = evaluate_root(
        tree,
        directory,
        variables={**settings.arguments, **wanted.variables},
        var_files=(*settings.files, *wanted.files),
        environ=request.environ,
    )
    declared = request.config.declared
    estate = build_estate(evaluated.resources, declared, evaluated.gaps, name=directory)
    return Read(evaluated, estate)
