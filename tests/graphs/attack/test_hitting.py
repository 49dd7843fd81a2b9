"""The cheapest hitting set against brute force over all choices."""

from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.attack.hitting import hit

ITEMS = range(8)
rows = st.lists(st.frozensets(st.sampled_from(ITEMS), min_size=1, max_size=4), max_size=10)
costs = st.lists(st.sampled_from((1.0, 2.0, 3.0, 5.0, 0.5)), min_size=8, max_size=8)


def cheapest(rows, costs):
    every = chain.from_iterable(combinations(ITEMS, n) for n in range(len(ITEMS) + 1))
    return min(sum(costs[i] for i in c) for c in every if all(row & set(c) for row in rows))


@given(rows, costs)
def test_what_is_found_hits_every_row_and_nothing_cheaper_does(rows, costs):
    found = hit(rows, costs)
    assert all(row & found.chosen for row in rows)
    assert found.proven
    assert found.cost == pytest.approx(cheapest(rows, costs))


@given(rows, costs)
def test_a_search_that_is_cut_short_says_how_far_off_it_may_be(rows, costs):
    found = hit(rows, costs, large=False, steps=1)
    assert all(row & found.chosen for row in rows)
    assert found.bound <= cheapest(rows, costs) + 1e-9 <= found.cost + 2e-9


def test_scipy_proves_what_the_own_search_leaves_open():
    pytest.importorskip("scipy")
    ring = [frozenset((n, (n + 1) % 9)) for n in range(9)]
    assert not hit(ring, [1.0] * 9, large=False, steps=1).proven
    found = hit(ring, [1.0] * 9, steps=1)
    assert (found.proven, found.cost) == (True, 5)


def test_nothing_to_hit_costs_nothing():
    assert hit([], []).cost == 0
