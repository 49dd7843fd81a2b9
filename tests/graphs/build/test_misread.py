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


ASKED = ("aws_iam_role.app", "s3:GetObject", "arn:aws:s3:::b/a")
DENY = {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}
# The policy, and what it makes of a request: exact wherever the faulty part could not decide it.
FAULTY = {
    "text that is no JSON": ('"{"', "unknown"),
    "text that is JSON and no policy": ('"[1, 2]"', "unknown"),
    "an element twice": ('"{\\"Statement\\": [], \\"Statement\\": []}"', "unknown"),
    "an action that is unknown": (written(allow(Action="s3:Fetch*")), "deny"),
    "a Sid twice": (written(allow(Sid="a"), allow(Sid="a")), "allow"),
    "a policy that is too long": (written(*(allow(Sid=f"a{n}") for n in range(200))), "allow"),
    "a wholly unknown text": ("var.policy", "unknown"),
    "an unknown effect beside an allow": (
        (
            'jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" },'
            ' { Effect = var.effect, Action = "s3:Get*", Resource = "*" }] })'
        ),
        "unknown",
    ),
    "an unknown effect of another action": (
        (
            'jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" },'
            ' { Effect = var.effect, Action = "sqs:*", Resource = "*" }] })'
        ),
        "allow",
    ),
    "an unknown statement beside a deny": (
        (
            'jsonencode({ Statement = [{ Effect = "Deny", Action = "s3:*", Resource = "*" },'
            " var.statement] })"
        ),
        "deny",
    ),
    "an unknown resource": (
        'jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:*", Resource = var.arn }] })',
        "unknown",
    ),
    "an unknown part of another resource": (
        (
            'jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:*",'
            ' Resource = "arn:aws:s3:::logs-${var.arn}/*" }] })'
        ),
        "deny",
    ),
}
UNKNOWN = "\n".join(f'variable "{name}" {{}}' for name in ("policy", "effect", "statement", "arn"))


@pytest.mark.parametrize("case", FAULTY)
def test_a_fault_leaves_open_only_what_it_could_decide(built, case):
    policy, verdict = FAULTY[case]
    found = built(UNKNOWN + CODE % (NOBODY, policy))
    assert found.permissions.can(*ASKED).verdict == verdict


def padded(size):
    return json.dumps(json.dumps({"Statement": [allow(Sid="a" * size)]}))


@pytest.mark.parametrize(
    ("code", "most"),
    [
        (
            """resource "aws_iam_user_policy" "p" {{
              user   = aws_iam_user.u.name
              policy = {}
            }}""",
            2048,
        ),
        (
            """resource "aws_iam_group_policy" "p" {{
              group  = aws_iam_group.g.name
              policy = {}
            }}""",
            5120,
        ),
        (
            """resource "aws_iam_policy" "p" {{
              name   = "p"
              policy = {}
            }}
            resource "aws_iam_user_policy_attachment" "p" {{
              user       = aws_iam_user.u.name
              policy_arn = aws_iam_policy.p.arn
            }}""",
            6144,
        ),
        (
            """resource "aws_iam_role" "r" {{
              name               = "r"
              assume_role_policy = {}
            }}""",
            4096,
        ),
        (
            """resource "aws_s3_bucket" "b" {{ bucket = "b" }}
            resource "aws_s3_bucket_policy" "b" {{
              bucket = aws_s3_bucket.b.id
              policy = {}
            }}""",
            20480,
        ),
    ],
)
def test_each_kind_of_policy_has_a_size_of_its_own(built, code, most):
    start = (
        'resource "aws_iam_user" "u" { name = "u" }\nresource "aws_iam_group" "g" { name = "g" }\n'
    )
    around = len(json.loads(padded(0)).replace(" ", ""))
    long = built(start + code.format(padded(most + 1 - around))).gaps
    assert [g.kind for g in long] == ["policy-too-long"]
    assert f"{most + 1:,} characters" in long[0].what
    fits = built(start + code.format(padded(most - around))).gaps
    assert not [g for g in fits if g.kind == "policy-too-long"]


def test_who_was_deleted_is_not_whoever_has_the_name_now(built):
    trust = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"AWS": ["AROAABCDEFGHIJKLMNOPQ", "AIDAABCDEFGHIJKLMNOPQ"]},
    }
    code = CODE % (written(trust), written(allow(Action="sts:AssumeRole")))
    found = built(code + 'resource "aws_iam_user" "ann" { name = "ann" }')
    role = found.index.by_id["aws_iam_role.app"]
    for caller in ("aws_iam_user.ann", "account:222222222222", "*"):
        assert found.permissions.can(caller, "sts:AssumeRole", role).verdict == "deny"
