"""Transit gateways between two VPCs, from code to answers."""

import pytest

from graphs.network.reach import INTERNET
from tests.graphs.build.borders import asked

PLACES = """
locals {
  lans = { a = "10.1", b = "10.2" }
}
resource "aws_vpc" "v" {
  for_each   = local.lans
  cidr_block = "${each.value}.0.0/16"
}
resource "aws_subnet" "s" {
  for_each          = local.lans
  vpc_id            = aws_vpc.v[each.key].id
  cidr_block        = "${each.value}.1.0/24"
  availability_zone = "eu-west-1a"
}
resource "aws_subnet" "far" {
  for_each          = local.lans
  vpc_id            = aws_vpc.v[each.key].id
  cidr_block        = "${each.value}.2.0/24"
  availability_zone = "eu-west-1b"
}
resource "aws_security_group" "g" {
  for_each = local.lans
  name     = each.key
  vpc_id   = aws_vpc.v[each.key].id
  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_instance" "i" {
  for_each               = local.lans
  ami                    = "ami-1"
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.s[each.key].id
  private_ip             = "${each.value}.1.10"
  vpc_security_group_ids = [aws_security_group.g[each.key].id]
}
resource "aws_route_table" "t" {
  for_each = local.lans
  vpc_id   = aws_vpc.v[each.key].id
  route {
    cidr_block         = "10.0.0.0/8"
    transit_gateway_id = aws_ec2_transit_gateway.hub.id
  }
}
resource "aws_route_table_association" "t" {
  for_each       = local.lans
  subnet_id      = aws_subnet.s[each.key].id
  route_table_id = aws_route_table.t[each.key].id
}
"""
OPEN = """
resource "aws_security_group_rule" "in" {
  type              = "ingress"
  protocol          = "tcp"
  from_port         = 443
  to_port           = 443
  security_group_id = aws_security_group.g["b"].id
  %s
}
"""
BY_CIDR = OPEN % 'cidr_blocks = ["10.1.0.0/16"]'
BY_GROUP = OPEN % 'source_security_group_id = aws_security_group.g["a"].id'
HUB = """
resource "aws_ec2_transit_gateway" "hub" {
  %s
}
resource "aws_ec2_transit_gateway_vpc_attachment" "v" {
  for_each           = local.lans
  transit_gateway_id = aws_ec2_transit_gateway.hub.id
  vpc_id             = aws_vpc.v[each.key].id
  subnet_ids         = [aws_subnet.s[each.key].id, aws_subnet.far[each.key].id]
  %s
}
"""
A, B = 'aws_instance.i["a"]', 'aws_instance.i["b"]'
ON = 'security_group_referencing_support = "enable"'
OFF = 'security_group_referencing_support = "disable"'


def test_prefixes_count_over_a_hub_and_groups_do_not_by_default(built):
    assert asked(built(PLACES + HUB % ("", "") + BY_CIDR), A, B) == "yes"
    assert asked(built(PLACES + HUB % ("", "") + BY_GROUP), A, B) == "no"


@pytest.mark.parametrize(("gateway", "attachment", "meant"), [(ON, "", "yes"), (ON, OFF, "no")])
def test_groups_count_where_gateway_and_attachments_support_it(built, gateway, attachment, meant):
    assert asked(built(PLACES + HUB % (gateway, attachment) + BY_GROUP), A, B) == meant


OWN = """
resource "aws_ec2_transit_gateway_route_table" "own" {
  transit_gateway_id = aws_ec2_transit_gateway.hub.id
}
resource "aws_ec2_transit_gateway_route_table_association" "own" {
  for_each                       = local.lans
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.v[each.key].id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.own.id
}
resource "aws_ec2_transit_gateway_route_table_propagation" "own" {
  for_each                       = local.lans
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.v[each.key].id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.own.id
}
"""
STATIC = """
resource "aws_ec2_transit_gateway_route" "one" {
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.own.id
  destination_cidr_block         = "%s"
  %s
}
"""
NOWHERE = "blackhole = true"
MANUAL = 'default_route_table_association = "disable"\n default_route_table_propagation = "disable"'
CASES = {
    "propagated": ("", "yes"),
    "a blackhole for the same prefix": (STATIC % ("10.2.0.0/16", NOWHERE), "no"),
    "a longer blackhole": (STATIC % ("10.2.1.0/24", NOWHERE), "no"),
    "a shorter blackhole": (STATIC % ("10.0.0.0/8", NOWHERE), "yes"),
    "a static route elsewhere": (
        STATIC
        % (
            "10.2.0.0/16",
            'transit_gateway_attachment_id = aws_ec2_transit_gateway_vpc_attachment.v["a"].id',
        ),
        "no",
    ),
    "a prefix list to nowhere": (
        """
        resource "aws_ec2_managed_prefix_list" "l" {
          name           = "l"
          address_family = "IPv4"
          max_entries    = 2
          entry {
            cidr = "10.2.0.0/16"
          }
        }
        resource "aws_ec2_transit_gateway_prefix_list_reference" "l" {
          prefix_list_id                 = aws_ec2_managed_prefix_list.l.id
          transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.own.id
          blackhole                      = true
        }
        """,
        "no",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_a_table_says_of_a_prefix(built, case):
    more, meant = CASES[case]
    assert asked(built(PLACES + HUB % (MANUAL, "") + OWN + BY_CIDR + more), A, B) == meant


CONNECT = """
resource "aws_ec2_transit_gateway_connect" "sdwan" {
  transit_gateway_id      = aws_ec2_transit_gateway.hub.id
  transport_attachment_id = aws_ec2_transit_gateway_vpc_attachment.v["a"].id
}
"""


def test_what_a_connect_attachment_leads_to_is_not_known(built):
    to_it = "transit_gateway_attachment_id = aws_ec2_transit_gateway_connect.sdwan.id"
    code = PLACES + HUB % (MANUAL, "") + OWN + BY_CIDR + CONNECT
    why = ["what is behind the appliance at aws_ec2_transit_gateway_connect.sdwan"]
    assert asked(built(code), A, B) == "yes"
    assert asked(built(code + STATIC % ("10.2.1.0/24", to_it)), A, B) == why
    estate = built(code)
    assert [g for g in estate.gaps if "connect" in g.what] == []


def test_in_appliance_mode_the_zone_is_chosen_anew(built):
    odd = """
    resource "aws_route_table" "odd" {
      vpc_id = aws_vpc.v["b"].id
      route {
        cidr_block           = "10.2.1.10/32"
        network_interface_id = "eni-1"
      }
    }
    resource "aws_route_table_association" "odd" {
      subnet_id      = aws_subnet.far["b"].id
      route_table_id = aws_route_table.odd.id
    }
    """
    mode = 'appliance_mode_support = "enable"'
    assert asked(built(PLACES + HUB % ("", "") + BY_CIDR + odd), A, B) == "yes"
    chosen = asked(built(PLACES + HUB % ("", mode) + BY_CIDR + odd), A, B)
    assert "the zone that a transit gateway delivers in" in chosen


def test_the_internet_is_not_reached_by_a_hub_without_an_egress(built):
    estate = built(PLACES + HUB % ("", "") + BY_CIDR)
    assert asked(estate, A, INTERNET) == "no"
