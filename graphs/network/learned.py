"""The routes of a table that nobody wrote: what gateways propagate and gateway endpoints add."""

from collections.abc import Iterator
from dataclasses import replace

from graphs.network.services import GATEWAY, ranges_of
from graphs.network.sites import Links
from graphs.nodes import Endpoint, NodeIndex, Route, RouteTable, VpnGateway
from graphs.unknown import Unknown


def learned(nodes: NodeIndex, links: Links, table: RouteTable) -> Iterator[Route]:
    """All routes of a table, with what a virtual private gateway propagates spelled out.

    What a site announces beyond its declared prefixes is taken to lead to no node of ours.
    """
    for route in table.routes:
        hidden = route.propagated and isinstance(route.destination, Unknown)
        gateway = nodes.get(route.target, VpnGateway) if hidden else None
        if gateway:
            for prefix in links.learned(gateway):
                yield replace(route, destination=prefix)
        else:
            yield route
    yield from _to_services(nodes, table)


def _to_services(nodes: NodeIndex, table: RouteTable) -> Iterator[Route]:
    """The routes of gateway endpoints to the addresses of their service, where they are known.

    https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
    """
    for endpoint in nodes.of(Endpoint):
        if endpoint.kind == GATEWAY and table.id in endpoint.tables:
            for prefix in ranges_of(nodes, endpoint):
                proof = endpoint.proof("route_table_ids")
                yield Route(prefix, "gateway-endpoint", endpoint.id, proof, listed=True)
