"""What follows when one thing of an estate is an attacker's, and what contains it.

Input: an estate, the fact that an incident begins with. Output: a Breach, all that follows in the
order in which an attacker gets to it; a Containment, the cheapest changes after which no more of it
follows than what lay with the thing itself.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from graphs.attack.changes import COSTS, Change
from graphs.attack.cuts import NOTHING, Costs, Cut, Cutting, Stuck, Ways
from graphs.attack.derivables import derivables, hidden
from graphs.attack.derive import Derivation, derivations
from graphs.attack.entries import Entry
from graphs.attack.facts import Derivable, Fact
from graphs.attack.taking import AT_ONCE, in_power
from graphs.attack.targets import Target, targets
from graphs.attack.words import has
from graphs.estate import Estate
from graphs.unknown import Answer, all_of

FOOTHOLD = "foothold"
"""The kind of what is only a means."""


@dataclass(frozen=True, slots=True)
class Reached:
    """Something that an attacker gets to, by which steps and how likely.

    `at_once`: it lies with the thing itself, and nothing that is built stands between.
    """

    fact: Fact
    steps: tuple[Derivable, ...]
    likelihood: float
    at_once: bool

    @property
    def answer(self) -> Answer:
        """Undecided where a step is."""
        return all_of(step.answer for step in self.steps)


@dataclass(eq=False)
class Breach:
    """All that follows from a fact, certain things first, the likelier before the others."""

    estate: Estate
    start: Fact

    @cached_property
    def steps(self) -> tuple[Derivable, ...]:
        """All steps there are. Those that only take a look around rest on nothing that could be
        changed: who was there has what lay there."""
        every = (*derivables(self.estate), *hidden(self.estate), *in_power(self.estate))
        return tuple(replace(s, edges=()) if self._lies_here(s) else s for s in every)

    @cached_property
    def reached(self) -> tuple[Reached, ...]:
        """What is reached, the fact it begins with left out."""
        sure = [step for step in self.steps if step.answer.certain]
        found = self._found(sure)
        if len(sure) < len(self.steps):
            found = {**self._found(self.steps), **found}
        made = (self._reached(way) for fact, way in found.items() if fact != self.start)
        return tuple(sorted(made, key=_in_order))

    @property
    def held(self) -> tuple[Reached, ...]:
        """What lies with the thing itself."""
        return tuple(each for each in self.reached if each.at_once)

    def _found(self, steps: Sequence[Derivable]) -> dict[Fact, Derivation]:
        return {fact: ways[0] for fact, ways in derivations(self.start, steps, width=1).items()}

    def _lies_here(self, step: Derivable) -> bool:
        """Whether a step takes what lies with the thing that was taken."""
        if step.premises != (self.start,):
            return False
        own = step.technique.id in AT_ONCE or not step.edges
        return own or step.premises[0].node in _sources(step)

    def _reached(self, way: Derivation) -> Reached:
        at_once = len(way.steps) == 1 and not way.steps[0].edges
        return Reached(way.fact, way.steps, math.exp(-way.cost), at_once)


def _sources(step: Derivable) -> set[str]:
    """The secrets whose text a step reads."""
    return {e.source for e in step.edges if e.relation == "holds-credentials-of"}


def _in_order(each: Reached) -> tuple[bool, float, int, Fact]:
    return not each.answer.certain, -each.likelihood, len(each.steps), each.fact


# ---------------------------------------------------------------------------------- containment


@dataclass(frozen=True, slots=True)
class Containment:
    """Changes after which nothing follows but what lay with the thing, and `stuck`.

    `cost` and `bound` are those of a Cut: nothing that does as much costs less than `bound`.
    """

    cut: Cut
    stuck: tuple[Stuck, ...]


def contain(
    breach: Breach,
    certain: bool = True,
    costs: Costs = COSTS,
    kept: frozenset[Change] = frozenset(),
    done: frozenset[Change] = frozenset(),
) -> Containment:
    """The cheapest changes that contain a breach.

    To end all that follows is to end the first steps of it: what comes after them follows from
    them alone. Where one cannot be ended, it counts as held, and what is next is asked for; so it
    is where a change brings into the open what an administrator may do besides.
    """
    steps = [s for s in breach.steps if (s.answer.certain if certain else s.answer.possible)]
    held = _held(breach.start, steps)
    stuck: list[Stuck] = []
    while True:
        near = [step for step in steps if held.issuperset(step.premises)]
        goals = dict.fromkeys(s.conclusion for s in near if s.conclusion not in held)
        if not goals:
            return Containment(NOTHING, tuple(stuck))
        ways = _ways(breach, goals, near)
        cutting = Cutting(breach.estate, certain, costs, kept, done, large=True, asked=ways)
        found = cutting.cut()
        stuck += found.stuck
        held |= {each.target.fact for each in found.stuck}
        fresh = _fresh(cutting.steps, steps)
        steps += fresh
        if not found.stuck and all(step.conclusion in goals for step in fresh):
            return Containment(found, tuple(stuck))


def _held(start: Fact, steps: Iterable[Derivable]) -> set[Fact]:
    """What lies with the thing itself."""
    return {start, *(s.conclusion for s in steps if s.premises == (start,) and not s.edges)}


def _fresh(now: Iterable[Derivable], before: Iterable[Derivable]) -> list[Derivable]:
    """The steps that came into the open."""
    known = set(before)
    return [step for step in now if step not in known]


def _ways(breach: Breach, goals: Iterable[Fact], steps: Sequence[Derivable]) -> Ways:
    """The first steps, each with what is lost by way of it."""
    estate = breach.estate
    worth = {target.fact: target for target in targets(estate)}
    entry = Entry(breach.start, "breach", has(estate, breach.start), 1.0, breach.start.node)
    ends = tuple(
        worth.get(fact) or Target(fact, FOOTHOLD, has(estate, fact), 0.0, fact.node)
        for fact in goals
    )
    risks: dict[Fact, float] = {}
    for each in breach.reached:
        lost = worth[each.fact].impact * each.likelihood if each.fact in worth else 0.0
        for step in each.steps if lost else ():
            risks[step.conclusion] = risks.get(step.conclusion, 0.0) + lost
    return Ways((entry,), ends, tuple(steps), (), risks)
