"""Duties at risk: of each framework what is broken, by what, and how the rest stands."""

from collections import Counter
from collections.abc import Iterable

from scanner.reports.html.links import Links, duty_anchor, rule_anchor
from scanner.reports.html.markup import Child, Markup, between, joined, tag
from scanner.reports.html.tables import items, row, table
from scanner.reports.html.wording import STATUSES
from scanner.reports.words import counted
from scanner.result import Finding, Framework, Path, Requirement

HEADS = ("Number", "What it asks", "Broken by")


def duties(links: Links) -> Markup | None:
    """One part per framework, in order of name."""
    frameworks = links.result.frameworks
    if not frameworks:
        return None
    return joined(
        tag(
            "p",
            "Whether a framework binds you is yours to say. Numbers are the framework's, titles "
            "are ours. Met means that every rule behind it was asked on all of what was read.",
            class_="lead",
        ),
        (_framework(links, each) for each in frameworks),
    )


def _framework(links: Links, framework: Framework) -> Markup:
    broken = [r for r in framework.requirements if r.status == "broken"]
    rows = (_row(links, framework, requirement) for requirement in broken)
    return joined(
        tag("h3", f"{framework.name} ", tag("span", framework.edition, class_="note")),
        _counts(framework),
        table(f"Broken requirements of {framework.name}", HEADS, rows) if broken else None,
    )


def _counts(framework: Framework) -> Markup:
    counts = Counter(r.status for r in framework.requirements)
    told = (
        (tag("b", counts[status]), f" {words}")
        for status, words in STATUSES.items()
        if counts[status]
    )
    return items(told, class_="counts")


def _row(links: Links, framework: Framework, requirement: Requirement) -> Markup:
    cells = (requirement.number, requirement.title, _behind(links, requirement))
    return row(HEADS, cells, anchor=duty_anchor(framework, requirement))


def _behind(links: Links, requirement: Requirement) -> Child:
    told = [f for print_ in requirement.findings for f in links.behind.get(print_, ())]
    known = {(path.root, path.id): path for path in links.result.paths}
    paths = {(f.root, f.path): known[f.root, f.path] for f in told if (f.root, f.path) in known}
    ordered: list[Path] = sorted(paths.values(), key=links.number)
    rules = _rules(f for f in told if not f.path)
    return joined(links.to_paths(ordered), " " if ordered and rules else None, rules)


def _rules(findings: Iterable[Finding]) -> Markup:
    """Findings by their rule, with how many there are."""
    rules: dict[str, list[Finding]] = {}
    for finding in findings:
        rules.setdefault(finding.rule, []).append(finding)
    return between(
        "; ",
        (
            tag(
                "a",
                found[0].title,
                href=f"#{rule_anchor(rule)}",
                title=counted(len(found), "finding"),
            )
            for rule, found in rules.items()
        ),
    )
