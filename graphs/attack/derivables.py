"""Every technique applied to every edge of the graph that it needs.

Input: the estate's graph. Output: Derivables over ground facts, finite because facts name nodes
and packet sets and policies stay in the evidence.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from weakref import WeakKeyDictionary

from graphs.attack.calling import by_call
from graphs.attack.facts import Derivable, Fact, Holds
from graphs.attack.logins import by_key, by_token
from graphs.attack.steps import derivable, gained, has_read, opened, opens_by
from graphs.attack.words import called, holders_of, sender
from graphs.build.powers import STATE
from graphs.estate import Edge, Estate, Relation
from graphs.identity.principals import trustees
from graphs.network.packets import TCP, PacketSet, services_text
from graphs.network.ports import SHELLS
from graphs.network.reach import INTERNET
from graphs.nodes import (
    Balancer,
    Bucket,
    Database,
    DataStore,
    Federation,
    Front,
    Function,
    Instance,
    Node,
    Outsider,
    Role,
    Secret,
    Service,
    Site,
    Store,
    Stranger,
    Workload,
)

_ANYWHERE = Fact(Holds.AT, INTERNET)
_FOUND: WeakKeyDictionary[Estate, tuple[Derivable, ...]] = WeakKeyDictionary()


def derivables(estate: Estate) -> tuple[Derivable, ...]:
    """All applications of techniques to an estate, in the order of the graph's edges.

    Paths, escalations and cuts ask; they are found once, and kept no longer than the estate is.
    """
    if estate not in _FOUND:
        every = (applied(estate, estate.edges(relation)) for relation in _APPLY)
        _FOUND[estate] = tuple(step for steps in every for step in steps)
    return _FOUND[estate]


def applied(estate: Estate, edges: Iterable[Edge]) -> Iterator[Derivable]:
    """All applications of techniques to some edges."""
    for edge in edges:
        apply = _APPLY.get(edge.relation)
        if apply is not None:
            needed = tuple(Fact(Holds.CHANGED, *need) for need in edge.needs)
            for step in apply(estate, edge):
                premises = _beyond_the_internet((*step.premises, *needed))
                yield replace(step, premises=premises) if premises != step.premises else step


def _beyond_the_internet(premises: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """Whoever holds anything is on the internet besides, a stolen key or a machine."""
    others = tuple(each for each in premises if each != _ANYWHERE)
    return others or premises


def _connect(estate: Estate, edge: Edge) -> Iterator[Derivable]:
    target = estate.index.by_id[edge.target]
    here = Fact(Holds.AT, edge.source)
    whom, who = called(estate, target.id), sender(estate, edge.source)
    by = f"{who} reaches the {whom}{_on(edge)}"
    if isinstance(target, Database):
        mend = f"close the {whom} to {_source(estate, edge.source)}"
        known = (here, Fact(Holds.OPENS, target.id))
        says = f"{by} and logs in with its password"
        yield derivable("log-in-to-database", known, has_read(target), says, mend, edge)
        yield from by_token(estate, edge, target, by)
    elif isinstance(target, Balancer):
        mend = f"make the {whom} internal"
        fact = Fact(Holds.AT, target.id)
        says = f"{by}, which forwards"
        yield derivable("pass-through-balancer", (here,), fact, says, mend, edge)
    elif isinstance(target, Front):
        yield from _front(estate, edge, target, by)
    elif isinstance(target, Workload) and target.signed_in:
        return  # AWS asks who calls before anything of the owner's does
    elif isinstance(target, Service) and not isinstance(target, DataStore):
        yield _foothold(estate, edge, target)
        if isinstance(target, Instance):
            mend = f"close{_on(edge).replace(' on', '', 1)} of the {whom} to "
            mend += _source(estate, edge.source)
            yield from by_key(estate, edge, target, (by, mend))


def _front(estate: Estate, edge: Edge, target: Front, by: str) -> Iterator[Derivable]:
    """To be at a front means that requests of nobody's get to what is behind it."""
    if target.passages:
        whom = called(estate, target.id)
        mend = f"ask callers of the {whom} who they are"
        says = f"{by}, which hands requests on"
        fact = Fact(Holds.AT, target.id)
        yield derivable(
            "pass-through-front", (Fact(Holds.AT, edge.source),), fact, says, mend, edge
        )


def _foothold(estate: Estate, edge: Edge, target: Service) -> Derivable:
    """How code comes to run on a service that can be connected to."""
    here, there = Fact(Holds.AT, edge.source), Fact(Holds.AT, target.id)
    whom, who = called(estate, target.id), sender(estate, edge.source)
    mend = f"close{_on(edge).replace(' on', '', 1)} of the {whom} to {_source(estate, edge.source)}"
    if isinstance(target, Function) and isinstance(estate.index.by_id.get(edge.source), Front):
        says = f"{who} calls the {whom} for anybody, and its code is exploited"
        mend = f"ask callers of the {called(estate, edge.source)} who they are"
        return derivable("call-function-by-api", (here,), there, says, mend, edge)
    if isinstance(target, Function):
        says = f"{who} calls the {whom}, which asks for no signature, and exploits its code"
        mend = f"ask callers of the {whom} for a signature"
        return derivable("call-function-url", (here,), there, says, mend, edge)
    by = f"{who} reaches the {whom}{_on(edge)}"
    if _only_logins(edge.allows):
        return derivable("remote-login", (here,), there, f"{by} and logs in", mend, edge)
    outside = edge.source == INTERNET or isinstance(
        estate.index.by_id.get(edge.source), Balancer | Front
    )
    technique = "exploit-exposed-service" if outside else "exploit-reachable-service"
    says = f"{by} and exploits what listens there"
    return derivable(technique, (here,), there, says, mend, edge)


def _only_logins(allows: object) -> bool:
    """Whether one can do no more there than log in, which takes other means than an exploit."""
    if not isinstance(allows, PacketSet) or not allows:
        return False
    most = len(SHELLS)
    spans = allows.ports(TCP)
    listed = {p for low, high in spans if high - low < most for p in range(low, high + 1)}
    narrow = all(high - low < most for low, high in spans)
    others = [p for p in allows.protocols() if p != (TCP, TCP)]
    return narrow and bool(listed) and listed <= SHELLS.keys() and not others


def _run_as(estate: Estate, edge: Edge) -> Iterator[Derivable]:
    service, role = estate.index.by_id[edge.source], called(estate, edge.target)
    kind = "instance" if isinstance(service, Instance) else "workload"
    says = f"On the {called(estate, service.id)} the attacker takes the keys of the {role}"
    mend = f"let the {called(estate, service.id)} run as a role that may do less than the {role}"
    premise = (Fact(Holds.AT, edge.source),)
    controls = Fact(Holds.CONTROLS, edge.target)
    yield derivable(f"steal-{kind}-credentials", premise, controls, says, mend, edge)


def _open(estate: Estate, edge: Edge) -> Iterator[Derivable]:
    """Secrets in start-up text. What a stored secret opens is part of reading it."""
    source = estate.index.by_id[edge.source]
    if not isinstance(source, Secret) and edge.allows != STATE:
        yield _found(estate, edge, source)


def _found(estate: Estate, edge: Edge, source: Node) -> Derivable:
    kept = isinstance(source, Bucket | Store)
    lying = "items" if isinstance(source, Store) else "objects"
    where = f"{lying if kept else 'start-up text'} of the {called(estate, source.id)}"
    fact = opened(estate, edge.target)
    what = "an access key" if fact.holds is Holds.CONTROLS else "the password"
    if isinstance(estate.index.by_id[edge.target], Instance):
        what = "the private key"
    says = f"In the {where} stands {what} of the {called(estate, edge.target)}"
    mend = f"keep {what} out of the {where}"
    premise = (has_read(source) if kept else Fact(Holds.AT, edge.source),)
    return derivable("read-startup-secret", premise, fact, says, mend, edge)


def _assume(estate: Estate, edge: Edge) -> Iterator[Derivable]:
    role = called(estate, edge.target)
    controls = Fact(Holds.CONTROLS, edge.target)
    if edge.source == INTERNET:
        says = f"{_token_holders(estate, edge.target)} gets a token that the {role} accepts"
        mend = f"pin in the trust policy of the {role} whose tokens it accepts"
        premise = (Fact(Holds.AT, INTERNET),)
        yield derivable("assume-role-by-federation", premise, controls, says, mend, edge)
        return
    technique = _ASSUMING.get(type(estate.index.by_id[edge.source]), "assume-role")
    says = f"{sender(estate, edge.source)} assumes the {role}"
    mend = f"let the {role} trust nobody beyond whom it must"
    yield derivable(technique, (Fact(Holds.CONTROLS, edge.source),), controls, says, mend, edge)


_ASSUMING: dict[type[Node], str] = {
    Federation: "assume-role-with-token",
    Outsider: "assume-role-as-outsider",
    Stranger: "assume-role-as-stranger",
}
_SOMEBODY = "Anyone with a token of its identity provider"


def _token_holders(estate: Estate, role_id: str) -> str:
    role = estate.index.get(role_id, Role)
    for trustee in trustees(estate.permissions, role) if role else ():
        if trustee.kind == "oidc" and trustee.permission.answer.possible:
            host = trustee.identifier.partition("oidc-provider/")[2]
            return holders_of(host) if host else _SOMEBODY
    return _SOMEBODY


def _administer(estate: Estate, edge: Edge) -> Iterator[Derivable]:
    says = f"{sender(estate, edge.source)} may do anything in {called(estate, edge.target)}"
    mend = f"take administrator permissions from the {called(estate, edge.source)}"
    premise = (Fact(Holds.CONTROLS, edge.source),)
    rules = Fact(Holds.RULES, edge.target)
    yield derivable("administer-account", premise, rules, says, mend, edge)


def _read(estate: Estate, edge: Edge) -> Iterator[Derivable]:
    store = estate.index.by_id[edge.target]
    what = called(estate, store.id)
    if edge.source == INTERNET:
        place = edge.allows if isinstance(edge.allows, str) else INTERNET
        says = f"{sender(estate, place)} reads the {what}, which asks nobody who they are"
        mend, here = f"close the {what} to the public", (Fact(Holds.AT, place),)
        inside = isinstance(store, Database) and bool(store.interfaces)
        technique = "read-unguarded-store" if inside else "read-public-store"
        yield derivable(technique, here, has_read(store), says, mend, edge)
        return
    if not _hidden(estate, edge):
        yield from _read_as(estate, edge)


def hidden(estate: Estate) -> Iterator[Derivable]:
    """What paths do not tell, since one that they tell has it in it: an administrator reads each
    store, whoever may reads what everybody reads, and what stands in a state of Terraform is part
    of what the state is worth. Where that is mended, this is what stays."""
    for edge in estate.edges(Relation.READS):
        if edge.source != INTERNET and _hidden(estate, edge):
            yield from _read_as(estate, edge)
    for edge in estate.edges(Relation.HOLDS_CREDENTIALS_OF):
        if edge.allows == STATE:
            yield _found(estate, edge, estate.index.by_id[edge.source])


def _hidden(estate: Estate, edge: Edge) -> bool:
    return _rules(estate, edge.source) or _public(estate, edge.target)


def _read_as(estate: Estate, edge: Edge) -> Iterator[Derivable]:
    """What a principal reads by its own permissions."""
    store = estate.index.by_id[edge.target]
    what = called(estate, store.id)
    premise = (*_behind(edge), Fact(Holds.CONTROLS, edge.source))
    says = f"{sender(estate, edge.source)} reads the {what}"
    mend = f"take reading the {what} from {_source(estate, edge.source)}"
    technique = "read-secret" if opens_by(estate, store) else "read-store"
    technique = _SHARED.get(type(estate.index.by_id[edge.source]), technique)
    yield from gained(estate, edge, technique, premise, says, mend)


_SHARED: dict[type[Node], str] = {
    Outsider: "read-shared-copy",
    Stranger: "read-public-copy",
}


def _behind(edge: Edge) -> tuple[Fact, ...]:
    """Where the reader has to be, when the store asks that."""
    return (Fact(Holds.AT, edge.allows),) if isinstance(edge.allows, str) else ()


def _public(estate: Estate, store: str) -> bool:
    """What anyone reads needs no principal; a path by each would say the same many times."""
    return any(
        edge.answer.certain and edge.allows is None
        for edge in estate.edges(Relation.READS, target=store)
        if edge.source == INTERNET
    )


def _rules(estate: Estate, principal: str) -> bool:
    """Administrators read everything; a path to each thing would say the same many times."""
    found = estate.edges(Relation.ADMINISTERS, source=principal)
    return any(edge.answer.certain for edge in found)


def _source(estate: Estate, source: str) -> str:
    node = estate.index.by_id.get(source)
    if source == INTERNET:
        return "the internet"
    return f"the {node.name} LAN" if isinstance(node, Site) else f"the {called(estate, source)}"


def _on(edge: Edge) -> str:
    if not isinstance(edge.allows, PacketSet):
        return ""
    said = services_text(edge.allows)
    return f" on {said.replace('tcp ', 'TCP ').replace('udp ', 'UDP ')}"


_APPLY = {
    Relation.MAY_CONNECT: _connect,
    Relation.RUNS_AS: _run_as,
    Relation.HOLDS_CREDENTIALS_OF: _open,
    Relation.MAY_ASSUME: _assume,
    Relation.MAY_CALL: by_call,
    Relation.ADMINISTERS: _administer,
    Relation.READS: _read,
}
