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
