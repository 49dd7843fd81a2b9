"""`pathwarden escalations`, on code."""

import json

from scanner.reports.escalations import SCHEMA

CODE = """
resource "aws_iam_user" "eve" {
  name = "eve"
}
resource "aws_iam_user_policy" "eve" {
  user   = aws_iam_user.eve.name
  policy = jsonencode({ Statement = [{
    Effect = "Allow", Action = "iam:PutUserPolicy", Resource = "*"
  }] })
}
resource "aws_iam_user" "adam" {
  name = "adam"
}
resource "aws_iam_user_policy" "adam" {
  user   = aws_iam_user.adam.name
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
}
resource "aws_iam_user" "ben" {
  name = "ben"
}
"""


def test_everybody_is_told_of_as_json(run, tmp_path):
    (tmp_path / "main.tf").write_text(CODE)
    done = run("escalations", "--on", tmp_path, "--format", "json")
    said = json.loads(done.out)
    assert (done.code, said["schema"]) == (0, SCHEMA)
    told = {p["principal"]: p for p in said["principals"]}
    assert {name: (p["admin"], p["escalates"], p["verdict"]) for name, p in told.items()} == {
        "adam": (True, False, "holds"),
        "ben": (False, False, "holds"),
        "eve": (False, True, "violated"),
    }
    eve = told["eve"]
    assert eve["address"] == "aws_iam_user.eve"
    assert eve["techniques"] == ["rewrite-own-policy"]
    (step,) = eve["steps"]
    assert "T1098" in step["attack"]
    assert "iam-007" in step["known_as"]
    assert {"main.tf"} == {each["file"] for each in step["evidence"]}


def test_people_read_the_ways_first(run, tmp_path):
    (tmp_path / "main.tf").write_text(CODE)
    out = run("escalations", tmp_path).out
    assert out.startswith("1 of 3 roles and users can become administrators")
    assert "1 may do everything already: user adam" in out
    assert "ESCALATES  user eve" in out
    assert "main.tf:7" in out


def test_what_decides_is_named(run, tmp_path):
    text = CODE.replace('Action = "iam:PutUserPolicy"', "Action = var.action")
    (tmp_path / "main.tf").write_text(text + 'variable "action" {}\n')
    said = json.loads(run("escalations", tmp_path, "--format", "json").out)
    eve = next(p for p in said["principals"] if p["principal"] == "eve")
    assert (eve["escalates"], eve["verdict"]) == (False, "cannot-tell")
    assert eve["unknowns"] == ["var.action (variable without a value)"]


def test_a_broken_policy_ends_nothing(run, tmp_path):
    head, _, rest = CODE.partition("  policy = jsonencode(")
    rest = rest.partition("}] })\n")[2]
    (tmp_path / "main.tf").write_text(f'{head}  policy = "{{"\n{rest}')
    done = run("escalations", tmp_path, "--format", "json")
    eve = next(p for p in json.loads(done.out)["principals"] if p["principal"] == "eve")
    assert (done.code, eve["verdict"]) == (0, "cannot-tell")
