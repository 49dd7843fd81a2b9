"""VPCs and what lies in them, applied."""


def vpc(seed, r, v):
    ec2 = seed.client("ec2", r)
    name = ec2.create_vpc(CidrBlock=v["cidr_block"])["Vpc"]["VpcId"]
    return {"id": name}


def default_group(seed, r, v):
    """Adopting it takes all its rules away (provider docs, aws_default_security_group)."""
    ec2 = seed.client("ec2", r)
    wanted = [{"Name": "vpc-id", "Values": [v["vpc_id"]]}]
    (group,) = ec2.describe_security_groups(Filters=wanted)["SecurityGroups"]
    _empty(ec2, group)
    return {"id": group["GroupId"]}


def _empty(ec2, group):
    if group["IpPermissions"]:
        ec2.revoke_security_group_ingress(
            GroupId=group["GroupId"], IpPermissions=group["IpPermissions"]
        )
    if group["IpPermissionsEgress"]:
        ec2.revoke_security_group_egress(
            GroupId=group["GroupId"], IpPermissions=group["IpPermissionsEgress"]
        )


def subnet(seed, r, v):
    """moto takes the first subnet of a zone for a default one, which gives public addresses."""
    ec2 = seed.client("ec2", r)
    made = ec2.create_subnet(
        VpcId=v["vpc_id"], CidrBlock=v["cidr_block"], AvailabilityZone=v["availability_zone"]
    )
    name = made["Subnet"]["SubnetId"]
    public = {"Value": bool(v.get("map_public_ip_on_launch"))}
    ec2.modify_subnet_attribute(SubnetId=name, MapPublicIpOnLaunch=public)
    return {"id": name}


def internet_gateway(seed, r, v):
    ec2 = seed.client("ec2", r)
    name = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=name, VpcId=v["vpc_id"])
    return {"id": name}


def route_table(seed, r, v):
    made = seed.client("ec2", r).create_route_table(VpcId=v["vpc_id"])
    return {"id": made["RouteTable"]["RouteTableId"]}


def table_association(seed, r, v):
    seed.client("ec2", r).associate_route_table(
        RouteTableId=v["route_table_id"], SubnetId=v["subnet_id"]
    )


def address(seed, r, v):
    ec2 = seed.client("ec2", r)
    made = ec2.allocate_address(Domain="vpc")
    if v.get("instance"):
        ec2.associate_address(AllocationId=made["AllocationId"], InstanceId=v["instance"])
    return {"id": made["AllocationId"]}


def nat_gateway(seed, r, v):
    made = seed.client("ec2", r).create_nat_gateway(
        SubnetId=v["subnet_id"], AllocationId=v["allocation_id"]
    )
    return {"id": made["NatGateway"]["NatGatewayId"]}


ROUTES = {
    "gateway_id": "GatewayId",
    "nat_gateway_id": "NatGatewayId",
    "transit_gateway_id": "TransitGatewayId",
    "vpc_peering_connection_id": "VpcPeeringConnectionId",
}


def route(seed, r, v):
    target = {member: v[name] for name, member in ROUTES.items() if v.get(name)}
    seed.client("ec2", r).create_route(
        RouteTableId=v["route_table_id"], DestinationCidrBlock=v["destination_cidr_block"], **target
    )


def security_group(seed, r, v):
    """Terraform takes AWS's own egress rule away from groups that it makes."""
    ec2 = seed.client("ec2", r)
    made = ec2.create_security_group(
        GroupName=v["name"], Description=v.get("description") or "Managed", VpcId=v["vpc_id"]
    )
    (group,) = ec2.describe_security_groups(GroupIds=[made["GroupId"]])["SecurityGroups"]
    _empty(ec2, group)
    return {"id": made["GroupId"], "name": v["name"]}


def inline_rules(seed, r, v):
    for direction in ("ingress", "egress"):
        for block in v.get(direction) or ():
            group = seed.applied[r.id]["id"]
            allow(seed.client("ec2", r), group, direction, block)


def allow(ec2, group, direction, block):
    several = block.get("security_groups") or ()
    peers = [
        *several,
        block.get("source_security_group_id"),
        block.get("referenced_security_group_id"),
    ]
    ranges = [*(block.get("cidr_blocks") or ()), block.get("cidr_ipv4")]
    said = {
        "IpProtocol": block.get("ip_protocol") or block["protocol"],
        "FromPort": int(block["from_port"]),
        "ToPort": int(block["to_port"]),
        "IpRanges": [{"CidrIp": c} for c in ranges if c],
        "UserIdGroupPairs": [{"GroupId": p} for p in peers if p],
    }
    getattr(ec2, f"authorize_security_group_{direction}")(GroupId=group, IpPermissions=[said])


def rule(direction):
    def made(seed, r, v):
        allow(seed.client("ec2", r), v["security_group_id"], direction or v["type"], v)

    return made


def network_acl(seed, r, v):
    ec2 = seed.client("ec2", r)
    name = ec2.create_network_acl(VpcId=v["vpc_id"])["NetworkAcl"]["NetworkAclId"]
    for place in v["subnet_ids"]:
        wanted = [{"Name": "association.subnet-id", "Values": [place]}]
        (old,) = ec2.describe_network_acls(Filters=wanted)["NetworkAcls"]
        (link,) = (a for a in old["Associations"] if a["SubnetId"] == place)
        ec2.replace_network_acl_association(
            AssociationId=link["NetworkAclAssociationId"], NetworkAclId=name
        )
    return {"id": name}


def acl_rule(seed, r, v):
    protocol = {"tcp": "6"}.get(v["protocol"], v["protocol"])
    ports = {"PortRange": {"From": int(v["from_port"]), "To": int(v["to_port"])}}
    seed.client("ec2", r).create_network_acl_entry(
        NetworkAclId=v["network_acl_id"],
        RuleNumber=int(v["rule_number"]),
        RuleAction=v["rule_action"],
        Protocol=protocol,
        Egress=bool(v["egress"]),
        CidrBlock=v["cidr_block"],
        **(ports if protocol == "6" else {}),
    )


def vpc_endpoint(seed, r, v):
    lists = {
        "RouteTableIds": v.get("route_table_ids"),
        "SubnetIds": v.get("subnet_ids"),
        "SecurityGroupIds": v.get("security_group_ids"),
    }
    made = seed.client("ec2", r).create_vpc_endpoint(
        VpcId=v["vpc_id"],
        ServiceName=v["service_name"],
        VpcEndpointType=v.get("vpc_endpoint_type") or "Gateway",
        **{k: x for k, x in lists.items() if x},
    )
    return {"id": made["VpcEndpoint"]["VpcEndpointId"]}


def flow_log(seed, r, v):
    """moto takes no bucket of another account."""
    made = seed.client("ec2", r).create_flow_logs(
        ResourceIds=[v["vpc_id"]],
        ResourceType="VPC",
        TrafficType=v["traffic_type"],
        LogGroupName="flow",
        DeliverLogsPermissionArn=f"arn:aws:iam::{r.scope.account}:role/flow",
    )
    return {"id": made["FlowLogIds"][0]}
