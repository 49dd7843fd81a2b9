"""The laws of what is not known, against brute force over every way it might turn out."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.unknown import (
    NO,
    YES,
    Answer,
    Bounds,
    Cause,
    Template,
    Unknown,
    all_of,
    answer,
    any_of,
    cannot_tell,
    exactly,
    known,
    text,
    unknowns_in,
)

A, B, C = UNKNOWNS = tuple(Unknown(Cause.VARIABLE, f"var.{name}") for name in "abc")


def verdict(said):
    return said.certain, said.possible


# ------------------------------------------------------------------------------------- sentences


@dataclass(frozen=True)
class Sentence:
    """A boolean expression, as what is answered and as what is the case once all is known."""

    text: str
    answered: Callable[[dict], Answer]
    decided: Callable[[dict], bool]


def constant(value):
    return Sentence(str(value), lambda _: known(value), lambda _: value)


def variable(unknown):
    return Sentence(
        unknown.what, lambda world: answer(world[unknown]), lambda world: world[unknown]
    )


def negated(inner):
    return Sentence(f"~{inner.text}", lambda w: ~inner.answered(w), lambda w: not inner.decided(w))


def conjoined(pair):
    left, right = pair
    return Sentence(
        f"({left.text} & {right.text})",
        lambda w: left.answered(w) & right.answered(w),
        lambda w: left.decided(w) and right.decided(w),
    )


def disjoined(pair):
    left, right = pair
    return Sentence(
        f"({left.text} | {right.text})",
        lambda w: left.answered(w) | right.answered(w),
        lambda w: left.decided(w) or right.decided(w),
    )


leaves = st.one_of(st.booleans().map(constant), st.sampled_from(UNKNOWNS).map(variable))
sentences = st.recursive(
    leaves,
    lambda inner: st.one_of(
        inner.map(negated),
        st.tuples(inner, inner).map(conjoined),
        st.tuples(inner, inner).map(disjoined),
    ),
    max_leaves=8,
)
IGNORANT = dict(zip(UNKNOWNS, UNKNOWNS, strict=True))
WORLDS = [dict(zip(UNKNOWNS, values, strict=True)) for values in product((False, True), repeat=3)]
PARTLY = [
    dict(zip(UNKNOWNS, values, strict=True)) for values in product((False, True, None), repeat=3)
]


def informed(told):
    """What is known in part: None stays unknown."""
    return {unknown: unknown if value is None else value for unknown, value in told.items()}


@given(sentences)
def test_an_answer_never_contradicts_what_turns_out(sentence):
    said = sentence.answered(IGNORANT)
    for world in WORLDS:
        fact = sentence.decided(world)
        assert not said.certain or fact
        assert said.possible or not fact


@given(sentences)
def test_finding_out_more_never_changes_a_decided_answer(sentence):
    for told in PARTLY:
        before = sentence.answered(informed(told))
        for unknown in (u for u in UNKNOWNS if told[u] is None):
            for value in (False, True):
                after = sentence.answered(informed({**told, unknown: value}))
                assert not before.certain or after.certain
                assert before.possible or not after.possible


@given(sentences)
def test_an_open_answer_names_all_that_can_close_it_and_nothing_else_matters(sentence):
    said = sentence.answered(IGNORANT)
    assert bool(said.because) == said.undecided
    elsewhere = [u for u in UNKNOWNS if u not in said.because]
    for values in product((False, True), repeat=len(elsewhere)):
        told = IGNORANT | dict(zip(elsewhere, values, strict=True))
        assert sentence.answered(told) == said
    for world in WORLDS:
        assert not sentence.answered(world).undecided


# ------------------------------------------------------------------------------------------ laws

answers = st.one_of(
    st.sampled_from((YES, NO)),
    st.sets(st.sampled_from(UNKNOWNS), min_size=1).map(lambda found: cannot_tell(*found)),
)


@given(answers, answers, answers)
def test_and_and_or_are_kleenes(a, b, c):
    assert a & b == b & a
    assert a | b == b | a
    assert (a & b) & c == a & (b & c)
    assert (a | b) | c == a | (b | c)
    assert a & a == a | a == a
    assert a & YES == a | NO == a
    assert a & NO == NO
    assert a | YES == YES


@given(answers, answers, answers)
def test_they_distribute_and_absorb_up_to_the_reasons(a, b, c):
    """The longer side may name more reasons: it mentions its parts more often."""
    assert verdict(a & (b | c)) == verdict((a & b) | (a & c))
    assert verdict(a | (b & c)) == verdict((a | b) & (a | c))
    assert verdict(a & (a | b)) == verdict(a | (a & b)) == verdict(a)


@given(answers, answers)
def test_de_morgan_holds_with_the_reasons(a, b):
    assert ~(a & b) == ~a | ~b
    assert ~(a | b) == ~a & ~b
    assert ~~a == a


@given(st.lists(answers, max_size=5))
def test_any_and_all_fold_the_connectives(many):
    either, every = NO, YES
    for each in many:
        either, every = either | each, every & each
    assert any_of(many) == either
    assert all_of(many) == every
    assert any_of(many) == ~all_of(~each for each in many)


def test_what_is_not_known_is_neither_true_nor_false():
    for value in (A, cannot_tell(A), YES, NO):
        with pytest.raises(TypeError):
            bool(value)


def test_a_decided_answer_has_no_reasons():
    assert Answer(certain=True, possible=True, because=frozenset((A,))) == YES
    with pytest.raises(ValueError, match="certain is possible"):
        Answer(certain=True, possible=False)


def test_an_unknown_is_equal_to_what_has_its_origin():
    again = Unknown(Cause.VARIABLE, "var.a", origins=(B,))
    assert again == A
    assert A.roots == (A,)
    assert again.roots == (B,)
    assert Unknown(Cause.COMPUTED, "var.a") != A


# ---------------------------------------------------------------------------------------- bounds

UNIVERSE = range(4)
SETS = [frozenset(c) for size in range(5) for c in combinations(UNIVERSE, size)]
subsets = st.sampled_from(SETS)


@st.composite
def bounds(draw):
    certain, more = draw(subsets), draw(subsets)
    return Bounds(certain, certain | more, frozenset((A,)) if more - certain else frozenset())


def within(limits):
    return [s for s in SETS if limits.certain <= s <= limits.possible]


@given(bounds(), bounds())
def test_bounds_of_a_union_are_exactly_what_unions_between_the_bounds_can_be(left, right):
    for combine in (frozenset.union, frozenset.intersection):
        joined = left.both(right, combine)
        made = [combine(x, y) for x in within(left) for y in within(right)]
        assert set(made) <= set(within(joined))
        assert joined.certain == frozenset.intersection(*made)
        assert joined.possible == frozenset.union(*made)


@given(bounds(), bounds(), bounds())
def test_bounds_keep_the_laws_of_sets(a, b, c):
    union, both = frozenset.union, frozenset.intersection
    assert a.both(b, union) == b.both(a, union)
    assert a.both(b, both).both(c, both) == a.both(b.both(c, both), both)
    assert a.both(a, union) == a.both(a, both) == a
    distributed = a.both(b, both).both(a.both(c, both), union)
    assert a.both(b.both(c, union), both) == distributed


@given(subsets, subsets)
def test_exact_bounds_stay_exact(left, right):
    assert exactly(left).both(exactly(right), frozenset.union) == exactly(left | right)


# ------------------------------------------------------------------------------------------ text

pieces = st.one_of(st.text(alphabet="ab:", max_size=3), st.sampled_from(UNKNOWNS))
nested = st.recursive(
    st.lists(pieces, max_size=5).map(text),
    lambda inner: st.lists(inner, max_size=3).map(text),
    max_leaves=4,
)


@given(st.lists(pieces, max_size=8))
def test_text_has_one_form(parts):
    joined = text(parts)
    if isinstance(joined, str):
        assert joined == "".join(parts)
        return
    assert any(isinstance(p, Unknown) for p in joined.parts)
    assert "" not in joined.parts
    for first, second in zip(joined.parts, joined.parts[1:], strict=False):
        assert not (isinstance(first, str) and isinstance(second, str))
    assert text(joined.parts) == joined
    assert joined.unknowns == unknowns_in(parts)


@given(nested, nested, nested)
def test_text_is_joined_the_same_however_it_is_grouped(a, b, c):
    assert text([text([a, b]), c]) == text([a, text([b, c])]) == text([a, b, c])
    assert text(["", a]) == text([a, ""]) == text([a])


@given(st.lists(pieces, max_size=6), st.tuples(*[st.text(alphabet="xyz", max_size=2)] * 3))
def test_filling_the_holes_and_joining_can_be_done_in_either_order(parts, values):
    told = dict(zip(UNKNOWNS, values, strict=True))

    def filled(pieces):
        return text(told[p] if isinstance(p, Unknown) else p for p in pieces)

    joined = text(parts)
    again = filled(joined.parts) if isinstance(joined, Template) else joined
    assert again == filled(parts)


def test_only_text_is_joined():
    for wrong in (1, None, True, ["a"]):
        with pytest.raises(TypeError, match="not text"):
            text(["a", wrong])
