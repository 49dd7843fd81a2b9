"""What has to be taken away so that nothing leads from a start to a goal: implicit hitting set.

Input: pairs of start and goal, steps of an AND/OR graph, what breaks each step. Output: rows, each
of which some change of any cut must be in, and the cheapest changes that are in all of them.

Rows are found as they are needed: while a goal still follows without the chosen changes, its proof
is a row that was missing (separation by forward closure). What breaks a step is known of one proof
of it at first; when that is broken, the engines are asked whether the step stands without the
changes, and what proves it then. So the answer is exact though nobody lists all proofs.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from graphs.attack.facts import Fact
from graphs.attack.hitting import Costs, Hit, Row, hit

ROUNDS = 300
Pair = tuple[Fact, Fact]
First = Callable[[int], Row]
"""What breaks the proof of a step that is known at first; empty where nothing does."""
Ask = Callable[[int, Row], Row | None]
"""What breaks the proof of a step that stands without some changes; None where it falls."""


class Step(Protocol):
    """A conclusion from premises that all have to hold."""

    @property
    def premises(self) -> tuple[Fact, ...]:
        """What has to hold."""

    @property
    def conclusion(self) -> Fact:
        """What follows."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A way from a start to a goal: steps in order, by number, and all that would break it."""

    goal: int
    steps: tuple[int, ...]
    row: Row


@dataclass(eq=False)
class Breaking:
    """The search. Goals are called by the number of their pair; only those that follow count."""

    pairs: Sequence[Pair]
    steps: Sequence[Step]
    first: First
    ask: Ask
    large: bool = False
    """Whether a solver for large problems may be loaded."""
    rows: dict[int, set[Row]] = field(default_factory=lambda: defaultdict(set))
    unbreakable: dict[int, Proof] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._known: dict[int, list[Row]] = {}
        self._fallen: dict[int, list[Row]] = defaultdict(list)
        self._users: dict[Fact, list[int]] = defaultdict(list)
        for number, step in enumerate(self.steps):
            for premise in set(step.premises):
                self._users[premise].append(number)
        self._by_start: dict[Fact, list[int]] = defaultdict(list)
        for number, (start, _) in enumerate(self.pairs):
            self._by_start[start].append(number)
        self._part: dict[Fact, frozenset[int]] = {}
        self._makers: dict[Fact, dict[Fact, list[int]]] = {}
        self._leading: dict[int, frozenset[int]] = {}
        self.goals = tuple(self._reached())

    def cheapest(self, goals: Iterable[int], costs: Costs, among: Row | None = None) -> Hit:
        """The cheapest changes that end these goals, but for those that nothing ends.

        With `among`, of these changes alone, all of which together must end them.
        """
        wanted = [goal for goal in goals if goal not in self.unbreakable]
        for _ in range(ROUNDS):
            found = self._hit(wanted, costs, among)
            if not self._separate(found.chosen, wanted):
                return found
            wanted = [goal for goal in wanted if goal not in self.unbreakable]
        return self._finished(found, wanted, costs, among)

    def stands(self, goals: Iterable[int], chosen: Row) -> tuple[Proof, ...]:
        """Proofs of the goals that still follow after these changes."""
        return tuple(self._proofs(chosen, list(goals), self._asked))

    def without(self, fact: Fact, goals: Iterable[int]) -> tuple[int, ...]:
        """The goals that nothing leads to but by way of a fact."""
        lost = []
        for start, mine in self._grouped(goals):
            made = self._closure(start, lambda _: frozenset(), self._part[start], barred=fact)
            lost += [g for g in mine if start != fact and self.pairs[g][1] not in made]
        return tuple(lost)

    # ------------------------------------------------------------------------------ rows

    def _hit(self, goals: list[int], costs: Costs, among: Row | None) -> Hit:
        rows = {row for goal in goals for row in self.rows[goal]}
        offered = {row & among for row in rows} if among is not None else rows
        return hit(offered, costs, large=self.large)

    def _separate(self, chosen: Row, goals: list[int]) -> bool:
        """Find rows that a choice misses: many that share nothing, by what is known; else one a
        goal, by what the engines say."""
        found, gone = False, chosen
        while proofs := self._proofs(gone, goals, self._remembered):
            for proof in proofs:
                found |= self._keep(proof)
                gone |= proof.row
            goals = [goal for goal in goals if goal not in self.unbreakable]
        if not found:
            for proof in self._proofs(chosen, goals, self._asked):
                found |= self._keep(proof)
        return found

    def _keep(self, proof: Proof) -> bool:
        if not proof.row:
            self.unbreakable[proof.goal] = proof
        else:
            self.rows[proof.goal].add(proof.row)
        return True

    def _finished(self, found: Hit, goals: list[int], costs: Costs, among: Row | None) -> Hit:
        """A choice made good without proof, when the rounds are used up."""
        chosen = found.chosen
        while proofs := self._proofs(chosen, goals, self._asked):
            for proof in proofs:
                self._keep(proof)
                offered = proof.row if among is None else proof.row & among
                if offered and not offered & chosen:
                    chosen |= {min(offered, key=lambda item: (costs[item], item))}
            goals = [goal for goal in goals if goal not in self.unbreakable]
        return Hit(chosen, sum(costs[item] for item in sorted(chosen)), found.bound)

    # ----------------------------------------------------------------------------- proofs

    def _reached(self) -> Iterable[int]:
        """The goals that follow at all, each start with the steps that lead to one of them."""
        for start, goals in self._grouped(range(len(self.pairs))):
            made = self._closure(start, lambda _: frozenset(), frozenset(range(len(self.steps))))
            found = [goal for goal in goals if self.pairs[goal][1] in made]
            usable = self._makers[start] = defaultdict(list)
            for number in self._passed:
                usable[self.steps[number].conclusion].append(number)
            self._part[start] = self._behind([self.pairs[goal][1] for goal in found], usable)
            yield from found

    def _behind(self, facts: list[Fact], makers: dict[Fact, list[int]]) -> frozenset[int]:
        """The steps that help to make some facts."""
        seen, kept = set(facts), set[int]()
        while facts:
            for number in makers.get(facts.pop(), ()):
                kept.add(number)
                for premise in self.steps[number].premises:
                    if premise not in seen:
                        seen.add(premise)
                        facts.append(premise)
        return frozenset(kept)

    def _grouped(self, goals: Iterable[int]) -> list[tuple[Fact, list[int]]]:
        wanted = set(goals)
        grouped = ((s, [g for g in mine if g in wanted]) for s, mine in self._by_start.items())
        return [(start, mine) for start, mine in grouped if mine]

    def _proofs(
        self, gone: Row, goals: list[int], lives: Callable[[int, Row], Row | None]
    ) -> list[Proof]:
        found = []
        for start, mine in self._grouped(goals):
            part = self._part[start] if len(mine) > 1 else self._leads_to(mine[0])
            made = self._closure(start, lambda number: lives(number, gone), part)
            found += [self._proof(goal, made) for goal in mine if self.pairs[goal][1] in made]
        return found

    def _leads_to(self, goal: int) -> frozenset[int]:
        """The steps that help to one goal; nothing else has to be followed for its sake."""
        if goal not in self._leading:
            start, fact = self.pairs[goal]
            self._leading[goal] = self._behind([fact], self._makers[start])
        return self._leading[goal]

    def _closure(
        self,
        start: Fact,
        lives: Callable[[int], Row | None],
        part: frozenset[int],
        barred: Fact | None = None,
    ) -> dict[Fact, tuple[int, Row]]:
        """All that follows by some steps, nearest first, each with the step that made it and what
        breaks that."""
        made: dict[Fact, tuple[int, Row]] = {start: (-1, frozenset())}
        missing = dict[int, int]()
        self._passed: list[int] = []
        queue = deque((start,))
        while queue:
            for number in self._users.get(queue.popleft(), ()):
                if number not in part:
                    continue
                step = self.steps[number]
                left = missing.get(number, len(set(step.premises))) - 1
                missing[number] = left
                if left:
                    continue
                self._passed.append(number)
                conclusion = step.conclusion
                if conclusion in made or conclusion == barred:
                    continue
                row = lives(number)
                if row is not None:
                    made[conclusion] = number, row
                    queue.append(conclusion)
        return made

    def _proof(self, goal: int, made: dict[Fact, tuple[int, Row]]) -> Proof:
        wanted, numbers, row = [self.pairs[goal][1]], list[int](), frozenset[int]()
        seen = set(wanted)
        while wanted:
            number, broken_by = made[wanted.pop()]
            if number < 0:
                continue
            numbers.append(number)
            row |= broken_by
            for premise in self.steps[number].premises:
                if premise not in seen:
                    seen.add(premise)
                    wanted.append(premise)
        order = {number: at for at, (number, _) in enumerate(made.values())}
        return Proof(goal, tuple(sorted(numbers, key=order.__getitem__)), row)

    # ------------------------------------------------------------------------ single steps

    def _remembered(self, number: int, gone: Row) -> Row | None:
        """What breaks a step that stands by one of the proofs that are known."""
        if number not in self._known:
            self._known[number] = [self.first(number)]
        return next((row for row in self._known[number] if not row & gone), None)

    def _asked(self, number: int, gone: Row) -> Row | None:
        """The same; where all known proofs are broken, whether there is another.

        It is asked without the changes alone that known proofs name, so that few questions do.
        """
        row = self._remembered(number, gone)
        while row is None:
            touched = gone & frozenset[int]().union(*self._known[number])
            if any(fallen <= touched for fallen in self._fallen[number]):
                return None
            other = self.ask(number, touched)
            if other is None:
                self._fallen[number].append(touched)
                return None
            left = other - touched  # what is gone and named all the same breaks nothing
            self._known[number].append(left)
            row = left if not left & gone else None
        return row
