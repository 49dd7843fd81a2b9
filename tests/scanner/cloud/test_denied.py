"""What is denied is not known, and nothing that needs it holds."""

import pytest
from click.testing import CliRunner

from graphs.build import build_estate
from graphs.nodes import Bucket, Role, RouteTable, Service
from scanner.cli import cli
from scanner.cloud.collect import collect
from scanner.cloud.session import open_account
from scanner.cloud.shape import shaped
from scanner.pipeline import Request, scan
from tests.scanner.cloud.conftest import QUICK, REGIONS, pointed, refused, swept

pytestmark = pytest.mark.xdist_group("moto")


def estate(snapshot):
    live = shaped(snapshot)
    return build_estate(live.resources, gaps=live.gaps, coverage=live.coverage)


@pytest.fixture(scope="module")
def archive_and_production(world):
    with pointed(world):
        return swept("production")


def test_a_sweep_with_every_call_denied_sees_nothing_and_holds_nothing(aws, tmp_path):
    aws.proxy.faults.deny = lambda action: not action.startswith("sts:")
    output = tmp_path / "estate.snapshot"
    options = ["--profile", "production", "--region", REGIONS[0], "--rate", "1000"]
    done = CliRunner().invoke(cli, ["sweep", *options, "-o", str(output)])
    assert done.exception is None, repr(done.exception)
    told = done.stderr.splitlines()[0]
    assert (done.exit_code, told.startswith("nothing was seen, 0 of ")) == (0, True), done.output
    report = CliRunner().invoke(cli, ["scan", "--on", str(output)]).output
    # A long path may stand on a line of its own.
    assert " ".join(report.split()).startswith("Nothing was seen in ")
    result = scan(Request(path=output))
    statuses = {r.status for each in result.frameworks for r in each.requirements}
    assert statuses == {"incomplete", "not-checkable"}
    assert not result.coverage.assumed
    assert {f.verdict for f in result.findings} <= {"cannot-tell"}
    assert result.paths == ()


def test_a_throttled_call_is_asked_again(aws):
    aws.proxy.faults.throttle["ec2:DescribeVpcs"] = 2
    account = open_account("archive", REGIONS[:1])
    answers = collect(account, rate=QUICK)
    assert aws.proxy.asked.count("ec2:DescribeVpcs") == 3
    assert not [a for a in answers if a.refused]


def test_route_tables_that_were_denied_are_not_empty(archive_and_production):
    found = estate(refused(archive_and_production, "describe_route_tables"))
    assert all(table.unread for table in found.index.of(RouteTable))
    assert found.all(RouteTable).gaps


def test_a_bucket_policy_that_was_denied_is_not_absent(archive_and_production):
    found = estate(refused(archive_and_production, "get_bucket_policy"))
    for bucket in found.index.of(Bucket):
        (policy,) = bucket.policies
        assert "s3:GetBucketPolicy" in str(policy.text)
        assert not policy.exists.certain


def test_public_access_blocks_and_logging_that_were_denied_are_open(archive_and_production):
    calls = ("get_public_access_block", "get_bucket_logging", "get_bucket_versioning")
    found = estate(refused(archive_and_production, *calls))
    for bucket in found.index.of(Bucket):
        assert bucket.block.restrict.undecided
        assert bucket.logged.undecided
        assert bucket.versioned.undecided


def test_without_iam_no_role_is_known_and_services_keep_theirs_open(archive_and_production):
    found = estate(refused(archive_and_production, "get_account_authorization_details"))
    assert found.all(Role).items == ()
    assert found.all(Role).gaps
    roles = [s.role for s in found.index.of(Service) if s.role is not None]
    assert roles
    assert not [role for role in roles if isinstance(role, str)]


def test_a_gap_names_the_action_and_says_how_to_allow_it(archive_and_production):
    gaps = shaped(refused(archive_and_production, "get_key_policy")).gaps
    assert [gap.kind for gap in gaps] == ["refused"]
    assert gaps[0].what.startswith("kms:GetKeyPolicy was refused")
    assert gaps[0].fix == "allow kms:GetKeyPolicy: pathwarden sweep --print-policy"
