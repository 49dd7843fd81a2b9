"""A baseline: what stood counts no more, what is new or worse does, what is gone is told."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from scanner.errors import UsageProblem
from scanner.waivers.baseline import SCHEMA, Words, read_baseline, schema, words_of, written

RULE, OTHER = "bucket-not-versioned", "bucket-access-not-logged"
BUCKET = 'resource "aws_s3_bucket" "logs" {\n  bucket = "acme-logs"\n}\n'
MORE = BUCKET.replace("logs", "audit")


@pytest.fixture
def baseline(waived, tmp_path):
    """`baseline(files)` writes what stands, and gives what is read of it."""

    def call(files, words=Words(), before=None):  # noqa: B008  it is frozen
        text = written(waived(files), words, words_of(before or ()))
        (tmp_path / "baseline.json").write_text(text)
        return read_baseline(tmp_path / "baseline.json")

    return call


def counting(result):
    return {(f.rule, f.subject) for f in result.findings if f.waived is None}


def test_what_stood_is_known_and_what_is_new_counts(waived, baseline):
    known = baseline(BUCKET)
    again = waived(f"\n\n# moved\n{BUCKET}", baseline=known)
    assert counting(again) == set()
    assert {f.waived.by for f in again.findings} == {"baseline"}
    more = waived(BUCKET + MORE, baseline=known)
    assert {subject for _, subject in counting(more)} == {"aws_s3_bucket.audit"}


def test_what_is_gone_is_told(waived, baseline):
    known = baseline(BUCKET + MORE)
    result = waived(BUCKET, baseline=known)
    gone = [w for w in result.waivers if w.status == "idle"]
    assert {w.match for w in gone} == {"aws_s3_bucket.audit"}
    assert {w.status for w in result.waivers} == {"idle", "counts"}


def test_entries_of_roots_that_were_not_read_are_not_told_as_gone(waived, baseline, tmp_path):
    known = baseline({"a/main.tf": BUCKET, "b/main.tf": MORE})
    (tmp_path / "b/main.tf").unlink()
    result = waived({}, baseline=known)
    assert {(w.match, w.status) for w in result.waivers} == {
        ("aws_s3_bucket.logs", "counts"),
        ("aws_s3_bucket.audit", "not-asked"),
    }


def test_an_entry_of_one_root_covers_no_other(waived, baseline, tmp_path):
    known = baseline({"a/main.tf": BUCKET})
    result = waived({"a/main.tf": BUCKET, "b/main.tf": BUCKET}, baseline=known)
    assert {f.root for f in result.findings if f.waived is None} == {"b"}
    (tmp_path / "a/main.tf").rename(tmp_path / "b/main.tf")
    moved = waived({}, baseline=known)
    assert counting(moved) == set(), "its root module was renamed"


def test_an_expired_entry_counts_again(waived, baseline):
    known = baseline(BUCKET, Words("later", "me", "2026-11-21"))
    result = waived(BUCKET, baseline=known)
    assert counting(result)
    assert {w.status for w in result.waivers} == {"expired"}
    assert all(w.why == "it expired on 2026-11-21" for w in result.waivers)
    assert baseline(BUCKET, Words(until="2026-11-22"))[0].until.isoformat() == "2026-11-22"


def test_what_got_worse_counts(waived, baseline):
    known = baseline(BUCKET)
    tagged = BUCKET.replace("}\n", '  tags = { DataClass = "health" }\n}\n')
    result = waived(tagged, baseline=known)
    worse = {f.rule: f.severity for f in result.findings if f.waived is None}
    assert worse[RULE] == "medium"
    why = {w.rule: w.why for w in result.waivers if w.status == "forbidden"}
    assert why[RULE] == "it was low when the baseline was written, and is medium now"


def test_what_could_not_be_told_counts_when_it_is_sure(waived, baseline):
    text = (
        'variable "on" {}\n'
        + BUCKET
        + (
            'resource "aws_s3_bucket_versioning" "v" {\n  bucket = aws_s3_bucket.logs.id\n'
            "  versioning_configuration {\n    status = var.on\n  }\n}\n"
        )
    )
    known = baseline(text)
    assert [w.sure for w in known if w.rule == RULE] == [False]
    sure = waived(text.replace("var.on\n", '"Suspended"\n'), baseline=known)
    assert (RULE, "aws_s3_bucket.logs") in counting(sure)
    assert counting(waived(text, baseline=known)) == set()


def test_written_anew_entries_keep_their_words_and_those_gone_go(baseline):
    first = baseline(BUCKET + MORE, Words("old", "me", "2027-01-01"))
    second = baseline(BUCKET + MORE.replace("audit", "new"), Words("fresh"), before=first)
    assert {(w.match, w.reason, w.owner) for w in second} == {
        ("aws_s3_bucket.logs", "old", "me"),
        ("aws_s3_bucket.new", "fresh", ""),
    }


def test_waived_findings_are_not_written(baseline):
    known = baseline(f"# pathwarden:ignore {RULE}\n{BUCKET}")
    assert RULE not in {w.rule for w in known}
    assert OTHER in {w.rule for w in known}


def test_the_same_estate_gives_the_same_file_with_a_line_for_each_entry(waived, tmp_path):
    text = written(waived(BUCKET + MORE), Words())
    assert text == written(waived(MORE + BUCKET), Words())
    (tmp_path / "b.json").write_text(text)
    lines = text.split("\n")
    assert all(w.fingerprint in lines[w.place.line - 1] for w in read_baseline(tmp_path / "b.json"))


def test_the_published_schema_is_that_of_the_types(waived):
    home = Path(__file__).parents[3]
    published = json.loads((home / "scanner/schemas/baseline-1.json").read_text())
    assert published == json.loads(json.dumps(schema()))
    document = json.loads(written(waived(BUCKET), Words("x", "y", "2027-01-31")))
    assert list(Draft202012Validator(published).iter_errors(document)) == []


ENTRY = {
    "rule": RULE,
    "root": ".",
    "subject": "aws_s3_bucket.logs",
    "fingerprint": "0123456789abcdef0123",
    "severity": "low",
    "verdict": "violated",
}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is no baseline"),
        ("null", "is no baseline: Expected `object`, got `null`"),
        ("[" * 100_000, "is no baseline"),
        ('{"a":' * 100_000, "is no baseline"),
        ('{"schema": "x", "findings": []}', "is not a baseline of this version"),
        ({"fingerprint": "x"}, "is no baseline: Expected `str` matching regex"),
        ({"severity": "grave"}, "is no baseline: Expected `str` matching regex"),
        ({"rule": 3}, "is no baseline: Expected `str`, got `int`"),
        ({"reason": "x" * 501}, "is no baseline: Expected `str` of length <= 500"),
        ({"until": "2027-02-30"}, "baseline.json:1: '2027-02-30' is no day such as 2027-01-31"),
        ({"more": 1}, "unknown field `more`"),
    ],
)
def test_what_is_no_baseline_is_one_line(tmp_path, text, problem):
    if isinstance(text, dict):
        text = json.dumps({"schema": SCHEMA, "findings": [ENTRY | text]})
    file = tmp_path / "baseline.json"
    file.write_text(text)
    with pytest.raises(UsageProblem) as caught:
        read_baseline(file)
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


def test_files_that_are_none(tmp_path):
    for path in (tmp_path, tmp_path / "nothing", "/dev/zero"):
        with pytest.raises(UsageProblem):
            read_baseline(tmp_path / path)
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageProblem, match="not UTF-8"):
        read_baseline(tmp_path / "bytes")
