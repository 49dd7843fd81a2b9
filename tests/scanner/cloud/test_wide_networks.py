"""Cloud WAN and Direct Connect, from answers of AWS to verdicts."""

import json

import pytest

from graphs.nodes import DirectConnectGateway, Site, TransitAttachment
from scanner.config import load_config
from scanner.estates import Request, estates

ME, HOME = "111122223333", "eu-west-1"
CORE = "core-network-1"
NONE_OF = (
    "NetworkInterfaces", "TransitGatewayVpcAttachments", "VpnConnections", "TransitGateways",
    "CustomerGateways", "VpnGateways", "VpcPeeringConnections", "NatGateways", "InternetGateways",
)  # fmt: skip
POLICY = {
    "version": "2021.12",
    "segments": [{"name": "a"}, {"name": "b"}],
    "attachment-policies": [],
}
SITE = """
version: 1
sites:
  - name: plant
    country: NO
    prefixes: [192.168.0.0/24]
    behind: [%s]
"""


def lan(number):
    """A VPC with a subnet, an instance, and a route for all the rest to the core network."""
    vpc, subnet, where = f"vpc-{number}", f"subnet-{number}", f"10.{number}.1"
    to_core = {
        "DestinationCidrBlock": "0.0.0.0/0", "State": "active",
        "CoreNetworkArn": f"arn:aws:networkmanager::{ME}:core-network/{CORE}",
    }  # fmt: skip
    local = {"DestinationCidrBlock": f"10.{number}.0.0/16", "GatewayId": "local", "State": "active"}
    every = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    line = {"RuleAction": "allow", "Protocol": "-1", "CidrBlock": "0.0.0.0/0", "RuleNumber": 100}
    return {
        "Vpcs": [{"VpcId": vpc, "CidrBlock": f"10.{number}.0.0/16", "OwnerId": ME}],
        "Subnets": [{
            "SubnetId": subnet, "VpcId": vpc, "CidrBlock": f"{where}.0/24", "OwnerId": ME,
            "AvailabilityZone": f"{HOME}a",
            "SubnetArn": f"arn:aws:ec2:{HOME}:{ME}:subnet/{subnet}",
        }],
        "RouteTables": [{
            "RouteTableId": f"rtb-{number}", "VpcId": vpc, "Routes": [local, to_core],
            "Associations": [{
                "Main": True, "RouteTableId": f"rtb-{number}",
                "RouteTableAssociationId": f"rtbassoc-{number}",
            }],
        }],
        "SecurityGroups": [{
            "GroupId": f"sg-{number}", "GroupName": "any", "VpcId": vpc, "OwnerId": ME,
            "IpPermissions": every, "IpPermissionsEgress": every,
        }],
        "NetworkAcls": [{
            "NetworkAclId": f"acl-{number}", "VpcId": vpc, "IsDefault": True,
            "Associations": [{"SubnetId": subnet}],
            "Entries": [{**line, "Egress": way} for way in (True, False)],
        }],
        "Reservations": [{"Instances": [{
            "InstanceId": f"i-{number}", "SubnetId": subnet, "VpcId": vpc,
            "PrivateIpAddress": f"{where}.10", "State": {"Name": "running"},
            "SecurityGroups": [{"GroupId": f"sg-{number}"}],
        }]}],
    }  # fmt: skip


def attachment(number, segment, **more):
    return {
        "AttachmentId": f"attachment-{number}", "CoreNetworkId": CORE, "AttachmentType": "VPC",
        "ResourceArn": f"arn:aws:ec2:{HOME}:{ME}:vpc/vpc-{number}", "SegmentName": segment,
        "State": "AVAILABLE", "EdgeLocation": HOME, "OwnerAccountId": ME, **more,
    }  # fmt: skip


@pytest.fixture
def swept(tmp_path):
    """Write answers and a site behind something, and read the estate."""

    def call(policy, *attachments, behind="", **more):
        lists = {}
        for number in (1, 2):
            for key, items in lan(number).items():
                lists.setdefault(key, []).extend(items)
        arn = f"arn:aws:networkmanager::{ME}:core-network/{CORE}"
        core = {"CoreNetworkId": CORE, "CoreNetworkArn": arn, "State": "AVAILABLE"}
        lists |= {key: [] for key in NONE_OF}
        lists |= {"CoreNetworks": [core], **more}
        read = [{key: items} for key, items in lists.items()]
        read.append({"CoreNetworkId": CORE, "CoreNetworkPolicy": {
            "CoreNetworkId": CORE, "PolicyDocument": json.dumps(policy),
        }})  # fmt: skip
        read.append({"CoreNetworkId": CORE, "Attachments": list(attachments)})
        read += [
            {"AttachmentId": each["AttachmentId"], "VpcAttachment": {
                "Attachment": each,
                "SubnetArns": [f"arn:aws:ec2:{HOME}:{ME}:subnet/subnet-{each['AttachmentId'][-1]}"],
            }}
            for each in attachments if each["AttachmentType"] == "VPC"
        ]  # fmt: skip
        where = tmp_path / ME / HOME
        where.mkdir(parents=True)
        for number, each in enumerate(read):
            (where / f"{number}.json").write_text(json.dumps(each))
        if behind:
            (tmp_path / "pathwarden.yaml").write_text(SITE % behind)
        (found,) = estates(Request(tmp_path, load_config(tmp_path, None)))
        return found.estate

    return call


def asked(estate, source="10.1.1.10", goal="10.2.1.10"):
    answer = estate.network.reach(source, goal).answer(6, 443)
    return "yes" if answer.certain else "?" if answer.possible else "no"


ISOLATED = {**POLICY, "segments": [{"name": "a", "isolate-attachments": True}]}
SHARED = {**POLICY, "segment-actions": [
    {"action": "share", "mode": "attachment-route", "segment": "a", "share-with": ["b"]},
]}  # fmt: skip
SEGMENTS = {
    "one": (POLICY, "a", "a", {}, "yes"),
    "two": (POLICY, "a", "b", {}, "no"),
    "two that share": (SHARED, "a", "b", {}, "yes"),
    "one that isolates": (ISOLATED, "a", "a", {}, "no"),
    "not accepted": (POLICY, "a", "a", {"State": "PENDING_ATTACHMENT_ACCEPTANCE"}, "no"),
    "turned away": (POLICY, "a", "a", {"State": "REJECTED"}, "no"),
}


@pytest.mark.parametrize("case", SEGMENTS)
def test_attachments_say_which_segment_they_are_in(swept, case):
    policy, one, other, more, said = SEGMENTS[case]
    estate = swept(policy, attachment(1, one), attachment(2, other, **more))
    assert asked(estate) == said


def test_a_policy_that_was_not_read_leaves_it_open(swept, tmp_path):
    estate = swept(POLICY, attachment(1, "a"), attachment(2, "a"))
    assert {end.kind for end in estate.index.of(TransitAttachment)} == {"vpc"}
    for file in tmp_path.rglob("*.json"):
        if "PolicyDocument" in file.read_text():
            file.unlink()
    (found,) = estates(Request(tmp_path, load_config(tmp_path, None)))
    assert asked(found.estate) == "?"


DX = f"arn:aws:directconnect::{ME}:dx-gateway/dx-1"
LINE = {
    "virtualInterfaceId": "dxvif-1", "virtualInterfaceName": "fibre", "region": HOME,
    "virtualInterfaceType": "transit", "virtualInterfaceState": "available",
    "directConnectGatewayId": "dx-1",
}  # fmt: skip


@pytest.mark.parametrize("behind", [
    "aws_dx_gateway.dx-1", "aws_dx_transit_virtual_interface.fibre", "aws_dx_gateway.main",
])  # fmt: skip
def test_a_site_comes_in_by_direct_connect(swept, behind):
    gateway = {"directConnectGatewayId": "dx-1", "directConnectGatewayName": "main"}
    end = {**attachment(9, "a"), "AttachmentType": "DIRECT_CONNECT_GATEWAY", "ResourceArn": DX}
    estate = swept(
        POLICY, attachment(1, "a"), attachment(2, "b"), end, behind=behind,
        directConnectGateways=[gateway], virtualInterfaces=[LINE],
    )  # fmt: skip
    (site,), (direct,) = estate.index.of(Site), estate.index.of(DirectConnectGateway)
    assert site.behind == (direct.id,)
    assert asked(estate, "site:plant", "10.1.1.10") == "yes"
    assert asked(estate, "10.1.1.10", "192.168.0.7") == "yes"
    assert asked(estate, "site:plant", "10.2.1.10") == "no", "in another segment"
