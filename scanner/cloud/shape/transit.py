"""What joins networks to others: transit gateways, VPN, Direct Connect."""

from collections.abc import Iterator, Mapping

from graphs.resource import Resource
from scanner.cloud.shape.answers import Answers, Item, tags

GONE = ("deleted", "deleting", "failed", "rejected", "rejecting", "failing", "disassociated",
        "pendingacceptance", "initiating", "initiatingrequest")  # fmt: skip
TABLE = "aws_ec2_transit_gateway_route_table"


def shape(answers: Answers) -> Iterator[Resource]:
    """Gateways, what is attached to them, their tables, and the lines to sites."""
    for part in (_gateways, _attachments, _tables, _vpn, _direct, _lines, _unread):
        yield from part(answers)


def _each(
    answers: Answers, call: str, key: str, service: str = "ec2"
) -> Iterator[tuple[tuple[str, str], Item]]:
    for region, item in answers.items(f"{service}.{call}", key):
        if str(item.get("State", "")).lower() not in GONE:
            yield (region, f"{service}.{call}"), item


def _gateways(answers: Answers) -> Iterator[Resource]:
    for at, gateway in _each(answers, "describe_transit_gateways", "TransitGateways"):
        options = gateway.get("Options", {})
        values = {
            "id": gateway["TransitGatewayId"],
            "arn": gateway.get("TransitGatewayArn"),
            "description": gateway.get("Description"),
            "default_route_table_association": options.get("DefaultRouteTableAssociation"),
            "default_route_table_propagation": options.get("DefaultRouteTablePropagation"),
            "association_default_route_table_id": options.get("AssociationDefaultRouteTableId"),
            "propagation_default_route_table_id": options.get("PropagationDefaultRouteTableId"),
            "security_group_referencing_support": options.get("SecurityGroupReferencingSupport"),
            "tags": tags(gateway.get("Tags")),
        }
        name, owner = gateway["TransitGatewayId"], gateway.get("OwnerId")
        yield answers.make("aws_ec2_transit_gateway", name, values, at, owner=owner)


def _attachments(answers: Answers) -> Iterator[Resource]:
    """Which table each is in is said by associations, which are read as well."""
    call = "describe_transit_gateway_vpc_attachments"
    joins = _joins(answers)
    for at, end in _each(answers, call, "TransitGatewayVpcAttachments"):
        values = {
            "id": end["TransitGatewayAttachmentId"],
            "transit_gateway_id": end["TransitGatewayId"],
            "vpc_id": end["VpcId"],
            "subnet_ids": end.get("SubnetIds"),
            "appliance_mode_support": end.get("Options", {}).get("ApplianceModeSupport"),
            "security_group_referencing_support": end.get("Options", {}).get(
                "SecurityGroupReferencingSupport"
            ),
            **joins.get(at[0], NO_DEFAULTS),
            "tags": tags(end.get("Tags")),
        }
        name = end["TransitGatewayAttachmentId"]
        yield answers.make("aws_ec2_transit_gateway_vpc_attachment", name, values, at)
    yield from _connects(answers)
    yield from _peerings(answers)


def _peerings(answers: Answers) -> Iterator[Resource]:
    """Peerings of gateways; where their own list is not there, the list of all attachments tells
    each gateway's end."""
    joins = _joins(answers)
    call = "describe_transit_gateway_peering_attachments"
    found = {}
    for at, end in _each(answers, call, "TransitGatewayPeeringAttachments"):
        near, far = end.get("RequesterTgwInfo", {}), end.get("AccepterTgwInfo", {})
        ends = near.get("TransitGatewayId"), far.get("TransitGatewayId"), far.get("Region")
        found[end["TransitGatewayAttachmentId"]] = at, end, ends
    call = "describe_transit_gateway_attachments"
    for at, end in _each(answers, call, "TransitGatewayAttachments"):
        if end.get("ResourceType") == "peering":
            ends = end.get("TransitGatewayId"), end.get("ResourceId"), None
            found.setdefault(end["TransitGatewayAttachmentId"], (at, end, ends))
    for name, (at, end, ends) in found.items():
        values = {
            "id": name,
            "transit_gateway_id": ends[0],
            "peer_transit_gateway_id": ends[1],
            "peer_region": ends[2],
            **joins.get(at[0], NO_DEFAULTS),
            "tags": tags(end.get("Tags")),
        }
        yield answers.make("aws_ec2_transit_gateway_peering_attachment", name, values, at)


def _connects(answers: Answers) -> Iterator[Resource]:
    """Tunnels to appliances, which the list of all attachments tells."""
    call = "describe_transit_gateway_attachments"
    joins = _joins(answers)
    for at, end in _each(answers, call, "TransitGatewayAttachments"):
        if end.get("ResourceType") == "connect":
            name = end["TransitGatewayAttachmentId"]
            values = {
                "id": name,
                "transit_gateway_id": end.get("TransitGatewayId"),
                "transport_attachment_id": end.get("ResourceId"),
                **joins.get(at[0], NO_DEFAULTS),
                "tags": tags(end.get("Tags")),
            }
            yield answers.make("aws_ec2_transit_gateway_connect", name, values, at)


NO_DEFAULTS: Mapping[str, object] = {
    "transit_gateway_default_route_table_association": False,
    "transit_gateway_default_route_table_propagation": False,
}


def _joins(answers: Answers) -> dict[str, Mapping[str, object]]:
    """By region: which table an attachment is in is not known where associations are not."""
    found: dict[str, Mapping[str, object]] = {}
    calls = [
        "describe_transit_gateway_route_tables",
        "get_transit_gateway_route_table_associations",
    ]
    if not answers.of(f"ec2.{calls[1]}"):  # attachments say it as well
        calls.append("describe_transit_gateway_attachments")
    for call in calls:
        for answer, why in answers.refused(f"ec2.{call}"):
            found[answer.region] = {
                "transit_gateway_default_route_table_association": why,
                "transit_gateway_default_route_table_propagation": why,
            }
    return found


def _tables(answers: Answers) -> Iterator[Resource]:
    call = "describe_transit_gateway_route_tables"
    for at, table in _each(answers, call, "TransitGatewayRouteTables"):
        name = table["TransitGatewayRouteTableId"]
        values = {
            "id": name,
            "transit_gateway_id": table["TransitGatewayId"],
            "tags": tags(table.get("Tags")),
        }
        yield answers.make(TABLE, name, values, at)
        yield from _links(answers, at[0], name)
        yield from _routes(answers, at[0], name)


def _links(answers: Answers, region: str, table: str) -> Iterator[Resource]:
    """Attachments in a table, and those that announce themselves to it."""
    for call, key, word in (
        ("get_transit_gateway_route_table_associations", "Associations", "association"),
        (
            "get_transit_gateway_route_table_propagations",
            "TransitGatewayRouteTablePropagations",
            "propagation",
        ),
    ):
        read = answers.about(f"ec2.{call}", region, table)
        at = (region, f"ec2.{call}")
        if not isinstance(read, Mapping) and word == "association":
            read = {key: _associated(answers, region, table)}
        if not isinstance(read, Mapping):
            if word == "propagation":
                yield _any_route(answers, table, read, at)
            continue
        for link in read.get(key, ()):
            end = link.get("TransitGatewayAttachmentId")
            values = {"transit_gateway_route_table_id": table, "transit_gateway_attachment_id": end}
            if str(link.get("State", "")).lower() not in (*GONE, "disassociating", "disabling"):
                yield answers.make(f"{TABLE}_{word}", f"{table}.{end}", values, at)


def _associated(answers: Answers, region: str, table: str) -> list[Item]:
    """The attachments in a table, as they say themselves."""
    found: list[Item] = []
    for where, end in answers.items(
        "ec2.describe_transit_gateway_attachments", "TransitGatewayAttachments"
    ):
        said = end.get("Association", {})
        if where == region and said.get("TransitGatewayRouteTableId") == table:
            name = end.get("TransitGatewayAttachmentId")
            found.append({"TransitGatewayAttachmentId": name, "State": said.get("State")})
    return found


def _routes(answers: Answers, region: str, table: str) -> Iterator[Resource]:
    at = (region, "ec2.search_transit_gateway_routes")
    read = answers.about(at[1], region, table)
    if not isinstance(read, Mapping):
        yield _any_route(answers, table, read, at)
        return
    for route in read.get("Routes", ()):
        ends = [
            a.get("TransitGatewayAttachmentId") for a in route.get("TransitGatewayAttachments", ())
        ]
        destination = route.get("DestinationCidrBlock")
        values = {
            "transit_gateway_route_table_id": table,
            "destination_cidr_block": destination,
            "blackhole": route.get("State") == "blackhole",
            "transit_gateway_attachment_id": _end(answers, route, ends),
        }
        yield answers.make("aws_ec2_transit_gateway_route", f"{table}.{destination}", values, at)
    if read.get("AdditionalRoutesAvailable"):
        why = answers.unlisted(f"more than 1,000 routes of {table}")
        yield _any_route(answers, table, why, at)


def _end(answers: Answers, route: Item, ends: list[str]) -> object:
    """Where a route leads; one that is no blackhole leads somewhere, said or not."""
    if ends or route.get("State") == "blackhole":
        return ends[0] if ends else None
    return answers.unlisted(f"where the route to {route.get('DestinationCidrBlock')} leads")


def _any_route(answers: Answers, table: str, why: object, at: tuple[str, str]) -> Resource:
    """A route that may lead anywhere: what stands in the table is not known."""
    values = {
        "transit_gateway_route_table_id": table,
        "destination_cidr_block": why,
        "transit_gateway_attachment_id": why,
    }
    return answers.make("aws_ec2_transit_gateway_route", f"{table}.unread.{at[1]}", values, at)


def _vpn(answers: Answers) -> Iterator[Resource]:
    joined = {
        item.get("ResourceId"): item.get("TransitGatewayAttachmentId")
        for _, item in _each(
            answers, "describe_transit_gateway_attachments", "TransitGatewayAttachments"
        )
        if item.get("ResourceType") == "vpn"
    }
    for at, end in _each(answers, "describe_customer_gateways", "CustomerGateways"):
        name = end["CustomerGatewayId"]
        values = {"id": name, "ip_address": end.get("IpAddress"), "tags": tags(end.get("Tags"))}
        yield answers.make("aws_customer_gateway", name, values, at)
    for at, end in _each(answers, "describe_vpn_gateways", "VpnGateways"):
        homes = [
            a.get("VpcId") for a in end.get("VpcAttachments", ()) if a.get("State") != "detached"
        ]
        name = end["VpnGatewayId"]
        values = {"id": name, "vpc_id": homes[0] if homes else None, "tags": tags(end.get("Tags"))}
        yield answers.make("aws_vpn_gateway", name, values, at)
    joins = _joins(answers)
    for at, line in _each(answers, "describe_vpn_connections", "VpnConnections"):
        name = line["VpnConnectionId"]
        account = answers.swept.account
        values = {
            "id": name,
            "arn": f"arn:{answers.partition}:ec2:{at[0]}:{account}:vpn-connection/{name}",
            "customer_gateway_id": line.get("CustomerGatewayId"),
            "transit_gateway_id": line.get("TransitGatewayId"),
            "vpn_gateway_id": line.get("VpnGatewayId"),
            "transit_gateway_attachment_id": joined.get(name),
            **joins.get(at[0], NO_DEFAULTS),
            "tags": tags(line.get("Tags")),
        }
        yield answers.make("aws_vpn_connection", name, values, at)
        for route in line.get("Routes", ()):
            prefix = route.get("DestinationCidrBlock")
            values = {"vpn_connection_id": name, "destination_cidr_block": prefix}
            yield answers.make("aws_vpn_connection_route", f"{name}.{prefix}", values, at)


def _direct(answers: Answers) -> Iterator[Resource]:
    service = "directconnect"
    call = "describe_direct_connect_gateways"
    for at, gateway in _each(answers, call, "directConnectGateways", service):
        name = gateway["directConnectGatewayId"]
        owner = gateway.get("ownerAccount") or answers.swept.account
        values = {
            "id": name,
            "arn": f"arn:{answers.partition}:directconnect::{owner}:dx-gateway/{name}",
            "name": gateway.get("directConnectGatewayName"),
            "tags": tags(gateway.get("tags")),
        }
        yield answers.make("aws_dx_gateway", name, values, at, owner=owner)
    joined = {
        (item.get("ResourceId"), item.get("TransitGatewayId")): item.get(
            "TransitGatewayAttachmentId"
        )
        for _, item in _each(
            answers, "describe_transit_gateway_attachments", "TransitGatewayAttachments"
        )
        if item.get("ResourceType") == "direct-connect-gateway"
    }
    call = "describe_direct_connect_gateway_associations"
    for at, link in _each(answers, call, "directConnectGatewayAssociations", service):
        near, far = link.get("directConnectGatewayId"), link.get("associatedGateway", {}).get("id")
        allowed = link.get("allowedPrefixesToDirectConnectGateway", ())
        values = {
            "id": link.get("associationId"),
            "dx_gateway_id": near,
            "associated_gateway_id": far,
            "allowed_prefixes": [p["cidr"] for p in allowed],
            "transit_gateway_attachment_id": joined.get((near, far)),
            **NO_DEFAULTS,
        }
        yield answers.make("aws_dx_gateway_association", str(link.get("associationId")), values, at)


def _lines(answers: Answers) -> Iterator[Resource]:
    """Virtual interfaces, which sites are behind."""
    service, call = "directconnect", "describe_virtual_interfaces"
    for region, line in answers.items(f"{service}.{call}", "virtualInterfaces"):
        name, kind = line["virtualInterfaceId"], line.get("virtualInterfaceType", "private")
        values = {
            "id": name,
            "name": line.get("virtualInterfaceName"),
            "dx_gateway_id": line.get("directConnectGatewayId") or None,
            "vpn_gateway_id": line.get("virtualGatewayId") or None,
            "route_filter_prefixes": [p["cidr"] for p in line.get("routeFilterPrefixes", ())],
            "tags": tags(line.get("tags")),
        }
        if str(line.get("virtualInterfaceState")) not in GONE:
            at = (region, f"{service}.{call}")
            yield answers.make(f"aws_dx_{kind}_virtual_interface", name, values, at)


def _unread(answers: Answers) -> Iterator[Resource]:
    """Lines and attachments that may be there where their list was refused."""
    call = "ec2.describe_transit_gateway_vpc_attachments"
    for answer, why in answers.refused(call):
        values: dict[str, object] = {"transit_gateway_id": why, "vpc_id": why}
        at = (answer.region, call)
        kind = "aws_ec2_transit_gateway_vpc_attachment"
        key = answers.local(answer.region)
        yield answers.make(kind, "unread", values, at, key=key, doubt=why)
    call = "ec2.describe_vpn_connections"
    for answer, why in answers.refused(call):
        values = {"customer_gateway_id": why, "transit_gateway_id": why, "vpn_gateway_id": why}
        at = (answer.region, call)
        key = answers.local(answer.region)
        yield answers.make("aws_vpn_connection", "unread", values, at, key=key, doubt=why)
