"""What joins networks and sites, applied."""

from tests.scanner.cloud.seed.labels import pairs, tagged


def transit_gateway(seed, r, v):
    options = {
        "DefaultRouteTableAssociation": v["default_route_table_association"],
        "DefaultRouteTablePropagation": v["default_route_table_propagation"],
    }
    made = seed.client("ec2", r).create_transit_gateway(
        Description=v.get("description") or "", Options=options
    )["TransitGateway"]
    if "enable" not in options.values():
        seed.filled.without_default.add(made["TransitGatewayId"])
    return {"id": made["TransitGatewayId"]}


def customer_gateway(seed, r, v):
    made = seed.client("ec2", r).create_customer_gateway(
        Type="ipsec.1",
        BgpAsn=int(v["bgp_asn"]),
        PublicIp=v["ip_address"],
    )
    return {"id": made["CustomerGateway"]["CustomerGatewayId"]}


def vpn_connection(seed, r, v):
    ec2 = seed.client("ec2", r)
    made = ec2.create_vpn_connection(
        Type="ipsec.1",
        CustomerGatewayId=v["customer_gateway_id"],
        TransitGatewayId=v["transit_gateway_id"],
        Options={"StaticRoutesOnly": True},
    )["VpnConnection"]
    found = ec2.describe_transit_gateway_attachments()["TransitGatewayAttachments"]
    mine = [a for a in found if a["ResourceId"] == made["VpnConnectionId"]]
    end = mine[0]["TransitGatewayAttachmentId"]
    return {"id": made["VpnConnectionId"], "transit_gateway_attachment_id": end}


def transit_attachment(seed, r, v):
    made = seed.client("ec2", r).create_transit_gateway_vpc_attachment(
        TransitGatewayId=v["transit_gateway_id"], VpcId=v["vpc_id"], SubnetIds=v["subnet_ids"]
    )
    return {"id": made["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]}


def transit_table(seed, r, v):
    made = seed.client("ec2", r).create_transit_gateway_route_table(
        TransitGatewayId=v["transit_gateway_id"]
    )
    return {"id": made["TransitGatewayRouteTable"]["TransitGatewayRouteTableId"]}


def _link(v):
    return {
        "TransitGatewayAttachmentId": v["transit_gateway_attachment_id"],
        "TransitGatewayRouteTableId": v["transit_gateway_route_table_id"],
    }


def transit_association(seed, r, v):
    if _is_direct(seed, v):
        seed.filled.link("associations", v)
        return
    seed.client("ec2", r).associate_transit_gateway_route_table(**_link(v))


def transit_propagation(seed, r, v):
    if _is_direct(seed, v):
        seed.filled.link("transitGatewayRouteTablePropagations", v)
        return
    seed.client("ec2", r).enable_transit_gateway_route_table_propagation(**_link(v))


def transit_route(seed, r, v):
    ends = {k: x for k, x in _link({"transit_gateway_attachment_id": None, **v}).items() if x}
    if ends.get("TransitGatewayAttachmentId"):
        place = f"{ends['TransitGatewayRouteTableId']}/{v['destination_cidr_block']}"
        seed.filled.routes[place] = ends["TransitGatewayAttachmentId"]
    seed.client("ec2", r).create_transit_gateway_route(
        DestinationCidrBlock=v["destination_cidr_block"],
        Blackhole=bool(v.get("blackhole")),
        **ends,
    )


def peering(seed, r, v):
    made = seed.client("ec2", r).create_vpc_peering_connection(
        VpcId=v["vpc_id"],
        PeerVpcId=v["peer_vpc_id"],
        PeerOwnerId=v["peer_owner_id"],
        PeerRegion=v["peer_region"],
    )
    return {"id": made["VpcPeeringConnection"]["VpcPeeringConnectionId"]}


def peering_accepter(seed, r, v):
    name = v["vpc_peering_connection_id"]
    seed.client("ec2", r).accept_vpc_peering_connection(VpcPeeringConnectionId=name)
    return {"id": name}


def direct_gateway(seed, r, v):
    """moto has none: the proxy tells of it."""
    name = f"direct-{len(seed.filled.gateways)}"
    seed.filled.gateways.append(
        {
            "directConnectGatewayId": name,
            "directConnectGatewayName": v["name"],
            "directConnectGatewayState": "available",
            "ownerAccount": r.scope.account,
            "tags": pairs(tagged(v), "key", "value"),
        }
    )
    return {"id": name}


def direct_association(seed, r, v):
    near, far = v["dx_gateway_id"], v["associated_gateway_id"]
    end = f"tgw-attach-{near}"
    seed.filled.associations.append(
        {
            "associationId": f"{near}-{far}",
            "associationState": "associated",
            "directConnectGatewayId": near,
            "associatedGateway": {"id": far, "type": "transitGateway"},
            "allowedPrefixesToDirectConnectGateway": [{"cidr": c} for c in v["allowed_prefixes"]],
        }
    )
    seed.filled.attachments[end] = {
        "transitGatewayAttachmentId": end,
        "transitGatewayId": far,
        "resourceType": "direct-connect-gateway",
        "resourceId": near,
        "state": "available",
    }
    return {"id": f"{near}-{far}", "transit_gateway_attachment_id": end}


def _is_direct(seed, v):
    return v["transit_gateway_attachment_id"] in seed.filled.attachments
