"""What can reach what, exactly: the questions that rules and attack paths ask the network."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, partial

from graphs.addresses import PUBLIC4, Prefix
from graphs.evidence import Evidence, Step
from graphs.network import doors
from graphs.network.balancing import Balancing, masked
from graphs.network.blocking import stops
from graphs.network.filters import ALL, NONE, Filters, doubtful, join, meet
from graphs.network.floating import both, moved
from graphs.network.flows import Flow, Flows
from graphs.network.hairpin import around, senders
from graphs.network.holders import address_of, host
from graphs.network.inward import Inward
from graphs.network.kinds import Kinds
from graphs.network.listening import filtered_within, listened, on_internet, outsiders
from graphs.network.opening import Stop
from graphs.network.packets import (
    EVERYTHING,
    NOTHING,
    PacketSet,
    Port,
    asked,
    packets,
)
from graphs.network.pairs import Pairs
from graphs.network.privatelink import Provided, heard_by
from graphs.network.reached import Exposed, Reached
from graphs.network.sixtofour import by_nat64
from graphs.network.trace import trace
from graphs.network.wan import Wan
from graphs.network.zones import INTERNET, Seat, Zones
from graphs.nodes import (
    Balancer,
    Endpoint,
    Function,
    Node,
    NodeIndex,
    SecurityGroup,
    Service,
    Site,
)
from graphs.unknown import YES, Answer, Bounds, Unknown, exactly

__all__ = ["INTERNET", "Exposed", "Network", "Reached"]


@dataclass(frozen=True)
class Network:
    """Reachability over an estate's nodes. Every answer is worked out once for each pair of
    classes and kept."""

    nodes: NodeIndex
    _flows: dict[tuple[int, int], Flow] = field(default_factory=dict, repr=False)
    _reached: dict[tuple[str, str], Reached] = field(default_factory=dict, repr=False)
    _reasons: dict[tuple[str, str, PacketSet], frozenset[Unknown]] = field(
        default_factory=dict, repr=False
    )

    @cached_property
    def flows(self) -> Flows:
        """The flows between zones."""
        return Flows(self.nodes, Filters(self.nodes), Wan(self.nodes))

    @cached_property
    def inward(self) -> Inward:
        """What comes in from the internet."""
        return Inward(self.flows)

    @cached_property
    def zones(self) -> Zones:
        """Where everything sits."""
        return Zones(self.nodes)

    @cached_property
    def pairs(self) -> Pairs:
        """All services against each other."""
        places = tuple(node.id for node in self.nodes.of(Service) if node.interfaces)
        return Pairs(self.flows, self.zones, places, self.flow)

    def group(self) -> None:
        """Group all services into classes, as the first question about many of them does."""
        for family in (4, 6):
            self.pairs.family(family)
        self.kinds.first("")
        self.zones.holding("")

    def changed(self, nodes: NodeIndex) -> "Network":
        """The network of changed nodes. Where one group is all that has changed, the answers that
        do not depend on its rules are kept."""
        new = self.nodes.differing(nodes)
        if len(new) == 1 and isinstance(new[0], SecurityGroup) and new[0].id in self.nodes.by_id:
            return self.after(new[0])
        return Network(nodes)

    def after(self, group: SecurityGroup) -> "Network":
        """The network with this group in place of that of its id. Raises KeyError without one."""
        nodes, old = self.nodes.changed(group), self.nodes.get(group.id, SecurityGroup)
        zones = self.zones.after(nodes, group)
        if zones is None or old is None:  # a new range cuts a class
            return Network(nodes)
        made = Network(nodes, _reached=dict(self._unasked(group.id)))
        flows = self.flows.after(nodes, group.id)
        out = (old.egress, old.unread) != (group.egress, group.unread)
        vars(made).update(zones=zones, flows=flows, inward=self.inward.after(flows, group.id))
        if "pairs" in vars(self):
            vars(made)["pairs"] = self.pairs.after(flows, zones, made.flow, group, out=out)
        kept = ("kinds", "kinds_by_zone")  # which no rule decides
        vars(made).update({name: vars(self)[name] for name in kept if name in vars(self)})
        return made

    def _unasked(self, group: str) -> Iterator[tuple[tuple[str, str], Reached]]:
        """What is known of services that are reached from outside, and do not hold a group."""
        holding = self.zones.holding(group)
        outside = {source: self._kinds(source) for source in {s for s, _ in self._reached}}
        for (source, place), reached in self._reached.items():
            kinds = outside[source]
            if kinds is None or place not in kinds or place in kinds.alone:
                continue
            if not any(seat.number in holding for seat in self.zones.seats(place)):
                yield (source, place), reached

    def into(self, destination: str) -> Iterator[tuple[str, Bounds[PacketSet], Answer]]:
        """The services that may get to one, with the packets that do and whether some surely
        does: the answers of `reach`, for all of them at once."""
        heard = self.heard(destination)
        node = self.zones.node(destination)
        alone = isinstance(node, Balancer) or heard.certain is not heard.possible
        found = self.pairs.into(destination, heard.possible)
        if doors.has_doors(node):
            found = dict.fromkeys(self.pairs.places)
        for source, passing in found.items():
            if passing is None or alone:
                reached = self.reach(source, destination)
                if reached.packets.possible:
                    yield source, reached.packets, reached.answer()
            elif passing:
                yield source, exactly(passing), YES

    def reach(self, source: str, destination: str) -> Reached:
        """What gets from the internet, a site or a service to a service or the internet."""
        key = source, destination
        if key not in self._reached:
            self._reached[key] = self._alike(source, destination) or doors.with_doors(
                self, self._reach(source, destination)
            )
        return self._reached[key]

    def exposed(self, source: str = INTERNET) -> Iterator[Exposed]:
        """The services and endpoints that something may reach, each with those that it reaches
        alike."""
        kinds = self._kinds(source)
        for places in kinds.all if kinds else ((place,) for place in self.kinds.places):
            if places[0] != source and (reached := self.reach(source, places[0])).packets.possible:
                yield Exposed(places, reached)

    def _kinds(self, source: str) -> Kinds | None:
        """The services by how a source reaches them; None for a service, which is in a zone."""
        if self.zones.foreign(source):
            return self.kinds
        inside = isinstance(self.zones.node(source), Service | Endpoint)
        return None if inside else self.kinds_by_zone

    @cached_property
    def kinds(self) -> Kinds:
        """The services by how the internet reaches them."""
        return Kinds(self.nodes, self.zones, self.inward.manner)

    @cached_property
    def kinds_by_zone(self) -> Kinds:
        """The services by their zones."""
        return Kinds(self.nodes, self.zones, lambda zone: zone)

    def _alike(self, source: str, destination: str) -> Reached | None:
        """What reaches the first service of a kind, to another one's addresses."""
        kinds = self._kinds(source)
        first = kinds.first(destination) if kinds else destination
        if first == destination:
            return None
        like, seats = self.reach(source, first), self.zones.seats(destination)
        fixed = {s.zone.family: s.address for s in seats if s.address is not None}
        why = partial(self._why, source, destination)
        packets_ = both(like.packets, lambda each: each.to(fixed))
        return Reached(source, destination, packets_, like.partly.to(fixed), why)

    def trace(
        self, source: str, destination: str, protocol: int | None = None, port: Port | None = None
    ) -> Evidence:
        """How one such packet gets there and its reply back, step by step; empty if none does."""
        question = self.heard(destination).possible & asked(protocol, port)
        if (function := self._outside(source)) and self.zones.foreign(destination):
            claim = f"{function.name} runs outside of any VPC, where the internet is open to it"
            return (Step(claim, function.proof()),)
        if self._loops(source, destination):
            return (Step("Both addresses are its own, so that its packets do not leave it"),)
        if (told := self._turned(source, destination)) is not None:
            return self._trace_around(source, destination, told, question)
        inward = self.told(source, destination, question)
        return inward or doors.told(self, source, destination, question)

    def told(self, source: str, destination: str, question: PacketSet) -> Evidence:
        """How some packet of the question gets to the destination and is answered; empty if none
        does, and of doors that AWS opens by itself."""
        answering = partial(self._handed_on, self.zones.node(destination))
        return trace(self.flows, self.zones, source, destination, question, answering)

    def _trace_around(
        self, source: str, destination: str, told: str, question: PacketSet
    ) -> Evidence:
        """Out to the internet, and in again as something there."""
        node = self.zones.node(destination)
        name = node.name if node else destination
        known = address_of(told)
        claim = (
            f"{known.first} is the public address of {name}"
            if known
            else f"{name} is asked by its public address"
        )
        turn = Step(f"{claim}: the way is by the internet gateway")
        for sender in senders(self, source, told):
            place = INTERNET if sender.address is None else host(sender.address)
            inward = self.told(place, destination, question)
            if inward:
                out = self.told(source, told, question)
                return (turn, *out, *inward)
        return ()

    def blockers(
        self, source: str, destination: str, protocol: int | None = None, port: Port | None = None
    ) -> Evidence:
        """What stops such packets or their replies; empty if something may get there."""
        return tuple(stop.step for stop in self.stops(source, destination, protocol, port))

    def stops(
        self,
        source: str,
        destination: str,
        protocol: int | None = None,
        port: Port | None = None,
        family: int | None = None,
    ) -> tuple[Stop, ...]:
        """The same, with what would open each; of one family of addresses where it is given."""
        if self.reach(source, destination).answer(protocol, port).possible:
            return ()
        heard = self.heard(destination).possible
        question = asked(protocol, port)
        if family is not None:
            question = PacketSet(tuple(box for box in question.boxes if box[0] == family))
        if (told := self._turned(source, destination)) is not None:
            if not self.reach(source, told).answer(protocol, port).possible:
                return stops(self.flows, self.zones, (source, told), question, EVERYTHING)
            found = [sender.address for sender in senders(self, source, told)]
            source = INTERNET if None in found or not found else host(next(filter(None, found)))
        return stops(self.flows, self.zones, (source, destination), question, heard)

    def _outside(self, source: str) -> Function | None:
        """A function in no VPC: it runs in a network of AWS that leads to the internet.

        https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html
        """
        node = self.zones.node(source)
        return node if isinstance(node, Function) and not node.interfaces else None

    def heard(self, destination: str) -> Bounds[PacketSet]:
        """The packets that a destination listens for; the internet as a whole takes all."""
        address = address_of(destination)
        node = self.zones.node(destination)
        if node is None and address is not None:
            return on_internet(self.nodes, address)
        if isinstance(node, Endpoint) and (heard := heard_by(self.nodes, node)) is not None:
            return heard
        return meet(
            listened(node), filtered_within(self.nodes, node, self.zones.interfaces(destination))
        )

    def _loops(self, source: str, destination: str) -> bool:
        """Whether two addresses are private ones of the same thing: it delivers to itself."""
        ends = [address_of(place) for place in (source, destination)]
        if None in ends or self.zones.asked_publicly(destination):
            return False
        one, other = (self.zones.node(place) for place in (source, destination))
        return one is not None and one is other and not isinstance(one, Site)

    def _turned(self, source: str, destination: str) -> str | None:
        """The public address that something here is asked by from inside, as a place on the
        internet: the way leads around by the internet gateway."""
        told = self.zones.outside(destination)
        return None if told is None or self.zones.foreign(source) else told

    def _reach(self, source: str, destination: str) -> Reached:
        if self._outside(source) and self.zones.foreign(destination):
            return Reached(source, destination, exactly(packets(PUBLIC4, PUBLIC4)))
        for place in (source, destination):
            vacant = self.zones.vacant(place)
            if vacant is not None:
                possible = EVERYTHING if vacant.possible else NOTHING
                return Reached(source, destination, Bounds(NOTHING, possible, vacant.because))
        heard = self.heard(destination)
        if not heard.possible or (source == INTERNET and self.zones.unseen(destination)):
            return Reached(source, destination, NONE)
        if self.zones.foreign(source) and self.zones.foreign(destination):
            return Reached(source, destination, outsiders(destination, heard))
        if self._loops(source, destination):
            return Reached(source, destination, heard)
        if (told := self._turned(source, destination)) is not None:
            return Reached(
                source, destination, meet(around(self, source, destination, told), heard)
            )
        pairs = self._pairs(source, destination)
        found = [(self._answered(destination, a, b), a, b) for a, b in pairs]
        passed = (_placed(flow.packets, a, b) for flow, a, b in found if flow.packets.possible)
        total = join((*passed, by_nat64(self.zones, source, destination)))
        partly = NOTHING
        for flow, a, b in found:
            partly |= flow.partly.moved(_fixed(a), _fixed(b))

        why = partial(self._why, source, destination)
        delivered = meet(total, heard)
        return Reached(source, destination, delivered, partly & delivered.possible, why)

    def _pairs(self, source: str, destination: str) -> list[tuple[Seat, Seat]]:
        return [
            (a, b)
            for a in self.zones.seats(source)
            for b in self.zones.seats(destination)
            if a.zone.family == b.zone.family
        ]

    def _answered(self, destination: str, source: Seat, goal: Seat) -> Flow:
        """What passes between two seats; of that, what something behind a balancer answers."""
        flow = self.flow(source, goal)
        end = self.zones.node(destination)
        if not flow.packets.possible or not isinstance(end, Balancer | Endpoint):
            return flow
        handed = self._handed_on(end, source, goal)
        return Flow(meet(flow.packets, handed), flow.partly & handed.possible)

    def _handed_on(self, end: Node | None, source: Seat, goal: Seat) -> Bounds[PacketSet]:
        """What a balancer or an endpoint leads to somebody who answers; all where it is neither."""
        balancing = Balancing(self.flows, self.zones)
        if isinstance(end, Balancer):
            hidden = masked(self.flows, end, source, goal)
            return doubtful(*hidden) if hidden else balancing.handed_on(end, source, goal)
        if isinstance(end, Endpoint):
            return Provided(balancing).handed_on(end, source, goal)
        return ALL

    def flow(self, source: Seat, goal: Seat) -> Flow:
        """What passes from one seat's zone to another's."""
        key = source.number, goal.number
        if key not in self._flows:
            if source.zone.place == INTERNET:
                self._flows[key] = self.inward.flow(source.zone, goal.zone)
            else:
                self._flows[key] = self.flows.flow(source.zone, goal.zone)
        return self._flows[key]

    def _why(self, source: str, destination: str, left: PacketSet) -> frozenset[Unknown]:
        """The Unknowns that decide these packets."""
        key = source, destination, left
        if key not in self._reasons:
            self._reasons[key] = self._deciding(*key)
        return self._reasons[key]

    def _deciding(self, source: str, destination: str, left: PacketSet) -> frozenset[Unknown]:
        """The same, worked out: the question again, asked of these packets alone."""
        heard = meet(self.heard(destination), exactly(left))
        translated = by_nat64(self.zones, source, destination)
        because = heard.because | (translated.because if left & translated.possible else set())
        for a, b in self._pairs(source, destination):
            within = PacketSet(tuple(x for x in left.boxes if x[0] == a.zone.family)).moved(
                a.zone.ranges if a.address else None, b.zone.ranges if b.address else None
            )
            if within:
                again = self.flows.flow(a.zone, b.zone, within).packets
                because |= meet(again, exactly(within)).because
        return because


def _placed(bounds: Bounds[PacketSet], source: Seat, goal: Seat) -> Bounds[PacketSet]:
    """From the atoms that fixed addresses stand for to the addresses themselves."""
    if source.address is None and goal.address is None:
        return bounds
    return moved(bounds, _fixed(source), _fixed(goal))


def _fixed(seat: Seat) -> tuple[Prefix, ...] | None:
    return None if seat.address is None else (seat.address,)
