"""The calls by which a principal becomes another, or an administrator: what each one needs."""

import pytest

from graphs.attack.paths import attack_paths
from graphs.estate import Relation

ACCOUNT = "account:111111111111"
OWN = "arn:aws:iam::111111111111"

PEOPLE = """
resource "aws_iam_user" "eve" {
  name = "eve"
}
resource "aws_iam_user" "adam" {
  name = "adam"
}
resource "aws_iam_user_login_profile" "adam" {
  user = aws_iam_user.adam.name
}
resource "aws_iam_policy" "eves" {
  name = "eves"
  policy = jsonencode({ Statement = [{
    Effect   = "Allow"
    Action   = %s
    Resource = "%s"
  }] })
}
resource "aws_iam_user_policy_attachment" "eves" {
  user       = aws_iam_user.eve.name
  policy_arn = aws_iam_policy.eves.arn
}
resource "aws_iam_group" "staff" {
  name = "staff"
}
resource "aws_iam_user_group_membership" "eve" {
  user   = aws_iam_user.eve.name
  groups = [aws_iam_group.staff.name]
}
resource "aws_iam_group" "root" {
  name = "root"
}
resource "aws_iam_group_policy" "root" {
  group  = aws_iam_group.root.name
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
}
"""


def gained(estate, by="aws_iam_user.eve"):
    """What somebody may become for certain, by technique."""
    found = estate.edges(Relation.MAY_CALL, source=by)
    return {(e.allows, e.target) for e in found if e.answer.certain}


ALLOWED = {
    "a policy that one holds": (
        '"iam:CreatePolicyVersion"',
        f"{OWN}:policy/eve*",
        ("rewrite-held-policy", ACCOUNT),
    ),
    "a policy that one does not hold": (
        '"iam:CreatePolicyVersion"',
        f"{OWN}:policy/others",
        None,
    ),
    "a group that one is in": ('"iam:PutGroupPolicy"', "*", ("rewrite-own-group", ACCOUNT)),
    "a group that one is not in": ('"iam:PutGroupPolicy"', f"{OWN}:group/root", None),
    "a group of administrators": (
        '"iam:AddUserToGroup"',
        f"{OWN}:group/root",
        ("join-group", ACCOUNT),
    ),
    "a group that may do nothing": ('"iam:AddUserToGroup"', f"{OWN}:group/staff", None),
    "the password of somebody who has one": (
        '"iam:UpdateLoginProfile"',
        "*",
        ("change-password-of-user", "aws_iam_user.adam"),
    ),
    "a password for somebody who has one": ('"iam:CreateLoginProfile"', "*", None),
    "more for somebody else": (
        '"iam:PutUserPolicy"',
        f"{OWN}:user/adam",
        ("empower-other", "aws_iam_user.adam"),
    ),
}


@pytest.mark.parametrize("what", ALLOWED)
def test_what_a_permission_makes_of_a_user(built, what):
    action, resource, gain = ALLOWED[what]
    assert gained(built(PEOPLE % (action, resource))) == ({gain} if gain else set())


def test_an_unknown_account_ends_no_scan(built):
    text = PEOPLE % ('"iam:CreatePolicyVersion"', "*")
    estate = built(text, provider='provider "aws" {\n region = "eu-west-1"\n}')
    (edge,) = estate.edges(Relation.MAY_CALL, source="aws_iam_user.eve")
    assert edge.answer.certain


def test_a_boundary_holds_whatever_one_gives_oneself(built):
    bound = """
    resource "aws_iam_policy" "bound" {
      name   = "bound"
      policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "%s", Resource = "*" }] })
    }
    """
    text = (PEOPLE % ('"iam:CreatePolicyVersion"', "*")).replace(
        'name = "eve"\n', 'name = "eve"\n permissions_boundary = aws_iam_policy.bound.arn\n'
    )
    assert not gained(built(text + bound % "iam:Create*"))
    assert gained(built(text + bound % "*")) == {("rewrite-held-policy", ACCOUNT)}


RUNNING = """
resource "aws_lambda_function" "report" {
  function_name = "report"
  role          = aws_iam_role.runs.arn
}
resource "aws_instance" "batch" {
  ami                  = "ami-1"
  iam_instance_profile = aws_iam_instance_profile.runs.name
}
resource "aws_iam_instance_profile" "runs" {
  name = "runs"
  role = aws_iam_role.runs.name
}
resource "aws_iam_role" "runs" {
  name = "runs"
  assume_role_policy = jsonencode({ Statement = [{
    Effect    = "Allow"
    Action    = "sts:AssumeRole"
    Principal = { Service = ["lambda.amazonaws.com", "ec2.amazonaws.com"] }
  }] })
}
"""
MANAGED = """
resource "aws_iam_role_policy_attachment" "runs" {
  role       = aws_iam_role.runs.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
}
"""


def test_who_replaces_the_code_of_a_function_acts_as_its_role(built):
    estate = built(RUNNING + PEOPLE % ('"lambda:UpdateFunctionCode"', "*"))
    assert gained(estate) == {("replace-function-code", "aws_iam_role.runs")}


def test_a_machine_is_commanded_only_where_its_agent_may_register(built):
    text = RUNNING + PEOPLE % ('"ssm:SendCommand"', "*")
    assert not gained(built(text))
    assert gained(built(text + MANAGED)) == {("command-machine", "aws_iam_role.runs")}


def test_making_an_administrator_of_another_needs_control_of_both(built):
    """The role that a function runs as is made an administrator, and then taken over."""
    text = RUNNING + PEOPLE % ('["lambda:UpdateFunctionCode", "iam:AttachRolePolicy"]', "*")
    sign_in = 'resource "aws_iam_user_login_profile" "eve" {\n user = aws_iam_user.eve.name\n}'
    found = [p for p in attack_paths(built(text + sign_in)) if p.target.fact.node == ACCOUNT]
    assert [p.techniques for p in found if p.answer.certain] == [
        ("replace-function-code", "empower-other")
    ]
    alone = text.replace('"lambda:UpdateFunctionCode", ', "") + sign_in
    assert not [p for p in attack_paths(built(alone)) if p.target.fact.node == ACCOUNT]


def test_what_may_be_an_administrator_at_once_is_told_once(built):
    """A policy of another code may allow anything: no way through it is a way of its own."""
    text = """
    variable "policy" {}
    resource "aws_iam_user" "eve" {
      name = "eve"
    }
    resource "aws_iam_user_policy_attachment" "eve" {
      user       = aws_iam_user.eve.name
      policy_arn = var.policy
    }
    """
    estate = built(text)
    assert [e.answer.undecided for e in estate.edges(Relation.ADMINISTERS)] == [True]
    assert not list(estate.edges(Relation.MAY_CALL))
