"""What Permissions says beside verdicts: evidence, administrators, data, other scopes."""

from dataclasses import replace

import pytest

from graphs.identity.evaluate import ANYONE, Permissions
from graphs.nodes import NodeIndex, Role
from graphs.resource import Scope
from graphs.unknown import Cause, Referent, Unknown, text

ROLE, USER = "aws_iam_role.app", "aws_iam_user.ann"
ALL = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]


def allow(action, resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def claims(found):
    return [step.claim for step in found.evidence]


def bucket(found):
    return found.index.by_id["aws_s3_bucket.booking"]


def test_an_allow_names_its_statement(permissions):
    found = permissions(identity=[allow("s3:GetObject", "arn:aws:s3:::booking/*")])
    answer = found.can(ROLE, "s3:GetObject", bucket(found))
    assert claims(answer) == [
        "Policy identity of role app allows s3:GetObject on arn:aws:s3:::booking/*"
    ]
    assert str(answer.evidence[0].proof) == "aws_iam_policy.identity.policy"


def test_a_deny_names_its_statement(permissions):
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    found = permissions(identity=ALL, resource=[deny])
    assert claims(found.can(ROLE, "s3:GetObject", bucket(found))) == [
        "Policy resource of bucket booking denies role app s3:GetObject on arn:aws:s3:::booking/*"
    ]


def test_across_accounts_both_statements_are_named(permissions):
    shared = allow("s3:GetObject", Principal={"AWS": "111111111111"})
    found = permissions(target_account=True, identity=ALL, resource=[shared])
    assert claims(found.can(ROLE, "s3:GetObject", bucket(found))) == [
        "Policy identity of role app allows s3:GetObject on arn:aws:s3:::booking/*",
        "Policy resource of bucket booking allows role app s3:GetObject on arn:aws:s3:::booking/*",
    ]


def test_a_boundary_that_is_silent_is_named(permissions):
    found = permissions(identity=ALL, boundary=[allow("ec2:*")])
    assert claims(found.can(ROLE, "s3:GetObject", bucket(found))) == [
        "The boundary of role app does not allow s3:GetObject on arn:aws:s3:::booking/*"
    ]


def test_the_public_access_block_is_named(permissions):
    found = permissions(resource=[allow("s3:GetObject", Principal="*")], block=["restrict"])
    (claim,) = claims(found.can(ANYONE, "s3:GetObject", bucket(found)))
    assert claim.startswith("The public access block takes away")


def test_an_unknown_says_what_decides_it(permissions):
    found = permissions(identity=[allow("s3:*", "arn:aws:s3:::<<var.bucket>>/*")])
    answer = found.can(ROLE, "s3:GetObject", bucket(found))
    assert {why.what for why in answer.answer.because} == {"var.bucket"}
    assert "may allow" in claims(answer)[0]
    assert answer.evidence[0].assumes == answer.answer.because


def test_the_part_that_is_allowed_is_named(permissions):
    found = permissions(
        identity=[
            allow("s3:GetObject", "arn:aws:s3:::booking/reports/*"),
            allow("s3:GetObject", "arn:aws:s3:::booking/x/*"),
            {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::booking/rep*"},
        ]
    )
    (claim,) = claims(found.can(ROLE, "s3:GetObject", bucket(found)))
    assert claim.endswith("on arn:aws:s3:::booking/x/*")


@pytest.mark.parametrize(
    ("identity", "verdict"),
    [
        (ALL, "allow"),
        ([allow("iam:*")], "allow"),
        (["arn:aws:iam::aws:policy/IAMFullAccess"], "allow"),
        (["arn:aws:iam::aws:policy/PowerUserAccess"], "deny"),
        ([allow(["iam:AttachRolePolicy", "iam:CreateUser"])], "deny"),
        ([allow("s3:*")], "deny"),
        ([*ALL, {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}], "deny"),
        ([*ALL, {"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}], "allow"),
        (["<<var.policy>>"], "unknown"),
    ],
)
def test_administrators(permissions, identity, verdict):
    assert permissions(identity=identity).admin(ROLE).verdict == verdict


def test_a_boundary_makes_no_administrator(permissions):
    found = permissions(identity=ALL, boundary=[allow(["s3:*", "ec2:*"])])
    assert found.admin(ROLE).verdict == "deny"


def test_reading_and_writing_data(permissions):
    found = permissions(identity=[allow("s3:GetObject"), allow("s3:PutBucketPolicy")])
    assert found.readable(ROLE, bucket(found)).verdict == "allow"
    assert found.writable(ROLE, bucket(found)).verdict == "deny"
    assert found.administers(ROLE, bucket(found)).verdict == "allow"


def test_deleting_is_writing(permissions):
    found = permissions(identity=[allow("s3:DeleteObject")])
    assert found.writable(ROLE, bucket(found)).verdict == "allow"


def test_keys_that_hold_for_everybody(permissions):
    inside = {"StringEquals": {"aws:PrincipalOrgID": "o-acme"}}
    case = permissions(identity=[allow("s3:*", Condition=inside)])
    assert case.can(ROLE, "s3:GetObject", bucket(case)).verdict == "unknown"
    known = Permissions(case.index, {"aws:PrincipalOrgID": "o-acme"})
    assert known.can(ROLE, "s3:GetObject", bucket(case)).verdict == "allow"


def test_a_reference_to_a_node_is_its_arn(permissions):
    """`aws_s3_bucket.booking.arn` in a policy is the bucket, though its text is not known."""
    case = permissions(identity=[allow("s3:GetObject", "<<HERE>>/*")])
    role = case.index.by_id[ROLE]
    arn = Unknown(
        Cause.COMPUTED,
        "aws_s3_bucket.booking.arn",
        (Referent("aws_s3_bucket.booking", "arn"),),
    )
    policy = role.policies[0]
    parts = [arn if isinstance(p, Unknown) else p for p in policy.text.parts]
    held = replace(role, policies=(replace(policy, text=text(parts)),))
    index = NodeIndex((held, *(n for n in case.index.nodes if n.id != ROLE)))
    found = Permissions(index)
    assert found.can(ROLE, "s3:GetObject", bucket(found)).verdict == "allow"
    assert found.can(ROLE, "s3:GetObject", "arn:aws:s3:::other/a").verdict == "deny"


def test_a_name_that_is_only_partly_known_is_itself(permissions):
    """A bucket with a name prefix: its ARN has the very hole that a policy has."""
    rest = Unknown(Cause.COMPUTED, "bucket", (Referent("aws_s3_bucket.booking", "bucket"),))
    name = text(["data-", rest])
    case = permissions(identity=[allow("s3:GetObject", "arn:aws:s3:::data-<<HERE>>/*")])
    role = case.index.by_id[ROLE]
    policy = role.policies[0]
    parts = [rest if isinstance(p, Unknown) else p for p in policy.text.parts]
    held = replace(role, policies=(replace(policy, text=text(parts)),))
    moved = replace(bucket(case), arn=text(["arn:aws:s3:::", name]), bucket=name)
    found = Permissions(NodeIndex((held, moved)))
    answer = found.can(ROLE, "s3:GetObject", moved)
    assert answer.verdict == "allow"
    assert claims(answer)[0].endswith("on arn:aws:s3:::data-${bucket}/*")


def test_unread_policies_leave_everything_open(permissions):
    case = permissions()
    why = Unknown(Cause.VARIABLE, "var.policy_arns")
    held = replace(case.index.by_id[ROLE], unread=(why,))
    found = Permissions(NodeIndex((held, bucket(case))))
    answer = found.can(ROLE, "s3:GetObject", bucket(case))
    assert answer.verdict == "unknown"
    assert answer.answer.because == {why}


def test_accounts_that_may_be_the_same(permissions):
    """With a policy on one side only, whose account it is decides."""
    case = permissions(identity=ALL)
    why = Unknown(Cause.SCOPE, "the account of provider aws.data")
    source = replace(bucket(case).source, scope=Scope("aws", why, "eu-west-1"))
    moved = replace(bucket(case), source=source)
    found = Permissions(NodeIndex((case.index.by_id[ROLE], moved)))
    answer = found.can(ROLE, "s3:GetObject", moved)
    assert answer.verdict == "unknown"
    assert answer.answer.because == {why}


def test_secrets_have_six_letters_that_aws_picks(permissions):
    stem = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-"
    case = permissions(identity=[allow("secretsmanager:GetSecretValue", f"{stem}??????")])
    suffix = Unknown(Cause.COMPUTED, "aws_secretsmanager_secret.db suffix")
    secret = case.index.by_id["aws_secretsmanager_secret.db"]
    moved = replace(secret, arn=text([stem, suffix]))
    found = Permissions(NodeIndex((case.index.by_id[ROLE], moved)))
    assert found.readable(ROLE, moved).verdict == "allow"


def test_every_role_is_a_principal(permissions):
    found = permissions(identity=ALL)
    assert all(found.can(role.id, "s3:ListBucket", bucket(found)).evidence
               for role in found.index.of(Role))  # fmt: skip


def test_contrived_policies_are_cut_short_and_say_so(permissions):
    """No policy may make a question slow, and what was not tried is not a no."""
    keys = ("aws:Referer", "aws:UserAgent", "s3:prefix", "s3:delimiter")
    resources = [f"arn:aws:s3:::booking/{n}*" for n in range(40)]
    several = {key: [f"{n}*" for n in range(20)] for key in keys}
    deny = {"Effect": "Deny", "Action": "*", "Resource": "*", "Principal": "*"}
    found = permissions(
        resource=[
            allow("s3:GetObject", resources, Principal="*", Condition={"StringLike": several}),
            {**deny, "Condition": {"StringLike": {"aws:Referer": "?*"}}},
        ]
    )
    assert found.can(ANYONE, "s3:GetObject", bucket(found)).verdict == "unknown"


def test_many_plain_resources_are_no_contrivance(permissions):
    """A policy on hundreds of other buckets says no about this one."""
    others = [f"arn:aws:s3:::other-{n}/*" for n in range(300)]
    found = permissions(identity=[allow("s3:GetObject", others)])
    assert found.can(ROLE, "s3:GetObject", bucket(found)).verdict == "deny"
    found = permissions(identity=[allow("s3:GetObject", [*others, "arn:aws:s3:::booking/a/*"])])
    assert found.can(ROLE, "s3:GetObject", bucket(found)).verdict == "allow"
