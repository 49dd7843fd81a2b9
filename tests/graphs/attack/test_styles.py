"""The same ways and near misses in the styles in which people write them, and over accounts."""

import re

import pytest

from graphs.attack.escalation import standings
from graphs.attack.paths import attack_paths
from graphs.build.declared import Declared
from graphs.estate import DeclaredEntry
from tests.graphs.attack.published import exactly, near_misses, rows

ROWS = rows()
SAMPLE = (
    "codebuild-002",
    "ec2-001",
    "iam-001",
    "iam-002",
    "iam-008",
    "iam-012",
    "iam-017",
    "lambda-001",
    "lambda-003",
    "sts-001",
    "x-runtask",
    "x-setidentitypoolroles",
)
STOLEN = Declared(entries=(DeclaredEntry(kind="stolen key"),))
ANYWHERE = 'provider "aws" {\n  region = "eu-west-1"\n}'
ACCOUNT = 'data "aws_caller_identity" "current" {}\n'
SUFFIX = 'resource "random_string" "s" {\n  length = 8\n}\n'
EVES = r"policy = (jsonencode\(\{ Version.*?\]\s*\}\))"
INLINE = r'resource "aws_iam_user_policy" "eve" \{.*?\n\}'


def unnamed(text):
    """No number of the account stands anywhere."""
    return ACCOUNT + text.replace("111111111111", "${data.aws_caller_identity.current.account_id}")


def suffixed(text):
    """Every name ends in letters that are drawn when it is applied, in ARNs as well."""
    named = r'(= "|[:/])(victim|boss|adam|eve)(?=["/*:])'
    return SUFFIX + re.sub(named, r"\1\2-${random_string.s.result}", unnamed(text))


def attached(text):
    """A policy of its own with an attachment."""
    (policy,) = re.findall(EVES, text, re.DOTALL)
    made = f"""
resource "aws_iam_policy" "eves" {{
  name_prefix = "eves-"
  policy      = {policy}
}}
resource "aws_iam_policy_attachment" "eves" {{
  name       = "eves"
  users      = [aws_iam_user.eve.name]
  policy_arn = aws_iam_policy.eves.arn
}}
"""
    return unnamed(re.sub(INLINE, lambda _: made, text, count=1, flags=re.DOTALL))


def by_group(text):
    """What a group of hers is allowed."""
    (policy,) = re.findall(EVES, text, re.DOTALL)
    made = f"""
resource "aws_iam_group" "eves" {{
  name = "eves"
}}
resource "aws_iam_group_membership" "eves" {{
  name  = "eves"
  users = [aws_iam_user.eve.name]
  group = aws_iam_group.eves.name
}}
resource "aws_iam_group_policy" "eves" {{
  group  = aws_iam_group.eves.id
  policy = {policy}
}}
"""
    return unnamed(re.sub(INLINE, lambda _: made, text, count=1, flags=re.DOTALL))


def documented(text):
    """A document as data, with a block for each statement."""
    said = r'\{ Effect = "Allow", Action = "([^"]*)", Resource = "([^"]*)"\s*\}'
    (policy,) = re.findall(EVES, text, re.DOTALL)
    statements = "".join(
        f'  statement {{\n    actions   = ["{action}"]\n    resources = ["{on}"]\n  }}\n'
        for action, on in re.findall(said, policy)
    )
    made = f'data "aws_iam_policy_document" "eve" {{\n{statements}}}\n'
    return unnamed(made + text.replace(policy, "data.aws_iam_policy_document.eve.json"))


STYLES = {style.__name__: style for style in (unnamed, suffixed, attached, by_group, documented)}


def standing(estate, address="aws_iam_user.eve"):
    (eve,) = [each for each in standings(estate) if each.principal.id.endswith(address)]
    return eve


@pytest.mark.parametrize("name", SAMPLE)
@pytest.mark.parametrize("style", STYLES)
def test_a_way_in_any_style(built, style, name):
    row = ROWS[name]
    eve = standing(built(STYLES[style](exactly(row).text()), STOLEN, provider=ANYWHERE))
    found = [s.technique.id for s in eve.steps if s.technique.id != "administer-account"]
    assert (eve.escalates.certain, found) == (True, row["by"])


@pytest.mark.parametrize("name", SAMPLE)
@pytest.mark.parametrize("style", ["suffixed", "documented"])
def test_something_else_in_any_style(built, style, name):
    for what, case in near_misses(ROWS[name]):
        if "something else" in what:
            estate = built(STYLES[style](case.text()), STOLEN, provider=ANYWHERE)
            assert not standing(estate).escalates.possible, what


def test_a_module_that_is_counted(built, tmp_path):
    """The user and her policy are a module's, which a variable switches on."""
    text = exactly(ROWS["lambda-001"]).text()
    inside = "path"
    (tmp_path / inside).mkdir()
    (tmp_path / inside / "main.tf").write_text(unnamed(text))
    call = f"""
variable "on" {{
  default = true
}}
module "path" {{
  source = "./{inside}"
  count  = var.on ? 1 : 0
}}
"""
    found = standing(built(call, provider=ANYWHERE), "module.path[0].aws_iam_user.eve")
    assert found.escalates.certain
    assert not list(standings(built(call, provider=ANYWHERE, on="false")))


# ------------------------------------------------------------------------------ over accounts

MODULE = """
terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.dev, aws.prod]
    }
  }
}
data "aws_caller_identity" "dev" {
  provider = aws.dev
}
data "aws_caller_identity" "prod" {
  provider = aws.prod
}
resource "aws_iam_user" "eve" {
  provider = aws.dev
  name     = "eve"
}
resource "aws_iam_access_key" "eve" {
  provider = aws.dev
  user     = aws_iam_user.eve.name
}
resource "aws_iam_user_policy" "eve" {
  provider = aws.dev
  user     = aws_iam_user.eve.name
  policy   = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect   = "Allow"
    Action   = "sts:AssumeRole"
    Resource = "arn:aws:iam::${data.aws_caller_identity.prod.account_id}:role/ALLOWED"
  }] })
}
resource "aws_iam_role" "target" {
  provider           = aws.prod
  name               = "target"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect    = "Allow"
    Action    = "sts:AssumeRole"
    Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.dev.account_id}:TRUSTED" }
  }] })
}
resource "aws_iam_role_policy" "target" {
  provider = aws.prod
  role     = aws_iam_role.target.id
  policy   = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect = "Allow", Action = "MAY", Resource = "*"
  }] })
}
resource "aws_s3_bucket" "flag" {
  provider = aws.prod
  bucket   = "flag-${data.aws_caller_identity.prod.account_id}"
}
"""
CALL = """
provider "aws" {
  alias  = "dev"
  region = "eu-west-1"
  assume_role {
    role_arn = "arn:aws:iam::111111111111:role/ci"
  }
}
provider "aws" {
  alias  = "prod"
  region = "eu-west-1"
  assume_role {
    role_arn = "arn:aws:iam::222222222222:role/ci"
  }
}
module "path" {
  source    = "./path"
  providers = { aws.dev = aws.dev, aws.prod = aws.prod }
}
"""
# What the role trusts and what she is allowed, and whether she gets over.
OVER = {
    "the account and her own policy": ("root", "target", True),
    "her and her own policy": ("user/eve", "target", True),
    "her without a policy of hers": ("user/eve", "other", False),
    "somebody else": ("user/adam", "target", False),
}


@pytest.mark.parametrize("may", ["*", "s3:GetObject"])
@pytest.mark.parametrize("case", OVER)
def test_over_accounts(built, tmp_path, case, may):
    trusted, allowed, over = OVER[case]
    (tmp_path / "path").mkdir()
    text = (
        MODULE.replace("TRUSTED", trusted).replace("ALLOWED", allowed).replace('"MAY"', f'"{may}"')
    )
    (tmp_path / "path" / "main.tf").write_text(text)
    estate = built(CALL, STOLEN, provider="")
    ends = {str(p.target.fact) for p in attack_paths(estate) if p.answer.certain}
    assert standing(estate).escalates.certain == (over and may == "*")
    won = "rules account:222222222222" if may == "*" else "reads module.path.aws_s3_bucket.flag"
    assert (won in ends) == over


# -------------------------------------------------------------- what a boundary leaves to her

BOUND = """
resource "aws_iam_policy" "bound" {
  name   = "bound"
  policy = jsonencode({ Statement = [{
    Effect = "Allow", Action = ["iam:PutUserPolicy", "LEFT"], Resource = "*"
  }] })
}
resource "aws_iam_user" "eve" {
  name                 = "eve"
  permissions_boundary = aws_iam_policy.bound.arn
}
resource "aws_iam_access_key" "eve" {
  user = aws_iam_user.eve.name
}
resource "aws_iam_user_policy" "eve" {
  user   = aws_iam_user.eve.name
  policy = jsonencode({ Statement = [{
    Effect = "Allow", Action = "iam:PutUserPolicy", Resource = aws_iam_user.eve.arn
  }] })
}
resource "aws_s3_bucket" "flag" {
  bucket = "flag"
}
"""


@pytest.mark.parametrize(("left", "reads"), [("s3:*", True), ("ec2:*", False)])
def test_what_a_boundary_leaves_one_gives_oneself(built, left, reads):
    estate = built(BOUND.replace("LEFT", left), STOLEN)
    found = [p.techniques for p in attack_paths(estate) if p.answer.certain]
    assert found == ([("rewrite-own-policy",)] if reads else [])
    assert not standing(estate).escalates.possible
