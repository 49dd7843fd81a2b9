"""An AND/OR graph as integers: facts, steps and techniques by number.

Input: Derivables, and perhaps the facts that one is after. Output: the same as arrays, in which a
step that leads to none of them is nobody's. Derivation walks these: an integer is compared in no
time, where a Fact costs the hash of its words each time it is looked up, and all that one fact is
used for lies side by side in memory.
"""

import math
from array import array
from collections.abc import Collection, Iterable, Iterator
from itertools import accumulate, chain

from graphs.attack.facts import Derivable, Fact

DIGITS = 12


class Numbered:
    """Made once for many entries. Facts and steps are numbered in the order of the Derivables,
    techniques by their ids, so that equal input gives equal numbers."""

    def __init__(
        self, derivables: Iterable[Derivable], goals: Collection[Fact] | None = None
    ) -> None:
        """`goals` leaves out the steps that help to derive none of them."""
        self.steps = tuple(derivables)
        self.facts: list[Fact] = []
        self.number: dict[Fact, int] = {}
        self.premises: list[tuple[int, ...]] = []
        self.conclusions = array("i")
        self._read()
        bits = self._techniques()
        self._bits = [bits[id(step.technique)] for step in self.steps]
        self._makers: list[list[int]] = [[] for _ in self.facts]
        for at, conclusion in enumerate(self.conclusions):
            self._makers[conclusion].append(at)
        self._lay_out(range(len(self.steps)) if goals is None else self._leading(goals))
        self._costs = {0: 0.0}

    def uses(self, fact: int) -> Iterator[tuple[int, int, int]]:
        """What a fact is a premise of: steps, their conclusions, and their techniques as a bit
        of a mask; 0 for a step that needs other facts too."""
        span = slice(self._first[fact], self._first[fact + 1])
        return zip(self._used[span], self._used_for[span], self._used_by[span], strict=True)

    def bit(self, step: int) -> int:
        """The technique of a step, as a bit of a mask."""
        return self._bits[step]

    def cost(self, mask: int) -> float:
        """What a set of techniques costs together: -log of the product of plausibilities, rounded
        so that what is as likely costs the same, in whatever order it was multiplied."""
        if mask not in self._costs:
            parts = (cost for at, cost in enumerate(self._prices) if mask >> at & 1)
            self._costs[mask] = round(sum(parts, 0.0), DIGITS)
        return self._costs[mask]

    def closure(self, entry: int, most: int) -> set[int] | None:
        """The facts that follow from one, itself among them; None if more steps than `most` do."""
        known, waiting, fired = {entry}, [entry], 0
        missing: dict[int, int] = {}
        while waiting:
            for step, conclusion, bit in self.uses(waiting.pop()):
                if not bit:
                    left = missing.get(step, len(set(self.premises[step]))) - 1
                    missing[step] = left
                    if left:
                        continue
                fired += 1
                if conclusion not in known:
                    known.add(conclusion)
                    waiting.append(conclusion)
            if fired > most:
                return None
        return known

    def in_order(self, fact: int, steps: Iterable[int]) -> tuple[int, ...]:
        """The steps of a derivation as they are told: what a step needs is told before it, in the
        order of its premises, and each fact once."""
        makers = {self.conclusions[step]: step for step in steps}
        order: dict[int, None] = {}
        waiting = [fact]
        while waiting:
            step = makers.get(waiting[-1])
            if step is None or step in order:
                waiting.pop()
                continue
            needs = [p for p in self.premises[step] if p in makers and makers[p] not in order]
            if needs:
                waiting += needs[::-1]
            else:
                order[step] = None
        return tuple(order)

    def alike(self, step: Derivable) -> Iterator[Derivable]:
        """The steps to the same conclusion by the same technique, itself among them."""
        for at in self._makers[self.number[step.conclusion]]:
            if self.steps[at].technique.id == step.technique.id:
                yield self.steps[at]

    def _read(self) -> None:
        """Number facts. Most are one object in many steps, and known by it."""
        seen: dict[int, int] = {}
        for step in self.steps:
            if len(step.premises) == 1:
                fact = step.premises[0]
                known = seen.get(id(fact))
                self.premises.append((self._number(fact, seen) if known is None else known,))
            else:
                self.premises.append(tuple([self._number(each, seen) for each in step.premises]))
            known = seen.get(id(step.conclusion))
            at = self._number(step.conclusion, seen) if known is None else known
            self.conclusions.append(at)

    def _number(self, fact: Fact, seen: dict[int, int]) -> int:
        at = seen.get(id(fact))
        if at is None:
            at = seen[id(fact)] = self.number.setdefault(fact, len(self.facts))
            if at == len(self.facts):
                self.facts.append(fact)
        return at

    def _techniques(self) -> dict[int, int]:
        """The bit of each technique, by its object."""
        kinds = {id(step.technique): step.technique for step in self.steps}
        chances = {each.id: each.plausibility for each in kinds.values()}
        order = {name: at for at, name in enumerate(sorted(chances))}
        self._prices = [-math.log(chances[name]) for name in order]
        return {key: 1 << order[each.id] for key, each in kinds.items()}

    def _lay_out(self, wanted: Iterable[int]) -> None:
        """Put the uses of each fact side by side, in the order of the steps."""
        users: list[list[int]] = [[] for _ in self.facts]
        joins = bytearray(len(self.steps))
        for at in wanted:
            premises = self.premises[at]
            if len(premises) > 1:
                premises = tuple(dict.fromkeys(premises))
                joins[at] = len(premises) > 1
            for premise in premises:
                users[premise].append(at)
        self._first = array("i", accumulate(map(len, users), initial=0))
        self._used = array("i", chain.from_iterable(users))
        self._used_for = array("i", [self.conclusions[at] for at in self._used])
        bits = self._bits
        self._used_by = [0 if joins[at] else bits[at] for at in self._used]

    def _leading(self, goals: Collection[Fact]) -> list[int]:
        """The steps that help to derive a goal, in their order."""
        waiting = [self.number[goal] for goal in goals if goal in self.number]
        wanted = bytearray(len(self.facts))
        for goal in waiting:
            wanted[goal] = 1
        while waiting:
            for at in self._makers[waiting.pop()]:
                for premise in self.premises[at]:
                    if not wanted[premise]:
                        wanted[premise] = 1
                        waiting.append(premise)
        return [at for at, conclusion in enumerate(self.conclusions) if wanted[conclusion]]
