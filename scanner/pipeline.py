"""The way of the data, on one screen: tree -> resources -> estate -> findings -> result."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from graphs.attack.paths import attack_paths
from graphs.build import build_estate
from graphs.estate import Estate
from graphs.verdict import Gap
from rules.api import Rule
from rules.catalogue import all_rules
from rules.duties import frameworks
from scanner.config import Config
from scanner.findings import judge
from scanner.frameworks import assess
from scanner.redact import redacted
from scanner.result import Result
from scanner.terraform.evaluate import Evaluated, evaluate_root
from scanner.terraform.roots import Root, find_roots
from scanner.terraform.variables import Wanted, wanted_by
from scanner.tree import Directory, Tree
from scanner.views import Scanned, result


@dataclass(frozen=True, slots=True)
class Request:
    """What to scan and how. `progress` is told of each root module before it is read."""

    path: Path
    config: Config = field(default_factory=Config)
    variables: Mapping[str, str] = field(default_factory=dict)
    var_files: Sequence[str] = ()
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    rules: Sequence[Rule] = field(default_factory=all_rules)
    progress: Callable[[str, int, int], None] = lambda _name, _number, _total: None


def scan(request: Request) -> Result:
    """Scan every root module of a directory as an estate of its own, or a snapshot as one.

    Raises UsageProblem where a variable or a variable file that is asked for does not exist.
    """
    if request.path.is_file():
        return _told(request, (scan_snapshot(request),), ())
    tree = Directory(request.path)
    found = find_roots(tree)
    wanted = wanted_by(tree, [r.directory for r in found], request.variables, request.var_files)
    roots = []
    for number, root in enumerate(found):
        request.progress(root.directory, number, len(found))
        roots.append(scan_root(tree, root.directory, wanted[root.directory], request))
    return _told(request, roots, _empty(found))


def _told(request: Request, roots: Sequence[Scanned], gaps: tuple[Gap, ...]) -> Result:
    """What all of it says."""
    estates = [root.estate for root in roots]
    findings = [finding for root in roots for finding in root.findings]
    duties = [
        (each, assess(each, request.rules, findings, estates)) for each in frameworks() if estates
    ]
    told = result(str(request.path), roots, gaps, request.rules, duties)
    return redacted(told, {text for root in roots for text in root.evaluated.secrets})


def scan_root(tree: Tree, directory: str, wanted: Wanted, request: Request) -> Scanned:
    """One root module: evaluate it, build its estate, judge it."""
    evaluated, estate = read_root(tree, directory, wanted, request)
    return Scanned(evaluated, estate, judge(estate, request.rules), attack_paths(estate))


def scan_snapshot(request: Request) -> Scanned:
    """The accounts of a sweep, as one estate."""
    evaluated, estate = read_sweep(request)
    return Scanned(evaluated, estate, judge(estate, request.rules), attack_paths(estate))


def read_sweep(request: Request) -> tuple[Evaluated, Estate]:
    """What a sweep read, and its estate."""
    from scanner.cloud.live import read_live

    read, resources, coverage = read_live(request.path)
    declared = request.config.declared
    return read, build_estate(resources, declared, read.gaps, coverage)


def read_root(
    tree: Tree, directory: str, wanted: Wanted, request: Request
) -> tuple[Evaluated, Estate]:
    """One root module, evaluated, and its estate."""
    settings = request.config.settings(directory)
    evaluated = evaluate_root(
        tree,
        directory,
        variables={**settings.arguments, **wanted.variables},
        var_files=(*settings.files, *wanted.files),
        environ=request.environ,
    )
    declared = request.config.declared
    return evaluated, build_estate(evaluated.resources, declared, evaluated.gaps, name=directory)


def _empty(found: Sequence[Root]) -> tuple[Gap, ...]:
    """Nothing to scan is something to say."""
    if found:
        return ()
    return (Gap("no-terraform", "there is no Terraform here", "nothing was judged"),)
