"""What the head adds to the base, and what it takes away: a pure function of two judged sides.

What is missing in the head is gone only where the head was read there: a finding whose file does
not parse any more is not fixed, it is lost from sight.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from graphs.verdict import Verdict
from scanner import __version__
from scanner.diffing import connections, powers
from scanner.diffing.difference import (
    SCHEMA,
    ChangedFinding,
    ChangedPath,
    ChangedRequirement,
    Difference,
    Lost,
    Power,
    Side,
)
from scanner.diffing.grants import all_holders, grants
from scanner.diffing.judging import Judged
from scanner.diffing.matching import Matched, matched, new_instances, same_paths
from scanner.diffing.pictures import known_edges, pictures
from scanner.frameworks import LEAVES_UNKNOWN
from scanner.redact import hider
from scanner.result import Finding, Gap, Path, Result, Tool, Unknown, Waiver
from scanner.views import Scanned
from scanner.waivers.waiver import Standing

HIDES_NOTHING: Final = LEAVES_UNKNOWN | {
    "deleted-principal",
    "duplicate-sid",
    "malformed",
    "malformed-prefix",
    "missing-reference",
    "no-instance",
    "no-terraform",
    "not-modelled",
    "other-workspace",
    "policy-too-long",
    "submodule",
    "unknown-action",
}
"""Gaps behind which nothing of the base can have vanished from sight."""


def compare(base: Judged, head: Judged, notes: Sequence[str] = ()) -> Difference:
    """All that is different. What Terraform holds sensitive is still in it."""
    same = {id(s.estate) for s in base.scanned} & {id(s.estate) for s in head.scanned}
    ours = [each for each in base.scanned if id(each.estate) not in same]
    theirs = [each for each in head.scanned if id(each.estate) not in same]
    blind = _Blind(base.result, head.result, theirs)
    paths = matched(base.result.paths, head.result.paths, same_paths(base.result.paths), _root)
    findings = matched(_findings(base), _findings(head), lambda f: f.fingerprint, _root)
    ways = connections.ways(ours), connections.ways(theirs)
    can = powers.powers(ours), powers.powers(theirs)
    held = all_holders(ours), all_holders(theirs)
    added = (*powers.added(*can), *grants(*held))
    removed = (*powers.added(can[1], can[0]), *grants(held[1], held[0]))
    before = known_edges(ways[0], can[0], connections.grown(*ways))
    return Difference(
        schema=SCHEMA,
        tool=Tool("pathwarden", __version__),
        base=_side(base),
        head=_side(head),
        notes=tuple(notes),
        opened=paths.new,
        closed=tuple(p for p in paths.gone if not blind.hides(p.root)),
        changed=tuple(_changed_paths(paths)),
        findings_added=findings.new,
        findings_fixed=tuple(f for f in findings.gone if not blind.hides(f.root)),
        findings_changed=tuple(_changed_findings(findings)),
        lost=tuple(blind.lost(paths.gone, findings.gone)),
        reach_added=connections.added(*ways),
        reach_removed=tuple(
            c for c in connections.added(ways[1], ways[0]) if not blind.hides(c.root)
        ),
        permissions_added=_by_principal(added),
        permissions_removed=_by_principal(p for p in removed if not blind.hides(p.root)),
        requirements=tuple(_requirements(base.result, head.result)),
        waivers_added=_waivers(base.result, head.result),
        unknowns_added=_unknowns(base.result, head.result),
        gaps_added=gaps_added(base.result, head.result),
        pictures=pictures(paths.new, theirs, before, hider(base.secrets | head.secrets)),
    )


def _root(each: Path | Finding) -> str:
    return each.root


def _findings(side: Judged) -> Sequence[Finding]:
    """Those that are no path's."""
    return [finding for finding in side.result.findings if not finding.path]


def _side(side: Judged) -> Side:
    coverage = side.result.coverage
    resources = sum(root.resources for root in coverage.roots)
    gaps = len(side.result.gaps)
    return Side(side.side.name, coverage.scanned, coverage.files, resources, gaps)


def _by_principal(found: Iterable[Power]) -> tuple[Power, ...]:
    """Those of one principal together, what it may surely do first."""
    return tuple(sorted(found, key=lambda p: (p.root, p.principal, p.verdict != Verdict.VIOLATED)))


# --------------------------------------------------------------------------------- what is changed


def _changed_paths(found: Matched[Path]) -> Iterator[ChangedPath]:
    for before, now in found.both:
        says = tuple(_path_changes(before, now))
        if says:
            yield ChangedPath(before, now, says)


def _path_changes(before: Path, now: Path) -> Iterator[str]:
    yield from _verdicts(before, now)
    if round(before.likelihood, 2) != round(now.likelihood, 2):
        yield f"likelihood {before.likelihood:.0%}, now {now.likelihood:.0%}"
    if before.impact != now.impact:
        yield f"impact {before.impact:g} of 10, now {now.impact:g}"
    more = len(new_instances(before, now))
    if more or before.count != now.count:
        yield f"{before.count} of this pattern, now {now.count}, of which {more} new"
    steps = [{hop.says for hop in path.hops} for path in (before, now)]
    for hop in now.hops:
        if hop.says not in steps[0] and before.verdict == now.verdict:
            yield f"now by: {hop.says}"


def _changed_findings(found: Matched[Finding]) -> Iterator[ChangedFinding]:
    for before, now in found.both:
        says = tuple(_verdicts(before, now))
        if says:
            yield ChangedFinding(before, now, says)


def _verdicts(before: Path | Finding, now: Path | Finding) -> Iterator[str]:
    if before.verdict != now.verdict:
        said = {Verdict.VIOLATED: "certain", Verdict.CANNOT_TELL: "cannot tell"}
        yield f"{said[Verdict(before.verdict)]}, now {said[Verdict(now.verdict)]}"
    if before.severity != now.severity:
        yield f"{before.severity}, now {now.severity}"
    if (before.waived is None) != (now.waived is None):
        yield "waived, now no more" if now.waived is None else "now waived"


# ---------------------------------------------------------------------------- what was not read


class _Blind:
    """Where the head was not read as the base was: what is missing there may well be there."""

    def __init__(self, base: Result, head: Result, scanned: Sequence[Scanned]) -> None:
        known = {_gap_key(gap) for gap in base.gaps}
        self.gaps = [
            gap for gap in head.gaps if gap.kind not in HIDES_NOTHING and _gap_key(gap) not in known
        ]
        self.together = {part.name: each for each in scanned for part in each.parts}
        self.gone = {root.directory for root in base.coverage.roots} - {
            root.directory for root in head.coverage.roots
        }

    def why(self, root: str) -> Gap | None:
        """What of the head was not read where a root module of the base is."""
        near = self._near(root)
        found = (gap for gap in self.gaps if not gap.root or gap.root in near or root in self.gone)
        return next(found, None)

    def hides(self, root: str) -> bool:
        """Whether it cannot be told of what is missing there that it is gone."""
        return self.why(root) is not None

    def _near(self, root: str) -> set[str]:
        """A root module with those that it is one estate with."""
        each = self.together.get(root)
        return {root, *(part.name for part in each.parts)} if each else {root}

    def lost(self, paths: Iterable[Path], findings: Iterable[Finding]) -> Iterator[Lost]:
        """What is missing and may still be there."""
        for path in paths:
            if gap := self.why(path.root):
                says = f"{path.entry} → {path.target}"
                yield Lost("path", path.id, path.severity, says, path.root, _because(gap))
        for finding in findings:
            if gap := self.why(finding.root):
                about = (finding.severity, finding.because, finding.root)
                yield Lost("finding", finding.fingerprint, *about, _because(gap))


def _because(gap: Gap) -> str:
    where = f"{gap.file}:{gap.line} " if gap.file else ""
    return f"{where}{gap.kind.replace('-', ' ')}: {gap.what}"


def _gap_key(gap: Gap) -> tuple[str, str, str]:
    return gap.kind, gap.what, gap.root


def gaps_added(base: Result, head: Result) -> tuple[Gap, ...]:
    """Those of the head whose like the base does not have."""
    known = {_alike(gap) for gap in base.gaps}
    return tuple(gap for gap in head.gaps if _alike(gap) not in known)


def _alike(gap: Gap) -> tuple[str, str]:
    what = gap.what
    if gap.kind in ("not-modelled", "belongs-elsewhere"):  # `a.b and 7 more: a is not modelled`
        what = _COUNTED.sub("", what)
    return gap.kind, _without_modules(what)


_COUNTED: Final = re.compile(r"^\S+( and [\d,]+ more)?:? ")


def _unknowns(base: Result, head: Result) -> tuple[Unknown, ...]:
    def name(unknown: Unknown) -> tuple[str, str]:
        return unknown.cause, _without_modules(unknown.what)

    return matched(base.unknowns, head.unknowns, name, lambda unknown: unknown.what).new


def _waivers(base: Result, head: Result) -> tuple[Waiver, ...]:
    """Those that the head adds, whether they count or not."""

    def name(waiver: Waiver) -> tuple[str, ...]:
        return waiver.by, waiver.rule, waiver.match, waiver.until

    new = matched(base.waivers, head.waivers, name, lambda waiver: waiver.file).new
    return tuple(each for each in head.waivers if each in new or each.status == Standing.ADDED)


def _without_modules(what: str) -> str:
    """An address in a text without the path of its module, which another call would change.

    >>> _without_modules('module.a["x"].module.b.aws_vpc.main.id')
    'aws_vpc.main.id'
    """
    return _MODULES.sub("", what)


_MODULES: Final = re.compile(r"\b(?:module\.[\w-]+(?:\[[^\]]*\])?\.)+(?=\w)")


# ------------------------------------------------------------------------------------------ duties


def _requirements(base: Result, head: Result) -> Iterator[ChangedRequirement]:
    before = {(f.id, r.number): r for f in base.frameworks for r in f.requirements}
    for framework in head.frameworks:
        for now in framework.requirements:
            known = before.get((framework.id, now.number))
            if known is not None and known.status != now.status:
                name = f"{framework.name} {framework.edition}"
                about = (now.number, now.title, known.status, now.status)
                yield ChangedRequirement(framework.id, name, *about)
