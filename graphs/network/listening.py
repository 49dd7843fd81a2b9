"""What answers at a place: the packets that it listens for, as far as its kind says."""

import re
from collections.abc import Sequence

from graphs.addresses import Prefix, prefix
from graphs.network.filters import ALL, NONE, join
from graphs.network.holders import HOST
from graphs.network.packets import (
    EVERYTHING,
    ICMP,
    NOTHING,
    TCP,
    UDP,
    PacketSet,
    asked,
    packets,
    union,
)
from graphs.nodes import (
    Balancer,
    ClientVpn,
    Container,
    Database,
    Door,
    Endpoint,
    Front,
    Function,
    Interface,
    Listener,
    NatGateway,
    Node,
    NodeIndex,
    PrefixList,
    Route,
    RouteTable,
    Service,
    Workload,
)
from graphs.unknown import Bounds, Cause, Unknown, exactly

_OVER_UDP = frozenset({"UDP", "QUIC"})
_OVER_BOTH = frozenset({"TCP_UDP", "TCP_QUIC"})

RESOLVERS = tuple(
    map(prefix, ("8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9", "2001:4860:4860::8888"))
)
"""Hosts that everybody knows to answer: whoever reaches them has the internet."""

_RESOLVED = union((asked(TCP, 53), asked(UDP, 53), asked(TCP, 443), asked(TCP, 853), asked(ICMP)))

_GATEWAY_SERVICE = re.compile(r"com\.amazonaws\.[a-z0-9-]+\.(s3|dynamodb)")
_WEB = asked(TCP, 80) | asked(TCP, 443)

# Ports of interface endpoints to AWS's own services; the others take HTTPS alone.
# https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html
_ENDPOINT_PORTS = {
    "email-smtp": (25, 465, 587, 2465, 2587),
    "iot.data": (443, 8883, 8443),
    "s3": (80, 443),
    "ecr.dkr": (443,),
}


def listened(node: "Node | None") -> Bounds[PacketSet]:
    """The packets that a node listens for; what is no service takes all."""
    if isinstance(node, NatGateway | Function | ClientVpn):
        return NONE  # replies alone come to NAT and VPN users, a function's interfaces are its own
    if isinstance(node, Endpoint):
        return _endpoint(node)
    if isinstance(node, Balancer):
        return join(_listener(each) for each in node.listeners)
    if isinstance(node, Database):
        return join(map(_port, node.ports))
    if isinstance(node, Container) and node.ports:
        return join(exactly(asked(port=port)) for port in node.ports)
    if isinstance(node, Front):
        own = (*node.ports, *((443,) if node.behind is not None else ()))
        return join((*map(_port, own), *map(_door, node.doors)))
    if isinstance(node, Workload):
        return _worked(node)
    return ALL


def _worked(node: Workload) -> Bounds[PacketSet]:
    if node.ports is None:
        why = _unsaid(f"what the {node.kind} {node.name} listens on")
        return Bounds(NOTHING, EVERYTHING, frozenset({why}))
    return join((*map(_port, node.ports), *map(_door, node.doors)))


def _door(door: Door) -> Bounds[PacketSet]:
    return exactly(packets(protocols=(door.protocol, door.protocol), ports=door.ports))


def _port(port: "int | Unknown") -> Bounds[PacketSet]:
    """One TCP port; any, where it is not known which."""
    if isinstance(port, Unknown):
        return Bounds(NOTHING, asked(TCP), frozenset({port}))
    return exactly(asked(TCP, port))


def _listener(listener: Listener) -> Bounds[PacketSet]:
    because = frozenset(x for x in (listener.protocol, listener.port) if isinstance(x, Unknown))
    port = None if isinstance(listener.port, Unknown) else listener.port
    protocols: tuple[int, ...] = (TCP,)
    if isinstance(listener.protocol, Unknown) or listener.protocol in _OVER_BOTH:
        protocols = (TCP, UDP)
    elif listener.protocol in _OVER_UDP:
        protocols = (UDP,)
    possible = union(asked(protocol, port) for protocol in protocols)
    return Bounds(NOTHING, possible, because) if because else exactly(possible)


def _endpoint(endpoint: Endpoint) -> Bounds[PacketSet]:
    """An endpoint to one of AWS's services takes its ports; one to somebody's, what they chose."""
    service = endpoint.service
    named = re.fullmatch(r"com\.amazonaws\.(?!vpce\.)[a-z0-9-]+\.(.+)", str(service))
    if isinstance(service, str) and named:
        ports = _ENDPOINT_PORTS.get(named[1], (443,))
        return exactly(union(asked(TCP, port) for port in ports))
    said = service if isinstance(service, Unknown) else _unsaid(f"what {service} listens on")
    return Bounds(NOTHING, asked(TCP) | asked(UDP), frozenset({said}))


def on_internet(nodes: NodeIndex, address: Prefix) -> Bounds[PacketSet]:
    """What a host on the internet answers: for most nobody here knows."""
    if address in RESOLVERS:
        return exactly(_RESOLVED)
    told = [(listed.name, listed.prefixes) for listed in nodes.of(PrefixList)]
    told += [(str(endpoint.service), endpoint.ranges) for endpoint in nodes.of(Endpoint)]
    for name, ranges in told:
        inside = any(isinstance(p, Prefix) and p.covers(address) for p in ranges)
        if inside and (service := _GATEWAY_SERVICE.fullmatch(name)):
            return exactly(_WEB | asked(ICMP) if service[1] == "s3" else _WEB)
    return Bounds(NOTHING, EVERYTHING, frozenset({_unsaid(f"what {address.first} answers")}))


def outsiders(place: str, heard: Bounds[PacketSet]) -> Bounds[PacketSet]:
    """What hosts on the internet send each other; code does not know its own public addresses."""
    why = _unsaid(f"what {place.removeprefix(HOST)} is, which nothing here has")
    return Bounds(NOTHING, heard.possible, frozenset({why}))


def filtered_within(
    nodes: NodeIndex, node: "Node | None", asked_of: Sequence[Interface]
) -> Bounds[PacketSet]:
    """What an appliance that routes lead to takes for itself by the interfaces which forward: its
    own software decides."""
    if not isinstance(node, Service) or not any(i.forwards.possible for i in asked_of):
        return ALL
    tables = nodes.of(RouteTable)
    if not any(t.unread or any(_leads_to(node, r) for r in t.routes) for t in tables):
        return ALL
    why = _unsaid(f"what {node.name} lets through, which routes lead to")
    return Bounds(NOTHING, EVERYTHING, frozenset({why}))


def _leads_to(service: Service, route: Route) -> bool:
    own = {service.id, *(i.proof.resource for i in service.interfaces)}
    return route.kind == "interface" and route.target in own


def _unsaid(what: str) -> Unknown:
    return Unknown(Cause.MODEL, what)
