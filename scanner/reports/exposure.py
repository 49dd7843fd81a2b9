"""What is exposed, for people or as JSON: what is certain by gravity, then what cannot be told."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from rich.padding import Padding
from rich.text import Text

from graphs.estate import Estate
from graphs.evidence import Proof, Step
from graphs.network.packets import address_text, services, services_text
from graphs.network.reach import INTERNET
from graphs.unknown import Unknown
from graphs.views.summary import kind_of
from scanner.exposing import Exposed, Exposure, Gravity, kinds
from scanner.reports.json import written
from scanner.reports.printing import printed
from scanner.reports.words import clean, counted, listed

SCHEMA = "pathwarden-exposure/1"
HEADS = {
    Gravity.ADMINISTRATION: ("Administration", "bold red"),
    Gravity.DATA: ("Databases", "bold red"),
    Gravity.OTHER: ("Other services", "bold yellow"),
}
MOST_SERVICES = 8


def render(found: Sequence[Exposure], *, width: int, colour: bool) -> str:
    """Each root module under its name where there are several."""
    parts: list[Text | Padding] = []
    for each in found:
        if parts:
            parts.append(Text(""))
        parts += _root(each, named=len(found) > 1)
    return printed(parts, width=width, colour=colour)


def _root(found: Exposure, *, named: bool) -> Iterator[Text | Padding]:
    yield _first(found, named=named)
    if found.source.about:
        yield _at(2, Text(clean(found.source.about), style="dim"))
    for (certain, gravity), group in groupby(found.lines, key=lambda e: (e.certain, e.gravity)):
        name, style = HEADS[gravity]
        title = name if certain else f"{name}, where it cannot be told"
        yield Text("")
        yield Text(title, style=style if certain else "yellow")
        for each in group:
            yield from _exposed(each, found.estate)


def _first(found: Exposure, *, named: bool) -> Text:
    sure = {node.id for each in found.lines if each.certain for node in each.services}
    open_ = {node.id for each in found.lines for node in each.services} - sure
    name = found.source.name
    who = "the internet" if name == INTERNET else clean(name)
    said = f"From {who}: {len(sure):,} of {counted(found.looked_at, 'service')} reached"
    said += f", {len(open_):,} cannot be told" if open_ else ""
    head = Text(said, style="bold")
    if named:
        head.append(f"  in {clean(found.estate.name)}", style="dim")
    return head


def _exposed(found: Exposed, estate: Estate) -> Iterator[Text | Padding]:
    names = listed([clean(name) for name in kinds(found)], MOST_SERVICES)
    line = Text(clean(found.text), style="bold")
    line.append(f" → {names}", style="not bold")
    yield _at(2, line)
    if found.unknowns:
        why = listed(sorted(clean(str(each)) for each in found.unknowns))
        yield _at(6, Text(f"it depends on {why}", style="yellow"))
    for step in found.steps:
        claim = Text(clean(step.claim))
        if step.proof is not None:
            claim.append(f"  {clean(where(step.proof, estate))}", style="cyan")
        yield _at(6, claim)


def _at(left: int, line: Text) -> Padding:
    return Padding(line, (0, 0, 0, left), expand=False)


def where(proof: Proof, estate: Estate) -> str:
    """The file and line; of what is live, the resource with its account and region."""
    if proof.place is not None:
        return str(proof.place)
    node = estate.index.by_id.get(proof.resource)
    if node is None:
        return proof.resource
    parts = (node.scope.account, node.scope.region)
    known = [part for part in parts if isinstance(part, str) and part]
    return f"{proof.resource} ({', '.join(known)})" if known else proof.resource


def as_json(found: Sequence[Exposure], hide: Callable[[str], str]) -> str:
    """Every line, in the same order."""
    rows = [_row(line, each.estate, hide) for each in found for line in each.lines]
    return written({"schema": SCHEMA, "from": hide(found[0].source.name), "exposures": rows})


def _row(found: Exposed, estate: Estate, hide: Callable[[str], str]) -> dict[str, Any]:
    return {
        "root": hide(found.root),
        "services": [
            {"address": hide(n.id), "name": hide(n.name), "kind": kind_of(n)}
            for n in found.services
        ],
        "verdict": "reachable" if found.certain else "unknown",
        "gravity": found.gravity.name.lower(),
        "traffic": services_text(found.traffic),
        "ports": [
            {"protocols": list(protocols), "ports": [list(span) for span in spans]}
            for protocols, spans in services(found.traffic)
        ],
        "sources": address_text(found.sources).split(", "),
        "unknowns": _texts(found.unknowns, hide),
        "steps": [_step(step, estate, hide) for step in found.steps],
    }


def _step(step: Step, estate: Estate, hide: Callable[[str], str]) -> dict[str, Any]:
    proof = step.proof
    place = proof.place if proof else None
    node = estate.index.by_id.get(proof.resource) if proof else None
    account, region = (node.scope.account, node.scope.region) if node else (None, None)
    return {
        "claim": hide(step.claim),
        "resource": hide(proof.resource) if proof else None,
        "attribute": hide(proof.attribute) if proof else None,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "account": account if isinstance(account, str) else None,
        "region": region if isinstance(region, str) else None,
        "assumes": _texts(step.assumes, hide),
    }


def _texts(unknowns: Iterable[Unknown], hide: Callable[[str], str]) -> list[str]:
    return sorted(hide(str(each)) for each in unknowns)
