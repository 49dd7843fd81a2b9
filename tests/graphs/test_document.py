"""JSON with holes: read, it is what filling the holes first and then reading would give."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.document import NotJson, read_json
from graphs.unknown import Cause, Template, Unknown, text

NAME = Unknown(Cause.VARIABLE, "var.name")
LIST = Unknown(Cause.DATA, "data.aws_x.y.ids")


def test_a_document_without_holes_is_plain_json():
    assert read_json('{"a": [1, true, null, "x"]}') == {"a": [1, True, None, "x"]}


def test_a_hole_within_quotes_is_a_hole_in_that_string():
    document = text(['{"Resource": "arn:aws:s3:::', NAME, '/*"}'])
    assert read_json(document) == {"Resource": text(["arn:aws:s3:::", NAME, "/*"])}


def test_a_string_that_is_one_hole_is_that_hole():
    assert read_json(text(['["', NAME, '"]'])) == [Template((NAME,))]


def test_a_bare_hole_is_a_whole_value():
    document = text(['{"Principal": ', LIST, ', "Action": [', NAME, ', "x"]}'])
    assert read_json(document) == {"Principal": LIST, "Action": [NAME, "x"]}


def test_escaped_quotes_do_not_end_a_string():
    document = text(['{"a": "say \\"', NAME, '\\"", "b": ', LIST, "}"])
    assert read_json(document) == {"a": text(['say "', NAME, '"']), "b": LIST}


def test_a_key_may_have_a_hole():
    assert read_json(text(['{"', NAME, '/id": 1}'])) == {text([NAME, "/id"]): 1}


def test_a_document_that_is_not_known_at_all_stays_so():
    assert read_json(LIST) is LIST


@pytest.mark.parametrize("broken", ["", "{", "{'a': 1}", '{"a": 1,}', "[" * 100_000])
def test_what_is_not_json_is_refused(broken):
    with pytest.raises(NotJson):
        read_json(broken)
    with pytest.raises(NotJson):
        read_json(text([broken, NAME, "]"]))


def test_deep_nesting_around_a_hole_is_read_or_refused():
    for depth in (100, 600, 900, 5000):
        try:
            value = read_json(text(["[" * depth, NAME, "]" * depth]))
        except NotJson:
            continue
        for _ in range(depth):
            (value,) = value
        assert value == NAME


@pytest.mark.parametrize(
    "hostile",
    ["\ue0000\ue001", "\ue002x", "\ue0007\ue000", "\\ue000:9\\ue000", "\\uE002\ue001", "\ue000:"],
)
def test_no_text_passes_for_a_hole(hostile):
    """What carries a hole through the parser is chosen so that the document does not hold it."""
    read = read_json(text(['{"a": "', hostile, '", "b": "', NAME, '", "c": ', LIST, "}"]))
    assert read == {"a": json.loads(f'"{hostile}"'), "b": Template((NAME,)), "c": LIST}


def test_a_document_of_nothing_but_private_characters_is_refused():
    every = "".join(map(chr, range(0xE000, 0xF900)))
    with pytest.raises(NotJson, match="private-use"):
        read_json(text(['"', every, NAME, '"']))


documents = st.recursive(
    st.one_of(st.text(max_size=5), st.integers(-9, 9), st.booleans(), st.none()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(documents, st.integers(0, 200), st.text(max_size=4))
def test_cutting_a_hole_into_a_string_leaves_the_rest_as_it_was(value, at, told):
    """Take a piece of a string literal out, read, put it back: the same as never taking it."""
    written = json.dumps({"k": value, "s": f"<{told}>"}, ensure_ascii=at % 2 == 0)
    piece = json.dumps(told, ensure_ascii=at % 2 == 0)[1:-1]
    before, found, after = written.rpartition(f'"<{piece}>"')
    assert found
    read = read_json(text([before, '"<', NAME, '>"', after]))
    assert read == {"k": value, "s": text(["<", NAME, ">"])}


@given(documents)
def test_a_bare_hole_leaves_the_rest_as_it_was(value):
    written = json.dumps({"k": value})
    assert read_json(text([written[:-1], ', "z": ', LIST, "}"])) == {"k": value, "z": LIST}
