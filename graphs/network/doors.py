"""Doors: ports that AWS opens to the internet for a service, past every interface, route and group.

From the internet a door is there or not, for whom it admits. From inside, the way to it is the way
to the internet, with whatever address the network there is left by.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from graphs.addresses import PUBLIC4, PUBLIC6, Prefix
from graphs.evidence import Evidence, Step
from graphs.network.filters import NONE, join
from graphs.network.packets import NOTHING, TCP, PacketSet, asked, packets, services_text
from graphs.network.zones import INTERNET
from graphs.nodes import Door, Front, Service
from graphs.nodes.services import ANYWHERE
from graphs.unknown import Answer, Bounds, Cause, Unknown, exactly

if TYPE_CHECKING:
    from graphs.network.reach import Network, Reached


def with_doors(network: "Network", reached: "Reached") -> "Reached":
    """What reaches a service by its doors as well as by its interfaces."""
    node = network.zones.node(reached.destination)
    if not isinstance(node, Service) or not has_doors(node):
        return reached
    entering = join(_entering(network, reached.source, node))
    if not entering.possible:
        return reached
    by_interface = reached.why

    def why(left: PacketSet) -> frozenset[Unknown]:
        return by_interface(left) | (entering.because if left & entering.possible else frozenset())

    return replace(reached, packets=join((reached.packets, entering)), why=why)


def has_doors(node: object) -> bool:
    """Whether there is a way to a node beside its interfaces."""
    return isinstance(node, Service) and (bool(node.doors) or _behind(node) is not None)


def told(network: "Network", source: str, destination: str, question: PacketSet) -> Evidence:
    """The way in by a door, for packets of a question; empty where none of them takes one."""
    node = network.zones.node(destination)
    for door in node.doors if isinstance(node, Service) else ():
        entering = _by_door(network, source, door)
        if node is not None and (entering.possible & question):
            claim = f"AWS publishes {node.name} on {services_text(_span(door))} to the internet"
            return (*_way_out(network, source), Step(claim, door.proof, entering.because))
    return ()


def shut(node: object) -> Iterator[Step]:
    """Why a service's doors are none."""
    for door in node.doors if isinstance(node, Service) else ():
        if not door.open.possible:
            yield Step("It is not published on the internet", door.proof)


def _behind(node: Service) -> Unknown | None:
    return node.behind if isinstance(node, Front) else None


def _entering(network: "Network", source: str, node: Service) -> Iterator[Bounds[PacketSet]]:
    for door in node.doors:
        yield _by_door(network, source, door)
    why = _behind(node)
    if why is not None and not network.zones.foreign(source):
        yield Bounds(NOTHING, asked(TCP, 443), frozenset({why}))


def _by_door(network: "Network", source: str, door: Door) -> Bounds[PacketSet]:
    """The packets that a door lets in."""
    if not door.open.possible:
        return NONE
    if network.zones.foreign(source):
        return _given(_from_outside(network, source, door), door.open)
    out = network.reach(source, INTERNET).packets
    port = _span(door)
    sent = Bounds(out.certain & port, out.possible & port, out.because)
    if set(door.sources) >= set(ANYWHERE[:1]) and _everywhere(sent.certain):
        return _given(exactly(sent.certain), door.open)
    why = Unknown(Cause.MODEL, f"whether what leaves {source} gets to the address behind the door")
    return Bounds(NOTHING, sent.possible, sent.because | {why} | door.open.because)


def _from_outside(network: "Network", source: str, door: Door) -> Bounds[PacketSet]:
    """Everybody whom it admits; of a single host, only if it is among them."""
    admitted = tuple(p for p in door.sources if isinstance(p, Prefix))
    hidden = frozenset(p for p in door.sources if isinstance(p, Unknown))
    anywhere = _to(door, tuple(p for p in ANYWHERE if isinstance(p, Prefix)))
    own = tuple(s.zone.ranges[0] for s in network.zones.seats(source)) if source != INTERNET else ()
    within = _to(door, own) if own else anywhere
    certain = _to(door, admitted) & within
    return Bounds(certain, within, hidden) if hidden else exactly(certain)


def _span(door: Door) -> PacketSet:
    return packets(protocols=(door.protocol, door.protocol), ports=door.ports)


def _to(door: Door, sources: tuple[Prefix, ...]) -> PacketSet:
    """From these addresses to wherever AWS answers."""
    found = NOTHING
    for family, public in ((4, PUBLIC4), (6, PUBLIC6)):
        own = tuple(p for p in sources if p.family == family)
        if own:
            found |= packets(own, public, (door.protocol, door.protocol), door.ports)
    return found


def _everywhere(sent: PacketSet) -> bool:
    """Whether packets go to every public address."""
    goals = sent.destinations()
    return all(any(goal.covers(part) for goal in goals) for part in PUBLIC4)


def _given(entering: Bounds[PacketSet], condition: Answer) -> Bounds[PacketSet]:
    if condition.certain:
        return entering
    return Bounds(NOTHING, entering.possible, entering.because | condition.because)


def _way_out(network: "Network", source: str) -> Evidence:
    return () if network.zones.foreign(source) else network.trace(source, INTERNET, TCP, 443)
