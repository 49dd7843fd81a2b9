"""Disks, snapshots and images: who is given them, and who makes copies to read."""

import pytest

from graphs.attack.changes import Kind
from graphs.attack.cuts import Cutting
from graphs.attack.paths import attack_paths
from graphs.estate import Relation

EVE, PARTNER, ANYBODY = "aws_iam_user.eve", "account:222222222222", "*"
DISK, SNAPSHOT, IMAGE = "aws_ebs_volume.d", "aws_ebs_snapshot.s", "aws_ami.i"

PEOPLE = """
resource "aws_iam_user" "eve" {
  name = "eve"
}
resource "aws_iam_user_login_profile" "eve" {
  user = aws_iam_user.eve.name
}
resource "aws_iam_user_policy" "eve" {
  user   = aws_iam_user.eve.name
  policy = jsonencode({ Statement = [
    { Effect = "Allow", Action = [ACTIONS], Resource = "*" },
    MORE
  ] })
}
resource "aws_kms_key" "own" {
  policy = jsonencode({ Statement = [{
    Effect    = "Allow"
    Action    = "kms:*"
    Principal = { AWS = KEEPERS }
    Resource  = "*"
  }] })
}
"""
HOME = '"arn:aws:iam::111111111111:root"'
BOTH = f'[{HOME}, "arn:aws:iam::222222222222:root"]'

DISKS = """
resource "aws_ebs_volume" "d" {
  availability_zone = "eu-west-1a"
  size              = 8
  encrypted         = %s
  kms_key_id        = %s
  tags              = { Name = "customer-files" }
}
resource "aws_ebs_snapshot" "s" {
  volume_id = aws_ebs_volume.d.id
  tags      = { DataClass = "customer" }
}
"""
TO_PARTNER = """
resource "aws_snapshot_create_volume_permission" "p" {
  snapshot_id = aws_ebs_snapshot.s.id
  account_id  = "%s"
}
"""
DATABASE = """
resource "aws_db_instance" "orders" {
  identifier        = "customer-orders"
  engine            = "postgres"
  storage_encrypted = %s
  kms_key_id        = %s
}
resource "aws_db_snapshot" "orders" {
  db_instance_identifier = aws_db_instance.orders.identifier
  db_snapshot_identifier = "orders"
  shared_accounts        = ["%s"]
}
"""
AMI = """
resource "aws_ami" "i" {
  name = "customer-desktop"
}
resource "aws_ami_launch_permission" "i" {
  image_id = aws_ami.i.id
  %s
}
"""
BLOCK = """
resource "aws_ebs_snapshot_block_public_access" "b" {
  state = "%s"
}
"""
PLAIN, KEYED, DEFAULT = ("false", "null"), ("true", "aws_kms_key.own.arn"), ("true", "null")
DB_SNAPSHOT = "aws_db_snapshot.orders"


def disks(how=PLAIN, account="222222222222"):
    return DISKS % how + (TO_PARTNER % account if account else "")


SHARED = {
    "a disk with another account": (disks(), HOME, {(PARTNER, SNAPSHOT, True)}),
    "a disk with oneself": (disks(account="111111111111"), HOME, set()),
    "a disk that is encrypted with AWS's key": (disks(DEFAULT), HOME, set()),
    "a disk whose key keeps others out": (disks(KEYED), HOME, set()),
    "a disk whose key is shared as well": (disks(KEYED), BOTH, {(PARTNER, SNAPSHOT, True)}),
    "a database with another account": (
        DATABASE % (*PLAIN, "222222222222"),
        HOME,
        {(PARTNER, DB_SNAPSHOT, True)},
    ),
    "a database with everybody": (
        DATABASE % (*PLAIN, "all"),
        HOME,
        {(ANYBODY, DB_SNAPSHOT, True)},
    ),
    "an encrypted database with everybody": (DATABASE % (*KEYED, "all"), BOTH, set()),
    "an image whose disks are not known": (
        AMI % 'account_id = "222222222222"',
        HOME,
        {(PARTNER, IMAGE, False)},
    ),
    "an image with the organisation": (
        AMI % 'organization_arn = "arn:aws:organizations::111111111111:organization/o-1"',
        HOME,
        set(),
    ),
    "a disk with everybody": (disks(account="all"), HOME, {(ANYBODY, SNAPSHOT, True)}),
    "a disk where nothing may be public": (
        disks(account="all") + BLOCK % "block-all-sharing",
        HOME,
        set(),
    ),
    "a disk where everything may": (
        disks(account="all") + BLOCK % "unblocked",
        HOME,
        {(ANYBODY, SNAPSHOT, True)},
    ),
}


def estate_of(text, actions=("s3:ListBucket",), keepers=HOME, more=""):
    listed = ", ".join(f'"{each}"' for each in actions)
    people = PEOPLE.replace("ACTIONS", listed).replace("KEEPERS", keepers)
    return people.replace("MORE", more) + text


def outside_reads(estate):
    found = estate.edges(Relation.READS)
    return {
        ("*" if edge.source != PARTNER else PARTNER, edge.target, edge.answer.certain)
        for edge in found
        if edge.source != EVE
    }


@pytest.mark.parametrize("case", SHARED)
def test_whom_a_copy_is_shared_with(built, case):
    text, keepers, expected = SHARED[case]
    assert outside_reads(built(estate_of(text, keepers=keepers))) == expected


def test_a_shared_copy_is_a_path_that_ends_with_the_permission(built):
    estate = built(estate_of(DATABASE % (*PLAIN, "all")))
    (path,) = [p for p in attack_paths(estate) if p.target.fact.node == DB_SNAPSHOT]
    assert path.techniques == ("read-public-copy",)
    assert path.target.kind == "customer"
    claims = [step.claim for hop in path.hops() for step in hop.evidence]
    assert "orders is shared with everybody" in claims
    (stage,) = Cutting(estate).cut().stages
    assert (stage.change.kind, stage.change.proof.attribute) == (Kind.UNSHARE, "shared_accounts")


def test_whom_it_is_shared_with_is_a_gap_where_nobody_says(built):
    estate = built('variable "who" {}\n' + estate_of(disks(account="${var.who}")))
    assert [gap.kind for gap in estate.gaps if "var.who" in gap.what] == ["shared-elsewhere"]


TAKE = ("ec2:CreateVolume", "ec2:AttachVolume", "ec2:RunInstances")
TABLE = """
resource "aws_dynamodb_table" "t" {
  name     = "customers"
  hash_key = "id"
  point_in_time_recovery {
    enabled = %s
  }
}
"""
NO_SCAN = """{
  Effect   = "Deny"
  Action   = ["dynamodb:Scan", "dynamodb:Query", "dynamodb:*GetItem"]
  Resource = "arn:aws:dynamodb:*:*:table/customers"
},"""
RESTORE = ("dynamodb:CreateBackup", "dynamodb:RestoreTableFromBackup", "dynamodb:Scan")
GAINED = {
    "a disk into one's own machine": (
        ("ec2:CreateSnapshot", *TAKE),
        disks(account=""),
        "",
        {("copy-disk", DISK), ("take-snapshot", SNAPSHOT)},
    ),
    "a disk that one may not copy": (TAKE, disks(account=""), "", {("take-snapshot", SNAPSHOT)}),
    "a disk without a machine": (("ec2:CreateSnapshot", *TAKE[:2]), disks(account=""), "", set()),
    "a disk block by block": (
        ("ec2:CreateSnapshot", "ebs:ListSnapshotBlocks", "ebs:GetSnapshotBlock"),
        disks(account=""),
        "",
        {("copy-disk", DISK)},
    ),
    "a disk shared with oneself": (
        ("ec2:CreateSnapshot", "ec2:ModifySnapshotAttribute"),
        disks(account=""),
        "",
        {("copy-disk", DISK), ("take-snapshot", SNAPSHOT)},
    ),
    "an encrypted disk that cannot be": (
        ("ec2:CreateSnapshot", "ec2:ModifySnapshotAttribute"),
        disks(DEFAULT, ""),
        "",
        set(),
    ),
    "an encrypted disk into a machine, by AWS's key": (
        TAKE,
        disks(DEFAULT, ""),
        "",
        {("take-snapshot", SNAPSHOT)},
    ),
    "an encrypted disk into a machine, by a key that one may not use": (
        TAKE,
        disks(KEYED, ""),
        "",
        set(),
    ),
    "an encrypted disk into a machine, by a key that one may": (
        (*TAKE, "kms:CreateGrant"),
        disks(KEYED, ""),
        "",
        {("take-snapshot", SNAPSHOT)},
    ),
    "a table by another name": (RESTORE, TABLE % "false", NO_SCAN, {("copy-table", "t")}),
    "a table that one reads anyway": (RESTORE, TABLE % "false", "", set()),
    "a table by another name, which one may not read either": (
        RESTORE,
        TABLE % "false",
        NO_SCAN.replace("/customers", "/*"),
        set(),
    ),
    "a table into a bucket": (
        ("dynamodb:ExportTableToPointInTime", "s3:PutObject"),
        TABLE % "true",
        "",
        {("copy-table", "t")},
    ),
    "a table whose changes are not recorded": (
        ("dynamodb:ExportTableToPointInTime", "s3:PutObject"),
        TABLE % "false",
        "",
        set(),
    ),
}


@pytest.mark.parametrize("case", GAINED)
def test_who_copies_what(built, case):
    actions, text, more, expected = GAINED[case]
    estate = built(estate_of(text, actions, more=more))
    found = {
        (edge.allows, edge.target.replace("aws_dynamodb_table.t", "t"))
        for edge in estate.edges(Relation.MAY_CALL, source=EVE)
        if edge.answer.certain
    }
    assert found == expected


def test_blocks_of_a_snapshot_are_read_by_whoever_may_and_has_its_key(built):
    for key, actions, reads in (
        (PLAIN, ("ebs:GetSnapshotBlock",), True),
        (KEYED, ("ebs:GetSnapshotBlock",), False),
        (KEYED, ("ebs:GetSnapshotBlock", "kms:Decrypt"), True),
        (PLAIN, ("ebs:ListSnapshotBlocks",), False),
    ):
        estate = built(estate_of(disks(key, ""), actions))
        found = [e for e in estate.edges(Relation.READS, source=EVE) if e.target == SNAPSHOT]
        assert [edge.answer.certain for edge in found] == [True] * reads


WRITER = """
resource "aws_iam_role" "writer" {
  name               = "writer"
  assume_role_policy = jsonencode({ Statement = [{
    Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "%s" }
  }] })
}
resource "aws_iam_role_policy" "writer" {
  role   = aws_iam_role.writer.name
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "%s" }] })
}
"""
BUCKET = """
resource "aws_s3_bucket" "b" {
  bucket = "customers"
}
resource "aws_s3_bucket_versioning" "b" {
  bucket = aws_s3_bucket.b.id
  versioning_configuration {
    status = "%s"
  }
}
"""
EXPORT = ("rds:StartExportTask", "rds:CreateDBSnapshot", "iam:PassRole")
REPLICATE = ("s3:PutReplicationConfiguration", "iam:PassRole")
ORDERS, EXPORTER, S3 = DATABASE % (*PLAIN, "all"), "export.rds.amazonaws.com", "s3.amazonaws.com"
HANDED = {
    "an export of a database": (EXPORT, ORDERS + WRITER % (EXPORTER, "*"), "copy-database"),
    "an export by a role for something else": (EXPORT, ORDERS + WRITER % (S3, "*"), None),
    "an export into one bucket alone": (
        EXPORT,
        ORDERS + WRITER % (EXPORTER, "arn:aws:s3:::reports/*"),
        None,
    ),
    "an export without a role to pass": (EXPORT[:2], ORDERS + WRITER % (EXPORTER, "*"), None),
    "a replication of a bucket": (
        REPLICATE,
        BUCKET % "Enabled" + WRITER % (S3, "*"),
        "replicate-bucket",
    ),
    "a replication that keeps no versions": (
        REPLICATE,
        BUCKET % "Disabled" + WRITER % (S3, "*"),
        None,
    ),
    "a replication to where the role may not write": (
        REPLICATE,
        BUCKET % "Enabled" + WRITER % (S3, "arn:aws:s3:::customers*"),
        None,
    ),
}


@pytest.mark.parametrize("case", HANDED)
def test_a_role_that_is_passed_on_writes_the_copy(built, case):
    actions, text, expected = HANDED[case]
    found = built(estate_of(text, actions)).edges(Relation.MAY_CALL, source=EVE)
    assert {e.allows for e in found if e.answer.certain} == ({expected} if expected else set())
