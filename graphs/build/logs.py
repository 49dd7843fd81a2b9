"""What keeps a record: trails, flow logs, log groups, and what things log of themselves."""

from collections.abc import Iterator, Mapping

from graphs.build import read, stores, vpc
from graphs.build.draft import Draft
from graphs.build.recording import records
from graphs.nodes import DataEvents, FlowLog, LogGroup, Ref, Trail
from graphs.resource import Resource, Source
from graphs.unknown import (
    NO,
    YES,
    Answer,
    Cause,
    Template,
    Unknown,
    cannot_tell,
    known,
    text,
    unknowns_in,
)

GROUP = "aws_cloudwatch_log_group"
STORES = (stores.BUCKET, GROUP)


def lower(draft: Draft) -> None:
    """Make the logs."""
    for resource in draft.all(GROUP):
        draft.add(_group(draft, resource))
    for resource in draft.all("aws_cloudtrail"):
        draft.add(_trail(draft, resource))
    for resource in draft.all("aws_flow_log"):
        draft.add(_flow_log(draft, resource))
    for record in records(draft):
        draft.add(record)


def _group(draft: Draft, resource: Resource) -> LogGroup:
    """https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html"""
    days = read.number(resource, "retention_in_days")
    return LogGroup(
        source=resource,
        id=resource.id,
        arn=draft.arn(resource),
        days=0 if days is None else days,
    )


def _trail(draft: Draft, resource: Resource) -> Trail:
    key = stores.key_ref(draft, resource, "kms_key_id")
    data, untold = _data(resource)
    return Trail(
        source=resource,
        id=resource.id,
        arn=draft.arn(resource),
        logging=read.flag(resource, "enable_logging", default=True),
        all_regions=read.flag(resource, "is_multi_region_trail", default=False),
        validated=read.flag(resource, "enable_log_file_validation", default=False),
        encrypted=cannot_tell(key) if isinstance(key, Unknown) else known(key is not None),
        bucket=draft.ref_at(resource, "s3_bucket_name", stores.BUCKET),
        organisation=read.flag(resource, "is_organization_trail", default=False),
        management=_management(resource),
        data=tuple(
            DataEvents(each.kind, tuple(draft.settle(t) for t in each.things), each.whole)  # type: ignore[misc]
            for each in data
        ),
        untold=untold,
    )


def _management(resource: Resource) -> Answer:
    """A trail records what manages things unless it has selectors that say otherwise.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html
    """
    basic = read.known_blocks(resource, "event_selector")
    finer = read.known_blocks(resource, "advanced_event_selector")
    if not basic and not finer:
        unknown = read.unknown_blocks(resource, "event_selector")
        return cannot_tell(*unknown) if unknown else YES
    for block in basic:
        if block.get("include_management_events", True) is True:
            some = block.get("read_write_type") not in (None, "All")
            return cannot_tell(_some(resource)) if some else YES
    for block in finer:
        fields = {str(f.get("field")): f for f in read.blocks(block, "field_selector")}
        if _one(fields.get("eventCategory", {}), "equals") == "Management":
            return YES if set(fields) == {"eventCategory"} else cannot_tell(_some(resource))
    return NO


def _some(resource: Resource) -> Unknown:
    return Unknown(Cause.MODEL, f"which calls {resource.id} leaves out")


def _data(resource: Resource) -> tuple[tuple[DataEvents, ...], tuple[Unknown, ...]]:
    """The calls about content, and why there may be more of them."""
    untold = [
        *read.unknown_blocks(resource, "event_selector"),
        *read.unknown_blocks(resource, "advanced_event_selector"),
    ]
    if resource.origin.source is Source.AWS and not _selects(resource):
        untold.append(Unknown(Cause.MODEL, f"the event selectors of {resource.id}, not asked for"))
    return (*_basic(resource), *_finer(resource)), tuple(untold)


def _selects(resource: Resource) -> bool:
    return any(
        read.raw(resource, name) is not None
        for name in ("event_selector", "advanced_event_selector")
    )


def _basic(resource: Resource) -> Iterator[DataEvents]:
    for block in read.known_blocks(resource, "event_selector"):
        whole = known(block.get("read_write_type") in (None, "All"))
        for each in read.blocks(block, "data_resource"):
            things = tuple(t for t in read.items(each, "values"))
            yield DataEvents(read.word(each, "type"), things, whole)  # type: ignore[arg-type]


def _finer(resource: Resource) -> Iterator[DataEvents]:
    for block in read.known_blocks(resource, "advanced_event_selector"):
        fields = {str(f.get("field")): f for f in read.blocks(block, "field_selector")}
        if _one(fields.get("eventCategory", {}), "equals") != "Data":
            continue
        about = fields.get("resources.ARN", {})
        things = (*read.items(about, "equals"), *read.items(about, "starts_with"))
        plain = set(fields) <= {"eventCategory", "resources.type", "resources.ARN"}
        exact = not about or bool(things)
        whole = YES if plain and exact else cannot_tell(_some(resource))
        kind = _one(fields.get("resources.type", {}), "equals")
        yield DataEvents(kind, things, whole)  # type: ignore[arg-type]


def _one(block: Mapping[str, object], name: str) -> "str | Unknown":
    found = read.items(block, name)
    first = found[0] if found else ""
    return read.whole(first) if unknowns_in(first) else str(first)


def _flow_log(draft: Draft, resource: Resource) -> FlowLog:
    target: Ref = Unknown(Cause.DATA, f"what {resource.id} watches")
    for name, types in (
        ("vpc_id", vpc.VPC_TYPES),
        ("subnet_id", vpc.SUBNET_TYPES),
        ("eni_id", ("aws_network_interface",)),
        ("transit_gateway_id", ("aws_ec2_transit_gateway",)),
    ):
        found = draft.ref_at(resource, name, *types)
        target = target if found is None else found
    traffic = read.word(resource, "traffic_type", "ALL")
    store = draft.ref(resource, _holder(draft, resource), *STORES)
    store = draft.ref_at(resource, "log_group_name", GROUP) if store is None else store
    return FlowLog(
        source=resource, id=resource.id, target=target, traffic=str(traffic), store=store
    )


def _holder(draft: Draft, resource: Resource) -> object:
    """Where a flow log goes, without the folder in a bucket."""
    told = draft.settle(read.raw(resource, "log_destination"))
    if not isinstance(told, str | Template) or ":s3:::" not in str(told):
        return told
    parts: list[str | Unknown] = []
    for part in (told,) if isinstance(told, str) else told.parts:
        cut = part.partition("/")[0] if isinstance(part, str) else part
        parts.append(cut)
        if cut != part:
            break
    return text(parts)
