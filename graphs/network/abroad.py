"""Walks to the internet: they leave out what leads to private addresses alone."""

from collections.abc import Iterator
from dataclasses import dataclass

from graphs.addresses import is_public
from graphs.network.paths import End, Path, doubted, stepped
from graphs.network.services import untold
from graphs.network.wan import Wan
from graphs.nodes import Route, RouteTable, Subnet, TransitAttachment
from graphs.unknown import NO, cannot_tell


@dataclass(frozen=True)
class Abroad(Wan):
    """No host on the internet has a private address, and in a large estate the walks to those are
    most of all: to each of its networks, over peerings and transit gateways."""

    def _by_table(self, path: Path, subnet: Subnet) -> Iterator[Path]:
        """By the table, and to services of AWS whose addresses are not known."""
        yield from super()._by_table(path, subnet)
        for endpoint, why in untold(self.nodes, str(subnet.table)):
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
