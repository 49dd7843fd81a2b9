"""Who can become an administrator: for people, the ways step by step; all principals as JSON."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from rich.padding import Padding
from rich.text import Text

from graphs.attack.escalation import Standing
from graphs.attack.facts import Derivable
from graphs.evidence import Step
from graphs.nodes import Role
from graphs.verdict import Verdict
from scanner.reports.json import written
from scanner.reports.permissions import step_as_json
from scanner.reports.printing import printed
from scanner.reports.words import clean, counted, listed

SCHEMA = "pathwarden/escalations/1"

Found = Sequence[tuple[str, Sequence[Standing]]]
"""The standings of each root module, by its name."""


def render(found: Found, *, width: int, colour: bool) -> str:
    """The count first, then a way for each principal that has one; administrators by name."""
    return printed(_parts(found), width=width, colour=colour)


def _parts(found: Found) -> Iterator[Text | Padding]:
    everybody = [each for _, standing in found for each in standing]
    admins = [each for each in everybody if each.admin.certain]
    sure = [each for each in everybody if each.escalates.certain]
    doubtful = [each for each in everybody if each.escalates.undecided]
    of = counted(len(everybody), "role or user", "roles and users")
    yield Text(f"{len(sure)} of {of} can become administrators", style="bold")
    if admins:
        names = listed([_called(each) for each in admins], 8)
        yield _below(Text(f"{len(admins)} may do everything already: {names}"))
    for each in sure:
        yield from _way(each, "ESCALATES", "bold red")
    for each in doubtful:
        yield from _way(each, "CANNOT TELL", "bold yellow")


def _way(standing: Standing, word: str, style: str) -> Iterator[Text | Padding]:
    head = Text(f"\n{word}", style=style)
    head.append(f"  {_called(standing)}", style="bold")
    head.append(f"  {clean(standing.principal.id)}", style="dim")
    yield head
    if standing.escalates.undecided:
        names = sorted(clean(str(each)) for each in standing.escalates.because)
        yield _below(Text(f"it depends on {listed(names)}", style="yellow"))
    for number, step in enumerate(standing.steps, 1):
        line = Text(f"{number:>2}. {clean(step.says)}")
        line.append(f"  {step.technique.id}", style="dim")
        for place in _places(step.evidence()):
            line.append(f"\n    {place}", style="cyan")
        yield _below(line)


def _places(evidence: Iterable[Step]) -> list[str]:
    proofs = (step.proof for step in evidence if step.proof is not None)
    return list(dict.fromkeys(clean(str(p.place) if p.place else p.resource) for p in proofs))[:4]


def _called(standing: Standing) -> str:
    kind = "role" if isinstance(standing.principal, Role) else "user"
    return f"{kind} {clean(_name(standing))}"


def _name(standing: Standing) -> str:
    """What AWS calls it, where that is known."""
    said = standing.principal.attribute("name")
    return said if isinstance(said, str) and said else standing.principal.name


def _below(line: Text) -> Padding:
    return Padding(line, (0, 0, 0, 2), expand=False)


# ------------------------------------------------------------------------------------ JSON


def as_json(found: Found, hide: Callable[[str], str]) -> str:
    """Every role and user of every root module."""
    rows = [_row(each, root) for root, standing in found for each in standing]
    return hide(written({"schema": SCHEMA, "principals": rows}))


def _row(standing: Standing, root: str) -> dict[str, Any]:
    escalates = standing.escalates
    doubts = escalates.because | standing.admin.because if escalates.undecided else frozenset()
    return {
        "principal": clean(_name(standing)),
        "kind": "role" if isinstance(standing.principal, Role) else "user",
        "address": standing.principal.id,
        "root": root,
        "admin": standing.admin.certain,
        "escalates": escalates.certain,
        "verdict": Verdict.of(escalates).value,
        "techniques": [step.technique.id for step in standing.steps] if escalates.possible else [],
        "steps": [_step(step) for step in standing.steps] if escalates.possible else [],
        "unknowns": sorted(clean(str(each)) for each in doubts),
    }


def _step(step: Derivable) -> dict[str, Any]:
    return {
        "technique": step.technique.id,
        "title": step.technique.title,
        "attack": list(step.technique.attack),
        "known_as": list(step.technique.known_as),
        "says": clean(step.says),
        "fix": clean(step.mend),
        "certain": step.answer.certain,
        "evidence": [step_as_json(each) for each in step.evidence()],
    }
