"""Commands of the AWS CLI as text, and what they lack."""

import json
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from graphs.attack.words import called
from graphs.estate import Estate, Relation
from graphs.nodes import AccessKey, Delegate, Node, Role, Service
from graphs.unknown import Template, Unknown
from scanner.breached import Action

NOW = '"$(date -u +%Y-%m-%dT%H:%M:%SZ)"'
DENY_ALL = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
)
_OLDER = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*",'
    '"Condition":{"DateLessThan":{"aws:TokenIssueTime":"'
)
DENY_OLDER = shlex.quote(_OLDER) + NOW + shlex.quote('"}}}]}')
"""Denies what was issued before now, as a word of the shell.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
"""


@dataclass
class Words:
    """Writes commands about one node, and remembers what they lack."""

    node: Node
    lacks: dict[str, str] = field(default_factory=dict)

    def of(self, attribute: str, variable: str, node: Node | None = None) -> str:
        """An attribute as a word of a command; a variable of the shell where it is not known."""
        holder = node or self.node
        said = holder.attribute(attribute)
        if isinstance(said, str | int) and str(said).isprintable() and str(said):
            return shlex.quote(str(said))
        what = str(said) if isinstance(said, Unknown | Template) else f"{holder.id}.{attribute}"
        self.lacks[variable] = what
        return f'"${variable}"'

    @property
    def region(self) -> str:
        """The option that says where, nothing where that is not known."""
        said = self.node.scope.region
        return (
            f" --region {shlex.quote(said)}" if isinstance(said, str) and said != "global" else ""
        )

    def action(self, title: str, why: str, *commands: str) -> Action:
        """A step with what its commands lack."""
        lacks = [(v, w) for v, w in self.lacks.items() if any(f"${v}" in c for c in commands)]
        account = self.node.scope.account
        return Action(
            title=title,
            why=why,
            where=f"account {account}" if str(account).isdigit() else "",
            commands=commands,
            lacks=tuple(f"{variable}: {what}" for variable, what in lacks),
        )


def its_role(estate: Estate, node: Node) -> Iterator[Action]:
    """End the sessions of the role that something runs as."""
    role = estate.index.get(node.role, Role) if isinstance(node, Service | Delegate) else None
    if role is not None:
        yield from sessions(estate, role, but=node.id)


def sessions(estate: Estate, role: Role, but: str = "") -> Iterator[Action]:
    """End the sessions of a role that began before now; `but` is not told among its other users."""
    words = Words(role)
    name = words.of("name", "ROLE_NAME")
    others = [
        called(estate, edge.source)
        for edge in estate.edges(Relation.RUNS_AS, target=role.id)
        if edge.source != but
    ]
    shared = f" It is taken anew, by itself, by {listed(others)}." if others else ""
    yield words.action(
        f"End the sessions of the role {role.name}",
        "Keys that were taken work until they expire, wherever they are. This denies whatever was "
        f"issued before now, as the console's button does, and nothing later.{shared}",
        f"aws iam put-role-policy --role-name {name} --policy-name AWSRevokeOlderSessions "
        f"--policy-document {DENY_OLDER}",
    )


def listed(words: Sequence[str], most: int = 4) -> str:
    """Words in a sentence, a long list cut short."""
    shown = ", ".join(words[:most])
    return shown if len(words) <= most else f"{shown} and {len(words) - most} more"


def deactivated(key: AccessKey, owner: Node | None) -> Action:
    """Deactivate an access key."""
    words = Words(key)
    name = words.of("id", "ACCESS_KEY_ID")
    user = words.of("name", "USER_NAME", owner) if owner else words.of("user", "USER_NAME")
    return words.action(
        f"Deactivate the access key {key.name}",
        "It works until somebody does, for whoever has it. Deactivated it can be looked at still.",
        f"aws iam update-access-key --access-key-id {name} --status Inactive --user-name {user}",
    )
