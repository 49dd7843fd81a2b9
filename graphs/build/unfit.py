"""Says what of a network does not fit together: prefixes that are none, and references that lead
to nothing that was read. Ranges that overlap are told by overlaps.py."""

import re
from collections.abc import Iterator

from graphs.build.draft import Draft
from graphs.evidence import Proof
from graphs.nodes import (
    Acl,
    Endpoint,
    Gateway,
    NatGateway,
    Node,
    Peering,
    PrefixList,
    Ref,
    RouteTable,
    SecurityGroup,
    Service,
    Subnet,
    TransitAttachment,
    TransitTable,
    Vpc,
    VpnConnection,
)
from graphs.unknown import Cause, Place, Unknown
from graphs.verdict import Gap

_OPEN = "what it reaches or lets through is not known, so that answers which need it cannot tell"

# Ids of networks, as AWS gives them.
_ID = re.compile(
    r"(?:sg|sgr|subnet|vpc|rtb|acl|igw|eigw|nat|pcx|tgw|tgw-attach|tgw-rtb|vgw|cgw|vpn|vpce|eni|pl)"
    r"-[0-9a-z]+"
)


def unfit(draft: Draft) -> Iterator[Gap]:
    """One gap per malformed prefix and per missing thing."""
    yield from _malformed(draft)
    yield from _dangling(draft)


def _malformed(draft: Draft) -> Iterator[Gap]:
    seen = set()
    for node in draft.nodes.values():
        for value, proof in _prefixes(node):
            said = value.what if isinstance(value, Unknown) else ""
            what = f"{proof.resource}: {said}"
            if said.endswith("is not an IP prefix") and what not in seen:
                seen.add(what)
                yield Gap("malformed-prefix", what, _OPEN, _place(draft, proof))


def _prefixes(node: Node) -> Iterator[tuple[object, Proof]]:
    if isinstance(node, Vpc | Subnet):
        yield from ((cidr, node.proof("cidr_block")) for cidr in node.cidrs)
    elif isinstance(node, SecurityGroup):
        for rule in (*node.ingress, *node.egress):
            yield from ((prefix, rule.proof) for prefix in rule.prefixes)
    elif isinstance(node, Acl):
        yield from ((entry.prefix, entry.proof) for entry in (*node.ingress, *node.egress))
    elif isinstance(node, RouteTable | TransitTable):
        yield from ((route.destination, route.proof) for route in node.routes)
    elif isinstance(node, PrefixList):
        yield from ((prefix, node.proof("entry")) for prefix in node.prefixes)
    elif isinstance(node, VpnConnection):
        yield from ((prefix, node.proof()) for prefix in node.routes)


def _dangling(draft: Draft) -> Iterator[Gap]:
    """One gap per id that leads to nothing, naming the first that holds it."""
    holders: dict[str, list[Proof]] = {}
    for node in draft.nodes.values():
        for ref, proof in _references(node):
            name = ref.what if isinstance(ref, Unknown) and ref.cause is Cause.DATA else ""
            if _ID.fullmatch(name):
                holders.setdefault(name, []).append(proof)
    for name, proofs in sorted(holders.items()):
        others = {p.resource for p in proofs} - {proofs[0].resource}
        more = f" and {len(others)} more" if others else ""
        what = f"{proofs[0].resource}{more} names {name}, which is not here"
        yield Gap("missing-reference", what, _OPEN, _place(draft, proofs[0]))


def _references(node: Node) -> Iterator[tuple["Ref | None", Proof]]:
    if isinstance(node, Service | Endpoint):
        for interface in node.interfaces:
            yield from ((ref, interface.proof) for ref in (interface.subnet, *interface.groups))
    if isinstance(node, SecurityGroup):
        for rule in (*node.ingress, *node.egress):
            yield from ((ref, rule.proof) for ref in (*rule.groups, *rule.lists))
    elif isinstance(node, RouteTable | TransitTable):
        yield from ((route.target, route.proof) for route in node.routes)
    elif isinstance(node, Subnet):
        yield from ((ref, node.proof()) for ref in (node.vpc, node.table, node.acl))
    elif isinstance(node, Peering):
        yield node.requester, node.proof("vpc_id")
        yield node.accepter, node.proof("peer_vpc_id")
    elif isinstance(node, TransitAttachment):
        ends = (node.gateway, node.target, node.table, *node.subnets)
        yield from ((ref, node.proof()) for ref in ends)
    elif isinstance(node, Gateway):
        yield node.vpc, node.proof("vpc_id")
    elif isinstance(node, NatGateway):
        yield node.subnet, node.proof("subnet_id")
    elif isinstance(node, VpnConnection):
        yield from ((ref, node.proof()) for ref in (node.customer, node.gateway, node.transit))


def _place(draft: Draft, proof: Proof) -> Place | None:
    if proof.place is not None:
        return proof.place
    resource = draft.by_id.get(proof.resource)
    return resource.origin.place if resource else None
