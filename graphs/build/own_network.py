"""A network of the attacker's own, joined by a peering: its addresses are the attacker's choice.

Input: nodes, a service, its subnet's table and VPC. Output: the nodes of such a network, with a
machine in it from where everything is sent, and the routes both ways.
"""

from collections.abc import Iterator

from graphs.addresses import ANY4, Prefix, is_public, prefix
from graphs.network.opening import with_node
from graphs.network.rerouting import with_route
from graphs.nodes import (
    Acl,
    AclEntry,
    GroupRule,
    Instance,
    Interface,
    Node,
    NodeIndex,
    Peering,
    Route,
    RouteTable,
    SecurityGroup,
    Service,
    Subnet,
    Vpc,
)
from graphs.unknown import NO, YES

OWN = "machine in the attacker's own network"
_PLACES = ("10.255.255.240/28", "192.168.255.240/28", "172.31.255.240/28")
# VPC User Guide, "VPC CIDR blocks": the smallest block is a /28.
_SMALLEST = 16
_PORTS = (0, 65535)


def joined(index: NodeIndex, service: Service, vpc: Vpc, table: RouteTable) -> NodeIndex | None:
    """The nodes with a network of the attacker's own peered to a VPC; None where the VPC's own
    addresses are not known, which the other's must not overlap."""
    own = [cidr for cidr in vpc.cidrs if isinstance(cidr, Prefix)]
    if len(own) < len(vpc.cidrs) or not own:
        return None
    found = tuple(dict.fromkeys(_chosen(index, service, own)))
    if not found:
        return None
    old = index.get(table.id, RouteTable) or table
    peer = f"peering of {vpc.id} with the attacker's network"
    for each in found:
        old = with_route(old, each, "peering", peer)
    made = _network(vpc, own, found, peer)
    return with_node(with_node(index, *made), old)


def _chosen(index: NodeIndex, service: Service, own: list[Prefix]) -> Iterator[Prefix]:
    """Blocks that rules let in and that the VPC does not use, and one that it does not."""
    for interface in service.interfaces:
        for group in index.many(interface.groups, SecurityGroup):
            for rule in group.ingress:
                for let_in in rule.prefixes:
                    if isinstance(let_in, Prefix):
                        yield from _within(let_in, own)
    places = (prefix(place) for place in _PLACES)
    yield from [place for place in places if not any(place.meets(cidr) for cidr in own)][:1]


def _within(whole: Prefix, own: list[Prefix]) -> Iterator[Prefix]:
    """The first or the last block of a private range that is not the VPC's."""
    size = whole.high - whole.low + 1
    if whole.family != 4 or size < _SMALLEST or is_public(whole):
        return
    ends = (whole.low, whole.high - _SMALLEST + 1)
    blocks = (Prefix(4, low, low + _SMALLEST - 1) for low in ends)
    yield from [each for each in blocks if not any(each.meets(cidr) for cidr in own)][:1]


def _network(
    vpc: Vpc, theirs: list[Prefix], own: tuple[Prefix, ...], peer: str
) -> tuple[Node, ...]:
    source, proof = vpc.source, vpc.proof()
    here, table, acl, group = (
        f"the attacker's {each}" for each in ("VPC", "table", "ACL", "group")
    )
    routes = [Route(cidr, "local", here, proof) for cidr in own]
    routes += [Route(cidr, "peering", peer, proof) for cidr in theirs]
    every = AclEntry(1, True, -1, _PORTS, ANY4, proof)
    rule = GroupRule(protocol=-1, ports=_PORTS, prefixes=(ANY4,), groups=(), proof=proof)
    subnets = tuple(
        Subnet(
            source=source,
            id=f"the attacker's subnet {cidr}",
            vpc=here,
            cidrs=(cidr,),
            zone="",
            table=table,
            acl=acl,
            public_addresses=NO,
        )
        for cidr in own
    )
    seats = tuple(
        Interface(subnet=s.id, groups=(group,), public=NO, proof=proof, public_proof=proof)
        for s in subnets
    )
    return (
        Vpc(source=source, id=here, cidrs=own),
        RouteTable(source=source, id=table, vpc=here, routes=tuple(routes)),
        Acl(source=source, id=acl, vpc=here, ingress=(every,), egress=(every,)),
        SecurityGroup(source=source, id=group, vpc=here, ingress=(rule,), egress=(rule,)),
        Peering(source=source, id=peer, requester=here, accepter=vpc.id, active=YES),
        Instance(source=source, id=OWN, interfaces=seats, token_required=YES),
        *subnets,
    )
