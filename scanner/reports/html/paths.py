"""Attack paths for those who decide: what is lost, from where, how likely, whose it is, what first.

Input: Links. Output: markup. The gravest paths have a card each; the rest stand in a table.
"""

from collections.abc import Iterator, Sequence

from graphs.verdict import Verdict
from scanner.reports.html.links import Links, slug
from scanner.reports.html.markup import Child, Markup, between, joined, tag
from scanner.reports.html.tables import row, table
from scanner.reports.html.wording import (
    capital,
    hardest,
    likely,
    loss,
    percent,
    sentence,
    severity,
    where,
)
from scanner.reports.text import together
from scanner.reports.words import alike, counted, listed, silenced, spot
from scanner.result import Change, Path

MOST = 12
MOST_INSTANCES = 20


def paths(links: Links) -> Markup | None:
    """Cards, then a table of the rest."""
    every = links.result.paths
    if not every:
        return None
    groups = list(together(every))
    return joined(
        tag(
            "p",
            "The gravest first: by how plausible they are and by what is lost. Plausibility is an "
            "estimate that ranks them. Every step is proven, or says what it depends on.",
            class_="lead",
        ),
        (_card(links, *group) for group in groups[:MOST]),
        _rest(links, [path for group in groups[MOST:] for path in group]),
    )


def _card(links: Links, path: Path, *others: Path) -> Markup:
    """The first of some paths in full, and where the others of its kind end."""
    anchor = links.anchor(path)
    sure = path.verdict == Verdict.VIOLATED
    labels = (
        tag("span", links.number(path), class_="rank"),
        severity(path.severity),
        None if sure else tag("span", "Cannot tell", class_="severity open"),
        tag("span", path.id, class_="id"),
    )
    facts = (tag("div", tag("dt", name), tag("dd", said)) for name, said in _facts(links, path))
    steps = tag("ol", _steps(links, path), class_="steps")
    quiet = silenced(path)
    ended = tag("p", f"{quiet}.", class_="note") if quiet else None
    story = (_lost(path), _plausibility(path), steps, ended, _likewise(links, others))
    return tag(
        "article",
        tag("p", between(" ", (each for each in labels if each)), class_="labels"),
        tag("h3", f"{capital(path.entry)} → {path.target}", id=f"{anchor}-title"),
        None if sure else tag("p", f"It depends on {listed(list(path.unknowns), 6)}."),
        tag("div", tag("div", story), tag("dl", facts), class_="told"),
        id=anchor,
        class_="path",
        aria_labelledby=f"{anchor}-title",
    )


def _facts(links: Links, path: Path) -> Iterator[tuple[str, Child]]:
    yield "Owner", owner(path)
    yield "Change first", _change(path, links.change(path))
    yield "Duties broken", _duties(links, path)
    if path.instances:
        yield f"Like it, {path.count:,} in all", _instances(path)
    if len(links.result.coverage.roots) > 1:
        yield "Root module", tag("code", path.root)


def _instances(path: Path) -> Child:
    """What a path that stands for several begins or ends at."""
    named = alike(path)
    shown = between(", ", (tag("code", each) for each in named[:MOST_INSTANCES]))
    rest = len(named) - MOST_INSTANCES
    return joined(shown, f" and {rest:,} more") if rest > 0 else shown


def _lost(path: Path) -> Markup:
    lost = loss(path.loses)
    worth = tag("span", f"{lost.means} Impact {path.impact:g} of 10.", class_="note")
    return tag("p", tag("strong", f"Lost: {lost.name}."), " ", worth)


def _presence(path: Path) -> str:
    """How likely it is that somebody stands at the entry, where that is not taken as given."""
    if path.presence >= 1:
        return ""
    return f" That an attacker stands at the entry: {percent(path.presence)}. {path.presence_why}"


def _plausibility(path: Path) -> Markup:
    odds = f"Plausibility: {likely(path.likelihood)}, {percent(path.likelihood)}."
    said = tag("strong", odds)
    if not path.hops:
        return tag("p", said)
    hop = hardest(path)
    steps = "The only step" if len(path.hops) == 1 else f"The hardest of {len(path.hops)} steps"
    step = f"“{hop.title}”, {percent(hop.plausibility)}"
    why = f" {steps}: {step}. {hop.why}{_presence(path)}"
    return tag("p", said, tag("span", why, class_="note"))


def owner(path: Path) -> str:
    """Whom tags and CODEOWNERS name, or that they name nobody."""
    if not path.owners:
        return "Nobody is named by a tag Owner or Team, nor in CODEOWNERS."
    first, *others = path.owners
    of_target = "of what is lost" if first.resource == path.target_address else "of what is passed"
    also = f"; also {listed([o.name for o in others])}" if others else ""
    by = f"tag {first.tag}" if first.tag else spot(first.file, first.line)
    return f"{first.name}, {of_target} ({by}){also}"


def _change(path: Path, change: Change | None) -> Child:
    if path.verdict != Verdict.VIOLATED:
        return "Find out first what it depends on."
    if change is None:
        return "None of the changes ends it; its proof says what breaks each step."
    return sentence(change.says), " ", where(change)


def _duties(links: Links, path: Path) -> Child:
    found = links.duties.get((path.root, path.id), ())
    if not found and path.verdict != Verdict.VIOLATED:
        return "None, as long as it cannot be told."
    if not found:
        return "None of the frameworks that were checked."
    names = dict.fromkeys(framework.name for framework, _ in found)
    anchor = links.anchor(path)
    return between(
        " ",
        (
            tag(
                "a",
                f"{name} {sum(framework.name == name for framework, _ in found)}",
                href=f"#{slug(f'{anchor}-duties')}",
                class_="chip",
                title=f"Requirements of {name} that this path breaks",
            )
            for name in names
        ),
    )


def _steps(links: Links, path: Path) -> Iterator[Markup]:
    for number, hop in enumerate(path.hops, 1):
        proof = tag(
            "a",
            "proof",
            tag("span", f" of step {number} of path {links.number(path)}", class_="aside"),
            href=f"#{links.anchor(path)}-step-{number}",
        )
        yield tag("li", sentence(hop.says), " ", proof)


def _likewise(links: Links, others: Sequence[Path]) -> Markup | None:
    if not others:
        return None
    told = (
        tag("li", capital(path.target), " ", _to_proof(links, path), id=links.anchor(path))
        for path in others
    )
    return joined(tag("h4", "The same way also leads to"), tag("ul", told, class_="others"))


HEADS = ("Path", "What is lost", "Plausibility", "Severity", "Proof")


def _rest(links: Links, rest: Sequence[Path]) -> Markup | None:
    """Paths beyond those that have a card."""
    if not rest:
        return None
    rows = (_row(links, path) for path in rest)
    return joined(
        tag("h3", f"{counted(len(rest), 'further path')}"),
        table("Further attack paths", HEADS, rows),
    )


def _row(links: Links, path: Path) -> Markup:
    anchor = links.anchor(path)
    cells = (
        f"{links.number(path)}. {capital(path.entry)} → {path.target}",
        capital(loss(path.loses).name),
        f"{capital(likely(path.likelihood))}, {percent(path.likelihood)}",
        severity(path.severity) if path.verdict == Verdict.VIOLATED else "Cannot tell",
        _to_proof(links, path),
    )
    return row(HEADS, cells, anchor=anchor)


def _to_proof(links: Links, path: Path) -> Markup:
    href = f"#{links.anchor(path)}-proof"
    return tag("a", f"proof of path {links.number(path)}", href=href)
