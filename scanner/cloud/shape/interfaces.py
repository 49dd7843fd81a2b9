"""Network interfaces that no other answer explains, and the public addresses that they name.

Somebody has each address of a list of interfaces: what is no instance, balancer, endpoint or NAT
gateway of these answers may be anything, a database or a function among others.
"""

from collections.abc import Iterator

from graphs.resource import Resource
from scanner.cloud.shape.answers import Answers, Item
from scanner.cloud.shape.compute import further, instances

CALL = "ec2.describe_network_interfaces"
KIND = "aws_network_interface"
SILENT = ("nat_gateway", "natGateway", "transit_gateway")
"""Types of interfaces that answer nobody."""


def shape(answers: Answers) -> Iterator[Resource]:
    """What has an address, or may have one."""
    known = set(_known(answers))
    for region, nic in answers.items(CALL, "NetworkInterfaces"):
        if not _explained(nic, known):
            values = {
                "description": nic.get("Description"),
                "subnet_id": nic.get("SubnetId"),
                "private_ips": [a["PrivateIpAddress"] for a in nic.get("PrivateIpAddresses", ())],
                "ipv6_addresses": [a["Ipv6Address"] for a in nic.get("Ipv6Addresses", ())],
            }
            name, key = nic["NetworkInterfaceId"], answers.local(region)
            yield answers.make(KIND, name, values, (region, CALL), key=key)
    for answer, why in answers.refused(CALL):
        at = (answer.region, CALL)
        key = answers.local(answer.region)
        yield answers.make(KIND, "unread", {"subnet_id": why}, at, key=key, doubt=why)
    yield from _public(answers)


def _known(answers: Answers) -> Iterator[str]:
    """The interfaces of what is shaped by itself, or the word in their description."""
    for _, instance in instances(answers):
        yield from (nic["NetworkInterfaceId"] for nic in instance.get("NetworkInterfaces", ()))
    for _, endpoint in answers.items("ec2.describe_vpc_endpoints", "VpcEndpoints"):
        yield from endpoint.get("NetworkInterfaceIds", ())
    for _, balancer in answers.items("elbv2.describe_load_balancers", "LoadBalancers"):
        yield f"ELB {balancer['LoadBalancerArn'].partition(':loadbalancer/')[2]}"
    for _, balancer in answers.items("elb.describe_load_balancers", "LoadBalancerDescriptions"):
        yield f"ELB {balancer['LoadBalancerName']}"


def _explained(nic: Item, known: set[str]) -> bool:
    if nic.get("Status") == "available" or nic.get("InterfaceType") in SILENT:
        return True
    return nic["NetworkInterfaceId"] in known or nic.get("Description") in known


def _public(answers: Answers) -> Iterator[Resource]:
    """The public addresses of instances' interfaces that no list of addresses tells."""
    told = {a.get("PublicIp") for _, a in answers.items("ec2.describe_addresses", "Addresses")}
    for region, instance in instances(answers):
        for nic in instance.get("NetworkInterfaces", ()):
            first = nic not in further(instance)
            for held in nic.get("PrivateIpAddresses", ()):
                public = held.get("Association", {}).get("PublicIp")
                if public and public not in told and public != instance.get("PublicIpAddress"):
                    values = {
                        "public_ip": public,
                        "associate_with_private_ip": held["PrivateIpAddress"],
                        "instance": instance["InstanceId"] if first else None,
                        "network_interface": None if first else nic["NetworkInterfaceId"],
                    }
                    yield answers.make("aws_eip", public, values, (region, CALL))
