"""Databases, stores and fronts beside the common ones, applied. What moto has nothing of is told by
the proxy, in the form that the API documents."""

from tests.scanner.cloud.seed.labels import pairs, tagged


def home(r, service):
    return f"arn:aws:{service}:{r.scope.region}:{r.scope.account}"


def proxy(seed, r, v):
    made = seed.client("rds", r).create_db_proxy(
        DBProxyName=v["name"],
        EngineFamily=v["engine_family"],
        Auth=[{"AuthScheme": a["auth_scheme"], "SecretArn": a["secret_arn"]} for a in v["auth"]],
        RoleArn=v["role_arn"],
        VpcSubnetIds=v["vpc_subnet_ids"],
        VpcSecurityGroupIds=v["vpc_security_group_ids"],
    )["DBProxy"]
    return {"arn": made["DBProxyArn"], "name": v["name"], "id": v["name"]}


def proxy_target(seed, r, v):
    seed.client("rds", r).register_db_proxy_targets(
        DBProxyName=v["db_proxy_name"], DBInstanceIdentifiers=[v["db_instance_identifier"]]
    )


def workgroup(seed, r, v):
    arn = f"{home(r, 'redshift-serverless')}:workgroup/5ab1"
    said = {
        "workgroupName": v["workgroup_name"],
        "workgroupArn": arn,
        "namespaceName": v["namespace_name"],
        "publiclyAccessible": v["publicly_accessible"],
        "port": 5439,
        "subnetIds": v["subnet_ids"],
        "securityGroupIds": v["security_group_ids"],
        "status": "AVAILABLE",
    }
    seed.tell(r, "redshift-serverless:ListWorkgroups", {"workgroups": [said]})
    return {"arn": arn, "id": v["workgroup_name"]}


def serverless_cache(seed, r, v):
    arn = f"{home(r, 'elasticache')}:serverlesscache:{v['name']}"
    subnets = "".join(f"<member>{each}</member>" for each in v["subnet_ids"])
    groups = "".join(
        f"<SecurityGroupId>{each}</SecurityGroupId>" for each in v["security_group_ids"]
    )
    text = (
        "<DescribeServerlessCachesResponse><DescribeServerlessCachesResult><ServerlessCaches>"
        f"<member><ServerlessCacheName>{v['name']}</ServerlessCacheName><ARN>{arn}</ARN>"
        f"<Engine>{v['engine']}</Engine><Endpoint><Port>6379</Port></Endpoint>"
        f"<SubnetIds>{subnets}</SubnetIds><SecurityGroupIds>{groups}</SecurityGroupIds></member>"
        "</ServerlessCaches></DescribeServerlessCachesResult></DescribeServerlessCachesResponse>"
    )
    seed.tell(r, "elasticache:DescribeServerlessCaches", text)
    return {"arn": arn, "name": v["name"], "id": v["name"]}


def memory_subnets(seed, r, v):
    seed.client("memorydb", r).create_subnet_group(
        SubnetGroupName=v["name"], SubnetIds=v["subnet_ids"]
    )
    return {"name": v["name"], "id": v["name"]}


def memory(seed, r, v):
    made = seed.client("memorydb", r).create_cluster(
        ClusterName=v["name"],
        NodeType=v["node_type"],
        Engine=v["engine"],
        ACLName=v["acl_name"],
        SubnetGroupName=v["subnet_group_name"],
        SecurityGroupIds=v["security_group_ids"],
        SnapshotRetentionLimit=int(v["snapshot_retention_limit"]),
    )["Cluster"]
    return {"arn": made["ARN"], "name": v["name"], "id": v["name"]}


def dax_subnets(seed, r, v):
    """moto keeps no groups of subnets for DAX."""
    listed = [{"SubnetIdentifier": each} for each in v["subnet_ids"]]
    group = {"SubnetGroupName": v["name"], "Subnets": listed}
    seed.tell(r, "dax:DescribeSubnetGroups", {"SubnetGroups": [group]})
    return {"name": v["name"], "id": v["name"]}


def dax(seed, r, v):
    """moto keeps neither the group of subnets nor those of security of a cluster."""
    arn = f"{home(r, 'dax')}:cache/{v['cluster_name']}"
    worn = [{"SecurityGroupIdentifier": each} for each in v["security_group_ids"]]
    kept = "ENABLED" if v["server_side_encryption"][0]["enabled"] else "DISABLED"
    said = {
        "ClusterName": v["cluster_name"],
        "ClusterArn": arn,
        "ActiveNodes": int(v["replication_factor"]),
        "IamRoleArn": v["iam_role_arn"],
        "SubnetGroup": v["subnet_group_name"],
        "SecurityGroups": worn,
        "SSEDescription": {"Status": kept},
        "ClusterEndpointEncryptionType": "NONE",
    }
    seed.tell(r, "dax:DescribeClusters", {"Clusters": [said]})
    return {"arn": arn, "cluster_name": v["cluster_name"]}


def lustre(seed, r, v):
    """FSx makes an interface in each subnet, which wears the groups; moto makes none."""
    nic = seed.client("ec2", r).create_network_interface(
        SubnetId=v["subnet_ids"][0], Groups=v["security_group_ids"]
    )["NetworkInterface"]["NetworkInterfaceId"]
    number = "fs-0123456789abcdef0"
    arn = f"{home(r, 'fsx')}:file-system/{number}"
    said = {
        "FileSystemId": number,
        "FileSystemType": "LUSTRE",
        "ResourceARN": arn,
        "SubnetIds": v["subnet_ids"],
        "NetworkInterfaceIds": [nic],
        "Tags": pairs(tagged(v)),
        "LustreConfiguration": {
            "DeploymentType": v["deployment_type"],
            "AutomaticBackupRetentionDays": int(v["automatic_backup_retention_days"]),
        },
    }
    seed.tell(r, "fsx:DescribeFileSystems", {"FileSystems": [said]})
    return {"arn": arn, "id": number}


def broker(seed, r, v):
    made = seed.client("mq", r).create_broker(
        BrokerName=v["broker_name"],
        EngineType=v["engine_type"].upper(),
        EngineVersion=v["engine_version"],
        HostInstanceType=v["host_instance_type"],
        DeploymentMode=v["deployment_mode"],
        PubliclyAccessible=v["publicly_accessible"],
        AutoMinorVersionUpgrade=True,
        SubnetIds=v["subnet_ids"],
        SecurityGroups=v["security_groups"],
        Users=[{"Username": u["username"], "Password": u["password"]} for u in v["user"]],
    )
    return {"arn": made["BrokerArn"], "id": made["BrokerId"]}


def kafka(seed, r, v):
    (group,), (asked,) = v["broker_node_group_info"], v["client_authentication"]
    made = seed.client("kafka", r).create_cluster_v2(
        ClusterName=v["cluster_name"],
        Provisioned={
            "BrokerNodeGroupInfo": {
                "ClientSubnets": group["client_subnets"],
                "InstanceType": group["instance_type"],
                "SecurityGroups": group["security_groups"],
            },
            "ClientAuthentication": {
                "Sasl": {"Iam": {"Enabled": asked["sasl"][0]["iam"]}},
                "Unauthenticated": {"Enabled": asked["unauthenticated"]},
            },
            "KafkaVersion": v["kafka_version"],
            "NumberOfBrokerNodes": int(v["number_of_broker_nodes"]),
        },
    )
    return {"arn": made["ClusterArn"], "id": made["ClusterArn"]}


def serverless_kafka(seed, r, v):
    (place,) = v["vpc_config"]
    inside = {"SubnetIds": place["subnet_ids"], "SecurityGroupIds": place["security_group_ids"]}
    made = seed.client("kafka", r).create_cluster_v2(
        ClusterName=v["cluster_name"], Serverless={"VpcConfigs": [inside]}
    )
    return {"arn": made["ClusterArn"], "id": made["ClusterArn"]}


def stream(seed, r, v):
    kinesis = seed.client("kinesis", r)
    kinesis.create_stream(StreamName=v["name"], ShardCount=int(v["shard_count"]))
    kinesis.start_stream_encryption(
        StreamName=v["name"], EncryptionType=v["encryption_type"], KeyId=v["kms_key_id"]
    )
    return {"arn": f"{home(r, 'kinesis')}:stream/{v['name']}", "name": v["name"]}


def stream_policy(seed, r, v):
    seed.client("kinesis", r).put_resource_policy(ResourceARN=v["resource_arn"], Policy=v["policy"])


def vault(seed, r, v):
    made = seed.client("backup", r).create_backup_vault(BackupVaultName=v["name"])
    return {"arn": made["BackupVaultArn"], "name": v["name"], "id": v["name"]}


def vault_policy(seed, r, v):
    """moto keeps no policies of vaults."""
    path = f"/backup-vaults/{v['backup_vault_name']}/access-policy"
    seed.tell(r, f"backup:GET {path}", {"Policy": v["policy"]})


def public_repository(seed, r, v):
    """In the account, for no region: it is asked for in us-east-1."""
    arn = f"arn:aws:ecr-public::{r.scope.account}:repository/{v['repository_name']}"
    said = {"repositoryName": v["repository_name"], "repositoryArn": arn}
    seed.tell(r, "ecr-public:DescribeRepositories", {"repositories": [said]})
    return {"arn": arn, "id": v["repository_name"]}


def server(seed, r, v):
    made = seed.client("transfer", r).create_server(
        EndpointType=v["endpoint_type"], Protocols=v["protocols"]
    )
    number = made["ServerId"]
    return {"arn": f"{home(r, 'transfer')}:server/{number}", "id": number}


def graph(seed, r, v):
    made = seed.client("appsync", r).create_graphql_api(
        name=v["name"], authenticationType=v["authentication_type"]
    )["graphqlApi"]
    return {"arn": made["arn"], "id": made["apiId"]}


def graph_source(seed, r, v):
    """moto keeps no data sources."""
    function = {"lambdaFunctionArn": v["lambda_config"][0]["function_arn"]}
    said = {"name": v["name"], "type": v["type"], "lambdaConfig": function}
    path = f"/v1/apis/{v['api_id']}/datasources"
    seed.tell(r, f"appsync:GET {path}", {"dataSources": [said]})


def accelerator(seed, r, v):
    arn = f"arn:aws:globalaccelerator::{r.scope.account}:accelerator/1234abcd"
    said = {"AcceleratorArn": arn, "Name": v["name"], "Enabled": v["enabled"]}
    seed.tell(r, "globalaccelerator:ListAccelerators", {"Accelerators": [said]})
    return {"arn": arn, "id": arn}


def accelerator_listener(seed, r, v):
    arn = f"{v['accelerator_arn']}/listener/0123vxyz"
    spans = [
        {"FromPort": int(p["from_port"]), "ToPort": int(p["to_port"])} for p in v["port_range"]
    ]
    said = {"ListenerArn": arn, "Protocol": v["protocol"], "PortRanges": spans}
    seed.tell(r, "globalaccelerator:ListListeners", {"Listeners": [said]})
    return {"arn": arn, "id": arn}


def endpoint_group(seed, r, v):
    arn = f"{v['listener_arn']}/endpoint-group/098765zyxwvu"
    ends = [{"EndpointId": each["endpoint_id"]} for each in v["endpoint_configuration"]]
    said = {
        "EndpointGroupArn": arn,
        "EndpointGroupRegion": v["endpoint_group_region"],
        "EndpointDescriptions": ends,
    }
    seed.tell(r, "globalaccelerator:ListEndpointGroups", {"EndpointGroups": [said]})
    return {"arn": arn, "id": arn}
