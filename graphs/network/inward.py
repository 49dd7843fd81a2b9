"""What comes in from the internet, worked out once for all zones that it comes to alike.

The way in depends on a subnet's table and ACL, and what gets in on the groups as well: each way is
found once, what each set of groups lets in once, and the two are met.
"""

from dataclasses import dataclass, field, replace

from graphs.network.filters import answered, answered_always, join
from graphs.network.floating import moved
from graphs.network.flows import NO_FLOW, Flow, Flows, Leg
from graphs.network.packets import EVERYTHING, NOTHING, PacketSet
from graphs.network.paths import Crossing
from graphs.network.sending import possible_between
from graphs.network.zones import Zone
from graphs.nodes import Ref, Subnet
from graphs.unknown import Answer, exactly


@dataclass(frozen=True, slots=True)
class Entry:
    """All that a way in lets pass before groups are asked. `counts` is whether those know the
    sender's; `partly` is as in `Flow`."""

    counts: Answer
    packets: PacketSet
    partly: PacketSet


@dataclass(frozen=True)
class Inward:
    """The ways in of an estate."""

    flows: Flows
    _found: "dict[tuple[object, tuple[Ref, ...]], Flow]" = field(default_factory=dict, repr=False)
    _acls: "dict[object, tuple[PacketSet, PacketSet] | None]" = field(
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
        manner = self.manner(goal)
        key = (internet.ranges, internet.keeper, goal.family, manner), goal.groups
        if key not in self._found:
            self._found[key] = self._flow(internet, goal)
        flow = self._found[key]
        if self.flows.by_place or manner is None:
            return flow
        return Flow(moved(flow.packets, None, goal.ranges), flow.partly.moved(None, goal.ranges))

    def _flow(self, internet: Zone, goal: Zone) -> Flow:
        entries = self._ways(internet, goal)
        if not entries:
            return NO_FLOW if entries == () else self.flows.flow(internet, goal)
        total, partly = [], NOTHING
        for entry in entries:
            admitted = self.flows.group_check(goal, internet.peer(entry.counts), True)
            if admitted.certain is not admitted.possible:
                return self.flows.flow(internet, goal)
            passing = entry.packets & admitted.possible
            total.append(exactly(passing))
            if entry.partly:
                partly |= entry.partly & admitted.possible
        return Flow(join(total), partly)

    def _ways(self, internet: Zone, goal: Zone) -> "tuple[Entry, ...] | None":
        """The ways in to a zone; None where something about them is not settled."""
        key = internet.ranges, internet.keeper, self._way(goal)
        if key not in self._entries:
            self._entries[key] = self._settled(internet, replace(goal, groups=(), filtered=False))
        return self._entries[key]

    def _settled(self, internet: Zone, open_: Zone) -> "tuple[Entry, ...] | None":
        found = []
        for leg in self.flows.legs(internet, open_):
            entry = self._plain(leg, internet, open_) or self._entry(leg, internet, open_)
            if entry is None:
                return None
            found.append(entry)
        return tuple(found)

    def _entry(self, leg: Leg, internet: Zone, open_: Zone) -> Entry | None:
        flow = self.flows.over(leg, internet, open_)
        settled = flow.packets.certain is flow.packets.possible
        return Entry(leg.forward.groups, flow.packets.possible, flow.partly) if settled else None

    def _plain(self, leg: Leg, internet: Zone, open_: Zone) -> Entry | None:
        """The same where nothing but routes and ACLs is on the way; None where something is."""
        forward, (reply, *others) = leg.forward, leg.replies
        if others or forward.screens or reply.screens:
            return None
        borders = self._borders((forward.crossings, reply.crossings))
        there = self.flows.carried(forward, internet, open_)
        back = self.flows.carried(reply, open_, internet)
        if borders is None or there.certain is not there.possible:
            return None
        if back.certain is not back.possible:
            return None
        way = there.possible & back.possible.reversed() & possible_between(internet, open_)
        return Entry(forward.groups, way & borders[0], way & borders[1])

    def _borders(
        self, crossings: "tuple[tuple[Crossing, ...], tuple[Crossing, ...]]"
    ) -> "tuple[PacketSet, PacketSet] | None":
        """What the ACLs on a way there and back let pass, and of that what is answered in part."""
        there, back = (tuple(map(self.flows.acl_of, each)) for each in crossings)
        if (there, back) not in self._acls:
            self._acls[there, back] = self._passing(there, back)
        return self._acls[there, back]

    def _passing(
        self, there: "tuple[tuple[Ref, bool], ...]", back: "tuple[tuple[Ref, bool], ...]"
    ) -> "tuple[PacketSet, PacketSet] | None":
        allowed = [EVERYTHING, EVERYTHING]
        for number, borders in enumerate((there, back)):
            for acl in borders:
                passing = self.flows.filters.acl(*acl)
                if passing.certain is not passing.possible:
                    return None
                allowed[number] &= passing.possible
        total = allowed[0] & answered(allowed[1])
        return total, total - answered_always(allowed[1])
