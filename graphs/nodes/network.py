"""LANs, WANs, and what filters and routes between them."""

from dataclasses import dataclass

from graphs.addresses import Prefix
from graphs.evidence import Proof
from graphs.nodes.core import Node, Ref
from graphs.unknown import NO, YES, Answer, Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Vpc(Node):
    """A LAN in one region."""

    cidrs: tuple["Prefix | Unknown", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subnet(Node):
    """Part of a VPC. `table` and `acl` are the effective ones, the VPC's defaults included."""

    vpc: Ref
    cidrs: tuple["Prefix | Unknown", ...]
    zone: "str | Unknown"
    table: Ref
    acl: Ref
    public_addresses: Answer
    """Whether launched interfaces get a public IPv4 address by default."""
    strays: tuple[tuple[Prefix | None, Unknown], ...] = ()
    """Addresses that something has of which nothing else is known; None for any address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """Where a service touches a subnet. `addresses` is empty for "somewhere in the subnet"."""

    subnet: Ref
    groups: tuple[Ref, ...]
    public: Answer
    """Whether it has a public IPv4 address."""
    proof: Proof
    public_proof: Proof
    addresses: tuple[Prefix, ...] = ()
    public_addresses: tuple[tuple["Prefix | None", Prefix], ...] = ()
    """What the internet knows it by, each with the private address behind it if that is known."""
    forwards: Answer = NO
    """Whether it may take packets that are not addressed to it: its source check is off."""
    group_optional: bool = False
    """A network load balancer without groups lets every packet in."""


@dataclass(frozen=True, slots=True)
class GroupRule:
    """One allow of a security group: protocol x ports x peers.

    `protocol` is the IP protocol number or -1 for all; `ports` is (low, high), for ICMP of types
    times 256 and codes, (0, 65535) where the protocol has none; nothing where low is above high.
    Peers are the union of `prefixes` and
    of the interfaces that hold one of `groups` (the rule's own group for `self`).
    """

    protocol: "int | Unknown"
    ports: "tuple[int, int] | Unknown"
    prefixes: tuple["Prefix | Unknown", ...]
    groups: tuple[Ref, ...]
    proof: Proof
    lists: tuple[Ref, ...] = ()
    """Managed prefix lists, as nodes where they were read."""
    exists: Answer = YES
    """Undecided where its count is: it then allows nothing for certain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrefixList(Node):
    """A managed prefix list with its entries.

    `keeper` is the AWS service whose addresses it holds, "" for a list of one's own. Where the
    entries of such a list are not known, they are still no stranger's addresses.
    """

    prefixes: tuple["Prefix | Unknown", ...]
    keeper: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityGroup(Node):
    """A stateful allow list on interfaces."""

    vpc: Ref
    ingress: tuple[GroupRule, ...]
    egress: tuple[GroupRule, ...]
    unread: tuple[Unknown, ...] = ()
    """Why there may be rules that are not listed (an unknown dynamic block, a rule elsewhere)."""


@dataclass(frozen=True, slots=True)
class AclEntry:
    """One numbered line of a network ACL; the first match decides."""

    number: "int | Unknown"
    allow: "bool | Unknown"
    protocol: "int | Unknown"
    ports: "tuple[int, int] | Unknown"
    prefix: "Prefix | Unknown"
    proof: Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class Acl(Node):
    """A stateless, ordered filter at a subnet's border; what no entry matches is denied."""

    vpc: Ref
    ingress: tuple[AclEntry, ...]
    egress: tuple[AclEntry, ...]
    unread: tuple[Unknown, ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """A destination and where it leads.

    `kind` is one of local, internet, egress-only, nat, peering, transit, vpn, interface, firewall,
    middlebox, gateway-endpoint, core, blackhole, other; attachment in a transit table. A prefix
    list is a route for each of its prefixes, which is then `listed`. `propagated` routes lose
    against static ones. `by` is the subnet of the firewall's endpoint, where that is told.
    """

    destination: "Prefix | Unknown"
    kind: str
    target: Ref
    proof: Proof
    propagated: bool = False
    by: Ref = ""
    listed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteTable(Node):
    """Routes of a VPC's subnets, the implied local routes included."""

    vpc: Ref
    routes: tuple[Route, ...]
    unread: tuple[Unknown, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway(Node):
    """An internet gateway (or an egress-only one) on a VPC.

    `table` is the route table that what comes in by it follows, "" for none.
    """

    vpc: Ref
    egress_only: bool = False
    table: Ref = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NatGateway(Node):
    """Lets a subnet's routes send to the internet; nothing comes in by it."""

    subnet: Ref
    public: "bool | Unknown" = True
    addresses: tuple[Prefix, ...] = ()
    public_addresses: tuple[Prefix, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint(Node):
    """A VPC endpoint. `kind` is Gateway, Interface or GatewayLoadBalancer."""

    vpc: Ref
    service: "str | Unknown"
    kind: "str | Unknown"
    tables: tuple[Ref, ...]
    interfaces: tuple[Interface, ...] = ()
    provider: Ref = ""
    """The endpoint service that it leads to, where that is one of this estate."""
    accepted: Answer = YES
    ranges: tuple["Prefix | Unknown", ...] = ()
    """The addresses of the service behind a gateway endpoint, where the endpoint tells them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peering(Node):
    """A connection of two VPCs; routes are needed on both sides."""

    requester: Ref
    accepter: Ref
    active: Answer = YES


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitGateway(Node):
    """A regional router between attachments."""

    default_association: "str | Unknown"
    """Id of the table that attachments join by themselves, "" where that is switched off."""
    default_propagation: "str | Unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitAttachment(Node):
    """What is attached to a transit gateway. `kind` is vpc, vpn, direct-connect or peering.

    `target` is the VPC, the VPN connection, the Direct Connect gateway, or the gateway at the
    other end; `table` is the transit table associated with it.
    """

    gateway: Ref
    kind: str
    target: Ref
    table: Ref
    subnets: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitTable(Node):
    """A transit gateway's table. Static routes lead to attachments (kind `attachment`) or are
    blackholes; `propagations` are the attachments whose prefixes it learns."""

    gateway: Ref
    routes: tuple[Route, ...]
    propagations: tuple[Ref, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerGateway(Node):
    """The on-premises end of a VPN."""

    address: "str | Unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class VpnGateway(Node):
    """A virtual private gateway on a VPC; `table` as that of an internet gateway."""

    vpc: Ref
    table: Ref = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VpnConnection(Node):
    """A site-to-site VPN from a customer gateway to a transit or virtual private gateway."""

    customer: Ref
    transit: "Ref | None"
    gateway: "Ref | None"
    routes: tuple["Prefix | Unknown", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectConnectGateway(Node):
    """A Direct Connect gateway with what it is associated with; a private virtual interface to one
    virtual private gateway alone is one too.

    `allowed` are the prefixes it announces to the site, each with the gateway of that association.
    """

    gateways: tuple[Ref, ...]
    allowed: tuple[tuple[Ref, "Prefix | Unknown"], ...]

    def allowed_for(self, gateway: Ref) -> tuple["Prefix | Unknown", ...]:
        """The prefixes that the association with one gateway allows."""
        return tuple(prefix for to, prefix in self.allowed if to == gateway)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site(Node):
    """An on-premises location declared in pathwarden.yaml.

    `behind` are the nodes it is reached by: customer gateways and Direct Connect gateways.
    `people` says who sits there (office, clinic, guest wireless ...).
    """

    country: str
    prefixes: tuple[Prefix, ...]
    behind: tuple[Ref, ...]
    people: str = ""
