"""A small estate in account 111111111111 whose policies are what a case says."""

import json
import re
from collections.abc import Mapping

import pytest

from graphs.evidence import Proof
from graphs.identity.evaluate import Permissions
from graphs.nodes import (
    Bucket,
    Federation,
    Function,
    FunctionUrl,
    Group,
    Key,
    NodeIndex,
    PolicyText,
    PublicAccessBlock,
    Role,
    Secret,
    User,
)
from graphs.resource import Address, Origin, Resource, Scope, Source
from graphs.unknown import NO, YES, Cause, Unknown, known
from graphs.unknown import text as joined

OWN, OTHER = "111111111111", "222222222222"


def resource(kind, name, account=OWN, tags=None, source=Source.TERRAFORM):
    address = Address("", kind, name)
    values = {"tags": tags} if tags else {}
    return Resource(address, kind, values, Scope("aws", account, "eu-west-1"), Origin(source))


def holes(written):
    """`<<var.a>>` is a hole in its string, `"<<<var.a>>>"` one for a whole value."""
    parts = re.split(r'"<<<([^>]+)>>>"|<<([^>]+)>>', written)
    return joined(
        part if number % 3 == 0 else Unknown(Cause.VARIABLE, part)
        for number, part in enumerate(parts)
        if part is not None
    )


def document(statements, name="", version="2012-10-17"):
    """A policy from its statements, its text, or the ARN of a managed policy."""
    proof = Proof(f"aws_iam_policy.{name or 'p'}", "policy")
    if isinstance(statements, str) and statements.startswith("arn:"):
        return PolicyText("", proof, name, managed=statements)
    if not isinstance(statements, list | Mapping):
        return PolicyText(holes(statements), proof, name)
    text = json.dumps({"Version": version, "Statement": statements})
    return PolicyText(holes(text), proof, name)


def documents(case, element):
    """The policies of a case's element: none, one from its statements, or several by ARN."""
    found = case.get(element)
    if found is None:
        return ()
    version = str(case.get("version", "2012-10-17"))
    several = found if isinstance(found, list) and isinstance(found[0], str | list) else [found]
    return tuple(document(each, element, version) for each in several)


def estate(case):
    """The index of a case: role app, user ann in group staff, and one resource of each kind."""
    account = OTHER if case.get("target_account") else OWN
    nodes = [
        _principal(Role, "role", "app", case, trust=document([])),
        _principal(User, "user", "ann", case, groups=("aws_iam_group.staff",)),
        Group(
            source=resource("aws_iam_group", "staff"),
            id="aws_iam_group.staff",
            arn=f"arn:aws:iam::{OWN}:group/staff",
            policies=documents(case, "group"),
        ),
        *_targets(case, account),
    ]
    return NodeIndex(tuple(nodes))


def _principal(kind, word, name, case, **more):
    boundary = documents(case, "boundary")
    address = f"aws_iam_{word}.{name}"
    return kind(
        source=resource(f"aws_iam_{word}", name, tags=case.get("principal_tags")),
        id=address,
        arn=f"arn:aws:iam::{OWN}:{word}/{name}",
        policies=documents(case, "identity"),
        boundary=boundary[0] if boundary else None,
        **more,
    )


def _targets(case, account):
    policies = documents(case, "resource")
    tags = case.get("resource_tags")

    def node(made, terraform, name, arn, **fields):
        read_from = Source.AWS if case.get("live") else Source.TERRAFORM
        source = resource(terraform, name, account, tags, read_from)
        return made(source=source, id=f"{terraform}.{name}", arn=arn, **fields)

    block = set(case.get("block", ()))
    names = ("block_acls", "ignore_acls", "block_policy", "restrict")
    switches = PublicAccessBlock(*(known(name in block) for name in names))
    stored = {"encrypted": YES, "key": case.get("encrypted_with")}
    bucket_arn = "arn:aws:s3:::booking"
    secret_arn = f"arn:aws:secretsmanager:eu-west-1:{account}:secret:db-AbCdEf"
    url = case.get("url")
    return [
        node(Bucket, "aws_s3_bucket", "booking", bucket_arn, bucket="booking", policies=policies,
             block=switches, acl=case.get("acl", "private"), versioned=NO, logged=NO, **stored),
        node(Secret, "aws_secretsmanager_secret", "db", secret_arn, policies=policies, **stored),
        node(Key, "aws_kms_key", "main", f"arn:aws:kms:eu-west-1:{account}:key/k-1",
             policies=documents(case, "key" if "key" in case else "resource")),
        node(Role, "aws_iam_role", "admin", f"arn:aws:iam::{account}:role/admin",
             trust=(policies or (document([]),))[0]),
        node(Function, "aws_lambda_function", "api",
             f"arn:aws:lambda:eu-west-1:{account}:function:api", policies=policies,
             url=FunctionUrl(known(url == "open"), Proof("url")) if url else None),
        node(Federation, "aws_iam_openid_connect_provider", "github",
             f"arn:aws:iam::{account}:oidc-provider/token.actions.githubusercontent.com",
             kind="oidc", host="token.actions.githubusercontent.com"),
    ]  # fmt: skip


@pytest.fixture
def permissions():
    """Make the permissions of a case."""
    return lambda **case: Permissions(estate(case))
