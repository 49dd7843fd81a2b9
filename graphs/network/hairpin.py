"""From inside to a public address of the estate: out by an internet gateway, and in again.

AWS does not cut this way short: the packet leaves its VPC as any other to the internet, and comes
back with the sender's public address, so that rules which name private addresses or groups do not
match it.
https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html
"""

from collections.abc import Iterator
from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

from graphs.addresses import PUBLIC4, PUBLIC6, Prefix
from graphs.network.filters import join, meet
from graphs.network.holders import host
from graphs.network.packets import PacketSet, packets
from graphs.network.paths import End
from graphs.network.zones import INTERNET, Seat
from graphs.nodes import NatGateway
from graphs.unknown import Bounds, Cause, Unknown

if TYPE_CHECKING:
    from graphs.network.reach import Network


class Sender(NamedTuple):
    """A seat, a public address that packets leave it with (None where it is not known), and the
    packets."""

    seat: Seat
    address: Prefix | None
    out: Bounds[PacketSet]


def senders(network: "Network", source: str, told: str) -> Iterator[Sender]:
    """How packets leave from inside to a public address, which is a place on the internet."""
    flows = network.flows
    (there,) = network.zones.seats(told)
    for seat in network.zones.seats(source):
        whole = network.flow(seat, there).packets
        for leg in flows.legs(seat.zone, there.zone):
            out = meet(flows.over(leg, seat.zone, there.zone).packets, whole)
            if out.possible:
                nat = network.nodes.get(leg.forward.nat, NatGateway)
                known = _own(seat) if not leg.forward.nat else ()
                if nat and leg.forward.end is not End.RELAYED:
                    known = nat.public_addresses
                for address in known or (None,):
                    yield Sender(seat, address, _moved(out, seat, there))


def around(network: "Network", source: str, destination: str, told: str) -> Bounds[PacketSet]:
    """The packets from inside that come to a public address of the estate and are answered."""
    (there,) = network.zones.seats(told)
    found: dict[Seat, dict[Prefix | None, list[Bounds[PacketSet]]]] = {}
    for seat, address, out in senders(network, source, told):
        place = INTERNET if address is None else host(address)
        inward = network.reach(place, destination).packets
        back = inward if address is not None else _from_any(inward, source)
        each = meet(out, _moved(back, seat, there))
        found.setdefault(seat, {}).setdefault(address, []).append(each)
    ways = ([join(each) for each in ways.values()] for ways in found.values())
    return join(_whichever(each) if there.zone.floats else join(each) for each in ways)


def _whichever(ways: list[Bounds[PacketSet]]) -> Bounds[PacketSet]:
    """Packets by ways of which the public address decides, so that only what passes by each of
    them is certain."""
    total = join(ways)
    certain = reduce(PacketSet.__and__, (each.certain for each in ways))
    if total.certain <= certain:
        return total
    why = Unknown(Cause.COMPUTED, "which way leads to the public address")
    return Bounds(certain, total.possible, total.because | {why})


def _own(seat: Seat) -> tuple[Prefix, ...]:
    """What the internet knows a seat by: an IPv6 address is its own public one."""
    if seat.zone.family == 6:
        return () if seat.address is None else (seat.address,)
    told = seat.interface.public_addresses if seat.interface else ()
    return tuple(public for behind, public in told if behind in (None, seat.address))


def _moved(bounds: Bounds[PacketSet], seat: Seat, there: Seat) -> Bounds[PacketSet]:
    """The same packets from a seat to the public address."""
    ends = (seat.address,) if seat.address else seat.zone.ranges, there.zone.ranges
    return Bounds(bounds.certain.moved(*ends), bounds.possible.moved(*ends), bounds.because)


def _from_any(inward: Bounds[PacketSet], source: str) -> Bounds[PacketSet]:
    """What comes in whichever public address the sender has; the rest only with some."""
    whole = packets((*PUBLIC4, *PUBLIC6), inward.possible.destinations())
    lost = (whole - inward.certain).moved((*PUBLIC4, *PUBLIC6), None)
    why = Unknown(Cause.COMPUTED, f"the public address of {source}")
    return Bounds(inward.certain - lost, inward.possible, inward.because | {why})
