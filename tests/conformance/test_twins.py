"""Terraform twins of measured networks: both front ends give one verdict on every fact.

What an apply would tell the code, and nothing else, is filled in out of the recorded answers: the
public addresses of instances, interfaces and NAT gateways, the addresses of load balancers, and
those of the service behind a gateway endpoint.
"""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from graphs.build import build_estate
from scanner import reaching
from scanner.estates import Request, estates
from scanner.reaching import Question
from tests.conformance.test_recorded_networks import NETWORKS

TWINS = Path(__file__).parents[2] / "fixtures" / "terraform" / "labs"
FACTS = {
    "instance_multiple_interface": 140,
    "multi_account_vpc_peering": 24,
    "multi_account_vpc_peering_tgw": 24,
    "nlb_targets_instance": 179,
    "nlb_targets_instance_nacl_test": 375,
    "tgw_asymmetric_non_default_rtb": 24,
    "tgw_multi_az_intra_region_nacl_test": 173,
    "traffic_in_igw_out_ngw": 34,
    "vpc_endpoints": 56,
}


def recorded(network, kind):
    """What the recorded answers list of a kind."""
    for file in sorted((NETWORKS / network).rglob(f"{kind}.json")):
        for found in json.loads(file.read_text()).values():
            yield from found


def public(interface):
    return interface.get("Association", {}).get("PublicIp")


def addresses_of(network, service):
    """The addresses that a service of AWS has, which gateway endpoints lead to."""
    for listed in recorded(network, "PrefixLists"):
        if listed["PrefixListName"] == service:
            return tuple(listed["Cidrs"])
    return ()


def applied(resources, network):
    """The resources, with the addresses that AWS chose."""
    held = list(recorded(network, "NetworkInterfaces"))
    behind = {each["PrivateIpAddress"]: public(each) for each in held if public(each)}
    nodes = {
        each["Description"].split("/")[1]: each for each in held if "net/" in each["Description"]
    }
    for resource in resources:
        values = dict(resource.values)
        if resource.type in ("aws_instance", "aws_nat_gateway"):
            values["public_ip"] = behind.get(values["private_ip"])
        elif resource.type == "aws_eip" and "associate_with_private_ip" in values:
            values["public_ip"] = behind[values["associate_with_private_ip"]]
        elif resource.type == "aws_vpc_endpoint":
            values["cidr_blocks"] = addresses_of(network, values["service_name"])
        elif resource.type == "aws_lb":
            node = nodes[values["name"]]
            (mapping,) = values["subnet_mapping"]
            told = {"private_ipv4_address": node["PrivateIpAddress"]}
            told["public_ipv4_address"] = public(node)
            values["subnet_mapping"] = ({**mapping, **told},)
        yield replace(resource, values=values)


def verdicts(estate, network):
    """What is said of each fact."""
    for fact in json.loads((NETWORKS / network / "facts.json").read_text()):
        protocol = reaching.protocol_of(fact["proto"])
        asked = Question(fact["src"], fact["dst"], protocol, fact["port"])
        yield fact, reaching.ask(estate, asked)


@pytest.mark.parametrize("network", FACTS)
def test_code_says_what_was_measured(network):
    (read,) = estates(Request(TWINS / network))
    estate = build_estate(tuple(applied(read.evaluated.resources, network)))
    words = {True: "reachable", False: "blocked"}
    told = list(verdicts(estate, network))
    wrong = [(f, said.word, said.why) for f, said in told if said.word != words[f["reachable"]]]
    assert wrong == []
    assert len(told) == FACTS[network]


@pytest.mark.parametrize("network", FACTS)
def test_what_only_aws_knows_is_unknown_in_code(network):
    (read,) = estates(Request(TWINS / network))
    words = {True: "reachable", False: "blocked"}
    for fact, said in verdicts(read.estate, network):
        if said.word != words[fact["reachable"]]:
            assert said.word == "unknown", (fact, said.why)
            assert fact["dst"] in said.why or "known only after apply" in said.why


@pytest.mark.parametrize("network", FACTS)
def test_code_is_read_whole(network):
    (read,) = estates(Request(TWINS / network))
    assert [str(gap) for gap in read.estate.gaps] == []
