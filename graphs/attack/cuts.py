"""Cuts: the cheapest concrete changes that end attack paths, and what each of them buys.

Input: an estate, what changes cost, which of them are out of the question. Output: a Cut. All ways
count, not those alone that are told as paths; each entry is taken by itself.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product

from graphs.attack.breaking import Breaking, Pair
from graphs.attack.changes import COSTS, Breakable, Change, Kind, without
from graphs.attack.derivables import applied, derivables, hidden
from graphs.attack.entries import Entry, entries
from graphs.attack.facts import Derivable, Fact, Holds
from graphs.attack.hitting import Hit, Row
from graphs.attack.paths import AttackPath, each_path
from graphs.attack.targets import Target, targets
from graphs.build.again import can_be_drawn, edge_again, empowering_again, powers_again
from graphs.estate import Edge, Estate, Relation
from graphs.identity.techniques import catalogue
from graphs.nodes import Role, User

Costs = Mapping[Kind, float]


@dataclass(frozen=True, slots=True)
class Stuck:
    """A target that no change ends, with the steps that lead there all the same."""

    entry: Entry
    target: Target
    steps: tuple[Derivable, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """A change in its turn: the paths that end with it, and the share of all risk that is gone."""

    change: Change
    cost: float
    ends: tuple[AttackPath, ...]
    share: float


@dataclass(frozen=True, slots=True)
class Cut:
    """Changes in the order in which most risk ends soonest.

    `cost` is what they cost together, `bound` the least that any changes cost which end as much.
    `stuck` are targets that nothing ends.
    """

    stages: tuple[Stage, ...]
    cost: float
    bound: float
    stuck: tuple[Stuck, ...]

    @property
    def proven(self) -> bool:
        """Whether nothing cheaper does as much."""
        return self.cost <= self.bound + 1e-9


_SHUT = (Kind.CLOSE_PORT, Kind.ROUTE, Kind.MAKE_PRIVATE)
_UNCOVER = (Kind.POLICY, Kind.STORE_POLICY, *_SHUT)
"""What may bring other ways into the open, which nobody asks about while there is no need."""
NOTHING = Cut((), 0.0, 0.0, ())


@dataclass(frozen=True, slots=True)
class Ways:
    """Where ways begin and end, and the steps that they are made of.

    `told` are the steps of the ways that people are told of, `hidden` further ones. `risks` is what
    the ways to some facts count for, where that is not what the paths that are told say.
    """

    entries: tuple[Entry, ...]
    targets: tuple[Target, ...]
    told: tuple[Derivable, ...]
    hidden: tuple[Derivable, ...]
    risks: Mapping[Fact, float] | None = None


def all_ways(estate: Estate) -> Ways:
    """The ways from everywhere that attackers start to all that they are after."""
    return Ways(entries(estate), targets(estate), derivables(estate), tuple(hidden(estate)))


@dataclass(eq=False)
class Cutting:
    """The ways of one estate, and the search for what ends them. Made once for many questions.

    With `certain` only ways that surely work count; else all that may. `kept` are never proposed,
    `done` are decided on already and cost nothing more. `large` lets scipy be loaded. `asked` are
    the ways that are meant, all of the estate if there are none; `spared` are pairs of beginning
    and end that are none of them.
    """

    estate: Estate
    certain: bool = True
    costs: Costs = field(default_factory=lambda: COSTS)
    kept: frozenset[Change] = frozenset()
    done: frozenset[Change] = frozenset()
    large: bool = False
    asked: Ways | None = None
    spared: frozenset[Pair] = frozenset()

    def __post_init__(self) -> None:
        ways = self.asked or all_ways(self.estate)
        told = [s for s in ways.told if self._counts(s)]
        self._steps = [*told, *(s for s in ways.hidden if self._counts(s))]
        self._numbers: dict[Change, int] = {}
        self._changes: list[Change] = []
        self._prices: list[float] = []
        self._asked: dict[tuple[int, Row], Edge | None] = {}
        self._drawn: dict[int, bool] = {}
        self._freed: set[str] = set()
        self._entries = {entry.fact: entry for entry in ways.entries}
        self._targets = {target.fact: target for target in ways.targets}
        self._search = self._searching(self._steps)
        self._told_ways = self._searching(told)

    def cut(self, wanted: Collection[Target] = ()) -> Cut:
        """The cheapest changes that end all ways, or those to some targets."""
        while True:
            goals = self._goals(wanted)
            found = self._search.cheapest(goals, self._prices)
            if not self._free(found.chosen):
                return self._told(found, goals)

    def within(self, budget: float, wanted: Collection[Target] = ()) -> Cut:
        """The changes that end most risk for no more than a budget."""
        from graphs.attack.budget import most_within

        goals = [goal for goal in self._goals(wanted) if goal in self._told_ways.goals]
        risks = {goal: self._risk(goal) for goal in goals}
        chosen, proven = most_within(self._told_ways, risks, self._prices, budget)
        cost = sum(self._prices[item] for item in sorted(chosen))
        return self._told(Hit(chosen, cost, cost if proven else 0.0), goals)

    @property
    def ways(self) -> Breaking:
        """The ways that are told, for those who ask something else about them."""
        return self._told_ways

    @property
    def steps(self) -> tuple[Derivable, ...]:
        """All steps that count, with those that came into the open since."""
        return tuple(self._steps)

    def change(self, number: int) -> Change:
        """The change that rows call by a number."""
        return self._changes[number]

    def _counts(self, step: Derivable) -> bool:
        return step.answer.certain if self.certain else step.answer.possible

    def _goals(self, wanted: Collection[Target]) -> list[int]:
        facts = {target.fact for target in wanted}
        pairs = self._search.pairs
        return [g for g in self._search.goals if not facts or pairs[g][1] in facts]

    # -------------------------------------------------------------------------- the search

    def _searching(self, steps: Sequence[Derivable]) -> Breaking:
        every: Iterable[Pair] = product(self._entries, self._targets)
        pairs = [pair for pair in every if pair not in self.spared]
        steps = tuple(steps)
        return Breaking(
            pairs,
            steps,
            first=lambda number: self._row(steps[number].edges),
            ask=lambda number, gone: self._left_of(steps[number], gone),
            large=self.large,
        )

    @cached_property
    def _breakable(self) -> Breakable:
        return Breakable(self.estate)

    def _row(self, edges: Iterable[Edge]) -> Row:
        """The numbers of the changes that break edges, nearest to what is lost the highest."""
        row = set()
        for edge in edges:
            for change in sorted(self._breakable.of(edge) - self.kept):
                if change not in self._numbers:
                    self._numbers[change] = len(self._changes)
                    self._changes.append(change)
                    self._prices.append(0 if change in self.done else self.costs[change.kind])
                row.add(self._numbers[change])
        return frozenset(row)

    def _left_of(self, step: Derivable, gone: Row) -> Row | None:
        """Whether a step stands without some changes, and what breaks it then."""
        edges = []
        for edge in step.edges:
            left = self._left(edge, gone)
            if left is None and self._drawable(edge):
                return None
            edges += [left] if left else []
        return self._row(edges)

    def _drawable(self, edge: Edge) -> bool:
        """Whether it means something that an edge is gone; one that is not drawn by itself stays,
        and nothing is promised to break it."""
        if id(edge) not in self._drawn:
            self._drawn[id(edge)] = can_be_drawn(self.estate, edge)
        return self._drawn[id(edge)]

    def _left(self, edge: Edge, gone: Row) -> Edge | None:
        asked = id(edge), gone
        if asked not in self._asked:
            index = without(self.estate.index, [self._changes[item] for item in gone])
            left = edge_again(self.estate, index, edge)
            stands = left is not None and (
                left.answer.certain if self.certain else left.answer.possible
            )
            self._asked[asked] = left if stands else None
        return self._asked[asked]

    def _free(self, chosen: Row) -> bool:
        """Bring into the open what is done besides, once what was done is taken away.

        Nobody asks whether a certain administrator could make itself one, whether somebody who
        reads a store could change what guards it, nor who could open a group that is open.
        """
        changes = [self._changes[item] for item in sorted(chosen)]
        touched = {c.node for c in changes if c.kind in _UNCOVER} - self._freed
        shut = touched & {c.node for c in changes if c.kind in _SHUT}
        before = len(self._steps)
        holders = self._holders(touched, shut)
        if holders:
            index = without(self.estate.index, changes)
            calls = [
                edge
                for holder in holders
                for edge in powers_again(self.estate, index, holder)
                if edge.relation is Relation.MAY_CALL
            ]
            calls += empowering_again(self.estate, index, calls)
            known = set(self._steps)
            made = applied(self.estate, calls)
            self._steps += [s for s in made if s not in known and self._counts(s)]
            self._freed |= touched
        if len(self._steps) == before:
            return False
        self._search = self._searching(self._steps)
        return True

    def _holders(self, touched: set[str], shut: set[str]) -> list[str]:
        """Whose powers are others than were drawn, once the policies at these nodes are."""
        index, estate = self.estate.index, self.estate
        if not touched:
            return []
        rulers = (e.source for e in estate.edges(Relation.ADMINISTERS) if e.answer.certain)
        readers = (e.source for node in touched for e in estate.edges(Relation.READS, target=node))
        own = (n.id for n in index.nodes if isinstance(n, Role | User) and n.id in touched)
        members = (u.id for u in index.of(User) if any(group in touched for group in u.groups))
        said = (*rulers, *readers, *own, *members) if shut != touched else ()
        found = dict.fromkeys((*said, *(self._openers if shut else ())))
        near = self._near()
        return [
            each
            for each in found
            if isinstance(index.by_id.get(each), Role | User)
            if near is None or Fact(Holds.CONTROLS, each) in near
        ]

    def _near(self) -> set[Fact] | None:
        """What the ways that were asked about can touch; None where all ways of the estate were.

        What a fresh step leads to besides is for whoever asked to end.
        """
        if self.asked is None:
            return None
        passed = (fact for s in self._steps for fact in (*s.premises, s.conclusion))
        return {*self._entries, *passed}

    @cached_property
    def _openers(self) -> tuple[str, ...]:
        """Who may be allowed to open a group, or to edit the network otherwise."""
        permissions, index = self.estate.permissions, self.estate.index
        calls = frozenset(
            action
            for technique in catalogue().values()
            for _, found in (*technique.admit, *technique.reroute)
            for way in found
            for action in way
        )
        holders = (n.id for n in index.nodes if isinstance(n, Role | User))
        return tuple(each for each in holders if calls & permissions.abilities(each))

    # --------------------------------------------------------------------------- the telling

    @cached_property
    def _paths(self) -> dict[Pair, list[AttackPath]]:
        found: dict[Pair, list[AttackPath]] = {}
        if self.asked is not None:
            return found
        for path in each_path(self.estate):
            if path.answer.certain == self.certain:
                found.setdefault((path.entry.fact, path.target.fact), []).append(path)
        return found

    def paths_of(self, goal: int) -> list[AttackPath]:
        """The paths that are told of a goal; none of what another path has in it."""
        return self._paths.get(self._search.pairs[goal], [])

    def _risk(self, goal: int) -> float:
        if self.asked is not None and self.asked.risks is not None:
            return self.asked.risks.get(self._search.pairs[goal][1], 0.0)
        return sum(path.risk for path in self.paths_of(goal))

    def _told(self, found: Hit, goals: list[int]) -> Cut:
        search, shown = self._search, self._told_ways
        mine = [goal for goal in goals if goal in shown.goals]
        standing = {proof.goal for proof in shown.stands(mine, found.chosen)}
        needs = {
            goal: shown.cheapest([goal], self._prices, among=found.chosen).chosen
            for goal in mine
            if goal not in standing
        }
        total = sum(self._risk(goal) for goal in goals) or 1.0
        return Cut(
            stages=tuple(self._stages(found.chosen, needs, total)),
            cost=found.cost,
            bound=found.bound,
            stuck=tuple(self._stuck(goal) for goal in sorted(search.unbreakable) if goal in goals),
        )

    def _stages(self, chosen: Row, needs: dict[int, Row], total: float) -> Iterable[Stage]:
        """The changes one after the other: those first that end most risk for what they cost."""
        done: Row = frozenset()
        gone = 0.0
        while left := chosen - done:
            best = self._next(done, needs) or frozenset({min(left)})
            for item in sorted(best):
                done |= {item}
                ended = [goal for goal, need in needs.items() if need <= done]
                for goal in ended:
                    del needs[goal]
                gone += sum(self._risk(goal) for goal in ended)
                paths = tuple(path for goal in ended for path in self.paths_of(goal))
                yield Stage(self._changes[item], self._prices[item], paths, gone / total)

    def _next(self, done: Row, needs: dict[int, Row]) -> Row:
        """What is still missing of the goals that pay best."""
        missing = {need - done for need in needs.values()}
        return max(missing, key=lambda more: self._worth(more, done, needs), default=frozenset())

    def _worth(self, more: Row, done: Row, needs: dict[int, Row]) -> tuple[float, float, list[int]]:
        risk = sum(self._risk(goal) for goal, need in needs.items() if need <= done | more)
        cost = sum(self._prices[item] for item in sorted(more)) or 1e-9
        return round(risk / cost, 9), -cost, [-item for item in sorted(more)]

    def _stuck(self, goal: int) -> Stuck:
        start, fact = self._search.pairs[goal]
        steps = tuple(self._steps[n] for n in self._search.unbreakable[goal].steps)
        return Stuck(self._entries[start], self._targets[fact], steps)
