"""Derivation against brute force, over small hypergraphs drawn at random."""

import heapq
import math
from collections import defaultdict
from itertools import chain, count, pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.attack.derive import WIDTH, Derivation, derivations
from graphs.attack.facts import Derivable, Fact, Holds
from graphs.attack.numbered import Numbered
from graphs.identity.techniques import Technique
from graphs.unknown import YES
from tests.properties.all_ways import best_ways, cost

FACTS = tuple(Fact(Holds.AT, name) for name in "ABCDEFG")
ENTRY = FACTS[0]


def step(technique, plausibility, premises, conclusion):
    named = Technique(technique, technique, (), plausibility, "")
    return Derivable(named, premises, conclusion, technique, f"stop {technique}", YES, tuple)


def way(technique, premises, conclusion, plausibility=0.5):
    """`way("t", "AB", "C")`: C follows from A and B by technique t."""
    facts = tuple(Fact(Holds.AT, name) for name in premises)
    return step(technique, plausibility, facts, Fact(Holds.AT, conclusion))


plausibilities = st.sampled_from((1.0, 0.9, 0.5, 0.3, 0.1))
premises = st.lists(st.sampled_from(FACTS), min_size=1, max_size=2, unique=True).map(tuple)
edges = st.tuples(premises, st.sampled_from(FACTS), plausibilities, st.sampled_from("rstu"))


def hypergraph(edge=edges):
    return st.lists(edge, max_size=10)


def own_techniques(drawn):
    """One technique per derivable, so that only shared derivables are counted once."""
    return [
        step(f"t{n}", chance or (0.5, 0.8)[n % 2], before, after)
        for n, (before, after, chance, _) in enumerate(drawn)
    ]


def shared_techniques(drawn):
    chances = {"r": 0.9, "s": 0.5, "t": 0.3, "u": 1.0, "v": 0.5}
    return [step(name, chances[name], before, after) for before, after, _, name in drawn]


def closure(steps):
    known = {ENTRY}
    while True:
        more = {s.conclusion for s in steps if set(s.premises) <= known} - known
        if not more:
            return known
        known |= more


def every_derivation(steps, goal):
    """The sets of steps that derive a goal, one step per fact, by trying every choice."""
    makers = {fact: [s for s in steps if s.conclusion == fact] for fact in FACTS[1:]}
    for choice in product(*([None, *ways] for ways in makers.values())):
        chosen = [s for s in choice if s is not None]
        if goal in closure(chosen):
            yield chosen


def tree_costs(steps):
    """Knuth's costs: what each fact costs where premises share nothing."""
    costs = {ENTRY: 0.0}
    for _ in FACTS:
        for s in steps:
            if all(p in costs for p in s.premises):
                total = sum(costs[p] for p in s.premises) - math.log(s.technique.plausibility)
                costs[s.conclusion] = min(total, costs.get(s.conclusion, math.inf))
    return costs


def plainly(steps, width=WIDTH):
    """The same search told in full: every derivation with all of its steps, in one queue."""
    found, ticket = defaultdict(list), count()
    queue = [(0.0, next(ticket), Derivation(ENTRY, (), 0.0))]
    while queue:
        *_, best = heapq.heappop(queue)
        known = found[best.fact]
        idle = any(k.signature == best.signature or k.facts < best.facts for k in known)
        if idle or len(known) >= width:
            continue
        known.append(best)
        for each in steps:
            if best.fact in each.premises:
                choices = [(best,) if p == best.fact else found[p] for p in each.premises]
                for parts in product(*choices):
                    if all(each.conclusion not in part.facts for part in parts):
                        made = joined(each, parts)
                        heapq.heappush(queue, (made.cost, next(ticket), made))
    return {fact: tuple(sorted(ways, key=lambda w: w.cost)) for fact, ways in found.items() if ways}


def joined(last, parts):
    made = {}
    for each in (each for part in parts for each in part.steps):
        made.setdefault(each.conclusion, each)
    wanted, needed = set(last.premises), [last]
    for each in reversed(made.values()):
        if each.conclusion in wanted:
            wanted.update(each.premises)
            needed.append(each)
    return Derivation(last.conclusion, tuple(needed[::-1]), cost(needed))


def in_full(ways):
    return [(way.fact, way.steps, way.cost) for way in ways]


triples = st.lists(st.sampled_from(FACTS), min_size=1, max_size=3, unique=True).map(tuple)
wide = st.tuples(triples, st.sampled_from(FACTS), plausibilities, st.sampled_from("rstu"))


@given(st.lists(wide, max_size=16), st.sampled_from((1, 2, WIDTH)))
def test_without_time_what_is_told_is_what_the_plain_search_tells(drawn, width):
    """In the same order and at the same cost, down to the last bit."""
    for steps in (own_techniques(drawn), shared_techniques(drawn)):
        expected, found = plainly(steps, width), derivations(ENTRY, steps, width, work=0)
        if len(expected) > 1:
            assert not all(map(found.settled, FACTS))
        assert set(found) == set(expected)
        assert len(found) == len(expected)
        for fact, ways in expected.items():
            assert in_full(found[fact]) == in_full(ways)


@given(st.lists(wide, max_size=16), st.sets(st.sampled_from(FACTS), max_size=3))
def test_leaving_out_what_leads_to_no_goal_changes_nothing_for_the_goals(drawn, goals):
    steps = shared_techniques(drawn)
    found = derivations(ENTRY, Numbered(steps, goals))
    for goal in goals:
        assert in_full(found.get(goal, ())) == in_full(derivations(ENTRY, steps).get(goal, ()))


@given(hypergraph())
def test_what_is_derived_is_what_follows(drawn):
    for steps in (own_techniques(drawn), shared_techniques(drawn)):
        assert set(derivations(ENTRY, steps)) == closure(steps)


@given(hypergraph())
def test_every_derivation_can_be_told_in_order_and_needs_each_of_its_steps(drawn):
    steps = shared_techniques(drawn)
    for fact, ways in derivations(ENTRY, steps).items():
        for told in ways:
            known = {ENTRY}
            for each in told.steps:
                assert set(each.premises) <= known, "a premise is used before it is derived"
                assert each.conclusion not in known, "a fact is derived twice, or from itself"
                known.add(each.conclusion)
            assert fact in known
            assert known == told.facts
            for left_out in told.steps:
                assert fact not in closure([s for s in told.steps if s is not left_out])


@given(hypergraph())
def test_the_ways_to_a_fact_differ_and_come_cheapest_first(drawn):
    for ways in derivations(ENTRY, shared_techniques(drawn)).values():
        assert len(ways) <= WIDTH
        assert len({w.signature for w in ways}) == len(ways)
        assert [w.cost for w in ways] == sorted(w.cost for w in ways)
        assert all(math.isclose(w.cost, cost(w.steps)) for w in ways)


# ------------------------------------------------------------------------- the best of all


def the_best(steps, width=WIDTH):
    return best_ways(ENTRY, FACTS, steps, width)


def told(found):
    return {fact: [(w.cost, w.signature) for w in ways] for fact, ways in found.items()}


few = FACTS[:5]
dense = st.tuples(
    st.lists(st.sampled_from(few), min_size=1, max_size=2, unique=True).map(tuple),
    st.sampled_from(few[1:]),
    st.none(),
    st.sampled_from("rstuv"),
)


@pytest.mark.parametrize("most", [8, 16])
@given(st.data())
def test_the_ways_that_are_told_are_the_best_of_all_there_are(most, data):
    """With joins, cycles, parts that are shared, and many that cost the same."""
    drawn = data.draw(st.lists(dense, min_size=most // 2, max_size=most))
    width = data.draw(st.sampled_from((1, 2, WIDTH)))
    for steps in (own_techniques(drawn), shared_techniques(drawn)):
        found = derivations(ENTRY, steps, width)
        assert all(map(found.settled, FACTS))
        assert told(found) == the_best(steps, width)


@given(st.lists(wide, max_size=14), st.integers(0, 120))
def test_what_is_settled_when_time_runs_out_is_the_best_there_is(drawn, work):
    steps = shared_techniques(drawn)
    found, best = derivations(ENTRY, steps, work=work), the_best(steps)
    assert set(found) == closure(steps)
    for fact, ways in told(found).items():
        if found.settled(fact):
            assert ways == best[fact]


@given(st.lists(wide, max_size=14), st.sets(st.sampled_from(FACTS), min_size=1, max_size=3))
def test_who_is_after_few_facts_is_told_the_best_ways_to_them(drawn, goals):
    steps = shared_techniques(drawn)
    found, best = derivations(ENTRY, Numbered(steps, goals), goals=goals), the_best(steps)
    for goal in goals:
        assert [(w.cost, w.signature) for w in found.get(goal, ())] == best.get(goal, [])


def test_a_way_may_be_the_best_whose_parts_are_not():
    """Five ways to B are cheaper than that by z, which D needs anyway; it serves C all the same."""
    steps = [way(f"t{n}", "A", "B", 0.9 - n / 100) for n in range(5)]
    steps += [way("z", "A", "B", 0.2), way("z", "B", "D", 0.2)]
    (best, *_) = derivations(ENTRY, steps)[FACTS[3]]
    assert best.signature == ("z", "z")
    assert math.isclose(best.cost, -math.log(0.2), abs_tol=1e-9)
    assert derivations(ENTRY, steps, work=0)[FACTS[3]][0].signature != ("z", "z")


def test_of_what_costs_the_same_fewest_steps_come_first_and_then_names():
    steps = [way("s", "A", "C"), way("r", "C", "B"), way("v", "A", "B", 0.25)]
    steps += [way("w", "A", "B", 0.25), way("u", "A", "B", 0.25)]
    signatures = [w.signature for w in derivations(ENTRY, steps)[FACTS[1]]]
    assert signatures == [("u",), ("v",), ("w",)], "what also passes C is no likelier"


def test_of_many_ways_by_the_same_techniques_one_is_told_and_the_rest_is_not_in_the_way():
    """Thirty machines from which D is got at, and one way that is worse."""
    steps = []
    for n in range(30):
        here = Fact(Holds.AT, f"m{n}")
        steps += [step("r", 0.9, (ENTRY,), here), step("s", 0.5, (here,), FACTS[3])]
    steps += [way("t", "A", "B", 0.3), way("u", "B", "D", 0.3)]
    found = derivations(ENTRY, steps)
    assert [w.signature for w in found[FACTS[3]]] == [("r", "s"), ("t", "u")]
    assert found.settled(FACTS[3])


def test_a_net_with_too_many_ways_is_told_but_not_settled():
    """Sixty layers of three machines each: 3 ** 60 ways, of which none is a detour."""
    layers = [[Fact(Holds.AT, f"m{n}-{k}") for k in range(3)] for n in range(60)]
    steps = [step("r", 0.9, (ENTRY,), here) for here in layers[0]]
    for before, after in pairwise(layers):
        steps += [step(f"t{k}", 0.5, (a,), b) for a in before for k, b in enumerate(after)]
    found = derivations(ENTRY, steps, work=20_000)
    last = layers[-1][0]
    assert not found.settled(last)
    assert len(found[last]) == WIDTH, "it is told by what was found all the same"
    assert set(found) == {ENTRY, *chain.from_iterable(layers)}


@given(hypergraph())
def test_equal_input_gives_equal_output(drawn):
    def told():
        found = derivations(ENTRY, shared_techniques(drawn))
        return [(fact, [w.steps for w in ways]) for fact, ways in found.items()]

    assert told() == told()


def test_a_shared_technique_is_paid_once():
    steps = [way("t", "A", "B"), way("t", "A", "C"), way("u", "BC", "D")]
    assert math.isclose(derivations(ENTRY, steps)[FACTS[3]][0].cost, 2 * math.log(2))


def test_a_dearer_way_of_one_premise_serves_where_the_other_shares_it():
    """B alone is cheapest by r; with C, which needs s anyway, the way by s is cheaper."""
    steps = [
        way("r", "A", "B", 0.5),
        way("s", "A", "B", 0.4),
        way("s", "A", "C", 0.4),
        way("u", "BC", "D", 1.0),
    ]
    found = derivations(ENTRY, steps)
    assert [w.signature for w in found[FACTS[1]]] == [("r",), ("s",)]
    assert found[FACTS[3]][0].signature == ("s", "s", "u")


def test_two_premises_that_came_by_one_fact_use_one_way_to_it():
    """D needs B, and C that follows from B: no way gets B by r for one and by s for the other."""
    steps = [
        way("r", "A", "B"),
        way("s", "A", "B", 0.4),
        way("t", "B", "C"),
        way("u", "BC", "D"),
    ]
    found = derivations(ENTRY, steps)[FACTS[3]]
    assert [w.signature for w in found] == [("r", "t", "u"), ("s", "t", "u")]


def test_no_fact_serves_to_derive_itself():
    steps = [way("r", "A", "B"), way("s", "B", "C"), way("t", "C", "B"), way("u", "B", "A")]
    found = derivations(ENTRY, steps)
    assert [w.signature for w in found[FACTS[1]]] == [("r",)]
    assert [w.signature for w in found[ENTRY]] == [()]


def test_a_way_that_contains_a_cheaper_one_is_not_told():
    """Going round by C to reach B says nothing that going straight does not."""
    steps = [way("r", "A", "B"), way("s", "A", "C"), way("t", "C", "B")]
    assert [w.signature for w in derivations(ENTRY, steps)[FACTS[1]]] == [("r",)]


def test_no_more_ways_are_kept_than_asked_for():
    steps = [way(f"t{n}", "A", "B", 0.9 - n / 10) for n in range(6)]
    assert len(derivations(ENTRY, steps)[FACTS[1]]) == WIDTH
    assert len(derivations(ENTRY, steps, width=2)[FACTS[1]]) == 2
