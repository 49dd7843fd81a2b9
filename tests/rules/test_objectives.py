"""Objectives, and that rules and frameworks agree on them."""

import pytest

from rules.catalogue import all_rules
from rules.duties import Objective, frameworks, objectives

NAMED_BY_RULES = {o for rule in all_rules() for o in rule.objectives}
NAMED_BY_FRAMEWORKS = {o for f in frameworks() for r in f.requirements for o in r.objectives}


def test_there_are_enough_and_not_too_many():
    assert 25 <= len(objectives()) <= 45


@pytest.mark.parametrize("objective", objectives().values(), ids=lambda o: o.id)
def test_each_says_what_it_asks(objective: Objective):
    assert objective.title
    assert not objective.title.endswith(".")
    assert objective.asks.endswith(".")
    assert len(objective.asks) > len(objective.title)


def test_what_is_named_exists():
    assert (NAMED_BY_RULES | NAMED_BY_FRAMEWORKS) - set(objectives()) == set()


def test_what_exists_is_named():
    assert set(objectives()) - NAMED_BY_RULES - NAMED_BY_FRAMEWORKS == set()


def test_every_rule_serves_an_objective_that_some_framework_asks_for():
    assert not {r.id for r in all_rules() if not set(r.objectives) & NAMED_BY_FRAMEWORKS}
