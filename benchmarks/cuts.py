"""How long the cut of a made-up estate takes; `python benchmarks/cuts.py`.

A tree-like estate of 20,000 nodes has to be cut, with proof, within 2 seconds.
"""

import argparse
import random
import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from graphs.attack.breaking import Breaking
from graphs.attack.facts import Fact, Holds

UNMENDABLE = 0.05
GOALS = 20


@dataclass(frozen=True, slots=True)
class Step:
    """An edge of a made-up estate, and the changes that break it."""

    premises: tuple[Fact, ...]
    conclusion: Fact
    broken_by: frozenset[int]


def tree(nodes: int, seed: int = 1) -> tuple[Fact, list[Fact], list[Step], list[float]]:
    """A tree with a few shortcuts; a change breaks several edges, as a shared rule does."""
    chance = random.Random(seed)
    facts = [Fact(Holds.AT, f"n{n}") for n in range(nodes)]
    changes = nodes // 4
    costs = [float(chance.randint(1, 9)) for _ in range(changes)]
    steps = []
    for n in range(1, nodes):
        parents = [max(0, n // 3 - chance.randint(0, 2))]
        if chance.random() < 0.05:
            parents.append(chance.randrange(n))
        for parent in parents:
            weak = n > 3 and chance.random() >= UNMENDABLE
            by = {min(int(chance.paretovariate(0.3)), changes) - 1, chance.randrange(changes)}
            steps.append(Step((facts[parent],), facts[n], frozenset(by if weak else ())))
    return facts[0], chance.sample(facts[nodes // 2 :], GOALS), steps, costs


def cut(nodes: int) -> None:
    """Cut a tree-like estate and say whether the cut is proven."""
    start, goals, steps, costs = tree(nodes)
    begun = time.process_time()
    ways = Breaking(
        [(start, goal) for goal in goals],
        steps,
        first=lambda number: steps[number].broken_by,
        ask=lambda _number, _gone: None,
    )
    found = ways.cheapest(ways.goals, costs)
    spent = time.process_time() - begun
    rows = sum(map(len, ways.rows.values()))
    print(
        f"cut of {nodes:,} nodes, {len(steps):,} edges: {spent:.2f} s CPU, cost {found.cost:g}, "
        f"bound {found.bound:g}, {'proven' if found.proven else 'not proven'}, {rows} rows, "
        f"{len(ways.unbreakable)} of {len(ways.goals)} goals unbreakable"
    )


def main() -> None:
    """Cut an estate of the size that the budget speaks of, or a smaller one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=20_000)
    given = parser.parse_args()
    cut(given.nodes)
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"most memory: {used:,.0f} MB")


if __name__ == "__main__":
    main()
