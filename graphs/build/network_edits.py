"""What may be edited of the network around a service, so that the internet gets to it.

Input: nodes, a service. Output: NetworkEdits, each with what has to be asked for it and the nodes
afterwards. Each only ever lets more in, so that all that somebody may make are made at once, and
those left out again that nothing rests on.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from graphs.addresses import ANY4, ANY6
from graphs.build.own_network import joined
from graphs.network.opening import with_node
from graphs.network.rerouting import with_route
from graphs.nodes import (
    Acl,
    AclEntry,
    Database,
    DataStore,
    Delegate,
    Gateway,
    Group,
    GroupRule,
    Instance,
    Interface,
    Key,
    Node,
    NodeIndex,
    Role,
    RouteTable,
    SecurityGroup,
    Service,
    Subnet,
    User,
    Vpc,
)
from graphs.nodes.core import Ref
from graphs.unknown import YES, Cause, Referent, Text, Unknown, text

ALL_PORTS = (0, 65535)
_OWN_GROUP = "security group of the attacker's own"


@dataclass(frozen=True, slots=True)
class NetworkEdit:
    """A change of one thing. `kind` is the word of the catalogue's tables; `on` is what the calls
    are asked about; `says` is the rest of a sentence: `opens the security group web`."""

    kind: str
    on: "Node | Text"
    says: str
    change: Callable[[NodeIndex], NodeIndex] = field(compare=False, repr=False)

    @property
    def name(self) -> str:
        """What tells it from others; equal for services that are alike."""
        shared = isinstance(self.on, Node) and not isinstance(self.on, Service)
        return f"{self.kind} {self.on.id}" if shared else self.kind  # type: ignore[union-attr]


def edits_of(index: NodeIndex, service: Service) -> tuple[NetworkEdit, ...]:
    """All edits that may bring the internet nearer to a service."""
    found: dict[str, NetworkEdit] = {}
    for interface in service.interfaces:
        subnet = index.get(interface.subnet, Subnet)
        vpc = index.get(subnet.vpc, Vpc) if subnet else None
        if subnet is not None and vpc is not None:
            for each in _edits(index, service, interface, (subnet, vpc)):
                found.setdefault(each.name, each)
    return tuple(found.values())


def _edits(
    index: NodeIndex, service: Service, interface: Interface, place: tuple[Subnet, Vpc]
) -> Iterator[NetworkEdit]:
    subnet, vpc = place
    yield from _groups(index, service, interface, vpc)
    acl, table = index.get(subnet.acl, Acl), index.get(subnet.table, RouteTable)
    if acl is not None:
        yield NetworkEdit("entry", acl, f"lets everything pass network ACL {acl.name}", _lets(acl))
        says = f"deletes what network ACL {acl.name} denies"
        yield NetworkEdit("denial", acl, says, _denies_nothing(acl))
    gateway = _gateway_of(index, vpc)
    if gateway is None:
        gateway = Gateway(source=vpc.source, id=f"internet gateway of {vpc.id}", vpc=vpc.id)
        says = f"attaches an internet gateway to VPC {vpc.name}"
        yield NetworkEdit("gateway", vpc, says, _with(gateway))
    if table is not None:
        says = f"routes {table.name} to the internet"
        yield NetworkEdit("route", table, says, _routed(table, gateway))
        says = f"joins a network of the attacker's own to VPC {vpc.name} by a peering"
        yield NetworkEdit("peering", vpc, says, _peered(service, vpc, table))
    for other in index.of(RouteTable):
        if other.vpc == vpc.id and other is not table and _leads_out(other):
            says = f"gives subnet {subnet.name} the route table {other.name}"
            yield NetworkEdit("association", other, says, _associated(subnet, other))
    if not interface.public.certain and isinstance(service, Instance | Database):
        says = f"gives {service.name} a public address"
        kind = "database" if isinstance(service, Database) else "address"
        yield NetworkEdit(kind, service, says, _addressed(service))


def _groups(
    index: NodeIndex, service: Service, interface: Interface, vpc: Vpc
) -> Iterator[NetworkEdit]:
    own = index.many(interface.groups, SecurityGroup)
    for group in own:
        says = f"opens the security group {group.name}"
        yield NetworkEdit("rule", group, says, _with(opened(group)))
    for group in index.of(SecurityGroup):
        if group.vpc == vpc.id and group not in own and _lets_anybody(group):
            says = f"puts {service.name} into the security group {group.name}, which is open"
            kind = _joining(service)
            yield NetworkEdit(kind, _joined_at(service), says, _in_group(service, group.id))
            break
    if own:
        made = opened(replace(own[0], id=_OWN_GROUP, ingress=()))
        says = f"puts {service.name} into a security group of its own"
        change = _in_group(service, made.id, made)
        yield NetworkEdit(f"own-{_joining(service)}", _joined_at(service), says, change)


def _joining(service: Service) -> str:
    if isinstance(service, Instance):
        return "machine-group"
    return "database-group" if isinstance(service, Database) else "interface-group"


def _joined_at(service: Service) -> "Node | Text":
    """What is asked about: the machine, the database; else an interface that AWS made."""
    if isinstance(service, Instance | Database):
        return service
    hole = Unknown(Cause.COMPUTED, f"{service.id}.interface", (Referent(service.id, "interface"),))
    where = (service.scope.region, ":", service.scope.account)
    return text(("arn:aws:ec2:", *where, ":network-interface/", hole))


# ------------------------------------------------------------------------------- the nodes after


def opened(group: SecurityGroup) -> SecurityGroup:
    """A group that lets everybody in."""
    proof = group.proof("ingress")
    added = GroupRule(protocol=-1, ports=ALL_PORTS, prefixes=(ANY4, ANY6), groups=(), proof=proof)
    return replace(group, ingress=(*group.ingress, added))


def _with(*nodes: Node) -> Callable[[NodeIndex], NodeIndex]:
    return lambda index: with_node(index, *nodes)


def _lets(acl: Acl) -> Callable[[NodeIndex], NodeIndex]:
    entries = tuple(
        AclEntry(number, True, -1, ALL_PORTS, prefix, acl.proof())
        for number, prefix in enumerate((ANY4, ANY6), 1)
    )
    return _with(replace(acl, ingress=entries, egress=entries, unread=()))


def _denies_nothing(acl: Acl) -> Callable[[NodeIndex], NodeIndex]:
    def change(index: NodeIndex) -> NodeIndex:
        old = index.get(acl.id, Acl) or acl
        inward = tuple(e for e in old.ingress if e.allow is not False)
        outward = tuple(e for e in old.egress if e.allow is not False)
        return with_node(index, replace(old, ingress=inward, egress=outward))

    return change


def _routed(table: RouteTable, gateway: Gateway) -> Callable[[NodeIndex], NodeIndex]:
    """Both families, once there is a gateway."""

    def change(index: NodeIndex) -> NodeIndex:
        made = index.get(table.id, RouteTable) or table
        if gateway.id in index.by_id:
            for whole in (ANY4, ANY6):
                made = with_route(made, whole, "internet", gateway.id)
        return with_node(index, made)

    return change


def _peered(service: Service, vpc: Vpc, table: RouteTable) -> Callable[[NodeIndex], NodeIndex]:
    return lambda index: joined(index, service, vpc, table) or index


def _associated(subnet: Subnet, table: RouteTable) -> Callable[[NodeIndex], NodeIndex]:
    return lambda index: with_node(index, replace(subnet, table=table.id))


def _addressed(service: Service) -> Callable[[NodeIndex], NodeIndex]:
    def change(index: NodeIndex) -> NodeIndex:
        old = index.get(service.id, Service) or service
        made = tuple(replace(each, public=YES) for each in old.interfaces)
        return with_node(index, replace(old, interfaces=made))

    return change


def _in_group(service: Service, group: Ref, *new: Node) -> Callable[[NodeIndex], NodeIndex]:
    def change(index: NodeIndex) -> NodeIndex:
        old = index.get(service.id, Service) or service
        made = tuple(replace(each, groups=(*each.groups, group)) for each in old.interfaces)
        return with_node(with_node(index, *new) if new else index, replace(old, interfaces=made))

    return change


def _gateway_of(index: NodeIndex, vpc: Vpc) -> Gateway | None:
    found = (g for g in index.of(Gateway) if g.vpc == vpc.id and not g.egress_only)
    return next(found, None)


def _leads_out(table: RouteTable) -> bool:
    return any(r.kind == "internet" and r.destination in (ANY4, ANY6) for r in table.routes)


def _lets_anybody(group: SecurityGroup) -> bool:
    return any(
        not isinstance(rule.prefixes, Unknown) and {ANY4, ANY6} & {*rule.prefixes}
        for rule in group.ingress
    )


_APART = (Service, DataStore, Role, User, Group, Delegate, Key)


def around(index: NodeIndex, service: Service) -> NodeIndex:
    """The nodes that the way from the internet to a service may depend on."""
    routes = (route for table in index.of(RouteTable) for route in table.routes)
    near = {service.id, *(r.target for r in routes if r.kind not in ("local", "internet", "nat"))}
    return NodeIndex(tuple(n for n in index.nodes if n.id in near or not isinstance(n, _APART)))


def after(index: NodeIndex, edits: Iterable[NetworkEdit]) -> NodeIndex:
    """The nodes once edits are made, gateways before what leads to them."""
    for each in sorted(edits, key=lambda edit: edit.kind != "gateway"):
        index = each.change(index)
    return index
