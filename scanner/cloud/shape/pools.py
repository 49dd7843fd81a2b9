"""Identity pools of Cognito with the roles that they hand out, and the users that they accept."""

from collections.abc import Iterator

from graphs.resource import Resource
from graphs.unknown import Unknown
from scanner.cloud.shape.answers import Answers, Item


def shape(answers: Answers) -> Iterator[Resource]:
    """Pools of identities, then pools of users."""
    yield from _pools(answers)
    yield from _users(answers)


_OF_POOLS = (
    "allow_unauthenticated_identities",
    "allow_classic_flow",
    "supported_login_providers",
    "openid_connect_provider_arns",
)


def _pools(answers: Answers) -> Iterator[Resource]:
    call = "cognito-identity.describe_identity_pool"
    listing = "cognito-identity.list_identity_pools"
    for region, listed in answers.items(listing, "IdentityPools"):
        number, key = listed["IdentityPoolId"], answers.local(region)
        values = {
            "id": number,
            "identity_pool_name": listed.get("IdentityPoolName"),
            **answers.detail((region, call, number), _pool, *_OF_POOLS),
        }
        yield answers.make("aws_cognito_identity_pool", number, values, (region, call), key=key)
        yield from _roles(answers, region, number)


def _pool(said: Item) -> dict[str, object]:
    return {
        "allow_unauthenticated_identities": said.get("AllowUnauthenticatedIdentities", False),
        "allow_classic_flow": said.get("AllowClassicFlow", False),
        "supported_login_providers": said.get("SupportedLoginProviders") or {},
        "openid_connect_provider_arns": said.get("OpenIdConnectProviderARNs", []),
        "cognito_identity_providers": [
            {"provider_name": each.get("ProviderName"), "client_id": each.get("ClientId")}
            for each in said.get("CognitoIdentityProviders", ())
        ],
    }


def _roles(answers: Answers, region: str, pool: str) -> Iterator[Resource]:
    call = "cognito-identity.get_identity_pool_roles"
    kind, key = "aws_cognito_identity_pool_roles_attachment", answers.local(region)
    read = answers.about(call, region, pool)
    values: dict[str, object] = {"identity_pool_id": pool}
    doubt = read if isinstance(read, Unknown) else None
    if isinstance(read, Unknown):
        values["roles"] = read
    else:
        mappings = (read.get("RoleMappings") or {}).items()
        values["roles"] = read.get("Roles") or {}
        values["role_mapping"] = [_mapping(name, said) for name, said in mappings]
    if doubt is not None or values["roles"] or values["role_mapping"]:
        yield answers.make(kind, pool, values, (region, call), key=key, doubt=doubt)


def _mapping(provider: str, said: Item) -> dict[str, object]:
    rules = (said.get("RulesConfiguration") or {}).get("Rules", ())
    listed = [{"role_arn": rule.get("RoleARN")} for rule in rules]
    return {"identity_provider": provider, "type": said.get("Type"), "mapping_rule": listed}


def _users(answers: Answers) -> Iterator[Resource]:
    call = "cognito-idp.describe_user_pool"
    for region, listed in answers.items("cognito-idp.list_user_pools", "UserPools"):
        number, key = listed["Id"], answers.local(region)
        home = f"arn:{answers.partition}:cognito-idp:{region}:{answers.swept.account}"
        lost = ("admin_create_user_config", "lambda_config")
        values = {
            "id": number,
            "name": listed.get("Name"),
            "arn": f"{home}:userpool/{number}",
            "endpoint": f"cognito-idp.{region}.amazonaws.com/{number}",
            **answers.detail((region, call, number), _user_pool, *lost),
        }
        yield answers.make("aws_cognito_user_pool", number, values, (region, call), key=key)


def _user_pool(answer: Item) -> dict[str, object]:
    said = answer["UserPool"]
    only = (said.get("AdminCreateUserConfig") or {}).get("AllowAdminCreateUserOnly", False)
    asked = (said.get("LambdaConfig") or {}).get("PreSignUp")
    return {
        "admin_create_user_config": [{"allow_admin_create_user_only": only}],
        "lambda_config": [{"pre_sign_up": asked}] if asked else [],
    }
