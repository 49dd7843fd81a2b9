"""Whatever listens or runs."""

from dataclasses import dataclass
from typing import NamedTuple

from graphs.addresses import ANY4, ANY6, Prefix
from graphs.evidence import Proof
from graphs.nodes.core import Exposure, Node, PolicyText, Ref
from graphs.nodes.network import Interface
from graphs.unknown import NO, YES, Answer, Text, Unknown

ANYWHERE: tuple["Prefix | Unknown", ...] = (ANY4, ANY6)


@dataclass(frozen=True, slots=True)
class Door:
    """A port, or from which to which, that AWS opens to the internet under a name of its own, past
    all interfaces, their routes and their groups. `sources` are whom it admits."""

    ports: tuple[int, int]
    open: Answer
    proof: Proof
    sources: tuple["Prefix | Unknown", ...] = ANYWHERE
    protocol: int = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Service(Node):
    """Anything that listens or runs code. `role` is what its code can act as."""

    interfaces: tuple[Interface, ...] = ()
    doors: tuple[Door, ...] = ()
    role: "Ref | None" = None
    settings: tuple["Setting", ...] = ()
    supplies: tuple["Supply", ...] = ()


@dataclass(frozen=True, slots=True)
class Supply:
    """Something that lies elsewhere and is run: an image, an archive, a script, a template.

    `kind` is what the catalogue of techniques calls it; `name` is for people. `store` is the
    repository, bucket or template that it lies in, where that was read. `taken` answers whether
    what is written anew is what runs next; `loose` is what lets it be replaced, if that is said.
    `besides` are calls that it takes on other things, with the ARNs of those.
    """

    kind: str
    name: str
    arn: Text
    proof: Proof
    store: "Ref | None" = None
    taken: Answer = YES
    loose: Proof | None = None
    besides: tuple[tuple[str, Text], ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """A piece of text that a service is started with: user data or an environment variable.

    `reveals` are the nodes whose secret value is inside it (a password, an access key);
    `literal` tells that a secret is written out in it. The text itself is not kept.
    """

    name: str
    proof: Proof
    reveals: tuple[Ref, ...] = ()
    literal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance(Service):
    """A virtual machine, or the template of a fleet of them (`fleet` is then its group's id)."""

    token_required: Answer
    """Whether the metadata service demands a session token (IMDSv2)."""
    fleet: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Container(Service):
    """A container service. `ports` are what its containers listen on; `role` is the task's.

    `hosts` are machines that it runs on, `escape` what leads from a container onto them.
    """

    ports: tuple[int, ...] = ()
    execution_role: "Ref | None" = None
    hosts: tuple["Host", ...] = ()
    escape: Exposure | None = None


@dataclass(frozen=True, slots=True)
class Host:
    """A machine, by id, that a container service runs on: `on` answers whether it does, `metadata`
    whether its containers get an answer of the machine's metadata service."""

    machine: str
    on: Answer
    metadata: Answer
    proof: Proof


@dataclass(frozen=True, slots=True)
class FunctionUrl:
    """An HTTPS address of a function. `open` means that no caller needs to sign."""

    open: Answer
    proof: Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class Function(Service):
    """A Lambda function; its interfaces are for its own outgoing connections only."""

    url: FunctionUrl | None = None
    policies: tuple[PolicyText, ...] = ()


class Target(NamedTuple):
    """A service behind a load balancer, and the port it listens on.

    `keeps_client` tells whether packets reach it with the client's address as their source.
    """

    service: Ref
    port: "int | Unknown"
    keeps_client: Answer = NO


@dataclass(frozen=True, slots=True)
class Listener:
    """A port of a load balancer and the services behind it."""

    protocol: "str | Unknown"
    port: "int | Unknown"
    targets: tuple[Target, ...]
    proof: Proof
    tls: "str | Unknown" = ""
    """Name of the policy that says which versions of TLS it speaks; "" where none says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Balancer(Service):
    """A load balancer. `kind` is application, network or classic."""

    kind: "str | Unknown"
    internal: "bool | Unknown"
    listeners: tuple[Listener, ...]
    cross_zone: Answer = YES
    """Whether its address in one zone leads to targets in others."""
    shielded: Answer = NO
    """Whether a web application firewall sees its requests first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegate(Node):
    """What acts as a role for its owner and is reached by calls alone: a stack, a job, a project.

    Unlike a Service it has no place in a network that anybody could connect to. `store` is where
    its text is read by whoever reads what is there: of an object its bucket.
    """

    role: "Ref | None" = None
    settings: tuple[Setting, ...] = ()
    store: "Ref | None" = None
    supplies: tuple[Supply, ...] = ()
    machines: tuple[tuple[str, Answer], ...] = ()
    """The machines that it brings code to, by the ids of their nodes, and whether it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Console(Node):
    """The serial console of the machines of an account and region. `on` answers whether it lets
    anybody in."""

    on: Answer


@dataclass(frozen=True, slots=True)
class Passage:
    """A service that is asked in answer to a request. `open` tells whether the request of somebody
    who says nothing about who they are gets through."""

    to: Ref
    open: Answer
    proof: Proof
    private: bool = False
    """Whether AWS leads there by a way of its own, and not over the internet."""
    caller: Text = ""
    """The ARN by which it is asked, where the front has an identity of its own for this."""
    canonical: Text = ""
    """The canonical user id of that identity."""


@dataclass(frozen=True, slots=True)
class Commander:
    """A principal that a cluster of Kubernetes lets in. `admin`: whether it may run any pod."""

    principal: Ref
    admin: Answer
    proof: Proof


@dataclass(frozen=True, slots=True)
class PodRole:
    """A role that the pods of a service account get, which `account` names with its namespace."""

    role: Ref
    account: str
    proof: Proof


@dataclass(frozen=True, slots=True)
class Kubernetes:
    """What is in a cluster: its `machines`, by the ids of their nodes, who commands it, and what
    its pods run as. `public` answers whether anybody on the internet can ask its API."""

    machines: tuple[str, ...] = ()
    commanders: tuple[Commander, ...] = ()
    pods: tuple[PodRole, ...] = ()
    public: Answer = NO
    entries: Answer = NO
    """Whether it lets in those whom an access entry names, and not only its config map."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Front(Service):
    """What AWS runs between callers and services: an API, a distribution, an accelerator, a proxy,
    the API of a cluster. `kind` is the word for it; nobody's own code runs on it.

    `ports` are what its interfaces listen on. `behind` is why it answers on no door of its own.
    """

    kind: str
    ports: tuple[int, ...] = ()
    passages: tuple[Passage, ...] = ()
    policies: tuple[PolicyText, ...] = ()
    behind: "Unknown | None" = None
    shielded: "Answer | None" = None
    """Whether a web application firewall sees its requests first; None where it cannot have one."""
    cluster: Kubernetes | None = None
    """Of the API of a cluster, what is behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload(Service):
    """What runs code or moves data for its owner on machines of AWS: a notebook, a build, a cluster
    for big data, a replication. `kind` is the word for it.

    `ports` are what its interfaces listen on: none, or None where nobody says. `signed_in` tells
    whether AWS asks callers who they are before any code of the owner's sees them.
    """

    kind: str
    ports: tuple[int, ...] | None = ()
    signed_in: bool = False
    proposals: Exposure | None = None
    """Whether it builds changes that strangers propose; None where it does not."""
    shielded: "Answer | None" = None
    """Whether a web application firewall sees its requests first; None where it cannot have one."""
