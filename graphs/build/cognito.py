"""Identity pools of Cognito: whom they admit, and the roles that they hand out.

Amazon Cognito Developer Guide, "Identity pools authentication flow" (in the basic flow the caller
names the role), "Signing up and confirming user accounts".
"""

from collections.abc import Iterator, Mapping

from graphs.build import read
from graphs.build.draft import Draft
from graphs.nodes import IdentityPool, Ref
from graphs.resource import Resource
from graphs.unknown import NO, YES, Answer, Cause, Unknown, any_of, cannot_tell, unknowns_in

POOL, USERS, ROLE = "aws_cognito_identity_pool", "aws_cognito_user_pool", "aws_iam_role"
# Where anybody has an account, or makes one.
PUBLIC = frozenset(
    (
        "accounts.google.com",
        "api.twitter.com",
        "appleid.apple.com",
        "graph.facebook.com",
        "www.amazon.com",
    )
)
CLIENT = "aws_cognito_user_pool_client"
# What a token says that no user writes.
_GIVEN = frozenset(("aud", "auth_time", "exp", "iat", "iss", "sub", "token_use"))
_UNASKED = "admin_create_user_config"


def lower(draft: Draft) -> None:
    """Make the pools."""
    for pool in draft.all(POOL):
        draft.add(
            IdentityPool(
                source=pool,
                id=pool.id,
                arn=draft.arn(pool),
                guests=read.flag(pool, "allow_unauthenticated_identities", default=False),
                members=any_of(_joined(draft, pool)),
                classic=read.flag(pool, "allow_classic_flow", default=False),
                roles=tuple(_handed(draft, pool)),
            )
        )


def _handed(draft: Draft, pool: Resource) -> Iterator[tuple[str, Ref]]:
    """The roles by whom they are for: `authenticated` or `unauthenticated`."""
    kind = f"{POOL}_roles_attachment"
    for each in draft.satellites(kind, "identity_pool_id", POOL).get(pool.id, ()):
        roles = read.raw(each, "roles")
        if isinstance(roles, Mapping):
            for who, arn in roles.items():
                role = draft.ref(each, arn, ROLE)
                if role is not None:
                    yield str(who), role
        elif isinstance(roles, Unknown):
            yield "authenticated", roles
            yield "unauthenticated", roles
        for mapping in read.blocks(each, "role_mapping"):
            for rule in read.blocks(mapping, "mapping_rule"):
                role = draft.ref(each, read.raw(rule, "role_arn"), ROLE)
                own = _own_claim(draft, pool, read.word(rule, "claim"))
                if role is not None and own.possible:
                    yield "authenticated", role if own.certain else min(own.because, key=str)


def _own_claim(draft: Draft, pool: Resource, claim: "str | Unknown") -> Answer:
    """Whether a member says what a rule asks for: an attribute that some app lets its users write,
    which all do that name none.

    Amazon Cognito Developer Guide, "Working with user attributes" (attribute permissions).
    """
    if isinstance(claim, Unknown):
        return cannot_tell(claim)
    if claim.startswith("cognito:") or claim in _GIVEN:
        return NO
    providers = read.blocks(pool, "cognito_identity_providers")
    apps = [draft.ref(pool, read.raw(block, "client_id"), CLIENT) for block in providers]
    return any_of(_writes(draft, app, claim) for app in apps) if apps else YES


def _writes(draft: Draft, app: "Ref | None", claim: str) -> Answer:
    """Whether an app lets its users write an attribute."""
    if not isinstance(app, str):
        return cannot_tell(app) if isinstance(app, Unknown) else YES
    said = read.raw(draft.by_id[app], "write_attributes")
    if said is None:
        return YES
    listed = read.items(draft.by_id[app], "write_attributes")
    if claim in listed:
        return YES
    return cannot_tell(*unknowns_in(listed)) if unknowns_in(listed) else NO


def _joined(draft: Draft, pool: Resource) -> Iterator[Answer]:
    """Whether anybody can have an account at one of the providers that the pool accepts."""
    logins = read.raw(pool, "supported_login_providers")
    if isinstance(logins, Unknown):
        yield cannot_tell(logins)
    elif isinstance(logins, Mapping):
        yield YES if PUBLIC & {str(name) for name in logins} else NO
    for block in read.blocks(pool, "cognito_identity_providers"):
        users = draft.ref(pool, read.raw(block, "provider_name"), USERS)
        if isinstance(users, str):
            yield _sign_up(draft.by_id[users])
        elif users is not None:
            yield cannot_tell(Unknown(Cause.DATA, f"who may sign up at {users.what}"))
    for provider in read.items(pool, "openid_connect_provider_arns"):
        yield cannot_tell(Unknown(Cause.MODEL, f"who can have an account at {provider}"))


def _sign_up(users: Resource) -> Answer:
    """Whether anybody may sign up, which is so unless it is switched off."""
    config = read.first(users, _UNASKED)
    may = ~read.flag(config, "allow_admin_create_user_only", default=False)
    if read.raw(read.first(users, "lambda_config"), "pre_sign_up") is None:
        return may
    return may & cannot_tell(
        Unknown(Cause.MODEL, f"whom the function before sign-up of {users.id} refuses")
    )
