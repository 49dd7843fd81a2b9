"""Nested blocks of which it is not known whether they are there: never lost, never certain."""

import pytest

UNSURE = """
variable "x" {}
resource "aws_s3_bucket" "b" {
  bucket = "b"
  dynamic "logging" {
    for_each = var.x
    content {
      target_bucket = "logs"
    }
  }
  dynamic "versioning" {
    for_each = var.x
    content {
      enabled = true
    }
  }
  dynamic "grant" {
    for_each = var.x
    content {
      type        = "Group"
      uri         = "http://acs.amazonaws.com/groups/global/AllUsers"
      permissions = ["READ"]
    }
  }
  dynamic "lifecycle_rule" {
    for_each = var.x
    content {
      enabled = true
      expiration {
        days = 1
      }
    }
  }
}
"""


@pytest.fixture
def bucket(node):
    return node(UNSURE, "aws_s3_bucket.b")


@pytest.mark.parametrize("what", ["logged", "versioned"])
def test_what_such_a_block_switches_on_is_undecided(bucket, what):
    said = getattr(bucket, what)
    assert said.undecided
    assert next(root.what for root in said.because).endswith("for each of var.x")


def test_such_a_grant_may_open_a_bucket(bucket):
    (grant,) = {each.doubt for each in bucket.grants}
    assert grant.what.endswith("for each of var.x")


def test_such_a_rule_may_delete_objects(bucket):
    (expiry,) = bucket.expiries
    assert expiry.days.what.endswith("for each of var.x")


def test_such_a_block_of_an_instance_decides_nothing(node):
    instance = node(
        """
        variable "x" {}
        resource "aws_instance" "i" {
          ami = "ami-1"
          dynamic "metadata_options" {
            for_each = var.x
            content {
              http_tokens = "required"
            }
          }
        }
        """,
        "aws_instance.i",
    )
    assert instance.token_required.undecided
