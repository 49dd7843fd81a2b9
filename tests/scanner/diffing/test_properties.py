"""Laws of comparing, held against brute force: matching, packets, and what both sides share."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from scanner.diffing.matching import matched
from scanner.diffing.surroundings import surroundings
from tests.scanner.diffing.conftest import ESTATE

THINGS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xy")), max_size=8)


def pairs(base, head):
    return matched(base, head, lambda each: each[0], lambda each: each[1])


@given(THINGS, THINGS)
def test_each_thing_is_matched_once_or_left_over(base, head):
    found = pairs(base, head)
    assert Counter(base) == Counter(found.gone) + Counter(one for one, _ in found.both)
    assert Counter(head) == Counter(found.new) + Counter(other for _, other in found.both)


@given(THINGS, THINGS)
def test_only_things_of_one_name_are_matched_and_all_that_can_be(base, head):
    found = pairs(base, head)
    assert all(one[0] == other[0] for one, other in found.both)
    assert not {each[0] for each in found.gone} & {each[0] for each in found.new}


@given(THINGS, THINGS)
def test_what_has_the_same_home_is_matched_first(base, head):
    found = pairs(base, head)
    exact = sum((Counter(base) & Counter(head)).values())
    assert sum(one == other for one, other in found.both) == exact


@given(THINGS, THINGS)
def test_the_other_way_round_new_and_gone_change_places(base, head):
    there, back = pairs(base, head), pairs(head, base)
    assert Counter(there.new) == Counter(back.gone)
    assert Counter(there.gone) == Counter(back.new)


@given(THINGS)
def test_nothing_is_different_from_itself(things):
    found = pairs(things, things)
    assert not found.gone
    assert not found.new
    assert all(one == other for one, other in found.both)


@given(st.lists(st.sampled_from(["a.tf", "x/.terraform/", "prod/a.tfvars", "b.json"])))
def test_only_modules_and_variables_are_taken_of_what_is_ignored(paths):
    taken = surroundings(paths)
    assert len(taken) == sum(p in ("x/.terraform/", "prod/a.tfvars") for p in paths)


def test_what_one_way_adds_the_other_takes(estate):
    """Connections and permissions, of a change in both directions at once."""
    text = (ESTATE / "main.tf").read_text()
    changed = text.replace("from_port   = 443", "from_port   = 440").replace(
        '"s3:GetObject"', '["s3:GetObject", "s3:PutObject"]'
    )
    estate.commit({"main.tf": changed.replace("var.office", '"0.0.0.0/1"')})
    there, back = estate.json("main~1", "main"), estate.json("main", "main~1")

    def told(found, name, *keys):
        return Counter(tuple(each[key] for key in keys) for each in found[name])

    for one, other in (("added", "removed"), ("removed", "added")):
        ends = ("source", "target", "packets", "verdict")
        assert told(there, f"reach_{one}", *ends) == told(back, f"reach_{other}", *ends)
        power = ("principal", "relation", "target", "verdict")
        gained = told(there, f"permissions_{one}", *power)
        assert gained == told(back, f"permissions_{other}", *power)
    assert any("tcp 440-442 from 0.0.0.0/0" in c["packets"] for c in there["reach_added"])
    assert {p["relation"] for p in there["permissions_added"]} == {"writes", "allows"}
