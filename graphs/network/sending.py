"""What two places may send each other at all, before anything on the way is asked."""

from functools import lru_cache

from graphs.addresses import PUBLIC4, PUBLIC6, Prefix
from graphs.network.packets import PacketSet, packets
from graphs.network.routes import overlap
from graphs.network.zones import INTERNET, Zone
from graphs.unknown import Bounds, exactly


def possible_between(source: Zone, goal: Zone) -> PacketSet:
    """All packets between two zones; hosts on the internet have public addresses."""
    ends = [
        _public(zone.ranges) if zone.place == INTERNET else zone.ranges for zone in (source, goal)
    ]
    return packets(ends[0], ends[1])


@lru_cache(maxsize=4096)
def _public(ranges: tuple[Prefix, ...]) -> tuple[Prefix, ...]:
    return overlap(ranges, (*PUBLIC4, *PUBLIC6))


def sent(source: Zone, between: PacketSet) -> Bounds[PacketSet]:
    """What somebody may send at all: the users of a Client VPN, where they are authorized to."""
    if source.sends_to is None:
        return exactly(between)
    known = between & packets(destinations=source.sends_to)
    hidden = source.sends_doubt
    return Bounds(known, between, hidden) if hidden else exactly(known)
