"""`pathwarden checkov`, and what `scan --checkov` says and exits with."""

import json
import sys

import pytest

from scanner.beside import Peer, PeerFinding
from scanner.peers.environment import DATA

FINDING = PeerFinding(
    "CKV_AWS_18", "Ensure the S3 bucket has access logging enabled", "violated",
    "aws_s3_bucket.customers", ".", "main.tf", 99, "", "", 0.0, (),
)  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_installed(monkeypatch, tmp_path):
    monkeypatch.setenv(DATA, str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def peer(monkeypatch):
    """Has a scan come to what our scan says, with a finding of Checkov's that has some changes."""
    from dataclasses import replace

    from scanner import pipeline

    scan = pipeline.scan

    def put(**changes):
        found = replace(FINDING, **changes)
        said = (Peer("Checkov", "3.3.30", True, (found,)),)
        monkeypatch.setattr(
            pipeline, "scan", lambda request: replace(scan(replace(request, checkov=0)), peers=said)
        )

    return put


def test_its_state_is_told(run, nothing_installed):
    done = run("checkov")
    assert done.code == 1
    assert f"`pathwarden checkov install` puts it in {nothing_installed}/checkov-" in done.out
    assert run("checkov", "uninstall").out.startswith("There is nothing to remove")


def test_an_installation_that_fails_is_one_line(run, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    done = run("checkov", "install")
    assert done.code == 2
    (line,) = done.lines
    assert line.startswith("pathwarden: /nowhere/python: No such file or directory (")


def test_absent_the_scan_says_so_and_goes_on(run, estate):
    done = run("scan", estate, "--checkov")
    assert done.code == 1
    assert "Checkov did not run: it is not installed" in done.out
    assert "pathwarden checkov install" in done.out
    assert run("scan", estate, "--checkov", "--strict").code == 3
    assert "Checkov" not in run("scan", estate).out


@pytest.mark.parametrize(
    ("changes", "limit", "code"),
    [
        ({}, (), 0),
        ({"paths": ("path-0",)}, (), 0),
        ({}, ("--checkov-fail-on", "on-path"), 0),
        ({"paths": ("path-0",)}, ("--checkov-fail-on", "on-path"), 1),
        ({}, ("--checkov-fail-on", "any"), 1),
        ({"verdict": "cannot-tell"}, ("--checkov-fail-on", "any"), 0),
        ({"skipped": "as agreed"}, ("--checkov-fail-on", "any"), 0),
        ({"skipped": "as agreed", "paths": ("p",)}, ("--checkov-fail-on", "on-path"), 0),
    ],
)
def test_it_fails_no_build_unless_asked_to(changes, limit, code, peer, run, estate):
    peer(**changes)
    assert run("scan", estate, "--checkov", "--fail-on", "never", *limit).code == code


def test_a_result_file_keeps_what_it_says(run, estate, peer, tmp_path):
    peer(paths=("path-0",), risk=2.0)
    run("scan", estate, "--checkov", "--format", "json", "-o", tmp_path / "r.json")
    told = json.loads((tmp_path / "r.json").read_text())["peers"]
    assert [f["check"] for each in told for f in each["findings"]] == ["CKV_AWS_18"]
    run("report", "--from", tmp_path / "r.json", "-o", tmp_path / "r.html")
    assert "Ensure the S3 bucket has access logging enabled" in (tmp_path / "r.html").read_text()


def test_a_scan_without_it_loads_nothing_of_it(shell, estate):
    import subprocess

    code = (
        "import sys\nfrom scanner.startup import main\n"
        f"sys.argv = ['pathwarden', 'scan', {str(estate)!r}, '--quiet']\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print(*[m for m in sys.modules if m.startswith('scanner.peers')], sep=',')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == ""
