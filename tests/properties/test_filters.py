"""Network filters against z3: for every packet there is, and not for sampled ones alone.

z3 is told the definitions: the first entry that matches decides in an ACL, any rule allows in a
security group. Both are formulas over one symbolic packet; what the set engine answers is another,
and z3 looks for a packet that tells the two apart.
"""

import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from graphs.network.filters import Filters, Peer, ordered
from graphs.nodes import Acl, NodeIndex
from tests.graphs.network.estates import PROTOCOLS, Land, ranges, span

family, remote, kind, port = z3.Ints("family remote protocol port")
LAST = {4: 2**32 - 1, 6: 2**128 - 1}
A_PACKET = z3.And(
    z3.Or(*(z3.And(family == f, remote >= 0, remote <= last) for f, last in LAST.items())),
    kind >= 0, kind <= 255, port >= 0, port <= 65535,
)  # fmt: skip

protocols = st.sampled_from(("tcp", "udp", "all", "icmp", "icmpv6", "esp"))
places = st.sampled_from(
    ("0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.1.128.0/17", "128.0.0.0/1", "8.8.8.8/32",
     "::/0", "2001:db8::/32", "2001:db8:0:1::/64")
)  # fmt: skip
spans = st.one_of(
    st.none(),
    st.integers(0, 65535).map(lambda port: (port, port)),
    st.tuples(st.integers(0, 65535), st.integers(0, 65535)).map(lambda p: tuple(sorted(p))),
)
rules = st.tuples(protocols, spans, places)
entries = st.tuples(st.integers(1, 32766), st.sampled_from(("allow", "deny")), *[
    protocols, spans, places,
])  # fmt: skip


def within(number, low, high):
    return z3.And(low <= number, number <= high)


def matches(protocol, ports, place):
    """What a line matches, as the AWS pages of security groups and network ACLs tell it."""
    (prefix,) = ranges([place])
    wanted, (low, high) = PROTOCOLS[protocol], span(ports)
    told = [family == prefix.family, within(remote, prefix.low, prefix.high)]
    if protocol != "all":
        told.append(kind == wanted)
    if protocol in ("tcp", "udp"):
        told.append(within(port, low, high))
    if protocol in ("icmp", "icmpv6"):
        told.append((prefix.family == 4) == (protocol == "icmp"))
        told.append(within(port, low, high))
    return z3.And(*told)


def first_match(lines):
    """The packets that an ACL allows."""
    decided = z3.BoolVal(False)
    for _, action, *line in sorted(lines, reverse=True):
        decided = z3.If(matches(*line), z3.BoolVal(action == "allow"), decided)
    return decided


def answered(packet_set):
    """The packets of a set of boxes whose destination is anywhere."""
    return z3.Or(*(
        z3.And(family == box[0], within(remote, box[1], box[2]), within(kind, box[5], box[6]),
               within(port, box[7], box[8]))
        for box in packet_set.boxes
    ))  # fmt: skip


def differs(one, other):
    """A packet on which two formulas disagree, None where there is none."""
    solver = z3.Solver()
    solver.add(A_PACKET, one != other)
    assert solver.check() != z3.unknown
    return solver.model() if solver.check() == z3.sat else None


@settings(max_examples=60)
@given(st.lists(entries, max_size=8, unique_by=lambda e: e[0]))
def test_the_first_matching_entry_decides_every_packet(lines):
    land = Land()
    land.acl("acl", "v", lines, ())
    (acl,) = (n for n in land.nodes if isinstance(n, Acl))
    assert differs(answered(ordered(acl.ingress, inward=True).certain), first_match(lines)) is None


@settings(max_examples=60)
@given(st.lists(rules, max_size=6), st.lists(rules, max_size=3))
def test_any_rule_of_any_group_lets_a_packet_in(one, other):
    land = Land()
    land.group("one", *one)
    land.group("other", *other)
    allowed = Filters(NodeIndex(tuple(land.nodes))).groups(("one", "other"), True, Peer())
    formula = z3.Or(*(matches(*line) for line in (*one, *other)))
    assert differs(answered(allowed.certain), formula) is None
    assert allowed.certain == allowed.possible


def test_the_oracle_tells_a_wrong_order_apart():
    """An ACL read in the order of its file instead of its numbers is another ACL."""
    lines = [(200, "deny", "tcp", 22, "10.0.0.0/8"), (100, "allow", "all", None, "0.0.0.0/0")]
    land = Land()
    land.acl("acl", "v", [(n, *lines[i][1:]) for i, n in enumerate((1, 2))], ())
    (acl,) = (n for n in land.nodes if isinstance(n, Acl))
    found = differs(answered(ordered(acl.ingress, inward=True).certain), first_match(lines))
    assert found is not None
    assert found[port].as_long() == 22
