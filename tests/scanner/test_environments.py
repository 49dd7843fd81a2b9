"""One root module under several environments: estates of their own, each with its name."""

import pytest

from rules.catalogue import rule_named
from scanner.config import load_config, parse_config
from scanner.errors import ConfigProblem, UsageProblem
from scanner.estates import Request, estates
from scanner.pipeline import scan
from scanner.terraform.told import Var, VarFile

ROOT = """
variable "office" {}
variable "size" { default = "default" }
provider "aws" { region = "eu-north-1" }
resource "aws_vpc" "net" { cidr_block = "10.0.0.0/16" }
resource "aws_internet_gateway" "gate" { vpc_id = aws_vpc.net.id }
resource "aws_route_table" "out" {
  vpc_id = aws_vpc.net.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.gate.id
  }
}
resource "aws_subnet" "open" {
  vpc_id                  = aws_vpc.net.id
  cidr_block              = "10.0.1.0/24"
  map_public_ip_on_launch = true
}
resource "aws_route_table_association" "open" {
  subnet_id      = aws_subnet.open.id
  route_table_id = aws_route_table.out.id
}
resource "aws_security_group" "ssh" {
  name   = "${terraform.workspace}-${var.size}"
  vpc_id = aws_vpc.net.id
  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = [var.office]
  }
}
resource "aws_instance" "host" {
  ami                    = "ami-1"
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.open.id
  vpc_security_group_ids = [aws_security_group.ssh.id]
}
"""
CONFIG = """
version: 1
roots:
  app:
    var_files: [app/common.tfvars]
    vars: {size: root}
    environments:
      dev: {var_files: [app/dev.tfvars]}
      prod: {vars: {office: 0.0.0.0/0, size: large}, workspace: live}
"""
SSH = (rule_named("ssh-open-to-internet"),)


@pytest.fixture
def repository(tmp_path):
    """A root module with two environments, and another without."""
    for name, text in {
        "app/main.tf": ROOT,
        "app/common.tfvars": 'office = "192.0.2.0/24"\nsize = "common"',
        "app/dev.tfvars": 'office = "198.51.100.0/24"',
        "other/main.tf": 'resource "aws_vpc" "net" { cidr_block = "10.0.0.0/16" }',
        "pathwarden.yaml": CONFIG,
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def request(path, **wish):
    return Request(path, load_config(path), environ={}, rules=SSH, **wish)


def group(read):
    return next(each for each in read.evaluated.resources if each.type == "aws_security_group")


def test_each_environment_is_an_estate_of_its_own(repository):
    read = {each.evaluated.name: each for each in estates(request(repository))}
    assert list(read) == ["app [dev]", "app [prod]", "other"]
    assert group(read["app [dev]"]).values["name"] == "default-root"
    assert group(read["app [dev]"]).values["ingress"][0]["cidr_blocks"] == ("198.51.100.0/24",)
    assert group(read["app [prod]"]).values["name"] == "live-large"
    assert {each.id for each in read["app [dev]"].estate.index.nodes} >= {"aws_vpc.net"}


def test_findings_and_roots_say_which_environment(repository):
    result = scan(request(repository))
    assert [(f.rule, f.root, f.subject) for f in result.findings] == [
        ("ssh-open-to-internet", "app [prod]", "aws_instance.host")
    ]
    roots = [each.directory for each in result.coverage.roots]
    assert roots == ["app [dev]", "app [prod]", "other"]


def test_one_environment_can_be_chosen_and_the_command_line_wins(repository):
    wish = {"told": (Var("size", "huge"),), "workspace": "blue", "environments": ("dev",)}
    read = list(estates(request(repository, **wish)))
    assert [each.evaluated.name for each in read] == ["app [dev]", "other"]
    assert group(read[0]).values["name"] == "blue-huge"


def test_an_environment_that_nothing_declares_is_refused(repository):
    with pytest.raises(UsageProblem, match="'stage'"):
        list(estates(request(repository, environments=("stage",))))


def test_what_an_environment_says_comes_after_what_the_root_says():
    config = parse_config(CONFIG)
    dev, prod = config.settings("app").turns()
    before = (VarFile("app/common.tfvars"), Var("size", "root"))
    assert dev.told == (*before, VarFile("app/dev.tfvars"))
    assert prod.told == (*before, Var("office", "0.0.0.0/0"), Var("size", "large"))
    assert (dev.workspace, prod.workspace) == ("", "live")
    assert config.settings("app").alone(("prod",)) == prod
    assert config.settings("app").alone() == config.settings("app")


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("roots: {a: {environments: {dev: {var_file: x}}}}", 2, "did you mean 'var_files'"),
        ("roots: {a: {environments: {dev: {environments: {}}}}}", 2, "environments"),
        ("roots: {a: {environments: {'x y': {}}}}", 2, "environments"),
        ("roots: {a: {environments: {dev: {var_files: [/etc/passwd]}}}}", 2, "not a path"),
    ],
)
def test_a_wrong_environment_is_one_clear_line(text, line, message):
    with pytest.raises(ConfigProblem, match=message) as problem:
        parse_config(f"version: 1\n{text}\n")
    assert problem.value.place.line == line


def test_a_module_that_no_root_makes_an_instance_of_is_named(tmp_path):
    for name, text in {
        "live/main.tf": (
            'variable "on" { default = false }\n'
            'module "bastion" {\n  source = "../modules/bastion"\n  count = var.on ? 1 : 0\n}\n'
            'module "net" { source = "../modules/net" }\n'
            'module "more" {\n  source = "../modules/net"\n  for_each = {}\n}\n'
        ),
        "modules/bastion/main.tf": 'resource "aws_vpc" "net" { cidr_block = "10.0.0.0/16" }',
        "modules/net/main.tf": 'resource "aws_vpc" "net" { cidr_block = "10.0.0.0/16" }',
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text(text)
    (gap,) = scan(request(tmp_path)).gaps
    assert (gap.kind, gap.file, gap.line) == ("no-instance", "live/main.tf", 2)
    assert gap.what == "modules/bastion is called, but with no instance"
    assert scan(request(tmp_path, told=(Var("on", "true"),))).gaps == ()


def test_a_root_that_is_named_is_one_even_if_something_calls_it(repository):
    (repository / "other" / "more.tf").write_text(
        'module "app" {\n  source = "../app"\n  office = "192.0.2.0/24"\n}\n'
    )
    names = [each.evaluated.name for each in estates(request(repository))]
    assert names == ["app [dev]", "app [prod]", "other"]


def test_a_root_without_terraform_is_refused(repository):
    (repository / "pathwarden.yaml").write_text("version: 1\nroots:\n  other: {}\n  ap: {}\n")
    with pytest.raises(ConfigProblem, match=r"pathwarden\.yaml:4: there is no Terraform in ap"):
        list(estates(request(repository)))
