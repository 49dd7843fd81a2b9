"""Attack paths: the best derivations of something worth stealing from somewhere an attacker is.

Input: an estate. Output: AttackPaths, ranked by likelihood times impact. A path is what one
derivation tells in order; its id hashes entry, target and techniques, never hops or lines.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from graphs.attack.derivables import derivables
from graphs.attack.derive import Derivation, derivations
from graphs.attack.entries import Entry, entries
from graphs.attack.facts import Derivable, Fact
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
    `likewise` are further steps by which one of its facts follows by the same technique from what
    the attacker holds too: a second machine with the same role, say.
    """

    id: str
    entry: Entry
    target: Target
    likelihood: float
    impact: float
    answer: Answer
    steps: tuple[Derivable, ...]
    likewise: tuple[Derivable, ...] = ()

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
    """The paths, ranked.

    Derived twice: from what is certain, then from what is possible; a way that is only possible
    is told where no certain one joins the same entry and target.
    """
    steps = derivables(estate)
    certain = [s for s in steps if s.answer.certain]
    goals = targets(estate)
    found: list[AttackPath] = []
    for entry in entries(estate):
        sure = _paths(entry, goals, certain)
        reached = {p.target.fact for p in sure}
        maybe = [p for p in _paths(entry, goals, steps) if p.target.fact not in reached]
        found += sure + maybe
    return tuple(sorted(found, key=lambda p: (not p.answer.certain, -p.risk, p.id)))


def _paths(entry: Entry, goals: tuple[Target, ...], steps: Sequence[Derivable]) -> list[AttackPath]:
    found = derivations(entry.fact, steps)
    usable: dict[tuple[str, Fact], list[Derivable]] = {}
    for step in steps:
        if all(premise in found for premise in step.premises):
            usable.setdefault((step.technique.id, step.conclusion), []).append(step)
    ways = ((goal, way) for goal in goals for way in found.get(goal.fact, ()))
    return [_path(entry, goal, way, usable) for goal, way in ways]


def _path(
    entry: Entry,
    target: Target,
    way: Derivation,
    usable: dict[tuple[str, Fact], list[Derivable]],
) -> AttackPath:
    steps = way.steps
    alike = (each for s in steps for each in usable[s.technique.id, s.conclusion])
    return AttackPath(
        id=_path_id(entry, target, way.signature),
        entry=entry,
        target=target,
        likelihood=entry.plausibility * math.exp(-way.cost),
        impact=target.impact,
        answer=all_of(s.answer for s in steps),
        steps=steps,
        likewise=tuple(each for each in alike if each not in steps),
    )


def _path_id(entry: Entry, target: Target, signature: tuple[str, ...]) -> str:
    said = "\n".join((entry.identity, target.identity, *signature))
    return "path-" + hashlib.sha256(said.encode()).hexdigest()[:10]
