"""Waivers and the baseline on the command line: exit codes, warnings, files."""

import json

import pytest

RULE = "bucket-not-versioned"
BUCKET = 'resource "aws_s3_bucket" "b" {\n  tags = { DataClass = "health" }\n}\n'


@pytest.fixture
def bucket(tmp_path):
    (tmp_path / "main.tf").write_text(BUCKET)
    return tmp_path


def test_what_is_waived_fails_no_build(run, bucket):
    only = ("--only", RULE, "--fail-on", "medium")
    assert run("scan", bucket, *only).code == 1
    (bucket / "main.tf").write_text(f"# pathwarden:ignore {RULE}\n{BUCKET}")
    done = run("scan", bucket, *only)
    assert (done.code, done.err) == (0, "")
    assert "1 waived" in done.out
    assert run("scan", bucket, *only, "--quiet").out == ""


def test_an_expired_waiver_is_a_line_on_standard_error(run, bucket):
    (bucket / "main.tf").write_text(
        f"# pathwarden:ignore {RULE} until=2020-01-31\n# pathwarden:ignore x\n{BUCKET}"
    )
    done = run("scan", bucket, "--only", RULE, "--fail-on", "medium", "--format", "json")
    assert done.code == 1
    said = "the waiver of bucket-not-versioned does not count: it expired on 2020-01-31"
    assert done.lines == [f"pathwarden: main.tf:1: {said}; so does 1 more"]


def test_a_baseline_is_written_and_known(run, bucket):
    file = bucket / "baseline.json"
    assert run("baseline", bucket, "-o", file, "--reason", "legacy").code == 0
    assert {each["reason"] for each in json.loads(file.read_text())["findings"]} == {"legacy"}
    done = run("scan", bucket, "--baseline", file, "--fail-on", "info")
    assert done.code == 0
    assert "known from the baseline" in done.out
    page = run("report", "--on", bucket, "--baseline", file)
    assert "Known from the baseline" in page.out
    (bucket / "main.tf").write_text(BUCKET + BUCKET.replace('"b"', '"c"'))
    assert run("scan", bucket, "--baseline", file, "--fail-on", "medium").code == 1
    (bucket / "main.tf").write_text("")
    gone = run("scan", bucket, "--baseline", file)
    assert "since the baseline" in gone.out
    before = file.read_text()
    (bucket / "main.tf").write_text(BUCKET)
    assert run("baseline", bucket, "-o", file).code == 0
    assert file.read_text() == before


def test_what_is_no_baseline_ends_the_run(run, bucket):
    (bucket / "bad.json").write_text("{")
    done = run("scan", bucket, "--baseline", bucket / "bad.json")
    assert (done.code, len(done.lines)) == (2, 1)
    done = run("baseline", bucket, "--until", "soon")
    assert (done.code, done.lines) == (
        2,
        ["pathwarden: --until: 'soon' is no day such as 2027-01-31"],
    )
    done = run("baseline", bucket, "-o", bucket / "bad.json")
    assert done.code == 2
    assert (bucket / "bad.json").read_text() == "{"
