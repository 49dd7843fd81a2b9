"""What calls bring that were not meant to give power: the edges that name a technique."""

from collections.abc import Iterator

from graphs.attack.facts import Derivable, Fact, Holds
from graphs.attack.steps import derivable, gained, has_read, opened
from graphs.attack.words import called, sender
from graphs.build.structure import account_id
from graphs.build.tagging import told
from graphs.estate import Edge, Estate
from graphs.identity.techniques import Technique, catalogue, ways
from graphs.network.reach import INTERNET
from graphs.nodes import Database

_USED = ("read-loosened-store", "assume-loosened-role", "rule-loosened-account")


def by_call(estate: Estate, edge: Edge) -> Iterator[Derivable]:
    """Escalations: passing a role on, rewriting a policy, a trust, a key."""
    if not isinstance(edge.allows, str) or edge.allows not in catalogue():
        return
    technique = catalogue()[edge.allows]
    kind = estate.graph.nodes[edge.target]["kind"]
    outside = edge.source == INTERNET
    placed = outside or estate.graph.nodes[edge.source]["kind"] == "service"
    premises: tuple[Fact, ...] = (Fact(Holds.AT if placed else Holds.CONTROLS, edge.source),)
    fact = Fact(Holds.RULES, edge.target) if kind == "account" else opened(estate, edge.target)
    if kind == "service" and not technique.read:
        fact = Fact(Holds.AT, edge.target)
    what = technique.title[0].lower() + technique.title[1:]
    who, whom = called(estate, edge.source), called(estate, edge.target)
    if technique.empowering:
        premises += (Fact(Holds.CONTROLS, edge.target),)
        fact = Fact(Holds.RULES, account_id(estate.index.by_id[edge.target]))
    says = f"{sender(estate, edge.source)} may {what}: {whom}"
    if technique.admit or technique.reroute:
        yield _admitted(estate, edge, technique)
        return
    if technique.hand:
        return  # it counts with the key, where one logs in
    if technique.loosens:
        yield _changed(estate, edge, technique)
        return
    if technique.id in _USED:
        yield from _used(estate, edge, technique.id, premises)
        return
    widened = kind == "data" and bool(technique.own or technique.held or technique.group)
    if widened or (technique.guards and not technique.reset):
        mend = f"take what changes the guards of the {whom} from the {who}"
        yield from gained(estate, edge, technique.id, premises, says, mend)
        return
    action = "iam:PassRole on" if technique.service else "the power over"
    mend = f"take {action} the {whom} from the {who}"
    if technique.supply:
        mend = f"let nobody write what the {whom} runs who need not, or pin it by what is in it"
    elif placed and not outside:
        mend = f"keep the {who} apart from the {whom}"
    elif outside:
        mend = f"have what strangers propose approved before it runs as the {whom}"
    yield derivable(technique.id, premises, fact, says, mend, edge)


def _changed(estate: Estate, edge: Edge, technique: Technique) -> Derivable:
    """Somebody changes what holds somebody back."""
    who, whom = called(estate, edge.source), called(estate, edge.target)
    says = f"{sender(estate, edge.source)} {told(edge.gives)} the {whom}"
    mend = f"take what changes {edge.gives} of the {whom} from the {who}"
    fact = Fact(Holds.CHANGED, edge.target, edge.gives)
    return derivable(technique.id, (Fact(Holds.CONTROLS, edge.source),), fact, says, mend, edge)


def _used(
    estate: Estate, edge: Edge, technique: str, premises: tuple[Fact, ...]
) -> Iterator[Derivable]:
    """What somebody does once that is changed, with the premise of it left to `applied`."""
    who, whom = sender(estate, edge.source), called(estate, edge.target)
    mend = f"take what gives it the {whom} from the {called(estate, edge.source)}"
    if technique == "read-loosened-store":
        says = f"{who} then reads the {whom}"
        yield from gained(estate, edge, technique, premises, says, mend)
        return
    kind = estate.graph.nodes[edge.target]["kind"]
    fact = Fact(Holds.RULES if kind == "account" else Holds.CONTROLS, edge.target)
    does = f"may then do anything in {whom}" if kind == "account" else f"then assumes the {whom}"
    yield derivable(technique, premises, fact, f"{who} {does}", mend, edge)


def _admitted(estate: Estate, edge: Edge, technique: Technique) -> Derivable:
    """Whoever opens a group or the network to the internet comes from there."""
    target = estate.index.by_id[edge.target]
    who, whom = called(estate, edge.source), called(estate, target.id)
    says = f"{sender(estate, edge.source)} opens a security group of the {whom} to the internet"
    mend = f"take opening the groups of the {whom} from the {who}"
    if technique.reroute:
        whence = "a network of their own" if ways(technique.reroute, "peering") else "the internet"
        says = f"{sender(estate, edge.source)} edits the network around the {whom} until {whence} "
        says += "reaches it"
        mend = f"take editing the network around the {whom} from the {who}"
    premises: tuple[Fact, ...] = (Fact(Holds.CONTROLS, edge.source),)
    if isinstance(target, Database):
        premises += (Fact(Holds.OPENS, target.id),)
        says += " and logs in with its password"
        return derivable(technique.id, premises, has_read(target), says, mend, edge)
    says += " and exploits what listens there"
    return derivable(technique.id, premises, Fact(Holds.AT, target.id), says, mend, edge)
