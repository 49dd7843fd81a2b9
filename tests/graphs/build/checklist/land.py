"""Words to write the smallest examples with."""

from typing import NamedTuple

# A VPC on the internet with a public subnet `web` and an inner one `app`, an instance in each, and
# groups that let everything in (`any`) and nothing (`shut`).
LAND = """
resource "aws_vpc" "v" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_internet_gateway" "igw" {
  vpc_id = aws_vpc.v.id
}
resource "aws_route_table" "out" {
  vpc_id = aws_vpc.v.id
}
resource "aws_route" "out" {
  route_table_id         = aws_route_table.out.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.igw.id
}
resource "aws_route_table" "inner" {
  vpc_id = aws_vpc.v.id
}
"""
INTERNET, WEB, APP = "internet", "aws_instance.web", "aws_instance.app"


class Line(NamedTuple):
    """A line of the checklist. `said` is yes, no, ? or the type of a gap."""

    said: str
    code: str
    source: str = INTERNET
    goal: str = WEB
    port: "int | tuple[int, int] | None" = 443
    protocol: int = 6


def subnet(name, cidr, table="inner", vpc="v", zone="eu-west-1a"):
    """A subnet with its route table."""
    return f"""
resource "aws_subnet" "{name}" {{
  vpc_id            = aws_vpc.{vpc}.id
  cidr_block        = "{cidr}"
  availability_zone = "{zone}"
}}
resource "aws_route_table_association" "{name}" {{
  subnet_id      = aws_subnet.{name}.id
  route_table_id = aws_route_table.{table}.id
}}
"""


def rule(way, peer="0.0.0.0/0", protocol="-1", low=0, high=0):
    """A rule of a group; a peer that is no prefix is written as it is."""
    named = f'cidr_blocks = ["{peer}"]' if "/" in peer and "=" not in peer else peer
    return f"""
  {way} {{
    protocol  = "{protocol}"
    from_port = {low}
    to_port   = {high}
    {named}
  }}"""


def group(name, *rules, vpc="v"):
    """A security group; with no rules it lets nothing in or out."""
    lines = "".join(rules)
    return f"""
resource "aws_security_group" "{name}" {{
  name   = "{name}"
  vpc_id = aws_vpc.{vpc}.id
{lines}
}}
"""


IN, OUT = rule("ingress"), rule("egress")


def instance(name, place, worn="any", address="", public=False):
    """An instance that wears a group."""
    own = f'private_ip = "{address}"' if address else ""
    return f"""
resource "aws_instance" "{name}" {{
  ami                         = "ami-1"
  instance_type               = "t3.micro"
  subnet_id                   = aws_subnet.{place}.id
  associate_public_ip_address = {str(public).lower()}
  vpc_security_group_ids      = [aws_security_group.{worn}.id]
  {own}
}}
"""


def route(table, destination, target):
    """A route of its own."""
    name = "".join(c if c.isalnum() else "_" for c in f"{table}_{destination}")
    return f"""
resource "aws_route" "r{name}" {{
  route_table_id         = aws_route_table.{table}.id
  destination_cidr_block = "{destination}"
  {target}
}}
"""


def acl(name, place, *entries):
    """A network ACL on a subnet."""
    return f"""
resource "aws_network_acl" "{name}" {{
  vpc_id     = aws_vpc.v.id
  subnet_ids = [aws_subnet.{place}.id]
{"".join(entries)}
}}
"""


def entry(way, number, action="allow", protocol="-1", low=0, high=0, more=""):
    """An entry of a network ACL."""
    return f"""
  {way} {{
    rule_no    = {number}
    action     = "{action}"
    protocol   = "{protocol}"
    from_port  = {low}
    to_port    = {high}
    cidr_block = "0.0.0.0/0"
    {more}
  }}"""


def lan(name, cidr, place):
    """Another VPC with a subnet, a group that lets everything in, and an instance."""
    return (
        f"""
resource "aws_vpc" "{name}" {{
  cidr_block = "{cidr}"
}}
resource "aws_route_table" "{name}" {{
  vpc_id = aws_vpc.{name}.id
}}
"""
        + subnet(name, place, table=name, vpc=name)
        + group(f"{name}_any", IN, OUT, vpc=name)
        + instance(name, name, f"{name}_any")
    )


PUBLIC = subnet("web", "10.0.1.0/24", "out")
INNER = subnet("app", "10.0.2.0/24")
ANY, SHUT = group("any", IN, OUT), group("shut")
BASE = LAND + PUBLIC + INNER + ANY
AT_WEB = instance("web", "web", public=True, address="10.0.1.10")
AT_APP = instance("app", "app", address="10.0.2.10")
BOTH = BASE + AT_WEB + AT_APP
