"""Cloud WAN: core networks, their segments as transit tables, and what is attached to them.

A segment is one route domain over all Regions. Its attachments see each other unless it isolates
them; sharing lets those of two segments see each other. Which segment an attachment is in is told
by the first of the policy's rules that its tags and kind match.
https://docs.aws.amazon.com/network-manager/latest/cloudwan/cloudwan-policies-json.html
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graphs.build import implied, read, vpc
from graphs.build.draft import Draft
from graphs.nodes import CoreNetwork, Ref, Route, TransitAttachment, TransitTable
from graphs.resource import Resource
from graphs.unknown import NO, YES, Answer, Cause, Unknown, all_of, any_of, cannot_tell, known

CORE = "aws_networkmanager_core_network"
VPC_END = "aws_networkmanager_vpc_attachment"
OTHERS = (
    "aws_networkmanager_connect_attachment",
    "aws_networkmanager_dx_gateway_attachment",
    "aws_networkmanager_site_to_site_vpn_attachment",
    "aws_networkmanager_transit_gateway_route_table_attachment",
)
DOCUMENT = "aws_networkmanager_core_network_policy_document"
ROUTING = "routing_policies"
ACCEPTER = "aws_networkmanager_attachment_accepter"


@dataclass(frozen=True, slots=True)
class _Policy:
    """The parts of a policy, with underscores in their names as Terraform has them."""

    segments: "tuple[read.Block, ...]"
    actions: "tuple[read.Block, ...]"
    rules: "tuple[read.Block, ...]"
    routing: bool = False
    """Whether it has routing policies, which change what attachments and segments announce."""


def lower(draft: Draft) -> None:
    """Make core networks, their attachments and their segments."""
    for core in draft.all(CORE):
        draft.add(CoreNetwork(source=core, id=core.id))
        policy = _policy(draft, core)
        ends = [_end(draft, r, core, policy) for r in _attached(draft, core)]
        for end in ends:
            draft.add(end)
        for segment in policy.segments if isinstance(policy, _Policy) else ():
            draft.add(_table(draft, core, policy, segment, ends))  # type: ignore[arg-type]


def _attached(draft: Draft, core: Resource) -> Iterator[Resource]:
    for resource in draft.all(VPC_END, *OTHERS):
        if draft.ref_at(resource, "core_network_id", CORE) in (core.id, None):
            yield resource


# The policy.


def _policy(draft: Draft, core: Resource) -> "_Policy | Unknown":
    links = draft.satellites(f"{CORE}_policy_attachment", "core_network_id", CORE)
    for holder, name in (
        *((r, "policy_document") for r in links.get(core.id, ())),
        (core, "base_policy_document"),
    ):
        value = read.raw(holder, name)
        if value is not None:
            return _parsed(draft, value)
    return Unknown(Cause.DATA, f"the policy of {core.id}")


def _parsed(draft: Draft, value: object) -> "_Policy | Unknown":
    if isinstance(value, Unknown) and len(value.refers) == 1:
        source = draft.by_id.get(value.refers[0].address)
        if source is not None and source.type == DOCUMENT:
            parts = ("segments", "segment_actions", "attachment_policies")
            segments, actions, rules = (read.blocks(source, part) for part in parts)
            return _Policy(segments, actions, rules, bool(read.blocks(source, ROUTING)))
    if not isinstance(value, str):
        return read.whole(value)
    try:
        found = _plain(json.loads(value))
    except (ValueError, RecursionError):
        return Unknown(Cause.EXPRESSION, "a core network's policy that is not JSON")
    if not isinstance(found, Mapping):
        return Unknown(Cause.EXPRESSION, "a core network's policy that is no object")
    return _Policy(
        read.known_blocks(found, "segments"),
        read.known_blocks(found, "segment_actions"),
        read.known_blocks(found, "attachment_policies"),
        bool(found.get(ROUTING)),
    )


def _plain(value: object) -> object:
    """A document as Terraform has it: underscores for dashes, tuples for lists."""
    if isinstance(value, Mapping):
        found = {str(k).replace("-", "_"): _plain(v) for k, v in value.items()}
        share = found.get("share_with")
        if isinstance(share, Mapping):
            found = {**found, "share_with": None, "share_with_except": share.get("except")}
        return found
    return tuple(map(_plain, value)) if isinstance(value, list) else value


# Attachments.


# What each kind is attached to, by which attribute, and its kind in a transit table and a policy.
# https://docs.aws.amazon.com/network-manager/latest/cloudwan/cloudwan-policy-attachments.html
_TARGETS = {
    VPC_END: ("vpc_arn", vpc.VPC_TYPES, "vpc", "vpc"),
    OTHERS[0]: ("", (), "core", "connect"),
    OTHERS[1]: (
        "direct_connect_gateway_arn",
        ("aws_dx_gateway",),
        "direct-connect",
        "direct-connect-gateway",
    ),
    OTHERS[2]: ("vpn_connection_arn", ("aws_vpn_connection",), "vpn", "site-to-site-vpn"),
    OTHERS[3]: ("", (), "core", "transit-gateway-route-table"),
}
WAITING = ("PENDING_ATTACHMENT_ACCEPTANCE", "CREATING", "PENDING_NETWORK_UPDATE")


def _end(
    draft: Draft, resource: Resource, core: Resource, policy: "_Policy | Unknown"
) -> TransitAttachment:
    name, types, kind, _ = _TARGETS[resource.type]
    target = draft.ref_at(resource, name, *types) if name else None
    lost = Unknown(Cause.MODEL, f"what is behind {resource.id}")
    return TransitAttachment(
        source=resource,
        id=resource.id,
        gateway=core.id,
        kind=kind,
        target=lost if target is None else target,
        table=_joined(draft, resource, core, policy),
        subnets=draft.refs_at(resource, "subnet_arns", *vpc.SUBNET_TYPES),
    )


def _joined(draft: Draft, resource: Resource, core: Resource, policy: "_Policy | Unknown") -> Ref:
    """The segment's table: as an account tells it, else as the policy has it."""
    if read.raw(resource, "state") in WAITING:
        return ""
    said = read.raw(resource, "segment_name")
    if isinstance(said, str) and said:
        return f"{core.id}.segment.{said}"
    return policy if isinstance(policy, Unknown) else _segment(draft, resource, core, policy)


def _segment(draft: Draft, resource: Resource, core: Resource, policy: _Policy) -> Ref:
    """The table of the segment that an attachment is in, "" for none."""
    rules = sorted(
        policy.rules, key=lambda r: n if isinstance(n := read.number(r, "rule_number"), int) else 0
    )
    for rule in rules:
        met = _matches(rule, resource)
        if not met.certain and met.possible:
            return Unknown(Cause.MODEL, f"the segment of {resource.id}", origins=tuple(met.because))
        if met.certain:
            return _put(draft, resource, core, policy, rule)
    return ""


def _put(
    draft: Draft, resource: Resource, core: Resource, policy: _Policy, rule: read.Block
) -> Ref:
    action = read.first(rule, "action")
    name = read.word(action, "segment")
    if read.word(action, "association_method") == "tag":
        key = read.word(action, "tag_value_of_key")
        told = resource.tags.get(str(key), "")
        name = told if isinstance(told, str) else read.whole(told)
    if isinstance(name, Unknown):
        return name
    segment = next((s for s in policy.segments if read.word(s, "name") == name), None)
    if segment is None:
        return ""
    wanted = read.flag(segment, "require_attachment_acceptance", default=True)
    said = read.flag(action, "require_acceptance", default=False)
    accepted = draft.satellites(ACCEPTER, "attachment_id", VPC_END, *OTHERS).get(resource.id)
    if (wanted | said).possible and not accepted:
        return Unknown(Cause.COMPUTED, f"whether {resource.id} is accepted into segment {name}")
    return f"{core.id}.segment.{name}"


def _matches(rule: read.Block, resource: Resource) -> Answer:
    found = [_condition(c, resource) for c in read.blocks(rule, "conditions")]
    return all_of(found) if read.word(rule, "condition_logic") == "and" else any_of(found)


def _condition(block: read.Block, resource: Resource) -> Answer:
    kind, wanted = read.word(block, "type"), read.word(block, "value")
    if kind == "any":
        return YES
    if kind == "tag-exists":
        return known(str(read.word(block, "key")) in resource.tags)
    if kind == "attachment-type":
        return _compared(_TARGETS[resource.type][3], block, wanted)
    if kind == "tag-value":
        said = resource.tags.get(str(read.word(block, "key")))
        if said is None:
            return NO
        return _compared(said if isinstance(said, str) else read.whole(said), block, wanted)
    told = {"account-id": resource.scope.account, "region": resource.scope.region}
    lost = Unknown(Cause.MODEL, f"the {kind} of {resource.id}")
    return _compared(told.get(str(kind), lost), block, wanted)


def _compared(said: "str | Unknown", block: read.Block, wanted: "str | Unknown") -> Answer:
    if isinstance(said, Unknown) or isinstance(wanted, Unknown):
        return cannot_tell(*(v for v in (said, wanted) if isinstance(v, Unknown)))
    operator = read.word(block, "operator", "equals")
    holds = {
        "equals": said == wanted,
        "not-equals": said != wanted,
        "contains": wanted in said,
        "begins-with": said.startswith(wanted),
    }
    if isinstance(operator, Unknown):
        return cannot_tell(operator)
    return known(holds.get(operator, False))


# Segments.


def _table(
    draft: Draft,
    core: Resource,
    policy: _Policy,
    segment: read.Block,
    ends: list[TransitAttachment],
) -> TransitTable:
    name = str(read.word(segment, "name"))
    seen = {} if read.flag(segment, "isolate_attachments", default=False).certain else {name: None}
    hidden: list[Ref] = []
    for action in policy.actions:
        seen |= dict.fromkeys(_shared(action, name, policy))
        hidden += _unsaid(action, name)
    if any(read.items(segment, part) for part in ("allow_filter", "deny_filter")):
        hidden.append(Unknown(Cause.MODEL, f"the filters of segment {name}"))
    if policy.routing:
        hidden.append(Unknown(Cause.MODEL, f"the routing policies of {core.id}"))
    tables = {f"{core.id}.segment.{each}" for each in seen}
    learned = [e.id for e in ends if isinstance(e.table, Unknown) or e.table in tables]
    unsure = [e.table for e in ends if isinstance(e.table, Unknown)]
    kind = "aws_networkmanager_core_network_segment"
    return TransitTable(
        source=implied.resource(core.address, kind, core.scope, core.origin.place),
        id=f"{core.id}.segment.{name}",
        gateway=core.id,
        routes=tuple(r for a in policy.actions for r in _static(draft, core, a, name)),
        propagations=tuple(dict.fromkeys((*learned, *hidden, *unsure))),
    )


def _shared(action: read.Block, name: str, policy: _Policy) -> Iterator[str]:
    """The segments whose attachments a segment sees by sharing, which goes both ways."""
    if read.word(action, "action") != "share":
        return
    own = str(read.word(action, "segment"))
    every = [str(read.word(s, "name")) for s in policy.segments]
    spared = {str(s) for s in read.items(action, "share_with_except")}
    wanted = {str(s) for s in read.items(action, "share_with")}
    partners = [
        s
        for s in every
        if s != own and s not in spared and (spared or "*" in wanted or s in wanted)
    ]
    if name == own:
        yield from partners
    elif name in partners:
        yield own


def _unsaid(action: read.Block, name: str) -> list[Ref]:
    """Why what a segment sends may go otherwise than segments say: through network functions.

    https://docs.aws.amazon.com/network-manager/latest/cloudwan/cloudwan-policy-service-insertion.html
    """
    if read.word(action, "action") not in ("send-via", "send-to"):
        return []
    sent = read.first(action, "when_sent_to")
    met = {str(read.word(action, "segment")), *map(str, read.items(sent, "segments"))}
    if name not in met and "*" not in met:
        return []
    return [Unknown(Cause.MODEL, "what the network functions of Cloud WAN let through")]


def _static(draft: Draft, core: Resource, action: read.Block, name: str) -> Iterator[Route]:
    if read.word(action, "action") != "create-route" or read.word(action, "segment") != name:
        return
    proof = draft.proof(core, "base_policy_document")
    for prefix in read.networks(action, "destination_cidr_blocks"):
        for value in read.items(action, "destinations"):
            target = draft.ref(core, value, VPC_END, *OTHERS)
            hole = value == "blackhole"
            end = core.id if hole or target is None else target
            yield Route(prefix, "blackhole" if hole else "attachment", end, proof)
