"""The best derivations of every fact from one entry, by Knuth's method and its k-best form.

Input: an entry fact and all Derivables of an estate (an AND/OR hypergraph). Output: for every
fact that can be derived, up to `width` derivations that differ in their techniques, cheapest
first. Cost is -log of the product of plausibilities over distinct techniques, so a derivation
never costs less than a part that it keeps whole, which is what Knuth's method needs (D. E. Knuth,
"A generalization of Dijkstra's algorithm", 1977).

What is promised: every fact that follows is found, and by no dearer way than if nothing were
shared between the premises of a step. Where premises share techniques, the cheapest way of all may
need a dearer way of one premise (finding it is NP-hard); it is found if that one is among the
`width` kept.
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
    entry: Fact, derivables: Iterable[Derivable], width: int = WIDTH
) -> dict[Fact, tuple[Derivation, ...]]:
    """Every fact that follows from the entry, with its best derivations.

    Ties are broken by the order of the derivables, so equal input gives equal output.
    """
    users = _by_premise(derivables)
    found: dict[Fact, list[Derivation]] = defaultdict(list)
    ticket = count()
    start = Derivation(entry, (), frozenset((entry,)), 0.0)
    queue = [(0.0, next(ticket), start)]
    while queue:
        _, _, best = heapq.heappop(queue)
        if not _welcome(best, found[best.fact], width):
            continue
        found[best.fact].append(best)
        for following in _consequences(best, users, found):
            heapq.heappush(queue, (following.cost, next(ticket), following))
    return {fact: tuple(sorted(ways, key=_cost)) for fact, ways in found.items() if ways}


def _cost(way: Derivation) -> float:
    return way.cost


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
    """The parts told one after the other, in the order of the technique's premises.

    Parts may derive a common fact in two ways; the first one told then serves both.
    """
    if any(step.conclusion in part.facts for part in parts):
        return None
    by_fact = {part.fact: part for part in parts}
    made: dict[Fact, Derivable] = {}
    for premise in step.premises:
        for each in by_fact[premise].steps:
            made.setdefault(each.conclusion, each)
    steps = (*_needed(step, made), step)
    techniques = {each.technique.id: each.technique for each in steps}
    return Derivation(
        fact=step.conclusion,
        steps=steps,
        facts=frozenset(f for each in steps for f in (*each.premises, each.conclusion)),
        cost=sum(-math.log(t.plausibility) for _, t in sorted(techniques.items())),
    )


def _needed(step: Derivable, made: dict[Fact, Derivable]) -> list[Derivable]:
    """The steps that still lead to a step's premises, in their order."""
    wanted = set(step.premises)
    kept = []
    for each in reversed(made.values()):
        if each.conclusion in wanted:
            wanted.update(each.premises)
            kept.append(each)
    return kept[::-1]
