"""PrivateLink: what an interface endpoint hands on to the service behind it.

The provider's balancers take a connection in their own VPC: their groups see the client's address
unless they are told to let PrivateLink pass, their targets see the balancer's.
https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-share-your-services.html
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from graphs.network.balancing import Balancing
from graphs.network.filters import ALL, NONE, Peer, join, meet
from graphs.network.listening import listened
from graphs.network.packets import NOTHING, PacketSet, packets
from graphs.network.zones import Seat
from graphs.nodes import Balancer, Endpoint, EndpointService, NodeIndex
from graphs.unknown import NO, Bounds, Cause, Unknown


def heard_by(nodes: NodeIndex, endpoint: Endpoint) -> "Bounds[PacketSet] | None":
    """What the balancers behind an endpoint listen for; None where those are not of this estate."""
    service = nodes.get(endpoint.provider, EndpointService)
    if service is None:
        return None
    known = nodes.many(service.balancers, Balancer)
    return join(listened(each) for each in known) if len(known) == len(service.balancers) else None


@dataclass(frozen=True, slots=True)
class Provided:
    """The endpoint services of an estate, over its balancers."""

    balancing: Balancing

    def handed_on(self, endpoint: Endpoint, client: Seat, end: Seat) -> Bounds[PacketSet]:
        """The packets from a client to an endpoint that something at the provider answers."""
        service = self.balancing.flows.nodes.get(endpoint.provider, EndpointService)
        if service is None:
            return ALL
        found = join(self._behind(service, client, end))
        if endpoint.accepted.certain:
            return found
        if not endpoint.accepted.possible:
            return NONE
        return meet(found, Bounds(NOTHING, found.possible, endpoint.accepted.because))

    def _behind(
        self, service: EndpointService, client: Seat, end: Seat
    ) -> Iterator[Bounds[PacketSet]]:
        balancing = self.balancing
        for ref in service.balancers:
            balancer = balancing.flows.nodes.get(ref, Balancer)
            if balancer is None:
                what = f"what {service.name} leads to"
                why = ref if isinstance(ref, Unknown) else Unknown(Cause.DATA, what)
                yield Bounds(NOTHING, packets(), frozenset({why}))
                continue
            for node in balancing.zones.seats(balancer.id):
                if node.zone.family == end.zone.family:
                    handed = balancing.handed_on(_hiding(balancer), client, node)
                    admitted = meet(handed, self._admitted(balancer, node))
                    yield _at(admitted, end)

    def _admitted(self, balancer: Balancer, node: Seat) -> Bounds[PacketSet]:
        """What a balancer's groups let in of PrivateLink's connections."""
        name = "enforce_security_group_inbound_rules_on_private_link_traffic"
        enforced = balancer.attribute(name)
        if enforced == "off" or not node.zone.filtered:
            return ALL
        checked = self.balancing.flows.group_check(node.zone, Peer(counts=NO), inward=True)
        if isinstance(enforced, Unknown):
            return Bounds(checked.certain, packets(), checked.because | {enforced})
        return checked


def _hiding(balancer: Balancer) -> Balancer:
    """The balancer as PrivateLink uses it: no target sees the client's address."""
    listeners = tuple(
        replace(each, targets=tuple(t._replace(keeps_client=NO) for t in each.targets))
        for each in balancer.listeners
    )
    return replace(balancer, listeners=listeners)


def _at(bounds: Bounds[PacketSet], end: Seat) -> Bounds[PacketSet]:
    """The same packets, sent to the endpoint."""
    ranges = end.zone.ranges
    return Bounds(
        bounds.certain.moved(None, ranges), bounds.possible.moved(None, ranges), bounds.because
    )
