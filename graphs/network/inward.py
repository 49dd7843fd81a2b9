"""What comes in from the internet, worked out once for all zones that it comes to alike.

The way in depends on a subnet's table and ACL, and what gets in on the groups as well: each way is
found once, what each set of groups lets in once, and the two are met.
"""

from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import starmap
from typing import TypeAlias

from graphs.network.filters import ALL, Peer, join, meet
from graphs.network.floating import moved
from graphs.network.flows import NO_FLOW, Flow, Flows, Leg
from graphs.network.packets import NOTHING, PacketSet, union
from graphs.network.replies import answered, answered_always
from graphs.network.sending import possible_between
from graphs.network.zones import Zone
from graphs.nodes import Ref, Subnet
from graphs.unknown import exactly

Borders: TypeAlias = tuple[tuple[tuple[Ref, bool], ...], ...]
"""The ACLs that packets meet on a way there, and those that replies meet, each with whether it is
met going in."""


@dataclass(frozen=True, slots=True)
class Entry:
    """All that ways in let pass before groups are asked, which see the sender as a `peer`; `partly`
    is as in `Flow`."""

    peer: Peer
    packets: PacketSet
    partly: PacketSet


@dataclass(frozen=True)
class Inward:
    """The ways in of an estate."""

    flows: Flows
    _found: "dict[tuple[object, tuple[Ref, ...]], Flow]" = field(default_factory=dict, repr=False)
    _acls: "dict[Borders, tuple[PacketSet, PacketSet] | None]" = field(
        default_factory=dict, repr=False
    )
    _entries: "dict[object, tuple[Entry, ...] | None]" = field(default_factory=dict, repr=False)

    def after(self, flows: Flows, group: str) -> "Inward":
        """The same with one group's rules changed."""
        kept = {key: flow for key, flow in self._found.items() if group not in key[1]}
        return Inward(flows, kept, self._acls, self._entries)

    def manner(self, goal: Zone) -> object:
        """Equal for zones that hosts on the internet reach alike; None where none of them does."""
        return (self._way(goal), goal.groups, goal.filtered) if goal.public.possible else None

    def _way(self, goal: Zone) -> object:
        """Equal for zones that packets come to by the same ways."""
        subnet = self.flows.nodes.get(goal.place, Subnet)
        way = (subnet.table, subnet.acl) if subnet else goal.place
        return way, goal.vpc, goal.family, goal.public, goal.given, self.flows.placed(goal)

    def flow(self, internet: Zone, goal: Zone) -> Flow:
        """What gets to a zone from hosts on the internet."""
        if not goal.public.possible:
            return NO_FLOW
        way = internet.ranges, internet.keeper, self._way(goal)
        key = (way, goal.filtered), goal.groups
        flow = self._found.get(key)
        if flow is None:
            flow = self._found[key] = self._flow(way, internet, goal)
        if self.flows.by_place:
            return flow
        return Flow(moved(flow.packets, None, goal.ranges), flow.partly.moved(None, goal.ranges))

    def _flow(self, way: object, internet: Zone, goal: Zone) -> Flow:
        if way not in self._entries:
            self._entries[way] = self._settled(internet, replace(goal, groups=(), filtered=False))
        entries = self._entries[way]
        if not entries:
            return NO_FLOW if entries == () else self.flows.flow(internet, goal)
        total, partly = [], NOTHING
        for entry in entries:
            admitted = self.flows.group_check(goal, entry.peer, True)
            if admitted.certain is not admitted.possible:
                return self.flows.flow(internet, goal)
            total.append(exactly(entry.packets & admitted.possible))
            if entry.partly:
                partly |= entry.partly & admitted.possible
        return Flow(join(total), partly)

    def _settled(self, internet: Zone, open_: Zone) -> "tuple[Entry, ...] | None":
        """The ways in to a zone; None where something about them is not settled."""
        found: list[Entry] = []
        plain: dict[tuple[Peer, Borders], list[PacketSet]] = {}
        for leg in self.flows.legs(internet, open_):
            if (way := self._plain(leg, internet, open_)) is not None:
                peer = internet.peer(leg.forward.groups)
                plain.setdefault((peer, self._borders(leg)), []).append(way)
            elif (entry := self._entry(leg, internet, open_)) is not None:
                found.append(entry)
            else:
                return None
        for (peer, borders), ways in plain.items():
            way, passing = union(ways), self._passing(borders)
            if passing is not None:
                found.append(Entry(peer, way & passing[0], way & passing[1]))
        return tuple(found)

    def _entry(self, leg: Leg, internet: Zone, open_: Zone) -> Entry | None:
        flow = self.flows.over(leg, internet, open_)
        settled = flow.packets.certain is flow.packets.possible
        peer = internet.peer(leg.forward.groups)
        return Entry(peer, flow.packets.possible, flow.partly) if settled else None

    def _plain(self, leg: Leg, internet: Zone, open_: Zone) -> PacketSet | None:
        """What routing takes along a way on which nothing but ACLs is, all of it known; None where
        it is another."""
        forward, (reply, *others) = leg.forward, leg.replies
        if others or forward.screens or reply.screens or self._passing(self._borders(leg)) is None:
            return None
        there = self.flows.carried(forward, internet, open_)
        back = self.flows.carried(reply, open_, internet)
        if there.certain is not there.possible or back.certain is not back.possible:
            return None
        return there.possible & back.possible.reversed() & possible_between(internet, open_)

    def _borders(self, leg: Leg) -> Borders:
        """The ACLs on a way there, and on its way back."""
        there, back = leg.forward.crossings, leg.replies[0].crossings
        return tuple(map(self.flows.acl_of, there)), tuple(map(self.flows.acl_of, back))

    def _passing(self, borders: Borders) -> "tuple[PacketSet, PacketSet] | None":
        """What ACLs let pass, and of that what is answered in part; None where it is not known."""
        if borders not in self._acls:
            found = [reduce(meet, starmap(self.flows.filters.acl, each), ALL) for each in borders]
            known = all(each.certain is each.possible for each in found)
            self._acls[borders] = _answering(*(each.possible for each in found)) if known else None
        return self._acls[borders]


def _answering(there: PacketSet, back: PacketSet) -> "tuple[PacketSet, PacketSet]":
    """Of what passes there, what some replies pass back of, and what not all do."""
    some, always = answered(back), answered_always(back)
    return there & some, NOTHING if always is some else (there & some) - always
