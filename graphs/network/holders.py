"""Which node has which address, privately or towards the internet."""

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from graphs.addresses import Prefix, prefix
from graphs.nodes import Endpoint, Interface, NatGateway, Node, NodeIndex, Service

HOST = "host "
"""Begins the name of a place that is a host on the internet, whoever has its address here."""

PUBLISHED = "public:"
"""Begins the name of a place that is something here by its public IPv4 address, which is not known:
`public:aws_instance.web`."""

_LIKE_AN_ADDRESS = re.compile(r"(?:host )?[0-9a-fA-F]*[.:]")


@dataclass(frozen=True, slots=True)
class Holder:
    """A node with an address. `private` is the address on its interface, if that is known;
    `public` says that the internet knows the interface by the address."""

    node: Node
    interface: Interface | None
    private: Prefix | None
    public: bool


@dataclass(frozen=True)
class Holders:
    """The fixed addresses of an estate."""

    nodes: NodeIndex

    @cached_property
    def _known(self) -> dict[Prefix, tuple[Holder, ...]]:
        found: dict[Prefix, list[Holder]] = {}
        for node in self.nodes.nodes:
            for address, holder in _held(node):
                found.setdefault(address, []).append(holder)
        return {address: tuple(holders) for address, holders in found.items()}

    def of(self, address: Prefix) -> tuple[Holder, ...]:
        """What has an address: several things where LANs overlap."""
        return self._known.get(address, ())


def _held(node: Node) -> Iterator[tuple[Prefix, Holder]]:
    if isinstance(node, NatGateway):
        for address in node.addresses:
            yield address, Holder(node, None, address, public=False)
        for address in node.public_addresses:
            yield address, Holder(node, None, None, public=True)
    if isinstance(node, Service | Endpoint):
        for interface in node.interfaces:
            for address in interface.addresses:
                yield address, Holder(node, interface, address, public=False)
            for behind, address in interface.public_addresses:
                yield address, Holder(node, interface, behind, public=True)


@lru_cache(maxsize=65536)
def address_of(place: str) -> Prefix | None:
    """The address or range that a place is named by, if it is: `10.1.2.3`, `host 203.0.113.9`,
    `203.0.113.0/24`.

    >>> str(address_of("10.1.2.3")), address_of("internet")
    ('10.1.2.3/32', None)
    """
    if not _LIKE_AN_ADDRESS.match(place):  # most places are names, which are soon told
        return None
    try:
        return prefix(str(ipaddress.ip_network(place.removeprefix(HOST), strict=False)))
    except ValueError:
        return None


def host(address: Prefix) -> str:
    """The place that an address is on the internet."""
    return HOST + address.first
