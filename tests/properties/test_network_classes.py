"""All classes at once give the answers that two places by themselves get."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.graphs.network.estates import Land, unknown
from tests.graphs.network.test_twin import random_land


def instances(network):
    return network.pairs.places


def check(network):
    """Each pair both ways of asking; how many were asked as classes and connect."""
    settled = 0
    for goal in instances(network):
        told = {source: (packets, answer) for source, packets, answer in network.into(goal)}
        for source in instances(network):
            if source == goal:
                continue
            reached = network.reach(source, goal)
            packets, answer = told.get(source, (None, None))
            assert bool(packets and packets.possible) == bool(reached.packets.possible)
            if packets is not None:
                assert packets.possible == reached.packets.possible, (source, goal)
                assert packets.certain == reached.packets.certain, (source, goal)
                assert answer.certain == reached.answer().certain
            settled += check_zones(network, source, goal)
    return settled


def check_zones(network, source, goal):
    settled = 0
    for a in network.zones.seats(source):
        for b in network.zones.seats(goal):
            if a.zone.family == b.zone.family:
                whole = network.flows.flow(a.zone, b.zone).packets
                found = network.pairs.between(a, b)
                assert found.possible == whole.possible, (source, goal)
                assert found.certain == whole.certain, (source, goal)
                settled += found is not whole and bool(found.possible)
    return settled


@settings(max_examples=25)
@given(st.integers(0, 10**9))
def test_random_estates(seed):
    check(random_land(Random(seed)).network())


def doubted(seed):
    """A random estate some of whose rules, numbers and ranges are not known."""
    dice = Random(seed)
    land = random_land(dice)
    land.group("open", ("tcp", 443, unknown("var.office")), ("udp", 53, "10.0.0.0/8"))
    land.group("known", (unknown("var.protocol"), None, "group:g0"), ("tcp", 22, "group:open"))
    land.group("late", ("tcp", 22, "10.0.0.0/8"), unread=(unknown("var.rules"),))
    land.acl("hidden", "v", [(unknown("var.number"), "deny", "tcp", 22, "10.0.1.0/24"),
                             (9, "allow", "all", None, "0.0.0.0/0")],
             [(1, "allow", "all", None, "0.0.0.0/0")])  # fmt: skip
    land.subnet("v3", "v", "10.0.0.192/27", acl="hidden", table="v0-t")
    land.subnet("somewhere", "w", unknown("var.cidr"), table="w0-t")
    for number, group in enumerate(("open", "known", "late", "g0")):
        land.instance(f"d{number}", "v3", group, address=f"10.0.0.{200 + number}")
    land.instance("lost", "somewhere", "g0", "open")
    return land


@settings(max_examples=15)
@given(st.integers(0, 10**9))
def test_random_estates_of_which_not_all_is_known(seed):
    check(doubted(seed).network())


def dual_stack():
    """Two peered VPCs with both families, ACLs that cut subnets, and a group that names a group."""
    land = Land()
    land.vpc("v", "10.0.0.0/16", "2001:db8:1::/56")
    land.vpc("w", "10.1.0.0/16", "2001:db8:2::/56")
    land.peering("pcx", "v", "w")
    land.table("vt", "v", ("10.1.0.0/16", "peering", "pcx"), ("2001:db8:2::/56", "peering", "pcx"))
    land.table("wt", "w", ("10.0.0.0/16", "peering", "pcx"), ("2001:db8:1::/56", "peering", "pcx"))
    half = [(1, "deny", "tcp", 80, "10.1.0.0/25"), (2, "allow", "all", None, "0.0.0.0/0"),
            (3, "allow", "tcp", None, "::/0")]  # fmt: skip
    land.acl("half", "v", half, half)
    land.subnet("a", "v", "10.0.0.0/24", "2001:db8:1::/64", table="vt", acl="half")
    land.subnet("b", "w", "10.1.0.0/24", "2001:db8:2::/64", table="wt")
    land.group("web", ("tcp", 80, "10.1.0.0/16"), ("all", None, "2001:db8:2::/64"),
               ("tcp", 22, "group:web"))  # fmt: skip
    for place, at in (("a", "10.0.0"), ("b", "10.1.0")):
        for host in (5, 200):
            land.instance(f"{place}{host}", place, "web", address=f"{at}.{host}")
        land.instance(f"{place}-anywhere", place, "web")
    return land


def test_dual_stack_and_an_acl_that_cuts_a_subnet():
    assert check(dual_stack().network()) > 20


def test_a_group_that_names_a_group_by_the_other_familys_icmp_lets_nothing_in():
    land = Land()
    land.vpc("v", "10.0.0.0/16")
    land.subnet("a", "v", "10.0.0.0/24")
    land.group("pinged", ("icmpv6", None, "group:pinged"))
    for name in ("one", "two"):
        land.instance(name, "a", "pinged")
    assert list(land.network().into("one")) == []


def test_random_estates_have_settled_pairs():
    assert sum(check(random_land(Random(seed)).network()) for seed in range(4)) > 10
