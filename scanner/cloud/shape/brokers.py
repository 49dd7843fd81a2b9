"""Message brokers: clusters of Kafka, and brokers of ActiveMQ and RabbitMQ."""

from collections.abc import Iterator

from graphs.resource import Resource
from scanner.cloud.shape.answers import Answers, Item
from scanner.cloud.shape.keys import own_key


def shape(answers: Answers) -> Iterator[Resource]:
    """Every broker."""
    yield from _brokers(answers)
    yield from _clusters(answers)


_ENGINES = {"ACTIVEMQ": "ActiveMQ", "RABBITMQ": "RabbitMQ"}
"""As Terraform writes them."""
_OF_BROKERS = ("publicly_accessible", "security_groups", "subnet_ids")


def _brokers(answers: Answers) -> Iterator[Resource]:
    call = "mq.describe_broker"
    for region, listed in answers.items("mq.list_brokers", "BrokerSummaries"):
        number, name, key = listed["BrokerId"], listed["BrokerName"], answers.local(region)
        values = {
            "id": number,
            "arn": listed.get("BrokerArn"),
            "broker_name": name,
            "engine_type": _ENGINES.get(listed.get("EngineType", ""), listed.get("EngineType")),
            "deployment_mode": listed.get("DeploymentMode"),
            **answers.detail((region, call, number), _broker, *_OF_BROKERS),
        }
        yield answers.make("aws_mq_broker", name, values, (region, call), key=key)


def _broker(said: Item) -> dict[str, object]:
    return {
        "publicly_accessible": said.get("PubliclyAccessible", False),
        "security_groups": said.get("SecurityGroups", []),
        "subnet_ids": said.get("SubnetIds", []),
        "tags": dict(said.get("Tags") or {}),
    }


def _clusters(answers: Answers) -> Iterator[Resource]:
    call = "kafka.list_clusters_v2"
    for region, said in answers.items(call, "ClusterInfoList"):
        name, key = said["ClusterName"], answers.local(region)
        values: dict[str, object] = {
            "cluster_name": name,
            "arn": said["ClusterArn"],
            "tags": dict(said.get("Tags") or {}),
        }
        kind = "aws_msk_cluster"
        if said.get("ClusterType") == "SERVERLESS":
            kind = "aws_msk_serverless_cluster"
            values["vpc_config"] = _places(said.get("Serverless") or {})
        else:
            values |= _provisioned(answers, said.get("Provisioned") or {})
        yield answers.make(kind, name, values, (region, call), key=key)


def _places(said: Item) -> list[dict[str, object]]:
    return [
        {
            "subnet_ids": place.get("SubnetIds", []),
            "security_group_ids": place.get("SecurityGroupIds", []),
        }
        for place in said.get("VpcConfigs", ())
    ]


def _provisioned(answers: Answers, said: Item) -> dict[str, object]:
    group = said.get("BrokerNodeGroupInfo") or {}
    public = (group.get("ConnectivityInfo") or {}).get("PublicAccess") or {}
    kept = (said.get("EncryptionInfo") or {}).get("EncryptionAtRest") or {}
    key = own_key(answers, kept.get("DataVolumeKMSKeyId"))
    return {
        "broker_node_group_info": [
            {
                "client_subnets": group.get("ClientSubnets", []),
                "security_groups": group.get("SecurityGroups", []),
                "connectivity_info": [
                    {"public_access": [{"type": public.get("Type", "DISABLED")}]}
                ],
            }
        ],
        "encryption_info": [{"encryption_at_rest_kms_key_arn": key}],
        "client_authentication": [_asked(said.get("ClientAuthentication") or {})],
    }


def _asked(said: Item) -> dict[str, object]:
    """The ways in which clients say who they are, as far as they are switched on."""
    sasl = said.get("Sasl") or {}
    tls = said.get("Tls") or {}
    signed = tls.get("CertificateAuthorityArnList", [])
    return {
        "sasl": [
            {
                "iam": (sasl.get("Iam") or {}).get("Enabled", False),
                "scram": (sasl.get("Scram") or {}).get("Enabled", False),
            }
        ],
        "tls": [{"certificate_authority_arns": signed}] if tls.get("Enabled", bool(signed)) else [],
        "unauthenticated": (said.get("Unauthenticated") or {}).get("Enabled", False),
    }
