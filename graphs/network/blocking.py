"""Evidence against reachability: what stops every packet of a question, or every reply, and what
would open it.
"""

from collections.abc import Iterator
from dataclasses import replace

from graphs.evidence import Step
from graphs.network import opening
from graphs.network.attempt import Attempt
from graphs.network.balancing import KIND, Balancing, Handing
from graphs.network.doors import shut
from graphs.network.flows import Flows
from graphs.network.holders import HOST
from graphs.network.opening import Stop
from graphs.network.packets import TCP, UDP, PacketSet, asked, services_text
from graphs.network.paths import translated
from graphs.network.routes import overlap
from graphs.network.trace import pairs
from graphs.network.translating import CARRIED, near, zone_of
from graphs.network.zones import Seat, Zones
from graphs.nodes import Balancer, ClientVpn, Function, NatGateway, Node, Service
from graphs.unknown import Unknown


def stops(
    flows: Flows, zones: Zones, ends: tuple[str, str], question: PacketSet, heard: PacketSet
) -> tuple[Stop, ...]:
    """What stops the packets of a question, by the pair of interfaces with the fewest obstacles."""
    if not heard & question:
        return tuple(_deaf(zones.node(ends[1]), ends[1], question, heard))
    wanted = question & heard
    found = [
        tuple(dict.fromkeys(_between(flows, zones, ends[1], start, goal, wanted)))
        for start, goal in pairs(zones, *ends)
        if any(box[0] == goal.zone.family for box in wanted.boxes)
    ]
    for place in ends:
        if (vacant := zones.vacant(place)) is not None and not vacant.possible:
            return (Stop(Step(f"Nothing has the address {place}")),)
    if found:
        return min(found, key=lambda each: (not each, len(each)))
    if closed := tuple(Stop(step) for step in shut(zones.node(ends[1]))):
        return closed
    places = (zones.node(place) for place in ends)
    return tuple(
        Stop(Step(f"{node.name} has no network interface", node.proof()))
        for node in places
        if isinstance(node, Service) and not node.interfaces
    )


def _deaf(node: Node | None, place: str, question: PacketSet, heard: PacketSet) -> Iterator[Stop]:
    if isinstance(node, NatGateway):
        claim = f"NAT gateway {node.name} takes no connections: only replies come in by it"
        yield Stop(Step(claim, node.proof()))
    elif isinstance(node, ClientVpn):
        yield Stop(Step(f"Nobody connects to the users of Client VPN {node.name}", node.proof()))
    elif isinstance(node, Function):
        claim = f"{node.name} is a function: its interfaces are for its own connections only"
        yield Stop(Step(claim, node.proof()))
    else:
        alone = f", but on {services_text(heard)} alone" if heard else ""
        name = node.name if node else place.removeprefix(HOST)
        claim = f"{name} does not listen on {services_text(question)}{alone}"
        yield Stop(Step(claim, node.proof() if node else None))


def _between(
    flows: Flows, zones: Zones, destination: str, start: Seat, goal: Seat, asked: PacketSet
) -> Iterator[Stop]:
    """What stops packets between two seats, or at a balancer that they reach, behind it."""
    node = zones.node(destination)
    if isinstance(node, Balancer) and node.kind == KIND:
        passed = flows.flow(start.zone, goal.zone).packets.possible
        if passed & asked:
            yield from _handed_on(Balancing(flows, zones), node, start, goal, passed & asked)
            return
    yield from _over(flows, start, goal, asked)


def _over(flows: Flows, start: Seat, goal: Seat, asked: PacketSet) -> Iterator[Stop]:
    """What stops packets on every way, or by a NAT gateway on the one before it or behind it."""
    legs = tuple(
        leg
        for leg in flows.legs(start.zone, goal.zone)
        if overlap((leg.forward.prefix,), goal.zone.ranges)
    )
    zone = next((zone_of(flows.nodes, x.forward.nat) for x in legs if translated(x.forward)), None)
    if zone is None or not all(translated(leg.forward) for leg in legs):
        yield from Attempt(flows, start, goal, asked, legs).stops()
        return
    onward = asked.moved(zone.ranges, None)
    if start.zone.place != zone.place and not flows.flow(zone, goal.zone).packets.possible & onward:
        yield from _over(flows, Seat(zone, -1), goal, onward)
        return
    bare = replace(goal, zone=replace(goal.zone, groups=(), filtered=False))
    before = tuple(replace(leg, forward=near(leg.forward)) for leg in legs)
    yield from Attempt(flows, start, bare, asked & CARRIED, before).stops()


def _handed_on(
    balancing: Balancing, balancer: Balancer, client: Seat, node: Seat, asked: PacketSet
) -> Iterator[Stop]:
    """What stops a balancer's node from handing on, by the target with the fewest obstacles."""
    ports = asked.ports(TCP) + asked.ports(UDP)
    found = [
        tuple(_to_target(balancing, balancer, client, each))
        for each in balancing.handings(balancer, client, node)
        if any(low <= _port(each) <= high for low, high in ports)
    ]
    if found:
        yield from min(found, key=lambda each: (not each, len(each)))
    else:
        claim = f"Load balancer {balancer.name} has no target to hand on to"
        yield Stop(Step(claim, balancer.proof()))


def _port(handing: Handing) -> int:
    """The port of a listener; one that is not known is none."""
    port = handing.listener.port
    return -1 if isinstance(port, Unknown) else port


def _to_target(
    balancing: Balancing, balancer: Balancer, client: Seat, handing: Handing
) -> Iterator[Stop]:
    node = balancing.zones.nodes.by_id.get(str(handing.target.service))
    name = node.name if node else ""
    same = client.interface is not None and client.interface is handing.seat.interface
    if same and handing.target.keeps_client.certain:
        claim = f"Load balancer {balancer.name} cannot lead {name} back to itself, whose address "
        yield Stop(Step(f"{claim}it keeps", handing.listener.proof))
        return
    if not handing.near.possible:
        claim = (
            f"Load balancer {balancer.name} hands on within a zone alone, and {name} is in another"
        )
        yield Stop(Step(claim, balancer.proof()), opening.across_zones(balancer))
    port = handing.target.port
    if isinstance(port, Unknown):
        return
    start = replace(client, zone=handing.sender)
    if not handing.target.keeps_client.certain:
        start = Seat(handing.sender, -1)
    yield from Attempt(
        balancing.flows, start, handing.seat, asked(None, port), handing.legs
    ).stops()
