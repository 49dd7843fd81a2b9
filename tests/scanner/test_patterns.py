"""One path for many instances, in every report: its count, what it stands for, and its id."""

import json
from html import unescape

import pytest
from click.testing import CliRunner

from scanner.cli import cli

PEOPLE = """
provider "aws" {
  region = "eu-west-1"
}
resource "aws_iam_user" "staff" {
  for_each = toset(NAMES)
  name     = each.key
}
resource "aws_iam_user_login_profile" "staff" {
  for_each = aws_iam_user.staff
  user     = each.value.name
}
resource "aws_iam_user_policy" "staff" {
  for_each = aws_iam_user.staff
  user     = each.value.name
  policy = jsonencode({ Statement = [{
    Effect   = "Allow"
    Action   = ["s3:GetObject", "s3:ListBucket"]
    Resource = [aws_s3_bucket.notes[each.key].arn, "${aws_s3_bucket.notes[each.key].arn}/*"]
  }] })
}
resource "aws_s3_bucket" "notes" {
  for_each = aws_iam_user.staff
  bucket   = "customers-of-${each.key}"
}
"""


@pytest.fixture
def staff(tmp_path):
    """`staff("ann", "bob")` is a directory in which each of them reads a bucket of their own."""

    def write(*names, under="."):
        home = tmp_path / under
        home.mkdir(exist_ok=True)
        (home / "main.tf").write_text(PEOPLE.replace("NAMES", json.dumps(names)))
        return home

    return write


def said(*words):
    done = CliRunner().invoke(cli, [str(word) for word in words])
    assert done.exit_code in (0, 1), done.output
    return done.stdout


def scanned(home, form):
    return said("scan", home, "--format", form, "--fail-on", "never")


def test_the_result_counts_and_lists_them(staff):
    (path,) = json.loads(scanned(staff("ann", "bob", "cy"), "json"))["paths"]
    assert path["count"] == 3
    assert path["entry"] == "the stolen sign-in of ann and 2 more alike"
    assert path["target"] == "customer data in customers-of-ann and 2 more alike"
    addresses = [f'aws_s3_bucket.notes["{name}"]' for name in ("ann", "bob", "cy")]
    assert [each["target_address"] for each in path["instances"]] == addresses
    assert path["instances"][0]["id"] == path["id"]


def test_a_path_that_stands_for_itself_lists_nothing(staff):
    (path,) = json.loads(scanned(staff("ann"), "json"))["paths"]
    assert (path["count"], path["instances"]) == (1, [])


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_reports_for_people_say_so(staff, form):
    report = " ".join(scanned(staff("ann", "bob", "cy"), form).split())
    assert "and 2 more alike" in report
    assert 'notes["cy"]' in report


def test_the_page_says_so(staff, tmp_path):
    said("report", "--on", staff("ann", "bob", "cy"), "-o", tmp_path / "report.html")
    page = unescape((tmp_path / "report.html").read_text())
    assert "and 2 more alike" in page
    assert 'notes["cy"]' in page


def test_sarif_has_one_result_with_the_count(staff):
    log = json.loads(scanned(staff("ann", "bob", "cy"), "sarif"))
    (about,) = [r["properties"] for r in log["runs"][0]["results"] if "path" in r["properties"]]
    assert about["count"] == 3
    assert about["instances"][2] == 'aws_s3_bucket.notes["cy"]'


def test_the_id_of_any_instance_explains_the_path(staff):
    home = staff("ann", "bob")
    (path,) = json.loads(scanned(home, "json"))["paths"]
    pages = [said("explain", each["id"], "--on", home) for each in path["instances"]]
    assert pages[0] == pages[1]
    assert "customers-of-bob" in pages[0]


def test_a_change_ends_the_path_when_it_ends_the_last_instance(staff):
    (cut,) = json.loads(scanned(staff("ann", "bob"), "json"))["cuts"]
    assert [len(change["paths"]) for change in cut["changes"]] == [0, 1]


def test_another_first_instance_is_the_same_path_to_diff(staff):
    base, head = staff("bob", "cy", under="base"), staff("ann", "bob", "cy", under="head")
    told = json.loads(said("diff", base, head, "--format", "json"))
    assert (told["opened"], told["closed"]) == ([], [])
    (changed,) = told["changed"]
    assert changed["says"][0] == "2 of this pattern, now 3, of which 1 new"
