"""Endpoints, firewalls and blocks on the way."""

from tests.graphs.build.checklist.land import (
    APP,
    BOTH,
    INTERNET,
    WEB,
    Line,
    route,
    subnet,
)

ENDPOINT = """
resource "aws_vpc_endpoint" "e" {
  vpc_id             = aws_vpc.v.id
  service_name       = "com.amazonaws.eu-west-1.%s"
  vpc_endpoint_type  = "Interface"
  subnet_ids         = [aws_subnet.app.id]
  security_group_ids = [aws_security_group.any.id]
}
"""
BLOCK = """
resource "aws_vpc_block_public_access_options" "b" {
  internet_gateway_block_mode = "%s"
}
"""
SPARED = """
resource "aws_vpc_block_public_access_exclusion" "x" {
  vpc_id                          = aws_vpc.v.id
  internet_gateway_exclusion_mode = "allow-bidirectional"
}
"""
GWLB = """
resource "aws_vpc_endpoint_service" "inspect" {
  acceptance_required        = false
  gateway_load_balancer_arns = [aws_lb.inspect.arn]
}
resource "aws_lb" "inspect" {
  load_balancer_type = "gateway"
  subnets            = [aws_subnet.fw.id]
}
resource "aws_vpc_endpoint" "inspect" {
  vpc_id            = aws_vpc.v.id
  service_name      = aws_vpc_endpoint_service.inspect.service_name
  vpc_endpoint_type = "GatewayLoadBalancer"
  subnet_ids        = [aws_subnet.fw.id]
}
"""
FIREWALL = """
resource "aws_networkfirewall_rule_group" "g" {
  capacity = 10
  name     = "g"
  type     = "STATEFUL"
  rule_group {
    rules_source {
      %s
    }
  }
}
resource "aws_networkfirewall_firewall_policy" "p" {
  name = "p"
  firewall_policy {
    stateless_default_actions          = ["aws:forward_to_sfe"]
    stateless_fragment_default_actions = ["aws:forward_to_sfe"]
    stateful_rule_group_reference {
      resource_arn = aws_networkfirewall_rule_group.g.arn
    }
  }
}
resource "aws_networkfirewall_firewall" "fw" {
  name                = "fw"
  vpc_id              = aws_vpc.v.id
  firewall_policy_arn = aws_networkfirewall_firewall_policy.p.arn
  subnet_mapping {
    subnet_id = aws_subnet.fw.id
  }
}
"""
DROPS = 'rules_string = "drop tcp any any -> any 443 (sid:1;)"'
BY_NAME = """rules_source_list {
        generated_rules_type = "DENYLIST"
        target_types         = ["TLS_SNI"]
        targets              = [".example.com"]
      }"""
FW = subnet("fw", "10.0.9.0/24", "out")
TO_FIREWALL = (
    "vpc_endpoint_id = tolist(aws_networkfirewall_firewall.fw.firewall_status[0].sync_states)[0]"
    ".attachment[0].endpoint_id"
)


def inspected(rules, target=TO_FIREWALL):
    """The inner subnet's way to the public one leads through a firewall, and back."""
    there = route("inner", "10.0.1.0/24", target) + route("out", "10.0.2.0/24", target)
    return BOTH + FW.replace("route_table.out", "route_table.fw") + rules + there + (
        'resource "aws_route_table" "fw" {\n vpc_id = aws_vpc.v.id\n}'
    )  # fmt: skip


MIDDLEBOXES = {
    "an interface endpoint answers its service's ports": Line(
        "yes", BOTH + ENDPOINT % "ssm", WEB, "aws_vpc_endpoint.e"
    ),
    "and no ping": Line("no", BOTH + ENDPOINT % "ssm", WEB, "aws_vpc_endpoint.e", 8, 1),
    "an appliance behind a gateway load balancer decides by itself": Line(
        "?", inspected(GWLB, "vpc_endpoint_id = aws_vpc_endpoint.inspect.id"), APP, WEB
    ),
    "a firewall's rules on addresses and ports count": Line(
        "no", inspected(FIREWALL % DROPS), APP, WEB, 443
    ),
    "it lets pass what no rule is about": Line("yes", inspected(FIREWALL % DROPS), APP, WEB, 80),
    "what it decides by names is not told": Line("?", inspected(FIREWALL % BY_NAME), APP, WEB, 443),
    "a block of public access shuts the internet out": Line(
        "no", BOTH + BLOCK % "block-bidirectional"
    ),
    "of ingress alone too": Line("no", BOTH + BLOCK % "block-ingress"),
    "but for what is excluded": Line("yes", BOTH + BLOCK % "block-bidirectional" + SPARED),
    "off it blocks nothing": Line("yes", BOTH + BLOCK % "off"),
    "a shared subnet is its owner's": Line(
        "yes", BOTH + 'resource "aws_ram_resource_share" "s" {\n name = "s"\n}', INTERNET, WEB
    ),
    "a web ACL changes nothing of what is reached": Line(
        "yes", BOTH + 'resource "aws_wafv2_web_acl" "w" {\n name = "w"\n scope = "REGIONAL"\n}'
    ),
    "VPC Lattice is a gap": Line(
        "aws_vpclattice_service_network",
        BOTH + 'resource "aws_vpclattice_service_network" "n" {\n name = "n"\n}',
    ),
    "Verified Access is a gap": Line(
        "aws_verifiedaccess_endpoint",
        BOTH + 'resource "aws_verifiedaccess_endpoint" "n" {\n attachment_type = "vpc"\n}',
    ),
    "Instance Connect endpoints are a gap": Line(
        "aws_ec2_instance_connect_endpoint",
        BOTH + 'resource "aws_ec2_instance_connect_endpoint" "e" {\n'
        "subnet_id = aws_subnet.app.id\n}",
    ),
}
