"""Managed stores that are reached by network: warehouses, caches, document and graph databases.

Each is one row: which attributes say where it sits, whom it lets in, and how it keeps what it has.
What a row leaves out, the service does not know. Ports and defaults are those that AWS documents.
"""

from dataclasses import dataclass

from graphs.build import classes, filters, interfaces, read, stores, vpc
from graphs.build.declared import DataRule
from graphs.build.draft import Draft
from graphs.nodes import Database, Exposure, Interface, Ref
from graphs.resource import Resource
from graphs.unknown import NO, YES, Answer, Cause, Unknown, answer, any_of, cannot_tell, known


@dataclass(frozen=True, slots=True)
class Row:
    """How a Terraform type says what a Database is. Names are those of its attributes.

    `engine` is an attribute, or the engine itself where there is no such attribute. `encrypted` is
    None where everything is encrypted, else an attribute that is off where it is left out. `days`
    is the attribute and what it is by default.
    """

    kind: str
    name: str
    engine: str
    port: int
    groups: str = "security_group_ids"
    home: tuple[str, str] | None = None
    """The attribute that names a group of subnets, and its type."""
    subnets: str = "subnet_ids"
    public: str = ""
    encrypted: str | None = None
    key: str = "kms_key_id"
    days: tuple[str, int] | None = None
    spread: str = ""
    locked: str = ""
    iam_login: str = ""
    more_ports: tuple[int, ...] = ()


_SNAPSHOTS = ("snapshot_retention_limit", 0)

ROWS = {
    # Amazon Redshift Management Guide, "Managing clusters"; the provider encrypts by default.
    "aws_redshift_cluster": Row(
        "warehouse",
        "cluster_identifier",
        "redshift",
        5439,
        "vpc_security_group_ids",
        ("cluster_subnet_group_name", "aws_redshift_subnet_group"),
        public="publicly_accessible",
        encrypted="encrypted",
        days=("automated_snapshot_retention_period", 1),
        spread="multi_az",
    ),
    # Recovery points are made every half hour and kept for a day, encrypted.
    "aws_redshiftserverless_workgroup": Row(
        "warehouse",
        "workgroup_name",
        "redshift",
        5439,
        public="publicly_accessible",
        days=("", 1),
    ),
    "aws_docdb_cluster": Row(
        "database",
        "cluster_identifier",
        "docdb",
        27017,
        "vpc_security_group_ids",
        ("db_subnet_group_name", "aws_docdb_subnet_group"),
        encrypted="storage_encrypted",
        days=("backup_retention_period", 1),
        locked="deletion_protection",
    ),
    "aws_neptune_cluster": Row(
        "database",
        "cluster_identifier",
        "neptune",
        8182,
        "vpc_security_group_ids",
        ("neptune_subnet_group_name", "aws_neptune_subnet_group"),
        encrypted="storage_encrypted",
        key="kms_key_arn",
        days=("backup_retention_period", 1),
        locked="deletion_protection",
    ),
    "aws_elasticache_cluster": Row(
        "cache",
        "cluster_id",
        "engine",
        6379,
        home=("subnet_group_name", "aws_elasticache_subnet_group"),
        encrypted="at_rest_encryption_enabled",
    ),
    "aws_elasticache_replication_group": Row(
        "cache",
        "replication_group_id",
        "engine",
        6379,
        home=("subnet_group_name", "aws_elasticache_subnet_group"),
        encrypted="at_rest_encryption_enabled",
    ),
    "aws_elasticache_serverless_cache": Row(
        "cache", "name", "engine", 6379, key="kms_key_id", more_ports=(6380,)
    ),
    "aws_memorydb_cluster": Row(
        "database",
        "name",
        "engine",
        6379,
        home=("subnet_group_name", "aws_memorydb_subnet_group"),
        key="kms_key_arn",
        days=_SNAPSHOTS,
    ),
    "aws_dax_cluster": Row(
        "cache",
        "cluster_name",
        "dax",
        8111,
        home=("subnet_group_name", "aws_dax_subnet_group"),
        encrypted="server_side_encryption",
    ),
}


def lower(draft: Draft, rules: tuple[DataRule, ...]) -> None:
    """Make the stores of the table."""
    for kind, row in ROWS.items():
        for resource in draft.all(kind):
            if not _is_member(resource):
                draft.add(_store(draft, resource, row, rules))


def _is_member(resource: Resource) -> bool:
    """Whether it is one node of a replication group, which is the store."""
    return read.raw(resource, "replication_group_id") is not None and resource.type == (
        "aws_elasticache_cluster"
    )


def _store(draft: Draft, resource: Resource, row: Row, rules: tuple[DataRule, ...]) -> Database:
    engine = read.word(resource, row.engine, "redis") if row.engine == "engine" else row.engine
    kinds, reason = classes.classify(resource, (read.raw(resource, row.name),), rules)
    public = _public(draft, resource, row)
    port = _port(resource, row, engine)
    return Database(
        source=resource,
        id=resource.id,
        arn=draft.arn(resource),
        interfaces=_interfaces(draft, resource, row, public),
        role=_role(draft, resource),
        classes=kinds,
        class_reason=reason,
        encrypted=_encrypted(resource, row, engine),
        key=stores.key_ref(draft, resource, row.key),
        kind=row.kind,
        engine=engine,
        port=port,
        more_ports=row.more_ports,
        public=public,
        iam_login=NO,
        guarded=_guarded(resource, engine),
        secrets=stores.holders(draft, resource),
        backup_days=_days(resource, row),
        spread=read.flag(resource, row.spread, default=False) if row.spread else None,
        locked=read.flag(resource, row.locked, default=False) if row.locked else None,
    )


def _port(resource: Resource, row: Row, engine: "str | Unknown") -> "int | Unknown":
    said = read.number(resource, "port")
    if said is not None:
        return said
    if isinstance(engine, Unknown):
        return engine
    if row.engine == "dax":
        return 9111 if read.word(resource, "cluster_endpoint_encryption_type") == "TLS" else 8111
    return 11211 if engine == "memcached" else row.port


def _days(resource: Resource, row: Row) -> "int | Unknown | None":
    if row.days is None:
        return None
    name, default = row.days
    said = read.number(resource, name) if name else None
    return default if said is None else said


def _public(draft: Draft, resource: Resource, row: Row) -> Exposure:
    if not row.public:
        return Exposure(NO, draft.proof(resource))
    said = read.flag(resource, row.public, default=False)
    return Exposure(said, draft.proof(resource, row.public))


def _interfaces(
    draft: Draft, resource: Resource, row: Row, public: Exposure
) -> tuple[Interface, ...]:
    groups = filters.group_refs(draft, resource, read.raw(resource, row.groups))
    if row.home:
        attribute, kind = row.home
        subnets = interfaces.subnets_of_group(draft, resource, attribute, kind)
    else:
        attribute = row.subnets
        found = draft.refs_at(resource, attribute, *vpc.SUBNET_TYPES)
        subnets = found or (vpc.default_subnet(draft, resource),)
    return tuple(
        interfaces.interface(
            draft,
            resource,
            subnet,
            groups,
            public=(public.open, public.proof),
            proof=draft.proof(resource, attribute),
        )
        for subnet in subnets
    )


def _role(draft: Draft, resource: Resource) -> "Ref | None":
    """What a warehouse may reach by itself, or a cache its table."""
    for name in ("default_iam_role_arn", "iam_role_arn"):
        found = draft.ref_at(resource, name, "aws_iam_role")
        if found is not None:
            return found
    roles = draft.refs_at(resource, "iam_roles", "aws_iam_role")
    return roles[0] if roles else None


def _encrypted(resource: Resource, row: Row, engine: "str | Unknown") -> Answer:
    """A cache for Valkey encrypts by default, one for Redis does not, one for memcached never.

    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/at-rest-encryption.html
    """
    if row.encrypted is None:
        return YES
    if row.encrypted == "server_side_encryption":
        block = read.first(resource, row.encrypted)
        return answer(read.boolean(block, "enabled", default=False))
    said = read.raw(resource, row.encrypted)
    if said is None and row.engine == "engine":
        return cannot_tell(engine) if isinstance(engine, Unknown) else known(engine == "valkey")
    return read.flag(resource, row.encrypted, default=resource.type == "aws_redshift_cluster")


def _guarded(resource: Resource, engine: "str | Unknown") -> Answer:
    """Whether it asks who connects.

    A cache does so with a token or a group of users; memcached never does. The open ACL of MemoryDB
    lets everyone in, and Neptune asks for signatures only when told to.
    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-redis.html
    https://docs.aws.amazon.com/memorydb/latest/devguide/clusters.acls.html
    https://docs.aws.amazon.com/neptune/latest/userguide/iam-auth.html
    """
    if resource.type == "aws_neptune_cluster":
        return read.flag(resource, "iam_database_authentication_enabled", default=False)
    if resource.type == "aws_memorydb_cluster":
        name = read.word(resource, "acl_name")
        return cannot_tell(name) if isinstance(name, Unknown) else known(name != "open-access")
    if not resource.type.startswith("aws_elasticache_"):
        return YES
    names = ("auth_token", "user_group_id", "user_group_ids")
    told = any_of(_said(read.raw(resource, name)) for name in names)
    if isinstance(engine, Unknown):
        return told & cannot_tell(engine)
    return told & known(engine != "memcached")


def _said(value: object) -> Answer:
    """Whether an attribute is set: what another resource computes is, what a variable is may be
    nothing."""
    if isinstance(value, Unknown) and value.cause is not Cause.COMPUTED:
        return cannot_tell(value)
    return known(value not in (None, "", ()))
