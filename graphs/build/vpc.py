"""VPCs, subnets, route tables and gateways, with what AWS adds to each."""

from collections.abc import Iterator
from dataclasses import replace

from graphs.addresses import Prefix
from graphs.build import implied, prefix_lists, read
from graphs.build.draft import Draft
from graphs.nodes import (
    Gateway,
    NatGateway,
    Ref,
    Route,
    RouteTable,
    Subnet,
    Vpc,
)
from graphs.resource import Resource, Source
from graphs.unknown import Cause, Unknown

VPC_TYPES = ("aws_vpc", "aws_default_vpc")
SUBNET_TYPES = ("aws_subnet", "aws_default_subnet")
TABLE_TYPES = ("aws_route_table", "aws_default_route_table")
GATEWAY_TYPES = ("aws_internet_gateway", "aws_vpn_gateway")
FIREWALL = "aws_networkfirewall_firewall"
PROPAGATED = "EnableVgwRoutePropagation"
"""The origin of a route that a virtual private gateway announces."""
HELD = ("private_ips", "ipv6_addresses")

# Attribute of a route: the kind of its target, and the types that may stand there.
TARGETS = {
    "gateway_id": ("internet", ("aws_internet_gateway", "aws_vpn_gateway")),
    "egress_only_gateway_id": ("egress-only", ("aws_egress_only_internet_gateway",)),
    "nat_gateway_id": ("nat", ("aws_nat_gateway",)),
    "vpc_peering_connection_id": ("peering", ("aws_vpc_peering_connection",)),
    "transit_gateway_id": ("transit", ("aws_ec2_transit_gateway",)),
    "vpc_endpoint_id": ("middlebox", ("aws_vpc_endpoint",)),
    "network_interface_id": ("interface", ("aws_network_interface",)),
    "instance_id": ("interface", ("aws_instance",)),
    "core_network_arn": ("core", ("aws_networkmanager_core_network",)),
    "local_gateway_id": ("other", ("aws_ec2_local_gateway",)),
    "carrier_gateway_id": ("other", ("aws_ec2_carrier_gateway",)),
}


def lower(draft: Draft) -> None:
    """Make the VPCs and all that lies in them but the filters."""
    for resource in draft.all("aws_vpc"):
        draft.add(_vpc(draft, resource))
    for resource in draft.all("aws_default_vpc"):
        _add_default(draft, _vpc(draft, resource))
    for resource in draft.all("aws_internet_gateway", "aws_egress_only_internet_gateway"):
        draft.add(_gateway(draft, resource))
    for resource in draft.all(*VPC_TYPES):
        _name_tables(draft, resource)
    for resource in draft.all(*TABLE_TYPES):
        draft.add(_table(draft, resource))
    for vpc in draft.of(Vpc):
        _imply_main_table(draft, vpc)
    for resource in draft.all(*SUBNET_TYPES):
        draft.add(_subnet(draft, resource))
    for resource in draft.all("aws_nat_gateway"):
        draft.add(_nat(draft, resource))


def vpc_of(draft: Draft, resource: Resource, name: str = "vpc_id") -> Ref:
    """The VPC that a resource names; the default VPC where it names none."""
    found = draft.ref_at(resource, name, *VPC_TYPES)
    return default_vpc(draft, resource) if found is None else found


def default_vpc(draft: Draft, near: Resource) -> str:
    """The id of the default VPC of a resource's account and region; made on first need."""
    for real in draft.all("aws_default_vpc"):
        if real.scope == near.scope:
            return real.id
    made = implied.default_vpc(near)
    if made.id not in draft.nodes:
        _add_default(draft, made)
        draft.add(implied.default_group(made.source, made.id))
        draft.add(implied.default_acl(made.source, made.id, made.cidrs))
    return made.id


def default_subnet(draft: Draft, near: Resource) -> str:
    """The subnet that resources without one land in."""
    return f"{default_vpc(draft, near)}.subnet"


def _add_default(draft: Draft, made: Vpc) -> None:
    for node in (made, *implied.default_network(made)):
        draft.add(node)


def _vpc(draft: Draft, resource: Resource) -> Vpc:
    extra = draft.satellites("aws_vpc_ipv4_cidr_block_association", "vpc_id", *VPC_TYPES)
    more = extra.get(resource.id, ())
    own = read.networks(resource, "cidr_block", "ipv6_cidr_block")
    if resource.type == "aws_default_vpc":
        own = (implied.DEFAULT_CIDR,)
    if not own:
        own = (Unknown(Cause.COMPUTED, f"{resource.id}.cidr_block"),)
    if read.flag(resource, "assign_generated_ipv6_cidr_block", default=False).possible:
        own = (*own, Unknown(Cause.COMPUTED, f"{resource.id}.ipv6_cidr_block"))
    cidrs = own + tuple(c for r in more for c in read.networks(r, "cidr_block"))
    return Vpc(source=resource, id=resource.id, cidrs=cidrs)


def _gateway(draft: Draft, resource: Resource) -> Gateway:
    attachments = draft.satellites(
        "aws_internet_gateway_attachment", "internet_gateway_id", "aws_internet_gateway"
    )
    holder = attachments.get(resource.id, [resource])[0]
    vpc = draft.ref_at(holder, "vpc_id", *VPC_TYPES)
    return Gateway(
        source=resource,
        id=resource.id,
        table=edge_table(draft, resource),
        vpc=Unknown(Cause.DATA, f"{resource.id} is attached to no VPC here")
        if vpc is None
        else vpc,
        egress_only=resource.type.startswith("aws_egress_only"),
    )


def edge_table(draft: Draft, gateway: Resource) -> Ref:
    """The route table that what comes in by a gateway follows, "" for none.

    https://docs.aws.amazon.com/vpc/latest/userguide/gateway-route-tables.html
    """
    links = draft.satellites("aws_route_table_association", "gateway_id", *GATEWAY_TYPES)
    for link in links.get(gateway.id, ()):
        table = draft.ref_at(link, "route_table_id", *TABLE_TYPES)
        named = _missing(link, "route_table_id") if table is None else table
        why = read.doubt(link, gateway)
        return named if why is None else why
    return ""


def _nat(draft: Draft, resource: Resource) -> NatGateway:
    kind = read.word(resource, "connectivity_type", "public")
    subnet = draft.ref_at(resource, "subnet_id", *SUBNET_TYPES)
    return NatGateway(
        source=resource,
        id=resource.id,
        subnet=_missing(resource, "subnet_id") if subnet is None else subnet,
        public=kind if isinstance(kind, Unknown) else kind == "public",
        addresses=read.addresses(
            *(read.raw(resource, n) for n in ("private_ip", "secondary_private_ip_addresses"))
        ),
        public_addresses=read.addresses(read.raw(resource, "public_ip")),
    )


def _missing(resource: Resource, name: str) -> Unknown:
    return Unknown(Cause.EXPRESSION, f"{resource.id} has no {name}")


def _table(draft: Draft, resource: Resource) -> RouteTable:
    vpc = _table_vpc(draft, resource)
    node = draft.nodes.get(vpc) if isinstance(vpc, str) else None
    cidrs = node.cidrs if isinstance(node, Vpc) else _unread_ranges(vpc)
    routes = list(implied.local_routes(str(vpc), cidrs, resource.origin.place))
    for number, block in enumerate(read.known_blocks(resource, "route")):
        routes += _routes(draft, resource, block, f"route[{number}]")
    routes += _added(draft, resource.id, resource)
    return RouteTable(
        source=resource,
        id=resource.id,
        vpc=vpc,
        routes=tuple(routes),
        unread=read.unknown_blocks(resource, "route"),
    )


def _unread_ranges(vpc: Ref) -> tuple[Unknown, ...]:
    return (vpc,) if isinstance(vpc, Unknown) else ()


def _table_vpc(draft: Draft, resource: Resource) -> Ref:
    if resource.type == "aws_route_table":
        return vpc_of(draft, resource)
    for value in read.items(resource, "default_route_table_id"):
        found = draft.ref(resource, value, *VPC_TYPES)
        if found is not None:
            return found
    return _missing(resource, "default_route_table_id")


def _routes(draft: Draft, owner: Resource, block: read.Holder, path: str) -> list[Route]:
    kind, target, name, by = _target(draft, owner, block)
    proof = draft.proof(owner, f"{path}.{name}" if path else name)
    names = (
        "cidr_block",
        "ipv6_cidr_block",
        "destination_cidr_block",
        "destination_ipv6_cidr_block",
    )
    learned = read.raw(block, "origin") == PROPAGATED
    found = [Route(d, kind, target, proof, learned, by) for d in read.networks(block, *names)]
    for list_id in read.items(block, "destination_prefix_list_id"):
        listed = prefix_lists.named(draft, owner, list_id)
        found += [Route(d, kind, target, proof, by=by) for d in listed]
    return found


def _added(draft: Draft, table: str, beside: Resource) -> list[Route]:
    """The routes that stand in resources of their own.

    One that may not exist may take nothing or its destination: that is then not known.
    """
    found: list[Route] = []
    for other in draft.satellites("aws_route", "route_table_id", *TABLE_TYPES).get(table, ()):
        made = _routes(draft, other, other, "")
        why = read.doubt(other, beside)
        found += made if why is None else [replace(r, destination=why) for r in made]
    return found


def _target(draft: Draft, owner: Resource, block: read.Holder) -> tuple[str, Ref, str, Ref]:
    """Kind and target of a route, the attribute that says so, and the subnet of the endpoint."""
    for name, (kind, types) in TARGETS.items():
        value = read.raw(block, name)
        if value is None or value == "":
            continue
        if value == "local":
            return "local", owner.id, name, ""
        if name == "vpc_endpoint_id" and (found := _firewall_behind(draft, value)):
            return "firewall", found[0], name, found[1]
        target = draft.ref(owner, value, *types)
        if isinstance(target, str) and target.partition("aws_vpn_gateway.")[1]:
            return "vpn", target, name, ""
        return kind, read.whole(value) if target is None else target, name, ""
    return "blackhole", owner.id, "", ""


def firewall_endpoints(draft: Draft, firewall: Resource) -> tuple[tuple[Ref, str], ...]:
    """The subnets that a network firewall has endpoints in, with their ids as far as they are
    known: its status tells them once it is there."""
    told: dict[Ref, str] = {}
    for status in read.known_blocks(firewall, "firewall_status"):
        for state in read.known_blocks(status, "sync_states"):
            for end in read.known_blocks(state, "attachment"):
                subnet = draft.ref(firewall, end.get("subnet_id"), *SUBNET_TYPES)
                if subnet is not None:
                    told[subnet] = str(end.get("endpoint_id") or "")
    for block in read.blocks(firewall, "subnet_mapping"):
        subnet = draft.ref(firewall, block.get("subnet_id"), *SUBNET_TYPES)
        if subnet is not None:
            told.setdefault(subnet, "")
    return tuple(told.items())


def _firewall_behind(draft: Draft, value: object) -> tuple[str, Ref] | None:
    """The network firewall whose endpoint a value names, and its subnet where that is told.

    In code the ids come out of `firewall_status`, so that what the value was computed from leads
    to the firewall; a subnet among that is the one whose endpoint is chosen.
    """
    led = {r.address for u in _behind(value) for r in u.refers}
    for firewall in draft.all(FIREWALL):
        ends = firewall_endpoints(draft, firewall)
        if isinstance(value, str):
            found = [subnet for subnet, name in ends if name == value]
            if found:
                return firewall.id, found[0]
        elif firewall.id in led:
            named = [subnet for subnet, _ in ends if subnet in led]
            return firewall.id, named[0] if len(named) == 1 else ""
    return None


def _behind(value: object) -> tuple[Unknown, ...]:
    return (value, *value.roots) if isinstance(value, Unknown) else ()


def _name_tables(draft: Draft, vpc: Resource) -> None:
    """Tell which table a VPC's attributes name: the one it came with, and the main one now."""
    adopted = draft.satellites("aws_default_route_table", "default_route_table_id", *VPC_TYPES)
    implied_id = implied.main_table_id(vpc)
    own = adopted[vpc.id][0].id if vpc.id in adopted else implied_id
    draft.aliases[f"{vpc.id}.default_route_table_id"] = own
    links = draft.satellites("aws_main_route_table_association", "vpc_id", *VPC_TYPES)
    chosen = (
        draft.ref_at(links[vpc.id][0], "route_table_id", *TABLE_TYPES) if vpc.id in links else own
    )
    draft.aliases[f"{vpc.id}.main_route_table_id"] = chosen if isinstance(chosen, str) else own


def _main_table(draft: Draft, vpc: str) -> str:
    return draft.aliases.get(f"{vpc}.main_route_table_id", f"{vpc}.table")


def _imply_main_table(draft: Draft, vpc: Vpc) -> None:
    """Give a VPC without a main table in code the one of AWS, and the routes added to it."""
    main = _main_table(draft, vpc.id)
    if vpc.source.type == "aws_vpc" and main == implied.main_table_id(vpc.source):
        draft.add(implied.main_table(vpc.source, vpc.id, vpc.cidrs))
    table, subnet = draft.nodes.get(main), draft.nodes.get(f"{vpc.id}.subnet")
    if isinstance(table, RouteTable) and main not in draft.by_id:
        routes = (*table.routes, *_added(draft, main, vpc.source))
        unread = read.unlisted(vpc.source, "main route table")
        draft.add(replace(table, routes=routes, unread=unread))
    if isinstance(subnet, Subnet):
        draft.add(replace(subnet, table=main))


def _subnet(draft: Draft, resource: Resource) -> Subnet:
    vpc = vpc_of(draft, resource)
    cidrs = read.networks(resource, "cidr_block", "ipv6_cidr_block")
    if not cidrs:
        cidrs = (Unknown(Cause.COMPUTED, f"{resource.id}.cidr_block"),)
    public = read.flag(
        resource, "map_public_ip_on_launch", default=resource.type == "aws_default_subnet"
    )
    return Subnet(
        source=resource,
        id=resource.id,
        vpc=vpc,
        cidrs=cidrs,
        zone=read.word(resource, "availability_zone"),
        table=_table_of(draft, resource, vpc),
        acl="",
        public_addresses=public,
        strays=tuple(_strays(draft, resource)),
    )


def _strays(draft: Draft, subnet: Resource) -> Iterator[tuple[Prefix | None, Unknown]]:
    """The addresses of live interfaces of which nobody tells whose they are."""
    for nic in draft.all("aws_network_interface"):
        if nic.origin.source is not Source.AWS or read.raw(nic, "attachment") is not None:
            continue
        home = draft.ref_at(nic, "subnet_id", *SUBNET_TYPES)
        if isinstance(home, Unknown) and nic.scope == subnet.scope:
            yield None, home
        elif home == subnet.id:
            said = read.raw(nic, "description")
            what = f"what {nic.address.name} is of" + (f" ({said})" if said else "")
            for address in read.addresses(*(read.raw(nic, name) for name in HELD)):
                yield address, Unknown(Cause.MODEL, what)


def _table_of(draft: Draft, subnet: Resource, vpc: Ref) -> Ref:
    links = draft.satellites("aws_route_table_association", "subnet_id", *SUBNET_TYPES)
    for link in links.get(subnet.id, ()):
        table = draft.ref_at(link, "route_table_id", *TABLE_TYPES)
        named = _missing(link, "route_table_id") if table is None else table
        why = read.doubt(link, subnet)
        return named if why is None else why
    return vpc if isinstance(vpc, Unknown) else _main_table(draft, vpc)
