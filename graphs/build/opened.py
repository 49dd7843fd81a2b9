"""Draws who opens a security group, and so comes from the internet to what holds it.

Only where the group alone is in the way: a private address, a route or an ACL still counts, and
what the internet reaches already is not drawn again.
"""

from dataclasses import replace
from functools import partial

from graphs.addresses import ANY4, ANY6
from graphs.build.callers import Caller
from graphs.build.structure import RUNNERS, Drawing, Proved
from graphs.evidence import Evidence, Step
from graphs.identity.evaluate import Permission
from graphs.identity.techniques import Technique, ways
from graphs.network.exposure import open_to_anybody
from graphs.network.reach import INTERNET, Network
from graphs.nodes import Database, GroupRule, SecurityGroup, Service, Workload
from graphs.unknown import Answer

Found = tuple[tuple[Service, Answer, Proved], ...]
SERVICE, DATABASE = "service", "database"


class Opened:
    """What the internet gets to once a group is open, found once for all who may open it."""

    def __init__(self, drawing: Drawing) -> None:
        """Nothing is asked yet."""
        self._drawing = drawing
        self._behind: dict[str, Found] = {}

    def draw(self, caller: Caller, technique: Technique) -> None:
        """The edges to what a caller lets itself in to."""
        kind = DATABASE if ways(technique.admit, DATABASE) else SERVICE
        found = ways(technique.admit, kind)
        if not any(caller.able.issuperset(way) for way in found):
            return
        for group in self._drawing.index.of(SecurityGroup):
            allowed = caller.best(found, group)
            for service, answer, proved in self.behind(group) if allowed.answer.possible else ():
                if isinstance(service, Database) == (kind == DATABASE):
                    needed = (allowed, Permission("", answer))
                    caller.draw(service.id, technique.id, needed, also=group.id, then=proved)

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
        after = network.after(_opened(group))
        reached = ((s, open_to_anybody(after.reach(INTERNET, s.id))) for s in kept)
        return tuple(
            (service, answer, partial(_proof, group, after, service))
            for service, answer in reached
            if answer.possible
        )


def _holds(service: Service, group: SecurityGroup) -> bool:
    """Whether it has a group, and listens or runs what is worth getting to."""
    asks = service.signed_in if isinstance(service, Workload) else False
    kind = isinstance(service, (*RUNNERS, Database)) and not asks
    return kind and any(
        group.id in interface.groups and interface.public.possible
        for interface in service.interfaces
    )


def _open(network: Network, service: Service) -> bool:
    return open_to_anybody(network.reach(INTERNET, service.id)).certain


def _opened(group: SecurityGroup) -> SecurityGroup:
    proof = group.proof("ingress")
    added = GroupRule(protocol=-1, ports=(0, 65535), prefixes=(ANY4, ANY6), groups=(), proof=proof)
    return replace(group, ingress=(*group.ingress, added))


def _proof(group: SecurityGroup, after: Network, service: Service) -> Evidence:
    claim = f"Once the security group {group.name} lets everybody in:"
    return (Step(claim, group.proof()), *after.trace(INTERNET, service.id))
