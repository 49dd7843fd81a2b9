"""Attack paths: the best derivations of something worth stealing from somewhere an attacker is.

Input: an estate. Output: AttackPaths, ranked by likelihood times impact. A path is what one
derivation tells in order (`derive.py` says of which kind); its id hashes entry, target and
techniques, never hops or lines. Of each entry and target the best four are told, exactly those,
and the ranking is proven; where there are too many ways to tell, the paths say that it is not. What
is as bad stands in the order of fewest steps, then of techniques. Paths that differ in nothing but
which instance of one block they begin or end at are told as one.
"""

import hashlib
import math
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from weakref import WeakKeyDictionary

from graphs.attack.derivables import derivables
from graphs.attack.derive import WORK, Derivation, derivations
from graphs.attack.entries import Entry, entries
from graphs.attack.facts import Derivable, Fact
from graphs.attack.numbered import DIGITS, Numbered
from graphs.attack.targets import Target, targets
from graphs.estate import Estate
from graphs.evidence import Evidence
from graphs.resource import natural, without_keys
from graphs.unknown import Answer, all_of
from graphs.verdict import Gap


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of a path: the technique, the sentence, and what proves it."""

    technique: str
    says: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class AttackPath:
    """A way from an entry to a target.

    `likelihood` is the product of the plausibilities of its distinct techniques and of the entry;
    `impact` is 0 to 10 by what is lost; `answer` is undecided where a hop rests on an Unknown.
    `proven`: no better way from its entry to its target is left untold.
    `alike` finds what `likewise` tells. `instances` are all paths of one pattern, the path itself
    first; empty where it is the only one.
    """

    id: str
    entry: Entry
    target: Target
    likelihood: float
    impact: float
    answer: Answer
    steps: tuple[Derivable, ...]
    proven: bool = True
    alike: Callable[[], tuple[Derivable, ...]] = field(default=tuple, compare=False, repr=False)
    instances: "tuple[AttackPath, ...]" = ()

    @property
    def each(self) -> "tuple[AttackPath, ...]":
        """Every path that it stands for."""
        return self.instances or (self,)

    @property
    def start(self) -> str:
        """Where it begins, in words, and at how many others of the kind."""
        return _with_more(self.entry.says, {path.entry.identity for path in self.instances})

    @property
    def loss(self) -> str:
        """What is lost, in words, and how many others of the kind."""
        return _with_more(self.target.says, {path.target.fact for path in self.instances})

    @property
    def likewise(self) -> tuple[Derivable, ...]:
        """Further steps by which one of its facts follows by the same technique from what the
        attacker holds too: a second machine with the same role, say."""
        return self.alike()

    @property
    def risk(self) -> float:
        """Likelihood times impact: what paths are ranked by."""
        return self.likelihood * self.impact

    @property
    def techniques(self) -> tuple[str, ...]:
        """Technique ids in the order of the steps."""
        return tuple(step.technique.id for step in self.steps)

    def hops(self) -> tuple[Hop, ...]:
        """The steps with their proofs, made when asked for."""
        return tuple(Hop(s.technique.id, s.says, s.evidence()) for s in self.steps)


def _with_more(says: str, every: Collection[object]) -> str:
    return says if len(every) < 2 else f"{says} and {len(every) - 1} more alike"


_FOUND: WeakKeyDictionary[Estate, tuple[AttackPath, ...]] = WeakKeyDictionary()
_EACH: WeakKeyDictionary[Estate, tuple[AttackPath, ...]] = WeakKeyDictionary()


def attack_paths(estate: Estate) -> tuple[AttackPath, ...]:
    """All attack paths of an estate, the greatest risk first.

    Those of one pattern are one. Many rules ask; they are found once, and kept no longer than the
    estate is.
    """
    if estate not in _FOUND:
        _FOUND[estate] = _grouped(estate, each_path(estate))
    return _FOUND[estate]


def each_path(estate: Estate) -> tuple[AttackPath, ...]:
    """The same, with every instance of a pattern by itself: what cuts have to end."""
    if estate not in _EACH:
        _EACH[estate] = ranked(entries(estate), targets(estate), derivables(estate), WORK)
    return _EACH[estate]


def _grouped(estate: Estate, paths: Iterable[AttackPath]) -> tuple[AttackPath, ...]:
    """Paths of one pattern as the one of its first instance, which names the pattern: what is
    counted grows and shrinks at its end, so that the id stays."""
    groups: dict[tuple[object, ...], list[AttackPath]] = {}
    for path in paths:
        ends = (_pattern(estate, path.entry), _pattern(estate, path.target))
        key = (*ends, path.target.kind, path.techniques, path.answer.certain)
        groups.setdefault(key, []).append(path)
    return tuple(map(_as_one, groups.values()))


def _pattern(estate: Estate, end: Entry | Target) -> str:
    """An end of a path without the keys of its instance; what it is, where it has none."""
    node = estate.index.by_id.get(end.fact.node)
    bare = without_keys(node.source.address) if node else ""
    return bare if node and bare != str(node.source.address) else end.identity


def _as_one(paths: list[AttackPath]) -> AttackPath:
    if len(paths) == 1:
        return paths[0]
    every = sorted(paths, key=lambda p: (natural(p.entry.fact.node), natural(p.target.fact.node)))
    proven = all(path.proven for path in every)
    return replace(every[0], proven=proven, instances=tuple(every))


def ranked(
    starts: Iterable[Entry],
    goals: Sequence[Target],
    steps: Sequence[Derivable],
    work: int = WORK,
) -> tuple[AttackPath, ...]:
    """The paths from some entries to some targets by these steps, the greatest risk first.

    Derived twice: from what is certain, then from what is possible; a way that is only possible
    is told where no certain one joins the same entry and target. `work` is for how many candidates
    there is time in all.
    """
    wanted = {goal.fact for goal in goals}
    certain = [s for s in steps if s.answer.certain]
    sure_ways = Numbered(certain, wanted)
    all_ways = Numbered(steps, wanted) if len(certain) < len(steps) else None
    found: list[AttackPath] = []
    for entry in starts:
        sure, work = _paths(entry, goals, sure_ways, work)
        found += sure
        reached = {p.target.fact for p in sure}
        left = [goal for goal in goals if goal.fact not in reached]
        if left and all_ways:
            more, work = _paths(entry, left, all_ways, work)
            found += more
    return tuple(sorted(found, key=_worst_first))


def _worst_first(path: AttackPath) -> tuple[bool, float, int, tuple[str, ...], str]:
    """What surely is before what may be; what is as bad by its steps."""
    risk = round(path.risk, DIGITS - 1)
    return not path.answer.certain, -risk, len(path.steps), path.techniques, path.id


def _paths(
    entry: Entry, goals: Sequence[Target], steps: Numbered, work: int
) -> tuple[list[AttackPath], int]:
    """The paths from one entry, and how much work may still be done."""
    found = derivations(entry.fact, steps, goals=[goal.fact for goal in goals], work=work)
    made = [
        _path(entry, goal, way, found.settled(goal.fact), partial(_alike, way, found, steps))
        for goal in goals
        for way in found.get(goal.fact, ())
    ]
    return made, max(work - found.spent, 0)


def unproven(estates: Iterable[Estate]) -> Iterator[Gap]:
    """Where the ranking of an estate's paths is not proven."""
    for estate in estates:
        ends = dict.fromkeys(
            (path.entry.says, path.target.says) for path in each_path(estate) if not path.proven
        )
        if ends:
            start, loss = next(iter(ends))
            more = f" and for {len(ends) - 1} more pairs" if len(ends) > 1 else ""
            yield Gap(
                "ranking-not-proven",
                f"from {start} to {loss}{more} there are more ways than were compared",
                "the paths that are told are real and no loss is left out, but a likelier way to "
                "one of these may be",
            )


def _alike(way: Derivation, held: Container[Fact], steps: Numbered) -> tuple[Derivable, ...]:
    others = (each for step in way.steps for each in steps.alike(step) if each not in way.steps)
    return tuple(each for each in others if all(premise in held for premise in each.premises))


def _path(
    entry: Entry,
    target: Target,
    way: Derivation,
    proven: bool,
    alike: Callable[[], tuple[Derivable, ...]],
) -> AttackPath:
    return AttackPath(
        id=_path_id(entry, target, way.signature),
        entry=entry,
        target=target,
        likelihood=entry.plausibility * math.exp(-way.cost),
        impact=target.impact,
        answer=all_of(s.answer for s in way.steps if not s.answer.certain),
        steps=way.steps,
        proven=proven,
        alike=alike,
    )


def _path_id(entry: Entry, target: Target, signature: tuple[str, ...]) -> str:
    said = "\n".join((entry.identity, target.identity, *signature))
    return "path-" + hashlib.sha256(said.encode()).hexdigest()[:10]
