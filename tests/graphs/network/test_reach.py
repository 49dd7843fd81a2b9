"""What reaches what, told by small estates."""

from dataclasses import replace

import pytest

from graphs.network.reach import INTERNET
from graphs.nodes import Target
from graphs.unknown import NO, YES, cannot_tell
from tests.graphs.network.estates import Land, public_land, unknown

ENTRY = "Network ACL v-acl, entry 100, allows all traffic"
ALLOW_ALL = [(1, "allow", "all", None, "0.0.0.0/0")]
NO_WAY_IN = "Replies would leave by a NAT gateway, by which nothing comes in"


def claims(evidence):
    return [step.claim for step in evidence]


# The internet.


def test_an_open_group_on_a_public_instance_is_reached():
    land = public_land()
    land.instance("web", "public", "ssh", public=True)
    network = land.network()
    reached = network.reach(INTERNET, "web")
    assert str(reached.packets.certain) == "tcp 22 from 0.0.0.0/0"
    assert reached.packets.certain == reached.packets.possible
    assert reached.answer(6, 22) == YES
    assert reached.answer(6, 23) == NO
    assert (reached.ports, reached.replies) == ("tcp 22", "all")
    assert claims(network.trace(INTERNET, "web", 6, 22)) == [
        "web has a public address",
        f"{ENTRY} from 0.0.0.0/0: it lets it into subnet public",
        "web is in subnet public",
        "Security group ssh lets TCP 22 in from 0.0.0.0/0",
        "For the reply: Route table to-internet sends 0.0.0.0/0 to internet gateway igw",
        f"{ENTRY} to 0.0.0.0/0: it lets the reply out of subnet public",
    ]
    assert network.blockers(INTERNET, "web", 6, 22) == ()
    assert claims(network.blockers(INTERNET, "web", 6, 3389)) == [
        "No rule of security group ssh lets TCP 3389 in"
    ]


def test_an_open_group_in_an_isolated_subnet_is_not_reached():
    land = public_land()
    land.instance("web", "isolated", "ssh", public=True)
    network = land.network()
    assert network.reach(INTERNET, "web").answer() == NO
    assert network.trace(INTERNET, "web") == ()
    assert claims(network.blockers(INTERNET, "web")) == [
        "For the reply: Route table v-main has no route to the internet"
    ]


def test_a_public_address_without_an_internet_gateway_is_not_reached():
    land = Land()
    land.vpc("v", "10.0.0.0/16")
    land.table("to-elsewhere", "v", ("0.0.0.0/0", "internet", "igw"))
    land.vpc("w", "10.1.0.0/16")
    land.igw("igw", "w")
    land.subnet("s", "v", "10.0.1.0/24", table="to-elsewhere")
    land.group("ssh", ("tcp", 22, "0.0.0.0/0"))
    land.instance("web", "s", "ssh", public=True)
    network = land.network()
    assert network.reach(INTERNET, "web").answer() == NO
    assert "No internet gateway is attached to VPC v" in claims(network.blockers(INTERNET, "web"))


def test_a_private_address_is_not_reached_and_may_not_go_out():
    land = public_land()
    land.instance("web", "public", "ssh")
    network = land.network()
    assert network.reach(INTERNET, "web").answer() == NO
    assert network.reach("web", INTERNET).answer() == NO
    assert claims(network.blockers("web", INTERNET)) == ["It has no public address to send from"]


def test_an_acl_closes_what_the_group_opens():
    land = public_land()
    outs = [(100, "allow", "all", None, "0.0.0.0/0")]
    land.acl("strict", "v", [(90, "deny", "tcp", 22, "0.0.0.0/0"), *outs], outs)
    land.subnet("guarded", "v", "10.0.3.0/24", table="to-internet", acl="strict")
    land.group("both", ("tcp", (22, 23), "0.0.0.0/0"))
    land.instance("web", "guarded", "both", public=True)
    network = land.network()
    assert network.reach(INTERNET, "web").ports == "tcp 23"
    assert claims(network.blockers(INTERNET, "web", 6, 22)) == [
        "Network ACL strict, entry 90, does not let TCP 22 into subnet guarded"
    ]


def test_acl_entries_count_by_number_not_by_their_order_in_the_file():
    land = public_land()
    ins = [(200, "deny", "all", None, "0.0.0.0/0"), (100, "allow", "tcp", 22, "0.0.0.0/0")]
    land.acl("shuffled", "v", ins, [(1, "allow", "all", None, "0.0.0.0/0")])
    land.subnet("s", "v", "10.0.3.0/24", table="to-internet", acl="shuffled")
    land.instance("web", "s", "ssh", public=True)
    assert land.network().reach(INTERNET, "web").answer(6, 22) == YES


def test_replies_need_an_acl_that_lets_them_out_on_ephemeral_ports():
    land = public_land()
    into = [(100, "allow", "all", None, "0.0.0.0/0")]
    for name, low, high in (("none", 80, 443), ("some", 32768, 60999), ("all", 1024, 65535)):
        land.acl(f"acl-{name}", "v", into, [(1, "allow", "tcp", (low, high), "0.0.0.0/0")])
        land.subnet(f"s-{name}", "v", "10.0.3.0/24", table="to-internet", acl=f"acl-{name}")
        land.instance(name, f"s-{name}", "ssh", public=True)
    network = land.network()
    answers = {name: network.reach(INTERNET, name).replies for name in ("none", "some", "all")}
    assert answers == {"none": "none", "some": "some", "all": "all"}
    assert network.reach(INTERNET, "some").answer(6, 22) == YES
    assert claims(network.blockers(INTERNET, "none", 6, 22)) == [
        "Network ACL acl-none does not let the reply out of subnet s-none"
    ]


def test_a_default_route_to_a_nat_gateway_keeps_the_internet_out_and_lets_out():
    land = public_land()
    land.nat("nat", "public")
    land.table("by-nat", "v", ("0.0.0.0/0", "nat", "nat"))
    land.subnet("private", "v", "10.0.3.0/24", table="by-nat")
    land.instance("app", "private", "ssh", public=True)
    network = land.network()
    assert network.reach(INTERNET, "app").answer() == NO
    assert claims(network.blockers(INTERNET, "app")) == [
        f"{NO_WAY_IN}: Route table by-nat sends 0.0.0.0/0 to NAT gateway nat"
    ]
    out = network.reach("app", INTERNET)
    assert out.answer(6, 443) == YES
    assert out.answer(50) == NO  # NAT gateways carry TCP, UDP and ICMP only
    assert "Route table to-internet sends 0.0.0.0/0 to internet gateway igw" in claims(
        network.trace("app", INTERNET, 6, 443)
    )


def test_ipv6_needs_no_public_address():
    land = Land()
    land.vpc("v", "10.0.0.0/16", "2001:db8::/56")
    land.igw("igw", "v")
    land.igw("eigw", "v", egress_only=True)
    land.table("both", "v", ("::/0", "internet", "igw"))
    land.table("out", "v", ("::/0", "egress-only", "eigw"))
    land.subnet("open", "v", "10.0.1.0/24", "2001:db8:0:1::/64", table="both")
    land.subnet("outgoing", "v", "10.0.2.0/24", "2001:db8:0:2::/64", table="out")
    land.group("ssh", ("tcp", 22, "::/0"))
    land.instance("web", "open", "ssh")
    land.instance("app", "outgoing", "ssh")
    network = land.network()
    assert str(network.reach(INTERNET, "web").packets.certain) == (
        "tcp 22 from ::/0 except 2001:db8::/56"
    )
    assert network.reach(INTERNET, "app").answer() == NO
    assert network.reach("app", INTERNET).answer(6, 443) == YES


def test_a_rule_for_private_addresses_is_not_the_internet():
    land = public_land()
    land.group("inner", ("tcp", 22, "10.0.0.0/8"))
    land.instance("web", "public", "inner", public=True)
    assert land.network().reach(INTERNET, "web").answer() == NO


# Load balancers, databases, functions.


def test_a_load_balancer_is_reached_on_its_listeners_alone():
    land = public_land()
    land.group("open", ("all", None, "0.0.0.0/0"))
    web = [("HTTPS", 443), ("HTTP", 80)]
    land.balancer("alb", ["public"], "open", listeners=web)
    land.balancer("inner", ["public"], "open", listeners=web, internal=True)
    land.balancer("unsure", ["public"], "open", listeners=web, internal=unknown("var.internal"))
    network = land.network()
    assert str(network.reach(INTERNET, "alb").packets.certain) == "tcp 80, 443 from 0.0.0.0/0"
    assert network.reach(INTERNET, "inner").answer() == NO
    assert network.reach(INTERNET, "unsure").answer(6, 443) == cannot_tell(unknown("var.internal"))
    (deaf,) = claims(network.blockers(INTERNET, "alb", 6, 22))
    assert deaf == "alb does not listen on tcp 22, but on tcp 80, 443 alone"


def test_a_database_is_reached_on_its_port_and_a_function_not_at_all():
    land = public_land()
    land.group("open", ("all", None, "0.0.0.0/0"))
    land.instance("web", "public", "open")
    land.database("db", "isolated", "open")
    land.function("fn", ("isolated", "open"))
    network = land.network()
    assert network.reach("web", "db").ports == "tcp 5432"
    assert network.reach("fn", "db").answer(6, 5432) == YES
    assert network.reach("db", "fn").answer() == NO
    assert claims(network.blockers("db", "fn")) == [
        "fn is a function: its interfaces are for its own connections only"
    ]


# Inside a VPC.


def test_acls_do_not_count_within_a_subnet_and_groups_always_do():
    land = public_land()
    land.acl("closed", "v", [], [])
    land.subnet("s", "v", "10.0.3.0/24", acl="closed")
    land.subnet("t", "v", "10.0.4.0/24", acl="closed")
    land.group("open", ("tcp", 80, "10.0.0.0/16"))
    land.group("mute", outs=[])
    land.instance("a", "s", "open")
    land.instance("b", "s", "open")
    land.instance("c", "t", "open")
    land.instance("d", "s", "mute")
    network = land.network()
    assert network.reach("a", "b").answer(6, 80) == YES
    assert network.reach("a", "b").answer(6, 81) == NO
    assert network.reach("a", "c").answer() == NO
    assert network.reach("d", "a").answer() == NO
    assert claims(network.blockers("d", "a", 6, 80)) == [
        "No rule of security group mute lets TCP 80 out"
    ]


def test_a_group_reference_matches_the_interfaces_that_hold_the_group():
    land = public_land()
    land.group("web")
    land.group("db", ("tcp", 5432, "group:web"))
    land.group("cluster", ("all", None, "group:cluster"))
    land.instance("a", "public", "web", public=True)
    land.instance("b", "public", "ssh", public=True)
    land.database("data", "isolated", "db", public=True)
    for name in ("c1", "c2"):
        land.instance(name, "isolated", "cluster")
    network = land.network()
    assert network.reach("a", "data").answer(6, 5432) == YES
    assert network.reach("b", "data").answer() == NO
    assert network.reach(INTERNET, "data").answer() == NO
    assert network.reach("c1", "c2").ports == "all traffic"
    assert network.reach("a", "c1").answer() == NO
    assert "Security group db lets TCP 5432 in from group web" in claims(network.trace("a", "data"))


def test_a_rule_that_cuts_a_subnet_leaves_open_which_side_a_service_is_on():
    land = public_land()
    land.group("half", ("tcp", 22, "10.0.1.0/25"), ("tcp", 80, "10.0.1.0/24"))
    land.instance("client", "public", "ssh")
    land.instance("low", "public", "ssh", address="10.0.1.5")
    land.instance("lower", "public", "ssh", address="10.0.1.4")
    land.instance("high", "public", "ssh", address="10.0.1.200")
    land.instance("server", "isolated", "half")
    network = land.network()
    reached = network.reach("client", "server")
    assert reached.answer(6, 80) == YES
    assert reached.answer(6, 22).undecided
    assert {u.what for u in reached.answer(6, 22).because} == {"the address in public"}
    assert network.reach("low", "server").answer(6, 22) == YES
    assert network.reach("high", "server").answer(6, 22) == NO
    assert str(network.reach("low", "server").packets.certain) == "tcp 22, 80 from 10.0.1.5/32"
    one, other = (network.zones.seats(name)[0].zone for name in ("low", "lower"))
    assert one is other  # neighbours that nothing tells apart share their class


# Between VPCs.


def two_vpcs(*accepter_routes, region="eu-west-1", active=YES):
    land = Land()
    land.vpc("v", "10.0.0.0/16")
    land.vpc("w", "10.1.0.0/16", region=region)
    land.peering("pcx", "v", "w", active=active)
    land.table("v-table", "v", ("10.1.0.0/16", "peering", "pcx"))
    land.table("w-table", "w", *accepter_routes)
    land.subnet("vs", "v", "10.0.1.0/24", table="v-table")
    land.subnet("ws", "w", "10.1.1.0/24", table="w-table")
    land.group("client")
    land.group("server", ("tcp", 443, "10.0.0.0/8"), ("tcp", 22, "group:client"))
    land.instance("a", "vs", "client")
    land.instance("b", "ws", "server")
    return land


BACK = ("10.0.0.0/16", "peering", "pcx")


def test_a_peering_routed_on_both_sides_connects():
    network = two_vpcs(BACK).network()
    assert network.reach("a", "b").ports == "tcp 22, 443"
    assert network.reach("a", "b").answer(6, 22) == YES
    assert "Route table v-table sends 10.1.0.0/16 to peering pcx" in claims(
        network.trace("a", "b", 6, 443)
    )


def test_a_peering_routed_on_one_side_brings_no_reply():
    network = two_vpcs().network()
    assert network.reach("a", "b").answer() == NO
    assert claims(network.blockers("a", "b", 6, 443)) == [
        "For the reply: Route table w-table has no route to 10.0.1.0/24"
    ]


def test_group_references_do_not_cross_regions():
    assert two_vpcs(BACK, region="us-east-1").network().reach("a", "b").ports == "tcp 443"


def test_a_peering_that_is_not_accepted_carries_nothing():
    network = two_vpcs(BACK, active=NO).network()
    assert network.reach("a", "b").answer() == NO
    why = unknown("var.accept")
    unsure = two_vpcs(BACK, active=cannot_tell(why)).network()
    assert unsure.reach("a", "b").answer(6, 443) == cannot_tell(why)


def test_a_peering_is_not_transitive():
    land = two_vpcs(BACK)
    land.vpc("x", "10.2.0.0/16")
    land.peering("pcx2", "w", "x")
    land.table("v-far", "v", ("10.2.0.0/16", "peering", "pcx"))
    land.table("x-table", "x", ("10.0.0.0/16", "peering", "pcx2"))
    land.subnet("vf", "v", "10.0.9.0/24", table="v-far")
    land.subnet("xs", "x", "10.2.1.0/24", table="x-table")
    land.instance("far", "xs", "server")
    land.instance("near", "vf", "client")
    network = land.network()
    assert network.reach("near", "far").answer() == NO
    assert claims(network.blockers("near", "far"))[0] == "10.2.1.0/24 is not in VPC w"


def hub(*extra, groups=None, propagate=("av", "aw"), zones=("a", "a")):
    """Two VPCs on a transit gateway with one table."""
    land = Land()
    land.transit("tgw", groups)
    for name, cidr, zone in (("v", "10.0", zones[0]), ("w", "10.1", zones[1])):
        land.vpc(name, f"{cidr}.0.0/16")
        land.table(f"{name}-table", name, ("10.0.0.0/8", "transit", "tgw"))
        land.subnet(f"{name}s", name, f"{cidr}.1.0/24", table=f"{name}-table", zone="a")
        land.subnet(f"{name}t", name, f"{cidr}.2.0/24", table=f"{name}-table", zone=zone)
        land.attachment(f"a{name}", "tgw", name, "domain", subnets=[f"{name}t"])
    land.transit_table("domain", "tgw", *extra, propagations=propagate)
    land.group("client")
    land.group("server", ("tcp", 443, "10.0.0.0/8"), ("tcp", 22, "group:client"))
    land.instance("a", "vs", "client")
    land.instance("b", "ws", "server")
    return land


def test_a_transit_gateway_connects_by_what_its_table_learns():
    network = hub().network()
    assert network.reach("a", "b").ports == "tcp 443"
    assert "Transit table domain leads 10.1.0.0/16 to attachment aw" in claims(
        network.trace("a", "b")
    )
    one_way = hub(propagate=("aw",)).network()
    assert claims(one_way.blockers("a", "b", 6, 443)) == [
        "For the reply: Transit table domain has no route to 10.0.1.0/24"
    ]


def test_group_references_cross_a_transit_gateway_only_where_it_is_told_to():
    assert hub(groups="enable").network().reach("a", "b").ports == "tcp 22, 443"
    why = unknown("var.support")
    assert hub(groups=why).network().reach("a", "b").answer(6, 22) == cannot_tell(why)


def test_a_blackhole_in_a_transit_table_drops():
    network = hub(("10.1.1.0/24", "blackhole", "")).network()
    assert network.reach("a", "b").answer() == NO
    assert claims(network.blockers("a", "b", 6, 443)) == [
        "Transit table domain drops 10.1.1.0/24 (blackhole)"
    ]


def test_a_transit_attachment_serves_the_zones_it_has_subnets_in():
    network = hub(zones=("b", "a")).network()
    assert claims(network.blockers("a", "b", 6, 443)) == ["Attachment av has no subnet in zone a"]


def test_the_acl_of_a_transit_subnet_counts():
    land = hub()
    land.acl("deaf", "w", [(1, "allow", "all", None, "0.0.0.0/0")], [])
    land.subnet("wt2", "w", "10.1.3.0/24", acl="deaf", table="w-table")
    land.nodes = [n for n in land.nodes if n.id != "aw"]
    land.attachment("aw", "tgw", "w", "domain", subnets=["wt2"])
    network = land.network()
    assert network.reach("a", "b").answer() == NO
    assert claims(network.blockers("a", "b", 6, 443)) == [
        "Network ACL deaf does not let TCP 443 out of subnet wt2"
    ]


def test_the_internet_by_way_of_an_egress_vpc():
    land = hub(("0.0.0.0/0", "attachment", "aw"))
    land.igw("igw", "w")
    land.table("w-public", "w", ("0.0.0.0/0", "internet", "igw"), ("10.0.0.0/8", "transit", "tgw"))
    land.subnet("wp", "w", "10.1.9.0/24", table="w-public")
    land.nat("nat", "wp")
    land.table("w-attach", "w", ("0.0.0.0/0", "nat", "nat"))
    land.table("v-out", "v", ("0.0.0.0/0", "transit", "tgw"))
    land.subnet("wt3", "w", "10.1.8.0/24", table="w-attach")
    land.nodes = [n for n in land.nodes if n.id != "aw"]
    land.attachment("aw", "tgw", "w", "domain", subnets=["wt3"])
    land.subnet("vo", "v", "10.0.7.0/24", table="v-out")
    land.instance("app", "vo", "client", public=True)
    network = land.network()
    assert network.reach("app", INTERNET).answer(6, 443) == YES
    assert network.reach(INTERNET, "app").answer() == NO


def test_transit_gateways_peered_over_regions_need_static_routes():
    def world(*static):
        land = Land()
        for here, there, cidr in (("v", "w", "10.0"), ("w", "v", "10.1")):
            land.transit(f"tgw-{here}")
            land.vpc(here, f"{cidr}.0.0/16")
            land.table(f"{here}-t", here, ("10.0.0.0/8", "transit", f"tgw-{here}"))
            land.subnet(f"{here}s", here, f"{cidr}.1.0/24", table=f"{here}-t")
            land.attachment(f"a-{here}", f"tgw-{here}", here, f"t-{here}", subnets=[f"{here}s"])
            land.attachment(f"p-{here}", f"tgw-{here}", f"tgw-{there}", f"t-{here}", kind="peering")
        for here, routes in zip("vw", static, strict=True):
            both = (f"a-{here}", f"p-{here}")
            land.transit_table(f"t-{here}", f"tgw-{here}", *routes, propagations=both)
        land.group("open", ("all", None, "10.0.0.0/8"))
        land.instance("a", "vs", "open")
        land.instance("b", "ws", "open")
        return land.network()

    to_w = ("10.1.0.0/16", "attachment", "p-v")
    to_v = ("10.0.0.0/16", "attachment", "p-w")
    assert world([to_w], [to_v]).reach("a", "b").answer(6, 22) == YES
    assert world([to_w], []).reach("a", "b").answer() == NO
    assert world([], []).reach("a", "b").answer() == NO


# Sites.


def test_a_site_over_vpn_reaches_a_vpc_that_routes_back():
    land = Land()
    land.vpc("v", "10.0.0.0/16")
    land.vgw("vgw", "v")
    land.customer("cgw")
    land.vpn("vpn", "cgw", gateway="vgw")
    land.site("office", "192.168.0.0/16", behind="cgw")
    land.table("by-vpn", "v", ("192.168.0.0/16", "vpn", "vgw"))
    land.table("learned", "v", (unknown("routes of vgw"), "vpn", "vgw", True))
    for name, table in (("routed", "by-vpn"), ("learning", "learned"), ("mute", None)):
        land.subnet(f"s-{name}", "v", "10.0.1.0/24", table=table)
        land.group("admin", ("tcp", 22, "192.168.4.0/22"))
        land.instance(name, f"s-{name}", "admin")
    network = land.network()
    reached = network.reach("office", "routed")
    assert str(reached.packets.certain) == "tcp 22 from 192.168.4.0/22"
    assert network.reach("office", "learning").answer(6, 22) == YES
    assert network.reach("office", "mute").answer() == NO
    assert claims(network.trace("office", "routed"))[:2] == [
        "Site office has 192.168.0.0/16",
        "VPN vpn carries the site's traffic",
    ]
    assert "For the reply: VPN vpn leads to site office" in claims(
        network.trace("office", "routed")
    )


def test_a_site_over_vpn_on_a_transit_gateway():
    land = hub(propagate=("av", "aw", "a-vpn"))
    land.customer("cgw")
    land.vpn("vpn", "cgw", transit="tgw")
    land.attachment("a-vpn", "tgw", "vpn", "domain", kind="vpn")
    land.site("plant", "10.200.0.0/16", behind="cgw")
    network = land.network()
    assert network.reach("plant", "b").ports == "tcp 443"


def test_a_site_over_direct_connect_reaches_what_is_announced_to_it():
    def office(*allowed):
        land = hub(propagate=("av", "aw", "a-dx"))
        land.direct_connect("dx", "tgw", allowed=allowed)
        land.attachment("a-dx", "tgw", "dx", "domain", kind="direct-connect")
        land.site("hq", "10.200.0.0/16", behind="dx")
        return land.network()

    assert office("10.1.0.0/16").reach("hq", "b").answer(6, 443) == YES
    assert office("10.0.0.0/16").reach("hq", "b").answer() == NO
    why = unknown("var.allowed")
    assert office(why).reach("hq", "b").answer(6, 443) == cannot_tell(why)


def test_a_virtual_private_gateway_announces_whole_vpc_ranges_over_direct_connect():
    def office(*allowed):
        land = Land()
        land.vpc("v", "10.0.0.0/16")
        land.vgw("vgw", "v")
        land.direct_connect("dx", "vgw", allowed=allowed)
        land.site("hq", "192.168.0.0/16", behind="dx")
        land.table("t", "v", ("192.168.0.0/16", "vpn", "vgw"))
        land.subnet("s", "v", "10.0.1.0/24", table="t")
        land.group("open", ("tcp", 80, "0.0.0.0/0"))
        land.instance("web", "s", "open")
        return land.network().reach("hq", "web").answer(6, 80)

    assert office("10.0.0.0/8") == YES
    assert office("10.0.1.0/24") == NO  # narrower than the VPC: nothing is announced


# What is not known.


def test_an_unknown_group_or_subnet_leaves_the_answer_open():
    land = public_land()
    group, subnet = unknown("var.group"), unknown("var.subnet")
    land.instance("a", "public", group, public=True)
    land.instance("b", subnet, "ssh", public=True)
    land.instance("c", "public", "ssh", "read-elsewhere", public=True)
    land.instance("d", "public", public=unknown("var.public"))
    network = land.network()
    assert network.reach(INTERNET, "a").answer(6, 22) == cannot_tell(group)
    assert network.reach(INTERNET, "b").answer(6, 22) == cannot_tell(subnet)
    assert network.reach(INTERNET, "b").answer(6, 23) == NO
    assert network.reach(INTERNET, "c").answer(6, 22) == YES
    assert network.reach(INTERNET, "c").answer(6, 23).undecided
    assert network.reach("a", "b").answer(6, 22).because == {group, subnet}
    assert network.trace(INTERNET, "b", 6, 22)[-1].assumes == {subnet}


def test_an_unknown_port_or_source_leaves_open_only_what_it_decides():
    land = public_land()
    port, place = unknown("var.port"), unknown("var.cidr")
    land.group("rules", ("tcp", port, "0.0.0.0/0"), ("udp", 53, place), ("tcp", 80, "0.0.0.0/0"))
    land.instance("web", "public", "rules", public=True)
    reached = land.network().reach(INTERNET, "web")
    assert reached.answer(6, 80) == YES
    assert reached.answer(6, 22) == cannot_tell(port)
    assert reached.answer(17, 53) == cannot_tell(place)
    assert reached.answer(17, 54) == NO


def test_rules_that_were_not_read_leave_the_answer_open():
    land = public_land()
    why = unknown("dynamic.ingress")
    land.group("dynamic", unread=[why])
    land.instance("web", "public", "dynamic", public=True)
    assert land.network().reach(INTERNET, "web").answer(6, 22) == cannot_tell(why)


def test_an_unknown_subnet_range_does_not_hide_what_every_address_allows():
    land = Land()
    cidr = unknown("var.cidr")
    land.vpc("v", cidr)
    land.igw("igw", "v")
    land.table("t", "v", ("0.0.0.0/0", "internet", "igw"))
    land.subnet("s", "v", unknown("cidrsubnet"), table="t")
    land.group("ssh", ("tcp", 22, "0.0.0.0/0"), ("tcp", 80, "10.0.0.0/8"))
    land.instance("web", "s", "ssh", public=True)
    land.instance("app", "s", "ssh")
    network = land.network()
    assert network.reach(INTERNET, "web").answer(6, 22) == YES
    assert network.reach("app", "web").answer(6, 22) == YES
    assert network.reach("app", "web").answer(6, 80) == cannot_tell(unknown("cidrsubnet"))


def test_an_unknown_route_may_take_what_another_seems_to():
    land = public_land()
    why = unknown("var.destination")
    land.table("shadow", "v", ("0.0.0.0/0", "internet", "igw"), (why, "nat", "nat"))
    land.nat("nat", "public")
    land.subnet("s", "v", "10.0.5.0/24", table="shadow")
    land.instance("web", "s", "ssh", public=True)
    assert land.network().reach(INTERNET, "web").answer(6, 22) == cannot_tell(why)


def test_an_unknown_peering_destination_does_not_cover_the_internet():
    land = public_land()
    land.table(
        "mixed", "v", ("0.0.0.0/0", "internet", "igw"), (unknown("var.peer"), "peering", "pcx")
    )
    land.subnet("s", "v", "10.0.5.0/24", table="mixed")
    land.instance("web", "s", "ssh", public=True)
    assert land.network().reach(INTERNET, "web").answer(6, 22) == YES


def test_a_gateway_that_may_not_exist_leaves_the_answer_open():
    why = unknown("var.create")
    land = Land()
    land.vpc("v", "10.0.0.0/16")
    land.igw("igw", "v", exists=cannot_tell(why))
    land.table("t", "v", ("0.0.0.0/0", "internet", "igw"))
    land.subnet("s", "v", "10.0.1.0/24", table="t")
    land.group("ssh", ("tcp", 22, "0.0.0.0/0"))
    land.instance("web", "s", "ssh", public=True)
    land.instance("with-it", "s", "ssh", public=True, exists=cannot_tell(why))
    network = land.network()
    assert network.reach(INTERNET, "web").answer(6, 22) == cannot_tell(why)
    assert network.reach(INTERNET, "with-it").answer(6, 22) == YES


def test_an_appliance_on_the_way_may_let_anything_through():
    land = public_land()
    land.table("inspected", "v", ("0.0.0.0/0", "interface", "firewall"))
    land.subnet("s", "v", "10.0.5.0/24", table="inspected")
    land.instance("web", "s", "ssh", public=True)
    answer = land.network().reach(INTERNET, "web").answer(6, 22)
    assert [u.what for u in answer.because] == ["what interface firewall lets through"]


# Evidence.


def test_a_trace_tells_load_balancers_lists_and_what_it_assumes():
    land = public_land()
    land.prefix_list("offices", "198.51.100.0/24")
    port, why = unknown("var.port"), unknown("dynamic.ingress")
    land.group("listed", ("tcp", port, "list:offices"))
    land.group("unread", unread=[why])
    web = [("HTTPS", 443)]
    land.balancer("listed-alb", ["public"], "listed", listeners=web)
    land.balancer("unread-alb", ["public"], "unread", listeners=web)
    land.group("app", ("tcp", 443, "10.0.0.0/16"))
    land.instance("app", "public", "app")
    land.balancer(
        "nlb", ["public"], listeners=[("TCP", 5000)], kind="network", targets=[Target("app", 443)]
    )
    network = land.network()
    steps = {step.claim: step for step in network.trace(INTERNET, "listed-alb")}
    rule = steps["Security group listed lets TCP var.port in from prefix list offices"]
    assert (rule.assumes, str(rule.proof)) == ({port}, "listed.ingress[0]")
    assert str(steps["listed-alb listens on 443"].proof) == "listed-alb.listener[0]"
    unread = network.trace(INTERNET, "unread-alb")
    assert "Security group unread may have rules that were not read" in claims(unread)
    assert "It has no security group, so that every packet passes" in claims(
        network.trace(INTERNET, "nlb")
    )


def test_a_trace_tells_an_acl_that_is_not_known():
    land = public_land()
    acl = unknown("var.acl")
    land.nodes = [replace(n, acl=acl) if n.id == "public" else n for n in land.nodes]
    land.instance("web", "public", "ssh", public=True)
    network = land.network()
    assert network.reach(INTERNET, "web").answer(6, 22) == cannot_tell(acl)
    step = next(s for s in network.trace(INTERNET, "web") if "network ACL" in s.claim)
    assert step.claim == "Whether the network ACL lets it into subnet public is not known"
    assert step.assumes == {acl}


def test_a_function_outside_of_a_vpc_has_the_internet():
    land = public_land()
    land.function("fn")
    network = land.network()
    assert network.reach("fn", INTERNET).answer(6, 443) == YES
    assert claims(network.trace("fn", INTERNET)) == [
        "fn runs outside of any VPC, where the internet is open to it"
    ]


def test_what_has_no_interface_is_not_reached_and_says_so():
    land = public_land()
    land.service("bucket")
    network = land.network()
    assert network.reach(INTERNET, "bucket").answer() == NO
    assert claims(network.blockers(INTERNET, "bucket")) == ["bucket has no network interface"]


def test_filters_that_only_together_let_nothing_through_are_named():
    land = public_land()
    land.acl("low", "v", [(1, "allow", "tcp", (0, 1023), "0.0.0.0/0")], ALLOW_ALL)
    land.subnet("s", "v", "10.0.6.0/24", table="to-internet", acl="low")
    land.group("high", ("tcp", (8000, 9000), "0.0.0.0/0"))
    land.instance("web", "s", "high", public=True)
    steps = land.network().blockers(INTERNET, "web")
    assert claims(steps) == [
        (
            "Network ACL low does not let TCP 8000-9000 into subnet s, "
            "which is all that those before it let pass"
        )
    ]


def test_a_site_without_a_connection_says_so():
    land = public_land()
    land.customer("cgw")
    land.site("office", "192.168.0.0/16", behind="cgw")
    land.group("open", ("all", None, "0.0.0.0/0"))
    land.instance("web", "public", "open")
    assert claims(land.network().blockers("office", "web")) == [
        "No VPN connection uses customer gateway cgw"
    ]


# Effort.


def test_services_of_one_class_are_worked_out_once():
    land = hub()
    land.group("web", ("tcp", 443, "0.0.0.0/0"))
    names = [land.instance(f"i{i}", ("vs", "ws")[i % 2], "web") for i in range(100)]
    fixed = [land.instance(f"f{i}", "vs", "web", address=f"10.0.1.{i}") for i in range(100)]
    network = land.network()
    for source in names[:20] + fixed[:20]:
        for goal in names + fixed:
            assert source == goal or network.reach(source, goal).answer(6, 443) == YES
    assert len(network.zones.zones) == 3
    assert len(network._flows) == 9


# NAT gateways into private networks.


def overlapping():
    """Two VPCs of equal range that meet over a transit gateway by ranges of their own, as AWS's
    page on private NAT gateways has it: a client behind one, a server beside a balancer's place."""
    land = Land()
    land.transit("tgw")
    for vpc, second in (("v", "100.64.1.0/24"), ("w", "100.64.2.0/24")):
        far = "100.64.2.0/24" if vpc == "v" else "100.64.1.0/24"
        land.vpc(vpc, "10.0.0.0/24", second)
        land.table(f"{vpc}-out", vpc, (far, "transit", "tgw"))
        land.subnet(f"{vpc}-open", vpc, second, table=f"{vpc}-out")
        land.attachment(f"a-{vpc}", "tgw", vpc, "hub", subnets=(f"{vpc}-open",))
    land.transit_table("hub", "tgw", ("100.64.1.0/24", "attachment", "a-v"),
                       ("100.64.2.0/24", "attachment", "a-w"))  # fmt: skip
    land.nat("nat", "v-open", public=False, addresses=["100.64.1.10"])
    land.table("by-nat", "v", ("100.64.2.0/24", "nat", "nat"))
    land.subnet("v-inner", "v", "10.0.0.0/25", table="by-nat")
    land.group("out")
    land.instance("client", "v-inner", "out", address="10.0.0.10")
    return land


@pytest.mark.parametrize(("lets_in", "passes"), [
    ("100.64.1.10/32", True), ("100.64.0.0/10", True), ("10.0.0.0/24", False),
    ("100.64.1.11/32", False),
])  # fmt: skip
def test_behind_a_private_nat_gateway_its_address_is_seen(lets_in, passes):
    land = overlapping()
    land.group("in", ("all", None, lets_in), vpc="w")
    land.instance("server", "w-open", "in", address="100.64.2.20")
    network = land.network()
    answer = network.reach("client", "server").answer(6, 443)
    assert answer == (YES if passes else NO)
    assert network.reach("client", "server").answer(50) == NO, "it carries TCP, UDP and ICMP"
    if passes:
        claims = [step.claim for step in network.trace("client", "server", 6, 443)]
        assert "NAT gateway nat sends it on with 100.64.1.10" in claims
        assert any(c.startswith("Security group in lets all traffic in") for c in claims)
        assert claims[-1].startswith("Network ACL v-acl"), "the reply comes to the client"
    else:
        (stop,) = network.stops("client", "server", 6, 443)
        said = stop.opening.says if stop.opening else ""
        assert said == "an ingress rule for TCP 443 from 100.64.1.10/32 in security group in"


def test_nobody_gets_in_by_a_private_nat_gateway():
    land = overlapping()
    land.group("in", ("all", None, "0.0.0.0/0"), vpc="w")
    land.instance("server", "w-open", "in", address="100.64.2.20")
    network = land.network()
    assert network.reach("client", "server").answer(6, 443) == YES
    assert network.reach("server", "client").answer(6, 443) == NO
    assert network.reach("server", "100.64.1.10").answer() == NO


def test_the_reply_has_to_find_the_gateway():
    land = overlapping()
    land.group("in", ("all", None, "0.0.0.0/0"), vpc="w")
    land.table("nowhere", "w")
    land.subnet("w-lost", "w", "100.64.2.128/25", table="nowhere")
    land.instance("server", "w-lost", "in", address="100.64.2.200")
    assert land.network().reach("client", "server").answer(6, 443) == NO


def test_a_gateway_whose_address_is_not_known_is_somewhere_in_its_subnet():
    land = overlapping()
    land.nodes = [n for n in land.nodes if n.id != "nat"]
    land.nat("nat", "v-open", public=False)
    for name, lets_in in (("whole", "100.64.1.0/24"), ("part", "100.64.1.0/26")):
        land.group(name, ("all", None, lets_in), vpc="w")
        land.instance(f"in-{name}", "w-open", name)
    network = land.network()
    assert network.reach("client", "in-whole").answer(6, 443) == YES
    answer = network.reach("client", "in-part").answer(6, 443)
    assert {u.what for u in answer.because} == {"the private address of nat"}


def test_a_private_gateway_may_send_on_to_a_public_one():
    """Overlapping networks go out to the internet by a VPC that they share."""
    land = overlapping()
    land.vpc("e", "192.168.0.0/24")
    land.igw("igw", "e")
    land.table("e-out", "e", ("0.0.0.0/0", "internet", "igw"), ("100.64.0.0/10", "transit", "tgw"))
    land.subnet("e-open", "e", "192.168.0.0/26", table="e-out")
    land.nat("e-nat", "e-open", addresses=["192.168.0.5"])
    land.table("e-in", "e", ("0.0.0.0/0", "nat", "e-nat"))
    land.subnet("e-hub", "e", "192.168.0.64/26", table="e-in")
    land.attachment("a-e", "tgw", "e", "hub", subnets=("e-hub",))
    land.nodes = [n for n in land.nodes if n.id not in ("hub", "v-out", "by-nat")]
    land.transit_table("hub", "tgw", ("100.64.1.0/24", "attachment", "a-v"),
                       ("0.0.0.0/0", "attachment", "a-e"))  # fmt: skip
    land.table("v-out", "v", ("0.0.0.0/0", "transit", "tgw"))
    land.table("by-nat", "v", ("0.0.0.0/0", "nat", "nat"))
    network = land.network()
    assert network.reach("client", INTERNET).answer(6, 443) == YES
    assert network.reach(INTERNET, "client").answer() == NO


def test_what_a_gateway_translates_from_ipv6_is_not_told():
    land = Land()
    land.vpc("v", "10.0.0.0/16", "2600:1f00:0:a00::/56")
    land.igw("igw", "v")
    land.table("out", "v", ("0.0.0.0/0", "internet", "igw"))
    land.subnet("public", "v", "10.0.1.0/24", table="out")
    land.nat("nat", "public")
    land.table("six", "v", ("64:ff9b::/96", "nat", "nat"))
    land.group("any", ("all", None, "0.0.0.0/0"))
    land.instance("four", "public", "any", address="10.0.1.10")
    for name, table in (("six-only", "six"), ("alone", "v-main")):
        land.subnet(name, "v", f"2600:1f00:0:a0{len(table)}::/64", table=table)
        land.instance(f"in-{name}", name, "any")
    network = land.network()
    answer = network.reach("in-six-only", "four").answer(6, 443)
    assert {u.what for u in answer.because} == {"what NAT gateway nat translates from IPv6 to four"}
    assert network.reach("in-six-only", INTERNET).answer(6, 443).undecided
    assert network.reach("in-alone", "four").answer(6, 443) == NO
    assert network.reach("four", "in-six-only").answer(6, 443) == NO
