"""The top of the page: the verdict in one line, what was not seen, and the numbers behind it."""

from collections import Counter
from collections.abc import Iterable, Mapping

from graphs.verdict import Verdict
from scanner.reports.html.links import Links
from scanner.reports.html.markup import Markup, tag
from scanner.reports.html.wording import gravity, loss
from scanner.reports.waivers import aside
from scanner.reports.words import counted, listed
from scanner.result import Result

MOST_LOSSES = 6


def heading(result: Result) -> str:
    """The verdict in one sentence."""
    sure = [p for p in result.paths if p.verdict == Verdict.VIOLATED]
    maybe = len(result.paths) - len(sure)
    if not any(root.resources for root in result.coverage.roots):
        return "Nothing was seen, so nothing holds"
    if not sure and maybe:
        return f"No attack path is certain; {counted(maybe, 'path')} cannot be told"
    if not sure:
        return "No attack path was found in what was read"
    losses = sorted({p.loses for p in sure}, key=gravity)
    lost = listed([loss(each).name for each in losses], MOST_LOSSES)
    verb = "leads" if len(sure) == 1 else "lead"
    return f"{counted(len(sure), 'attack path')} {verb} to {_and(lost)}"


def _and(words: str) -> str:
    """Commas, with a last "and" where there is none."""
    head, comma, last = words.rpartition(", ")
    return f"{head} and {last}" if comma and " and " not in last else words


def header(links: Links, contents: Markup, whole: Result) -> Markup:
    """Verdict, what was not seen, numbers, contents; `whole` has what does not count too."""
    result = links.result
    left = aside(whole)
    return tag(
        "header",
        tag(
            "p", "Pathwarden security report", tag("code", result.coverage.scanned), class_="brand"
        ),
        tag("h1", heading(result)),
        tag("p", tag("strong", "Not seen: "), unseen(result), class_="unseen"),
        tag("p", tag("strong", "Not counted: "), f"{left}.", class_="unseen") if left else None,
        tag("dl", (_tile(*tile) for tile in _tiles(result)), class_="tiles"),
        contents,
    )


def unseen(result: Result) -> str:
    """What the verdict leaves out, in a sentence."""
    open_answers = sum(f.verdict == Verdict.CANNOT_TELL for f in result.findings)
    parts = [
        f"{counted(len(result.gaps), 'thing')} not read or not modelled" if result.gaps else "",
        f"{counted(open_answers, 'answer')} that cannot be told" if open_answers else "",
        "whatever exists beside this code" if result.coverage.assumed else "",
    ]
    said = [part for part in parts if part]
    return f"{'; '.join(said)}." if said else "nothing was left out."


def _tiles(result: Result) -> list[tuple[str, int, str]]:
    sure = [p for p in result.paths if p.verdict == Verdict.VIOLATED]
    others = [f for f in result.findings if not f.path and f.verdict == Verdict.VIOLATED]
    broken = sum(r.status == "broken" for f in result.frameworks for r in f.requirements)
    lost = len({(p.root, p.target_address) for p in sure})
    open_answers = sum(f.verdict == Verdict.CANNOT_TELL for f in result.findings)
    gaps = counted(len(result.gaps), "thing") if result.gaps else "nothing"
    return [
        ("Attack paths", len(sure), _worst(p.severity for p in sure)),
        ("Targets reached", lost, "stores and accounts"),
        ("Duties broken", broken, f"in {counted(len(result.frameworks), 'framework')}"),
        ("Other findings", len(others), _worst(f.severity for f in others)),
        ("Open answers", open_answers, f"{gaps} left unread"),
    ]


def _worst(severities: Iterable[str]) -> str:
    counts = Counter(severities)
    return f"{counts['critical']} critical, {counts['high']} high"


def _tile(name: str, number: int, note: str) -> Markup:
    return tag("div", tag("dt", name), tag("dd", tag("b", f"{number:,}"), " ", tag("span", note)))


def contents(titles: Mapping[str, str]) -> Markup:
    """Links to the sections."""
    entries = (tag("li", tag("a", title, href=f"#{key}")) for key, title in titles.items())
    return tag("nav", tag("ul", entries), aria_label="Contents")
