"""Which pods of a cluster may become a role, by the tokens that the cluster signs for them.

A token's subject is system:serviceaccount:NAMESPACE:ACCOUNT. A trust policy that does not ask for
it lets every pod of the cluster in.

Amazon EKS User Guide, "IAM roles for service accounts", "Assign IAM roles to Kubernetes service
accounts".
"""

from collections.abc import Iterator
from dataclasses import dataclass

from graphs.identity.actors import Actor, Kind, account_of
from graphs.identity.evaluate import Permission, Permissions
from graphs.identity.glob import FRESH
from graphs.identity.issuers import host_of
from graphs.identity.keys import Chosen, Given
from graphs.identity.layers import read
from graphs.identity.principals import WITH_TOKEN, trusted
from graphs.nodes import Front, Role
from graphs.unknown import Text, Unknown

_FRESH = f"[^:]*{FRESH}[^:]*"
_SUBJECT = "system:serviceaccount:"
ANY_POD = Chosen(f"{_SUBJECT}*:*", optional=False, form=f"{_SUBJECT}{_FRESH}:{_FRESH}")
SOME_POD = Chosen(f"{_SUBJECT}*:*", optional=False, form=f"{_SUBJECT}[^:]+:[^:]+")


@dataclass(frozen=True, slots=True)
class Lent:
    """A role that pods may have: whether every pod of the cluster, or at least some."""

    role: Role
    every: Permission
    some: Permission


def lent(permissions: Permissions, cluster: Front) -> Iterator[Lent]:
    """The roles that trust the tokens of a cluster."""
    for role in permissions.index.of(Role):
        for entry in trusted(permissions, role, WITH_TOKEN):
            if entry.kind == "Federated" and _is_of(permissions, entry.value, cluster):
                every = _ask(permissions, role, entry.value, ANY_POD)
                yield Lent(role, every, _ask(permissions, role, entry.value, SOME_POD))
                break


def _is_of(permissions: Permissions, provider: Text, cluster: Front) -> bool:
    """Whether a provider's tokens are the cluster's."""
    host = host_of(permissions.index, provider)
    if isinstance(host, Unknown):
        return any(referent.address == cluster.id for referent in host.refers)
    issuer = cluster.attribute("identity.0.oidc.0.issuer")
    return isinstance(issuer, str) and issuer.removeprefix("https://") == host


def _ask(permissions: Permissions, role: Role, provider: Text, subject: Chosen) -> Permission:
    """Whether a token with such a subject opens the role, whatever the claims are called."""
    claims: dict[Text, Chosen] = {}
    for statement in read(permissions.index, role.trust).statements:
        for condition in statement.conditions:
            if str(condition.key).endswith(":sub"):
                claims[condition.key] = subject
            elif str(condition.key).endswith(":aud"):
                claims[condition.key] = Chosen("*", optional=False)
    given: Given = {**claims}
    actor = Actor(Kind.FEDERATED, str(provider), account_of(role), provider)
    return permissions.ask_as(actor, WITH_TOKEN, role, given)
