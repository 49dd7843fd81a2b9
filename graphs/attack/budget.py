"""The changes that end most risk for a budget: which goals to end, and by what.

Input: goals with their risks, prices, a budget. Output: changes, and whether no better ones exist.
"""

from graphs.attack.breaking import Breaking
from graphs.attack.hitting import Costs, Row

QUESTIONS = 400
"""How many sets of goals are tried before the best so far has to do."""


def most_within(
    ways: Breaking, risks: dict[int, float], prices: Costs, budget: float
) -> tuple[Row, bool]:
    """Branch and bound over the goals, the greatest risk first."""
    search = _Search(ways, risks, prices, budget)
    search.deeper(sorted((g for g in risks if risks[g] > 0), key=lambda g: (-risks[g], g)), [])
    return search.best, search.left > 0 and search.exact


class _Search:
    def __init__(
        self, ways: Breaking, risks: dict[int, float], prices: Costs, budget: float
    ) -> None:
        self.ways, self.risks, self.prices, self.budget = ways, risks, prices, budget
        self.best: Row = frozenset()
        self.gain, self.left, self.exact = 0.0, QUESTIONS, True

    def deeper(self, goals: list[int], taken: list[int]) -> None:
        """Take the next goal where the budget allows it, then go on without it."""
        gain = sum(self.risks[goal] for goal in taken)
        if gain + sum(self.risks[goal] for goal in goals) <= self.gain + 1e-9 or not goals:
            return
        if self.left <= 0:
            return
        self.left -= 1
        goal, rest = goals[0], goals[1:]
        found = self.ways.cheapest([*taken, goal], self.prices)
        if found.cost <= self.budget + 1e-9:
            if gain + self.risks[goal] > self.gain + 1e-9:
                self.best, self.gain = found.chosen, gain + self.risks[goal]
            self.deeper(rest, [*taken, goal])
        elif not found.proven and found.bound <= self.budget:
            self.exact = False
        self.deeper(rest, taken)
