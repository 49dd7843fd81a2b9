"""VPN connections and Direct Connect gateways, and the on-premises sites behind them."""

from collections.abc import Iterator
from dataclasses import dataclass

from graphs.addresses import Prefix
from graphs.network.routes import common, minus, overlap
from graphs.nodes import (
    DirectConnectGateway,
    Node,
    NodeIndex,
    Ref,
    Site,
    Vpc,
    VpnConnection,
    VpnGateway,
)
from graphs.unknown import NO, YES, Answer, Unknown, cannot_tell


@dataclass(frozen=True)
class Links:
    """The links between an estate and its sites."""

    nodes: NodeIndex

    def connections(self, customer: str) -> Iterator[tuple[VpnConnection, Answer]]:
        """The VPN connections of a customer gateway, and whether they surely are."""
        for connection in self.nodes.of(VpnConnection):
            if (sure := _among(customer, (connection.customer,))).possible:
                yield connection, sure

    def of_gateway(self, gateway: VpnGateway) -> tuple[tuple[Node, Answer], ...]:
        """What a virtual private gateway leads to, and whether it surely does."""
        vpns = [(v, _among(gateway.id, (v.gateway,))) for v in self.nodes.of(VpnConnection)]
        direct = [(d, _among(gateway.id, d.gateways)) for d in self.nodes.of(DirectConnectGateway)]
        return tuple((link, sure) for link, sure in (*vpns, *direct) if sure.possible)

    def learned(self, gateway: VpnGateway) -> Iterator["Prefix | Unknown"]:
        """What a virtual private gateway propagates into route tables."""
        for link, sure in self.of_gateway(gateway):
            if not sure.certain:
                yield from sure.because
            elif isinstance(link, VpnConnection):
                yield from self.vpn_prefixes(link)
            else:
                yield from self.behind_prefixes(link.id)

    def behind_prefixes(self, ref: Ref) -> Iterator["Prefix | Unknown"]:
        """The prefixes of the sites that a customer gateway or Direct Connect gateway leads to,
        or why they are not known."""
        for site in self.nodes.of(Site):
            sure = _is_behind(site, ref)
            if sure.certain:
                yield from site.prefixes
            elif sure.possible:
                yield from sure.because

    def vpn_prefixes(self, connection: VpnConnection) -> Iterator["Prefix | Unknown"]:
        """What a VPN announces: its static routes, else the prefixes of the sites behind it."""
        if connection.routes:
            yield from connection.routes
        else:
            yield from self.behind_prefixes(connection.customer)

    def site_ranges(self, link: Node, wanted: Prefix) -> Iterator[tuple[Site, Prefix, Answer]]:
        """The wanted addresses that lie in sites behind a link, and whether they surely do."""
        behind = link.customer if isinstance(link, VpnConnection) else link.id
        routes = link.routes if isinstance(link, VpnConnection) else ()
        known = [r for r in routes if isinstance(r, Prefix)]
        hidden = [r for r in routes if isinstance(r, Unknown)]
        for site in self.nodes.of(Site):
            sure = _is_behind(site, behind)
            if not sure.possible:
                continue
            for part in overlap((wanted,), site.prefixes):
                inside = overlap((part,), known) if routes else (part,)
                for span in inside:
                    yield site, span, sure
                rest: tuple[Prefix, ...] = (part,)
                for span in inside:
                    rest = minus(rest, span)
                for span in rest if hidden else ():
                    yield site, span, sure & cannot_tell(*hidden)

    def announced(
        self, direct: DirectConnectGateway, gateway: Ref, wanted: Prefix
    ) -> Iterator[tuple[Prefix, Answer]]:
        """The wanted addresses that a Direct Connect gateway announces to its sites for a gateway.

        Over a virtual private gateway a VPC's range is announced when an allowed prefix holds
        all of it; over a transit gateway, the allowed prefixes themselves are.
        https://docs.aws.amazon.com/directconnect/latest/UserGuide/allowed-to-prefixes.html
        """
        private, allowed = self.nodes.get(gateway, VpnGateway), direct.allowed_for(gateway)
        known = [p for p in allowed if isinstance(p, Prefix)]
        hidden = [p for p in allowed if isinstance(p, Unknown)]
        vpc = self.nodes.get(private.vpc, Vpc) if private else None
        if private and not allowed:
            yield wanted, YES
            return
        if vpc is not None:
            ranges = [c for c in vpc.cidrs if isinstance(c, Prefix)]
            known = [c for c in ranges if any(p.covers(c) for p in known)]
        rest: tuple[Prefix, ...] = (wanted,)
        for prefix in known:
            for part in (common(r, prefix) for r in rest):
                if part is not None:
                    yield part, YES
            rest = minus(rest, prefix)
        for part in rest if hidden else ():
            yield part, cannot_tell(*hidden)


def _among(wanted: str, refs: tuple["Ref | None", ...]) -> Answer:
    """Whether a node is one of those that references lead to."""
    if wanted in refs:
        return YES
    hidden = [ref for ref in refs if isinstance(ref, Unknown)]
    return cannot_tell(*hidden) if hidden else NO


def _is_behind(site: Site, ref: Ref) -> Answer:
    if isinstance(ref, str) and ref in site.behind:
        return YES
    hidden = [r for r in (*site.behind, ref) if isinstance(r, Unknown)]
    return cannot_tell(*hidden) if hidden else NO
