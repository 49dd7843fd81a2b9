"""What AWS makes by itself: main tables, default groups and ACLs, the default VPC.

Amazon VPC User Guide: "Default VPCs", "Default security groups for your VPCs", "Network ACL
basics", "Main route tables".
"""

from graphs.addresses import ANY4, ANY6, Prefix, prefix
from graphs.evidence import Proof
from graphs.nodes import (
    Acl,
    AclEntry,
    Gateway,
    GroupRule,
    Ref,
    Route,
    RouteTable,
    SecurityGroup,
    Subnet,
    Vpc,
)
from graphs.resource import Address, Origin, Resource, Scope, Source
from graphs.unknown import YES, Cause, Place, Unknown

EVERY_PORT = (0, 65535)


def resource(near: Address, kind: str, scope: Scope, place: Place | None) -> Resource:
    """A resource that no one wrote, named after the one it comes with."""
    address = Address(near.module, kind, near.name, near.key, "implied")
    origin = Origin(Source.IMPLIED, place)
    return Resource(address, kind, {}, scope, origin)


def _implied_by(owner: Resource, kind: str) -> Resource:
    return resource(owner.address, kind, owner.scope, owner.origin.place)


def default_group(owner: Resource, vpc: str) -> SecurityGroup:
    """Everything in from itself, everything out."""
    source = _implied_by(owner, "aws_default_security_group")
    name = f"{vpc}.default_security_group"
    proof = Proof(name)
    return SecurityGroup(
        source=source,
        id=name,
        vpc=vpc,
        ingress=(GroupRule(-1, EVERY_PORT, (), (name,), proof),),
        egress=(GroupRule(-1, EVERY_PORT, (ANY4, ANY6), (), proof),),
    )


def cluster_group(cluster: Resource, name: str, vpc: Ref) -> SecurityGroup:
    """The group that EKS makes for a cluster: all from itself, all out.

    https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html
    """
    proof = Proof(cluster.id, "vpc_config[0]", cluster.origin.line_of("vpc_config"))
    return SecurityGroup(
        source=_implied_by(cluster, "aws_security_group"),
        id=name,
        vpc=vpc,
        ingress=(GroupRule(-1, EVERY_PORT, (), (name,), proof),),
        egress=(GroupRule(-1, EVERY_PORT, (ANY4, ANY6), (), proof),),
    )


def login_group(nodes: Resource, name: str, vpc: Ref, sources: tuple[Ref, ...]) -> SecurityGroup:
    """The group that EKS makes for SSH to nodes: from the named groups, else from anywhere.

    https://docs.aws.amazon.com/eks/latest/APIReference/API_RemoteAccessConfig.html
    """
    path = "remote_access[0]"
    proof = Proof(nodes.id, path, nodes.origin.line_of(path))
    peers = () if sources else (ANY4,)
    return SecurityGroup(
        source=_implied_by(nodes, "aws_security_group"),
        id=name,
        vpc=vpc,
        ingress=(GroupRule(6, (22, 22), peers, sources, proof),),
        egress=(GroupRule(-1, EVERY_PORT, (ANY4, ANY6), (), proof),),
    )


def default_acl(owner: Resource, vpc: str, cidrs: "tuple[Prefix | Unknown, ...]") -> Acl:
    """Allows everything both ways; a line for IPv6 is there with the VPC's IPv6 addresses.

    https://docs.aws.amazon.com/vpc/latest/userguide/default-network-acl.html
    """
    source = _implied_by(owner, "aws_default_network_acl")
    name = f"{vpc}.default_network_acl"
    proof = Proof(name)
    entries = tuple(
        AclEntry(number, True, -1, EVERY_PORT, every, proof)
        for number, every in ((100, ANY4), (101, ANY6))
        if every == ANY4 or any(isinstance(c, Unknown) or c.family == every.family for c in cidrs)
    )
    return Acl(source=source, id=name, vpc=vpc, ingress=entries, egress=entries)


def main_table(owner: Resource, vpc: str, cidrs: "tuple[Prefix | Unknown, ...]") -> RouteTable:
    """Local routes only."""
    source = _implied_by(owner, "aws_default_route_table")
    name = main_table_id(owner)
    return RouteTable(
        source=source, id=name, vpc=vpc, routes=local_routes(vpc, cidrs, owner.origin.place)
    )


def main_table_id(vpc: Resource) -> str:
    """The id of the table that a VPC came with, where that is not in code."""
    return f"{vpc.id}.{'table' if vpc.type == 'aws_default_vpc' else 'main_route_table'}"


def local_routes(
    vpc: str, cidrs: "tuple[Prefix | Unknown, ...]", place: Place | None
) -> tuple[Route, ...]:
    """One route per CIDR of the VPC that keeps its traffic inside."""
    return tuple(Route(c, "local", vpc, Proof(vpc, "cidr_block", place)) for c in cidrs)


DEFAULT_CIDR = prefix("172.31.0.0/16")


def default_vpc(near: Resource) -> Vpc:
    """The VPC that resources without a subnet land in, for one account and region."""
    region, account = (
        v if isinstance(v, str) else word
        for v, word in ((near.scope.region, "its-region"), (near.scope.account, "its-account"))
    )
    name = f"default-vpc:{account}/{region}"
    address = Address("", "aws_default_vpc", name, None, "implied")
    base = resource(address, "aws_default_vpc", near.scope, near.origin.place)
    return Vpc(source=base, id=name, cidrs=(DEFAULT_CIDR,))


def default_network(vpc: Vpc) -> tuple[Subnet, RouteTable, Gateway]:
    """What a default VPC comes with: public subnets and a route to the internet."""
    place = vpc.source.origin.place
    gateway_id, table_id, subnet_id = (f"{vpc.id}.{x}" for x in ("gateway", "table", "subnet"))
    gateway = Gateway(
        source=_implied_by(vpc.source, "aws_internet_gateway"), id=gateway_id, vpc=vpc.id
    )
    out = Route(ANY4, "internet", gateway_id, Proof(table_id, "", place))
    table = RouteTable(
        source=_implied_by(vpc.source, "aws_default_route_table"),
        id=table_id,
        vpc=vpc.id,
        routes=(*local_routes(vpc.id, vpc.cidrs, place), out),
    )
    subnet = Subnet(
        source=_implied_by(vpc.source, "aws_default_subnet"),
        id=subnet_id,
        vpc=vpc.id,
        cidrs=vpc.cidrs,
        zone=Unknown(Cause.COMPUTED, f"{subnet_id}.availability_zone"),
        table=table_id,
        acl=f"{vpc.id}.default_network_acl",
        public_addresses=YES,
    )
    return subnet, table, gateway
