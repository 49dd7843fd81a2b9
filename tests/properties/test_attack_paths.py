"""Attack paths of estates drawn at random: told right, all of them, and gone after the cut."""

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings

from graphs.attack.changes import without
from graphs.attack.cuts import Cutting
from graphs.attack.derivables import derivables
from graphs.attack.derive import WIDTH, derivations
from graphs.attack.entries import entries
from graphs.attack.paths import attack_paths, each_path
from graphs.attack.targets import targets
from graphs.build.powers import draw_powers
from graphs.build.structure import draw
from graphs.identity.evaluate import Permissions
from graphs.network.reach import Network
from tests.properties.all_ways import best_ways
from tests.properties.random_estates import estates

MOST, PLACES = 10, 9
FEW = settings(max_examples=20)


def closure(start, steps):
    known = {start}
    while more := {s.conclusion for s in steps if known.issuperset(s.premises)} - known:
        known |= more
    return known


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
def test_the_ten_worst_paths_are_the_worst_of_all_there_are(estate):
    """Of each entry and target its four best ways, in the same order; nothing else is told."""
    told = [path for path in each_path(estate) if path.answer.certain]
    assert all(path.proven for path in told)
    worst = by_trying(entries(estate), targets(estate), derivables(estate))
    assert worst[:MOST] == [
        (risk(path), path.entry.identity, path.target.identity, path.techniques)
        for path in sorted(told, key=in_turn)[:MOST]
    ]
    assert len(told) == len(worst)


def by_trying(starts, goals, steps):
    """Risk, entry, target and techniques of all certain paths, the worst first."""
    certain = [step for step in steps if step.answer.certain]
    found = []
    for entry in starts:
        ways = best_ways(entry.fact, [goal.fact for goal in goals], certain, WIDTH)
        for goal in goals:
            for cost, techniques in ways.get(goal.fact, ()):
                lost = round(entry.plausibility * math.exp(-cost) * goal.impact, PLACES)
                found.append((lost, entry.identity, goal.identity, techniques))
    return sorted(found, key=lambda row: (-row[0], len(row[3]), row[3], row[1:3]))


def risk(path):
    return round(path.risk, PLACES)


def in_turn(path):
    """Where the ids decide, so do the ends here: an id says nothing that could be tried."""
    ends = path.entry.identity, path.target.identity
    return -risk(path), len(path.steps), path.techniques, ends


@given(estates())
@FEW
def test_paths_stand_in_the_order_of_risk_then_steps_then_techniques(estate):
    paths = each_path(estate)
    ranks = [(not p.answer.certain, *in_turn(p)[:3]) for p in paths]
    assert ranks == sorted(ranks)


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
