"""Where services touch subnets: groups, private addresses, public addresses."""

from collections.abc import Iterator
from dataclasses import replace

from graphs.addresses import Prefix
from graphs.build import filters, read, vpc
from graphs.build.draft import Draft
from graphs.evidence import Proof
from graphs.nodes import Exposure, Interface, Ref, Subnet
from graphs.resource import Resource
from graphs.unknown import NO, YES, Answer, Unknown, answer, cannot_tell

ELASTIC = (
    ("aws_eip", "instance"),
    ("aws_eip", "network_interface"),
    ("aws_eip_association", "instance_id"),
    ("aws_eip_association", "network_interface_id"),
)
"""What associates elastic addresses, and by which attribute."""

HOLDERS = ("aws_instance", "aws_spot_instance_request", "aws_network_interface")


def interface(
    draft: Draft,
    owner: Resource,
    subnet: Ref,
    groups: tuple[Ref, ...],
    *,
    public: "tuple[Answer, Proof] | None" = None,
    addresses: tuple[Prefix, ...] = (),
    proof: Proof | None = None,
) -> Interface:
    """An interface of a service; without groups it is in the VPC's default one."""
    node = draft.nodes.get(subnet) if isinstance(subnet, str) else None
    if not groups:
        home = node.vpc if isinstance(node, Subnet) else subnet
        groups = (filters.default_group_of(draft, home),)
    is_public, public_proof = public or (NO, draft.proof(owner))
    return Interface(
        subnet=subnet,
        groups=groups,
        public=is_public,
        proof=proof or draft.proof(owner, "subnet_id"),
        public_proof=public_proof,
        addresses=addresses,
        public_addresses=_public_addresses(draft, owner, addresses),
        forwards=~read.flag(owner, "source_dest_check", default=True),
    )


def in_subnets(
    draft: Draft, owner: Resource, block: read.Holder, subnets: str, groups: str, path: str = ""
) -> tuple[Interface, ...]:
    """One private interface per subnet that a block lists."""
    held = filters.group_refs(draft, owner, read.raw(block, groups))
    where = f"{path}.{subnets}" if path else subnets
    found = (draft.ref(owner, v, *vpc.SUBNET_TYPES) for v in read.items(block, subnets))
    return tuple(
        interface(draft, owner, s, held, proof=draft.proof(owner, where))
        for s in dict.fromkeys(f for f in found if f is not None)
    )


def published(own: tuple[Interface, ...], public: Exposure) -> tuple[Interface, ...]:
    """The same interfaces, with public addresses where a service has them."""
    return tuple(replace(i, public=public.open, public_proof=public.proof) for i in own)


def subnets_of_group(draft: Draft, owner: Resource, name: str, kind: str) -> tuple[Ref, ...]:
    """The subnets of a database (or cache) subnet group that an attribute names."""
    group = draft.ref_at(owner, name, kind)
    if group is None:
        return (vpc.default_subnet(draft, owner),)
    if isinstance(group, Unknown):
        return (group,)
    return draft.refs_at(draft.by_id[group], "subnet_ids", *vpc.SUBNET_TYPES)


def public_address(
    draft: Draft, holder: Resource, block: read.Holder, subnet: Ref, path: str = ""
) -> tuple[Answer, Proof]:
    """Whether an interface gets a public address: its own word, else the subnet's default."""
    name = "associate_public_ip_address"
    value = read.raw(block, name)
    if value is not None:
        said = answer(read.boolean(block, name, default=False))
        return said, draft.proof(holder, f"{path}.{name}" if path else name)
    node = draft.nodes.get(subnet) if isinstance(subnet, str) else None
    if isinstance(node, Subnet):
        return node.public_addresses, node.proof("map_public_ip_on_launch")
    unread = subnet if isinstance(subnet, Unknown) else None
    return NO if unread is None else cannot_tell(unread), draft.proof(holder, "subnet_id")


def elastic_address(draft: Draft, owner: Resource) -> "tuple[Answer, Proof] | None":
    """The elastic address associated with an instance or interface, if there is one.

    An instance may be named by `primary_network_interface_id` as well.
    """
    for found, name in _elastic(draft, owner):
        why = read.doubt(found, owner)
        return YES if why is None else cannot_tell(why), draft.proof(found, name)
    return None


def _elastic(draft: Draft, owner: Resource) -> Iterator[tuple[Resource, str]]:
    """What associates elastic addresses, and by which attribute."""
    for kind, name in ELASTIC:
        if kind in draft.by_type:
            for found in draft.satellites(kind, name, *HOLDERS).get(owner.id, ()):
                yield found, name


def _public_addresses(
    draft: Draft, owner: Resource, own: tuple[Prefix, ...]
) -> tuple[tuple[Prefix | None, Prefix], ...]:
    """The public addresses that are known, each with the private one behind it. An address without
    a word about that is that of the primary private address."""
    first = own[0] if own else None
    made: dict[Prefix, Prefix | None] = {}
    for address in read.addresses(read.raw(owner, "public_ip")):
        made[address] = first
    for found, _ in _elastic(draft, owner):
        behind = read.addresses(
            *(read.raw(found, n) for n in ("associate_with_private_ip", "private_ip_address"))
        )
        for address in read.addresses(read.raw(found, "public_ip")):
            made[address] = behind[0] if behind else first
    return tuple((behind, address) for address, behind in made.items())
