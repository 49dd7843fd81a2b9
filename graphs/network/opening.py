"""What would let blocked packets through: the smallest change of one filter, gateway or address.

Input: nodes, and the packets that are to pass. Output: an Opening, in words and as a change of a
copy of the nodes, so that what is said can be tried. Routes are in rerouting.py.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from graphs.addresses import Prefix
from graphs.evidence import Proof, Step
from graphs.network.boxes import Span
from graphs.network.claims import text_of
from graphs.network.filters import entry_matches, numbered
from graphs.network.packets import (
    PORTS,
    PROTOCOLS,
    PacketSet,
    address_text,
    services,
    services_text,
)
from graphs.nodes import (
    Acl,
    AclEntry,
    Balancer,
    Gateway,
    GroupRule,
    Interface,
    Node,
    NodeIndex,
    SecurityGroup,
    Service,
    Vpc,
)
from graphs.unknown import YES, Unknown

Change = Callable[[NodeIndex], NodeIndex]
FEW = 8
"""Of how many protocols a rule each is written, before one for all of them is."""
FIRST_FREE = 100


@dataclass(frozen=True, slots=True)
class Opening:
    """A change that takes a blocker away. `change` makes it in a copy of the nodes."""

    says: str
    change: Change = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Stop:
    """Something that by itself stops what is asked about; `opening` is None where no change of
    the network would let it through."""

    step: Step
    opening: Opening | None = None


def with_node(nodes: NodeIndex, *changed: Node) -> NodeIndex:
    """The nodes with some in place of those of their id, or added."""
    if len(changed) == 1 and changed[0].id in nodes.by_id:
        return nodes.changed(changed[0])
    new = {node.id: node for node in changed}
    kept = tuple(new.pop(node.id, node) for node in nodes.nodes)
    return NodeIndex((*kept, *new.values()))


def lines(passing: PacketSet) -> Iterator[tuple[int, Span]]:
    """Protocols and ports of packets as lines of a filter have them; protocol -1 is all."""
    for (low, high), spans in services(passing):
        if (low, high) == PROTOCOLS or high - low >= FEW:
            yield -1, PORTS
        else:
            yield from ((protocol, span) for protocol in range(low, high + 1) for span in spans)


def service_words(passing: PacketSet) -> str:
    """`TCP 443`; `all traffic`."""
    text = services_text(passing)
    return text if text == "all traffic" else text.upper()


def rule(group: SecurityGroup, passing: PacketSet, *, inward: bool) -> Opening:
    """A rule of a security group that lets packets in or out."""
    peers = passing.sources() if inward else passing.destinations()
    proof = group.proof("ingress" if inward else "egress")
    added = tuple(
        GroupRule(protocol=protocol, ports=ports, prefixes=peers, groups=(), proof=proof)
        for protocol, ports in lines(passing)
    )

    def change(nodes: NodeIndex) -> NodeIndex:
        old = nodes.get(group.id, SecurityGroup) or group
        if inward:
            return with_node(nodes, replace(old, ingress=(*old.ingress, *added)))
        return with_node(nodes, replace(old, egress=(*old.egress, *added)))

    way = "an ingress" if inward else "an egress"
    far = f"{'from' if inward else 'to'} {address_text(peers)}"
    says = f"{way} rule for {service_words(passing)} {far} in security group {group.name}"
    return Opening(says, change)


def entry(acl: Acl, passing: PacketSet, *, inward: bool) -> Opening:
    """An entry of a network ACL before the first that denies such packets."""
    far = passing.sources() if inward else passing.destinations()
    first = _denier(acl, passing, inward=inward)

    def change(nodes: NodeIndex) -> NodeIndex:
        old = nodes.get(acl.id, Acl) or acl
        own = old.ingress if inward else old.egress
        new = _allowed(own, _denier(old, passing, inward=inward), passing, far, old.proof())
        if inward:
            return with_node(nodes, replace(old, ingress=new))
        return with_node(nodes, replace(old, egress=new))

    way = "an inbound entry" if inward else "an outbound entry"
    before = ""
    if first is not None:
        room = _room(acl.ingress if inward else acl.egress, first)
        before = f" {'before' if room else 'in place of'} {text_of(first.number)}"
    peers = f"{'from' if inward else 'to'} {address_text(far)}"
    says = f"{way}{before} for {service_words(passing)} {peers} in network ACL {acl.name}"
    return Opening(says, change)


def _denier(acl: Acl, passing: PacketSet, *, inward: bool) -> AclEntry | None:
    """The first entry that denies some of the packets; None where only the last rule does."""
    for each in sorted(acl.ingress if inward else acl.egress, key=numbered):
        if each.allow is not True and entry_matches(each, inward).possible & passing:
            return each
    return None


def _room(entries: tuple[AclEntry, ...], first: AclEntry) -> list[int]:
    """The free numbers before an entry, the nearest last."""
    taken = {each.number for each in entries}
    if not isinstance(first.number, int):
        return []
    return [n for n in range(1, first.number) if n not in taken]


def _allowed(
    entries: tuple[AclEntry, ...],
    first: AclEntry | None,
    passing: PacketSet,
    far: tuple[Prefix, ...],
    proof: Proof,
) -> tuple[AclEntry, ...]:
    """The entries with one that allows; in place of the denier where no number is free."""
    kept = entries
    number: int | Unknown
    if first is not None:
        room = _room(entries, first)
        number = room[-1] if room else first.number
        kept = entries if room else tuple(e for e in entries if e is not first)
    else:
        numbers = [e.number for e in entries if isinstance(e.number, int)]
        number = max(numbers, default=0) + FIRST_FREE
    added = (
        AclEntry(number, True, protocol, ports, each, proof)
        for protocol, ports in lines(passing)
        for each in far
    )
    return (*kept, *added)


def public_address(service: Service, interface: Interface) -> Opening:
    """An address that the internet can send to."""

    def change(nodes: NodeIndex) -> NodeIndex:
        old = nodes.get(service.id, Service) or service
        made = tuple(replace(i, public=YES) if i == interface else i for i in old.interfaces)
        new = replace(old, interfaces=made)
        return with_node(nodes, replace(new, internal=False) if isinstance(new, Balancer) else new)

    if isinstance(service, Balancer):
        return Opening(f"an internet-facing scheme for load balancer {service.name}", change)
    return Opening(f"a public address for {service.name}", change)


def internet_gateway(vpc: Vpc) -> Opening:
    """An internet gateway on a VPC."""
    made = Gateway(source=vpc.source, id=f"internet gateway of {vpc.id}", vpc=vpc.id)
    says = f"an internet gateway on VPC {vpc.name}"
    return Opening(says, lambda nodes: with_node(nodes, made))


def across_zones(balancer: Balancer) -> Opening:
    """A balancer that hands on to targets in other zones."""
    made = replace(balancer, cross_zone=YES)
    says = f"cross-zone load balancing on {balancer.name}"
    return Opening(says, lambda nodes: with_node(nodes, made))
