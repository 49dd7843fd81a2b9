"""Managed services, applied."""

from tests.scanner.cloud.seed.labels import pairs, tagged


def warehouse_subnets(seed, r, v):
    seed.client("redshift", r).create_cluster_subnet_group(
        ClusterSubnetGroupName=v["name"], Description="Managed", SubnetIds=v["subnet_ids"]
    )
    return {"name": v["name"], "id": v["name"]}


def warehouse(seed, r, v):
    seed.client("redshift", r).create_cluster(
        ClusterIdentifier=v["cluster_identifier"],
        NodeType=v["node_type"],
        MasterUsername=v["master_username"],
        MasterUserPassword=v["master_password"],
        ClusterSubnetGroupName=v["cluster_subnet_group_name"],
        VpcSecurityGroupIds=v["vpc_security_group_ids"],
        PubliclyAccessible=v["publicly_accessible"],
        Encrypted=bool(v["encrypted"]),
        Tags=pairs(tagged(v)),
    )
    name = v["cluster_identifier"]
    home = f"arn:aws:redshift:{r.scope.region}:{r.scope.account}:cluster"
    return {"cluster_identifier": name, "id": name, "arn": f"{home}:{name}"}


def domain(seed, r, v):
    made = seed.client("opensearch", r).create_domain(
        DomainName=v["domain_name"],
        AccessPolicies=v["access_policies"],
        DomainEndpointOptions={"EnforceHTTPS": v["domain_endpoint_options"][0]["enforce_https"]},
    )["DomainStatus"]
    return {"arn": made["ARN"], "domain_name": v["domain_name"], "id": made["ARN"]}


def file_system(seed, r, v):
    made = seed.client("efs", r).create_file_system(
        CreationToken=v["creation_token"], Encrypted=v["encrypted"], Tags=pairs(tagged(v))
    )
    return {"arn": made["FileSystemArn"], "id": made["FileSystemId"]}


def mount_target(seed, r, v):
    made = seed.client("efs", r).create_mount_target(
        FileSystemId=v["file_system_id"],
        SubnetId=v["subnet_id"],
        SecurityGroups=v["security_groups"],
    )
    return {"id": made["MountTargetId"], "ip_address": made["IpAddress"]}


def table(seed, r, v):
    made = seed.client("dynamodb", r).create_table(
        TableName=v["name"],
        BillingMode=v["billing_mode"],
        KeySchema=[{"AttributeName": v["hash_key"], "KeyType": "HASH"}],
        AttributeDefinitions=[
            {"AttributeName": a["name"], "AttributeType": a["type"]} for a in v["attribute"]
        ],
    )["TableDescription"]
    return {"arn": made["TableArn"], "name": v["name"], "id": v["name"]}


def queue(seed, r, v):
    encrypted = "true" if v["sqs_managed_sse_enabled"] else "false"
    said = {"Policy": v["policy"], "SqsManagedSseEnabled": encrypted}
    made = seed.client("sqs", r).create_queue(QueueName=v["name"], Attributes=said)
    arn = f"arn:aws:sqs:{r.scope.region}:{r.scope.account}:{v['name']}"
    return {"arn": arn, "id": made["QueueUrl"], "url": made["QueueUrl"], "name": v["name"]}


def topic(seed, r, v):
    made = seed.client("sns", r).create_topic(Name=v["name"], Attributes={"Policy": v["policy"]})
    return {"arn": made["TopicArn"], "id": made["TopicArn"], "name": v["name"]}


def repository(seed, r, v):
    made = seed.client("ecr", r).create_repository(repositoryName=v["name"])["repository"]
    return {"arn": made["repositoryArn"], "name": v["name"], "id": v["name"]}


def repository_policy(seed, r, v):
    seed.client("ecr", r).set_repository_policy(
        repositoryName=v["repository"], policyText=v["policy"]
    )


def rest_api(seed, r, v):
    gateway = seed.client("apigateway", r)
    made = gateway.create_rest_api(name=v["name"])
    (root,) = gateway.get_resources(restApiId=made["id"])["items"]
    home = f"arn:aws:execute-api:{r.scope.region}:{r.scope.account}"
    return {
        "id": made["id"],
        "root_resource_id": root["id"],
        "execution_arn": f"{home}:{made['id']}",
    }


def rest_resource(seed, r, v):
    made = seed.client("apigateway", r).create_resource(
        restApiId=v["rest_api_id"], parentId=v["parent_id"], pathPart=v["path_part"]
    )
    return {"id": made["id"]}


def rest_method(seed, r, v):
    seed.client("apigateway", r).put_method(
        restApiId=v["rest_api_id"],
        resourceId=v["resource_id"],
        httpMethod=v["http_method"],
        authorizationType=v["authorization"],
    )


def rest_integration(seed, r, v):
    seed.client("apigateway", r).put_integration(
        restApiId=v["rest_api_id"],
        resourceId=v["resource_id"],
        httpMethod=v["http_method"],
        integrationHttpMethod=v["integration_http_method"],
        type=v["type"],
        uri=v["uri"],
    )


def http_api(seed, r, v):
    made = seed.client("apigatewayv2", r).create_api(
        Name=v["name"], ProtocolType=v["protocol_type"]
    )
    home = f"arn:aws:execute-api:{r.scope.region}:{r.scope.account}"
    return {"id": made["ApiId"], "execution_arn": f"{home}:{made['ApiId']}"}


def http_integration(seed, r, v):
    made = seed.client("apigatewayv2", r).create_integration(
        ApiId=v["api_id"],
        IntegrationType=v["integration_type"],
        IntegrationUri=v["integration_uri"],
        PayloadFormatVersion="2.0",
    )
    return {"id": made["IntegrationId"]}


def http_route(seed, r, v):
    seed.client("apigatewayv2", r).create_route(
        ApiId=v["api_id"],
        RouteKey=v["route_key"],
        AuthorizationType=v["authorization_type"],
        Target=v["target"],
    )


def distribution(seed, r, v):
    (origin,), (behaviour,) = v["origin"], v["default_cache_behavior"]
    made = seed.client("cloudfront", r).create_distribution(
        DistributionConfig={
            "CallerReference": "quay",
            "Comment": "",
            "Enabled": v["enabled"],
            "Origins": {
                "Quantity": 1,
                "Items": [
                    {
                        "Id": origin["origin_id"],
                        "DomainName": origin["domain_name"],
                        "S3OriginConfig": {"OriginAccessIdentity": ""},
                        "CustomHeaders": {
                            "Quantity": 1,
                            "Items": [{"HeaderName": "X-Key", "HeaderValue": "hush-hush-1234"}],
                        },
                    }
                ],
            },
            "DefaultCacheBehavior": {
                "TargetOriginId": behaviour["target_origin_id"],
                "ViewerProtocolPolicy": behaviour["viewer_protocol_policy"],
                "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
                "MinTTL": 0,
            },
        }
    )["Distribution"]
    return {"arn": made["ARN"], "id": made["Id"], "domain_name": made["DomainName"]}


def cluster(seed, r, v):
    (place,) = v["vpc_config"]
    made = seed.client("eks", r).create_cluster(
        name=v["name"],
        roleArn=v["role_arn"],
        resourcesVpcConfig={
            "subnetIds": place["subnet_ids"],
            "publicAccessCidrs": place["public_access_cidrs"],
        },
    )["cluster"]
    return {"arn": made["arn"], "name": v["name"], "id": v["name"]}


def project(seed, r, v):
    (environment,), (source,), (artifacts,) = v["environment"], v["source"], v["artifacts"]
    made = seed.client("codebuild", r).create_project(
        name=v["name"],
        serviceRole=v["service_role"],
        artifacts={"type": artifacts["type"]},
        source={"type": source["type"], "location": source["location"]},
        environment={
            "type": environment["type"],
            "image": environment["image"],
            "computeType": environment["compute_type"],
            "environmentVariables": [
                {"name": each["name"], "value": each["value"], "type": "PLAINTEXT"}
                for each in environment["environment_variable"]
            ],
        },
    )["project"]
    return {"arn": made["arn"], "name": v["name"], "id": made["arn"]}
