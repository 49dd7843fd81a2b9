"""What is said to open a way opens it, in a copy of the network."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphs.network.reach import INTERNET
from graphs.network.remedies import remedies
from graphs.unknown import NO
from tests.graphs.network.estates import Land, public_land
from tests.graphs.network.test_twin import random_land

ALLOW_ALL = [(100, "allow", "all", None, "0.0.0.0/0")]


def openings(network, *question):
    """What would open each blocker; and the network must then let something through."""
    found, opened = remedies(network, *question)
    assert opened.reach(*question[:2]).answer(*question[2:]).possible
    return [stop.opening.says for stop in found]


def two_lans(*, routes=(), others=()):
    """Two VPCs with a host each, and nothing between them."""
    land = Land()
    land.vpc("v", "10.0.0.0/16")
    land.vpc("w", "10.1.0.0/16")
    land.table("tv", "v", *routes)
    land.table("tw", "w", *others)
    land.acl("av", "v", ALLOW_ALL, ALLOW_ALL)
    land.acl("aw", "w", ALLOW_ALL, ALLOW_ALL)
    land.subnet("sv", "v", "10.0.1.0/24", table="tv", acl="av")
    land.subnet("sw", "w", "10.1.1.0/24", table="tw", acl="aw")
    land.group("app", vpc="v")
    land.group("db", vpc="w")
    land.instance("a", "sv", "app")
    land.instance("b", "sw", "db")
    return land


def test_a_group_lacks_a_rule():
    land = public_land()
    land.group("front", ("tcp", 443, "0.0.0.0/0"))
    land.instance("web", "public", "front", public=True)
    land.group("back", outs=())
    land.instance("app", "public", "back")
    network = land.network()
    assert openings(network, INTERNET, "web", 6, 22) == [
        "an ingress rule for TCP 22 from 0.0.0.0/0 in security group front"
    ]
    assert openings(network, "app", "web", 6, 5432) == [
        "an egress rule for TCP 5432 to 10.0.1.0/24 in security group back",
        "an ingress rule for TCP 5432 from 10.0.1.0/24 in security group front",
    ]


ENTRIES = {
    "an inbound entry before 20 for TCP 22": [(20, "deny", "tcp", 22, "0.0.0.0/0"), *ALLOW_ALL],
    "an inbound entry in place of 1 for TCP 22": [(1, "deny", "all", None, "0.0.0.0/0")],
    "an inbound entry for TCP 22": [(100, "allow", "tcp", 80, "0.0.0.0/0")],
}


@pytest.mark.parametrize("said", ENTRIES)
def test_a_network_acl_denies(said):
    land = public_land()
    land.acl("strict", "v", ENTRIES[said], ALLOW_ALL)
    land.subnet("s", "v", "10.0.6.0/24", table="to-internet", acl="strict")
    land.group("ssh", ("tcp", 22, "0.0.0.0/0"))
    land.instance("web", "s", "ssh", public=True)
    assert openings(land.network(), INTERNET, "web", 6, 22) == [
        f"{said} from 0.0.0.0/0 in network ACL strict"
    ]


def test_a_network_acl_stops_replies():
    land = public_land()
    land.acl("mute", "v", ALLOW_ALL, [(100, "allow", "tcp", 443, "0.0.0.0/0")])
    land.subnet("s", "v", "10.0.6.0/24", table="to-internet", acl="mute")
    land.group("http", ("tcp", 80, "0.0.0.0/0"))
    land.instance("web", "s", "http", public=True)
    assert openings(land.network(), INTERNET, "web", 6, 80) == [
        "an outbound entry for TCP 1024-65535 to 0.0.0.0/0 in network ACL mute"
    ]


def test_nothing_leads_to_the_internet_and_back():
    land = two_lans()
    assert openings(land.network(), INTERNET, "b", 6, 443) == [
        "a public address for b",
        "an internet gateway on VPC w",
        "a route to 0.0.0.0/0 by an internet gateway in route table tw",
        "an ingress rule for TCP 443 from 0.0.0.0/0 in security group db",
    ]


def test_an_egress_only_gateway_lets_nothing_in():
    land = Land()
    land.vpc("v", "10.0.0.0/16", "2600:1f00:0:a00::/56")
    land.igw("igw", "v")
    land.igw("eigw", "v", egress_only=True)
    land.table("out", "v", ("::/0", "egress-only", "eigw"))
    land.subnet("s", "v", "10.0.1.0/24", "2600:1f00:0:a01::/64", table="out")
    land.group("web", ("tcp", 443, "::/0"))
    land.instance("app", "s", "web")
    network = land.network()
    (claim,) = [step.claim for step in network.blockers(INTERNET, "app", 6, 443)]
    assert claim.startswith("Replies would leave by an egress-only internet gateway")
    assert openings(network, INTERNET, "app", 6, 443) == [
        "a route to ::/0 by internet gateway igw in route table out"
    ]


def test_a_ping_is_judged_in_the_family_that_it_belongs_to():
    """ICMP is IPv4's alone, so that no rule for IPv6 could let it in."""
    land = Land()
    land.vpc("v", "10.0.0.0/16", "2600:1f00:0:a00::/56")
    land.subnet("s", "v", "10.0.1.0/24", "2600:1f00:0:a01::/64")
    land.group("closed")
    for name in ("a", "b"):
        land.instance(name, "s", "closed")
    assert openings(land.network(), "a", "b", 1, 8) == [
        "an ingress rule for ICMP 8 from 10.0.1.0/24 in security group closed"
    ]


def test_two_lans_without_a_wan_are_peered():
    assert openings(two_lans().network(), "a", "b", 6, 443) == [
        "a peering of VPC v with VPC w, and a route to 10.1.1.0/24 by it in route table tv",
        "an ingress rule for TCP 443 from 10.0.1.0/24 in security group db",
        "a route to 10.0.1.0/24 by peering v in route table tw",
    ]


def test_a_peering_waits_and_lacks_its_way_back():
    land = two_lans(routes=[("10.1.0.0/16", "peering", "pcx")])
    land.peering("pcx", "v", "w", active=NO)
    assert openings(land.network(), "a", "b", 6, 443)[0] == "acceptance of peering pcx"


@settings(max_examples=40)
@given(st.integers(0, 10**9))
def test_openings_open_what_can_be_opened(seed):
    dice = Random(seed)
    network = random_land(dice).network()
    places = [INTERNET, "office", "plant", "i0", "i1", "i2", "i3"]
    for source in places:
        goal = dice.choice([place for place in ("i0", "i1", "i2", "i3") if place != source])
        question = source, goal, *dice.choice([(6, 22), (6, 443), (17, 53), (1, 8), (None, None)])
        found, opened = remedies(network, *question)
        through = opened.reach(source, goal).answer(*question[2:]).possible
        assert through or any(stop.opening is None for stop in found), question
        assert bool(found) == (not network.reach(source, goal).answer(*question[2:]).possible)
