"""What joins LANs: peering, VPN, Direct Connect, endpoints, sites."""

import pytest

from graphs.addresses import prefix
from graphs.build.declared import Declared, DeclaredSite
from graphs.nodes import RouteTable, Site
from graphs.unknown import Place, Unknown
from tests.graphs.build.land import LAND

PEER = """
resource "aws_vpc" "peer" {
  cidr_block = "10.9.0.0/16"
}
resource "aws_vpc_peering_connection" "p" {
  vpc_id      = aws_vpc.main.id
  peer_vpc_id = aws_vpc.peer.id
  %s
}
"""
ACCEPTED = {
    "by itself": ("auto_accept = true", "", "yes"),
    "by the accepter": (
        "",
        """
        resource "aws_vpc_peering_connection_accepter" "p" {
          vpc_peering_connection_id = aws_vpc_peering_connection.p.id
          auto_accept               = true
        }
        """,
        "yes",
    ),
    "by hand, perhaps": ("", "", "maybe"),
    "by a variable": ("auto_accept = var.x", "", "maybe"),
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_a_peering_is_active_once_it_is_accepted(node, case):
    own, more, meant = ACCEPTED[case]
    peering = node('variable "x" {}' + LAND + PEER % own + more, "aws_vpc_peering_connection.p")
    assert (peering.requester, peering.accepter) == ("aws_vpc.main", "aws_vpc.peer")
    assert (peering.active.certain, peering.active.possible) == (meant == "yes", True)


def test_a_peering_with_another_code_has_an_unknown_side(node):
    text = PEER.replace("aws_vpc.peer.id", '"vpc-0123456789"')
    assert isinstance(node(LAND + text % "", "aws_vpc_peering_connection.p").accepter, Unknown)


VPN = """
resource "aws_customer_gateway" "office" {
  bgp_asn    = 65000
  ip_address = "192.0.2.1"
  type       = "ipsec.1"
}
resource "aws_vpn_gateway" "vgw" {
  %s
}
resource "aws_vpn_connection" "office" {
  customer_gateway_id = aws_customer_gateway.office.id
  vpn_gateway_id      = aws_vpn_gateway.vgw.id
  type                = "ipsec.1"
}
resource "aws_route_table" "t" {
  vpc_id = aws_vpc.main.id
  %s
}
"""
OFFICE = DeclaredSite("office", "NL", ("172.16.0.0/16",), ("aws_customer_gateway.office",))
PROPAGATED = {
    "the table": ("vpc_id = aws_vpc.main.id", "propagating_vgws = [aws_vpn_gateway.vgw.id]", ""),
    "a resource": (
        "vpc_id = aws_vpc.main.id",
        "",
        """
        resource "aws_vpn_gateway_route_propagation" "p" {
          vpn_gateway_id = aws_vpn_gateway.vgw.id
          route_table_id = aws_route_table.t.id
        }
        """,
    ),
    "a resource, attached by another": (
        "",
        "",
        """
        resource "aws_vpn_gateway_attachment" "a" {
          vpc_id         = aws_vpc.main.id
          vpn_gateway_id = aws_vpn_gateway.vgw.id
        }
        resource "aws_vpn_gateway_route_propagation" "p" {
          vpn_gateway_id = aws_vpn_gateway.vgw.id
          route_table_id = aws_route_table.t.id
        }
        """,
    ),
}


def learnt(estate):
    routes = estate.index.get("aws_route_table.t", RouteTable).routes
    return [(str(r.destination), r.kind, r.target) for r in routes if r.propagated]


@pytest.mark.parametrize("spelling", PROPAGATED)
def test_a_table_learns_what_the_gateway_announces(built, spelling):
    gateway, table, more = PROPAGATED[spelling]
    text = LAND + VPN % (gateway, table) + more
    estate = built(text, Declared(sites=(OFFICE,)))
    assert learnt(estate) == [("172.16.0.0/16", "vpn", "aws_vpn_gateway.vgw")]
    assert estate.index.by_id["aws_vpn_gateway.vgw"].vpc == "aws_vpc.main"


def test_static_routes_of_a_vpn_are_announced_instead(built):
    gateway, table, _ = PROPAGATED["the table"]
    route = """
        resource "aws_vpn_connection_route" "r" {
          vpn_connection_id      = aws_vpn_connection.office.id
          destination_cidr_block = "172.20.0.0/16"
        }
        """
    estate = built(LAND + VPN % (gateway, table) + route, Declared(sites=(OFFICE,)))
    assert learnt(estate) == [("172.20.0.0/16", "vpn", "aws_vpn_gateway.vgw")]
    assert estate.index.by_id["aws_vpn_connection.office"].routes == (prefix("172.20.0.0/16"),)


def test_a_table_that_does_not_listen_learns_nothing(built):
    gateway, _, _ = PROPAGATED["the table"]
    assert learnt(built(LAND + VPN % (gateway, ""), Declared(sites=(OFFICE,)))) == []


def test_a_site_is_where_it_is_declared(built):
    declared = DeclaredSite(
        "office",
        "NL",
        ("172.16.0.0/16",),
        ("aws_customer_gateway.office",),
        "office",
        Place("pathwarden.yaml", 3),
    )
    estate = built(LAND + VPN % ("", ""), Declared(sites=(declared,)))
    (site,) = estate.index.of(Site)
    assert (site.id, site.name, site.country) == ("site:office", "office", "NL")
    assert site.behind == ("aws_customer_gateway.office",)
    assert site.proof().place == Place("pathwarden.yaml", 3)
    assert estate.gaps == ()


NAMED = """
resource "aws_customer_gateway" "site" {
  for_each   = { clinic = "198.51.100.7", depot = "198.51.100.8" }
  bgp_asn    = 65000
  ip_address = each.value
  type       = "ipsec.1"
  tags       = { Name = each.key }
}

resource "aws_customer_gateway" "spare" {
  bgp_asn    = 65000
  ip_address = "198.51.100.9"
  type       = "ipsec.1"
  tags       = { Name = "depot" }
}

resource "aws_dx_gateway" "office" {
  name            = "head-office"
  amazon_side_asn = 64520
}
"""


@pytest.mark.parametrize(
    ("said", "gateway"),
    [
        ('aws_customer_gateway.site["clinic"]', 'aws_customer_gateway.site["clinic"]'),
        ("aws_customer_gateway.clinic", 'aws_customer_gateway.site["clinic"]'),
        ("aws_customer_gateway.198.51.100.7", 'aws_customer_gateway.site["clinic"]'),
        ("aws_dx_gateway.head-office", "aws_dx_gateway.office"),
        ("aws_customer_gateway.spare", "aws_customer_gateway.spare"),
        ("aws_customer_gateway.depot", "which are 2 gateways here"),
        ("aws_dx_gateway.clinic", "which is not here"),
    ],
)
def test_a_site_names_its_gateway_by_what_code_and_account_both_know(built, said, gateway):
    declared = DeclaredSite("here", "US", ("172.22.0.0/16",), (said,))
    estate = built(NAMED, Declared(sites=(declared,)))
    (end,) = estate.index.of(Site)[0].behind
    assert end == gateway or gateway in estate.gaps[0].what


def test_a_site_behind_nothing_that_was_read_is_a_gap(built):
    lost = DeclaredSite("depot", "BE", ("172.17.0.0/16",), ("aws_customer_gateway.depot",))
    estate = built(LAND, Declared(sites=(lost,)))
    (gap,) = estate.gaps
    assert gap.kind == "site-unconnected"
    assert "depot" in gap.what
    assert isinstance(estate.index.of(Site)[0].behind[0], Unknown)


def test_a_direct_connect_gateway_announces_what_it_may(node):
    gateway = node(
        LAND
        + """
        resource "aws_dx_gateway" "dx" {
          name            = "dx"
          amazon_side_asn = "64512"
        }
        resource "aws_vpn_gateway" "vgw" {
          vpc_id = aws_vpc.main.id
        }
        resource "aws_dx_gateway_association" "a" {
          dx_gateway_id         = aws_dx_gateway.dx.id
          associated_gateway_id = aws_vpn_gateway.vgw.id
          allowed_prefixes      = ["10.0.0.0/16"]
        }
        """,
        "aws_dx_gateway.dx",
    )
    assert gateway.gateways == ("aws_vpn_gateway.vgw",)
    assert gateway.allowed == (("aws_vpn_gateway.vgw", prefix("10.0.0.0/16")),)


LINES = """
resource "aws_vpn_gateway" "vgw" {
  vpc_id = aws_vpc.main.id
}
resource "aws_vpn_gateway" "old" {
  vpc_id = aws_vpc.old.id
}
resource "aws_vpc" "old" {
  cidr_block = "10.9.0.0/16"
}
resource "aws_route_table" "out" {
  vpc_id           = aws_vpc.main.id
  propagating_vgws = [aws_vpn_gateway.vgw.id]
}
resource "aws_route_table_association" "a" {
  subnet_id      = aws_subnet.a.id
  route_table_id = aws_route_table.out.id
}
resource "aws_subnet" "old" {
  vpc_id     = aws_vpc.old.id
  cidr_block = "10.9.1.0/24"
}
resource "aws_dx_gateway" "dx" {
  name            = "dx"
  amazon_side_asn = "64512"
}
resource "aws_dx_gateway_association" "a" {
  dx_gateway_id         = aws_dx_gateway.dx.id
  associated_gateway_id = aws_vpn_gateway.vgw.id
  allowed_prefixes      = ["%s"]
}
resource "aws_dx_gateway_association" "old" {
  dx_gateway_id         = aws_dx_gateway.dx.id
  associated_gateway_id = aws_vpn_gateway.old.id
  allowed_prefixes      = ["10.9.0.0/16"]
}
resource "aws_dx_private_virtual_interface" "fibre" {
  connection_id  = "dxcon-1"
  name           = "fibre"
  vlan           = 4094
  address_family = "ipv4"
  bgp_asn        = 65352
  %s
}
resource "aws_dx_public_virtual_interface" "open" {
  connection_id         = "dxcon-1"
  name                  = "open"
  vlan                  = 4093
  address_family        = "ipv4"
  bgp_asn               = 65352
  customer_address      = "198.51.100.1/30"
  amazon_address        = "198.51.100.2/30"
  route_filter_prefixes = ["198.51.100.0/24"]
}
resource "aws_security_group" "any" {
  vpc_id = aws_vpc.main.id
  ingress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_instance" "app" {
  ami                    = "ami-1"
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.a.id
  vpc_security_group_ids = [aws_security_group.any.id]
}
"""
TO_GATEWAY = "dx_gateway_id = aws_dx_gateway.dx.id"
TO_VGW = "vpn_gateway_id = aws_vpn_gateway.vgw.id"
PRIVATE = "aws_dx_private_virtual_interface.fibre"
BY_LINE = {
    "its gateway announces the VPC": (PRIVATE, "10.0.0.0/15", TO_GATEWAY, "yes"),
    "only what the association allows": (PRIVATE, "10.9.0.0/16", TO_GATEWAY, "no"),
    "part of a VPC is none": (PRIVATE, "10.0.1.0/24", TO_GATEWAY, "no"),
    "straight to a private gateway": (PRIVATE, "10.9.0.0/16", TO_VGW, "yes"),
    "by its name": ("aws_dx_private_virtual_interface.fibre", "10.0.0.0/16", TO_GATEWAY, "yes"),
    "a public one leads to no private address": (
        "aws_dx_public_virtual_interface.open",
        "10.0.0.0/16",
        TO_GATEWAY,
        "no",
    ),
}


@pytest.mark.parametrize("case", BY_LINE)
def test_a_site_is_behind_a_virtual_interface(built, case):
    behind, allowed, end, said = BY_LINE[case]
    office = DeclaredSite("office", "NO", ("192.168.0.0/24",), (behind,))
    estate = built(LAND + LINES % (allowed, end), Declared(sites=(office,)))
    answer = estate.network.reach("site:office", "aws_instance.app").answer(6, 443)
    assert said == ("yes" if answer.certain else "?" if answer.possible else "no")
    assert not [gap for gap in estate.gaps if gap.kind == "not-modelled"]


ENDPOINT = """
resource "aws_route_table" "t" {
  vpc_id = aws_vpc.main.id
}
resource "aws_vpc_endpoint" "s3" {
  vpc_id       = aws_vpc.main.id
  service_name = "com.amazonaws.eu-west-1.s3"
  %s
}
"""
GATEWAY = {
    "the endpoint": ("route_table_ids = [aws_route_table.t.id]", ""),
    "an association": (
        "",
        """
        resource "aws_vpc_endpoint_route_table_association" "t" {
          route_table_id  = aws_route_table.t.id
          vpc_endpoint_id = aws_vpc_endpoint.s3.id
        }
        """,
    ),
}


@pytest.mark.parametrize("spelling", GATEWAY)
def test_a_gateway_endpoint_serves_its_tables(node, spelling):
    own, more = GATEWAY[spelling]
    endpoint = node(LAND + ENDPOINT % own + more, "aws_vpc_endpoint.s3")
    assert (endpoint.kind, endpoint.service) == ("Gateway", "com.amazonaws.eu-west-1.s3")
    assert endpoint.tables == ("aws_route_table.t",)
    assert endpoint.interfaces == ()


INTERFACE = {
    "the endpoint": (
        "subnet_ids = [aws_subnet.a.id]\n security_group_ids = [aws_security_group.web.id]",
        "",
        "aws_security_group.web",
    ),
    "associations": (
        "",
        """
        resource "aws_vpc_endpoint_subnet_association" "a" {
          vpc_endpoint_id = aws_vpc_endpoint.s3.id
          subnet_id       = aws_subnet.a.id
        }
        resource "aws_vpc_endpoint_security_group_association" "w" {
          vpc_endpoint_id   = aws_vpc_endpoint.s3.id
          security_group_id = aws_security_group.web.id
        }
        """,
        "aws_security_group.web",
    ),
    "without groups": (
        "subnet_ids = [aws_subnet.a.id]",
        "",
        "aws_vpc.main.default_security_group",
    ),
}


@pytest.mark.parametrize("spelling", INTERFACE)
def test_an_interface_endpoint_stands_in_its_subnets(node, spelling):
    own, more, group = INTERFACE[spelling]
    own = f'vpc_endpoint_type = "Interface"\n {own}'
    (interface,) = node(LAND + ENDPOINT % own + more, "aws_vpc_endpoint.s3").interfaces
    assert interface.subnet == "aws_subnet.a"
    assert group in interface.groups
    assert not interface.public.possible


def shared(name, *prefixes):
    return DeclaredSite(name, "NO", prefixes, (), place=Place("pathwarden.yaml", len(name), 1))


def test_sites_that_share_addresses_are_named(built):
    sites = (shared("clinic", "10.0.4.0/22", "10.60.0.0/16"), shared("depot", "10.60.8.0/24"))
    gaps = built(LAND, Declared(sites=sites)).gaps
    assert {str(gap.place) for gap in gaps} == {"pathwarden.yaml:6"}
    assert [gap.what for gap in gaps] == [
        "site clinic has 10.60.0.0/16, which overlaps 10.60.8.0/24 of site depot",
        "site clinic has 10.0.4.0/22, which overlaps 10.0.0.0/16 of VPC main",
    ]
