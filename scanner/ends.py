"""What people name when they ask about a network: the internet, an address, a site, a thing, or
everything in a VPC, a subnet, a range or a security group.

Input: an estate and a text. Output: the places that it means.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from graphs.addresses import ANY4, Prefix
from graphs.estate import Estate
from graphs.network.holders import PUBLISHED, address_of
from graphs.network.reach import INTERNET
from graphs.network.zones import CLOUDFRONT
from graphs.nodes import (
    Balancer,
    ClientVpn,
    Endpoint,
    Interface,
    NatGateway,
    Node,
    SecurityGroup,
    Service,
    Site,
    Subnet,
    Vpc,
)
from scanner.errors import UsageProblem

MOST = 8
PLACES = (Service, Site, Endpoint, NatGateway, ClientVpn)
GROUPS = (Vpc, Subnet, SecurityGroup)
Kinds = tuple[type[Node], ...]
TIERS: tuple[Kinds, ...] = (PLACES, *((kind,) for kind in GROUPS))
"""Kinds of things whose names come one before the other."""


@dataclass(frozen=True, slots=True)
class End:
    """One end of a question: what it is called, and the places that it means. `whole` tells that
    it means everything in something; `about` says of a site where it is and who sits there."""

    name: str
    places: tuple[str, ...]
    whole: bool = False
    about: str = ""


def find(estate: Estate, text: str) -> End | None:
    """What a text means in an estate; None where it means nothing there.

    Raises UsageProblem where several things have the name.
    """
    if text.startswith(PUBLISHED):
        return _by_public_address(estate, text.removeprefix(PUBLISHED))
    address = address_of(text)
    if address == ANY4:
        return End(text, (INTERNET,))
    if text == INTERNET or (address is not None and address.low == address.high):
        return End(text, (text,))
    if address is not None:
        within = tuple(_within(estate, address))
        return End(text, within, whole=True) if within else End(text, (text,))
    found = called(estate, text, TIERS)
    if len(found) > 1:
        raise several(text, found)
    if not found:
        return End(text, (text,)) if text == CLOUDFRONT else None
    if _is_balanced_name(found[0], text):
        return _by_public_address(estate, found[0].id)
    if isinstance(found[0], GROUPS):
        return End(found[0].id, tuple(_members(estate, found[0])), whole=True)
    return End(found[0].id, (found[0].id,), about=_about(found[0]))


def _by_public_address(estate: Estate, text: str) -> End | None:
    """Something by its public IPv4 addresses: those that are known, else whichever AWS gives it.

    Raises UsageProblem for what has no interfaces of its own that could have one.
    """
    end = find(estate, text)
    if end is None:
        return None
    found = tuple(p for place in end.places for p in _published(estate, place))
    if not found and not end.whole:
        raise UsageProblem(f"{text!r} has no public address", fix=f"ask for {text} itself")
    return End(f"{PUBLISHED}{end.name}", found, end.whole or len(found) > 1)


def _published(estate: Estate, place: str) -> Iterator[str]:
    """The public addresses of something as places; what AWS answers for is one as it is."""
    node = estate.index.by_id.get(place)
    if isinstance(node, NatGateway):
        yield from (p.first for p in node.public_addresses)
        return
    if not isinstance(node, Service):
        return
    if not node.interfaces:
        yield place
        return
    public = [i for i in node.interfaces if i.public.possible]
    told = [a for i in public for _, a in i.public_addresses]
    known = public and all(i.public_addresses for i in public)
    yield from (a.first for a in told) if known else (f"{PUBLISHED}{place}",)


def _about(node: Node) -> str:
    if not isinstance(node, Site):
        return ""
    people = f" ({node.people})" if node.people else ""
    return f"site {node.name}{people} in {node.country}: {', '.join(map(str, node.prefixes))}"


def _with_place(node: Node) -> str:
    place = node.source.origin.place
    return f"{node.id} ({place})" if place else node.id


def several(text: str, found: Sequence[Node]) -> UsageProblem:
    """The complaint about a name that several things have."""
    names = ", ".join(sorted(_with_place(node) for node in found)[:MOST])
    more = f" and {len(found) - MOST} more" if len(found) > MOST else ""
    return UsageProblem(f"{text!r} names several things: {names}{more}", fix="say one in full")


def called(estate: Estate, text: str, tiers: Sequence[Kinds]) -> list[Node]:
    """Things by their address in code or ARN; else by name, those of an earlier tier first."""
    if not text:
        return []
    kinds = tuple(kind for tier in tiers for kind in tier)
    ends = [n for n in estate.index.nodes if isinstance(n, kinds)]
    whole: list[Node] = [node for node in ends if text in {node.id, str(node.arn)}]
    if whole:
        return whole
    for answers in (_is_resolved, _is_called, _is_labelled):
        for tier in tiers:
            found: list[Node] = [n for n in ends if isinstance(n, tier) and answers(n, text)]
            if found:
                return found
    return []


_DNS = ("dns_name", "address", "endpoint", "reader_endpoint", "domain_name", "private_dns",
        "public_dns", "cluster_address", "primary_endpoint_address",
        "configuration_endpoint_address")  # fmt: skip
"""Where the names stand that AWS gives things in DNS."""


def _is_resolved(node: Node, text: str) -> bool:
    """Whether a text is the name that AWS gives it in DNS; of databases it may end in a port."""
    wanted = text.lower().rstrip(".")
    if "." not in wanted:
        return False
    said = (node.attribute(name) for name in _DNS)
    return any(isinstance(s, str) and s.lower().split(":")[0] == wanted for s in said)


def _is_balanced_name(node: Node, text: str) -> bool:
    """Whether a text is the DNS name of a balancer that faces the internet: such a name leads to
    its public addresses, from inside as well. Other names lead to private addresses inside.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html
    """
    return isinstance(node, Balancer) and node.internal is False and _is_resolved(node, text)


def _is_called(node: Node, text: str) -> bool:
    return node.name == text


def _is_labelled(node: Node, text: str) -> bool:
    """Whether it is the name of its block in code, or the end of its address."""
    return node.source.address.name == text or node.id.endswith(f".{text}")


def _members(estate: Estate, group: Node) -> Iterator[str]:
    """The things in a VPC or a subnet, or that hold a security group."""
    for node in estate.index.nodes:
        if isinstance(node, Service | Endpoint):
            for interface in node.interfaces:
                subnet = estate.index.get(interface.subnet, Subnet)
                homes = (interface.subnet, subnet.vpc if subnet else "", *interface.groups)
                if group.id in homes:
                    yield node.id
                    break


def _within(estate: Estate, wanted: Prefix) -> Iterator[str]:
    """What has an address of a range, or may have one: its subnet meets the range."""
    for node in estate.index.nodes:
        if isinstance(node, Service | Endpoint):
            found = (p for i in node.interfaces for p in _addresses(estate, i))
            if any(each.meets(wanted) for each in found):
                yield node.id
        elif isinstance(node, Site) and any(p.meets(wanted) for p in node.prefixes):
            inside = all(wanted.covers(p) for p in node.prefixes)
            yield node.id if inside else str(wanted)


def _addresses(estate: Estate, interface: Interface) -> tuple[Prefix, ...]:
    if interface.addresses:
        return interface.addresses
    subnet = estate.index.get(interface.subnet, Subnet)
    return tuple(c for c in (subnet.cidrs if subnet else ()) if isinstance(c, Prefix))


def nobody(estates: Sequence[Estate], text: str, kinds: Kinds = (*PLACES, *GROUPS)) -> UsageProblem:
    """The complaint about a name that nothing has, with what is near to it."""
    names = {
        name
        for estate in estates
        for node in estate.index.nodes
        if isinstance(node, kinds)
        for name in (node.id, node.name)
    }
    near = get_close_matches(text, sorted(names), 3)
    fix = f"did you mean {', '.join(near)}?" if near else "name it as `pathwarden graph` does"
    return UsageProblem(f"nothing here is called {text!r}", fix=fix)
