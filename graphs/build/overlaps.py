"""Networks that share addresses where nothing can be routed to both: a declared site with another
site or a VPC, subnets of one VPC, VPCs that are peered.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from graphs.addresses import Prefix
from graphs.build.declared import DeclaredSite
from graphs.build.draft import Draft
from graphs.nodes import Node, Peering, Ref, Site, Subnet, Vpc
from graphs.verdict import Gap


def overlaps(draft: Draft, declared: tuple[DeclaredSite, ...]) -> Iterator[Gap]:
    """A gap for each pair, at the line where the site, or the second network, is declared."""
    yield from _of_sites(draft, declared)
    yield from _of_subnets(draft)
    yield from _of_peers(draft)


def _of_sites(draft: Draft, declared: tuple[DeclaredSite, ...]) -> Iterator[Gap]:
    places = {each.name: each.place for each in declared}
    sites = draft.of(Site)
    for at, site in enumerate(sites):
        others = [(f"site {other.name}", other.prefixes) for other in sites[at + 1 :]]
        for vpc in draft.of(Vpc):
            known = tuple(cidr for cidr in vpc.cidrs if isinstance(cidr, Prefix))
            others.append((f"VPC {vpc.name}", known))
        for other, prefixes in others:
            pairs = ((p, q) for p in site.prefixes for q in prefixes if p.meets(q))
            for own, theirs in pairs:
                yield Gap(
                    "overlapping-prefixes",
                    f"site {site.name} has {own}, which overlaps {theirs} of {other}",
                    "what has an address of both is not told apart",
                    places.get(site.name),
                )
                break


def _of_subnets(draft: Draft) -> Iterator[Gap]:
    """Subnets of a VPC cannot overlap, as AWS would refuse the second."""
    by_vpc: dict[Ref, list[Subnet]] = {}
    for subnet in draft.of(Subnet):
        by_vpc.setdefault(subnet.vpc, []).append(subnet)
    for vpc, subnets in by_vpc.items():
        if isinstance(vpc, str):
            for one, other in _meeting(subnets):
                yield _overlap(one, other, f"subnets of {vpc}")


def _of_peers(draft: Draft) -> Iterator[Gap]:
    """Peered VPCs cannot overlap, as AWS would refuse the peering."""
    for peering in draft.of(Peering):
        ends = (draft.nodes.get(str(ref)) for ref in (peering.requester, peering.accepter))
        for one, other in _meeting([v for v in ends if isinstance(v, Vpc)]):
            yield _overlap(one, other, f"peered by {peering.id}")


def _meeting(places: Iterable["Subnet | Vpc"]) -> Iterator[tuple["Subnet | Vpc", "Subnet | Vpc"]]:
    """Neighbours in the order of their addresses that share some; each is told of once."""
    spans = sorted(
        ((cidr, place) for place in places for cidr in place.cidrs if isinstance(cidr, Prefix)),
        key=lambda each: (each[0].family, each[0].low, each[1].id),
    )
    for (cidr, one), (after, other) in pairwise(spans):
        if cidr.meets(after) and one.id != other.id and one.exists.certain and other.exists.certain:
            yield one, other


def _overlap(one: Node, other: Node, why: str) -> Gap:
    what = f"{one.id} and {other.id} have addresses in common, and are {why}"
    effect = "AWS refuses that; addresses that both have are taken for either's"
    return Gap(
        "overlapping-prefixes",
        what,
        effect,
        other.proof("cidr_block").place or other.source.origin.place,
    )
