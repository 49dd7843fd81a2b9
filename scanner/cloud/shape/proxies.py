"""Proxies in front of databases, servers for the transfer of files, and accelerators."""

from collections.abc import Iterator, Mapping

from graphs.resource import EVERYWHERE, Resource
from graphs.unknown import Unknown
from scanner.cloud.shape.answers import Answers, Item, tags


def shape(answers: Answers) -> Iterator[Resource]:
    """Proxies with what they lead to, servers, accelerators with their listeners."""
    for part in (_proxies, _servers, _accelerators):
        yield from part(answers)


def _proxies(answers: Answers) -> Iterator[Resource]:
    call = "rds.describe_db_proxies"
    for region, said in answers.items(call, "DBProxies"):
        name, key = said["DBProxyName"], answers.local(region)
        values = {
            "name": name,
            "arn": said.get("DBProxyArn"),
            "engine_family": said.get("EngineFamily"),
            "require_tls": said.get("RequireTLS", False),
            "role_arn": said.get("RoleArn"),
            "vpc_subnet_ids": said.get("VpcSubnetIds", []),
            "vpc_security_group_ids": said.get("VpcSecurityGroupIds", []),
            "tags": answers.tags_of(region, said.get("DBProxyArn", "")),
        }
        yield answers.make("aws_db_proxy", name, values, (region, call), key=key)
        yield from _targets(answers, region, name)


_LEADS = {"RDS_INSTANCE": "db_instance_identifier", "TRACKED_CLUSTER": "db_cluster_identifier"}


def _targets(answers: Answers, region: str, proxy: str) -> Iterator[Resource]:
    """What a proxy leads to; of a cluster the instances are targets too."""
    call, kind = "rds.describe_db_proxy_targets", "aws_db_proxy_target"
    read, key = answers.about(call, region, proxy), answers.local(region)
    if isinstance(read, Unknown):
        values: Mapping[str, object] = {"db_proxy_name": proxy, "db_instance_identifier": read}
        yield answers.make(kind, proxy, values, (region, call), key=key, doubt=read)
        return
    for target in read.get("Targets", ()):
        leads = _LEADS.get(target.get("Type", ""))
        if leads and not (target["Type"] == "RDS_INSTANCE" and target.get("TrackedClusterId")):
            name = target["RdsResourceId"]
            values = {"db_proxy_name": proxy, leads: name}
            yield answers.make(kind, f"{proxy}/{name}", values, (region, call), key=key)


_OF_SERVERS = ("protocols", "endpoint_details")


def _servers(answers: Answers) -> Iterator[Resource]:
    call = "transfer.describe_server"
    for region, listed in answers.items("transfer.list_servers", "Servers"):
        number, key = listed["ServerId"], answers.local(region)
        values = {
            "id": number,
            "arn": listed.get("Arn"),
            "endpoint_type": listed.get("EndpointType"),
            **answers.detail((region, call, number), _server, *_OF_SERVERS),
        }
        yield answers.make("aws_transfer_server", number, values, (region, call), key=key)


def _server(answer: Item) -> dict[str, object]:
    said = answer["Server"]
    place = said.get("EndpointDetails") or {}
    inside = {
        "vpc_id": place.get("VpcId"),
        "vpc_endpoint_id": place.get("VpcEndpointId"),
        "subnet_ids": place.get("SubnetIds", []),
        "security_group_ids": place.get("SecurityGroupIds", []),
        "address_allocation_ids": place.get("AddressAllocationIds", []),
    }
    return {
        "protocols": said.get("Protocols") or ["SFTP"],
        "endpoint_details": [inside] if place else [],
        "tags": tags(said.get("Tags")),
    }


# Accelerators belong to no region; those of an account are told in one.


def _accelerators(answers: Answers) -> Iterator[Resource]:
    call = "globalaccelerator.list_accelerators"
    for region, said in answers.items(call, "Accelerators"):
        arn, key = said["AcceleratorArn"], answers.local(EVERYWHERE)
        values = {
            "id": arn,
            "arn": arn,
            "name": said.get("Name"),
            "enabled": said.get("Enabled", True),
            "tags": answers.tags_of(region, arn),
        }
        kind, at = "aws_globalaccelerator_accelerator", (EVERYWHERE, call)
        yield answers.make(kind, said.get("Name", arn), values, at, key=key)
        yield from _listeners(answers, region, arn)


def _listeners(answers: Answers, region: str, accelerator: str) -> Iterator[Resource]:
    call, kind = "globalaccelerator.list_listeners", "aws_globalaccelerator_listener"
    read, key = answers.about(call, region, accelerator), answers.local(EVERYWHERE)
    if isinstance(read, Unknown):
        values: Mapping[str, object] = {"accelerator_arn": accelerator, "port_range": [read]}
        yield answers.make(kind, accelerator, values, (EVERYWHERE, call), key=key, doubt=read)
        return
    for said in read.get("Listeners", ()):
        arn = said["ListenerArn"]
        ranges = said.get("PortRanges", ())
        values = {
            "id": arn,
            "arn": arn,
            "accelerator_arn": accelerator,
            "protocol": said.get("Protocol"),
            "port_range": [{"from_port": r["FromPort"], "to_port": r["ToPort"]} for r in ranges],
        }
        yield answers.make(kind, arn, values, (EVERYWHERE, call), key=key)
        yield from _groups(answers, region, arn)


def _groups(answers: Answers, region: str, listener: str) -> Iterator[Resource]:
    call, kind = "globalaccelerator.list_endpoint_groups", "aws_globalaccelerator_endpoint_group"
    read, key = answers.about(call, region, listener), answers.local(EVERYWHERE)
    if isinstance(read, Unknown):
        end = {"endpoint_id": read}
        values: Mapping[str, object] = {"listener_arn": listener, "endpoint_configuration": [end]}
        yield answers.make(kind, listener, values, (EVERYWHERE, call), key=key, doubt=read)
        return
    for said in read.get("EndpointGroups", ()):
        ends = [{"endpoint_id": e.get("EndpointId")} for e in said.get("EndpointDescriptions", ())]
        values = {
            "id": said["EndpointGroupArn"],
            "arn": said["EndpointGroupArn"],
            "listener_arn": listener,
            "endpoint_group_region": said.get("EndpointGroupRegion"),
            "endpoint_configuration": ends,
        }
        yield answers.make(kind, said["EndpointGroupArn"], values, (EVERYWHERE, call), key=key)
