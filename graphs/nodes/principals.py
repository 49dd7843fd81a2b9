"""Who can act."""

from dataclasses import dataclass

from graphs.nodes.core import Node, PolicyText, Ref
from graphs.unknown import NO, Answer, Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Role(Node):
    """An IAM role. `unread` says why it may hold more policies than are listed."""

    trust: PolicyText
    policies: tuple[PolicyText, ...] = ()
    boundary: PolicyText | None = None
    unread: tuple[Unknown, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Group(Node):
    """An IAM group with its policies."""

    policies: tuple[PolicyText, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class User(Node):
    """An IAM user; `groups` are the ids of its groups."""

    policies: tuple[PolicyText, ...] = ()
    groups: tuple[Ref, ...] = ()
    boundary: PolicyText | None = None
    signs_in: Answer = NO
    """Whether it has a console password: a person's identity."""
    factor: bool = False
    """Whether whoever acts as it has a second factor of it, which nothing that is built says."""
    unread: tuple[Unknown, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessKey(Node):
    """A long-lived key of a user."""

    user: Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile(Node):
    """An instance profile: what a machine is started with to run as a role. None: it has none."""

    role: "Ref | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class Federation(Node):
    """An identity provider. `host` is the issuer without its scheme, for OIDC."""

    kind: str
    host: "str | Unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityPool(Node):
    """An identity pool of Cognito. `guests` tells whether it admits those who do not sign in,
    `members` whether anybody can sign up for what it accepts, `classic` whether callers name a role
    themselves. `roles` are handed out to who is `authenticated` or `unauthenticated`."""

    guests: Answer
    members: Answer
    classic: Answer
    roles: tuple[tuple[str, Ref], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outsider(Node):
    """An AWS account that some policy names and that is not part of the estate."""

    account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger(Node):
    """Anybody with an AWS account; there where a role may trust everybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardrail(Node):
    """The policies of an organisation at one level: its root, a unit, or an account.

    `kind` is scp (what principals may do) or rcp (what may be done to resources). `accounts` are
    those known to be under it, `spared` those known not to be, and `others` tells of all the rest.
    Each level over an account must allow, and none may deny.
    """

    kind: str
    policies: tuple[PolicyText, ...]
    accounts: frozenset["str | Unknown"]
    spared: frozenset["str | Unknown"]
    others: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation(Node):
    """An organisation of accounts. `number` is its id; `members` are accounts that are known to be
    in it, beside the one that manages it."""

    number: "str | Unknown"
    management: "str | Unknown"
    members: frozenset["str | Unknown"] = frozenset()
