"""One attempt to get from one seat to another, and everything that stops it by itself.

Input: two seats, the packets, and the legs that routing leaves open. Output: Stops, in the order
in which packets meet them.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from graphs.evidence import Step
from graphs.network import opening
from graphs.network.boxes import Span
from graphs.network.claims import text_of
from graphs.network.filters import entry_matches, numbered
from graphs.network.flows import Flows, Leg
from graphs.network.opening import Opening, Stop
from graphs.network.packets import (
    EVERYTHING,
    ICMP,
    ICMPV6,
    PORTS,
    TCP,
    UDP,
    PacketSet,
    message,
    packets,
    services_text,
    union,
)
from graphs.network.paths import Crossing, End, Path, Screen
from graphs.network.replies import EPHEMERAL, answered
from graphs.network.rerouting import by_table, onward, to_internet
from graphs.network.routes import overlap
from graphs.network.sending import possible_between
from graphs.network.zones import INTERNET, Seat, Zone
from graphs.nodes import Acl, Firewall, Gateway, RouteTable, SecurityGroup, Service, Subnet, Vpc
from graphs.unknown import Bounds, Unknown

Check: TypeAlias = tuple[Bounds[PacketSet], Callable[[PacketSet], Stop]]
"""What a filter lets through, and how it is told that it stops some packets."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """Packets between two seats that do not get through, by any of the legs between them."""

    flows: Flows
    start: Seat
    goal: Seat
    question: PacketSet
    legs: tuple[Leg, ...]

    def stops(self) -> Iterator[Stop]:
        """Whatever stops all of them by itself; else the filter that takes the last of them."""
        alone = [*self._routing(), *self._filters(), *self._replies()]
        yield from alone or self._together()

    @property
    def _asked(self) -> PacketSet:
        return possible_between(self.start.zone, self.goal.zone) & self.question

    def _fixed(self, passing: PacketSet, *, reply: bool = False) -> PacketSet:
        """Packets with the fixed addresses of their ends in place of the atoms around them."""
        ends = [None if s.address is None else (s.address,) for s in (self.start, self.goal)]
        return passing.moved(*(ends[::-1] if reply else ends))

    # Routing.

    def _routing(self) -> Iterator[Stop]:
        source, goal = self.start.zone, self.goal.zone
        yield from self._unauthorized()
        if source.place == INTERNET:
            yield from self._closed_to_internet()
        elif goal.place == INTERNET:
            yield from self._no_way_out()
        elif self.legs:
            return
        elif not any(True for _ in self.flows.arrivals(source, goal)):
            yield from self._lost(self.flows.walks(source, goal), source, goal)
        else:
            lost = self._lost(self.flows.walks(goal, source), goal, source)
            yield from map(_as_reply, lost)

    def _unauthorized(self) -> Iterator[Stop]:
        source = self.start.zone
        led = source.sends_to
        if led is None or source.sends_doubt or overlap(self.goal.zone.ranges, led):
            return
        proof = self.start.interface.proof if self.start.interface else None
        yield Stop(Step("No route and authorization of the Client VPN lead there", proof))

    def _closed_to_internet(self) -> Iterator[Stop]:
        zone, interface = self.goal.zone, self.goal.interface
        if not zone.public.possible:
            proof = interface.public_proof if interface else None
            claim = "It has no address that the internet can send to"
            yield Stop(Step(claim, proof), self._made_public(self.goal))
        if isinstance(zone.vpc, Unknown) or isinstance(zone.place, Unknown):
            return
        vpc = self.flows.nodes.get(zone.vpc, Vpc)
        gateways = self.flows.nodes.of(Gateway)
        if not any(g.vpc == zone.vpc and not g.egress_only for g in gateways):
            claim = f"No internet gateway is attached to VPC {vpc.name if vpc else zone.vpc}"
            opened = opening.internet_gateway(vpc) if vpc else None
            yield Stop(Step(claim, vpc.proof() if vpc else None), opened)
        ways = self.flows.everywhere(zone)
        if not any(p.end is End.INTERNET and not p.nat and not p.outgoing_only for p in ways):
            for step in _no_reply_to_internet(ways):
                yield Stop(step, self._by_gateway(zone))
            yield from self._one_way(zone, ways)

    def _one_way(self, zone: Zone, ways: Iterable[Path]) -> Iterator[Stop]:
        """Where packets get out to the internet and none may come in."""
        for path in ways:
            if path.end is not End.INTERNET or path.nat or not path.outgoing_only:
                continue
            gateway = self.flows.nodes.get(path.goal, Gateway)
            proof = path.steps[-1].proof
            if gateway is not None and gateway.egress_only:
                claim = "Replies would leave by an egress-only internet gateway, by which nothing "
                step = Step(f"{claim}comes in: {path.steps[-1].claim}", proof)
                yield Stop(step, self._by_gateway(zone))
            else:
                claim = "VPC Block Public Access lets nothing in from the internet"
                yield Stop(Step(claim, gateway.proof() if gateway else proof))

    def _made_public(self, seat: Seat) -> Opening | None:
        """The service of a seat with a public address; IPv6 addresses are made otherwise."""
        for service in self.flows.nodes.of(Service):
            if seat.interface in service.interfaces and seat.zone.family == 4:
                return opening.public_address(service, seat.interface)
        return None

    def _by_gateway(self, zone: Zone) -> Opening | None:
        """A default route of a zone's table by which replies leave as they should."""
        nodes = self.flows.nodes
        subnet = nodes.get(zone.place, Subnet)
        table = nodes.get(subnet.table, RouteTable) if subnet else None
        vpc = nodes.get(subnet.vpc, Vpc) if subnet else None
        if table is None or vpc is None:
            return None
        return to_internet(nodes, table, vpc, zone.family, inward=True)

    def _no_way_out(self) -> Iterator[Stop]:
        source, goal = self.start.zone, self.goal.zone
        if self.legs:
            return
        ways = [p for p in self.flows.everywhere(source) if overlap((p.prefix,), goal.ranges)]
        if any(p.end is End.INTERNET and not p.nat for p in ways):
            proof = self.start.interface.public_proof if self.start.interface else None
            claim = "It has no public address to send from"
            yield Stop(Step(claim, proof), self._made_public(self.start))
        elif not any(p.end in (End.INTERNET, End.ANYWHERE) for p in ways):
            yield from self._lost((p for p in ways if p.end is End.NOWHERE), source, goal)

    def _lost(self, paths: Iterable[Path], source: Zone, goal: Zone) -> Iterator[Stop]:
        """Where paths end instead of at the goal."""
        nodes = self.flows.nodes
        for path in paths:
            if path.end is End.ANYWHERE or not path.steps:
                continue
            step = path.steps[-1]
            if path.end is not End.NOWHERE:
                step = replace(step, claim=f"{step.claim}, where {path.prefix} is not")
            if goal.place == INTERNET:
                yield Stop(step, by_table(nodes, path.at or source.place, path.prefix, goal))
            else:
                yield Stop(step, onward(nodes, path, source, goal))

    # Filters.

    def _forward(self) -> tuple[Path, ...]:
        """The forward paths, or one that crosses no border, to judge the groups alone."""
        source, goal = self.start.zone, self.goal.zone
        found = tuple(leg.forward for leg in self.legs)
        if not found and INTERNET not in (source.place, goal.place):
            found = tuple(self.flows.arrivals(source, goal))
        return found or (Path(goal.ranges[0], source.vpc),)

    def _filters(self) -> Iterator[Stop]:
        """The filters on the way that let none of the packets through."""
        for path in self._forward():
            for check, stop in self._checks(path):
                if not check.possible & self._asked:
                    yield stop(self._asked)

    def _checks(self, path: Path) -> Iterator[Check]:
        """Each filter on a path."""
        source, goal, flows = self.start.zone, self.goal.zone, self.flows
        to_goal = goal.peer(path.groups)
        to_source = source.peer(path.groups)
        yield flows.group_check(source, to_goal, inward=False), partial(self._closed, source, False)
        yield flows.group_check(goal, to_source, inward=True), partial(self._closed, goal, True)
        for crossing in path.crossings:
            yield flows.acl_check(crossing), partial(self._denied, crossing, False)
        for screen in path.screens:
            yield flows.screens.opened(screen), partial(self._screened, screen)

    def _screened(self, screen: Screen, asked: PacketSet) -> Stop:
        firewall = self.flows.nodes.get(screen.firewall, Firewall)
        name, proof = (firewall.name, firewall.proof()) if firewall else (screen.firewall, None)
        return Stop(Step(f"Network firewall {name} stops {_service(asked)}", proof))

    def _replies(self) -> Iterator[Stop]:
        """The ACLs that stop every reply."""
        for leg in self.legs:
            for path in leg.replies:
                for crossing in path.crossings:
                    passed = answered(self.flows.acl_check(crossing).possible)
                    if not passed & self._asked:
                        yield self._denied(crossing, True, _replies_to(self._asked))

    def _together(self) -> Iterator[Stop]:
        """The first filter that leaves nothing of what those before it let through."""
        for leg in self.legs:
            rest = self.flows.carried(leg.forward, self.start.zone, self.goal.zone).possible
            rest &= self._asked
            for check, stop in self._checks(leg.forward):
                if rest and not rest & check.possible:
                    yield _last(stop(rest))
                    return
                rest &= check.possible
            yield from self._reply_together(leg, rest)
            return

    def _reply_together(self, leg: Leg, asked: PacketSet) -> Iterator[Stop]:
        """The first ACL on the way back that takes the last of the replies."""
        for path in leg.replies:
            rest = EVERYTHING
            for crossing in path.crossings:
                left = rest & self.flows.acl_check(crossing).possible
                if answered(rest) & asked and not answered(left) & asked:
                    yield self._denied(crossing, True, _replies_to(asked))
                    return
                rest = left
        yield Stop(Step("No reply comes back to what gets there"))

    def _closed(self, zone: Zone, inward: bool, asked: PacketSet) -> Stop:
        groups = self.flows.nodes.many(zone.groups, SecurityGroup)
        names = ", ".join(group.name for group in groups) or "(none)"
        proof = groups[0].proof("ingress" if inward else "egress") if groups else None
        way = "in" if inward else "out"
        claim = f"No rule of security group {names} lets {_service(asked)} {way}"
        opened = opening.rule(groups[0], self._fixed(asked), inward=inward) if groups else None
        return Stop(Step(claim, proof), opened)

    def _denied(self, crossing: Crossing, reply: bool, asked: PacketSet) -> Stop:
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
        claim = f"Network ACL {name} does not let {what} {way} subnet {where}"
        passing = self._fixed(asked, reply=reply)
        opened = opening.entry(acl, passing, inward=crossing.inward) if acl else None
        return Stop(Step(claim, proof), opened)


def _replies_to(asked: PacketSet) -> PacketSet:
    """The replies to packets, to whichever port their client chose."""
    ends = asked.destinations(), asked.sources()
    return union(
        packets(*ends, protocols, _reply_ports(asked, protocols)) for protocols in asked.protocols()
    )


def _reply_ports(asked: PacketSet, protocols: Span) -> Span:
    if protocols in ((TCP, TCP), (UDP, UDP)):
        return EPHEMERAL
    for protocol, request, reply in ((ICMP, 8, 0), (ICMPV6, 128, 129)):
        own = asked.ports(protocol) if protocols == (protocol, protocol) else ()
        if len(own) == 1 and message(request)[0] <= own[0][0] <= own[0][1] <= message(request)[1]:
            ahead = message(reply)[0] - message(request)[0]
            return own[0][0] + ahead, own[0][1] + ahead
    return PORTS


def _service(asked: PacketSet) -> str:
    return services_text(asked).upper().replace("ALL TRAFFIC", "any of this traffic")


def _last(stop: Stop) -> Stop:
    claim = f"{stop.step.claim}, which is all that those before it let pass"
    return replace(stop, step=replace(stop.step, claim=claim))


def _as_reply(stop: Stop) -> Stop:
    return replace(stop, step=_for_reply(stop.step))


def _for_reply(step: Step) -> Step:
    return replace(step, claim=f"For the reply: {step.claim}")


def _no_reply_to_internet(ways: Iterable[Path]) -> Iterator[Step]:
    for path in ways:
        if path.nat and path.end is End.INTERNET:
            claim = "Replies would leave by a NAT gateway, by which nothing comes in"
            yield Step(f"{claim}: {path.steps[0].claim}", path.steps[0].proof)
        elif path.end is End.NOWHERE and path.steps:
            yield _for_reply(path.steps[-1])
