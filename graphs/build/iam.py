"""Roles, users and groups with every policy that is attached to them, from whichever side."""

import re

from graphs.build import policies, read
from graphs.build.declared import DeclaredOutsider
from graphs.build.draft import Draft
from graphs.identity.actors import ANYONE
from graphs.nodes import (
    AccessKey,
    Federation,
    Group,
    Outsider,
    PolicyText,
    Profile,
    Ref,
    Role,
    Stranger,
    User,
)
from graphs.resource import Address, Origin, Resource, Scope, Source
from graphs.unknown import Answer, Cause, Unknown, any_of

ROLE, USER, GROUP = "aws_iam_role", "aws_iam_user", "aws_iam_group"
PROFILE = "aws_iam_instance_profile"
KINDS = {ROLE: "role", USER: "user", GROUP: "group"}
PROVIDER = re.compile(r"oidc-provider/([\w.-]+(?:/[\w./-]+)?)")
EVERYBODY = re.compile(r'"\*"')
ACCOUNT = re.compile(r"arn:aws[\w-]*:iam::(\d{12}):|\"(\d{12})\"")


def lower(draft: Draft, outsiders: tuple[DeclaredOutsider, ...]) -> None:
    """Make the principals."""
    for resource in draft.all(GROUP):
        held = tuple(_policies(draft, resource))
        draft.add(Group(source=resource, id=resource.id, arn=draft.arn(resource), policies=held))
    for resource in draft.all(ROLE):
        draft.add(_role(draft, resource))
    for resource in draft.all(USER):
        draft.add(_user(draft, resource))
    for resource in draft.all("aws_iam_access_key"):
        user = draft.ref_at(resource, "user", USER)
        owner: Ref = (
            Unknown(Cause.EXPRESSION, f"{resource.id} has no user") if user is None else user
        )
        draft.add(AccessKey(source=resource, id=resource.id, user=owner))
    for resource in draft.all(PROFILE):
        role, arn = draft.ref_at(resource, "role", ROLE), draft.arn(resource)
        draft.add(Profile(source=resource, id=resource.id, arn=arn, role=role))
    for resource in draft.all("aws_iam_openid_connect_provider", "aws_iam_saml_provider"):
        draft.add(_federation(draft, resource))
    _outsiders(draft, outsiders)
    _elsewhere(draft)


def _role(draft: Draft, resource: Resource) -> Role:
    trust = policies.policy_at(draft, resource, "assume_role_policy", "trust policy")
    nothing = Unknown(Cause.EXPRESSION, f"{resource.id} has no trust policy")
    return Role(
        source=resource,
        id=resource.id,
        arn=draft.arn(resource),
        trust=trust or PolicyText(nothing, draft.proof(resource), "trust policy"),
        policies=tuple(_policies(draft, resource)),
        boundary=_boundary(draft, resource),
        unread=read.unknown_blocks(resource, "inline_policy"),
    )


def _user(draft: Draft, resource: Resource) -> User:
    return User(
        source=resource,
        id=resource.id,
        arn=draft.arn(resource),
        policies=tuple(_policies(draft, resource)),
        groups=_groups(draft, resource),
        boundary=_boundary(draft, resource),
        signs_in=_signs_in(draft, resource),
    )


def _signs_in(draft: Draft, user: Resource) -> Answer:
    profiles = draft.satellites("aws_iam_user_login_profile", "user", USER)
    return any_of(p.exists for p in profiles.get(user.id, ()))


def _boundary(draft: Draft, resource: Resource) -> PolicyText | None:
    value = read.raw(resource, "permissions_boundary")
    if value is None or value == "":
        return None
    return policies.managed(draft, resource, value, "permissions_boundary")


def _policies(draft: Draft, owner: Resource) -> list[PolicyText]:
    kind = KINDS[owner.type]
    found = []
    for r in draft.satellites(f"{owner.type}_policy", kind, owner.type).get(owner.id, ()):
        inline = policies.policy_at(draft, r, "policy")
        found += [inline] if inline else []
    for r in draft.satellites(f"{owner.type}_policy_attachment", kind, owner.type).get(
        owner.id, ()
    ):
        found.append(policies.managed(draft, r, read.raw(r, "policy_arn"), "policy_arn"))
    for r in draft.all("aws_iam_policy_attachment"):
        if owner.id in draft.refs_at(r, f"{kind}s", owner.type):
            found.append(policies.managed(draft, r, read.raw(r, "policy_arn"), "policy_arn"))
    for value in read.items(owner, "managed_policy_arns"):
        found.append(policies.managed(draft, owner, value, "managed_policy_arns"))
    return found + _inline(draft, owner)


def _inline(draft: Draft, owner: Resource) -> list[PolicyText]:
    found = []
    for number, block in enumerate(read.known_blocks(owner, "inline_policy")):
        if block.get("policy") is not None:
            told = policies.json_text(draft, block["policy"])
            proof = draft.proof(owner, f"inline_policy[{number}]")
            name = block.get("name")
            found.append(PolicyText(told, proof, owner.address.name if name is None else str(name)))
    return found


def _groups(draft: Draft, user: Resource) -> tuple[Ref, ...]:
    found: list[Ref] = []
    link = draft.satellites("aws_iam_user_group_membership", "user", USER)
    for r in link.get(user.id, ()):
        found += draft.refs_at(r, "groups", GROUP)
    for r in draft.all("aws_iam_group_membership"):
        if user.id in draft.refs_at(r, "users", USER):
            group = draft.ref_at(r, "group", GROUP)
            found += [] if group is None else [group]
    return tuple(dict.fromkeys(found))


def _federation(draft: Draft, resource: Resource) -> Federation:
    url = read.word(resource, "url")
    return Federation(
        source=resource,
        id=resource.id,
        arn=draft.arn(resource),
        kind="oidc" if "openid" in resource.type else "saml",
        host=url if isinstance(url, Unknown) else url.removeprefix("https://"),
    )


def _outsiders(draft: Draft, declared: tuple[DeclaredOutsider, ...]) -> None:
    """Accounts that some role trusts and that no provider of this code is in."""
    own = {r.scope.account for r in draft.resources if isinstance(r.scope.account, str)}
    named = {d.account: d for d in declared}
    seen: dict[str, Role] = {}
    for role in draft.of(Role):
        said = role.trust.text
        words = said if isinstance(said, str) else str(said)
        for match in ACCOUNT.findall(words):
            seen.setdefault(match[0] or match[1], role)
    for account in sorted((set(seen) | set(named)) - own):
        known = named.get(account)
        place = known.place if known else seen[account].source.origin.place
        draft.add(
            _outsider(account, known, Origin(Source.CONFIG if known else Source.IMPLIED, place))
        )


def _outsider(account: str, known: DeclaredOutsider | None, origin: Origin) -> Outsider:
    name = known.name if known else f"account {account}"
    address = Address("", "account", name, None, "declared")
    source = Resource(address, "account", {}, Scope("aws", account, "global"), origin)
    return Outsider(source=source, id=f"account:{account}", account=account)


def meet(draft: Draft, principal: str, holder: Resource) -> bool:
    """Make the node of whom something is shared with: `account:<id>`, or ANYONE. False for an
    account that is of this code itself."""
    origin = Origin(Source.IMPLIED, holder.origin.place)
    account = principal.partition(":")[2]
    if any(account == resource.scope.account for resource in draft.resources):
        return False
    if principal not in draft.nodes:
        draft.add(_everybody(origin) if principal == ANYONE else _outsider(account, None, origin))
    return True


def _everybody(origin: Origin) -> Stranger:
    made = _implied("account", "any AWS account", Scope("aws", "*", "global"), origin)
    return Stranger(source=made, id=ANYONE)


def _elsewhere(draft: Draft) -> None:
    """Identity providers that roles trust and that stand elsewhere, and everybody where one of them
    may trust everybody."""
    known = {each.host for each in draft.of(Federation)}
    for role in draft.of(Role):
        said = str(role.trust.text)
        origin = Origin(Source.IMPLIED, role.source.origin.place)
        for host in PROVIDER.findall(said):
            if host not in known:
                known.add(host)
                made = _implied("oidc", host, role.scope, origin)
                draft.add(Federation(source=made, id=f"oidc:{host}", kind="oidc", host=host))
        if EVERYBODY.search(said) and ANYONE not in draft.nodes:
            draft.add(_everybody(origin))


def _implied(kind: str, name: str, scope: Scope, origin: Origin) -> Resource:
    return Resource(Address("", kind, name, None, "implied"), kind, {}, scope, origin)
