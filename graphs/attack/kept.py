"""The derivations that are kept, by number: each is its last step and the one before that step.

A derivation that joins several begins anew, with its steps in a list of its own; from there on it
goes on as one. Sequences of techniques are numbers too, those that are equal the same one.
"""

from graphs.attack.numbered import Numbered

_NONE = -1


class Kept:
    """Derivations from one entry, which is number 0. `masks` are the techniques in each, a bit for
    each technique."""

    def __init__(self, graph: Numbered, entry: int) -> None:
        """Only the entry is known."""
        self._graph = graph
        self.facts = [entry]
        self.masks = [0]
        self._steps, self._before = [_NONE], [_NONE]
        self._lengths, self._sequences = [1], [0]
        self._begun: dict[int, tuple[int, ...]] = {0: ()}
        self._facts_in: dict[int, frozenset[int]] = {0: frozenset((entry,))}
        self._numbers: dict[tuple[int, int], int] = {}

    def steps(self, way: int) -> tuple[int, ...]:
        """All steps, in an order in which they can be done."""
        last = []
        while way not in self._begun:
            last.append(self._steps[way])
            way = self._before[way]
        return self._begun[way] + tuple(last[::-1])

    def facts_in(self, way: int) -> frozenset[int]:
        """All facts in it, the entry among them."""
        found = set()
        while way not in self._facts_in:
            found.add(self.facts[way])
            way = self._before[way]
        return self._facts_in[way].union(found)

    def passes(self, way: int, fact: int) -> bool:
        """Whether a fact is in it."""
        while way not in self._facts_in:
            if self.facts[way] == fact:
                return True
            way = self._before[way]
        return fact in self._facts_in[way]

    def mask(self, step: int, parts: tuple[int, ...]) -> int:
        """The techniques of several derivations with a step that needs them all.

        They are those of all parts, unless two parts derive a fact by different steps: then some
        are done without.
        """
        if len(parts) == 2 and not self._differ(*parts):
            return self.masks[parts[0]] | self.masks[parts[1]] | self._graph.bit(step)
        return self._mask(self.joined(step, parts))

    def joined(self, step: int, parts: tuple[int, ...]) -> tuple[int, ...]:
        """The parts told one after the other, in the order of the technique's premises.

        Parts may derive a common fact in two ways; the first one told then serves both.
        """
        made: dict[int, int] = {}
        for part in parts:
            for each in self.steps(part):
                made.setdefault(self._graph.conclusions[each], each)
        wanted, needed = set(self._graph.premises[step]), [step]
        for conclusion, each in reversed(made.items()):
            if conclusion in wanted:
                wanted.update(self._graph.premises[each])
                needed.append(each)
        return tuple(needed[::-1])

    def extend(self, before: int, step: int, known: list[int]) -> int | None:
        """Keep a derivation with one more step, unless those known of the same fact make it idle:
        one has the same sequence of techniques, or all of its facts are in the new one."""
        sequence = self._sequence(self._sequences[before], step)
        length = self._lengths[before] + 1
        for each in known:
            if self._sequences[each] == sequence:
                return None
            if self._lengths[each] < length and self._within(each, before):
                return None
        mask = self.masks[before] | self._graph.bit(step)
        return self._add(step, before, mask, length, sequence)

    def join(self, step: int, parts: tuple[int, ...], known: list[int]) -> int | None:
        """The same for a step that needs several."""
        steps = self.joined(step, parts)
        sequence = 0
        for each in steps:
            sequence = self._sequence(sequence, each)
        graph = self._graph
        facts = frozenset(f for s in steps for f in (*graph.premises[s], graph.conclusions[s]))
        if any(self._sequences[k] == sequence or self.facts_in(k) < facts for k in known):
            return None
        new = self._add(step, _NONE, self._mask(steps), len(facts), sequence)
        self._begun[new], self._facts_in[new] = steps, facts
        return new

    def _within(self, way: int, other: int) -> bool:
        """Whether another derivation has all facts of one, but for what the one derives."""
        last = self.facts[way]
        while way not in self._facts_in:
            fact = self.facts[way]
            if fact != last and not self.passes(other, fact):
                return False
            way = self._before[way]
        return all(fact == last or self.passes(other, fact) for fact in self._facts_in[way])

    def _add(self, step: int, before: int, mask: int, length: int, sequence: int) -> int:
        self.facts.append(self._graph.conclusions[step])
        self._steps.append(step)
        self._before.append(before)
        self.masks.append(mask)
        self._lengths.append(length)
        self._sequences.append(sequence)
        return len(self.facts) - 1

    def _sequence(self, before: int, step: int) -> int:
        key = before, self._graph.bit(step)
        return self._numbers.setdefault(key, len(self._numbers) + 1)

    def _mask(self, steps: tuple[int, ...]) -> int:
        mask = 0
        for each in steps:
            mask |= self._graph.bit(each)
        return mask

    def _differ(self, one: int, other: int) -> bool:
        """Whether some fact is derived in both, but by different steps."""
        shared = self._remembered(one) & self._remembered(other)
        if len(shared) == 1:  # the entry
            return False
        return len(shared) - 1 != len(set(self.steps(one)).intersection(self.steps(other)))

    def _remembered(self, way: int) -> frozenset[int]:
        """The facts in what is joined, again and again."""
        if way not in self._facts_in:
            self._facts_in[way] = self.facts_in(way)
        return self._facts_in[way]
