"""Identity pools: which strangers get which role."""

import pytest

from graphs.identity.principals import open_federation

POOL = """
resource "aws_cognito_identity_pool" "app" {
  identity_pool_name               = "app"
  allow_unauthenticated_identities = %(guests)s
  allow_classic_flow               = %(classic)s
  %(providers)s
}
resource "aws_cognito_identity_pool_roles_attachment" "app" {
  identity_pool_id = aws_cognito_identity_pool.app.id
  roles            = { %(kind)s = aws_iam_role.%(handed)s.arn }
}
resource "aws_cognito_user_pool" "users" {
  name = "users"
  %(sign_up)s
}
resource "aws_iam_role" "other" {
  name               = "other"
  assume_role_policy = jsonencode({ Statement = [] })
}
resource "aws_iam_role" "app" {
  name               = "app"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "cognito-identity.amazonaws.com" }
      Condition = {
        StringEquals             = { "cognito-identity.amazonaws.com:aud" = %(aud)s }
        "ForAnyValue:StringLike" = { "cognito-identity.amazonaws.com:amr" = "%(amr)s" }
      }
    }]
  })
}
"""
GUESTS = {
    "guests": "true",
    "classic": "false",
    "providers": "",
    "kind": "unauthenticated",
    "handed": "app",
    "sign_up": "",
    "aud": "aws_cognito_identity_pool.app.id",
    "amr": "unauthenticated",
}
USERS = """cognito_identity_providers {
  client_id     = "abc"
  provider_name = aws_cognito_user_pool.users.endpoint
}"""
MEMBERS = {
    **GUESTS,
    "guests": "false",
    "providers": USERS,
    "kind": "authenticated",
    "amr": "authenticated",
}
INVITED = "admin_create_user_config { allow_admin_create_user_only = true }"
CHECKED = 'lambda_config { pre_sign_up = "arn:aws:lambda:eu-west-1:111111111111:function:check" }'

CASES = {
    "guests of a pool": (GUESTS, "allow"),
    "a pool that admits no guests": ({**GUESTS, "guests": "false"}, "deny"),
    "a pool that may admit guests": ({**GUESTS, "guests": "var.guests"}, "unknown"),
    "guests, of a role for members": ({**GUESTS, "amr": "authenticated"}, "deny"),
    "guests who get another role": ({**GUESTS, "handed": "other"}, "deny"),
    "guests who name the role": ({**GUESTS, "handed": "other", "classic": "true"}, "allow"),
    "guests of a pool elsewhere": ({**GUESTS, "aud": '"eu-west-1:1234"'}, "unknown"),
    "whoever signs up": (MEMBERS, "allow"),
    "whoever is invited": ({**MEMBERS, "sign_up": INVITED}, "deny"),
    "whoever a function admits": ({**MEMBERS, "sign_up": CHECKED}, "unknown"),
    "whoever has a Google account": (
        {**MEMBERS, "providers": 'supported_login_providers = { "accounts.google.com" = "x" }'},
        "allow",
    ),
    "nobody, without a provider": ({**MEMBERS, "providers": ""}, "deny"),
}


@pytest.mark.parametrize("case", CASES)
def test_who_gets_the_role_of_a_pool(built, case):
    values, verdict = CASES[case]
    found = built('variable "guests" {}' + POOL % values)
    role = found.index.by_id["aws_iam_role.app"]
    assert open_federation(found.permissions, role).verdict == verdict
