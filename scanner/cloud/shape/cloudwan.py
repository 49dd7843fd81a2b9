"""Cloud WAN: core networks with their live policy, and what is attached to them."""

import json
from collections.abc import Iterator, Mapping

from graphs.resource import Resource
from scanner.cloud.shape.answers import Answers, Item, tags

CORE = "aws_networkmanager_core_network"
LISTED = "networkmanager.list_attachments"
# https://docs.aws.amazon.com/networkmanager/latest/APIReference/API_Attachment.html
KINDS = {
    "VPC": ("vpc_attachment", "vpc_arn"),
    "SITE_TO_SITE_VPN": ("site_to_site_vpn_attachment", "vpn_connection_arn"),
    "CONNECT": ("connect_attachment", "transport_attachment_id"),
    "DIRECT_CONNECT_GATEWAY": ("dx_gateway_attachment", "direct_connect_gateway_arn"),
    "TRANSIT_GATEWAY_ROUTE_TABLE": (
        "transit_gateway_route_table_attachment",
        "transit_gateway_route_table_arn",
    ),
}
GONE = ("REJECTED", "DELETING", "FAILED")


def shape(answers: Answers) -> Iterator[Resource]:
    """Core networks and their attachments, which say themselves which segment they are in."""
    call = "networkmanager.list_core_networks"
    for region, core in answers.items(call, "CoreNetworks"):
        name = core["CoreNetworkId"]
        values = {
            "id": name,
            "arn": core.get("CoreNetworkArn"),
            "global_network_id": core.get("GlobalNetworkId"),
            "base_policy_document": _policy(answers, region, name),
            "tags": tags(core.get("Tags")),
        }
        if core.get("State") != "DELETING":
            owner = core.get("OwnerAccountId")
            yield answers.make(CORE, name, values, (region, call), owner=owner)
            yield from _attachments(answers, region, name)


def _policy(answers: Answers, region: str, core: str) -> object:
    read = answers.about("networkmanager.get_core_network_policy", region, core)
    if not isinstance(read, Mapping):
        return read
    said = read.get("CoreNetworkPolicy", {}).get("PolicyDocument")
    return json.dumps(said) if isinstance(said, Mapping) else said


def _attachments(answers: Answers, region: str, core: str) -> Iterator[Resource]:
    read = answers.about(LISTED, region, core)
    if not isinstance(read, Mapping):
        values: dict[str, object] = {"core_network_id": core, "vpc_arn": read}
        kind = "aws_networkmanager_vpc_attachment"
        yield answers.make(kind, f"unread.{core}", values, (region, LISTED), doubt=read)
        return
    for end in read.get("Attachments", ()):
        kind, member = KINDS.get(str(end.get("AttachmentType")), ("connect_attachment", "arn"))
        name = end["AttachmentId"]
        values = {
            "id": name,
            "core_network_id": core,
            member: end.get("ResourceArn"),
            "segment_name": end.get("SegmentName"),
            "network_function_group_name": end.get("NetworkFunctionGroupName"),
            "state": end.get("State"),
            "tags": tags(end.get("Tags")),
            **(_subnets(answers, region, name) if kind == "vpc_attachment" else {}),
        }
        if end.get("State") not in GONE:
            owner = end.get("OwnerAccountId")
            made = f"aws_networkmanager_{kind}"
            yield answers.make(made, name, values, (region, LISTED), owner=owner)


def _subnets(answers: Answers, region: str, attachment: str) -> dict[str, object]:
    read = answers.about("networkmanager.get_vpc_attachment", region, attachment)
    if not isinstance(read, Mapping):
        return {"subnet_arns": read}
    said: Item = read.get("VpcAttachment", {})
    return {"subnet_arns": said.get("SubnetArns")}
