"""The comments of Checkov, Trivy and tfsec: what they waive, and only when one asks."""

import re

import pytest

from rules.catalogue import all_rules
from scanner.waivers.foreign import counterparts

VERSIONED, LOGGED = "bucket-not-versioned", "bucket-access-not-logged"
CHECK = re.compile(r"ckv2?_aws_\d+|aws-\d{4}|aws\d{3}|aws(-[a-z0-9]+)+")


def bucket(comment):
    return f'resource "aws_s3_bucket" "b" {{\n  {comment}\n  bucket = "acme-logs"\n}}\n'


def test_the_table_names_rules_and_checks_that_there_are():
    known = {rule.id for rule in all_rules()}
    assert {rule for rules in counterparts().values() for rule in rules} <= known
    assert [check for check in counterparts() if not CHECK.fullmatch(check)] == []
    assert all(len(set(rules)) == len(rules) for rules in counterparts().values())


@pytest.mark.parametrize(
    ("comment", "tool", "found"),
    [
        ("#checkov:skip=CKV_AWS_21:thrown away", "checkov", {VERSIONED: "CKV_AWS_21: thrown away"}),
        ("# checkov:skip=CKV_AWS_21", "checkov", {VERSIONED: "CKV_AWS_21"}),
        (
            "# checkov:skip=CKV_AWS_21,CKV_AWS_18: both",
            "checkov",
            {VERSIONED: "CKV_AWS_21: both", LOGGED: "CKV_AWS_18: both"},
        ),
        ("/* checkov:skip=CKV_AWS_21:why */", "checkov", {VERSIONED: "CKV_AWS_21: why"}),
        ("# checkov:skip=CKV_AWS_19:encrypted by default", "checkov", {}),
        ("# checkov:skip=CKV_AWS_21:why", "trivy", {}),
        ("# trivy:ignore:AVD-AWS-0090", "trivy", {VERSIONED: "AVD-AWS-0090"}),
        ("# trivy:ignore:avd-aws-0090", "trivy", {VERSIONED: "avd-aws-0090"}),
        ("# trivy:ignore:AVD-AWS-0090:exp:2026-01-31", "trivy", {}),
        (
            "# tfsec:ignore:aws-s3-enable-versioning",
            "tfsec",
            {VERSIONED: "aws-s3-enable-versioning"},
        ),
        ("# tfsec:ignore:AWS077", "tfsec", {VERSIONED: "AWS077"}),
    ],
)
def test_a_check_waives_the_rules_that_ask_the_same(waived, comment, tool, found):
    result = waived(bucket(comment), f"waiving: {{foreign: [{tool}]}}")
    told = {f.rule: f.waived.reason for f in result.findings if f.waived}
    assert told == found
    assert {f.waived.by for f in result.findings if f.waived} <= {tool}


def test_without_being_asked_for_they_are_nothing(waived):
    result = waived(bucket("#checkov:skip=CKV_AWS_21:thrown away"))
    assert result.waivers == ()
    assert not any(f.waived for f in result.findings)


def test_what_is_for_another_tool_alone_is_not_told_as_idle(waived):
    text = bucket("#checkov:skip=CKV_AWS_7:there is no key here")
    assert waived(text, "waiving: {foreign: [checkov]}").waivers == ()


def test_an_expired_one_is_told(waived, came):
    result = waived(
        bucket("# trivy:ignore:AVD-AWS-0090:exp:2026-01-31"), "waiving: {foreign: [trivy]}"
    )
    assert came(result) == [(2, VERSIONED, "expired")]


def test_the_policy_is_about_them_too(waived, came):
    policy = "waiving: {foreign: [checkov], require: [until]}"
    assert came(waived(bucket("#checkov:skip=CKV_AWS_21:x"), policy)) == [
        (2, VERSIONED, "forbidden")
    ]
