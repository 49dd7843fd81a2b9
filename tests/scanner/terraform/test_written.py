"""Values of a plan beside those of its configuration: which belongs to which, and what is taken."""

import pytest

from graphs.resource import Address, Origin, Resource, Scope, Source
from graphs.unknown import Cause, Place, Referent, Template, Unknown
from scanner.terraform.recorded.written import Moved, agree, filled, joined

HOLE = Unknown(Cause.COMPUTED, "aws_vpc.a.id", (Referent("aws_vpc.a", "id"),))
LATER = Unknown(Cause.COMPUTED, "aws_x.a.b")
LOOKED_UP = Unknown(Cause.DATA, "data.aws_x.d.ids[1]", (Referent("data.aws_x.d", "ids[1]"),))
SCOPE = Scope("aws", "111122223333", "eu-west-1")


def resource(values, address="aws_x.a", source=Source.PLAN, lines=None, scope=SCOPE):
    kind, name = address.removeprefix("data.").split(".")
    mode = "data" if address.startswith("data.") else "managed"
    place = Place("main.tf" if source is Source.TERRAFORM else "plan.json", 3, 9)
    origin = Origin(source, place, lines=lines or {})
    return Resource(Address("", kind, name, mode=mode), kind, values, scope, origin)


def together(plan, code, *others, **more):
    (first, *_) = joined(
        (resource(plan), *others), (resource(code, source=Source.TERRAFORM, **more),)
    )
    return first


@pytest.mark.parametrize(
    ("plan", "code", "both"),
    [
        ({"a": 1}, {"a": 2}, {"a": 1}),  # what the plan knows is so
        ({"a": LATER}, {"a": HOLE}, {"a": HOLE}),
        ({"a": LATER}, {"a": Template(("x-", HOLE))}, {"a": Template(("x-", HOLE))}),
        ({"a": LATER}, {"a": "placeholder"}, {"a": LATER}),  # terraform does not know it yet
        ({"a": LATER, "b": 1}, {"b": 1}, {"b": 1}),  # nothing sets it
        ({"b": 1}, {"a": HOLE, "b": 1}, {"b": 1, "a": HOLE}),
        ({"a": (1, LATER)}, {"a": (1, HOLE)}, {"a": (1, HOLE)}),
        ({"a": {"b": LATER, "c": 1}}, {"a": {"b": HOLE}}, {"a": {"b": HOLE, "c": 1}}),
    ],
)
def test_the_plan_has_the_values_and_the_configuration_the_holes(plan, code, both):
    assert together(plan, code).values == both


def test_blocks_of_a_set_are_told_by_what_they_say():
    lines = {f"rule[{n}]": Place("main.tf", 10 + n, 10 + n) for n in range(2)}
    plan = {"rule": ({"port": "443", "peer": LATER}, {"port": 22, "peer": LATER, "made": LATER})}
    code = {"rule": ({"port": 22, "peer": HOLE}, {"port": 443, "peer": "x"})}
    found = together(plan, code, lines=lines)
    assert found.values["rule"] == (
        {"port": "443", "peer": LATER},
        {"port": 22, "peer": HOLE},
    )
    assert [found.origin.line_of(f"rule[{n}].port").line for n in range(2)] == [11, 10]


def test_what_was_looked_up_is_put_in():
    data = resource({"ids": ("a", "b")}, "data.aws_x.d")
    text = Template(("arn:", LOOKED_UP, "/", HOLE))
    assert together({"a": LATER}, {"a": text}, data).values["a"] == Template(("arn:b/", HOLE))
    assert filled(LOOKED_UP, {}) == LOOKED_UP


def test_a_scope_that_a_plan_does_not_tell_is_that_of_the_block():
    open_scope = Scope("aws", Unknown(Cause.SCOPE, "account"), Unknown(Cause.SCOPE, "region"))
    plan = resource({}, scope=open_scope)
    (found,) = joined((plan,), (resource({}, source=Source.TERRAFORM),))
    assert found.scope == SCOPE


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        (1, "1", True),
        (True, "true", True),
        ("a", "b", False),
        (None, (), True),
        (None, "a", False),
        (LATER, "a", True),
        ("a", HOLE, True),
        (("a", "b"), ("b", "a"), True),
        (("a", "b"), ("a",), False),
        ({"a": 1, "b": 2}, {"a": 1}, True),
        ({"a": 1}, {"a": 2}, False),
        ((1,), {"a": 1}, False),
    ],
)
def test_what_can_be_the_same(one, other, answer):
    assert agree(one, other) is answer


def test_lines_of_what_is_in_no_block_are_not_guessed():
    place = Place("main.tf", 1, 1)
    lines = Moved({"rule[0].port": place, "name": place}, {"rule[1]": "rule[0]", "rule[0]": ""})
    assert lines["rule[1].port"] == lines["name"] == place
    assert "rule[0].port" not in lines
