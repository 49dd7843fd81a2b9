"""What somebody comes to once what held them back is changed: tags, boundaries, guardrails."""

from dataclasses import replace

import pytest

from graphs.attack.changes import without
from graphs.attack.cuts import Cutting
from graphs.attack.paths import attack_paths
from graphs.build.loosened import draw_loosened
from graphs.build.powers import draw_powers
from graphs.build.structure import draw
from graphs.identity.evaluate import Permissions
from graphs.network.reach import Network

OWN = "111111111111"
BUCKET = "aws_s3_bucket.notes"


def policy(*statements):
    return f'jsonencode({{ Version = "2012-10-17", Statement = [{", ".join(statements)}] }})'


def allow(action, condition="", resource='"*"', effect="Allow"):
    said = f"Condition = {{ {condition} }}" if condition else ""
    return f'{{ Effect = "{effect}", Action = {action}, Resource = {resource}, {said} }}'


def user(name, *statements, more=""):
    return f"""
resource "aws_iam_user" "{name}" {{
  name = "{name}"
  {more}
}}
resource "aws_iam_user_policy" "{name}" {{
  user   = aws_iam_user.{name}.name
  policy = {policy(*statements)}
}}
"""


def role(name, trust, *statements, more=""):
    return f"""
resource "aws_iam_role" "{name}" {{
  name = "{name}"
  {more}
  assume_role_policy = jsonencode({{ Version = "2012-10-17", Statement = [{trust}] }})
}}
resource "aws_iam_role_policy" "{name}" {{
  role   = aws_iam_role.{name}.name
  policy = {policy(*statements)}
}}
"""


def trusts(whom, condition=""):
    said = f"Condition = {{ {condition} }}" if condition else ""
    return f'{{ Effect = "Allow", Action = "sts:AssumeRole", Principal = {whom}, {said} }}'


EVE_IN = """
resource "aws_iam_user_login_profile" "eve" {
  user = aws_iam_user.eve.name
}
"""
NOTES = """
resource "aws_s3_bucket" "notes" {
  bucket = "customer-notes"
  tags   = { team = "crm" }
}
"""
EVE = "{ AWS = aws_iam_user.eve.arn }"
EC2 = '{ Service = "ec2.amazonaws.com" }'
MACHINE = """
resource "aws_iam_instance_profile" "boss" {
  role = aws_iam_role.boss.name
}
resource "aws_instance" "m" {
  ami                  = "ami-1"
  iam_instance_profile = aws_iam_instance_profile.boss.name
  tags                 = { Name = "keep-off" }
}
""" + role("boss", trusts(EC2), allow('"*"'))
REWRITE = '["ec2:StopInstances", "ec2:StartInstances", "ec2:ModifyInstanceAttribute"]'
NOT_THAT = 'StringNotEquals = { "aws:ResourceTag/Name" = "keep-off" }'
ONLY_TEAM = 'StringEquals = { "aws:ResourceTag/team" = "eve" }'
READ = '"s3:GetObject"'
DENIED = """
resource "aws_s3_bucket_policy" "notes" {
  bucket = aws_s3_bucket.notes.id
  policy = jsonencode({ Statement = [{
    Effect    = "Deny"
    Action    = "s3:GetObject"
    Principal = "*"
    Resource  = ["arn:aws:s3:::customer-notes", "arn:aws:s3:::customer-notes/*"]
  }] })
}
"""
BOUND = """
resource "aws_iam_policy" "b" {
  name   = "b"
  policy = jsonencode({ Statement = [{
    Effect = "Allow", Action = "ec2:Describe*", Resource = "*"
  }] })
}
"""

TABLE = {
    "a tag that keeps a role off is taken away by another": (
        MACHINE
        + user("eve", allow('"ec2:DeleteTags"'))
        + role("pivot", trusts(EVE), allow(REWRITE, NOT_THAT)),
        [("assume-role", "change-tag", "rewrite-start-text", "administer-account")],
    ),
    "nobody may take it away": (
        MACHINE
        + user("eve", allow('"ec2:DescribeTags"'))
        + role("pivot", trusts(EVE), allow(REWRITE, NOT_THAT)),
        [],
    ),
    "another tag alone may be taken away": (
        MACHINE
        + user("eve", allow('"ec2:DeleteTags"', 'StringEquals = { "aws:TagKeys" = "Owner" }'))
        + role("pivot", trusts(EVE), allow(REWRITE, NOT_THAT)),
        [],
    ),
    "of other machines alone": (
        MACHINE
        + user("eve", allow('"ec2:DeleteTags"', resource=f'"arn:aws:ec2:*:{OWN}:volume/*"'))
        + role("pivot", trusts(EVE), allow(REWRITE, NOT_THAT)),
        [],
    ),
    "a tag guards reading alone": (
        NOTES + user("eve", allow(READ, ONLY_TEAM), allow('"s3:PutBucketTagging"')),
        [("change-tag", "read-loosened-store")],
    ),
    "a tag guards reading, and is not hers to set": (
        NOTES + user("eve", allow(READ, ONLY_TEAM), allow('"s3:GetBucketTagging"')),
        [],
    ),
    "a value that she may set is not the one that is asked for": (
        NOTES
        + user(
            "eve",
            allow(READ, ONLY_TEAM),
            allow('"s3:PutBucketTagging"', 'StringEquals = { "aws:RequestTag/team" = "sales" }'),
        ),
        [],
    ),
    "a deny that a tag brings about": (
        NOTES
        + user(
            "eve",
            allow(READ),
            allow('"s3:*"', 'StringEquals = { "aws:ResourceTag/team" = "crm" }', effect="Deny"),
        )
        + role("pivot", trusts(EVE), allow('"s3:PutBucketTagging"')),
        [("assume-role", "change-tag", "read-loosened-store")],
    ),
    "a deny that she meets herself when she would change the tag": (
        NOTES
        + user(
            "eve",
            allow('"s3:*"'),
            allow('"s3:*"', 'StringEquals = { "aws:ResourceTag/team" = "crm" }', effect="Deny"),
        ),
        [],
    ),
    "a role trusts whoever has a tag": (
        user("eve", allow('"iam:TagUser"'))
        + role(
            "boss",
            trusts(EVE, 'StringEquals = { "aws:PrincipalTag/team" = "ops" }'),
            allow('"*"'),
        ),
        [("change-tag", "assume-loosened-role", "administer-account")],
    ),
    "a role trusts whoever has a tag, which others have alone": (
        user("eve", allow('"iam:TagUser"', resource="aws_iam_user.adam.arn"))
        + user("adam", allow('"s3:ListAllMyBuckets"'))
        + role(
            "boss",
            trusts(EVE, 'StringEquals = { "aws:PrincipalTag/team" = "ops" }'),
            allow('"*"'),
        ),
        [],
    ),
    "a deny in the policy of a bucket": (
        NOTES + DENIED + user("eve", allow(READ), allow('"s3:DeleteBucketPolicy"')),
        [("delete-store-policy", "read-loosened-store")],
    ),
    "a deny in the policy of a bucket, which another takes away": (
        NOTES
        + DENIED
        + user("eve", allow(READ))
        + role("pivot", trusts(EVE), allow('"s3:DeleteBucketPolicy"')),
        [("assume-role", "delete-store-policy", "read-loosened-store")],
    ),
    "a policy that denies to be deleted as well": (
        NOTES
        + DENIED.replace('"s3:GetObject"', '"s3:*"')
        + user("eve", allow(READ), allow('"s3:DeleteBucketPolicy"')),
        [],
    ),
    "a policy without which she may do as little": (
        NOTES + DENIED + user("eve", allow('"s3:DeleteBucketPolicy"')),
        [],
    ),
    "the boundary of a role that she may be": (
        NOTES
        + user("eve", allow('"iam:DeleteRolePermissionsBoundary"'))
        + BOUND
        + role(
            "held", trusts(EVE), allow(READ), more="permissions_boundary = aws_iam_policy.b.arn"
        ),
        [("assume-role", "lift-boundary", "read-loosened-store")],
    ),
    "a boundary that stays": (
        NOTES
        + user("eve", allow('"iam:DeleteUserPermissionsBoundary"'))
        + BOUND
        + role(
            "held", trusts(EVE), allow(READ), more="permissions_boundary = aws_iam_policy.b.arn"
        ),
        [],
    ),
    "a boundary that was not all that is in the way": (
        NOTES
        + user("eve", allow('"iam:DeleteRolePermissionsBoundary"'))
        + BOUND
        + role(
            "held",
            trusts(EVE),
            allow('"s3:ListAllMyBuckets"'),
            more="permissions_boundary = aws_iam_policy.b.arn",
        ),
        [],
    ),
}


MORE = """
resource "aws_iam_user_policy" "plain" {
  user   = aws_iam_user.eve.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect = "Allow", Action = "s3:GetObject", Resource = "*"
  }] })
}
"""


def test_a_cut_ends_what_comes_into_the_open_once_a_plain_permission_is_gone(built):
    text = NOTES + user("eve", allow(READ, ONLY_TEAM), allow('"s3:PutBucketTagging"')) + MORE
    estate = built(text + EVE_IN)
    assert told(estate) == [("read-store",)]
    assert_that_a_cut_ends_all(estate)


def told(estate):
    return sorted(path.techniques for path in attack_paths(estate) if path.answer.certain)


@pytest.mark.parametrize("case", TABLE)
def test_what_follows_once_a_guard_is_changed(built, case):
    text, expected = TABLE[case]
    estate = built(text + EVE_IN)
    assert told(estate) == expected
    if expected:
        assert_that_a_cut_ends_all(estate)


def assert_that_a_cut_ends_all(estate):
    cut = Cutting(estate).cut()
    assert cut.stages
    assert not cut.stuck
    index = without(estate.index, [stage.change for stage in cut.stages])
    drawing = draw(index, Network(index), Permissions(index))
    draw_powers(drawing)
    draw_loosened(drawing)
    after = replace(
        estate,
        index=index,
        graph=drawing.graph,
        network=drawing.network,
        permissions=drawing.permissions,
    )
    assert told(after) == []


def test_the_proof_names_both_the_change_and_what_it_is_good_for(built):
    text, _ = TABLE["a tag that keeps a role off is taken away by another"]
    (path,) = attack_paths(built(text + EVE_IN))
    hops = {hop.technique: hop for hop in path.hops()}
    assert "takes the tag Name away from the instance keep-off" in hops["change-tag"].says
    assert any("ec2:DeleteTags" in step.claim for step in hops["change-tag"].evidence)
    claims = [step.claim for step in hops["rewrite-start-text"].evidence]
    assert any("first takes the tag Name away from keep-off" in claim for claim in claims)
    assert any("ec2:ModifyInstanceAttribute" in claim for claim in claims)


TWO_ACCOUNTS = """
provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111111111111"]
}
provider "aws" {
  alias               = "org"
  region              = "eu-west-1"
  allowed_account_ids = ["999999999999"]
}
"""
ORGANISATION = f"""
resource "aws_organizations_organization" "all" {{
  provider = aws.org
}}
resource "aws_organizations_policy" "no_reading" {{
  provider = aws.org
  name     = "no-reading"
  content  = {policy(allow('"s3:GetObject*"', effect="Deny"))}
}}
resource "aws_organizations_policy_attachment" "no_reading" {{
  provider  = aws.org
  policy_id = aws_organizations_policy.no_reading.id
  target_id = "{OWN}"
}}
"""
READER = user("eve", allow('["s3:GetObject", "sts:AssumeRole", "organizations:Leave*"]'))
MANAGER = "provider = aws.org"


def lifter(actions, more=MANAGER):
    return role("lifter", trusts(EVE), allow(actions), more=more).replace(
        'resource "aws_iam_role_policy" "lifter" {',
        f'resource "aws_iam_role_policy" "lifter" {{\n  {more}',
    )


GUARDRAILS = {
    "the account that manages the organisation takes its policies away": (
        user("eve", allow('["s3:GetObject", "sts:AssumeRole"]')) + lifter('"organizations:*"'),
        [("assume-role", "lift-guardrail", "read-loosened-store")],
    ),
    "what the account itself would take away is not its own": (
        user("eve", allow('["s3:GetObject", "sts:AssumeRole"]'))
        + lifter('"organizations:DetachPolicy"', more=""),
        [],
    ),
    "a manager who may not": (
        user("eve", allow('["s3:GetObject", "sts:AssumeRole"]'))
        + lifter('"organizations:AttachPolicy"'),
        [],
    ),
    "the account leaves": (READER, [("leave-organisation", "read-loosened-store")]),
    "the policies say that it may not": (
        READER.replace("Leave*", "Describe*"),
        [],
    ),
    "the policy was not all that is in the way": (
        user("eve", allow('["s3:ListAllMyBuckets", "organizations:LeaveOrganization"]')),
        [],
    ),
}


@pytest.mark.parametrize("case", GUARDRAILS)
def test_what_follows_once_the_organisation_is_out_of_the_way(built, case):
    text, expected = GUARDRAILS[case]
    estate = built(ORGANISATION + NOTES + text + EVE_IN, provider=TWO_ACCOUNTS)
    assert told(estate) == expected
    if expected:
        assert_that_a_cut_ends_all(estate)
