"""Terraform's own state: whoever reads it reads passwords, whoever writes it runs code."""

import pytest

from graphs.attack.breach import Breach
from graphs.attack.changes import Breakable
from graphs.attack.facts import Fact, Holds
from graphs.attack.paths import attack_paths
from graphs.build.declared import Declared
from graphs.estate import Relation
from graphs.nodes import Bucket

EVE, APPLY, BUCKET = "aws_iam_user.eve", "aws_iam_role.apply", "aws_s3_bucket.kept"
DATABASE = "aws_db_instance.orders"

ESTATE = """
terraform {
  backend "s3" {
    bucket = "BUCKET"
    key    = "shop/terraform.tfstate"
    region = "eu-west-1"
    LOCKS
  }
}
resource "aws_iam_user" "eve" {
  name = "eve"
}
resource "aws_iam_user_login_profile" "eve" {
  user = aws_iam_user.eve.name
}
resource "aws_iam_user_policy" "eve" {
  user   = aws_iam_user.eve.name
  policy = jsonencode({ Statement = [{
    Effect = "Allow", Action = [ACTIONS], Resource = "RESOURCE"
  }] })
}
resource "aws_s3_bucket" "kept" {
  bucket = "acme-terraform"
}
resource "aws_dynamodb_table" "locks" {
  name     = "locks"
  hash_key = "LockID"
}
resource "aws_iam_role" "apply" {
  name               = "apply"
  assume_role_policy = jsonencode({ Statement = [{
    Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
  }] })
}
resource "aws_iam_role_policy" "apply" {
  role   = aws_iam_role.apply.name
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
}
resource "aws_db_instance" "orders" {
  identifier = "orders"
  engine     = "postgres"
  username   = "admin"
  PASSWORD
}
"""
PLAIN = {
    "BUCKET": "acme-terraform",
    "LOCKS": "use_lockfile = true",
    "ACTIONS": '"s3:PutObject"',
    "RESOURCE": "*",
    "PASSWORD": 'password = "correct-horse-battery"',
}
PROVIDER = """
provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111111111111"]
  assume_role {
    role_arn = "arn:aws:iam::111111111111:role/apply"
  }
}
"""
TABLE = 'dynamodb_table = "locks"'
POISONED = {("poison-state", APPLY)}
WRITTEN = {
    "the state": ({}, POISONED),
    "another state": ({"RESOURCE": "arn:aws:s3:::acme-terraform/blog/*"}, set()),
    "a state that one may read": ({"ACTIONS": '"s3:GetObject"'}, set()),
    "a state with a table of locks": ({"LOCKS": TABLE}, set()),
    "a state with its table": (
        {"LOCKS": TABLE, "ACTIONS": '"s3:PutObject", "dynamodb:PutItem"'},
        POISONED,
    ),
    "a state in a bucket of nobody knows whom": ({"BUCKET": "somebodys"}, set()),
}


def estate_of(**said):
    text = ESTATE
    for name, value in {**PLAIN, **said}.items():
        text = text.replace(name, value)
    return text


def gained(estate):
    found = estate.edges(Relation.MAY_CALL, source=EVE)
    return {(edge.allows, edge.target) for edge in found if edge.answer.certain}


@pytest.mark.parametrize("case", WRITTEN)
def test_who_writes_a_state_is_whoever_runs_terraform(built, case):
    said, expected = WRITTEN[case]
    assert gained(built(estate_of(**said), provider=PROVIDER)) == expected


def test_nobody_is_won_where_the_provider_assumes_no_role_that_is_here(built):
    other = PROVIDER.replace("role/apply", "role/other")
    estate = built(estate_of(), provider=other)
    assert gained(estate) == set()
    assert [gap.kind for gap in estate.gaps if gap.place and gap.place.line == 3] == [
        "state-run-by"
    ]


@pytest.mark.parametrize("role", ["aws_iam_role.apply", "arn:aws:iam::111111111111:role/apply"])
def test_who_runs_terraform_may_be_declared(built, role):
    other = PROVIDER.replace("role/apply", "role/other")
    said = gained(built(estate_of(), Declared(runs_terraform=role), provider=other))
    assert said == gained(built(estate_of(), provider=PROVIDER)) != set()


def test_who_is_declared_and_is_not_there_is_named(built):
    other = PROVIDER.replace("role/apply", "role/other")
    estate = built(estate_of(), Declared(runs_terraform="aws_iam_role.gone"), provider=other)
    (gap,) = [gap for gap in estate.gaps if gap.kind == "state-run-by"]
    assert "aws_iam_role.gone is not in this code" in gap.what


def test_the_path_names_the_backend_and_ends_with_the_permission(built):
    estate = built(estate_of(), provider=PROVIDER)
    path = next(p for p in attack_paths(estate) if "poison-state" in p.techniques)
    assert path.techniques == ("poison-state", "administer-account")
    steps = path.hops()[0].evidence
    assert any("shop/terraform.tfstate" in s.claim and s.proof.place.line == 3 for s in steps)
    (edge,) = estate.edges(Relation.MAY_CALL, source=EVE)
    assert {change.node for change in Breakable(estate).of(edge)} == {EVE}


READ = {
    "a password": ({}, True),
    "a password that is only written": ({"PASSWORD": 'password_wo = "x"'}, False),
    "a password that AWS keeps": ({"PASSWORD": "manage_master_user_password = true"}, False),
    "a state that lies elsewhere": ({"BUCKET": "somebodys"}, False),
}


@pytest.mark.parametrize("case", READ)
def test_what_stands_in_a_state_opens_what_it_is_the_password_of(built, case):
    said, opens = READ[case]
    estate = built(estate_of(**said))
    found = [edge.target for edge in estate.edges(Relation.HOLDS_CREDENTIALS_OF, source=BUCKET)]
    assert found == [DATABASE] * opens


def test_a_key_in_a_state_is_its_users_unless_it_is_encrypted(built):
    key = """
    resource "aws_iam_access_key" "eve" {
      user    = aws_iam_user.eve.name
      pgp_key = %s
    }
    """
    for pgp, opens in (("null", [EVE]), ('"keybase:eve"', [])):
        text = estate_of(PASSWORD="") + key % pgp
        edges = built(text).edges(Relation.HOLDS_CREDENTIALS_OF, source=BUCKET)
        assert [edge.target for edge in edges] == opens


def test_a_bucket_is_called_after_the_states_in_it(built):
    plain = estate_of(BUCKET="somebodys")
    remote = """
    data "terraform_remote_state" "net" {
      backend = "s3"
      config  = { bucket = aws_s3_bucket.kept.bucket, key = "net" }
    }
    """
    for text, kinds in (
        (plain, frozenset()),
        (estate_of(), frozenset(("state",))),
        (plain + remote, frozenset(("state",))),
    ):
        (bucket,) = built(text).index.of(Bucket)
        assert bucket.classes == kinds


def test_what_a_state_opens_is_part_of_what_the_state_is_worth(built):
    text = estate_of(ACTIONS='"s3:GetObject"')
    key = """
    resource "aws_iam_access_key" "k" {
      user = aws_iam_user.root.name
    }
    resource "aws_iam_user" "root" {
      name = "root"
    }
    resource "aws_iam_user_policy" "root" {
      user   = aws_iam_user.root.name
      policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
    }
    """
    estate = built(text + key)
    (path,) = attack_paths(estate)
    assert (path.target.kind, path.target.fact.node) == ("state", BUCKET)
    reached = {each.fact.node for each in Breach(estate, Fact(Holds.CONTROLS, EVE)).reached}
    assert {"aws_iam_user.root", "account:111111111111"} <= reached
