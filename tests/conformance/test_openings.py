"""What is said to open a blocked way of a measured network opens it, in a copy of the network."""

import json

import pytest

from graphs.network.remedies import remedies
from scanner import reaching
from scanner.estates import Request, estates
from scanner.reaching import Question
from tests.conformance.test_recorded_networks import NETWORKS

# What no change of a network makes answer.
CLOSED = (
    "takes no connections",
    "does not listen on",
    "Nothing has the address",
    "back to itself",
)
BLOCKED = {
    "instance_multiple_interface": (44, 44),
    "nlb_targets_instance_nacl_test": (260, 86),
    "tgw_multi_az_intra_region_nacl_test": (70, 28),
    "traffic_in_igw_out_ngw": (16, 6),
    "vpc_endpoints": (25, 4),
}


@pytest.mark.parametrize("network", BLOCKED)
def test_all_openings_together_let_something_through(network):
    (read,) = estates(Request(NETWORKS / network))
    facts = json.loads((NETWORKS / network / "facts.json").read_text())
    blocked = opened = 0
    for fact in facts:
        protocol = reaching.protocol_of(fact["proto"])
        question = Question(fact["src"], fact["dst"], protocol, fact["port"])
        asked = question.source, question.destination, protocol, question.number
        found, after = remedies(read.estate.network, *asked)
        if found:
            blocked += 1
            through = after.reach(*asked[:2]).answer(*asked[2:]).certain
            opened += through
            closed = [stop.step.claim for stop in found if stop.opening is None]
            assert through != bool(closed), asked
            assert all(any(words in claim for words in CLOSED) for claim in closed), closed
    assert (blocked, opened) == BLOCKED[network]
