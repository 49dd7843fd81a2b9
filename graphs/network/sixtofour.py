"""From IPv6 to IPv4: a NAT gateway translates what is sent to 64:ff9b::/96.

https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-nat64-dns64.html
"""

from typing import TYPE_CHECKING

from graphs.addresses import Prefix, prefix
from graphs.network.filters import NONE
from graphs.network.packets import ICMPV6, NOTHING, TCP, UDP, PacketSet, packets, union
from graphs.network.routes import spelled_out
from graphs.nodes import NatGateway, NodeIndex, RouteTable, Subnet
from graphs.unknown import Bounds, Cause, Referent, Unknown

if TYPE_CHECKING:
    from graphs.network.zones import Zones

WELL_KNOWN = prefix("64:ff9b::/96")


def by_nat64(zones: "Zones", source: str, destination: str) -> Bounds[PacketSet]:
    """What may get from IPv6 to what speaks IPv4: it is not followed further than the gateway, so
    that nothing of it is certain."""
    found, because = NOTHING, set()
    if not any(seat.zone.family == 4 for seat in zones.seats(destination)):
        return NONE
    for seat in zones.seats(source):
        nat = _gateway(zones.nodes, seat.zone.place) if seat.zone.family == 6 else None
        if nat is not None:
            what = f"what NAT gateway {nat.id} translates from IPv6 to {destination}"
            because.add(Unknown(Cause.MODEL, what, (Referent(nat.id),)))
            ends = seat.zone.ranges, (WELL_KNOWN,)
            found |= union(packets(*ends, (each, each)) for each in (TCP, UDP, ICMPV6))
    return Bounds(NOTHING, found, frozenset(because)) if found else NONE


def _gateway(nodes: NodeIndex, place: object) -> NatGateway | None:
    """The NAT gateway that a subnet sends such addresses to."""
    subnet = nodes.get(place, Subnet) if isinstance(place, str) else None
    table = nodes.get(subnet.table, RouteTable) if subnet else None
    for route in spelled_out(table.routes, nodes) if table else ():
        if isinstance(route.destination, Prefix) and route.destination.meets(WELL_KNOWN):
            nat = nodes.get(route.target, NatGateway)
            if nat is not None:
                return nat
    return None
