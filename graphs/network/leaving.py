"""Where packets from an on-premises site go, over VPN and Direct Connect."""

from collections.abc import Iterator

from graphs.addresses import Prefix
from graphs.network.filters import unread
from graphs.network.outward import by_edge
from graphs.network.paths import End, Path, anywhere, doubted, dropped, given, not_modelled, stepped
from graphs.network.routes import minus
from graphs.network.wan import Wan
from graphs.nodes import (
    CoreNetwork,
    CustomerGateway,
    DirectConnectGateway,
    Node,
    Ref,
    Site,
    TransitGateway,
    VpnConnection,
    VpnGateway,
)
from graphs.unknown import NO


def from_site(wan: Wan, site: Site, wanted: Prefix, toward: Ref = "") -> Iterator[Path]:
    """Where packets from a site to these destinations end, over each of its connections."""
    start = Path(wanted, site.id, toward, groups=NO)
    if not site.behind:
        claim = f"Site {site.name} is behind no gateway"
        yield dropped(start, claim, site.proof("behind"))
    for ref in site.behind:
        if customer := wan.nodes.get(ref, CustomerGateway):
            yield from _by_customer_gateway(wan, start, customer)
        elif direct := wan.nodes.get(ref, DirectConnectGateway):
            yield from _by_direct_connect(wan, start, direct)
        else:
            yield anywhere(start, unread(ref), groups=NO)


def _by_customer_gateway(wan: Wan, start: Path, customer: CustomerGateway) -> Iterator[Path]:
    connections = tuple(wan.links.connections(customer.id))
    if not connections:
        claim = f"No VPN connection uses customer gateway {customer.name}"
        yield dropped(start, claim, customer.proof())
    for connection, sure in connections:
        yield from _by_vpn(wan, doubted(start, sure), connection)


def _by_vpn(wan: Wan, start: Path, connection: VpnConnection) -> Iterator[Path]:
    claim = f"VPN {connection.name} carries the site's traffic"
    path = given(stepped(start, claim, connection.proof()), connection)
    if connection.gateway is not None:
        yield from _by_private_gateway(wan, path, connection.gateway)
    if connection.transit is not None:
        yield from _by_attachment(wan, path, connection.transit, connection)
    if connection.gateway is None and connection.transit is None:
        yield from _by_core(wan, path, connection)


def _by_core(wan: Wan, path: Path, link: Node) -> Iterator[Path]:
    """Into the core networks that a line is attached to."""
    for attachment in wan.transit.of_target(link.id):
        if wan.nodes.get(attachment.gateway, CoreNetwork):
            yield from wan.enter_transit(path, attachment)


def _by_private_gateway(wan: Wan, path: Path, ref: Ref) -> Iterator[Path]:
    gateway = wan.nodes.get(ref, VpnGateway)
    if gateway is None:
        yield anywhere(path, unread(ref), groups=NO)
    else:
        for end in wan.into_vpc(given(path, gateway), gateway.vpc, gateway.proof()):
            if end.end is End.VPC:
                yield from by_edge(wan, end, gateway)
            else:
                yield end


def _by_attachment(wan: Wan, path: Path, gateway: Ref, link: Node) -> Iterator[Path]:
    attachments = [a for a in wan.transit.of_target(link.id) if a.gateway == gateway]
    if not attachments:
        missing = not_modelled(f"the transit attachment of {link.id}", link)
        yield anywhere(path, missing, groups=NO)
    for attachment in attachments:
        yield from wan.enter_transit(path, attachment)


def _by_direct_connect(wan: Wan, start: Path, direct: DirectConnectGateway) -> Iterator[Path]:
    claim = f"Direct Connect gateway {direct.name} carries the site's traffic"
    base = given(stepped(start, claim, direct.proof()), direct)
    yield from _by_core(wan, base, direct)  # which announces all of its segment
    if not direct.gateways and not wan.transit.of_target(direct.id):
        yield dropped(start, f"Direct Connect gateway {direct.name} has no gateway", direct.proof())
    for ref in direct.gateways:
        rest: tuple[Prefix, ...] = (start.prefix,)
        private = wan.nodes.get(ref, VpnGateway)
        for part, sure in wan.links.announced(direct, ref, start.prefix):
            path = doubted(base._replace(prefix=part), sure)
            rest = minus(rest, part)
            if private:
                yield from _by_private_gateway(wan, path, private.id)
            elif wan.nodes.get(ref, TransitGateway):
                yield from _by_attachment(wan, path, ref, direct)
            else:
                yield anywhere(path, unread(ref), groups=NO)
        for part in rest:
            claim = f"Direct Connect gateway {direct.name} does not announce {part} to the site"
            allowed = direct.proof("allowed_prefixes")
            yield dropped(start._replace(prefix=part), claim, allowed)
