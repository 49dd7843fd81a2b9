"""Every command answers about a snapshot as it does about a directory."""

import json
from pathlib import Path

import pytest

from scanner.cloud.snapshot import write_snapshot
from tests.harbor_table import HARBOR
from tests.scanner.cli.conftest import plain_environment, run  # noqa: F401  fixtures
from tests.scanner.cloud.conftest import pointed, swept

pytestmark = pytest.mark.xdist_group("moto")


@pytest.fixture(scope="module")
def snapshot(world, tmp_path_factory):
    """A sweep of Harbor's accounts in a file, beside the settings that tell of its data."""
    home = tmp_path_factory.mktemp("swept")
    (home / "pathwarden.yaml").write_bytes((HARBOR / "pathwarden.yaml").read_bytes())
    with pointed(world):
        write_snapshot(swept("production", "shared", "archive"), home / "harbor.snapshot")
    return home / "harbor.snapshot"


@pytest.fixture
def ask(run, snapshot):  # noqa: F811
    """Ask a command about the snapshot, with Harbor's settings."""
    settings = snapshot.with_name("pathwarden.yaml")
    return lambda *said: run(*said, "--on", snapshot, "--config", settings)


def test_a_scan_says_where_it_looked(ask):
    done = ask("scan", "--format", "json", "--fail-on", "never")
    said = json.loads(done.out)
    assert (done.code, len(said["paths"]) >= 8) == (0, True)
    proofs = [p for path in said["paths"] for hop in path["hops"] for p in hop["proof"]]
    assert "tracking-host.customers in 444455556666" in {proof["seen"] for proof in proofs}
    files = {Path(proof["file"]).name for proof in proofs}
    assert files == {"", "pathwarden.yaml"}, "only what is declared stands in a file"


def test_a_path_is_explained(ask):
    path = json.loads(ask("scan", "--format", "json").out)["paths"][0]
    done = ask("explain", path["id"])
    assert (done.code, path["id"] in done.out) == (0, True)


def test_the_report_is_a_page(ask):
    done = ask("report")
    assert (done.code, done.out[:15]) == (0, "<!DOCTYPE html>")
    assert "444455556666" in done.out


def test_duties_are_judged(ask):
    done = ask("frameworks", "pci", "--format", "json")
    statuses = {each["status"] for each in json.loads(done.out)["requirements"]}
    assert (done.code, {"broken"} <= statuses) == (0, True)


@pytest.mark.parametrize(
    ("form", "begins"),
    [
        ("json", '{"directed": true'),
        ("graphml", "<graphml"),
        ("dot", 'digraph "harbor.snapshot" {'),
        ("svg", "<svg"),
        ("mermaid", "flowchart LR"),
    ],
)
def test_the_graph_is_written(ask, form, begins):
    done = ask("graph", "--format", form)
    assert (done.code, done.out[: len(begins)]) == (0, begins)


def test_a_snapshot_has_no_root_modules(ask, snapshot):
    done = ask("graph", "--root", "envs/prod")
    assert done.code == 2
    assert done.lines == [f"pathwarden: --root is for directories, and {snapshot} is a file"]


def test_a_breach_has_whole_commands_and_knows_the_logs(ask):
    done = ask("breach", "tracking", "--format", "json")
    (breach,) = json.loads(done.out)["breaches"]
    assert breach["taken"]["seen"].endswith(" in 444455556666 eu-north-1")
    assert {name for loss in breach["losses"] for name in loss["classes"]} == {"customer"}
    commands = [each for action in breach["isolate"] for each in action["commands"]]
    assert any("--instance-id i-" in each for each in commands)
    lacks = {each.partition(":")[0] for action in breach["isolate"] for each in action["lacks"]}
    assert lacks == {"ASSOCIATION_ID", "QUARANTINE"}
    logs = {(log["kind"], log["verdict"]) for log in breach["logs"]}
    assert {("CloudTrail", "on"), ("CloudTrail data events", "off"), ("flow log", "on")} <= logs
    assert ("GuardDuty", "unknown") in logs
    assert not breach["assumed"]
