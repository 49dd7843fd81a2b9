"""`pathwarden can`, `who-can` and `access`: answers with their statements, and bad names."""

import json

import pytest

CODE = """
provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111111111111"]
}
variable "partner" {}
resource "aws_s3_bucket" "booking" {
  bucket = "booking"
}
resource "aws_s3_bucket_public_access_block" "booking" {
  bucket = aws_s3_bucket.booking.id
}
resource "aws_s3_bucket_policy" "booking" {
  bucket = aws_s3_bucket.booking.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Principal = "*", Action = "s3:GetObject",
        Resource = "arn:aws:s3:::booking/public/*",
        Condition = { StringLike = { "aws:Referer" = "https://example.com/*" } } },
      { Effect = "Allow", Principal = { Service = "logging.s3.amazonaws.com" },
        Action = "s3:PutObject", Resource = "arn:aws:s3:::booking/*" },
    ]
  })
}
resource "aws_iam_role" "app" {
  name = "app"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = var.partner }, Action = "sts:AssumeRole" }]
  })
}
resource "aws_iam_role_policy" "app" {
  role = aws_iam_role.app.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "s3:*", Resource = "arn:aws:s3:::booking*" },
      { Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = "*",
        Condition = { StringEquals = { "aws:ResourceTag/team" = "app" } } },
      { Effect = "Allow", Action = "secretsmanager:TagResource", Resource = "*" },
    ]
  })
}
resource "aws_secretsmanager_secret" "db" {
  name = "db"
}
"""


@pytest.fixture
def code(tmp_path):
    (tmp_path / "main.tf").write_text(CODE)
    return tmp_path


def answers(run, *question):
    done = run(*question, "--format", "json")
    assert done.code == 0, done.err
    return json.loads(done.out)["answers"]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (("app", "s3:GetObject", "booking"), "ALLOW"),
        (("app", "s3:GetObject", "arn:aws:s3:::other/a"), "DENY"),
        (("anyone", "s3:GetObject", "booking"), "ALLOW-IF"),
        (("anyone", "s3:PutObject", "booking"), "DENY"),
        (("222222222222", "sts:AssumeRole", "app"), "UNKNOWN"),
        (("logging.s3.amazonaws.com", "s3:PutObject", "booking"), "ALLOW"),
    ],
)
def test_the_verdict_stands_first(run, code, question, said):
    done = run("can", *question, "--on", code)
    assert done.code == 0, done.err
    assert done.out.splitlines()[0].split()[0] == said


def test_the_deciding_statement_has_its_line(run, code):
    out = run("can", "app", "s3:GetObject", "booking", "--on", code).out
    assert "allows s3:GetObject on arn:aws:s3:::booking/*" in out
    assert "main.tf:35" in out


def test_who_controls_a_condition_key_is_said(run, code):
    (told,) = answers(run, "can", "anyone", "s3:GetObject", "booking", "--on", code)
    assert told["keys"] == [{"key": "aws:referer", "by": "caller"}]
    assert told["witness"]["aws:referer"].startswith("https://example.com/")
    assert told["witness"]["resource"].startswith("arn:aws:s3:::booking/public/")
    (told,) = answers(run, "can", "app", "secretsmanager:GetSecretValue", "db", "--on", code)
    changed = {"key": "aws:resourcetag/team", "by": "secretsmanager:TagResource"}
    assert (told["verdict"], told["keys"]) == ("allow-if", [changed])


def test_keys_of_the_request_may_be_given(run, code):
    for value, verdict in (("https://example.com/a", "allow"), ("", "deny")):
        asked = ("anyone", "s3:GetObject", "booking", "--context", f"aws:Referer={value}")
        (told,) = answers(run, "can", *asked, "--on", code)
        assert told["verdict"] == verdict


def test_a_session_policy_limits_the_session(run, code, tmp_path):
    file = tmp_path / "session.json"
    file.write_text('{"Statement": {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}}')
    asked = ("can", "app", "s3:PutObject", "booking", "--on", code, "--session-policy", file)
    assert run(*asked).out.startswith("DENY")
    file.write_text("{")
    done = run(*asked)
    assert (done.code, len(done.lines)) == (2, 1)
    assert "is no policy" in done.err


def test_who_can_lists_outsiders_first(run, code):
    told = answers(run, "who-can", "s3:GetObject", "booking", "--on", code)
    assert [(each["name"], each["verdict"]) for each in told] == [
        ("anyone", "allow-if"),
        ("app", "allow"),
    ]
    out = run("who-can", "s3:GetObject", "booking", "--on", code).out
    assert "anyone  if aws:referer" in out


def test_a_service_that_serves_any_account_is_named_so(run, code):
    told = answers(run, "who-can", "s3:PutObject", "booking", "--on", code)
    assert "logging.s3.amazonaws.com for any account" in [each["name"] for each in told]


def test_access_says_who_uses_a_thing_and_how(run, code):
    told = answers(run, "access", "booking", "--on", code)
    assert [each["name"] for each in told][:2] == ["anyone", "app"]
    verdicts = {use: told[1][use]["verdict"] for use in ("reads", "writes", "administers")}
    assert set(verdicts.values()) == {"allow"}
    assert told[0]["writes"]["verdict"] == "deny"


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (("can", "ap", "s3:GetObject", "booking"), "did you mean app?"),
        (("can", "app", "s3:GetObject", "bookin"), "did you mean booking?"),
        (("can", "app", "s3:GetObjekt", "booking"), "did you mean s3:GetObject"),
        (("can", "app", "s4:GetObject", "booking"), "no service has the prefix 's4'"),
        (("can", "app", "s3:Get*", "booking"), "ask of one action"),
        (("can", "app", "GetObject", "booking"), "is no action"),
        (("can", "app", "s3:GetObject", "booking", "--context", "x"), "is no key=value"),
        (("who-can", "s3:GetObject", "bookin"), "did you mean booking?"),
        (("access", "bookin"), "did you mean booking?"),
    ],
)
def test_a_bad_name_is_one_line(run, code, question, said):
    done = run(*question, "--on", code)
    assert (done.code, len(done.lines)) == (2, 1)
    assert said in done.err
