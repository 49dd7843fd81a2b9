"""Security groups and network ACLs."""

from graphs.network.packets import message
from tests.graphs.build.checklist.land import (
    ANY,
    APP,
    AT_APP,
    AT_WEB,
    BASE,
    BOTH,
    IN,
    INNER,
    LAND,
    PUBLIC,
    SHUT,
    WEB,
    Line,
    acl,
    entry,
    group,
    instance,
    lan,
    route,
    rule,
)


def web(*rules, more=""):
    """The public instance with these rules."""
    return LAND + PUBLIC + INNER + ANY + group("own", *rules) + instance(
        "web", "web", "own", public=True, address="10.0.1.10"
    ) + AT_APP + more  # fmt: skip


def named(other):
    """A rule that lets a group in."""
    return rule("ingress", f"security_groups = [aws_security_group.{other}.id]")


PEERED = (
    lan("w", "10.9.0.0/16", "10.9.1.0/24")
    + route("inner", "10.9.0.0/16", "vpc_peering_connection_id = aws_vpc_peering_connection.p.id")
    + route("w", "10.0.0.0/16", "vpc_peering_connection_id = aws_vpc_peering_connection.p.id")
    + """
resource "aws_vpc_peering_connection" "p" {
  vpc_id      = aws_vpc.v.id
  peer_vpc_id = aws_vpc.w.id
  auto_accept = true
}
"""
)
LISTED = """
resource "aws_ec2_managed_prefix_list" "l" {
  name           = "l"
  address_family = "IPv4"
  max_entries    = 1
  entry {
    cidr = "%s"
  }
}
"""
BY_LIST = rule("ingress", "prefix_list_ids = [aws_ec2_managed_prefix_list.l.id]")
EVERY = entry("ingress", 1), entry("egress", 1)
REPLY = entry("egress", 1, protocol="tcp", low=1024, high=65535)
ICMP8 = rule("ingress", protocol="icmp", low=8, high=-1)
OWN_VPC = """
resource "aws_vpc_security_group_vpc_association" "a" {
  security_group_id = aws_security_group.any.id
  vpc_id            = aws_vpc.w.id
}
"""

FILTERS = {
    "a group is a union of allows": Line(
        "yes", web(rule("ingress", protocol="tcp", low=22, high=22), IN)
    ),
    "a group without rules lets nothing in": Line("no", web()),
    "in code a group without an egress block lets nothing out": Line("no", web(IN), WEB, APP),
    "replies pass a group that lets nothing out": Line("yes", web(IN)),
    "a group's port range": Line(
        "no", web(rule("ingress", protocol="tcp", low=80, high=90)), port=443
    ),
    "protocol -1 is all": Line("yes", web(IN), port=53, protocol=17),
    "a protocol that has no ports is all of it": Line(
        "yes", web(rule("ingress", protocol="50", low=22, high=22)), port=None, protocol=50
    ),
    "an ICMP rule is of a type": Line("yes", web(ICMP8), port=message(8, 0), protocol=1),
    "and of no other": Line("no", web(ICMP8), port=message(13, 0), protocol=1),
    "type -1 with a code is nothing": Line(
        "no", web(rule("ingress", protocol="icmp", low=-1, high=0)), port=8, protocol=1
    ),
    "ICMPv6 matches no IPv4": Line(
        "no", web(rule("ingress", protocol="icmpv6", low=-1, high=-1)), port=8, protocol=1
    ),
    "a group names those who wear another": Line("yes", web(named("any")), APP, WEB),
    "and nobody else": Line("no", web(named("shut"), more=SHUT), APP, WEB),
    "a group's reference is for private addresses": Line(
        "no", web(named("any")), APP, "public:aws_instance.web"
    ),
    "self is who wears the group": Line("no", web(rule("ingress", "self = true")), APP, WEB),
    "a prefix list": Line("yes", web(BY_LIST, more=LISTED % "10.0.2.0/24"), APP, WEB),
    "a prefix list without the sender": Line(
        "no", web(BY_LIST, more=LISTED % "10.0.3.0/24"), APP, WEB
    ),
    "references count over a peering": Line(
        "yes",
        BASE + AT_APP + PEERED + group("own", named("any"), vpc="w") + instance("o", "w", "own"),
        APP,
        "aws_instance.o",
    ),
    "a group of another VPC by association": Line(
        "yes", BASE + AT_APP + PEERED + OWN_VPC + instance("o", "w"), APP, "aws_instance.o"
    ),
    "the default group knows itself alone": Line(
        "no",
        BASE + AT_WEB + 'resource "aws_instance" "d" {\n subnet_id = aws_subnet.app.id\n}',
        WEB,
        "aws_instance.d",
    ),
    "an ACL is ordered by number": Line(
        "no", BOTH + acl("n", "web", entry("ingress", 200), entry("ingress", 100, "deny"), EVERY[1])
    ),
    "an ACL without entries denies": Line("no", BOTH + acl("n", "web")),
    "the default ACL allows": Line("yes", BOTH),
    "an ACL does not remember: replies need their ports": Line(
        "no",
        BOTH + acl("n", "web", EVERY[0], entry("egress", 1, protocol="tcp", low=443, high=443)),
    ),
    "ephemeral ports are enough": Line("yes", BOTH + acl("n", "web", EVERY[0], REPLY)),
    "an ACL is not met within a subnet": Line(
        "yes", BOTH + acl("n", "web") + instance("near", "web"), "aws_instance.near", WEB
    ),
    "an ACL of ICMP has types and codes": Line(
        "no",
        BOTH
        + acl(
            "n",
            "web",
            entry("ingress", 1, protocol="icmp", more="icmp_type = 3\nicmp_code = -1"),
            EVERY[1],
        ),
        port=8,
        protocol=1,
    ),
    "echo replies have to be let out": Line(
        "no",
        BOTH
        + acl(
            "n",
            "web",
            EVERY[0],
            entry("egress", 1, protocol="icmp", more="icmp_type = 8\nicmp_code = -1"),
        ),
        port=8,
        protocol=1,
    ),
}
