"""All that has to change before something gets from one place to another.

What stands behind a blocker is seen when the blocker is gone, so that each change is made in a
copy of the network, and the question asked again, until something gets through.
"""

from graphs.network.opening import Stop
from graphs.network.packets import Port
from graphs.network.reach import Network
from graphs.network.trace import pairs

ROUNDS = 12
"""A bound: no way through a network has so many routers and filters one behind the other."""


def remedies(
    network: Network,
    source: str,
    destination: str,
    protocol: int | None = None,
    port: Port | None = None,
) -> tuple[tuple[Stop, ...], Network]:
    """Every blocker in the order in which packets meet them, and the network when all that can
    be opened are. It lets something through unless a blocker has no opening.

    Where both ends speak IPv4 and IPv6, those of the family with fewer things to open.
    """
    question = source, destination, protocol, port
    spoken = {start.zone.family for start, _ in pairs(network.zones, source, destination)}
    families: list[int | None] = [*sorted(spoken)] or [None]
    tried = [_opened(network, question, family) for family in families]
    return min(tried, key=_dear)


def _dear(tried: tuple[tuple[Stop, ...], Network]) -> tuple[bool, int]:
    stops = tried[0]
    return any(stop.opening is None for stop in stops), len(stops)


def _opened(
    network: Network, question: tuple[str, str, int | None, Port | None], family: int | None
) -> tuple[tuple[Stop, ...], Network]:
    """The blockers of packets of a family, one behind the other."""
    found: dict[tuple[str, str], Stop] = {}
    for _ in range(ROUNDS):
        stops = network.stops(*question, family=family)
        new = {_said(stop): stop for stop in stops if _said(stop) not in found}
        found |= new
        openings = [stop.opening for stop in new.values() if stop.opening is not None]
        if not openings:
            break
        nodes = network.nodes
        for opening in dict.fromkeys(openings):
            nodes = opening.change(nodes)
        network = network.changed(nodes)
    return tuple(found.values()), network


def _said(stop: Stop) -> tuple[str, str]:
    """A blocker's claim, which behind a NAT gateway may come again for the gateway's address."""
    return stop.step.claim, stop.opening.says if stop.opening else ""
