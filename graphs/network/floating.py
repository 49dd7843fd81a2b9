"""Answers for places whose address is not fixed yet: certain only if so for each they may get."""

from collections.abc import Callable, Sequence

from graphs.addresses import Prefix
from graphs.network.packets import PacketSet, packets
from graphs.network.zones import Zone
from graphs.unknown import Bounds, exactly


def both(bounds: Bounds[PacketSet], change: Callable[[PacketSet], PacketSet]) -> Bounds[PacketSet]:
    """The bounds with their packets changed alike, so that exact ones stay so."""
    possible = change(bounds.possible)
    if bounds.certain is bounds.possible:
        return exactly(possible)
    return Bounds(change(bounds.certain), possible, bounds.because)


def moved(
    bounds: Bounds[PacketSet],
    sources: Sequence[Prefix] | None,
    goals: Sequence[Prefix] | None,
) -> Bounds[PacketSet]:
    """The same packets between other addresses; None for those that they have."""
    return both(bounds, lambda each: each.moved(sources, goals))


def settled(total: Bounds[PacketSet], source: Zone, goal: Zone) -> Bounds[PacketSet]:
    """Certain only where every address that a zone may have passes."""
    if not total.certain or (_whole(total.certain, source, 1) and _whole(total.certain, goal, 3)):
        return total
    missing = packets(
        source.ranges if source.floats else total.certain.sources(),
        goal.ranges if goal.floats else total.certain.destinations(),
    )
    lost = missing - total.certain
    floating = [z for z in (source, goal) if z.floats]
    certain = total.certain - _spread(lost, floating, source, goal)
    if total.certain <= certain:
        return total
    alone = [z for z in floating if total.certain & _spread(lost, [z], source, goal)]
    doubts = {z.doubt for z in alone or floating if z.doubt is not None}
    return Bounds(certain, total.possible, total.because | doubts)


def _spread(lost: PacketSet, floating: list[Zone], source: Zone, goal: Zone) -> PacketSet:
    """Lost packets, with every address that the floating zones may have instead of theirs."""
    return lost.moved(
        source.ranges if source in floating else None, goal.ranges if goal in floating else None
    )


def _whole(packet_set: PacketSet, zone: Zone, axis: int) -> bool:
    """Whether each box holds a floating zone's whole range, so that no address is told apart."""
    if not zone.floats:
        return True
    spans = {(box[axis], box[axis + 1]) for box in packet_set.boxes}
    return len(zone.ranges) == 1 and spans == {(zone.ranges[0].low, zone.ranges[0].high)}
