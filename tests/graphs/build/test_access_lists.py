"""The access control lists of buckets and of what is put into them."""

import pytest

from graphs.unknown import Unknown

BUCKET = """
resource "aws_s3_bucket" "b" {
  bucket = "harbour-papers"
  %s
}
"""
LIST = """
resource "aws_s3_bucket_acl" "b" {
  bucket = aws_s3_bucket.b.id
  %s
}
"""
OBJECT = """
resource "aws_s3_object" "o" {
  bucket = aws_s3_bucket.b.id
  key    = "prices.pdf"
  acl    = "%s"
}
"""
GROUP = "http://acs.amazonaws.com/groups"
LOGS = f'type = "Group"\n uri = "{GROUP}/s3/LogDelivery"'
EVERYBODY = f'type = "Group"\n uri = "{GROUP}/global/AllUsers"'
SIGNED_IN = f'type = "Group"\n uri = "{GROUP}/global/AuthenticatedUsers"'
STRANGER = 'type = "CanonicalUser"\n id = "79a59df900b949e5"'
OURSELVES = 'type = "CanonicalUser"\n id = data.aws_canonical_user_id.us.id'


def written(*pairs):
    grants = "\n".join(
        f'grant {{\n grantee {{\n {who}\n }}\n permission = "{right}"\n}}' for who, right in pairs
    )
    owner = 'owner {\n id = "75aa57f09aa0c8ca"\n}'
    return LIST % f"access_control_policy {{\n{grants}\n{owner}\n}}"


SPELLINGS = {
    "nothing": (BUCKET % "", []),
    "the legacy attribute": (BUCKET % 'acl = "public-read"', ["AllUsers READ"]),
    "a resource": (
        BUCKET % "" + LIST % 'acl = "public-read-write"',
        ["AllUsers READ", "AllUsers WRITE"],
    ),
    "legacy grants": (
        BUCKET % f'grant {{\n {EVERYBODY}\n permissions = ["READ", "WRITE_ACP"]\n}}',
        ["AllUsers READ", "AllUsers WRITE_ACP"],
    ),
    "grants to everyone": (
        BUCKET % "" + written((EVERYBODY, "FULL_CONTROL")),
        ["AllUsers FULL_CONTROL"],
    ),
    "grants to everyone with an account, and to those who write logs": (
        BUCKET % "" + written((SIGNED_IN, "READ"), (LOGS, "WRITE")),
        ["AuthenticatedUsers READ"],
    ),
    "grants to the owner, and to somebody else": (
        'data "aws_canonical_user_id" "us" {}'
        + BUCKET % ""
        + written((OURSELVES, "FULL_CONTROL"), (STRANGER, "READ")),
        ["79a59df900b949e5 READ"],
    ),
    "an object": (BUCKET % "" + OBJECT % "public-read", ["AllUsers READ prices.pdf"]),
    "an object as it is by default": (BUCKET % "" + OBJECT % "private", []),
}


def said(grant):
    return " ".join(filter(None, (grant.who, grant.right, grant.key)))


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_what_a_list_gives(node, spelling):
    text, meant = SPELLINGS[spelling]
    assert [said(each) for each in node(text, "aws_s3_bucket.b").grants] == meant


def test_a_list_finds_its_bucket_by_a_name_that_is_known_in_part(node):
    """`aws_s3_bucket.b.bucket` is then the name itself, in which the account's id is a hole."""
    text = """
    data "aws_caller_identity" "me" {}
    resource "aws_s3_bucket" "other" {
      bucket = "other-${data.aws_caller_identity.me.account_id}"
    }
    resource "aws_s3_bucket" "b" {
      bucket = "papers-${data.aws_caller_identity.me.account_id}"
    }
    resource "aws_s3_bucket_acl" "b" {
      bucket = aws_s3_bucket.b.bucket
      acl    = "public-read"
    }
    """
    nowhere = 'provider "aws" {\n region = "eu-west-1"\n}'
    assert node(text, "aws_s3_bucket.b", provider=nowhere).grants != ()
    assert node(text, "aws_s3_bucket.other", provider=nowhere).grants == ()


@pytest.mark.parametrize(
    "text",
    [
        BUCKET % "acl = var.x",
        BUCKET % "" + LIST % "acl = var.x",
        BUCKET % "" + written((EVERYBODY, "${var.x}")),
        BUCKET % "" + written(('uri = var.x\n type = "Group"', "READ")),
        BUCKET % "" + OBJECT % "${var.x}",
    ],
)
def test_a_list_that_is_not_known_may_give_anything(node, text):
    grants = node('variable "x" {}' + text, "aws_s3_bucket.b").grants
    assert grants
    assert all(isinstance(grant.doubt, Unknown) for grant in grants)


@pytest.mark.parametrize(
    ("ownership", "off"), [("BucketOwnerEnforced", True), ("ObjectWriter", False)]
)
def test_lists_that_do_not_count(node, ownership, off):
    text = f"""
    resource "aws_s3_bucket_ownership_controls" "b" {{
      bucket = aws_s3_bucket.b.id
      rule {{
        object_ownership = "{ownership}"
      }}
    }}
    """
    assert node(BUCKET % "" + text, "aws_s3_bucket.b").acls_off.certain is off
