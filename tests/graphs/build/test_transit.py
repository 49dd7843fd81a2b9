"""Transit gateways: attachments, tables, associations and propagations, the defaults included."""

import pytest

from graphs.nodes import TransitAttachment, TransitTable
from graphs.unknown import Unknown
from tests.graphs.build.land import LAND

GATEWAY = """
resource "aws_ec2_transit_gateway" "hub" {
  %s
}
resource "aws_ec2_transit_gateway_vpc_attachment" "a" {
  transit_gateway_id = aws_ec2_transit_gateway.hub.id
  vpc_id             = aws_vpc.main.id
  subnet_ids         = [aws_subnet.a.id]
  %s
}
"""
OWN = """
resource "aws_ec2_transit_gateway_route_table" "own" {
  transit_gateway_id = aws_ec2_transit_gateway.hub.id
}
"""
DEFAULT = "aws_ec2_transit_gateway.hub.default_route_table"
ATTACHMENT = "aws_ec2_transit_gateway_vpc_attachment.a"
OFF = 'default_route_table_association = "disable"\n default_route_table_propagation = "disable"'


def tables(estate):
    return {t.id: t for t in estate.index.of(TransitTable)}


def test_an_attachment_joins_the_default_table_by_itself(built):
    estate = built(LAND + GATEWAY % ("", ""))
    attachment = estate.index.by_id[ATTACHMENT]
    assert (attachment.kind, attachment.target) == ("vpc", "aws_vpc.main")
    assert attachment.subnets == ("aws_subnet.a",)
    assert attachment.table == DEFAULT
    assert tables(estate)[DEFAULT].propagations == (ATTACHMENT,)


def test_it_may_decline(built):
    own = (
        "transit_gateway_default_route_table_association = false\n"
        "transit_gateway_default_route_table_propagation = false"
    )
    estate = built(LAND + GATEWAY % ("", own))
    assert estate.index.by_id[ATTACHMENT].table == ""
    assert tables(estate)[DEFAULT].propagations == ()


def test_a_gateway_may_have_no_default_table(built):
    estate = built(LAND + GATEWAY % (OFF, ""))
    assert estate.index.by_id[ATTACHMENT].table == ""
    assert tables(estate) == {}


def test_attachments_may_announce_themselves_by_default_and_join_nothing(built):
    estate = built(LAND + GATEWAY % ('default_route_table_association = "disable"', ""))
    assert estate.index.by_id[ATTACHMENT].table == ""
    assert tables(estate)[DEFAULT].propagations == (ATTACHMENT,)


def test_defaults_that_are_not_known_stay_so(built):
    estate = built(
        'variable "x" {}' + LAND + GATEWAY % ("default_route_table_association = var.x", "")
    )
    assert isinstance(estate.index.by_id[ATTACHMENT].table, Unknown)


def test_an_explicit_association_and_propagation(built):
    estate = built(
        LAND
        + GATEWAY % (OFF, "")
        + OWN
        + """
        resource "aws_ec2_transit_gateway_route_table_association" "a" {
          transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.a.id
          transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.own.id
        }
        resource "aws_ec2_transit_gateway_route_table_propagation" "a" {
          transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.a.id
          transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.own.id
        }
        """
    )
    own = "aws_ec2_transit_gateway_route_table.own"
    assert estate.index.by_id[ATTACHMENT].table == own
    assert tables(estate)[own].propagations == (ATTACHMENT,)


@pytest.mark.parametrize(
    ("table", "named"),
    [
        ("aws_ec2_transit_gateway_route_table.own", "aws_ec2_transit_gateway_route_table.own.id"),
        (DEFAULT, "aws_ec2_transit_gateway.hub.association_default_route_table_id"),
    ],
)
def test_static_and_blackhole_routes(built, table, named):
    estate = built(
        LAND
        + GATEWAY % ("", "")
        + OWN
        + f"""
        resource "aws_ec2_transit_gateway_route" "to_a" {{
          destination_cidr_block         = "10.0.0.0/16"
          transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.a.id
          transit_gateway_route_table_id = {named}
        }}
        resource "aws_ec2_transit_gateway_route" "none" {{
          destination_cidr_block         = "10.66.0.0/16"
          blackhole                      = true
          transit_gateway_route_table_id = {named}
        }}
        """
    )
    routes = [(str(r.destination), r.kind, r.target) for r in tables(estate)[table].routes]
    assert ("10.0.0.0/16", "attachment", ATTACHMENT) in routes
    assert ("10.66.0.0/16", "blackhole") in [r[:2] for r in routes]


def test_a_route_to_a_prefix_list(built):
    estate = built(
        LAND
        + GATEWAY % ("", "")
        + OWN
        + """
        resource "aws_ec2_managed_prefix_list" "offices" {
          name           = "offices"
          address_family = "IPv4"
          max_entries    = 1
          entry {
            cidr = "192.0.2.0/24"
          }
        }
        resource "aws_ec2_transit_gateway_prefix_list_reference" "offices" {
          prefix_list_id                 = aws_ec2_managed_prefix_list.offices.id
          transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.a.id
          transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.own.id
        }
        """
    )
    (route,) = tables(estate)["aws_ec2_transit_gateway_route_table.own"].routes
    assert (str(route.destination), route.kind, route.target) == (
        "192.0.2.0/24",
        "attachment",
        ATTACHMENT,
    )


def test_a_vpn_is_an_attachment_too(built):
    estate = built(
        LAND
        + GATEWAY % ("", "")
        + OWN
        + """
        resource "aws_customer_gateway" "office" {
          bgp_asn    = 65000
          ip_address = "192.0.2.1"
          type       = "ipsec.1"
        }
        resource "aws_vpn_connection" "office" {
          customer_gateway_id = aws_customer_gateway.office.id
          transit_gateway_id  = aws_ec2_transit_gateway.hub.id
          type                = "ipsec.1"
        }
        resource "aws_ec2_transit_gateway_route_table_propagation" "v" {
          transit_gateway_attachment_id  = aws_vpn_connection.office.transit_gateway_attachment_id
          transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.own.id
        }
        """
    )
    attachment = estate.index.by_id["aws_vpn_connection.office.attachment"]
    assert (attachment.kind, attachment.target) == ("vpn", "aws_vpn_connection.office")
    assert attachment.table == DEFAULT
    own = tables(estate)["aws_ec2_transit_gateway_route_table.own"]
    assert own.propagations == (attachment.id,)


DIRECT = """
resource "aws_dx_gateway" "dx" {
  name            = "dx"
  amazon_side_asn = "64512"
}
resource "aws_dx_gateway_association" "dx" {
  dx_gateway_id         = aws_dx_gateway.dx.id
  associated_gateway_id = aws_ec2_transit_gateway.hub.id
  allowed_prefixes      = ["10.0.0.0/16"]
}
data "aws_ec2_transit_gateway_dx_gateway_attachment" "dx" {
  transit_gateway_id = aws_ec2_transit_gateway.hub.id
  dx_gateway_id      = aws_dx_gateway.dx.id
}
resource "aws_ec2_transit_gateway_route_table_association" "dx" {
  transit_gateway_attachment_id  = %s
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.own.id
}
"""


@pytest.mark.parametrize(
    "named",
    [
        "data.aws_ec2_transit_gateway_dx_gateway_attachment.dx.id",
        "aws_dx_gateway_association.dx.transit_gateway_attachment_id",
    ],
)
def test_a_direct_connect_attachment_is_found_by_its_data_source_or_association(built, named):
    estate = built(LAND + GATEWAY % ("", "") + OWN + DIRECT % named)
    attachment = estate.index.by_id["aws_dx_gateway_association.dx.attachment"]
    assert (attachment.kind, attachment.target) == ("direct-connect", "aws_dx_gateway.dx")
    assert attachment.table == "aws_ec2_transit_gateway_route_table.own"


def test_a_peering_has_an_end_at_each_gateway(built):
    estate = built(
        LAND
        + GATEWAY % ("", "")
        + OWN
        + """
        resource "aws_ec2_transit_gateway" "far" {}
        resource "aws_ec2_transit_gateway_route_table" "far" {
          transit_gateway_id = aws_ec2_transit_gateway.far.id
        }
        resource "aws_ec2_transit_gateway_peering_attachment" "p" {
          transit_gateway_id      = aws_ec2_transit_gateway.hub.id
          peer_transit_gateway_id = aws_ec2_transit_gateway.far.id
          peer_region             = "us-east-1"
        }
        resource "aws_ec2_transit_gateway_peering_attachment_accepter" "p" {
          transit_gateway_attachment_id = aws_ec2_transit_gateway_peering_attachment.p.id
        }
        resource "aws_ec2_transit_gateway_route" "over" {
          destination_cidr_block         = "10.9.0.0/16"
          transit_gateway_attachment_id  = aws_ec2_transit_gateway_peering_attachment.p.id
          transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.own.id
        }
        resource "aws_ec2_transit_gateway_route" "back" {
          destination_cidr_block         = "10.0.0.0/16"
          transit_gateway_attachment_id  = aws_ec2_transit_gateway_peering_attachment_accepter.p.id
          transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.far.id
        }
        """
    )
    ends = {
        e.id: (e.gateway, e.target)
        for e in estate.index.of(TransitAttachment)
        if e.kind == "peering"
    }
    near = "aws_ec2_transit_gateway_peering_attachment.p"
    hub, far = "aws_ec2_transit_gateway.hub", "aws_ec2_transit_gateway.far"
    assert ends == {near: (hub, far), f"{near}.accepter": (far, hub)}
    found = tables(estate)
    assert found["aws_ec2_transit_gateway_route_table.own"].routes[0].target == near
    assert found["aws_ec2_transit_gateway_route_table.far"].routes[0].target == f"{near}.accepter"
    assert near not in found[DEFAULT].propagations


def test_a_gateway_of_another_account_is_unknown(node):
    text = (GATEWAY % ("", "")).replace("aws_ec2_transit_gateway.hub.id", '"tgw-0123456789"')
    attachment = node(LAND + text, ATTACHMENT)
    assert isinstance(attachment.gateway, Unknown)
    assert isinstance(attachment.table, Unknown)


OTHER = """
provider "aws" {
  alias  = "hub"
  region = "eu-west-1"
  assume_role {
    role_arn = "arn:aws:iam::222222222222:role/x"
  }
}
"""
ACCEPTS = {
    "all": ('auto_accept_shared_attachments = "enable"', "", True),
    "this one": (
        "",
        """
        resource "aws_ec2_transit_gateway_vpc_attachment_accepter" "a" {
          provider                      = aws.hub
          transit_gateway_attachment_id = aws_ec2_transit_gateway_vpc_attachment.a.id
        }
        """,
        True,
    ),
    "by hand, perhaps": ("", "", False),
}


@pytest.mark.parametrize("case", ACCEPTS)
def test_a_vpc_of_another_account_waits_to_be_accepted(built, case):
    own, more, sure = ACCEPTS[case]
    code = GATEWAY.replace('"hub" {', '"hub" {\n  provider = aws.hub') % (own, "")
    estate = built(OTHER + LAND + code + more)
    exists = estate.index.by_id[ATTACHMENT].exists
    assert (exists.certain, exists.possible) == (sure, True)
