"""The likeliest ways to one goal from everywhere at once, where each step needs but one thing.

Nearly all escalations are such: one walk back from the goal then answers for every principal,
where a search of its own for each would take their number times as long (E. W. Dijkstra, "A note
on two problems in connexion with graphs", 1959).
"""

import heapq
import math
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from itertools import count

from graphs.attack.facts import Derivable, Fact

_Best = tuple[float, Derivable | None]


class Roads:
    """The steps of an estate, walked backwards."""

    def __init__(self, steps: Iterable[Derivable]) -> None:
        """Sort steps by what they need and what they give."""
        self._from: dict[Fact, list[Derivable]] = defaultdict(list)
        self._into: dict[Fact, list[Derivable]] = defaultdict(list)
        self._best: dict[Fact, dict[Fact, _Best]] = {}
        self.joins: list[Derivable] = []
        """The steps that need several things."""
        for step in steps:
            for premise in set(step.premises):
                self._from[premise].append(step)
            if len(step.premises) == 1:
                self._into[step.conclusion].append(step)
            else:
                self.joins.append(step)

    def way(
        self, start: Fact, goal: Fact, first: Callable[[Derivable], bool] | None = None
    ) -> tuple[Derivable, ...] | None:
        """The likeliest steps from start to goal, each needing one thing; None without any.

        `first` says what the first step has to be.
        """
        if goal not in self._best:
            self._best[goal] = self._walked(goal)
        best = self._best[goal]
        begin = [
            (_cost(step) + best[step.conclusion][0], number, step)
            for number, step in enumerate(self._from.get(start, ()))
            if len(step.premises) == 1 and step.conclusion in best
            if first is None or first(step)
        ]
        for _, _, step in sorted(begin, key=lambda each: each[:2]):
            steps = self._followed(step, best)
            if all(each.premises[0] != start for each in steps[1:]):
                return steps
        return None

    def within(self, start: Fact) -> list[Derivable]:
        """The steps that may be taken by whoever starts there, joins among them."""
        known, waiting = {start}, deque([start])
        found: dict[int, Derivable] = {}
        while waiting:
            for step in self._from.get(waiting.popleft(), ()):
                if known.issuperset(step.premises):
                    found[id(step)] = step
                    if step.conclusion not in known:
                        known.add(step.conclusion)
                        waiting.append(step.conclusion)
        return list(found.values())

    def _walked(self, goal: Fact) -> dict[Fact, _Best]:
        """The cost of every fact from which the goal follows, and the first step from it."""
        best: dict[Fact, _Best] = {}
        ticket = count()
        queue: list[tuple[float, int, Fact, Derivable | None]] = [(0.0, next(ticket), goal, None)]
        while queue:
            cost, _, fact, step = heapq.heappop(queue)
            if fact in best:
                continue
            best[fact] = (cost, step)
            for before in self._into.get(fact, ()):
                premise = before.premises[0]
                if premise not in best:
                    heapq.heappush(queue, (cost + _cost(before), next(ticket), premise, before))
        return best

    @staticmethod
    def _followed(step: Derivable, best: dict[Fact, _Best]) -> tuple[Derivable, ...]:
        steps = [step]
        while (following := best[steps[-1].conclusion][1]) is not None:
            steps.append(following)
        return tuple(steps)


def _cost(step: Derivable) -> float:
    return -math.log(step.technique.plausibility)
