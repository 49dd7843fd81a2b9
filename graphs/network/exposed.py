"""What the internet reaches, for all services at once.

Most services of a large estate are like others: one interface with one address, in subnets with the
same table and ACL, with the same groups. One of each kind is asked about; the others get the same
packets, to their own address.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphs.network.packets import PacketSet
from graphs.network.zones import INTERNET
from graphs.nodes import Instance, Interface, NodeIndex, Service, Subnet
from graphs.unknown import Bounds, Unknown

if TYPE_CHECKING:
    from graphs.network.reach import Network


@dataclass(frozen=True, slots=True)
class Exposed:
    """Services that the internet reaches alike. `packets` are those to the first of them."""

    places: tuple[str, ...]
    packets: Bounds[PacketSet]


def exposed(network: "Network") -> Iterator[Exposed]:
    """The services that the internet may reach, those alike together; the others are not told."""
    for places in _alike(network):
        reached = network.reach(INTERNET, places[0])
        if reached.packets.possible:
            yield Exposed(tuple(places), reached.packets)


def _alike(network: "Network") -> Iterator[list[str]]:
    """Services that fare alike, without those that the internet has no address for."""
    kinds: dict[object, list[str]] = {}
    ways = _ways(network)
    for node in network.nodes.of(Service):
        interfaces = node.interfaces
        way = ways.get(interfaces[0].subnet) if len(interfaces) == 1 else None
        if way is None or type(node) is not Instance or node.doors or not _usual(interfaces[0]):
            yield [node.id]
        elif interfaces[0].public.certain and node.exists.certain:
            kinds.setdefault((way, interfaces[0].groups), []).append(node.id)
        elif interfaces[0].public.possible:
            yield [node.id]
    yield from kinds.values()


def _usual(interface: Interface) -> bool:
    """Whether nothing about an interface's addresses and forwarding sets it apart."""
    return (
        len(interface.addresses) == 1
        and interface.addresses[0].family == 4
        and not interface.public_addresses
        and not interface.forwards.possible
    )


def _ways(network: "Network") -> dict[object, int]:
    """By subnet, a number that is equal where the internet's way in is the same; without subnets
    that have IPv6, where every address is public, and those that something is not known of."""
    numbers: dict[object, int] = {}
    if network.flows.by_place:
        return {}
    return {
        subnet.id: numbers.setdefault((subnet.vpc, subnet.table, subnet.acl), len(numbers))
        for subnet in _plain(network.nodes)
    }


def _plain(nodes: NodeIndex) -> Iterator[Subnet]:
    for subnet in nodes.of(Subnet):
        hidden = any(isinstance(x, Unknown) for x in (subnet.vpc, subnet.table, subnet.acl))
        if not hidden and all(not isinstance(c, Unknown) and c.family == 4 for c in subnet.cidrs):
            yield subnet
