"""Whatever listens or runs."""

from dataclasses import dataclass
from typing import NamedTuple

from graphs.evidence import Proof
from graphs.nodes.core import Node, PolicyText, Ref
from graphs.nodes.network import Interface
from graphs.unknown import NO, YES, Answer, Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Service(Node):
    """Anything that listens or runs code. `role` is what its code can act as."""

    interfaces: tuple[Interface, ...] = ()
    role: "Ref | None" = None
    settings: tuple["Setting", ...] = ()


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
    """A container service. `ports` are what its containers listen on; `role` is the task's."""

    ports: tuple[int, ...] = ()
    execution_role: "Ref | None" = None


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

    Unlike a Service it has no place in a network that anybody could connect to.
    """

    role: "Ref | None" = None
    settings: tuple[Setting, ...] = ()
