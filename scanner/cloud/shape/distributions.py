"""Distributions of CloudFront, and what in a VPC they fetch from."""

from collections.abc import Iterator

from graphs.resource import EVERYWHERE, Resource
from scanner.cloud.shape.answers import Answers, Item


def shape(answers: Answers) -> Iterator[Resource]:
    """Distributions and their VPC origins, which belong to no region."""
    yield from _distributions(answers)
    yield from _origins(answers)


def _distributions(answers: Answers) -> Iterator[Resource]:
    call = "cloudfront.list_distributions"
    for answer in answers.of(call):
        for said in (answer.data.get("DistributionList") or {}).get("Items") or ():
            values = {
                "id": said["Id"],
                "arn": said.get("ARN"),
                "enabled": said.get("Enabled", True),
                "domain_name": said.get("DomainName"),
                "web_acl_id": said.get("WebACLId") or None,
                "origin": [_origin(each) for each in _items(said, "Origins")],
                "origin_group": [_group(each) for each in _items(said, "OriginGroups")],
                "default_cache_behavior": [_behaviour(said.get("DefaultCacheBehavior") or {})],
                "ordered_cache_behavior": [
                    _behaviour(each) for each in _items(said, "CacheBehaviors")
                ],
                "tags": answers.tags_of("us-east-1", said.get("ARN", "")),
            }
            kind = "aws_cloudfront_distribution"
            yield answers.make(kind, said["Id"], values, (EVERYWHERE, call))


def _items(said: Item, name: str) -> "list[Item]":
    return list((said.get(name) or {}).get("Items") or ())


def _origin(said: Item) -> dict[str, object]:
    found: dict[str, object] = {"origin_id": said["Id"], "domain_name": said.get("DomainName")}
    if bucket := said.get("S3OriginConfig"):
        identity = bucket.get("OriginAccessIdentity") or None
        found["s3_origin_config"] = [{"origin_access_identity": identity}]
    if inside := said.get("VpcOriginConfig"):
        found["vpc_origin_config"] = [{"vpc_origin_id": inside.get("VpcOriginId")}]
    if control := said.get("OriginAccessControlId"):
        found["origin_access_control_id"] = control
    return found


def _group(said: Item) -> dict[str, object]:
    members = [{"origin_id": each.get("OriginId")} for each in _items(said, "Members")]
    return {"origin_id": said.get("Id"), "member": members}


def _behaviour(said: Item) -> dict[str, object]:
    return {
        "target_origin_id": said.get("TargetOriginId"),
        "viewer_protocol_policy": said.get("ViewerProtocolPolicy"),
        "trusted_key_groups": _items(said, "TrustedKeyGroups"),
        "trusted_signers": _items(said, "TrustedSigners"),
        "function_association": [
            {"event_type": each.get("EventType")} for each in _items(said, "FunctionAssociations")
        ],
        "lambda_function_association": [
            {"event_type": each.get("EventType")}
            for each in _items(said, "LambdaFunctionAssociations")
        ],
    }


def _origins(answers: Answers) -> Iterator[Resource]:
    call = "cloudfront.list_vpc_origins"
    for answer in answers.of(call):
        for said in (answer.data.get("VpcOriginList") or {}).get("Items") or ():
            config = [{"arn": said.get("OriginEndpointArn")}]
            values = {
                "id": said["Id"],
                "arn": said.get("Arn"),
                "vpc_origin_endpoint_config": config,
            }
            kind = "aws_cloudfront_vpc_origin"
            yield answers.make(kind, said["Id"], values, (EVERYWHERE, call))
