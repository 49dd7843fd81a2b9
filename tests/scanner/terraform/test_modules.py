"""Module calls: where modules are found, what they are handed, and what is missing."""

import json

import pytest

from graphs.unknown import Cause, Place, Referent, Unknown
from scanner.terraform.told import Var, VarFile

CHILD = """
variable "n" { type = number }
resource "aws_a" "r" { size = var.n }
output "size" { value = aws_a.r.size }
output "id" { value = aws_a.r.id }
"""


def ids(evaluated):
    return [each.id for each in evaluated.resources]


def test_instances_of_instances(terraform):
    evaluated = terraform(
        {
            "main.tf": """
        module "c" {
          source = "./outer"
          count  = 2
          n      = count.index
        }
        module "e" {
          source   = "./m"
          for_each = toset(["x"])
          n        = length(each.key)
        }
        output "sizes" { value = [module.c[*].size, module.e["x"].size] }
        output "id" { value = module.c[1].id }
        """,
            "outer/main.tf": """
        variable "n" {}
        module "in" {
          source = "../m"
          n      = var.n + 10
        }
        output "size" { value = module.in.size }
        output "id" { value = module.in.id }
        """,
            "m/main.tf": CHILD,
        }
    )
    assert ids(evaluated) == [
        "module.c[0].module.in.aws_a.r",
        "module.c[1].module.in.aws_a.r",
        'module.e["x"].aws_a.r',
    ]
    assert evaluated.outputs["sizes"] == ((10, 11), 1)
    assert evaluated.outputs["id"].refers == (Referent("module.c[1].module.in.aws_a.r", "id"),)
    assert evaluated.resources[0].origin.calls == (
        Place("main.tf", 2, 6),
        Place("outer/main.tf", 3, 6),
    )
    assert evaluated.files == 3


def test_installed_modules_are_found_by_the_manifest(terraform):
    rows = [
        {"Key": "", "Source": "", "Dir": "."},
        {
            "Key": "net",
            "Source": "registry.terraform.io/x/net/aws",
            "Dir": ".terraform/modules/net",
        },
        {"Key": "net.sub", "Source": "./sub", "Dir": ".terraform/modules/net/sub"},
    ]
    evaluated = terraform(
        {
            "live/main.tf": """
            module "net" {
              source = "x/net/aws"
              n      = 1
            }
            """,
            "live/.terraform/modules/modules.json": json.dumps({"Modules": rows}),
            "live/.terraform/modules/net/main.tf": """
            variable "n" {}
            module "sub" {
              source = "./sub"
              n      = var.n
            }
            """,
            "live/.terraform/modules/net/sub/main.tf": CHILD,
        },
        "live",
    )
    assert ids(evaluated) == ["module.net.module.sub.aws_a.r"]
    assert evaluated.gaps == ()


def test_a_missing_module_is_a_gap_and_its_outputs_are_unknown(terraform):
    evaluated = terraform(
        {
            "live dir/main.tf": """
            module "vpc" { source = "terraform-aws-modules/vpc/aws" }
            module "gone" { source = "./gone" }
            module "out" { source = "../../elsewhere" }
            resource "aws_a" "a" { subnet = module.vpc.private_subnets[0] }
            """
        },
        "live dir",
    )
    missing = {gap.place.line: gap for gap in evaluated.gaps}
    assert {gap.kind for gap in missing.values()} == {"module-missing"}
    assert missing[2].what == "module.vpc: terraform-aws-modules/vpc/aws is not installed"
    assert missing[2].fix == "terraform -chdir='live dir' get"
    assert "live dir/gone" in missing[3].what
    assert "leaves the scanned directory" in missing[4].what
    subnet = evaluated.resources[0].values["subnet"]
    assert subnet == Unknown(Cause.MODULE, "module.vpc.private_subnets[0]")


def test_modules_that_call_each_other_end(terraform):
    evaluated = terraform(
        {
            "main.tf": 'module "a" { source = "./a" }',
            "a/main.tf": 'module "b" { source = "../b" }',
            "b/main.tf": 'module "a" { source = "../a" }',
        }
    )
    assert [(gap.kind, gap.place.file) for gap in evaluated.gaps] == [
        ("module-cycle", "b/main.tf"),
    ]


def test_a_module_that_may_not_exist_makes_resources_that_may_not(terraform):
    evaluated = terraform(
        {
            "main.tf": """
        variable "on" {}
        module "m" {
          source = "./m"
          count  = var.on
          n      = 1
        }
        output "size" { value = try(module.m[0].size, 0) }
        """,
            "m/main.tf": CHILD,
        }
    )
    (resource,) = evaluated.resources
    assert (resource.id, resource.exists.undecided) == ("module.m.aws_a.r", True)
    assert isinstance(evaluated.outputs["size"], Unknown)


def test_a_resource_handed_to_a_module_gives_the_attributes_it_asks_for(terraform):
    evaluated = terraform(
        {
            "main.tf": """
        resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }
        module "m" {
          source = "./m"
          vpc    = aws_vpc.v
        }
        """,
            "m/main.tf": """
        variable "vpc" { type = object({ id = string, cidr_block = string }) }
        resource "aws_subnet" "s" {
          vpc_id     = var.vpc.id
          cidr_block = var.vpc.cidr_block
        }
        """,
        }
    )
    subnet = evaluated.resources[1]
    assert subnet.values["cidr_block"] == "10.0.0.0/16"
    assert subnet.values["vpc_id"].refers == (Referent("aws_vpc.v", "id"),)


def test_a_required_argument_that_is_missing_is_a_gap(terraform):
    evaluated = terraform({"main.tf": 'module "m" { source = "./m" }', "m/main.tf": CHILD})
    assert [gap.what for gap in evaluated.gaps] == ["module.m.var.n is required and not set"]
    assert evaluated.resources[0].values["size"].cause is Cause.VARIABLE


def test_the_command_line_and_files_set_variables(terraform):
    evaluated = terraform(
        {
            "main.tf": """
            variable "a" {}
            variable "b" { type = list(string) }
            variable "c" {}
            output "o" { value = [var.a, var.b, var.c] }
            """,
            "c.tfvars": 'a = "file"\nc = "${"x"}"',
        },
        told=(VarFile("c.tfvars"), Var("a", "it's text"), Var("b", '["x", "y"]')),
        environ={"TF_VAR_c": "env", "TF_VAR_nobody": "asks"},
    )
    assert evaluated.outputs["o"] == ("it's text", ("x", "y"), "x")


@pytest.mark.parametrize(
    ("environ", "workspace", "said"),
    [
        ({}, "", "selected"),
        ({"TF_WORKSPACE": "shell"}, "", "shell"),
        ({"TF_WORKSPACE": "shell"}, "told", "told"),
    ],
)
def test_the_workspace_is_the_one_that_terraform_would_take(terraform, environ, workspace, said):
    files = {
        "main.tf": 'output "o" { value = terraform.workspace }',
        ".terraform/environment": "selected\n",
    }
    found = terraform(files, environ=environ, workspace=workspace)
    assert found.outputs["o"] == said
