"""What joins LANs: peering, transit gateways, VPN, Direct Connect, endpoints, sites."""

from dataclasses import replace

from graphs.addresses import Prefix
from graphs.build import borders, filters, read, vpc
from graphs.build.declared import DeclaredSite
from graphs.build.draft import Draft
from graphs.evidence import Proof
from graphs.nodes import (
    CustomerGateway,
    DirectConnectGateway,
    Endpoint,
    Interface,
    Peering,
    Ref,
    Route,
    RouteTable,
    Site,
    VpnConnection,
    VpnGateway,
)
from graphs.resource import Address, Origin, Resource, Scope, Source
from graphs.unknown import NO, Answer, Cause, Unknown, any_of, cannot_tell
from graphs.verdict import Gap

TRANSIT = "aws_ec2_transit_gateway"
DIRECT = "aws_dx_gateway"
PRIVATE_LINES = (
    "aws_dx_private_virtual_interface",
    "aws_dx_hosted_private_virtual_interface_accepter",
)
LINES = (
    *PRIVATE_LINES,
    "aws_dx_transit_virtual_interface",
    "aws_dx_hosted_transit_virtual_interface_accepter",
)
PUBLIC_LINE = "aws_dx_public_virtual_interface"
ENDS = ("aws_customer_gateway", DIRECT, *LINES, PUBLIC_LINE)


def lower(draft: Draft, sites: tuple[DeclaredSite, ...]) -> None:
    """Make the connections between LANs, and to the sites."""
    for resource in draft.all("aws_vpc_peering_connection"):
        draft.add(_peering(draft, resource))
    for resource in draft.all("aws_customer_gateway"):
        address = read.word(resource, "ip_address")
        draft.add(CustomerGateway(source=resource, id=resource.id, address=address))
    for resource in draft.all("aws_vpn_gateway"):
        draft.add(_vpn_gateway(draft, resource))
    for resource in draft.all("aws_vpn_connection"):
        draft.add(_vpn(draft, resource))
    for resource in draft.all(DIRECT):
        draft.add(_direct(draft, resource))
    for resource in draft.all(*PRIVATE_LINES):
        if (end := draft.ref_at(resource, "vpn_gateway_id", "aws_vpn_gateway")) is not None:
            made = DirectConnectGateway(
                source=resource, id=resource.id, gateways=(end,), allowed=()
            )
            draft.add(made)
    for resource in draft.all("aws_vpc_endpoint"):
        draft.add(_endpoint(draft, resource))
    for site in sites:
        draft.add(_site(draft, site))
    _propagate(draft)


def _peering(draft: Draft, resource: Resource) -> Peering:
    requester = draft.ref_at(resource, "vpc_id", *vpc.VPC_TYPES)
    accepter = draft.ref_at(resource, "peer_vpc_id", *vpc.VPC_TYPES)
    missing = Unknown(Cause.EXPRESSION, f"{resource.id} lacks a side")
    return Peering(
        source=resource,
        id=resource.id,
        requester=missing if requester is None else requester,
        accepter=missing if accepter is None else accepter,
        active=_accepted(draft, resource),
    )


def _accepted(draft: Draft, resource: Resource) -> Answer:
    """Pending until someone accepts, which code may do on either side."""
    accepters = draft.satellites(
        "aws_vpc_peering_connection_accepter",
        "vpc_peering_connection_id",
        "aws_vpc_peering_connection",
    ).get(resource.id, [])
    said = any_of(read.flag(r, "auto_accept", default=False) for r in (resource, *accepters))
    by_hand = Unknown(Cause.COMPUTED, f"{resource.id}.accept_status")
    return said if said.possible else cannot_tell(by_hand)


def _vpn_gateway(draft: Draft, resource: Resource) -> VpnGateway:
    links = draft.satellites("aws_vpn_gateway_attachment", "vpn_gateway_id", "aws_vpn_gateway")
    holder = links.get(resource.id, [resource])[0]
    found = draft.ref_at(holder, "vpc_id", *vpc.VPC_TYPES)
    nowhere = Unknown(Cause.DATA, f"{resource.id} is attached to no VPC here")
    return VpnGateway(
        source=resource,
        id=resource.id,
        vpc=nowhere if found is None else found,
        table=vpc.edge_table(draft, resource),
    )


def _vpn(draft: Draft, resource: Resource) -> VpnConnection:
    link = ("vpn_connection_id", "aws_vpn_connection")
    routes = draft.satellites("aws_vpn_connection_route", *link).get(resource.id, [])
    customer = draft.ref_at(resource, "customer_gateway_id", "aws_customer_gateway")
    nobody = Unknown(Cause.EXPRESSION, f"{resource.id} has no customer gateway")
    return VpnConnection(
        source=resource,
        id=resource.id,
        customer=nobody if customer is None else customer,
        transit=draft.ref_at(resource, "transit_gateway_id", TRANSIT),
        gateway=draft.ref_at(resource, "vpn_gateway_id", "aws_vpn_gateway"),
        routes=tuple(p for r in routes for p in read.networks(r, "destination_cidr_block")),
    )


def _direct(draft: Draft, resource: Resource) -> DirectConnectGateway:
    links = draft.satellites("aws_dx_gateway_association", "dx_gateway_id", DIRECT)
    mine = links.get(resource.id, [])
    ends = [
        (end, link)
        for link in mine
        if (end := draft.ref_at(link, "associated_gateway_id", TRANSIT, "aws_vpn_gateway"))
        is not None
    ]
    return DirectConnectGateway(
        source=resource,
        id=resource.id,
        gateways=tuple(end for end, _ in ends),
        allowed=tuple(
            (end, p) for end, link in ends for p in read.networks(link, "allowed_prefixes")
        ),
    )


def _endpoint(draft: Draft, resource: Resource) -> Endpoint:
    link = ("vpc_endpoint_id", "aws_vpc_endpoint")
    extra = draft.satellites("aws_vpc_endpoint_route_table_association", *link)
    tables = draft.refs_at(resource, "route_table_ids", *vpc.TABLE_TYPES)
    more = (draft.ref_at(r, "route_table_id", *vpc.TABLE_TYPES) for r in extra.get(resource.id, ()))
    groups = filters.group_refs(draft, resource, read.raw(resource, "security_group_ids"))
    for r in draft.satellites("aws_vpc_endpoint_security_group_association", *link).get(
        resource.id, ()
    ):
        groups += filters.group_refs(draft, r, read.raw(r, "security_group_id"))
    places = draft.satellites("aws_vpc_endpoint_subnet_association", *link).get(resource.id, ())
    subnets = draft.refs_at(resource, "subnet_ids", *vpc.SUBNET_TYPES)
    subnets += tuple(s for r in places for s in draft.refs_at(r, "subnet_id", *vpc.SUBNET_TYPES))
    home = vpc.vpc_of(draft, resource)
    held = dict[Ref, tuple[Prefix, ...]]()
    for block in read.blocks(resource, "subnet_configuration"):
        place = draft.ref(resource, block.get("subnet_id"), *vpc.SUBNET_TYPES)
        if place is not None:
            held[place] = read.addresses(block.get("ipv4"), block.get("ipv6"))
    provider = borders.provider_of(draft, resource)
    return Endpoint(
        source=resource,
        provider=provider,
        accepted=borders.accepted(draft, resource, provider),
        id=resource.id,
        vpc=home,
        service=read.word(resource, "service_name"),
        kind=read.word(resource, "vpc_endpoint_type", "Gateway"),
        tables=(*tables, *(t for t in more if t is not None)),
        ranges=read.networks(resource, "cidr_blocks"),
        interfaces=tuple(
            Interface(
                subnet=subnet,
                groups=groups or (filters.default_group_of(draft, home),),
                public=NO,
                proof=draft.proof(resource, "subnet_ids"),
                public_proof=draft.proof(resource),
                addresses=held.get(subnet, ()),
            )
            for subnet in subnets
        ),
    )


def _site(draft: Draft, site: DeclaredSite) -> Site:
    source = Resource(
        address=Address("", "site", site.name, None, "declared"),
        type="site",
        values={},
        scope=Scope("site", "on-premises", site.country),
        origin=Origin(Source.CONFIG, site.place),
    )
    return Site(
        source=source,
        id=f"site:{site.name}",
        country=site.country,
        prefixes=tuple(p for p in map(read.network, site.prefixes) if isinstance(p, Prefix)),
        behind=tuple(_behind(draft, site, address) for address in site.behind),
        people=site.people,
    )


def _behind(draft: Draft, site: DeclaredSite, address: str) -> Ref:
    """By address in code and id in an account, or by what is the same in both of them."""
    if address in draft.by_id:
        return _at_line(draft, site, address)
    ends = [r.id for r in draft.resources if r.id.endswith(f".{address}")] or [
        r.id for r in draft.all(*ENDS) if address in _known_as(r)
    ]
    if len(ends) == 1:
        return _at_line(draft, site, ends[0])
    lacks = f"which are {len(ends)} gateways here" if ends else "which is not here"
    problem = f"site {site.name} is behind {address}, {lacks}"
    effect = f"what {site.name} reaches is not known"
    draft.gaps.append(Gap("site-unconnected", problem, effect, site.place))
    return Unknown(Cause.DATA, address)


def _at_line(draft: Draft, site: DeclaredSite, address: str) -> Ref:
    """The gateway that a virtual interface of Direct Connect ends at, where it is one.

    By a public one a site reaches the public addresses of AWS, from those of its own that AWS
    knows by it.
    https://docs.aws.amazon.com/directconnect/latest/UserGuide/WorkingWithVirtualInterfaces.html
    """
    line = draft.by_id[address]
    if line.type == PUBLIC_LINE:
        what = f"what {site.name} reaches by the public virtual interface {address}"
        return Unknown(Cause.MODEL, what)
    if line.type in LINES:
        end = draft.ref_at(line, "dx_gateway_id", DIRECT)
        return address if end is None else end
    return address


def _known_as(end: Resource) -> set[str]:
    """A gateway by type and Name tag, the name it has in Direct Connect, or its IP address."""
    said = (end.tags.get("Name"), read.raw(end, "name"), read.raw(end, "ip_address"))
    return {f"{end.type}.{word}" for word in said if isinstance(word, str)}


def _propagate(draft: Draft) -> None:
    """Add what virtual private gateways announce to the tables that listen to them."""
    listeners = draft.all("aws_vpn_gateway_route_propagation")
    pairs: list[tuple[Ref | None, Ref | None, Proof]] = [
        (
            draft.ref_at(r, "route_table_id", *vpc.TABLE_TYPES),
            draft.ref_at(r, "vpn_gateway_id", "aws_vpn_gateway"),
            draft.proof(r),
        )
        for r in listeners
    ]
    for table in draft.of(RouteTable):
        for gateway in draft.refs_at(table.source, "propagating_vgws", "aws_vpn_gateway"):
            pairs.append((table.id, gateway, table.proof("propagating_vgws")))
    for table_id, announcer, proof in pairs:
        node = draft.nodes.get(table_id) if isinstance(table_id, str) else None
        if isinstance(node, RouteTable) and isinstance(announcer, str):
            announced = _announced(draft, announcer, proof)
            draft.add(replace(node, routes=node.routes + announced))


def _announced(draft: Draft, gateway: str, proof: Proof) -> tuple[Route, ...]:
    """Static VPN routes where there are any, else the prefixes of the sites behind it."""
    ends: set[Ref] = set()
    prefixes: list[Prefix | Unknown] = []
    for vpn in draft.of(VpnConnection):
        if vpn.gateway == gateway:
            prefixes += vpn.routes
            ends |= set() if vpn.routes else {vpn.customer}
    ends |= {d.id for d in draft.of(DirectConnectGateway) if gateway in d.gateways}
    for site in draft.of(Site):
        prefixes += site.prefixes if ends & set(site.behind) else ()
    return tuple(Route(p, "vpn", gateway, proof, propagated=True) for p in prefixes)
