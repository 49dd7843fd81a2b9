"""Walks to the internet: they leave out what leads to private addresses alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from graphs.addresses import is_public
from graphs.network.paths import End, Path, doubted, stepped
from graphs.network.services import untold
from graphs.network.wan import Wan
from graphs.nodes import (
    Endpoint,
    Firewall,
    Gateway,
    Ref,
    Route,
    RouteTable,
    Subnet,
    TransitAttachment,
)
from graphs.unknown import NO, Unknown, cannot_tell


@dataclass(frozen=True)
class Abroad(Wan):
    """No host on the internet has a private address, and in a large estate the walks to those are
    most of all: to each of its networks, over peerings and transit gateways."""

    @cached_property
    def _attached(self) -> frozenset[Ref]:
        """The VPCs that internet gateways are attached to."""
        return frozenset(g.vpc for g in self.nodes.of(Gateway) if not g.egress_only)

    @cached_property
    def _somewhere(self) -> bool:
        """Whether a gateway is attached to a VPC that is not known."""
        return any(isinstance(vpc, Unknown) for vpc in self._attached)

    def may_be_attached(self, vpc: Ref) -> bool:
        """Whether a VPC may have an internet gateway of its own."""
        return vpc in self._attached or self._somewhere

    @cached_property
    def strays(self) -> bool:
        """Whether packets of a VPC without a gateway may yet come to one: that a route names and
        that was not read, or past a firewall in another VPC. Whatever else leads there from
        another VPC is a NAT gateway, or keeps its origin, which internet gateways drop."""
        routes = (route for table in self.nodes.of(RouteTable) for route in table.routes)
        out = (route.target for route in routes if route.kind in ("internet", "egress-only"))
        unread = any(self.nodes.get(target, Gateway) is None for target in out)
        return unread or bool(self.nodes.of(Firewall))

    @cached_property
    def _untold(self) -> dict[Ref, list[tuple[Endpoint, Unknown]]]:
        return untold(self.nodes)

    def _by_table(self, path: Path, subnet: Subnet) -> Iterator[Path]:
        """By the table, and to services of AWS whose addresses are not known."""
        yield from super()._by_table(path, subnet)
        for endpoint, why in self._untold.get(subnet.table, ()):
            claim = f"Gateway endpoint {endpoint.name} leads to {endpoint.service}"
            perhaps = stepped(path, claim, endpoint.proof("route_table_ids"))
            yield doubted(perhaps._replace(end=End.SERVICE, groups=NO), cannot_tell(why))

    def _by_route(
        self, path: Path, route: Route, subnet: Subnet, table: RouteTable
    ) -> Iterator[Path]:
        """By the routes that take public addresses."""
        public = is_public(path.prefix)
        return super()._by_route(path, route, subnet, table) if public else iter(())

    def enter_transit(self, path: Path, attachment: TransitAttachment) -> Iterator[Path]:
        """From an attachment to public addresses."""
        return super().enter_transit(path, attachment) if is_public(path.prefix) else iter(())
