"""Fleets with what they are launched from, and classic balancers, applied."""


def launch_template(seed, r, v):
    nics = v.get("network_interfaces") or ()
    said = {
        "ImageId": v.get("image_id"),
        "InstanceType": v.get("instance_type"),
        "UserData": v.get("user_data"),
        "SecurityGroupIds": v.get("vpc_security_group_ids"),
        "IamInstanceProfile": _named(v.get("iam_instance_profile")),
        "MetadataOptions": _tokens(v),
        "NetworkInterfaces": [_interface(nic) for nic in nics] or None,
    }
    made = seed.client("ec2", r).create_launch_template(
        LaunchTemplateName=v["name"], LaunchTemplateData={k: x for k, x in said.items() if x}
    )["LaunchTemplate"]
    return {"id": made["LaunchTemplateId"], "name": v["name"], "latest_version": 1}


def _named(blocks):
    return {"Name": blocks[0]["name"]} if blocks else None


def _tokens(v):
    blocks = v.get("metadata_options")
    return {"HttpTokens": blocks[0]["http_tokens"]} if blocks else None


def _interface(nic):
    return {
        "DeviceIndex": 0,
        "Groups": nic["security_groups"],
        "AssociatePublicIpAddress": bool(nic.get("associate_public_ip_address")),
    }


def launch_configuration(seed, r, v):
    seed.client("autoscaling", r).create_launch_configuration(
        LaunchConfigurationName=v["name"],
        ImageId=v["image_id"],
        InstanceType=v["instance_type"],
        SecurityGroups=v["security_groups"],
        IamInstanceProfile=v["iam_instance_profile"],
        AssociatePublicIpAddress=v["associate_public_ip_address"],
        MetadataOptions=_tokens(v),
    )
    return {"name": v["name"], "id": v["name"]}


def autoscaling_group(seed, r, v):
    """moto starts the machines as well, so that what was launched is listed beside the fleet."""
    template = v.get("launch_template")
    chosen = {"LaunchConfigurationName": v.get("launch_configuration")}
    if template:
        chosen = {"LaunchTemplate": {"LaunchTemplateId": template[0]["id"], "Version": "$Latest"}}
    lists = {
        "TargetGroupARNs": v.get("target_group_arns"),
        "LoadBalancerNames": v.get("load_balancers"),
    }
    tags = [
        {"Key": t["key"], "Value": t["value"], "PropagateAtLaunch": bool(t["propagate_at_launch"])}
        for t in v.get("tag") or ()
    ]
    scaling = seed.client("autoscaling", r)
    scaling.create_auto_scaling_group(
        AutoScalingGroupName=v["name"],
        MinSize=int(v["min_size"]),
        MaxSize=int(v["max_size"]),
        VPCZoneIdentifier=",".join(v["vpc_zone_identifier"]),
        Tags=tags,
        **{k: x for k, x in {**chosen, **lists}.items() if x},
    )
    (made,) = scaling.describe_auto_scaling_groups(AutoScalingGroupNames=[v["name"]])[
        "AutoScalingGroups"
    ]
    unique = made["AutoScalingGroupARN"].split(":")[6]
    return {"name": v["name"], "id": v["name"], "unique": unique}


def classic(seed, r, v):
    elb = seed.client("elb", r)
    elb.create_load_balancer(
        LoadBalancerName=v["name"],
        Listeners=[
            {
                "Protocol": b["lb_protocol"],
                "LoadBalancerPort": int(b["lb_port"]),
                "InstanceProtocol": b["instance_protocol"],
                "InstancePort": int(b["instance_port"]),
            }
            for b in v["listener"]
        ],
        Subnets=v["subnets"],
        SecurityGroups=v["security_groups"],
        Scheme="internal" if v.get("internal") else "internet-facing",
    )
    if v.get("instances"):
        held = [{"InstanceId": i} for i in v["instances"]]
        elb.register_instances_with_load_balancer(LoadBalancerName=v["name"], Instances=held)
    return {"name": v["name"], "id": v["name"]}
