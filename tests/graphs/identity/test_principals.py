"""Who may become a role: trust policies, external ids, passing, federation."""

import json
from dataclasses import replace

import pytest

from graphs.identity import principals
from graphs.identity.actors import ANYONE
from graphs.identity.evaluate import Permissions
from graphs.identity.search import together
from graphs.nodes import NodeIndex
from graphs.resource import Scope
from graphs.unknown import Cause, Unknown, text

ROLE, ADMIN = "aws_iam_role.app", "aws_iam_role.admin"
GITHUB = "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com"
HOST = "token.actions.githubusercontent.com"


def trust(principal, action="sts:AssumeRole", **condition):
    statement = {"Effect": "Allow", "Principal": principal, "Action": action}
    return [{**statement, "Condition": condition} if condition else statement]


def token(**condition):
    return trust({"Federated": GITHUB}, "sts:AssumeRoleWithWebIdentity", **condition)


def admin(found):
    return found.index.by_id[ADMIN]


def test_trustees_by_kind(permissions):
    names = [
        "arn:aws:iam::333333333333:root",
        "444444444444",
        "arn:aws:iam::111111111111:role/app",
        "arn:aws:iam::111111111111:user/ann",
        "arn:aws:iam::333333333333:role/ci",
    ]
    found = permissions(resource=trust({"Service": "ec2.amazonaws.com", "AWS": names}))
    listed = [
        (each.kind, each.identifier, each.permission.verdict)
        for each in principals.trustees(found, admin(found))
    ]
    assert listed == [
        ("service", "ec2.amazonaws.com", "allow"),
        ("account", "333333333333", "allow"),
        ("account", "444444444444", "allow"),
        ("role", ROLE, "allow"),
        ("user", "aws_iam_user.ann", "allow"),
        ("role", "arn:aws:iam::333333333333:role/ci", "allow"),
    ]


@pytest.mark.parametrize(
    "name", ["arn:aws:iam:::user/", "arn:aws:iam::root", "no:arn", "AROAEXAMPLEID"]
)
def test_nobody_can_tell_whom_a_name_without_an_account_means(permissions, name):
    found = permissions(resource=trust({"AWS": name}))
    (only,) = principals.trustees(found, admin(found))
    assert only.permission.verdict == "unknown"


def test_everybody_is_anyone(permissions):
    found = permissions(resource=trust("*"))
    (only,) = principals.trustees(found, admin(found))
    assert (only.kind, only.permission.verdict) == ("anyone", "allow")


def test_a_denied_trustee_is_listed_as_denied(permissions):
    deny = {"Effect": "Deny", "Principal": "*", "Action": "sts:*"}
    found = permissions(resource=[*trust({"AWS": "333333333333"}), deny])
    (only,) = principals.trustees(found, admin(found))
    assert only.permission.verdict == "deny"


def test_the_own_account_needs_no_number(permissions):
    """`data.aws_caller_identity` and the provider's account are one Unknown."""
    case = permissions()
    account = Unknown(Cause.SCOPE, "account of provider aws")
    role = admin(case)
    parts = ("arn:aws:iam::", account, ":root")
    told = trust({"AWS": "HERE"})
    before, after = json.dumps({"Statement": told}).split("HERE")
    own = replace(
        role,
        arn=text(("arn:aws:iam::", account, ":role/admin")),
        source=replace(role.source, scope=Scope("aws", account, "eu-west-1")),
        trust=replace(role.trust, text=text((before, *parts, after))),
    )
    found = Permissions(NodeIndex((own,)))
    (only,) = principals.trustees(found, own)
    assert (only.kind, only.permission.verdict) == ("account", "allow")


def test_an_account_that_no_provider_says_is_not_everybody(permissions):
    """`AWS = data.aws_caller_identity.me.account_id`, where it is not said whose code this is."""
    role = admin(permissions())
    account = Unknown(Cause.SCOPE, "account of provider aws")
    before, after = json.dumps({"Statement": trust({"AWS": "HERE"})}).split('"HERE"')
    trusting = replace(role, trust=replace(role.trust, text=text((before, account, after))))
    found = Permissions(NodeIndex((trusting,)))
    assert principals.may_assume(found, ANYONE, trusting).verdict == "deny"


def test_the_number_of_an_account_names_no_principal_of_it(built):
    """It lets in those whose own policies let them, whether or not the number is known."""
    hcl = """
        data "aws_caller_identity" "me" {}
        resource "aws_iam_user" "idle" { name = "idle" }
        resource "aws_iam_user" "able" { name = "able" }
        resource "aws_iam_user_policy" "able" {
          user   = aws_iam_user.able.name
          policy = jsonencode({ Statement = [
            { Effect = "Allow", Action = "sts:AssumeRole", Resource = "*" }
          ] })
        }
        resource "aws_iam_role" "admin" {
          assume_role_policy = jsonencode({ Statement = [{
            Effect    = "Allow"
            Action    = "sts:AssumeRole"
            Principal = { AWS = data.aws_caller_identity.me.account_id }
          }] })
        }
    """
    estate = built(hcl, provider='provider "aws" { region = "eu-west-1" }')
    found = Permissions(estate.index)
    role = admin(found)
    said = {
        name: principals.may_assume(found, f"aws_iam_user.{name}", role).verdict
        for name in ("idle", "able")
    }
    assert said == {"idle": "deny", "able": "allow"}


def test_an_unknown_account_may_be_anybody(permissions):
    found = permissions(resource=trust({"AWS": "arn:aws:iam::<<var.account>>:root"}))
    (only,) = principals.trustees(found, admin(found))
    assert only.permission.verdict == "unknown"


@pytest.mark.parametrize(
    ("condition", "asks"),
    [
        ({}, False),
        ({"StringEquals": {"sts:ExternalId": "x-42"}}, True),
        ({"StringEqualsIfExists": {"sts:ExternalId": "x-42"}}, False),
        ({"StringNotEquals": {"sts:ExternalId": "x-42"}}, False),
    ],
)
def test_external_id(permissions, condition, asks):
    found = permissions(resource=trust({"AWS": "333333333333"}, **condition))
    (only,) = principals.trustees(found, admin(found))
    assert only.external_id.certain == asks
    assert only.permission.answer.certain


def can_pass(found, service):
    """Whether a role can be handed to a service: the caller may, and the role trusts it."""
    context = {"iam:PassedToService": service}
    passing = found.can(ROLE, "iam:PassRole", admin(found), context)
    return together((passing, principals.trusts_service(found, admin(found), service))).verdict


def test_a_role_is_passed_only_to_a_service_that_it_trusts(permissions):
    passing = [{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}]
    found = permissions(identity=passing, resource=trust({"Service": "lambda.amazonaws.com"}))
    assert can_pass(found, "lambda.amazonaws.com") == "allow"
    assert can_pass(found, "ec2.amazonaws.com") == "deny"


def test_a_role_is_passed_only_where_the_caller_may(permissions):
    only_ec2 = {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    passing = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": only_ec2}
    services = ["lambda.amazonaws.com", "ec2.amazonaws.com"]
    found = permissions(identity=[passing], resource=trust({"Service": services}))
    assert can_pass(found, "lambda.amazonaws.com") == "deny"
    assert can_pass(found, "ec2.amazonaws.com") == "allow"


def test_a_service_acts_for_the_own_account(permissions):
    """The confused deputy's remedy does not stop the own account."""
    own = {"StringEquals": {"aws:SourceAccount": "111111111111"}}
    found = permissions(resource=trust({"Service": "ec2.amazonaws.com"}, **own))
    trusted = principals.trusts_service(found, admin(found), "ec2.amazonaws.com")
    assert trusted.verdict == "allow"
    other = {"StringEquals": {"aws:SourceAccount": "999999999999"}}
    found = permissions(resource=trust({"Service": "ec2.amazonaws.com"}, **other))
    trusted = principals.trusts_service(found, admin(found), "ec2.amazonaws.com")
    assert trusted.verdict == "deny"


@pytest.mark.parametrize(
    ("subject", "verdict"),
    [
        (None, "allow-if"),
        ("*", "allow-if"),
        ("repo:*", "allow-if"),
        ("repo:*:ref:refs/heads/main", "allow-if"),
        ("repo:acme*", "allow-if"),
        ("repo:*/infrastructure:*", "allow-if"),
        ("repo:acme/*", "deny"),
        ("repo:acme/infrastructure:ref:refs/heads/main", "deny"),
        ("repo:acme/infra*:*", "deny"),
    ],
)
def test_github_subjects(permissions, subject, verdict):
    """`repo:acme*` also matches the organisation acme-evil, which anybody can register."""
    condition = {"StringEquals": {f"{HOST}:aud": "sts.amazonaws.com"}}
    if subject is not None:
        condition["StringLike"] = {f"{HOST}:sub": subject}
    found = permissions(resource=token(**condition))
    assert principals.open_federation(found, admin(found)).verdict == verdict


def test_a_pattern_under_equals_is_no_pattern(permissions):
    found = permissions(resource=token(StringEquals={f"{HOST}:sub": "repo:*"}))
    assert principals.open_federation(found, admin(found)).verdict == "deny"


def test_a_role_without_conditions_takes_every_repository(permissions):
    found = permissions(resource=token())
    assert principals.open_federation(found, admin(found)).verdict == "allow"
    (only,) = principals.trustees(found, admin(found))
    assert (only.kind, only.identifier) == ("oidc", GITHUB)


def test_a_repository_owner_pins(permissions):
    found = permissions(resource=token(StringEquals={f"{HOST}:repository_owner": "acme"}))
    assert principals.open_federation(found, admin(found)).verdict == "deny"


def test_an_unknown_subject_is_unknown(permissions):
    found = permissions(resource=token(StringLike={f"{HOST}:sub": "<<<var.subject>>>"}))
    assert principals.open_federation(found, admin(found)).verdict == "unknown"


def test_an_unknown_repository_of_a_known_owner_is_pinned(permissions):
    found = permissions(resource=token(StringLike={f"{HOST}:sub": "repo:acme/<<var.repo>>:*"}))
    assert principals.open_federation(found, admin(found)).verdict == "deny"


@pytest.mark.parametrize(
    ("condition", "verdict"),
    [
        ({}, "unknown"),
        ({"StringEquals": {f"{HOST}:aud": "sts.amazonaws.com"}}, "unknown"),
        ({"StringLike": {f"{HOST}:sub": "repo:acme/*"}}, "deny"),
        ({"StringNotEquals": {f"{HOST}:sub": "repo:acme/*"}}, "unknown"),
    ],
)
def test_an_unknown_provider_is_judged_by_the_claims_that_are_asked_for(
    permissions, condition, verdict
):
    """The tokens of another issuer do not have them."""
    unknown = {"Federated": "<<<var.provider>>>"}
    policy = trust(unknown, "sts:AssumeRoleWithWebIdentity", **condition)
    found = permissions(resource=policy)
    assert principals.open_federation(found, admin(found)).verdict == verdict


BITBUCKET = "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc"
# The issuer, the claims that the trust policy asks for, and whether a stranger has such a token.
ISSUERS = [
    (BITBUCKET, {"StringEquals": {"aud": "ari:cloud:bitbucket::workspace/1"}}, "deny"),
    (BITBUCKET, {}, "deny"),
    ("oidc.circleci.com/org/b4c6", {}, "deny"),
    ("vstoken.dev.azure.com/61c0", {"StringEquals": {"aud": "api://AzureADTokenExchange"}}, "deny"),
    ("oidc.vercel.com/acme", {}, "deny"),
    ("oidc.vercel.com", {}, "allow-if"),
    ("oidc.vercel.com", {"StringEquals": {"aud": "https://vercel.com/acme"}}, "deny"),
    ("oidc.vercel.com", {"StringLike": {"aud": "https://vercel.com/*"}}, "allow"),
    ("oidc.vercel.com", {"StringLike": {"sub": "owner:acme:project:*"}}, "deny"),
    ("oidc.vercel.com", {"StringLike": {"sub": "owner:*:project:shop:*"}}, "allow"),
    ("gitlab.com", {"StringEquals": {"aud": "https://gitlab.com"}}, "allow"),
    ("gitlab.com", {"StringLike": {"sub": "project_path:acme/*"}}, "deny"),
    (
        "gitlab.com",
        {"StringLike": {"sub": "project_path:*/site:ref_type:branch:ref:main"}},
        "allow",
    ),
    ("gitlab.acme.com", {"StringLike": {"sub": "project_path:acme/*"}}, "deny"),
    ("gitlab.acme.com", {"StringLike": {"sub": "project_path:*"}}, "unknown"),
    ("gitlab.acme.com", {}, "unknown"),
    ("agent.buildkite.com", {"StringEquals": {"aud": "sts.amazonaws.com"}}, "allow"),
    ("agent.buildkite.com", {"StringLike": {"sub": "organization:acme:pipeline:*"}}, "deny"),
    ("agent.buildkite.com", {"StringLike": {"sub": "organization:*:pipeline:site:*"}}, "allow"),
    ("app.terraform.io", {"StringEquals": {"aud": "aws.workload.identity"}}, "allow"),
    ("app.terraform.io", {"StringLike": {"sub": "organization:acme:project:*"}}, "deny"),
    ("app.terraform.io", {"StringLike": {"sub": "*:workspace:prod:run_phase:*"}}, "allow"),
    (HOST, {"StringLike": {"sub": "repo:acme@1234/*"}}, "deny"),
    # A branch may be called x@1234/y.
    (HOST, {"StringLike": {"sub": "repo:*@1234/*"}}, "allow"),
    (HOST, {"StringLike": {"sub": "repo:acme*/*"}}, "allow"),
    ("login.example.com", {"StringEquals": {"sub": "deploy"}}, "deny"),
    ("login.example.com", {"StringEquals": {"aud": "aws"}}, "unknown"),
    ("cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbC", {}, "unknown"),
]


@pytest.mark.parametrize(("host", "claims", "verdict"), ISSUERS)
def test_which_claims_keep_strangers_out(permissions, host, claims, verdict):
    provider = {"Federated": f"arn:aws:iam::111111111111:oidc-provider/{host}"}
    asked = {
        operator: {f"{host}:{claim}": value for claim, value in values.items()}
        for operator, values in claims.items()
    }
    found = permissions(resource=trust(provider, "sts:AssumeRoleWithWebIdentity", **asked))
    expected = {"allow", "allow-if"} if verdict.startswith("allow") else {verdict}
    assert principals.open_federation(found, admin(found)).verdict in expected


def test_an_issuer_of_a_tenant_that_is_not_known_is_still_of_one(permissions):
    provider = {
        "Federated": "arn:aws:iam::111111111111:oidc-provider/oidc.circleci.com/org/<<var.org>>"
    }
    found = permissions(resource=trust(provider, "sts:AssumeRoleWithWebIdentity"))
    assert principals.open_federation(found, admin(found)).verdict == "deny"


def test_a_private_issuer_is_closed(permissions):
    cluster = "arn:aws:iam::111111111111:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC"
    found = permissions(resource=trust({"Federated": cluster}, "sts:AssumeRoleWithWebIdentity"))
    assert principals.open_federation(found, admin(found)).verdict == "deny"


@pytest.mark.parametrize(
    ("condition", "verdict"),
    [
        ({}, "allow"),
        ({"StringEquals": {"cognito-identity.amazonaws.com:aud": "eu-west-1:1234"}}, "unknown"),
        ({"StringLike": {"cognito-identity.amazonaws.com:aud": "*"}}, "allow"),
        (
            {
                "StringEquals": {"cognito-identity.amazonaws.com:aud": "eu-west-1:1234"},
                "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"},
            },
            "unknown",
        ),
    ],
)
def test_cognito_pools(permissions, condition, verdict):
    """Without the pool's id, anybody's own pool will do."""
    provider = {"Federated": "cognito-identity.amazonaws.com"}
    found = permissions(resource=trust(provider, "sts:AssumeRoleWithWebIdentity", **condition))
    assert principals.open_federation(found, admin(found)).verdict == verdict


def test_saml_is_for_those_whom_the_provider_knows(permissions):
    provider = {"Federated": "arn:aws:iam::111111111111:saml-provider/office"}
    audience = {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}
    found = permissions(resource=trust(provider, "sts:AssumeRoleWithSAML", **audience))
    (only,) = principals.trustees(found, admin(found))
    assert (only.kind, only.permission.verdict) == ("saml", "allow")
    assert principals.open_federation(found, admin(found)).verdict == "deny"
