"""Security groups and network ACLs, whatever the spelling: inline rules and rule resources."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeAlias

from graphs.addresses import Prefix
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
from graphs.unknown import Cause, Unknown, cannot_tell

GROUP_TYPES = ("aws_security_group", "aws_default_security_group")
RULE_TYPES = (
    "aws_security_group_rule",
    "aws_vpc_security_group_ingress_rule",
    "aws_vpc_security_group_egress_rule",
)
ACL_TYPES = ("aws_network_acl", "aws_default_network_acl")


def lower(draft: Draft) -> None:
    """Make groups and ACLs, and hang the ACLs on their subnets."""
    _name_defaults(draft)
    for kind in RULE_TYPES:
        draft.satellites(kind, "security_group_id", *GROUP_TYPES)  # tells those for other groups
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
    found = (draft.ref(holder, v, *GROUP_TYPES) for value in values for v in read.spread(value))
    return tuple(dict.fromkeys(r for r in found if r is not None))


def _name_defaults(draft: Draft) -> None:
    """Tell which group and ACL a VPC's attributes name."""
    for resource in draft.all(*vpc.VPC_TYPES):
        group = default_group_of(draft, resource.id)
        draft.aliases[f"{resource.id}.default_security_group_id"] = str(group)
        acl = _default_acl_of(draft, resource.id)
        draft.aliases[f"{resource.id}.default_network_acl_id"] = acl


def default_group_of(draft: Draft, vpc_ref: Ref) -> Ref:
    """The group that interfaces without one belong to."""
    if isinstance(vpc_ref, Unknown):
        return vpc_ref
    real = draft.satellites("aws_default_security_group", "vpc_id", *vpc.VPC_TYPES)
    return real[vpc_ref][0].id if vpc_ref in real else f"{vpc_ref}.default_security_group"


def _imply_defaults(draft: Draft, node: Vpc) -> None:
    """Add the defaults that AWS made, with what the code adds to them."""
    group = implied.default_group(node.source, node.id)
    if default_group_of(draft, node.id) == group.id:
        ingress, egress, unread = attached(draft, group.id, node.source)
        unread += read.unlisted(node.source, "default security group")
        rules = (*group.ingress, *ingress), (*group.egress, *egress)
        draft.add(replace(group, ingress=rules[0], egress=rules[1], unread=unread))
    acl = implied.default_acl(node.source, node.id, node.cidrs)
    if _default_acl_of(draft, node.id) == acl.id:
        into, out = _numbered(draft, acl.id, node.source)
        unread = read.unlisted(node.source, "default network ACL")
        sides = (*acl.ingress, *into), (*acl.egress, *out)
        draft.add(replace(acl, ingress=sides[0], egress=sides[1], unread=unread))


def _group(draft: Draft, resource: Resource) -> SecurityGroup:
    ingress, egress, unread = attached(draft, resource.id, resource)
    for direction in ("ingress", "egress"):
        unread += read.untold_blocks(resource, direction)
    return SecurityGroup(
        source=resource,
        id=resource.id,
        vpc=vpc.vpc_of(draft, resource),
        ingress=(*_inline(draft, resource, "ingress"), *ingress),
        egress=(*_inline(draft, resource, "egress"), *egress),
        unread=unread,
    )


def _inline(draft: Draft, group: Resource, direction: str) -> Iterator[GroupRule]:
    for number, block, why in read.possible_blocks(group, direction):
        peers = block.get("security_groups")
        rule = _rule(draft, group, block, peers, f"{direction}[{number}]", group.id)
        prefixes = read.networks(block, "cidr_blocks", "ipv6_cidr_blocks")
        yield _doubted(_among(draft, rule, prefixes), why)


Rules: TypeAlias = tuple[GroupRule, ...]


def attached(
    draft: Draft, group: str, beside: Resource
) -> tuple[Rules, Rules, tuple[Unknown, ...]]:
    """The rules that stand in resources of their own, in and out, and those that are not told."""
    link = ("security_group_id", *GROUP_TYPES)
    sides: dict[str, list[GroupRule]] = {"ingress": [], "egress": []}
    unread: list[Unknown] = []
    for rule in draft.satellites("aws_security_group_rule", *link).get(group, ()):
        direction = read.word(rule, "type")
        if isinstance(direction, Unknown):
            unread.append(direction)
        elif direction in sides:
            peers = rule.values.get("source_security_group_id")
            made = _rule(draft, rule, rule.values, peers, "", group)
            made = _among(draft, made, read.networks(rule, "cidr_blocks", "ipv6_cidr_blocks"))
            sides[direction].append(_doubted(made, read.doubt(rule, beside)))
    for direction, found in sides.items():
        kind = f"aws_vpc_security_group_{direction}_rule"
        for rule in draft.satellites(kind, *link).get(group, ()):
            peers = rule.values.get("referenced_security_group_id")
            made = _rule(draft, rule, rule.values, peers, "", group)
            made = _among(draft, made, read.networks(rule, "cidr_ipv4", "cidr_ipv6"))
            found.append(_doubted(made, read.doubt(rule, beside)))
    return tuple(sides["ingress"]), tuple(sides["egress"]), tuple(unread)


def _doubted(rule: GroupRule, why: Unknown | None) -> GroupRule:
    return rule if why is None else replace(rule, exists=cannot_tell(why))


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
    found = draft.ref(owner, value, prefix_lists.PREFIX_LIST)
    listed = None if isinstance(found, str) else prefix_lists.kept(draft, value)
    if listed is not None:
        draft.add(listed)
        return listed.id
    return Unknown(Cause.DATA, str(value)) if found is None else found


def _among(draft: Draft, rule: GroupRule, prefixes: tuple["Prefix | Unknown", ...]) -> GroupRule:
    """A rule with these prefixes; the addresses of an AWS service become its list."""
    listed = {p: found for p in prefixes if (found := prefix_lists.kept(draft, p)) is not None}
    for node in listed.values():
        draft.add(node)
    return replace(
        rule,
        prefixes=tuple(p for p in prefixes if p not in listed),
        lists=(*rule.lists, *(node.id for node in listed.values())),
    )


def _prefix_list(draft: Draft, resource: Resource) -> PrefixList:
    prefixes = prefix_lists.entries(draft, resource)
    return PrefixList(source=resource, id=resource.id, prefixes=prefixes)


def _acl(draft: Draft, resource: Resource) -> Acl:
    sides: dict[bool, list[AclEntry]] = {False: [], True: []}
    for direction in ("ingress", "egress"):
        for number, block in enumerate(read.known_blocks(resource, direction)):
            proof = f"{direction}[{number}]"
            sides[direction == "egress"] += _entries(draft, resource, block, proof)
    into, out = _numbered(draft, resource.id, resource)
    unread = read.unknown_blocks(resource, "ingress") + read.unknown_blocks(resource, "egress")
    return Acl(
        source=resource,
        id=resource.id,
        vpc=_vpc_of_acl(draft, resource),
        ingress=(*sides[False], *into),
        egress=(*sides[True], *out),
        unread=unread,
    )


def _vpc_of_acl(draft: Draft, resource: Resource) -> Ref:
    owned = resource.type == "aws_network_acl" or read.raw(resource, "vpc_id") is not None
    name = "vpc_id" if owned else "default_network_acl_id"
    found = draft.ref_at(resource, name, *vpc.VPC_TYPES)
    return Unknown(Cause.EXPRESSION, f"{resource.id} has no {name}") if found is None else found


Entries: TypeAlias = tuple[AclEntry, ...]


def _numbered(draft: Draft, acl: str, beside: Resource) -> tuple[Entries, Entries]:
    """The entries that stand in resources of their own, in and out.

    Where it is not known whether one is there, or on which side, it is not known what it does.
    """
    sides: dict[bool, list[AclEntry]] = {False: [], True: []}
    for rule in draft.satellites("aws_network_acl_rule", "network_acl_id", *ACL_TYPES).get(acl, ()):
        egress = read.boolean(rule, "egress", default=False)
        why = egress if isinstance(egress, Unknown) else read.doubt(rule, beside)
        made = _entries(draft, rule, rule.values, "")
        for side in (False, True) if isinstance(egress, Unknown) else (egress,):
            sides[side] += made if why is None else [replace(e, allow=why) for e in made]
    return tuple(sides[False]), tuple(sides[True])


def _entries(draft: Draft, owner: Resource, block: read.Block, path: str) -> list[AclEntry]:
    """One entry per family of the line's prefix."""
    number = read.number(block, "rule_no" if "rule_no" in block else "rule_number")
    action = read.word(block, "action" if "action" in block else "rule_action")
    allow = action if isinstance(action, Unknown) else action.lower() == "allow"
    proto = read.protocol(block, "protocol")
    ends = read.ports(block, proto)
    if proto in (1, 58):
        ends = read.icmp_messages(block)
    place = draft.proof(owner, path)
    order = (
        Unknown(Cause.EXPRESSION, f"{owner.id} has no rule number") if number is None else number
    )
    return [
        AclEntry(order, allow, proto, ends, p, place)
        for p in read.networks(block, "cidr_block", "ipv6_cidr_block")
    ]


def _default_acl_of(draft: Draft, vpc_id: str) -> str:
    """The default ACL by the VPC that code takes it from, or that an account says it is in."""
    for name in ("default_network_acl_id", "vpc_id"):
        real = draft.satellites("aws_default_network_acl", name, *vpc.VPC_TYPES)
        if vpc_id in real:
            return real[vpc_id][0].id
    return f"{vpc_id}.default_network_acl"


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
