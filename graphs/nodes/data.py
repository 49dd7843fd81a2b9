"""What is worth stealing, and what guards it."""

from dataclasses import dataclass

from graphs.evidence import Proof
from graphs.nodes.core import Exposure, Node, PolicyText, Ref
from graphs.nodes.services import Service, Setting
from graphs.unknown import NO, YES, Answer, Text, Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class DataStore(Service):
    """Holds data. `classes` are its data classes (customer, employee, payment, health, secrets,
    state, backup, audit), from tags, name, type or pathwarden.yaml; empty when nothing says."""

    classes: frozenset[str] = frozenset()
    class_reason: str = ""
    encrypted: Answer
    key: "Ref | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Database(DataStore):
    """Whatever keeps data and is reached by network: a database, cache, search domain, file
    system or message broker. `kind` is the word for it.

    `secrets` are the Secret nodes that hold its password.
    """

    kind: str = "database"
    engine: "str | Unknown"
    port: "int | Unknown"
    more_ports: tuple[int, ...] = ()
    """What it listens on beside `port`."""
    public: Exposure
    iam_login: Answer
    guarded: Answer = YES
    """Whether it asks who connects. Where it does not, `policies` may."""
    signed: bool = False
    """Whether it hears signed requests alone, but for those that its policy admits."""
    policies: tuple[PolicyText, ...] = ()
    """Its own access policy, which says whose requests it hears, signed or not."""
    secrets: tuple[Ref, ...] = ()
    backup_days: "int | Unknown | None" = 0
    """How long automatic backups are kept; None where nothing is meant to be restored."""
    copied: Answer = NO
    """Whether a snapshot of it is there: one that was asked for, or an automatic one."""
    spread: "Answer | None" = NO
    """Whether it goes on when its availability zone is lost; None where nothing says."""
    locked: "Answer | None" = NO
    """Whether it refuses to be deleted; None where there is no such lock."""

    @property
    def ports(self) -> tuple["int | Unknown", ...]:
        """All ports that it listens on, the first one foremost."""
        return (self.port, *self.more_ports)


@dataclass(frozen=True, slots=True)
class Share:
    """Somebody outside of the account, by id, whom a copy is shared with."""

    principal: str
    exists: Answer
    proof: Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class Store(DataStore):
    """What keeps data and is reached by signed calls alone: a table, queue, topic, stream, image
    repository, vault, disk or snapshot. `kind` is the word for it.

    `lasting` tells whether it is there to keep things; a queue passes them on.
    """

    kind: str
    lasting: bool
    policies: tuple[PolicyText, ...] = ()
    shared: tuple[Share, ...] = ()
    copy_of: "Ref | None" = None
    recorded: Answer = NO
    """Whether all changes of a table are recorded, so that its past can be read."""


@dataclass(frozen=True, slots=True)
class PublicAccessBlock:
    """S3's four switches; undecided where the bucket may be older than April 2023.

    `proof` is where the bucket's own block says whether public policies count; None without one.
    `above` tells whether any switch is the account's, which the bucket cannot turn.
    """

    block_acls: Answer
    ignore_acls: Answer
    block_policy: Answer
    restrict: Answer
    proof: Proof | None = None
    above: Answer = NO


@dataclass(frozen=True, slots=True)
class Expiry:
    """A lifecycle rule that deletes what is `days` old and begins with `prefix`.

    `for_good` tells whether it deletes older versions too, where a bucket keeps any.
    """

    days: "int | Unknown"
    prefix: "str | Unknown"
    for_good: bool
    proof: Proof


@dataclass(frozen=True, slots=True)
class AccessGrant:
    """What an access control list gives to others than the owner.

    `who` is AllUsers, AuthenticatedUsers or an account's canonical user id; `right` is READ, WRITE,
    READ_ACP, WRITE_ACP or FULL_CONTROL. It is of the object `key`, or of the bucket where that is
    None; `doubt` is why it may not be there.
    """

    who: Text
    right: str
    proof: Proof
    key: "Text | None" = None
    doubt: Unknown | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket(DataStore):
    """An S3 bucket with its satellites."""

    bucket: Text
    policies: tuple[PolicyText, ...] = ()
    block: PublicAccessBlock
    grants: tuple[AccessGrant, ...] = ()
    acls_off: Answer = NO
    versioned: Answer
    logged: Answer
    locked: Answer = NO
    """Whether nobody can delete a version for a time (S3 Object Lock, in compliance mode)."""
    expiries: tuple[Expiry, ...] = ()
    states: tuple[Setting, ...] = ()
    """The states of Terraform in it whose secrets open something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret(DataStore):
    """A Secrets Manager secret or an SSM parameter, as `kind` says. `opens` are the nodes whose
    password it is; `classes` is empty where a parameter is no secret.

    `hides` is what a plan does not tell the origin of, so that it may be anybody's password.
    """

    kind: str = "secret"
    policies: tuple[PolicyText, ...] = ()
    opens: tuple[Ref, ...] = ()
    hides: "Unknown | None" = None
    renewed: "Answer | None" = None
    """Whether it is renewed on schedule; None where the service knows no such thing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key(Node):
    """A KMS key. No policy text means the default policy, which delegates to the account."""

    policies: tuple[PolicyText, ...] = ()
    grants: tuple[PolicyText, ...] = ()
    """Each as the one statement that it amounts to."""
    rotates: "bool | Unknown" = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarded(Node):
    """A resource that is known by a policy of its own: a queue, a topic, a registry.

    `service` is the prefix of the actions that its policy is about. `behind` is the bucket that an
    S3 access point leads to.
    """

    service: str
    policies: tuple[PolicyText, ...] = ()
    behind: "Ref | None" = None
