"""The best derivations of every fact from one entry, by Knuth's method and its k-best form.

Input: an entry fact and all Derivables of an estate (an AND/OR hypergraph). Output: for every
fact that can be derived, up to `width` derivations that differ in their techniques, cheapest
first. Cost is -log of the product of plausibilities over distinct techniques, so a derivation
never costs less than its parts, which is what Knuth's method needs (D. E. Knuth, "A
generalization of Dijkstra's algorithm", 1977).
"""

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count, product

from graphs.attack.facts import Derivable, Fact

WIDTH = 4


@dataclass(frozen=True, slots=True, eq=False)
class Derivation:
    """How one fact is derived: the last step, and the derivations of its premises.

    The entry fact has no step. `facts` are all facts in it; no fact is used to derive itself.
    """

    fact: Fact
    step: Derivable | None
    parts: tuple["Derivation", ...]
    techniques: frozenset[str]
    facts: frozenset[Fact]
    cost: float

    def steps(self) -> tuple[Derivable, ...]:
        """Its steps in an order in which they can be done, each once."""
        ordered: dict[Derivable, None] = {}
        for part in self.parts:
            ordered.update(dict.fromkeys(part.steps()))
        if self.step is not None:
            ordered[self.step] = None
        return tuple(ordered)

    @property
    def signature(self) -> tuple[str, ...]:
        """The techniques in order: what tells one way from another."""
        return tuple(step.technique.id for step in self.steps())


def derivations(
    entry: Fact, derivables: Iterable[Derivable], width: int = WIDTH
) -> dict[Fact, tuple[Derivation, ...]]:
    """Every fact that follows from the entry, with its best derivations.

    Ties are broken by the order of the derivables, so equal input gives equal output.
    """
    users = _by_premise(derivables)
    found: dict[Fact, list[Derivation]] = defaultdict(list)
    ticket = count()
    start = Derivation(entry, None, (), frozenset(), frozenset((entry,)), 0.0)
    queue = [(0.0, next(ticket), start)]
    while queue:
        _, _, best = heapq.heappop(queue)
        if not _welcome(best, found[best.fact], width):
            continue
        found[best.fact].append(best)
        for following in _consequences(best, users, found):
            heapq.heappush(queue, (following.cost, next(ticket), following))
    return {fact: tuple(ways) for fact, ways in found.items() if ways}


def _by_premise(derivables: Iterable[Derivable]) -> dict[Fact, list[Derivable]]:
    users: dict[Fact, list[Derivable]] = defaultdict(list)
    for derivable in derivables:
        for premise in set(derivable.premises):
            users[premise].append(derivable)
    return users


def _welcome(new: Derivation, known: list[Derivation], width: int) -> bool:
    """One way per sequence of techniques, at most `width`, and none that contains another."""
    if len(known) >= width:
        return False
    return not any(k.signature == new.signature or k.facts < new.facts for k in known)


def _consequences(
    best: Derivation, users: dict[Fact, list[Derivable]], found: dict[Fact, list[Derivation]]
) -> Iterator[Derivation]:
    """What the newly derived fact completes, with every choice for the other premises."""
    for step in users.get(best.fact, ()):
        others = [p for p in step.premises if p != best.fact]
        choices = [found[p] for p in others]
        if all(choices):
            for rest in product(*choices):
                made = _joined(step, (best, *rest))
                if made is not None:
                    yield made


def _joined(step: Derivable, parts: tuple[Derivation, ...]) -> Derivation | None:
    facts = frozenset().union(*(p.facts for p in parts))
    if step.conclusion in facts:
        return None
    techniques = {step.technique.id: step.technique}
    for part in parts:
        techniques.update((s.technique.id, s.technique) for s in part.steps())
    return Derivation(
        fact=step.conclusion,
        step=step,
        parts=_in_order(step, parts),
        techniques=frozenset(techniques),
        facts=facts | {step.conclusion},
        cost=sum(-math.log(t.plausibility) for _, t in sorted(techniques.items())),
    )


def _in_order(step: Derivable, parts: tuple[Derivation, ...]) -> tuple[Derivation, ...]:
    """Premises in the order that the technique tells them."""
    by_fact = {p.fact: p for p in parts}
    return tuple(by_fact[premise] for premise in dict.fromkeys(step.premises))
