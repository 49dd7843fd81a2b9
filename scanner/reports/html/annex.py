"""The annex: every path with the proof of each step and its duties, and all other findings."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from graphs.verdict import Verdict
from scanner.reports.html.links import Links, duty_anchor, rule_anchor
from scanner.reports.html.markup import Child, Markup, between, joined, tag
from scanner.reports.html.tables import items
from scanner.reports.html.wording import percent, sentence, severity, where
from scanner.reports.words import listed, owned
from scanner.result import Finding, Framework, Hop, Path, Proof, Requirement, Result


def proofs(links: Links) -> Markup | None:
    """Every path, step by step."""
    if not links.result.paths:
        return None
    return joined(
        tag(
            "p",
            "For those who check and mend: what makes each step possible, where that stands in the "
            "code, and what would make it impossible. Numbers like T1190 are MITRE ATT&CK's.",
            class_="lead",
        ),
        (_path(links, path) for path in links.result.paths),
    )


def _path(links: Links, path: Path) -> Markup:
    anchor = links.anchor(path)
    steps = (_step(f"{anchor}-step-{n}", n, hop) for n, hop in enumerate(path.hops, 1))
    return tag(
        "article",
        tag("h3", f"{links.number(path)}. {path.title}"),
        tag(
            "p",
            tag("a", f"back to path {links.number(path)}", href=f"#{anchor}"),
            " ",
            tag("span", path.id, class_="id"),
        ),
        steps,
        _duties(links, path, f"{anchor}-duties"),
        id=f"{anchor}-proof",
        class_="proof",
    )


def _step(anchor: str, number: int, hop: Hop) -> Markup:
    odds = f"{hop.title} ({', '.join(hop.attack)}): {percent(hop.plausibility)}. {hop.why}"
    instead = [f"Or: {says}" for says in hop.likewise]
    return tag(
        "div",
        tag("h4", f"Step {number}. {sentence(hop.says)}"),
        tag("p", odds, class_="note"),
        items(map(_claim, hop.proof), class_="claims"),
        items(instead, class_="instead") if instead else None,
        tag("p", tag("strong", "Impossible once you "), f"{hop.mend}.") if hop.mend else None,
        id=anchor,
        class_="step",
    )


def _claim(proof: Proof) -> Child:
    said = proof.resource + (f".{proof.attribute}" if proof.attribute else "")
    subject = tag("code", said, class_="subject") if said else None
    doubt = f" if {listed(list(proof.assumes))}" if proof.assumes else None
    return (
        sentence(proof.claim),
        doubt,
        " ",
        between(" ", [w for w in (where(proof), subject) if w]),
    )


def _duties(links: Links, path: Path, anchor: str) -> Markup | None:
    found = links.duties.get((path.root, path.id), ())
    if not found:
        return None
    groups: dict[tuple[str, str], list[tuple[Framework, Requirement]]] = defaultdict(list)
    for framework, requirement in found:
        groups[framework.name, framework.edition].append((framework, requirement))
    told = (
        (
            tag("strong", f"{name} {edition}: "),
            between(" ", (_duty(*duty) for duty in each)),
        )
        for (name, edition), each in groups.items()
    )
    return tag("div", tag("h4", "Duties that it breaks"), items(told, class_="duties"), id=anchor)


def _duty(framework: Framework, requirement: Requirement) -> Markup:
    anchor = duty_anchor(framework, requirement)
    return tag("a", requirement.number, href=f"#{anchor}", title=requirement.title, class_="chip")


def findings(result: Result) -> Markup | None:
    """What is no attack path, by rule; what cannot be told is said at the finding."""
    groups: dict[str, list[Finding]] = defaultdict(list)
    for finding in result.findings:
        if not finding.path:
            groups[finding.rule].append(finding)
    if not groups:
        return None
    several = len(result.coverage.roots) > 1
    return joined(_rule(rule, found, several=several) for rule, found in groups.items())


def _rule(rule: str, found: Sequence[Finding], *, several: bool) -> Markup:
    fixes = dict.fromkeys(f.fix for f in found if f.fix)
    return tag(
        "article",
        tag(
            "p",
            between(" ", _severities(found)),
            " ",
            tag("span", rule, class_="id"),
            class_="labels",
        ),
        tag("h3", found[0].title),
        items((_finding(f, several=several) for f in found), class_="claims"),
        tag("p", tag("strong", "To mend it: "), " ".join(map(sentence, fixes))) if fixes else None,
        id=rule_anchor(rule),
        class_="rule",
    )


def _severities(found: Sequence[Finding]) -> Iterator[Markup]:
    sure = dict.fromkeys(f.severity for f in found if f.verdict == Verdict.VIOLATED)
    yield from map(severity, sure)
    if any(f.verdict != Verdict.VIOLATED for f in found):
        yield tag("span", "Cannot tell", class_="severity open")


def _finding(finding: Finding, *, several: bool) -> Child:
    root = tag("span", f" in {finding.root}", class_="note") if several else None
    answers = tag("span", f" {owned(finding.owners)}", class_="note") if finding.owners else None
    doubt = None
    if finding.verdict != Verdict.VIOLATED:
        doubt = tag(
            "span",
            f" Cannot tell: it depends on {listed(list(finding.unknowns))}.",
            class_="open-note",
        )
    return sentence(finding.because), doubt, " ", where(finding), root, answers
