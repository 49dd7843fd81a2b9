"""Evidence for reachability: one packet and its reply, step by step."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from graphs.addresses import Prefix
from graphs.evidence import Evidence, Step
from graphs.network.claims import entry_claim, rule_claim, text_of
from graphs.network.filters import Peer, entry_matches, meet, numbered, unread
from graphs.network.flows import Flows, Leg
from graphs.network.packets import PORTS, TCP, UDP, Packet, PacketSet, packets
from graphs.network.paths import Crossing, Path, translated
from graphs.network.replies import EPHEMERAL
from graphs.network.translating import near, zone_of
from graphs.network.zones import INTERNET, Seat, Zone, Zones
from graphs.nodes import (
    Acl,
    AclEntry,
    Balancer,
    NatGateway,
    NodeIndex,
    SecurityGroup,
    Site,
    Subnet,
)
from graphs.unknown import Bounds, Unknown

Answering = Callable[[Seat, Seat], Bounds[PacketSet]]
"""The packets from one seat to another that somebody there, or behind it, answers."""


def trace(
    flows: Flows,
    zones: Zones,
    source: str,
    destination: str,
    question: PacketSet,
    answering: Answering,
) -> Evidence:
    """The steps of one packet of the question that gets there; a certain one if there is any."""
    doubtful: tuple[Journey, Packet] | None = None
    for start, goal in pairs(zones, source, destination):
        for leg in flows.legs(start.zone, goal.zone):
            journey = Journey(flows, zones, source, destination, start, goal, leg)
            passed = flows.over(leg, start.zone, goal.zone).packets
            if passed.possible:
                passed = meet(passed, answering(start, goal))
            if certain := (passed.certain & question).witness():
                return journey.told(journey.placed(certain))
            if doubtful is None and (possible := (passed.possible & question).witness()):
                doubtful = journey, journey.placed(possible)
    return doubtful[0].told(doubtful[1]) if doubtful else ()


def pairs(zones: Zones, source: str, destination: str) -> Iterator[tuple[Seat, Seat]]:
    """The seats of two places that speak one family."""
    for start in zones.seats(source):
        for goal in zones.seats(destination):
            if start.zone.family == goal.zone.family:
                yield start, goal


@dataclass(frozen=True, slots=True)
class Journey:
    """One leg between two seats, to be told."""

    flows: Flows
    zones: Zones
    source: str
    destination: str
    start: Seat
    goal: Seat
    leg: Leg

    @property
    def _nodes(self) -> NodeIndex:
        return self.flows.nodes

    def placed(self, packet: Packet) -> Packet:
        """The packet with the fixed addresses of its ends."""
        start, goal = self.start.address, self.goal.address
        return packet._replace(
            source=start.low if start else packet.source,
            destination=goal.low if goal else packet.destination,
        )

    def told(self, packet: Packet) -> Evidence:
        """Every step of the packet and its reply."""
        path = self.leg.forward
        if translated(path):
            return self._relayed(packet)
        out = path.crossings[:1] if path.crossings and not path.crossings[0].inward else ()
        steps = [
            *self._standing(self.source, self.start),
            *self._public(),
            *self._group_step(self.start.zone, self.goal.zone, packet, inward=False),
            *self._acl_steps(out, packet),
            *_path_steps(path),
            *self._acl_steps(path.crossings[len(out) :], packet),
            *self._standing(self.destination, self.goal),
            *self._group_step(self.goal.zone, self.start.zone, packet, inward=True),
            *self._listening(packet),
            *self._reply(packet),
        ]
        return tuple(dict.fromkeys(steps))

    def _relayed(self, packet: Packet) -> Evidence:
        """To a NAT gateway, on with its address, and the reply back to it and to the sender."""
        path, nodes = near(self.leg.forward), self._nodes
        nat, zone = nodes.get(self.leg.forward.nat, NatGateway), None
        if nat is not None:
            zone = zone_of(nodes, nat.id)
        if nat is None or zone is None:
            return ()
        onward = packet._replace(source=zone.ranges[0].low)
        known = zone.ranges[0].first if nat.addresses else "its own address"
        claim = f"NAT gateway {nat.name} sends it on with {known}"
        steps = [
            *self._standing(self.source, self.start),
            *self._group_step(self.start.zone, self.goal.zone, packet, inward=False),
            *_path_steps(path),
            *self._acl_steps(path.crossings, packet),
            Step(claim, nat.proof()),
            *self._from_nat(Seat(zone, -1), onward),
            *self._reply(packet),
        ]
        return tuple(dict.fromkeys(steps))

    def _from_nat(self, start: Seat, packet: Packet) -> Evidence:
        for leg in self.flows.legs(start.zone, self.goal.zone):
            if self.flows.over(leg, start.zone, self.goal.zone).packets.possible:
                onward = replace(self, source="", start=start, leg=leg)
                return onward.told(packet)
        return ()

    def _standing(self, place: str, seat: Seat) -> Iterator[Step]:
        node = self.zones.node(place)
        if isinstance(node, Site):
            ranges = ", ".join(str(p) for p in node.prefixes)
            people = f" ({node.people})" if node.people else ""
            yield Step(f"Site {node.name}{people} has {ranges}", node.proof("prefixes"))
        elif node is not None and seat.interface is not None:
            if isinstance(seat.zone.place, Unknown):
                claim = f"{node.name} is in a subnet that is not known"
                yield Step(claim, seat.interface.proof, frozenset({seat.zone.place}))
            else:
                claim = f"{node.name} is in subnet {_subnet_name(self._nodes, seat.zone.place)}"
                yield Step(claim, seat.interface.proof)

    def _public(self) -> Iterator[Step]:
        """That the end which the internet talks to has an address there."""
        inbound = self.start.zone.place == INTERNET
        ends = self.start.zone.place, self.goal.zone.place
        if self.leg.forward.nat or INTERNET not in ends:
            return
        seat = self.goal if inbound else self.start
        node = self.zones.node(self.destination if inbound else self.source)
        if node is None or seat.interface is None:
            return
        kind = "a public address" if seat.zone.family == 4 else "an IPv6 address"
        public = seat.zone.public
        because = frozenset[Unknown]() if public.certain else public.because
        yield Step(f"{node.name} has {kind}", seat.interface.public_proof, because)

    def _group_step(self, own: Zone, other: Zone, packet: Packet, inward: bool) -> Iterator[Step]:
        """The group rule that lets the packet in or out: a certain one if there is any."""
        if not own.filtered:
            if isinstance(own.place, Unknown) or self._nodes.get(own.place, Subnet):
                yield Step("It has no security group, so that every packet passes")
            return
        peer = other.peer(self.leg.forward.groups)
        doubtful: Step | None = None
        for step in self._group_steps(own, peer, packet, inward):
            if not step.assumes:
                yield step
                return
            doubtful = doubtful or step
        if doubtful is not None:
            yield doubtful

    def _group_steps(self, own: Zone, peer: Peer, packet: Packet, inward: bool) -> Iterator[Step]:
        for ref in own.groups:
            group = self._nodes.get(ref, SecurityGroup)
            if group is None:
                lost = unread(ref)
                yield Step(f"Security group {lost.what} is not known", None, frozenset({lost}))
                continue
            for rule in group.ingress if inward else group.egress:
                allowed = self.flows.filters.rule(rule, inward, peer)
                if packet in allowed.possible:
                    assumes = frozenset() if packet in allowed.certain else allowed.because
                    yield Step(rule_claim(self._nodes, group, rule, inward), rule.proof, assumes)
            if group.unread:
                claim = f"Security group {group.name} may have rules that were not read"
                yield Step(claim, group.proof(), frozenset(group.unread))

    def _acl_steps(
        self, crossings: Iterable[Crossing], packet: Packet, reply: bool = False
    ) -> Iterator[Step]:
        """The ACL entry that lets the packet over each border."""
        for crossing in crossings:
            subnet = self._nodes.get(crossing.subnet, Subnet)
            acl = self._nodes.get(subnet.acl, Acl) if subnet else None
            what = "the reply" if reply else "it"
            way = f"{what} {'into' if crossing.inward else 'out of'} subnet"
            where = f"{way} {_subnet_name(self._nodes, crossing.subnet)}"
            if acl is None or acl.unread:
                hidden = acl.unread if acl else (unread(subnet.acl if subnet else crossing.subnet),)
                claim = f"Whether the network ACL lets {where} is not known"
                yield Step(claim, subnet.proof() if subnet else None, frozenset(hidden))
            elif entry := _opener(acl, crossing.inward, packet):
                match = entry_matches(entry, crossing.inward)
                claim = f"{entry_claim(acl.name, entry, crossing.inward)}: it lets {where}"
                yield Step(claim, entry.proof, match.because)

    def _listening(self, packet: Packet) -> Iterator[Step]:
        node = self.zones.node(self.destination)
        for listener in node.listeners if isinstance(node, Balancer) else ():
            if isinstance(listener.port, Unknown) or listener.port == packet.port:
                because = {x for x in (listener.port, listener.protocol) if isinstance(x, Unknown)}
                claim = f"{node.name if node else ''} listens on {text_of(listener.port)}"
                yield Step(claim, listener.proof, frozenset(because))
                return

    def _reply(self, packet: Packet) -> Iterator[Step]:
        """The way back, by the first path that brings some reply."""
        start, goal = self.start, self.goal
        ends = [Prefix(packet.family, x, x) for x in (packet.destination, packet.source)]
        ports = EPHEMERAL if packet.protocol in (TCP, UDP) else PORTS
        wanted = packets(ends[:1], ends[1:], (packet.protocol, packet.protocol), ports)
        for path in sorted(self.leg.replies, key=lambda p: not p.certain):
            replies = self.flows.replies((path,), start.zone, goal.zone).possible.moved(
                (goal.address,) if goal.address else None,
                (start.address,) if start.address else None,
            )
            reply = (replies & wanted).witness()
            if reply is not None:
                yield from _path_steps(path, reply=True)
                yield from self._acl_steps(path.crossings, reply, reply=True)
                return


def _subnet_name(nodes: NodeIndex, ref: str) -> str:
    subnet = nodes.get(ref, Subnet)
    return subnet.name if subnet else ref


def _opener(acl: Acl, inward: bool, packet: Packet) -> AclEntry | None:
    """The entry of an ACL that lets a packet pass."""
    for entry in sorted(acl.ingress if inward else acl.egress, key=numbered):
        if entry.allow is not False and packet in entry_matches(entry, inward).possible:
            return entry
    return None


def _path_steps(path: Path, reply: bool = False) -> Iterator[Step]:
    """What routing does on a path; the last step carries what it assumes."""
    steps = [replace(s, claim=f"For the reply: {s.claim}") if reply else s for s in path.steps]
    if path.because and not path.certain and steps:
        steps[-1] = replace(steps[-1], assumes=steps[-1].assumes | path.because)
    elif path.because and not path.certain:
        names = ", ".join(sorted(str(u) for u in path.because))
        steps.append(Step(f"The way {'back ' if reply else ''}depends on {names}", None,
                          path.because))  # fmt: skip
    yield from steps
