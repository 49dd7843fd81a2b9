"""Policy texts with their proofs, and which of them each principal and resource carries."""

from dataclasses import replace

from graphs.build import read
from graphs.build.draft import Draft
from graphs.document import ends_quoted
from graphs.evidence import Proof
from graphs.identity.managed import arn_called
from graphs.nodes import PolicyText
from graphs.nodes.core import referent_of
from graphs.resource import Resource
from graphs.unknown import Template, Text, Unknown, text

DOCUMENT = "aws_iam_policy_document"
MANAGED = ":iam::aws:policy/"


def policy_at(draft: Draft, holder: Resource, attribute: str, name: str = "") -> PolicyText | None:
    """The policy in an attribute; None where it is not set."""
    value = read.raw(holder, attribute)
    if value is None or value == "":
        return None
    told = json_text(draft, value)
    return PolicyText(
        text=told,
        proof=draft.proof(holder, attribute),
        name=name or _called(draft, holder),
        statements=_statements(draft, holder, attribute),
        exists=holder.exists,
    )


def _called(draft: Draft, holder: Resource) -> str:
    """The name AWS knows, else Terraform's."""
    name = draft.settle(read.text(holder, "name"))
    return name if isinstance(name, str) and name else holder.address.name


def json_text(draft: Draft, value: object) -> Text:
    """JSON with the names put in that can be told; a hole for a whole value gets its quotes."""
    if not isinstance(value, Template):
        settled = draft.settle(value)
        return settled if isinstance(settled, str | Template | Unknown) else read.whole(settled)
    parts: list[object] = []
    quoted = False
    for part in value.parts:
        if isinstance(part, str):
            quoted = ends_quoted(part, quoted=quoted)
            parts.append(part)
            continue
        told = draft.settle(part)
        bare = not quoted and isinstance(told, str | Template)
        parts += ['"', told, '"'] if bare else [told]
    return text(parts)


def _statements(draft: Draft, holder: Resource, attribute: str) -> tuple[Proof, ...]:
    """The document's blocks, where the text is one document's own statements in order."""
    sources = {
        t.address
        for t in holder.refers(attribute)
        if t.address in draft.by_id and draft.by_id[t.address].type == DOCUMENT
    }
    if len(sources) != 1:
        return ()
    document = draft.by_id[sources.pop()]
    joined = (
        "source_policy_documents",
        "override_policy_documents",
        "source_json",
        "override_json",
    )
    if any(read.items(document, name) for name in joined):
        return ()
    count = len(read.known_blocks(document, "statement"))
    return tuple(draft.proof(document, f"statement[{n}]") for n in range(count))


def managed(draft: Draft, holder: Resource, value: object, attribute: str) -> PolicyText:
    """A managed policy by ARN: one of this code, or one of AWS's by name."""
    found = draft.ref(holder, value, "aws_iam_policy")
    if isinstance(found, str):
        policy = draft.by_id[found]
        name = read.word(policy, "name", policy.address.name)
        own = policy_at(draft, policy, "policy", name if isinstance(name, str) else "")
        if own is not None:
            return replace(own, exists=own.exists & holder.exists, arn=draft.arn(policy))
    told: Text = found if isinstance(found, Unknown) else read.whole(value)
    settled = _looked_up(draft, value) or draft.settle(value)
    proof = draft.proof(holder, attribute)
    if isinstance(settled, str) and MANAGED in settled:
        name = settled.rpartition("/")[2]
        return PolicyText("", proof, name, managed=settled, exists=holder.exists)
    return PolicyText(text=told, proof=proof, name=str(settled), exists=holder.exists)


def _looked_up(draft: Draft, value: object) -> str | None:
    """The ARN of a policy of AWS that a data source finds by its ARN or its name."""
    referent = referent_of(value)
    source = draft.by_id.get(referent.address) if referent else None
    if source is None or source.type != "aws_iam_policy" or source.address.mode != "data":
        return None
    arn, name = read.word(source, "arn"), read.word(source, "name")
    if isinstance(arn, str) and arn:
        return arn
    return arn_called(name) if isinstance(name, str) else None
