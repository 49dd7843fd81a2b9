"""Managed prefix lists: names for several prefixes, in rules and in routes."""

from graphs.addresses import Prefix
from graphs.build import read
from graphs.build.draft import Draft
from graphs.nodes import PrefixList
from graphs.resource import Resource
from graphs.unknown import Text, Unknown

PREFIX_LIST = "aws_ec2_managed_prefix_list"

# Lists that AWS keeps, by how their names end.
# https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
KEEPERS = {
    ".cloudfront.origin-facing": "CloudFront",
    ".s3": "Amazon S3",
    ".s3express": "Amazon S3",
    ".dynamodb": "DynamoDB",
    ".route53-healthchecks": "Route 53",
    ".ec2-instance-connect": "EC2 Instance Connect",
    ".vpc-lattice": "VPC Lattice",
    ".groundstation": "Ground Station",
}


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


def kept(draft: Draft, value: object) -> PrefixList | None:
    """The list of an AWS service's addresses that a value was looked up from, or that a gateway
    endpoint has; with its entries where the lookup told them."""
    if not isinstance(value, Unknown) or len(value.refers) != 1:
        return None
    source = draft.by_id.get(value.refers[0].address)
    if source is None or source.type not in (PREFIX_LIST, "aws_prefix_list", "aws_vpc_endpoint"):
        return None
    word = "service_name" if source.type == "aws_vpc_endpoint" else "name"
    keeper = _keeper(read.text(source, word))
    if source.type == "aws_prefix_list" and not keeper:
        return kept(draft, read.raw(source, "prefix_list_id"))
    if not keeper:
        return None
    told = [
        p for block in read.known_blocks(source, "entries") for p in read.networks(block, "cidr")
    ]
    known = tuple(
        p for p in (*told, *read.networks(source, "cidr_blocks")) if isinstance(p, Prefix)
    )
    return PrefixList(source=source, id=f"{source.id}.prefix_list", prefixes=known, keeper=keeper)


def _keeper(name: "Text | None") -> str:
    """The service that keeps a list of this name, "" for a list of one's own."""
    said = str(name or "") if not isinstance(name, Unknown) else ""
    if not said.startswith("com.amazonaws."):
        return ""
    return next((k for end, k in KEEPERS.items() if said.endswith(end)), said)
