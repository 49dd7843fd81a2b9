"""Message brokers: clusters of Kafka, and brokers of ActiveMQ and RabbitMQ."""

from graphs.build import classes, filters, interfaces, read, stores, vpc
from graphs.build.declared import DataRule
from graphs.build.draft import Draft
from graphs.nodes import Database, Door, Exposure, Interface
from graphs.resource import Resource
from graphs.unknown import NO, YES, Answer, Unknown, answer, any_of, cannot_tell, known

MSK, SERVERLESS, BROKER = "aws_msk_cluster", "aws_msk_serverless_cluster", "aws_mq_broker"

# https://docs.aws.amazon.com/msk/latest/developerguide/port-info.html
PLAIN, TLS, SCRAM, IAM = 9092, 9094, 9096, 9098
PUBLIC = (9194, 9196, 9198)

# https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/amazon-mq-basic-elements.html
BROKER_PORTS = {"activemq": (61617, 5671, 61614, 8883, 61619, 8162), "rabbitmq": (5671, 443)}


def lower(draft: Draft, rules: tuple[DataRule, ...]) -> None:
    """Make the brokers."""
    for resource in draft.all(MSK):
        draft.add(_kafka(draft, resource, rules))
    for resource in draft.all(SERVERLESS):
        draft.add(_serverless(draft, resource, rules))
    for resource in draft.all(BROKER):
        draft.add(_broker(draft, resource, rules))


def _kafka(draft: Draft, resource: Resource, rules: tuple[DataRule, ...]) -> Database:
    group = read.first(resource, "broker_node_group_info")
    kinds, reason = classes.classify(resource, (read.raw(resource, "cluster_name"),), rules)
    public = _public(draft, resource, group)
    own = interfaces.in_subnets(
        draft, resource, group, "client_subnets", "security_groups", "broker_node_group_info[0]"
    )
    ports = (TLS, PLAIN, SCRAM, IAM, *(PUBLIC if public.open.possible else ()))
    return Database(
        source=resource,
        id=resource.id,
        arn=draft.arn(resource),
        interfaces=interfaces.published(own, public),
        classes=kinds,
        class_reason=reason,
        encrypted=YES,  # https://docs.aws.amazon.com/msk/latest/developerguide/msk-encryption.html
        key=stores.key_named(
            draft,
            resource,
            read.first(resource, "encryption_info").get("encryption_at_rest_kms_key_arn"),
        ),
        kind="message broker",
        engine="kafka",
        port=ports[0],
        more_ports=ports[1:],
        public=public,
        iam_login=NO,
        guarded=_asks(resource),
        backup_days=None,
        spread=YES,  # brokers are spread over the subnets of two zones at least
        locked=None,
    )


def _public(draft: Draft, resource: Resource, group: read.Block) -> Exposure:
    """Brokers have public addresses only when they are told to have their own."""
    access = read.first(read.first(group, "connectivity_info"), "public_access")
    kind = read.word(access, "type", "DISABLED")
    proof = draft.proof(resource, "broker_node_group_info[0].connectivity_info")
    if isinstance(kind, Unknown):
        return Exposure(cannot_tell(kind), proof)
    return Exposure(known(kind == "SERVICE_PROVIDED_EIPS"), proof)


def _asks(resource: Resource) -> Answer:
    """Clients need no name unless some way of giving one is switched on and theirs is off.

    https://docs.aws.amazon.com/msk/latest/developerguide/kafka_apis_iam.html
    """
    block = read.first(resource, "client_authentication")
    sasl = read.first(block, "sasl")
    ways = [answer(read.boolean(sasl, name, default=False)) for name in ("iam", "scram")]
    ways.append(read.has(block, "tls"))
    anonymous = answer(read.boolean(block, "unauthenticated", default=False))
    return any_of(ways) & ~anonymous


def _serverless(draft: Draft, resource: Resource, rules: tuple[DataRule, ...]) -> Database:
    kinds, reason = classes.classify(resource, (read.raw(resource, "cluster_name"),), rules)
    own: tuple[Interface, ...] = ()
    for number, block in enumerate(read.blocks(resource, "vpc_config")):
        path = f"vpc_config[{number}]"
        own += interfaces.in_subnets(
            draft, resource, block, "subnet_ids", "security_group_ids", path
        )
    return Database(
        source=resource,
        id=resource.id,
        arn=draft.arn(resource),
        interfaces=own,
        classes=kinds,
        class_reason=reason,
        encrypted=YES,
        kind="message broker",
        engine="kafka",
        port=IAM,
        public=Exposure(NO, draft.proof(resource)),
        iam_login=NO,
        backup_days=None,
        spread=YES,
        locked=None,
    )


def _broker(draft: Draft, resource: Resource, rules: tuple[DataRule, ...]) -> Database:
    engine = read.word(resource, "engine_type")
    kinds, reason = classes.classify(resource, (read.raw(resource, "broker_name"),), rules)
    said = read.flag(resource, "publicly_accessible", default=False)
    public = Exposure(said, draft.proof(resource, "publicly_accessible"))
    name = engine.lower() if isinstance(engine, str) else ""
    ports = BROKER_PORTS.get(name, BROKER_PORTS["activemq"])
    mode = read.word(resource, "deployment_mode", "SINGLE_INSTANCE")
    bare = name == "rabbitmq" and said.certain
    return Database(
        source=resource,
        id=resource.id,
        arn=draft.arn(resource),
        interfaces=() if bare else _of_broker(draft, resource, public),
        doors=tuple(Door((port, port), said, public.proof) for port in ports) if bare else (),
        classes=kinds,
        class_reason=reason,
        encrypted=YES,
        kind="message broker",
        engine=engine,
        port=engine if isinstance(engine, Unknown) else ports[0],
        more_ports=ports[1:],
        public=public,
        iam_login=NO,
        backup_days=None,
        spread=cannot_tell(mode) if isinstance(mode, Unknown) else known(mode != "SINGLE_INSTANCE"),
        locked=None,
    )


def _of_broker(draft: Draft, resource: Resource, public: Exposure) -> tuple[Interface, ...]:
    """A public broker of RabbitMQ alone has no place in a VPC, and no groups.

    https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/using-amazon-mq-securely.html
    """
    groups = filters.group_refs(draft, resource, read.raw(resource, "security_groups"))
    found = draft.refs_at(resource, "subnet_ids", *vpc.SUBNET_TYPES)
    made = tuple(
        interfaces.interface(draft, resource, s, groups, proof=draft.proof(resource, "subnet_ids"))
        for s in found or (vpc.default_subnet(draft, resource),)
    )
    return interfaces.published(made, public)
