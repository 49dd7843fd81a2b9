"""How long cuts and derivation take on made-up estates; `python benchmarks/cuts.py`.

A tree-like estate of 20,000 nodes has to be cut, with proof, within 2 seconds. Of 100,000 nodes and
500,000 edges the derivation and its hundred best paths may take 10 seconds and 2 GB.
"""

import argparse
import heapq
import random
import resource
import time
from dataclasses import dataclass

from graphs.attack.breaking import Breaking
from graphs.attack.derive import derivations
from graphs.attack.facts import Derivable, Fact, Holds
from graphs.identity.techniques import Technique
from graphs.unknown import YES

LAYERS = 8
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


def derivation(nodes: int, edges: int) -> None:
    """Derive everything from one entry, and take the hundred cheapest ways to goals."""
    chance = random.Random(2)
    kinds = [Technique(f"t{n}", f"t{n}", (), 0.3 + 0.06 * n, "") for n in range(11)]
    facts = [Fact(Holds.AT, f"n{n}") for n in range(nodes)]
    size = nodes // LAYERS
    steps = []
    for _ in range(edges):
        layer = chance.randrange(LAYERS - 1)
        source = facts[layer * size + chance.randrange(size)] if layer else facts[0]
        target = facts[(layer + 1) * size + chance.randrange(size)]
        steps.append(Derivable(chance.choice(kinds), (source,), target, "", "", YES, tuple))
    begun = time.process_time()
    found = derivations(facts[0], steps)
    goals = (way for fact in facts[-size:] for way in found.get(fact, ()))
    best = heapq.nsmallest(100, goals, key=lambda way: way.cost)
    spent = time.process_time() - begun
    print(
        f"derivation of {nodes:,} nodes, {edges:,} edges: {spent:.2f} s CPU, "
        f"{len(found):,} facts, {len(best)} paths"
    )


def main() -> None:
    """Run both, at the sizes that the budgets speak of or smaller ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=20_000)
    parser.add_argument("--large", type=int, default=100_000)
    given = parser.parse_args()
    cut(given.nodes)
    derivation(given.large, 5 * given.large)
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"most memory: {used:,.0f} MB")


if __name__ == "__main__":
    main()
