"""What stands at the borders of LANs: inspecting firewalls, blocks, ways in for known people."""

from dataclasses import dataclass

from graphs.addresses import Prefix
from graphs.evidence import Proof
from graphs.nodes.core import Node, Ref
from graphs.nodes.network import Interface
from graphs.unknown import YES, Answer, Unknown


@dataclass(frozen=True, slots=True)
class FirewallRule:
    """One line of a network firewall: what it matches, and what becomes of that.

    `action` is pass, drop, forward (to the stateful rules) or alert. `only` is why a packet with
    these addresses and ports may not match all the same (its content, its source port).
    """

    action: "str | Unknown"
    protocols: tuple["int | Unknown", ...]
    """-1 is any."""
    sources: tuple["Prefix | Unknown", ...]
    destinations: tuple["Prefix | Unknown", ...]
    ports: tuple[tuple[int, int], ...]
    proof: Proof
    only: Unknown | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Firewall(Node):
    """An AWS Network Firewall with the rules of its policy, in order of evaluation.

    `endpoints` are the subnets that routes lead to it in, each with the endpoint's id if that is
    known. `strict` tells that stateful rules count in order, and not passes before drops. The
    rests are what becomes of what no rule matches.
    """

    vpc: Ref
    endpoints: tuple[tuple[Ref, str], ...]
    stateless: tuple[FirewallRule, ...]
    stateless_rest: "str | Unknown"
    stateful: tuple[FirewallRule, ...]
    stateful_rest: "str | Unknown"
    strict: "bool | Unknown" = False
    unread: tuple[Unknown, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InternetBlock(Node):
    """VPC Block Public Access of an account and region.

    `mode` is off, block-bidirectional or block-ingress. `exclusions` are VPCs and subnets, each
    with allow-bidirectional or allow-egress.
    """

    mode: "str | Unknown"
    exclusions: tuple[tuple[Ref, "str | Unknown"], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientVpn(Node):
    """A Client VPN endpoint: its users enter by its interfaces, with an address of theirs.

    `routes` are destinations, each with the subnet that they are reached by; `authorized` are the
    destinations that somebody may reach.
    """

    vpc: Ref
    clients: tuple["Prefix | Unknown", ...]
    interfaces: tuple[Interface, ...]
    routes: tuple[tuple["Prefix | Unknown", Ref], ...]
    authorized: tuple["Prefix | Unknown", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointService(Node):
    """A PrivateLink service: balancers that endpoints in other VPCs lead to."""

    balancers: tuple[Ref, ...]
    accepts: Answer = YES
    """Whether connections are accepted without anybody's doing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoreNetwork(Node):
    """A Cloud WAN core network; its segments are transit tables."""
