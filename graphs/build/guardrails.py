"""The organisation above the accounts: its units, and the policies attached to them.

AWS Organizations User Guide, "SCP evaluation", "Resource control policies (RCPs)". The management
account is never limited by them.
"""

from collections.abc import Iterable, Iterator, Mapping

from graphs.build import policies, read
from graphs.build.draft import Draft
from graphs.evidence import Proof
from graphs.nodes import Guardrail, Organisation, PolicyText, Ref
from graphs.resource import Resource
from graphs.resource import Source as ReadFrom
from graphs.unknown import NO, YES, Answer, Cause, Referent, Unknown, cannot_tell

ORGANISATION, UNIT = "aws_organizations_organization", "aws_organizations_organizational_unit"
ACCOUNT, ATTACHED = "aws_organizations_account", "aws_organizations_policy_attachment"
KINDS = {"SERVICE_CONTROL_POLICY": "scp", "RESOURCE_CONTROL_POLICY": "rcp"}
FULL_ACCESS = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
FULL_RESOURCE_ACCESS = (
    '{"Version":"2012-10-17","Statement":'
    '{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}'
)


def lower(draft: Draft) -> None:
    """Make the organisations, and one node for each level and kind that has policies."""
    for resource in draft.resources:
        if resource.type == ORGANISATION:
            draft.add(_organisation(draft, resource))
    levels: dict[tuple[str, str], list[tuple[Resource, PolicyText]]] = {}
    for link in draft.all(ATTACHED):
        found = _attached(draft, link)
        if found is not None:
            kind, document = found
            levels.setdefault((kind, _target(draft, link)), []).append((link, document))
    for (kind, target), attached in levels.items():
        draft.add(_guardrail(draft, kind, target, attached))


def _organisation(draft: Draft, resource: Resource) -> Organisation:
    """By a resource of the account that manages it, or a data source of one that is in it."""
    said = read.raw(resource, "id")
    cause = Cause.DATA if resource.address.mode == "data" else Cause.COMPUTED
    hole = Unknown(cause, f"{resource.id}.id", (Referent(resource.id, "id"),))
    manager = read.word(resource, "master_account_id")
    own = resource.scope.account
    if resource.address.mode == "data" and manager in ("", None):
        manager = Unknown(Cause.DATA, f"{resource.id}.master_account_id")
    members = {_number(each) for each in draft.all(ACCOUNT)}
    return Organisation(
        source=resource,
        id=resource.id,
        number=said if isinstance(said, str) and said else hole,
        management=manager if manager != "" else own,
        members=frozenset((*members, own)),
    )


def _number(account: Resource) -> "str | Unknown":
    """The account's number; AWS chooses it."""
    said = read.raw(account, "id")
    if isinstance(said, str) and said:
        return said
    return Unknown(Cause.COMPUTED, f"{account.id}.id", (Referent(account.id, "id"),))


# ------------------------------------------------------------------------------------ levels


def _attached(draft: Draft, link: Resource) -> tuple[str, PolicyText] | None:
    """The kind and text of the policy that is attached; None where it limits nobody."""
    found = draft.ref_at(link, "policy_id", "aws_organizations_policy")
    policy = draft.by_id.get(found) if isinstance(found, str) else None
    if policy is None:
        why = found if isinstance(found, Unknown) else Unknown(Cause.DATA, str(found))
        return "scp", PolicyText(why, draft.proof(link, "policy_id"), "SCP", exists=link.exists)
    kind = KINDS.get(str(read.word(policy, "type", "SERVICE_CONTROL_POLICY")))
    document = policies.policy_at(draft, policy, "content")
    return None if kind is None or document is None else (kind, document)


def _target(draft: Draft, link: Resource) -> str:
    """The address of what it is attached to, else its id as it stands."""
    found = draft.ref_at(link, "target_id", ACCOUNT, UNIT, ORGANISATION)
    if isinstance(found, str):
        return found
    said = read.raw(link, "target_id")
    return said if isinstance(said, str) else str(found)


def _guardrail(
    draft: Draft, kind: str, target: str, attached: list[tuple[Resource, PolicyText]]
) -> Guardrail:
    first = attached[0][0]
    accounts, others = _below(draft, target)
    known = {_number(each) for each in draft.all(ACCOUNT)} - accounts
    managers = {each.management for each in draft.of(Organisation)}
    documents = tuple(document for _, document in attached)
    return Guardrail(
        source=first,
        id=f"{kind}:{target}",
        kind=kind,
        policies=(*documents, *_full_access(kind, documents, draft.proof(first), first)),
        accounts=frozenset(accounts),
        spared=frozenset(managers if others.certain else managers | known),
        others=others,
    )


def _full_access(
    kind: str, documents: Iterable[PolicyText], proof: Proof, link: Resource
) -> Iterator[PolicyText]:
    """What AWS attaches to every level by itself, and an account tells.

    An SCP's can be taken away, which code does not show: that is likely where another policy of the
    level lists what it allows. An RCP's stays.
    """
    if kind == "rcp":
        yield PolicyText(FULL_RESOURCE_ACCESS, proof, "RCPFullAWSAccess")
    elif link.origin.source is not ReadFrom.AWS:
        listing = any('"Allow"' in str(each.text) for each in documents)
        why = Unknown(
            Cause.DATA, f"whether FullAWSAccess is still attached beside {proof.resource}"
        )
        yield PolicyText(
            FULL_ACCESS, proof, "FullAWSAccess", exists=cannot_tell(why) if listing else YES
        )


def _below(draft: Draft, target: str) -> "tuple[set[str | Unknown], Answer]":
    """The accounts under a level, and what is to be said of accounts that are not listed."""
    node = draft.by_id.get(target)
    if target.isdecimal():
        return {target}, NO
    if node is not None and node.type == ACCOUNT:
        number = _number(node)
        return {number}, NO if isinstance(number, str) else cannot_tell(number)
    if target.startswith("r-") or (node is not None and node.type == ORGANISATION):
        return {_number(each) for each in draft.all(ACCOUNT)}, YES
    if node is None:
        why = Unknown(Cause.DATA, f"which accounts are under {target}")
        return set(), cannot_tell(why)
    parents = _parents(draft)
    below = {_number(a) for a in draft.all(ACCOUNT) if target in _chain(a.id, parents)}
    if node.origin.source is ReadFrom.AWS:
        return below, NO
    why = Unknown(Cause.DATA, f"whether further accounts are under {target}")
    return below, cannot_tell(why)


def _parents(draft: Draft) -> "Mapping[str, Ref | None]":
    return {
        each.id: draft.ref_at(each, "parent_id", UNIT, ORGANISATION)
        for each in draft.all(ACCOUNT, UNIT)
    }


def _chain(start: str, parents: "Mapping[str, Ref | None]") -> list[str]:
    """What stands above an account or unit, the nearest first."""
    found: list[str] = []
    above = parents.get(start)
    while isinstance(above, str) and above not in found:
        found.append(above)
        above = parents.get(above)
    return found
