"""What a network load balancer hands on: a connection to it is made with a target, or with nobody.

Other balancers answer by themselves. A node of a network balancer stands in one zone, and with
cross-zone balancing off it hands on to targets in that zone alone. Where it keeps the client's
address, the filters of the target see the client, and no target can be its own client.
https://docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from graphs.addresses import Prefix
from graphs.network.boxes import Span
from graphs.network.filters import join, unread
from graphs.network.flows import Flows, Leg
from graphs.network.packets import NOTHING, TCP, UDP, PacketSet, asked, packets
from graphs.network.paths import Crossing, Path, same, translated
from graphs.network.zones import Seat, Zone, Zones
from graphs.nodes import Balancer, Instance, Listener, Service, Subnet, Target
from graphs.unknown import Answer, Bounds, Cause, Unknown, exactly

KIND = "network"


@dataclass(frozen=True, slots=True)
class Handing:
    """How a node of a balancer hands packets on to one address of a target: from whom, by which
    legs, and whether it does at all from where it stands."""

    listener: Listener
    target: Target
    seat: Seat
    sender: Zone
    legs: tuple[Leg, ...]
    near: Answer


@dataclass(frozen=True, slots=True)
class Balancing:
    """The network balancers of an estate, over its flows."""

    flows: Flows
    zones: Zones

    def handed_on(self, balancer: Balancer, client: Seat, node: Seat) -> Bounds[PacketSet]:
        """The packets from a client to a node of a balancer that some target answers."""
        if isinstance(balancer.kind, str) and balancer.kind != KIND:
            return exactly(packets(client.zone.ranges, node.zone.ranges))
        found = join(
            self._to(balancer, listener, target, client, node)
            for listener in balancer.listeners
            for target in listener.targets
        )
        if isinstance(balancer.kind, Unknown):
            whole = packets(client.zone.ranges, node.zone.ranges)
            return Bounds(found.certain, whole, found.because | {balancer.kind})
        return found

    def _to(
        self, balancer: Balancer, listener: Listener, target: Target, client: Seat, node: Seat
    ) -> Bounds[PacketSet]:
        service = self.flows.nodes.get(target.service, Service)
        ends = target.service, target.port, listener.port
        hidden = [each for each in ends if isinstance(each, Unknown)]
        if hidden or service is None:
            port = (0, 65535) if isinstance(listener.port, Unknown) else (listener.port,) * 2
            because = frozenset(hidden or [unread(target.service)])
            return Bounds(NOTHING, _between(client.zone.ranges, node.zone, port), because)
        return join(
            self._over(balancer, listener, target, client, node, seat)
            for seat in self._registered(service)
            if seat.zone.family == node.zone.family
        )

    def _registered(self, service: Service) -> Iterator[Seat]:
        """Where targets are taken: of an instance that is its first interface."""
        for seat in self.zones.seats(service.id):
            if not isinstance(service, Instance) or seat.interface is service.interfaces[0]:
                yield seat

    def _over(
        self,
        balancer: Balancer,
        listener: Listener,
        target: Target,
        client: Seat,
        node: Seat,
        seat: Seat,
    ) -> Bounds[PacketSet]:
        near = self._near(balancer, node, seat)
        found = []
        own = client.interface is not None and client.interface is seat.interface
        if (near & target.keeps_client).possible and not own:
            inner = self._from_client(client, node, seat)
            passed = _fronted(inner, listener, target, node, None)
            found.append(_given(passed, near & target.keeps_client))
        if (near & ~target.keeps_client).possible:
            inner = self.flows.flow(node.zone, seat.zone).packets
            passed = _fronted(inner, listener, target, node, client.zone.ranges)
            found.append(_given(passed, near & ~target.keeps_client))
        return join(found)

    def _near(self, balancer: Balancer, node: Seat, seat: Seat) -> Answer:
        """Whether a node hands on to where a target is."""
        subnets = [self.flows.nodes.get(each.zone.place, Subnet) for each in (node, seat)]
        zones = [subnet.zone if subnet else unread("") for subnet in subnets]
        return balancer.cross_zone | same(zones[0], zones[1])

    def handings(self, balancer: Balancer, client: Seat, node: Seat) -> Iterator[Handing]:
        """Every way in which a node may hand on what a client sends."""
        for listener in balancer.listeners:
            for target in listener.targets:
                service = self.flows.nodes.get(target.service, Service)
                for seat in self._registered(service) if service else ():
                    if seat.zone.family != node.zone.family:
                        continue
                    sender, legs = node.zone, self.flows.legs(node.zone, seat.zone)
                    if target.keeps_client.certain:
                        sender, legs = self._as_client(client, node, seat)
                    near = self._near(balancer, node, seat)
                    yield Handing(listener, target, seat, sender, legs, near)

    def _from_client(self, client: Seat, node: Seat, seat: Seat) -> Bounds[PacketSet]:
        """From the node's subnet to the target with the client's address, and back by the node."""
        hidden = [x for x in (node.zone.place, seat.zone.place) if isinstance(x, Unknown)]
        if hidden:
            whole = packets(client.zone.ranges, seat.zone.ranges)
            return Bounds(NOTHING, whole, frozenset(hidden))
        sender, legs = self._as_client(client, node, seat)
        return join(self.flows.over(leg, sender, seat.zone).packets for leg in legs)

    @staticmethod
    def _as_client(client: Seat, node: Seat, seat: Seat) -> tuple[Zone, tuple[Leg, ...]]:
        """The client as if it stood in the node's subnet, and its ways to a target."""
        home, goal = str(node.zone.place), str(seat.zone.place)
        there: tuple[Crossing, ...] = ()
        back: tuple[Crossing, ...] = ()
        if home != goal:
            there = Crossing(home, inward=False), Crossing(goal, inward=True)
            back = Crossing(goal, inward=False), Crossing(home, inward=True)
        sender = replace(client.zone, place=home, groups=node.zone.groups, filtered=False)
        legs = (_leg(span, sender, seat.zone, there, back) for span in seat.zone.ranges)
        return sender, tuple(legs)


def _leg(
    span: Prefix, sender: Zone, goal: Zone, there: tuple[Crossing, ...], back: tuple[Crossing, ...]
) -> Leg:
    forward = Path(span, sender.place, crossings=there)
    return Leg(forward, tuple(Path(r, goal.place, crossings=back) for r in sender.ranges))


def _fronted(
    inner: Bounds[PacketSet],
    listener: Listener,
    target: Target,
    node: Seat,
    sources: tuple[Prefix, ...] | None,
) -> Bounds[PacketSet]:
    """What a client sends for packets to come to the target; `sources` where it is any client's."""
    return Bounds(
        _as_sent(inner.certain, listener, target, node, sources),
        _as_sent(inner.possible, listener, target, node, sources),
        inner.because,
    )


def _as_sent(
    inner: PacketSet,
    listener: Listener,
    target: Target,
    node: Seat,
    sources: tuple[Prefix, ...] | None,
) -> PacketSet:
    sent = NOTHING
    if isinstance(listener.port, Unknown) or isinstance(target.port, Unknown):
        return sent
    for protocol in (TCP, UDP):
        arriving = inner & asked(protocol, target.port)
        if arriving:
            port = listener.port, listener.port
            senders = arriving.sources() if sources is None else sources
            sent |= packets(senders, node.zone.ranges, (protocol, protocol), port)
    return sent


def _between(sources: tuple[Prefix, ...], goal: Zone, ports: Span) -> PacketSet:
    return packets(sources, goal.ranges, (TCP, TCP), ports) | packets(
        sources, goal.ranges, (UDP, UDP), ports
    )


def _given(passed: Bounds[PacketSet], condition: Answer) -> Bounds[PacketSet]:
    """The packets as far as the condition holds."""
    if condition.certain:
        return passed
    return Bounds(NOTHING, passed.possible, passed.because | condition.because)


def masked(flows: Flows, end: Balancer, source: Seat, goal: Seat) -> frozenset[Unknown]:
    """Why it is not known whom a balancer that keeps its clients' addresses hands on to: it sees
    that of a NAT gateway."""
    legs = flows.legs(source.zone, goal.zone)
    if end.kind != KIND or not any(translated(leg.forward) for leg in legs):
        return frozenset()
    what = f"whom {end.name} hands on to what a NAT gateway sends"
    return frozenset({Unknown(Cause.MODEL, what)})
