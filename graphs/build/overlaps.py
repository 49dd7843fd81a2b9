"""Declared sites that share addresses with another site or with a VPC.

Nothing can be routed to both, so that one of them is not what was declared.
"""

from collections.abc import Iterator

from graphs.addresses import Prefix
from graphs.build.declared import DeclaredSite
from graphs.build.draft import Draft
from graphs.nodes import Site, Vpc
from graphs.verdict import Gap


def overlaps(draft: Draft, declared: tuple[DeclaredSite, ...]) -> Iterator[Gap]:
    """A gap for each pair, at the line where the site is declared."""
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
