"""What somebody has who has taken one thing of an estate over, and what that gives besides.

Input: an estate, a node. Output: the fact that an incident begins with, and the steps that count
for whoever is in already but would tell a path to each thing many times: what an account holds is
its administrators', and a secret that is read opens what it opens.
"""

from collections.abc import Iterator

from graphs.attack.facts import Derivable, Fact, Holds
from graphs.attack.steps import derivable, has_read, opened
from graphs.attack.words import called, sender
from graphs.build.structure import RUNNERS, account_id
from graphs.estate import Estate, Relation
from graphs.evidence import Evidence, Step
from graphs.identity.policy import parse
from graphs.identity.principals import by_provider
from graphs.identity.techniques import catalogue
from graphs.network.reach import INTERNET
from graphs.nodes import (
    AccessKey,
    ClientVpn,
    DataStore,
    Delegate,
    Federation,
    Guardrail,
    Key,
    Node,
    Outsider,
    Role,
    Secret,
    Service,
    Site,
    Stranger,
    User,
)
from graphs.unknown import YES, Answer, Cause, Unknown, cannot_tell

AT_ONCE = ("steal-instance-credentials", "steal-workload-credentials", "read-startup-secret")
"""Techniques that take no more than to look around on a machine."""


def first_fact(node: Node) -> Fact:
    """What is an attacker's who has taken a node. A key that nobody says the user of opens no more
    than itself."""
    match node:
        case DataStore():
            return has_read(node)
        case Service() | Site() | ClientVpn() | Delegate():
            return Fact(Holds.AT, node.id)
        case Role() | User() | Outsider() | Stranger() | Federation():
            return Fact(Holds.CONTROLS, node.id)
        case AccessKey():
            if isinstance(node.user, str):
                return Fact(Holds.CONTROLS, node.user)
    return Fact(Holds.OPENS, node.id)


def in_power(estate: Estate) -> Iterator[Derivable]:
    """The steps of somebody who is in already."""
    for secret in estate.index.of(Secret):
        yield from _of_secret(estate, secret)
    yield from _of_free_tokens(estate)
    for delegate in estate.index.of(Delegate):
        yield from _of_delegate(estate, delegate)
    for node in estate.index.nodes:
        if isinstance(node, (Role, User, DataStore, *RUNNERS)):
            yield _in_account(estate, node)


def _of_secret(estate: Estate, secret: Secret) -> Iterator[Derivable]:
    """To read a secret that opens something, which paths tell as one step, and what it opens."""
    what = called(estate, secret.id)
    opens = tuple(estate.edges(Relation.HOLDS_CREDENTIALS_OF, source=secret.id))
    for edge in opens:
        says = f"The {what} opens the {called(estate, edge.target)}"
        fact = opened(estate, edge.target)
        mend = f"keep the {what} from whoever need not read it"
        yield derivable("read-secret", (has_read(secret),), fact, says, mend, edge)
    for edge in estate.edges(Relation.READS, target=secret.id) if opens else ():
        if edge.source in estate.index.by_id and edge.allows is None:
            who = called(estate, edge.source)
            says, mend = f"The {who} reads the {what}", f"take reading the {what} from the {who}"
            premise = (Fact(Holds.CONTROLS, edge.source),)
            yield derivable("read-secret", premise, has_read(secret), says, mend, edge)


def _of_free_tokens(estate: Estate) -> Iterator[Derivable]:
    """What whoever has a provider's tokens may assume, where anybody else may too."""
    for edge in estate.edges(Relation.MAY_ASSUME, source=INTERNET):
        role = estate.index.get(edge.target, Role)
        for provider, _, free in by_provider(estate.permissions, role) if role else ():
            if free.possible:
                what = called(estate, edge.target)
                says = f"{sender(estate, provider.id)} assumes the {what}, as anybody may"
                mend = f"pin in the trust policy of the {what} whose tokens it accepts"
                here, there = (Fact(Holds.CONTROLS, each) for each in (provider.id, edge.target))
                yield derivable("assume-role-by-federation", (here,), there, says, mend, edge)


def _of_delegate(estate: Estate, delegate: Delegate) -> Iterator[Derivable]:
    """What lies with a stack, a job or a project, of which the graph has no node."""
    held = [] if not isinstance(delegate.role, str) else [delegate.role]
    held += [ref for each in delegate.settings for ref in each.reveals if isinstance(ref, str)]
    for node in held:
        owner = estate.index.get(node, AccessKey)
        user = owner.user if owner else node
        if isinstance(user, str) and user in estate.graph:
            says = f"With {delegate.name} lie the keys of the {called(estate, user)}"
            proof = (Step(f"{delegate.name} holds {user}", delegate.proof()),)
            yield _plain(
                "steal-workload-credentials",
                Fact(Holds.AT, delegate.id),
                opened(estate, user),
                says,
                delegate.exists,
                proof,
            )


def _in_account(estate: Estate, node: Node) -> Derivable:
    """Who administers an account has what is in it, unless a guardrail or a key keeps them out."""
    home, what = account_id(node), called(estate, node.id)
    label = estate.graph.nodes[home]["label"]
    if isinstance(node, DataStore):
        fact, does = has_read(node), f"reads the {what}"
    elif isinstance(node, Service):
        fact, does = Fact(Holds.AT, node.id), f"runs code on the {what}"
    else:
        fact, does = Fact(Holds.CONTROLS, node.id), f"acts as the {what}"
    says = f"Whoever administers {label} {does}"
    proof = (Step(f"{node.name} is in {label}", node.proof()),)
    answer = node.exists & _unguarded(estate, node)
    return _plain("take-over-account", Fact(Holds.RULES, home), fact, says, answer, proof)


def _unguarded(estate: Estate, node: Node) -> Answer:
    """Whether nothing stands above the administrators of an account."""
    doubts = []
    for guardrail in estate.index.of(Guardrail):
        if _over(guardrail, node) and any(
            each.effect != "Allow" for text in guardrail.policies for each in parse(text).statements
        ):
            what = f"what {guardrail.name} leaves to administrators of {account_id(node)}"
            doubts.append(Unknown(Cause.MODEL, what))
    key = estate.index.get(node.key, Key) if isinstance(node, DataStore) else None
    if key and key.policies and not any(":root" in str(p.text) for p in key.policies):
        what = f"whether administrators of {account_id(node)} get at the key {key.name}"
        doubts.append(Unknown(Cause.MODEL, what))
    return cannot_tell(*doubts) if doubts else YES


def _over(guardrail: Guardrail, node: Node) -> bool:
    """Whether a guardrail may be over the account of a node."""
    account = node.scope.account
    if account in guardrail.spared:
        return False
    return account in guardrail.accounts or guardrail.others.possible


def _plain(
    technique: str, premise: Fact, conclusion: Fact, says: str, answer: Answer, proof: Evidence
) -> Derivable:
    """A step that no edge of the graph is behind, and no change of what was built ends."""
    mend = "nothing that is built: take the power itself away"
    row = catalogue()[technique]
    return Derivable(row, (premise,), conclusion, says, mend, answer, lambda: proof)
