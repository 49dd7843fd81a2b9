"""Numbers, types, conversion, equality and JSON of terraform's values."""

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.unknown import Cause, Unknown, text
from scanner.errors import ValueProblem
from scanner.terraform.values import (
    List,
    Map,
    Null,
    Sensitive,
    Set,
    convert,
    equal,
    from_json,
    is_known,
    iterate,
    mark,
    number,
    to_json,
    to_string,
    type_of,
    unify,
    unmark,
    unmark_deep,
)
from scanner.terraform.values.promises import typed

VPC = Unknown(Cause.COMPUTED, "aws_vpc.main.id")
CALL = Unknown(Cause.EXPRESSION, "upper(var.x)")

scalars = st.none() | st.booleans() | st.integers() | st.text()
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4).map(tuple) | st.dictionaries(st.text(), inner, max_size=4)
    ),
    max_leaves=12,
)


def numbers():
    return st.fractions(max_denominator=10**9).map(number.rounded)


@given(numbers())
def test_number_reads_back_from_its_text(value):
    assert number.parse(number.text_of(value)) == value


@given(st.integers(-(10**30), 10**30), st.integers(-40, 40))
def test_decimal_text_is_kept(digits, power):
    shortest = Fraction(digits) * Fraction(10) ** power
    assert Fraction(number.text_of(number.rounded(shortest))) == shortest


@given(numbers(), numbers())
def test_rounding_twice_is_rounding_once(one, other):
    product = number.rounded(one * other)
    assert number.rounded(product) == product


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("5.", 5), (".5", Fraction(1, 2)), ("+5", 5), ("1e3", 1000), ("007", 7), ("-0", 0),
        ("", None), (" 1", None), ("0x1", None), ("1e", None), ("1_0", None), ("é", None),
        ("1e999999999", None),
    ],
)  # fmt: skip
def test_numbers_of_texts(source, value):
    assert number.parse(source) == value


@given(values)
def test_json_agrees_with_python(value):
    assert json.loads(to_json(value)) == json.loads(json.dumps(value))


@given(values)
def test_a_value_equals_itself_and_is_known(value):
    assert equal(value, value) is True
    assert is_known(value)
    assert unmark(mark(value)) == (value, True)
    assert unmark_deep((mark(value),)) == ((value,), True)


def test_types():
    assert type_of((1, "a")) == ("tuple", ("number", "string"))
    assert type_of({"a": True}) == ("object", {"a": ("bool", False, None)})
    assert type_of(List(("a",), "string")) == ("list", "string")
    assert type_of(Sensitive(1)) == "number"
    assert type_of(text(["a", VPC])) == "string"
    assert type_of(VPC) == "any"


@pytest.mark.parametrize(
    ("types", "unified"),
    [
        (["number", "string"], "string"),
        (["number", "any"], "number"),
        (["number", "bool"], None),
        ([("list", "number"), ("tuple", ("string",))], ("list", "string")),
        ([("tuple", ()), ("tuple", ("number",))], ("list", "number")),
        ([("set", "string"), ("tuple", ("string",))], ("set", "string")),
        ([("set", "string"), ("list", "any")], ("list", "any")),
        ([("map", "string"), ("object", {"a": ("number", False, None)})], ("map", "string")),
        ([("tuple", ()), ("object", {})], None),
    ],
)
def test_unify(types, unified):
    assert unify(types) == unified


@pytest.mark.parametrize(
    ("value", "to", "converted"),
    [
        (1, "string", "1"),
        ("1", "number", 1),
        ("1", "bool", True),
        ((1, "a"), ("list", "any"), List(("1", "a"), "string")),
        (("b", "a", "b"), ("set", "string"), Set(("a", "b"), "string")),
        ({"b": 1}, ("map", "string"), Map({"b": "1"}, "string")),
        ((1, "2"), ("tuple", ("string", "number")), ("1", 2)),
        (None, "string", Null("string")),
        (VPC, ("list", "string"), typed(VPC, ("list", "string"))),
        ((VPC, 1), ("list", "string"), List((VPC, "1"), "string")),
        (Sensitive(1), "string", Sensitive("1")),
    ],
)
def test_convert(value, to, converted):
    result = convert(value, to)
    assert result == converted
    assert type_of(result) == type_of(converted)


PORT = {
    "port": ("number", False, None),
    "cidr": ("string", True, "10.0.0.0/8"),
    "rules": (("list", ("object", {"on": ("bool", True, True)})), True, ()),
}


def test_optional_attributes_take_their_defaults_and_others_are_dropped():
    given_value = {"port": "22", "cidr": None, "rules": ({}, {"on": "false"}), "more": 1}
    assert convert(given_value, ("object", PORT)) == {
        "cidr": "10.0.0.0/8",
        "port": 22,
        "rules": ({"on": True}, {"on": False}),
    }


@pytest.mark.parametrize(
    ("value", "to", "message"),
    [
        (True, "number", "number required"),
        ("x", "number", "a number is required"),
        ("TRUE", "bool", 'a bool is required; to convert from string, use lowercase "true"'),
        ("x", ("list", "string"), "list of string required"),
        ({"a": ("x",)}, ("map", "string"), 'element "a": string required'),
        ({}, ("object", PORT), 'attribute "port" is required'),
        ({"port": {}}, ("object", PORT), 'attribute "port": number required'),
        ((1,), ("tuple", ()), "tuple of 0 elements required"),
    ],
)
def test_refusals_say_what_is_required(value, to, message):
    with pytest.raises(ValueProblem) as problem:
        convert(value, to)
    assert str(problem.value) == message


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        (1, 1, True),
        (1, "1", False),
        (1, True, False),
        (None, None, True),
        ((1,), List((1,), "number"), False),
        ({"a": 1}, Map({"a": 1}, "number"), False),
        (List((), "any"), List((), "string"), True),
        ({"a": VPC, "b": 1}, {"a": VPC, "b": 2}, False),
        (VPC, VPC, True),
        (text(["a", VPC]), text(["b", VPC]), False),
        (text([VPC, "a"]), "b", False),
        (text(["a", VPC]), 1, False),
    ],
)
def test_equal(one, other, answer):
    assert equal(one, other) is answer


@pytest.mark.parametrize(
    ("one", "other"), [(VPC, "x"), (CALL, CALL), ((VPC,), ("x",)), (text(["a", VPC]), "ab")]
)
def test_equal_may_be_unknown(one, other):
    answer = equal(one, other)
    assert isinstance(answer, Unknown)


def test_iterate():
    assert iterate({"b": 1, "a": 2}) == [("a", 2), ("b", 1)]
    assert iterate(("x",)) == [(0, "x")]
    assert iterate(convert(("b", "a"), ("set", "string"))) == [("a", "a"), ("b", "b")]
    with pytest.raises(ValueProblem):
        iterate("x")


def test_strings():
    assert to_string(Fraction(1, 3)) == "0." + "3" * 154 + "5"
    assert to_string(True) == "true"
    with pytest.raises(ValueProblem, match="string required"):
        to_string(())


def test_json_holes():
    assert str(to_json({"a": VPC, "b": text(["<", VPC])})) == (
        '{"a":${aws_vpc.main.id},"b":"\\u003c${aws_vpc.main.id}"}'
    )
    assert from_json(text(['{"a": "x', VPC, '"}'])) == {"a": text(["x", VPC])}
    assert from_json('{"a": 1.5}') == {"a": Fraction(3, 2)}
    with pytest.raises(ValueProblem):
        from_json("NaN")
