"""Managed prefix lists: names for several prefixes, in rules and in routes."""

from graphs.addresses import Prefix
from graphs.build import read
from graphs.build.draft import Draft
from graphs.resource import Resource
from graphs.unknown import Unknown

PREFIX_LIST = "aws_ec2_managed_prefix_list"


def entries(draft: Draft, resource: Resource) -> tuple["Prefix | Unknown", ...]:
    """The prefixes of a list, whether it has them as blocks or as resources."""
    more = draft.satellites(f"{PREFIX_LIST}_entry", "prefix_list_id", PREFIX_LIST)
    holders = (*read.known_blocks(resource, "entry"), *more.get(resource.id, ()))
    prefixes = tuple(p for h in holders for p in read.networks(h, "cidr"))
    return prefixes + read.unknown_blocks(resource, "entry")


def named(draft: Draft, owner: Resource, value: object) -> tuple["Prefix | Unknown", ...]:
    """The prefixes of the list that a value names; an Unknown where it is not in this code."""
    found = draft.ref(owner, value, PREFIX_LIST)
    if found is None or isinstance(found, Unknown):
        return () if found is None else (found,)
    return entries(draft, draft.by_id[found])
