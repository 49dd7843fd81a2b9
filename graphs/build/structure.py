"""Draws the graph of an estate: nodes of the seven kinds, edges by what the engines answer.

Evidence is not made here: each edge carries the function that makes it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import groupby
from typing import TYPE_CHECKING, Final

from graphs.estate import Relation
from graphs.evidence import Evidence, Proof, Step
from graphs.identity.evaluate import Permission, Permissions
from graphs.network.exposure import open_to_anybody
from graphs.network.packets import PacketSet
from graphs.network.reach import INTERNET, Network
from graphs.nodes import (
    Balancer,
    ClientVpn,
    Container,
    DataStore,
    DirectConnectGateway,
    Federation,
    Function,
    Gateway,
    Group,
    Instance,
    Node,
    NodeIndex,
    Outsider,
    Peering,
    Role,
    RouteTable,
    Service,
    Site,
    Stranger,
    Subnet,
    TransitAttachment,
    TransitGateway,
    User,
    Vpc,
    VpnConnection,
    VpnGateway,
    Workload,
)
from graphs.unknown import YES, Answer, Bounds, Unknown
from graphs.verdict import Gap

if TYPE_CHECKING:
    from networkx import MultiDiGraph

KINDS: dict[type[Node], str] = {
    Site: "site",
    ClientVpn: "wan",
    Vpc: "lan",
    Subnet: "lan",
    TransitGateway: "wan",
    Peering: "wan",
    VpnConnection: "wan",
    VpnGateway: "wan",
    DirectConnectGateway: "wan",
    DataStore: "data",
    Service: "service",
    Role: "principal",
    User: "principal",
    Group: "principal",
    Federation: "principal",
    Outsider: "principal",
    Stranger: "principal",
}

RUNNERS: tuple[type[Service], ...] = (Instance, Container, Function, Workload)
"""What somebody's own code runs on."""

Proved = Callable[[], Evidence]
Connection = tuple[str, Bounds[PacketSet], Answer]
"""A source with what it may send, and whether it surely may."""

MOST: Final = 200_000
"""Edges between services that are drawn; what more there may be is asked through the network."""
MOST_ASKED: Final = 1_000_000
"""Pairs of services that are asked about, those in doubt among them, for edges to be drawn."""


@dataclass(frozen=True)
class Drawing:
    """The graph under construction, with what its edges are asked of."""

    graph: "MultiDiGraph[str]"
    index: NodeIndex
    network: Network
    permissions: Permissions
    gaps: list[Gap] = field(default_factory=list)
    rulers: dict[str, Permission] = field(default_factory=dict)
    """Whether a principal would rule its account if it were given everything, once that is asked.
    """
    trusting: dict[str, tuple[tuple[Role, Permission], ...]] = field(default_factory=dict)
    """The roles that a service may act as, once that is asked."""

    def edge(
        self,
        source: str,
        target: str,
        relation: Relation,
        evidence: Proved,
        answer: Answer = YES,
        allows: object = None,
        also: str = "",
    ) -> None:
        """Draw an edge that is possible. `also` tells edges of one relation apart.

        An edge is no surer than that both of its ends exist.
        """
        for end in (source, target):
            node = self.index.by_id.get(end)
            answer = answer & node.exists if node is not None else answer
        if answer.possible:
            key = f"{relation}:{also}" if also else str(relation)
            self.graph.add_edge(
                source,
                target,
                key,
                relation=relation,
                answer=answer,
                allows=allows,
                evidence=cache(evidence),  # paths, cuts and reports all ask
            )

    def call(
        self,
        ends: tuple[str, str],
        technique: str,
        proved: tuple[Proved, Answer],
        also: str,
        **said: object,
    ) -> None:
        """Draw a call that changes something, or that needs it changed before: `gives` or `needs`
        of the edge are `said`."""
        also = f"{technique}:{also}"
        self.edge(*ends, Relation.MAY_CALL, *proved, technique, also)
        key = f"{Relation.MAY_CALL}:{also}"
        if self.graph.has_edge(*ends, key):
            self.graph.edges[(*ends, key)].update(said)


def draw(index: NodeIndex, network: Network, permissions: Permissions) -> Drawing:
    """All nodes, with the edges of layout and network that are possible."""
    from networkx import MultiDiGraph  # here, so that help does not wait for it

    drawing = Drawing(MultiDiGraph(), index, network, permissions)
    _draw_nodes(drawing)
    _draw_layout(drawing)
    _draw_connections(drawing)
    return drawing


def kind_of(node: Node) -> str:
    """The graph kind of a typed node; "" for what is no node of the graph (filters, tables)."""
    return next((kind for type_, kind in KINDS.items() if isinstance(node, type_)), "")


def account_id(node: Node) -> str:
    """The graph node of the account that a node is in."""
    account = node.scope.account
    return f"account:{account}" if isinstance(account, str) else f"account:({account.what})"


def said(claim: str, *proofs: Proof) -> Proved:
    """Evidence of one step per proof, all with the same claim."""
    return partial(tuple, [Step(claim, proof) for proof in proofs])


def _draw_nodes(drawing: Drawing) -> None:
    graph = drawing.graph
    graph.add_node(INTERNET, kind="wan", label="internet", node=None)
    for node in drawing.index.nodes:
        kind = kind_of(node)
        if kind:
            graph.add_node(node.id, kind=kind, label=node.name, node=node)
        if kind in ("lan", "service", "data", "principal") and not isinstance(
            node, Outsider | Stranger
        ):
            home = account_id(node)
            label = f"account {home.removeprefix('account:')}"
            graph.add_node(home, kind="account", label=label, node=None)


def _draw_layout(drawing: Drawing) -> None:
    for vpc in drawing.index.of(Vpc):
        claim = f"{vpc.name} is in {account_id(vpc)}"
        drawing.edge(account_id(vpc), vpc.id, Relation.CONTAINS, said(claim, vpc.proof()))
    for subnet in drawing.index.of(Subnet):
        if isinstance(subnet.vpc, str):
            claim = f"Subnet {subnet.name} is in {subnet.vpc}"
            proved = said(claim, subnet.proof("vpc_id"))
            drawing.edge(subnet.vpc, subnet.id, Relation.CONTAINS, proved)
    for service in drawing.index.of(Service):
        _attach(drawing, service)
    _draw_wans(drawing)


def _attach(drawing: Drawing, service: Service) -> None:
    for interface in service.interfaces:
        if interface.subnet in drawing.graph:
            claim = f"{service.name} has an interface in {interface.subnet}"
            drawing.edge(
                service.id,
                str(interface.subnet),
                Relation.ATTACHED_TO,
                said(claim, interface.proof),
            )


def _draw_wans(drawing: Drawing) -> None:
    for gateway in drawing.index.of(Gateway):
        if gateway.vpc in drawing.graph:
            claim = f"{gateway.name} joins {gateway.vpc} to the internet"
            proved = said(claim, gateway.proof("vpc_id"))
            drawing.edge(str(gateway.vpc), INTERNET, Relation.ATTACHED_TO, proved)
    for source, target, proof in _links(drawing.index):
        if source in drawing.graph and target in drawing.graph:
            claim = f"{source} is joined to {target}"
            drawing.edge(str(source), str(target), Relation.ATTACHED_TO, said(claim, proof))
    _draw_routes(drawing)


def _links(index: NodeIndex) -> "Iterable[tuple[str | Unknown, str | Unknown, Proof]]":
    for peering in index.of(Peering):
        yield peering.requester, peering.id, peering.proof("vpc_id")
        yield peering.accepter, peering.id, peering.proof("peer_vpc_id")
    for end in index.of(TransitAttachment):
        yield end.target, end.gateway, end.proof()
    for private in index.of(VpnGateway):
        yield private.vpc, private.id, private.proof("vpc_id")
    for vpn in index.of(VpnConnection):
        if vpn.gateway is not None:
            yield vpn.id, vpn.gateway, vpn.proof("vpn_gateway_id")
    for users in index.of(ClientVpn):
        yield users.vpc, users.id, users.proof()
    for site in index.of(Site):
        for link in site.behind:
            for vpn in index.of(VpnConnection):
                if vpn.customer == link:
                    yield site.id, vpn.id, vpn.proof("customer_gateway_id")
            yield site.id, link, site.proof()


def _draw_routes(drawing: Drawing) -> None:
    for subnet in drawing.index.of(Subnet):
        table = drawing.index.get(subnet.table, RouteTable)
        for route in table.routes if table else ():
            target = INTERNET if route.kind in ("internet", "nat") else route.target
            if isinstance(target, str) and target in drawing.graph and target != subnet.vpc:
                claim = f"Subnet {subnet.name} routes {route.destination} to {target}"
                proved = said(claim, route.proof)
                also = str(route.destination)
                drawing.edge(subnet.id, target, Relation.ROUTES, proved, also=also)


def _draw_connections(drawing: Drawing) -> None:
    """Who may open a connection to what. A balancer connects to what it forwards to alone."""
    index = drawing.index
    sources = [INTERNET, *(s.id for s in index.of(Site)), *(v.id for v in index.of(ClientVpn))]
    runners = [s.id for k in RUNNERS for s in index.of(k) if s.interfaces]
    services = [s for s in index.of(Service) if not isinstance(s, Function)]
    reached = {source: _exposed(drawing.network, source) for source in sources}
    for service in services:
        for source in sources:
            if service.id in reached[source]:
                connect(drawing, source, service.id)
    _draw_between(drawing, [s for s in services if s.interfaces], runners)
    for balancer in index.of(Balancer):
        for listener in balancer.listeners:
            for target, _, _ in listener.targets:
                if isinstance(target, str) and target in drawing.graph:
                    _forward(drawing, balancer, target)
    for function in index.of(Function):
        draw_url(drawing, function)


def _exposed(network: Network, source: str) -> frozenset[str]:
    """The services that may be reached from outside."""
    return frozenset(place for kind in network.exposed(source) for place in kind.places)


def draw_url(drawing: Drawing, function: Function) -> None:
    """Whether anybody may call a function by its URL."""
    if function.url is not None:
        claim = f"The URL of {function.name} takes calls without a signature"
        proved = said(claim, function.url.proof)
        drawing.edge(INTERNET, function.id, Relation.MAY_CONNECT, proved, function.url.open)


def _draw_between(drawing: Drawing, listening: list[Service], runners: list[str]) -> None:
    """Who may connect to each service from a service, those first that the fewest connect to;
    where all that there may be are too many, those are left out that the most connect to."""
    order = {runner: number for number, runner in enumerate(runners)}
    near: dict[str, list[Connection]] = {}
    left = list(listening)
    if len(listening) * len(runners) > MOST:
        count = drawing.network.pairs.counted(order)
        left.sort(key=lambda service: count(service.id))
        groups = []
        for most, alike in groupby(left, key=lambda each: count(each.id)):
            group = list(alike)
            if most * len(group) > MOST_ASKED:
                break  # to ask each of them would take longer than all the rest
            groups.append(group)
    else:
        groups = [left]
    for group in groups:
        found = {service.id: _near(drawing, service, order) for service in group}
        if sum(map(len, (near | found).values())) > MOST:
            break
        near |= found
        left = left[len(group) :]
    if left:
        drawing.gaps.append(_too_many(left))
    for service in listening:
        for source, bounds, answer in near.get(service.id, ()):
            _draw_connection(drawing, (source, service.id), bounds, answer)


def _near(drawing: Drawing, service: Service, order: Mapping[str, int]) -> list[Connection]:
    """Who may connect to a service, itself left out."""
    found = drawing.network.into(service.id)
    near = [n for n in found if n[0] in order and n[2].possible and n[0] != service.id]
    return sorted(near, key=lambda n: order[n[0]])


def _too_many(left: list[Service]) -> Gap:
    first = ", ".join(sorted(service.name for service in left)[:3])
    more = f" and {len(left) - 3:,} more services" if len(left) > 3 else ""
    what = f"more than {MOST:,} connections between services are possible"
    effect = f"attack paths and segmentation are judged without those to {first}{more}"
    return Gap("too-many-connections", what, effect)


def connect(
    drawing: Drawing, source: str, target: str, given: Answer = YES, first: Evidence = ()
) -> None:
    """Draw that a source may open a connection to a target, if it may and what is given holds;
    `first` are the steps that prove the latter."""
    reached = drawing.network.reach(source, target)
    answer = given & (open_to_anybody(reached) if source == INTERNET else reached.answer())
    if answer.possible:
        _draw_connection(drawing, (source, target), reached.packets, answer, first)


def _draw_connection(
    drawing: Drawing,
    ends: tuple[str, str],
    bounds: Bounds[PacketSet],
    answer: Answer,
    first: Evidence = (),
) -> None:
    proved = partial(_then, first, partial(drawing.network.trace, *ends))
    allows = bounds.certain if answer.certain else bounds.possible
    drawing.edge(*ends, Relation.MAY_CONNECT, proved, answer, allows)


def _then(first: Evidence, more: Proved) -> Evidence:
    return (*first, *more())


def _forward(drawing: Drawing, balancer: Balancer, target: str) -> None:
    """The balancer's own connection to a target; a function is called, not connected to."""
    node = drawing.index.by_id[target]
    if isinstance(node, Function):
        proved = said(f"{balancer.name} calls {node.name}", balancer.proof())
        drawing.edge(balancer.id, target, Relation.MAY_CONNECT, proved)
    else:
        connect(drawing, balancer.id, target)
