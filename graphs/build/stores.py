"""Databases, buckets, secrets and keys, each with the satellites that guard it."""

from dataclasses import replace

from graphs.build import (
    classes,
    credentials,
    encryption,
    filters,
    grants,
    interfaces,
    keeping,
    policies,
    read,
)
from graphs.build.declared import DataRule
from graphs.build.draft import Draft
from graphs.build.encryption import DATABASES
from graphs.build.literals import holds_secret, is_secret_name
from graphs.nodes import (
    Database,
    Exposure,
    Interface,
    Key,
    Ref,
    Secret,
)
from graphs.resource import Address, Resource, Source
from graphs.unknown import (
    YES,
    Answer,
    Cause,
    Referent,
    Unknown,
)

BUCKET, KEY = "aws_s3_bucket", "aws_kms_key"
KEPT = frozenset(("secrets",))
PARAMETERS = ("aws_ssm_parameter",)
SECRETS = ("aws_secretsmanager_secret", *PARAMETERS)
KEPT_BY_AWS = ("manage_master_user_password", "manage_master_password")
PORTS = {
    "postgres": 5432,
    "mysql": 3306,
    "mariadb": 3306,
    "oracle": 1521,
    "sqlserver": 1433,
    "db2": 50000,
}


def lower(draft: Draft, rules: tuple[DataRule, ...]) -> None:
    """Make what holds data."""
    for resource in draft.all(KEY):
        draft.add(_key(draft, resource))
    for resource in draft.all(*SECRETS):
        draft.add(_secret(draft, resource, rules))
    for resource in draft.all(*DATABASES):
        draft.add(_database(draft, resource, rules))


def _key(draft: Draft, resource: Resource) -> Key:
    own = policies.policy_at(draft, resource, "policy", "key policy")
    links = draft.satellites("aws_kms_key_policy", "key_id", KEY).get(resource.id, ())
    extra = (policies.policy_at(draft, r, "policy", "key policy") for r in links)
    return Key(
        source=resource,
        id=resource.id,
        arn=draft.arn(resource),
        policies=tuple(p for p in (own, *extra) if p),
        grants=grants.grants(draft, resource),
        rotates=read.boolean(resource, "enable_key_rotation", default=False),
    )


def key_ref(draft: Draft, resource: Resource, name: str) -> "Ref | None":
    """The key that an attribute names, by key or by alias."""
    return key_named(draft, resource, read.raw(resource, name))


def key_named(draft: Draft, resource: Resource, value: object) -> "Ref | None":
    """The key that a value names, by key or by alias; None for one that AWS keeps for a service,
    which whoever may use the service may use (KMS developer guide, "AWS managed keys")."""
    if isinstance(value, str) and "alias/aws/" in value:
        return None
    found = draft.ref(resource, value, KEY, "aws_kms_alias")
    if isinstance(found, str) and draft.by_id[found].type == "aws_kms_alias":
        return draft.ref_at(draft.by_id[found], "target_key_id", KEY)
    return found


def _secret(draft: Draft, resource: Resource, rules: tuple[DataRule, ...]) -> Secret:
    versions = draft.satellites("aws_secretsmanager_secret_version", "secret_id", *SECRETS)
    texts = [
        read.raw(r, name)
        for r in (resource, *versions.get(resource.id, ()))
        for name in ("secret_string", "value", "secret_string_wo")
    ]
    texts += _read_back(draft, resource)
    links = draft.satellites("aws_secretsmanager_secret_policy", "secret_arn", *SECRETS)
    found = (policies.policy_at(draft, r, "policy") for r in links.get(resource.id, ()))
    own = policies.policy_at(draft, resource, "policy")
    opens = tuple(sorted({n for t in texts for n in credentials.reveals(draft, t)}))
    kinds, reason = classes.declared_or_tagged(resource, rules) or (KEPT, "a secret")
    if kinds == KEPT and not opens and _is_setting(resource, texts):
        kinds, reason = frozenset(), ""
    return Secret(
        source=resource,
        id=resource.id,
        arn=draft.arn(resource),
        kind="parameter" if resource.type in PARAMETERS else "secret",
        classes=kinds,
        class_reason=reason,
        encrypted=YES,
        key=key_ref(draft, resource, "key_id" if resource.type in PARAMETERS else "kms_key_id"),
        policies=tuple(p for p in (own, *found) if p),
        opens=opens,
        hides=credentials.hidden(resource, texts),
        renewed=keeping.renewed(draft, resource),
    )


def _is_setting(resource: Resource, texts: list[object]) -> bool:
    """Whether it is a parameter that its owner does not hide, nor calls a secret, nor writes one
    into; AWS Systems Manager User Guide, "SecureString parameters"."""
    kind, name = read.word(resource, "type"), read.text(resource, "name")
    if kind not in ("String", "StringList") or resource.type not in PARAMETERS:
        return False
    called = name if isinstance(name, str) else f"{name} {resource.address.name}"
    return not is_secret_name(called) and not any(
        holds_secret(str(said)) for said in texts if said is not None
    )


def _read_back(draft: Draft, secret: Resource) -> list[Unknown]:
    """Its text as data sources of this code hand it on."""
    readers = {"aws_secretsmanager_secret_version": "secret_id", "aws_ssm_parameter": "name"}
    return [
        Unknown(Cause.DATA, f"{r.id}.{name}", (Referent(r.id, name),))
        for r in draft.resources
        if r.address.mode == "data" and r.type in readers
        if draft.ref_at(r, readers[r.type], *SECRETS) == secret.id
        for name in ("secret_string", "value")
    ]


def _database(draft: Draft, resource: Resource, rules: tuple[DataRule, ...]) -> Database:
    engine = read.word(resource, "engine")
    kinds, reason = classes.classify(
        resource,
        (read.raw(resource, "identifier"), read.raw(resource, "cluster_identifier")),
        rules,
    )
    public = _public(draft, resource)
    days = read.number(resource, "backup_retention_period")
    return Database(
        source=resource,
        id=resource.id,
        arn=draft.arn(resource),
        interfaces=_database_interfaces(draft, resource, public),
        classes=kinds,
        class_reason=reason,
        encrypted=encryption.encrypted(draft, resource),
        key=key_ref(draft, resource, "kms_key_id"),
        engine=engine,
        port=_port(resource, engine),
        public=public,
        iam_login=read.flag(resource, "iam_database_authentication_enabled", default=False),
        secrets=holders(draft, resource),
        backup_days=_days(resource) if days is None else days,
        copied=keeping.copied(draft, resource),
        spread=_spread(resource),
        locked=read.flag(resource, "deletion_protection", default=False),
    )


def _spread(resource: Resource) -> Answer:
    """A cluster keeps its data in three zones (Amazon Aurora User Guide, "Amazon Aurora storage";
    Amazon RDS User Guide, "Multi-AZ DB cluster deployments")."""
    if resource.type == "aws_rds_cluster":
        return YES
    return read.flag(resource, "multi_az", default=False)


def _days(resource: Resource) -> int:
    """A cluster keeps one day of backups by default, an instance none (provider docs)."""
    return 1 if resource.type == "aws_rds_cluster" else 0


def _port(resource: Resource, engine: "str | Unknown") -> "int | Unknown":
    said = read.number(resource, "port")
    if said is not None:
        return said
    if isinstance(engine, Unknown):
        return engine
    for name, port in PORTS.items():
        if name in engine:
            return port
    if engine.startswith("aurora"):
        return 3306
    return Unknown(Cause.EXPRESSION, f"{resource.id} has no port")


def _public(draft: Draft, database: Resource) -> Exposure:
    """Its own word, or that of a cluster's instances, where one is enough."""
    name = "publicly_accessible"
    members = draft.satellites("aws_rds_cluster_instance", "cluster_identifier", "aws_rds_cluster")
    said = [
        Exposure(read.flag(r, name, default=False) & r.exists, draft.proof(r, name))
        for r in (database, *members.get(database.id, ()))
    ]
    return max(said, key=lambda e: (e.open.certain, e.open.possible))


def _database_interfaces(
    draft: Draft, resource: Resource, exposure: Exposure
) -> tuple[Interface, ...]:
    groups = filters.group_refs(draft, resource, read.raw(resource, "vpc_security_group_ids"))
    subnets = interfaces.subnets_of_group(
        draft, resource, "db_subnet_group_name", "aws_db_subnet_group"
    )
    public = (exposure.open, exposure.proof)
    return tuple(
        interfaces.interface(
            draft,
            resource,
            s,
            groups,
            public=public,
            proof=draft.proof(resource, "db_subnet_group_name"),
        )
        for s in subnets
    )


def holders(draft: Draft, database: Resource) -> tuple[Ref, ...]:
    """The secrets that hold its password; RDS and Redshift keep one themselves when asked to."""
    _tie_kept_secret(draft, database)
    own = [s.id for s in draft.of(Secret) if database.id in s.opens]
    if any(read.flag(database, name, default=False).possible for name in KEPT_BY_AWS):
        made = _master_secret(draft, database)
        draft.add(made)
        own.append(made.id)
    return tuple(own)


def _tie_kept_secret(draft: Draft, database: Resource) -> None:
    """Let the secret that RDS keeps open its database, where an account tells which it is."""
    for block in read.blocks(database, "master_user_secret"):
        node = draft.nodes.get(str(draft.ref(database, block.get("secret_arn"), *SECRETS)))
        if isinstance(node, Secret):
            draft.add(replace(node, opens=(*node.opens, database.id)))


def _master_secret(draft: Draft, database: Resource) -> Secret:
    path = "master_user_secret[0].secret_arn"
    if database.type == "aws_redshift_cluster":
        path = "master_password_secret_arn"
    address = Address(
        database.address.module,
        "aws_secretsmanager_secret",
        f"{database.address.name}-master-password",
        database.address.key,
        "implied",
    )
    origin = database.origin
    source = Resource(
        address,
        "aws_secretsmanager_secret",
        {},
        database.scope,
        type(origin)(Source.IMPLIED, origin.line_of("manage_master_user_password")),
    )
    hole = Unknown(Cause.COMPUTED, f"{database.id}.{path}", (Referent(database.id, path),))
    return Secret(
        source=source,
        id=f"{database.id}.master_user_secret",
        arn=hole,
        classes=frozenset(("secrets",)),
        class_reason="a secret",
        encrypted=YES,
        key=key_ref(draft, database, "master_user_secret_kms_key_id"),
        opens=(database.id,),
        renewed=YES,  # every seven days (Amazon RDS User Guide, "Password management")
    )
