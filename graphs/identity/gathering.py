"""The clauses that meet a question: of who asks, of what is asked for, of what is above them.

A managed policy is attached to hundreds of roles. Its clauses are made once for all of them, and
so is what they say of an action.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from graphs.identity import guardrails
from graphs.identity.abilities import able, names_asked
from graphs.identity.actors import Actor, actors
from graphs.identity.decide import Applicable, about, about_rest, applicable, overlapping
from graphs.identity.glob import FRESH
from graphs.identity.layers import Clause, Layer, Level, carried_by, in_document, of_resource
from graphs.identity.search import Question
from graphs.nodes import Guardrail, Node, NodeIndex, PolicyText
from graphs.unknown import Text

ALL = FRESH * 3
"""Stands for any action or resource that no policy singles out."""
RULES_IAM = f"iam:{ALL}"


@dataclass(frozen=True, slots=True)
class Above:
    """What the organisation has over a question."""

    clauses: tuple[Clause, ...] = ()
    levels: tuple[Level, ...] = ()


_NOTHING_ABOVE = Above()


class Carried:
    """The clauses of one document, the same for everybody who carries it."""

    def __init__(self, clauses: Iterable[Clause]) -> None:
        """Nothing is asked of them yet."""
        self.clauses = tuple(clauses)
        self._about: dict[str, tuple[Applicable, ...]] = {}

    def about(self, action: str) -> tuple[Applicable, ...]:
        """The clauses that may be about an action, given in lower case."""
        if action not in self._about:
            literal, others = self._by_action
            places = literal.get(action, ())
            places = sorted({*places, *others}) if places and others else places or others
            self._about[action] = about([self.clauses[place] for place in places], action)
        return self._about[action]

    @cached_property
    def _by_action(self) -> tuple[dict[str, list[int]], list[int]]:
        """The places of clauses by the actions that they spell out, and of those that do not."""
        literal: dict[str, list[int]] = {}
        others = []
        for place, clause in enumerate(self.clauses):
            written = clause.statement.actions
            if written is None or not all(map(_spelled_out, written)):
                others.append(place)
                continue
            for each in set(written):
                literal.setdefault(str(each), []).append(place)
        return literal, others

    @cached_property
    def able(self) -> frozenset[str]:
        """The actions of the catalogue of techniques that it may allow on something."""
        literal, others = self._by_action
        places = {*others, *(p for name in literal.keys() & names_asked() for p in literal[name])}
        return able(self.clauses[place] for place in sorted(places))

    @cached_property
    def may_rule(self) -> bool:
        """Whether it may allow an action of IAM that no policy singles out."""
        allowing = (c.statement for c in self.clauses if c.statement.effect != "Deny")
        return any(about_rest(statement, RULES_IAM) for statement in allowing)

    @cached_property
    def only_allows(self) -> bool:
        """Whether it certainly denies nothing."""
        return all(c.statement.effect == "Allow" for c in self.clauses)


def _spelled_out(action: Text) -> bool:
    return isinstance(action, str) and "*" not in action and "?" not in action


class Gathered:
    """What meets the questions about an estate."""

    def __init__(self, index: NodeIndex) -> None:
        """Nothing is read yet."""
        self._index = index
        self._actors: dict[str, tuple[Actor, ...]] = {}
        self._documents: dict[tuple[Layer, PolicyText, str], Carried] = {}
        self._carried: dict[str, tuple[Carried, ...]] = {}
        self._standing: dict[tuple[str, str], tuple[Clause, ...]] = {}
        self._above: dict[tuple[str, str, object], Above] = {}

    def actors(self, principal: str) -> tuple[Actor, ...]:
        """Who stands behind the name of a principal."""
        if principal not in self._actors:
            self._actors[principal] = actors(self._index, principal)
        return self._actors[principal]

    def of_principal(self, principal: str) -> tuple[Carried, ...]:
        """The documents that a role or user carries: its policies, its groups', its boundary."""
        found = self.actors(principal)
        if len(found) == 1:
            return self.of_actor(found[0])
        return tuple(each for actor in found for each in self.of_actor(actor))

    def of_actor(self, actor: Actor) -> tuple[Carried, ...]:
        """The same of an actor that is made already."""
        key = f"{actor.kind}:{actor.id}"
        if key not in self._carried:
            parts = carried_by(self._index, actor)
            self._carried[key] = tuple(
                Carried((each,)) if isinstance(each, Clause) else self._document(*each)
                for each in parts
            )
        return self._carried[key]

    def _document(self, layer: Layer, document: PolicyText, owner: str) -> Carried:
        key = (layer, document, owner)
        found = self._documents.get(key)
        if found is None:
            found = Carried(in_document(self._index, document, layer, owner))
            self._documents[key] = found
        return found

    def candidates(self, question: Question) -> tuple[Applicable, ...]:
        """The clauses that may be about the question, of the actor and then of the resource."""
        actor, action = question.actor, question.action.lower()
        said = [each for document in self.of_actor(actor) for each in document.about(action)]
        carried = overlapping(said, question.resource)
        if question.owner is None:
            return carried
        standing = self._standing_at(question)
        if not carried and all(each.statement.effect == "Deny" for each in standing):
            return ()
        return (*carried, *overlapping(applicable(standing, actor, action), question.resource))

    def _standing_at(self, question: Question) -> tuple[Clause, ...]:
        """The clauses of the policies at what is asked for."""
        return self.standing_at(question.owner, question.service)

    def standing_at(self, owner: Node | None, service: str) -> tuple[Clause, ...]:
        """The clauses of the policies at a thing."""
        where = (owner.id if owner is not None else "", service)
        if where not in self._standing:
            self._standing[where] = of_resource(self._index, owner, service)
        return self._standing[where]

    def alike(self, question: Question) -> object:
        """What tells who asks from others, where nothing else of them counts; None where it does.

        Those who carry no statement about the action are told apart by what the resource's policy
        names them by, as long as it has no conditions.
        """
        actor, action = question.actor, question.action.lower()
        if actor.node is None or actor.node.boundary is not None or self._index.of(Guardrail):
            return None
        if any(document.about(action) for document in self.of_actor(actor)):
            return None
        standing = self._standing_at(question)
        if any(each.statement.conditions or each.statement.resources for each in standing):
            return None
        named = tuple((id(a.clause), a.grants) for a in applicable(standing, actor, action))
        where = question.owner.id if question.owner is not None else ""
        return (where, action, actor.kind, actor.account, named)

    def above(self, question: Question) -> Above:
        """The organisation's policies over a question; none in most estates."""
        if not self._index.of(Guardrail):
            return _NOTHING_ABOVE
        key = (question.actor.id, question.service, question.account)
        if key not in self._above:
            about = (question.actor, question.service, question.account)
            self._above[key] = Above(*guardrails.over(self._index, *about))
        return self._above[key]
