"""VPCs, subnets, route tables and gateways, with what AWS adds to each."""

import pytest

from graphs.addresses import ANY4, prefix
from graphs.nodes import Acl, Gateway, NatGateway, RouteTable, SecurityGroup, Subnet, Vpc
from graphs.unknown import Unknown

VPC = """
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_subnet" "a" {
  vpc_id     = aws_vpc.main.id
  cidr_block = cidrsubnet(aws_vpc.main.cidr_block, 8, 1)
}
resource "aws_internet_gateway" "out" {
  vpc_id = aws_vpc.main.id
}
"""


def ways(table):
    return [(str(r.destination), r.kind, r.target) for r in table.routes if r.kind != "local"]


def table_of(estate, subnet="aws_subnet.a"):
    return estate.index.get(estate.index.by_id[subnet].table, RouteTable)


def test_a_vpc_comes_with_a_main_table_a_default_group_and_a_default_acl(built):
    index = built(VPC).index
    subnet = index.by_id["aws_subnet.a"]
    assert subnet.vpc == "aws_vpc.main"
    assert subnet.cidrs == (prefix("10.0.1.0/24"),)
    table = index.get(subnet.table, RouteTable)
    assert [(str(r.destination), r.kind) for r in table.routes] == [("10.0.0.0/16", "local")]
    acl = index.get(subnet.acl, Acl)
    assert all(entry.allow for entry in (*acl.ingress, *acl.egress))
    (group,) = index.of(SecurityGroup)
    assert group.ingress[0].groups == (group.id,)
    assert ANY4 in group.egress[0].prefixes
    assert group.proof().place.file == "main.tf"


def test_further_cidrs_of_a_vpc_are_its_own(node):
    vpc = node(
        VPC
        + """
        resource "aws_vpc_ipv4_cidr_block_association" "more" {
          vpc_id     = aws_vpc.main.id
          cidr_block = "10.1.0.0/16"
        }
        """,
        "aws_vpc.main",
    )
    assert vpc.cidrs == (prefix("10.0.0.0/16"), prefix("10.1.0.0/16"))


def test_a_cidr_that_aws_chooses_is_not_known(node):
    vpc = node(
        """
        resource "aws_vpc" "main" {
          ipv4_ipam_pool_id                = "ipam-pool-1"
          assign_generated_ipv6_cidr_block = true
        }
        """,
        "aws_vpc.main",
    )
    assert [c.what for c in vpc.cidrs] == [
        "aws_vpc.main.cidr_block",
        "aws_vpc.main.ipv6_cidr_block",
    ]


ROUTE = {
    "a block": """
        resource "aws_route_table" "t" {
          vpc_id = aws_vpc.main.id
          route {
            cidr_block = "0.0.0.0/0"
            gateway_id = aws_internet_gateway.out.id
          }
        }
        """,
    "an attribute": """
        resource "aws_route_table" "t" {
          vpc_id = aws_vpc.main.id
          route = [{
            cidr_block                 = "0.0.0.0/0"
            gateway_id                 = aws_internet_gateway.out.id
            ipv6_cidr_block            = ""
            destination_prefix_list_id = ""
            nat_gateway_id             = ""
            vpc_endpoint_id            = null
          }]
        }
        """,
    "a resource": """
        resource "aws_route_table" "t" {
          vpc_id = aws_vpc.main.id
        }
        resource "aws_route" "out" {
          route_table_id         = aws_route_table.t.id
          destination_cidr_block = "0.0.0.0/0"
          gateway_id             = aws_internet_gateway.out.id
        }
        """,
    "a dynamic block": """
        resource "aws_route_table" "t" {
          vpc_id = aws_vpc.main.id
          dynamic "route" {
            for_each = ["0.0.0.0/0"]
            content {
              cidr_block = route.value
              gateway_id = aws_internet_gateway.out.id
            }
          }
        }
        """,
}
ASSOCIATION = """
resource "aws_route_table_association" "a" {
  subnet_id      = aws_subnet.a.id
  route_table_id = aws_route_table.t.id
}
"""


@pytest.mark.parametrize("spelling", ROUTE)
def test_a_route_is_the_same_however_it_is_written(built, spelling):
    table = table_of(built(VPC + ROUTE[spelling] + ASSOCIATION))
    assert ways(table) == [("0.0.0.0/0", "internet", "aws_internet_gateway.out")]
    assert table.unread == ()


MAIN = {
    "aws_default_route_table": """
        resource "aws_default_route_table" "t" {
          default_route_table_id = aws_vpc.main.default_route_table_id
          route {
            cidr_block = "0.0.0.0/0"
            gateway_id = aws_internet_gateway.out.id
          }
        }
        """,
    "aws_main_route_table_association": ROUTE["a block"]
    + """
        resource "aws_main_route_table_association" "m" {
          vpc_id         = aws_vpc.main.id
          route_table_id = aws_route_table.t.id
        }
        """,
    "a route in the implied table": """
        resource "aws_route" "out" {
          route_table_id         = aws_vpc.main.main_route_table_id
          destination_cidr_block = "0.0.0.0/0"
          gateway_id             = aws_internet_gateway.out.id
        }
        """,
    "a route in the default table by the vpc's attribute": """
        resource "aws_default_route_table" "t" {
          default_route_table_id = aws_vpc.main.default_route_table_id
        }
        resource "aws_route" "out" {
          route_table_id         = aws_vpc.main.default_route_table_id
          destination_cidr_block = "0.0.0.0/0"
          gateway_id             = aws_internet_gateway.out.id
        }
        """,
}


@pytest.mark.parametrize("spelling", MAIN)
def test_a_subnet_without_a_table_uses_the_main_one(built, spelling):
    table = table_of(built(VPC + MAIN[spelling]))
    assert ways(table) == [("0.0.0.0/0", "internet", "aws_internet_gateway.out")]


def test_the_association_of_a_main_table_wins_over_the_table_that_was_there(built):
    estate = built(
        VPC
        + MAIN["aws_main_route_table_association"]
        + """
        resource "aws_default_route_table" "old" {
          default_route_table_id = aws_vpc.main.default_route_table_id
        }
        """
    )
    assert estate.index.by_id["aws_subnet.a"].table == "aws_route_table.t"


def test_a_subnet_may_name_the_main_table_explicitly(built):
    estate = built(
        VPC
        + """
        resource "aws_route_table_association" "a" {
          subnet_id      = aws_subnet.a.id
          route_table_id = aws_vpc.main.main_route_table_id
        }
        """
    )
    assert table_of(estate).id == "aws_vpc.main.main_route_table"


def test_every_target_of_a_route_has_its_kind(built):
    estate = built(
        VPC
        + """
        resource "aws_vpn_gateway" "vgw" {
          vpc_id = aws_vpc.main.id
        }
        resource "aws_nat_gateway" "nat" {
          subnet_id = aws_subnet.a.id
        }
        resource "aws_egress_only_internet_gateway" "six" {
          vpc_id = aws_vpc.main.id
        }
        resource "aws_network_interface" "nic" {
          subnet_id = aws_subnet.a.id
        }
        resource "aws_route_table" "t" {
          vpc_id = aws_vpc.main.id
          route {
            cidr_block = "0.0.0.0/0"
            nat_gateway_id = aws_nat_gateway.nat.id
          }
          route {
            ipv6_cidr_block = "::/0"
            egress_only_gateway_id = aws_egress_only_internet_gateway.six.id
          }
          route {
            cidr_block = "192.168.0.0/16"
            gateway_id = aws_vpn_gateway.vgw.id
          }
          route {
            cidr_block = "10.9.0.0/16"
            network_interface_id = aws_network_interface.nic.id
          }
          route {
            cidr_block = "10.8.0.0/16"
            gateway_id = "local"
          }
          route {
            cidr_block = "10.7.0.0/16"
            transit_gateway_id = "tgw-0123456789"
          }
        }
        """
        + ASSOCIATION
    )
    routes = {str(r.destination): r for r in table_of(estate).routes}
    kinds = {destination: r.kind for destination, r in routes.items()}
    assert kinds == {
        "10.0.0.0/16": "local",
        "0.0.0.0/0": "nat",
        "::/0": "egress-only",
        "192.168.0.0/16": "vpn",
        "10.9.0.0/16": "interface",
        "10.8.0.0/16": "local",
        "10.7.0.0/16": "transit",
    }
    assert isinstance(routes["10.7.0.0/16"].target, Unknown)
    assert estate.index.of(NatGateway)[0].public is True
    assert [g.egress_only for g in estate.index.of(Gateway)] == [True, False]


def test_a_route_to_a_prefix_list_goes_to_each_of_its_entries(built):
    estate = built(
        VPC
        + """
        resource "aws_ec2_managed_prefix_list" "offices" {
          name           = "offices"
          address_family = "IPv4"
          max_entries    = 2
          entry {
            cidr = "192.0.2.0/24"
          }
        }
        resource "aws_ec2_managed_prefix_list_entry" "more" {
          prefix_list_id = aws_ec2_managed_prefix_list.offices.id
          cidr           = "198.51.100.0/24"
        }
        resource "aws_route_table" "t" {
          vpc_id = aws_vpc.main.id
        }
        resource "aws_route" "out" {
          route_table_id             = aws_route_table.t.id
          destination_prefix_list_id = aws_ec2_managed_prefix_list.offices.id
          gateway_id                 = aws_internet_gateway.out.id
        }
        """
        + ASSOCIATION
    )
    assert [d for d, _, _ in ways(table_of(estate))] == ["192.0.2.0/24", "198.51.100.0/24"]


def test_a_route_that_may_not_exist_certainly_leads_nowhere(built):
    estate = built(
        'variable "public" {}'
        + VPC
        + """
        resource "aws_route_table" "t" {
          vpc_id = aws_vpc.main.id
        }
        resource "aws_route" "out" {
          count                  = var.public ? 1 : 0
          route_table_id         = aws_route_table.t.id
          destination_cidr_block = "0.0.0.0/0"
          gateway_id             = aws_internet_gateway.out.id
        }
        """
        + ASSOCIATION
    )
    (route,) = (r for r in table_of(estate).routes if r.kind == "internet")
    assert isinstance(route.destination, Unknown)
    assert route.destination.what == "var.public ? 1 : 0"


def test_blocks_that_are_not_known_are_told(built):
    estate = built(
        'variable "routes" {}'
        + VPC
        + """
        resource "aws_route_table" "t" {
          vpc_id = aws_vpc.main.id
          dynamic "route" {
            for_each = var.routes
            content {
              cidr_block = route.value
              gateway_id = aws_internet_gateway.out.id
            }
          }
        }
        """
        + ASSOCIATION
    )
    assert [u.what for u in table_of(estate).unread] == ["route[0] for each of var.routes"]


def test_a_subnet_without_a_vpc_of_its_own_is_in_the_default_vpc(built):
    index = built(
        """
        resource "aws_instance" "lonely" {
          ami = "ami-1"
        }
        """
    ).index
    (vpc,), (subnet,), (gateway,) = index.of(Vpc), index.of(Subnet), index.of(Gateway)
    assert vpc.id == "default-vpc:111111111111/eu-west-1"
    assert vpc.cidrs == (prefix("172.31.0.0/16"),)
    assert subnet.public_addresses.certain
    assert gateway.vpc == vpc.id
    assert ("0.0.0.0/0", "internet", gateway.id) in ways(index.get(subnet.table, RouteTable))
    assert index.by_id["aws_instance.lonely"].interfaces[0].subnet == subnet.id


def test_a_default_vpc_in_code_is_the_one_that_things_land_in(built):
    index = built(
        """
        resource "aws_default_vpc" "ours" {}
        resource "aws_security_group" "web" {
          name = "web"
        }
        """
    ).index
    assert [v.id for v in index.of(Vpc)] == ["aws_default_vpc.ours"]
    assert index.by_id["aws_security_group.web"].vpc == "aws_default_vpc.ours"


def test_two_regions_have_a_default_vpc_each(built):
    index = built(
        """
        provider "aws" {
          alias  = "far"
          region = "us-east-1"
          allowed_account_ids = ["111111111111"]
        }
        resource "aws_instance" "near" {
          ami = "ami-1"
        }
        resource "aws_instance" "far" {
          provider = aws.far
          ami      = "ami-1"
        }
        """
    ).index
    assert [v.id for v in index.of(Vpc)] == [
        "default-vpc:111111111111/eu-west-1",
        "default-vpc:111111111111/us-east-1",
    ]


def test_a_subnet_in_a_vpc_of_another_code_is_in_an_unknown_one(node):
    subnet = node(
        """
        data "aws_vpc" "shared" {
          tags = { Name = "shared" }
        }
        resource "aws_subnet" "a" {
          vpc_id     = data.aws_vpc.shared.id
          cidr_block = "10.5.0.0/24"
        }
        """,
        "aws_subnet.a",
    )
    assert isinstance(subnet.vpc, Unknown)
    assert subnet.vpc.what == "data.aws_vpc.shared.id"
    assert isinstance(subnet.table, Unknown)
    assert isinstance(subnet.acl, Unknown)


def test_one_of_two_subnets_is_neither(node):
    instance = node(
        'variable "public" {}'
        + VPC
        + """
        resource "aws_subnet" "b" {
          vpc_id     = aws_vpc.main.id
          cidr_block = "10.0.2.0/24"
        }
        resource "aws_instance" "i" {
          ami       = "ami-1"
          subnet_id = var.public ? aws_subnet.a.id : aws_subnet.b.id
        }
        """,
        "aws_instance.i",
    )
    assert isinstance(instance.interfaces[0].subnet, Unknown)


def test_a_resource_that_may_not_exist_is_led_to(built):
    index = built(
        'variable "make" {}'
        + VPC
        + """
        resource "aws_subnet" "b" {
          count      = var.make ? 1 : 0
          vpc_id     = aws_vpc.main.id
          cidr_block = "10.0.2.0/24"
        }
        resource "aws_instance" "i" {
          count     = var.make ? 1 : 0
          ami       = "ami-1"
          subnet_id = one(aws_subnet.b[*].id)
        }
        """
    ).index
    instance = index.by_id["aws_instance.i"]
    assert instance.interfaces[0].subnet == "aws_subnet.b"
    assert instance.exists.undecided
    assert index.by_id["aws_subnet.b"].exists.undecided


def test_subnets_of_the_default_vpc_lead_to_the_internet(built):
    index = built(
        """
        resource "aws_default_vpc" "ours" {}
        resource "aws_default_subnet" "a" {
          availability_zone = "eu-west-1a"
        }
        """
    ).index
    subnet = index.by_id["aws_default_subnet.a"]
    assert subnet.public_addresses.certain
    assert "internet" in [r.kind for r in index.get(subnet.table, RouteTable).routes]


def test_an_adopted_default_table_serves_all_of_the_default_vpc(built):
    """Taking the table over removes its routes (aws_default_route_table's docs)."""
    index = built(
        """
        resource "aws_default_vpc" "ours" {}
        resource "aws_default_route_table" "closed" {
          default_route_table_id = aws_default_vpc.ours.default_route_table_id
        }
        resource "aws_instance" "i" {
          ami = "ami-1"
        }
        """
    ).index
    (interface,) = index.by_id["aws_instance.i"].interfaces
    assert index.by_id[interface.subnet].table == "aws_default_route_table.closed"


def test_an_association_that_may_not_exist_leaves_the_table_open(node):
    subnet = node(
        'variable "join" {}'
        + VPC
        + ROUTE["a block"]
        + ASSOCIATION.replace("subnet_id ", "count = var.join ? 1 : 0\n subnet_id "),
        "aws_subnet.a",
    )
    assert isinstance(subnet.table, Unknown)


def test_what_shares_its_doubt_with_what_it_belongs_to_is_not_in_doubt(built):
    estate = built(
        'variable "zones" {}'
        + VPC
        + """
        resource "aws_subnet" "b" {
          count      = var.zones
          vpc_id     = aws_vpc.main.id
          cidr_block = "10.0.2.0/24"
        }
        resource "aws_route_table" "b" {
          count  = var.zones
          vpc_id = aws_vpc.main.id
        }
        resource "aws_route" "b" {
          count                  = var.zones
          route_table_id         = aws_route_table.b[count.index].id
          destination_cidr_block = "0.0.0.0/0"
          gateway_id             = aws_internet_gateway.out.id
        }
        resource "aws_route_table_association" "b" {
          count          = var.zones
          subnet_id      = aws_subnet.b[count.index].id
          route_table_id = aws_route_table.b[count.index].id
        }
        """
    )
    assert ways(table_of(estate, "aws_subnet.b")) == [
        ("0.0.0.0/0", "internet", "aws_internet_gateway.out")
    ]
