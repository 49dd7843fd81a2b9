"""The estates of a directory as text for other eyes and programs: what `pathwarden graph` writes.

Input: a request, a format, and which root module. Output: text, in which what Terraform holds
sensitive is redacted. No rule is run.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from graphs.attack.paths import attack_paths
from graphs.plain import plain
from graphs.views.crossings import mapped
from graphs.views.exports import graphml, node_link
from graphs.views.flowchart import chart
from graphs.views.graphviz import digraph
from graphs.views.hiding import hidden
from graphs.views.picture import drawn
from graphs.views.rows import joined, rows
from graphs.views.summary import summarise
from graphs.views.values import MOST, Summary
from scanner.errors import UsageProblem
from scanner.estates import Read, Request, check_root, estates, named, only
from scanner.redact import hider

TABLES = ("json", "graphml")
"""The formats that hold the whole graph; the others are pictures."""
FORMATS = (*TABLES, "dot", "svg", "mermaid")
ALONE = ("svg", "mermaid")
"""The formats that show one root module at a time."""


def read(request: Request, form: str, root: str | None) -> tuple[Read, ...]:
    """The root module of that name, or all that a format can show; a snapshot as a whole.

    Raises UsageProblem where there is none, or where one has to be chosen.
    """
    check_root(request.path, root)
    found = tuple(estates(request, lambda roots: _chosen(only(root)(roots), form)))
    if not found:
        raise UsageProblem(f"there is no Terraform in {request.path}")
    return found


def _hide(one: Read) -> Callable[[str], str]:
    """Takes what is sensitive there out of a text."""
    return hider(one.evaluated.secrets)


def _chosen(found: Sequence[str], form: str) -> Sequence[str]:
    if form in ALONE and len(found) > 1:
        raise UsageProblem(
            f"{form} shows one root module, and here are {len(found)}: {named(found)}",
            fix="choose one with --root",
        )
    return found


def text_of(found: Sequence[Read], form: str, scanned: Path, *, evidence: bool = False) -> str:
    """The root modules in one of FORMATS; `evidence` is for TABLES."""
    if form in TABLES:
        table = joined(rows(each.estate, evidence=evidence, hide=_hide(each)) for each in found)
        return node_link(table) if form == "json" else graphml(table)
    if form == "dot":
        return digraph([_summary(each, scanned)[0] for each in found])
    (alone,) = found
    if form == "mermaid":
        return chart(_summary(alone, scanned)[0])
    return drawn(*_summary(alone, scanned, MOST))


def map_of(one: Read, form: str, scanned: Path) -> str:
    """The LANs and WANs of a root module, with what crosses each border, as svg or mermaid."""
    shown = hidden(mapped(one.estate), _hide(one))
    shown = replace(shown, name=plain(_name(one, scanned)))
    return chart(shown) if form == "mermaid" else drawn(shown, 0)


def _summary(one: Read, scanned: Path, most: int | None = None) -> tuple[Summary, int]:
    """What a picture shows, with the first `most` paths, and how many paths there are."""
    paths = attack_paths(one.estate)
    shown = hidden(summarise(one.estate, paths[:most]), _hide(one))
    return replace(shown, name=plain(_name(one, scanned))), len(paths)


def _name(one: Read, scanned: Path) -> str:
    name = one.evaluated.name
    if one.evaluated.directory == ".":
        return scanned.resolve().name + name.removeprefix(".")
    return name
