"""Every technique applied to every edge of the graph that it needs.

Input: the estate's graph. Output: Derivables over ground facts, finite because facts name nodes
and packet sets and policies stay in the evidence.
"""

from collections.abc import Iterator
from functools import partial

from graphs.attack.facts import Derivable, Fact, Holds
from graphs.estate import Edge, Estate, Relation
from graphs.evidence import Evidence
from graphs.identity.techniques import catalogue
from graphs.network.packets import TCP, PacketSet, services_text
from graphs.network.reach import INTERNET
from graphs.nodes import (
    Balancer,
    Database,
    DataStore,
    Function,
    Instance,
    Node,
    Outsider,
    Secret,
    Service,
)

# Ports where one logs in rather than exploits: SSH, Telnet, RDP, WinRM, VNC.
LOGIN_PORTS = frozenset((22, 23, 3389, 5900, 5985, 5986))


def derivables(estate: Estate) -> tuple[Derivable, ...]:
    """All applications of techniques to an estate, in the order of the graph's edges."""
    found: list[Derivable] = []
    for relation, apply in _APPLY.items():
        for edge in estate.edges(relation):
            found += apply(estate, edge)
    return tuple(found)


def label(estate: Estate, node: str) -> str:
    """What people call a node."""
    return "the internet" if node == INTERNET else str(estate.graph.nodes[node]["label"])


def _connect(estate: Estate, edge: Edge) -> Iterator[Derivable]:
    target = estate.index.by_id[edge.target]
    here = Fact(Holds.AT, edge.source)
    by = f"{_from(estate, edge.source)} reaches {target.name}{_on(edge)}"
    if isinstance(target, Database):
        yield _derivable(
            "log-in-to-database",
            (here, Fact(Holds.OPENS, target.id)),
            Fact(Holds.READS, target.id),
            f"{by} and logs in with its password",
            edge,
        )
        yield from _by_token(estate, edge, target, by)
    elif isinstance(target, Balancer):
        fact = Fact(Holds.AT, target.id)
        yield _derivable("pass-through-balancer", (here,), fact, f"{by}, which forwards", edge)
    elif isinstance(target, Service) and not isinstance(target, DataStore):
        technique, does = _foothold(estate, edge, target)
        yield _derivable(technique, (here,), Fact(Holds.AT, target.id), f"{by} {does}", edge)


def _foothold(estate: Estate, edge: Edge, target: Service) -> tuple[str, str]:
    """How code comes to run on a service that can be connected to."""
    if isinstance(target, Function):
        return "call-function-url", "and makes it run the attacker's code"
    if _only_logins(edge.allows):
        return "remote-login", "and logs in"
    outside = edge.source == INTERNET or isinstance(estate.index.by_id.get(edge.source), Balancer)
    technique = "exploit-exposed-service" if outside else "exploit-reachable-service"
    return technique, "and exploits what listens there"


def _only_logins(allows: object) -> bool:
    if not isinstance(allows, PacketSet) or not allows:
        return False
    spans = allows.ports(TCP)
    listed = {
        p for low, high in spans if high - low < len(LOGIN_PORTS) for p in range(low, high + 1)
    }
    narrow = all(high - low < len(LOGIN_PORTS) for low, high in spans)
    others = [p for p in allows.protocols() if p != (TCP, TCP)]
    return narrow and bool(listed) and listed <= LOGIN_PORTS and not others


def _by_token(estate: Estate, edge: Edge, target: Database, by: str) -> Iterator[Derivable]:
    here = Fact(Holds.AT, edge.source)
    for token in estate.edges(Relation.MAY_CALL):
        if token.target == target.id:
            principal = Fact(Holds.CONTROLS, token.source)
            says = f"{by} and logs in with a token for {label(estate, token.source)}"
            made = _derivable(
                "log-in-to-database-with-token",
                (here, principal),
                Fact(Holds.READS, target.id),
                says,
                edge,
                token,
            )
            yield made


def _run_as(estate: Estate, edge: Edge) -> Iterator[Derivable]:
    service = estate.index.by_id[edge.source]
    kind = "instance" if isinstance(service, Instance) else "workload"
    says = f"There it takes the keys of the role {label(estate, edge.target)}"
    premise = (Fact(Holds.AT, edge.source),)
    role = Fact(Holds.CONTROLS, edge.target)
    yield _derivable(f"steal-{kind}-credentials", premise, role, says, edge)


def _open(estate: Estate, edge: Edge) -> Iterator[Derivable]:
    """Secrets in start-up text. What a stored secret opens is part of reading it."""
    source = estate.index.by_id[edge.source]
    if not isinstance(source, Secret):
        target = label(estate, edge.target)
        says = f"In the start-up text of {source.name} it finds what opens {target}"
        premise = (Fact(Holds.AT, edge.source),)
        yield _derivable("read-startup-secret", premise, _opened(estate, edge.target), says, edge)


def _opened(estate: Estate, node: str) -> Fact:
    kind = estate.graph.nodes[node]["kind"]
    return Fact(Holds.CONTROLS if kind == "principal" else Holds.OPENS, node)


def _assume(estate: Estate, edge: Edge) -> Iterator[Derivable]:
    role = label(estate, edge.target)
    if edge.source == INTERNET:
        premise, technique = Fact(Holds.AT, INTERNET), "assume-role-by-federation"
        says = f"Anyone with a token of the identity provider assumes the role {role}"
    else:
        premise = Fact(Holds.CONTROLS, edge.source)
        outside = isinstance(estate.index.by_id[edge.source], Outsider)
        technique = "assume-role-as-outsider" if outside else "assume-role"
        says = f"{label(estate, edge.source)} assumes the role {role}"
    yield _derivable(technique, (premise,), Fact(Holds.CONTROLS, edge.target), says, edge)


def _call(estate: Estate, edge: Edge) -> Iterator[Derivable]:
    """Escalations: passing a role on, rewriting a policy, a trust, a key."""
    if not isinstance(edge.allows, str) or edge.allows not in catalogue():
        return
    technique = catalogue()[edge.allows]
    to = label(estate, edge.target)
    kind = estate.graph.nodes[edge.target]["kind"]
    fact = Fact(Holds.RULES if kind == "account" else Holds.CONTROLS, edge.target)
    what = technique.title[0].lower() + technique.title[1:]
    says = f"{label(estate, edge.source)} may {what}: {to}"
    premise = (Fact(Holds.CONTROLS, edge.source),)
    yield _derivable(technique.id, premise, fact, says, edge)


def _administer(estate: Estate, edge: Edge) -> Iterator[Derivable]:
    says = f"{label(estate, edge.source)} may do anything in {label(estate, edge.target)}"
    premise = (Fact(Holds.CONTROLS, edge.source),)
    yield _derivable("administer-account", premise, Fact(Holds.RULES, edge.target), says, edge)


def _read(estate: Estate, edge: Edge) -> Iterator[Derivable]:
    store = estate.index.by_id[edge.target]
    if edge.source == INTERNET:
        place = edge.allows if isinstance(edge.allows, str) else INTERNET
        says = f"{_from(estate, place)} reads {store.name}, which asks nobody who they are"
        here = (Fact(Holds.AT, place),)
        yield _derivable("read-public-store", here, _has_read(store), says, edge)
        return
    premise = (*_behind(edge), Fact(Holds.CONTROLS, edge.source))
    who = label(estate, edge.source)
    if _rules(estate, edge.source) or _public(estate, edge.target):
        return
    if not (isinstance(store, Secret) and store.opens):
        yield _derivable("read-store", premise, _has_read(store), f"{who} reads {store.name}", edge)
        return
    for holds in estate.edges(Relation.HOLDS_CREDENTIALS_OF):
        if holds.source == store.id:
            to = label(estate, holds.target)
            says = f"{who} reads the secret {store.name}, which opens {to}"
            fact = _opened(estate, holds.target)
            yield _derivable("read-secret", premise, fact, says, edge, holds)


def _has_read(store: Node) -> Fact:
    return Fact(Holds.READS, store.id)


def _behind(edge: Edge) -> tuple[Fact, ...]:
    """Where the reader has to be, when the store asks that."""
    return (Fact(Holds.AT, edge.allows),) if isinstance(edge.allows, str) else ()


def _public(estate: Estate, store: str) -> bool:
    """What anyone reads needs no principal; a path by each would say the same many times."""
    return any(
        data["answer"].certain and data["allows"] is None
        for _, target, data in estate.graph.out_edges(INTERNET, data=True)
        if target == store and data["relation"] == Relation.READS
    )


def _rules(estate: Estate, principal: str) -> bool:
    """Administrators read everything; a path to each thing would say the same many times."""
    return any(
        data["relation"] == Relation.ADMINISTERS and data["answer"].certain
        for _, _, data in estate.graph.out_edges(principal, data=True)
    )


def _from(estate: Estate, source: str) -> str:
    if source == INTERNET:
        return "Anyone on the internet"
    if source.startswith("site:"):
        return f"Someone on the {label(estate, source)} LAN"
    return label(estate, source)


def _on(edge: Edge) -> str:
    return f" on {services_text(edge.allows)}" if isinstance(edge.allows, PacketSet) else ""


def _derivable(
    technique: str, premises: tuple[Fact, ...], conclusion: Fact, says: str, *edges: Edge
) -> Derivable:
    answer = edges[0].answer
    for edge in edges[1:]:
        answer = answer & edge.answer
    proof = partial(_evidence, edges)
    return Derivable(catalogue()[technique], premises, conclusion, says, answer, proof)


def _evidence(edges: tuple[Edge, ...]) -> Evidence:
    return tuple(step for edge in edges for step in edge.evidence())


_APPLY = {
    Relation.MAY_CONNECT: _connect,
    Relation.RUNS_AS: _run_as,
    Relation.HOLDS_CREDENTIALS_OF: _open,
    Relation.MAY_ASSUME: _assume,
    Relation.MAY_CALL: _call,
    Relation.ADMINISTERS: _administer,
    Relation.READS: _read,
}
