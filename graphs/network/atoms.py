"""Where the address space is cut: into ranges that nothing in an estate tells apart within."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from graphs.addresses import PUBLIC4, PUBLIC6, Prefix
from graphs.nodes import (
    Acl,
    ClientVpn,
    DirectConnectGateway,
    Firewall,
    NodeIndex,
    PrefixList,
    RouteTable,
    SecurityGroup,
    Site,
    Subnet,
    TransitTable,
    Vpc,
    VpnConnection,
)
from graphs.unknown import Unknown


@dataclass(frozen=True, slots=True)
class Cuts:
    """The edges between address atoms, by family."""

    edges: dict[int, list[int]]

    @staticmethod
    def at(prefixes: Iterable[Prefix]) -> "Cuts":
        """The edges of these ranges."""
        edges: dict[int, set[int]] = {4: {0, 1 << 32}, 6: {0, 1 << 128}}
        for each in prefixes:
            edges[each.family] |= {each.low, each.high + 1}
        return Cuts({family: sorted(found) for family, found in edges.items()})

    def new(self, prefixes: Iterable[Prefix]) -> "Cuts":
        """The edges of these ranges that are none here."""
        found = Cuts.at(prefixes).edges
        return Cuts({f: sorted(set(own) - set(self.edges[f])) for f, own in found.items()})

    def joined(self, other: "Cuts") -> "Cuts":
        """The edges of both."""
        return Cuts({f: sorted({*own, *other.edges[f]}) for f, own in self.edges.items()})

    def inside(self, span: Prefix) -> bool:
        """Whether there is an edge between two addresses of a range."""
        edges = self.edges[span.family]
        return bisect_right(edges, span.low) < bisect_right(edges, span.high)

    def atom(self, address: Prefix) -> tuple[int, int, int]:
        """Equal for addresses, or ranges, with the same atoms around."""
        edges = self.edges[address.family]
        return address.family, bisect_right(edges, address.low), bisect_right(edges, address.high)

    def around(self, address: Prefix) -> Prefix:
        """The atom around an address, or around a range with all atoms that it meets."""
        edges = self.edges[address.family]
        low = edges[bisect_right(edges, address.low) - 1]
        return Prefix(address.family, low, edges[bisect_right(edges, address.high)] - 1)


def written(nodes: NodeIndex) -> Iterator[Prefix]:
    """Everything in an estate that tells addresses apart."""
    return (p for p in _written(nodes) if isinstance(p, Prefix))


def _written(nodes: NodeIndex) -> Iterator[object]:
    for group in nodes.of(SecurityGroup):
        yield from of_group(group)
    for acl in nodes.of(Acl):
        yield from (entry.prefix for entry in (*acl.ingress, *acl.egress))
    for table in nodes.of(RouteTable):
        yield from (route.destination for route in table.routes)
    for transit in nodes.of(TransitTable):
        yield from (route.destination for route in transit.routes)
    for vpc in nodes.of(Vpc):
        yield from vpc.cidrs
    for subnet in nodes.of(Subnet):
        yield from subnet.cidrs
    for prefix_list in nodes.of(PrefixList):
        yield from prefix_list.prefixes
    for site in nodes.of(Site):
        yield from site.prefixes
    for direct in nodes.of(DirectConnectGateway):
        yield from (prefix for _, prefix in direct.allowed)
    for connection in nodes.of(VpnConnection):
        yield from connection.routes
    yield from _at_borders(nodes)
    yield from (*PUBLIC4, *PUBLIC6)


def of_group(group: SecurityGroup) -> "Iterator[Prefix | Unknown]":
    """The ranges in the rules of a group."""
    for rule in (*group.ingress, *group.egress):
        yield from rule.prefixes


def _at_borders(nodes: NodeIndex) -> Iterator[object]:
    for firewall in nodes.of(Firewall):
        for line in (*firewall.stateless, *firewall.stateful):
            yield from (*line.sources, *line.destinations)
    for vpn in nodes.of(ClientVpn):
        yield from (*vpn.authorized, *(prefix for prefix, _ in vpn.routes))
