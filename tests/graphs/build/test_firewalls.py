"""Network firewalls, from code to answers."""

import pytest

from graphs.network.reach import INTERNET
from tests.graphs.build.borders import EDGE, LAND, WEB, asked, stops

BEHIND = (
    """
resource "aws_networkfirewall_firewall" "main" {
  name                = "main"
  vpc_id              = aws_vpc.v.id
  firewall_policy_arn = aws_networkfirewall_firewall_policy.main.arn
  subnet_mapping {
    subnet_id = aws_subnet.fw.id
  }
}
locals {
  states   = tolist(aws_networkfirewall_firewall.main.firewall_status[0].sync_states)
  endpoint = local.states[0].attachment[0].endpoint_id
}
resource "aws_route_table" "to_fw" {
  vpc_id = aws_vpc.v.id
  route {
    cidr_block      = "0.0.0.0/0"
    vpc_endpoint_id = local.endpoint
  }
}
resource "aws_route_table_association" "to_fw" {
  subnet_id      = aws_subnet.web.id
  route_table_id = aws_route_table.to_fw.id
}
resource "aws_route_table" "fw" {
  vpc_id = aws_vpc.v.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.igw.id
  }
}
resource "aws_route_table_association" "fw" {
  subnet_id      = aws_subnet.fw.id
  route_table_id = aws_route_table.fw.id
}
"""
    + EDGE % ("10.0.1.0/24", "vpc_endpoint_id = local.endpoint")
)
POLICY = """
resource "aws_networkfirewall_firewall_policy" "main" {
  name = "main"
  firewall_policy {
    stateless_default_actions          = ["aws:%s"]
    stateless_fragment_default_actions = ["aws:drop"]
    %s
  }
}
"""
HANDED = "forward_to_sfe"
STRICT = """
    stateful_default_actions = ["aws:%s"]
    stateful_engine_options {
      rule_order = "STRICT_ORDER"
    }
"""
ONE_GROUP = """
    stateful_rule_group_reference {
      resource_arn = aws_networkfirewall_rule_group.one.arn
    }
"""
GROUP = """
resource "aws_networkfirewall_rule_group" "one" {
  name     = "one"
  type     = "STATEFUL"
  capacity = 10
  rule_group {
    rules_source {
      %s
    }
  }
}
"""


def stateful(action, protocol, source, goal, port, way="FORWARD", more="sid:1"):
    return f"""
    stateful_rule {{
      action = "{action}"
      header {{
        protocol         = "{protocol}"
        source           = "{source}"
        source_port      = "ANY"
        destination      = "{goal}"
        destination_port = "{port}"
        direction        = "{way}"
      }}
      rule_option {{
        keyword = "{more}"
      }}
    }}
    """


def fenced(built, policy, rules="", handed=HANDED):
    code = GROUP % rules if rules else ""
    return built(LAND + BEHIND + POLICY % (handed, policy + (ONE_GROUP if rules else "")) + code)


def test_a_firewall_without_rules_passes_or_drops_by_its_defaults(built):
    open_ = fenced(built, "")
    assert asked(open_, INTERNET, WEB) == "yes"
    assert asked(open_, WEB, INTERNET) == "yes"
    assert asked(fenced(built, STRICT % "drop_strict"), INTERNET, WEB) == "no"
    assert asked(fenced(built, "", handed="drop"), INTERNET, WEB) == "no"
    assert asked(fenced(built, "", handed="pass"), INTERNET, WEB) == "yes"
    assert asked(fenced(built, STRICT % "drop_established"), INTERNET, WEB) == [
        "what aws:drop_established stops of connections that it lets begin"
    ]


def test_its_rules_on_addresses_and_ports_are_exact(built):
    rules = stateful("PASS", "TCP", "any", "10.0.1.0/24", "443")
    estate = fenced(built, STRICT % "drop_strict", rules)
    assert asked(estate, INTERNET, WEB) == "yes"
    assert asked(estate, INTERNET, WEB, 22) == "no"
    assert asked(estate, WEB, INTERNET) == "no"
    assert stops(estate, INTERNET, WEB, 22) == ["Network firewall main stops TCP 22"]
    dropping = fenced(built, "", stateful("DROP", "TCP", "any", "any", "[22,3389]"))
    assert [asked(dropping, INTERNET, WEB, p) for p in (22, 443)] == ["no", "yes"]
    both = fenced(built, "", rules + stateful("DROP", "TCP", "any", "any", "ANY"))
    assert [asked(both, INTERNET, WEB, p) for p in (22, 443)] == ["no", "yes"]  # passes first


def test_in_strict_order_the_first_rule_decides(built):
    rules = stateful("DROP", "TCP", "any", "any", "ANY") + stateful(
        "PASS", "TCP", "any", "any", "443"
    )
    estate = fenced(built, STRICT % "drop_strict", rules)
    assert asked(estate, INTERNET, WEB) == "no"


TEXTS = {
    "a line": ("pass tcp any any -> $HOME_NET 443 (sid:1; rev:1;)", "yes", "no"),
    "a list": ("pass tcp any any -> [10.0.1.0/24, 10.0.3.0/24] [80,443] (sid:1;)", "yes", "no"),
    "all but": ("pass tcp any any -> !10.0.2.0/24 440:450 (sid:1;)", "yes", "no"),
    "elsewhere": ("pass tcp any any -> 10.0.2.0/24 443 (sid:1;)", "no", "no"),
    "a comment": ("# pass tcp any any -> any any (sid:1;)", "no", "no"),
    "content": (
        'pass tcp any any -> any 443 (content:"x"; sid:1;)',
        ["what rules of aws_networkfirewall_rule_group.one decide by the content of packets"],
        "no",
    ),
    "an application": (
        "pass tls any any -> any 443 (sid:1;)",
        ["what rules of aws_networkfirewall_rule_group.one decide by the content of packets"],
        "no",
    ),
    "no rule": (
        "let it pass",
        ["the rule 'let it pass' of aws_networkfirewall_rule_group.one"],
        ["the rule 'let it pass' of aws_networkfirewall_rule_group.one"],
    ),
}


@pytest.mark.parametrize("case", TEXTS)
def test_rules_as_text_are_read_as_far_as_headers_go(built, case):
    text, web, other = TEXTS[case]
    estate = fenced(built, STRICT % "drop_strict", f"rules_string = <<-EOT\n{text}\nEOT\n")
    assert asked(estate, INTERNET, WEB) == web
    assert asked(estate, INTERNET, WEB, 22) == other


def test_domain_lists_decide_over_web_traffic_of_the_home_net_alone(built):
    domains = """
    rules_source_list {
      generated_rules_type = "ALLOWLIST"
      target_types         = ["TLS_SNI"]
      targets              = ["example.com"]
    }
    """
    estate = fenced(built, "", domains)
    why = ["what aws_networkfirewall_rule_group.one decides by domain names"]
    assert asked(estate, WEB, INTERNET) == why
    assert asked(estate, WEB, INTERNET, 53, 17) == "yes"
    assert asked(estate, INTERNET, WEB) == "yes"


def test_groups_that_are_not_here_may_drop_or_pass(built):
    managed = """
    stateful_rule_group_reference {
      resource_arn = "arn:aws:network-firewall:eu-west-1:aws-managed:stateful-rulegroup/Malware"
    }
    """
    assert asked(fenced(built, managed), INTERNET, WEB) == ["what the rule group Malware drops"]
    assert asked(fenced(built, STRICT % "drop_strict" + managed), INTERNET, WEB) == "no"
    theirs = "stateful_rule_group_reference {\n resource_arn = var.group\n}"
    estate = built(
        LAND + BEHIND + POLICY % (HANDED, STRICT % "drop_strict" + theirs) + 'variable "group" {}'
    )
    assert asked(estate, INTERNET, WEB) == ["var.group"]


STATELESS = """
resource "aws_networkfirewall_rule_group" "quick" {
  name     = "quick"
  type     = "STATELESS"
  capacity = 10
  rule_group {
    rules_source {
      stateless_rules_and_custom_actions {
        stateless_rule {
          priority = 2
          rule_definition {
            actions = ["aws:pass"]
            match_attributes {
              protocols = [6]
            }
          }
        }
        stateless_rule {
          priority = 1
          rule_definition {
            actions = ["aws:drop"]
            match_attributes {
              protocols = [6]
              source {
                address_definition = "0.0.0.0/0"
              }
              destination {
                address_definition = "10.0.1.0/24"
              }
              destination_port {
                from_port = 22
                to_port   = 22
              }
            }
          }
        }
      }
    }
  }
}
"""


def test_stateless_rules_come_first_by_priority(built):
    named = """
    stateless_rule_group_reference {
      priority     = 1
      resource_arn = aws_networkfirewall_rule_group.quick.arn
    }
    """
    estate = built(LAND + BEHIND + POLICY % ("drop", named) + STATELESS)
    assert [asked(estate, INTERNET, WEB, p) for p in (22, 443)] == ["no", "yes"]
    assert asked(estate, INTERNET, WEB, 53, 17) == "no"


def test_a_firewall_whose_policy_is_not_here_leaves_all_open(built):
    code = BEHIND.replace("aws_networkfirewall_firewall_policy.main.arn", "var.policy")
    estate = built(LAND + code + 'variable "policy" {}')
    assert asked(estate, INTERNET, WEB) == ["var.policy"]


def test_a_firewall_that_sees_one_direction_leaves_it_open(built):
    edge = EDGE % ("10.0.1.0/24", "vpc_endpoint_id = local.endpoint")
    estate = built(LAND + BEHIND.replace(edge, "") + POLICY % (HANDED, ""))
    what = "does with connections of which it sees one direction"
    assert asked(estate, INTERNET, WEB) == [f"what aws_networkfirewall_firewall.main {what}"]


def test_a_rule_on_ports_of_any_protocol_is_one_of_tcp_and_udp(built):
    rules = "rules_string = <<-EOT\npass ip any any -> any 443 (sid:1;)\nEOT\n"
    estate = fenced(built, STRICT % "drop_strict", rules)
    assert asked(estate, INTERNET, WEB) == "yes"
    assert asked(estate, INTERNET, WEB, 22) == "no"


def test_a_rule_in_both_directions_changes_its_ports_too(built):
    """Who chooses to send from the port of the other end gets to any port."""
    rules = "rules_string = <<-EOT\npass tcp 10.0.0.0/8 any <> any 443 (sid:1;)\nEOT\n"
    estate = fenced(built, STRICT % "drop_strict", rules)
    why = ["what rules of aws_networkfirewall_rule_group.one decide by the content of packets"]
    assert asked(estate, INTERNET, WEB) == why
    assert asked(estate, WEB, INTERNET) == "yes"
