"""How estates become plain values: order, root causes, remedies, places to begin."""

from pathlib import Path

import pytest

from rules.catalogue import all_rules
from scanner.pipeline import Request, scan
from scanner.redact import redacted

ESTATE = Path(__file__).parent / "estate"
BUCKETS = """
variable "mfa" {}
module "shop" {
  source = "./shop"
}
resource "aws_s3_bucket" "customers" { bucket = "acme-customers" }
resource "aws_s3_bucket_versioning" "customers" {
  bucket = aws_s3_bucket.customers.id
  versioning_configuration { status = var.mfa }
}
"""
SHOP = 'variable "unset" {}\nresource "aws_s3_bucket" "orders" { bucket = "shop-orders" }\n'


@pytest.fixture
def shop(tmp_path):
    (tmp_path / "shop").mkdir()
    (tmp_path / "main.tf").write_text(
        BUCKETS.replace(" { bucket", " {\n  bucket")
        .replace('" }', '"\n}')
        .replace(
            "versioning_configuration { status = var.mfa }",
            "versioning_configuration {\n    status = var.mfa\n  }",
        )
    )
    (tmp_path / "shop" / "main.tf").write_text(SHOP)
    return scan(Request(tmp_path, environ={}))


def test_violations_come_first_and_the_worst_of_them(shop):
    rank = {"critical": 0, "high": 1, "medium": 2, "low": 3, "info": 4}
    order = [(f.verdict == "cannot-tell", rank[f.severity]) for f in shop.findings]
    assert order == sorted(order)
    assert {f.verdict for f in shop.findings} == {"violated", "cannot-tell"}


def test_a_root_cause_counts_what_it_decides(shop):
    for unknown in shop.unknowns:
        text = f"{unknown.what} ({unknown.cause})"
        assert unknown.decides == sum(text in f.unknowns for f in shop.findings)
    counts = [unknown.decides for unknown in shop.unknowns]
    assert counts == sorted(counts, reverse=True)


def test_a_variable_of_the_root_can_be_set(shop):
    fixes = {unknown.what: unknown.fix for unknown in shop.unknowns}
    assert fixes["var.mfa"] == "set it: --var mfa=..."


def test_what_stands_in_a_module_names_the_call(shop):
    (orders,) = [
        f for f in shop.findings
        if f.subject == "module.shop.aws_s3_bucket.orders" and f.rule == "bucket-not-versioned"
    ]  # fmt: skip
    assert (orders.file, orders.line, orders.call) == ("shop/main.tf", 2, "main.tf:3")


def test_gaps_say_which_root_they_are_of(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text("resource {")
    gaps = scan(Request(tmp_path, environ={})).gaps
    assert [(gap.root, gap.file, gap.kind) for gap in gaps] == [
        ("a", "a/main.tf", "syntax-error"),
        ("b", "b/main.tf", "syntax-error"),
    ]


def test_each_place_to_begin_ends_other_paths():
    result = scan(Request(ESTATE, environ={}))
    ended = [path for change in result.first for path in change.paths]
    assert len(ended) == len(set(ended))
    assert set(ended) <= {path.id for path in result.paths}


def test_a_path_that_only_may_be_is_no_place_to_begin(tmp_path):
    text = (ESTATE / "main.tf").read_text().replace('["0.0.0.0/0"]', "[var.office]")
    (tmp_path / "main.tf").write_text(text)
    result = scan(Request(tmp_path, environ={}))
    assert {path.verdict for path in result.paths} == {"cannot-tell"}
    assert all("var.office (variable without a value)" in path.unknowns for path in result.paths)
    assert result.first == ()


def test_paths_of_rules_that_do_not_run_give_no_place_to_begin():
    others = [rule for rule in all_rules() if rule.topic != "paths"]
    result = scan(Request(ESTATE, environ={}, rules=others))
    assert (result.paths, result.first) == ((), ())


def test_a_file_that_two_roots_share_is_counted_once(tmp_path):
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "main.tf").write_text("# one\n# two\n")
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text('module "s" {\n  source = "../shared"\n}\n')
    coverage = scan(Request(tmp_path, environ={})).coverage
    assert (coverage.files, coverage.lines) == (3, 8)
    assert [(root.files, root.lines) for root in coverage.roots] == [(2, 5), (2, 5)]


OWNED = """
provider "aws" {
  region = "eu-west-1"
  default_tags {
    tags = { Team = "platform" }
  }
}
resource "aws_s3_bucket" "customers" {
  bucket = "acme-customers"
  tags   = { owner = "shop" }
}
resource "aws_s3_bucket_public_access_block" "customers" {
  bucket = aws_s3_bucket.customers.id
}
resource "aws_s3_bucket_policy" "customers" {
  bucket = aws_s3_bucket.customers.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "*" }] })
}
"""


def test_owners_are_those_that_tags_name(tmp_path):
    (tmp_path / "main.tf").write_text(OWNED)
    (path,) = scan(Request(tmp_path, environ={})).paths
    assert [(owner.name, owner.tag) for owner in path.owners] == [
        ("shop", "owner"),
        ("platform", "Team"),
    ]


def test_a_view_draws_the_first_paths_in_the_order_of_the_report():
    result = scan(Request(ESTATE, environ={}))
    (view,) = result.views
    assert (view.root, view.paths) == (".", len(result.paths))
    assert [line.id for line in view.summary.paths] == [path.id for path in result.paths]
    assert result.paths[0].presence == 1.0


def test_a_view_still_fits_together_where_an_address_holds_a_secret(tmp_path):
    (tmp_path / "main.tf").write_text((ESTATE / "main.tf").read_text())
    result = scan(Request(tmp_path, environ={}))
    (view,) = redacted(result, {"aws_instance"}).views
    known = view.summary.names()
    assert any("(sensitive)" in each for each in known)
    assert all(stop in known for path in view.summary.paths for stop in path.stops)
