"""Who may become a role: its trust policy, read together with the caller's own permissions.

IAM User Guide: "Roles terms and concepts", "Permissions for AssumeRole, AssumeRoleWithSAML, and
AssumeRoleWithWebIdentity API operations", "The confused deputy problem".
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from graphs.evidence import Step
from graphs.identity import pools
from graphs.identity.actors import ANYONE, Actor, Kind, account_in, account_of
from graphs.identity.decide import about_action
from graphs.identity.evaluate import Permission, Permissions
from graphs.identity.issuers import host_of, issuer, of_one_tenant, token, whom_it_serves
from graphs.identity.keys import Given, arn_in
from graphs.identity.layers import read
from graphs.identity.policy import PrincipalEntry, Statement
from graphs.identity.search import best, refused
from graphs.nodes import Federation, Role, User
from graphs.unknown import (
    NO,
    Answer,
    Cause,
    Referent,
    Template,
    Text,
    Unknown,
    cannot_tell,
    text,
    unknowns_in,
)

ASSUME = "sts:AssumeRole"
WITH_TOKEN = "sts:AssumeRoleWithWebIdentity"
WITH_SAML = "sts:AssumeRoleWithSAML"


@dataclass(frozen=True, slots=True)
class Trustee:
    """Somebody whom a role's trust policy names, and whether they may assume it.

    `kind` is service, account, role, user, anyone, oidc, saml or unknown. `identifier` is a
    service's name, an account's id, a node's id (an ARN where the principal is not in the
    estate), or a provider's ARN. `external_id` answers, for another account, whether the role
    asks for sts:ExternalId.
    """

    kind: str
    identifier: str
    permission: Permission
    external_id: Answer = NO


def may_assume(permissions: Permissions, caller: str, role: Role) -> Permission:
    """Whether a role, user, outside account or anyone may assume a role.

    Within one account a trust policy that names the caller is enough; one that names the account
    needs the caller's own policies too; across accounts both are always needed.
    """
    return permissions.can(caller, ASSUME, role)


def trusts_service(
    permissions: Permissions, role: Role, service: str, action: str = ASSUME
) -> Permission:
    """Whether an AWS service may assume a role for somebody in the role's account; or do what else
    a trust policy speaks of."""
    account = account_of(role)
    actor = Actor(Kind.SERVICE, service, account, service)
    owner: Given = {
        "aws:SourceAccount": text((account,)),
        "aws:SourceArn": arn_in(account),
        "aws:PrincipalIsAWSService": "true",
        "sts:ExternalId": None,
    }
    return permissions.ask_as(actor, action, role, owner)


def open_federation(permissions: Permissions, role: Role) -> Permission:
    """Whether anybody on the internet can get a token that the role accepts.

    GitHub, GitLab and their like sign tokens for every customer: a role that trusts one without
    pinning whose tokens, trusts them all.
    """
    found = [
        anyone_by_token(permissions, role, entry.value)
        for entry in trusted(permissions, role, WITH_TOKEN)
        if entry.kind in ("Federated", "?")
    ]
    nobody = refused(f"The trust policy of {role.name} accepts no token that anybody can get")
    return best([nobody, *found])


def anyone_by_token(permissions: Permissions, role: Role, provider: Text) -> Permission:
    """As `open_federation`, for the tokens of one provider."""
    if of_one_tenant(provider):
        return refused(f"The issuer of {provider} serves one tenant only")
    host = host_of(permissions.index, provider)
    if isinstance(host, Unknown):
        if host.refers and all(_is_cluster(r) for r in host.refers):
            return refused(f"{host.what} serves the programs of its own cluster only")
        return _by_unknown_token(permissions, role, provider, host)
    actor = Actor(Kind.FEDERATED, str(provider), account_of(role), provider)
    if host == pools.HOST:
        return _by_pools(permissions, role, actor)
    found = permissions.ask_as(actor, WITH_TOKEN, role, token(host))
    why = whom_it_serves(host)
    if why is None or not found.answer.possible:
        return found
    step = Step(f"Strangers may have an account at {host}", role.trust.proof, frozenset((why,)))
    answer = found.answer & cannot_tell(why)
    return Permission("unknown", answer, found.keys, (*found.evidence, step), found.witness)


def _by_pools(permissions: Permissions, role: Role, actor: Actor) -> Permission:
    """As `anyone_by_token`, for the tokens of Cognito's identity pools."""
    statements = read(permissions.index, role.trust).statements
    found = [refused(f"No identity pool hands the role {role.name} to strangers")]
    for claims, handed in pools.ways(permissions.index, role, statements):
        allowed = permissions.ask_as(actor, WITH_TOKEN, role, claims)
        if handed.undecided and allowed.answer.possible:
            step = Step("The identity pool may admit strangers", role.trust.proof, handed.because)
            answer = allowed.answer & handed
            allowed = replace(
                allowed, verdict="unknown", answer=answer, evidence=(*allowed.evidence, step)
            )
        found.append(allowed)
    return best(found)


def _is_cluster(referent: Referent) -> bool:
    """Whether an issuer is a cluster's own.

    Amazon EKS User Guide, "IAM roles for service accounts".
    """
    return ".aws_eks_cluster." in f".{referent.address}"


def _by_unknown_token(
    permissions: Permissions, role: Role, provider: Text, host: Unknown
) -> Permission:
    """As `anyone_by_token`, where the provider is not known but the conditions name its claims.

    Only tokens of an issuer have its claims, so a subject that is pinned is pinned whoever issues.
    """
    asked = {
        str(condition.key)
        for statement in read(permissions.index, role.trust).statements
        for condition in statement.conditions
        if isinstance(condition.key, str)
    }
    hosts = sorted({key.rpartition(":")[0] for key in asked} - {"", "aws", "sts"})
    step = Step(f"Who issues the tokens of {provider} is not known", role.trust.proof)
    open_to_all = Permission("unknown", cannot_tell(host), evidence=(step,))
    if not hosts:
        return open_to_all
    actor = Actor(Kind.FEDERATED, str(provider), account_of(role), provider)
    other: Given = {key: None for key in asked if key.rpartition(":")[0] in hosts}
    shared = (each for each in hosts if not of_one_tenant(each))
    ways = (other, *map(token, shared))
    found = best(permissions.ask_as(actor, WITH_TOKEN, role, claims) for claims in ways)
    if found.verdict == "deny":
        return found
    return replace(open_to_all, answer=found.answer & open_to_all.answer)


def open_to_strangers(permissions: Permissions, role: Role) -> Permission:
    """Whether anybody with an AWS account may assume a role that names everybody."""
    if any(entry.kind == "*" for entry in trusted(permissions, role, ASSUME)):
        return permissions.can(ANYONE, ASSUME, role)
    return refused(f"The trust policy of {role.name} does not name everybody")


def by_provider(
    permissions: Permissions, role: Role
) -> Iterator[tuple[Federation, Permission, Answer]]:
    """The identity providers that a role trusts, whether whoever has a token or an assertion of
    theirs may assume it, and whether anybody can get one that serves."""
    providers = permissions.index.of(Federation)
    seen: set[str] = set()
    for action in (WITH_TOKEN, WITH_SAML) if providers else ():
        for entry in trusted(permissions, role, action):
            if entry.kind != "Federated":
                continue
            provider = _provider(permissions, entry.value)
            if provider is None or provider.id in seen:
                continue
            seen.add(provider.id)
            free = NO
            if action == WITH_TOKEN:
                free = anyone_by_token(permissions, role, entry.value).answer
            yield provider, _federated(permissions, role, entry.value, action).permission, free


def by_theft(permissions: Permissions, role: Role) -> Iterator[tuple[Federation, Permission]]:
    """The same without the tokens that anybody can get: those take no theft."""
    for provider, found, free in by_provider(permissions, role):
        yield provider, replace(found, answer=found.answer & ~free)


def _provider(permissions: Permissions, value: Text) -> Federation | None:
    """The provider of an ARN, or the one of the same issuer."""
    providers = permissions.index.of(Federation)
    named = next((p for p in providers if p.arn != "" and p.arn == value), None)
    if named is not None:
        return named
    host = host_of(permissions.index, value)
    return next((p for p in providers if isinstance(host, str) and p.host == host), None)


def trustees(permissions: Permissions, role: Role) -> tuple[Trustee, ...]:
    """Everybody that the trust policy names, in order, each once."""
    found: dict[tuple[str, str], Trustee] = {}
    for action in (ASSUME, WITH_TOKEN, WITH_SAML):
        for entry in trusted(permissions, role, action):
            each = _trustee(permissions, role, entry, action)
            if each is not None:
                found.setdefault((each.kind, each.identifier), each)
    return tuple(found.values())


def asks_external_id(permissions: Permissions, role: Role, account: str) -> Answer:
    """Whether an outside account must send an external id to assume the role.

    Without one, a vendor that serves many customers can be tricked into using one customer's
    role for another: the confused deputy.
    """
    plain = permissions.can(f"account:{account}", ASSUME, role, {"sts:ExternalId": None})
    full = permissions.can(f"account:{account}", ASSUME, role)
    return full.answer & ~plain.answer


# ------------------------------------------------------------------------------------ naming


def trusted(permissions: Permissions, role: Role, action: str) -> Iterator[PrincipalEntry]:
    """The principals that a trust policy names for an action, conditions aside."""
    for statement in read(permissions.index, role.trust).statements:
        if _may_allow(statement) and about_action(statement, action.lower()).possible:
            if statement.not_principals is not None:
                yield PrincipalEntry("*", "*")
            yield from statement.principals or ()


def _may_allow(statement: Statement) -> bool:
    return statement.effect != "Deny"


def _trustee(
    permissions: Permissions, role: Role, entry: PrincipalEntry, action: str
) -> Trustee | None:
    """The trustee of an entry; None where entry and action do not go together."""
    if entry.kind == "*":
        return Trustee("anyone", "*", permissions.can(ANYONE, action, role))
    if entry.kind == "?":
        return Trustee("unknown", str(entry.value), permissions.can(ANYONE, action, role))
    if entry.kind == "Service" and action == ASSUME:
        name = str(entry.value)
        return Trustee("service", name, trusts_service(permissions, role, name))
    if entry.kind == "AWS" and action == ASSUME:
        return _aws(permissions, role, entry.value)
    if entry.kind == "Federated" and action != ASSUME:
        return _federated(permissions, role, entry.value, action)
    return None


def _aws(permissions: Permissions, role: Role, value: Text) -> Trustee:
    for node in (*permissions.index.of(Role), *permissions.index.of(User)):
        if node.arn != "" and node.arn == value:
            kind = "role" if isinstance(node, Role) else "user"
            return Trustee(kind, node.id, may_assume(permissions, node.id, role))
    account = _account(value)
    if isinstance(account, Unknown) and account == account_of(role):
        own = Actor(Kind.ACCOUNT, f"account:{account.what}", account, text((account,)))
        found = permissions.ask_as(own, ASSUME, role, {})
        return Trustee(_kind(value), str(value), found)
    if not isinstance(account, str):
        hole = _nameless(value) if account is None else account
        step = Step(f"{value} may be anybody", role.trust.proof, frozenset((hole,)))
        unsure = Permission("unknown", cannot_tell(hole), evidence=(step,))
        return Trustee(_kind(value), str(value), unsure)
    found = may_assume(permissions, f"account:{account}", role)
    asked = NO if account == account_of(role) else asks_external_id(permissions, role, account)
    kind = _kind(value)
    return Trustee(kind, account if kind == "account" else str(value), found, asked)


def _nameless(value: Text) -> Unknown:
    """Why it is not known whom a principal without an account means."""
    said = f"the principal {str(value)!r}, which names no account"
    return min(unknowns_in(value), key=str, default=Unknown(Cause.EXPRESSION, said))


def _account(value: Text) -> "str | Unknown | None":
    """The account that a principal names: in its ARN, or as twelve digits, or as a hole."""
    found = value if isinstance(value, str) and ":" not in value else account_in(value)
    return found if isinstance(found, Unknown) or (found and found.isdecimal()) else None


def _kind(value: Text) -> str:
    """What an ARN names, by its last part."""
    said = str(value)
    for part, kind in ((":role/", "role"), (":assumed-role/", "role"), (":user/", "user")):
        if part in said:
            return kind
    if isinstance(value, Unknown) or (isinstance(value, Template) and ":root" not in said):
        return "unknown"
    return "account"


def _federated(permissions: Permissions, role: Role, value: Text, action: str) -> Trustee:
    """The provider itself: can anything it asserts open the role?"""
    actor = Actor(Kind.FEDERATED, str(value), account_of(role), value)
    if action == WITH_SAML:
        given: Given = {"SAML:aud": ("https://signin.aws.amazon.com/saml",)}
        return Trustee("saml", str(value), permissions.ask_as(actor, action, role, given))
    host = host_of(permissions.index, value)
    claims: Given = {} if isinstance(host, Unknown) else issuer(host)
    return Trustee("oidc", str(value), permissions.ask_as(actor, action, role, claims))
