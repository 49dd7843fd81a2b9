"""Where services touch subnets: groups, private addresses, public addresses."""

from graphs.addresses import Prefix
from graphs.build import filters, read, vpc
from graphs.build.draft import Draft
from graphs.evidence import Proof
from graphs.nodes import Interface, Ref, Subnet
from graphs.resource import Resource
from graphs.unknown import NO, YES, Answer, Unknown, answer, cannot_tell


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
    ends = ("aws_instance", "aws_spot_instance_request", "aws_network_interface")
    for kind, names in (
        ("aws_eip", ("instance", "network_interface")),
        ("aws_eip_association", ("instance_id", "network_interface_id")),
    ):
        for name in names:
            found = draft.satellites(kind, name, *ends).get(owner.id)
            if found:
                why = read.doubt(found[0], owner)
                return YES if why is None else cannot_tell(why), draft.proof(found[0], name)
    return None


def private_addresses(*values: object) -> tuple[Prefix, ...]:
    """Fixed private addresses as prefixes of one address."""
    found = (read.network(v) for value in values for v in read.spread(value))
    return tuple(p for p in found if isinstance(p, Prefix))
