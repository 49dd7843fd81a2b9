"""Transit gateways: attachments, tables, associations and propagations, the defaults included.

Amazon VPC Transit Gateways guide, "How transit gateways work": an attachment is associated with
exactly one table, and by default joins the gateway's own and announces itself there.
"""

from dataclasses import replace

from graphs.build import implied, prefix_lists, read, vpc
from graphs.build.draft import Draft
from graphs.nodes import Ref, Route, TransitAttachment, TransitGateway, TransitTable
from graphs.resource import Resource, Source
from graphs.unknown import YES, Answer, Cause, Unknown, cannot_tell

GATEWAY = "aws_ec2_transit_gateway"
TABLE = "aws_ec2_transit_gateway_route_table"
VPC_ATTACHMENT = "aws_ec2_transit_gateway_vpc_attachment"
PEERING = "aws_ec2_transit_gateway_peering_attachment"
CONNECT = "aws_ec2_transit_gateway_connect"
ACCEPTERS = {
    "aws_ec2_transit_gateway_vpc_attachment_accepter": VPC_ATTACHMENT,
    "aws_ec2_transit_gateway_peering_attachment_accepter": PEERING,
}
VPN = "aws_vpn_connection"
DIRECT = "aws_dx_gateway_association"
ROUTES = ("aws_ec2_transit_gateway_route", "aws_ec2_transit_gateway_prefix_list_reference")
ATTACHABLE = (VPC_ATTACHMENT, PEERING, CONNECT, VPN, DIRECT, *ACCEPTERS)


def lower(draft: Draft) -> None:
    """Make the gateways, then their attachments, then their tables."""
    for resource in draft.all(GATEWAY):
        draft.add(_gateway(draft, resource))
    ends = (_vpc_ends, _vpn_ends, _direct_ends, _connect_ends, _peering_ends)
    drafts = [end for found in ends for end in found(draft)]
    for attachment in drafts:
        draft.add(attachment)
    for resource in draft.all(TABLE):
        draft.add(_table(draft, resource, resource.id, drafts))
    for gateway in draft.of(TransitGateway):
        named = (gateway.default_association, gateway.default_propagation)
        for table_id in sorted({n for n in named if isinstance(n, str) and n} - set(draft.nodes)):
            draft.add(_default_table(draft, gateway, table_id, drafts))


def _gateway(draft: Draft, resource: Resource) -> TransitGateway:
    association = read.word(resource, "default_route_table_association", "enable")
    propagation = read.word(resource, "default_route_table_propagation", "enable")
    return TransitGateway(
        source=resource,
        id=resource.id,
        default_association=_own(draft, resource, "association")
        if association == "enable"
        else _off(association),
        default_propagation=_own(draft, resource, "propagation")
        if propagation == "enable"
        else _off(propagation),
    )


def _own(draft: Draft, gateway: Resource, word: str) -> str:
    """The gateway's default table: one of the tables where an account tells which."""
    value = read.raw(gateway, f"{word}_default_route_table_id")
    found = draft.ref(gateway, value, TABLE) if isinstance(value, str) else None
    return found if isinstance(found, str) else f"{gateway.id}.default_route_table"


def _off(value: "str | Unknown") -> "str | Unknown":
    return value if isinstance(value, Unknown) else ""


def _vpc_ends(draft: Draft) -> list[TransitAttachment]:
    return [
        TransitAttachment(
            source=replace(r, exists=r.exists & _accepted(draft, r)),
            id=r.id,
            gateway=_named(draft, r, "transit_gateway_id", GATEWAY),
            kind="vpc",
            target=_named(draft, r, "vpc_id", *vpc.VPC_TYPES),
            table=_associated(draft, r, r.id, "transit_gateway_id"),
            subnets=draft.refs_at(r, "subnet_ids", *vpc.SUBNET_TYPES),
        )
        for r in draft.all(VPC_ATTACHMENT)
    ]


def _accepted(draft: Draft, attachment: Resource) -> Answer:
    """A VPC of another account waits for the gateway's owner, who may accept it by hand.

    https://docs.aws.amazon.com/vpc/latest/tgw/tgw-transit-gateways.html
    """
    hub = draft.ref_at(attachment, "transit_gateway_id", GATEWAY)
    gateway = draft.by_id.get(hub) if isinstance(hub, str) else None
    accounts = {each.scope.account for each in (attachment, gateway) if each is not None}
    told = attachment.origin.source is Source.AWS or any(isinstance(a, Unknown) for a in accounts)
    if gateway is None or len(accounts) < 2 or told:
        return YES
    link = ("transit_gateway_attachment_id", VPC_ATTACHMENT)
    accepters = draft.satellites(f"{VPC_ATTACHMENT}_accepter", *link).get(attachment.id, [])
    said = read.word(gateway, "auto_accept_shared_attachments", "disable")
    if accepters or said == "enable":
        return YES
    by_hand = Unknown(Cause.COMPUTED, f"whether {attachment.id} is accepted")
    return cannot_tell(said if isinstance(said, Unknown) else by_hand)


def _vpn_ends(draft: Draft) -> list[TransitAttachment]:
    return [
        TransitAttachment(
            source=r,
            id=f"{r.id}.attachment",
            gateway=_named(draft, r, "transit_gateway_id", GATEWAY),
            kind="vpn",
            target=r.id,
            table=_associated(draft, r, f"{r.id}.attachment", "transit_gateway_id"),
        )
        for r in draft.all(VPN)
        if read.raw(r, "transit_gateway_id") is not None
    ]


def _direct_ends(draft: Draft) -> list[TransitAttachment]:
    name = "associated_gateway_id"
    return [
        TransitAttachment(
            source=r,
            id=f"{r.id}.attachment",
            gateway=_named(draft, r, name, GATEWAY),
            kind="direct-connect",
            target=_named(draft, r, "dx_gateway_id", "aws_dx_gateway"),
            table=_associated(draft, r, f"{r.id}.attachment", name),
        )
        for r in draft.all(DIRECT)
        if isinstance(draft.ref_at(r, name, GATEWAY), str)
    ]


def _connect_ends(draft: Draft) -> list[TransitAttachment]:
    """Tunnels to a third party's appliance: what it announces and where it leads, it alone knows.

    https://docs.aws.amazon.com/vpc/latest/tgw/tgw-connect.html
    """
    return [
        TransitAttachment(
            source=r,
            id=r.id,
            gateway=_named(draft, r, "transit_gateway_id", GATEWAY),
            kind="connect",
            target=Unknown(Cause.MODEL, f"what is behind the appliance at {r.id}"),
            table=_associated(draft, r, r.id, "transit_gateway_id"),
        )
        for r in draft.all(CONNECT)
    ]


def _peering_ends(draft: Draft) -> list[TransitAttachment]:
    """Two attachments, one at each gateway; routes across are static only."""
    ends = []
    for r in draft.all(PEERING):
        near = _named(draft, r, "transit_gateway_id", GATEWAY)
        far = _named(draft, r, "peer_transit_gateway_id", GATEWAY)
        for name, here, there in ((r.id, near, far), (f"{r.id}.accepter", far, near)):
            named = _explicit(draft, name)
            table = _unless_told(draft, r, here) if named is None else named
            ends.append(
                TransitAttachment(
                    source=r, id=name, gateway=here, kind="peering", target=there, table=table
                )
            )
    return ends


def _unless_told(draft: Draft, attachment: Resource, gateway: Ref) -> Ref:
    """The gateway's default table, where the attachment is one that joins it."""
    name = "transit_gateway_default_route_table_association"
    joins = read.boolean(attachment, name, default=True)
    if isinstance(joins, Unknown):
        return joins
    return _default_of(draft, gateway) if joins else ""


def _named(draft: Draft, resource: Resource, name: str, *types: str) -> Ref:
    found = draft.ref_at(resource, name, *types)
    return Unknown(Cause.EXPRESSION, f"{resource.id} has no {name}") if found is None else found


def attachment_of(draft: Draft, holder: Resource, table: "Ref | None" = None) -> "Ref | None":
    """The attachment that `transit_gateway_attachment_id` names, whatever it was written from."""
    value = read.raw(holder, "transit_gateway_attachment_id")
    found = draft.ref(holder, value, *ATTACHABLE)
    if isinstance(value, str) and not isinstance(found, str):
        found = _numbered(draft, value) or found
    if not isinstance(found, str):
        return _looked_up(draft, value) or found
    kind = draft.by_id[found].type
    if kind in ACCEPTERS:
        inner = attachment_of(draft, draft.by_id[found])
        return f"{inner}.accepter" if ACCEPTERS[kind] == PEERING else inner
    if kind == PEERING and table is not None:
        return _side(draft, found, table)
    return found if kind in (VPC_ATTACHMENT, PEERING, CONNECT) else f"{found}.attachment"


def _numbered(draft: Draft, attachment: str) -> str | None:
    """The line whose attachment has this id, where an account tells it."""
    lines = draft.all(VPN, DIRECT)
    named = (r.id for r in lines if read.raw(r, "transit_gateway_attachment_id") == attachment)
    return next(named, None)


def _side(draft: Draft, peering: str, table: Ref) -> str:
    """The same attachment id serves at both gateways: the table tells which end is meant."""
    holder = draft.by_id.get(table) if isinstance(table, str) else None
    far = draft.ref_at(draft.by_id[peering], "peer_transit_gateway_id", GATEWAY)
    if holder is not None and draft.ref_at(holder, "transit_gateway_id", GATEWAY) == far:
        return f"{peering}.accepter"
    return peering


def _looked_up(draft: Draft, value: object) -> str | None:
    """An attachment found by a data source that names the gateway and what is attached."""
    for referent in value.refers if isinstance(value, Unknown) else ():
        source = draft.by_id.get(referent.address)
        if source is None or not source.type.startswith("aws_ec2_transit_gateway_"):
            continue
        gateway = draft.ref_at(source, "transit_gateway_id", GATEWAY)
        for kind, name, target in (
            (DIRECT, "dx_gateway_id", "aws_dx_gateway"),
            (VPN, "vpn_connection_id", VPN),
        ):
            wanted = draft.ref_at(source, name, target)
            for r in draft.all(kind) if wanted is not None else ():
                end = r.id if kind == VPN else draft.ref_at(r, name, target)
                joined = "transit_gateway_id" if kind == VPN else "associated_gateway_id"
                if end == wanted and draft.ref_at(r, joined, GATEWAY) == gateway:
                    return f"{r.id}.attachment"
    return None


def _explicit(draft: Draft, attachment: str) -> "Ref | None":
    if draft.associations is None:
        draft.associations = _associations(draft)
    return draft.associations.get(attachment)


def _associations(draft: Draft) -> "dict[str, Ref | None]":
    found: dict[str, Ref | None] = {}
    for link in draft.all("aws_ec2_transit_gateway_route_table_association"):
        table = draft.ref_at(link, "transit_gateway_route_table_id", TABLE)
        attachment = attachment_of(draft, link, table)
        if isinstance(attachment, str):
            found.setdefault(attachment, table)
    return found


def _default_of(draft: Draft, gateway: Ref) -> Ref:
    node = draft.nodes.get(gateway) if isinstance(gateway, str) else None
    if isinstance(node, TransitGateway):
        return node.default_association
    return gateway if isinstance(gateway, Unknown) else Unknown(Cause.DATA, gateway)


def _associated(draft: Draft, resource: Resource, attachment: str, name: str) -> Ref:
    """The explicit association, else the gateway's default table, else none ("")."""
    found = _explicit(draft, attachment)
    if found is not None:
        return found
    return _unless_told(draft, resource, _named(draft, resource, name, GATEWAY))


def _table(
    draft: Draft, source: Resource, table_id: str, attachments: list[TransitAttachment]
) -> TransitTable:
    gateway = _named(draft, source, "transit_gateway_id", GATEWAY)
    return TransitTable(
        source=source,
        id=table_id,
        gateway=gateway,
        routes=_routes(draft, table_id),
        propagations=_propagations(draft, table_id, gateway, attachments),
    )


def _default_table(
    draft: Draft, gateway: TransitGateway, table_id: str, attachments: list[TransitAttachment]
) -> TransitTable:
    place = gateway.source.origin.place
    return TransitTable(
        source=implied.resource(gateway.source.address, TABLE, gateway.scope, place),
        id=table_id,
        gateway=gateway.id,
        routes=_routes(draft, table_id),
        propagations=_propagations(draft, table_id, gateway.id, attachments),
    )


def _table_named(draft: Draft, holder: Resource) -> "Ref | None":
    """A table by reference; the gateway's attribute names its default one."""
    name = "transit_gateway_route_table_id"
    found = draft.ref_at(holder, name, TABLE, GATEWAY)
    if isinstance(found, str) and draft.by_id[found].type == GATEWAY:
        return f"{found}.default_route_table"
    return found


def _routes(draft: Draft, table_id: str) -> tuple[Route, ...]:
    found = []
    for r in draft.all(*ROUTES):
        if _table_named(draft, r) != table_id:
            continue
        hole = read.boolean(r, "blackhole", default=False)
        target = attachment_of(draft, r, table_id)
        kind = "blackhole" if hole is True else "attachment"
        proof = draft.proof(r, "blackhole" if hole is True else "transit_gateway_attachment_id")
        end = hole if isinstance(hole, Unknown) else target
        listed = prefix_lists.named(draft, r, read.raw(r, "prefix_list_id"))
        for destination in (*read.networks(r, "destination_cidr_block"), *listed):
            found.append(Route(destination, kind, r.id if end is None else end, proof))
    return tuple(found)


def _propagations(
    draft: Draft, table_id: str, gateway: Ref, attachments: list[TransitAttachment]
) -> tuple[Ref, ...]:
    explicit = [
        attachment_of(draft, r, table_id)
        for r in draft.all("aws_ec2_transit_gateway_route_table_propagation")
        if _table_named(draft, r) == table_id
    ]
    by_default = [
        a.id
        for a in attachments
        if a.gateway == gateway
        and a.kind != "peering"
        and _is_default_propagation(draft, gateway, table_id)
        and read.boolean(a.source, "transit_gateway_default_route_table_propagation", default=True)
        is True
    ]
    return tuple(dict.fromkeys(a for a in (*explicit, *by_default) if a is not None))


def _is_default_propagation(draft: Draft, gateway: Ref, table_id: str) -> bool:
    node = draft.nodes.get(gateway) if isinstance(gateway, str) else None
    return isinstance(node, TransitGateway) and node.default_propagation == table_id
