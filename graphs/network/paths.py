"""A way through the network, hop by hop: what routing gives and what filters then judge."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from graphs.addresses import Prefix
from graphs.evidence import Evidence, Proof, Step
from graphs.nodes import NatGateway, Node, NodeIndex, Ref, Route, VpnConnection
from graphs.unknown import NO, YES, Answer, Cause, Referent, Unknown, answer, cannot_tell


class End(StrEnum):
    """How a walk ends. SERVICE is one of AWS's, by a gateway endpoint; ANYWHERE is a hop that
    nothing is known of behind; RELAYED a second NAT gateway on the way."""

    VPC = "vpc"
    SITE = "site"
    INTERNET = "internet"
    SERVICE = "service"
    ANYWHERE = "anywhere"
    RELAYED = "relayed"
    NOWHERE = "nowhere"
    UNDER_WAY = "under way"


@dataclass(frozen=True, slots=True)
class Crossing:
    """A subnet border that packets pass, and so an ACL that they meet."""

    subnet: str
    inward: bool


@dataclass(frozen=True, slots=True)
class Screen:
    """A network firewall on the way. `translated` tells that it sees a NAT gateway's address."""

    firewall: str
    translated: bool = False


class Path(NamedTuple):
    """A way that some destinations take, so far or to its end.

    `at` is the subnet the packet was last in, "" at a VPC's border. `goal` is the VPC, site or
    gateway at the end. `groups` tells whether the ends know each other's security groups.
    `needs` are conditions under which something on the way exists. A tuple, since walks make many.
    """

    prefix: Prefix
    origin: Ref
    toward: Ref = ""
    zone: "str | Unknown | None" = None
    at: str = ""
    end: End = End.UNDER_WAY
    goal: Ref = ""
    crossings: tuple[Crossing, ...] = ()
    steps: Evidence = ()
    groups: Answer = YES
    certain: bool = True
    because: frozenset[Unknown] = frozenset()
    needs: frozenset[Unknown] = frozenset()
    nat: str = ""
    seen: frozenset[str] = frozenset()
    foreign: Answer = NO
    """Whether it passes a VPC that it did not start in."""
    outgoing_only: bool = False
    started: str = ""
    """The subnet from whose routes a NAT gateway took it."""
    screens: tuple[Screen, ...] = ()
    before: "Path | None" = None
    """The path as far as the NAT gateway that took it."""


def doubted(path: Path, condition: Answer) -> Path:
    """The path, no longer certain where the condition is not."""
    if condition.certain:
        return path
    return path._replace(certain=False, because=path.because | condition.because)


def stepped(path: Path, claim: str, proof: Proof | None = None) -> Path:
    """The path with one more claim."""
    return path._replace(steps=(*path.steps, Step(claim, proof)))


def dropped(path: Path, claim: str, proof: Proof | None = None) -> Path:
    """The path, ended by what the claim says."""
    return stepped(path, claim, proof)._replace(end=End.NOWHERE, goal="")


def anywhere(path: Path, *because: Unknown, groups: Answer | None = None) -> Path:
    """The path, ended at something that may lead to any place."""
    doubt = cannot_tell(*because)
    ended = path._replace(end=End.ANYWHERE, goal="", groups=doubt if groups is None else groups)
    return doubted(ended, doubt)


def crossed(path: Path, subnet: str) -> Path:
    """The path after it goes into a subnet; ACLs are met only when the subnet changes."""
    if path.at == subnet:
        return path
    passed = path.crossings if not path.at else (*path.crossings, Crossing(path.at, inward=False))
    inward = (Crossing(subnet, inward=True),) if subnet else ()
    return path._replace(at=subnet, crossings=passed + inward)


def given(path: Path, node: Node) -> Path:
    """The path, which needs this node to exist."""
    return path if node.exists.certain else path._replace(needs=path.needs | node.exists.because)


def same(left: Ref, right: Ref) -> Answer:
    """Whether two references lead to one node; two Unknowns prove nothing."""
    if isinstance(left, str) and isinstance(right, str):
        return YES if left == right else NO
    return cannot_tell(*(r for r in (left, right) if isinstance(r, Unknown)))


def alike(left: Ref, right: Ref) -> Answer:
    """The same, where one that is not known is still itself."""
    return YES if left == right else same(left, right)


def not_modelled(what: str, node: Node | None = None) -> Unknown:
    """The Unknown for what this package does not know of a node."""
    return Unknown(Cause.MODEL, what, (Referent(node.id),) if node else ())


def name_of(ref: Ref) -> str:
    """A reference as text."""
    return ref.what if isinstance(ref, Unknown) else ref


def refers_of(ref: Ref) -> tuple[Referent, ...]:
    """What a reference leads to, as an Unknown's origin."""
    return ref.refers if isinstance(ref, Unknown) else (Referent(ref),) if ref else ()


_KINDS = {
    "internet": "internet gateway",
    "egress-only": "egress-only internet gateway",
    "nat": "NAT gateway",
    "transit": "transit gateway",
    "vpn": "virtual private gateway",
    "gateway-endpoint": "gateway endpoint",
    "core": "core network",
    "firewall": "network firewall",
    "middlebox": "endpoint",
    "interface": "interface",
    "other": "gateway",
}


def target_name(nodes: NodeIndex, route: Route) -> str:
    """What people call the target of a route: `NAT gateway main`."""
    kind = _KINDS.get(route.kind, route.kind)
    if isinstance(route.target, Unknown):
        return f"{kind} {route.target.what}"
    node = nodes.by_id.get(route.target)
    return f"{kind} {node.name if node else route.target}"


def link_name(link: Node) -> str:
    """What people call a link to a site: `VPN office`."""
    kind = "VPN" if isinstance(link, VpnConnection) else "Direct Connect gateway"
    return f"{kind} {link.name}"


def beyond_nat(path: Path, nat: NatGateway) -> Path:
    """What a NAT gateway's address may do: the internet is for public ones."""
    if path.end is End.INTERNET:
        if isinstance(nat.public, bool) and not nat.public:
            claim = f"NAT gateway {nat.name} is private, so that the internet gateway drops"
            return dropped(path, claim, nat.proof("connectivity_type"))
        return doubted(path, answer(nat.public))
    return path


def translated(path: Path) -> bool:
    """Whether packets come into a private network, or to a further NAT gateway, with a NAT
    gateway's address."""
    return bool(path.nat) and path.end in (End.VPC, End.SITE, End.RELAYED)


def unseen(path: Path, ranges: Iterable[Prefix]) -> tuple[Path, ...]:
    """The way back by a NAT gateway to the sender's addresses, where nobody follows it."""
    sure = Answer(certain=False, possible=True, because=path.because)
    backs = (path._replace(prefix=span, crossings=()) for span in ranges)
    return tuple(doubted(stepped(back, "The reply comes back"), sure) for back in backs)


def joined(first: Path, second: Path) -> Path:
    """A way to a NAT gateway that goes on as another one, with the sender's own address."""
    return second._replace(
        crossings=(*first.crossings, *second.crossings),
        steps=(*first.steps, *second.steps),
        screens=(*(replace(s, translated=True) for s in first.screens), *second.screens),
        certain=first.certain and second.certain,
        because=first.because | second.because,
        needs=first.needs | second.needs,
        end=End.ANYWHERE if first.end is End.ANYWHERE else second.end,
    )
