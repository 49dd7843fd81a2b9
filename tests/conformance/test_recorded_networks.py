"""Real networks, recorded and measured: what is said of them is what ping and nmap found."""

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.scanner.cli.conftest import plain_environment, run  # noqa: F401  fixtures

NETWORKS = Path(__file__).parents[2] / "fixtures" / "aws"

# How many facts cannot be told, and the words in which each of them says why.
OPEN = {
    "demo": (40, "answers"),
    "vnd_panos_single_fw": (28, "lets through"),
}


def verdicts(run, network):  # noqa: F811
    """The facts of a network, each with the answer to it."""
    facts = NETWORKS / network / "facts.json"
    done = run("reach", "--aws-json", NETWORKS / network, "--batch", facts)
    assert done.code == 0
    return list(zip(json.loads(facts.read_text()), json.loads(done.out), strict=True))


@pytest.mark.parametrize("network", sorted(p.name for p in NETWORKS.iterdir() if p.is_dir()))
def test_what_was_measured_is_what_is_said(run, network):  # noqa: F811
    told = verdicts(run, network)
    words = {True: "reachable", False: "blocked"}
    wrong = [
        (fact, said)
        for fact, said in told
        if said["verdict"] not in (words[fact["reachable"]], "unknown")
    ]
    assert wrong == []
    unknown = [said["why"] for _, said in told if said["verdict"] == "unknown"]
    count, reason = OPEN.get(network, (0, ""))
    assert len(unknown) == count
    assert all(reason in why for why in unknown)


def test_every_answer_has_a_reason(run):  # noqa: F811
    told = verdicts(run, "nlb_targets_instance")
    assert all(said["why"] for _, said in told)
    assert {"nothing leads there"} != {said["why"] for _, said in told}
    assert Counter(said["verdict"] for _, said in told)["blocked"] > 100
