"""Blocks of the internet, Client VPNs and PrivateLink services."""

from graphs.addresses import Prefix
from graphs.build import filters, read, vpc
from graphs.build.draft import Draft
from graphs.nodes import ClientVpn, EndpointService, Interface, InternetBlock, Ref, Vpc
from graphs.resource import Resource
from graphs.unknown import YES, Answer, Cause, Unknown, cannot_tell
from graphs.verdict import Gap

BLOCK = "aws_vpc_block_public_access_options"
EXCLUSION = "aws_vpc_block_public_access_exclusion"
CLIENT_VPN = "aws_ec2_client_vpn_endpoint"
SERVICE = "aws_vpc_endpoint_service"
BALANCERS = ("aws_lb", "aws_alb")


def lower(draft: Draft) -> None:
    """Make them, after the LANs and their filters."""
    for resource in draft.all(BLOCK):
        draft.add(_block(draft, resource))
    for resource in draft.all(CLIENT_VPN):
        draft.add(_client_vpn(draft, resource))
    for resource in draft.all(SERVICE):
        draft.add(_service(draft, resource))


def _block(draft: Draft, resource: Resource) -> InternetBlock:
    """The options of an account and region, with the exclusions there."""
    near = [r for r in draft.all(EXCLUSION) if r.scope == resource.scope]
    return InternetBlock(
        source=resource,
        id=resource.id,
        mode=read.word(resource, "internet_gateway_block_mode", "off"),
        exclusions=tuple(e for r in near for e in _exclusions(draft, r, resource)),
    )


def _exclusions(
    draft: Draft, resource: Resource, block: Resource
) -> list[tuple[Ref, "str | Unknown"]]:
    mode = read.word(resource, "internet_gateway_exclusion_mode")
    why = read.doubt(resource, block)
    found = []
    for name, types in (("vpc_id", vpc.VPC_TYPES), ("subnet_id", vpc.SUBNET_TYPES)):
        place = draft.ref_at(resource, name, *types)
        if place is not None:
            found.append((place, mode if why is None else why))
    return found


def _client_vpn(draft: Draft, resource: Resource) -> ClientVpn:
    link = ("client_vpn_endpoint_id", CLIENT_VPN)
    joins = draft.satellites("aws_ec2_client_vpn_network_association", *link)
    subnets = tuple(
        (subnet, r)
        for r in joins.get(resource.id, ())
        if (subnet := draft.ref_at(r, "subnet_id", *vpc.SUBNET_TYPES)) is not None
    )
    home = _home(draft, resource, tuple(subnet for subnet, _ in subnets))
    routes = draft.satellites("aws_ec2_client_vpn_route", *link).get(resource.id, ())
    rules = draft.satellites("aws_ec2_client_vpn_authorization_rule", *link).get(resource.id, ())
    return ClientVpn(
        source=resource,
        id=resource.id,
        vpc=home,
        clients=read.networks(resource, "client_cidr_block"),
        interfaces=tuple(_end(draft, resource, home, *each) for each in subnets),
        routes=(*_own_routes(draft, subnets), *(p for r in routes for p in _route(draft, r))),
        authorized=tuple(p for r in rules for p in read.networks(r, "target_network_cidr")),
    )


def _home(draft: Draft, resource: Resource, subnets: tuple[Ref, ...]) -> Ref:
    """The endpoint's VPC: that of the subnets which it is associated with."""
    own = draft.ref_at(resource, "vpc_id", *vpc.VPC_TYPES)
    if own is not None:
        return own
    for subnet in subnets:
        node = draft.by_id.get(subnet) if isinstance(subnet, str) else None
        if node is not None:
            return vpc.vpc_of(draft, node)
    return Unknown(Cause.DATA, f"the VPC of {resource.id}")


def _end(
    draft: Draft, resource: Resource, home: Ref, subnet: Ref, association: Resource
) -> Interface:
    """Where clients come out: with an address of the subnet's, and a public one beside it.

    https://docs.aws.amazon.com/vpn/latest/clientvpn-admin/how-it-works.html
    """
    groups = filters.group_refs(draft, resource, read.raw(resource, "security_group_ids"))
    return Interface(
        subnet=subnet,
        groups=groups or (filters.default_group_of(draft, home),),
        public=YES,
        proof=draft.proof(association, "subnet_id"),
        public_proof=draft.proof(association),
    )


def _own_routes(
    draft: Draft, subnets: tuple[tuple[Ref, Resource], ...]
) -> list[tuple["Prefix | Unknown", Ref]]:
    """An association brings the route to its own VPC."""
    found: list[tuple[Prefix | Unknown, Ref]] = []
    for subnet, _ in subnets:
        resource = draft.by_id.get(subnet) if isinstance(subnet, str) else None
        home = vpc.vpc_of(draft, resource) if resource else Unknown(Cause.DATA, str(subnet))
        node = draft.nodes.get(home) if isinstance(home, str) else None
        cidrs = node.cidrs if isinstance(node, Vpc) else (Unknown(Cause.DATA, str(home)),)
        found += [(cidr, subnet) for cidr in cidrs]
    return found


def _route(draft: Draft, resource: Resource) -> list[tuple["Prefix | Unknown", Ref]]:
    subnet = draft.ref_at(resource, "target_vpc_subnet_id", *vpc.SUBNET_TYPES)
    if subnet is None:  # `local` in an account's answer
        return []
    return [(p, subnet) for p in read.networks(resource, "destination_cidr_block")]


def _service(draft: Draft, resource: Resource) -> EndpointService:
    names = ("network_load_balancer_arns", "gateway_load_balancer_arns")
    needs = read.flag(resource, "acceptance_required", default=False)
    _tell_strangers(draft, resource)
    return EndpointService(
        source=resource,
        id=resource.id,
        balancers=tuple(r for name in names for r in draft.refs_at(resource, name, *BALANCERS)),
        accepts=~needs,
    )


def provider_of(draft: Draft, endpoint: Resource) -> Ref:
    """The endpoint service of this estate that an endpoint names, "" for one of AWS's or others."""
    found = draft.ref_at(endpoint, "service_name", SERVICE)
    if isinstance(found, str):
        return found
    name = read.raw(endpoint, "service_name")
    told = (r.id for r in draft.all(SERVICE) if read.raw(r, "service_name") == name)
    return next(told, "") if isinstance(name, str) else ""


def accepted(draft: Draft, endpoint: Resource, provider: Ref) -> Answer:
    """Whether a service lets an endpoint in: by itself, or because somebody accepted it."""
    service = draft.nodes.get(provider) if isinstance(provider, str) else None
    if not isinstance(service, EndpointService) or service.accepts.certain:
        return YES
    links = draft.satellites(
        "aws_vpc_endpoint_connection_accepter", "vpc_endpoint_id", "aws_vpc_endpoint"
    )
    by_hand = Unknown(Cause.COMPUTED, f"whether {service.id} accepts {endpoint.id}")
    said = read.flag(endpoint, "auto_accept", default=False)
    return YES if links.get(endpoint.id) or said.certain else cannot_tell(by_hand)


def _tell_strangers(draft: Draft, resource: Resource) -> None:
    """Say that others may make endpoints of a service, from where its balancers are reached."""
    link = ("vpc_endpoint_service_id", SERVICE)
    more = draft.satellites("aws_vpc_endpoint_service_allowed_principal", *link)
    allowed = [
        *read.items(resource, "allowed_principals"),
        *(read.raw(r, "principal_arn") for r in more.get(resource.id, ())),
    ]
    if allowed:
        who = ", ".join(sorted(a if isinstance(a, str) else read.whole(a).what for a in allowed))
        what = f"{resource.id} lets {who} make endpoints, which need not be here"
        effect = "what reaches its load balancers by those is not judged"
        draft.gaps.append(Gap("endpoints-elsewhere", what, effect, resource.origin.place))
