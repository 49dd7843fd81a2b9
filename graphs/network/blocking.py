"""Evidence against reachability: what stops every packet of a question, or every reply."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from graphs.evidence import Evidence, Step
from graphs.network.claims import text_of
from graphs.network.filters import EPHEMERAL, Peer, entry_matches, numbered
from graphs.network.flows import Flows, possible_between
from graphs.network.packets import EVERYTHING, PORTS, TCP, UDP, PacketSet, packets, services_text
from graphs.network.paths import Crossing, End, Path
from graphs.network.trace import pairs
from graphs.network.zones import INTERNET, Seat, Zone, Zones
from graphs.nodes import (
    Acl,
    Function,
    Gateway,
    NatGateway,
    Node,
    SecurityGroup,
    Service,
    Subnet,
    Vpc,
)
from graphs.unknown import Unknown


def blockers(
    flows: Flows, zones: Zones, ends: tuple[str, str], question: PacketSet, heard: PacketSet
) -> Evidence:
    """What stops the packets of a question, by the pair of interfaces with the fewest obstacles."""
    if not heard & question:
        return tuple(_deaf(zones.node(ends[1]), question))
    found = [
        tuple(dict.fromkeys(Attempt(flows, start, goal, question & heard).stops()))
        for start, goal in pairs(zones, *ends)
    ]
    for place in ends:
        if (vacant := zones.vacant(place)) is not None and not vacant.possible:
            return (Step(f"Nothing has the address {place}"),)
    if found:
        return min(found, key=lambda steps: (not steps, len(steps)))
    places = (zones.node(place) for place in ends)
    return tuple(
        Step(f"{node.name} has no network interface", node.proof())
        for node in places
        if isinstance(node, Service) and not node.interfaces
    )


def _deaf(node: Node | None, question: PacketSet) -> Iterator[Step]:
    if isinstance(node, NatGateway):
        claim = f"NAT gateway {node.name} takes no connections: only replies come in by it"
        yield Step(claim, node.proof())
    elif isinstance(node, Function):
        claim = f"{node.name} is a function: its interfaces are for its own connections only"
        yield Step(claim, node.proof())
    elif node is not None:
        yield Step(f"{node.name} does not listen on {services_text(question)}", node.proof())


@dataclass(frozen=True, slots=True)
class Attempt:
    """Packets between two seats that do not get through."""

    flows: Flows
    start: Seat
    goal: Seat
    question: PacketSet

    def stops(self) -> Iterator[Step]:
        """Whatever stops all of them by itself; else the filter that takes the last of them."""
        alone = [*self._routing(), *self._filters(), *self._replies()]
        yield from alone or self._together()

    @property
    def _asked(self) -> PacketSet:
        return possible_between(self.start.zone, self.goal.zone) & self.question

    def _routing(self) -> Iterator[Step]:
        source, goal = self.start.zone, self.goal.zone
        if source.place == INTERNET:
            yield from self._closed_to_internet()
        elif goal.place == INTERNET:
            yield from self._no_way_out()
        elif not any(True for _ in self.flows.arrivals(source, goal)):
            yield from _lost(self.flows.walks(source, goal))
        elif not any(True for _ in self.flows.arrivals(goal, source)):
            yield from map(_as_reply, _lost(self.flows.walks(goal, source)))

    def _closed_to_internet(self) -> Iterator[Step]:
        zone, interface = self.goal.zone, self.goal.interface
        if not zone.public.possible:
            proof = interface.public_proof if interface else None
            yield Step("It has no address that the internet can send to", proof)
        if isinstance(zone.vpc, Unknown) or isinstance(zone.place, Unknown):
            return
        vpc = self.flows.nodes.get(zone.vpc, Vpc)
        gateways = self.flows.nodes.of(Gateway)
        if not any(g.vpc == zone.vpc and not g.egress_only for g in gateways):
            claim = f"No internet gateway is attached to VPC {vpc.name if vpc else zone.vpc}"
            yield Step(claim, vpc.proof() if vpc else None)
        ways = self.flows.everywhere(zone)
        if not any(p.end is End.INTERNET and not p.nat and not p.outgoing_only for p in ways):
            yield from _no_reply_to_internet(ways)

    def _no_way_out(self) -> Iterator[Step]:
        source = self.start.zone
        if self.flows.legs(source, self.goal.zone):
            return
        ways = self.flows.everywhere(source)
        if any(p.end is End.INTERNET and not p.nat for p in ways):
            proof = self.start.interface.public_proof if self.start.interface else None
            yield Step("It has no public address to send from", proof)
        yield from _lost(p for p in ways if p.end is End.NOWHERE)

    def _forward(self) -> tuple[Path, ...]:
        """The forward paths, or one that crosses no border, to judge the groups alone."""
        source, goal = self.start.zone, self.goal.zone
        if INTERNET in (source.place, goal.place):
            found = tuple(leg.forward for leg in self.flows.legs(source, goal))
        else:
            found = tuple(self.flows.arrivals(source, goal))
        return found or (Path(goal.ranges[0], source.vpc),)

    def _filters(self) -> Iterator[Step]:
        """The filters on the way that let none of the packets through."""
        source, goal, flows = self.start.zone, self.goal.zone, self.flows
        for path in self._forward():
            to_goal = Peer(frozenset(goal.groups), path.groups)
            to_source = Peer(frozenset(source.groups), path.groups)
            if not flows.group_check(source, to_goal, inward=False).possible & self._asked:
                yield self._closed(source, inward=False)
            if not flows.group_check(goal, to_source, inward=True).possible & self._asked:
                yield self._closed(goal, inward=True)
            for crossing in path.crossings:
                if not flows.acl_check(crossing).possible & self._asked:
                    yield self._denied(crossing, self._asked, reply=False)

    def _replies(self) -> Iterator[Step]:
        """The ACLs that stop every reply."""
        for replies in self._reply_sets():
            for leg in self.flows.legs(self.start.zone, self.goal.zone):
                for path in leg.replies:
                    for crossing in path.crossings:
                        if not self.flows.acl_check(crossing).possible & replies:
                            yield self._denied(crossing, replies, reply=True)

    def _reply_sets(self) -> Iterator[PacketSet]:
        ends = self.goal.zone.ranges, self.start.zone.ranges
        for protocols in self.question.protocols():
            ports = EPHEMERAL if protocols in ((TCP, TCP), (UDP, UDP)) else PORTS
            yield packets(*ends, protocols, ports)

    def _together(self) -> Iterator[Step]:
        """The first filter that leaves nothing of what those before it let through."""
        source, goal, flows = self.start.zone, self.goal.zone, self.flows
        for leg in flows.legs(source, goal):
            rest = flows.carried(leg.forward, source, goal).possible & self._asked
            for check in flows.forward_checks(leg.forward, source, goal, EVERYTHING):
                if rest and not rest & check.possible:
                    text = services_text(rest).upper()
                    yield Step(f"The filters on the way let no packet pass together ({text})")
                    return
                rest &= check.possible
            yield Step("No reply passes all network ACLs on the way back")
            return

    def _closed(self, zone: Zone, inward: bool) -> Step:
        groups = self.flows.nodes.many(zone.groups, SecurityGroup)
        names = ", ".join(group.name for group in groups) or "(none)"
        proof = groups[0].proof("ingress" if inward else "egress") if groups else None
        way = "in" if inward else "out"
        return Step(f"No rule of security group {names} lets {_service(self._asked)} {way}", proof)

    def _denied(self, crossing: Crossing, asked: PacketSet, reply: bool) -> Step:
        """The ACL entry that denies, or that there is none that allows."""
        subnet = self.flows.nodes.get(crossing.subnet, Subnet)
        acl = self.flows.nodes.get(subnet.acl, Acl) if subnet else None
        name, proof = (acl.name, acl.proof()) if acl else (crossing.subnet, None)
        entries = (acl.ingress if crossing.inward else acl.egress) if acl else ()
        for entry in sorted(entries, key=numbered):
            if entry.allow is False and entry_matches(entry, crossing.inward).certain & asked:
                name, proof = f"{name}, entry {text_of(entry.number)},", entry.proof
                break
        what = "the reply" if reply else _service(asked)
        way = "into" if crossing.inward else "out of"
        where = subnet.name if subnet else crossing.subnet
        return Step(f"Network ACL {name} does not let {what} {way} subnet {where}", proof)


def _service(asked: PacketSet) -> str:
    return services_text(asked).upper().replace("ALL TRAFFIC", "any of this traffic")


def _as_reply(step: Step) -> Step:
    return replace(step, claim=f"For the reply: {step.claim}")


def _lost(paths: Iterable[Path]) -> Iterator[Step]:
    """Where paths end instead."""
    for path in paths:
        if path.end is not End.ANYWHERE and path.steps:
            yield path.steps[-1]


def _no_reply_to_internet(ways: Iterable[Path]) -> Iterator[Step]:
    for path in ways:
        if path.nat and path.end is End.INTERNET:
            claim = "Replies would leave by a NAT gateway, by which nothing comes in"
            yield Step(f"{claim}: {path.steps[0].claim}", path.steps[0].proof)
        elif path.end is End.NOWHERE and path.steps:
            yield _as_reply(path.steps[-1])
