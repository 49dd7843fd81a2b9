"""Checkov beside us: what it finds on our addresses, and that nothing it does hurts a scan."""

import json
import os
import re
import sys
import time
from dataclasses import replace

import pytest

from rules.catalogue import all_rules
from scanner.beside import peer_findings
from scanner.estates import Request
from scanner.peers import checkov as beside_us
from scanner.peers.checkov import answer
from scanner.peers.environment import DATA, VERSION, Environment, installed
from scanner.pipeline import scan

RECORD = {
    "check_id": "CKV_AWS_17",
    "check_name": "Ensure all data stored in RDS is not publicly accessible",
    "check_result": {"result": "FAILED", "evaluated_keys": ["publicly_accessible"]},
    "file_path": "/0.json",
    "resource": "aws_db_instance.r0",
    "guideline": None,
}


def recorded(*records, **summary):
    """An answer as Checkov 3.3.30 writes it."""
    told = {"passed": 1, "failed": len(records), "resource_count": 99, "checkov_version": "3.3.30"}
    return {
        "check_type": "terraform_plan",
        "results": {"failed_checks": list(records)},
        "summary": told | summary,
    }


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """Puts a program where Checkov's interpreter is expected; the plan is 0.json beside it."""

    def put(script):
        python = tmp_path / "there/bin/python"
        python.parent.mkdir(parents=True)
        python.write_text(f"#!/bin/bash\n{script}\n")
        python.chmod(0o755)
        there = Environment(tmp_path / "there", VERSION)
        monkeypatch.setattr(beside_us, "installed", lambda: there)

    return put


@pytest.fixture
def scanned(home):
    """A scan of the estate with Checkov beside it."""

    def run(patience=60.0, **more):
        return scan(Request(home, checkov=patience, rules=all_rules(), **more))

    return run


def said(text):
    return f"cat <<'END'\n{text}\nEND"


def addressed(checks, **summary):
    """Answers with a record on the resource of each type, by its address in the plan."""
    find = "import json;r=json.load(open('0.json'))['planned_values']['root_module']['resources'];"
    make = f"a={recorded(**summary)!r};t=dict({checks!r});"
    fill = (
        f"a['results']['failed_checks']=[dict({RECORD!r},resource=e['address'],check_id=t[e['type']][0],"
        "check_result={'evaluated_keys':t[e['type']][1]}) for e in r if e['type'] in t];"
    )
    return f'exec {sys.executable} -c "{find}{make}{fill}print(json.dumps(a))"'


def test_findings_come_back_on_our_addresses_and_lines(stand_in, scanned):
    stand_in(
        addressed(
            {
                "aws_db_instance": ("CKV_AWS_17", ["publicly_accessible"]),
                "aws_s3_bucket_public_access_block": ("CKV_AWS_53", ["block_public_acls"]),
                "aws_instance": ("CKV_AWS_79", ["ami"]),
            }
        )
    )
    found = {(f.check, f.subject): f for f in peer_findings(scanned().peers)}
    database = found["CKV_AWS_17", "aws_db_instance.main"]
    assert (database.file, database.line, database.call) == ("main.tf", 22, "")
    assert database.verdict == "violated"
    block = found["CKV_AWS_53", 'module.store["mail[1]"].aws_s3_bucket_public_access_block.this']
    assert (block.file, block.line, block.call) == ("store/main.tf", 6, "main.tf:5")
    assert found["CKV_AWS_79", "aws_instance.web"].verdict == "cannot-tell"


def test_a_comment_in_the_block_skips_its_check(stand_in, scanned):
    stand_in(
        addressed({"aws_db_instance": ("CKV_AWS_157", []), "aws_instance": ("CKV_AWS_157", [])})
    )
    reasons = {f.subject: f.skipped for f in peer_findings(scanned().peers)}
    assert reasons == {"aws_db_instance.main": "one zone will do", "aws_instance.web": ""}


def test_what_attack_paths_touch_comes_first(stand_in, estate_of_the_web_server):
    stand_in(
        addressed(
            {
                "aws_vpc": ("CKV2_AWS_11", []),
                "aws_s3_bucket": ("CKV_AWS_18", []),
                "aws_security_group": ("CKV_AWS_382", []),
            }
        )
    )
    result = scan(Request(estate_of_the_web_server, checkov=60.0))
    (path,) = (p for p in result.paths if p.verdict == "violated")
    bucket, group, vpc = peer_findings(result.peers)
    assert (bucket.subject, bucket.paths) == ("aws_s3_bucket.customers", (path.id,))
    assert (group.subject, group.paths) == ("aws_security_group.web", (path.id,))
    assert bucket.risk == round(path.risk, 4) > 0
    assert (vpc.subject, vpc.paths, vpc.risk) == ("aws_vpc.main", (), 0.0)


def test_duties_and_our_findings_are_what_they_are_without_it(stand_in, scanned, home):
    stand_in(addressed({"aws_db_instance": ("CKV_AWS_17", [])}))
    alone, accompanied = scan(Request(home)), scanned()
    assert accompanied.peers
    assert replace(accompanied, peers=()) == alone


FAILS = {
    "garbage": (said("no JSON"), "its answer cannot be read"),
    "other JSON": (said("[]"), "its answer cannot be read"),
    "a crash": ("echo 'ImportError: \x1b[31mno' >&2; exit 1", "it ended with 1: ImportError: "),
    "no words": ("exit 7", "it ended with 7: it said nothing"),
    "nothing seen": (said(json.dumps(recorded(resource_count=0))), "it saw 0 of the 7 resources"),
    "its short form": (
        said(json.dumps(recorded(resource_count=0)["summary"])),
        "it saw 0 of the 7",
    ),
    "a killed one": ("kill -9 $$", "it ended with -9"),
}


@pytest.mark.parametrize(("script", "trouble"), FAILS.values(), ids=FAILS)
def test_whatever_goes_wrong_is_a_gap_and_our_result_stands(
    script, trouble, stand_in, scanned, home
):
    stand_in(script)
    result = scanned()
    (gap,) = (each for each in result.gaps if each.kind == "checkov-did-not-run")
    assert trouble in gap.what
    assert "\x1b" not in gap.what
    assert [peer.ran for peer in result.peers] == [False]
    assert result.findings == scan(Request(home)).findings


def test_it_has_limited_time_and_what_it_started_ends_too(stand_in, scanned, tmp_path):
    stand_in(f"sleep 60 & echo $! > {tmp_path}/child; sleep 60")
    begun = time.monotonic()
    (gap,) = (g for g in scanned(1.0).gaps if g.kind == "checkov-did-not-run")
    assert gap.what == "Checkov did not run: it took over 1 seconds"
    assert gap.fix == "--checkov-timeout SECONDS"
    assert time.monotonic() - begun < 30
    child = int((tmp_path / "child").read_text())
    while is_there(child):  # whoever reaps orphans may take a moment; the test has its own limit
        time.sleep(0.1)


def is_there(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_it_is_given_nothing_of_the_users(stand_in, scanned, tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "abcdefgh")
    monkeypatch.setenv("BC_API_KEY", "abcdefgh")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example")
    stand_in(f"env > {tmp_path}/seen; ls -a > {tmp_path}/files; cat 0.json > {tmp_path}/plan")
    scanned()
    seen = (tmp_path / "seen").read_text()
    assert not re.search("AWS_SECRET|BC_API_KEY|PROXY", seen)
    assert (tmp_path / "files").read_text().split() == [".", "..", "0.json", "answer", "errors"]
    assert "correct-horse-battery" not in (tmp_path / "plan").read_text()


def test_absent_the_report_says_how_to_install_it(scanned, monkeypatch, tmp_path):
    monkeypatch.setenv(DATA, str(tmp_path / "empty"))
    assert installed() is None
    (gap,) = (g for g in scanned().gaps if g.kind == "checkov-did-not-run")
    assert (gap.what, gap.fix) == (
        "Checkov did not run: it is not installed",
        "pathwarden checkov install",
    )


def test_an_answer_is_read_as_it_was_recorded(tmp_path):
    (tmp_path / "answer").write_text(json.dumps(recorded(RECORD)))
    told = answer(tmp_path, 0, 3)
    assert (told.trouble, told.version) == ("", "3.3.30")
    assert [(r.check_id, r.number, r.resource) for r in told.records] == [
        ("CKV_AWS_17", 0, "aws_db_instance.r0")
    ]


def test_an_answer_about_less_than_it_was_given_is_told_and_its_findings_stand(stand_in, scanned):
    stand_in(addressed({"aws_db_instance": ("CKV_AWS_17", [])}, resource_count=2))
    result = scanned()
    (gap,) = (each for each in result.gaps if each.kind == "checkov-incomplete")
    assert gap.what == "Checkov did not see all: it saw 2 of the 7 resources that it was given"
    assert [f.check for f in peer_findings(result.peers)] == ["CKV_AWS_17"]


@pytest.mark.parametrize("address", ["aws_db_instance.r99", "aws.default", ""])
def test_what_it_says_of_other_things_is_left_out(address, stand_in, scanned):
    stand_in(said(json.dumps(recorded({**RECORD, "resource": address}))))
    assert peer_findings(scanned().peers) == ()


# ------------------------------------------------------------------------------- the real one


def test_the_real_one_agrees_with_what_was_recorded(checkov, scanned):
    """One run: addresses, references over modules, what is not known, comments, no secrets."""
    result = scanned(300.0)
    assert [peer.ran for peer in result.peers] == [True], result.gaps
    found = {(f.check, f.subject): f for f in peer_findings(result.peers)}
    database = found["CKV_AWS_17", "aws_db_instance.main"]
    assert (database.file, database.line, database.verdict) == ("main.tf", 22, "violated")
    assert found["CKV_AWS_16", "aws_db_instance.main"].verdict == "cannot-tell"
    assert found["CKV_AWS_157", "aws_db_instance.main"].skipped == "one zone will do"
    assert ("CKV_AWS_293", "aws_db_instance.main") not in found  # deletion_protection is on
    versioned = {s for check, s in found if check == "CKV_AWS_21"}
    assert versioned == {'module.store["mail[1]"].aws_s3_bucket.this'}
    assert not any(check == "CKV2_AWS_6" for check, _ in found)  # each block leads to its bucket
    assert ("CKV_AWS_79", "aws_instance.web") not in found  # http_tokens is no secret
    assert {peer.version for peer in result.peers} == {VERSION}


def test_it_runs_without_a_network_and_starts_no_program(checkov, tmp_path):
    import subprocess

    from scanner.peers.environment import OFFLINE

    (tmp_path / "checkov").mkdir()
    for code, refused in (
        ("import socket; socket.create_connection(('127.0.0.1', 9))", "socket."),
        ("import subprocess; subprocess.run(['true'])", "subprocess.Popen"),
        ("import os; os.system('true')", "os.system"),
    ):
        script = f"import sys, runpy; sys.path.insert(0, {str(OFFLINE.parent)!r}); import offline; "
        guard = "sys.addaudithook(offline.refuse); "
        done = subprocess.run(
            [checkov.python, "-I", "-c", script + guard + code],
            capture_output=True, text=True, check=False, env=checkov.variables,
        )  # fmt: skip
        assert f"PermissionError: {refused}" in done.stderr
