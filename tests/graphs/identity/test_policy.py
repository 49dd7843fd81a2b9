"""Reading policy documents: spellings, holes, and what can not be read."""

import json

from moto.iam.aws_managed_policies import aws_managed_policies_data

from graphs.evidence import Proof
from graphs.identity import actions, managed
from graphs.identity.policy import PrincipalEntry, parse
from graphs.nodes import PolicyText
from graphs.unknown import Cause, Template, Unknown, text

HERE = Proof("aws_iam_policy.a", "policy")
ARN = Unknown(Cause.VARIABLE, "var.arn")


def read(written, **more):
    return parse(PolicyText(written, HERE, **more))


def only(written):
    (statement,) = read(written).statements
    return statement


def test_single_values_are_lists_of_one():
    found = only('{"Statement": {"Effect": "Allow", "Action": "S3:Get*", "Resource": "*"}}')
    assert found.actions == ("s3:get*",)
    assert found.resources == ("*",)
    assert found.principals is None
    assert not found.variables, "without a Version, variables are plain text"


def test_star_is_everybody_in_both_spellings():
    for principal in ('"*"', '{"AWS": "*"}', '{"AWS": ["*"]}'):
        statement = f'{{"Effect": "Deny", "Action": "*", "Principal": {principal}}}'
        found = only(f'{{"Statement": {statement}}}')
        assert found.principals == (PrincipalEntry("*", "*"),)


def test_conditions_come_apart():
    found = only(
        '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition":'
        ' {"ForAnyValue:StringLikeIfExists": {"aws:TagKeys": ["a", "b"]}, "Bool": {"x:y": true}}}}'
    )
    first, second = found.conditions
    assert (first.qualifier, first.operator, first.if_exists) == ("foranyvalue", "stringlike", True)
    assert first.key == "aws:tagkeys"
    assert first.values == ("a", "b")
    assert second.values == ("true",)


def test_each_statement_has_its_own_proof():
    blocks = (Proof("data.d", "statement[0]"), Proof("data.d", "statement[1]"))
    allow = '{"Effect": "Allow", "Action": "*", "Resource": "*"}'
    found = read(f'{{"Statement": [{allow}, {allow}]}}', statements=blocks)
    assert [s.proof for s in found.statements] == list(blocks)


def test_a_hole_inside_of_quotes_is_part_of_its_string():
    found = only(
        text(['{"Statement": {"Effect": "Allow", "Action": "*", "Resource": ["', ARN, '/*"]}}'])
    )
    assert found.resources == (Template((ARN, "/*")),)


def test_a_hole_without_quotes_is_a_whole_value():
    found = only(text(['{"Statement": {"Effect": "Allow", "Action": "*", "Resource": ', ARN, "}}"]))
    assert found.resources == (ARN,)


def test_escaped_quotes_do_not_end_a_string():
    found = only(
        text(['{"Statement": {"Sid": "say \\"x', ARN, '\\"", "Effect": "Allow", "Action": "*"}}'])
    )
    assert found.sid == Template(('say "x', ARN, '"'))


def test_a_hole_as_a_statement_may_be_anything():
    found = only(text(['{"Statement": [', ARN, "]}"]))
    assert found.effect == ARN
    assert found.actions == (ARN,)


def test_a_condition_key_may_have_a_hole():
    start = '{"Statement": {"Effect": "Allow", "Action": "*", "Condition": {"StringEquals": {"'
    found = only(text([start, ARN, ':Sub": "x"}}}}']))
    assert found.conditions[0].key == Template((ARN, ":sub"))


def test_what_can_not_be_read_may_be_anything_and_says_why():
    for written, why in {
        "{": "is not JSON",
        "[]": "is not a JSON object",
        "{}": "has no Statement",
        '{"Statement": {"Effect": "allow", "Action": "*"}}': "neither Allow nor Deny",
        '{"Statement": {"Effect": "Allow"}}': "neither Action nor NotAction",
        '{"Statement": {"Effect": "Allow", "Action": "*", "Action": "s3:*"}}': "twice",
        '{"Statement": {"Effect": "Allow", "Action": "*", "Principal": "x"}}': "neither * nor",
        '{"Statement": ' + "[" * 100_000: "nested too deeply",
    }.items():
        found = read(written)
        assert why in found.problems[0]
        assert isinstance(found.statements[0].effect, Unknown)
        assert found.unread


def test_one_bad_statement_leaves_the_others():
    allow = '{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}'
    found = read(f'{{"Statement": [{allow}, {{"Effect": "Perhaps"}}]}}')
    assert found.statements[0].effect == "Allow"
    assert "statement 2" in found.problems[0]


def test_unknown_text_is_unread_without_a_problem():
    found = read(ARN)
    assert found.unread == {ARN}
    assert not found.problems


def test_managed_policies_are_dated_facts():
    assert managed.as_of() == "2026-09-30"
    found = read("", managed="arn:aws:iam::aws:policy/AdministratorAccess")
    assert found.statements[0].actions == ("*",)
    assert found.edition == "v1 of 2015-02-06"
    assert not found.unread


def test_the_table_has_every_managed_policy_that_its_source_has():
    source = json.loads(aws_managed_policies_data)
    assert set(managed.names()) == set(source)


def test_every_managed_policy_of_the_table_reads():
    for name in managed.names():
        found = read("", managed=managed.arn_called(name))
        assert found.statements
        assert not found.problems


def test_an_unlisted_managed_policy_is_named_in_the_reason():
    arn = "arn:aws:iam::aws:policy/NewerThanTheTable"
    found = read("", managed=arn)
    assert isinstance(found.statements[0].effect, Unknown)
    assert {why.what for why in found.unread} == {arn}


def test_actions_are_expanded_as_aws_spells_them():
    assert actions.source() == "policy_sentry 0.15.2"
    assert actions.expand("S3:getobjectacl") == ("s3:GetObjectAcl",)
    assert "s3:GetObjectAcl" in actions.expand("s3:Get*")
    assert not any(name.startswith("s3:Put") for name in actions.expand("s3:Get*"))
    assert actions.expand("s3:Fetch*") == ()
    assert len(actions.expand("*")) > 20_000
    assert actions.action("kms:listkeys").wholesale
    assert not actions.action("kms:Decrypt").wholesale
    assert actions.action("s3:Fetch") is None
