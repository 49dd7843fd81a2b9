"""Recorded networks with one thing changed: what is said changes with it."""

import json
from pathlib import PurePosixPath

import pytest

from tests.conformance.test_layouts import WORDS, recorded, verdicts
from tests.conformance.test_missing_answers import written


def named(files, stem):
    """What the files of a name hold, to be changed."""
    return [content for path, content in files.items() if PurePosixPath(path).stem == stem]


def differing(files, facts, root):
    """The facts of which another thing is said than was measured."""
    written(files, root)
    return [
        (fact["dst"], fact["port"], word)
        for fact, word, _ in verdicts(root, facts)
        if word != WORDS[fact["reachable"]]
    ]


def apart(files, *, across):
    """Put all subnets but those of balancers into another zone."""
    homes = {
        zone["SubnetId"]
        for content in named(files, "LoadBalancers")
        for balancer in content["LoadBalancers"]
        for zone in balancer["AvailabilityZones"]
    }
    for content in named(files, "Subnets"):
        for subnet in content["Subnets"]:
            if subnet["SubnetId"] not in homes:
                subnet["AvailabilityZone"] = "us-east-1b"
    for content in named(files, "LoadBalancerAttributes"):
        for told in content["LoadBalancerAttributes"]:
            for each in told["Attributes"]:
                if each["Key"] == "load_balancing.cross_zone.enabled":
                    each["Value"] = json.dumps(across)


@pytest.mark.parametrize("across", [True, False])
def test_a_network_balancer_leads_to_other_zones_where_it_is_told_to(across, tmp_path):
    files, facts = recorded("nlb_targets_instance_nacl_test")
    facts = [fact for fact in facts if fact["reachable"] and fact["port"] == 80][:60]
    apart(files, across=across)
    said = {word for _, _, word in differing(files, facts, tmp_path)}
    assert said == (set() if across else {"blocked"})


def test_what_a_gateway_announces_never_stands_before_local(tmp_path):
    """Longer prefixes of the VPC's own addresses, which its sites announce as well.

    https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html
    """
    files, facts = recorded("vpc_endpoints")
    (vpc,) = named(files, "Vpcs")[0]["Vpcs"]
    home = {"State": "attached", "VpcId": vpc["VpcId"]}
    gateway = {"VpnGatewayId": "vgw-1", "State": "available", "VpcAttachments": [home]}
    named(files, "VpnGateways")[0]["VpnGateways"].append(gateway)
    for table in named(files, "RouteTables")[0]["RouteTables"]:
        for prefix in ("10.1.1.0/24", "10.1.2.0/24", "10.1.3.0/24", "192.168.0.0/16"):
            origin = "EnableVgwRoutePropagation"
            announced = {"DestinationCidrBlock": prefix, "GatewayId": "vgw-1", "Origin": origin}
            table["Routes"].append({**announced, "State": "active"})
    assert differing(files, facts, tmp_path) == []


def test_machines_may_be_those_of_a_participant_in_shared_subnets(tmp_path):
    """Who owns the subnets lists the interfaces in them, and who owns the machines the rest."""
    files, facts = recorded("instance_multiple_interface")
    participant, both = ("Reservations", "SecurityGroups", "Addresses"), ("Vpcs", "Subnets")
    shared = {}
    for path, content in files.items():
        stem, nothing = PurePosixPath(path).stem, {key: [] for key in content}
        own = stem in (*participant, *both, "NetworkInterfaces")
        shared[f"444455556666/{path}"] = content if own else nothing
        shared[f"028403472736/{path}"] = nothing if stem in participant else content
    assert differing(shared, facts, tmp_path) == []


def test_a_rule_over_a_deleted_peering_matches_nothing(tmp_path):
    files, facts = recorded("instance_multiple_interface")
    gone = {"GroupId": "sg-gone", "UserId": "444455556666", "PeeringStatus": "deleted"}
    rule = {"IpProtocol": "tcp", "FromPort": 0, "ToPort": 65535, "UserIdGroupPairs": [gone]}
    for group in named(files, "SecurityGroups")[0]["SecurityGroups"]:
        group["IpPermissions"].append(rule)
    assert differing(files, facts, tmp_path) == []


def test_a_machine_that_is_stopped_may_be_started(tmp_path):
    files, facts = recorded("vpc_endpoints")
    for reservation in named(files, "Reservations")[0]["Reservations"]:
        for machine in reservation["Instances"]:
            machine["State"] = {"Code": 80, "Name": "stopped"}
    written(files, tmp_path)
    told = [(word, why) for fact, word, why in verdicts(tmp_path, facts) if fact["reachable"]]
    assert {word for word, _ in told} == {"unknown"}
    assert all("is started, which is stopped" in why for _, why in told)


def peered(files):
    """Lead what the HR networks of two regions send each other over their transit gateways, as the
    list of all attachments tells it."""
    east, west = "tgw-0efa3273281f159be", "tgw-05367f0bf65d5714d"
    for region, own, other, goal in (
        ("us-east-1", east, west, "10.3.0.0/16"),
        ("us-west-1", west, east, "10.1.0.0/16"),
    ):
        end = {"TransitGatewayAttachmentId": "tgw-attach-peer", "ResourceType": "peering"}
        (table,) = files[f"{region}/TransitGatewayRouteTables.json"]["TransitGatewayRouteTables"]
        named = table["TransitGatewayRouteTableId"]
        joined = {"State": "associated", "TransitGatewayRouteTableId": named}
        said = {**end, "TransitGatewayId": own, "ResourceId": other, "State": "available"}
        attachments = files[f"{region}/TransitGatewayAttachments.json"]
        attachments["TransitGatewayAttachments"].append({**said, "Association": joined})
        ends = [{**end, "ResourceId": other}]
        route = {"DestinationCidrBlock": goal, "State": "active", "Type": "static"}
        (static,) = files[f"{region}/TransitGatewayStaticRoutes.json"]["TransitGatewayStaticRoutes"]
        static["Routes"].append({**route, "TransitGatewayAttachments": ends})
        for each in files[f"{region}/RouteTables.json"]["RouteTables"]:
            for sent in each["Routes"]:
                if sent.pop("VpcPeeringConnectionId", "") == "pcx-0f83b3bc68f9478a7":
                    sent["TransitGatewayId"] = own


def test_transit_gateways_of_two_regions_are_peered(tmp_path):
    files, facts = recorded("demo")
    between = ("10.1.", "10.3.")
    asked = [f for f in facts if f["src"][:5] in between and f["dst"][:5] in between]
    assert sum(f["reachable"] and f["src"][:5] != f["dst"][:5] for f in asked) > 10
    peered(files)
    assert differing(files, asked, tmp_path) == []
    routes = files["us-east-1/TransitGatewayStaticRoutes.json"]["TransitGatewayStaticRoutes"][0]
    routes["Routes"].clear()
    cut = differing(files, asked, tmp_path)
    assert {word for _, _, word in cut} == {"blocked"}
