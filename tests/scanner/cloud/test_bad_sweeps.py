"""What can go wrong with a sweep is one clear line, exit code 2, and no file."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from botocore.exceptions import EndpointConnectionError

from graphs.build import build_estate
from graphs.nodes import Guardrail
from scanner.cli import main
from scanner.cloud.calls import all_calls, policy
from scanner.cloud.collect import collect
from scanner.cloud.redact import redacted, revealed
from scanner.cloud.session import Account, open_account
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


@pytest.fixture
def refused(monkeypatch, capsys, tmp_path):
    """Run a command that has to end with exit code 2, one line, and no file more; the line."""

    def run(*words):
        before = sorted(tmp_path.rglob("*"))
        monkeypatch.setattr(sys, "argv", ["pathwarden", *map(str, words)])
        with pytest.raises(SystemExit) as done:
            main()
        out, err = capsys.readouterr()
        assert (done.value.code, out) == (2, "")
        assert len(err.splitlines()) == 1, err
        (line,) = err.splitlines()
        assert line.startswith("pathwarden: ")
        assert sorted(tmp_path.rglob("*")) == before
        return line

    return run


@pytest.fixture
def sweep(refused, tmp_path):
    return lambda *options: refused("sweep", *options, "-o", tmp_path / "a.snapshot")


def test_no_credentials(alone, sweep):
    assert "credentials" in sweep("--region", "eu-north-1").lower()


def test_an_unknown_profile(alone, sweep):
    assert "nobody" in sweep("--profile", "nobody", "--region", "eu-north-1")


def test_no_region(alone, sweep):
    assert "--region" in sweep()


def test_a_region_that_is_none(alone, sweep):
    assert "eu-nrth" in sweep("--region", "eu-nrth")


def test_an_output_that_cannot_be_written(alone, refused, tmp_path):
    for output in (tmp_path / "nowhere" / "a.snapshot", tmp_path):
        line = refused("sweep", "--region", "eu-north-1", "-o", output)
        assert f"{output} cannot be written" in line


def test_no_output(alone, refused):
    assert "-o FILE" in refused("sweep", "--region", "eu-north-1")


def test_wrong_credentials(aws, sweep):
    aws.proxy.faults.deny = lambda action: action.startswith("sts:")
    line = sweep("--profile", "production", "--region", "eu-north-1")
    assert "region eu-north-1 refuses profile production: AccessDenied" in line


def test_a_region_that_refuses_after_one_that_answers(aws, sweep):
    aws.proxy.faults.closed = "us-east-1"
    line = sweep("--profile", "production", "--region", "eu-north-1,us-east-1")
    assert "region us-east-1 refuses profile production" in line


def test_an_endpoint_that_hangs(aws, sweep):
    aws.proxy.faults.hang = 1.0
    options = ("--profile", "production", "--region", "eu-north-1", "--timeout", "0.2")
    assert "timeout" in sweep(*options).lower()


def test_something_else_that_answers_in_the_place_of_aws(aws, sweep):
    aws.proxy.faults.garbled = "sts"
    assert "not AWS" in sweep("--profile", "production", "--region", "eu-north-1")


def test_something_else_that_answers_for_one_service_is_a_refusal(aws):
    aws.proxy.faults.garbled = "autoscaling"
    answers = collect(open_account("archive", ("eu-north-1",)), rate=10_000.0)
    assert {a.service for a in answers if a.refused} == {"autoscaling"}


def test_a_service_that_hangs_is_asked_no_more_and_the_rest_is_read(aws):
    aws.proxy.faults.hang, aws.proxy.faults.hangs = 6.0, lambda action: action.startswith("kms:")
    account = open_account("archive", ("eu-north-1",), 2.0)
    answers = collect(account, rate=10_000.0)
    assert {a.service for a in answers if a.refused} == {"kms"}
    assert {a.refused for a in answers if a.refused} == {"ReadTimeoutError"}


def test_a_snapshot_that_cannot_be_put_in_place_leaves_what_was_there(tmp_path):
    (tmp_path / "a").mkdir()
    with pytest.raises(CloudProblem, match="cannot be written"):
        write_snapshot(snapshot(), tmp_path / "a")
    assert [each.name for each in tmp_path.iterdir()] == ["a"]


class Nowhere:
    """A session and its clients, of which no host is found. `known` are botocore's regions."""

    def __init__(self, known):
        self.known, self.asked = known, []
        self.meta = self.events = self

    def get_available_regions(self, service, partition_name):
        return self.known

    def client(self, service, **_):
        return self

    def register(self, *_):
        pass

    def close(self):
        pass

    def can_paginate(self, operation):
        return False

    def __getattr__(self, operation):
        self.asked.append(operation)
        raise EndpointConnectionError(endpoint_url="https://kinesis.eu-north-1.amazonaws.com")


@pytest.mark.parametrize(
    ("known", "refused"),
    [
        (["us-east-1"], ""),
        (["eu-north-1", "us-east-1", "us-west-2"], "EndpointConnectionError"),
        ([], "EndpointConnectionError"),
    ],
)
def test_a_service_that_a_region_does_not_have_has_nothing_there(known, refused):
    session = Nowhere(known)
    arn = "arn:aws:iam::111122223333:user/a"
    answers = collect(Account(session, "111122223333", arn, ("eu-north-1",)), rate=10_000.0)
    assert {a.refused for a in answers if a.region == "eu-north-1"} == {refused}
    assert len(session.asked) < len(answers)


def snapshot():
    answer = Answer("ec2", "describe_vpcs", "eu-north-1", {}, {"Vpcs": []})
    account = Swept("444455556666", "arn:aws:iam::444455556666:user/a", ("eu-north-1",), (answer,))
    return Snapshot("2025-11-22T00:00:00+00:00", (account,), "1")


def test_a_snapshot_is_read_as_it_was_written(tmp_path):
    write_snapshot(snapshot(), tmp_path / "a")
    write_snapshot(snapshot(), tmp_path / "b")
    assert read_snapshot(tmp_path / "a") == snapshot()
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_truncated_snapshot(refused, tmp_path):
    write_snapshot(snapshot(), tmp_path / "a")
    whole = (tmp_path / "a").read_bytes()
    for length in (2, 12, len(whole) // 2, len(whole) - 1):
        (tmp_path / "b").write_bytes(whole[:length])
        line = refused("scan", "--on", tmp_path / "b")
        assert "truncated" in line or "damaged" in line


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"format": "pathwarden-snapshot", "version": 2}, "version 2, not 1"),
        ({"format": "pathwarden-snapshot", "version": 0}, "version 0, not 1"),
        ({"format": "pathwarden-snapshot", "version": 1, "accounts": 3}, "damaged"),
        ({"format": "another"}, "no snapshot"),
        ([], "no snapshot"),
    ],
)
def test_another_file_is_told_from_a_snapshot(refused, tmp_path, document, said):
    (tmp_path / "a").write_bytes(gzip.compress(json.dumps(document).encode()))
    line = refused("scan", "--on", tmp_path / "a")
    assert said in line
    assert ("use a newer pathwarden" in line) == ("version 2" in line)


def test_answers_of_another_form_are_a_gap(tmp_path):
    answer = Answer("ec2", "describe_vpcs", "eu-north-1", {}, {"Vpcs": [{"Name": "odd"}]})
    odd = Swept("444455556666", "arn:aws:iam::444455556666:user/a", ("eu-north-1",), (answer,))
    found = shaped(Snapshot("", (odd,), "1"))
    said = "something that ec2:DescribeVpcs answered in 444455556666/eu-north-1"
    assert [gap.what for gap in found.gaps] == [f"{said} is not in the form of AWS's answers"]
    assert ("Vpc", "444455556666/eu-north-1") in found.coverage.missing


def test_the_policy_allows_reading_and_names_every_call():
    anywhere, gateway = json.loads(policy())["Statement"]
    actions = anywhere["Action"]
    assert {call.action for call in all_calls()} == {*actions, gateway["Action"]}
    verbs = ("BatchGet", "Describe", "Get", "List", "Search")
    assert all(action.split(":")[1].startswith(verbs) for action in actions)
    assert gateway["Action"] == "apigateway:GET"
    assert not [place for place in gateway["Resource"] if place.endswith(("*", "/apikeys"))]
    assert "s3:GetObject" not in actions
    assert "secretsmanager:GetSecretValue" not in actions
    assert not [action for action in actions if action.startswith("ssm:GetParameter")]


def test_no_secret_of_an_answer_is_kept():
    key = "AKIAIOSFODNN7EXAMPLE"
    text = f"id={key} secret=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    assert revealed(text) == f'{key} secret = "(redacted)"'
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


FULL = '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'
NO_S3 = '{"Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}}'
ORGANISATION = (
    ("describe_organization", {}, {"Organization": {"Id": "o-1", "MasterAccountId": "1" * 12}}),
    (
        "list_policies",
        {},
        {"Policies": [{"Id": "p-Full", "Type": "SERVICE_CONTROL_POLICY"}, {"Id": "p-1"}]},
    ),
    ("describe_policy", {"PolicyId": "p-Full"}, {"Policy": {"Content": FULL}}),
    ("describe_policy", {"PolicyId": "p-1"}, {"Policy": {"Content": NO_S3}}),
    (
        "list_targets_for_policy",
        {"PolicyId": "p-Full"},
        {
            "Targets": [
                {"TargetId": "r-1", "Type": "ROOT"},
                {"TargetId": "ou-1", "Type": "ORGANIZATIONAL_UNIT"},
                {"TargetId": "222222222222", "Type": "ACCOUNT"},
                {"TargetId": "333333333333", "Type": "ACCOUNT"},
            ]
        },
    ),
    (
        "list_targets_for_policy",
        {"PolicyId": "p-1"},
        {"Targets": [{"TargetId": "ou-1", "Type": "ORGANIZATIONAL_UNIT"}]},
    ),
    ("list_parents", {"ChildId": "ou-1"}, {"Parents": [{"Id": "r-1", "Type": "ROOT"}]}),
    ("list_parents", {"ChildId": "222222222222"}, {"Parents": [{"Id": "ou-1"}]}),
    ("list_parents", {"ChildId": "333333333333"}, {"Parents": [{"Id": "r-1"}]}),
)


@pytest.mark.parametrize(
    ("account", "verdict"),
    [("111111111111", "allow"), ("222222222222", "deny"), ("333333333333", "allow")],
)
def test_service_control_policies_limit_the_accounts_below_them(account, verdict):
    detail = {
        "RoleName": "app",
        "Arn": f"arn:aws:iam::{account}:role/app",
        "AssumeRolePolicyDocument": {"Statement": []},
        "RolePolicyList": [{"PolicyName": "all", "PolicyDocument": json.loads(FULL)}],
    }
    answers = [
        Answer("iam", "get_account_authorization_details", "x", {}, {"RoleDetailList": [detail]}),
        *(Answer("organizations", name, "x", args, data) for name, args, data in ORGANISATION),
    ]
    swept = Swept(account, f"arn:aws:iam::{account}:user/a", ("x",), tuple(answers))
    found = shaped(Snapshot("", (swept,)))
    estate = build_estate(found.resources)
    told = estate.permissions.can('aws_iam_role.app["' + account + '"]', "s3:GetObject", "*")
    assert told.verdict == verdict, told.evidence
    assert "resource control policies" in found.gaps[-1].what


SECRET = "correct-horse-battery"
VARIABLES = [{"name": "API_TOKEN", "value": SECRET}]


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        (
            ("apprunner", "describe_service"),
            {"Service": {"SourceConfiguration": {"CodeRepository": {"CodeConfiguration": {
                "CodeConfigurationValues": {"RuntimeEnvironmentVariables": {"API_TOKEN": SECRET}}
            }}}}},
        ),
        (
            ("batch", "describe_job_definitions"),
            {"jobDefinitions": [{
                "containerProperties": {"environment": VARIABLES, "command": ["-p", SECRET]},
                "nodeProperties": {"nodeRangeProperties": [{"container": {"command": [SECRET]}}]},
                "parameters": {"token": SECRET},
            }]},
        ),
        (
            ("cloudformation", "describe_stacks"),
            {"Stacks": [{
                "Parameters": [{"ParameterKey": "DbPassword", "ParameterValue": SECRET,
                                "ResolvedValue": SECRET}],
                "Outputs": [{"OutputKey": "Key", "OutputValue": SECRET}],
            }]},
        ),
        (
            ("elasticbeanstalk", "describe_configuration_settings"),
            {"ConfigurationSettings": [{"OptionSettings": [
                {"Namespace": "aws:rds:dbinstance", "OptionName": "DBPassword", "Value": SECRET},
                {"Namespace": "aws:elasticbeanstalk:application:environment",
                 "OptionName": "API_TOKEN", "Value": SECRET},
            ]}]},
        ),
        (
            ("emr", "describe_cluster"),
            {"Cluster": {"Configurations": [{"Properties": {"password": SECRET}}],
                         "KerberosAttributes": {"KdcAdminPassword": SECRET}}},
        ),
        (
            ("glue", "get_jobs"),
            {"Jobs": [{"DefaultArguments": {"--api_token": SECRET},
                       "NonOverridableArguments": {"--api_token": SECRET},
                       "CodeGenConfigurationNodes": {"a": {"Key": SECRET}}}]},
        ),
        (
            ("glue", "get_connections"),
            {"ConnectionList": [{"ConnectionProperties": {"PASSWORD": SECRET},
                                 "SparkProperties": {"secret": SECRET}}]},
        ),
        (("glue", "get_dev_endpoints"), {"DevEndpoints": [{"Arguments": {"token": SECRET}}]}),
        (
            ("mwaa", "get_environment"),
            {"Environment": {"AirflowConfigurationOptions": {"smtp.smtp_password": SECRET}}},
        ),
    ],
)  # fmt: skip
def test_no_secret_of_what_runs_is_kept(call, answer):
    assert SECRET in json.dumps(answer)
    assert SECRET not in json.dumps(redacted(*call, answer))


def test_resource_control_policies_are_read_beside_those_of_services():
    kinds = ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY")
    answers = [
        Answer("organizations", "describe_organization", "x", {}, ORGANISATION[0][2]),
        *(
            Answer("organizations", name, "x", args, data)
            for kind in kinds
            for name, args, data in (
                ("list_policies", {"Filter": kind}, {"Policies": [{"Id": kind, "Type": kind}]}),
                ("describe_policy", {"PolicyId": kind}, {"Policy": {"Content": NO_S3}}),
                (
                    "list_targets_for_policy",
                    {"PolicyId": kind},
                    {"Targets": [{"TargetId": "222222222222", "Type": "ACCOUNT"}]},
                ),
            )
        ),
    ]
    swept = Swept("111111111111", "arn:aws:iam::111111111111:user/a", ("x",), tuple(answers))
    found = shaped(Snapshot("", (swept,)))
    guardrails = build_estate(found.resources).index.of(Guardrail)
    assert {(g.kind, g.accounts) for g in guardrails} == {
        ("scp", frozenset(("222222222222",))),
        ("rcp", frozenset(("222222222222",))),
    }
    assert not [gap for gap in found.gaps if "resource control" in gap.what]
