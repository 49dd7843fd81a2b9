"""Distributions of CloudFront, and accelerators: what they publish that is not public itself.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-web-values-specify.html
"""

import re
from collections.abc import Iterator

from graphs.build import naming, read
from graphs.build.draft import Draft
from graphs.build.ends import BALANCERS, balancer_in
from graphs.evidence import Proof
from graphs.nodes import Balancer, Door, Front, Interface, Passage, Ref
from graphs.resource import Resource
from graphs.unknown import (
    NO,
    YES,
    Answer,
    Cause,
    Text,
    Unknown,
    any_of,
    cannot_tell,
    known,
    unknowns_in,
)

DISTRIBUTION, VPC_ORIGIN = "aws_cloudfront_distribution", "aws_cloudfront_vpc_origin"
IDENTITY, BUCKET = "aws_cloudfront_origin_access_identity", "aws_s3_bucket"
APIS = ("aws_api_gateway_rest_api", "aws_apigatewayv2_api")
ACCELERATOR = "aws_globalaccelerator_accelerator"
LISTENER, GROUP = "aws_globalaccelerator_listener", "aws_globalaccelerator_endpoint_group"
BEHAVIOURS = ("default_cache_behavior", "ordered_cache_behavior")

_API_HOST = re.compile(r"^([a-z0-9]+)\.execute-api\.")
_BUCKET_HOST = re.compile(r"^(.+)\.s3(?:[.-][a-z0-9-]+)*\.amazonaws\.com")


def lower(draft: Draft) -> None:
    """Make them, after everything they can lead to."""
    for resource in draft.all(DISTRIBUTION):
        draft.add(_distribution(draft, resource))
    for resource in draft.all(ACCELERATOR):
        draft.add(_accelerator(draft, resource))


def _distribution(draft: Draft, resource: Resource) -> Front:
    enabled = read.flag(resource, "enabled", default=True)
    passages = tuple(_passages(draft, resource))
    proof = draft.proof(resource, "enabled")
    return Front(
        source=resource,
        id=resource.id,
        arn=draft.arn(resource),
        interfaces=tuple(_inside(draft, resource)),
        doors=tuple(Door((port, port), enabled, proof) for port in (443, 80)),
        kind="distribution",
        passages=passages,
        shielded=_shielded(resource),
    )


def _shielded(resource: Resource) -> Answer:
    said = read.raw(resource, "web_acl_id")
    if isinstance(said, Unknown) and not said.refers:
        return cannot_tell(said)
    return known(said is not None and said != "")


def _passages(draft: Draft, resource: Resource) -> Iterator[Passage]:
    """Every origin that was found, as open as its most open behaviour."""
    for number, origin in enumerate(read.blocks(resource, "origin")):
        is_open = _behaves(resource, origin.get("origin_id"))
        to = _end(draft, resource, origin)
        if to is not None and is_open.possible:
            proof = draft.proof(resource, f"origin[{number}]")
            caller, canonical = _identity(draft, resource, origin)
            yield Passage(to, is_open, proof, caller=caller, canonical=canonical)


def _behaves(resource: Resource, origin: object) -> Answer:
    """Whether some behaviour hands anybody's requests on to an origin, or to a group of it."""
    groups = {
        str(group.get("origin_id"))
        for group in read.blocks(resource, "origin_group")
        if str(origin) in {str(m.get("origin_id")) for m in read.blocks(group, "member")}
    }
    return any_of(
        _admits(resource, block)
        for name in BEHAVIOURS
        for block in read.blocks(resource, name)
        if str(block.get("target_origin_id")) in {str(origin), *groups}
    )


def _admits(resource: Resource, block: read.Block) -> Answer:
    """Without signed addresses anybody is served, unless a function of the owner's says no."""
    signed = [read.items(block, name) for name in ("trusted_key_groups", "trusted_signers")]
    hidden = [u for each in signed for u in unknowns_in(each)]
    if hidden:
        return cannot_tell(*hidden)
    if any(signed):
        return NO
    kinds = [
        each.get("event_type")
        for name in ("function_association", "lambda_function_association")
        for each in read.blocks(block, name)
    ]
    if any(kind == "viewer-request" or isinstance(kind, Unknown) for kind in kinds):
        why = f"whom the function that sees requests to {resource.id} first lets through"
        return cannot_tell(Unknown(Cause.MODEL, why))
    return YES


def _end(draft: Draft, resource: Resource, origin: read.Block) -> "Ref | None":
    """What an origin is; None for what is not in this code."""
    for block in read.blocks(origin, "vpc_origin_config"):
        found = draft.ref(resource, block.get("vpc_origin_id"), VPC_ORIGIN)
        if isinstance(found, str):
            return _published(draft, found)
    value = origin.get("domain_name")
    bucket = _bucket(draft, resource, value)
    return bucket or balancer_in(draft, resource, value) or _api(draft, resource, value)


def _published(draft: Draft, origin: str) -> "Ref | None":
    """The balancer or machine that a VPC origin is."""
    config = read.first(draft.by_id[origin], "vpc_origin_endpoint_config")
    return draft.ref(draft.by_id[origin], config.get("arn"), *BALANCERS, "aws_instance")


def _bucket(draft: Draft, resource: Resource, value: object) -> str | None:
    told = draft.settle(value)
    if isinstance(told, str):
        match = _BUCKET_HOST.match(told)
        found = draft.ref(resource, match[1], BUCKET) if match else None
    else:
        found = draft.ref(resource, value, BUCKET)
    return found if isinstance(found, str) else None


def _api(draft: Draft, resource: Resource, value: object) -> str | None:
    """The API whose address a domain is, or is computed from: of it, a deployment or a stage."""
    told = draft.settle(value)
    if isinstance(told, str) and (match := _API_HOST.match(told)):
        named = draft.ref(resource, match[1], *APIS)
        return named if isinstance(named, str) else None
    for hole in sorted(unknowns_in(told), key=str):
        for referent in hole.refers:
            found = draft.by_id.get(referent.address)
            if found is None or found.address.mode != "managed":
                continue
            if found.type in APIS:
                return found.id
            for name in ("rest_api_id", "api_id"):
                api = draft.ref_at(found, name, *APIS)
                if isinstance(api, str):
                    return api
    return None


def _identity(draft: Draft, resource: Resource, origin: read.Block) -> tuple[Text, Text]:
    """The ARN and the canonical user id of the identity by which a bucket is asked, where an origin
    names one: a bucket's policy may name it by either.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
    """
    said = read.first(origin, "s3_origin_config").get("origin_access_identity")
    found = draft.ref(resource, said, IDENTITY)
    if isinstance(found, str):
        names = ("iam_arn", "s3_canonical_user_id")
        arn, canonical = (naming.computed(draft.by_id[found], name) for name in names)
        return arn, canonical
    if isinstance(said, str) and said:
        number = said.rpartition("/")[2]
        arn = f"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity {number}"
        return arn, Unknown(Cause.DATA, f"the canonical user id of {number}")
    return "", ""


def _inside(draft: Draft, resource: Resource) -> Iterator[Interface]:
    """The interfaces that CloudFront has in the subnets of its VPC origins; they send everywhere.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
    """
    for number, origin in enumerate(read.blocks(resource, "origin")):
        for block in read.blocks(origin, "vpc_origin_config"):
            found = draft.ref(resource, block.get("vpc_origin_id"), VPC_ORIGIN)
            end = _published(draft, found) if isinstance(found, str) else None
            node = draft.nodes.get(end) if isinstance(end, str) else None
            proof = draft.proof(resource, f"origin[{number}]")
            for own in node.interfaces if isinstance(node, Balancer) else ():
                yield Interface(
                    subnet=own.subnet,
                    groups=(),
                    public=NO,
                    proof=proof,
                    public_proof=proof,
                    group_optional=True,
                )


# ---------------------------------------------------------------------------------- accelerators


def _accelerator(draft: Draft, resource: Resource) -> Front:
    """Two addresses that are everybody's to send to; behind them balancers and machines, which may
    have no public address of their own.

    https://docs.aws.amazon.com/global-accelerator/latest/dg/secure-vpc-connections.html
    """
    enabled = read.flag(resource, "enabled", default=True)
    proof = draft.proof(resource, "enabled")
    listeners = draft.satellites(LISTENER, "accelerator_arn", ACCELERATOR).get(resource.id, ())
    doors = tuple(door for one in listeners for door in _doors(one, enabled, proof))
    return Front(
        source=resource,
        id=resource.id,
        arn=draft.arn(resource),
        doors=doors,
        kind="accelerator",
        passages=tuple(p for one in listeners for p in _endpoints(draft, one)),
    )


def _doors(listener: Resource, enabled: Answer, proof: Proof) -> Iterator[Door]:
    protocol = 17 if read.word(listener, "protocol", "TCP") == "UDP" else 6
    for block in read.blocks(listener, "port_range"):
        ends = read.number(block, "from_port"), read.number(block, "to_port")
        if isinstance(ends[0], int) and isinstance(ends[1], int):
            yield Door((ends[0], ends[1]), enabled, proof, protocol=protocol)


def _endpoints(draft: Draft, listener: Resource) -> Iterator[Passage]:
    for group in draft.satellites(GROUP, "listener_arn", LISTENER).get(listener.id, ()):
        for number, block in enumerate(read.blocks(group, "endpoint_configuration")):
            to = draft.ref(group, block.get("endpoint_id"), *BALANCERS, "aws_instance", "aws_eip")
            if isinstance(to, str) and draft.by_id[to].type == "aws_eip":
                to = draft.ref_at(draft.by_id[to], "instance", "aws_instance")
            if to is not None:
                proof = draft.proof(group, f"endpoint_configuration[{number}]")
                inside = not _is_public(draft, to)
                yield Passage(to, _entered(to) if inside else YES, proof, private=inside)


def _is_public(draft: Draft, to: Ref) -> bool:
    node = draft.nodes.get(to) if isinstance(to, str) else None
    return isinstance(node, Balancer) and node.internal is False


def _entered(to: Ref) -> Answer:
    """What has no public address sees the client's own, and its groups and ACLs decide."""
    return cannot_tell(Unknown(Cause.MODEL, f"whether the groups of {to} let the internet in"))
