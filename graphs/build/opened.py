"""Draws who edits the network, and so comes from the internet to what it kept apart.

By a security group that alone is in the way; else by all edits of routes, ACLs, groups and
addresses together that one principal may make. What the internet reaches is not drawn again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, partial

from graphs.build.callers import Caller
from graphs.build.network_edits import NetworkEdit, after, around, edits_of, opened
from graphs.build.own_network import OWN
from graphs.build.structure import RUNNERS, Drawing, Proved
from graphs.evidence import Evidence, Step
from graphs.identity.evaluate import Permission
from graphs.identity.techniques import Technique, ways
from graphs.network.exposure import open_to_anybody
from graphs.network.reach import INTERNET, Network
from graphs.nodes import Database, Function, Node, Role, SecurityGroup, Service, Workload
from graphs.unknown import Answer, Text

Found = tuple[tuple[Service, Answer, Proved], ...]
Allowed = tuple[tuple[NetworkEdit, Permission], ...]
SERVICE, DATABASE = "service", "database"
RULE, PEERING = "rule", "peering"


@dataclass(frozen=True, slots=True)
class Rerouted:
    """The edits that it takes to let the internet get to a service, and whether it then does."""

    names: frozenset[str]
    kinds: frozenset[str]
    answer: Answer


class Opened:
    """What the internet gets to once the network is edited, found once for all who may edit it."""

    def __init__(self, drawing: Drawing) -> None:
        """Nothing is asked yet."""
        self._drawing = drawing
        self._behind: dict[str, Found] = {}
        self._edits: dict[str, tuple[NetworkEdit, ...]] = {}
        self._rerouted: dict[object, Rerouted | None] = {}

    def draw(self, caller: Caller, technique: Technique) -> None:
        """The edges to what a caller lets itself in to."""
        if technique.reroute:
            self._reroute(caller, technique)
            return
        kind = DATABASE if ways(technique.admit, DATABASE) else SERVICE
        found = ways(technique.admit, kind)
        if not any(caller.able.issuperset(way) for way in found):
            return
        for group in self._drawing.index.of(SecurityGroup):
            allowed = caller.best(found, _now(caller, group))
            for service, answer, proved in self.behind(group) if allowed.answer.possible else ():
                if isinstance(service, Database) == (kind == DATABASE):
                    needed = (allowed, Permission("", answer))
                    caller.draw(service.id, technique.id, needed, also=group.id, then=proved)

    # ------------------------------------------------------------------------- one group alone

    def behind(self, group: SecurityGroup) -> Found:
        """The services that nothing but the group keeps from the internet."""
        if group.id not in self._behind:
            self._behind[group.id] = tuple(self._found(group))
        return self._behind[group.id]

    def _found(self, group: SecurityGroup) -> Found:
        network, index = self._drawing.network, self._drawing.index
        kept = [s for s in index.of(Service) if _holds(s, group) and not _open(network, s)]
        if not kept:
            return ()
        now = network.after(opened(group))
        reached = ((s, open_to_anybody(now.reach(INTERNET, s.id))) for s in kept)
        return tuple(
            (service, answer, partial(_proof, group, now, service))
            for service, answer in reached
            if answer.possible
        )

    # --------------------------------------------------------------------- all that one may edit

    def _reroute(self, caller: Caller, technique: Technique) -> None:
        able = {
            kind
            for kind, found in technique.reroute
            if any(caller.able.issuperset(way) for way in found)
        }
        if not able - {RULE} or (_peers(technique) and PEERING not in able):
            return
        wants = technique.id.endswith(DATABASE)
        for places in self._kept:
            for place in places if isinstance(places[0], Database) == wants else ():
                allowed = self._allowed(caller, technique, place, able)
                found = self._surest(place, allowed)
                if found is not None and _told_here(technique, found):
                    self._draw(caller, technique, place, found)

    @cached_property
    def _kept(self) -> tuple[tuple[Service, ...], ...]:
        """The services that are worth getting to and are kept from the internet, alike together."""
        network, index = self._drawing.network, self._drawing.index
        found = []
        for places in network.kinds.all:
            alike = index.many(places, Service)
            if alike and _listens(alike[0]) and not _open(network, alike[0]):
                found.append(tuple(each for each in alike if self._matters(each)))
        return tuple(each for each in found if each)

    def _matters(self, service: Service) -> bool:
        """Whether anything follows from being there: a database, keys, a secret, an open store."""
        index, network = self._drawing.index, self._drawing.network
        if isinstance(service, Database) or index.get(service.role, Role) is not None:
            return True
        if any(setting.reveals for setting in service.settings):
            return True
        unguarded = (store for store in index.of(Database) if not store.guarded.certain)
        return any(network.reach(service.id, store.id).packets.possible for store in unguarded)

    def _allowed(
        self, caller: Caller, technique: Technique, service: Service, able: set[str]
    ) -> Allowed:
        if service.id not in self._edits:
            self._edits[service.id] = edits_of(self._drawing.index, service)
        asked = (
            (each, caller.best(ways(technique.reroute, each.kind), _now(caller, each.on)))
            for each in self._edits[service.id]
            if each.kind in able
        )
        return tuple((each, allowed) for each, allowed in asked if allowed.answer.possible)

    def _surest(self, service: Service, allowed: Allowed) -> Rerouted | None:
        """By what is surely allowed, else by all that may be."""
        sure = tuple(edit for edit, permission in allowed if permission.answer.certain)
        found = self._tried(service, sure)
        if found is not None or len(sure) == len(allowed):
            return found
        return self._tried(service, tuple(edit for edit, _ in allowed))

    def _tried(self, service: Service, edits: tuple[NetworkEdit, ...]) -> Rerouted | None:
        """Asked once for all services that sit alike and hear the same."""
        seats = tuple((i.subnet, i.groups, i.public, i.addresses) for i in service.interfaces)
        heard = self._drawing.network.heard(service.id)
        listens = heard.certain.boxes, heard.possible.boxes
        key = seats, listens, frozenset(each.name for each in edits)
        if key not in self._rerouted:
            self._rerouted[key] = self._try(service, edits) if edits else None
        return self._rerouted[key]

    def _try(self, service: Service, edits: tuple[NetworkEdit, ...]) -> Rerouted | None:
        """All edits at once; then each is left out again that nothing rests on."""
        index = around(self._drawing.index, service)
        answer = _reached(Network(after(index, edits)), service)
        if not answer.possible:
            return None
        needed = edits
        for each in reversed(edits):
            fewer = tuple(edit for edit in needed if edit is not each)
            without = _reached(Network(after(index, fewer)), service)
            if without.certain or (without.possible and not answer.certain):
                needed, answer = fewer, without
        names = frozenset(each.name for each in needed)
        return Rerouted(names, frozenset(each.kind for each in needed), answer)

    def _draw(
        self, caller: Caller, technique: Technique, service: Service, found: Rerouted
    ) -> None:
        able = {kind for kind, _ in technique.reroute}
        allowed = self._allowed(caller, technique, service, able)
        needed = [permission for edit, permission in allowed if edit.name in found.names]
        needed.append(Permission("", found.answer))
        proved = partial(self._prove, service, found.names)
        also = ", ".join(sorted(found.names))
        caller.draw(service.id, technique.id, needed, also=also, then=proved)

    def _prove(self, service: Service, names: frozenset[str]) -> Evidence:
        """Each edit of those names around a service, and how one gets there afterwards."""
        edits = [each for each in self._edits[service.id] if each.name in names]
        now = Network(after(around(self._drawing.index, service), edits))
        return _traced(edits, now, service)


def _now(caller: Caller, on: "Node | Text") -> "Node | Text":
    """A thing as it is among the caller's nodes, where its tags may have been changed."""
    return caller.drawing.index.by_id.get(on.id, on) if isinstance(on, Node) else on


def _told_here(technique: Technique, found: Rerouted) -> bool:
    """Whether it takes what the technique is about; what less does is told by another."""
    return PEERING in found.kinds if _peers(technique) else bool(found.kinds - {RULE})


def _peers(technique: Technique) -> bool:
    return bool(ways(technique.reroute, PEERING))


def _reached(network: Network, service: Service) -> Answer:
    """Whether anybody gets there: from the internet, or from a network of the attacker's own."""
    outside = open_to_anybody(network.reach(INTERNET, service.id))
    if OWN not in network.nodes.by_id:
        return outside
    return outside | network.reach(OWN, service.id).answer()


def _listens(service: Service) -> bool:
    """Whether it runs or keeps what is worth getting to, and nobody is asked for a name first."""
    if isinstance(service, Function) or (isinstance(service, Workload) and service.signed_in):
        return False
    return isinstance(service, (*RUNNERS, Database)) and bool(service.interfaces)


def _holds(service: Service, group: SecurityGroup) -> bool:
    """Whether it has a group, and listens or runs what is worth getting to."""
    return _listens(service) and any(
        group.id in interface.groups and interface.public.possible
        for interface in service.interfaces
    )


def _open(network: Network, service: Service) -> bool:
    return _reached(network, service).certain


def _proof(group: SecurityGroup, now: Network, service: Service) -> Evidence:
    claim = f"Once the security group {group.name} lets everybody in:"
    return (Step(claim, group.proof()), *now.trace(INTERNET, service.id))


def _traced(edits: Iterable[NetworkEdit], now: Network, service: Service) -> Evidence:
    steps = []
    for each in edits:
        proof = each.on.proof() if isinstance(each.on, Node) else None
        steps.append(Step(f"Somebody first {each.says}", proof))
    own = OWN in now.nodes.by_id and now.reach(OWN, service.id).answer().possible
    return (*steps, *now.trace(OWN if own else INTERNET, service.id))
