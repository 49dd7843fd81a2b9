"""What keeps data and is reached by signed calls alone: tables, queues, topics, streams, image
repositories, backup vaults."""

from collections.abc import Iterator, Mapping

from graphs.resource import Resource
from graphs.unknown import Unknown
from scanner.cloud.shape.answers import Answers, Item, last
from scanner.cloud.shape.keys import own_key


def shape(answers: Answers) -> Iterator[Resource]:
    """Each store, and the policy that may let others in."""
    for part in (_tables, _queues, _topics, _repositories, _shown, _streams, _vaults):
        yield from part(answers)


def _tables(answers: Answers) -> Iterator[Resource]:
    call = "dynamodb.describe_table"
    for region, name in answers.items("dynamodb.list_tables", "TableNames"):
        read, key = answers.about(call, region, str(name)), answers.local(region)
        said: Item | Unknown = read if isinstance(read, Unknown) else read["Table"]
        home = f"arn:{answers.partition}:dynamodb:{region}:{answers.swept.account}:table"
        values: dict[str, object] = {"name": name, "arn": f"{home}/{name}"}
        if isinstance(said, Unknown):
            values["server_side_encryption"] = said
        else:
            kept = said.get("SSEDescription") or {}
            named = own_key(answers, kept.get("KMSMasterKeyArn"))
            enabled = kept.get("Status") in ("ENABLED", "UPDATING")
            values["server_side_encryption"] = [{"enabled": enabled, "kms_key_arn": named}]
            values["deletion_protection_enabled"] = said.get("DeletionProtectionEnabled", False)
        values["tags"] = answers.tags_of(region, str(values["arn"]))
        yield answers.make("aws_dynamodb_table", str(name), values, (region, call), key=key)
        if not isinstance(said, Unknown):
            arn, kind = said["TableArn"], "aws_dynamodb_resource_policy"
            told = (region, "dynamodb.get_resource_policy", arn)
            yield from answers.policy(kind, {"resource_arn": arn}, told, "Policy", str(name))


def _queues(answers: Answers) -> Iterator[Resource]:
    call = "sqs.get_queue_attributes"
    for region, url in answers.items("sqs.list_queues", "QueueUrls"):
        name, key = last(str(url)), answers.local(region)
        read = answers.about(call, region, str(url))
        arn = f"arn:{answers.partition}:sqs:{region}:{answers.swept.account}:{name}"
        said = read.get("Attributes", {}) if isinstance(read, Mapping) else _all(read)
        values = {
            "name": name,
            "id": url,
            "url": url,
            "arn": arn,
            "policy": said.get("Policy") or None,
            "kms_master_key_id": said.get("KmsMasterKeyId") or None,
            "sqs_managed_sse_enabled": _flag(said.get("SqsManagedSseEnabled", "false")),
            "tags": answers.tags_of(region, arn),
        }
        yield answers.make("aws_sqs_queue", name, values, (region, call), key=key)


def _all(refused: Unknown) -> Mapping[str, object]:
    names = ("Policy", "KmsMasterKeyId", "SqsManagedSseEnabled")
    return dict.fromkeys(names, refused)


def _flag(said: object) -> object:
    return said if isinstance(said, Unknown) else said == "true"


def _topics(answers: Answers) -> Iterator[Resource]:
    call = "sns.get_topic_attributes"
    for region, topic in answers.items("sns.list_topics", "Topics"):
        arn, key = topic["TopicArn"], answers.local(region)
        name = arn.rpartition(":")[2]
        read = answers.about(call, region, arn)
        said = read.get("Attributes", {}) if isinstance(read, Mapping) else _all(read)
        values = {
            "name": name,
            "arn": arn,
            "policy": said.get("Policy") or None,
            "kms_master_key_id": said.get("KmsMasterKeyId") or None,
            "tags": answers.tags_of(region, arn),
        }
        yield answers.make("aws_sns_topic", name, values, (region, call), key=key)


def _repositories(answers: Answers) -> Iterator[Resource]:
    call = "ecr.describe_repositories"
    for region, repository in answers.items(call, "repositories"):
        name, key = repository["repositoryName"], answers.local(region)
        kept = repository.get("encryptionConfiguration") or {}
        values = {
            "name": name,
            "arn": repository["repositoryArn"],
            "encryption_configuration": [
                {
                    "encryption_type": kept.get("encryptionType"),
                    "kms_key": own_key(answers, kept.get("kmsKey")),
                }
            ],
            "tags": answers.tags_of(region, repository["repositoryArn"]),
        }
        yield answers.make("aws_ecr_repository", name, values, (region, call), key=key)
        told, of = (region, "ecr.get_repository_policy", name), {"repository": name}
        yield from answers.policy("aws_ecr_repository_policy", of, told, "policyText", name)


def _shown(answers: Answers) -> Iterator[Resource]:
    """Image repositories of the public gallery, which everybody reads."""
    call, kind = "ecr-public.describe_repositories", "aws_ecrpublic_repository"
    for region, said in answers.items(call, "repositories"):
        name, key = said["repositoryName"], answers.local(region)
        values = {"repository_name": name, "arn": said.get("repositoryArn")}
        yield answers.make(kind, name, values, (region, call), key=key)


def _streams(answers: Answers) -> Iterator[Resource]:
    call = "kinesis.describe_stream_summary"
    for region, name in answers.items("kinesis.list_streams", "StreamNames"):
        arn = f"arn:{answers.partition}:kinesis:{region}:{answers.swept.account}:stream/{name}"
        told = (region, call, str(name))
        values = {
            "name": name,
            "arn": arn,
            **answers.detail(told, lambda said: _stream(answers, said), "encryption_type"),
            "tags": answers.tags_of(region, arn),
        }
        key = answers.local(region)
        yield answers.make("aws_kinesis_stream", str(name), values, (region, call), key=key)
        told, of = (region, "kinesis.get_resource_policy", arn), {"resource_arn": arn}
        yield from answers.policy("aws_kinesis_resource_policy", of, told, "Policy", str(name))


def _stream(answers: Answers, answer: Item) -> dict[str, object]:
    said = answer["StreamDescriptionSummary"]
    key = own_key(answers, said.get("KeyId"))
    return {"encryption_type": said.get("EncryptionType", "NONE"), "kms_key_id": key}


def _vaults(answers: Answers) -> Iterator[Resource]:
    call = "backup.list_backup_vaults"
    for region, said in answers.items(call, "BackupVaultList"):
        name, arn, key = said["BackupVaultName"], said["BackupVaultArn"], answers.local(region)
        values = {
            "name": name,
            "arn": arn,
            "kms_key_arn": own_key(answers, said.get("EncryptionKeyArn")),
            "tags": answers.tags_of(region, arn),
        }
        yield answers.make("aws_backup_vault", name, values, (region, call), key=key)
        told, of = (
            (region, "backup.get_backup_vault_access_policy", name),
            {"backup_vault_name": name},
        )
        yield from answers.policy("aws_backup_vault_policy", of, told, "Policy", name)
