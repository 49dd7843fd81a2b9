"""Plans, states and live accounts compared: the same questions, whoever wrote them down."""

import json
from pathlib import Path

import pytest

from tests.scanner.diffing.conftest import code, invoked
from tests.scanner.test_joined_roots import LIVE

PLANNED = Path(__file__).parents[1] / "terraform" / "planned"


def closed(value):
    """A plan in which the rule called ssh lets nobody in from the internet."""
    if isinstance(value, dict):
        found = {key: closed(each) for key, each in value.items()}
        if found.get("description") == "ssh" and "cidr_blocks" in found:
            found["cidr_blocks"] = ["10.0.0.0/8"]
        return found
    return [closed(each) for each in value] if isinstance(value, list) else value


def test_two_plans(tmp_path):
    plan = PLANNED / "quay" / "plan.json"
    before = tmp_path / "before.json"
    before.write_text(json.dumps(closed(json.loads(plan.read_text()))))
    words = (before, plan, "--source", PLANNED / "quay", "--format", "json")
    done = invoked(*words)
    told = json.loads(done.stdout)
    assert code(done) == 1
    hosts = {'module.host["a"].aws_instance.this', 'module.host["b"].aws_instance.this'}
    assert {c["target"] for c in told["reach_added"]} == hosts
    assert all(c["packets"].startswith("tcp 22 from ") for c in told["reach_added"])
    assert "ssh-open-to-internet" in {f["rule"] for f in told["findings_added"]}
    assert code(invoked(plan, before, *words[2:])) == 0


def test_a_state_has_no_difference_from_itself():
    state = PLANNED / "wiring" / "terraform.tfstate"
    done = invoked(state, state)
    assert code(done) == 0
    assert "Nothing that counts is different." in done.stdout


@pytest.fixture
def account(tmp_path):
    """What the AWS CLI told of an account at some time."""

    def told(name, answers):
        there = tmp_path / name / "111111111111" / "eu-west-1"
        there.mkdir(parents=True)
        for each, answer in answers.items():
            (there / f"{each}.json").write_text(json.dumps(answer))
        return tmp_path / name

    return told


def test_what_a_later_sweep_was_refused_is_not_taken_for_mended(account):
    before = account("before", LIVE)
    later = account("later", {name: answer for name, answer in LIVE.items() if name != "vpcs"})
    assert code(invoked(before, before)) == 0
    told = json.loads(invoked(before, later, "--format", "json").stdout)
    assert told["base"]["resources"]
    assert told["gaps_added"]
    assert told["lost"]
    assert not told["findings_fixed"]
