"""Web application firewalls: what a web ACL is tied to sees its requests first."""

from collections.abc import Collection

from graphs.build import read
from graphs.build.draft import Draft
from graphs.resource import Resource
from graphs.unknown import Answer, Unknown, any_of, cannot_tell

FIREWALLS = ("aws_wafv2_web_acl_association", "aws_wafregional_web_acl_association")

# The part of an ARN by which each type is told.
# https://docs.aws.amazon.com/waf/latest/APIReference/API_AssociateWebACL.html
_IN_ARN = {
    "aws_lb": ":loadbalancer/",
    "aws_alb": ":loadbalancer/",
    "aws_api_gateway_stage": "/stages/",
    "aws_appsync_graphql_api": ":apis/",
    "aws_apprunner_service": ":service/",
}


def shielded(draft: Draft, own: Collection[str], *types: str) -> Answer:
    """Whether a web ACL is tied to one of some resources, which are of these types; one that is
    tied to something unknown may be."""
    answers = []
    for link in draft.all(*FIREWALLS):
        found = draft.ref_at(link, "resource_arn", *types)
        if found in own:
            answers.append(link.exists)
        elif isinstance(found, Unknown) and not _something_else(draft, link, found, types):
            answers.append(cannot_tell(found))
    return any_of(answers)


def _something_else(draft: Draft, link: Resource, found: Unknown, types: tuple[str, ...]) -> bool:
    """Whether what a web ACL is tied to is surely of another type."""
    said = read.raw(link, "resource_arn")
    if isinstance(said, str):
        return not any(_IN_ARN[each] in said for each in types)
    kinds = [draft.by_id[r.address].type for r in found.refers if r.address in draft.by_id]
    return bool(kinds) and not set(kinds) & set(types)
