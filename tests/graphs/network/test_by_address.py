"""Reachability between addresses: own ones, public ones asked from inside, and vacant ones."""

import pytest

from graphs.network.reach import INTERNET
from graphs.nodes import Endpoint, Target
from graphs.unknown import NO, YES, Unknown, cannot_tell
from tests.graphs.network.estates import Land, unknown

OPEN = ("all", None, "0.0.0.0/0")
PUBLIC = "203.0.113.7"
WEB = ("tcp", 443, "0.0.0.0/0")


def land_of(*, zones=("a", "b")):
    """A VPC on the internet with a public subnet in each zone and one behind a NAT gateway."""
    land = Land()
    land.vpc("v", "10.0.0.0/16")
    land.igw("igw", "v")
    land.table("out", "v", ("0.0.0.0/0", "internet", "igw"))
    for number, zone in enumerate(zones):
        land.subnet(f"public-{zone}", "v", f"10.0.{number}.0/24", table="out", zone=zone)
    land.nat("nat", "public-a", addresses=["10.0.0.5"], told=["198.51.100.5"])
    land.table("by-nat", "v", ("0.0.0.0/0", "nat", "nat"))
    land.subnet("private", "v", "10.0.9.0/24", table="by-nat")
    land.group("open", OPEN)
    return land


def says(land, source, destination, port=443):
    """yes, no or a question mark."""
    answer = land.network().reach(source, destination).answer(6, port)
    return "yes" if answer.certain else "?" if answer.possible else "no"


def test_an_address_is_the_thing_that_has_it():
    land = land_of()
    land.group("web", WEB)
    land.instance("a", "public-a", "open", address="10.0.0.10")
    land.instance("b", "public-b", "web", address="10.0.1.10")
    assert says(land, "10.0.0.10", "10.0.1.10") == "yes"
    assert says(land, "10.0.0.10", "10.0.1.10", 22) == "no"
    assert says(land, "a", "10.0.1.10") == says(land, "10.0.0.10", "b") == "yes"


def test_what_is_sent_to_oneself_does_not_leave():
    land = land_of()
    land.group("closed")
    land.instance("a", "public-a", "closed", address="10.0.0.10")
    assert says(land, "10.0.0.10", "10.0.0.10") == "yes"


def test_a_public_address_is_reached_from_inside_by_the_internet():
    land = land_of()
    land.group("near", ("tcp", 443, "10.0.0.0/16"))
    land.group("far", ("tcp", 443, "203.0.113.7/32"))
    land.instance("a", "public-a", "open", address="10.0.0.10", public=True, told="203.0.113.7")
    land.instance("b", "public-b", "near", address="10.0.1.10", public=True, told="203.0.113.8")
    land.instance("c", "public-b", "far", address="10.0.1.11", public=True, told="203.0.113.9")
    assert says(land, "10.0.0.10", "10.0.1.10") == "yes"
    assert says(land, "10.0.0.10", "203.0.113.8") == "no", "it comes with its public address"
    assert says(land, "10.0.0.10", "10.0.1.11") == "no"
    assert says(land, "10.0.0.10", "203.0.113.9") == "yes"
    network = land.network()
    steps = [step.claim for step in network.trace("10.0.0.10", "203.0.113.9", 6, 443)]
    assert steps[0] == "203.0.113.9 is the public address of c: the way is by the internet gateway"


def test_by_a_nat_gateway_one_comes_with_its_address():
    land = land_of()
    land.group("by-nat-alone", ("tcp", 443, "198.51.100.5/32"))
    land.instance("inside", "private", "open", address="10.0.9.10")
    land.instance(
        "a", "public-a", "by-nat-alone", address="10.0.0.10", public=True, told="203.0.113.7"
    )
    assert says(land, "10.0.9.10", "203.0.113.7") == "yes"
    assert says(land, "10.0.9.10", "10.0.0.10") == "no"


def test_an_unknown_public_address_may_be_the_one_that_a_rule_names():
    land = land_of()
    land.group("somebody", ("tcp", 443, "203.0.113.77/32"))
    land.instance("a", "public-a", "open", address="10.0.0.10", public=True)
    land.instance("b", "public-b", "somebody", address="10.0.1.10", public=True, told="203.0.113.8")
    land.instance("c", "public-b", "open", address="10.0.1.11", public=True, told="203.0.113.9")
    assert says(land, "10.0.0.10", "203.0.113.8") == "?"
    assert says(land, "10.0.0.10", "203.0.113.9") == "yes"


def test_a_nat_gateway_takes_no_connections():
    land = land_of()
    land.instance("a", "public-a", "open", address="10.0.0.10", public=True, told="203.0.113.7")
    assert says(land, "10.0.0.10", "10.0.0.5") == says(land, INTERNET, "198.51.100.5") == "no"
    (step,) = land.network().blockers("10.0.0.10", "10.0.0.5", 6, 443)
    assert step.claim == "NAT gateway nat takes no connections: only replies come in by it"


def test_an_address_that_nothing_has():
    land = land_of()
    land.instance("a", "public-a", "open", address="10.0.0.10")
    assert says(land, "10.0.0.10", "10.0.1.99") == "no"
    assert says(land, "10.0.0.10", "172.16.0.1") == "?", "a network that was not read may have it"
    land.instance("somewhere", "public-b", "open")
    assert says(land, "10.0.0.10", "10.0.1.99") == "?"


def test_hosts_on_the_internet_answer_as_far_as_anybody_knows():
    land = land_of()
    land.instance("a", "public-a", "open", address="10.0.0.10", public=True, told="203.0.113.7")
    assert says(land, "10.0.0.10", "8.8.8.8") == "yes"
    assert says(land, "10.0.0.10", "192.0.43.8") == "?"
    land.instance("shut", "public-a", "open", address="10.0.0.11")
    assert says(land, "10.0.0.11", "192.0.43.8") == "no"


@pytest.mark.parametrize(("service", "port", "said"), [
    ("com.amazonaws.eu-west-1.ec2", 443, "yes"),
    ("com.amazonaws.eu-west-1.ec2", 22, "no"),
    ("com.amazonaws.vpce.eu-west-1.vpce-svc-0a1b", 22, "?"),
])  # fmt: skip
def test_an_endpoint_listens_as_its_service_does(service, port, said):
    land = land_of()
    land.instance("a", "public-a", "open", address="10.0.0.10")
    nic = land.interface("e", "private", ("open",), NO, ("10.0.9.7",))
    land.add(
        Endpoint(
            **land.basics("e"), vpc="v", service=service, kind="Interface", tables=(),
            interfaces=(nic,),
        )
    )  # fmt: skip
    assert says(land, "10.0.0.10", "10.0.9.7", port) == said


def test_an_appliance_that_routes_lead_to_decides_for_itself():
    land = land_of()
    land.instance("a", "public-a", "open", address="10.0.0.10")
    land.instance("fw", "public-b", "open", address="10.0.1.10", forwards=YES)
    assert says(land, "10.0.0.10", "10.0.1.10") == "yes"
    land.table("by-fw", "v", ("0.0.0.0/0", "interface", "fw"))
    assert says(land, "10.0.0.10", "10.0.1.10") == "?"


# Network load balancers.


def balanced(group, *, kept, cross_zone=NO, zone="a"):
    """A network balancer on port 80 in zone a, before a target on port 8080."""
    land = land_of()
    land.group("target", group)
    land.instance(
        "client", "public-b", "open", address="10.0.1.10", public=True, told="203.0.113.7"
    )
    land.instance("t", f"public-{zone}", "target", address=f"10.0.{'ab'.index(zone)}.80")
    targets = (Target("t", 8080, kept),)
    land.balancer(
        "nlb", ["public-a"], listeners=[("TCP", 80)], kind="network", targets=targets,
        cross_zone=cross_zone,
    )  # fmt: skip
    return land


CLIENT, NODE = ("tcp", 8080, "10.0.1.10/32"), ("tcp", 8080, "10.0.0.0/24")


@pytest.mark.parametrize(("group", "kept", "said"), [
    (CLIENT, YES, "yes"),
    (NODE, YES, "no"),
    (CLIENT, NO, "no"),
    (NODE, NO, "yes"),
    (NODE, unknown("var.kept"), "?"),
    (("tcp", 80, "0.0.0.0/0"), YES, "no"),
])  # fmt: skip
def test_a_target_sees_the_client_where_its_address_is_kept(group, kept, said):
    kept = cannot_tell(kept) if isinstance(kept, Unknown) else kept
    assert says(balanced(group, kept=kept), "client", "nlb", 80) == said


@pytest.mark.parametrize(("cross_zone", "zone", "said"), [
    (NO, "a", "yes"),
    (NO, "b", "no"),
    (YES, "b", "yes"),
])  # fmt: skip
def test_a_node_hands_on_in_its_own_zone(cross_zone, zone, said):
    land = balanced(CLIENT, kept=YES, cross_zone=cross_zone, zone=zone)
    assert says(land, "client", "nlb", 80) == said


def test_nobody_answers_where_there_is_no_target():
    land = land_of()
    land.instance("client", "public-b", "open", address="10.0.1.10")
    land.balancer("nlb", ["public-a"], listeners=[("TCP", 80)], kind="network")
    assert says(land, "client", "nlb", 80) == "no"


def test_no_target_is_its_own_client():
    land = balanced(("tcp", 8080, "10.0.0.0/16"), kept=YES)
    assert says(land, "client", "nlb", 80) == "yes"
    assert says(land, "t", "nlb", 80) == "no"


def test_by_a_nat_gateway_one_comes_into_other_networks_with_its_address():
    """There the sender needs no way back of its own."""
    land = Land()
    land.vpc("v", "10.0.0.0/16")
    land.vpc("w", "10.9.0.0/16")
    land.peering("pcx", "v", "w")
    land.table("to-w", "v", ("10.9.0.0/16", "peering", "pcx"))
    land.subnet("gateways", "v", "10.0.1.0/24", table="to-w")
    land.nat("nat", "gateways", public=False, addresses=["10.0.1.5"])
    land.table("by-nat", "v", ("0.0.0.0/0", "nat", "nat"))
    land.subnet("inside", "v", "10.0.2.0/24", table="by-nat")
    land.table("back", "w", ("10.0.1.0/24", "peering", "pcx"))
    land.subnet("far", "w", "10.9.1.0/24", table="back")
    land.group("open", OPEN)
    land.group("gateway-alone", ("tcp", 443, "10.0.1.5/32"), vpc="w")
    land.instance("a", "inside", "open", address="10.0.2.10")
    land.instance("b", "far", "gateway-alone", address="10.9.1.10")
    assert says(land, "10.0.2.10", "10.9.1.10") == "yes"
    land.group("shut", outs=())
    land.instance("c", "inside", "shut", address="10.0.2.11")
    assert says(land, "10.0.2.11", "10.9.1.10") == "no"


def by_public_name(land, source, name, port=443):
    return says(land, source, f"public:{name}", port)


def test_a_public_address_that_is_not_chosen_yet_is_asked_as_any_is():
    land = land_of()
    land.group("near", ("tcp", 443, "10.0.0.0/16"))
    land.instance("a", "public-a", "open", address="10.0.0.10", public=True)
    land.instance("inner", "private", "open", address="10.0.9.10")
    land.instance("b", "public-b", "near", address="10.0.1.10", public=True)
    land.instance("c", "public-b", "open", address="10.0.1.11", public=True)
    assert says(land, "a", "b") == "yes"
    assert by_public_name(land, "a", "b") == "no", "it comes with its public address"
    assert by_public_name(land, "a", "c") == "yes"
    assert by_public_name(land, "inner", "c") == "yes", "by the NAT gateway"
    assert by_public_name(land, INTERNET, "c") == "yes"
    assert by_public_name(land, INTERNET, "inner") == "no"
    network = land.network()
    first = network.trace("a", "public:c", 6, 443)[0].claim
    assert first == "c is asked by its public address: the way is by the internet gateway"
    (stop,) = [s.claim for s in network.blockers("a", "public:b", 6, 443)]
    assert stop == "No rule of security group near lets TCP 443 in"


def test_by_its_public_address_nothing_is_asked_that_has_none():
    land = land_of()
    land.instance("a", "public-a", "open", address="10.0.0.10", public=True)
    land.instance("inner", "private", "open", address="10.0.9.10")
    assert says(land, "a", "inner") == "yes"
    assert by_public_name(land, "a", "inner") == "no"
    claims = [s.claim for s in land.network().blockers("a", "public:inner", 6, 443)]
    assert "It has no address that the internet can send to" in claims


def test_what_a_partner_routes_may_be_the_address_that_aws_chooses():
    land = land_of()
    land.table("partner", "v", ("0.0.0.0/0", "internet", "igw"),
               ("198.18.0.0/24", "blackhole"), ("203.0.112.0/24", "blackhole"))  # fmt: skip
    land.subnet("split", "v", "10.0.20.0/24", table="partner")
    land.instance("a", "split", "open", address="10.0.20.10", public=True)
    land.instance("c", "public-b", "open", address="10.0.1.11", public=True)
    assert by_public_name(land, "a", "c") == "?"
    answer = land.network().reach("a", "public:c").answer(6, 443)
    assert {u.what for u in answer.because} == {"the public address of c"}


def test_without_a_way_to_the_internet_no_public_address_is_reached():
    land = land_of()
    land.subnet("isolated", "v", "10.0.30.0/24")
    land.instance("a", "isolated", "open", address="10.0.30.10", public=True)
    land.instance("c", "public-b", "open", address="10.0.1.11", public=True)
    assert says(land, "a", "c") == "yes"
    assert by_public_name(land, "a", "c") == "no"
