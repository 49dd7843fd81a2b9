"""Permissions: whether somebody may do something, and which statements decide it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from graphs.evidence import Step
from graphs.identity.access import access, is_object_action
from graphs.identity.actors import ANYONE, Actor, Kind, account_in, account_of, actors, arn_of
from graphs.identity.concern import Concerned
from graphs.identity.decide import Applicable, applicable, overlapping
from graphs.identity.gathering import ALL, RULES_IAM, Carried, Gathered
from graphs.identity.glob import FRESH, same
from graphs.identity.keys import Given
from graphs.identity.layers import Clause, of_session
from graphs.identity.moments import ISSUED, NOW, at_every_moment, tells_time
from graphs.identity.policy import lower
from graphs.identity.search import Permission, Question, ask, best, rank, refused, together
from graphs.nodes import (
    Bucket,
    Database,
    DataStore,
    Delegate,
    Front,
    Guarded,
    Key,
    Node,
    NodeIndex,
    PolicyText,
    Secret,
    Store,
)
from graphs.unknown import Answer, Cause, Template, Text, Unknown, cannot_tell, text

__all__ = ["ANYONE", "Permission", "Permissions"]

_RULING = (
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:PutRolePolicy",
    "iam:PutUserPolicy",
    "iam:CreatePolicyVersion",
)

NOTHING_GIVEN: Given = {}


@dataclass(frozen=True)
class Permissions:
    """Answers who may do what over an estate's nodes.

    `known` are condition keys that hold for every request, such as
    `{"aws:PrincipalOrgID": "o-..."}` where the estate's own organisation is known.
    """

    index: NodeIndex
    known: Given = field(default_factory=dict)

    @cached_property
    def _gathered(self) -> Gathered:
        return Gathered(self.index)

    @cached_property
    def _admins(self) -> "dict[str, Permission]":
        return {}

    @cached_property
    def _alike(self) -> "dict[object, Answer]":
        return {}

    @cached_property
    def _answers(self) -> "dict[tuple[str, str, object], Permission]":
        return {}

    @cached_property
    def _by_arn(self) -> "dict[Text, Node]":
        found: dict[Text, Node] = {}
        for node in self.index.nodes:
            in_store = isinstance(node, Delegate) and node.store is not None
            if node.arn != "" and not isinstance(node.arn, Unknown) and not in_store:
                found.setdefault(node.arn, node)
        return found

    def can(
        self,
        principal: str,
        action: str,
        resource: "Node | Text",
        context: "Given | None" = None,
        session: PolicyText | None = None,
    ) -> Permission:
        """Whether a principal may do an action on a resource, or on some of them.

        `principal` is the id of a role or user, ANYONE, or `account:<id>`: somebody who rules an
        outside account. A bucket asked for an object's action stands for some object in it. A
        text without an account in it is taken to be the principal's own, unless a node has it.
        `context` gives condition keys: text, several texts, None for absent, or an Unknown.
        `session` is the policy that a session of the principal was asked for with.
        """
        if context or session:
            return self._can(principal, action, resource, context or {}, session)
        key = (principal, action, resource.id if isinstance(resource, Node) else resource)
        if key not in self._answers:
            self._answers[key] = self._can(principal, action, resource, {})
        return self._answers[key]

    def answer(self, principal: str, action: str, resource: Node) -> Answer:
        """As `can`, without the proof: asked once for all of whom the same is known."""
        who = self._gathered.actors(principal)
        key = self._gathered.alike(self._question(who[0], action, resource)) if who else None
        if key is None:
            return self.can(principal, action, resource).answer
        if key not in self._alike:
            self._alike[key] = self.can(principal, action, resource).answer
        return self._alike[key]

    def admin(self, principal: str) -> Permission:
        """Whether a principal rules its account: any IAM action on anything, or any at all.

        Being able to give oneself more, by attaching a policy say, is a technique instead.
        """
        if principal not in self._admins:
            self._admins[principal] = self._admin(principal)
        return self._admins[principal]

    def _admin(self, principal: str) -> Permission:
        documents = self.documents(principal)
        if self._gathered.actors(principal) and not any(each.may_rule for each in documents):
            return refused("No policy allows what it does not single out")
        whole = self.can(principal, RULES_IAM, f"arn:aws:iam::*:{ALL}")
        if whole.answer.possible:
            ruling = best(self.can(principal, each, "arn:aws:iam::*:*") for each in _RULING)
            whole = min(whole, ruling, key=rank)
        steps = (Step(s.claim.replace(ALL, "*"), s.proof, s.assumes) for s in whole.evidence)
        return Permission(whole.verdict, whole.answer, whole.keys, tuple(steps))

    def readable(self, principal: str, node: Node, context: "Given | None" = None) -> Permission:
        """Whether a principal can read what a thing holds, its key's consent included."""
        ways = access(node.source.type).reads
        return self._access(principal, node, ways, "kms:Decrypt", context or {})

    def writable(self, principal: str, node: Node, context: "Given | None" = None) -> Permission:
        """Whether a principal can change or destroy what a thing holds."""
        found, given = access(node.source.type), context or {}
        written = self._access(principal, node, found.writes, "kms:GenerateDataKey", given)
        return best((written, self._access(principal, node, found.deletes, "", given)))

    def administers(self, principal: str, node: Node, context: "Given | None" = None) -> Permission:
        """Whether a principal can change who may reach a thing."""
        return self._access(
            principal, node, access(node.source.type).administers, "", context or {}
        )

    # -------------------------------------------------------------------------------- data

    def _access(
        self,
        principal: str,
        node: Node,
        ways: tuple[str, ...],
        on_key: str,
        context: Given = NOTHING_GIVEN,
    ) -> Permission:
        if not ways:
            return refused(f"No AWS action does this to {node.name}")
        found = best(self.can(principal, action, node, context) for action in ways)
        if not on_key or found.verdict == "deny" or not isinstance(node, DataStore):
            return found
        return together((found, *self._key(principal, node, ways[0], on_key, context)))

    def _key(
        self, principal: str, node: DataStore, way: str, action: str, context: Given
    ) -> Iterable[Permission]:
        """What the store's KMS key says to whoever asks through the service."""
        if isinstance(node.key, Unknown):
            step = Step(f"The key of {node.name} may refuse", node.proof(), frozenset((node.key,)))
            yield Permission("unknown", cannot_tell(node.key), evidence=(step,))
        elif (key := self.index.get(node.key, Key)) is not None:
            service = way.partition(":")[0]
            via = text((service, ".", node.scope.region, ".amazonaws.com"))
            yield self.can(principal, action, key, {**context, "kms:ViaService": via})
        elif node.key is None and isinstance(node, Secret):
            yield from self._default_key(principal, node)

    def _default_key(self, principal: str, node: Secret) -> Iterable[Permission]:
        """The key aws/secretsmanager serves its own account only.

        AWS Secrets Manager User Guide, "Access AWS Secrets Manager secrets from a different
        account".
        """
        if node.source.type != "aws_secretsmanager_secret":
            return
        for actor in actors(self.index, principal):
            if actor.node is None or not same(actor.account, account_of(node)).possible:
                claim = f"The AWS managed key of {node.name} serves no other account"
                yield Permission("deny", refused("").answer, evidence=(Step(claim, node.proof()),))
                return

    # -------------------------------------------------------------------------------- asking

    def _can(
        self,
        principal: str,
        action: str,
        resource: "Node | Text",
        given: Given,
        session: PolicyText | None = None,
    ) -> Permission:
        who = self._gathered.actors(principal)
        if not who:
            why = Unknown(Cause.DATA, f"the policies of {principal}")
            step = Step(f"The policies of {principal} were not read", None, frozenset((why,)))
            return Permission("unknown", cannot_tell(why), evidence=(step,))
        return best(self.ask_as(actor, action, resource, given, session) for actor in who)

    def ask_as(
        self,
        actor: Actor,
        action: str,
        resource: "Node | Text",
        given: Given,
        session: PolicyText | None = None,
    ) -> Permission:
        """As `can`, for an actor that is made already."""
        lowered = {lower(key): value for key, value in {**self.known, **given}.items()}
        question = self._question(actor, action, resource)
        candidates = self._gathered.candidates(question)
        if session is not None:
            within = applicable(of_session(self.index, session), actor, action.lower())
            candidates = (*candidates, *overlapping(within, question.resource))
            question = replace(question, session=True)
        above = self._gathered.above(question)
        if above.levels:
            limiting = applicable(above.clauses, actor, action.lower())
            candidates = (*candidates, *overlapping(limiting, question.resource))
            question = replace(question, levels=above.levels)
        found = _whenever(candidates, question, lowered)
        if isinstance(question.owner, Guarded) and question.owner.behind is not None:
            return together((found, self._behind(question, given, session)))
        return found

    def _behind(self, question: Question, given: Given, session: PolicyText | None) -> Permission:
        """What the bucket behind an access point says: it must allow the request as well.

        Amazon S3 User Guide, "Configuring IAM policies for using access points".
        """
        point = question.owner
        bucket = self.index.get(point.behind, Bucket) if isinstance(point, Guarded) else None
        if point is None or bucket is None:
            why = Unknown(Cause.DATA, f"the bucket behind {question.resource}")
            step = Step(f"The bucket behind {question.resource} was not read", None)
            return Permission("unknown", cannot_tell(why), evidence=(step,))
        through: Given = {
            **given,
            "s3:DataAccessPointArn": text((arn_of(point),)),
            "s3:DataAccessPointAccount": text((account_of(point),)),
        }
        key = _key_in(question.resource)
        asked = bucket if key is None else text((arn_of(bucket), "/", key))
        return self.ask_as(question.actor, question.action, asked, through, session)

    def conditions(self, principal: str, action: str, resource: "Node | Text") -> frozenset[str]:
        """The condition keys that policies ask for when a principal does an action."""
        who = self._gathered.actors(principal)
        found = (
            self._gathered.candidates(self._question(actor, action, resource)) for actor in who
        )
        return frozenset(
            condition.key
            for candidates in found
            for each in candidates
            for condition in each.clause.statement.conditions
            if isinstance(condition.key, str)
        )

    def node_of(self, resource: "Node | Text") -> Node | None:
        """The node that a resource is, or is a part of."""
        return resource if isinstance(resource, Node) else self._owner(resource)

    def _question(self, actor: Actor, action: str, resource: "Node | Text") -> Question:
        if isinstance(resource, Node):
            asked = self.asked_of(resource, action)
            return Question(actor, action, asked, resource, account_of(resource))
        owner = self._owner(resource)
        account = account_of(owner) if owner else account_in(resource)
        if isinstance(account, str) and ("*" in account or FRESH in account):
            account = None
        if account is None or account == "":
            account = actor.account
        return Question(actor, action, resource, owner, account)

    def asked_of(self, thing: Node, action: str) -> Text:
        """What is asked for when an action is done on a thing: its ARN, or what is in it."""
        arn = arn_of(thing)
        if _within(thing, action):
            arn = text((arn, "/*"))
        if isinstance(thing, Guarded) and is_object_action(action):
            arn = text((arn, "/object/*"))
        return arn

    def standing_at(self, thing: Node, service: str) -> tuple[Clause, ...]:
        """The statements of the policies at a thing that a service asks."""
        return self._gathered.standing_at(thing, service)

    @cached_property
    def handling(self) -> Concerned[DataStore]:
        """Who may be allowed to read, change or delete which data stores."""
        return Concerned(self, self.index.of(DataStore), _handled)

    def changing(self, kind: str, ways: tuple[tuple[str, ...], ...]) -> Concerned[DataStore]:
        """Who may be allowed some of these ways on which data stores of a Terraform type."""
        if (kind, ways) not in self._changing:
            stores = (each for each in self.index.of(DataStore) if each.source.type == kind)
            actions = [action for way in ways for action in way]
            self._changing[kind, ways] = Concerned(self, stores, lambda _: actions)
        return self._changing[kind, ways]

    @cached_property
    def _changing(self) -> "dict[tuple[str, object], Concerned[DataStore]]":
        return {}

    def _owner(self, resource: Text) -> Node | None:
        """The node that a text is the ARN of, or whose objects it is about."""
        if resource in self._by_arn:
            return self._by_arn[resource]
        for start in _starts(resource):
            node = self._by_arn.get(start)
            if isinstance(node, Bucket | Guarded | Database | Front | Store):
                return node
        return None

    def documents(self, principal: str) -> tuple[Carried, ...]:
        """The documents that a role or user carries: its policies, its groups', its boundary."""
        return self._gathered.of_principal(principal)

    def carried(self, principal: str) -> tuple[Clause, ...]:
        """The statements of all documents that a role or user carries."""
        return tuple(clause for each in self.documents(principal) for clause in each.clauses)

    def abilities(self, principal: str) -> frozenset[str]:
        """The actions of the catalogue of techniques that its own policies may allow."""
        return frozenset().union(*(each.able for each in self.documents(principal)))


def _whenever(candidates: tuple[Applicable, ...], question: Question, given: Given) -> Permission:
    """The answer, at whatever time it is asked where that counts."""
    conditions = [c for each in candidates for c in each.clause.statement.conditions]
    if not tells_time(conditions) or NOW & given.keys():
        return ask(candidates, question, given)
    late = frozenset() if question.actor.kind is Kind.ROLE else frozenset((ISSUED,))

    def asked(now: Given) -> Permission:
        told = {key: value for key, value in now.items() if key not in late}
        return ask(candidates, question, {**given, **told})

    return at_every_moment(conditions, asked)


def _key_in(resource: Text) -> str | None:
    """The object's key in what is asked of an access point; None for any or none."""
    if not isinstance(resource, str):
        return None
    key = resource.partition("/object/")[2]
    return None if key in ("", "*") else key


def _starts(resource: Text) -> Iterator[Text]:
    """What stands before each slash of an ARN, the longest last."""
    head: list[str | Unknown] = []
    for part in resource.parts if isinstance(resource, Template) else (resource,):
        pieces = part.split("/") if isinstance(part, str) else []
        for number in range(1, len(pieces)):
            yield text([*head, "/".join(pieces[:number])])
        head.append(part)


def _handled(kind: str) -> Iterator[str]:
    """The actions by which data of a Terraform type are read, changed or deleted."""
    found = access(kind)
    yield from (*found.reads, *found.writes, *found.deletes)


def _within(resource: Node, action: str) -> bool:
    """Whether an action is about what is in a resource: an object, a path of a domain or an API."""
    if isinstance(resource, Bucket):
        return is_object_action(action)
    return action.startswith(("es:ESHttp", "execute-api:"))
