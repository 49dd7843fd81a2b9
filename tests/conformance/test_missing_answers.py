"""Answers that were not handed over: what they would have told is unknown, never guessed."""

import json
from pathlib import PurePosixPath

import pytest

from tests.conformance.test_layouts import WORDS, recorded, verdicts

NETWORKS = (
    "instance_multiple_interface",
    "multi_account_vpc_peering_tgw",
    "traffic_in_igw_out_ngw",
    "vnd_panos_single_fw",
    "vpc_endpoints",
)
TOLD = {
    (network, PurePosixPath(path).stem)
    for network in NETWORKS
    for path, content in recorded(network)[0].items()
    if any(content.values())
}


def written(files, root):
    """The files, written below a directory."""
    for path, content in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content))


@pytest.mark.parametrize(("network", "missing"), sorted(TOLD))
def test_nothing_measured_is_contradicted(network, missing, tmp_path):
    files, facts = recorded(network)
    written({p: c for p, c in files.items() if PurePosixPath(p).stem != missing}, tmp_path)
    wrong = [
        (fact, word, why)
        for fact, word, why in verdicts(tmp_path, facts)
        if word not in (WORDS[fact["reachable"]], "unknown")
    ]
    assert wrong == []


def test_an_address_that_something_unknown_has_is_not_vacant(tmp_path):
    files, _ = recorded("traffic_in_igw_out_ngw")
    path = "us-west-1/NetworkInterfaces.json"
    (first,) = (n for n in files[path]["NetworkInterfaces"]
                if n["PrivateIpAddress"] == "10.3.1.100")  # fmt: skip
    other = {
        **first, "NetworkInterfaceId": "eni-other", "Description": "RDSNetworkInterface",
        "PrivateIpAddresses": [{"PrivateIpAddress": "10.3.1.77", "Primary": True}],
    }  # fmt: skip
    files[path]["NetworkInterfaces"].append(other)
    written(files, tmp_path)
    asked = [{"src": "10.3.1.100", "dst": f"10.3.1.{end}", "proto": "tcp", "port": 5432}
             for end in (77, 78)]  # fmt: skip
    told = [(word, why) for _, word, why in verdicts(tmp_path, asked)]
    assert [word for word, _ in told] == ["unknown", "blocked"]
    assert "eni-other is of (RDSNetworkInterface)" in told[0][1]


def without(value, path):
    """The same without a member, wherever it lies."""
    if isinstance(value, list):
        return [without(each, path) for each in value]
    if not isinstance(value, dict):
        return value
    step, _, rest = path.partition(".")
    kept = value.items() if rest else ((k, v) for k, v in value.items() if k != step)
    return {k: without(v, rest) if k == step else v for k, v in kept}


@pytest.mark.parametrize(
    "lacking",
    [
        "NetworkAcls.Entries", "NetworkAcls.Entries.CidrBlock", "RouteTables.Routes",
        "RouteTables.Routes.DestinationCidrBlock", "RouteTables.Routes.GatewayId",
        "RouteTables.Routes.NatGatewayId", "SecurityGroups.IpPermissions",
        "SecurityGroups.IpPermissionsEgress", "SecurityGroups.IpPermissions.IpRanges",
        "Reservations.Instances.SubnetId", "Reservations.Instances.NetworkInterfaces.Attachment",
        "VpcEndpoints.RouteTableIds",
    ],
)  # fmt: skip
def test_a_member_that_is_lacking_is_not_guessed(lacking, tmp_path):
    files, facts = recorded("vpc_endpoints")
    stem = lacking.partition(".")[0]
    for path, content in files.items():
        if PurePosixPath(path).stem == stem:
            files[path] = without(content, lacking)
    written(files, tmp_path)
    wrong = [
        (fact, word, why)
        for fact, word, why in verdicts(tmp_path, facts)
        if word not in (WORDS[fact["reachable"]], "unknown")
    ]
    assert wrong == []
