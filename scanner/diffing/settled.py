"""Takes out of two sides what cannot be compared, and says so.

Where the file that calls a module does not parse, nothing calls that module any more, and a scan
takes its directory for a root module of its own. What stands in it is then neither new nor gone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from scanner.diffing.judging import Judged, policy_text
from scanner.diffing.surroundings import changed
from scanner.tree import Directory

LOSES_CODE: Final = ("syntax-error", "unreadable", "module-missing", "too-large")
MOST_NAMED: Final = 4


def settled(base: Judged, head: Judged) -> tuple[Judged, Judged]:
    """Both sides without root modules that are modules of the other, since a call was not read."""
    return _without(base, _orphans(base, head)), _without(head, _orphans(head, base))


def _orphans(side: Judged, other: Judged) -> frozenset[str]:
    """Root modules of a side that the other calls, where the side lost files."""
    if not any(gap.kind in LOSES_CODE for gap in side.result.gaps):
        return frozenset()
    roots = {part.directory for each in other.scanned for part in each.parts}
    homes = {
        file.rpartition("/")[0] or "." for each in other.scanned for file in each.evaluated.sources
    }
    own = {each.evaluated.directory for each in side.scanned}
    return frozenset((own & homes) - roots)


def _without(side: Judged, roots: frozenset[str]) -> Judged:
    if not roots:
        return side
    result = side.result
    return replace(
        side,
        scanned=tuple(each for each in side.scanned if each.directory not in roots),
        result=replace(
            result,
            findings=tuple(f for f in result.findings if f.root not in roots),
            paths=tuple(p for p in result.paths if p.root not in roots),
        ),
    )


def notes(base: Judged, head: Judged, *, given: bool) -> Iterator[str]:
    """What a reader must know of how the two were compared."""
    if base.side.is_result:
        yield "Result files hold no graph: reachability and permissions are not compared."
    elif not given and policy_text(base.side) != policy_text(head.side):
        yield (
            "The head changes pathwarden.yaml. What it says there does not count: "
            "both sides are judged by the base's."
        )
    beside = sorted({*base.side.beside, *head.side.beside})
    if beside:
        yield f"Both sides are read with what git does not track: {_some(beside)}."
    yield from _changed_since(head)
    for orphans, side in ((_orphans(base, head), "base"), (_orphans(head, base), "head")):
        if orphans:
            said = f"What calls {_some(sorted(orphans))} was not read in the {side}"
            yield f"{said}: what it makes is not compared."
    yield from _unread_base(base, head)


def _unread_base(base: Judged, head: Judged) -> Iterator[str]:
    """That the base lost something where the head has something."""
    known = {(gap.kind, gap.what) for gap in head.result.gaps}
    roots = {"", *(root.directory for root in head.result.coverage.roots)}
    lost = (
        gap
        for gap in base.result.gaps
        if gap.kind in LOSES_CODE and gap.root in roots and (gap.kind, gap.what) not in known
    )
    if any(lost):
        yield "The base was not read whole: what is told as added may have been there before."


def _some(names: Sequence[str]) -> str:
    """The first of some names, with a count of the rest."""
    more = f" and {len(names) - MOST_NAMED} more" if names[MOST_NAMED:] else ""
    return ", ".join(names[:MOST_NAMED]) + more


def _changed_since(head: Judged) -> Iterator[str]:
    """Which files of a working tree are not as they were committed."""
    committed, tree = head.side.committed, head.side.tree
    if committed is None or not isinstance(tree, Directory):
        return
    dirty = changed(committed, tree)
    if dirty:
        yield f"The working tree is not as it was committed: {_some(dirty)}."
