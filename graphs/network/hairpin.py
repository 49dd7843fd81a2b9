"""From inside to a public address of the estate: out by an internet gateway, and in again.

AWS does not cut this way short: the packet leaves its VPC as any other to the internet, and comes
back with the sender's public address, so that rules which name private addresses or groups do not
match it.
https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from graphs.addresses import PUBLIC4, PUBLIC6, Prefix
from graphs.network.filters import join, meet
from graphs.network.holders import host
from graphs.network.packets import PacketSet, packets
from graphs.network.zones import INTERNET, Seat
from graphs.nodes import NatGateway
from graphs.unknown import Bounds, Cause, Unknown

if TYPE_CHECKING:
    from graphs.network.reach import Network

Sender = tuple[Prefix | None, Bounds[PacketSet]]
"""A public address that packets leave with, None where it is not known, and the packets."""


def senders(network: "Network", source: str, told: Prefix) -> Iterator[Sender]:
    """The public addresses that packets from inside to a public address leave with."""
    flows = network.flows
    (there,) = network.zones.seats(host(told))
    for seat in network.zones.seats(source):
        for leg in flows.legs(seat.zone, there.zone):
            out = flows.over(leg, seat.zone, there.zone).packets
            if out.possible:
                nat = network.nodes.get(leg.forward.nat, NatGateway)
                known = nat.public_addresses if nat else _own(seat) if not leg.forward.nat else ()
                for address in known or (None,):
                    yield address, _moved(out, seat, told)


def around(network: "Network", source: str, destination: str, told: Prefix) -> Bounds[PacketSet]:
    """The packets from inside that come to a public address of the estate and are answered."""
    found = []
    for sender, out in senders(network, source, told):
        inward = network.reach(INTERNET if sender is None else host(sender), destination).packets
        back = inward if sender is not None else _from_any(inward, source)
        found += [meet(out, _moved(back, seat, told)) for seat in network.zones.seats(source)]
    return join(found)


def _own(seat: Seat) -> tuple[Prefix, ...]:
    """What the internet knows a seat by: an IPv6 address is its own public one."""
    if seat.zone.family == 6:
        return () if seat.address is None else (seat.address,)
    told = seat.interface.public_addresses if seat.interface else ()
    return tuple(public for behind, public in told if behind in (None, seat.address))


def _moved(bounds: Bounds[PacketSet], seat: Seat, told: Prefix) -> Bounds[PacketSet]:
    """The same packets from a seat to the public address."""
    ends = (seat.address,) if seat.address else seat.zone.ranges, (told,)
    return Bounds(bounds.certain.moved(*ends), bounds.possible.moved(*ends), bounds.because)


def _from_any(inward: Bounds[PacketSet], source: str) -> Bounds[PacketSet]:
    """What comes in whichever public address the sender has; the rest only with some."""
    whole = packets((*PUBLIC4, *PUBLIC6), inward.possible.destinations())
    lost = (whole - inward.certain).moved((*PUBLIC4, *PUBLIC6), None)
    why = Unknown(Cause.COMPUTED, f"the public address of {source}")
    return Bounds(inward.certain - lost, inward.possible, inward.because | {why})
