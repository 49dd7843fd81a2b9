"""What the internet gets to once somebody edits the network: routes, ACLs, groups, addresses."""

import pytest

from graphs.attack.changes import Breakable, Kind, without
from graphs.attack.paths import attack_paths
from graphs.build.again import can_be_drawn, edge_again
from graphs.estate import Relation
from tests.graphs.build.test_loosened import assert_that_a_cut_ends_all

EVE, APP, ORDERS = "aws_iam_user.eve", "aws_instance.app", "aws_db_instance.orders"
LAND = """
resource "aws_iam_user" "eve" {
  name = "eve"
}
resource "aws_iam_user_login_profile" "eve" {
  user = aws_iam_user.eve.name
}
resource "aws_iam_user_policy" "eve" {
  user   = aws_iam_user.eve.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = ACTIONS, Resource = "*" }, MORE
  ] })
}
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}
GATEWAY
resource "aws_route_table" "inside" {
  vpc_id = aws_vpc.main.id
  ROUTE
}
resource "aws_subnet" "a" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
}
resource "aws_route_table_association" "a" {
  subnet_id      = aws_subnet.a.id
  route_table_id = aws_route_table.inside.id
}
resource "aws_network_acl" "a" {
  vpc_id     = aws_vpc.main.id
  subnet_ids = [aws_subnet.a.id]
  DENIED
  ingress {
    rule_no    = 100
    protocol   = "-1"
    action     = "ENTRY"
    cidr_block = "0.0.0.0/0"
    from_port  = 0
    to_port    = 0
  }
  egress {
    rule_no    = 100
    protocol   = "-1"
    action     = "allow"
    cidr_block = "0.0.0.0/0"
    from_port  = 0
    to_port    = 0
  }
}
resource "aws_security_group" "app" {
  vpc_id = aws_vpc.main.id
  RULE
  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}
OTHER
resource "aws_instance" "app" {
  ami                         = "ami-1"
  subnet_id                   = aws_subnet.a.id
  associate_public_ip_address = PUBLIC
  vpc_security_group_ids      = [aws_security_group.app.id]
  iam_instance_profile        = aws_iam_instance_profile.app.name
}
resource "aws_iam_instance_profile" "app" {
  role = aws_iam_role.app.name
}
resource "aws_iam_role" "app" {
  name               = "app"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
  }] })
}
resource "aws_iam_role_policy" "app" {
  role   = aws_iam_role.app.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect = "Allow", Action = "s3:GetObject", Resource = "*"
  }] })
}
resource "aws_s3_bucket" "notes" {
  bucket = "customer-notes"
}
"""
GATEWAY = 'resource "aws_internet_gateway" "out" {\n  vpc_id = aws_vpc.main.id\n}\n'
ROUTE = """
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.out.id
  }
"""
RULE = """
  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["0.0.0.0/0"]
  }
"""
DENIED = """
  ingress {
    rule_no    = 50
    protocol   = "-1"
    action     = "deny"
    cidr_block = "0.0.0.0/0"
    from_port  = 0
    to_port    = 0
  }
"""
OPEN_GROUP = f"""
resource "aws_security_group" "open" {{
  vpc_id = aws_vpc.main.id
  {RULE}
}}
"""
OPEN_TABLE = f"""
resource "aws_route_table" "outside" {{
  vpc_id = aws_vpc.main.id
  {ROUTE}
}}
"""
OPEN = {
    "ROUTE": ROUTE,
    "RULE": RULE,
    "ENTRY": "allow",
    "PUBLIC": "true",
    "GATEWAY": GATEWAY,
    "OTHER": "",
    "DENIED": "",
    "MORE": "",
}


def land(*actions, **said):
    text = LAND.replace("ACTIONS", "[" + ", ".join(f'"{each}"' for each in actions) + "]")
    for word, value in {**OPEN, **said}.items():
        text = text.replace(word, value)
    return text


DENY = '{{ Effect = "Deny", Action = "{}", Resource = "*" }}'
GETS_THERE = {
    "a route": land("ec2:CreateRoute", ROUTE=""),
    "a route in the place of another": land("ec2:ReplaceRoute", ROUTE=""),
    "a table that leads out": land("ec2:ReplaceRouteTableAssociation", ROUTE="", OTHER=OPEN_TABLE),
    "a gateway and a route": land(
        "ec2:CreateInternetGateway",
        "ec2:AttachInternetGateway",
        "ec2:CreateRoute",
        ROUTE="",
        GATEWAY="",
    ),
    "an entry": land("ec2:CreateNetworkAclEntry", ENTRY="deny"),
    "an entry that goes": land("ec2:DeleteNetworkAclEntry", DENIED=DENIED),
    "an address": land("ec2:AllocateAddress", "ec2:AssociateAddress", PUBLIC="false"),
    "a group that is open": land("ec2:ModifyInstanceAttribute", RULE="", OTHER=OPEN_GROUP),
    "a route, an entry and a rule": land(
        "ec2:CreateRoute",
        "ec2:CreateNetworkAclEntry",
        "ec2:AuthorizeSecurityGroupIngress",
        ROUTE="",
        ENTRY="deny",
        RULE="",
    ),
}
GETS_NOWHERE = {
    "a route, where the group shuts": land("ec2:CreateRoute", ROUTE="", RULE=""),
    "a route, where an ACL shuts": land("ec2:CreateRoute", ROUTE="", ENTRY="deny"),
    "a route, with no address": land("ec2:CreateRoute", ROUTE="", PUBLIC="false"),
    "a route, with no gateway": land("ec2:CreateRoute", ROUTE="", GATEWAY=""),
    "a route that is denied": land("ec2:CreateRoute", ROUTE="", MORE=DENY.format("ec2:Create*")),
    "an association with a table that does not lead out": land(
        "ec2:ReplaceRouteTableAssociation", ROUTE=""
    ),
    "half of an association": land("ec2:AssociateRouteTable", ROUTE="", OTHER=OPEN_TABLE),
    "an entry that goes, where none allows": land("ec2:DeleteNetworkAclEntry", ENTRY="deny"),
    "no group that is open": land("ec2:ModifyInstanceAttribute", RULE=""),
    "what is open anyway": land("ec2:CreateRoute", "ec2:CreateNetworkAclEntry"),
}


LAN_RULE = RULE.replace('"0.0.0.0/0"', '"10.0.0.0/8"')
PEERING = ("ec2:AcceptVpcPeeringConnection", "ec2:CreateRoute")
INSIDE = {"ROUTE": "", "GATEWAY": "", "PUBLIC": "false", "RULE": LAN_RULE}
JOINED = {
    "a peering to what lets private addresses in": (land(*PEERING, **INSIDE), True),
    "a peering that she asks for": (
        land("ec2:CreateVpcPeeringConnection", "ec2:CreateRoute", **INSIDE),
        True,
    ),
    "a peering, and a rule for what lets nobody in": (
        land(*PEERING, "ec2:AuthorizeSecurityGroupIngress", **{**INSIDE, "RULE": ""}),
        True,
    ),
    "a peering without a route": (land("ec2:AcceptVpcPeeringConnection", **INSIDE), False),
    "a peering to what lets its own network in alone": (
        land(*PEERING, **{**INSIDE, "RULE": LAN_RULE.replace("/8", "/16")}),
        False,
    ),
    "a peering to what an ACL shuts": (land(*PEERING, **{**INSIDE, "ENTRY": "deny"}), False),
    "a peering that is denied": (
        land(*PEERING, **{**INSIDE, "MORE": DENY.format("ec2:*VpcPeering*")}),
        False,
    ),
}


@pytest.mark.parametrize("case", JOINED)
def test_a_network_of_the_attackers_own_is_joined_by_a_peering(built, case):
    text, expected = JOINED[case]
    estate = built(text)
    found = {e.allows for e in estate.edges(Relation.MAY_CALL, source=EVE) if e.target == APP}
    assert found == ({"peer-with-service"} if expected else set())
    if expected:
        (path,) = attack_paths(estate)
        claims = [step.claim for step in path.hops()[0].evidence]
        assert any("first joins a network of the attacker's own to VPC main" in c for c in claims)
        assert_that_a_cut_ends_all(estate)


def drawn(estate):
    found = estate.edges(Relation.MAY_CALL, source=EVE)
    return {(e.allows, e.target) for e in found if e.answer.certain and "open-" in str(e.allows)}


@pytest.mark.parametrize("case", GETS_THERE)
def test_the_internet_gets_there_once_the_network_is_edited(built, case):
    estate = built(GETS_THERE[case])
    assert drawn(estate) == {("open-network-to-service", APP)}
    assert [p.techniques[0] for p in attack_paths(estate)] == ["open-network-to-service"]
    assert_that_a_cut_ends_all(estate)


def test_it_ends_with_the_policy_that_allows_the_edits(built):
    estate = built(GETS_THERE["a route, an entry and a rule"])
    (edge,) = (e for e in estate.edges(Relation.MAY_CALL, source=EVE) if e.target == APP)
    assert can_be_drawn(estate, edge)
    ends = [each for each in Breakable(estate).of(edge) if each.kind is Kind.POLICY]
    assert ends
    assert edge_again(estate, without(estate.index, ends), edge) is None


def test_the_proof_tells_each_edit_that_it_takes_and_no_other(built):
    text = GETS_THERE["a route, an entry and a rule"]
    more = text.replace(
        '["ec2:CreateRoute"', '["ec2:AssociateAddress", "ec2:AllocateAddress", "ec2:CreateRoute"'
    )
    for each in (text, more):
        (path,) = attack_paths(built(each))
        claims = [step.claim for step in path.hops()[0].evidence]
        assert [c for c in claims if c.startswith("Somebody first")] == [
            "Somebody first opens the security group app",
            "Somebody first lets everything pass network ACL a",
            "Somebody first routes inside to the internet",
        ]
    assert "edits the network around the instance app" in path.steps[0].says


@pytest.mark.parametrize("case", GETS_NOWHERE)
def test_an_edit_that_does_not_lead_there_is_none(built, case):
    assert drawn(built(GETS_NOWHERE[case])) == set()
