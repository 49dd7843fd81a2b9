"""What runs, and the balancers before it, applied."""

import json


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
    )
    return {"id": made["Instances"][0]["InstanceId"]}


def function(seed, r, v):
    made = seed.client("lambda", r).create_function(
        FunctionName=v["function_name"],
        Role=v["role"],
        Runtime=v["runtime"],
        Handler=v["handler"],
        Code={"ZipFile": b"zip"},
    )
    arn = made["FunctionArn"]
    gateway = f"arn:aws:apigateway:{r.scope.region}:lambda:path/2015-03-31/functions"
    called = {"invoke_arn": f"{gateway}/{arn}/invocations"}
    return {"arn": arn, "function_name": v["function_name"], **called}


def function_url(seed, r, v):
    """With NONE the provider grants everyone the call as well (docs of the resource)."""
    seed.filled.urls[f"{r.scope.region}/{v['function_name']}"] = v["authorization_type"]
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
    return {"arn": made["taskDefinitionArn"], "revision": made["revision"]}


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
