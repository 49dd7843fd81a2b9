"""What every report of a comparison says in words: the verdict, and what belongs together."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TypeVar

from graphs.estate import Relation
from graphs.network.reach import INTERNET
from graphs.verdict import Verdict
from scanner.diffing.difference import ChangedFinding, Connection, Difference, Power
from scanner.diffing.matching import new_instances
from scanner.reports.words import clean, counted
from scanner.result import Finding, Path

Each = TypeVar("Each", Connection, Power)
SEVERITIES = ("critical", "high", "medium", "low", "info")
ALLOWS = "allows"
WORST = (
    Relation.ADMINISTERS,
    Relation.MAY_CALL,
    Relation.READS,
    Relation.WRITES,
    Relation.MAY_ASSUME,
    Relation.HOLDS_CREDENTIALS_OF,
    ALLOWS,
    Relation.RUNS_AS,
)
"""Relations, those that lead furthest first."""
SAID = 4
"""So many actions are said one by one."""


def headline(of: Difference) -> str:
    """The verdict in one sentence."""
    if of.is_empty:
        return "Nothing that counts is different."
    parts = [part for part in _parts(of) if part]
    if not parts:
        return "No path, connection, permission or finding is different."
    said = f"{', '.join(parts[:-1])} and {parts[-1]}" if parts[1:] else parts[0]
    return f"This change {said}."


def _parts(of: Difference) -> Iterator[str]:
    yield _told("opens", "attack path", [path for path in of.opened if path.stands])
    yield _told("may open", "attack path", [path for path in of.opened if path.open])
    wider = [each for each in of.changed if new_instances(each.before, each.now)]
    yield _many("widens", len(wider), "attack path")
    yield _told("closes", "attack path", of.closed, detail=False)
    for found, surely, perhaps, noun in (
        (of.reach_added, "lets", "may let", "connection through"),
        (of.permissions_added, "gives", "may give", "permission"),
    ):
        certain = sum(each.verdict == Verdict.VIOLATED for each in found)
        yield _many(surely, certain, noun)
        yield _many(perhaps, len(found) - certain, noun)
    yield _told("adds", "finding", sure(of.findings_added))
    yield _told("fixes", "finding", of.findings_fixed, detail=False)
    worse = [each for each in of.findings_changed if each.now.stands and not each.before.stands]
    yield _many("brings to light", len(worse), "finding")
    yield _many("ends", len(of.reach_removed), "connection")
    yield _many("takes", len(of.permissions_removed), "permission away")
    yield _many("hides", len(of.lost), "answer")


def _many(verb: str, number: int, noun: str) -> str:
    if not number:
        return ""
    word, _, rest = noun.partition(" ")
    return f"{verb} {counted(number, word)}{' ' if rest else ''}{rest}"


def _told(
    verb: str, noun: str, found: Sequence[Path] | Sequence[Finding], *, detail: bool = True
) -> str:
    if not found:
        return ""
    counts = Counter(each.severity for each in found)
    told = ", ".join(f"{counts[s]} {s}" for s in SEVERITIES if counts[s])
    return f"{verb} {counted(len(found), noun)}{f' ({told})' if detail else ''}"


def sure(found: Iterable[Finding]) -> list[Finding]:
    """Those that are certain, and count."""
    return [each for each in found if each.stands]


def unsure(found: Iterable[Finding]) -> list[Finding]:
    """Those that cannot be told, and would count."""
    return [each for each in found if each.open]


def opened(of: Difference) -> list[list[Path]]:
    """The opened paths that nobody waives, the same one of several root modules together."""
    groups: dict[object, list[Path]] = {}
    for path in of.opened:
        if path.waived is None:
            key = path.id, path.verdict, tuple(hop.says for hop in path.hops)
            groups.setdefault(key, []).append(path)
    return list(groups.values())


def waived(of: Difference) -> list[tuple[str, str]]:
    """What is new and waived: its severity, and what it is."""
    paths = [(each.severity, each.title) for each in of.opened if each.waived]
    return paths + [(each.severity, each.because) for each in of.findings_added if each.waived]


def sides(of: Difference) -> str:
    """What is compared with what."""
    return f"{of.base.name} → {of.head.name}"


def by_listener(found: Sequence[Connection]) -> list[list[Connection]]:
    """Connections with the same packets to the same listener, from several sources."""

    def key(each: Connection) -> tuple[str, str, str, str]:
        return each.root, each.target, each.verdict, each.packets

    return [list(group) for _, group in groupby(sorted(found, key=key), key)]


def by_principal(found: Sequence[Power]) -> list[list[Power]]:
    """Permissions of the same principal: what they lead to, then the calls that are allowed."""

    def key(each: Power) -> tuple[str, str]:
        return each.root, each.principal

    groups = [list(group) for _, group in groupby(sorted(found, key=key), key)]
    told = [sorted(group, key=_weight) for group in groups]
    return sorted(told, key=lambda group: _weight(group[0]))


def _weight(power: Power) -> tuple[bool, int]:
    """What is sure comes first, then what leads furthest."""
    open_to_all = power.principal == INTERNET
    rank = WORST.index(power.relation) if power.relation in WORST else len(WORST)
    return power.verdict != Verdict.VIOLATED, rank - open_to_all


def alike(groups: Sequence[list[Each]]) -> list[list[list[Each]]]:
    """Groups of which the same is said, whoever it is said of and in whichever root module."""
    found: dict[object, list[list[Each]]] = {}
    for group in groups:
        key = tuple(sorted((predicate(each), each.verdict) for each in group))
        found.setdefault(key, []).append(group)
    return list(found.values())


def predicate(each: Connection | Power) -> str:
    """What is said, for a permission without who may."""
    if isinstance(each, Connection):
        return each.says
    said = each.says.partition(" may ")[2] or each.says
    return said.removeprefix("(cannot tell) ")


def roots_of(groups: Sequence[Sequence[Each]]) -> str:
    """`in prod and 2 more root modules`, of some groups."""
    return where_of(list(dict.fromkeys(group[0].root for group in groups)))


def where_of(roots: Sequence[str]) -> str:
    """`in prod and 2 more root modules`; "" in the compared directory itself."""
    if list(roots) == ["."]:
        return ""
    more = f" and {counted(len(roots) - 1, 'more root module')}" if roots[1:] else ""
    return f"in {roots[0]}{more}"


def gathered(group: Sequence[Power]) -> list[list[Power]]:
    """The same actions on several resources together; every other permission alone."""
    found: dict[object, list[Power]] = {}
    for number, each in enumerate(group):
        calls = each.says.rpartition(" on ")[0]
        key = (calls, each.verdict) if each.relation == ALLOWS else number
        found.setdefault(key, []).append(each)
    return list(found.values())


def request_of(power: Power) -> str:
    """The request that shows a power: `s3:GetObject on arn:...`; "" where the power says it."""
    if power.witness is None or (power.relation == ALLOWS and power.actions <= SAID):
        return ""
    given = f" with {', '.join(power.witness.conditions)}" if power.witness.conditions else ""
    return f"{power.witness.action} on {power.witness.resource}{given}"


def change_of(each: ChangedFinding) -> str:
    """`cannot tell, now certain: the sentence`."""
    return f"{'; '.join(each.says)}: {each.now.because}"


def owned(path: Path) -> str:
    """Who is named as the owner of what is lost."""
    return ", ".join(clean(owner.name) for owner in path.owners[:2])
