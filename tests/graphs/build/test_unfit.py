"""Networks that do not fit together: each fault is a gap that names it, and leaves answers open."""

import pytest

from graphs.network.reach import INTERNET
from tests.graphs.build.borders import APP, LAND, TO_INTERNET, WEB, asked

LISTED = """
resource "aws_security_group" "bad" {
  name   = "bad"
  vpc_id = aws_vpc.v.id
  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    %s
  }
}
resource "aws_instance" "bad" {
  ami                         = "ami-1"
  instance_type               = "t3.micro"
  subnet_id                   = aws_subnet.web.id
  associate_public_ip_address = true
  vpc_security_group_ids      = [%s]
}
"""
OWN = "aws_security_group.bad.id"
BAD = "aws_instance.bad"
ROUTE = """
resource "aws_route_table" "bad" {
  vpc_id = aws_vpc.v.id
  route {
    cidr_block = "%s"
    gateway_id = "%s"
  }
}
resource "aws_route_table_association" "bad" {
  subnet_id      = aws_subnet.app.id
  route_table_id = aws_route_table.bad.id
}
"""
PEERED = """
resource "aws_vpc_peering_connection" "p" {
  vpc_id      = aws_vpc.v.id
  peer_vpc_id = %s
  auto_accept = true
}
resource "aws_route_table" "peered" {
  vpc_id = aws_vpc.v.id
  route {
    cidr_block                = "10.9.0.0/16"
    vpc_peering_connection_id = aws_vpc_peering_connection.p.id
  }
}
resource "aws_route_table_association" "peered" {
  subnet_id      = aws_subnet.app.id
  route_table_id = aws_route_table.peered.id
}
"""

# Code, what the gaps say, and the question that it leaves open.
FAULTS = {
    "a prefix of a rule": (
        LISTED % ('cidr_blocks = ["10.0.0.0/33"]', OWN),
        ("malformed-prefix", "aws_security_group.bad: '10.0.0.0/33' is not an IP prefix"),
        (INTERNET, BAD),
    ),
    "a prefix of a route": (
        ROUTE % ("10.x.0.0/16", "igw-0123456789abcdef0"),
        ("malformed-prefix", "aws_route_table.bad: '10.x.0.0/16' is not an IP prefix"),
        (APP, "10.9.0.1"),
    ),
    "a group that a machine wears": (
        LISTED % ('cidr_blocks = ["10.0.0.0/8"]', '"sg-0123456789abcdef0"'),
        ("missing-reference", "aws_instance.bad names sg-0123456789abcdef0, which is not here"),
        (INTERNET, BAD),
    ),
    "a group that a rule names": (
        LISTED % ('security_groups = ["sg-0123456789abcdef0"]', OWN),
        (
            "missing-reference",
            "aws_security_group.bad names sg-0123456789abcdef0, which is not here",
        ),
        None,
    ),
    "a gateway that a route leads to": (
        ROUTE % ("0.0.0.0/0", "igw-0123456789abcdef0"),
        ("missing-reference", "aws_route_table.bad names igw-0123456789abcdef0, which is not here"),
        None,
    ),
    "the other side of a peering": (
        PEERED % '"vpc-0123456789abcdef0"',
        (
            "missing-reference",
            "aws_vpc_peering_connection.p names vpc-0123456789abcdef0, which is not here",
        ),
        (APP, "10.9.0.1"),
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_fault_is_named_and_leaves_open_what_needs_it(built, case):
    code, meant, question = FAULTS[case]
    estate = built(LAND + TO_INTERNET + code)
    assert meant in [(gap.kind, gap.what) for gap in estate.gaps]
    assert all(gap.place for gap in estate.gaps if gap.kind == meant[0])
    if question:
        assert isinstance(asked(estate, *question), list)
    assert asked(estate, INTERNET, WEB) == "yes"  # the rest is judged all the same


def test_one_missing_thing_is_told_once(built):
    code = LISTED % ('cidr_blocks = ["10.0.0.0/8"]', '"sg-0123456789abcdef0"')
    more = LISTED.replace('"bad"', '"worse"') % ("self = true", '"sg-0123456789abcdef0"')
    gaps = [g.what for g in built(LAND + code + more).gaps if g.kind == "missing-reference"]
    assert gaps == ["aws_instance.bad and 1 more names sg-0123456789abcdef0, which is not here"]


SHARE = "have addresses in common, and are"
OVERLAPS = {
    "subnets of a VPC": (
        """
        resource "aws_subnet" "twice" {
          vpc_id     = aws_vpc.v.id
          cidr_block = "10.0.1.128/25"
        }
        """,
        f"aws_subnet.web and aws_subnet.twice {SHARE} subnets of aws_vpc.v",
    ),
    "VPCs that are peered": (
        PEERED % "aws_vpc.w.id" + 'resource "aws_vpc" "w" {\n cidr_block = "10.0.128.0/17"\n}',
        f"aws_vpc.v and aws_vpc.w {SHARE} peered by aws_vpc_peering_connection.p",
    ),
}


@pytest.mark.parametrize("case", OVERLAPS)
def test_ranges_that_overlap_are_named(built, case):
    code, meant = OVERLAPS[case]
    gaps = [gap.what for gap in built(LAND + code).gaps if gap.kind == "overlapping-prefixes"]
    assert gaps == [meant]


def test_a_sound_network_has_no_gaps(built):
    assert built(LAND + TO_INTERNET).gaps == ()


HUB = """
resource "aws_ec2_transit_gateway" "hub" {}
resource "aws_vpc" "twin" {
  for_each   = toset(["b", "c"])
  cidr_block = "10.1.0.0/16"
}
resource "aws_subnet" "twin" {
  for_each          = aws_vpc.twin
  vpc_id            = each.value.id
  cidr_block        = "10.1.1.0/24"
  availability_zone = "eu-west-1a"
}
resource "aws_ec2_transit_gateway_vpc_attachment" "twin" {
  for_each           = aws_vpc.twin
  transit_gateway_id = aws_ec2_transit_gateway.hub.id
  vpc_id             = each.value.id
  subnet_ids         = [aws_subnet.twin[each.key].id]
}
resource "aws_ec2_transit_gateway_vpc_attachment" "v" {
  transit_gateway_id = aws_ec2_transit_gateway.hub.id
  vpc_id             = aws_vpc.v.id
  subnet_ids         = [aws_subnet.app.id]
}
resource "aws_route_table" "hub" {
  vpc_id = aws_vpc.v.id
  route {
    cidr_block         = "10.1.0.0/16"
    transit_gateway_id = aws_ec2_transit_gateway.hub.id
  }
}
resource "aws_route_table_association" "hub" {
  subnet_id      = aws_subnet.app.id
  route_table_id = aws_route_table.hub.id
}
resource "aws_route_table" "back" {
  for_each = aws_vpc.twin
  vpc_id   = each.value.id
  route {
    cidr_block         = "10.0.0.0/16"
    transit_gateway_id = aws_ec2_transit_gateway.hub.id
  }
}
resource "aws_route_table_association" "back" {
  for_each       = aws_vpc.twin
  subnet_id      = aws_subnet.twin[each.key].id
  route_table_id = aws_route_table.back[each.key].id
}
resource "aws_security_group" "twin" {
  name   = "twin"
  vpc_id = aws_vpc.twin["b"].id
  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["10.0.0.0/8"]
  }
}
resource "aws_instance" "twin" {
  ami                    = "ami-1"
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.twin["b"].id
  private_ip             = "10.1.1.9"
  vpc_security_group_ids = [aws_security_group.twin.id]
}
"""


def test_of_two_vpcs_that_announce_one_prefix_to_a_hub_nobody_says_which_gets_it(built):
    ends = [f'aws_ec2_transit_gateway_vpc_attachment.twin["{name}"]' for name in "bc"]
    why = [f"which of {ends[0]} and {ends[1]} has 10.1.0.0/16"]
    assert asked(built(LAND + HUB), APP, "aws_instance.twin") == why
    alone = HUB.replace('["b", "c"]', '["b"]')
    assert asked(built(LAND + alone), APP, "aws_instance.twin") == "yes"
