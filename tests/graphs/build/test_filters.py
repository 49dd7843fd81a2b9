"""Security groups and network ACLs in every spelling."""

import pytest

from graphs.network.filters import Peer
from graphs.nodes import Acl, SecurityGroup
from graphs.unknown import Unknown

START = """
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_subnet" "a" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
}
resource "aws_security_group" "other" {
  vpc_id = aws_vpc.main.id
}
"""


def told(rule):
    """A rule in one line."""
    peers = (*map(str, rule.prefixes), *map(str, rule.groups), *map(str, rule.lists))
    return f"{rule.protocol} {rule.ports[0]}-{rule.ports[1]} {' '.join(peers)}"


def group(estate, name="aws_security_group.web"):
    return estate.index.get(name, SecurityGroup)


# --------------------------------------------------------------------------------- one rule, often

SSH = {
    "a block": """
        resource "aws_security_group" "web" {
          vpc_id = aws_vpc.main.id
          ingress {
            protocol    = "tcp"
            from_port   = 22
            to_port     = 22
            cidr_blocks = ["192.0.2.0/24"]
          }
        }
        """,
    "an attribute": """
        resource "aws_security_group" "web" {
          vpc_id = aws_vpc.main.id
          ingress = [{
            protocol         = "6"
            from_port        = 22
            to_port          = 22
            cidr_blocks      = ["192.0.2.0/24"]
            ipv6_cidr_blocks = []
            prefix_list_ids  = []
            security_groups  = []
            self             = false
            description      = ""
          }]
        }
        """,
    "a dynamic block": """
        resource "aws_security_group" "web" {
          vpc_id = aws_vpc.main.id
          dynamic "ingress" {
            for_each = toset([22])
            content {
              protocol    = "TCP"
              from_port   = ingress.value
              to_port     = ingress.value
              cidr_blocks = ["192.0.2.0/24"]
            }
          }
        }
        """,
    "aws_security_group_rule": """
        resource "aws_security_group" "web" {
          vpc_id = aws_vpc.main.id
        }
        resource "aws_security_group_rule" "ssh" {
          security_group_id = aws_security_group.web.id
          type              = "ingress"
          protocol          = "tcp"
          from_port         = 22
          to_port           = "22"
          cidr_blocks       = ["192.0.2.0/24"]
        }
        """,
    "aws_vpc_security_group_ingress_rule": """
        resource "aws_security_group" "web" {
          vpc_id = aws_vpc.main.id
        }
        resource "aws_vpc_security_group_ingress_rule" "ssh" {
          security_group_id = aws_security_group.web.id
          ip_protocol       = "tcp"
          from_port         = 22
          to_port           = 22
          cidr_ipv4         = "192.0.2.0/24"
        }
        """,
    "for_each over the rules": """
        resource "aws_security_group" "web" {
          vpc_id = aws_vpc.main.id
        }
        resource "aws_security_group_rule" "in" {
          for_each          = { ssh = { port = 22, from = "192.0.2.0/24" } }
          security_group_id = aws_security_group.web.id
          type              = "ingress"
          protocol          = "tcp"
          from_port         = each.value.port
          to_port           = each.value.port
          cidr_blocks       = [each.value.from]
        }
        """,
}


@pytest.mark.parametrize("spelling", SSH)
def test_a_rule_is_the_same_however_it_is_written(built, spelling):
    web = group(built(START + SSH[spelling]))
    assert [told(r) for r in web.ingress] == ["6 22-22 192.0.2.0/24"]
    assert web.egress == ()  # Terraform takes AWS's own away
    assert web.unread == ()
    assert web.ingress[0].proof.place.line > 10


PEERS = {
    "self": ("self = true", "aws_security_group.web"),
    "another group": (
        "source_security_group_id = aws_security_group.other.id",
        "aws_security_group.other",
    ),
    "a prefix list of aws": ('prefix_list_ids = ["pl-1234"]', "pl-1234 (looked up outside"),
    "both families": (
        'cidr_blocks = ["0.0.0.0/0"]\n ipv6_cidr_blocks = ["::/0"]',
        "0.0.0.0/0 ::/0",
    ),
    "everywhere in halves": ('cidr_blocks = ["0.0.0.0/1", "128.0.0.0/1"]', "0.0.0.0/1 128.0.0.0/1"),
}


@pytest.mark.parametrize("peer", PEERS)
def test_peers_of_a_rule(built, peer):
    written, meant = PEERS[peer]
    web = group(
        built(
            START
            + f"""
            resource "aws_security_group" "web" {{
              vpc_id = aws_vpc.main.id
            }}
            resource "aws_security_group_rule" "in" {{
              security_group_id = aws_security_group.web.id
              type              = "ingress"
              protocol          = -1
              from_port         = 0
              to_port           = 0
              {written}
            }}
            """
        )
    )
    (rule,) = web.ingress
    assert told(rule).startswith(f"-1 0-65535 {meant}")


def test_several_peers_in_one_block_are_one_rule(built):
    web = group(
        built(
            START
            + """
            resource "aws_ec2_managed_prefix_list" "offices" {
              name           = "offices"
              address_family = "IPv4"
              max_entries    = 1
              entry {
                cidr = "192.0.2.0/24"
              }
            }
            resource "aws_security_group" "web" {
              vpc_id = aws_vpc.main.id
              egress {
                protocol        = "udp"
                from_port       = 53
                to_port         = 53
                self            = true
                security_groups = [aws_security_group.other.id]
                prefix_list_ids = [aws_ec2_managed_prefix_list.offices.id]
              }
            }
            """
        )
    )
    (rule,) = web.egress
    assert rule.groups == ("aws_security_group.other", "aws_security_group.web")
    assert rule.lists == ("aws_ec2_managed_prefix_list.offices",)


PORTS = {
    ("tcp", "0", "65535"): "6 0-65535",
    ("icmp", "-1", "-1"): "1 0-65535",
    ("icmp", "8", "-1"): "1 2048-2303",
    ("icmp", "8", "0"): "1 2048-2048",
    ("icmp", "0", "0"): "1 0-0",  # an echo reply, not all of ICMP
    ("icmp", "3", "4"): "1 772-772",
    ("icmp", "-1", "0"): "1 1-0",  # nothing
    ("icmpv6", "128", "0"): "58 32768-32768",
    ("icmpv6", "null", "null"): "58 0-65535",
    ("50", "0", "0"): "50 0-65535",
    ("all", "-1", "-1"): "-1 0-65535",
    ("-1", "null", "null"): "-1 0-65535",
}


@pytest.mark.parametrize(("protocol", "low", "high"), PORTS)
def test_protocols_and_ports(built, protocol, low, high):
    web = group(
        built(
            START
            + f"""
            resource "aws_security_group" "web" {{
              vpc_id = aws_vpc.main.id
              ingress {{
                protocol  = "{protocol}"
                from_port = {low}
                to_port   = {high}
                self      = true
              }}
            }}
            """
        )
    )
    assert told(web.ingress[0]).startswith(PORTS[protocol, low, high] + " ")


# -------------------------------------------------------------------------------------- not known

MAYBE = """
resource "aws_security_group" "web" {
  vpc_id = aws_vpc.main.id
}
resource "aws_security_group_rule" "in" {
  count             = var.x ? 1 : 0
  security_group_id = aws_security_group.web.id
  type              = "ingress"
  protocol          = "tcp"
  from_port         = 22
  to_port           = 22
  cidr_blocks       = ["0.0.0.0/0"]
}
resource "aws_instance" "i" {
  ami                         = "ami-1"
  subnet_id                   = aws_subnet.a.id
  vpc_security_group_ids      = [aws_security_group.web.id]
  associate_public_ip_address = true
}
resource "aws_internet_gateway" "out" {
  vpc_id = aws_vpc.main.id
}
resource "aws_default_route_table" "t" {
  default_route_table_id = aws_vpc.main.default_route_table_id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.out.id
  }
}
"""


def test_a_rule_that_may_not_exist_decides_nothing(built):
    for value, verdict in (
        (None, (False, True)),
        ("true", (True, True)),
        ("false", (False, False)),
    ):
        told_x = {} if value is None else {"x": value}
        estate = built('variable "x" {}' + START + MAYBE, **told_x)
        reached = estate.network.reach("internet", "aws_instance.i").answer()
        assert (reached.certain, reached.possible) == verdict, value


def test_a_rule_whose_direction_is_not_known_may_be_either(built):
    web = group(
        built(
            'variable "x" {}' + START + SSH["aws_security_group_rule"].replace('"ingress"', "var.x")
        )
    )
    assert web.ingress == web.egress == ()
    assert [u.what for u in web.unread] == ["var.x"]


def test_blocks_of_unknown_number_are_one_possible_rule(built):
    """What all of them have in common stays known: here the prefix."""
    web = group(
        built('variable "x" {}' + START + SSH["a dynamic block"].replace("toset([22])", "var.x"))
    )
    (rule,) = web.ingress
    assert (rule.exists.certain, rule.exists.possible) == (False, True)
    assert [str(prefix) for prefix in rule.prefixes] == ["192.0.2.0/24"]
    assert isinstance(rule.ports, Unknown)
    assert web.unread == ()


def test_blocks_of_which_nothing_is_known_are_told(built):
    web = group(
        built(
            'variable "x" {}'
            + START
            + """
            resource "aws_security_group" "web" {
              vpc_id  = aws_vpc.main.id
              ingress = var.x
            }
            """
        )
    )
    assert web.ingress == ()
    assert [u.what for u in web.unread] == ["var.x"]


def test_a_possible_rule_opens_its_own_port_and_no_other(built):
    block = MAYBE.index('resource "aws_instance"')
    offices = """
    resource "aws_security_group" "web" {
      vpc_id = aws_vpc.main.id
      dynamic "ingress" {
        for_each = var.offices
        content {
          protocol    = "tcp"
          from_port   = 22
          to_port     = 22
          cidr_blocks = [ingress.value]
        }
      }
    }
    """
    estate = built('variable "offices" {}' + START + offices + MAYBE[block:])
    reached = estate.network.reach("internet", "aws_instance.i")
    assert reached.answer(port=22).undecided
    assert not reached.answer(port=443).possible


def test_a_rule_for_a_group_of_another_code_is_a_gap(built):
    estate = built(
        """
        data "aws_security_group" "shared" {
          name = "shared"
        }
        resource "aws_security_group_rule" "in" {
          security_group_id = data.aws_security_group.shared.id
          type              = "ingress"
          protocol          = "tcp"
          from_port         = 22
          to_port           = 22
          cidr_blocks       = ["0.0.0.0/0"]
        }
        """
    )
    (gap,) = estate.gaps
    assert gap.kind == "belongs-elsewhere"
    assert "aws_security_group_rule.in" in gap.what
    assert "data.aws_security_group.shared.id" in gap.what
    assert gap.place.file == "main.tf"


def test_a_rule_that_may_not_be_there_opens_its_own_ports_at_most(built):
    estate = built(
        'variable "x" {}'
        + START
        + """
        resource "aws_security_group" "web" {
          vpc_id = aws_vpc.main.id
        }
        resource "aws_security_group_rule" "web" {
          count             = var.x
          type              = "ingress"
          security_group_id = aws_security_group.web.id
          protocol          = "tcp"
          from_port         = 443
          to_port           = 443
          cidr_blocks       = ["0.0.0.0/0"]
        }
        """
    )
    lets = estate.network.flows.filters.groups((group(estate).id,), True, Peer())
    assert not lets.certain
    assert str(lets.possible) == "tcp 443 from 0.0.0.0/0"
    assert [u.what for u in lets.because] == ["var.x"]


def test_a_cidr_or_a_peer_that_is_not_known_stays_so(built):
    web = group(
        built(
            'variable "x" {}'
            + START
            + """
            resource "aws_security_group" "web" {
              vpc_id = aws_vpc.main.id
              ingress {
                protocol        = "tcp"
                from_port       = var.x
                to_port         = 22
                cidr_blocks     = [var.x, "10.0.0.0/8"]
                security_groups = var.x
              }
            }
            """
        )
    )
    (rule,) = web.ingress
    assert isinstance(rule.ports, Unknown)
    assert [str(p) for p in rule.prefixes] == ["var.x (variable without a value)", "10.0.0.0/8"]
    assert [isinstance(g, Unknown) for g in rule.groups] == [True]


# ---------------------------------------------------------------------------------------- defaults


def test_the_default_group_of_a_vpc_is_named_by_the_vpcs_attribute(built):
    estate = built(
        START
        + """
        resource "aws_instance" "i" {
          ami                    = "ami-1"
          subnet_id              = aws_subnet.a.id
          vpc_security_group_ids = [aws_vpc.main.default_security_group_id]
        }
        resource "aws_instance" "none" {
          ami       = "ami-1"
          subnet_id = aws_subnet.a.id
        }
        """
    )
    for name in ("aws_instance.i", "aws_instance.none"):
        (interface,) = estate.index.by_id[name].interfaces
        assert interface.groups == ("aws_vpc.main.default_security_group",)
    assert group(estate, "aws_vpc.main.default_security_group").ingress


ADOPTED = """
resource "aws_default_security_group" "d" {
  vpc_id = aws_vpc.main.id
}
resource "aws_instance" "none" {
  ami       = "ami-1"
  subnet_id = aws_subnet.a.id
}
"""


def test_an_adopted_default_group_has_the_rules_of_the_code(built):
    estate = built(START + ADOPTED)
    (interface,) = estate.index.by_id["aws_instance.none"].interfaces
    assert interface.groups == ("aws_default_security_group.d",)
    assert group(estate, "aws_default_security_group.d").ingress == ()
    assert "aws_vpc.main.default_security_group" not in estate.index.by_id


def test_a_rule_may_be_added_to_the_default_group(built):
    rule = """
        resource "aws_security_group_rule" "in" {
          security_group_id = aws_vpc.main.default_security_group_id
          type              = "ingress"
          protocol          = "tcp"
          from_port         = 22
          to_port           = 22
          cidr_blocks       = ["192.0.2.0/24"]
        }
        """
    own = "-1 0-65535 aws_vpc.main.default_security_group"
    implied = group(built(START + rule), "aws_vpc.main.default_security_group")
    assert [told(r) for r in implied.ingress] == [own, "6 22-22 192.0.2.0/24"]
    adopted = group(built(START + ADOPTED + rule), "aws_default_security_group.d")
    assert [told(r) for r in adopted.ingress] == ["6 22-22 192.0.2.0/24"]


# -------------------------------------------------------------------------------------------- ACLs

ENTRY = {
    "a block": """
        resource "aws_network_acl" "n" {
          vpc_id     = aws_vpc.main.id
          subnet_ids = [aws_subnet.a.id]
          ingress {
            rule_no    = 100
            action     = "deny"
            protocol   = "tcp"
            from_port  = 22
            to_port    = 22
            cidr_block = "0.0.0.0/0"
          }
        }
        """,
    "an attribute": """
        resource "aws_network_acl" "n" {
          vpc_id     = aws_vpc.main.id
          subnet_ids = [aws_subnet.a.id]
          ingress = [{
            rule_no         = 100
            action          = "deny"
            protocol        = "6"
            from_port       = 22
            to_port         = 22
            cidr_block      = "0.0.0.0/0"
            ipv6_cidr_block = ""
            icmp_type       = 0
            icmp_code       = 0
          }]
        }
        """,
    "aws_network_acl_rule": """
        resource "aws_network_acl" "n" {
          vpc_id = aws_vpc.main.id
        }
        resource "aws_network_acl_association" "a" {
          network_acl_id = aws_network_acl.n.id
          subnet_id      = aws_subnet.a.id
        }
        resource "aws_network_acl_rule" "no_ssh" {
          network_acl_id = aws_network_acl.n.id
          rule_number    = 100
          rule_action    = "DENY"
          protocol       = "tcp"
          from_port      = 22
          to_port        = 22
          cidr_block     = "0.0.0.0/0"
        }
        """,
}


MESSAGES = {
    "icmp_type = -1\nicmp_code = -1": (0, 65535),
    "icmp_type = 8\nicmp_code = -1": (2048, 2303),
    "icmp_type = 3\nicmp_code = 4": (772, 772),
    "icmp_type = 8": (2048, 2048),
    "": (0, 0),
}


@pytest.mark.parametrize("said", MESSAGES)
@pytest.mark.parametrize("protocol", ["icmp", "1", "58"])
def test_types_and_codes_of_an_entry(built, said, protocol):
    text = ENTRY["aws_network_acl_rule"].replace('"tcp"', f'"{protocol}"\n{said}')
    acl = built(START + text).index.by_id["aws_network_acl.n"]
    assert [entry.ports for entry in acl.ingress] == [MESSAGES[said]]


def test_all_types_of_one_code_are_anybodys_guess(built):
    text = ENTRY["aws_network_acl_rule"].replace('"tcp"', '"icmp"\nicmp_type = -1')
    (entry,) = built(START + text).index.by_id["aws_network_acl.n"].ingress
    assert isinstance(entry.ports, Unknown)


@pytest.mark.parametrize("spelling", ENTRY)
def test_an_entry_is_the_same_however_it_is_written(built, spelling):
    index = built(START + ENTRY[spelling]).index
    acl = index.get(index.by_id["aws_subnet.a"].acl, Acl)
    assert acl.id == "aws_network_acl.n"
    (entry,) = acl.ingress
    assert (entry.number, entry.allow, entry.protocol, entry.ports) == (100, False, 6, (22, 22))
    assert str(entry.prefix) == "0.0.0.0/0"
    assert acl.egress == ()


def test_an_entry_that_may_not_exist_or_may_be_egress_is_not_known(built):
    acl = built(
        'variable "x" {}'
        + START
        + ENTRY["aws_network_acl_rule"].replace("rule_number", "count = var.x\n rule_number", 1)
    ).index.by_id["aws_network_acl.n"]
    assert isinstance(acl.ingress[0].allow, Unknown) or acl.unread
    sides = built(
        'variable "x" {}'
        + START
        + ENTRY["aws_network_acl_rule"].replace("rule_number", "egress = var.x\n rule_number", 1)
    ).index.by_id["aws_network_acl.n"]
    assert [isinstance(e.allow, Unknown) for e in (*sides.ingress, *sides.egress)] == [True, True]


def test_a_default_acl_in_code_replaces_the_implied_one(built):
    index = built(
        START
        + """
        resource "aws_default_network_acl" "d" {
          default_network_acl_id = aws_vpc.main.default_network_acl_id
          egress {
            rule_no    = 1
            action     = "allow"
            protocol   = "-1"
            from_port  = 0
            to_port    = 0
            cidr_block = "0.0.0.0/0"
          }
        }
        """
    ).index
    acl = index.get(index.by_id["aws_subnet.a"].acl, Acl)
    assert acl.id == "aws_default_network_acl.d"
    assert acl.ingress == ()
    assert [(e.protocol, e.ports) for e in acl.egress] == [(-1, (0, 65535))]
    assert acl.vpc == "aws_vpc.main"


def test_an_entry_may_be_added_to_the_default_acl(built):
    acl = built(
        START
        + """
        resource "aws_network_acl_rule" "no_ssh" {
          network_acl_id = aws_vpc.main.default_network_acl_id
          rule_number    = 50
          rule_action    = "deny"
          protocol       = "tcp"
          from_port      = 22
          to_port        = 22
          cidr_block     = "0.0.0.0/0"
        }
        """
    ).index.by_id["aws_vpc.main.default_network_acl"]
    assert [(e.number, e.allow) for e in acl.ingress] == [(100, True), (50, False)]


def test_the_default_acl_has_a_line_for_ipv6_where_its_vpc_has_addresses_of_it(built):
    acl = built(
        """
        resource "aws_vpc" "six" {
          cidr_block                       = "10.0.0.0/16"
          assign_generated_ipv6_cidr_block = true
        }
        """
    ).index.by_id["aws_vpc.six.default_network_acl"]
    assert [(e.number, str(e.prefix)) for e in acl.egress] == [(100, "0.0.0.0/0"), (101, "::/0")]
