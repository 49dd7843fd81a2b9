"""Disks, and the copies of disks and databases that lie about, with whom they are shared."""

from collections.abc import Iterator

from graphs.resource import Resource
from graphs.unknown import Unknown
from scanner.cloud.shape.answers import Answers, Item, refusal, tags
from scanner.cloud.shape.compute import instances
from scanner.cloud.shape.keys import own_key

ALL = "block-all-sharing"


def shape(answers: Answers) -> Iterator[Resource]:
    """Disks, their snapshots, images of machines, snapshots of databases."""
    for part in (_disks, _snapshots, _images, _blocks, _of_databases, _of_clusters):
        yield from part(answers)


def _disks(answers: Answers) -> Iterator[Resource]:
    """Disks that stand by themselves: those that a machine starts from or that go with it code
    tells with the machine."""
    call = "ec2.describe_volumes"
    first = {(i["InstanceId"], i.get("RootDeviceName")) for _, i in instances(answers)}
    for region, said in answers.items(call, "Volumes"):
        held = said.get("Attachments", ())
        places = {(each.get("InstanceId"), each.get("Device")) for each in held}
        if not places & first and not any(each.get("DeleteOnTermination") for each in held):
            name, account = said["VolumeId"], answers.swept.account
            values = {
                "id": name,
                "arn": f"arn:{answers.partition}:ec2:{region}:{account}:volume/{name}",
                "encrypted": said.get("Encrypted", False),
                "kms_key_id": own_key(answers, said.get("KmsKeyId")),
                "tags": tags(said.get("Tags")),
            }
            yield answers.make("aws_ebs_volume", name, values, (region, call))


def _snapshots(answers: Answers) -> Iterator[Resource]:
    call, kind = "ec2.describe_snapshots", "aws_snapshot_create_volume_permission"
    for region, said in answers.items(call, "Snapshots"):
        name = said["SnapshotId"]
        values = {
            "id": name,
            "arn": f"arn:{answers.partition}:ec2:{region}::snapshot/{name}",
            "volume_id": said.get("VolumeId"),
            "encrypted": said.get("Encrypted", False),
            "kms_key_id": own_key(answers, said.get("KmsKeyId")),
            "tags": tags(said.get("Tags")),
        }
        yield answers.make("aws_ebs_snapshot", name, values, (region, call))
        told = (region, "ec2.describe_snapshot_attribute", name)
        yield from _shared(answers, kind, {"snapshot_id": name}, told, "CreateVolumePermissions")


def _images(answers: Answers) -> Iterator[Resource]:
    call, kind = "ec2.describe_images", "aws_ami_launch_permission"
    for region, said in answers.items(call, "Images"):
        name = said["ImageId"]
        values = {
            "id": name,
            "arn": f"arn:{answers.partition}:ec2:{region}::image/{name}",
            "name": said.get("Name"),
            "tags": tags(said.get("Tags")),
        }
        yield answers.make("aws_ami", name, values, (region, call))
        told = (region, "ec2.describe_image_attribute", name)
        yield from _shared(answers, kind, {"image_id": name}, told, "LaunchPermissions")


def _shared(
    answers: Answers, kind: str, of: dict[str, str], told: tuple[str, str, str], member: str
) -> Iterator[Resource]:
    """One resource for each account, or for everybody, that a copy is shared with."""
    region, call, name = told
    read = answers.about(call, region, name)
    if isinstance(read, Unknown):
        yield answers.make(kind, name, {**of, "account_id": read}, (region, call), doubt=read)
        return
    for said in read.get(member, ()):
        who = {"account_id": said.get("UserId"), "group": said.get("Group")}
        whom = said.get("UserId") or said.get("Group") or said.get("OrganizationArn", "unit")
        yield answers.make(kind, f"{name}/{whom}", {**of, **who}, (region, call))


def _blocks(answers: Answers) -> Iterator[Resource]:
    """What keeps copies from being public. To block new sharing leaves what is shared already."""
    for call, member, kind in (
        (
            "ec2.get_snapshot_block_public_access_state",
            "State",
            "aws_ebs_snapshot_block_public_access",
        ),
        (
            "ec2.get_image_block_public_access_state",
            "ImageBlockPublicAccessState",
            "aws_ec2_image_block_public_access",
        ),
    ):
        for answer in answers.of(call):
            name = answers.local(answer.region)
            if answer.refused:
                why = refusal(answers.swept.account, answer)
                yield answers.make(kind, name, {"state": why}, (answer.region, call), doubt=why)
            elif answer.data.get(member) == ALL:
                yield answers.make(kind, name, {"state": ALL}, (answer.region, call))


# Copies of databases: those that were asked for, which alone can be shared.


def _of_databases(answers: Answers) -> Iterator[Resource]:
    call, kind = "rds.describe_db_snapshots", "aws_db_snapshot"
    for region, said in answers.items(call, "DBSnapshots"):
        name = said["DBSnapshotIdentifier"]
        values = {
            "id": name,
            "db_snapshot_identifier": name,
            "arn": said.get("DBSnapshotArn"),
            "db_instance_identifier": said.get("DBInstanceIdentifier"),
            "encrypted": said.get("Encrypted", False),
            "kms_key_id": own_key(answers, said.get("KmsKeyId")),
            "tags": tags(said.get("TagList")),
            **_with(answers, "db", (region, "rds.describe_db_snapshot_attributes", name)),
        }
        yield answers.make(kind, name, values, (region, call), key=answers.local(region))


def _of_clusters(answers: Answers) -> Iterator[Resource]:
    call, kind = "rds.describe_db_cluster_snapshots", "aws_db_cluster_snapshot"
    for region, said in answers.items(call, "DBClusterSnapshots"):
        name = said["DBClusterSnapshotIdentifier"]
        values = {
            "id": name,
            "db_cluster_snapshot_identifier": name,
            "arn": said.get("DBClusterSnapshotArn"),
            "db_cluster_identifier": said.get("DBClusterIdentifier"),
            "encrypted": said.get("StorageEncrypted", False),
            "kms_key_id": own_key(answers, said.get("KmsKeyId")),
            "tags": tags(said.get("TagList")),
            **_with(
                answers, "db_cluster", (region, "rds.describe_db_cluster_snapshot_attributes", name)
            ),
        }
        yield answers.make(kind, name, values, (region, call), key=answers.local(region))


def _with(answers: Answers, what: str, told: tuple[str, str, str]) -> dict[str, object]:
    """The accounts that may restore a copy."""
    start = {"db": "DB", "db_cluster": "DBCluster"}[what]

    def accounts(answer: Item) -> dict[str, object]:
        listed = answer[f"{start}SnapshotAttributesResult"].get(f"{start}SnapshotAttributes", ())
        named = [a for each in listed if each.get("AttributeName") == "restore"
                 for a in each.get("AttributeValues", ())]  # fmt: skip
        return {"shared_accounts": named}

    return dict(answers.detail(told, accounts, "shared_accounts"))
