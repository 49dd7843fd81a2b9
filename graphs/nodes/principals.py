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
    unread: tuple[Unknown, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessKey(Node):
    """A long-lived key of a user."""

    user: Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Federation(Node):
    """An identity provider. `host` is the issuer without its scheme, for OIDC."""

    kind: str
    host: "str | Unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outsider(Node):
    """An AWS account that some policy names and that is not part of the estate."""

    account: str
