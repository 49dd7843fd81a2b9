"""What of a head counts against it: what it adds to the base, and what it makes worse."""

from dataclasses import replace

from graphs.verdict import Verdict
from rules.api import Severity
from scanner.diffing.comparing import gaps_added
from scanner.diffing.matching import matched, new_instances, same_paths
from scanner.result import Finding, Path, Result


def adds(base: Result, head: Result) -> tuple[Finding, ...]:
    """The findings that the head adds, or makes worse: those of paths among them.

    A path's finding is the same one as long as the path is. One that stands for more instances
    than before is worse.
    """
    named = same_paths(base.paths)
    pairs = matched(base.paths, head.paths, named, _root).both
    larger = {(now.root, now.id) for before, now in pairs if new_instances(before, now)}
    known = {path.id: named(path) for path in head.paths}
    found = matched(
        base.findings, head.findings, lambda f: known.get(f.path, f.path) or f.fingerprint, _root
    )
    grown = {
        id(now)
        for before, now in found.both
        if worse(before, now) or (now.root, now.path) in larger
    }
    fresh = {id(each) for each in found.new} | grown
    return tuple(each for each in head.findings if id(each) in fresh)


def only_new(base: Result, head: Result) -> Result:
    """The head's result with what it adds alone, for reports that list findings."""
    fresh = adds(base, head)
    ids = {(f.root, f.path) for f in fresh if f.path}
    paths = tuple(p for p in head.paths if (p.root, p.id) in ids)
    return replace(
        head, findings=fresh, paths=paths, gaps=gaps_added(base, head), views=(), first=(), cuts=()
    )


def _root(each: Path | Finding) -> str:
    return each.root


def worse(before: Finding, now: Finding) -> bool:
    """Whether a finding of both says more, or worse, than it did."""
    if before.waived is not None and now.waived is None:
        return True
    sure = now.verdict == Verdict.VIOLATED and before.verdict != Verdict.VIOLATED
    return sure or Severity(now.severity) > Severity(before.severity)
