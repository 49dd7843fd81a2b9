"""What does not count and why, for a terminal; the words that other reports share."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rich.text import Text

from scanner.reports.printing import hint, indent, item, title
from scanner.reports.words import clean, counted, place, spot
from scanner.result import Finding, Result, Waived, Waiver

if TYPE_CHECKING:
    from rich.padding import Padding

BASELINE = "baseline"
MOST = 20
TROUBLE = ("invalid", "expired", "forbidden", "added", "idle")
"""What is said of waivers that do not count, in the order in which it is told."""


def accepted(result: Result) -> list[Finding]:
    """The findings that somebody waived."""
    return [f for f in result.findings if f.waived and f.waived.by != BASELINE]


def known(result: Result) -> list[Finding]:
    """The findings that the baseline knows."""
    return [f for f in result.findings if f.waived and f.waived.by == BASELINE]


def counting(result: Result) -> Result:
    """The result with those findings and paths alone that count."""
    return replace(
        result,
        findings=tuple(f for f in result.findings if f.waived is None),
        paths=tuple(p for p in result.paths if p.waived is None),
    )


def trouble(result: Result) -> list[Waiver]:
    """The waivers that do not count or cover nothing; of a baseline those that expired."""
    return [
        waiver
        for status in TROUBLE
        for waiver in result.waivers
        if waiver.status == status and not fixed(waiver)
    ]


def fixed(waiver: Waiver) -> bool:
    """Whether a waiver is of a baseline, and what it knows is gone."""
    return waiver.by == BASELINE and not waiver.findings


def gone_heading(result: Result) -> str:
    """What became of what the baseline knows and is not found: fixed, if all was read."""
    return "Gone since the baseline, or not read" if result.gaps else "Fixed since the baseline"


def aside(result: Result) -> str:
    """How many findings do not count, as part of the verdict; "" where all do."""
    parts = (
        (len(accepted(result)), "waived"),
        (len(known(result)), "known from the baseline"),
    )
    return ", ".join(f"{number:,} {word}" for number, word in parts if number)


def word(waived: Waived) -> str:
    """What a finding is that does not count."""
    return "known" if waived.by == BASELINE else "waived"


def waived_as(finding: Finding) -> str:
    """That a finding does not count, with the terms; "" where it does."""
    waived = finding.waived
    return f"{word(waived)}: {clean(terms(waived))}" if waived else ""


def terms(waived: Waived) -> str:
    """The reason of a waiver, its owner and its end."""
    return "; ".join(
        part
        for part in (
            waived.reason or "no reason is given",
            f"owner {waived.owner}" if waived.owner else "",
            f"until {waived.until}" if waived.until else "without an end",
        )
        if part
    )


def complaint(waiver: Waiver) -> str:
    """What is wrong with a waiver, in a sentence without its place."""
    what = f"the waiver of {waiver.rule}" if waiver.rule else "the waiver"
    if waiver.by == BASELINE:
        what = f"the baseline entry of {waiver.rule} on {waiver.match}"
    if waiver.status == "idle":
        return f"{what} {waiver.why.removeprefix('it ')}"
    covers = counted(len(waiver.findings), "finding")
    told = f" ({covers} count)" if len(waiver.findings) > 1 else ""
    return f"{what} does not count: {waiver.why}{told}"


def waived(result: Result) -> "Iterator[Text | Padding]":
    """What does not count, and the waivers that somebody should look at."""
    yield from _section("Waived: these do not count", accepted(result))
    yield from _section("Known from the baseline: these do not count", known(result))
    gone = [waiver for waiver in result.waivers if fixed(waiver)]
    if gone:
        yield title(gone_heading(result))
        yield hint("`pathwarden baseline` writes it anew, without these.")
    for waiver in gone[:MOST]:
        yield item("-", Text(f"{waiver.rule} on {clean(waiver.match)}"), 2)
    yield from _rest(len(gone))
    wrong = trouble(result)
    if wrong:
        yield title("Waivers to look at")
    for waiver in wrong[:MOST]:
        line = Text(clean(complaint(waiver)))
        yield item("-", line.append(f"  {clean(spot(waiver.file, waiver.line))}", style="cyan"), 2)
    yield from _rest(len(wrong))


def _section(heading: str, findings: Sequence[Finding]) -> "Iterator[Text | Padding]":
    if findings:
        yield title(heading)
    for finding in findings[:MOST]:
        line = Text(f"{finding.severity.upper()} ", style="dim")
        line.append(clean(finding.because), style="not dim")
        line.append(f"  {clean(place(finding))}", style="cyan not dim")
        line.append(f"  {finding.path or finding.rule}")
        yield item("-", line, 2)
        if finding.waived:
            yield indent(terms_of(finding.waived), 4)
    yield from _rest(len(findings))


def terms_of(waived: Waived) -> Text:
    """The terms of a waiver with its place."""
    line = Text(clean(terms(waived)), style="dim")
    return line.append(f"  {clean(spot(waived.file, waived.line))}", style="cyan not dim")


def _rest(number: int) -> "Iterator[Padding]":
    if number > MOST:
        yield indent(Text(f"and {number - MOST} more, in --format json", style="dim"), 2)
