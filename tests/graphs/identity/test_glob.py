"""Pattern algebra against brute force: every text over a small alphabet."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphs.identity.glob import (
    FRESH,
    contains,
    intersection,
    literal,
    matches,
    meets,
    pattern,
    same,
    show,
    words,
)
from graphs.unknown import Cause, Referent, Template, Unknown, text

TEXTS = ["".join(letters) for size in range(6) for letters in product("ab", repeat=size)]
A, B = Unknown(Cause.VARIABLE, "var.a"), Unknown(Cause.VARIABLE, "var.b")
globs = st.text("ab*?", max_size=5)
holed = st.lists(st.sampled_from(["a", "b", "*", "?", A, B]), max_size=4).map(text)
told = st.lists(st.sampled_from(["a", "b", A, B]), max_size=4).map(text)
quick = settings(max_examples=150, deadline=None, derandomize=True)


def by_definition(wanted, value):
    if not wanted:
        return not value
    if wanted[0] == "*":
        return any(by_definition(wanted[1:], value[n:]) for n in range(len(value) + 1))
    return bool(value) and wanted[0] in ("?", value[0]) and by_definition(wanted[1:], value[1:])


def filled(value, filling):
    parts = value.parts if isinstance(value, Template) else (value,)
    return "".join(filling[p] if isinstance(p, Unknown) else p for p in parts)


def yes(wanted, value):
    return matches(wanted, value).certain


@quick
@given(globs, st.text("ab", max_size=6))
def test_matches_is_the_definition(wanted, value):
    assert yes(wanted, value) == by_definition(wanted, value)


@quick
@given(holed, told)
def test_holes_are_bounded_by_their_fillings(wanted, value):
    """Certain: every filling matches. Some filling matches: possible."""
    answer = matches(wanted, value)
    values = ["", "a", "b", "ab"]
    outcomes = [
        by_definition(filled(wanted, {A: a, B: b}), filled(value, {A: a, B: b}))
        for a, b in product(values, repeat=2)
    ]
    assert all(outcomes) or not answer.certain
    assert answer.possible or not any(outcomes)


@quick
@given(globs, globs)
def test_intersection_is_what_both_match(one, other):
    parts = [str(show(p)) for p in intersection(pattern(one), pattern(other))]
    for value in TEXTS:
        either = any(yes(part, value) for part in parts)
        assert either == (yes(one, value) and yes(other, value))


@quick
@given(globs, globs)
def test_meets_gives_a_witness(one, other):
    found = meets(one, other)
    if found is None:
        assert not any(yes(one, value) and yes(other, value) for value in TEXTS)
    else:
        assert yes(one, found)
        assert yes(other, found)


@quick
@given(globs, globs)
def test_contains_is_inclusion(outer, inner):
    included = all(yes(outer, value) for value in [*TEXTS, "c", "ac", "ca"] if yes(inner, value))
    if contains(outer, inner):
        assert included
    else:
        longer = ("".join(w) for n in range(7) for w in product("abc", repeat=n))
        assert any(yes(inner, value) and not yes(outer, value) for value in longer)


@quick
@given(globs, globs)
def test_words_find_what_another_pattern_misses(one, other):
    """The claim that evaluation rests on: a deny that misses something misses one of the words."""
    missed = any(not yes(other, str(word)) for word in words(pattern(one)))
    assert missed != contains(other, one)


@quick
@given(holed)
def test_words_match_their_pattern(wanted):
    for word in words(pattern(wanted)):
        assert matches(wanted, word).certain


def test_a_hole_is_itself():
    arn = text(["arn:aws:s3:::", A, "/x"])
    assert same(arn, arn).certain
    assert matches(text(["arn:aws:s3:::", A, "/*"]), arn).certain
    assert matches("arn:aws:s3:::*", arn).certain


def test_a_hole_may_be_something_else():
    answer = matches("arn:aws:s3:::logs/*", text(["arn:aws:s3:::", A, "/x"]))
    assert answer.undecided
    assert answer.because == {A}


def test_text_around_a_hole_still_tells():
    assert not matches("arn:aws:s3:::logs/*", text(["arn:aws:iam::", A, ":role/x"])).possible
    assert not matches(text([A, "-logs"]), "booking").possible


def test_what_a_resource_is_called_is_never_anything_else():
    endpoint = Unknown(Cause.COMPUTED, "aws_vpc_endpoint.s3.id", (Referent("aws_vpc_endpoint.s3"),))
    assert not matches(endpoint, f"vpce-{FRESH}").possible
    assert matches(A, f"vpce-{FRESH}").possible


def test_a_long_pattern_costs_little():
    assert not yes("a*" * 40 + "b", "a" * 300)
    assert meets("*a" * 60, "a*" * 60) is not None
    assert literal("*") != pattern("*")


ACCOUNT = Unknown(Cause.SCOPE, "account of provider aws")
SUFFIX = Unknown(Cause.COMPUTED, "random_string.s.result", (Referent("random_string.s", "result"),))
OUT_OF_THE_QUESTION = (
    ("arn:aws:iam::*:role/dev-*", ("arn:aws:iam::", ACCOUNT, ":role/boss")),
    ("arn:aws:iam::*:role/dev-*", ("arn:aws:iam::", ACCOUNT, ":role/boss-", SUFFIX)),
    (
        ("arn:aws:iam::", ACCOUNT, ":role/a-", SUFFIX),
        ("arn:aws:iam::", ACCOUNT, ":role/b-", SUFFIX),
    ),
    ("arn:aws:lambda:*:*:function:a", ("arn:aws:lambda:x:", ACCOUNT, ":function:b-", SUFFIX)),
)


@pytest.mark.parametrize(("wanted", "value"), OUT_OF_THE_QUESTION)
def test_what_no_name_can_fill_is_no(wanted, value):
    """An account is a number, and no name of a resource has a colon in it."""
    wanted = wanted if isinstance(wanted, str) else text(wanted)
    assert not matches(wanted, text(value)).possible


def test_the_key_of_an_object_may_have_anything_in_it():
    assert matches("arn:aws:s3:::a/*:b", text(("arn:aws:s3:::a/", SUFFIX))).undecided
