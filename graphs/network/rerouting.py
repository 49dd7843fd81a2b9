"""What would lead packets on where routing loses them: a route, a link, an attachment.

Input: a path that ends short of its goal. Output: an Opening by the links that there are, else by
a new one; None where only somebody on the other side can open it.
"""

from collections.abc import Iterator
from dataclasses import replace

from graphs.addresses import ANY4, ANY6, Prefix
from graphs.network.claims import text_of
from graphs.network.opening import Opening, with_node
from graphs.network.paths import Path, target_name
from graphs.network.zones import INTERNET, Zone
from graphs.nodes import (
    Gateway,
    NatGateway,
    NodeIndex,
    Peering,
    Ref,
    Route,
    RouteTable,
    Site,
    Subnet,
    TransitAttachment,
    TransitTable,
    Vpc,
    VpnConnection,
    VpnGateway,
)
from graphs.unknown import YES


def onward(nodes: NodeIndex, path: Path, source: Zone, goal: Zone) -> Opening | None:
    """What leads a path from a zone to its goal, at the router where it is lost."""
    proof = path.steps[-1].proof if path.steps else None
    node = nodes.by_id.get(proof.resource) if proof else None
    if isinstance(node, Peering) and not node.active.possible:
        return _accepted(node)
    if isinstance(node, TransitAttachment):
        if proof is not None and proof.attribute == "subnet_ids":
            return _in_zone(nodes, node, path)
        entered = _entered(nodes, path, node)
        return by_transit(nodes, entered.table, entered, path.prefix, goal)
    table = _transit_table(nodes, proof.resource if proof else "")
    if table is not None:
        return by_transit(nodes, table.id, None, path.prefix, goal)
    strayed = nodes.get(path.at, Subnet)
    if path.seen and strayed is not None and strayed.vpc not in (source.vpc, goal.vpc):
        entered = nodes.many(sorted(path.seen), TransitAttachment)[0]
        return by_transit(nodes, entered.table, entered, path.prefix, goal)
    place = path.at or ("" if path.seen else source.place)
    return by_table(nodes, place, path.prefix, goal)


def _entered(nodes: NodeIndex, path: Path, last: TransitAttachment) -> TransitAttachment:
    """The attachment whose table led to the last one, where that is not itself the one."""
    seen = nodes.many(sorted(path.seen), TransitAttachment)
    before = (each for each in seen if each.gateway == last.gateway)
    return last if last.id in path.seen else next(before, last)


def _transit_table(nodes: NodeIndex, resource: str) -> TransitTable | None:
    for table in nodes.of(TransitTable):
        if any(route.proof.resource == resource for route in table.routes):
            return table
    return None


def _accepted(peering: Peering) -> Opening:
    made = replace(peering, active=YES)
    return Opening(f"acceptance of peering {peering.name}", lambda nodes: with_node(nodes, made))


def _in_zone(nodes: NodeIndex, attachment: TransitAttachment, path: Path) -> Opening | None:
    """The attachment with a subnet in the zone of the packets."""
    here = nodes.get(path.at, Subnet)
    if here is None:
        return None

    def change(nodes: NodeIndex) -> NodeIndex:
        old = nodes.get(attachment.id, TransitAttachment) or attachment
        return with_node(nodes, replace(old, subnets=(*old.subnets, here.id)))

    zone = text_of(here.zone)
    return Opening(f"a subnet in zone {zone} for attachment {attachment.name}", change)


def by_transit(
    nodes: NodeIndex,
    ref: Ref,
    entered: TransitAttachment | None,
    prefix: Prefix,
    goal: Zone,
) -> Opening | None:
    """A route of a transit table to the goal's attachment; first the association with a table."""
    table = nodes.get(ref, TransitTable)
    if table is None:
        own = [t for t in nodes.of(TransitTable) if entered and t.gateway == entered.gateway]
        return _associated(entered, own[0]) if entered and own and not ref else None
    ends = [a for a in nodes.of(TransitAttachment) if a.gateway == table.gateway]
    found = next((a for a in ends if a.target in _targets(nodes, goal)), None)
    if found is None:
        return _attached(nodes, table.gateway, table.id, goal)
    route = Route(prefix, "attachment", found.id, table.proof())

    def change(nodes: NodeIndex) -> NodeIndex:
        old = nodes.get(table.id, TransitTable) or table
        kept = tuple(r for r in old.routes if r.destination != prefix)
        return with_node(nodes, replace(old, routes=(*kept, route)))

    says = f"a route to {prefix} by attachment {found.name} in transit table {table.name}"
    return Opening(says, change)


def _associated(attachment: TransitAttachment, table: TransitTable) -> Opening:
    made = replace(attachment, table=table.id)
    says = f"an association of attachment {attachment.name} with transit table {table.name}"
    return Opening(says, lambda nodes: with_node(nodes, made))


def _attached(nodes: NodeIndex, gateway: Ref, table: Ref, end: Zone) -> Opening | None:
    """A VPC on a transit gateway."""
    vpc, subnet = nodes.get(end.vpc, Vpc), nodes.get(end.place, Subnet)
    hub = nodes.by_id.get(gateway) if isinstance(gateway, str) else None
    if vpc is None or subnet is None or hub is None:
        return None
    made = TransitAttachment(
        source=vpc.source,
        id=f"attachment of {vpc.id} to {hub.id}",
        gateway=hub.id,
        kind="vpc",
        target=vpc.id,
        table=table,
        subnets=(subnet.id,),
    )
    says = f"an attachment of VPC {vpc.name} to transit gateway {hub.name}"
    return Opening(says, lambda nodes: with_node(nodes, made))


def _targets(nodes: NodeIndex, goal: Zone) -> frozenset[Ref]:
    """What an attachment that leads to a zone is attached to."""
    site = nodes.get(goal.place, Site)
    if site is None:
        return frozenset({goal.vpc})
    vpns = (v.id for v in nodes.of(VpnConnection) if v.customer in site.behind)
    return frozenset((*site.behind, *vpns))


def by_table(nodes: NodeIndex, place: Ref, prefix: Prefix, goal: Zone) -> Opening | None:
    """A route in a subnet's table, by a link that is there, or with a new peering."""
    subnet = nodes.get(place, Subnet)
    table = nodes.get(subnet.table, RouteTable) if subnet else None
    vpc = nodes.get(subnet.vpc, Vpc) if subnet else None
    if table is None or vpc is None:
        return None
    if goal.place == INTERNET:
        return to_internet(nodes, table, vpc, goal.family)
    for kind, target in _links(nodes, vpc, goal):
        return _routed(nodes, table, prefix, kind, target)
    other = nodes.get(goal.vpc, Vpc)
    if other is None or other is vpc or _lacks(vpc, prefix):
        return None
    return _peered(vpc, other, table, prefix)


def _lacks(vpc: Vpc, prefix: Prefix) -> bool:
    """Whether a VPC overlaps what it is to be peered with, which AWS refuses."""
    return any(isinstance(cidr, Prefix) and cidr.meets(prefix) for cidr in vpc.cidrs)


def _links(nodes: NodeIndex, vpc: Vpc, goal: Zone) -> Iterator[tuple[str, str]]:
    """The links of a VPC that lead to the goal: peerings, then transit, then VPN gateways."""
    for peering in nodes.of(Peering):
        ends = {peering.requester, peering.accepter}
        if ends == {vpc.id, goal.vpc} and peering.active.possible:
            yield "peering", peering.id
    wanted = _targets(nodes, goal)
    for attachment in nodes.of(TransitAttachment):
        if attachment.target == vpc.id and isinstance(attachment.gateway, str):
            ends = {a.target for a in nodes.of(TransitAttachment)
                    if a.gateway == attachment.gateway}  # fmt: skip
            if ends & wanted:
                yield "transit", attachment.gateway
    for gateway in nodes.of(VpnGateway):
        leads = {v.id for v in nodes.of(VpnConnection) if v.gateway == gateway.id}
        if gateway.vpc == vpc.id and leads & wanted:
            yield "vpn", gateway.id


def _peered(vpc: Vpc, other: Vpc, table: RouteTable, prefix: Prefix) -> Opening:
    peering = Peering(
        source=vpc.source,
        id=f"peering of {vpc.id} and {other.id}",
        requester=vpc.id,
        accepter=other.id,
    )
    says = (
        f"a peering of VPC {vpc.name} with VPC {other.name}, "
        f"and a route to {prefix} by it in route table {table.name}"
    )

    def change(nodes: NodeIndex) -> NodeIndex:
        old = nodes.get(table.id, RouteTable) or table
        return with_node(nodes, peering, with_route(old, prefix, "peering", peering.id))

    return Opening(says, change)


def with_route(table: RouteTable, destination: Prefix, kind: str, target: str) -> RouteTable:
    """The table with a route in place of any to the same destination."""
    kept = tuple(r for r in table.routes if r.destination != destination)
    return replace(table, routes=(*kept, Route(destination, kind, target, table.proof())))


def _routed(
    nodes: NodeIndex, table: RouteTable, destination: Prefix, kind: str, target: str
) -> Opening:
    route = Route(destination, kind, target, table.proof())

    def change(nodes: NodeIndex) -> NodeIndex:
        old = nodes.get(table.id, RouteTable) or table
        return with_node(nodes, with_route(old, destination, kind, target))

    by = target_name(nodes, route)
    return Opening(f"a route to {destination} by {by} in route table {table.name}", change)


def to_internet(
    nodes: NodeIndex, table: RouteTable, vpc: Vpc, family: int, *, inward: bool = False
) -> Opening:
    """A default route; by a NAT gateway where the VPC has one and nothing has to come in."""
    whole = ANY4 if family == 4 else ANY6
    nats = [n for n in nodes.of(NatGateway) if _stands_in(nodes, n, vpc) and n.public is True]
    if nats and family == 4 and not inward:
        own = [n for n in nats if not _serves(nodes, n, table)]
        if own:
            return _routed(nodes, table, whole, "nat", own[0].id)
    gateways = [g for g in nodes.of(Gateway) if g.vpc == vpc.id and not g.egress_only]
    if gateways:
        return _routed(nodes, table, whole, "internet", gateways[0].id)

    def change(nodes: NodeIndex) -> NodeIndex:
        made = Gateway(source=vpc.source, id=f"internet gateway of {vpc.id}", vpc=vpc.id)
        old = nodes.get(table.id, RouteTable) or table
        return with_node(nodes, made, with_route(old, whole, "internet", made.id))

    says = f"a route to {whole} by an internet gateway in route table {table.name}"
    return Opening(says, change)


def _stands_in(nodes: NodeIndex, nat: NatGateway, vpc: Vpc) -> bool:
    home = nodes.get(nat.subnet, Subnet)
    return home is not None and home.vpc == vpc.id


def _serves(nodes: NodeIndex, nat: NatGateway, table: RouteTable) -> bool:
    """Whether a NAT gateway itself sends by the table, which would lead back to it."""
    home = nodes.get(nat.subnet, Subnet)
    return home is not None and home.table == table.id
