"""Who becomes an administrator: one small example per family of techniques, and its near miss."""

import pytest

from graphs.attack.escalation import escalations, standings
from graphs.identity.techniques import catalogue

ALLOW = 'jsonencode({ Statement = [{ Effect = "Allow", Action = %s, Resource = %s }] })'


def role(name, service, actions='"*"', resource='"*"', more=""):
    """A role that a service may assume, and what it may do."""
    return f"""
resource "aws_iam_role" "{name}" {{
  name = "{name}"
  {more}
  assume_role_policy = jsonencode({{ Statement = [{{
    Effect = "Allow", Action = "sts:AssumeRole", Principal = {service}
  }}] }})
}}
resource "aws_iam_role_policy" "{name}" {{
  role   = aws_iam_role.{name}.name
  policy = {ALLOW % (actions, resource)}
}}
"""


def user(name, actions, resource='"*"', more="", condition=""):
    """A user and what it may do."""
    said = (ALLOW % (actions, resource)).replace(" }] })", f"{condition} }}] }})")
    return f"""
resource "aws_iam_user" "{name}" {{
  name = "{name}"
  {more}
}}
resource "aws_iam_user_policy" "{name}" {{
  user   = aws_iam_user.{name}.name
  policy = {said}
}}
"""


def runs(service):
    """An administrator that a service acts as."""
    return role("boss", f'{{ Service = "{service}.amazonaws.com" }}')


NOBODY = role("boss", '{ AWS = "arn:aws:iam::111111111111:role/gone" }')
WEAK = role("boss", '{ Service = "codebuild.amazonaws.com" }', '"s3:ListAllMyBuckets"')
PROJECT = """
resource "aws_codebuild_project" "p" {
  name         = "p"
  service_role = aws_iam_role.boss.arn
  artifacts { type = "NO_ARTIFACTS" }
  environment {
    compute_type = "BUILD_GENERAL1_SMALL"
    image        = "i"
    type         = "LINUX_CONTAINER"
  }
  source { type = "NO_SOURCE" }
}
"""
STACK = """
resource "aws_cloudformation_stack" "s" {
  name          = "s"
  template_body = "{}"
  %s
}
"""
ADMIN = user("adam", '"*"')
KEYS = """
resource "aws_iam_access_key" "k" {
  count = %d
  user  = aws_iam_user.adam.name
}
"""
BOUND = """
resource "aws_iam_policy" "bound" {
  name   = "bound"
  policy = jsonencode({ Statement = [{
    Effect = "Allow", Action = "iam:Delete*", Resource = "*"
  }] })
}
"""
LEAKING = """
resource "aws_iam_access_key" "adam" {
  user = aws_iam_user.adam.name
}
resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = "arn:aws:iam::111111111111:role/any"
  environment {
    variables = { KEY = aws_iam_access_key.adam.secret }
  }
}
"""
ONLY_TO_EC2 = """Condition = {
  StringEquals = { "iam:PassedToService" = "ec2.amazonaws.com" }
}"""
LAMBDA = '["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"]'

# What eve has, beside what there is: the techniques by which she comes to rule.
TABLE = {
    "a role is passed to the service that it trusts": (
        user("eve", LAMBDA) + runs("lambda"),
        ["pass-role-to-function", "administer-account"],
    ),
    "a role is not passed to a service that it does not trust": (
        user("eve", LAMBDA) + runs("ec2"),
        None,
    ),
    "a role that nothing trusts is passed nowhere": (user("eve", LAMBDA) + NOBODY, None),
    "passing is allowed to another service only": (
        user(
            "eve",
            LAMBDA,
            condition=f", {ONLY_TO_EC2}",
        )
        + runs("lambda"),
        None,
    ),
    "a build with other commands": (
        user("eve", '"codebuild:StartBuild"') + runs("codebuild") + PROJECT,
        ["override-build", "administer-account"],
    ),
    "no build to start": (user("eve", '"codebuild:StartBuild"') + runs("codebuild"), None),
    "a build as a role that may do little": (
        user("eve", '"codebuild:StartBuild"') + WEAK + PROJECT,
        None,
    ),
    "another build, whose name is not hers": (
        user("eve", '"codebuild:StartBuild"', '"arn:aws:codebuild:*:*:project/q"')
        + runs("codebuild")
        + PROJECT,
        None,
    ),
    "a stack with a role": (
        user("eve", '"cloudformation:UpdateStack"')
        + runs("cloudformation")
        + STACK % "iam_role_arn = aws_iam_role.boss.arn",
        ["rewrite-stack", "administer-account"],
    ),
    "a stack without a role acts as who changes it": (
        user("eve", '"cloudformation:UpdateStack"') + runs("cloudformation") + STACK % "",
        None,
    ),
    "half of a change set": (
        user("eve", '"cloudformation:CreateChangeSet"')
        + runs("cloudformation")
        + STACK % "iam_role_arn = aws_iam_role.boss.arn",
        None,
    ),
    "a third key is not made": (
        user("eve", '"iam:CreateAccessKey"') + ADMIN + KEYS % 2,
        None,
    ),
    "a second key is": (
        user("eve", '"iam:CreateAccessKey"') + ADMIN + KEYS % 1,
        ["make-key-for-user", "administer-account"],
    ),
    "a third key in the place of one": (
        user("eve", '["iam:CreateAccessKey", "iam:DeleteAccessKey"]') + ADMIN + KEYS % 2,
        ["make-key-for-user", "administer-account"],
    ),
    "no password to change": (user("eve", '"iam:UpdateLoginProfile"') + ADMIN, None),
    "her boundary goes": (
        BOUND + user("eve", '"*"', more="permissions_boundary = aws_iam_policy.bound.arn"),
        ["drop-own-boundary"],
    ),
    "a new administrator": (
        user("eve", '["iam:CreateRole", "iam:PutRolePolicy"]'),
        ["create-administrator"],
    ),
    "new roles of one name, rights for those of another": (
        user("eve", '"iam:CreateRole"', '"arn:aws:iam::111111111111:role/a-*"')
        + """
resource "aws_iam_user_policy" "second" {
  user   = aws_iam_user.eve.name
  policy = jsonencode({ Statement = [{
    Effect = "Allow", Action = "iam:PutRolePolicy", Resource = "arn:aws:iam::111111111111:role/b-*"
  }] })
}
""",
        None,
    ),
    "a secret that a call shows": (
        user("eve", '"lambda:GetFunctionConfiguration"') + ADMIN + LEAKING,
        ["read-secret-in-start-text", "administer-account"],
    ),
    "a session of hers can be had by a role that trusts her": (
        user("eve", '"s3:ListAllMyBuckets"') + role("boss", "{ AWS = aws_iam_user.eve.arn }"),
        ["assume-role", "administer-account"],
    ),
    "an account that is trusted asks for her own permission": (
        user("eve", '"s3:ListAllMyBuckets"')
        + role("boss", '{ AWS = "arn:aws:iam::111111111111:root" }'),
        None,
    ),
    "a rule of her own policy guards by a tag that she may set": (
        user(
            "eve",
            '"iam:CreateAccessKey"',
            condition=', Condition = { StringEquals = { "aws:ResourceTag/x" = "y" } }',
        )
        + ADMIN
        + """
resource "aws_iam_user_policy" "tags" {
  user   = aws_iam_user.eve.name
  policy = jsonencode({ Statement = [{
    Effect = "Allow", Action = "iam:TagUser", Resource = "*"
  }] })
}
""",
        ["change-tag", "make-key-for-user", "administer-account"],
    ),
}


@pytest.mark.parametrize("what", TABLE)
def test_the_way_of_a_user(built, what):
    text, techniques = TABLE[what]
    (eve,) = [s for s in standings(built(text)) if s.principal.id == "aws_iam_user.eve"]
    assert eve.escalates.certain == (techniques is not None)
    assert not eve.escalates.undecided
    assert [step.technique.id for step in eve.steps] == (techniques or [])


def test_older_versions_of_a_policy_are_not_known(built):
    estate = built(
        """
        resource "aws_iam_user" "eve" {
          name = "eve"
        }
        resource "aws_iam_policy" "own" {
          name   = "own"
          policy = jsonencode({ Statement = [{
            Effect = "Allow", Action = "iam:SetDefaultPolicyVersion", Resource = "*"
          }] })
        }
        resource "aws_iam_user_policy_attachment" "own" {
          user       = aws_iam_user.eve.name
          policy_arn = aws_iam_policy.own.arn
        }
        """
    )
    (eve,) = standings(estate)
    assert eve.escalates.undecided
    assert "older versions" in str(min(eve.escalates.because, key=str))


def test_who_may_do_everything_has_nothing_to_gain(built):
    (adam,) = standings(built(ADMIN))
    assert (adam.admin.certain, adam.steps, adam.escalates.possible) == (True, (), False)


def test_who_may_give_itself_everything_has_not_yet(built):
    (eve,) = standings(built(user("eve", '"iam:*"')))
    assert (eve.admin.possible, eve.escalates.certain) == (False, True)


def test_a_rule_leaves_out_whoever_only_assumes(built):
    text = user("eve", '"s3:ListAllMyBuckets"') + role("boss", "{ AWS = aws_iam_user.eve.arn }")
    assert list(escalations(built(text))) == []


def test_two_things_at_once(built):
    """She may be another role and give it rights: neither alone is enough."""
    text = user("eve", '"iam:PutRolePolicy"', '"arn:aws:iam::111111111111:role/low"') + role(
        "low", "{ AWS = aws_iam_user.eve.arn }", '"s3:ListAllMyBuckets"'
    )
    eve = next(s for s in standings(built(text)) if s.principal.id == "aws_iam_user.eve")
    assert [step.technique.id for step in eve.steps] == ["assume-role", "empower-other"]


def test_every_technique_says_what_it_needs():
    for technique in catalogue().values():
        assert technique.attack
        assert 0 < technique.plausibility <= 1
        assert technique.why.endswith(".")
        if technique.service:
            assert technique.service.endswith(".amazonaws.com")
            assert technique.actions or technique.existing
