"""Cuts of AND/OR graphs drawn at random against brute force over all subsets of changes.

A step stands while one of its proofs does; the search is told of the first, and has to ask for the
others, as it asks the engines about an estate.
"""

from dataclasses import dataclass
from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.attack.breaking import Breaking
from graphs.attack.budget import most_within
from graphs.attack.facts import Fact, Holds

FACTS = tuple(Fact(Holds.AT, name) for name in "ABCDEF")
STARTS, GOALS = FACTS[:2], FACTS[4:]
PAIRS = [(start, goal) for start in STARTS for goal in GOALS]
CHANGES = range(6)
EVERY = [
    frozenset(c)
    for c in chain.from_iterable(combinations(CHANGES, n) for n in range(len(CHANGES) + 1))
]


@dataclass(frozen=True)
class Drawn:
    """A step with its proofs, each of which is broken by any change in it."""

    premises: tuple[Fact, ...]
    conclusion: Fact
    proofs: tuple[frozenset[int], ...]

    def standing(self, gone):
        return next((proof for proof in self.proofs if not proof & gone), None)


premises = st.lists(st.sampled_from(FACTS[:5]), min_size=1, max_size=2, unique=True).map(tuple)
proof = st.frozensets(st.sampled_from(CHANGES), max_size=3)
proofs = st.lists(proof, min_size=1, max_size=2).map(tuple)
graphs = st.lists(st.builds(Drawn, premises, st.sampled_from(FACTS[2:]), proofs), max_size=9)
prices = st.lists(st.sampled_from((1.0, 2.0, 5.0)), min_size=6, max_size=6)


def searching(steps):
    return Breaking(
        PAIRS,
        steps,
        first=lambda n: steps[n].proofs[0],
        ask=lambda n, gone: steps[n].standing(gone),
    )


def follows(steps, start, gone=frozenset()):
    known = {start}
    standing = [step for step in steps if step.standing(gone) is not None]
    while more := {s.conclusion for s in standing if set(s.premises) <= known} - known:
        known |= more
    return known


def price(changes, prices):
    return sum(prices[change] for change in changes)


def breakable(steps, goals):
    """The goals that some changes end: all changes together do."""
    return [g for g in goals if PAIRS[g][1] not in follows(steps, PAIRS[g][0], frozenset(CHANGES))]


def ends(steps, goals, changes):
    return all(PAIRS[g][1] not in follows(steps, PAIRS[g][0], changes) for g in goals)


@given(graphs)
def test_the_goals_are_what_follows(steps):
    reached = [n for n, (start, goal) in enumerate(PAIRS) if goal in follows(steps, start)]
    assert sorted(searching(steps).goals) == reached


@given(graphs, prices)
def test_a_cut_ends_all_that_can_be_ended_and_nothing_cheaper_does(steps, prices):
    search = searching(steps)
    found = search.cheapest(search.goals, prices)
    able = breakable(steps, search.goals)
    assert set(search.unbreakable) == set(search.goals) - set(able)
    assert ends(steps, able, found.chosen)
    assert found.proven
    assert found.cost == min(price(c, prices) for c in EVERY if ends(steps, able, c))


@given(graphs, prices)
def test_what_nothing_ends_comes_with_a_proof_that_nothing_breaks(steps, prices):
    search = searching(steps)
    search.cheapest(search.goals, prices)
    for goal, proof in search.unbreakable.items():
        known = {PAIRS[goal][0]}
        for number in proof.steps:
            assert steps[number].standing(frozenset(CHANGES)) is not None
            assert set(steps[number].premises) <= known
            known.add(steps[number].conclusion)
        assert PAIRS[goal][1] in known


@given(graphs, prices, st.sampled_from((1.0, 2.0, 3.0, 6.0)))
def test_a_budget_ends_as_much_risk_as_any_choice_of_its_price(steps, prices, budget):
    search = searching(steps)
    risks = {goal: float(goal + 1) for goal in search.goals}
    chosen, proven = most_within(search, risks, prices, budget)
    assert price(chosen, prices) <= budget
    assert proven

    def gain(changes):
        return sum(risk for goal, risk in risks.items() if ends(steps, [goal], changes))

    best = max(gain(c) for c in EVERY if price(c, prices) <= budget)
    assert gain(chosen) == pytest.approx(best)


@given(graphs, st.sampled_from(FACTS[2:4]))
def test_a_dominator_is_what_nothing_follows_without(steps, fact):
    search = searching(steps)
    others = [step for step in steps if step.conclusion != fact]
    lost = [g for g in search.goals if PAIRS[g][1] not in follows(others, PAIRS[g][0])]
    assert sorted(search.without(fact, search.goals)) == sorted(lost)
