"""AWS services as principals: which ones a resource's policy names, and for whom they may act.

IAM User Guide, "AWS service principals", "The confused deputy problem". A service that acts for an
account sends that account as aws:SourceAccount; one that any account can set to work is a way in
for everybody.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from graphs.identity.actors import Actor, Kind, account_of
from graphs.identity.decide import about_action
from graphs.identity.evaluate import Permission, Permissions
from graphs.identity.glob import FRESH
from graphs.identity.keys import Given, arn_in
from graphs.identity.layers import of_resource
from graphs.identity.search import best
from graphs.nodes import Node, NodeIndex, Role
from graphs.unknown import Text, text


@dataclass(frozen=True, slots=True)
class Service:
    """A service principal, and whether it acts for an account of somebody else's."""

    principal: str
    for_others: bool = False

    @property
    def id(self) -> str:
        """As commands name it."""
        return f"service:{self.principal}"

    @property
    def name(self) -> str:
        """What people call it."""
        return f"{self.principal} for any account" if self.for_others else self.principal

    def ask(
        self, permissions: Permissions, action: str, resource: "Node | Text", given: Given
    ) -> Permission:
        """Whether the service may do an action for its account."""
        owner = permissions.node_of(resource)
        own = account_of(owner) if owner is not None else "*"
        account: Text = FRESH if self.for_others else own
        asked: Given = {
            "aws:SourceAccount": text((account,)),
            "aws:SourceArn": arn_in(account),
            "aws:PrincipalIsAWSService": "true",
            "aws:PrincipalServiceName": self.principal,
            **given,
        }
        actor = Actor(Kind.SERVICE, self.principal, own, self.principal)
        return permissions.ask_as(actor, action, resource, asked)

    def any_of(
        self, permissions: Permissions, ways: Iterable[str], node: Node, given: Given
    ) -> Permission:
        """The most that one of several actions gives."""
        return best(self.ask(permissions, each, node, given) for each in ways)


def named_by(index: NodeIndex, node: Node, ways: Iterable[str]) -> tuple[Service, ...]:
    """The services that the policies at a resource name for an action, each for its account and
    for others.

    A role is handed to a service by somebody of its own account only: by iam:PassRole.
    """
    names = {
        str(entry.value)
        for action in {each.lower() for each in ways}
        for clause in of_resource(index, node, action.partition(":")[0])
        if about_action(clause.statement, action).possible
        for entry in clause.statement.principals or ()
        if entry.kind == "Service"
    }
    whose = (False,) if isinstance(node, Role) else (True, False)
    return tuple(Service(name, others) for name in sorted(names) for others in whose)
