"""Applies evaluated resources of an estate through boto3, as `terraform apply` would.

Input: Resources, and a session per account. Output: for each address that was applied, what AWS
chose for it, and for each that was not, why. It is no hand-made copy: what it applies is what the
scan of the code evaluated.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphs.document import ends_quoted
from graphs.resource import Resource
from graphs.unknown import Template, Unknown

Made = Mapping[str, object]


@dataclass
class Seeder:
    """One estate while it is applied. `known` has what AWS chose, by `address.attribute`."""

    sessions: Mapping[str, Any]
    known: dict[str, object] = field(default_factory=dict)
    applied: dict[str, Made] = field(default_factory=dict)
    withheld: dict[str, str] = field(default_factory=dict)
    """What could not be applied, and why."""
    urls: dict[str, str] = field(default_factory=dict)
    """Function URLs, which moto cannot keep, by region and function."""
    routes: dict[str, str] = field(default_factory=dict)
    """Attachments of transit routes, by table and destination: moto forgets those of VPNs."""
    tables: dict[str, str] = field(default_factory=dict)
    """Transit tables by attachment: moto keeps attachments in the default one as well."""
    clients: dict[tuple[str, str, str], Any] = field(default_factory=dict)

    def client(self, service: str, resource: Resource) -> Any:
        where = (service, str(resource.scope.account), str(resource.scope.region))
        if where not in self.clients:
            session = self.sessions[where[1]]
            self.clients[where] = session.client(service, region_name=where[2])
        return self.clients[where]

    def apply(self, resources: Iterable[Resource]) -> None:
        order = {kind: number for number, kind in enumerate(APPLY)}
        for resource in sorted(resources, key=lambda r: order[r.type]):
            values = {k: self.settled(v) for k, v in resource.values.items()}
            if resource.type in LINKS and values["transit_gateway_attachment_id"] is None:
                self.withheld[resource.id] = WITHHELD["aws_dx_gateway"]
                continue
            made = APPLY[resource.type](self, resource, values) or {}
            self.applied[resource.id] = made
            for name, value in made.items():
                self.known[f"{resource.id}.{name}"] = value

    def _filled(self, value: Template) -> str:
        """Holes for whole values in JSON get their quotes."""
        document = str(value).lstrip().startswith("{")
        text, quoted = "", False
        for part in value.parts:
            if isinstance(part, str):
                quoted = ends_quoted(part, quoted=quoted)
                text += part
            else:
                told = self.settled(part)
                text += json.dumps(told) if document and not quoted else str(told)
        return text

    def settled(self, value: object) -> Any:
        if isinstance(value, Unknown):
            names = (value.what, *(str(r) for r in value.refers))
            return next((self.known[n] for n in names if n in self.known), None)
        if isinstance(value, Template):
            return self._filled(value)
        if isinstance(value, tuple):
            return [self.settled(v) for v in value]
        if isinstance(value, Mapping):
            return {k: self.settled(v) for k, v in value.items()}
        return value


Values = Mapping[str, Any]


def tagged(values: Values) -> list[dict[str, str]]:
    every = values.get("tags_all") or values.get("tags") or {}
    return [{"Key": k, "Value": v} for k, v in every.items()]


def labels(kind: str, values: Values) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": tagged(values)}]


def vpc(seed, r, v):
    ec2 = seed.client("ec2", r)
    name = ec2.create_vpc(CidrBlock=v["cidr_block"], TagSpecifications=labels("vpc", v))["Vpc"][
        "VpcId"
    ]
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
    made = seed.client("ec2", r).create_subnet(
        VpcId=v["vpc_id"],
        CidrBlock=v["cidr_block"],
        AvailabilityZone=v["availability_zone"],
        TagSpecifications=labels("subnet", v),
    )
    return {"id": made["Subnet"]["SubnetId"]}


def internet_gateway(seed, r, v):
    ec2 = seed.client("ec2", r)
    name = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=name, VpcId=v["vpc_id"])
    return {"id": name}


def route_table(seed, r, v):
    made = seed.client("ec2", r).create_route_table(
        VpcId=v["vpc_id"], TagSpecifications=labels("route-table", v)
    )
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


def transit_gateway(seed, r, v):
    options = {
        "DefaultRouteTableAssociation": v["default_route_table_association"],
        "DefaultRouteTablePropagation": v["default_route_table_propagation"],
    }
    made = seed.client("ec2", r).create_transit_gateway(Options=options)["TransitGateway"]
    return {"id": made["TransitGatewayId"]}


def customer_gateway(seed, r, v):
    made = seed.client("ec2", r).create_customer_gateway(
        Type="ipsec.1",
        BgpAsn=int(v["bgp_asn"]),
        PublicIp=v["ip_address"],
        TagSpecifications=labels("customer-gateway", v),
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
    seed.tables[v["transit_gateway_attachment_id"]] = v["transit_gateway_route_table_id"]
    seed.client("ec2", r).associate_transit_gateway_route_table(**_link(v))


def transit_propagation(seed, r, v):
    seed.client("ec2", r).enable_transit_gateway_route_table_propagation(**_link(v))


def transit_route(seed, r, v):
    ends = {k: x for k, x in _link({"transit_gateway_attachment_id": None, **v}).items() if x}
    if ends.get("TransitGatewayAttachmentId"):
        place = f"{ends['TransitGatewayRouteTableId']}/{v['destination_cidr_block']}"
        seed.routes[place] = ends["TransitGatewayAttachmentId"]
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
    seed.known[f"{r.id}.id"] = made["GroupId"]
    for block in v.get("ingress") or ():
        allow(ec2, made["GroupId"], "ingress", block)
    for block in v.get("egress") or ():
        allow(ec2, made["GroupId"], "egress", block)
    return {"id": made["GroupId"]}


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
    """moto takes no bucket of another account; where a log goes is not judged."""
    made = seed.client("ec2", r).create_flow_logs(
        ResourceIds=[v["vpc_id"]],
        ResourceType="VPC",
        TrafficType=v["traffic_type"],
        LogGroupName="flow",
        DeliverLogsPermissionArn=f"arn:aws:iam::{r.scope.account}:role/flow",
    )
    return {"id": made["FlowLogIds"][0]}


def instance(seed, r, v):
    nic = {
        "DeviceIndex": 0,
        "SubnetId": v["subnet_id"],
        "Groups": v["vpc_security_group_ids"],
        "AssociatePublicIpAddress": bool(v.get("associate_public_ip_address")),
    }
    made = seed.client("ec2", r).run_instances(
        ImageId=v["ami"],
        MinCount=1,
        MaxCount=1,
        NetworkInterfaces=[nic],
        IamInstanceProfile={"Name": v["iam_instance_profile"]},
        MetadataOptions={"HttpTokens": v["metadata_options"][0]["http_tokens"]},
        UserData=v.get("user_data") or "",
        TagSpecifications=labels("instance", v),
    )
    return {"id": made["Instances"][0]["InstanceId"]}


def key(seed, r, v):
    kms = seed.client("kms", r)
    made = kms.create_key(Policy=v["policy"], Description=v["description"])["KeyMetadata"]
    kms.enable_key_rotation(KeyId=made["KeyId"])
    return {"arn": made["Arn"], "key_id": made["KeyId"], "id": made["KeyId"]}


def bucket(seed, r, v):
    where = str(r.scope.region)
    place = {"CreateBucketConfiguration": {"LocationConstraint": where}}
    s3 = seed.client("s3", r)
    s3.create_bucket(Bucket=v["bucket"], **({} if where == "us-east-1" else place))
    s3.put_bucket_tagging(Bucket=v["bucket"], Tagging={"TagSet": tagged(v)})
    return {"id": v["bucket"], "bucket": v["bucket"], "arn": f"arn:aws:s3:::{v['bucket']}"}


def bucket_versioning(seed, r, v):
    status = {"Status": v["versioning_configuration"][0]["status"]}
    seed.client("s3", r).put_bucket_versioning(Bucket=v["bucket"], VersioningConfiguration=status)


def bucket_encryption(seed, r, v):
    said = v["rule"][0]["apply_server_side_encryption_by_default"][0]
    default = {"SSEAlgorithm": said["sse_algorithm"]}
    if said.get("kms_master_key_id"):
        default["KMSMasterKeyID"] = said["kms_master_key_id"]
    rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": default}]}
    seed.client("s3", r).put_bucket_encryption(
        Bucket=v["bucket"], ServerSideEncryptionConfiguration=rules
    )


def bucket_block(seed, r, v):
    seed.client("s3", r).put_public_access_block(
        Bucket=v["bucket"],
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": v["block_public_acls"],
            "IgnorePublicAcls": v["ignore_public_acls"],
            "BlockPublicPolicy": v["block_public_policy"],
            "RestrictPublicBuckets": v["restrict_public_buckets"],
        },
    )


def bucket_logging(seed, r, v):
    """The log bucket has to let the log service write before this is accepted."""
    s3 = seed.client("s3", r)
    group = "http://acs.amazonaws.com/groups/s3/LogDelivery"
    s3.put_bucket_acl(
        Bucket=v["target_bucket"], GrantWrite=f"uri={group}", GrantReadACP=f"uri={group}"
    )
    target = {"TargetBucket": v["target_bucket"], "TargetPrefix": v["target_prefix"]}
    s3.put_bucket_logging(Bucket=v["bucket"], BucketLoggingStatus={"LoggingEnabled": target})


def bucket_policy(seed, r, v):
    seed.client("s3", r).put_bucket_policy(Bucket=v["bucket"], Policy=v["policy"])


def iam_policy(seed, r, v):
    made = seed.client("iam", r).create_policy(PolicyName=v["name"], PolicyDocument=v["policy"])
    return {"arn": made["Policy"]["Arn"]}


def role(seed, r, v):
    limit = v.get("permissions_boundary")
    made = seed.client("iam", r).create_role(
        RoleName=v["name"],
        AssumeRolePolicyDocument=v["assume_role_policy"],
        **({"PermissionsBoundary": limit} if limit else {}),
    )
    return {"arn": made["Role"]["Arn"], "id": v["name"], "name": v["name"]}


def attachment(seed, r, v):
    seed.client("iam", r).attach_role_policy(RoleName=v["role"], PolicyArn=v["policy_arn"])


def role_policy(seed, r, v):
    seed.client("iam", r).put_role_policy(
        RoleName=v["role"], PolicyName=v["name"], PolicyDocument=v["policy"]
    )


def profile(seed, r, v):
    iam = seed.client("iam", r)
    made = iam.create_instance_profile(InstanceProfileName=v["name"])["InstanceProfile"]
    iam.add_role_to_instance_profile(InstanceProfileName=v["name"], RoleName=v["role"])
    return {"arn": made["Arn"], "name": v["name"], "id": v["name"]}


def user(seed, r, v):
    made = seed.client("iam", r).create_user(UserName=v["name"])
    return {"arn": made["User"]["Arn"], "name": v["name"], "id": v["name"]}


def user_policy(seed, r, v):
    seed.client("iam", r).put_user_policy(
        UserName=v["user"], PolicyName=v["name"], PolicyDocument=v["policy"]
    )


def access_key(seed, r, v):
    made = seed.client("iam", r).create_access_key(UserName=v["user"])["AccessKey"]
    return {"id": made["AccessKeyId"], "secret": made["SecretAccessKey"]}


def oidc(seed, r, v):
    made = seed.client("iam", r).create_open_id_connect_provider(
        Url=v["url"], ClientIDList=v["client_id_list"], ThumbprintList=["0" * 40]
    )
    return {"arn": made["OpenIDConnectProviderArn"]}


def secret(seed, r, v):
    named = {"KmsKeyId": v["kms_key_id"]} if v.get("kms_key_id") else {}
    made = seed.client("secretsmanager", r).create_secret(Name=v["name"], **named)
    return {"arn": made["ARN"], "id": made["ARN"]}


def function(seed, r, v):
    made = seed.client("lambda", r).create_function(
        FunctionName=v["function_name"],
        Role=v["role"],
        Runtime=v["runtime"],
        Handler=v["handler"],
        Code={"ZipFile": b"zip"},
    )
    return {"arn": made["FunctionArn"], "function_name": v["function_name"]}


def function_url(seed, r, v):
    """With NONE the provider grants everyone the call as well (docs of the resource)."""
    seed.urls[f"{r.scope.region}/{v['function_name']}"] = v["authorization_type"]
    if v["authorization_type"] == "NONE":
        seed.client("lambda", r).add_permission(
            FunctionName=v["function_name"],
            StatementId="FunctionURLAllowPublicAccess",
            Action="lambda:InvokeFunctionUrl",
            Principal="*",
            FunctionUrlAuthType="NONE",
        )


def permission(seed, r, v):
    seed.client("lambda", r).add_permission(
        FunctionName=v["function_name"],
        StatementId=r.address.name,
        Action=v["action"],
        Principal=v["principal"],
    )


def subnet_group(seed, r, v):
    seed.client("rds", r).create_db_subnet_group(
        DBSubnetGroupName=v["name"], DBSubnetGroupDescription="Managed", SubnetIds=v["subnet_ids"]
    )
    return {"name": v["name"], "id": v["name"]}


def database(seed, r, v):
    own = {"KmsKeyId": v["kms_key_id"]} if v.get("kms_key_id") else {}
    made = seed.client("rds", r).create_db_instance(
        DBInstanceIdentifier=v["identifier"],
        Engine=v["engine"],
        DBInstanceClass=v["instance_class"],
        AllocatedStorage=int(v["allocated_storage"]),
        StorageEncrypted=v["storage_encrypted"],
        Port=int(v["port"]),
        MasterUsername=v["username"],
        MasterUserPassword="not-the-one-of-the-estate",
        DBSubnetGroupName=v["db_subnet_group_name"],
        VpcSecurityGroupIds=v["vpc_security_group_ids"],
        BackupRetentionPeriod=int(v["backup_retention_period"]),
        DeletionProtection=v["deletion_protection"],
        MultiAZ=v["multi_az"],
        PubliclyAccessible=bool(v.get("publicly_accessible")),
        Tags=tagged(v),
        **own,
    )["DBInstance"]
    return {"arn": made["DBInstanceArn"], "identifier": v["identifier"], "id": v["identifier"]}


def balancer(seed, r, v):
    made = seed.client("elbv2", r).create_load_balancer(
        Name=v["name"], Subnets=v["subnets"], SecurityGroups=v["security_groups"]
    )["LoadBalancers"][0]
    return {"arn": made["LoadBalancerArn"], "id": made["LoadBalancerArn"]}


def target_group(seed, r, v):
    made = seed.client("elbv2", r).create_target_group(
        Name=v["name"],
        Port=int(v["port"]),
        Protocol=v["protocol"],
        TargetType=v["target_type"],
        VpcId=v["vpc_id"],
    )["TargetGroups"][0]
    return {"arn": made["TargetGroupArn"], "id": made["TargetGroupArn"]}


def _forward(blocks):
    return [{"Type": b["type"], "TargetGroupArn": b["target_group_arn"]} for b in blocks]


def certificate(seed, r, v):
    made = seed.client("acm", r).request_certificate(DomainName=v["domain_name"])
    return {"arn": made["CertificateArn"]}


def listener(seed, r, v):
    made = seed.client("elbv2", r).create_listener(
        LoadBalancerArn=v["load_balancer_arn"],
        Port=int(v["port"]),
        Protocol=v["protocol"],
        SslPolicy=v["ssl_policy"],
        Certificates=[{"CertificateArn": v["certificate_arn"]}],
        DefaultActions=_forward(v["default_action"]),
    )["Listeners"][0]
    return {"arn": made["ListenerArn"]}


def listener_rule(seed, r, v):
    hosts = v["condition"][0]["host_header"][0]["values"]
    hosts = ["loyalty.harborline.example"] if None in hosts else hosts
    made = seed.client("elbv2", r).create_rule(
        ListenerArn=v["listener_arn"],
        Priority=int(v["priority"]),
        Conditions=[{"Field": "host-header", "HostHeaderConfig": {"Values": hosts}}],
        Actions=_forward(v["action"]),
    )["Rules"][0]
    return {"arn": made["RuleArn"]}


def cluster(seed, r, v):
    made = seed.client("ecs", r).create_cluster(clusterName=v["name"])["cluster"]
    return {"arn": made["clusterArn"], "id": made["clusterArn"]}


def task(seed, r, v):
    made = seed.client("ecs", r).register_task_definition(
        family=v["family"],
        networkMode=v["network_mode"],
        requiresCompatibilities=v["requires_compatibilities"],
        cpu=str(v["cpu"]),
        memory=str(v["memory"]),
        executionRoleArn=v["execution_role_arn"],
        taskRoleArn=v["task_role_arn"],
        containerDefinitions=json.loads(v["container_definitions"]),
    )["taskDefinition"]
    return {"arn": made["taskDefinitionArn"]}


def service(seed, r, v):
    network, front = v["network_configuration"][0], v["load_balancer"][0]
    made = seed.client("ecs", r).create_service(
        cluster=v["cluster"],
        serviceName=v["name"],
        taskDefinition=v["task_definition"],
        desiredCount=2,
        launchType="FARGATE",
        networkConfiguration={
            "awsvpcConfiguration": {
                "subnets": network["subnets"],
                "securityGroups": network["security_groups"],
            }
        },
        loadBalancers=[
            {
                "targetGroupArn": front["target_group_arn"],
                "containerName": front["container_name"],
                "containerPort": int(front["container_port"]),
            }
        ],
    )["service"]
    return {"arn": made["serviceArn"]}


def trail(seed, r, v):
    named = {"KmsKeyId": v["kms_key_id"]} if v.get("kms_key_id") else {}
    cloudtrail = seed.client("cloudtrail", r)
    made = cloudtrail.create_trail(
        Name=v["name"],
        S3BucketName=v["s3_bucket_name"],
        IsMultiRegionTrail=bool(v.get("is_multi_region_trail")),
        EnableLogFileValidation=bool(v.get("enable_log_file_validation")),
        **named,
    )
    cloudtrail.start_logging(Name=v["name"])
    return {"arn": made["TrailARN"]}


Apply = Callable[[Seeder, Resource, Values], "Made | None"]

# In the order in which AWS wants them.
APPLY: dict[str, Apply] = {
    "aws_vpc": vpc,
    "aws_default_security_group": default_group,
    "aws_subnet": subnet,
    "aws_internet_gateway": internet_gateway,
    "aws_route_table": route_table,
    "aws_route_table_association": table_association,
    "aws_security_group": security_group,
    "aws_security_group_rule": rule(None),
    "aws_vpc_security_group_ingress_rule": rule("ingress"),
    "aws_vpc_security_group_egress_rule": rule("egress"),
    "aws_network_acl": network_acl,
    "aws_network_acl_rule": acl_rule,
    "aws_kms_key": key,
    "aws_s3_bucket": bucket,
    "aws_s3_bucket_versioning": bucket_versioning,
    "aws_s3_bucket_server_side_encryption_configuration": bucket_encryption,
    "aws_s3_bucket_public_access_block": bucket_block,
    "aws_s3_bucket_logging": bucket_logging,
    "aws_iam_openid_connect_provider": oidc,
    "aws_iam_policy": iam_policy,
    "aws_iam_role": role,
    "aws_iam_role_policy_attachment": attachment,
    "aws_iam_instance_profile": profile,
    "aws_iam_user": user,
    "aws_iam_access_key": access_key,
    "aws_secretsmanager_secret": secret,
    "aws_instance": instance,
    "aws_eip": address,
    "aws_nat_gateway": nat_gateway,
    "aws_ec2_transit_gateway": transit_gateway,
    "aws_customer_gateway": customer_gateway,
    "aws_vpn_connection": vpn_connection,
    "aws_ec2_transit_gateway_vpc_attachment": transit_attachment,
    "aws_ec2_transit_gateway_route_table": transit_table,
    "aws_ec2_transit_gateway_route_table_association": transit_association,
    "aws_ec2_transit_gateway_route_table_propagation": transit_propagation,
    "aws_ec2_transit_gateway_route": transit_route,
    "aws_vpc_peering_connection": peering,
    "aws_vpc_peering_connection_accepter": peering_accepter,
    "aws_route": route,
    "aws_vpc_endpoint": vpc_endpoint,
    "aws_flow_log": flow_log,
    "aws_lambda_function": function,
    "aws_lambda_function_url": function_url,
    "aws_lambda_permission": permission,
    "aws_db_subnet_group": subnet_group,
    "aws_db_instance": database,
    "aws_acm_certificate": certificate,
    "aws_lb": balancer,
    "aws_lb_target_group": target_group,
    "aws_lb_listener": listener,
    "aws_lb_listener_rule": listener_rule,
    "aws_ecs_cluster": cluster,
    "aws_ecs_task_definition": task,
    "aws_ecs_service": service,
    "aws_cloudtrail": trail,
    "aws_iam_role_policy": role_policy,
    "aws_iam_user_policy": user_policy,
    "aws_s3_bucket_policy": bucket_policy,
}

LINKS = (
    "aws_ec2_transit_gateway_route_table_association",
    "aws_ec2_transit_gateway_route_table_propagation",
)
WITHHELD = {
    "aws_dx_gateway": "moto has no Direct Connect gateways",
    "aws_dx_gateway_association": "moto has no Direct Connect gateways",
    "aws_secretsmanager_secret_version": "a sweep never reads the values of secrets",
    "random_password": "it exists in Terraform only",
}
"""What is not applied, and why."""
