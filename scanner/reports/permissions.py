"""Answers about permissions: for people, and as JSON."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.padding import Padding
from rich.text import Text

from graphs.evidence import Step
from graphs.identity.search import Permission
from scanner.permitting import USES, Told, Uses
from scanner.reports.printing import printed
from scanner.reports.words import clean, counted, listed

SCHEMA = "pathwarden/permissions/1"
COLOURS = {
    "allow": "bold red",
    "allow-if": "bold red",
    "deny": "bold green",
    "unknown": "bold yellow",
}
_OURS = "\ue000"
"""Stands for "anything else" in a witness: shown as an ellipsis."""


def render_can(told: Told, question: str, root: str, *, width: int, colour: bool) -> str:
    """The verdict in the first line, then what decides it."""
    return printed(_verdict(told, question, root), width=width, colour=colour)


def render_who(found: Sequence[Told], question: str, root: str, *, width: int, colour: bool) -> str:
    """Everybody who may, a line each with the statement that lets them."""
    return printed(_who(found, question, root), width=width, colour=colour)


def render_uses(
    found: Sequence[Uses], question: str, root: str, *, width: int, colour: bool
) -> str:
    """Everybody who may use a thing, and how."""
    return printed(_uses(found, question, root), width=width, colour=colour)


def _verdict(told: Told, question: str, root: str) -> Iterator[Text | Padding]:
    found = told.permission
    yield _head(found.verdict.upper(), COLOURS[found.verdict], question, root)
    for line in _keys(told):
        yield _below(Text(line, style="yellow"))
    if found.verdict == "unknown":
        names = sorted(clean(str(each)) for each in found.answer.because)
        yield _below(Text(f"cannot tell: it depends on {listed(names)}", style="yellow"))
    for number, step in enumerate(found.evidence, 1):
        yield _step(number, step)
    if found.keys:
        yield _below(Text(f"for instance {_instance(found)}", style="dim"))


def _instance(found: Permission) -> str:
    """A request that is allowed."""
    (_, resource), *keys = found.witness
    said = (f"{key}={value}" if value else f"no {key}" for key, value in keys)
    return clean(f"{resource} with {', '.join(said)}" if keys else resource)


def _keys(told: Told) -> Iterator[str]:
    """Who controls the keys that the answer hangs on."""
    changed = {change.key: change.action for change in told.changes}
    for key in told.permission.keys:
        if key in changed:
            yield f"if {key} has the right value, which the caller sets with {changed[key]}"
        else:
            yield f"if {key} has the right value, which the caller sends"


def _who(found: Sequence[Told], question: str, root: str) -> Iterator[Text | Padding]:
    yield _head(_number(found), "bold", f"may {question}", root)
    for told in found:
        yield _below(_told(told))


def _number(found: Sequence[object]) -> str:
    return counted(len(found), "principal") if found else "nobody"


def _told(told: Told) -> Text:
    found = told.permission
    line = Text(f"{found.verdict:<8}", style=COLOURS[found.verdict])
    line.append(f"  {_called(told.kind, told.label)}", style="bold")
    if found.keys:
        line.append(f"  if {listed([clean(key) for key in found.keys])}")
    where = _places(found)
    if where:
        line.append(f"  {listed(where, 3)}", style="cyan")
    if found.verdict == "unknown":
        names = sorted(clean(str(each)) for each in found.answer.because)
        line.append(f"\n          it depends on {listed(names)}", style="yellow")
    return line


def _uses(found: Sequence[Uses], question: str, root: str) -> Iterator[Text | Padding]:
    yield _head(_number(found), "bold", f"may use {question}", root)
    for each in found:
        line = Text(_called(each.kind, each.label), style="bold")
        for use in USES:
            permission = each.found[use]
            if permission.answer.possible:
                line.append(f"\n  {use:<12}", style="dim")
                line.append(permission.verdict, style=COLOURS[permission.verdict])
                line.append(f"  {_why(permission)}")
        yield _below(line)


def _why(found: Permission) -> str:
    if found.verdict == "unknown":
        return "it depends on " + listed(sorted(clean(str(each)) for each in found.answer.because))
    condition = f"if {listed([clean(key) for key in found.keys])}  " if found.keys else ""
    return condition + listed(_places(found), 3)


def _called(kind: str, label: str) -> str:
    return clean(label) if kind in ("outside", "service") else f"{kind} {clean(label)}"


def _places(found: Permission) -> list[str]:
    """Where the statements stand: file and line, else the resource."""
    proofs = (step.proof for step in found.evidence if step.proof is not None)
    return list(dict.fromkeys(clean(str(p.place) if p.place else p.resource) for p in proofs))


def _head(word: str, style: str, question: str, root: str) -> Text:
    head = Text(word, style=style)
    head.append(f"  {clean(question)}", style="bold")
    if root not in ("", "."):
        head.append(f"  in {clean(root)}", style="dim")
    return head


def _step(number: int, step: Step) -> Padding:
    line = Text(f"{number:>2}. {_shown(step.claim)}")
    if step.proof is not None:
        where = str(step.proof.place) if step.proof.place else step.proof.resource
        line.append(f"  {clean(where)}", style="cyan")
    if step.assumes:
        names = sorted(clean(str(each)) for each in step.assumes)
        line.append(f"\n    if {listed(names)}", style="yellow")
    return Padding(line, (0, 0, 0, 2), expand=False)


def _below(line: Text) -> Padding:
    return Padding(line, (0, 0, 0, 2), expand=False)


def _shown(claim: str) -> str:
    while _OURS * 2 in claim:
        claim = claim.replace(_OURS * 2, _OURS)
    return clean(claim.replace(_OURS, "…"))


# ------------------------------------------------------------------------------------ JSON


def as_json(told: Told, root: str) -> dict[str, Any]:
    """One principal's answer."""
    return {
        "principal": told.who,
        "kind": told.kind,
        "name": told.label,
        "root": root,
        **_permission(told.permission, {c.key: c.action for c in told.changes}),
    }


def uses_as_json(found: Uses, root: str) -> dict[str, Any]:
    """What one principal may do with a thing."""
    return {
        "principal": found.who,
        "kind": found.kind,
        "name": found.label,
        "root": root,
        **{use: _permission(found.found[use], {}) for use in USES},
    }


def _permission(found: Permission, changed: dict[str, str]) -> dict[str, Any]:
    return {
        "verdict": found.verdict,
        "keys": [{"key": key, "by": changed.get(key, "caller")} for key in found.keys],
        "witness": dict(found.witness),
        "unknowns": sorted(str(each) for each in found.answer.because),
        "steps": [step_as_json(step) for step in found.evidence],
    }


def step_as_json(step: Step) -> dict[str, Any]:
    """One step of a proof."""
    place = step.proof.place if step.proof else None
    return {
        "claim": _shown(step.claim),
        "resource": step.proof.resource if step.proof else None,
        "attribute": step.proof.attribute if step.proof else None,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "assumes": sorted(str(each) for each in step.assumes),
    }
