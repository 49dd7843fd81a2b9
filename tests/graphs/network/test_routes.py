"""The longest prefix decides, and what an unknown route leaves open."""

from hypothesis import given
from hypothesis import strategies as st

from graphs.addresses import Prefix, prefix
from graphs.evidence import Proof
from graphs.network.routes import Choice, minus, overlap, partition
from graphs.nodes import Route
from graphs.unknown import YES
from tests.graphs.network.estates import unknown

PROOF = Proof("table")
ALL = prefix("10.0.0.0/8")


def route(destination, kind="nat", target="nat", propagated=False):
    made = prefix(destination) if isinstance(destination, str) else destination
    return Route(made, kind, target, PROOF, propagated)


def blocks(low_bits):
    """CIDR blocks of a universe of 64 addresses."""
    return st.builds(
        lambda bits, index: Prefix(4, (index << bits) % 64, (index << bits) % 64 + (1 << bits) - 1),
        st.integers(0, low_bits),
        st.integers(0, 63),
    )


@given(st.lists(st.tuples(blocks(6), st.booleans()), max_size=6, unique_by=lambda r: r))
def test_every_address_takes_its_most_specific_route(lines):
    routes = [Route(p, "nat", str(i), PROOF, learned) for i, (p, learned) in enumerate(lines)]
    choices = partition(routes, Prefix(4, 0, 63))
    for address in range(64):
        inside = [r for r in routes if r.destination.low <= address <= r.destination.high]
        best = min(inside, key=lambda r: (-r.destination.length, r.propagated), default=None)
        taken = [c for c in choices if c.prefix.low <= address <= c.prefix.high]
        assert [c.route for c in taken] == [best]


@given(st.lists(blocks(5), max_size=4), blocks(5))
def test_ranges_without_and_in_common(spans, hole):
    def members(ranges):
        return {a for r in ranges for a in range(r.low, r.high + 1)}

    assert members(minus(spans, hole)) == members(spans) - members([hole])
    assert members(overlap(spans, [hole])) == members(spans) & members([hole])


def test_a_route_that_was_not_read_leaves_all_but_the_local_ones_open():
    why = unknown("dynamic.route")
    local = route("10.0.0.0/16", "local")
    choices = partition([local, route("10.0.0.0/8")], ALL, (why,))
    assert Choice(prefix("10.0.0.0/16"), local) in choices
    others = [c for c in choices if c.route is not local]
    assert {c.route if c.route is why else c.route.kind for c in others} == {"nat", why}
    assert not any(c.certain for c in others)
    assert all(c.because == {why} for c in others)


def test_an_unknown_destination_is_a_rival_unless_it_leads_the_same_way():
    why = unknown("var.destination")
    same = partition([route("10.0.0.0/8"), route(why)], ALL)
    assert [c.certain for c in same] == [True]
    other = partition([route("10.0.0.0/8"), route(why, "internet", "igw")], ALL)
    assert [(c.route.kind, c.certain) for c in other] == [("nat", False), ("internet", False)]


def test_a_local_route_of_unknown_range_takes_what_is_in_the_vpc():
    home = route(unknown("var.cidr"), "local")
    assert partition([home, route("0.0.0.0/0")], ALL, inside=YES) == (Choice(ALL, home),)
    outside = partition([home, route("0.0.0.0/0")], ALL)
    assert [(c.route.kind, c.certain) for c in outside] == [("nat", True)]
