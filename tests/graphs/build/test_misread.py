"""Faults of policies are named with their place, and decide only what they could."""

import json

import pytest

CODE = """
resource "aws_iam_role" "app" {
  name               = "app"
  assume_role_policy = %s
}
resource "aws_iam_role_policy" "app" {
  name   = "read"
  role   = aws_iam_role.app.id
  policy = %s
}
"""
NOBODY = '"{\\"Statement\\": []}"'


def written(*statements):
    return json.dumps(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))


def allow(**more):
    return {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **more}


@pytest.mark.parametrize(
    ("policy", "kind", "said"),
    [
        ('"{"', "policy-not-read", "is not JSON"),
        (written({"Effect": "Alow", "Action": "*"}), "policy-not-read", "neither Allow nor Deny"),
        (written(allow(Action="s3:Fetch*")), "unknown-action", "names s3:fetch*"),
        (written(allow(Sid="a"), allow(Sid="a")), "duplicate-sid", "has the Sid a 2 times"),
        (
            written(*(allow(Sid=f"a{n}") for n in range(200))),
            "policy-too-long",
            "10,240 is the most",
        ),
    ],
)
def test_a_fault_is_named_with_its_place(built, policy, kind, said):
    (gap,) = built(CODE % (NOBODY, policy)).gaps
    assert (gap.kind, gap.place.line) == (kind, 9)
    assert said in gap.what


def test_a_trust_in_somebody_deleted_is_named(built):
    trust = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"AWS": "AROAABCDEFGHIJKLMNOPQ"},
    }
    (gap,) = built(CODE % (written(trust), written(allow()))).gaps
    assert gap.kind == "deleted-principal"
    assert "names AROAABCDEFGHIJKLMNOPQ, which was deleted" in gap.what


def test_a_policy_without_fault_has_none(built):
    assert not built(CODE % (NOBODY, written(allow()))).gaps


def test_a_broken_statement_decides_only_what_it_could(built):
    policy = written(allow(), {"Effect": "Alow", "Action": "*"})
    permissions = built(CODE % (NOBODY, policy)).permissions
    asked = ("aws_iam_role.app", "s3:GetObject", "arn:aws:s3:::b/a")
    assert permissions.can(*asked).verdict == "unknown"
    denied = written({"Effect": "Deny", "Action": "s3:*", "Resource": "*"}, {"Effect": "Alow"})
    permissions = built(CODE % (NOBODY, denied)).permissions
    assert permissions.can(*asked).verdict == "deny"
