"""What Terraform holds sensitive is in no report, wherever a name or a sentence repeats it."""

import pytest

from scanner.pipeline import Request, scan
from scanner.redact import redacted
from scanner.reports.json import render
from scanner.reports.text import render as render_text

SECRET = "hunter2-hunter2"
ESTATE = """
variable "password" {
  sensitive = true
  default   = "hunter2-hunter2"
}
resource "aws_db_instance" "main" {
  username            = "admin"
  password            = var.password
  publicly_accessible = true
}
resource "aws_instance" "main" {
  user_data = "export PASSWORD=${var.password}"
}
resource "aws_s3_bucket" "main" {
  bucket = "b-${var.password}"
}
resource "aws_s3_bucket" "tagged" {
  tags = {
    Name = var.password
  }
}
"""


@pytest.fixture
def result(tmp_path):
    (tmp_path / "main.tf").write_text(ESTATE)
    return scan(Request(tmp_path, environ={}))


def test_secrets_are_in_no_report(result):
    assert result.findings
    assert SECRET not in render(result)
    assert SECRET not in render_text(result)


def test_what_was_taken_out_is_marked(result):
    assert "the bucket (sensitive)" in render_text(result)


def test_names_of_files_and_findings_stay(result):
    assert {f.file for f in result.findings} <= {"main.tf", ""}
    taken = redacted(result, {"main.tf", "bucket-not-versioned", "aws_s3_bucket.main"})
    assert [f.file for f in taken.findings] == [f.file for f in result.findings]
    assert [f.rule for f in taken.findings] == [f.rule for f in result.findings]


def test_short_texts_stay(result):
    assert redacted(result, {"a", "the"}) == result


def test_the_longest_secret_goes_whole():
    assert redacted(("abcdefgh abcdef",), {"abcdef", "abcdefgh"}) == ("(sensitive) (sensitive)",)
