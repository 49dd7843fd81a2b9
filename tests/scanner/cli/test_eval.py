"""`pathwarden eval` and `pathwarden resources`."""

import json

import pytest
from click.testing import CliRunner

from scanner.cli import cli

MAIN = """
variable "secret" {
  sensitive = true
  default   = "correct horse battery"
}
variable "size" { default = 2 }
resource "aws_vpc" "main" { cidr_block = "10.0.0.0/16" }
resource "aws_subnet" "a" {
  count      = var.size
  vpc_id     = aws_vpc.main.id
  cidr_block = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index)
}
resource "aws_db_instance" "d" { password = var.secret }
"""


@pytest.fixture
def root(tmp_path):
    directory = tmp_path / "root"
    directory.mkdir()
    (directory / "main.tf").write_text(MAIN)
    return directory


def run(*args):
    return CliRunner().invoke(cli, [str(each) for each in args])


def asked(root, pairs, *options):
    batch = root.parent / "batch.json"
    batch.write_text(json.dumps([{"id": name, "expr": text} for name, text in pairs.items()]))
    done = run("eval", root, "--batch", batch, *options)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_people_read_values_with_their_types_and_origins(root):
    done = run("eval", root, "-e", "1/4", "-e", "var.secret", "-e", "aws_vpc.main.id")
    quarter, secret, vpc = done.stdout.splitlines()
    assert quarter == "1/4 = 0.25  # number"
    assert secret == "var.secret = (sensitive)  # string"
    assert "aws_vpc.main.id (known only after apply) at main.tf:7" in vpc


def test_an_expression_without_a_value_fails(root):
    assert run("eval", root, "-e", "1").exit_code == 0
    for refused in ("1 +", "var.size.x", 'tonumber("x")'):
        done = run("eval", root, "-e", "1", "-e", refused)
        assert done.exit_code == 1
        assert done.stdout.splitlines()[0] == "1 = 1  # number"


def test_values_of_other_root_modules_are_read(tmp_path):
    place = 'bucket = "states"\n key = "network.tfstate"\n'
    files = {
        "network": f'terraform {{\n backend "s3" {{\n {place} }}\n}}\n'
        'output "cidr" { value = "10.0.0.0/16" }\n',
        "app": 'data "terraform_remote_state" "n" {\n backend = "s3"\n config = {\n'
        f" {place} }}\n}}\n",
    }
    for name, text in files.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text(text)
    expression = "data.terraform_remote_state.n.outputs.cidr"
    done = run("eval", tmp_path, "--root", "app", "-e", expression)
    assert done.stdout == f'{expression} = "10.0.0.0/16"  # string\n'


def test_a_batch_is_answered_by_id(root):
    answers = asked(root, {"a": "[1, true]", "b": "{a = aws_vpc.main.id, b = []}", "c": "1 +"})
    assert answers["a"] == {
        "ok": True,
        "type": ["tuple", ["number", "bool"]],
        "json": "[1,true]",
        "sensitive": False,
        "unknown": None,
    }
    assert answers["b"]["json"] == '{"b":[]}'
    assert answers["b"]["unknown"] == {"a": True, "b": []}
    assert not answers["c"]["ok"]


def test_variables_are_told_as_to_other_commands(root):
    answers = asked(root, {"n": "length(aws_subnet.a)"}, "--var", "size=3")
    assert answers["n"]["json"] == "3"


@pytest.mark.parametrize(
    "expression",
    [
        "(" * 5000 + "1" + ")" * 5000,
        "[for a in range(1000): [for b in range(1000): [for c in range(1000): c]]]",
        "-" * 20_000 + "1",
        'file("../../../etc/passwd/nothing")',
        'format("%9999999d", 1)',
        "x" * 100_000 + "(",
    ],
)
def test_one_hostile_expression_is_refused_and_the_others_answered(root, expression):
    answers = asked(root, {"bad": expression, "good": "1 + 1"})
    assert answers["good"]["json"] == "2"
    assert not answers["bad"]["ok"] or answers["bad"]["unknown"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not JSON"),
        ('{"a": 1}', "is not a list"),
        ('[{"id": 1, "expr": "x"}]', "item 0"),
        ('[{"id": "a", "expr": "1"}, {"id": "a", "expr": "2"}]', "twice"),
    ],
)
def test_a_bad_batch_is_one_clear_line(root, text, said):
    batch = root.parent / "batch.json"
    batch.write_text(text)
    done = run("eval", root, "--batch", batch)
    assert said in str(done.exception)


def test_resources_are_listed_with_what_is_unknown_and_without_secrets(root):
    done = run("resources", "--on", root, "--format", "json")
    rows = {row["address"]: row for row in json.loads(done.stdout)}
    assert list(rows) == ["aws_vpc.main", "aws_subnet.a[0]", "aws_subnet.a[1]", "aws_db_instance.d"]
    second = rows["aws_subnet.a[1]"]
    assert second["type"] == "aws_subnet"
    assert second["values"]["cidr_block"] == "10.0.1.0/24"
    assert second["unknown"]["vpc_id"] is True
    assert (second["file"], second["line"], second["root"]) == ("main.tf", 8, ".")
    assert "correct horse" not in done.stdout
    assert rows["aws_db_instance.d"]["values"]["password"] == "(sensitive)"


def test_resources_as_text_say_where_each_stands(root):
    done = run("resources", root)
    assert "aws_subnet.a[0]  main.tf:8" in done.stdout
    assert "vpc_id: unknown, aws_vpc.main.id (known only after apply)" in done.stdout
