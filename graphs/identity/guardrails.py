"""The organisation's policies over a request: SCPs over who asks, RCPs over what is asked for.

AWS Organizations User Guide, "SCP evaluation" and "Resource control policies (RCPs)".
"""

from collections.abc import Iterator
from dataclasses import replace

from graphs.identity.actors import Actor, Kind
from graphs.identity.layers import Clause, Layer, Level, in_document
from graphs.nodes import Guardrail, NodeIndex
from graphs.unknown import NO, YES, Answer, Cause, Text, Unknown, cannot_tell, known

RESOURCE_CONTROLLED = frozenset(
    ("cognito-idp", "dynamodb", "ecr", "kms", "logs", "s3", "secretsmanager", "sqs", "sts", "aoss")
)
"""The services whose resources RCPs are about."""


def over(
    index: NodeIndex, actor: Actor, service: str, account: "str | Unknown"
) -> tuple[tuple[Clause, ...], tuple[Level, ...]]:
    """The clauses that limit the request, and the levels that must each allow it.

    The management account and service-linked roles are never limited.
    """
    clauses: list[Clause] = []
    levels: list[Level] = []
    linked = service_linked(actor.arn)
    for guardrail in index.of(Guardrail):
        layer = Layer(guardrail.kind)
        applies = _about(guardrail, layer, actor, service, account) & ~linked
        if applies.possible:
            levels.append(Level(layer, guardrail.id, applies, guardrail.proof()))
            clauses += _clauses(index, guardrail, layer, applies)
    return tuple(clauses), tuple(levels)


def _about(
    guardrail: Guardrail, layer: Layer, actor: Actor, service: str, account: "str | Unknown"
) -> Answer:
    if layer is Layer.SCP:
        return NO if actor.node is None else is_under(guardrail, actor.account)
    if service not in RESOURCE_CONTROLLED or actor.kind is Kind.SERVICE:
        return NO
    return is_under(guardrail, account)


def is_under(guardrail: Guardrail, account: "str | Unknown") -> Answer:
    """Whether an account is under a level."""
    if account in guardrail.spared:
        return NO
    if account in guardrail.accounts:
        return YES
    if isinstance(account, Unknown):
        return cannot_tell(account) if guardrail.others.possible or guardrail.accounts else NO
    doubts = (u for u in (*guardrail.accounts, *guardrail.spared) if isinstance(u, Unknown))
    which = next(doubts, None)
    if which is not None:
        why = Unknown(Cause.DATA, f"whether {which.what} is {account}")
        return cannot_tell(why)
    return guardrail.others


def _clauses(
    index: NodeIndex, guardrail: Guardrail, layer: Layer, applies: Answer
) -> Iterator[Clause]:
    for document in guardrail.policies:
        for clause in in_document(index, document, layer, guardrail.id.partition(":")[2]):
            # What may not be over the account can take nothing away for sure; whether it must
            # allow is the level's own doubt.
            denies = clause.statement.effect != "Allow"
            exists = clause.exists & applies if denies else clause.exists
            yield replace(clause, level=guardrail.id, exists=exists)


def service_linked(arn: Text) -> Answer:
    """Whether an ARN is that of a service-linked role."""
    return known(":role/aws-service-role/" in str(arn))
