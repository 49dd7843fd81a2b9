"""File systems: where they can be mounted, and whether clients are asked who they are."""

from graphs.build import classes, filters, interfaces, policies, read, stores, vpc
from graphs.build.declared import DataRule
from graphs.build.draft import Draft
from graphs.nodes import Database, Exposure, Interface, PolicyText
from graphs.resource import Resource
from graphs.unknown import NO, YES, Answer, Cause, Unknown, cannot_tell, known

EFS, POLICY, TARGET = "aws_efs_file_system", "aws_efs_file_system_policy", "aws_efs_mount_target"
NFS = 2049

# Type of FSx: engine, and the ports that its clients use.
# https://docs.aws.amazon.com/fsx/latest/WindowsGuide/limit-access-security-groups.html
# https://docs.aws.amazon.com/fsx/latest/LustreGuide/limit-access-security-groups.html
FSX = {
    "aws_fsx_lustre_file_system": ("lustre", (988, 1018, 1019, 1020, 1021, 1022, 1023)),
    "aws_fsx_ontap_file_system": ("ontap", (NFS, 445, 3260, 443)),
    "aws_fsx_openzfs_file_system": ("openzfs", (NFS,)),
    "aws_fsx_windows_file_system": ("windows", (445, 5985)),
}


def lower(draft: Draft, rules: tuple[DataRule, ...]) -> None:
    """Make the file systems."""
    for resource in draft.all(EFS):
        draft.add(_efs(draft, resource, rules))
    for kind in FSX:
        for resource in draft.all(kind):
            draft.add(_fsx(draft, resource, rules))


def _efs(draft: Draft, resource: Resource, rules: tuple[DataRule, ...]) -> Database:
    """Without a policy of its own a file system lets in every client that reaches it.

    https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
    """
    named = (read.raw(resource, "creation_token"), resource.tags.get("Name"))
    kinds, reason = classes.classify(resource, named, rules)
    return Database(
        source=resource,
        id=resource.id,
        arn=draft.arn(resource),
        interfaces=_targets(draft, resource),
        classes=kinds,
        class_reason=reason,
        encrypted=read.flag(resource, "encrypted", default=False),
        key=stores.key_ref(draft, resource, "kms_key_id"),
        kind="file system",
        engine="nfs",
        port=NFS,
        public=Exposure(NO, draft.proof(resource)),
        iam_login=NO,
        guarded=NO,
        policies=_policies(draft, resource),
        backup_days=None,
        spread=known(read.raw(resource, "availability_zone_name") is None),
        locked=None,
    )


def _targets(draft: Draft, system: Resource) -> tuple[Interface, ...]:
    found = []
    for target in draft.satellites(TARGET, "file_system_id", EFS).get(system.id, ()):
        subnet = draft.ref_at(target, "subnet_id", *vpc.SUBNET_TYPES)
        if subnet is not None:
            groups = filters.group_refs(draft, target, read.raw(target, "security_groups"))
            own = read.addresses(read.raw(target, "ip_address"), read.raw(target, "ipv6_address"))
            found.append(interfaces.interface(draft, target, subnet, groups, addresses=own))
    return tuple(found)


def _policies(draft: Draft, system: Resource) -> tuple[PolicyText, ...]:
    links = draft.satellites(POLICY, "file_system_id", EFS).get(system.id, ())
    found = (policies.policy_at(draft, r, "policy", "file system policy") for r in links)
    return tuple(p for p in found if p)


def _fsx(draft: Draft, resource: Resource, rules: tuple[DataRule, ...]) -> Database:
    engine, ports = FSX[resource.type]
    kinds, reason = classes.classify(resource, (resource.tags.get("Name"),), rules)
    days = read.number(resource, "automatic_backup_retention_days")
    return Database(
        source=resource,
        id=resource.id,
        arn=draft.arn(resource),
        interfaces=interfaces.in_subnets(
            draft, resource, resource, "subnet_ids", "security_group_ids"
        ),
        classes=kinds,
        class_reason=reason,
        encrypted=YES,
        key=stores.key_ref(draft, resource, "kms_key_id"),
        kind="file system",
        engine=engine,
        port=ports[0],
        more_ports=ports[1:],
        public=Exposure(NO, draft.proof(resource)),
        iam_login=NO,
        guarded=_guarded(resource, engine),
        backup_days=(7 if engine == "windows" else 0) if days is None else days,
        spread=_spread(resource),
        locked=None,
    )


def _guarded(resource: Resource, engine: str) -> Answer:
    """Lustre knows clients by their addresses alone; Windows asks a directory. What the volumes of
    the others export to whom is their own affair."""
    if engine in ("lustre", "windows"):
        return known(engine == "windows")
    return cannot_tell(Unknown(Cause.MODEL, f"to whom the volumes of {resource.id} are exported"))


def _spread(resource: Resource) -> Answer:
    kind = read.word(resource, "deployment_type")
    return cannot_tell(kind) if isinstance(kind, Unknown) else known(kind.startswith("MULTI_AZ"))
