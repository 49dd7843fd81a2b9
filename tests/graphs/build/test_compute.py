"""Instances, fleets and functions: where they stand, as whom they act, who may call them."""

import json

import pytest

from graphs.addresses import prefix
from graphs.unknown import Unknown
from tests.graphs.build.land import LAND

ROLE = """
resource "aws_iam_role" "app" {
  name               = "app"
  assume_role_policy = "{}"
}
resource "aws_iam_instance_profile" "app" {
  name = "app-profile"
  role = aws_iam_role.app.name
}
"""


def only(found):
    (one,) = found
    return one


# ------------------------------------------------------------------------------------ instances


def test_an_instance_has_its_own_interface(node):
    instance = node(
        LAND
        + ROLE
        + """
        resource "aws_instance" "i" {
          ami                    = "ami-1"
          subnet_id              = aws_subnet.a.id
          private_ip             = "10.0.1.9"
          vpc_security_group_ids = [aws_security_group.web.id, aws_security_group.extra.id]
          iam_instance_profile   = aws_iam_instance_profile.app.name
          metadata_options {
            http_tokens = "required"
          }
        }
        """,
        "aws_instance.i",
    )
    interface = only(instance.interfaces)
    assert interface.subnet == "aws_subnet.a"
    assert set(interface.groups) == {"aws_security_group.web", "aws_security_group.extra"}
    assert interface.addresses == (prefix("10.0.1.9/32"),)
    assert interface.public.certain is interface.public.possible is False
    assert instance.role == "aws_iam_role.app"
    assert instance.token_required.certain


PLAIN = """
resource "aws_instance" "i" {
  ami = "ami-1"
  subnet_id = aws_subnet.a.id
}
"""
PUBLIC = {
    "the subnet's default": ("subnet_id = aws_subnet.b.id", True, "map_public_ip_on_launch"),
    "its own word": (
        "subnet_id = aws_subnet.b.id\n associate_public_ip_address = false",
        False,
        "associate_public_ip_address",
    ),
    "its own word for yes": (
        "subnet_id = aws_subnet.a.id\n associate_public_ip_address = true",
        True,
        "associate_public_ip_address",
    ),
}


@pytest.mark.parametrize("case", PUBLIC)
def test_whether_it_has_a_public_address(node, case):
    written, is_public, proved_by = PUBLIC[case]
    text = PLAIN.replace("subnet_id = aws_subnet.a.id", written)
    interface = only(node(LAND + text, "aws_instance.i").interfaces)
    assert interface.public.certain == interface.public.possible == is_public
    assert interface.public_proof.attribute == proved_by


ELASTIC = {
    "aws_eip.instance": 'resource "aws_eip" "e" {\n instance = aws_instance.i.id\n}',
    "aws_eip.network_interface": """
        resource "aws_eip" "e" {
          network_interface = aws_instance.i.primary_network_interface_id
        }
        """,
    "aws_eip_association.instance_id": """
        resource "aws_eip" "e" {
          domain = "vpc"
        }
        resource "aws_eip_association" "e" {
          allocation_id = aws_eip.e.id
          instance_id   = aws_instance.i.id
        }
        """,
    "aws_eip_association.network_interface_id": """
        resource "aws_eip_association" "e" {
          allocation_id        = "eipalloc-1"
          network_interface_id = aws_instance.i.primary_network_interface_id
        }
        """,
}


@pytest.mark.parametrize("spelling", ELASTIC)
def test_an_elastic_address_makes_it_public(node, spelling):
    interface = only(node(LAND + PLAIN + ELASTIC[spelling], "aws_instance.i").interfaces)
    assert interface.public.certain
    assert interface.public_proof.resource == spelling.partition(".")[0] + ".e"


def test_an_elastic_address_that_may_not_exist_does_so_perhaps(node):
    text = ELASTIC["aws_eip.instance"].replace("{\n", "{\n count = var.x\n")
    interface = only(node('variable "x" {}' + LAND + PLAIN + text, "aws_instance.i").interfaces)
    assert interface.public.undecided


NIC = """
resource "aws_network_interface" "n" {
  subnet_id       = aws_subnet.a.id
  private_ips     = ["10.0.1.5", "10.0.1.6"]
  security_groups = [aws_security_group.web.id]
  %s
}
resource "aws_network_interface_sg_attachment" "more" {
  security_group_id    = aws_security_group.extra.id
  network_interface_id = aws_network_interface.n.id
}
resource "aws_eip" "e" {
  network_interface = aws_network_interface.n.id
}
"""
CARRIED = {
    "a block of the instance": """
        resource "aws_instance" "i" {
          ami = "ami-1"
          network_interface {
            device_index         = 0
            network_interface_id = aws_network_interface.n.id
          }
        }
        """,
    "the primary interface": """
        resource "aws_instance" "i" {
          ami = "ami-1"
          primary_network_interface {
            network_interface_id = aws_network_interface.n.id
          }
        }
        """,
    "a block of the interface": PLAIN,
    "an attachment": PLAIN
    + """
        resource "aws_network_interface_attachment" "n" {
          instance_id          = aws_instance.i.id
          network_interface_id = aws_network_interface.n.id
          device_index         = 1
        }
        """,
}


@pytest.mark.parametrize("spelling", CARRIED)
def test_an_interface_of_its_own_is_carried_by_the_instance(node, spelling):
    block = "attachment {\n instance = aws_instance.i.id\n device_index = 1\n}"
    nic = NIC % (block if "of the interface" in spelling else "")
    instance = node(LAND + nic + CARRIED[spelling], "aws_instance.i")
    carried = instance.interfaces[-1]
    assert carried.groups == ("aws_security_group.web", "aws_security_group.extra")
    assert carried.addresses == (prefix("10.0.1.5"), prefix("10.0.1.6"))
    assert carried.public.certain
    assert len(instance.interfaces) == (2 if CARRIED[spelling].startswith(PLAIN) else 1)


def test_an_interface_of_another_code_is_somewhere(node):
    text = CARRIED["a block of the instance"].replace("aws_network_interface.n.id", "var.nic")
    interface = only(node('variable "nic" {}' + text, "aws_instance.i").interfaces)
    assert isinstance(interface.subnet, Unknown)
    assert [str(g) for g in interface.groups] == ["var.nic (variable without a value)"]
    assert interface.public.undecided


def test_groups_that_are_not_known_are_not_the_default_ones(node):
    text = PLAIN.replace("subnet_id", "vpc_security_group_ids = var.groups\n subnet_id")
    interface = only(node('variable "groups" {}' + LAND + text, "aws_instance.i").interfaces)
    assert [g.what for g in interface.groups] == ["var.groups"]


def test_groups_that_are_known_in_part_are_not_taken_for_all(node):
    text = PLAIN.replace(
        "subnet_id",
        "vpc_security_group_ids = concat([aws_security_group.web.id], var.more)\n subnet_id",
    )
    interface = only(node('variable "more" {}' + LAND + text, "aws_instance.i").interfaces)
    assert any(isinstance(g, Unknown) for g in interface.groups)


def test_groups_may_be_given_by_name(node):
    for written in ("aws_security_group.web.name", '"web"'):
        text = PLAIN.replace("subnet_id", f"security_groups = [{written}]\n subnet_id")
        interface = only(node(LAND + text, "aws_instance.i").interfaces)
        assert interface.groups == ("aws_security_group.web",)


def test_without_word_on_metadata_tokens_the_account_decides(node):
    assert node(LAND + PLAIN, "aws_instance.i").token_required.undecided


# ----------------------------------------------------------------------------- launch templates

TEMPLATE = """
resource "aws_launch_template" "t" {
  name      = "app"
  user_data = base64encode("export PASSWORD=hunter2hunter2")
  iam_instance_profile {
    name = aws_iam_instance_profile.app.name
  }
  metadata_options {
    http_tokens = "optional"
  }
  network_interfaces {
    subnet_id                   = aws_subnet.a.id
    associate_public_ip_address = true
    security_groups             = [aws_security_group.web.id]
  }
}
"""
USERS = {
    "an instance": """
        resource "aws_instance" "x" {
          launch_template {
            id = aws_launch_template.t.id
          }
        }
        """,
    "a fleet": """
        resource "aws_autoscaling_group" "x" {
          vpc_zone_identifier = [aws_subnet.a.id]
          launch_template {
            name = aws_launch_template.t.name
          }
        }
        """,
    "a mixed fleet": """
        resource "aws_autoscaling_group" "x" {
          vpc_zone_identifier = [aws_subnet.a.id]
          mixed_instances_policy {
            launch_template {
              launch_template_specification {
                launch_template_id = aws_launch_template.t.id
              }
            }
          }
        }
        """,
    "a mixed fleet by name": """
        resource "aws_autoscaling_group" "x" {
          vpc_zone_identifier = [aws_subnet.a.id]
          mixed_instances_policy {
            launch_template {
              launch_template_specification {
                launch_template_name = "app"
              }
            }
          }
        }
        """,
}


@pytest.mark.parametrize("user", USERS)
def test_a_launch_template_says_what_its_user_does_not(built, user):
    index = built(LAND + ROLE + TEMPLATE + USERS[user]).index
    machine = index.by_id["aws_instance.x" if user == "an instance" else "aws_autoscaling_group.x"]
    interface = only(machine.interfaces)
    assert interface.subnet == "aws_subnet.a"
    assert interface.groups == ("aws_security_group.web",)
    assert interface.public.certain
    assert machine.role == "aws_iam_role.app"
    assert machine.token_required.possible is False
    assert only(machine.settings).literal
    assert machine.fleet == ("" if user == "an instance" else machine.id)


def test_an_instance_overrides_its_template(node):
    instance = node(
        LAND
        + ROLE
        + TEMPLATE
        + """
        resource "aws_instance" "x" {
          subnet_id = aws_subnet.b.id
          user_data = "echo hello"
          metadata_options {
            http_tokens = "required"
          }
          launch_template {
            id = aws_launch_template.t.id
          }
        }
        """,
        "aws_instance.x",
    )
    assert only(instance.interfaces).subnet == "aws_subnet.b"
    assert instance.token_required.certain
    assert instance.settings == ()


def test_a_launch_configuration_serves_as_well(node):
    fleet = node(
        LAND
        + ROLE
        + """
        resource "aws_launch_configuration" "c" {
          image_id             = "ami-1"
          security_groups      = [aws_security_group.web.id]
          iam_instance_profile = aws_iam_instance_profile.app.arn
        }
        resource "aws_autoscaling_group" "x" {
          vpc_zone_identifier  = [aws_subnet.a.id, aws_subnet.b.id]
          launch_configuration = aws_launch_configuration.c.name
        }
        """,
        "aws_autoscaling_group.x",
    )
    assert [i.subnet for i in fleet.interfaces] == ["aws_subnet.a", "aws_subnet.b"]
    assert [i.public.certain for i in fleet.interfaces] == [False, True]
    assert all(i.groups == ("aws_security_group.web",) for i in fleet.interfaces)
    assert fleet.role == "aws_iam_role.app"


def test_a_template_of_another_code_leaves_open_what_it_may_set(node):
    fleet = node(
        LAND
        + """
        data "aws_launch_template" "shared" {
          name = "shared"
        }
        resource "aws_autoscaling_group" "x" {
          vpc_zone_identifier = [aws_subnet.a.id]
          launch_template {
            id = data.aws_launch_template.shared.id
          }
        }
        """,
        "aws_autoscaling_group.x",
    )
    interface = only(fleet.interfaces)
    assert isinstance(only(interface.groups), Unknown)
    assert interface.public.undecided
    assert isinstance(fleet.role, Unknown)
    assert fleet.token_required.undecided


def test_instances_of_an_unknown_number_stand_for_all(node):
    text = PLAIN.replace("subnet_id", "count = var.n\n subnet_id")
    instance = node('variable "n" {}' + LAND + text, "aws_instance.i")
    assert instance.exists.undecided
    assert [u.what for u in instance.exists.because] == ["var.n"]


# ------------------------------------------------------------------------------------- functions

FUNCTION = """
resource "aws_lambda_function" "f" {
  function_name = "quote"
  role          = aws_iam_role.app.arn
  vpc_config {
    subnet_ids         = [aws_subnet.a.id]
    security_group_ids = [aws_security_group.web.id]
  }
}
"""


def test_a_function_acts_as_its_role_from_its_subnets(node):
    function = node(LAND + ROLE + FUNCTION, "aws_lambda_function.f")
    assert function.role == "aws_iam_role.app"
    assert only(function.interfaces).groups == ("aws_security_group.web",)
    assert function.arn == "arn:aws:lambda:eu-west-1:111111111111:function:quote"
    assert function.url is None
    assert function.policies == ()


@pytest.mark.parametrize(("kind", "is_open"), [("NONE", (True, True)), ("AWS_IAM", (False, False))])
def test_a_function_url_is_open_where_it_asks_for_no_signature(node, kind, is_open):
    text = """
        resource "aws_lambda_function_url" "u" {
          function_name      = aws_lambda_function.f.function_name
          qualifier          = "live"
          authorization_type = "%s"
        }
        """
    function = node(LAND + ROLE + FUNCTION + text % kind, "aws_lambda_function.f")
    assert (function.url.open.certain, function.url.open.possible) == is_open
    assert function.url.proof.attribute == "authorization_type"


PERMISSIONS = {
    'principal = "s3.amazonaws.com"\n source_arn = "arn:aws:s3:::uploads"': (
        {"Service": "s3.amazonaws.com"},
        {"ArnLike": {"AWS:SourceArn": "arn:aws:s3:::uploads"}},
    ),
    'principal = "s3.amazonaws.com"\n source_arn = "arn:aws:s3:::uploads"\n'
    ' source_account = "111111111111"': (
        {"Service": "s3.amazonaws.com"},
        {
            "ArnLike": {"AWS:SourceArn": "arn:aws:s3:::uploads"},
            "StringEquals": {"AWS:SourceAccount": "111111111111"},
        },
    ),
    'principal = "*"': ({"AWS": "*"}, None),
    'principal = "*"\n principal_org_id = "o-123"': (
        {"AWS": "*"},
        {"StringEquals": {"aws:PrincipalOrgID": "o-123"}},
    ),
    'principal = "*"\n function_url_auth_type = "NONE"': (
        {"AWS": "*"},
        {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}},
    ),
    'principal = "222222222222"': ({"AWS": "222222222222"}, None),
}


@pytest.mark.parametrize("written", PERMISSIONS)
def test_a_permission_is_a_statement_of_the_functions_policy(node, written):
    text = """
        resource "aws_lambda_permission" "p" {
          action        = "lambda:InvokeFunction"
          function_name = aws_lambda_function.f.%s
          qualifier     = "live"
          %s
        }
        """
    principal, condition = PERMISSIONS[written]
    for name in ("function_name", "arn", "id"):
        function = node(LAND + ROLE + FUNCTION + text % (name, written), "aws_lambda_function.f")
        policy = only(function.policies)
        statement = only(json.loads(policy.text)["Statement"])
        assert statement["Principal"] == principal
        assert statement.get("Condition") == condition
        assert statement["Action"] == "lambda:InvokeFunction"
        assert policy.proof.resource == "aws_lambda_permission.p"
