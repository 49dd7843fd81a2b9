"""Who asks: a role or user of the estate, or somebody outside of it; and how policies name them."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from graphs.identity.glob import FRESH, matches, same
from graphs.identity.policy import PrincipalEntry, Statement
from graphs.nodes import Node, NodeIndex, Organisation, Role, User
from graphs.unknown import (
    NO,
    Answer,
    Cause,
    Referent,
    Template,
    Text,
    Unknown,
    any_of,
    cannot_tell,
    known,
    text,
    unknowns_in,
)

ANYONE = "*"
"""Anybody on the internet: without a signature, or signed by an AWS account of their own."""


class Kind(StrEnum):
    """What an actor is."""

    ANONYMOUS = "anonymous"
    STRANGER = "stranger"
    ACCOUNT = "account"
    ROLE = "role"
    USER = "user"
    SERVICE = "service"
    FEDERATED = "federated"


OUTSIDE = frozenset(set(Kind) - {Kind.ROLE, Kind.USER})


_NAMED_AS = {Kind.SERVICE: "Service", Kind.FEDERATED: "Federated"}


class Grant(StrEnum):
    """By what a resource policy names an actor; the words of its principal table."""

    EVERYBODY = "everybody"
    ACCOUNT = "account"
    PRINCIPAL = "principal"
    SESSION = "session"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who asks. Outside of the estate, `arn` is the shape of all ARNs they could have.

    `name` is what people call them; `root` and `session` are the ARN of their account and the
    pattern of their sessions' ARNs, for roles and users; `organisation` is the id of theirs.
    """

    kind: Kind
    id: str
    account: "str | Unknown"
    arn: Text = ""
    node: "Role | User | None" = None
    name: str = ""
    root: Text = ""
    session: Text = ""
    organisation: "str | Unknown | None" = None
    canonical: Text = ""
    """The canonical user id of an identity of CloudFront's."""

    def __str__(self) -> str:
        if self.name:
            return self.name
        if self.kind in (Kind.ANONYMOUS, Kind.STRANGER):
            return "anyone"
        if self.kind is Kind.SERVICE:
            return self.id
        return f"account {self.account}" if self.kind is Kind.ACCOUNT else f"{self.kind} {self.id}"


def arn_of(node: Node) -> Text:
    """A node's ARN; an Unknown of its own where it has none."""
    if node.arn != "":
        return node.arn
    return Unknown(Cause.COMPUTED, f"{node.id}.arn", (Referent(node.id, "arn"),))


def partition_of(arn: Text) -> str:
    """The partition an ARN says, else aws."""
    start = arn.parts[0] if isinstance(arn, Template) else arn
    parts = start.split(":") if isinstance(start, str) else []
    return parts[1] if len(parts) > 2 and parts[1] else "aws"


def account_in(arn: Text) -> "str | Unknown | None":
    """The account in an ARN's fifth part; None where it is empty or the text is no ARN."""
    if isinstance(arn, Unknown):
        return arn
    colons = 0
    for part in arn.parts if isinstance(arn, Template) else (arn,):
        if isinstance(part, Unknown):
            if colons == 4:
                return part
            continue
        pieces = part.split(":")
        at = 4 - colons
        if 0 <= at < len(pieces) and pieces[at]:
            return pieces[at]
        colons += len(pieces) - 1
    return None


def actors(index: NodeIndex, principal: str) -> tuple[Actor, ...]:
    """The actors behind a principal's name; none for an id that is not a role or user."""
    if principal == ANYONE:
        stranger = Actor(Kind.STRANGER, ANYONE, FRESH, f"arn:aws:iam::{FRESH}:*")
        return (Actor(Kind.ANONYMOUS, ANYONE, ""), stranger)
    if principal.startswith("account:"):
        outside = principal.removeprefix("account:")
        return (Actor(Kind.ACCOUNT, principal, outside, f"arn:aws:iam::{outside}:*"),)
    node = index.by_id.get(principal)
    if not isinstance(node, Role | User):
        return ()
    return (_actor(index, node),)


def _actor(index: NodeIndex, node: "Role | User") -> Actor:
    kind = Kind.ROLE if isinstance(node, Role) else Kind.USER
    account, arn = account_of(node), arn_of(node)
    start = f"arn:{partition_of(arn)}"
    root = text((f"{start}:iam::", account, ":root"))
    session: Text = ""
    if kind is Kind.ROLE:
        session = text((f"{start}:sts::", account, ":assumed-role/", name_in(arn), "/*"))
    name, organisation = f"{kind} {node.name}", organisation_of(index, account)
    return Actor(kind, node.id, account, arn, node, name, root, session, organisation)


def organisation_of(index: NodeIndex, account: "str | Unknown") -> "str | Unknown | None":
    """The id of the organisation that an account is known to be in."""
    for each in index.of(Organisation):
        if account in (each.management, *each.members):
            return each.number
    return None


def account_of(node: Node) -> "str | Unknown":
    """The account that owns a node: its scope's, or its ARN's where only that is known."""
    if isinstance(node.scope.account, str) and node.scope.account:
        return node.scope.account
    found = account_in(node.arn)
    return found if isinstance(found, str) else node.scope.account


def named(statement: Statement, actor: Actor) -> dict[Grant, Answer]:
    """By what the statement's principals name the actor. Identity policies have none."""
    if statement.not_principals is not None:
        return {Grant.EVERYBODY: ~_exempt(statement.not_principals, actor)}
    return _entries(statement.principals or (), actor)


def _entries(entries: Iterable[PrincipalEntry], actor: Actor) -> dict[Grant, Answer]:
    found: dict[Grant, Answer] = {}
    for entry in entries:
        for grant, answer in _entry(entry, actor).items():
            if answer.possible:
                found[grant] = found.get(grant, NO) | answer
    return found


def _entry(entry: PrincipalEntry, actor: Actor) -> dict[Grant, Answer]:
    if entry.kind == "*":
        return {Grant.EVERYBODY: known(True)}
    if entry.kind == "?":
        return {Grant.EVERYBODY: cannot_tell(*unknowns_in(entry.value))}
    if actor.kind in _NAMED_AS:
        same_kind = entry.kind == _NAMED_AS[actor.kind]
        return {Grant.PRINCIPAL: same(entry.value, actor.arn)} if same_kind else {}
    if entry.kind == "CanonicalUser" and actor.canonical != "":
        return {Grant.PRINCIPAL: same(entry.value, actor.canonical)}
    if entry.kind == "CanonicalUser" and actor.kind is Kind.ACCOUNT:
        # A canonical id is an account in disguise; nothing here tells which.
        return {Grant.ACCOUNT: cannot_tell(Unknown(Cause.MODEL, f"canonical user {entry.value}"))}
    if entry.kind != "AWS":
        return {}
    if actor.kind is Kind.ACCOUNT:
        return {Grant.PRINCIPAL: _of_account(entry.value, actor)}
    if actor.kind in OUTSIDE:
        return {Grant.EVERYBODY: cannot_tell(*unknowns_in(entry.value))} if _bare(entry) else {}
    return {
        Grant.ACCOUNT: _is_account(entry.value, actor),
        Grant.PRINCIPAL: _is_principal(entry.value, actor),
        Grant.SESSION: _is_session(entry.value, actor),
    }


def _bare(entry: PrincipalEntry) -> bool:
    """Whether it may be the bare `*`: a hole alone that is no resource's ARN and no account."""
    hole = entry.value
    return isinstance(hole, Unknown) and not hole.refers and not is_number(hole)


def is_number(value: Text) -> bool:
    """Whether it is the number of an account and nothing else, known or not."""
    if isinstance(value, str):
        return value.isdecimal()
    return isinstance(value, Unknown) and value.cause is Cause.SCOPE


def _is_principal(value: Text, actor: Actor) -> Answer:
    """No wildcards, and no unique ids: those are what deleted principals turn into."""
    return NO if is_number(value) else same(value, actor.arn)


def _is_account(value: Text, actor: Actor) -> Answer:
    return same(value, actor.root) | same(value, actor.account)


def _is_session(value: Text, actor: Actor) -> Answer:
    if actor.kind is not Kind.ROLE or isinstance(value, Unknown):
        return NO
    return matches(actor.session, value)


def _of_account(value: Text, actor: Actor) -> Answer:
    """Whoever owns the account owns all that a policy can name in it."""
    within = text(("arn:*:*::", actor.account, ":*"))
    return same(value, actor.account) | matches(within, value)


def name_in(arn: Text) -> Text:
    """What stands behind the last slash of an ARN."""
    if isinstance(arn, str):
        return arn.rpartition("/")[2]
    parts: list[str | Unknown] = []
    for part in reversed(arn.parts if isinstance(arn, Template) else (arn,)):
        if isinstance(part, str) and "/" in part:
            return text([part.rpartition("/")[2], *reversed(parts)])
        parts.append(part)
    return text(reversed(parts))


def _exempt(entries: tuple[PrincipalEntry, ...], actor: Actor) -> Answer:
    """Whether a Deny with NotPrincipal spares the actor.

    The account must be listed beside the principal, and a role's session beside the role; a
    principal with a boundary is never spared. IAM User Guide, "AWS JSON policy elements:
    NotPrincipal".
    """
    found = _entries(entries, actor)
    everybody = found.get(Grant.EVERYBODY, NO)
    if actor.node is None:
        return everybody | found.get(Grant.PRINCIPAL, NO)
    if actor.node.boundary is not None:
        return everybody
    needed = [Grant.ACCOUNT, Grant.PRINCIPAL]
    if actor.kind is Kind.ROLE:
        needed.append(Grant.SESSION)
    spared = known(True)
    for grant in needed:
        spared = spared & found.get(grant, NO)
    return everybody | spared


def anyone_in(entries: Iterable[PrincipalEntry]) -> Answer:
    """Whether the bare `*` is among the principals."""
    return any_of(
        known(True) if entry.kind == "*" else cannot_tell(*unknowns_in(entry.value))
        for entry in entries
        if entry.kind in ("*", "?")
    )
