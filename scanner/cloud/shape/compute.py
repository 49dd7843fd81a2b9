"""What runs: instances with their addresses, functions, container services."""

import json
from collections.abc import Iterator, Mapping

from graphs.resource import Resource
from scanner.cloud.shape.answers import Answers, Item, lacking, last, tags


def shape(answers: Answers) -> Iterator[Resource]:
    """Everything that runs code."""
    for part in (_instances, _console, _addresses, _functions, _tasks, _services):
        yield from part(answers)


def _console(answers: Answers) -> Iterator[Resource]:
    """The serial console of a region, which is off until it is switched on."""
    call, kind = "ec2.get_serial_console_access_status", "aws_ec2_serial_console_access"
    for answer in answers.of(call):
        if answer.data.get("SerialConsoleAccessEnabled"):
            name = answers.local(answer.region)
            yield answers.make(kind, name, {"enabled": True}, (answer.region, call))


def instances(answers: Answers) -> Iterator[tuple[str, Item]]:
    """Every instance that is there, with its region."""
    for region, reservation in answers.items("ec2.describe_instances", "Reservations"):
        for instance in reservation.get("Instances", ()):
            if instance.get("State", {}).get("Name") not in ("terminated", "shutting-down"):
                yield region, instance


def _instances(answers: Answers) -> Iterator[Resource]:
    for region, instance in instances(answers):
        name = instance["InstanceId"]
        at = (region, "ec2.describe_instances")
        profile = instance.get("IamInstanceProfile", {}).get("Arn")
        account = answers.swept.account
        values = {
            "id": name,
            "arn": f"arn:{answers.partition}:ec2:{region}:{account}:instance/{name}",
            "ami": instance.get("ImageId"),
            "instance_type": instance.get("InstanceType"),
            "instance_state": instance.get("State", {}).get("Name"),
            "subnet_id": _home(instance),
            "private_ip": instance.get("PrivateIpAddress"),
            "secondary_private_ips": _secondary(instance),
            "ipv6_addresses": _six(_first(instance)),
            "public_ip": instance.get("PublicIpAddress"),
            "private_dns": instance.get("PrivateDnsName"),
            "public_dns": instance.get("PublicDnsName"),
            "source_dest_check": instance.get("SourceDestCheck", True),
            "associate_public_ip_address": bool(instance.get("PublicIpAddress")),
            "vpc_security_group_ids": _worn(instance),
            "iam_instance_profile": last(profile) if profile else None,
            "metadata_options": _metadata(instance),
            "user_data": _user_data(answers, region, name),
            "tags": tags(instance.get("Tags")),
        }
        yield answers.make("aws_instance", name, values, at)
        for nic in further(instance):
            yield _interface(answers, name, nic, at)


def _first(instance: Item) -> Item:
    """The interface it was launched with."""
    nics = instance.get("NetworkInterfaces", ())
    told = [n for n in nics if n.get("Attachment", {}).get("DeviceIndex") == 0]
    own = instance.get("PrivateIpAddress")
    same = [n for n in nics if own is not None and n.get("PrivateIpAddress") == own]
    return next(iter((*told, *same, *nics)), {})


def _home(instance: Item) -> object:
    """The subnet that it was launched in: every instance is in one."""
    said = instance.get("SubnetId") or _first(instance).get("SubnetId")
    return said or lacking("SubnetId", instance["InstanceId"])


def _worn(instance: Item) -> list[str]:
    """The groups of the interface it was launched with."""
    held = _first(instance).get("Groups", instance.get("SecurityGroups", ()))
    return [g["GroupId"] for g in held]


def _secondary(instance: Item) -> list[str]:
    """The other private addresses of the interface it was launched with."""
    found = _first(instance).get("PrivateIpAddresses", ())
    return [a["PrivateIpAddress"] for a in found if not a.get("Primary", True)]


def _six(nic: Item) -> list[str]:
    return [a["Ipv6Address"] for a in nic.get("Ipv6Addresses", ())]


def _metadata(instance: Item) -> list[dict[str, object]]:
    said = instance.get("MetadataOptions") or {}
    return [{"http_tokens": said.get("HttpTokens"), "http_endpoint": said.get("HttpEndpoint")}]


def _user_data(answers: Answers, region: str, instance: str) -> object:
    read = answers.about("ec2.describe_instance_attribute", region, instance)
    if not isinstance(read, Mapping):
        return read
    return read.get("UserData", {}).get("Value") or None


def further(instance: Item) -> list[Item]:
    """The interfaces beside the one it was launched with."""
    first = _first(instance)
    return [n for n in instance.get("NetworkInterfaces", ()) if n is not first]


def _interface(answers: Answers, instance: str, nic: Item, at: tuple[str, str]) -> Resource:
    values = {
        "id": nic["NetworkInterfaceId"],
        "subnet_id": nic.get("SubnetId"),
        "private_ips": [a["PrivateIpAddress"] for a in nic.get("PrivateIpAddresses", ())],
        "ipv6_addresses": _six(nic),
        "source_dest_check": nic.get("SourceDestCheck", True),
        "security_groups": [g["GroupId"] for g in nic.get("Groups", ())],
        "attachment": [{"instance": instance}],
    }
    return answers.make("aws_network_interface", nic["NetworkInterfaceId"], values, at)


def _addresses(answers: Answers) -> Iterator[Resource]:
    """An address is on an instance's first interface, or on one that stands by itself."""
    beside = {n["NetworkInterfaceId"] for _, i in instances(answers) for n in further(i)}
    for region, address in answers.items("ec2.describe_addresses", "Addresses"):
        name = address.get("AllocationId") or address["PublicIp"]
        nic = address.get("NetworkInterfaceId")
        values = {
            "id": name,
            "public_ip": address.get("PublicIp"),
            "associate_with_private_ip": address.get("PrivateIpAddress"),
            "instance": None if nic in beside else address.get("InstanceId") or None,
            "network_interface": nic if nic in beside else None,
            "tags": tags(address.get("Tags")),
        }
        yield answers.make("aws_eip", name, values, (region, "ec2.describe_addresses"))


def _functions(answers: Answers) -> Iterator[Resource]:
    for region, function in answers.items("lambda.list_functions", "Functions"):
        name = function["FunctionName"]
        at, key = (region, "lambda.list_functions"), answers.local(region)
        network = function.get("VpcConfig") or {}
        variables = function.get("Environment", {}).get("Variables")
        values = {
            "function_name": name,
            "arn": function["FunctionArn"],
            "role": function.get("Role"),
            "runtime": function.get("Runtime"),
            "handler": function.get("Handler"),
            "environment": [{"variables": variables}] if variables else None,
            "vpc_config": [
                {
                    "subnet_ids": network.get("SubnetIds", ()),
                    "security_group_ids": network.get("SecurityGroupIds", ()),
                }
            ],
            "policy": _policy(answers, region, name),
            "tags": answers.tags_of(region, function["FunctionArn"]),
        }
        yield answers.make("aws_lambda_function", name, values, at, key=key)
        yield from _urls(answers, region, name)


def _policy(answers: Answers, region: str, function: str) -> object:
    read = answers.about("lambda.get_policy", region, function)
    return read.get("Policy") if isinstance(read, Mapping) else read


def _urls(answers: Answers, region: str, function: str) -> Iterator[Resource]:
    call, kind = "lambda.list_function_url_configs", "aws_lambda_function_url"
    read = answers.about(call, region, function)
    at, key = (region, call), answers.local(region)
    if not isinstance(read, Mapping):
        values = {"function_name": function, "authorization_type": read}
        yield answers.make(kind, function, values, at, key=key, doubt=read)
        return
    for url in read.get("FunctionUrlConfigs", ()):
        values = {
            "function_name": function,
            "authorization_type": url.get("AuthType"),
            "function_url": url.get("FunctionUrl"),
        }
        yield answers.make(kind, function, values, at, key=key)


def _tasks(answers: Answers) -> Iterator[Resource]:
    for answer in answers.of("ecs.describe_task_definition"):
        task = answer.data.get("taskDefinition")
        if task:
            values = {
                "arn": task["taskDefinitionArn"],
                "family": task.get("family"),
                "task_role_arn": task.get("taskRoleArn"),
                "execution_role_arn": task.get("executionRoleArn"),
                "container_definitions": json.dumps(task.get("containerDefinitions", [])),
                "tags": answers.tags_of(answer.region, task["taskDefinitionArn"]),
            }
            name = last(task["taskDefinitionArn"])
            at, key = (answer.region, "ecs.describe_task_definition"), answers.local(answer.region)
            yield answers.make("aws_ecs_task_definition", name, values, at, key=key)


def _services(answers: Answers) -> Iterator[Resource]:
    for region, service in answers.items("ecs.describe_services", "services"):
        network = service.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
        values = {
            "name": service["serviceName"],
            "arn": service.get("serviceArn"),
            "cluster": service.get("clusterArn"),
            "task_definition": service.get("taskDefinition"),
            "network_configuration": [
                {
                    "subnets": network.get("subnets", ()),
                    "security_groups": network.get("securityGroups", ()),
                    "assign_public_ip": network.get("assignPublicIp") == "ENABLED",
                }
            ],
            "load_balancer": [
                {
                    "target_group_arn": b.get("targetGroupArn"),
                    "container_name": b.get("containerName"),
                    "container_port": b.get("containerPort"),
                }
                for b in service.get("loadBalancers", ())
            ],
            "tags": answers.tags_of(region, service.get("serviceArn", "")),
        }
        name = f"{last(service.get('clusterArn', ''))}.{service['serviceName']}"
        at, key = (region, "ecs.describe_services"), answers.local(region)
        if service.get("status", "ACTIVE") != "INACTIVE":
            yield answers.make("aws_ecs_service", name, values, at, key=key)
