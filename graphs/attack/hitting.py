"""The cheapest set that hits every row, exactly: small problems by branch and bound of our own.

Input: rows (sets of items, of each of which one has to be chosen) and what items cost. Output: the
choice with a lower bound of what any choice costs; the two meet where it is proven. Large problems
go to scipy's milp (HiGHS) where scipy is installed, and are answered with a gap where it is not.
Work is counted in steps, never in seconds, so that equal input gives equal output.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

STEPS = 20_000
"""How far branch and bound goes before it settles for what it has, or asks scipy."""
DEEP = 600
"""More rows than that are not searched by recursion."""
EXACT = 1e-9

Row = frozenset[int]
Costs = Mapping[int, float] | Sequence[float]


@dataclass(frozen=True, slots=True)
class Hit:
    """A choice that hits all rows, what it costs, and the least that any choice can cost."""

    chosen: frozenset[int]
    cost: float
    bound: float

    @property
    def proven(self) -> bool:
        """Whether nothing cheaper exists."""
        return self.cost <= self.bound + EXACT


def hit(rows: Iterable[Row], costs: Costs, *, large: bool = True, steps: int = STEPS) -> Hit:
    """The cheapest items that hit every row, none of which is empty.

    With `large`, scipy is loaded for what is too large for branch and bound. Of equally dear
    choices the one of higher numbers is preferred, not promised.
    """
    chosen: set[int] = set()
    bound = 0.0
    for part in _parts(_smallest(rows)):
        found = _Search(part, costs, steps).run()
        if large and not found.proven:
            found = _by_scipy(part, costs, found)
        chosen |= found.chosen
        bound += found.bound
    return Hit(frozenset(chosen), sum(costs[i] for i in sorted(chosen)), bound)


def _smallest(rows: Iterable[Row]) -> list[Row]:
    """The rows without those that hold another one: whatever hits that one hits them too."""
    kept: list[Row] = []
    by_item: dict[int, list[Row]] = {}
    for row in sorted(set(rows), key=lambda r: (len(r), sorted(r))):
        inside = (each for item in row for each in by_item.get(item, ()))
        if not any(each <= row for each in inside):
            kept.append(row)
            for item in row:
                by_item.setdefault(item, []).append(row)
    return kept


def _parts(rows: list[Row]) -> list[list[Row]]:
    """Groups of rows that share no item, each a problem of its own."""
    home: dict[int, int] = {}
    groups: dict[int, list[Row]] = {}
    for number, row in enumerate(rows):
        joined = sorted({home[item] for item in row if item in home})
        mine = joined[0] if joined else number
        merged = groups.setdefault(mine, [])
        for other in joined[1:]:
            for each in groups.pop(other):
                merged.append(each)
                home.update(dict.fromkeys(each, mine))
        merged.append(row)
        home.update(dict.fromkeys(row, mine))
    return list(groups.values())


class _Search:
    """Depth first, on the row with the fewest items left; cut off where a bound says so."""

    def __init__(self, rows: list[Row], costs: Costs, steps: int) -> None:
        self.rows, self.costs, self.steps = rows, costs, steps
        self.best = self._greedy()
        self.cost = self._price(self.best)

    def run(self) -> Hit:
        bound = self._bound(self.rows)
        if len(self.rows) > DEEP:
            self.steps = 0
        elif self.cost > bound + EXACT:
            self._deeper(self.rows, frozenset(), frozenset(), 0.0)
        if self.steps > 0:
            bound = self.cost
        return Hit(self.best, self.cost, min(bound, self.cost))

    def _price(self, items: Iterable[int]) -> float:
        return sum(self.costs[item] for item in sorted(items))

    def _greedy(self) -> frozenset[int]:
        """Whatever hits most rows for its cost, again and again; then without what is idle."""
        left, chosen = list(self.rows), list[int]()
        while left:
            counts = Counter(item for row in left for item in row)
            item = min(counts, key=lambda i: (self.costs[i] / counts[i], -i))
            chosen.append(item)
            left = [row for row in left if item not in row]
        kept = set(chosen)
        for item in sorted(chosen, key=lambda i: (-self.costs[i], i)):
            if all(row & kept - {item} for row in self.rows):
                kept.discard(item)
        return frozenset(kept)

    def _bound(self, rows: Sequence[Collection[int]]) -> float:
        """What rows cost at least: each takes what is left of the price of its cheapest item."""
        left: dict[int, float] = {}
        total = 0.0
        for row in sorted(rows, key=len):
            least = min(left.get(item, self.costs[item]) for item in row)
            if least > 0:
                total += least
                for item in row:
                    left[item] = left.get(item, self.costs[item]) - least
        return total

    def _deeper(
        self, rows: Sequence[Row], chosen: frozenset[int], barred: frozenset[int], spent: float
    ) -> None:
        self.steps -= 1
        if not rows:
            if spent < self.cost - EXACT:
                self.best, self.cost = chosen, spent
            return
        open_rows = [row - barred for row in rows]
        if self.steps <= 0 or not all(open_rows):
            return
        if spent + self._bound(open_rows) >= self.cost - EXACT:
            return
        counts = Counter(item for row in open_rows for item in row)
        narrow = min(open_rows, key=len)
        for item in sorted(narrow, key=lambda i: (self.costs[i] / counts[i], -i)):
            left = [row for row in open_rows if item not in row]
            self._deeper(left, chosen | {item}, barred, spent + self.costs[item])
            barred |= {item}


def _by_scipy(rows: list[Row], costs: Costs, ours: Hit) -> Hit:
    """The same by HiGHS; what we have, with its gap, where scipy is not installed."""
    try:
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import csr_matrix
    except ImportError:
        return ours
    items = sorted(frozenset[int]().union(*rows))
    column = {item: at for at, item in enumerate(items)}
    cells = [(number, column[item]) for number, row in enumerate(rows) for item in sorted(row)]
    down, across = zip(*cells, strict=True)
    matrix = csr_matrix(([1.0] * len(cells), (down, across)), shape=(len(rows), len(items)))
    found = milp(
        [costs[item] for item in items],
        constraints=LinearConstraint(matrix, lb=1),
        integrality=[1] * len(items),
        bounds=Bounds(0, 1),
        options={"node_limit": STEPS},
    )
    bound = max(ours.bound, found.mip_dual_bound or 0.0)
    if found.x is None:
        return Hit(ours.chosen, ours.cost, bound)
    chosen = frozenset(item for item, value in zip(items, found.x, strict=True) if value > 0.5)
    cost = sum(costs[item] for item in sorted(chosen))
    best = Hit(chosen, cost, 0.0) if cost < ours.cost else ours
    return Hit(best.chosen, best.cost, min(best.cost, bound))
