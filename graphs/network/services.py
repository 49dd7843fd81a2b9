"""The services of AWS that gateway endpoints lead to: S3 and DynamoDB, by the addresses they have.

A live account lists those addresses; code and the endpoint itself may not tell them. An address of
somebody unknown may then be one of theirs.
https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
"""

from collections.abc import Iterator

from graphs.addresses import ANY4, ANY6, Prefix
from graphs.network.listening import RESOLVERS
from graphs.network.paths import End, Path
from graphs.network.zones import Zone
from graphs.nodes import Endpoint, Interface, NatGateway, NodeIndex, PrefixList, Ref, Service
from graphs.unknown import Cause, Unknown

GATEWAY = "Gateway"


def ranges_of(nodes: NodeIndex, endpoint: Endpoint) -> tuple["Prefix | Unknown", ...]:
    """The addresses of a gateway endpoint's service, as far as they are known."""
    lists = (p.prefixes for p in nodes.of(PrefixList) if p.name == endpoint.service)
    return next(lists, endpoint.ranges)


def untold(nodes: NodeIndex) -> dict[Ref, list[tuple[Endpoint, Unknown]]]:
    """The gateway endpoints whose addresses are not known, and why, by their route tables."""
    found: dict[Ref, list[tuple[Endpoint, Unknown]]] = {}
    for endpoint in nodes.of(Endpoint):
        told = any(isinstance(p, Prefix) for p in ranges_of(nodes, endpoint))
        if endpoint.kind == GATEWAY and not told:
            why = Unknown(Cause.COMPUTED, f"the addresses of {endpoint.service}")
            for table in endpoint.tables:
                found.setdefault(table, []).append((endpoint, why))
    return found


def served(nodes: NodeIndex, path: Path, goal: Zone) -> bool:
    """Whether a way to one of AWS's services may lead to a place on the internet: the internet as
    a whole is none of them, and neither is what is known to be somebody else's."""
    if path.end is not End.SERVICE or goal.ranges in ((ANY4,), (ANY6,)):
        return False
    known = goal.ranges[0] in RESOLVERS or goal.ranges[0] in _published(nodes)
    return path.certain or not known


def _published(nodes: NodeIndex) -> Iterator[Prefix]:
    for gateway in nodes.of(NatGateway):
        yield from gateway.public_addresses
    seats: Iterator[Interface] = (i for service in nodes.of(Service) for i in service.interfaces)
    for seat in seats:
        yield from (address for _, address in seat.public_addresses)
