"""The laws of packet sets, against sets of single packets in a universe of 2,304."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from graphs.addresses import ANY4, PUBLIC4, Prefix, prefix
from graphs.network.packets import (
    EVERYTHING,
    NOTHING,
    Packet,
    PacketSet,
    asked,
    packets,
    union,
)

SIZES = (2, 6, 6, 4, 8)  # families, sources, destinations, protocols, ports
UNIVERSE = frozenset(
    Packet((4, 6)[f], s, d, p, t) for f, s, d, p, t in product(*(range(n) for n in SIZES))
)


@st.composite
def boxes(draw):
    spans = [sorted(draw(st.tuples(*[st.integers(0, n - 1)] * 2))) for n in SIZES[1:]]
    return (draw(st.sampled_from((4, 6))), *(edge for span in spans for edge in span))


sets = st.lists(boxes(), max_size=4).map(lambda found: PacketSet(tuple(found)))


def members(packet_set):
    """The brute-force twin."""
    return {
        Packet(f, s, d, p, t)
        for f, s0, s1, d0, d1, p0, p1, t0, t1 in packet_set.boxes
        for s, d, p, t in product(
            range(s0, s1 + 1), range(d0, d1 + 1), range(p0, p1 + 1), range(t0, t1 + 1)
        )
    }


@given(sets, sets)
def test_operations_agree_with_single_packets(a, b):
    left, right = members(a), members(b)
    assert members(a | b) == left | right
    assert members(a & b) == left & right
    assert members(a - b) == left - right
    assert members(union((a, b, a))) == left | right
    assert (a <= b) == (left <= right)
    assert (a == b) == (left == right)
    assert bool(a) == bool(left)


@given(sets, sets, sets)
def test_laws(a, b, c):
    assert a & (b | c) == (a & b) | (a & c)
    assert a - (b | c) == (a - b) & (a - c)
    assert (a - b) | (a & b) == a
    assert a - a == NOTHING
    assert a <= EVERYTHING
    assert hash((a - b) | (a & b)) == hash(a | NOTHING)


@given(sets)
def test_witness_and_membership(a):
    inside = members(a)
    witness = a.witness()
    assert (witness is None) == (not inside)
    assert witness is None or witness in inside
    assert all((packet in a) == (packet in inside) for packet in UNIVERSE)


@given(sets)
def test_projections(a):
    inside = members(a)
    sources = {(r.family, x) for r in a.sources() for x in range(r.low, r.high + 1)}
    assert sources == {(p.family, p.source) for p in inside}
    ports = {x for low, high in a.ports(1) for x in range(low, high + 1)}
    assert ports == {p.port for p in inside if p.protocol == 1}
    assert members(a.reversed()) == {
        p._replace(source=p.destination, destination=p.source) for p in inside
    }


@given(sets)
def test_moving_a_set_keeps_everything_but_the_addresses(a):
    place = (Prefix(4, 2, 3), Prefix(6, 2, 3))
    expected = {p._replace(destination=d) for p in members(a) for d in (2, 3)}
    assert members(a.moved(None, place)) == expected


def tcp(port, *sources):
    return packets([prefix(s) for s in sources], protocols=(6, 6), ports=(port, port))


def test_text_names_services_and_sources():
    both = tcp(22, "0.0.0.0/0") | tcp(443, "0.0.0.0/0")
    assert str(both) == "tcp 22, 443 from 0.0.0.0/0"
    assert str(both | tcp(80, "10.0.0.0/8", "192.168.0.0/16")) == (
        "tcp 22, 443 from 0.0.0.0/0; tcp 80 from 10.0.0.0/8, 192.168.0.0/16"
    )
    assert str(EVERYTHING) == "all traffic from 0.0.0.0/0, ::/0"
    assert str(NOTHING) == "nothing"
    assert str(packets((ANY4,), protocols=(17, 17))) == "all udp from 0.0.0.0/0"
    assert str(packets((ANY4,), protocols=(50, 50))) == "protocol 50 from 0.0.0.0/0"
    assert str(tcp(22, "0.0.0.0/0") & packets(PUBLIC4)) == "tcp 22 from 0.0.0.0/0"


def test_two_halves_of_the_internet_are_the_internet():
    assert tcp(22, "0.0.0.0/1", "128.0.0.0/1") == tcp(22, "0.0.0.0/0")
    assert str(tcp(22, "0.0.0.0/1") | tcp(22, "128.0.0.0/1")) == "tcp 22 from 0.0.0.0/0"


def test_public_space_leaves_out_what_is_private():
    public = packets(PUBLIC4)
    for private in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"):
        assert not packets((prefix(private),)) & public
    assert packets((prefix("11.0.0.0/8"),)) <= public


def test_a_port_without_a_protocol_is_one_of_tcp_or_udp():
    assert asked(port=53).protocols() == ((6, 6), (17, 17))
    assert asked() == EVERYTHING
