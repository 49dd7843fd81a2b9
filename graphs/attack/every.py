"""Every derivation that takes no detour from one entry, cheapest first, while there is work left.

Input: an AND/OR graph as numbers, an entry, the facts that one is after. Output: of each fact its
best derivations, and which facts these are known to be the best of. `derive.py` says what a
derivation, a detour and the best are.

A derivation is put together of derivations of its premises; none costs less, or has fewer steps,
than what it is made of. So what is taken from the queue in that order comes in that order for every
fact, and a fact is done with when it has as many ways as were asked for and the queue is past them:
nothing better is left. A derivation that makes a detour is dropped where it is met, since whatever
is made of it makes the detour too; that is what keeps them few.
"""

import heapq
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import count

from graphs.attack.numbered import Numbered

TRIES = 4
"""How often a step is tried at least, in an estate of the size that time may be too short for."""
SWIFT = 16
"""How many ways are compared in the time that a candidate takes besides."""
Rank = tuple[float, int]
"""Cost and number of steps: what ways are told by; then by their techniques."""


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """A derivation by number: `passed` are its facts but the last, `mask` its techniques."""

    fact: int
    mask: int
    steps: frozenset[int]
    passed: frozenset[int]


_Turn = tuple[float, int, int, int, int, tuple[Way, ...]]
"""Cost and number of steps, a ticket; a technique by which one way goes on, or a step that several
are the premises of; the ways."""


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """A way with its steps in the order in which they are told."""

    rank: Rank
    techniques: tuple[str, ...]
    steps: tuple[int, ...]
    way: Way


class Every:
    """The search. `work` is for how many candidates there is time, `spent` how many there were.

    `follows` are all facts that do; none where it is plain from the start that time is too short.
    """

    def __init__(
        self, graph: Numbered, entry: int, goals: Collection[int], width: int, work: int
    ) -> None:
        """Search at once."""
        self._graph, self._width = graph, width
        follows = graph.closure(entry, work // TRIES)
        self.follows = frozenset(follows or ())
        self._open = set(goals) if follows is None else follows.intersection(goals)
        self._found: dict[int, list[Way]] = {}
        self._told: dict[int, dict[tuple[str, ...], Told]] = {}
        self._ripe: set[int] = set()
        self._alone: dict[int, dict[int, list[tuple[int, int]]]] = {}
        self._together: dict[int, list[tuple[int, int]]] = {}
        self._queue: list[_Turn] = []
        self._ticket = count()
        self.spent = 0
        if follows is not None:
            self._keep(Way(entry, 0, frozenset(), frozenset()), (0.0, 0))
            self._run(work)

    def settled(self, fact: int) -> bool:
        """Whether what is told of a fact is the best there is."""
        return fact not in self._open

    @property
    def done(self) -> bool:
        """Whether that is so of all that was asked for."""
        return not self._open

    def ways(self, fact: int) -> list[Told]:
        """The ways to a fact that were found, the best first, no two of the same techniques."""
        found = self._told.get(fact, {}).values()
        return sorted(found, key=lambda told: (told.rank, told.techniques))[: self._width]

    def _run(self, work: int) -> None:
        now: Rank = (0.0, 0)
        while self._queue and self._open and self.spent <= work:
            cost, steps, _, bit, step, parts = heapq.heappop(self._queue)
            if (cost, steps) > now:
                now = cost, steps
                self._open -= self._ripe
                self._ripe.clear()
            if bit:
                self._go_on(parts[0], bit, now)
            else:
                self._try(step, self._graph.conclusions[step], parts, now)
        if not self._queue:
            self._open.clear()

    def _go_on(self, way: Way, bit: int, rank: Rank) -> None:
        """All that follows from a way alone by one technique."""
        mask, passed = way.mask | bit, way.passed | {way.fact}
        for step, conclusion in self._alone[way.fact][bit]:
            if conclusion not in passed and not self._detours(conclusion, mask, passed):
                self._keep(Way(conclusion, mask, way.steps | {step}, passed), rank)

    def _try(self, step: int, conclusion: int, parts: tuple[Way, ...], rank: Rank) -> None:
        mask, passed = self._mask(step, parts), _passed(parts)
        if not self._detours(conclusion, mask, passed):
            steps = frozenset((step,)).union(*(part.steps for part in parts))
            self._keep(Way(conclusion, mask, steps, passed), rank)

    def _keep(self, way: Way, rank: Rank) -> None:
        """Remember a way, and what it leads to for its turn."""
        known = self._found.setdefault(way.fact, [])
        if not any(other.passed < way.passed for other in known):
            self._tell(way, rank)
        known.append(way)
        for bit in self._uses(way.fact):
            self._wait(way.mask | bit, rank[1] + 1, bit, 0, (way,))
        for step, conclusion in self._together[way.fact]:
            if conclusion not in way.passed:
                self._join(step, conclusion, way)

    def _uses(self, fact: int) -> Collection[int]:
        """The techniques by which something follows from a fact alone."""
        if fact not in self._alone:
            alone = self._alone[fact] = {}
            together = self._together[fact] = []
            for step, conclusion, bit in self._graph.uses(fact):
                (alone.setdefault(bit, []) if bit else together).append((step, conclusion))
        return self._alone[fact]

    def _tell(self, way: Way, rank: Rank) -> None:
        steps = self._graph.in_order(way.fact, way.steps)
        techniques = tuple([self._graph.steps[step].technique.id for step in steps])
        told = self._told.setdefault(way.fact, {})
        told.setdefault(techniques, Told(rank, techniques, steps, way))
        if len(told) >= self._width:
            self._ripe.add(way.fact)

    def _join(self, step: int, conclusion: int, way: Way) -> None:
        """Every choice for the other premises of a step that agrees with a way to one of them."""
        others = [p for p in dict.fromkeys(self._graph.premises[step]) if p != way.fact]
        for parts in self._agreeing((way,), others):
            passed = _passed(parts)
            if conclusion not in passed:
                self._wait(self._mask(step, parts), len(passed), 0, step, parts)

    def _agreeing(self, parts: tuple[Way, ...], others: list[int]) -> Iterator[tuple[Way, ...]]:
        if not others:
            yield parts
            return
        for more in self._found.get(others[0], ()):
            self.spent += 1
            if all(_agree(more, part) for part in parts):
                yield from self._agreeing((*parts, more), others[1:])

    def _wait(self, mask: int, steps: int, bit: int, step: int, parts: tuple[Way, ...]) -> None:
        turn = self._graph.cost(mask), steps, next(self._ticket), bit, step, parts
        heapq.heappush(self._queue, turn)

    def _mask(self, step: int, parts: tuple[Way, ...]) -> int:
        mask = self._graph.bit(step)
        for part in parts:
            mask |= part.mask
        return mask

    def _detours(self, fact: int, mask: int, passed: frozenset[int]) -> bool:
        """Whether less than is passed leads to a fact, by no other techniques."""
        known = self._found.get(fact, ())
        self.spent += 1 + len(known) // SWIFT
        return any(not other.mask & ~mask and other.passed < passed for other in known)


def _passed(parts: tuple[Way, ...]) -> frozenset[int]:
    passed = parts[0].passed | {parts[0].fact}
    for part in parts[1:]:
        passed |= part.passed | {part.fact}
    return passed


def _agree(one: Way, other: Way) -> bool:
    """Whether two ways make what both of them pass by the same steps."""
    shared = len((one.passed | {one.fact}) & (other.passed | {other.fact}))
    return shared - 1 == len(one.steps & other.steps)
