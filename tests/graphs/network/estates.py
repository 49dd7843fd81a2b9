"""A few words to write small estates with: `land.subnet("web", "v", "10.0.1.0/24")`."""

from dataclasses import dataclass, field

from graphs.addresses import Prefix, prefix
from graphs.evidence import Proof
from graphs.network.packets import message
from graphs.network.reach import Network
from graphs.nodes import (
    Acl,
    AclEntry,
    Balancer,
    CustomerGateway,
    Database,
    DirectConnectGateway,
    Exposure,
    Function,
    Gateway,
    GroupRule,
    Instance,
    Interface,
    Listener,
    NatGateway,
    Node,
    NodeIndex,
    Peering,
    PrefixList,
    Route,
    RouteTable,
    SecurityGroup,
    Service,
    Site,
    Subnet,
    TransitAttachment,
    TransitGateway,
    TransitTable,
    Vpc,
    VpnConnection,
    VpnGateway,
)
from graphs.resource import Address, Origin, Resource, Scope, Source
from graphs.unknown import NO, YES, Cause, Unknown, answer, known

PROTOCOLS = {"tcp": 6, "udp": 17, "icmp": 1, "icmpv6": 58, "all": -1, "esp": 50}
ALL_OUT = ("all", None, "0.0.0.0/0")
ALL_OUT_6 = ("all", None, "::/0")
OPEN_ACL = ((100, "allow", "all", None, "0.0.0.0/0"), (101, "allow", "all", None, "::/0"))


def unknown(what):
    """An Unknown as a variable without a value makes it."""
    return Unknown(Cause.VARIABLE, what)


def span(ports, protocol="tcp"):
    """(low, high) of a port, a pair or None for all; of ICMP, of a type or `type:code`."""
    if ports is None:
        return (0, 65535)
    if protocol in ("icmp", "icmpv6") and not isinstance(ports, tuple):
        return message(*map(int, str(ports).split(":")))
    return (ports, ports) if isinstance(ports, int) else ports


def ranges(texts):
    """Prefixes of texts; Unknowns stay."""
    return tuple(prefix(t) if isinstance(t, str) else t for t in texts)


def line(protocol, ports, place, **more):
    """What a rule and an ACL entry have in common."""
    number = protocol if isinstance(protocol, Unknown) else PROTOCOLS[protocol]
    return {"protocol": number, "ports": span(ports, protocol), **more}


@dataclass
class Land:
    """An estate under construction. Ids are the given names; methods return the id."""

    region: str = "eu-west-1"
    nodes: list[Node] = field(default_factory=list)

    def basics(self, name, exists=YES, **values):
        """The arguments that every node takes."""
        return {
            "id": name,
            "source": Resource(
                address=Address("", "aws_thing", name),
                type="aws_thing",
                values=values,
                scope=Scope("aws", "111111111111", self.region),
                origin=Origin(Source.TERRAFORM),
                exists=exists,
            ),
        }

    def add(self, node):
        self.nodes.append(node)
        return node.id

    def network(self):
        return Network(NodeIndex(tuple(self.nodes)))

    def vpc(self, name, *cidrs, region="eu-west-1"):
        self.region, before = region, self.region
        self.add(Vpc(**self.basics(name), cidrs=ranges(cidrs)))
        self.region = before
        self.acl(f"{name}-acl", name, OPEN_ACL, OPEN_ACL)
        self.table(f"{name}-main", name)
        return name

    def cidrs_of(self, vpc):
        return next(n.cidrs for n in self.nodes if isinstance(n, Vpc) and n.id == vpc)

    def table(self, name, vpc, *routes, unread=()):
        local = [(cidr, "local", "local") for cidr in self.cidrs_of(vpc)]
        made = tuple(self.route(name, i, *r) for i, r in enumerate([*local, *routes]))
        return self.add(RouteTable(**self.basics(name), vpc=vpc, routes=made, unread=tuple(unread)))

    def route(self, table, index, destination, kind, target="", propagated=False):
        is_list = isinstance(destination, str) and "/" not in destination
        made = prefix(destination) if isinstance(destination, str) and not is_list else destination
        proof = Proof(table, f"route[{index}]")
        return Route(made, kind, target, proof, propagated)

    def subnet(self, name, vpc, *cidrs, table=None, acl=None, zone="a"):
        table, acl = table or f"{vpc}-main", acl or f"{vpc}-acl"
        return self.add(
            Subnet(
                **self.basics(name), vpc=vpc, cidrs=ranges(cidrs), zone=zone,
                table=table, acl=acl, public_addresses=NO,
            )
        )  # fmt: skip

    def acl(self, name, vpc, ins, outs, unread=()):
        def entries(lines, way):
            return tuple(
                AclEntry(
                    number=n, allow=action if isinstance(action, Unknown) else action == "allow",
                    prefix=ranges([place])[0],
                    proof=Proof(name, f"{way}[{i}]"), **line(protocol, ports, place),
                )
                for i, (n, action, protocol, ports, place) in enumerate(lines)
            )  # fmt: skip

        return self.add(
            Acl(
                **self.basics(name), vpc=vpc, unread=tuple(unread),
                ingress=entries(ins, "ingress"), egress=entries(outs, "egress"),
            )
        )  # fmt: skip

    def group(self, name, *ins, outs=(ALL_OUT, ALL_OUT_6), vpc="v", unread=()):
        """Rules are (protocol, ports, peer); a peer is a prefix, `group:id` or `list:id`."""

        def rules(lines, way):
            return tuple(self.rule(f"{name}", f"{way}[{i}]", *each) for i, each in enumerate(lines))

        return self.add(
            SecurityGroup(
                **self.basics(name), vpc=vpc, unread=tuple(unread),
                ingress=rules(ins, "ingress"), egress=rules(outs, "egress"),
            )
        )  # fmt: skip

    def rule(self, group, path, protocol, ports, peer):
        peer_of = {"prefixes": (), "groups": (), "lists": ()}
        if isinstance(peer, str) and peer.startswith("group:"):
            peer_of["groups"] = (peer.removeprefix("group:"),)
        elif isinstance(peer, str) and peer.startswith("list:"):
            peer_of["lists"] = (peer.removeprefix("list:"),)
        else:
            peer_of["prefixes"] = ranges([peer])
        return GroupRule(**line(protocol, ports, peer), **peer_of, proof=Proof(group, path))

    def prefix_list(self, name, *prefixes):
        return self.add(PrefixList(**self.basics(name), prefixes=ranges(prefixes)))

    # Services.

    def interface(
        self, name, subnet, groups, public=NO, addresses=(), group_optional=False, **more
    ):
        return Interface(
            subnet=subnet, groups=tuple(groups), public=public, addresses=ranges(addresses),
            proof=Proof(name, "subnet_id"), public_proof=Proof(name, "public_address"),
            group_optional=group_optional, **more,
        )  # fmt: skip

    def instance(
        self, name, subnet, *groups, public=False, address=None, exists=YES, told=None, forwards=NO
    ):
        """`told` is the address that the internet knows it by."""
        seen, own = answer(public), (address,) if address else ()
        known_by = ((prefix(address), prefix(told)),) if told else ()
        more = {"public_addresses": known_by, "forwards": forwards}
        places = self.interface(name, subnet, groups, seen, own, **more)
        made = Instance(**self.basics(name, exists), interfaces=(places,), token_required=YES)
        return self.add(made)

    def database(self, name, subnet, *groups, port=5432, public=False):
        seen = answer(public)
        return self.add(
            Database(
                **self.basics(name), interfaces=(self.interface(name, subnet, groups, seen),),
                engine="postgres", port=port, encrypted=YES, iam_login=NO,
                public=Exposure(seen, Proof(name, "publicly_accessible")),
            )
        )  # fmt: skip

    def balancer(
        self, name, subnets, *groups, listeners, internal=False, kind="application", targets=(),
        cross_zone=YES,
    ):  # fmt: skip
        places = tuple(
            self.interface(name, s, groups, known(internal is not True), (), kind == "network")
            for s in subnets
        )
        heard = tuple(
            Listener(protocol, port, targets, Proof(name, f"listener[{i}]"))
            for i, (protocol, port) in enumerate(listeners)
        )
        return self.add(
            Balancer(
                **self.basics(name), interfaces=places, kind=kind, internal=internal,
                listeners=heard, cross_zone=cross_zone,
            )
        )  # fmt: skip

    def function(self, name, *subnets_and_groups):
        places = tuple(self.interface(name, s, (g,)) for s, g in subnets_and_groups)
        return self.add(Function(**self.basics(name), interfaces=places))

    def service(self, name, *interfaces):
        return self.add(Service(**self.basics(name), interfaces=interfaces))

    # WANs.

    def igw(self, name, vpc, exists=YES, egress_only=False):
        return self.add(Gateway(**self.basics(name, exists), vpc=vpc, egress_only=egress_only))

    def nat(self, name, subnet, public=True, addresses=(), told=()):
        return self.add(
            NatGateway(
                **self.basics(name), subnet=subnet, public=public,
                addresses=ranges(addresses), public_addresses=ranges(told),
            )
        )  # fmt: skip

    def peering(self, name, requester, accepter, active=YES):
        return self.add(
            Peering(**self.basics(name), requester=requester, accepter=accepter, active=active)
        )

    def transit(self, name, groups=None):
        values = {"security_group_referencing_support": groups} if groups is not None else {}
        return self.add(
            TransitGateway(
                **self.basics(name, **values), default_association="", default_propagation=""
            )
        )

    def attachment(self, name, gateway, target, table, kind="vpc", subnets=()):
        return self.add(
            TransitAttachment(
                **self.basics(name), gateway=gateway, kind=kind, target=target, table=table,
                subnets=tuple(subnets),
            )
        )  # fmt: skip

    def transit_table(self, name, gateway, *routes, propagations=()):
        made = tuple(self.route(name, i, *r) for i, r in enumerate(routes))
        return self.add(
            TransitTable(
                **self.basics(name), gateway=gateway, routes=made,
                propagations=tuple(propagations),
            )
        )  # fmt: skip

    def site(self, name, *prefixes, behind):
        return self.add(
            Site(**self.basics(name), country="DE", prefixes=ranges(prefixes), behind=(behind,))
        )

    def customer(self, name):
        return self.add(CustomerGateway(**self.basics(name), address="203.0.113.9"))

    def vgw(self, name, vpc):
        return self.add(VpnGateway(**self.basics(name), vpc=vpc))

    def vpn(self, name, customer, gateway=None, transit=None, routes=()):
        return self.add(
            VpnConnection(
                **self.basics(name), customer=customer, gateway=gateway, transit=transit,
                routes=ranges(routes),
            )
        )  # fmt: skip

    def direct_connect(self, name, *gateways, allowed=()):
        return self.add(
            DirectConnectGateway(
                **self.basics(name),
                gateways=gateways,
                allowed=tuple((g, p) for g in gateways for p in ranges(allowed)),
            )
        )


def address(text):
    """A bare address as a number."""
    made = prefix(text)
    assert isinstance(made, Prefix)
    return made.low


def public_land():
    """VPC v with an internet gateway, a public and an isolated subnet."""
    land = Land()
    land.vpc("v", "10.0.0.0/16")
    land.igw("igw", "v")
    land.table("to-internet", "v", ("0.0.0.0/0", "internet", "igw"))
    land.subnet("public", "v", "10.0.1.0/24", table="to-internet")
    land.subnet("isolated", "v", "10.0.2.0/24")
    land.group("ssh", ("tcp", 22, "0.0.0.0/0"))
    return land
