"""Security groups and network ACLs, whatever the spelling: inline rules and rule resources."""

from collections.abc import Iterator
from dataclasses import replace

from graphs.build import implied, prefix_lists, read, vpc
from graphs.build.draft import Draft
from graphs.nodes import (
    Acl,
    AclEntry,
    GroupRule,
    PrefixList,
    Ref,
    SecurityGroup,
    Subnet,
    Vpc,
)
from graphs.resource import Resource
from graphs.unknown import Cause, Unknown

GROUP_TYPES = ("aws_security_group", "aws_default_security_group")
ACL_TYPES = ("aws_network_acl", "aws_default_network_acl")


def lower(draft: Draft) -> None:
    """Make groups and ACLs, and hang the ACLs on their subnets."""
    for resource in draft.all("aws_ec2_managed_prefix_list"):
        draft.add(_prefix_list(draft, resource))
    for resource in draft.all(*GROUP_TYPES):
        draft.add(_group(draft, resource))
    for resource in draft.all(*ACL_TYPES):
        draft.add(_acl(draft, resource))
    for node in draft.of(Vpc):
        _imply_defaults(draft, node)
    _hang_acls(draft)


def group_refs(draft: Draft, holder: Resource, *values: object) -> tuple[Ref, ...]:
    """The groups that values name; `aws_vpc.x.default_security_group_id` is the implied one."""
    found = (_group_ref(draft, holder, v) for value in values for v in read.spread(value))
    return tuple(dict.fromkeys(r for r in found if r is not None))


def _group_ref(draft: Draft, holder: Resource, value: object) -> "Ref | None":
    for referent in value.refers if isinstance(value, Unknown) else ():
        if referent.attribute == "default_security_group_id":
            return default_group_of(draft, referent.address)
    return draft.ref(holder, value, *GROUP_TYPES)


def default_group_of(draft: Draft, vpc_ref: Ref) -> Ref:
    """The group that interfaces without one belong to."""
    if isinstance(vpc_ref, Unknown):
        return vpc_ref
    real = draft.satellites("aws_default_security_group", "vpc_id", *vpc.VPC_TYPES)
    return real[vpc_ref][0].id if vpc_ref in real else f"{vpc_ref}.default_security_group"


def _imply_defaults(draft: Draft, node: Vpc) -> None:
    group = implied.default_group(node.source, node.id)
    if default_group_of(draft, node.id) == group.id and group.id not in draft.nodes:
        draft.add(group)
    acl = implied.default_acl(node.source, node.id)
    if _default_acl_of(draft, node.id) == acl.id and acl.id not in draft.nodes:
        draft.add(acl)


def _group(draft: Draft, resource: Resource) -> SecurityGroup:
    ingress = [*_inline(draft, resource, "ingress"), *_attached(draft, resource, "ingress")]
    egress = [*_inline(draft, resource, "egress"), *_attached(draft, resource, "egress")]
    return SecurityGroup(
        source=resource,
        id=resource.id,
        vpc=vpc.vpc_of(draft, resource),
        ingress=tuple(ingress),
        egress=tuple(egress),
        unread=read.unknown_blocks(resource, "ingress") + read.unknown_blocks(resource, "egress"),
    )


def _inline(draft: Draft, group: Resource, direction: str) -> Iterator[GroupRule]:
    for number, block in enumerate(read.items(group, direction)):
        if isinstance(block, dict):
            peers = block.get("security_groups")
            rule = _rule(draft, group, block, peers, f"{direction}[{number}]", group.id)
            yield replace(rule, prefixes=read.networks(block, "cidr_blocks", "ipv6_cidr_blocks"))


def _attached(draft: Draft, group: Resource, direction: str) -> Iterator[GroupRule]:
    link = ("security_group_id", *GROUP_TYPES)
    for rule in draft.satellites("aws_security_group_rule", *link).get(group.id, ()):
        if read.word(rule, "type") == direction:
            peers = rule.values.get("source_security_group_id")
            made = _rule(draft, rule, rule.values, peers, "", group.id)
            yield replace(made, prefixes=read.networks(rule, "cidr_blocks", "ipv6_cidr_blocks"))
    for rule in draft.satellites(f"aws_vpc_security_group_{direction}_rule", *link).get(
        group.id, ()
    ):
        peers = rule.values.get("referenced_security_group_id")
        made = _rule(draft, rule, rule.values, peers, "", group.id)
        yield replace(made, prefixes=read.networks(rule, "cidr_ipv4", "cidr_ipv6"))


def _rule(
    draft: Draft, owner: Resource, block: read.Block, peers: object, path: str, own: str
) -> GroupRule:
    proto = read.protocol(block, "ip_protocol" if "ip_protocol" in block else "protocol")
    groups = group_refs(draft, owner, peers)
    itself = read.boolean(block, "self", default=False)
    if isinstance(itself, Unknown):
        groups = (*groups, itself)
    elif itself:
        groups = (*groups, own)
    lists = (*read.items(block, "prefix_list_ids"), *read.items(block, "prefix_list_id"))
    return GroupRule(
        protocol=proto,
        ports=read.ports(block, proto),
        prefixes=(),
        groups=groups,
        proof=draft.proof(owner, path),
        lists=tuple(_list_ref(draft, owner, v) for v in lists),
    )


def _list_ref(draft: Draft, owner: Resource, value: object) -> Ref:
    found = draft.ref(owner, value, "aws_ec2_managed_prefix_list")
    return Unknown(Cause.DATA, str(value)) if found is None else found


def _prefix_list(draft: Draft, resource: Resource) -> PrefixList:
    prefixes = prefix_lists.entries(draft, resource)
    return PrefixList(source=resource, id=resource.id, prefixes=prefixes)


def _acl(draft: Draft, resource: Resource) -> Acl:
    sides: dict[bool, list[AclEntry]] = {False: [], True: []}
    for direction in ("ingress", "egress"):
        for number, block in enumerate(read.blocks(resource, direction)):
            proof = f"{direction}[{number}]"
            sides[direction == "egress"] += _entries(draft, resource, block, proof)
    link = ("network_acl_id", *ACL_TYPES)
    for rule in draft.satellites("aws_network_acl_rule", *link).get(resource.id, ()):
        egress = read.boolean(rule, "egress", default=False)
        for side in (False, True) if isinstance(egress, Unknown) else (egress,):
            made = _entries(draft, rule, rule.values, "")
            unsure = (replace(e, allow=egress) for e in made)
            sides[side] += unsure if isinstance(egress, Unknown) else made
    unread = read.unknown_blocks(resource, "ingress") + read.unknown_blocks(resource, "egress")
    return Acl(
        source=resource,
        id=resource.id,
        vpc=vpc.vpc_of(draft, resource),
        ingress=tuple(sides[False]),
        egress=tuple(sides[True]),
        unread=unread,
    )


def _entries(draft: Draft, owner: Resource, block: read.Block, path: str) -> list[AclEntry]:
    """One entry per family of the line's prefix."""
    number = read.number(block, "rule_no" if "rule_no" in block else "rule_number")
    action = read.word(block, "action" if "action" in block else "rule_action")
    allow = action if isinstance(action, Unknown) else action.lower() == "allow"
    proto = read.protocol(block, "protocol")
    ends = read.ports(block, proto)
    if proto in (1, 58):
        ends = read.icmp_types(block)
    place = draft.proof(owner, path)
    order = (
        Unknown(Cause.EXPRESSION, f"{owner.id} has no rule number") if number is None else number
    )
    return [
        AclEntry(order, allow, proto, ends, p, place)
        for p in read.networks(block, "cidr_block", "ipv6_cidr_block")
    ]


def _default_acl_of(draft: Draft, vpc_id: str) -> str:
    link = ("default_network_acl_id", *vpc.VPC_TYPES)
    real = draft.satellites("aws_default_network_acl", *link)
    return real[vpc_id][0].id if vpc_id in real else f"{vpc_id}.default_network_acl"


def _hang_acls(draft: Draft) -> None:
    """Every subnet has exactly one ACL: the one that names it, else its VPC's default."""
    named: dict[str, Ref] = {}
    for resource in draft.all(*ACL_TYPES):
        for subnet in draft.refs_at(resource, "subnet_ids", *vpc.SUBNET_TYPES):
            if isinstance(subnet, str):
                named[subnet] = resource.id
    links = draft.satellites("aws_network_acl_association", "subnet_id", *vpc.SUBNET_TYPES)
    for subnet_id, associations in links.items():
        acl = draft.ref_at(associations[0], "network_acl_id", *ACL_TYPES)
        named[subnet_id] = acl if acl is not None else Unknown(Cause.DATA, "network_acl_id")
    for node in draft.of(Subnet):
        default = node.vpc if isinstance(node.vpc, Unknown) else _default_acl_of(draft, node.vpc)
        draft.add(replace(node, acl=named.get(node.id, default)))
