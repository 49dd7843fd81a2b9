"""All rules. A topic module is named once, here; its rules are the Rules defined in it."""

from functools import cache
from types import ModuleType

from rules import (
    data,
    exposure,
    identity,
    logging,
    paths,
    public,
    resilience,
    segmentation,
    services,
)
from rules.api import Rule

TOPICS: tuple[ModuleType, ...] = (
    paths,
    exposure,
    public,
    services,
    segmentation,
    identity,
    data,
    logging,
    resilience,
)


def rules_in(topic: ModuleType) -> tuple[Rule, ...]:
    """The rules defined in a topic module, in order of writing."""
    own = topic.__name__.rpartition(".")[2]
    return tuple(r for r in vars(topic).values() if isinstance(r, Rule) and r.topic == own)


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule, topic by topic."""
    return tuple(each for topic in TOPICS for each in rules_in(topic))


def rule_named(rule_id: str) -> Rule | None:
    """The rule with this id."""
    return next((each for each in all_rules() if each.id == rule_id), None)
