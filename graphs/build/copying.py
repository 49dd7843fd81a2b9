"""The ways to a copy of a store that somebody then reads: what each takes, what is in its way."""

from graphs.build.callers import ANYTHING, Caller, likeliest
from graphs.build.handing import PASS
from graphs.build.structure import Drawing
from graphs.evidence import Step
from graphs.identity.evaluate import Permission
from graphs.identity.glob import FRESH
from graphs.identity.keys import Given
from graphs.identity.principals import trusts_service
from graphs.identity.search import refused, together
from graphs.network.filters import unread
from graphs.nodes import Bucket, Database, DataStore, Key, Role, Store
from graphs.unknown import NO, Text, cannot_tell, text

_GRANT = "kms:CreateGrant"
_SHARING = ("SnapshotAttribute", "ImageAttribute", "SnapshotAccess", "elasticache:CopySnapshot")
_SCAN, _RESTORE, _EXPORT = (
    f"dynamodb:{name}" for name in ("Scan", "RestoreTableFromBackup", "ExportTableToPointInTime")
)


def copying(caller: Caller, store: DataStore, way: tuple[str, ...]) -> list[Permission]:
    """One way to a copy. What is encrypted with a key of one's own takes a grant of the key to be
    restored; a copy that is encrypted is not shared here, since its key had to be as well, and
    cannot be with the key that AWS keeps for the account.

    Amazon RDS User Guide, "Encrypting Amazon RDS resources", "Sharing encrypted snapshots".
    """
    needed = _begun(caller, store, way)
    if not all(each.answer.possible for each in needed):
        return needed
    if way[0] == _EXPORT:
        return [*needed, _recorded(store)]
    if isinstance(store, Bucket):
        return [*needed, Permission("", store.versioned)]
    shared = way[-1].endswith(_SHARING)
    return [*needed, *([_unsealed(store)] if shared else _unlocked(caller, store, way))]


def _begun(caller: Caller, store: DataStore, way: tuple[str, ...]) -> list[Permission]:
    """The calls: the first on the store, unless that is a database of which a copy is there."""
    copying = way[0].partition(":")[2].startswith(("Create", "Export")) and "Volume" not in way[0]
    calls = [action for action in way if action != PASS]
    if isinstance(store, Database) and not copying:
        needed = [_there(store), *(caller.may((action,)) for action in calls)]
    else:
        rest = [caller.may((each,), _restored(store, each)) for each in calls[1:]]
        needed = [caller.may((calls[0],), store), *rest]
    if not all(each.answer.possible for each in needed):
        return needed  # before all roles are looked at for one to pass on
    services = (service for call, service in _SERVICES.items() if call in way)
    return [*needed, *(_handed(caller, store, service) for service in services)]


def _handed(caller: Caller, store: DataStore, service: str) -> Permission:
    """Whether there is a role that may be passed on to a service, by which the service writes what
    it copies into a bucket of anybody's."""
    drawing, found = caller.drawing, [refused("No role does this")]
    given: Given = {"iam:PassedToService": service}
    can = drawing.permissions.can
    for role, trusted in _trusting(drawing, service):
        does = [can(role.id, action, _OUT) for action in _WRITES[service]]
        does += [can(role.id, _VERSIONS, store)] if isinstance(store, Bucket) else []
        found.append(together([can(caller.holder.id, PASS, role, given), trusted, *does]))
    return likeliest(found)


def _trusting(drawing: Drawing, service: str) -> tuple[tuple[Role, Permission], ...]:
    """The roles that a service may act as: asked once for all callers and stores."""
    if service not in drawing.trusting:
        roles = drawing.index.of(Role)
        every = ((role, trusts_service(drawing.permissions, role, service)) for role in roles)
        drawing.trusting[service] = tuple(pair for pair in every if pair[1].answer.possible)
    return drawing.trusting[service]


_EXPORTER, _REPLICATOR = "export.rds.amazonaws.com", "s3.amazonaws.com"
_SERVICES = {"rds:StartExportTask": _EXPORTER, "s3:PutReplicationConfiguration": _REPLICATOR}
_WRITES = {_EXPORTER: ("s3:PutObject",), _REPLICATOR: ("s3:ReplicateObject",)}
_VERSIONS = "s3:GetObjectVersionForReplication"
_OUT = f"arn:aws:s3:::{FRESH}/{FRESH}"
"""An object in a bucket of the attacker's."""


def _restored(store: DataStore, action: str) -> Text:
    """What a call is about: a table of a new name, or whatever one likes."""
    if action in (_SCAN, _RESTORE):
        where = (store.scope.region, ":", store.scope.account)
        return text(("arn:aws:dynamodb:", *where, ":table/", FRESH))
    return ANYTHING


def _there(database: DataStore) -> Permission:
    """Whether there is a snapshot already."""
    copied = database.copied if isinstance(database, Database) else NO
    claim = f"A snapshot of {database.name} {'is' if copied.certain else 'may be'} there"
    return Permission("", copied, evidence=(Step(claim, database.proof(), copied.because),))


def _recorded(table: DataStore) -> Permission:
    """Whether a table can be exported: its changes have to be recorded all the time."""
    on = table.recorded if isinstance(table, Store) else NO
    step = Step(f"{table.name} can be restored to any second", table.proof(), on.because)
    return Permission("", on, evidence=(step,))


def _unsealed(store: DataStore) -> Permission:
    bare = ~store.encrypted
    claim = f"The storage of {store.name} {'is' if bare.certain else 'may be'} not encrypted"
    name = "storage_encrypted" if isinstance(store, Database) else "encrypted"
    step = Step(claim, store.proof(name), bare.because)
    return Permission("", bare, evidence=(step,))


def _unlocked(caller: Caller, store: DataStore, way: tuple[str, ...]) -> list[Permission]:
    """What a key of one's own has to allow: to be used for a new disk, or to decrypt."""
    if store.key is None or (~store.encrypted).certain:
        return []
    key = caller.drawing.index.get(store.key, Key)
    if key is None:
        return [Permission("", cannot_tell(unread(store.key)))]
    action = "kms:Decrypt" if _SCAN in way or "ebs:GetSnapshotBlock" in way else _GRANT
    return [caller.may_on((action,), key)]
