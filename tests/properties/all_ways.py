"""The best derivations of facts by trying every one there is.

What a derivation, a detour and the best are, `graphs/attack/derive.py` says.
"""

import math
from collections import defaultdict

from graphs.attack.numbered import DIGITS


def best_ways(entry, goals, steps, width):
    """Cost and techniques of the best ways to each goal that follows, in the order of telling."""
    facts = {entry, *goals, *(f for s in steps for f in (*s.premises, s.conclusion))}
    ways = {fact: list(every_way(entry, fact, steps)) for fact in facts}
    best = {}
    for goal in goals:
        direct = [way for way in ways[goal] if not takes_detour(way, entry, ways)]
        told = [way for way in direct if not says_nothing(way, goal, ways[goal])]
        ranks = sorted({(cost(way), len(way), names(way)) for way in told})
        if ranks:
            best[goal] = [(price, techniques) for price, _, techniques in ranks[:width]]
    return best


def every_way(entry, goal, steps):
    """All derivations of a fact: one maker of each fact, and none that is not needed."""
    makers = defaultdict(list)
    for step in steps:
        makers[step.conclusion].append(step)

    def chosen(made, wanted):
        missing = [fact for fact in wanted if fact != entry and fact not in made]
        if not missing:
            yield made
            return
        for step in makers[missing[0]]:
            yield from chosen({**made, missing[0]: step}, (*missing[1:], *step.premises))

    for made in chosen({}, (goal,)):
        told = in_order(entry, goal, made)
        if told is not None:
            yield told


def in_order(entry, goal, made):
    """What a step needs before the step, premise by premise; None where it needs itself."""
    order, begun = {}, set()

    def tell(fact):
        if fact == entry or fact in order:
            return True
        if fact in begun:
            return False
        begun.add(fact)
        for premise in made[fact].premises:
            if not tell(premise):
                return False
        order[fact] = made[fact]
        return True

    return tuple(order.values()) if tell(goal) else None


def takes_detour(way, entry, ways):
    """Whether something in it also follows from fewer of its facts by no other techniques."""
    made = {step.conclusion: step for step in way}
    for fact in made:
        part = in_order(entry, fact, made)
        for other in ways[fact]:
            fewer = passed(other, fact) < passed(part, fact)
            if fewer and set(names(other)) <= set(names(part)):
                return True
    return False


def says_nothing(way, goal, ways):
    """Whether another passes less of the same and is as likely."""
    mine, price = passed(way, goal), cost(way)
    return any(passed(other, goal) < mine and cost(other) <= price for other in ways)


def passed(way, goal):
    return frozenset(fact for step in way for fact in step.premises) - {goal}


def names(way):
    return tuple(step.technique.id for step in way)


def cost(way):
    """-log of the product of the plausibilities of distinct techniques."""
    chances = {step.technique.id: step.technique.plausibility for step in way}
    return round(sum(-math.log(chance) for _, chance in sorted(chances.items())), DIGITS)
