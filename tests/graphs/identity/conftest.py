"""A small estate in account 111111111111 whose policies are what a case says."""

import json
import re
from collections.abc import Mapping

import pytest

from graphs.build.access_lists import CANNED
from graphs.evidence import Proof
from graphs.identity.evaluate import Permissions
from graphs.nodes import (
    AccessGrant,
    Bucket,
    Federation,
    Function,
    FunctionUrl,
    Group,
    Guarded,
    Guardrail,
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
        _principal(Role, "role", "linked", case, trust=document([]), path="/aws-service-role/x/"),
        _principal(User, "user", "ann", case, groups=("aws_iam_group.staff",)),
        Group(
            source=resource("aws_iam_group", "staff"),
            id="aws_iam_group.staff",
            arn=f"arn:aws:iam::{OWN}:group/staff",
            policies=documents(case, "group"),
        ),
        *_targets(case, account),
        *_guarded(case, account),
        *_guardrails(case),
    ]
    return NodeIndex(tuple(nodes))


def _principal(kind, word, name, case, path="/", **more):
    boundary = documents(case, "boundary")
    address = f"aws_iam_{word}.{name}"
    return kind(
        source=resource(f"aws_iam_{word}", name, tags=case.get("principal_tags")),
        id=address,
        arn=f"arn:aws:iam::{OWN}:{word}{path}{name}",
        policies=documents(case, "identity"),
        boundary=boundary[0] if boundary else None,
        **more,
    )


def _lists(case):
    """What the canned ACL `acl` gives of the bucket, and those of `objects` by their keys."""
    for key, canned in {None: case.get("acl", "private"), **case.get("objects", {})}.items():
        for who, right in CANNED.get(canned, ((canned, "FULL_CONTROL"),)):
            if canned != "private":
                yield AccessGrant(who, right, Proof("acl"), key)


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
             block=switches, grants=tuple(_lists(case)),
             versioned=NO, logged=NO, **stored),
        node(Secret, "aws_secretsmanager_secret", "db", secret_arn, policies=policies, **stored),
        node(Key, "aws_kms_key", "main", f"arn:aws:kms:eu-west-1:{account}:key/k-1",
             policies=documents(case, "key" if "key" in case else "resource"),
             grants=documents(case, "grant")),
        node(Role, "aws_iam_role", "admin", f"arn:aws:iam::{account}:role/admin",
             trust=(policies or (document([]),))[0]),
        node(Function, "aws_lambda_function", "api",
             f"arn:aws:lambda:eu-west-1:{account}:function:api", policies=policies,
             url=FunctionUrl(known(url == "open"), Proof("url")) if url else None),
        node(Federation, "aws_iam_openid_connect_provider", "github",
             f"arn:aws:iam::{account}:oidc-provider/token.actions.githubusercontent.com",
             kind="oidc", host="token.actions.githubusercontent.com"),
    ]  # fmt: skip


SERVICES = {
    "queue": ("sqs", "aws_sqs_queue", "arn:aws:sqs:eu-west-1:{}:queue"),
    "topic": ("sns", "aws_sns_topic", "arn:aws:sns:eu-west-1:{}:topic"),
    "repo": ("ecr", "aws_ecr_repository", "arn:aws:ecr:eu-west-1:{}:repository/repo"),
    "search": ("es", "aws_opensearch_domain", "arn:aws:es:eu-west-1:{}:domain/search"),
    "gate": ("execute-api", "aws_api_gateway_rest_api", "arn:aws:execute-api:eu-west-1:{}:a1"),
    "bus": ("events", "aws_cloudwatch_event_bus", "arn:aws:events:eu-west-1:{}:event-bus/bus"),
    "catalog": ("glue", "aws_glue_resource_policy", "arn:aws:glue:eu-west-1:{}:catalog"),
    "vault": ("backup", "aws_backup_vault", "arn:aws:backup:eu-west-1:{}:backup-vault:vault"),
    "files": (
        "elasticfilesystem",
        "aws_efs_file_system",
        "arn:aws:elasticfilesystem:eu-west-1:{}:file-system/fs-1",
    ),
    "table": ("dynamodb", "aws_dynamodb_table", "arn:aws:dynamodb:eu-west-1:{}:table/table"),
    "stream": ("kinesis", "aws_kinesis_stream", "arn:aws:kinesis:eu-west-1:{}:stream/stream"),
    "point": ("s3", "aws_s3_access_point", "arn:aws:s3:eu-west-1:{}:accesspoint/point"),
}


def _guarded(case, account):
    """One resource for each service whose resources are known by their policy."""
    for name, (service, kind, arn) in SERVICES.items():
        element = "point" if name == "point" else "resource"
        yield Guarded(
            source=resource(kind, name, account),
            id=f"{kind}.{name}",
            arn=arn.format(account),
            service=service,
            policies=documents(case, element),
            behind="aws_s3_bucket.booking" if name == "point" else None,
        )


def _guardrails(case):
    """The organisation's levels above account 111111111111: root, unit and account."""
    for kind in ("scp", "rcp"):
        for level in ("root", "unit", "account"):
            found = case.get(f"{kind}.{level}")
            if found is not None:
                managed = {OWN} if case.get("management") else set()
                yield Guardrail(
                    source=resource("aws_organizations_policy_attachment", level),
                    id=f"{kind}:{level}",
                    kind=kind,
                    policies=(document(found, level),),
                    accounts=frozenset({OWN} - managed),
                    spared=frozenset(managed),
                    others=NO,
                )


@pytest.fixture
def permissions():
    """Make the permissions of a case."""
    return lambda **case: Permissions(estate(case))
