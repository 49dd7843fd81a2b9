"""File systems: where each is mounted, by whom, and how it keeps what it has."""

from collections.abc import Iterator, Mapping

from graphs.resource import Resource
from graphs.unknown import Unknown
from scanner.cloud.shape.answers import Answers, Item, tags
from scanner.cloud.shape.keys import own_key


def shape(answers: Answers) -> Iterator[Resource]:
    """Those of EFS, where each place to mount one is a resource of its own, and those of FSx."""
    yield from _shared(answers)
    yield from _systems(answers)


def _shared(answers: Answers) -> Iterator[Resource]:
    call = "efs.describe_file_systems"
    for region, system in answers.items(call, "FileSystems"):
        name, key = system["FileSystemId"], answers.local(region)
        values = {
            "id": name,
            "arn": system.get("FileSystemArn"),
            "creation_token": system.get("CreationToken"),
            "encrypted": system.get("Encrypted", False),
            "kms_key_id": own_key(answers, system.get("KmsKeyId")),
            "availability_zone_name": system.get("AvailabilityZoneName"),
            "tags": tags(system.get("Tags")),
        }
        yield answers.make("aws_efs_file_system", name, values, (region, call), key=key)
        yield from _mounts(answers, region, name)
        told = (region, "efs.describe_file_system_policy", name)
        of, kind = {"file_system_id": name}, "aws_efs_file_system_policy"
        yield from answers.policy(kind, of, told, "Policy", name)


def _mounts(answers: Answers, region: str, system: str) -> Iterator[Resource]:
    call, kind = "efs.describe_mount_targets", "aws_efs_mount_target"
    read, key = answers.about(call, region, system), answers.local(region)
    if isinstance(read, Unknown):
        values = {"file_system_id": system, "subnet_id": read, "security_groups": [read]}
        yield answers.make(kind, system, values, (region, call), key=key, doubt=read)
        return
    for target in read.get("MountTargets", ()):
        name = target["MountTargetId"]
        held = answers.about("efs.describe_mount_target_security_groups", region, name)
        values = {
            "id": name,
            "file_system_id": system,
            "subnet_id": target["SubnetId"],
            "ip_address": target.get("IpAddress"),
            "security_groups": held.get("SecurityGroups", [])
            if isinstance(held, Mapping)
            else [held],
        }
        yield answers.make(kind, name, values, (region, call), key=key)


_KINDS = ("Windows", "Lustre", "Ontap", "OpenZFS")


def _systems(answers: Answers) -> Iterator[Resource]:
    """Those of FSx. Its answer tells no security groups: they are those of its interfaces."""
    call = "fsx.describe_file_systems"
    for region, said in answers.items(call, "FileSystems"):
        name, key = said["FileSystemId"], answers.local(region)
        own: Item = next(
            (said[f"{k}Configuration"] for k in _KINDS if said.get(f"{k}Configuration")), {}
        )
        values = {
            "id": name,
            "arn": said.get("ResourceARN"),
            "subnet_ids": said.get("SubnetIds", []),
            "security_group_ids": _worn(answers, region, said),
            "deployment_type": own.get("DeploymentType"),
            "automatic_backup_retention_days": own.get("AutomaticBackupRetentionDays", 0),
            "kms_key_id": own_key(answers, said.get("KmsKeyId")),
            "tags": tags(said.get("Tags")),
        }
        kind = f"aws_fsx_{str(said['FileSystemType']).lower()}_file_system"
        yield answers.make(kind, name, values, (region, call), key=key)


def _worn(answers: Answers, region: str, system: Item) -> "list[str | Unknown]":
    call, named = "ec2.describe_network_interfaces", set(system.get("NetworkInterfaceIds", ()))
    nics = answers.items(call, "NetworkInterfaces")
    worn = [n for at, n in nics if at == region and n["NetworkInterfaceId"] in named]
    groups = dict.fromkeys(g["GroupId"] for nic in worn for g in nic.get("Groups", ()))
    lost = answers.unlisted(f"{call} of {system['FileSystemId']} in {region}")
    return list(groups) if len(worn) == len(named) and worn else [*groups, lost]
