"""Root modules of one repository that find what the others make."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from graphs.unknown import Template, Unknown
from scanner.terraform.data_sources import candidates
from scanner.terraform.evaluate import Evaluated, evaluated, open_root
from scanner.terraform.repository import Member, Repository
from scanner.terraform.repository.joining import read_together
from scanner.terraform.roots import find_roots
from scanner.tree import Directory

Repositories = Callable[[Mapping[str, str]], Repository]

PROVIDER = 'provider "aws" { region = "eu-west-1" }\n'


@pytest.fixture
def repository(tmp_path: Path) -> Repositories:
    """The root modules of some files, by directory; each has one file and a provider."""

    def make(files: Mapping[str, str]) -> Repository:
        for directory, text in files.items():
            (tmp_path / directory).mkdir(parents=True, exist_ok=True)
            there = text if 'provider "aws"' in text else PROVIDER + text
            (tmp_path / directory / "main.tf").write_text(there)
        tree = Directory(tmp_path)

        def member(directory: str) -> Member:
            return Member(directory, "", lambda: open_root(tree, directory, environ={}))

        return Repository([member(root.directory) for root in find_roots(tree)])

    return make


def output(found: Repository, root: str, name: str = "it") -> object:
    return evaluated(found.root(root)).outputs[name]


def refers(value: object) -> list[str]:
    assert isinstance(value, Unknown)
    return [str(each) for each in value.refers]


def gaps(found: Repository, root: str) -> list[str]:
    return [gap.what for gap in evaluated(found.root(root)).gaps]


def state(key: str, bucket: str = '"states"', **more: str) -> str:
    config = "".join(f"    {name} = {value}\n" for name, value in more.items())
    return f"""
    data "terraform_remote_state" "network" {{
      backend = "s3"
      config = {{
        bucket = {bucket}
        key    = {key}
      }}
      {config}
    }}
    output "it" {{ value = data.terraform_remote_state.network.outputs.it }}
    """


def backend(key: str, bucket: str = "states") -> str:
    return f"""
    terraform {{
      backend "s3" {{
        bucket = "{bucket}"
        key    = "{key}"
      }}
    }}
    """


NETWORK = """
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
  tags       = { Name = "main" }
}
resource "aws_subnet" "private" {
  count      = 2
  vpc_id     = aws_vpc.main.id
  cidr_block = cidrsubnet("10.0.0.0/16", 8, count.index)
  tags       = { Tier = "private" }
}
output "it" { value = aws_vpc.main.id }
"""
LOOKUP = """
data "aws_vpc" "main" { tags = { Name = "main" } }
output "it" { value = data.aws_vpc.main.id }
output "cidr" { value = data.aws_vpc.main.cidr_block }
"""


def test_a_state_in_the_repository_gives_its_outputs(repository):
    found = repository({"net": backend("net.tfstate") + NETWORK, "app": state('"net.tfstate"')})
    it = output(found, "app")
    assert it.what == "net//aws_vpc.main.id"
    assert refers(it) == ["net//aws_vpc.main.id"]
    assert found.links == {("app", "net")}
    assert found.joined() == [["app", "net"]]


def test_an_object_of_another_root_is_read_attribute_by_attribute(repository):
    found = repository(
        {
            "net": backend("n") + NETWORK + 'output "vpc" { value = aws_vpc.main }',
            "app": state('"n"')
            + """
            locals { vpc = data.terraform_remote_state.network.outputs.vpc }
            output "cidr" { value = local.vpc.cidr_block }
            output "table" { value = "rtb:${local.vpc.main_route_table_id}" }
            """,
        }
    )
    assert output(found, "app", "cidr") == "10.0.0.0/16"
    table = output(found, "app", "table")
    assert isinstance(table, Template)
    assert str(table) == "rtb:${net//aws_vpc.main.main_route_table_id}"


@pytest.mark.parametrize(
    ("keeps", "reads"),
    [
        (
            'backend "gcs" {\n bucket = "b"\n prefix = "p"\n}',
            'backend = "gcs"\n config = { bucket = "b", prefix = "p" }',
        ),
        (
            'backend "azurerm" {\n container_name = "c"\n key = "k"\n}',
            'backend = "azurerm"\n config = { container_name = "c", key = "k" }',
        ),
        (
            'backend "http" {\n address = "https://example.com/s"\n}',
            'backend = "http"\n config = { address = "https://example.com/s" }',
        ),
        (
            'cloud {\n organization = "o"\n workspaces {\n name = "net"\n }\n}',
            'backend = "remote"\n config = { organization = "o", workspaces = { name = "net" } }',
        ),
        (
            'backend "local" {\n path = "../states/net.tfstate"\n}',
            'backend = "local"\n config = { path = "../states/net.tfstate" }',
        ),
        ("", 'backend = "local"\n config = { path = "${path.module}/../net/terraform.tfstate" }'),
    ],
)
def test_states_of_every_backend_are_found(repository, keeps, reads):
    app = f'data "terraform_remote_state" "n" {{\n {reads}\n}}\n'
    app += 'output "it" { value = data.terraform_remote_state.n.outputs.it }'
    found = repository({"net": f"terraform {{\n{keeps}\n}}\n{NETWORK}", "app": app})
    assert refers(output(found, "app")) == ["net//aws_vpc.main.id"]


def test_a_state_elsewhere_stays_unknown(repository):
    found = repository(
        {"net": backend("net.tfstate", "theirs") + NETWORK, "app": state('"net.tfstate"')}
    )
    assert refers(output(found, "app")) == ["data.terraform_remote_state.network.outputs.it"]
    assert found.joined() == [["app"], ["net"]]


def test_a_partial_backend_is_told_by_the_files_beside_it(repository, tmp_path):
    found = repository(
        {
            "net": 'terraform {\n backend "s3" {}\n}\n' + NETWORK,
            "app": 'variable "bucket" {}\n' + state('"net.tfstate"', "var.bucket"),
        }
    )
    for name in ("dev", "prod"):
        text = f'bucket = "states-{name}"\nkey = "net.tfstate"\n'
        (tmp_path / "net" / f"{name}.tfbackend").write_text(text)
    assert refers(output(found, "app")) == ["net//aws_vpc.main.id"]


def test_an_unknown_key_is_told_with_what_it_may_be(repository):
    found = repository(
        {
            "net": backend("live/net.tfstate") + NETWORK,
            "db": backend("live/db.tfstate"),
            "app": 'variable "stack" {}\n' + state('"${var.stack}/net.tfstate"'),
        }
    )
    assert isinstance(output(found, "app"), Unknown)
    assert gaps(found, "app") == [
        "data.terraform_remote_state.network may read the state of net: key is not known"
    ]


def test_the_state_of_another_workspace_is_another(repository):
    found = repository({"net": backend("n") + NETWORK, "app": state('"n"', workspace='"green"')})
    assert isinstance(output(found, "app"), Unknown)
    assert gaps(found, "app") == [
        'data.terraform_remote_state.network reads the workspace "green" of net'
    ]


def test_the_state_of_ones_own_environment_counts(repository):
    twins = {
        f"{env}/net": backend("net.tfstate", f"{env}-states") + NETWORK for env in ("dev", "prod")
    }
    app = 'variable "bucket" {}\n' + state('"net.tfstate"', "var.bucket")
    found = repository({**twins, "prod/app": app, "tools": app})
    assert refers(output(found, "prod/app")) == ["prod/net//aws_vpc.main.id"]
    assert isinstance(output(found, "tools"), Unknown)
    assert "dev/net or prod/net" in gaps(found, "tools")[0]


def test_outputs_that_are_not_there_fall_back_on_defaults(repository):
    found = repository(
        {
            "net": backend("n"),
            "app": state('"n"', defaults='{ it = "spare" }'),
            "other": state('"n"'),
        }
    )
    assert output(found, "app") == "spare"
    assert isinstance(output(found, "other"), Unknown)


def test_roots_may_read_each_other_but_not_in_a_circle(repository):
    found = repository(
        {
            "a": backend("a") + state('"b"') + 'output "own" { value = "x" }',
            "b": backend("b")
            + """
            data "terraform_remote_state" "a" {
              backend = "s3"
              config = {
                bucket = "states"
                key    = "a"
              }
            }
            output "it" { value = data.terraform_remote_state.a.outputs.own }
            output "round" { value = data.terraform_remote_state.a.outputs.round }
            """,
        }
    )
    assert output(found, "a") == "x"
    assert evaluated(found.root("b")).outputs["it"] == "x"


def test_a_circle_is_told_once(repository):
    def reads(other: str) -> str:
        return state(f'"{other}"')

    found = repository({"a": backend("a") + reads("b"), "b": backend("b") + reads("a")})
    assert isinstance(output(found, "a"), Unknown)
    told = [gap for root in "ab" for gap in evaluated(found.root(root)).gaps if gap.kind == "cycle"]
    assert len(told) == 1


def test_a_lookup_finds_what_another_root_makes(repository):
    found = repository({"net": NETWORK, "app": LOOKUP})
    assert refers(output(found, "app")) == ["net//aws_vpc.main.id"]
    assert output(found, "app", "cidr") == "10.0.0.0/16"
    assert found.joined() == [["app", "net"]]


@pytest.mark.parametrize(
    "asked",
    [
        'filter {\n name = "tag:Name"\n values = ["ma*"]\n}',
        'filter {\n name = "cidr"\n values = ["10.0.0.0/16"]\n}',
        'cidr_block = "10.0.0.0/16"',
        'default = false\n state = "available"',
        "",
    ],
)
def test_a_vpc_is_found_by_what_it_is(repository, asked):
    lookup = f'data "aws_vpc" "it" {{\n{asked}\n}}\noutput "it" {{ value = data.aws_vpc.it.id }}'
    found = repository({"net": NETWORK, "app": lookup})
    assert refers(output(found, "app")) == ["net//aws_vpc.main.id"]


@pytest.mark.parametrize(
    "asked",
    [
        'tags = { Name = "other" }',
        'tags = { Name = "main", Team = "x" }',
        'cidr_block = "10.1.0.0/16"',
        "default = true",
        "default = var.unsaid",
        'filter {\n name = "dhcp-options-id"\n values = ["x"]\n}',
    ],
)
def test_what_does_not_fit_is_not_found(repository, asked):
    lookup = f'data "aws_vpc" "it" {{\n{asked}\n}}\noutput "it" {{ value = data.aws_vpc.it.id }}'
    found = repository({"net": NETWORK, "app": lookup + '\nvariable "unsaid" {}'})
    assert refers(output(found, "app")) == ["data.aws_vpc.it.id"]
    assert found.links == set()


def test_several_subnets_of_a_vpc_are_found_together(repository):
    found = repository(
        {
            "net": NETWORK,
            "app": LOOKUP
            + """
            data "aws_subnets" "private" {
              filter {
                name   = "vpc-id"
                values = [data.aws_vpc.main.id]
              }
              tags = { Tier = "private" }
            }
            output "ids" { value = data.aws_subnets.private.ids }
            """,
        }
    )
    assert [each.what for each in output(found, "app", "ids")] == [
        "net//aws_subnet.private[0].id",
        "net//aws_subnet.private[1].id",
    ]


def test_tags_of_the_provider_are_tags(repository):
    provider = """
    provider "aws" {
      region = "eu-west-1"
      default_tags {
        tags = { Owner = "net" }
      }
    }
    """
    lookup = """
    data "aws_vpc" "it" { tags = { Owner = "net" } }
    output "it" { value = data.aws_vpc.it.id }
    """
    found = repository({"net": provider + NETWORK, "app": lookup})
    assert refers(output(found, "app")) == ["net//aws_vpc.main.id"]


def test_twins_are_told_apart_by_nothing(repository):
    found = repository({"one": NETWORK, "two": NETWORK, "app": LOOKUP})
    assert refers(output(found, "app")) == ["data.aws_vpc.main.id"]
    (told,) = gaps(found, "app")
    assert told.startswith("data.aws_vpc.main may find one//aws_vpc.main or two//aws_vpc.main")
    assert told.endswith("nothing tells them apart")
    assert len(found.joined()) == 3


def test_twins_are_told_apart_by_environment(repository):
    found = repository({"dev/net": NETWORK, "prod/net": NETWORK, "prod/app": LOOKUP})
    assert refers(output(found, "prod/app")) == ["prod/net//aws_vpc.main.id"]
    assert found.joined() == [["dev/net"], ["prod/app", "prod/net"]]


def test_what_only_another_environment_has_is_not_found(repository):
    found = repository({"dev/net": NETWORK, "prod/app": LOOKUP})
    assert refers(output(found, "prod/app")) == ["data.aws_vpc.main.id"]
    assert "whether prod/app shares what is in development" in gaps(found, "prod/app")[0]


PROVIDERS = {
    "account": ('allowed_account_ids = ["111111111111"]', 'allowed_account_ids = ["222222222222"]'),
    "login": ('profile = "one"', 'profile = "two"'),
}


@pytest.mark.parametrize("told", PROVIDERS)
def test_twins_are_told_apart_by_account(repository, told):
    one, two = (f'provider "aws" {{\n region = "eu-west-1"\n {p}\n}}\n' for p in PROVIDERS[told])
    found = repository({"a": one + NETWORK, "b": two + NETWORK, "app": two + LOOKUP})
    assert refers(output(found, "app")) == ["b//aws_vpc.main.id"]


def test_twins_are_told_apart_by_region(repository):
    west = 'provider "aws" { region = "us-west-2" }\n'
    found = repository({"a": NETWORK, "b": west + NETWORK, "app": west + LOOKUP})
    assert refers(output(found, "app")) == ["b//aws_vpc.main.id"]


def test_a_candidate_that_may_fit_leaves_it_open(repository):
    other = """
    variable "name" {}
    resource "aws_vpc" "other" {
      cidr_block = "10.9.0.0/16"
      tags       = { Name = var.name }
    }
    """
    found = repository({"net": NETWORK, "odd": other, "app": LOOKUP})
    assert isinstance(output(found, "app"), Unknown)
    assert "net//aws_vpc.main or odd//aws_vpc.other" in gaps(found, "app")[0]


def test_a_name_that_aws_gives_out_once_needs_no_more(repository):
    role = """
    variable "name" { default = "runner" }
    resource "aws_iam_role" "it" {
      name               = var.name
      assume_role_policy = "{}"
    }
    """
    app = """
    data "aws_iam_role" "r" { name = "runner" }
    output "it" { value = data.aws_iam_role.r.arn }
    """
    found = repository(
        {"iam": role, "odd": role.replace('{ default = "runner" }', "{}"), "app": app}
    )
    assert refers(output(found, "app")) == ["iam//aws_iam_role.it.arn"]


def test_a_parameter_carries_what_it_was_given(repository):
    found = repository(
        {
            "net": NETWORK
            + """
            resource "aws_ssm_parameter" "vpc" {
              name  = "/net/vpc"
              type  = "String"
              value = aws_vpc.main.id
            }
            """,
            "app": """
            data "aws_ssm_parameter" "vpc" { name = "/net/vpc" }
            resource "aws_security_group" "it" { vpc_id = data.aws_ssm_parameter.vpc.value }
            """,
        }
    )
    (group,) = [
        each for each in evaluated(found.root("app")).resources if each.type == "aws_security_group"
    ]
    assert refers(group.values["vpc_id"]) == ["net//aws_vpc.main.id"]
    assert "vpc_id" in group.marks


def test_a_lookup_does_not_wait_for_what_waits_for_it(repository):
    found = repository(
        {
            "app": """
            data "aws_vpc" "main" { tags = { Name = "main" } }
            locals { tags = { Name = "x", Vpc = data.aws_vpc.main.id } }
            resource "aws_vpc" "other" {
              cidr_block = "10.9.0.0/16"
              tags       = local.tags
            }
            output "it" { value = local.tags.Vpc }
            """,
            "net": NETWORK,
        }
    )
    told = evaluated(found.root("app"))
    assert not [gap for gap in told.gaps if gap.kind == "cycle"]
    assert told.resources[1].values["tags"]["Name"] == "x"


def test_lookups_without_end_are_refused(repository, monkeypatch):
    monkeypatch.setattr(candidates, "MOST_LOOKED_AT", 50)
    many = 'resource "aws_vpc" "v" {\n count = 20\n cidr_block = "10.0.0.0/16"\n}'
    data = 'data "aws_vpc" "d" {\n count = 20\n cidr_block = "10.9.0.0/16"\n}'
    it = 'output "it" { value = data.aws_vpc.d[*].arn }'
    found = repository({"net": many, "app": f"{data}\n{it}"})
    assert all(isinstance(each, Unknown) for each in output(found, "app"))
    told = set(gaps(found, "app"))
    assert told == {"the data sources of one root module look at more than 50 resources"}


def test_joined_resources_say_whose_they_are(repository):
    found = repository({"net": NETWORK, "app": LOOKUP + 'resource "aws_sqs_queue" "q" {}', "x": ""})
    both, alone = sorted(read_together(found, ["app", "x"]), key=lambda each: each.name)
    assert (both.name, alone.name) == ("app + net", "x")
    assert [part.name for part in both.parts] == ["app", "net"]
    assert "net//aws_vpc.main" in {each.id for each in both.resources}
    assert "app//aws_sqs_queue.q" in {each.id for each in both.resources}
    accounts = {each.scope.account for each in both.resources}
    assert len(accounts) == 1, "nothing says that the two log in to different accounts"


def test_a_root_alone_is_as_it_was(repository):
    found = repository({"net": NETWORK})
    (alone,) = read_together(found, ["net"])
    assert isinstance(alone, Evaluated)
    assert alone.resources[0].id == "aws_vpc.main"
