"""Attack paths: the best derivations of something worth stealing from somewhere an attacker is.

Input: an estate. Output: AttackPaths, ranked by likelihood times impact. A path is what one
derivation tells in order; its id hashes entry, target and techniques, never hops or lines.
"""

import hashlib
import math
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from weakref import WeakKeyDictionary

from graphs.attack.derivables import derivables
from graphs.attack.derive import Derivation, derivations
from graphs.attack.entries import Entry, entries
from graphs.attack.facts import Derivable, Fact
from graphs.attack.numbered import Numbered
from graphs.attack.targets import Target, targets
from graphs.estate import Estate
from graphs.evidence import Evidence
from graphs.unknown import Answer, all_of


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
    `alike` finds what `likewise` tells.
    """

    id: str
    entry: Entry
    target: Target
    likelihood: float
    impact: float
    answer: Answer
    steps: tuple[Derivable, ...]
    alike: Callable[[], tuple[Derivable, ...]] = field(default=tuple, compare=False, repr=False)

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


_FOUND: WeakKeyDictionary[Estate, tuple[AttackPath, ...]] = WeakKeyDictionary()


def attack_paths(estate: Estate) -> tuple[AttackPath, ...]:
    """All attack paths of an estate, the greatest risk first.

    Many rules ask; they are found once, and kept no longer than the estate is.
    """
    if estate not in _FOUND:
        _FOUND[estate] = _found(estate)
    return _FOUND[estate]


def _found(estate: Estate) -> tuple[AttackPath, ...]:
    return ranked(entries(estate), targets(estate), derivables(estate))


def ranked(
    starts: Iterable[Entry], goals: Sequence[Target], steps: Sequence[Derivable]
) -> tuple[AttackPath, ...]:
    """The paths from some entries to some targets by these steps, the greatest risk first.

    Derived twice: from what is certain, then from what is possible; a way that is only possible
    is told where no certain one joins the same entry and target.
    """
    wanted = {goal.fact for goal in goals}
    certain = [s for s in steps if s.answer.certain]
    sure_ways = Numbered(certain, wanted)
    all_ways = Numbered(steps, wanted) if len(certain) < len(steps) else None
    found: list[AttackPath] = []
    for entry in starts:
        sure = _paths(entry, goals, sure_ways)
        reached = {p.target.fact for p in sure}
        left = [goal for goal in goals if goal.fact not in reached]
        found += sure + (_paths(entry, left, all_ways) if left and all_ways else [])
    return tuple(sorted(found, key=lambda p: (not p.answer.certain, -p.risk, p.id)))


def _paths(entry: Entry, goals: Iterable[Target], steps: Numbered) -> list[AttackPath]:
    found = derivations(entry.fact, steps)
    return [
        _path(entry, goal, way, partial(_alike, way, found, steps))
        for goal in goals
        for way in found.get(goal.fact, ())
    ]


def _alike(way: Derivation, held: Container[Fact], steps: Numbered) -> tuple[Derivable, ...]:
    others = (each for step in way.steps for each in steps.alike(step) if each not in way.steps)
    return tuple(each for each in others if all(premise in held for premise in each.premises))


def _path(
    entry: Entry, target: Target, way: Derivation, alike: Callable[[], tuple[Derivable, ...]]
) -> AttackPath:
    return AttackPath(
        id=_path_id(entry, target, way.signature),
        entry=entry,
        target=target,
        likelihood=entry.plausibility * math.exp(-way.cost),
        impact=target.impact,
        answer=all_of(s.answer for s in way.steps if not s.answer.certain),
        steps=way.steps,
        alike=alike,
    )


def _path_id(entry: Entry, target: Target, signature: tuple[str, ...]) -> str:
    said = "\n".join((entry.identity, target.identity, *signature))
    return "path-" + hashlib.sha256(said.encode()).hexdigest()[:10]
