"""The policies that a request meets: identity, boundary and resource layers, as clauses."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

from graphs.evidence import Proof
from graphs.identity.actors import Actor, arn_of, name_in, partition_of
from graphs.identity.policy import (
    Condition,
    Policy,
    PrincipalEntry,
    Statement,
    anything,
    parse,
)
from graphs.identity.publicity import is_public
from graphs.nodes import (
    AccessGrant,
    Bucket,
    Database,
    Front,
    Function,
    Group,
    Guarded,
    Key,
    Node,
    NodeIndex,
    PolicyText,
    Role,
    Secret,
    Store,
    User,
)
from graphs.nodes.core import referent_of
from graphs.resource import Source as ReadFrom
from graphs.unknown import (
    NO,
    YES,
    Answer,
    Cause,
    Template,
    Text,
    Unknown,
    any_of,
    text,
    unknowns_in,
)


class Layer(StrEnum):
    """The kind of policy that a clause stands in."""

    IDENTITY = "identity"
    BOUNDARY = "boundary"
    SESSION = "session"
    SCP = "scp"
    RCP = "rcp"
    RESOURCE = "resource"


GUARDRAILS = frozenset((Layer.SCP, Layer.RCP))


@dataclass(frozen=True, slots=True)
class Clause:
    """A statement where it counts. `title` names its policy; `cut` says whether something takes
    it away from callers of other accounts (S3's public access block); `level` is that of an
    organisation's policy; `shared` tells that it is whose who carries it, and of no owner of its
    own; `edition` is that of one of AWS's policies."""

    layer: Layer
    statement: Statement
    title: str
    cut: Answer = NO
    exists: Answer = YES
    level: str = ""
    shared: bool = False
    edition: str = ""

    def called(self, actor: Actor) -> str:
        """What its policy is called, and whose it is."""
        return f"{self.title} of {actor}{self.edition}" if self.shared else self.title


@dataclass(frozen=True, slots=True)
class Level:
    """A level of the organisation, which must allow where it `applies`."""

    layer: Layer
    name: str
    applies: Answer
    proof: Proof


def of_session(index: NodeIndex, document: PolicyText) -> tuple[Clause, ...]:
    """The clauses of a policy that a session was asked for with."""
    return tuple(in_document(index, document, Layer.SESSION, "the session"))


def of_resource(index: NodeIndex, owner: Node | None, service: str) -> tuple[Clause, ...]:
    """The clauses that stand at a resource for requests to a service."""
    return tuple(_of_resource(index, owner, service))


def needs_resource_policy(owner: Node | None, service: str) -> bool:
    """Whether an identity policy alone never suffices: KMS keys, and assuming a role.

    AWS KMS Developer Guide, "Key policies"; IAM User Guide, "Policy evaluation for requests
    within a single account".
    """
    return (service == "kms" and isinstance(owner, Key)) or (
        service == "sts" and isinstance(owner, Role)
    )


def read(index: NodeIndex, document: PolicyText) -> Policy:
    """A policy document, with the ARNs of nodes in place of the references to them."""
    policy = parse(document)
    if not unknowns_in(document.text):
        return policy
    return replace(policy, statements=tuple(_resolved(index, s) for s in policy.statements))


# ------------------------------------------------------------------------------------ identity


Part: TypeAlias = "Clause | tuple[Layer, PolicyText, str]"
"""A document with its layer and its owner, if that is another than who carries it; or one clause
for what was not read."""


def carried_by(index: NodeIndex, actor: Actor) -> Iterator[Part]:
    """What an actor carries: its policies, its groups', its boundary."""
    node = actor.node
    if node is None:
        return
    for document in node.policies:
        yield (Layer.IDENTITY, document, "")
    for why in node.unread:
        unread = anything(why, node.proof())
        yield Clause(Layer.IDENTITY, unread, "An unread policy", shared=True)
    if isinstance(node, User):
        yield from _of_groups(index, node)
    if node.boundary is not None:
        yield (Layer.BOUNDARY, node.boundary, "")


def _of_groups(index: NodeIndex, user: User) -> Iterator[Part]:
    for ref in user.groups:
        group = index.get(ref, Group)
        if group is None:
            why = ref if isinstance(ref, Unknown) else Unknown(Cause.DATA, f"group {ref}")
            title = f"An unread policy of a group of user {user.name}"
            yield Clause(Layer.IDENTITY, anything(why, user.proof()), title)
            continue
        for document in group.policies:
            yield (Layer.IDENTITY, document, f"group {group.name}")


_WORDS = {Layer.BOUNDARY: "Boundary", Layer.SCP: "SCP", Layer.RCP: "RCP"}


def in_document(
    index: NodeIndex, document: PolicyText, layer: Layer, owner: str, cut: Answer = NO
) -> Iterator[Clause]:
    """The clauses of a policy document of an owner; of whoever carries it, where that is ""."""
    policy = read(index, document)
    word = _WORDS.get(layer, "Policy")
    name = policy.name[:1].upper() + policy.name[1:]
    if not name.lower().endswith("policy") or layer in GUARDRAILS:
        name = f"{word} {policy.name}".rstrip()
    edition = f" (AWS's {policy.edition})" if policy.edition else ""
    title = f"{name} of {owner}{edition}" if owner else name
    for each in policy.statements:
        yield Clause(layer, each, title, cut, document.exists, "", not owner, edition)


# ------------------------------------------------------------------------------------ resource


def _of_resource(index: NodeIndex, owner: Node | None, service: str) -> Iterator[Clause]:
    if isinstance(owner, Bucket) and service == "s3":
        yield from _of_bucket(index, owner)
    elif isinstance(owner, Role) and service == "sts":
        yield from in_document(index, owner.trust, Layer.RESOURCE, f"role {owner.name}")
    elif isinstance(owner, Key) and service == "kms":
        yield from _of_key(index, owner)
    elif isinstance(owner, _OWNERS) and service in _services(owner):
        yield from _of_policies(index, owner, service)


# Whose requests a policy of the resource's own is about, by what the resource is.
_SERVICES: Mapping[type[Node], frozenset[str]] = {
    Secret: frozenset({"secretsmanager"}),
    Function: frozenset({"lambda"}),
    Store: frozenset({"dynamodb", "sqs", "sns", "kinesis", "ecr", "ecr-public", "backup"}),
    Database: frozenset({"es", "elasticfilesystem"}),
    Front: frozenset({"execute-api"}),
}

_OPEN_WITHOUT = {
    "execute-api": "what its methods ask of a caller",
    "elasticfilesystem": "who can reach its mount targets",
}
"""Services that let anybody in where there is no policy, with what decides instead."""

_Owner: TypeAlias = "Guarded | Secret | Function | Store | Database | Front"
_OWNERS = (Guarded, Secret, Function, Store, Database, Front)


def _services(owner: _Owner) -> frozenset[str]:
    return frozenset({owner.service}) if isinstance(owner, Guarded) else _SERVICES[type(owner)]


def _of_policies(index: NodeIndex, owner: _Owner, service: str) -> Iterator[Clause]:
    title = f"{_kind_of(owner)} {owner.name}".strip()
    for document in owner.policies:
        yield from in_document(index, document, Layer.RESOURCE, title)
    if not owner.policies and service in _OPEN_WITHOUT:
        why = Unknown(Cause.MODEL, f"{owner.id}: {_OPEN_WITHOUT[service]}")
        allow = Statement(
            effect="Allow",
            proof=owner.proof(),
            principals=(PrincipalEntry("*", "*"),),
            actions=(f"{service}:*",),
            conditions=(Condition(why, why, ()),),
        )
        yield Clause(Layer.RESOURCE, allow, f"{title}, which has no policy,")


def _kind_of(owner: _Owner) -> str:
    if isinstance(owner, Guarded):
        return ""
    if isinstance(owner, Store | Database | Front):
        return owner.kind
    return "secret" if isinstance(owner, Secret) else "function"


def _of_key(index: NodeIndex, key: Key) -> Iterator[Clause]:
    """Without a policy of its own a key has the default one, which delegates to its account.

    AWS KMS Developer Guide, "Default key policy".
    """
    for document in key.policies:
        yield from in_document(index, document, Layer.RESOURCE, f"key {key.name}")
    for document in key.grants:
        yield from in_document(index, document, Layer.RESOURCE, f"key {key.name}")
    if not key.policies:
        root = text(("arn:", partition_of(arn_of(key)), ":iam::", key.scope.account, ":root"))
        allow = Statement(
            effect="Allow",
            proof=key.proof("policy"),
            principals=(PrincipalEntry("AWS", root),),
            actions=("kms:*",),
        )
        yield Clause(Layer.RESOURCE, allow, f"The default policy of key {key.name}")


def _of_bucket(index: NodeIndex, bucket: Bucket) -> Iterator[Clause]:
    policies = [read(index, document) for document in bucket.policies]
    public = any_of(is_public(s) for policy in policies for s in policy.statements)
    blocked = bucket.block.restrict
    if bucket.source.origin.source is not ReadFrom.AWS:
        # AWS rejects the policy itself then, unless it was there first, as it may be live.
        blocked = blocked | bucket.block.block_policy
    for document in bucket.policies:
        yield from in_document(
            index, document, Layer.RESOURCE, f"bucket {bucket.name}", public & blocked
        )
    yield from _of_acl(bucket)


_RIGHTS: Mapping[str, tuple[str, ...]] = {
    "READ": ("s3:listbucket", "s3:listbucketversions", "s3:listbucketmultipartuploads"),
    "WRITE": ("s3:putobject",),
    "READ_ACP": ("s3:getbucketacl",),
    "WRITE_ACP": ("s3:putbucketacl",),
}
_OBJECT_RIGHTS: Mapping[str, tuple[str, ...]] = {
    "READ": ("s3:getobject", "s3:getobjectversion"),
    "READ_ACP": ("s3:getobjectacl", "s3:getobjectversionacl"),
    "WRITE_ACP": ("s3:putobjectacl", "s3:putobjectversionacl"),
}


def _of_acl(bucket: Bucket) -> Iterator[Clause]:
    """What the ACLs of a bucket and of objects in it open: none opens what the other is about.

    Amazon S3 User Guide, "Access control list (ACL) overview".
    """
    blocked = bucket.block.ignore_acls | bucket.acls_off
    if bucket.source.origin.source is not ReadFrom.AWS:
        blocked = blocked | bucket.block.block_acls
    for grant in bucket.grants:
        rights = _RIGHTS if grant.key is None else _OBJECT_RIGHTS
        whole = tuple(action for each in rights.values() for action in each)
        actions = whole if grant.right == "FULL_CONTROL" else rights.get(grant.right, ())
        if not actions:
            continue
        what = "" if grant.key is None else f"{grant.key} in "
        title = f"The ACL of {what}bucket {bucket.name}"
        yield Clause(Layer.RESOURCE, _allowing(bucket, grant, actions), title, blocked)


def _allowing(bucket: Bucket, grant: AccessGrant, actions: tuple[str, ...]) -> Statement:
    conditions: tuple[Condition, ...] = ()
    if grant.doubt is not None:
        conditions = (Condition(grant.doubt, grant.doubt, ()),)
    if grant.who == "AuthenticatedUsers":
        conditions += (Condition("null", "aws:principalaccount", ("false",)),)
    group = grant.who in ("AllUsers", "AuthenticatedUsers")
    who = PrincipalEntry("*", "*") if group else PrincipalEntry("CanonicalUser", grant.who)
    return Statement(
        "Allow",
        grant.proof,
        principals=(who,),
        actions=actions,
        resources=None if grant.key is None else (text((bucket.arn, "/", grant.key)),),
        conditions=conditions,
    )


# ------------------------------------------------------------------------------------ references


def _resolved(index: NodeIndex, statement: Statement) -> Statement:
    """The statement with references to nodes replaced by their ARNs and names."""
    said = statement.resources
    if said and isinstance(said[0], Unknown) and said == statement.actions:
        return statement  # it may say anything, and not only of what it was computed from

    def texts(values: tuple[Text, ...] | None) -> tuple[Text, ...] | None:
        return None if values is None else tuple(_named(index, value) for value in values)

    def entries(values: tuple[PrincipalEntry, ...] | None) -> tuple[PrincipalEntry, ...] | None:
        if values is None:
            return None
        return tuple(PrincipalEntry(e.kind, _named(index, e.value)) for e in values)

    return replace(
        statement,
        principals=entries(statement.principals),
        not_principals=entries(statement.not_principals),
        resources=texts(statement.resources),
        not_resources=texts(statement.not_resources),
        conditions=tuple(replace(c, values=texts(c.values) or ()) for c in statement.conditions),
    )


def _named(index: NodeIndex, value: Text) -> Text:
    if isinstance(value, Unknown):
        return _name(index, value)
    if isinstance(value, Template):
        return text(_name(index, p) if isinstance(p, Unknown) else p for p in value.parts)
    return value


def _name(index: NodeIndex, hole: Unknown) -> Text:
    """What a node says about the attribute that the hole refers to, where it does."""
    referent = referent_of(hole)
    node = index.by_id.get(referent.address) if referent else None
    if node is None or referent is None:
        return hole
    ask = _ATTRIBUTES.get(referent.attribute)
    found = ask(node) if ask else None
    # An ARN that is known but for its name has that very hole in it: nothing to fill in.
    return hole if found is None or found == "" or hole in unknowns_in(found) else found


def _id(node: Node) -> "Text | None":
    if isinstance(node, Bucket):
        return node.bucket
    if isinstance(node, Role | User):
        return _short(node)
    return node.arn if isinstance(node, Secret) else None


def _short(node: Node) -> "Text | None":
    if isinstance(node, Role | User) and not isinstance(node.arn, Unknown) and node.arn:
        return name_in(node.arn)
    return None


_ATTRIBUTES: "dict[str, Callable[[Node], Text | None]]" = {
    "arn": lambda node: node.arn,
    "id": _id,
    "bucket": lambda node: node.bucket if isinstance(node, Bucket) else None,
    "name": _short,
}
