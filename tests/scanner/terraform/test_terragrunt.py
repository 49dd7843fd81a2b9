"""Terragrunt: units as root modules, with inputs from files around them, and nothing run."""

import pytest

from graphs.unknown import Unknown
from scanner.estates import Request, estates
from scanner.terraform.terragrunt import find_units
from scanner.tree import Directory

NET = """
variable "cidr" {}
variable "name" { default = "unnamed" }
variable "tags" {
  type    = map(string)
  default = {}
}
resource "aws_vpc" "main" {
  cidr_block = var.cidr
  tags       = merge(var.tags, { Name = var.name })
}
output "vpc_id" { value = aws_vpc.main.id }
output "cidr" { value = var.cidr }
"""
APP = """
variable "vpc" {}
variable "zones" {
  type    = list(string)
  default = []
}
resource "aws_security_group" "app" { vpc_id = var.vpc }
resource "aws_subnet" "app" {
  count             = length(var.zones)
  vpc_id            = var.vpc
  availability_zone = var.zones[count.index]
}
"""
FILES = {
    "modules/net/main.tf": NET,
    "modules/app/main.tf": APP,
    "live/root.hcl": """
        locals { settings = read_terragrunt_config(find_in_parent_folders("env.hcl")).locals }
        inputs = {
          name = "${local.settings.env}-${basename(get_terragrunt_dir())}"
          tags = { Path = path_relative_to_include() }
        }
    """,
    "live/prod/env.hcl": 'locals { env = "prod" }',
    "live/prod/net/terragrunt.hcl": """
        terraform { source = "../../../modules//net" }
        include "root" {
          path = find_in_parent_folders("root.hcl")
        }
        inputs = { cidr = "10.1.0.0/16" }
    """,
}


@pytest.fixture
def units(tmp_path):
    """The estates of a repository: FILES with others over them."""

    def read(files=None, environ=None):
        for name, text in {**FILES, **(files or {})}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        found = estates(Request(tmp_path, environ=environ or {}))
        return {each.evaluated.name: each.evaluated for each in found}

    return read


def only(found, address):
    """The values of a resource that is in one estate."""
    (values,) = (
        each.values
        for evaluated in found.values()
        for each in evaluated.resources
        if each.id.rpartition("//")[2] == address
    )
    return values


def net(**more):
    """The unit of the network with other inputs or locals."""
    base = FILES["live/prod/net/terragrunt.hcl"]
    return {"live/prod/net/terragrunt.hcl": base + "\n".join(more.values())}


def given(expression, **files):
    """What `name` is where an expression of the unit sets it."""
    text = FILES["live/prod/net/terragrunt.hcl"].replace(
        'cidr = "10.1.0.0/16"', f'cidr = "10.1.0.0/16", name = {expression}'
    )
    return {"live/prod/net/terragrunt.hcl": text, **files}


def test_a_unit_deploys_its_module_with_its_inputs(units):
    found = units()
    assert set(found) == {"modules/app", "modules/net [live/prod/net]"}
    vpc = only(found, "aws_vpc.main")
    assert vpc["cidr_block"] == "10.1.0.0/16"
    assert vpc["tags"] == {"Name": "prod-net", "Path": "prod/net"}


def test_a_module_has_an_estate_for_each_unit(units):
    second = FILES["live/prod/net/terragrunt.hcl"].replace("10.1.", "10.2.")
    found = units({"live/prod/other/terragrunt.hcl": second})
    assert [each for each in found if each.startswith("modules/net")] == [
        "modules/net [live/prod/net]",
        "modules/net [live/prod/other]",
    ]


PATHS = {
    "get_terragrunt_dir()": None,
    "basename(get_terragrunt_dir())": "net",
    "basename(get_parent_terragrunt_dir())": "live",
    "basename(find_in_parent_folders())": None,
    'basename(find_in_parent_folders("env.hcl"))': "env.hcl",
    'find_in_parent_folders("absent.hcl", "none")': "none",
    "path_relative_to_include()": "prod/net",
    "path_relative_from_include()": "../..",
    'file("${get_terragrunt_dir()}/name.txt")': "from a file",
    'file("name.txt")': "from a file",
    'yamldecode(file(find_in_parent_folders("all.yaml"))).name': "from yaml",
    'jsondecode(read_tfvars_file("my.tfvars")).name': "from tfvars",
    'read_terragrunt_config("other.hcl").inputs.name': "from inputs",
    'read_terragrunt_config("absent.hcl", { locals = { a = "b" } }).locals.a': "b",
    'get_env("NOT_SET", "by default")': "by default",
    'get_env("TF_VAR_who")': "told",
    "upper(local.word)": "WORD",
    'join("-", [for each in ["a", "b"] : upper(each)])': "A-B",
}
AROUND = {
    "live/prod/net/name.txt": "from a file",
    "live/all.yaml": "name: from yaml\n",
    "live/prod/net/my.tfvars": 'name = "from tfvars"\n',
    "live/prod/net/other.hcl": 'inputs = { name = "from inputs" }\n',
}


@pytest.mark.parametrize("expression", PATHS)
def test_functions_and_paths(units, expression):
    files = given(expression, **AROUND)
    files["live/prod/net/terragrunt.hcl"] += '\nlocals { word = "word" }\n'
    name = only(units(files, {"TF_VAR_who": "told"}), "aws_vpc.main")["tags"]["Name"]
    if PATHS[expression] is None:
        assert not isinstance(name, str)
    else:
        assert name == PATHS[expression]


def test_the_repository_is_where_git_says(units, tmp_path):
    (tmp_path / ".git").mkdir()
    source = FILES["live/prod/net/terragrunt.hcl"].replace(
        '"../../../modules//net"', '"${get_repo_root()}/modules//net"'
    )
    assert "modules/net [live/prod/net]" in units({"live/prod/net/terragrunt.hcl": source})
    assert only(units(given("get_path_from_repo_root()")), "aws_vpc.main")["tags"]["Name"] == (
        "live/prod/net"
    )


@pytest.mark.parametrize(
    "expression",
    [
        'run_cmd("touch", "ran")',
        'sops_decrypt_file("secrets.yaml")',
        "get_aws_account_id()",
        'get_env("AWS_SECRET_ACCESS_KEY")',
        'get_env("HOME")',
    ],
)
def test_what_is_not_asked_stays_unknown_with_its_origin(units, expression, tmp_path):
    secrets = {"AWS_SECRET_ACCESS_KEY": "hunter2hunter2", "HOME": "hunter2hunter2"}
    found = units(given(expression), secrets)
    name = only(found, "aws_vpc.main")["tags"]["Name"]
    assert isinstance(name, Unknown)
    assert expression.partition("(")[0] in name.what
    assert "hunter2" not in repr(found)
    assert not list(tmp_path.rglob("ran"))


def test_inputs_yield_to_the_environment_and_to_variable_files(units):
    told = units(environ={"TF_VAR_cidr": "10.9.0.0/16"})
    assert only(told, "aws_vpc.main")["cidr_block"] == "10.9.0.0/16"
    found = units({"modules/net/terraform.tfvars": 'cidr = "10.8.0.0/16"\n'})
    assert only(found, "aws_vpc.main")["cidr_block"] == "10.8.0.0/16"


def test_included_inputs_are_merged_as_it_is_said(units):
    own = 'tags = { Own = "1" }, cidr = "10.1.0.0/16"'
    base = FILES["live/prod/net/terragrunt.hcl"].replace('cidr = "10.1.0.0/16"', own)
    for strategy, tags in {
        "shallow": {"Own": "1", "Name": "prod-net"},
        "deep": {"Own": "1", "Name": "prod-net", "Path": "prod/net"},
        "no_merge": {"Own": "1", "Name": "unnamed"},
    }.items():
        found = base.replace('root.hcl")', f'root.hcl")\nmerge_strategy = "{strategy}"\n')
        assert only(units({"live/prod/net/terragrunt.hcl": found}), "aws_vpc.main")["tags"] == tags


DEPENDENT = """
    terraform {{ source = "../../../modules/app" }}
    dependency "net" {{
      config_path  = "{path}"
      mock_outputs = {{ vpc_id = "vpc-mock", zones = ["mock-a", "mock-b"] }}
    }}
    inputs = merge({{}}, {{ vpc = dependency.net.outputs.vpc_id{more} }})
"""


def test_a_dependency_is_the_other_unit(units):
    """What it leads to is there, in the same estate."""
    text = DEPENDENT.format(path="../net", more="")
    found = units({"live/prod/app/terragrunt.hcl": text})
    group = only(found, "aws_security_group.app")["vpc_id"]
    vpc = next(r.id for e in found.values() for r in e.resources if r.type == "aws_vpc")
    assert [each.address for each in group.refers] == [vpc]


def test_what_mocks_say_is_never_taken_for_true(units):
    text = DEPENDENT.format(path="../absent", more=", zones = dependency.net.outputs.zones")
    found = units({"live/prod/app/terragrunt.hcl": text})
    assert "mock" not in repr([e.resources for e in found.values()]).replace("mock_outputs", "")
    vpc = only(found, "aws_security_group.app")["vpc_id"]
    assert str(vpc) == "dependency.net.outputs.vpc_id (looked up outside this code)"
    assert only(found, "aws_subnet.app[1]")["availability_zone"].what == (
        "dependency.net.outputs.zones[1]"
    )


def test_units_that_depend_on_each_other_end(units):
    around = FILES["live/prod/net/terragrunt.hcl"].replace(
        '"10.1.0.0/16"', "dependency.self.outputs.cidr\n"
    )
    text = around + 'dependency "self" { config_path = "../net" }\n'
    found = units({"live/prod/net/terragrunt.hcl": text})
    assert isinstance(only(found, "aws_vpc.main")["cidr_block"], Unknown)


def test_providers_that_are_generated_are_a_gap(units):
    text = 'generate "p" {\n  path = "p.tf"\n  contents = <<E\nprovider "aws" {}\nE\n}\n'
    (gap,) = [g for e in units(net(p=text)).values() for g in e.gaps if g.kind == "not-modelled"]
    assert gap.what == "unit live/prod/net: the providers that generate writes are not read"


REMOTE = 'terraform { source = "git::https://example.com/modules.git//net?ref=v1" }\n'
OUTSIDE = 'terraform { source = "../../../../elsewhere//net" }\n'
OPEN = 'terraform { source = "../../../modules//${get_env("WHICH")}" }\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (REMOTE, "git::https://example.com/modules.git//net?ref=v1 is not in the scanned"),
        (OUTSIDE, "../../../../elsewhere//net is not in the scanned directory"),
        (OPEN, 'its source hangs on get_env("WHICH")'),
        ("terraform {", ""),
    ],
)
def test_a_unit_whose_module_is_not_there_is_a_gap(tmp_path, units, text, said):
    found = units({"live/prod/net/terragrunt.hcl": text})
    assert "modules/net" in found
    (gap,) = find_units(Directory(tmp_path), {}).gaps
    assert gap.place.file == "live/prod/net/terragrunt.hcl"
    assert said in gap.what


def test_units_alone_are_not_passed_over(tmp_path):
    (tmp_path / "live").mkdir()
    (tmp_path / "live" / "terragrunt.hcl").write_text(REMOTE)
    (found,) = estates(Request(tmp_path))
    assert [gap.kind for gap in found.estate.gaps] == ["module-missing"]


def test_files_that_read_each_other_end(units):
    files = {
        "live/prod/net/a.hcl": 'locals { x = read_terragrunt_config("b.hcl").locals.x }',
        "live/prod/net/b.hcl": 'locals { x = read_terragrunt_config("a.hcl").locals.x }',
    }
    found = units(given('read_terragrunt_config("a.hcl").locals.x', **files))
    assert isinstance(only(found, "aws_vpc.main")["tags"]["Name"], Unknown)


def test_nothing_is_read_outside_the_tree(units, tmp_path):
    (tmp_path.parent / "outside.txt").write_text("hunter2hunter2")
    found = units(given('file("../../../../outside.txt")'))
    assert "hunter2" not in repr(found)
