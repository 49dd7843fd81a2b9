"""Which data stores a principal may be allowed something on: the others are not asked about."""

import pytest

from graphs.nodes import Bucket

ESTATE = """
variable "where" {}
resource "aws_iam_role" "reader" {
  name               = "reader"
  assume_role_policy = jsonencode({ Statement = [{
    Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
  }] })
}
resource "aws_iam_role_policy" "reader" {
  role   = aws_iam_role.reader.name
  policy = jsonencode({ Statement = [{ Effect = "Allow", ACTION, RESOURCE }] })
}
resource "aws_s3_bucket" "a" {
  bucket = "acme-a"
}
resource "aws_s3_bucket" "b" {
  bucket = "acme-b"
}
"""
POLICY = """
resource "aws_s3_bucket_policy" "b" {
  bucket = aws_s3_bucket.b.id
  policy = jsonencode({ Statement = [{
    Effect = "EFFECT", Principal = "*", Action = "s3:*", Resource = "arn:aws:s3:::acme-b/*"
  }] })
}
"""
READ = 'Action = "s3:GetObject"'


def near(built, action, resource, more=""):
    text = ESTATE.replace("ACTION", action).replace("RESOURCE", resource)
    permissions = built(text + more).permissions
    found = permissions.handling.by("aws_iam_role.reader")
    return "".join(each.source.address.name for each in found if isinstance(each, Bucket))


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ('Resource = "arn:aws:s3:::acme-a/*"', "a"),
        ('Resource = "arn:aws:s3:::acme-b/reports/*"', "b"),
        ('Resource = "arn:aws:s3:::acme*"', "ab"),
        ('Resource = "arn:aws:s3:::*b/*"', "ab"),
        ('Resource = "arn:aws:s3:::acme"', "ab"),  # told by how it starts
        ('Resource = "arn:aws:s3:::other/*"', ""),
        ('Resource = "*"', "ab"),
        ("Resource = var.where", "ab"),
        ('Resource = "arn:aws:s3:::$${aws:username}/*"', "ab"),
        ('NotResource = "arn:aws:s3:::acme-a/*"', "ab"),
    ],
)
def test_a_statement_is_about_the_stores_that_its_resources_may_name(built, resource, expected):
    assert near(built, READ, resource) == expected


def test_a_statement_about_something_else_is_about_no_store(built):
    assert near(built, 'Action = "ec2:RunInstances"', 'Resource = "*"') == ""


@pytest.mark.parametrize(("effect", "expected"), [("Allow", "ab"), ("Deny", "a")])
def test_a_store_whose_own_policy_allows_is_always_asked(built, effect, expected):
    resource = 'Resource = "arn:aws:s3:::acme-a/*"'
    assert near(built, READ, resource, POLICY.replace("EFFECT", effect)) == expected
