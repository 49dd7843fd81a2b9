"""Near misses of single techniques that take away nothing, but say something else."""

import pytest

from graphs.attack.escalation import standings
from graphs.attack.paths import attack_paths
from tests.graphs.attack.published import exactly, rows

ROWS = rows()
DEPLOY = "x-createdeployment-getdeploymentconfig-registerapplicationrevi"
CONSOLE, POOL = "x-sendserialconsolesshpublickey", "x-setidentitypoolroles"
FUNCTION, MACHINE = "lambda-001", "ec2-001"
CLUSTER = "x-associateaccesspolicy-createaccessentry"
ATTRIBUTE = "x-updateuserattributes"
OWN = "arn:aws:iam::111111111111"
CALLS = """Action = "lambda:CreateFunction", Resource = "%s" }, \
{ Effect = "Allow", Action = "lambda:InvokeFunction", Resource = "%s\""""
# A row, what of its estate is replaced by what, and whether the way is still there.
CASES = {
    "tags that no machine has": (DEPLOY, 'value = "victim"', 'value = "other"', False),
    "a deployment to functions": (DEPLOY, '"Server"', '"Lambda"', False),
    "any value of a tag": (
        DEPLOY,
        'type  = "KEY_AND_VALUE"\n      value = "victim"',
        'type  = "KEY_ONLY"',
        True,
    ),
    "a cluster that only asks its config map": (
        CLUSTER,
        'authentication_mode = "API"',
        'authentication_mode = "CONFIG_MAP"',
        False,
    ),
    "an attribute that no user writes": (
        ATTRIBUTE,
        'name         = "app"',
        'name         = "app"\n  write_attributes = ["email"]',
        False,
    ),
    "an attribute that a user writes": (
        ATTRIBUTE,
        'name         = "app"',
        'name         = "app"\n  write_attributes = ["email", "custom:access"]',
        True,
    ),
    "the groups that a user is in": (
        ATTRIBUTE,
        'claim      = "custom:access"',
        'claim      = "cognito:groups"',
        False,
    ),
    "a console that is off": (CONSOLE, "enabled = true", "enabled = false", False),
    "a pool that admits nobody": (
        POOL,
        "allow_unauthenticated_identities = true",
        "allow_unauthenticated_identities = false",
        False,
    ),
    "a profile without a role": (
        MACHINE,
        "role = aws_iam_role.boss.name\n}\n",
        "}\n",
        False,
    ),
    "an instance of the wrong kind": (
        MACHINE,
        'Action = "ec2:RunInstances", Resource = "*"',
        'Action = "ec2:RunInstances", Resource = "arn:aws:ec2:*:*:subnet/*"',
        False,
    ),
    "all that an instance takes": (
        MACHINE,
        'Action = "ec2:RunInstances", Resource = "*"',
        'Action = "ec2:RunInstances", Resource = ["arn:aws:ec2:*:*:*", "arn:aws:ec2:*::image/*"]',
        True,
    ),
    "a function on the ARN of a role": (
        FUNCTION,
        'Action = "lambda:CreateFunction", Resource = "*"',
        f'Action = "lambda:CreateFunction", Resource = "{OWN}:role/boss"',
        False,
    ),
    "a function that one makes and another that one calls": (
        FUNCTION,
        CALLS % ("*", "*"),
        CALLS % ("arn:aws:lambda:*:*:function:a-*", "arn:aws:lambda:*:*:function:b-*"),
        False,
    ),
    "a function that one makes and calls by parts of one name": (
        FUNCTION,
        CALLS % ("*", "*"),
        CALLS % ("arn:aws:lambda:*:*:function:a-*", "arn:aws:lambda:eu-west-1:*:function:a-b-*"),
        True,
    ),
}


@pytest.mark.parametrize("what", CASES)
def test_what_is_said_decides(built, what):
    row, old, new, found = CASES[what]
    text = exactly(ROWS[row]).text()
    assert old in text
    estate = built(text.replace(old, new))
    if row == ATTRIBUTE:
        assert any(path.answer.possible for path in attack_paths(estate)) == found
        return
    (eve,) = [each for each in standings(estate) if each.principal.id == "aws_iam_user.eve"]
    assert (eve.escalates.certain, eve.escalates.undecided) == (found, False)


OTHERS = """
resource "aws_iam_user" "eve" {
  name = "eve"
}
resource "aws_iam_user_policy" "eve" {
  user   = aws_iam_user.eve.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "iam:CreateAccessKey", Resource = aws_iam_user.adam.arn },
    { Effect = "Allow", Action = ["iam:CreateVirtualMFADevice"], Resource = "*" },
    { Effect = "Allow", Action = ["iam:EnableMFADevice"], Resource = WHOSE },
  ] })
}
resource "aws_iam_user" "adam" {
  name = "adam"
}
resource "aws_iam_role" "boss" {
  name               = "boss"
  assume_role_policy = jsonencode({ Statement = [{
    Effect    = "Allow"
    Action    = "sts:AssumeRole"
    Principal = { AWS = aws_iam_user.adam.arn }
    Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }
  }] })
}
resource "aws_iam_role_policy" "boss" {
  role   = aws_iam_role.boss.name
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
}
"""


GUARDED = '"*", Condition = { StringEquals = { "aws:ResourceTag/mine" = "yes" } }'
TAGS = GUARDED + ' },\n { Effect = "Allow", Action = "iam:TagUser", Resource = "*"'


@pytest.mark.parametrize(
    ("whose", "found"),
    [('"*"', True), ("aws_iam_user.eve.arn", False), (GUARDED, False), (TAGS, True)],
)
def test_a_second_factor_for_somebody_else(built, whose, found):
    estate = built(OTHERS.replace("WHOSE", whose))
    (eve,) = [each for each in standings(estate) if each.principal.id == "aws_iam_user.eve"]
    assert eve.escalates.certain == found
    if found:
        assert {step.technique.id for step in eve.steps} == {
            "make-key-for-user",
            "give-second-factor",
            "assume-loosened-role",
            "administer-account",
        }
