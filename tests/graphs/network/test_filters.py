"""Groups and ACLs: what a line means, who a peer is, and what comes back."""

from hypothesis import given
from hypothesis import strategies as st

from graphs.network.claims import service_of
from graphs.network.filters import (
    Filters,
    Peer,
    join,
    meet,
    ordered,
)
from graphs.network.packets import EVERYTHING, NOTHING, Packet, message, packets
from graphs.network.replies import answered, answered_always
from graphs.nodes import Acl, NodeIndex, SecurityGroup
from graphs.unknown import NO, Bounds, cannot_tell, exactly
from tests.graphs.network.estates import Land, address, unknown


def filters_of(land):
    return Filters(NodeIndex(tuple(land.nodes)))


def lets_in(*rules, peer=Peer(), refs=("g",), prefix_list=()):  # noqa: B008
    land = Land()
    if prefix_list:
        land.prefix_list("pl", *prefix_list)
    land.group("g", *rules)
    return filters_of(land).groups(refs, True, peer)


def test_a_rule_without_ports_means_all_of_them():
    assert str(lets_in(("tcp", (-1, -1), "0.0.0.0/0")).certain) == "all tcp from 0.0.0.0/0"
    assert str(lets_in(("esp", 22, "0.0.0.0/0")).certain) == "protocol 50 from 0.0.0.0/0"
    assert str(lets_in(("all", 22, "0.0.0.0/0")).certain) == "all traffic from 0.0.0.0/0"


def test_icmp_types_are_ports_and_keep_to_their_family():
    assert lets_in(("icmp", 8, "0.0.0.0/0")).certain.ports(1) == (message(8),)
    assert lets_in(("icmp", "3:4", "0.0.0.0/0")).certain.ports(1) == (message(3, 4),)
    assert lets_in(("icmp", None, "0.0.0.0/0")).certain.ports(1) == ((0, 65535),)
    assert not lets_in(("icmpv6", None, "0.0.0.0/0")).possible
    assert lets_in(("icmpv6", None, "::/0")).certain


def test_groups_are_a_union_and_a_prefix_list_stands_for_its_entries():
    allowed = lets_in(
        ("tcp", 22, "list:pl"), ("tcp", 80, "0.0.0.0/0"), prefix_list=("10.1.0.0/16", "10.2.0.0/16")
    )
    assert str(allowed.certain) == "tcp 22 from 10.1.0.0/16, 10.2.0.0/16; tcp 80 from 0.0.0.0/0"


def test_a_list_or_group_that_was_not_read_leaves_its_rule_open():
    land = Land()
    land.group("g", ("tcp", 22, "list:pl-1234"))
    allowed = filters_of(land).groups(("g", "elsewhere"), True, Peer())
    assert not allowed.certain
    assert allowed.possible == EVERYTHING
    assert {u.what for u in allowed.because} == {"pl-1234", "elsewhere"}


def test_a_group_reference_counts_only_where_the_border_lets_it():
    rule = ("tcp", 22, "group:web")
    held = frozenset({"web"})
    why = unknown("var.support")
    assert lets_in(rule, peer=Peer(held)).certain
    assert not lets_in(rule, peer=Peer(frozenset({"other"}))).possible
    assert not lets_in(rule, peer=Peer(held, NO)).possible
    undecided = lets_in(rule, peer=Peer(held, cannot_tell(why)))
    assert (bool(undecided.certain), bool(undecided.possible)) == (False, True)
    assert undecided.because == {why}


def test_a_peer_of_unknown_group_may_be_meant():
    group = unknown("var.groups[0]")
    allowed = lets_in(("tcp", 22, "group:web"), peer=Peer(frozenset({group})))
    assert (bool(allowed.certain), allowed.because) == (False, {group})


def acl_lets_in(*entries):
    land = Land()
    land.acl("acl", "v", entries, ())
    return ordered(next(n for n in land.nodes if isinstance(n, Acl)).ingress, inward=True)


ALLOW = (100, "allow", "all", None, "0.0.0.0/0")


def test_an_empty_acl_denies():
    assert not acl_lets_in().possible


def test_an_unknown_deny_closes_the_certain_answer_and_not_the_possible_one():
    place = unknown("var.blocked")
    allowed = acl_lets_in((90, "deny", "tcp", 22, place), ALLOW)
    assert 22 not in {low for low, _ in allowed.certain.ports(6)}
    assert allowed.certain.ports(6) == ((0, 21), (23, 65535))
    assert allowed.possible.ports(6) == ((0, 65535),)
    assert allowed.because == {place}


def test_an_unknown_allow_opens_the_possible_answer_alone():
    action = unknown("var.action")
    allowed = acl_lets_in((90, action, "tcp", 22, "10.0.0.0/8"))
    assert not allowed.certain
    assert str(allowed.possible) == "tcp 22 from 10.0.0.0/8"


def test_an_entry_of_unknown_number_may_come_before_all():
    number = unknown("var.number")
    denied = acl_lets_in(ALLOW, (number, "deny", "tcp", 22, "0.0.0.0/0"))
    assert denied.certain.ports(6) == ((0, 21), (23, 65535))
    opened = acl_lets_in((1, "deny", "all", None, "0.0.0.0/0"), (number, *ALLOW[1:]))
    assert (bool(opened.certain), bool(opened.possible)) == (False, True)


numbers = st.integers(1, 6)
lines = st.tuples(
    numbers,
    st.sampled_from(("allow", "deny")),
    st.sampled_from(("tcp", "udp", "all")),
    st.sampled_from((22, 80, (0, 65535), (1024, 65535))),
    st.sampled_from(("0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16")),
)
samples = st.builds(
    Packet,
    st.just(4),
    st.sampled_from([address(a) for a in ("10.1.0.1", "10.2.0.1", "8.8.8.8")]),
    st.just(address("10.9.9.9")),
    st.sampled_from((6, 17, 50)),
    st.sampled_from((22, 80, 443, 5000)),
)


def first_match(entries, packet):
    """The brute-force twin of an ACL."""
    for entry in sorted(entries, key=lambda e: e.number):
        if entry.protocol not in (-1, packet.protocol):
            continue
        if entry.prefix.low <= packet.source <= entry.prefix.high and (
            entry.protocol == -1 or entry.ports[0] <= packet.port <= entry.ports[1]
        ):
            return entry.allow
    return False


@given(st.lists(lines, max_size=6, unique_by=lambda e: e[0]), samples)
def test_the_first_match_decides(entries, packet):
    land = Land()
    land.acl("acl", "v", entries, ())
    made = next(n for n in land.nodes if isinstance(n, Acl)).ingress
    assert (packet in ordered(made, inward=True).certain) == first_match(made, packet)


@given(
    st.lists(lines, max_size=4, unique_by=lambda e: e[0]),
    st.integers(0, 3),
    st.integers(0, 3),
    st.sampled_from((0, 1, 2, 3, 4)),
    samples,
)
def test_bounds_hold_whatever_an_unknown_turns_out_to_be(entries, which, value, place, packet):
    if not entries:
        return
    which %= len(entries)
    values = (
        (1, 4, 9, 60),
        ("allow", "deny", "allow", "deny"),
        ("tcp", "udp", "all", "esp"),
        (22, 80, (0, 65535), (1024, 65535)),
        ("0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "8.8.8.8/32"),
    )
    hidden = [list(e) for e in entries]
    shown = [list(e) for e in entries]
    hidden[which][place] = unknown("var.x")
    shown[which][place] = values[place][value]
    if len({e[0] for e in shown}) < len(shown):
        return
    actual = first_match_of(shown, packet)
    bounds = acl_lets_in(*hidden)
    assert (packet in bounds.certain) <= actual <= (packet in bounds.possible)


def first_match_of(entries, packet):
    land = Land()
    land.acl("acl", "v", entries, ())
    return first_match(next(n for n in land.nodes if isinstance(n, Acl)).ingress, packet)


def test_lines_are_told_as_people_write_them():
    land = Land()
    rules = [("icmp", None, "::/0"), ("icmp", 8, "::/0"), ("icmp", "3:4", "::/0"),
             ("icmp", (1, 0), "::/0"), ("icmp", (3 * 256 + 2, 5 * 256 + 1), "::/0"),
             ("tcp", None, "::/0"),
             ("tcp", (80, 90), "::/0"), ("esp", 22, "::/0"), ("all", 1, "::/0"),
             (unknown("var.protocol"), 22, "::/0")]  # fmt: skip
    land.group("g", *rules)
    group = next(n for n in land.nodes if isinstance(n, SecurityGroup))
    assert [service_of(rule) for rule in group.ingress] == [
        "all ICMP", "ICMP 8", "ICMP 3:4", "no ICMP", "ICMP 3:2-255, 4, 5:0-1", "all TCP",
        "TCP 80-90", "protocol 50", "all traffic", "var.protocol",
    ]  # fmt: skip


# Replies.


def reply(protocol, ports):
    return packets(protocols=(protocol, protocol), ports=ports)


def test_some_ephemeral_port_answers_every_tcp_packet():
    assert answered(reply(6, (40000, 40000))).ports(6) == ((0, 65535),)
    assert not answered(reply(6, (0, 1023)))
    assert answered_always(reply(6, (1024, 65535))).ports(6) == ((0, 65535),)
    assert not answered_always(reply(6, (1025, 65535)))
    assert answered(EVERYTHING) == EVERYTHING


def test_an_echo_request_is_answered_by_an_echo_reply():
    assert answered(reply(1, message(0))).ports(1) == (message(0), message(8))
    assert answered(reply(1, message(0, 0))).ports(1) == (message(0, 0), message(8, 0))
    assert answered(reply(1, message(8))).ports(1) == ()
    echo, reply_ = message(128), message(129)
    assert answered(reply(58, reply_)).ports(58) == ((echo[0], reply_[1]),)


# Bounds.


def test_reasons_are_kept_only_where_they_matter():
    web, ssh = packets(protocols=(6, 6), ports=(443, 443)), packets(ports=(22, 22))
    why = frozenset({unknown("var.x")})
    doubtful_ssh = Bounds(web, web | ssh, why)
    assert meet(exactly(web), doubtful_ssh) == exactly(web)
    assert meet(exactly(ssh), doubtful_ssh) == Bounds(NOTHING | web & ssh, ssh, why)
    assert join([doubtful_ssh, exactly(ssh)]).because == frozenset()
