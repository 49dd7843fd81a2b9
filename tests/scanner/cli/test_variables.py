"""Variables, workspaces, environments and modules on the command line."""

import json

import pytest

ROOT = """
variable "name" { default = "default" }
resource "aws_vpc" "net" { cidr_block = "10.0.0.0/16" }
module "net" { source = "git::https://example.com/acme/net.git" }
"""


@pytest.fixture
def repository(tmp_path):
    """A root module with a variable file, two environments and a module from elsewhere."""
    for name, text in {
        "code/main.tf": ROOT,
        "code/x.tfvars": 'name = "file"',
        "code/pathwarden.yaml": (
            "version: 1\nroots:\n  .:\n    environments:\n"
            "      dev: {vars: {name: dev}}\n      prod: {workspace: live}\n"
        ),
        "lib/acme/net/main.tf": "",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "default"),
        (["--var", "name=told"], "told"),
        (["--var", "name=told", "--var-file", "x.tfvars"], "file"),
        (["--var-file", "x.tfvars", "--var", "name=told"], "told"),
        (["--var-file=x.tfvars", "--var=name=1", "--var=name=2"], "2"),
        (["--var", "name=1", "--var-file", "x.tfvars", "--var", "name=a=b"], "a=b"),
        (["--environment", "dev"], "dev"),
        (["--environment", "dev", "--var-file", "x.tfvars"], "file"),
    ],
)
def test_the_later_option_wins_as_it_does_for_terraform(run, repository, options, said):
    result = run("eval", repository / "code", "-e", "var.name", *options)
    assert result.out.startswith(f'var.name = "{said}"'), result.out


@pytest.mark.parametrize(
    ("options", "said"),
    [([], "default"), (["--environment", "prod"], "live"), (["--workspace", "w"], "w")],
)
def test_the_workspace_is_told(run, repository, options, said):
    result = run("eval", repository / "code", "-e", "terraform.workspace", *options)
    assert f'"{said}"' in result.out


def test_environments_are_judged_one_by_one(run, repository):
    result = run("scan", repository / "code", "--format", "json")
    roots = json.loads(result.out)["coverage"]["roots"]
    assert [each["directory"] for each in roots] == [". [dev]", ". [prod]"]
    result = run("scan", repository / "code", "--environment", "prod", "--format", "json")
    (root,) = json.loads(result.out)["coverage"]["roots"]
    assert root["directory"] == ". [prod]"


def test_modules_are_found_where_the_command_line_says(run, repository):
    said = json.loads(run("scan", repository / "code", "--format", "json").out)
    assert {each["kind"] for each in said["gaps"]} == {"module-missing"}
    options = ("--modules-dir", repository / "lib", "--format", "json")
    assert json.loads(run("scan", repository / "code", *options).out)["gaps"] == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--environment", "stage"], "no root module here has an environment 'stage'"),
        (["--modules-dir", "nowhere"], "nowhere"),
        (["--var", "name"], "--var 'name' is not NAME=VALUE"),
        (["--var", "nobody=1"], "no root module here declares the variable 'nobody'"),
        (["--var-file", "none.tfvars"], "there is no variable file none.tfvars"),
    ],
)
def test_what_is_not_there_is_one_clear_line(run, repository, options, said):
    result = run("scan", repository / "code", *options)
    assert result.code == 2
    assert said in result.err
