"""What each framework's requirements have come to: a list of frameworks, or one of them whole."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from rules import duties
from rules.api import Rule
from scanner.reports.printing import printed
from scanner.reports.text import COLOURS, headline
from scanner.reports.waivers import waived_as
from scanner.reports.words import clean, counted, listed, place
from scanner.result import Finding, Framework, Requirement, Result

NOT_JUDGED = "not-judged"
STATUSES = (
    "broken",
    "accepted",
    "incomplete",
    "met",
    "not-applicable",
    "not-checkable",
    NOT_JUDGED,
)
STYLES = {
    "broken": "bold red",
    "accepted": "bold yellow",
    "incomplete": "bold yellow",
    "met": "bold green",
}
MOST_FINDINGS = 3
MOST_MISSING = 2
MOST_RULES = 12

_ABOUT = {
    "broken": "A finding says that it is not so.",
    "accepted": "What says that it is not so, or may not be, is waived: no auditor calls it met.",
    "incomplete": "Nothing says that it is broken, and something is missing to say that it is met.",
    "met": "Every rule behind it ran, saw everything it had to, and found nothing.",
    "not-applicable": "There is nothing here that it is about.",
    "not-checkable": "No software can see it in infrastructure: people, paper, buildings.",
    NOT_JUDGED: "No estate was judged; the rules that would are named.",
}


def counts(framework: Framework) -> Mapping[str, int]:
    """How many requirements have each status, worst first, without those that none has."""
    found = Counter(each.status for each in framework.requirements)
    return {status: found[status] for status in STATUSES if found[status]}


def in_words(framework: Framework) -> str:
    """The counts as words: `3 broken, 1 met`."""
    said = counts(framework).items()
    return ", ".join(f"{number} {status.replace('-', ' ')}" for status, number in said)


def unjudged(framework: duties.Framework, rules: Sequence[Rule]) -> Framework:
    """A framework without an estate: what it asks, and which rules would look."""
    return Framework(
        framework.id,
        framework.name,
        framework.edition,
        tuple(_unjudged(each, rules) for each in framework.requirements),
    )


def _unjudged(each: duties.Requirement, rules: Sequence[Rule]) -> Requirement:
    behind = tuple(r.id for r in rules if set(r.objectives) & set(each.objectives))
    seen = each.checkable is not duties.Checkable.NO
    status = NOT_JUDGED if seen else "not-checkable"
    return Requirement(each.number, each.title, status, (), behind, (), (), each.kind, each.cites)


# ---------------------------------------------------------------------------------------- text


def render_list(
    result: Result, frameworks: Sequence[Framework], *, width: int = 80, colour: bool = False
) -> str:
    """All frameworks, with the number of requirements per status."""
    return printed(_list(result, frameworks), width=width, colour=colour)


def _list(result: Result, frameworks: Sequence[Framework]) -> Iterator[RenderableType]:
    yield Text(headline(result), style="bold")
    yield Text("")
    for each in frameworks:
        head = Text(f"{clean(each.name)}, {clean(each.edition)}", style="bold")
        yield head.append(f"  {clean(each.id)}", style="cyan not bold")
        total = counted(len(each.requirements), "requirement")
        yield Padding(Text(f"{total}: {in_words(each)}"), (0, 0, 1, 2))
    yield Text("`pathwarden frameworks NAME` shows every requirement of one.", style="dim")


def render_one(
    result: Result, framework: Framework, *, width: int = 80, colour: bool = False
) -> str:
    """Every requirement of one framework: broken ones first, with what breaks them."""
    return printed(_one(result, framework), width=width, colour=colour)


def _one(result: Result, framework: Framework) -> Iterator[RenderableType]:
    yield Text(f"{clean(framework.name)}, {clean(framework.edition)}", style="bold")
    known = duties.framework(framework.id)
    if known is not None:
        yield Text(f"Its own words: {known.source}", style="dim")
    total = counted(len(framework.requirements), "requirement")
    yield Text(f"{total}: {in_words(framework)}.")
    yield Text(headline(result), style="dim")
    findings = {finding.fingerprint: finding for finding in result.findings}
    for status in counts(framework):
        yield Text(f"\n{status.replace('-', ' ').capitalize()}", style="bold underline")
        yield Text(_ABOUT[status], style="dim")
        for each in framework.requirements:
            if each.status == status:
                yield from _requirement(each, findings)


def _requirement(each: Requirement, findings: Mapping[str, Finding]) -> Iterator[RenderableType]:
    head = Text(f"{clean(each.number)} ", style=STYLES.get(each.status, "bold"))
    head.append(clean(each.title), style="")
    notes = ", ".join(clean(note) for note in (each.kind, *each.cites, *each.assumes) if note)
    head.append(f"  {notes}" if notes else "", style="dim")
    yield Padding(head, (0, 0, 0, 2))
    for line in _details(each, findings):
        yield Padding(line, (0, 0, 0, 6))


def _details(each: Requirement, findings: Mapping[str, Finding]) -> Iterator[Text]:
    told = [findings[f] for f in each.findings if f in findings]
    told.sort(key=lambda f: tuple(COLOURS).index(f.severity))
    yield from (_finding(finding) for finding in told[:MOST_FINDINGS])
    if len(each.findings) > MOST_FINDINGS:
        more = counted(len(each.findings) - MOST_FINDINGS, "more finding")
        yield Text(f"and {more}, in --format json", style="dim")
    if each.missing:
        yield Text(f"missing: {listed([clean(m) for m in each.missing], MOST_MISSING)}", "yellow")
    if each.rules:
        yield Text(f"rules: {listed([clean(r) for r in each.rules], MOST_RULES)}", style="dim")


def _finding(finding: Finding) -> Text:
    line = Text()
    line.append(f"{finding.severity.upper()} ", style=COLOURS[finding.severity])
    line.append(clean(finding.because))
    line.append(f"  {clean(place(finding))}", style="cyan")
    line.append(f"  {clean(finding.path or finding.rule)}", style="dim")
    line.append(f"  {waived_as(finding)}" if finding.waived else "", style="dim")
    return line


# ---------------------------------------------------------------------------------------- JSON


def plain_list(frameworks: Sequence[Framework]) -> dict[str, Any]:
    """All frameworks with their counts, to be written as JSON."""
    return {"frameworks": [_about(each) for each in frameworks]}


def plain_one(result: Result, framework: Framework) -> dict[str, Any]:
    """One framework with its requirements, and the findings behind each written out."""
    findings = {f.fingerprint: _brief(f) for f in result.findings}
    requirements = [
        {
            **msgspec.to_builtins(each),
            "findings": [findings[f] for f in each.findings if f in findings],
        }
        for each in framework.requirements
    ]
    return {**_about(framework), "requirements": requirements}


def _about(framework: Framework) -> dict[str, Any]:
    return {
        "id": framework.id,
        "name": framework.name,
        "edition": framework.edition,
        "counts": dict(counts(framework)),
    }


_BRIEF = (
    "fingerprint", "rule", "severity", "verdict", "subject", "because", "root", "file", "line",
    "call", "path", "waived",
)  # fmt: skip


def _brief(finding: Finding) -> dict[str, Any]:
    return {name: getattr(finding, name) for name in _BRIEF}
