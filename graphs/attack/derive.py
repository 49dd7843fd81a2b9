"""The best derivations of every fact from one entry, by Knuth's method and its k-best form.

Input: an entry fact and all Derivables of an estate (an AND/OR hypergraph). Output: for every
fact that can be derived, up to `width` derivations that differ in their techniques, cheapest
first. Cost is -log of the product of plausibilities over distinct techniques, so a derivation
never costs less than a part that it keeps whole, which is what Knuth's method needs (D. E. Knuth,
"A generalization of Dijkstra's algorithm", 1977).

What is promised: every fact that follows is found, and by no dearer way than if nothing were
shared between the premises of a step. Where premises share techniques, the cheapest way of all may
need a dearer way of one premise (finding it is NP-hard); it is found if that one is among the
`width` kept. Ways differ at every fact that they pass, not at their end alone: of two ways to one
fact by the same techniques in the same order the first goes on, so that a further way to a later
fact, beside its best, may stay untold.

A derivation is kept as the number of its last step and of the derivation before it, and told in
full only to whoever asks for its fact (L. Huang and D. Chiang, "Better k-best parsing", 2005). What
costs the same waits in one line, first come first served: costs are those of sets of techniques, of
which there are few.
"""

import heapq
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from graphs.attack.facts import Derivable, Fact
from graphs.attack.kept import Kept
from graphs.attack.numbered import Numbered

WIDTH = 4


@dataclass(frozen=True, slots=True, eq=False)
class Derivation:
    """How one fact is derived: steps in an order in which they can be done.

    No step can be left out, and no fact is derived twice; the entry fact needs no step. `facts`
    are all facts in it.
    """

    fact: Fact
    steps: tuple[Derivable, ...]
    facts: frozenset[Fact]
    cost: float

    @property
    def signature(self) -> tuple[str, ...]:
        """The techniques in order: what tells one way from another."""
        return tuple(step.technique.id for step in self.steps)


def derivations(
    entry: Fact, derivables: Iterable[Derivable] | Numbered, width: int = WIDTH
) -> Mapping[Fact, tuple[Derivation, ...]]:
    """Every fact that follows from the entry, with its best derivations, told when asked for.

    Ties are broken by the order of the derivables, so equal input gives equal output. Of Numbered
    with goals, what leads to none of them is left out.
    """
    graph = derivables if isinstance(derivables, Numbered) else Numbered(derivables)
    if entry not in graph.number:
        return {entry: (Derivation(entry, (), frozenset((entry,)), 0.0),)}
    return _Told(entry, graph, width)


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


class _Told(Mapping[Fact, tuple[Derivation, ...]]):
    """What a search found, in the order of the numbers of facts."""

    def __init__(self, entry: Fact, graph: Numbered, width: int) -> None:
        self._graph = graph
        self._search = _Search(graph, graph.number[entry], width)

    def __getitem__(self, fact: Fact) -> tuple[Derivation, ...]:
        ways = self._search.found[self._graph.number[fact]]
        if not ways:
            raise KeyError(fact)
        return tuple(sorted(map(self._derivation, ways), key=_cost))

    def __contains__(self, fact: object) -> bool:
        at = self._graph.number.get(fact)  # type: ignore[call-overload]
        return at is not None and bool(self._search.found[at])

    def __iter__(self) -> Iterator[Fact]:
        found = self._search.found
        return (fact for fact, ways in zip(self._graph.facts, found, strict=True) if ways)

    def __len__(self) -> int:
        return sum(map(bool, self._search.found))

    def _derivation(self, way: int) -> Derivation:
        graph, kept = self._graph, self._search.kept
        return Derivation(
            fact=graph.facts[kept.facts[way]],
            steps=tuple([graph.steps[at] for at in kept.steps(way)]),
            facts=frozenset([graph.facts[at] for at in kept.facts_in(way)]),
            cost=graph.cost(kept.masks[way]),
        )


def _cost(way: Derivation) -> float:
    return way.cost
