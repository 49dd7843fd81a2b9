"""What comes in by gateways and their tables, and what VPC Block Public Access leaves of it."""

import pytest

from graphs.network.reach import INTERNET
from graphs.network.zones import CLOUDFRONT
from tests.graphs.build.borders import APP, EDGE, LAND, TO_INTERNET, WEB, asked

# Route tables of gateways.


def test_what_comes_in_follows_the_gateways_own_table(built):
    through = "network_interface_id = aws_network_interface.box.id"
    box = """
    resource "aws_network_interface" "box" {
      subnet_id         = aws_subnet.fw.id
      source_dest_check = false
    }
    """
    estate = built(LAND + TO_INTERNET + EDGE % ("10.0.1.0/24", through) + box)
    assert asked(estate, INTERNET, WEB) == ["what interface aws_network_interface.box lets through"]
    other = built(LAND + TO_INTERNET + EDGE % ("10.0.2.0/24", through) + box)
    assert asked(other, INTERNET, WEB) == "yes"  # another subnet's traffic is led there
    assert asked(other, WEB, INTERNET) == "yes"
    assert asked(estate, WEB, INTERNET) == ["what interface aws_network_interface.box lets through"]


def test_a_gateways_table_that_is_not_here_leaves_it_open(built):
    code = """
    resource "aws_route_table_association" "edge" {
      gateway_id     = aws_internet_gateway.igw.id
      route_table_id = var.table
    }
    variable "table" {}
    """
    assert asked(built(LAND + TO_INTERNET + code), INTERNET, WEB) == ["var.table"]


# Routes more specific than local.

DIVERTED = """
resource "aws_route_table" "inner" {
  vpc_id = aws_vpc.v.id
  route {
    cidr_block      = "%s"
    vpc_endpoint_id = aws_vpc_endpoint.box.id
  }
}
resource "aws_route_table_association" "inner" {
  subnet_id      = aws_subnet.app.id
  route_table_id = aws_route_table.inner.id
}
resource "aws_vpc_endpoint" "box" {
  vpc_id            = aws_vpc.v.id
  vpc_endpoint_type = "GatewayLoadBalancer"
  service_name      = "com.amazonaws.vpce.eu-west-1.vpce-svc-1"
  subnet_ids        = [aws_subnet.fw.id]
}
resource "aws_instance" "beside" {
  ami                    = "ami-1"
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.app.id
  private_ip             = "10.0.2.11"
  vpc_security_group_ids = [aws_security_group.any.id]
}
"""


def test_a_route_to_a_middlebox_between_subnets_stands_before_local(built):
    estate = built(LAND + DIVERTED % "10.0.1.0/24")
    assert asked(estate, APP, WEB) == ["what endpoint box lets through"]
    assert asked(estate, WEB, APP) == ["what endpoint box lets through"]  # the reply goes there
    assert asked(built(LAND + DIVERTED % "10.0.3.0/24"), APP, WEB) == "yes"


def test_neighbours_in_a_subnet_are_not_routed(built):
    estate = built(LAND + DIVERTED % "10.0.2.0/24")
    assert asked(estate, APP, "aws_instance.beside") == "yes"


# Block Public Access.

BLOCK = """
resource "aws_vpc_block_public_access_options" "all" {
  internet_gateway_block_mode = "%s"
}
"""
EXCLUDED = """
resource "aws_vpc_block_public_access_exclusion" "one" {
  %s                              = %s
  internet_gateway_exclusion_mode = "%s"
}
"""
OPTIONS = "aws_vpc_block_public_access_options.all"
BLOCKS = {
    "off": ("off", None, "yes", "yes", "yes"),
    "both ways": ("block-bidirectional", None, "no", "no", "no"),
    "ingress": ("block-ingress", None, "no", "no", "yes"),
    "the VPC excluded": (
        "block-bidirectional",
        ("vpc_id", "aws_vpc.v.id", "allow-bidirectional"),
        "yes",
        "yes",
        "yes",
    ),
    "the subnet excluded": (
        "block-ingress",
        ("subnet_id", "aws_subnet.web.id", "allow-bidirectional"),
        "yes",
        "yes",
        "yes",
    ),
    "another subnet excluded": (
        "block-bidirectional",
        ("subnet_id", "aws_subnet.fw.id", "allow-bidirectional"),
        "no",
        "no",
        "no",
    ),
    "the subnet of the NAT gateway alone": (
        "block-bidirectional",
        ("subnet_id", "aws_subnet.web.id", "allow-egress"),
        "no",
        [f"what aws_subnet.web may send out past {OPTIONS}"],
        [f"whether {OPTIONS} stops aws_subnet.app behind NAT gateway aws_nat_gateway.nat"],
    ),
}
NAT = """
resource "aws_nat_gateway" "nat" {
  subnet_id     = aws_subnet.web.id
  allocation_id = "eipalloc-1"
}
resource "aws_route_table" "nat" {
  vpc_id = aws_vpc.v.id
  route {
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = aws_nat_gateway.nat.id
  }
}
resource "aws_route_table_association" "nat" {
  subnet_id      = aws_subnet.app.id
  route_table_id = aws_route_table.nat.id
}
"""


@pytest.mark.parametrize("case", BLOCKS)
def test_blocks_of_the_internet(built, case):
    mode, excluded, into, out, by_nat = BLOCKS[case]
    code = LAND + TO_INTERNET + NAT + BLOCK % mode + (EXCLUDED % excluded if excluded else "")
    estate = built(code)
    answers = [asked(estate, *ends) for ends in ((INTERNET, WEB), (WEB, INTERNET), (APP, INTERNET))]
    assert answers == [into, out, by_nat]


def test_a_block_of_unknown_mode_leaves_it_open_and_another_region_is_not_meant(built):
    code = LAND + TO_INTERNET + BLOCK.replace('"%s"', "var.mode") + 'variable "mode" {}'
    assert asked(built(code), INTERNET, WEB) == ["var.mode"]
    elsewhere = BLOCK.replace("all", "us") % "block-bidirectional"
    elsewhere = elsewhere.replace("internet_gateway", 'region = "us-east-1"\n internet_gateway')
    assert asked(built(LAND + TO_INTERNET + elsewhere), INTERNET, WEB) == "yes"


# Lists that AWS keeps.

LISTED = """
data "aws_ec2_managed_prefix_list" "cloudfront" {
  name = "com.amazonaws.global.cloudfront.origin-facing"
}
data "aws_ec2_managed_prefix_list" "own" {
  name = "offices"
}
resource "aws_vpc_endpoint" "s3" {
  vpc_id       = aws_vpc.v.id
  service_name = "com.amazonaws.eu-west-1.s3"
}
data "aws_prefix_list" "s3" {
  prefix_list_id = aws_vpc_endpoint.s3.prefix_list_id
}
resource "aws_security_group" "listed" {
  name   = "listed"
  vpc_id = aws_vpc.v.id
  ingress {
    protocol  = "tcp"
    from_port = 443
    to_port   = 443
    %s
  }
}
resource "aws_instance" "listed" {
  ami                         = "ami-1"
  instance_type               = "t3.micro"
  subnet_id                   = aws_subnet.web.id
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.listed.id]
}
"""
ORIGIN = "prefix_list_ids = [data.aws_ec2_managed_prefix_list.cloudfront.id]"
LISTS = {
    "CloudFront's": (ORIGIN, "no", "yes", ["the addresses of CloudFront"]),
    "that of a gateway endpoint": (
        "prefix_list_ids = [aws_vpc_endpoint.s3.prefix_list_id]",
        "no",
        "no",
        ["the addresses of Amazon S3"],
    ),
    "its addresses": (
        "cidr_blocks = data.aws_prefix_list.s3.cidr_blocks",
        "no",
        "no",
        ["the addresses of Amazon S3"],
    ),
    "one's own": (
        "prefix_list_ids = [data.aws_ec2_managed_prefix_list.own.id]",
        ["data.aws_ec2_managed_prefix_list.own.id"],
        ["data.aws_ec2_managed_prefix_list.own.id"],
        ["data.aws_ec2_managed_prefix_list.own.id"],
    ),
}


@pytest.mark.parametrize("case", LISTS)
def test_the_addresses_of_a_service_are_no_strangers(built, case):
    peers, stranger, cloudfront, host = LISTS[case]
    estate = built(LAND + TO_INTERNET + LISTED % peers)
    places = INTERNET, CLOUDFRONT, "host 203.0.114.9"
    found = [asked(estate, place, "aws_instance.listed") for place in places]
    assert found == [stranger, cloudfront, host]
