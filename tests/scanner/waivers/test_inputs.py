"""Waivers of what is no code: states and plans with their configuration, and live accounts."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from scanner.config import parse_config
from scanner.pipeline import Request, scan
from scanner.terraform.definitions import PARSERS

QUAY = Path(__file__).parents[1] / "terraform/planned/quay"
RULE = "network-without-flow-log"
VPCS = {"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "OwnerId": "111122223333"}]}
CODE = f"""
# pathwarden:ignore {RULE} reason="in code"
resource "aws_vpc" "main" {{
  count      = 2
  cidr_block = "10.0.0.0/16"
}}
"""


def asked(path, settings="", **request):
    config = parse_config(f"version: 1\n{settings}")
    result = scan(Request(path, config, environ={}, today=date(2026, 11, 22), **request))
    return {
        f.subject: f.waived.reason if f.waived else None for f in result.findings if f.rule == RULE
    }


def waiving(match):
    return f"waivers:\n  - {{rule: {RULE}, match: '{match}', reason: known}}"


@pytest.fixture
def account(tmp_path):
    """Answers of the AWS CLI about one network."""
    (tmp_path / "111122223333/eu-west-1").mkdir(parents=True)
    (tmp_path / "111122223333/eu-west-1/vpcs.json").write_text(json.dumps(VPCS))
    return tmp_path


@pytest.mark.parametrize(
    ("match", "reason"),
    [
        ("arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-1", "known"),
        ("arn:aws:ec2:*:111122223333:vpc/*", "known"),
        ("aws_vpc.*", "known"),
        ("arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-2", None),
    ],
)
def test_what_is_live_is_waived_by_arn_and_address(account, match, reason):
    assert list(asked(account, waiving(match)).values()) == [reason]


def value(index):
    return {
        "address": f"aws_vpc.main[{index}]",
        "mode": "managed",
        "type": "aws_vpc",
        "name": "main",
        "index": index,
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "schema_version": 1,
        "values": {"cidr_block": "10.0.0.0/16", "id": f"vpc-{index}"},
        "sensitive_values": {},
    }


@pytest.fixture
def state(tmp_path):
    """What `terraform show -json` says of a state, without its configuration."""
    document = {
        "format_version": "1.0",
        "terraform_version": "1.11.4",
        "values": {"root_module": {"resources": [value(0), value(1)]}},
    }
    (tmp_path / "state.json").write_text(json.dumps(document))
    return tmp_path / "state.json"


def test_a_state_with_its_configuration_is_waived_like_the_code(state):
    first, second = "aws_vpc.main[0]", "aws_vpc.main[1]"
    assert asked(state) == {first: None, second: None}
    (state.parent / "main.tf").write_text(CODE)
    assert asked(state) == {first: "in code", second: "in code"}
    one = CODE.replace('reason="', 'instance="main[1]" reason="')
    (state.parent / "main.tf").write_text(one)
    assert asked(state) == {first: None, second: "in code"}


def test_a_state_alone_is_waived_by_instance_address(state):
    assert asked(state, waiving("aws_vpc.main[0]")) == {
        "aws_vpc.main[0]": "known",
        "aws_vpc.main[1]": None,
    }


def test_a_plan_with_its_configuration_is_waived_like_the_code(tmp_path):
    shutil.copytree(QUAY, tmp_path / "quay")
    code = tmp_path / "quay"
    (finding, *_) = (f for f in scan(Request(code, environ={})).findings if f.line and not f.call)
    text = (code / finding.file).read_text().split("\n")
    text.insert(finding.line - 1, f"# pathwarden:ignore {finding.rule} reason=known")
    (code / finding.file).write_text("\n".join(text))
    for path in (code, code / "plan.json"):
        found = scan(Request(path, environ={})).findings
        assert {f.fingerprint for f in found if f.waived} >= {finding.fingerprint}


def test_the_second_front_end_reads_the_same_waivers(tmp_path):
    (tmp_path / "main.tf").write_text(CODE)
    ours, theirs = (asked(tmp_path, parser=name) for name in PARSERS)
    assert ours == theirs == {f"aws_vpc.main[{n}]": "in code" for n in (0, 1)}
