"""What was seen: what was read, what is taken for granted, what is open and why, what was not."""

from collections import defaultdict
from collections.abc import Sequence

from graphs.verdict import Verdict
from scanner.reports.html.markup import Child, Markup, joined, tag
from scanner.reports.html.tables import items, row, table
from scanner.reports.html.wording import capital, kind_of
from scanner.reports.text import seen
from scanner.reports.words import counted, spot
from scanner.result import Gap, Result, Unknown

MOST = 12
OPEN = ("What is not known", "Why, and what to do", "Keeps open")


def coverage(result: Result) -> Markup:
    """Read, assumed, open by root cause, not read."""
    return joined(_read(result), _assumed(result), _open(result), _gaps(result.gaps))


def _read(result: Result) -> Markup:
    read = result.coverage
    heads = ("Root module" if read.assumed else "Account", "Resources", "Files", "Lines")
    rows = (
        row(heads, (each.directory, f"{each.resources:,}", f"{each.files:,}", f"{each.lines:,}"))
        for each in read.roots
    )
    return joined(
        tag("h3", "What was read"),
        tag("p", f"{seen(result)} {counted(len(read.rules), 'rule')} ran on it."),
        table("What was read", heads, rows) if read.roots else None,
    )


def _assumed(result: Result) -> Markup | None:
    if not result.coverage.assumed:
        return None
    return joined(
        tag("h3", "What is taken for granted"),
        tag(
            "p",
            "That nothing exists beside this code. What was made by hand, by other code or by "
            "other accounts may open ways that this page does not know.",
        ),
    )


def _open(result: Result) -> Markup:
    causes = result.unknowns
    title = tag("h3", "What cannot be told, and why")
    if not causes:
        return joined(title, tag("p", "Nothing: every question that was asked has an answer."))
    open_answers = sum(f.verdict == Verdict.CANNOT_TELL for f in result.findings)
    said = f"{counted(open_answers, 'answer')} by {counted(len(causes), 'root cause')}."
    rows = (row(OPEN, _cause(each)) for each in causes)
    return joined(title, tag("p", said), table("Root causes of what cannot be told", OPEN, rows))


def _cause(unknown: Unknown) -> tuple[Child, ...]:
    place = spot(unknown.file, unknown.line)
    return (
        (
            tag("span", unknown.what, class_="name"),
            " ",
            tag("code", place, class_="place") if place else None,
        ),
        (capital(unknown.cause), ". ", tag("em", capital(unknown.fix)) if unknown.fix else None),
        counted(unknown.decides, "answer"),
    )


def _gaps(gaps: Sequence[Gap]) -> Markup:
    title = tag("h3", "What was not read, or not modelled")
    if not gaps:
        return joined(title, tag("p", "Nothing: every file and every resource was understood."))
    groups: dict[tuple[str, str], list[Gap]] = defaultdict(list)
    for gap in gaps:
        groups[kind_of(gap), gap.effect].append(gap)
    return joined(title, (_group(*key, found) for key, found in groups.items()))


def _group(kind: str, effect: str, found: Sequence[Gap]) -> Markup:
    times = counted(len(found), "time")
    said = f"{times}: {effect}." if effect else f"{times}."
    shown: list[Child] = [_gap(gap) for gap in found[:MOST]]
    more = [f"and {len(found) - MOST:,} more, in the result file"] if len(found) > MOST else []
    return joined(tag("p", tag("strong", f"{kind}, "), said), items((*shown, *more), class_="gaps"))


def _gap(gap: Gap) -> Child:
    place = spot(gap.file, gap.line)
    fix = (" ", tag("em", gap.fix)) if gap.fix else ()
    return gap.what, " ", tag("code", place, class_="place") if place else None, fix
