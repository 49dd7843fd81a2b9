"""Grants of KMS keys, each as the one statement that it amounts to.

AWS KMS Developer Guide, "Grants in AWS KMS", "Grant constraints".
"""

import json
from collections.abc import Mapping

from graphs.build import policies, read
from graphs.build.draft import Draft
from graphs.nodes import PolicyText
from graphs.resource import Resource
from graphs.unknown import Text, text

KEY = "aws_kms_key"


def grants(draft: Draft, key: Resource) -> tuple[PolicyText, ...]:
    """The grants of a key."""
    found = draft.satellites("aws_kms_grant", "key_id", KEY).get(key.id, ())
    return tuple(_grant(draft, each) for each in found)


def _grant(draft: Draft, grant: Resource) -> PolicyText:
    operations = [_quoted(draft, each, "kms:") for each in read.items(grant, "operations")]
    parts: list[object] = ['{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":[']
    for number, each in enumerate(operations):
        parts += [", " if number else "", each]
    parts += ['],"Principal":{"AWS":', _quoted(draft, read.raw(grant, "grantee_principal"))]
    parts += ['},"Resource":"*"', *_constraints(draft, grant), "}}"]
    name = read.word(grant, "name", grant.address.name)
    return PolicyText(
        text=text(parts),
        proof=draft.proof(grant),
        name=f"Grant {name if isinstance(name, str) else grant.address.name}",
        exists=grant.exists,
    )


def _constraints(draft: Draft, grant: Resource) -> list[object]:
    """The encryption context that a request must have: all of it, or among others."""
    parts: list[object] = []
    for block in read.blocks(grant, "constraints"):
        for name in ("encryption_context_equals", "encryption_context_subset"):
            wanted = read.raw(block, name)
            if not isinstance(wanted, Mapping):
                continue
            for key, value in wanted.items():
                label = json.dumps(f"kms:EncryptionContext:{key}")
                parts += [", " if parts else "", label, ":", _quoted(draft, value)]
    return [',"Condition":{"StringEquals":{', *parts, "}}"] if parts else []


def _quoted(draft: Draft, value: object, before: str = "") -> Text:
    """A value as JSON text; a hole keeps its quotes."""
    settled = draft.settle(value)
    if isinstance(settled, str):
        return json.dumps(before + settled)
    return text(['"', before, policies.json_text(draft, settled), '"'])
