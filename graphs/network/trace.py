"""Evidence for reachability: the steps of one packet and its reply, or what stops it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from graphs.addresses import Prefix
from graphs.evidence import Evidence, Proof, Step
from graphs.network.filters import EPHEMERAL, Peer, entry_matches, numbered, unread
from graphs.network.flows import Flows, Leg
from graphs.network.packets import (
    ICMP,
    ICMPV6,
    TCP,
    UDP,
    Packet,
    PacketSet,
    packets,
    protocol_name,
    services_text,
)
from graphs.network.wan import Crossing, End, Path
from graphs.network.zones import INTERNET, Seat, Zone, Zones
from graphs.nodes import (
    Acl,
    AclEntry,
    Balancer,
    Function,
    Gateway,
    GroupRule,
    Node,
    PrefixList,
    SecurityGroup,
    Service,
    Site,
    Subnet,
    Vpc,
)
from graphs.unknown import Unknown


def trace(
    flows: Flows, zones: Zones, source: str, destination: str, question: PacketSet
) -> Evidence:
    """The steps of one packet of the question that gets there; a certain one if there is any."""
    best: tuple[Seat, Seat, Leg, Packet] | None = None
    for start, goal in _pairs(zones, source, destination):
        for leg in flows.legs(start.zone, goal.zone):
            certain, possible = _witnesses(flows, leg, start, goal, question)
            if certain is not None:
                return _told(flows, source, destination, start, goal, leg, certain)
            if possible is not None and best is None:
                best = start, goal, leg, possible
    if best is None:
        return ()
    return _told(flows, source, destination, *best)


def _pairs(zones: Zones, source: str, destination: str) -> Iterator[tuple[Seat, Seat]]:
    for start in zones.seats(source):
        for goal in zones.seats(destination):
            if start.zone.family == goal.zone.family:
                yield start, goal


def _witnesses(
    flows: Flows, leg: Leg, start: Seat, goal: Seat, question: PacketSet
) -> tuple[Packet | None, Packet | None]:
    passed = flows.over(leg, start.zone, goal.zone).packets
    return tuple(  # type: ignore[return-value]
        _placed((bound & question).witness(), start, goal)
        for bound in (passed.certain, passed.possible)
    )


def _placed(packet: Packet | None, start: Seat, goal: Seat) -> Packet | None:
    if packet is None:
        return None
    return packet._replace(
        source=start.address.low if start.address else packet.source,
        destination=goal.address.low if goal.address else packet.destination,
    )


def _told(
    flows: Flows,
    source: str,
    destination: str,
    start: Seat,
    goal: Seat,
    leg: Leg,
    packet: Packet,
) -> Evidence:
    path = leg.forward
    out = path.crossings[:1] if path.crossings and not path.crossings[0].inward else ()
    steps = [
        *_standing(flows, source, start),
        *_public(flows, source, start, destination, goal, path),
        *_group_steps(flows, start.zone, goal.zone, path, packet, inward=False),
        *_acl_steps(flows, out, packet),
        *_path_steps(path),
        *_acl_steps(flows, path.crossings[len(out) :], packet),
        *_standing(flows, destination, goal),
        *_group_steps(flows, goal.zone, start.zone, path, packet, inward=True),
        *_listening(flows, destination, packet),
        *_reply_steps(flows, start, goal, leg, packet),
    ]
    return tuple(dict.fromkeys(steps))


def _standing(flows: Flows, place: str, seat: Seat) -> Iterator[Step]:
    node = flows.nodes.by_id.get(place)
    if isinstance(node, Site):
        prefixes = ", ".join(str(p) for p in node.prefixes)
        yield Step(f"Site {node.name} has {prefixes}", node.proof("prefixes"))
    elif node is not None and seat.interface is not None:
        if isinstance(seat.zone.place, Unknown):
            claim = f"{node.name} is in a subnet that is not known"
            yield Step(claim, seat.interface.proof, frozenset({seat.zone.place}))
        else:
            subnet = flows.nodes.get(seat.zone.place, Subnet)
            name = subnet.name if subnet else seat.zone.place
            yield Step(f"{node.name} is in subnet {name}", seat.interface.proof)


def _public(
    flows: Flows, source: str, start: Seat, destination: str, goal: Seat, path: Path
) -> Iterator[Step]:
    """That the end which the internet talks to has an address there."""
    if INTERNET not in (source, destination) or path.nat:
        return
    place, seat = (destination, goal) if source == INTERNET else (source, start)
    node = flows.nodes.by_id.get(place)
    if node is None or seat.interface is None:
        return
    family = "public address" if seat.zone.family == 4 else "IPv6 address"
    because = frozenset() if seat.zone.public.certain else seat.zone.public.because
    yield Step(f"{node.name} has a {family}", seat.interface.public_proof, because)


def _path_steps(path: Path, reply: bool = False) -> Iterator[Step]:
    last = len(path.steps) - 1
    for index, step in enumerate(path.steps):
        claim = f"For the reply: {step.claim}" if reply else step.claim
        assumes = path.because if index == last and not path.certain else frozenset()
        yield Step(claim, step.proof, step.assumes | assumes)
    if not path.steps and path.because:
        names = ", ".join(sorted(str(u) for u in path.because))
        claim = f"The way {'back ' if reply else ''}depends on {names}"
        yield Step(claim, None, path.because)


# Filters.


def _one(packet: Packet) -> PacketSet:
    return PacketSet((
        (
            packet.family, packet.source, packet.source, packet.destination, packet.destination,
            packet.protocol, packet.protocol, packet.port, packet.port,
        ),
    ))  # fmt: skip


def _group_steps(
    flows: Flows, own: Zone, other: Zone, path: Path, packet: Packet, inward: bool
) -> Iterator[Step]:
    """The group rule that lets the packet in or out: a certain one if there is any."""
    if not own.filtered:
        if isinstance(own.place, str) and own.groups == () and flows.nodes.get(own.place, Subnet):
            yield Step("It has no security group, so that every packet passes")
        return
    peer = Peer(frozenset(other.groups), path.groups)
    doubtful: Step | None = None
    for ref in own.groups:
        group = flows.nodes.get(ref, SecurityGroup)
        if group is None:
            lost = unread(ref)
            doubtful = doubtful or Step(f"Security group {lost.what} is not known", None,
                                        frozenset({lost}))  # fmt: skip
            continue
        for rule in group.ingress if inward else group.egress:
            allowed = flows.filters.rule(rule, inward, peer)
            step = Step(_lets(flows, group, rule, inward), rule.proof)
            if packet in allowed.certain:
                yield step
                return
            if packet in allowed.possible:
                doubtful = doubtful or replace(step, assumes=allowed.because)
        if group.unread:
            claim = f"Security group {group.name} may have rules that were not read"
            doubtful = doubtful or Step(claim, group.proof(), frozenset(group.unread))
    if doubtful is not None:
        yield doubtful


def _lets(flows: Flows, group: SecurityGroup, rule: GroupRule, inward: bool) -> str:
    peers = [_text(p) for p in rule.prefixes]
    for ref in rule.lists:
        found = flows.nodes.get(ref, PrefixList)
        peers.append(f"prefix list {found.name if found else _text(ref)}")
    for ref in rule.groups:
        named = flows.nodes.get(ref, SecurityGroup)
        itself = ref == group.id
        peers.append("itself" if itself else f"group {named.name if named else _text(ref)}")
    way = "in from" if inward else "out to"
    return f"Security group {group.name} lets {_service(rule)} {way} {', '.join(peers)}"


def _text(value: object) -> str:
    return value.what if isinstance(value, Unknown) else str(value)


def _service(line: GroupRule | AclEntry) -> str:
    """Protocol and ports of a filter's line: `TCP 443`."""
    protocol, ports = line.protocol, line.ports
    if protocol == -1:
        return "all traffic"
    name = _text(protocol) if isinstance(protocol, Unknown) else protocol_name(protocol).upper()
    if isinstance(ports, Unknown):
        return f"{name} {ports.what}"
    if protocol not in (TCP, UDP, ICMP, ICMPV6) or ports == (0, 65535) or ports[0] < 0:
        return f"all {name}" if protocol in (TCP, UDP, ICMP, ICMPV6) else name
    return f"{name} {ports[0]}" if ports[0] == ports[1] else f"{name} {ports[0]}-{ports[1]}"


def _acl_steps(
    flows: Flows, crossings: Iterable[Crossing], packet: Packet, reply: bool = False
) -> Iterator[Step]:
    """The ACL entry that lets the packet over each border."""
    for crossing in crossings:
        subnet = flows.nodes.get(crossing.subnet, Subnet)
        acl = flows.nodes.get(subnet.acl, Acl) if subnet else None
        way = "into" if crossing.inward else "out of"
        name = subnet.name if subnet else crossing.subnet
        what = "the reply" if reply else "it"
        if acl is None or acl.unread:
            hidden = acl.unread if acl else (unread(subnet.acl if subnet else crossing.subnet),)
            claim = f"Whether the network ACL lets {what} {way} subnet {name} is not known"
            yield Step(claim, subnet.proof() if subnet else None, frozenset(hidden))
            continue
        for entry in sorted(acl.ingress if crossing.inward else acl.egress, key=numbered):
            match = entry_matches(entry, crossing.inward)
            if packet not in match.possible or entry.allow is False:
                continue
            line = f"entry {_text(entry.number)} allows {_service(entry)}"
            far = "from" if crossing.inward else "to"
            claim = f"Network ACL {acl.name}, {line} {far} {_text(entry.prefix)}"
            yield Step(f"{claim}: it lets {what} {way} subnet {name}", entry.proof, match.because)
            break


def _listening(flows: Flows, place: str, packet: Packet) -> Iterator[Step]:
    node = flows.nodes.by_id.get(place)
    for listener in node.listeners if isinstance(node, Balancer) else ():
        if isinstance(listener.port, Unknown) or listener.port == packet.port:
            because = frozenset(
                x for x in (listener.port, listener.protocol) if isinstance(x, Unknown)
            )
            claim = f"{node.name if node else place} listens on {_text(listener.port)}"
            yield Step(claim, listener.proof, because)
            return


def _reply_steps(flows: Flows, start: Seat, goal: Seat, leg: Leg, packet: Packet) -> Iterator[Step]:
    """The way back, of the first reply path that brings some reply."""
    answered = packet._replace(source=packet.destination, destination=packet.source)
    for path in sorted(leg.replies, key=lambda p: not p.certain):
        replies = flows.replies((path,), start.zone, goal.zone).possible
        family = "4" if packet.family == 4 else "6"
        ends = [Prefix(int(family), a, a) for a in (answered.source, answered.destination)]
        ports = EPHEMERAL if packet.protocol in (TCP, UDP) else (0, 65535)
        wanted = packets(ends[:1], ends[1:], (packet.protocol, packet.protocol), ports)
        one = _around(replies, start, goal) & wanted
        reply = one.witness()
        if reply is not None:
            yield from _path_steps(path, reply=True)
            yield from _acl_steps(flows, path.crossings, reply, reply=True)
            return


def _around(replies: PacketSet, start: Seat, goal: Seat) -> PacketSet:
    return replies.moved(
        (goal.address,) if goal.address else None, (start.address,) if start.address else None
    )


# What stops a packet.


def blockers(
    flows: Flows,
    zones: Zones,
    source: str,
    destination: str,
    question: PacketSet,
    heard: PacketSet,
) -> Evidence:
    """What stops the packets of a question, by the pair of interfaces with the fewest obstacles."""
    node = flows.nodes.by_id.get(destination)
    if not heard & question:
        return tuple(_deaf(node, question))
    found: list[Evidence] = []
    for start, goal in _pairs(zones, source, destination):
        steps = tuple(dict.fromkeys(_stops(flows, start, goal, question & heard)))
        found.append(tuple(step for step in steps if step.claim))
    if not found:
        ends = [flows.nodes.by_id.get(p) for p in (source, destination)]
        return tuple(
            Step(f"{n.name} has no network interface", n.proof())
            for n in ends
            if isinstance(n, Service) and not n.interfaces
        )
    return min(found, key=lambda steps: (not steps, len(steps)))


def _deaf(node: Node | None, question: PacketSet) -> Iterator[Step]:
    if isinstance(node, Function):
        claim = f"{node.name} is a function: its interfaces are for its own connections only"
        yield Step(claim, node.proof())
    elif node is not None:
        yield Step(f"{node.name} does not listen on {services_text(question)}", node.proof())


def _stops(flows: Flows, start: Seat, goal: Seat, question: PacketSet) -> Iterator[Step]:
    source, target = start.zone, goal.zone
    asked = packets(source.ranges, target.ranges) & question
    forward = tuple(flows.arrivals(source, target)) if INTERNET not in _places(start, goal) else ()
    if source.place == INTERNET:
        yield from _closed_to_internet(flows, goal)
        forward = tuple(leg.forward for leg in flows.legs(source, target))
    elif target.place == INTERNET:
        forward = tuple(leg.forward for leg in flows.legs(source, target))
        if not forward:
            yield from _no_way_out(flows, start)
    elif not forward:
        yield from _lost(flows.walks(source, target))
    else:
        back = tuple(flows.arrivals(target, source))
        if not back:
            yield from (_as_reply(s) for s in _lost(flows.walks(target, source)))
    yield from _filtered(flows, start, goal, forward, asked)
    yield from _unanswered(flows, start, goal, question)


def _places(start: Seat, goal: Seat) -> tuple[object, object]:
    return start.zone.place, goal.zone.place


def _as_reply(step: Step) -> Step:
    return replace(step, claim=f"For the reply: {step.claim}")


def _lost(paths: Iterable[Path]) -> Iterator[Step]:
    """Where paths end instead."""
    for path in paths:
        if path.end is not End.ANYWHERE and path.steps:
            yield path.steps[-1]


def _closed_to_internet(flows: Flows, goal: Seat) -> Iterator[Step]:
    zone, interface = goal.zone, goal.interface
    if not zone.public.possible:
        proof = interface.public_proof if interface else None
        yield Step("It has no address that the internet can send to", proof)
    if isinstance(zone.vpc, Unknown) or isinstance(zone.place, Unknown):
        return
    vpc = flows.nodes.get(zone.vpc, Vpc)
    attached = [g for g in flows.nodes.of(Gateway) if g.vpc == zone.vpc and not g.egress_only]
    if not attached:
        claim = f"No internet gateway is attached to VPC {vpc.name if vpc else zone.vpc}"
        yield Step(claim, vpc.proof() if vpc else None)
    ways = flows.everywhere(zone)
    if any(p.end is End.INTERNET and not p.nat and not p.outgoing_only for p in ways):
        return
    for path in ways:
        if path.nat and path.end is End.INTERNET:
            claim = "Replies would leave by a NAT gateway, by which nothing comes in"
            yield Step(f"{claim}: {path.steps[0].claim}", path.steps[0].proof)
        elif path.end is End.NOWHERE and path.steps:
            yield _as_reply(path.steps[-1])


def _no_way_out(flows: Flows, start: Seat) -> Iterator[Step]:
    ways = flows.everywhere(start.zone)
    proof = start.interface.public_proof if start.interface else None
    if any(p.end is End.INTERNET and not p.nat for p in ways):
        yield Step("It has no public address to send from", proof)
    yield from _lost(p for p in ways if p.end is End.NOWHERE)


def _filtered(
    flows: Flows, start: Seat, goal: Seat, forward: tuple[Path, ...], asked: PacketSet
) -> Iterator[Step]:
    """The filters on the way that let none of the packets through."""
    source, target = start.zone, goal.zone
    for path in forward or (Path(target.ranges[0], source.vpc),):
        counts = path.groups
        out = flows.group_check(source, Peer(frozenset(target.groups), counts), inward=False)
        if not out.possible & asked:
            yield _closed(flows, source, asked, inward=False)
        into = flows.group_check(target, Peer(frozenset(source.groups), counts), inward=True)
        if not into.possible & asked:
            yield _closed(flows, target, asked, inward=True)
        for crossing in path.crossings:
            if not flows.acl_check(crossing).possible & asked:
                yield _denied(flows, crossing, asked, reply=False)


def _unanswered(flows: Flows, start: Seat, goal: Seat, question: PacketSet) -> Iterator[Step]:
    """The ACLs that stop every reply."""
    ends = goal.zone.ranges, start.zone.ranges
    for protocols in question.protocols():
        ports = EPHEMERAL if protocols[0] in (TCP, UDP) else (0, 65535)
        replies = packets(*ends, protocols, ports)
        for leg in flows.legs(start.zone, goal.zone):
            for path in leg.replies:
                for crossing in path.crossings:
                    if not flows.acl_check(crossing).possible & replies:
                        yield _denied(flows, crossing, replies, reply=True)


def _closed(flows: Flows, zone: Zone, asked: PacketSet, inward: bool) -> Step:
    groups = flows.nodes.many(zone.groups, SecurityGroup)
    names = ", ".join(g.name for g in groups) or "(none)"
    proof: Proof | None = groups[0].proof("ingress" if inward else "egress") if groups else None
    way = "in" if inward else "out"
    service = services_text(asked).upper().replace("ALL TRAFFIC", "any of this traffic")
    return Step(f"No rule of security group {names} lets {service} {way}", proof)


def _denied(flows: Flows, crossing: Crossing, asked: PacketSet, reply: bool) -> Step:
    """The ACL entry that denies, or that there is none that allows."""
    subnet = flows.nodes.get(crossing.subnet, Subnet)
    acl = flows.nodes.get(subnet.acl, Acl) if subnet else None
    name, proof = (acl.name, acl.proof()) if acl else (crossing.subnet, None)
    entries = (acl.ingress if crossing.inward else acl.egress) if acl else ()
    for entry in sorted(entries, key=numbered):
        if entry.allow is False and entry_matches(entry, crossing.inward).certain & asked:
            name, proof = f"{name}, entry {_text(entry.number)},", entry.proof
            break
    way = "into" if crossing.inward else "out of"
    what = "the reply" if reply else services_text(asked).upper()
    what = what.replace("ALL TRAFFIC", "this traffic")
    where = subnet.name if subnet else crossing.subnet
    return Step(f"Network ACL {name} does not let {what} {way} subnet {where}", proof)
