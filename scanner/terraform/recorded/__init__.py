"""A plan or a state in a file, as what a scan reads, with its configuration where that is at hand.

Input: a file, recognised by what is in it. Output: what evaluation gives of a root module.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphs.resource import Resource, Source
from graphs.unknown import unknowns_in
from graphs.verdict import Gap
from scanner.errors import DocumentProblem, TreeProblem, UsageProblem
from scanner.terraform import schema
from scanner.terraform.definitions import Configuration, configuration, sources
from scanner.terraform.evaluate import Evaluated, evaluated, open_root
from scanner.terraform.form import formed
from scanner.terraform.publish import secrets
from scanner.terraform.recorded.documents import At, read_document
from scanner.terraform.recorded.instances import Held, Owners, resources
from scanner.terraform.recorded.plan import is_plan, read_plan
from scanner.terraform.recorded.state import is_state, read_state
from scanner.terraform.recorded.written import bare, joined
from scanner.terraform.roots import find_roots
from scanner.terraform.values.json_text import from_json
from scanner.terraform.variables import Argument
from scanner.tree import Directory


@dataclass(frozen=True, slots=True)
class _Document:
    """What a plan or a state comes to, before its configuration is looked at."""

    found: tuple[Resource, ...]
    blocks: frozenset[str]
    variables: Mapping[str, Any]
    secrets: frozenset[str] = frozenset()
    gaps: tuple[Gap, ...] = ()


def read_recorded(path: Path, source: Path | None, environ: Mapping[str, str]) -> Evaluated:
    """The resources of a plan or a state. `source` is where its configuration is looked for.

    Raises DocumentProblem for a file that cannot be read, and UsageProblem where the configuration
    that is asked for is not the file's.
    """
    try:
        said = _read(*read_document(path))
    except RecursionError:
        raise DocumentProblem(f"{path} is nested too deeply") from None
    written = _configuration(path, source, said, environ)
    found = joined(said.found, written.resources) if written else said.found
    told = {each.id for each in written.resources} if written else set()
    return Evaluated(
        directory=".",
        resources=found,
        outputs={},
        gaps=(*said.gaps, *_unseen(path, found, told)),
        unknowns=(),
        comments=written.comments if written else (),
        sources=written.sources if written else {},
        secrets=said.secrets.union(text for each in found for text in secrets(each)),
    )


def _read(document: At, text: str) -> _Document:
    if is_plan(document):
        plan = read_plan(document, text)
        found, odd = formed(resources(plan.found, Owners(plan.found, plan.providers)))
        return _Document(found, plan.blocks, plan.variables, plan.secrets, (*plan.gaps, *odd))
    if is_state(document):
        held = read_state(document, text)
        found, odd = formed(resources(held, Owners(held)))
        return _Document(found, frozenset(_tops(held)), {}, gaps=odd)
    raise DocumentProblem(f"{document.file} is neither a plan nor a state of terraform")


def _tops(held: Iterable[Held]) -> Iterable[str]:
    """What the root module of a state must declare."""
    for each in held:
        steps = bare(str(each.address)).split(".")
        yield ".".join(steps[: 3 if steps[0] == "data" else 2])


def _unseen(path: Path, found: Iterable[Resource], told: set[str]) -> Iterable[Gap]:
    """Local values and dynamic blocks are in no plan: what is unknown through them stays so."""
    lost = [each for each in found if each.id not in told and _open(each)]
    if lost:
        more = f" and of {len(lost) - 1} more resources" if len(lost) > 1 else ""
        yield Gap(
            "plan-without-source",
            f"{path} alone does not tell what unknown values of {lost[0].id}{more} are made of",
            "local values and dynamic blocks are not in a plan",
            lost[0].origin.place,
            "name the directory of its configuration: --source DIR",
        )


def _open(found: Resource) -> bool:
    """Whether something of a planned resource hangs on what no plan holds."""
    if found.origin.source is not Source.PLAN or found.address.mode == "data":
        return False
    block = schema.resource(found.type)
    written = block.attributes.items() if block else ()
    unseen = (name for name, each in written if each.blocks and each.computed)
    return bool(unknowns_in(dict(found.values))) or any(n not in found.values for n in unseen)


def _configuration(
    path: Path, source: Path | None, said: _Document, environ: Mapping[str, str]
) -> Evaluated | None:
    """The configuration that a file was made from; None where it is not there."""
    tree = Directory(source or path.absolute().parent)
    near, others = _roots(tree, path, source) if said.blocks else ([], [])
    lacking = {each: _lacking(configuration(tree, each), said) for each in (*near, *others)}
    fitting = [n for n in near if not lacking[n]][:1] or [n for n in others if not lacking[n]]
    if len(fitting) == 1:
        values = {name: _argument(value) for name, value in said.variables.items()}
        return evaluated(open_root(tree, fitting[0], environ=environ, values=values))
    if source is None:
        return None
    if fitting:
        fix = f"name one of {', '.join(str(source / each) for each in fitting)}"
        raise UsageProblem(f"{path} may be of several root modules in {source}", fix=fix)
    lacks = min(lacking.values(), key=len, default=[])
    first = f": it has no {lacks[0]}" if lacks else ""
    raise UsageProblem(f"{source} does not hold the configuration of {path}{first}")


def _roots(tree: Directory, path: Path, source: Path | None) -> tuple[list[str], list[str]]:
    """Where the configuration may be: beside the file, else anywhere in what is asked for."""
    if source is None:
        return (["."] if _has_sources(tree, ".") else []), []
    home = path.resolve().parent
    inside = home.relative_to(tree.root).as_posix() if home.is_relative_to(tree.root) else "."
    near = [each for each in dict.fromkeys((inside, ".")) if _has_sources(tree, each)]
    return near, [root.directory for root in find_roots(tree)]


def _has_sources(tree: Directory, directory: str) -> bool:
    try:
        return bool(sources(tree.files(directory)))
    except TreeProblem:
        return False


def _lacking(found: Configuration, said: _Document) -> list[str]:
    """What a file says of its root module that a root module does not declare."""
    declared = {f"module.{name}" for name in found.calls}
    for mode, kind, name in found.resources:
        declared.add(f"{'data.' if mode == 'data' else ''}{kind}.{name}")
    return sorted(said.blocks - declared)


def _argument(value: Any) -> Argument:
    told = from_json(json.dumps(value))
    return lambda _scope: told
