"""EC2's networks: VPCs, subnets, tables, filters, gateways, endpoints, prefix lists, flow logs."""

from collections.abc import Iterator, Mapping
from typing import Any

from graphs.resource import Resource
from scanner.cloud.shape.answers import Answers, Item, lacking, tags

EVERY_PROTOCOL = "-1"
STALE = ("deleted", "deleting", "expired", "failed", "rejected")
"""The states of peerings over which a rule that names a group of the other side matches nothing.

https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html
"""
CLOSING = 32767
"""From here on an ACL's lines are AWS's own, which deny the rest and which Terraform leaves out.

https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
"""


def shape(answers: Answers) -> Iterator[Resource]:
    """Everything that lies in a VPC and runs nothing."""
    for part in (_vpcs, _subnets, _tables, _acls, _groups, _gateways, _peerings, _endpoints):
        yield from part(answers)
    yield from _lists(answers)
    yield from _flow_logs(answers)


def _each(answers: Answers, call: str, key: str) -> Iterator[tuple[tuple[str, str], Item]]:
    for region, item in answers.items(f"ec2.{call}", key):
        yield (region, f"ec2.{call}"), item


def _vpcs(answers: Answers) -> Iterator[Resource]:
    for at, vpc in _each(answers, "describe_vpcs", "Vpcs"):
        name = vpc["VpcId"]
        six = _six(vpc)
        values = {
            "id": name,
            "arn": _arn(answers, at[0], vpc),
            "cidr_block": vpc["CidrBlock"],
            "ipv6_cidr_block": six[0] if six else None,
            "tags": tags(vpc.get("Tags")),
        }
        yield answers.make("aws_vpc", name, values, at, owner=vpc.get("OwnerId"))
        for more in vpc.get("CidrBlockAssociationSet", ()):
            if more["CidrBlock"] != vpc["CidrBlock"] and _is_joined(more, "CidrBlockState"):
                values = {"vpc_id": name, "cidr_block": more["CidrBlock"]}
                kind = "aws_vpc_ipv4_cidr_block_association"
                yield answers.make(kind, more["AssociationId"], values, at)


def _arn(answers: Answers, region: str, vpc: Item) -> str:
    owner = vpc.get("OwnerId") or answers.swept.account
    return f"arn:{answers.partition}:ec2:{region}:{owner}:vpc/{vpc['VpcId']}"


def _six(holder: Item) -> list[str]:
    """The IPv6 ranges of a VPC or a subnet."""
    return [
        each["Ipv6CidrBlock"]
        for each in holder.get("Ipv6CidrBlockAssociationSet", ())
        if _is_joined(each, "Ipv6CidrBlockState")
    ]


def _is_joined(association: Item, name: str) -> bool:
    """Whether a range is, and will be, that of a VPC or a subnet."""
    state = association.get(name, {}).get("State", "associated")
    return state in ("associated", "associating")


def _subnets(answers: Answers) -> Iterator[Resource]:
    for at, subnet in _each(answers, "describe_subnets", "Subnets"):
        six = _six(subnet)
        values = {
            "id": subnet["SubnetId"],
            "arn": subnet.get("SubnetArn"),
            "vpc_id": subnet["VpcId"],
            "cidr_block": subnet.get("CidrBlock"),
            "ipv6_cidr_block": six[0] if six else None,
            "availability_zone": subnet.get("AvailabilityZone"),
            "map_public_ip_on_launch": subnet.get("MapPublicIpOnLaunch", False),
            "tags": tags(subnet.get("Tags")),
        }
        name, owner = subnet["SubnetId"], subnet.get("OwnerId")
        yield answers.make("aws_subnet", name, values, at, owner=owner)


DESTINATIONS = ("cidr_block", "ipv6_cidr_block", "destination_prefix_list_id")
# Member of a route in EC2's answer: the attribute of Terraform's `route` block.
TARGETS = {
    "EgressOnlyInternetGatewayId": "egress_only_gateway_id",
    "NatGatewayId": "nat_gateway_id",
    "VpcPeeringConnectionId": "vpc_peering_connection_id",
    "TransitGatewayId": "transit_gateway_id",
    "NetworkInterfaceId": "network_interface_id",
    "CoreNetworkArn": "core_network_arn",
    "LocalGatewayId": "local_gateway_id",
    "CarrierGatewayId": "carrier_gateway_id",
}


def _tables(answers: Answers) -> Iterator[Resource]:
    endpoints = answers.items("ec2.describe_vpc_endpoints", "VpcEndpoints")
    told = {(e["VpcEndpointId"], t) for _, e in endpoints for t in e.get("RouteTableIds", ())}
    for at, table in _each(answers, "describe_route_tables", "RouteTables"):
        name = table["RouteTableId"]
        values = {
            "id": name,
            "vpc_id": table["VpcId"],
            "route": _table_routes(table, told),
            "tags": tags(table.get("Tags")),
        }
        yield answers.make("aws_route_table", name, values, at)
        for link in table.get("Associations", ()):
            kind = "aws_route_table_association"
            ends = {"route_table_id": name, "subnet_id": link.get("SubnetId")}
            if link.get("Main"):
                kind = "aws_main_route_table_association"
                ends = {"route_table_id": name, "vpc_id": table["VpcId"]}
            elif link.get("GatewayId"):
                ends = {"route_table_id": name, "gateway_id": link["GatewayId"]}
            if link.get("Main") or link.get("SubnetId") or link.get("GatewayId"):
                yield answers.make(kind, link["RouteTableAssociationId"], ends, at)


def _table_routes(table: Item, endpoints: set[tuple[str, str]]) -> object:
    """The routes of a table, but for those that AWS writes for what says so itself: the VPC's own,
    and those of gateway endpoints that were read."""
    name = table["RouteTableId"]
    if "Routes" not in table:
        return lacking("Routes", name)
    found = []
    for route in table["Routes"]:
        gateway = route.get("GatewayId", "")
        listed = (gateway, name) in endpoints and "DestinationPrefixListId" in route
        if gateway != "local" and not listed:
            found.append(_route(route, name))
    return found


def _route(route: Item, table: str) -> dict[str, object]:
    """One route; where its target is gone it has none, and what it matches is dropped."""
    found: dict[str, object] = {
        "origin": route.get("Origin"),
        "cidr_block": route.get("DestinationCidrBlock", ""),
        "ipv6_cidr_block": route.get("DestinationIpv6CidrBlock", ""),
        "destination_prefix_list_id": route.get("DestinationPrefixListId", ""),
    }
    if not any(found[name] for name in DESTINATIONS):
        found["cidr_block"] = lacking("the destination of a route", table)
    if route.get("State") == "blackhole":
        return found
    gateway = route.get("GatewayId", "")
    if gateway:
        found["vpc_endpoint_id" if gateway.startswith("vpce-") else "gateway_id"] = gateway
    targets = {name: route[member] for member, name in TARGETS.items() if route.get(member)}
    if not gateway and not targets:
        targets = {"vpc_endpoint_id": lacking("the target of a route", table)}
    return {**found, **targets}


def _acls(answers: Answers) -> Iterator[Resource]:
    for at, acl in _each(answers, "describe_network_acls", "NetworkAcls"):
        values = {
            "id": acl["NetworkAclId"],
            "vpc_id": acl["VpcId"],
            "subnet_ids": [a["SubnetId"] for a in acl.get("Associations", ()) if "SubnetId" in a],
            "ingress": _entries(acl, outward=False),
            "egress": _entries(acl, outward=True),
            "tags": tags(acl.get("Tags")),
        }
        kind = "aws_default_network_acl" if acl.get("IsDefault") else "aws_network_acl"
        yield answers.make(kind, acl["NetworkAclId"], values, at)


def _entries(acl: Item, *, outward: bool) -> object:
    if "Entries" not in acl:
        return lacking("Entries", acl["NetworkAclId"])
    own = (e for e in acl["Entries"] if e["RuleNumber"] < CLOSING)
    return [_entry(e, acl["NetworkAclId"]) for e in own if e["Egress"] == outward]


def _entry(entry: Item, acl: str) -> dict[str, object]:
    ports, kinds = entry.get("PortRange", {}), entry.get("IcmpTypeCode", {})
    return {
        "rule_no": entry["RuleNumber"],
        "action": entry["RuleAction"],
        "protocol": str(entry.get("Protocol", EVERY_PROTOCOL)),
        "cidr_block": _of_either_family(entry, acl),
        "ipv6_cidr_block": entry.get("Ipv6CidrBlock", ""),
        "from_port": ports.get("From"),
        "to_port": ports.get("To"),
        "icmp_type": kinds.get("Type", -1),
        "icmp_code": kinds.get("Code", -1),
    }


def _of_either_family(entry: Item, acl: str) -> object:
    if "CidrBlock" in entry or "Ipv6CidrBlock" in entry:
        return entry.get("CidrBlock", "")
    return lacking(f"the range of entry {entry['RuleNumber']}", acl)


def _groups(answers: Answers) -> Iterator[Resource]:
    for at, group in _each(answers, "describe_security_groups", "SecurityGroups"):
        own = group["GroupName"] == "default"
        values = {
            "id": group["GroupId"],
            "arn": group.get("SecurityGroupArn"),
            "name": group["GroupName"],
            "description": group.get("Description"),
            "vpc_id": group.get("VpcId"),
            "ingress": _permissions(group, "IpPermissions"),
            "egress": _permissions(group, "IpPermissionsEgress"),
            "tags": tags(group.get("Tags")),
        }
        kind = "aws_default_security_group" if own else "aws_security_group"
        yield answers.make(kind, group["GroupId"], values, at)


PEERS = ("IpRanges", "Ipv6Ranges", "PrefixListIds", "UserIdGroupPairs")


def _permissions(group: Item, name: str) -> object:
    if name not in group:
        return lacking(name, group["GroupId"])
    return [_permission(group, said) for said in group[name]]


def _permission(group: Item, said: Item) -> dict[str, object]:
    """One set of peers and ports. Rules stand as they are: AWS's own default egress is among them,
    which Terraform takes away from groups it makes."""
    pairs = said.get("UserIdGroupPairs", ())
    peers = [p.get("GroupId") for p in pairs if p.get("PeeringStatus") not in STALE]
    return {
        "protocol": str(said.get("IpProtocol", EVERY_PROTOCOL)),
        "from_port": said.get("FromPort"),
        "to_port": said.get("ToPort"),
        "cidr_blocks": [r["CidrIp"] for r in said.get("IpRanges", ())]
        if any(said.get(name) for name in PEERS)
        else lacking("the peers of a rule", group["GroupId"]),
        "ipv6_cidr_blocks": [r["CidrIpv6"] for r in said.get("Ipv6Ranges", ())],
        "prefix_list_ids": [r["PrefixListId"] for r in said.get("PrefixListIds", ())],
        "security_groups": [p for p in peers if p and p != group["GroupId"]],
        "self": group["GroupId"] in peers,
    }


def _gateways(answers: Answers) -> Iterator[Resource]:
    for call, key, member, kind in (
        ("describe_internet_gateways", "InternetGateways", "InternetGatewayId", "internet"),
        (
            "describe_egress_only_internet_gateways",
            "EgressOnlyInternetGateways",
            "EgressOnlyInternetGatewayId",
            "egress_only_internet",
        ),
    ):
        for at, gateway in _each(answers, call, key):
            homes = [a.get("VpcId") for a in gateway.get("Attachments", ())]
            values = {
                "id": gateway[member],
                "vpc_id": homes[0] if homes else None,
                "tags": tags(gateway.get("Tags")),
            }
            if homes:
                yield answers.make(f"aws_{kind}_gateway", gateway[member], values, at)
    for at, gateway in _each(answers, "describe_nat_gateways", "NatGateways"):
        if gateway.get("State") not in ("deleted", "deleting", "failed"):
            values = {
                "id": gateway["NatGatewayId"],
                "subnet_id": gateway.get("SubnetId"),
                "connectivity_type": gateway.get("ConnectivityType", "public"),
                **_of_nat(gateway),
                "tags": tags(gateway.get("Tags")),
            }
            yield answers.make("aws_nat_gateway", gateway["NatGatewayId"], values, at)


def _of_nat(gateway: Item) -> dict[str, object]:
    """The first address is the one that Terraform names; the others it calls secondary."""
    held = gateway.get("NatGatewayAddresses", ())
    private = [a["PrivateIp"] for a in held if a.get("PrivateIp")]
    return {
        "private_ip": private[0] if private else None,
        "public_ip": next((a["PublicIp"] for a in held if a.get("PublicIp")), None),
        "secondary_private_ip_addresses": private[1:],
    }


def _peerings(answers: Answers) -> Iterator[Resource]:
    for at, peering in _each(answers, "describe_vpc_peering_connections", "VpcPeeringConnections"):
        name = peering["VpcPeeringConnectionId"]
        if peering.get("Status", {}).get("Code") == "active":
            near, far = peering["RequesterVpcInfo"], peering["AccepterVpcInfo"]
            values = {
                "id": name,
                "vpc_id": near.get("VpcId"),
                "peer_vpc_id": far.get("VpcId"),
                "peer_owner_id": far.get("OwnerId"),
                "peer_region": far.get("Region"),
                "auto_accept": True,
                "tags": tags(peering.get("Tags")),
            }
            where, owner = near.get("Region", at[0]), near.get("OwnerId")
            kind = "aws_vpc_peering_connection"
            yield answers.make(kind, name, values, (where, at[1]), owner=owner)


def _endpoints(answers: Answers) -> Iterator[Resource]:
    for at, endpoint in _each(answers, "describe_vpc_endpoints", "VpcEndpoints"):
        values: Mapping[str, Any] = {
            "id": endpoint["VpcEndpointId"],
            "vpc_id": endpoint.get("VpcId"),
            "service_name": endpoint.get("ServiceName"),
            "vpc_endpoint_type": endpoint.get("VpcEndpointType"),
            "route_table_ids": endpoint.get("RouteTableIds"),
            "subnet_ids": endpoint.get("SubnetIds"),
            "security_group_ids": [g["GroupId"] for g in endpoint.get("Groups", ())],
            "policy": endpoint.get("PolicyDocument"),
            "subnet_configuration": _of_endpoint(answers, endpoint),
            "tags": tags(endpoint.get("Tags")),
        }
        if endpoint.get("State", "available").lower() not in ("deleted", "deleting", "failed"):
            yield answers.make("aws_vpc_endpoint", endpoint["VpcEndpointId"], values, at)


def _of_endpoint(answers: Answers, endpoint: Item) -> list[dict[str, object]]:
    """The address that an interface endpoint has in each subnet."""
    own = set(endpoint.get("NetworkInterfaceIds", ()))
    nics = answers.items("ec2.describe_network_interfaces", "NetworkInterfaces")
    return [
        {"subnet_id": nic.get("SubnetId"), "ipv4": nic.get("PrivateIpAddress")}
        for _, nic in nics
        if nic["NetworkInterfaceId"] in own
    ]


def _lists(answers: Answers) -> Iterator[Resource]:
    for at, found in _each(answers, "describe_managed_prefix_lists", "PrefixLists"):
        name = found["PrefixListId"]
        read = answers.about("ec2.get_managed_prefix_list_entries", at[0], name)
        entry: list[object] = [{"cidr": cidr} for cidr in found.get("Cidrs", ())]
        if isinstance(read, Mapping):
            entry = [{"cidr": e["Cidr"]} for e in read.get("Entries", ())]
        elif not entry:
            entry = [read]
        values = {"id": name, "name": found.get("PrefixListName"), "entry": entry}
        yield answers.make("aws_ec2_managed_prefix_list", name, values, at)


def _flow_logs(answers: Answers) -> Iterator[Resource]:
    watched = {
        "vpc-": "vpc_id",
        "subnet-": "subnet_id",
        "eni-": "eni_id",
        "tgw-": "transit_gateway_id",
    }
    for at, log in _each(answers, "describe_flow_logs", "FlowLogs"):
        target = log.get("ResourceId", "")
        names = [name for start, name in watched.items() if target.startswith(start)]
        values = {
            "id": log["FlowLogId"],
            "traffic_type": log.get("TrafficType"),
            "log_destination": log.get("LogDestination"),
            "log_group_name": log.get("LogGroupName"),
            **dict.fromkeys(names[:1], target),
            "tags": tags(log.get("Tags")),
        }
        if log.get("FlowLogStatus", "ACTIVE") == "ACTIVE":
            yield answers.make("aws_flow_log", log["FlowLogId"], values, at)
