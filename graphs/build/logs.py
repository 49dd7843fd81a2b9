"""What keeps a record: trails and flow logs."""

from graphs.build import read, stores, vpc
from graphs.build.draft import Draft
from graphs.nodes import FlowLog, Ref, Trail
from graphs.resource import Resource
from graphs.unknown import Cause, Unknown, cannot_tell, known


def lower(draft: Draft) -> None:
    """Make the logs."""
    for resource in draft.all("aws_cloudtrail"):
        draft.add(_trail(draft, resource))
    for resource in draft.all("aws_flow_log"):
        draft.add(_flow_log(draft, resource))


def _trail(draft: Draft, resource: Resource) -> Trail:
    key = stores.key_ref(draft, resource, "kms_key_id")
    return Trail(
        source=resource,
        id=resource.id,
        arn=draft.arn(resource),
        logging=read.flag(resource, "enable_logging", default=True),
        all_regions=read.flag(resource, "is_multi_region_trail", default=False),
        validated=read.flag(resource, "enable_log_file_validation", default=False),
        encrypted=cannot_tell(key) if isinstance(key, Unknown) else known(key is not None),
        bucket=draft.ref_at(resource, "s3_bucket_name", stores.BUCKET),
    )


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
    return FlowLog(source=resource, id=resource.id, target=target, traffic=str(traffic))
