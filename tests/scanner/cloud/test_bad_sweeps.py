"""What can go wrong with a sweep is one clear line, exit code 2, and no file."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from scanner.cli import cli
from scanner.cloud.calls import all_calls, policy
from scanner.cloud.redact import redacted, revealed
from scanner.cloud.shape import shaped
from scanner.cloud.snapshot import Answer, Snapshot, Swept, read_snapshot, write_snapshot
from scanner.errors import CloudProblem

HOME = Path(__file__).parents[3]


@pytest.fixture
def alone(monkeypatch, tmp_path):
    """No credentials, and nothing that would give any."""
    for name in [n for n in os.environ if n.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))


def said(tmp_path, *options, output=None):
    output = output or tmp_path / "a.snapshot"
    done = CliRunner().invoke(cli, ["sweep", *options, "-o", str(output)])
    assert isinstance(done.exception, CloudProblem), done.output
    assert not Path(output).is_file()
    line = str(done.exception)
    assert "\n" not in line
    return line


def test_no_credentials(alone, tmp_path):
    assert "credentials" in said(tmp_path, "--region", "eu-north-1").lower()


def test_an_unknown_profile(alone, tmp_path):
    assert "nobody" in said(tmp_path, "--profile", "nobody", "--region", "eu-north-1")


def test_no_region(alone, tmp_path):
    assert "--region" in said(tmp_path)


def test_a_region_that_is_none(alone, tmp_path):
    assert "eu-nrth" in said(tmp_path, "--region", "eu-nrth")


def test_an_output_that_cannot_be_written(alone, tmp_path):
    line = said(tmp_path, "--region", "eu-north-1", output=tmp_path / "nowhere" / "a.snapshot")
    assert "cannot be written" in line


def test_wrong_credentials_or_a_region_that_refuses(aws, tmp_path):
    aws.proxy.faults.deny = lambda action: action.startswith("sts:")
    line = said(tmp_path, "--profile", "production", "--region", "eu-north-1")
    assert "region eu-north-1 refuses profile production: AccessDenied" in line


def test_an_endpoint_that_hangs(aws, tmp_path):
    aws.proxy.faults.hang = 1.0
    options = ("--profile", "production", "--region", "eu-north-1", "--timeout", "0.2")
    assert "timeout" in said(tmp_path, *options).lower()


def snapshot():
    answer = Answer("ec2", "describe_vpcs", "eu-north-1", {}, {"Vpcs": []})
    account = Swept("444455556666", "arn:aws:iam::444455556666:user/a", ("eu-north-1",), (answer,))
    return Snapshot("2025-11-22T00:00:00+00:00", (account,), "1")


def test_a_snapshot_is_read_as_it_was_written(tmp_path):
    write_snapshot(snapshot(), tmp_path / "a")
    write_snapshot(snapshot(), tmp_path / "b")
    assert read_snapshot(tmp_path / "a") == snapshot()
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_truncated_snapshot(tmp_path):
    write_snapshot(snapshot(), tmp_path / "a")
    whole = (tmp_path / "a").read_bytes()
    for length in (2, 12, len(whole) // 2, len(whole) - 1):
        (tmp_path / "b").write_bytes(whole[:length])
        with pytest.raises(CloudProblem, match=r"truncated|damaged"):
            read_snapshot(tmp_path / "b")


@pytest.mark.parametrize(
    ("document", "line"),
    [
        ({"format": "pathwarden-snapshot", "version": 2}, "version 2, not 1 .use a newer"),
        ({"format": "pathwarden-snapshot", "version": 1, "accounts": 3}, "damaged"),
        ({"format": "another"}, "no snapshot"),
        ([], "no snapshot"),
    ],
)
def test_another_file_is_told_from_a_snapshot(tmp_path, document, line):
    (tmp_path / "a").write_bytes(gzip.compress(json.dumps(document).encode()))
    with pytest.raises(CloudProblem, match=line):
        read_snapshot(tmp_path / "a")


def test_answers_of_another_form_are_one_line(tmp_path):
    answer = Answer("ec2", "describe_vpcs", "eu-north-1", {}, {"Vpcs": [{"Name": "odd"}]})
    odd = Swept("444455556666", "arn:aws:iam::444455556666:user/a", ("eu-north-1",), (answer,))
    write_snapshot(Snapshot("", (odd,), "1"), tmp_path / "a")
    done = CliRunner().invoke(cli, ["scan", "--on", str(tmp_path / "a")])
    assert isinstance(done.exception, CloudProblem)


def test_the_policy_allows_reading_and_names_every_call():
    (statement,) = json.loads(policy())["Statement"]
    actions = statement["Action"]
    assert {call.action for call in all_calls()} == set(actions)
    verbs = ("Describe", "Get", "List", "Search")
    assert all(action.split(":")[1].startswith(verbs) for action in actions)
    assert "s3:GetObject" not in actions
    assert "secretsmanager:GetSecretValue" not in actions


def test_no_secret_of_an_answer_is_kept():
    key = "AKIAIOSFODNN7EXAMPLE"
    text = f"id={key} secret=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    assert revealed(text) == f"{key} secret = (redacted)"
    answer = {
        "Functions": [{"Environment": {"Variables": {"DB_PASSWORD": "correct-horse", "A": "b"}}}]
    }
    kept = redacted("lambda", "list_functions", answer)
    assert kept["Functions"][0]["Environment"]["Variables"] == {
        "DB_PASSWORD": "(redacted)",
        "A": "",
    }
    line = {"VpnConnections": [{"CustomerGatewayConfiguration": "<key/>"}]}
    assert "<key/>" not in str(redacted("ec2", "describe_vpn_connections", line))


def test_a_plain_scan_loads_no_boto3():
    code = (
        "import sys\nfrom pathlib import Path\nfrom scanner.pipeline import Request, scan\n"
        "import scanner.cli.scan\n"
        "scan(Request(path=Path('fixtures/terraform/harbor/modules/bucket'), environ={}))\n"
        "print(sorted({'boto3', 'botocore'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=HOME, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_service_control_policies_are_kept_and_named_as_not_judged():
    data = {"Policies": [{"Name": "no-root", "AwsManaged": False}, {"AwsManaged": True}]}
    answer = Answer("organizations", "list_policies", "eu-north-1", {}, data)
    account = Swept("444455556666", "arn:aws:iam::444455556666:user/a", ("eu-north-1",), (answer,))
    (gap,) = shaped(Snapshot("", (account,))).gaps
    assert gap.what.startswith("1 service control policies")
