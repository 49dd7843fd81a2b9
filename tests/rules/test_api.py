"""What a rule is, and what every rule in the catalogue promises."""

import re
from collections import Counter

import pytest

from graphs.nodes import Vpc
from graphs.resource import Address, Origin, Resource, Scope, Source
from graphs.unknown import NO, YES, Answer, Cause, Unknown
from rules.api import Rule, Severity, Violation, rule
from rules.catalogue import TOPICS, all_rules, rule_named, rules_in
from rules.duties import objectives
from rules.words import can, is_

RULES = all_rules()
UNDECIDED = Answer(False, True, frozenset((Unknown(Cause.VARIABLE, "var.x"),)))


def vpc() -> Vpc:
    address = Address("", "aws_vpc", "main")
    source = Resource(
        address, "aws_vpc", {}, Scope("aws", "111122223333", "eu-north-1"), Origin(Source.TERRAFORM)
    )
    return Vpc(source=source, id=source.id, cidrs=())


def test_severities_are_ordered_by_badness():
    assert sorted(Severity) == [Severity(w) for w in ("info", "low", "medium", "high", "critical")]
    assert max(Severity.LOW, Severity.CRITICAL) is Severity.CRITICAL
    assert str(Severity.HIGH) == "high"


def test_the_decorator_makes_a_rule_of_a_function():
    @rule(
        id="vpc-there",
        title="A VPC is there",
        severity=Severity.LOW,
        objectives=("segment-networks",),
        looks_at=(Vpc,),
    )
    def vpc_there(estate):
        yield from ()

    assert isinstance(vpc_there, Rule)
    assert (vpc_there.id, vpc_there.topic) == ("vpc-there", "test_api")
    assert list(vpc_there.check(None)) == []


def test_a_rule_without_objective_or_kind_is_refused():
    for objectives_, kinds in (((), (Vpc,)), (("segment-networks",), ())):
        with pytest.raises(ValueError, match="serves an objective"):
            rule(id="x", title="X", severity=Severity.LOW, objectives=objectives_, looks_at=kinds)


def test_what_is_impossible_is_no_violation():
    said = {"because": "It is.", "evidence": (), "fix": "Do not."}
    assert Violation(subject=vpc(), danger=YES, **said).key == ""
    assert Violation(subject=vpc(), danger=UNDECIDED, **said).severity is None
    with pytest.raises(ValueError, match=r"aws_vpc\.main"):
        Violation(subject=vpc(), danger=NO, **said)


def test_words_are_as_sure_as_the_answer():
    assert (can(YES), can(UNDECIDED)) == ("can", "may be able to")
    assert (is_(YES), is_(UNDECIDED)) == ("is", "may be")


def test_the_catalogue_holds_the_rules_of_every_topic_once():
    assert len(RULES) == sum(len(rules_in(topic)) for topic in TOPICS) >= 15
    assert [i for i, n in Counter(r.id for r in RULES).items() if n > 1] == []
    assert all(rules_in(topic) for topic in TOPICS)
    assert rule_named(RULES[0].id) is RULES[0]
    assert rule_named("no-such-danger") is None


@pytest.mark.parametrize("each", RULES, ids=lambda r: r.id)
def test_every_rule_keeps_its_promises(each: Rule):
    assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)+", each.id)
    assert each.check.__name__ == each.id.replace("-", "_")
    assert each.check.__doc__
    assert each.title
    assert not each.title.endswith(".")
    assert len(each.title) <= 70
    assert set(each.objectives) <= set(objectives())
