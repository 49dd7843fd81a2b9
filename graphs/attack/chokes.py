"""Choke points: what every way from an entry to a target passes (dominators).

Input: the ways that are told. Output: nodes with the paths that all pass them, most risk first.
"""

from collections import defaultdict
from dataclasses import dataclass

from graphs.attack.cuts import Cutting
from graphs.attack.facts import Fact
from graphs.attack.paths import AttackPath

MOST_ASKED = 200
"""Facts that are tried, those of the riskiest paths first."""


@dataclass(frozen=True, slots=True)
class Choke:
    """A node that no way to the targets of some paths goes around, and the share of all risk."""

    node: str
    paths: tuple[AttackPath, ...]
    share: float


def chokes(cutting: Cutting) -> tuple[Choke, ...]:
    """The nodes that at least two paths cannot do without, their own ends aside."""
    ways = cutting.ways
    risk = {goal: sum(p.risk for p in cutting.paths_of(goal)) for goal in ways.goals}
    total = sum(risk.values())
    ended: dict[str, set[int]] = defaultdict(set)
    for fact in _passed(cutting, risk):
        goals = [goal for goal in ways.goals if risk[goal] and ways.pairs[goal][1] != fact]
        ended[fact.node].update(ways.without(fact, goals))
    found = []
    for node, goals_ended in ended.items():
        paths = tuple(p for goal in sorted(goals_ended) for p in cutting.paths_of(goal))
        if len(paths) > 1:
            share = sum(risk[goal] for goal in goals_ended) / total
            found.append(Choke(node, paths, share))
    return tuple(sorted(found, key=lambda c: (-c.share, c.node)))


def _passed(cutting: Cutting, risk: dict[int, float]) -> list[Fact]:
    """What the told paths pass between their ends, the riskiest first."""
    goals = sorted(cutting.ways.goals, key=lambda goal: (-risk[goal], goal))
    paths = (path for goal in goals for path in cutting.paths_of(goal))
    facts = (s.conclusion for p in paths for s in p.steps if s.conclusion != p.target.fact)
    return list(dict.fromkeys(facts))[:MOST_ASKED]
