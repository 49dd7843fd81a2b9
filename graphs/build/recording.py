"""The logs that services keep of themselves when they are asked to: of requests, queries, logins.

Input: resources. Output: a Record for each thing that could keep one, whether it does or not.
Where an account was read, what was not asked of it is not known.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from graphs.build import read, vpc
from graphs.build.draft import Draft
from graphs.nodes import Record, Ref
from graphs.resource import Resource, Source
from graphs.unknown import NO, YES, Answer, Cause, Unknown, any_of, cannot_tell

BUCKET, GROUP = "aws_s3_bucket", "aws_cloudwatch_log_group"
STORES = (BUCKET, GROUP)
REQUESTS, QUERIES, CONTROL = "request log", "database log", "control plane log"
CONNECTIONS, DNS, WAF = "connection log", "DNS query log", "firewall log"
WATCH, CONFIG = "GuardDuty", "AWS Config"
_RECORDER = "aws_config_configuration_recorder"


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a type that switches its log on: where it says that it does, and where to.

    `flag` is "" where the block alone is enough; `default` is what an omitted flag means.
    """

    kind: str
    block: str
    to: str
    flag: str = ""
    default: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """An attribute that lists what goes to CloudWatch, and the name of the log group there."""

    kind: str
    attribute: str
    group: str
    name: str


_ACCESS = Block(REQUESTS, "access_logs", "bucket", "enabled")
BLOCKS: dict[str, Block] = {
    "aws_lb": _ACCESS,
    "aws_alb": _ACCESS,
    "aws_elb": Block(REQUESTS, "access_logs", "bucket", "enabled", default=True),
    "aws_cloudfront_distribution": Block(REQUESTS, "logging_config", "bucket"),
    "aws_redshift_cluster": Block(QUERIES, "logging", "bucket_name", "enable"),
    "aws_opensearch_domain": Block(
        QUERIES, "log_publishing_options", "cloudwatch_log_group_arn", "enabled", default=True
    ),
    "aws_elasticsearch_domain": Block(
        QUERIES, "log_publishing_options", "cloudwatch_log_group_arn", "enabled", default=True
    ),
    "aws_ec2_client_vpn_endpoint": Block(
        CONNECTIONS, "connection_log_options", "cloudwatch_log_group", "enabled"
    ),
}
"""https://registry.terraform.io/providers/hashicorp/aws/latest/docs: the arguments of each type."""

_DATABASE = "enabled_cloudwatch_logs_exports"
LISTS: dict[str, Listed] = {
    "aws_db_instance": Listed(QUERIES, _DATABASE, "/aws/rds/instance/{}/", "identifier"),
    "aws_rds_cluster": Listed(QUERIES, _DATABASE, "/aws/rds/cluster/{}/", "cluster_identifier"),
    "aws_docdb_cluster": Listed(QUERIES, _DATABASE, "/aws/docdb/{}/", "cluster_identifier"),
    "aws_neptune_cluster": Listed(
        QUERIES, "enable_cloudwatch_logs_exports", "/aws/neptune/{}/", "cluster_identifier"
    ),
    "aws_eks_cluster": Listed(CONTROL, "enabled_cluster_log_types", "/aws/eks/{}/cluster", "name"),
}

STAGES = {
    "aws_api_gateway_stage": ("rest_api_id", "aws_api_gateway_rest_api"),
    "aws_apigatewayv2_stage": ("api_id", "aws_apigatewayv2_api"),
}
_WAF = ("aws_wafv2_web_acl", "aws_wafregional_web_acl")


def records(draft: Draft) -> Iterator[Record]:
    """All of them."""
    for kind, block in BLOCKS.items():
        for resource in draft.all(kind):
            yield _of_block(draft, resource, block)
    for kind, row in LISTS.items():
        for resource in draft.all(kind):
            yield _of_list(draft, resource, row)
    for resource in draft.all(BUCKET):
        yield _of_bucket(draft, resource)
    for kind, (name, api) in STAGES.items():
        for resource in draft.all(kind):
            yield from _of_stage(draft, resource, name, api)
    yield from _of_names(draft)
    yield from _of_firewalls(draft)
    for resource in draft.all("aws_guardduty_detector"):
        on = read.flag(resource, "enable", default=True)
        yield _made(draft, resource, WATCH, _home(resource), on, None)
    for resource in draft.all(_RECORDER):
        yield _made(draft, resource, CONFIG, _home(resource), _started(draft, resource), None)


def _home(resource: Resource) -> str:
    account = resource.scope.account
    return f"account:{account if isinstance(account, str) else f'({account.what})'}"


def _started(draft: Draft, recorder: Resource) -> Answer:
    """A recorder records nothing until it is started, which is a resource of its own."""
    found = draft.satellites(f"{_RECORDER}_status", "name", _RECORDER).get(recorder.id, ())
    said = (read.flag(each, "is_enabled", default=False) & each.exists for each in found)
    return any_of(said) if found else _unasked(recorder, CONFIG)


def _made(
    draft: Draft,
    resource: Resource,
    kind: str,
    about: Ref,
    on: Answer,
    store: "Ref | None",
    place: str = "",
) -> Record:
    """A record by the resource that switches it on, which is the thing itself where that can."""
    return Record(
        source=resource,
        id=f"{resource.id}#{kind}",
        kind=kind,
        about=about,
        on=on & resource.exists,
        proved=draft.proof(resource),
        store=store,
        place=place,
    )


def _unasked(resource: Resource, kind: str) -> Answer:
    """What nothing says: off in code, and not known of an account that was not asked."""
    if resource.origin.source is not Source.AWS:
        return NO
    return cannot_tell(Unknown(Cause.MODEL, f"the {kind} of {resource.id}, not asked for"))


def _of_block(draft: Draft, resource: Resource, row: Block) -> Record:
    unknown = read.unknown_blocks(resource, row.block)
    on, store = (cannot_tell(*unknown) if unknown else _unasked(resource, row.kind)), None
    for block in read.known_blocks(resource, row.block):
        here = read.flag(block, row.flag, default=row.default) if row.flag else YES
        on, store = here | (on if on.certain else NO), _store(draft, resource, block.get(row.to))
    return _made(draft, resource, row.kind, resource.id, on, store)


def _store(draft: Draft, resource: Resource, value: object) -> "Ref | None":
    if isinstance(value, str):
        value = value.removesuffix(".s3.amazonaws.com").removesuffix(":*")
    return draft.ref(resource, value, *STORES)


def _of_list(draft: Draft, resource: Resource, row: Listed) -> Record:
    said = read.items(resource, row.attribute)
    unknown = [each for each in said if isinstance(each, Unknown)]
    on = _unasked(resource, row.kind)
    if read.raw(resource, row.attribute) is not None:
        on = (cannot_tell(*unknown) if unknown else YES) if said else NO
    name = read.text(resource, row.name)
    group = row.group.format(name if isinstance(name, str) else "...")
    found = [r for r in draft.all(GROUP) if str(read.text(r, "name")).startswith(group)]
    place = f"CloudWatch, {group}"
    return _made(draft, resource, row.kind, resource.id, on, found[0].id if found else None, place)


def _of_bucket(draft: Draft, bucket: Resource) -> Record:
    links = draft.satellites("aws_s3_bucket_logging", "bucket", BUCKET).get(bucket.id, [])
    kept = [(link, read.raw(link, "target_bucket"), link.exists) for link in links]
    for block in read.known_blocks(bucket, "logging"):
        kept.append((bucket, block.get("target_bucket"), YES))
    unknown = read.unknown_blocks(bucket, "logging")
    made = _made(draft, bucket, REQUESTS, bucket.id, cannot_tell(*unknown) if unknown else NO, None)
    for holder, to, on in kept[:1]:
        proved, store = draft.proof(holder, "target_bucket"), draft.ref(holder, to, BUCKET)
        made = replace(made, on=on & bucket.exists, store=store, proved=proved)
    return made


def _of_stage(draft: Draft, stage: Resource, name: str, api: str) -> Iterator[Record]:
    owner = draft.ref_at(stage, name, api)
    if owner is not None:
        blocks = read.known_blocks(stage, "access_log_settings")
        unknown = read.unknown_blocks(stage, "access_log_settings")
        on = YES if blocks else cannot_tell(*unknown) if unknown else _unasked(stage, REQUESTS)
        store = _store(draft, stage, blocks[0].get("destination_arn")) if blocks else None
        yield _made(draft, stage, REQUESTS, owner, on, store)


def _of_names(draft: Draft) -> Iterator[Record]:
    """Queries of names, by VPC."""
    config = "aws_route53_resolver_query_log_config"
    for link in draft.all(f"{config}_association"):
        network = draft.ref_at(link, "resource_id", *vpc.VPC_TYPES)
        owner = draft.ref_at(link, "resolver_query_log_config_id", config)
        if network is not None:
            to = draft.by_id[owner] if isinstance(owner, str) else None
            store = _store(draft, to, read.raw(to, "destination_arn")) if to else owner
            yield _made(draft, link, DNS, network, YES, store)


def _of_firewalls(draft: Draft) -> Iterator[Record]:
    """Requests that a web application firewall saw, by what it stands before."""
    logs = {
        draft.ref_at(resource, "resource_arn", *_WAF): resource
        for resource in draft.all("aws_wafv2_web_acl_logging_configuration")
    }
    before = ("aws_lb", "aws_alb", *STAGES, "aws_cloudfront_distribution")
    for link in draft.all("aws_wafv2_web_acl_association"):
        acl = draft.ref_at(link, "web_acl_arn", *_WAF)
        about = draft.ref_at(link, "resource_arn", *before)
        if about is None or not isinstance(acl, str):
            continue
        log = logs.get(acl)
        to = read.items(log, "log_destination_configs") if log else ()
        store = _store(draft, log, to[0]) if log and to else None
        yield _made(draft, link, WAF, about, YES if log else _unasked(link, WAF), store)
