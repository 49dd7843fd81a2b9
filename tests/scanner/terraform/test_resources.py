"""Attributes as the AWS provider takes them, and what it makes of those that are not set."""

import pytest

from graphs.unknown import Cause, Referent, Template, Unknown

VPC_ID = Unknown(Cause.COMPUTED, "aws_vpc.v.id", (Referent("aws_vpc.v", "id"),))


def planned(evaluated, address):
    """The values of one resource; what the provider made a default of stands there too."""
    return next(r.values for r in evaluated.resources if r.id == address)


def output(evaluated, name="o"):
    return evaluated.outputs[name]


# ------------------------------------------------------------------------------ the provider's type

CONVERTED = {
    ("aws_security_group_rule", "from_port", '"22"'): 22,
    ("aws_security_group_rule", "from_port", "22"): 22,
    ("aws_security_group_rule", "protocol", "6"): "6",
    ("aws_security_group_rule", "self", '"true"'): True,
    ("aws_instance", "ami", "true"): "true",
    ("aws_instance", "vpc_security_group_ids", '["sg-b", "sg-a", "sg-b"]'): ("sg-a", "sg-b"),
    ("aws_security_group_rule", "cidr_blocks", '["b", "a", "b"]'): ("b", "a", "b"),
    ("aws_instance", "tags", "{ b = 1, a = true }"): {"a": "true", "b": "1"},
    ("aws_instance", "ami", "null"): None,
    ("aws_not_known_yet", "port", '"22"'): "22",
    ("aws_instance", "not_known_yet", '"22"'): "22",
}


@pytest.mark.parametrize(("kind", "name", "written"), CONVERTED)
def test_values_take_the_type_that_the_provider_gives_them(terraform, kind, name, written):
    evaluated = terraform(f'resource "{kind}" "r" {{ {name} = {written} }}')
    assert planned(evaluated, f"{kind}.r")[name] == CONVERTED[kind, name, written]
    assert not evaluated.gaps


def test_computed_values_are_converted_too(terraform):
    evaluated = terraform("""
    variable "port" { default = "22" }
    resource "aws_security_group_rule" "r" {
      from_port = var.port
      protocol  = "t${"cp"}"
    }
    """)
    assert planned(evaluated, "aws_security_group_rule.r")["from_port"] == 22


def test_nested_blocks_are_converted(terraform):
    evaluated = terraform("""
    resource "aws_instance" "i" {
      root_block_device {
        volume_size = "8"
        encrypted   = "true"
      }
    }
    """)
    (device,) = planned(evaluated, "aws_instance.i")["root_block_device"]
    assert (device["volume_size"], device["encrypted"]) == (8, True)


def test_what_terraform_refuses_is_a_gap_and_leaves_the_rest_known(terraform):
    evaluated = terraform("""
    resource "aws_security_group" "g" {
      name = ["a"]
      ingress {
        from_port = "many"
        to_port   = 22
      }
    }
    """)
    values = planned(evaluated, "aws_security_group.g")
    assert isinstance(values["name"], Unknown)
    assert isinstance(values["ingress"][0]["from_port"], Unknown)
    assert values["ingress"][0]["to_port"] == 22
    assert [(gap.what, gap.place.line) for gap in evaluated.gaps] == [
        ("string required", 3),
        ("a number is required", 5),
    ]


def test_holes_stay_where_they_are(terraform):
    evaluated = terraform("""
    variable "who" {}
    resource "aws_vpc" "v" {}
    resource "aws_instance" "i" {
      ami                    = "ami-${var.who}"
      vpc_security_group_ids = [aws_vpc.v.default_security_group_id, "sg-1"]
      tags                   = { Name = "${aws_vpc.v.id}-web" }
    }
    """)
    values = planned(evaluated, "aws_instance.i")
    assert str(values["ami"]) == "ami-${var.who}"
    assert [str(each) for each in values["vpc_security_group_ids"]] == [
        "sg-1",
        "aws_vpc.v.default_security_group_id (known only after apply)",
    ]
    assert values["tags"]["Name"] == Template((VPC_ID, "-web"))


# ----------------------------------------------------------------------- what is not set, when read

READ = {
    "aws_instance.i.ebs_optimized": "computed",
    "aws_instance.i.public_ip": "computed",
    "aws_instance.i.key_name": "computed",  # set to null
    "aws_instance.i.get_password_data": False,
    "aws_instance.i.source_dest_check": True,
    "aws_instance.i.user_data": None,
    "aws_instance.i.metadata_options": "computed",
    "aws_instance.i.launch_template": (),
    "aws_instance.i.timeouts": None,
    "aws_instance.i.root_block_device[0].delete_on_termination": True,
    "aws_instance.i.root_block_device[0].volume_id": "computed",
    "aws_db_instance.d.publicly_accessible": False,
    "aws_db_instance.d.deletion_protection": None,
    "aws_subnet.s.map_public_ip_on_launch": False,
    "aws_security_group.g.description": "Managed by Terraform",
    "aws_security_group.g.ingress": "computed",
    "aws_not_known_yet.n.attribute": "computed",
}

THINGS = """
resource "aws_instance" "i" {
  key_name = null
  root_block_device {}
}
resource "aws_db_instance" "d" {}
resource "aws_subnet" "s" {}
resource "aws_security_group" "g" {}
resource "aws_not_known_yet" "n" {}
"""


@pytest.mark.parametrize("attribute", READ)
def test_what_is_not_set_is_computed_or_a_default_or_null(terraform, attribute):
    evaluated = terraform(THINGS + f'output "o" {{ value = {attribute} }}')
    found, expected = output(evaluated), READ[attribute]
    if expected == "computed":
        assert isinstance(found, Unknown)
        assert (found.cause, found.what) == (Cause.COMPUTED, attribute)
    else:
        assert found == expected
    assert not evaluated.gaps


@pytest.mark.parametrize(
    ("attribute", "what"),
    [
        ("aws_instance.i.publik_ip", "aws_instance has no attribute 'publik_ip'"),
        (
            "aws_instance.i.root_block_device[0].size",
            "aws_instance has no attribute 'root_block_device[0].size'",
        ),
    ],
)
def test_an_attribute_that_the_provider_does_not_have_is_refused(terraform, attribute, what):
    evaluated = terraform(THINGS + f'output "o" {{\n  value = {attribute}\n}}')
    found = output(evaluated)
    assert isinstance(found, Unknown)
    assert {each.address for each in found.refers} == {"aws_instance.i"}
    (gap,) = evaluated.gaps
    assert gap.what.startswith(what + " in hashicorp/aws ")
    assert gap.place.line == len(THINGS.splitlines()) + 1


CERTIFICATE = """
variable "x" {}
resource "aws_acm_certificate" "c" {
  domain_name               = "example.org"
  subject_alternative_names = %s
  validation_method         = "%s"
}
resource "aws_route53_record" "proof" {
  for_each = {
    for each in aws_acm_certificate.c.domain_validation_options : each.domain_name => each
  }
  name = each.value.resource_record_name
}
"""


def test_the_records_that_prove_a_domain_are_known_by_its_name(terraform):
    evaluated = terraform(CERTIFICATE % ('["www.example.org", "example.org"]', "DNS"))
    records = {each.address.key: each for each in evaluated.resources[1:]}
    assert list(records) == ["example.org", "www.example.org"]
    name = records["www.example.org"].values["name"]
    assert isinstance(name, Unknown)
    assert [each.address for each in name.refers] == ["aws_acm_certificate.c"]
    assert not evaluated.gaps


@pytest.mark.parametrize(
    ("others", "method"), [("var.x", "DNS"), ("[var.x]", "DNS"), ("[]", "EMAIL")]
)
def test_the_records_of_domains_that_are_not_known_are_one_for_all(terraform, others, method):
    evaluated = terraform(CERTIFICATE % (others, method))
    (record,) = evaluated.resources[1:]
    assert record.exists.undecided


def test_a_whole_resource_has_all_its_attributes(terraform):
    evaluated = terraform("""
    resource "terraform_data" "t" { input = "in" }
    output "o" { value = terraform_data.t }
    """)
    found = output(evaluated)
    assert {name: value for name, value in found.items() if not isinstance(value, Unknown)} == {
        "input": "in",
        "triggers_replace": None,
    }


# ---------------------------------------------------------------------------- what a resource holds


def test_a_resource_holds_defaults_and_not_what_is_computed(terraform):
    evaluated = terraform("""
    resource "aws_subnet" "s" {
      vpc_id                  = "vpc-1"
      map_public_ip_on_launch = null
    }
    resource "aws_instance" "i" {
      root_block_device { delete_on_termination = false }
      ebs_block_device { device_name = "xvdb" }
    }
    """)
    subnet, instance = (planned(evaluated, each) for each in ("aws_subnet.s", "aws_instance.i"))
    assert subnet["map_public_ip_on_launch"] is False
    assert "arn" not in subnet
    assert instance["root_block_device"][0]["delete_on_termination"] is False
    assert instance["ebs_block_device"][0]["delete_on_termination"] is True


def test_a_block_that_can_stand_once_only_is_an_object(terraform):
    evaluated = terraform("""
    resource "aws_instance" "i" {
      timeouts { create = "1m" }
    }
    output "o" { value = aws_instance.i.timeouts.create }
    """)
    assert planned(evaluated, "aws_instance.i")["timeouts"] == {"create": "1m"}
    assert output(evaluated) == "1m"


def test_lines_of_a_set_are_those_of_all_of_it(terraform):
    """Its elements have no order in which one could be found again; those of a list do."""
    evaluated = terraform("""
    resource "aws_instance" "i" {
      vpc_security_group_ids = [
        "sg-b",
        "sg-a",
      ]
    }
    resource "aws_security_group_rule" "r" {
      cidr_blocks = [
        "10.0.0.0/8",
        "10.0.0.0/9",
      ]
    }
    """)
    instance, rule = (each.origin for each in evaluated.resources)
    assert instance.line_of("vpc_security_group_ids[1]").line == 3
    assert rule.line_of("cidr_blocks[1]").line == 11


# ----------------------------------------------------------------------------------- dynamic blocks


def test_blocks_of_unknown_number_keep_what_they_have_in_common(terraform):
    evaluated = terraform("""
    variable "offices" {}
    resource "aws_security_group" "g" {
      dynamic "ingress" {
        for_each = var.offices
        content {
          from_port   = "22"
          cidr_blocks = [ingress.value]
          self        = ingress.key
        }
      }
    }
    """)
    (block,) = planned(evaluated, "aws_security_group.g")["ingress"]
    assert isinstance(block, Unknown)
    assert block.roots[0].what == "var.offices"
    assert block.known["from_port"] == 22
    assert [each.what for each in block.known["cidr_blocks"]] == ["var.offices[*]"]


def test_secrets_in_blocks_of_unknown_number_are_told(terraform):
    from scanner.terraform.publish import secrets

    evaluated = terraform("""
    variable "names" {}
    variable "password" {
      default   = "hunter2"
      sensitive = true
    }
    resource "aws_mq_broker" "b" {
      dynamic "user" {
        for_each = var.names
        content {
          username = user.value
          password = var.password
        }
      }
    }
    """)
    (broker,) = evaluated.resources
    assert list(secrets(broker)) == ["hunter2"]
