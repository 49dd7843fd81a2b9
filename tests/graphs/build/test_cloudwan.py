"""Cloud WAN between three VPCs, from code to answers."""

import pytest

from tests.graphs.build.borders import asked
from tests.graphs.build.test_hubs import BY_CIDR, BY_GROUP, PLACES, A, B

LAND = PLACES.replace(
    "transit_gateway_id = aws_ec2_transit_gateway.hub.id",
    "core_network_arn = aws_networkmanager_core_network.core.arn",
)
CORE = """
resource "aws_networkmanager_global_network" "g" {}
resource "aws_networkmanager_core_network" "core" {
  global_network_id = aws_networkmanager_global_network.g.id
}
resource "aws_networkmanager_core_network_policy_attachment" "core" {
  core_network_id = aws_networkmanager_core_network.core.id
  policy_document = %s
}
resource "aws_networkmanager_vpc_attachment" "v" {
  for_each        = local.lans
  core_network_id = aws_networkmanager_core_network.core.id
  vpc_arn         = aws_vpc.v[each.key].arn
  subnet_arns     = [aws_subnet.s[each.key].arn]
  tags = {
    segment = "%s"
  }
}
"""
POLICY = """jsonencode({
  version = "2021.12"
  segments = [
    { name = "a", "require-attachment-acceptance" = false, "isolate-attachments" = %s },
    { name = "b", "require-attachment-acceptance" = false }
  ]
  "segment-actions" = [%s]
  "attachment-policies" = [
    {
      "rule-number" = 100
      conditions = [{ type = "tag-value", operator = "equals", key = "segment", value = "both" }]
      action = { "association-method" = "constant", segment = "a" }
    },
    {
      "rule-number" = 200
      conditions = [{ type = "tag-exists", key = "segment" }]
      action = { "association-method" = "tag", "tag-value-of-key" = "segment" }
    }
  ]
})
"""
BOTH, EACH = "both", "${each.key}"
SHARE = '{ action = "share", mode = "attachment-route", segment = "a", "share-with" = %s }'
HOLE = (
    '{ action = "create-route", segment = "a", "destination-cidr-blocks" = ["10.2.0.0/16"], '
    "destinations = [%s] }"
)
VIA = '{ action = "send-via", segment = "a", mode = "single-hop" }'
CASES = {
    "one segment": (BOTH, "false", "", "yes"),
    "one that isolates": (BOTH, "true", "", "no"),
    "two segments": (EACH, "false", "", "no"),
    "shared with all": (EACH, "false", SHARE % '"*"', "yes"),
    "shared with one": (EACH, "false", SHARE % '["b"]', "yes"),
    "shared with others": (EACH, "false", SHARE % '{ except = ["b"] }', "no"),
    "a blackhole": (BOTH, "false", HOLE % '"blackhole"', "no"),
    "no segment of that name": ("c", "false", "", "no"),
    "through network functions": (
        BOTH,
        "false",
        VIA,
        ["what the network functions of Cloud WAN let through"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_a_core_networks_policy_says(built, case):
    tag, isolates, actions, meant = CASES[case]
    code = CORE % (POLICY % (isolates, actions), tag)
    assert asked(built(LAND + code + BY_CIDR), A, B) == meant


def test_whether_group_references_count_is_not_said(built):
    code = CORE % (POLICY % ("false", ""), BOTH)
    why = ["whether references to security groups count over Cloud WAN"]
    assert asked(built(LAND + code + BY_GROUP), A, B) == why


def test_a_policy_that_is_not_here_leaves_it_open(built):
    code = CORE % ("var.policy", BOTH) + 'variable "policy" {}'
    assert "var.policy" in asked(built(LAND + code + BY_CIDR), A, B)


def test_attachments_may_wait_to_be_accepted(built):
    waiting = POLICY.replace('"require-attachment-acceptance" = false, ', "") % ("false", "")
    code = CORE % (waiting, BOTH)
    found = asked(built(LAND + code + BY_CIDR), A, B)
    assert all("is accepted into segment a" in why for why in found)
    accepted = """
    resource "aws_networkmanager_attachment_accepter" "v" {
      for_each        = local.lans
      attachment_id   = aws_networkmanager_vpc_attachment.v[each.key].id
      attachment_type = "VPC"
    }
    """
    assert asked(built(LAND + code + accepted + BY_CIDR), A, B) == "yes"


def test_the_policy_may_be_a_document_of_the_provider(built):
    document = """
    data "aws_networkmanager_core_network_policy_document" "p" {
      core_network_configuration {
        asn_ranges = ["64512-64555"]
        edge_locations {
          location = "eu-west-1"
        }
      }
      segments {
        name                          = "a"
        require_attachment_acceptance = false
      }
      attachment_policies {
        rule_number = 1
        conditions {
          type = "any"
        }
        action {
          association_method = "constant"
          segment            = "a"
        }
      }
    }
    """
    code = CORE % ("data.aws_networkmanager_core_network_policy_document.p.json", BOTH)
    assert asked(built(LAND + code + document + BY_CIDR), A, B) == "yes"
