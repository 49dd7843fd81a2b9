"""What does not count: waived findings, those that a baseline knows, and waivers to look at."""

from collections.abc import Sequence

from scanner.reports.html.markup import Markup, joined, tag
from scanner.reports.html.tables import row, table
from scanner.reports.html.wording import capital, severity, where
from scanner.reports.waivers import accepted, complaint, fixed, gone_heading, known, terms, trouble
from scanner.reports.words import spot
from scanner.result import Finding, Result, Waiver

MOST = 200
HEADS = ("What is so", "By whose word", "Where")


def waived(result: Result) -> Markup | None:
    """All of it, so that nobody takes what is left out for what is not there."""
    gone = [waiver for waiver in result.waivers if fixed(waiver)]
    parts = (
        _findings("Waived", _WAIVED, accepted(result)),
        _findings("Known from the baseline", _KNOWN, known(result)),
        _waivers(gone_heading(result), gone),
        _waivers("Waivers to look at", trouble(result)),
    )
    return joined(parts) if any(parts) else None


_WAIVED = "Somebody decided to live with these, for the reason that stands beside them."
_KNOWN = "These were there when the baseline was written."


def _findings(heading: str, intro: str, findings: Sequence[Finding]) -> Markup | None:
    if not findings:
        return None
    return joined(
        tag("h3", heading),
        tag("p", intro, class_="lead"),
        table(heading, HEADS, map(_finding, findings[:MOST])),
        _rest(len(findings)),
    )


def _finding(finding: Finding) -> Markup:
    name = tag("span", finding.path or finding.rule, class_="id")
    said = (severity(finding.severity), " ", finding.because, " ", name)
    word = finding.waived
    written = tag("code", spot(word.file, word.line), class_="place") if word else None
    terms_ = (capital(terms(word)), ". ", written) if word else None
    return row(HEADS, (said, terms_, where(finding)))


def _waivers(heading: str, waivers: Sequence[Waiver]) -> Markup | None:
    if not waivers:
        return None
    told = (tag("li", _waiver(waiver)) for waiver in waivers[:MOST])
    return joined(tag("h3", heading), tag("ul", told, class_="claims"), _rest(len(waivers)))


def _waiver(waiver: Waiver) -> Markup:
    said = f"{waiver.rule} on {waiver.match}" if fixed(waiver) else f"{capital(complaint(waiver))}."
    place = tag("code", spot(waiver.file, waiver.line), class_="place")
    return joined(said, " ", None if fixed(waiver) else place)


def _rest(number: int) -> Markup | None:
    return tag("p", f"and {number - MOST:,} more") if number > MOST else None
