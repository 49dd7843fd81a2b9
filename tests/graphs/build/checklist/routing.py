"""Routes, gateways, and what joins LANs."""

from tests.graphs.build.checklist.land import (
    APP,
    BASE,
    BOTH,
    INNER,
    INTERNET,
    LAND,
    PUBLIC,
    WEB,
    Line,
    group,
    instance,
    lan,
    route,
    rule,
    subnet,
)

W = "aws_instance.w"
NAT = """
resource "aws_nat_gateway" "n" {
  subnet_id         = aws_subnet.%s.id
  connectivity_type = "%s"
}
"""
BY_NAT = route("inner", "0.0.0.0/0", "nat_gateway_id = aws_nat_gateway.n.id")
PEERING = """
resource "aws_vpc_peering_connection" "p" {
  vpc_id      = aws_vpc.v.id
  peer_vpc_id = aws_vpc.w.id
  auto_accept = %s
}
"""
BY_PEERING = "vpc_peering_connection_id = aws_vpc_peering_connection.p.id"
THERE, BACK = route("inner", "10.9.0.0/16", BY_PEERING), route("w", "10.0.0.0/16", BY_PEERING)
OTHER = lan("w", "10.9.0.0/16", "10.9.1.0/24")
TRANSIT = """
resource "aws_ec2_transit_gateway" "hub" {
  %s
}
resource "aws_ec2_transit_gateway_vpc_attachment" "v" {
  transit_gateway_id = aws_ec2_transit_gateway.hub.id
  vpc_id             = aws_vpc.v.id
  subnet_ids         = [aws_subnet.app.id]
}
resource "aws_ec2_transit_gateway_vpc_attachment" "w" {
  transit_gateway_id = aws_ec2_transit_gateway.hub.id
  vpc_id             = aws_vpc.w.id
  subnet_ids         = [aws_subnet.w.id]
}
"""
BY_HUB = "transit_gateway_id = aws_ec2_transit_gateway.hub.id"
OVER_HUB = route("inner", "10.9.0.0/16", BY_HUB) + route("w", "10.0.0.0/16", BY_HUB)
TABLE_OFF = (
    'default_route_table_association = "disable"\ndefault_route_table_propagation = "disable"'
)
HOLE = """
resource "aws_ec2_transit_gateway_route" "hole" {
  destination_cidr_block         = "10.9.1.0/24"
  blackhole                      = true
  transit_gateway_route_table_id = aws_ec2_transit_gateway.hub.association_default_route_table_id
}
"""
KNOWN_GROUP = group(
    "known", rule("ingress", "security_groups = [aws_security_group.any.id]"), vpc="w"
) + instance("k", "w", "known")
VPN = """
resource "aws_customer_gateway" "office" {
  bgp_asn    = 65000
  ip_address = "192.0.2.1"
  type       = "ipsec.1"
}
resource "aws_vpn_gateway" "vgw" {
  vpc_id = aws_vpc.v.id
}
resource "aws_vpn_connection" "office" {
  customer_gateway_id = aws_customer_gateway.office.id
  vpn_gateway_id      = aws_vpn_gateway.vgw.id
  type                = "ipsec.1"
  static_routes_only  = true
}
resource "aws_vpn_connection_route" "office" {
  destination_cidr_block = "192.168.0.0/24"
  vpn_connection_id      = aws_vpn_connection.office.id
}
"""
LEARNS = """
resource "aws_vpn_gateway_route_propagation" "inner" {
  vpn_gateway_id = aws_vpn_gateway.vgw.id
  route_table_id = aws_route_table.inner.id
}
"""
EIGW = """
resource "aws_egress_only_internet_gateway" "e" {
  vpc_id = aws_vpc.six.id
}
resource "aws_vpc" "six" {
  cidr_block      = "10.6.0.0/16"
  ipv6_cidr_block = "2600:1f00:0:a00::/56"
}
resource "aws_subnet" "six" {
  vpc_id          = aws_vpc.six.id
  cidr_block      = "10.6.1.0/24"
  ipv6_cidr_block = "2600:1f00:0:a01::/64"
}
resource "aws_route_table" "six" {
  vpc_id = aws_vpc.six.id
  route {
    ipv6_cidr_block        = "::/0"
    egress_only_gateway_id = aws_egress_only_internet_gateway.e.id
  }
}
resource "aws_route_table_association" "six" {
  subnet_id      = aws_subnet.six.id
  route_table_id = aws_route_table.six.id
}
resource "aws_security_group" "six" {
  vpc_id = aws_vpc.six.id
  ingress {
    protocol         = "-1"
    from_port        = 0
    to_port          = 0
    ipv6_cidr_blocks = ["::/0"]
  }
  egress {
    protocol         = "-1"
    from_port        = 0
    to_port          = 0
    ipv6_cidr_blocks = ["::/0"]
  }
}
resource "aws_instance" "six" {
  subnet_id              = aws_subnet.six.id
  ipv6_addresses         = ["2600:1f00:0:a01::10"]
  vpc_security_group_ids = [aws_security_group.six.id]
}
"""
CLIENT_VPN = """
resource "aws_ec2_client_vpn_endpoint" "users" {
  client_cidr_block      = "172.16.0.0/22"
  server_certificate_arn = "arn:aws:acm:eu-west-1:111122223333:certificate/x"
  vpc_id                 = aws_vpc.v.id
  security_group_ids     = [aws_security_group.any.id]
}
resource "aws_ec2_client_vpn_network_association" "users" {
  client_vpn_endpoint_id = aws_ec2_client_vpn_endpoint.users.id
  subnet_id              = aws_subnet.app.id
}
"""
AUTHORIZED = """
resource "aws_ec2_client_vpn_authorization_rule" "users" {
  client_vpn_endpoint_id = aws_ec2_client_vpn_endpoint.users.id
  target_network_cidr    = "10.0.0.0/16"
  authorize_all_groups   = true
}
"""
USERS = "aws_ec2_client_vpn_endpoint.users"
UNTIED = """
resource "aws_vpc" "u" {
  cidr_block = "10.8.0.0/16"
}
resource "aws_internet_gateway" "u" {
  vpc_id = aws_vpc.u.id
}
"""


def translated(seen):
    """By a private NAT gateway into a peered VPC that lets one address in."""
    gateway = NAT % ("web", 'private"\n  private_ip        = "10.0.1.50')
    own = group("own", rule("ingress", seen), vpc="w") + instance("o", "w", "own")
    there = route("inner", "10.9.0.0/16", "nat_gateway_id = aws_nat_gateway.n.id")
    onward = route("out", "10.9.0.0/16", BY_PEERING)
    return BOTH + OTHER + PEERING % "true" + BACK + gateway + there + onward + own


ROUTING = {
    "the longest prefix takes a packet": Line(
        "no",
        BOTH
        + OTHER
        + PEERING % "true"
        + BACK
        + THERE
        + route("inner", "10.9.1.0/24", "nat_gateway_id = aws_nat_gateway.n.id")
        + NAT % ("app", "private"),
        APP,
        W,
    ),
    "a subnet without a table of its own follows the main one": Line(
        "no",
        LAND
        + subnet("web", "10.0.1.0/24").split('resource "aws_route_table_association"')[0]
        + INNER
        + group("any", rule("ingress"))
        + instance("web", "web", public=True),
    ),
    "an internet gateway needs a public address": Line(
        "no", BASE + instance("web", "web", public=False), INTERNET, WEB
    ),
    "and a route back": Line("no", BASE + instance("web", "app", public=True)),
    "by both it is open": Line("yes", BOTH),
    "without a public address nothing gets out": Line(
        "no", BASE + instance("web", "web"), WEB, INTERNET
    ),
    "a gateway of another VPC is none": Line(
        "no",
        BOTH.replace(
            "gateway_id             = aws_internet_gateway.igw.id",
            "gateway_id             = aws_internet_gateway.u.id",
        )
        + UNTIED,
    ),
    "in by the gateway and out by NAT is no way": Line(
        "no", BASE + instance("web", "app", public=True) + NAT % ("web", "public") + BY_NAT
    ),
    "a NAT gateway leads out": Line("yes", BOTH + NAT % ("web", "public") + BY_NAT, APP, INTERNET),
    "but only from a public subnet": Line(
        "no", BOTH + NAT % ("app", "public") + BY_NAT, APP, INTERNET
    ),
    "a private one does not": Line("no", BOTH + NAT % ("web", "private") + BY_NAT, APP, INTERNET),
    "nobody comes in by one": Line("no", BOTH + NAT % ("web", "public") + BY_NAT, INTERNET, APP),
    "it carries TCP, UDP and ICMP": Line(
        "no", BOTH + NAT % ("web", "public") + BY_NAT, APP, INTERNET, None, 50
    ),
    "private networks see its private address": Line(
        "yes", translated("10.0.1.50/32"), APP, "aws_instance.o"
    ),
    "and not the sender's": Line("no", translated("10.0.2.0/24"), APP, "aws_instance.o"),
    "an egress-only gateway leads out": Line("yes", EIGW, "aws_instance.six", INTERNET),
    "and lets nobody in": Line("no", EIGW, INTERNET, "aws_instance.six"),
    "a peering, with routes both ways": Line(
        "yes", BOTH + OTHER + PEERING % "true" + THERE + BACK, APP, W
    ),
    "without the route back": Line("no", BOTH + OTHER + PEERING % "true" + THERE, APP, W),
    "that nobody accepted yet": Line("?", BOTH + OTHER + PEERING % "false" + THERE + BACK, APP, W),
    "a peering leads to no gateway of the peer": Line(
        "no",
        BOTH + OTHER + PEERING % "true" + BACK + route("w", "0.0.0.0/0", BY_PEERING),
        W,
        INTERNET,
    ),
    "a transit gateway joins its attachments by default": Line(
        "yes", BOTH + OTHER + TRANSIT % "" + OVER_HUB, APP, W
    ),
    "not where its default table is off": Line(
        "no", BOTH + OTHER + TRANSIT % TABLE_OFF + OVER_HUB, APP, W
    ),
    "a blackhole of a transit table drops": Line(
        "no", BOTH + OTHER + TRANSIT % "" + OVER_HUB + HOLE, APP, W
    ),
    "references to groups do not cross one by default": Line(
        "no", BOTH + OTHER + TRANSIT % "" + OVER_HUB + KNOWN_GROUP, APP, "aws_instance.k"
    ),
    "unless it supports them": Line(
        "yes",
        BOTH
        + OTHER
        + TRANSIT % 'security_group_referencing_support = "enable"'
        + OVER_HUB
        + KNOWN_GROUP,
        APP,
        "aws_instance.k",
    ),
    "an attachment serves the zones that it has subnets in": Line(
        "no",
        LAND
        + PUBLIC
        + INNER
        + group("any", rule("ingress"), rule("egress"))
        + OTHER
        + TRANSIT % ""
        + OVER_HUB
        + subnet("far", "10.0.7.0/24", zone="eu-west-1b")
        + instance("far", "far"),
        "aws_instance.far",
        W,
    ),
    "who is behind a VPN without a declared site is not told": Line(
        "?", BOTH + VPN + LEARNS, APP, "192.168.0.9"
    ),
    "VPN users need to be authorized": Line("no", BOTH + CLIENT_VPN, USERS, APP),
    "and are then let in": Line("yes", BOTH + CLIENT_VPN + AUTHORIZED, USERS, APP),
}
