"""What is wrong with policies: each fault is named, and no more than its statement is lost to it.

IAM User Guide, "IAM JSON policy elements", "IAM and AWS STS quotas", "IAM identifiers: unique ids".
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from graphs.identity.actions import exists, source
from graphs.identity.policy import Policy, Statement, parse
from graphs.nodes import (
    Bucket,
    Group,
    Guarded,
    Key,
    Node,
    NodeIndex,
    PolicyText,
    Role,
    Secret,
    User,
)
from graphs.verdict import Gap

_DELETED = re.compile(r"A(?:IDA|ROA)[A-Z0-9]{12,}")
_MANAGED, _TRUST, _BUCKET, _KEY = 6_144, 4_096, 20_480, 32_768
_INLINE: tuple[tuple[type[Node], int], ...] = ((Role, 10_240), (User, 2_048), (Group, 5_120))
_REFUSED = "AWS refuses it"


def misread(index: NodeIndex) -> Iterator[Gap]:
    """The faults of all policies, each once."""
    found: dict[tuple[str, object], Gap] = {}
    for node in index.nodes:
        for document in _documents(node):
            for gap in (*_faults(document), *_too_long(node, document)):
                found.setdefault((gap.what, gap.place), gap)
        for gap in _inline_too_long(node):
            found.setdefault((gap.what, gap.place), gap)
    yield from found.values()


def _documents(node: Node) -> Iterator[PolicyText]:
    if isinstance(node, Role | User | Group | Bucket | Secret | Key | Guarded):
        yield from node.policies
    if isinstance(node, Role):
        yield node.trust
    if isinstance(node, Role | User) and node.boundary is not None:
        yield node.boundary


def _faults(document: PolicyText) -> Iterator[Gap]:
    if document.managed:
        return
    policy = parse(document)
    for problem in policy.problems:
        effect = "it may allow or deny anything: what hangs on it cannot be told"
        yield _gap("policy-not-read", document, problem, effect)
    for action in _unknown_actions(policy):
        effect = "it gives nothing, unless it is newer than the table"
        said = f"names {action}, which {source()} knows no action for"
        yield _gap("unknown-action", document, said, effect)
    for sid, count in Counter(s.sid for s in policy.statements if s.sid).items():
        if count > 1:
            yield _gap("duplicate-sid", document, f"has the Sid {sid} {count} times", _REFUSED)
    for name in sorted(_deleted(policy.statements)):
        effect = "it lets nobody in, also not one who is made again under the old name"
        yield _gap("deleted-principal", document, f"names {name}, which was deleted", effect)


def _unknown_actions(policy: Policy) -> list[str]:
    listed = {
        action
        for statement in policy.statements
        for action in (*(statement.actions or ()), *(statement.not_actions or ()))
    }
    return sorted(a for a in listed if isinstance(a, str) and not exists(a))


def _deleted(statements: Iterable[Statement]) -> set[str]:
    return {
        entry.value
        for statement in statements
        for entry in (*(statement.principals or ()), *(statement.not_principals or ()))
        if isinstance(entry.value, str) and _DELETED.fullmatch(entry.value)
    }


# ------------------------------------------------------------------------------------ size


def _too_long(node: Node, document: PolicyText) -> Iterator[Gap]:
    limit = _limit(node, document)
    if not limit or len(str(document.text)) <= limit:
        return
    if (size := _size(document)) > limit:
        said = f"has {size:,} characters, and {limit:,} is the most"
        yield _gap("policy-too-long", document, said, _REFUSED)


def _limit(node: Node, document: PolicyText) -> int:
    """The most characters that a document of this kind may have; 0 where none is its own."""
    if document.arn:
        return _MANAGED
    if isinstance(node, Role) and document == node.trust:
        return _TRUST
    if isinstance(node, Bucket):
        return _BUCKET
    return _KEY if isinstance(node, Key) else 0


def _inline_too_long(node: Node) -> Iterator[Gap]:
    """The inline policies of a principal count together."""
    for kind, limit in _INLINE:
        if isinstance(node, kind) and isinstance(node, Role | User | Group):
            own = [p for p in node.policies if not p.arn and not p.managed]
            if sum(len(str(p.text)) for p in own) <= limit:
                continue
            if (size := sum(map(_size, own))) > limit:
                said = f"and its kin have {size:,} characters, and {limit:,} is the most"
                yield _gap("policy-too-long", own[0], said, _REFUSED)


def _size(document: PolicyText) -> int:
    """The characters that count, which blanks are not among; 0 where the text is not known."""
    return len(re.sub(r"\s", "", document.text)) if isinstance(document.text, str) else 0


def _gap(kind: str, document: PolicyText, said: str, effect: str) -> Gap:
    name = document.name or "policy"
    called = name if name.lower().endswith("policy") else f"policy {name}"
    what = f"{document.proof.resource}: its {called} {said}"
    return Gap(kind, what, effect, document.proof.place)
