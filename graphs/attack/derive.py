"""The best derivations of every fact from one entry.

Input: an entry fact and all Derivables of an estate (an AND/OR hypergraph). Output: for every fact
that can be derived, up to `width` derivations that differ in their techniques, the best first.

A *derivation* of a fact is a set of steps that derives it and of which none can be left out. Its
techniques are told in order: what a step needs before the step, premise by premise, each fact once.
Its cost is -log of the product of plausibilities over its distinct techniques: what was done once
is easily done again. The *best* costs least; of equal cost it has the fewest steps, and then the
first techniques by name. Those with the same techniques in the same order are one, whatever
they pass.

Not told is what says nothing new:

- what takes a *detour*: something in it also follows from fewer of the facts that it is derived
  from there, by no other techniques than are used there;
- what passes all that another derivation of the same fact passes, and more, and is no likelier.

Since costs are those of sets, the best derivation is not made of best ones: to find it is NP-hard.
`every.py` finds all that take no detour, in the order of their costs, until nothing better is left;
in an estate as people build them these are few. Where they are too many for the `work` there is, an
approximation stands in, and says so (`Derivations.settled`): Knuth's method in its k-best form
(D. E. Knuth, "A generalization of Dijkstra's algorithm", 1977). It finds every fact that follows,
by no dearer way than if nothing were shared between the premises of a step; it keeps the first
`width` ways that it meets at every fact, so that a better one that needs a dearer part may stay
untold.

There a derivation is kept as the number of its last step and of the derivation before it, and told
in full only to whoever asks for its fact (L. Huang and D. Chiang, "Better k-best parsing", 2005).
What costs the same waits in one line, first come first served: costs are those of sets of
techniques, of which there are few.
"""

import heapq
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from graphs.attack.every import Every, Told
from graphs.attack.facts import Derivable, Fact
from graphs.attack.kept import Kept
from graphs.attack.numbered import Numbered

WIDTH = 4
WORK = 600_000
"""Candidates: a second or so."""


@dataclass(frozen=True, slots=True, eq=False)
class Derivation:
    """How one fact is derived: steps in an order in which they can be done.

    No step can be left out, and no fact is derived twice; the entry fact needs no step.
    """

    fact: Fact
    steps: tuple[Derivable, ...]
    cost: float

    @property
    def facts(self) -> frozenset[Fact]:
        """All facts in it, the entry among them."""
        passed = (fact for step in self.steps for fact in (*step.premises, step.conclusion))
        return frozenset((self.fact, *passed))

    @property
    def signature(self) -> tuple[str, ...]:
        """The techniques in order: what tells one way from another."""
        return tuple(step.technique.id for step in self.steps)


def derivations(
    entry: Fact,
    derivables: Iterable[Derivable] | Numbered,
    width: int = WIDTH,
    goals: Iterable[Fact] | None = None,
    work: int = WORK,
) -> "Derivations":
    """Every fact that follows from the entry, with its best derivations, told when asked for.

    `goals` are the facts that one is after, all if None; `work` is for how many candidates there
    is time. Equal input gives equal output. Of Numbered with goals, what leads to none of them is
    left out.
    """
    graph = derivables if isinstance(derivables, Numbered) else Numbered(derivables)
    return Derivations(entry, graph, width, goals, work)


_Offer = tuple[int, int | tuple[int, ...]]
"""A step, and the derivation of its premise, or those of all of its premises in their order."""


class _Search:
    """The derivations of each fact from one entry, by number."""

    def __init__(self, graph: Numbered, entry: int, width: int) -> None:
        self._graph, self._width = graph, width
        self.kept = Kept(graph, entry)
        self.found: list[list[int]] = [[] for _ in graph.facts]
        self._lines: dict[float, deque[_Offer]] = {}
        self._line_of: dict[int, deque[_Offer]] = {}
        self._costs: list[float] = []
        self._full = bytearray(len(graph.facts))
        self.found[entry].append(0)
        self._go_on(0)
        while self._costs:
            self._take()

    def _take(self) -> None:
        """Keep the cheapest that waits, if it is welcome, and see what it leads to."""
        line = self._lines[self._costs[0]]
        step, before = line.popleft()
        if not line:
            heapq.heappop(self._costs)
        conclusion = self._graph.conclusions[step]
        if self._full[conclusion]:
            return
        known = self.found[conclusion]
        if isinstance(before, int):
            new = self.kept.extend(before, step, known)
        else:
            new = self.kept.join(step, before, known)
        if new is not None:
            known.append(new)
            self._full[conclusion] = len(known) >= self._width
            self._go_on(new)

    def _go_on(self, way: int) -> None:
        """What the newly derived fact completes."""
        kept, found, full, mask = self.kept, self.found, self._full, self.kept.masks[way]
        for step, conclusion, bit in self._graph.uses(kept.facts[way]):
            if full[conclusion]:
                continue
            if not bit:
                self._join(step, way)
            elif not found[conclusion] or not kept.passes(way, conclusion):
                self._offer(mask | bit, (step, way))

    def _join(self, step: int, way: int) -> None:
        """Every choice for the other premises of a step that needs several."""
        fact, conclusion, found = self.kept.facts[way], self._graph.conclusions[step], self.found
        needs = dict.fromkeys(self._graph.premises[step])
        if all(found[each] for each in needs):
            choices = [(way,) if each == fact else tuple(found[each]) for each in needs]
            for parts in product(*choices):
                if not any(self.kept.passes(part, conclusion) for part in parts):
                    self._offer(self.kept.mask(step, parts), (step, parts))

    def _offer(self, mask: int, offer: _Offer) -> None:
        """Wait in the line of what costs the same."""
        line = self._line_of.get(mask)
        if line is None:
            line = self._lines.setdefault(self._graph.cost(mask), deque())
            self._line_of[mask] = line
        if not line:
            heapq.heappush(self._costs, self._graph.cost(mask))
        line.append(offer)


class Derivations(Mapping[Fact, tuple[Derivation, ...]]):
    """What was found from one entry, in the order of the numbers of facts.

    `spent` is how many candidates were looked at.
    """

    def __init__(
        self, entry: Fact, graph: Numbered, width: int, goals: Iterable[Fact] | None, work: int
    ) -> None:
        """Search."""
        self._entry, self._graph = entry, graph
        at = graph.number.get(entry)
        self._every = self._rest = None
        self.spent = 0
        if at is None:
            return
        asked = range(len(graph.facts)) if goals is None else self._numbers(goals)
        self._every = Every(graph, at, asked, width, work)
        self.spent = self._every.spent
        if not self._every.done:
            self._rest = _Search(graph, at, width)

    def settled(self, fact: Fact) -> bool:
        """Whether no better derivation of a goal is left untold."""
        at = self._graph.number.get(fact)
        return at is None or self._every is None or self._every.settled(at)

    def __getitem__(self, fact: Fact) -> tuple[Derivation, ...]:
        if fact not in self:
            raise KeyError(fact)
        if self._every is None:
            return (Derivation(fact, (), 0.0),)
        at = self._graph.number[fact]
        if self._rest is None or self._every.settled(at):
            return tuple(map(self._told, self._every.ways(at)))
        return tuple(sorted((self._kept(self._rest, w) for w in self._rest.found[at]), key=_cost))

    def __contains__(self, fact: object) -> bool:
        if self._every is None:
            return fact == self._entry
        at = self._graph.number.get(fact)  # type: ignore[call-overload]
        return at is not None and self._follows(at)

    def __iter__(self) -> Iterator[Fact]:
        if self._every is None:
            return iter((self._entry,))
        return (fact for at, fact in enumerate(self._graph.facts) if self._follows(at))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _follows(self, at: int) -> bool:
        if self._rest is not None:
            return bool(self._rest.found[at])
        return self._every is not None and at in self._every.follows

    def _numbers(self, facts: Iterable[Fact]) -> list[int]:
        number = self._graph.number
        return [number[fact] for fact in facts if fact in number]

    def _told(self, told: Told) -> Derivation:
        return self._derivation(told.way.fact, told.steps, told.way.mask)

    def _kept(self, search: "_Search", way: int) -> Derivation:
        kept = search.kept
        return self._derivation(kept.facts[way], kept.steps(way), kept.masks[way])

    def _derivation(self, fact: int, steps: Iterable[int], mask: int) -> Derivation:
        graph = self._graph
        told = tuple([graph.steps[at] for at in steps])
        return Derivation(graph.facts[fact], told, graph.cost(mask))


def _cost(way: Derivation) -> float:
    return way.cost
