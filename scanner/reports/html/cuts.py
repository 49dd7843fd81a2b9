"""What to change first: the cheapest changes, what each buys, choke points, what nothing ends."""

from graphs.verdict import Verdict
from scanner.reports.cuts import curve, promise
from scanner.reports.html.links import Links
from scanner.reports.html.markup import Child, Markup, joined, tag
from scanner.reports.html.wording import percent, sentence, where
from scanner.reports.words import counted
from scanner.result import Change, Cut


def first(links: Links) -> Markup | None:
    """The changes of every estate, the cheapest that end what can be ended."""
    cuts = [cut for cut in links.result.cuts if cut.verdict == Verdict.VIOLATED]
    return joined(*(_cut(links, cut, len(cuts) > 1) for cut in cuts)) if cuts else None


def _cut(links: Links, cut: Cut, several: bool) -> Markup:
    return joined(
        tag("h3", tag("code", cut.root)) if several else None,
        tag("p", tag("strong", promise(cut)), " ", curve(cut), class_="lead"),
        tag("ol", (_change(links, change) for change in cut.changes), class_="changes"),
        _stuck(cut),
        _chokes(links, cut),
    )


def _change(links: Links, change: Change) -> Markup:
    gone = f"{percent(change.share)} of the risk is gone then." if change.share else ""
    ends: tuple[Child, ...] = (
        ("Ends ", _paths(links, change.paths, change.root), ". ") if change.paths else ()
    )
    return tag(
        "li",
        tag("p", tag("strong", sentence(change.says)), " ", where(change)),
        tag("p", *ends, gone, tag("span", f" Costs {change.cost:g}.", class_="note")),
        _bar(change.share),
    )


def _bar(share: float) -> Markup:
    """How much of the risk is gone: the curve, one bar a change."""
    label = f"{percent(share)} of the risk gone"
    return tag("progress", label, value=f"{share:.4f}", max="1", aria_label=label)


def _paths(links: Links, ids: tuple[str, ...], *roots: str) -> Markup:
    """Small links to paths: root modules that are alike have paths of the same id."""
    found = [path for path in links.result.paths if path.id in ids]
    return links.to_paths([path for path in found if path.root in roots] or found)


def _stuck(cut: Cut) -> Markup | None:
    if not cut.stuck:
        return None
    items = (
        tag(
            "li",
            tag("p", tag("strong", f"{each.entry} → {each.target}")),
            tag("ol", (tag("li", says) for says in each.steps)),
        )
        for each in cut.stuck
    )
    return joined(tag("h3", "What no change ends"), tag("ul", items))


def _chokes(links: Links, cut: Cut) -> Markup | None:
    if not cut.chokes:
        return None
    items = (
        tag(
            "li",
            tag("strong", each.name),
            f": {counted(len(each.paths), 'path')}, {percent(each.share)} of the risk. ",
            _paths(links, each.paths, cut.root),
        )
        for each in cut.chokes
    )
    lead = "All ways to the targets of these paths pass here."
    return joined(tag("h3", "Choke points"), tag("p", lead), tag("ul", items))
