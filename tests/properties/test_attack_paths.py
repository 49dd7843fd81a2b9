"""Attack paths of estates drawn at random: told right, all of them, and gone after the cut."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from graphs.attack.changes import without
from graphs.attack.cuts import Cutting
from graphs.attack.derivables import derivables
from graphs.attack.derive import derivations
from graphs.attack.entries import entries
from graphs.attack.paths import attack_paths
from graphs.attack.targets import targets
from graphs.build.powers import draw_powers
from graphs.build.structure import draw
from graphs.identity.evaluate import Permissions
from graphs.network.reach import Network
from tests.properties.random_estates import estates

MOST = 10
FEW = settings(max_examples=20)


def closure(start, steps):
    known = {start}
    while more := {s.conclusion for s in steps if known.issuperset(s.premises)} - known:
        known |= more
    return known


def every_way(start, goal, steps):
    """All ways to a goal that do without none of their steps: each fact of a way has one maker."""
    makers = {}
    for step in steps:
        makers.setdefault(step.conclusion, []).append(step)

    def chosen(made, wanted):
        missing = [fact for fact in wanted if fact != start and fact not in made]
        if not missing:
            yield made
            return
        for step in makers.get(missing[0], ()):
            yield from chosen({**made, missing[0]: step}, (*missing[1:], *step.premises))

    for made in chosen({}, (goal,)):
        if goal in closure(start, made.values()):
            yield told(start, goal, made)


def told(start, goal, made):
    """The steps in the order in which they are needed."""
    order = {}

    def tell(fact):
        if fact != start and fact not in order:
            for premise in made[fact].premises:
                tell(premise)
            order[fact] = made[fact]

    tell(goal)
    return tuple(order.values())


def likelihood(entry, steps):
    chances = {step.technique.id: step.technique.plausibility for step in steps}
    found = entry.plausibility
    for _, chance in sorted(chances.items()):
        found *= chance
    return found


@given(estates())
@FEW
def test_what_is_derived_is_what_follows(estate):
    steps = derivables(estate)
    for entry in entries(estate):
        assert set(derivations(entry.fact, steps)) == closure(entry.fact, steps)


@given(estates())
@FEW
def test_every_path_can_be_told_in_order_and_needs_each_of_its_steps(estate):
    for path in attack_paths(estate):
        known = {path.entry.fact}
        for step in path.steps:
            assert known.issuperset(step.premises)
            assert step.conclusion not in known
            known.add(step.conclusion)
        assert path.target.fact in known
        assert path.likelihood == pytest.approx(likelihood(path.entry, path.steps))
        for left_out in path.steps:
            others = [step for step in path.steps if step is not left_out]
            assert path.target.fact not in closure(path.entry.fact, others)


@given(estates())
@FEW
def test_the_ten_worst_losses_are_the_worst_of_all_ways_there_are(estate):
    """Each by its likeliest way; and no path is told that is none of all ways."""
    steps = [step for step in derivables(estate) if step.answer.certain]
    ways = {
        (entry.identity, target.identity): {
            tuple(step.technique.id for step in way): likelihood(entry, way) * target.impact
            for way in every_way(entry.fact, target.fact, steps)
        }
        for entry in entries(estate)
        for target in targets(estate)
    }
    found = {}
    for path in attack_paths(estate):
        if path.answer.certain:
            ends = path.entry.identity, path.target.identity
            assert path.techniques in ways[ends]
            found.setdefault(ends, path.risk)
    worst = sorted(
        ((max(each.values()), ends) for ends, each in ways.items() if each), reverse=True
    )
    assert len(found) == len(worst)
    told = sorted(found.values(), reverse=True)
    assert told[:MOST] == pytest.approx([risk for risk, _ in worst[:MOST]])
    assert all(found[ends] == pytest.approx(risk) for risk, ends in worst[:MOST])


@given(estates())
@FEW
def test_after_the_cut_no_path_remains(estate):
    cut = Cutting(estate).cut()
    assert cut.proven
    stuck = {(each.entry.fact, each.target.fact) for each in cut.stuck}
    index = without(estate.index, [stage.change for stage in cut.stages])
    network, permissions = Network(index), Permissions(index)
    graph = draw_powers(draw(index, network, permissions))
    after = replace(estate, index=index, network=network, permissions=permissions, graph=graph)
    left = {(p.entry.fact, p.target.fact) for p in attack_paths(after) if p.answer.certain}
    assert left <= stuck
