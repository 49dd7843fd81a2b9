"""How to isolate what runs code: instances, functions, containers."""

import shlex
from collections.abc import Iterator

from graphs.estate import Estate
from graphs.nodes import Instance, Node, Service, Subnet
from scanner.breached import Action
from scanner.isolating.writing import Words, its_role

ALL_OUT = '[{"IpProtocol":"-1","IpRanges":[{"CidrIp":"0.0.0.0/0"}]}]'
"""The rule that every new group begins with."""


def instance(estate: Estate, node: Node) -> Iterator[Action]:
    """Keep what the machine knows, cut it off, take its role away, end that role's sessions."""
    words = Words(node)
    name = words.of("id", "INSTANCE_ID")
    if isinstance(node, Instance) and node.fleet:
        group = words.of("name", "GROUP_NAME", estate.index.by_id.get(node.fleet))
        yield words.action(
            "Take the machine out of its group",
            "Else the group ends the machine as soon as it looks ill, and its disk and memory with "
            "it.",
            f"aws autoscaling detach-instances --instance-ids {name} --auto-scaling-group-name "
            f"{group} --no-should-decrement-desired-capacity{words.region}",
        )
    yield words.action(
        "Keep the disk and the memory",
        "They alone tell what ran there. Stopping or ending the machine loses its memory: take "
        "that first, with the tool that the team has.",
        f"aws ec2 modify-instance-attribute --instance-id {name} --disable-api-termination"
        f"{words.region}",
        f"aws ec2 create-snapshots --instance-specification InstanceId={name} --description "
        f"incident --copy-tags-from-source volume{words.region}",
    )
    yield _cut_off(estate, words, name)
    if isinstance(node, Service) and node.role is not None:
        yield _without_role(words, name)
    yield from its_role(estate, node)


def _cut_off(estate: Estate, words: Words, name: str) -> Action:
    network = _network(estate, words.node)
    vpc = words.of("id", "VPC_ID", network) if network else words.of("vpc_id", "VPC_ID")
    words.lacks["QUARANTINE"] = "the id that the first command answers"
    return words.action(
        "Cut it off by a security group without rules",
        "Nothing new comes in or goes out, and the machine runs on for those who look at it. "
        "Connections that are open may outlive the change: deny the subnet's traffic in its "
        "network ACL too if they must end now.",
        f"aws ec2 create-security-group --group-name incident-quarantine --description incident "
        f"--vpc-id {vpc}{words.region}",
        f'aws ec2 revoke-security-group-egress --group-id "$QUARANTINE" --ip-permissions '
        f"{shlex.quote(ALL_OUT)}{words.region}",
        f'aws ec2 modify-instance-attribute --instance-id {name} --groups "$QUARANTINE"'
        f"{words.region}",
    )


def _without_role(words: Words, name: str) -> Action:
    words.lacks["ASSOCIATION_ID"] = "what the first command answers"
    return words.action(
        "Take its role away",
        "The metadata service then gives it no new keys. Those that were taken live on for hours: "
        "the next step ends them.",
        f"aws ec2 describe-iam-instance-profile-associations --filters "
        f"Name=instance-id,Values={name}{words.region}",
        f'aws ec2 disassociate-iam-instance-profile --association-id "$ASSOCIATION_ID"'
        f"{words.region}",
    )


def function(estate: Estate, node: Node) -> Iterator[Action]:
    """Keep the code, let it run no more, end its role's sessions."""
    words = Words(node)
    name = words.of("function_name", "FUNCTION_NAME")
    yield words.action(
        "Keep the code and the settings as they are",
        "An attacker may have changed them; the answer has an address of the code, which is good "
        "for ten minutes.",
        f"aws lambda get-function --function-name {name}{words.region} > function.json",
        f"aws lambda get-policy --function-name {name}{words.region} > function-policy.json",
    )
    yield words.action(
        "Let it run no more",
        "With no concurrency nobody can call it, by whatever way, and nothing of it is lost.",
        f"aws lambda put-function-concurrency --function-name {name} "
        f"--reserved-concurrent-executions 0{words.region}",
    )
    yield from its_role(estate, node)


def container(estate: Estate, node: Node) -> Iterator[Action]:
    """Keep what the tasks are, stop them, end their role's sessions."""
    words = Words(node)
    cluster, name = words.of("cluster", "CLUSTER"), words.of("name", "SERVICE")
    yield words.action(
        "Keep what the tasks are and what they said",
        "A task that is stopped is gone within the hour, with its disk. Copy out what is needed "
        "while it runs.",
        f"aws ecs list-tasks --cluster {cluster} --service-name {name}{words.region} > tasks.json",
        f"aws ecs describe-services --cluster {cluster} --services {name}{words.region} "
        "> service.json",
    )
    yield words.action(
        "Stop its tasks",
        "New ones would run the same image with the same flaw.",
        f"aws ecs update-service --cluster {cluster} --service {name} --desired-count 0"
        f"{words.region}",
    )
    yield from its_role(estate, node)


def _network(estate: Estate, node: Node) -> Node | None:
    """The VPC of a service."""
    interfaces = node.interfaces if isinstance(node, Service) else ()
    subnet = estate.index.get(interfaces[0].subnet, Subnet) if interfaces else None
    return estate.index.by_id.get(subnet.vpc) if subnet and isinstance(subnet.vpc, str) else None
