"""Reading data by changing what guards them: what each way needs, and what is in its way."""

import pytest

from graphs.attack.paths import attack_paths
from graphs.estate import Relation
from tests.graphs.build.test_loosened import assert_that_a_cut_ends_all

OWN = "arn:aws:iam::111111111111"
EVE, BUCKET, SECRET = "aws_iam_user.eve", "aws_s3_bucket.notes", "aws_secretsmanager_secret.token"
DATABASE, CLUSTER = "aws_db_instance.orders", "aws_rds_cluster.orders"

ESTATE = """
resource "aws_iam_user" "eve" {
  name = "eve"
}
resource "aws_iam_user_login_profile" "eve" {
  user = aws_iam_user.eve.name
}
resource "aws_iam_user_policy" "eve" {
  user   = aws_iam_user.eve.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = ACTIONS, Resource = "*" },
    MORE
  ] })
}
resource "aws_s3_bucket" "notes" {
  bucket = "customer-notes"
}
resource "aws_s3_bucket_policy" "notes" {
  bucket = aws_s3_bucket.notes.id
  policy = jsonencode({ Statement = [{
    Effect    = "Deny"
    Action    = "s3:*"
    Principal = "*"
    Resource  = ["arn:aws:s3:::customer-notes", "arn:aws:s3:::customer-notes/*"]
    Condition = { StringNotEquals = { "aws:PrincipalArn" = "arn:aws:iam::111111111111:role/ops" } }
  }] })
}
resource "aws_kms_key" "own" {
  policy = jsonencode({ Statement = [{
    Effect    = "Allow"
    Action    = "kms:*"
    Principal = { AWS = "KEEPER" }
    Resource  = "*"
  }] })
}
resource "aws_secretsmanager_secret" "token" {
  name       = "token"
  kms_key_id = aws_kms_key.own.arn
}
resource "aws_db_instance" "orders" {
  identifier        = "customer-orders"
  engine            = "postgres"
  storage_encrypted = ENCRYPTED
  kms_key_id        = DISK
}
resource "aws_rds_cluster" "orders" {
  cluster_identifier = "customer-orders"
  engine             = "aurora-postgresql"
  storage_encrypted  = ENCRYPTED
}
"""


def estate_of(
    actions, more="", encrypted="false", disk="null", keeper="arn:aws:iam::111111111111:role/ops"
):
    listed = "[" + ", ".join(f'"{action}"' for action in actions) + "]"
    text = ESTATE.replace("ACTIONS", listed).replace("MORE", more).replace("DISK", disk)
    return text.replace("ENCRYPTED", encrypted).replace("KEEPER", keeper)


def gained(estate):
    found = estate.edges(Relation.MAY_CALL, source=EVE)
    return {(edge.allows, edge.target) for edge in found if edge.answer.certain}


ROOT = f"{OWN}:root"
COPY = ("rds:CreateDBSnapshot", "rds:RestoreDBInstanceFromDBSnapshot", "rds:ModifyDBInstance")
SHARE = ("rds:CreateDBSnapshot", "rds:ModifyDBSnapshotAttribute")
ALLOWED = {
    "a bucket's policy that denies to be rewritten": (
        {"actions": ("s3:PutBucketPolicy",)},
        set(),
    ),
    "the policy of a secret whose key trusts the account": (
        {
            "actions": ("secretsmanager:PutResourcePolicy", "kms:Decrypt"),
            "keeper": ROOT,
        },
        {("rewrite-store-policy", SECRET)},
    ),
    "the policy of a secret whose key does not": (
        {"actions": ("secretsmanager:PutResourcePolicy", "kms:Decrypt")},
        set(),
    ),
    "a key of a secret that one may read but for the key": (
        {"actions": ("secretsmanager:GetSecretValue", "kms:CreateGrant"), "keeper": ROOT},
        {("rewrite-key-policy", SECRET)},
    ),
    "a secret's policy and its key's": (
        {"actions": ("secretsmanager:PutResourcePolicy", "kms:PutKeyPolicy"), "keeper": ROOT},
        {("rewrite-key-policy", SECRET)},
    ),
    "a key that refuses to be rewritten": (
        {"actions": ("secretsmanager:GetSecretValue", "kms:PutKeyPolicy")},
        set(),
    ),
    "a secret that one reads anyway": (
        {
            "actions": (
                "secretsmanager:GetSecretValue",
                "secretsmanager:PutResourcePolicy",
                "kms:Decrypt",
            ),
            "keeper": ROOT,
        },
        set(),
    ),
    "a copy of a database, and its password": (
        {"actions": COPY},
        {("copy-database", DATABASE), ("reset-database-password", DATABASE)},
    ),
    "a copy of a database with a key of one's own": (
        {"actions": COPY, "encrypted": "true", "disk": "aws_kms_key.own.arn", "keeper": ROOT},
        {("reset-database-password", DATABASE)},
    ),
    "a copy of a database whose key is granted as well": (
        {
            "actions": (*COPY, "kms:CreateGrant"),
            "encrypted": "true",
            "disk": "aws_kms_key.own.arn",
            "keeper": ROOT,
        },
        {("copy-database", DATABASE), ("reset-database-password", DATABASE)},
    ),
    "a snapshot that is shared": ({"actions": SHARE}, {("copy-database", DATABASE)}),
    "an encrypted snapshot that cannot be": ({"actions": SHARE, "encrypted": "true"}, set()),
    "a snapshot that nobody made": ({"actions": (*COPY[1:2], "rds:AddTagsToResource")}, set()),
    "a snapshot alone": ({"actions": COPY[:1]}, set()),
    "a snapshot of a cluster that is shared": (
        {"actions": ("rds:CreateDBClusterSnapshot", "rds:ModifyDBClusterSnapshotAttribute")},
        {("copy-database", CLUSTER)},
    ),
    "a cluster's password": (
        {"actions": ("rds:ModifyDBCluster",)},
        {("reset-database-password", CLUSTER)},
    ),
}


@pytest.mark.parametrize("case", ALLOWED)
def test_what_one_gains_by_changing_what_guards_data(built, case):
    said, expected = ALLOWED[case]
    assert gained(built(estate_of(**said))) == expected


OPEN_BUCKET = """
resource "aws_s3_bucket" "open" {
  bucket = "customer-list"
}
"""


def test_a_bucket_is_read_once_its_policy_is_ones_own(built):
    estate = built(estate_of(("s3:PutBucketPolicy",)) + OPEN_BUCKET)
    assert gained(estate) == {("rewrite-store-policy", "aws_s3_bucket.open")}
    (path,) = attack_paths(estate)
    assert path.techniques == ("rewrite-store-policy",)
    assert path.target.fact.node == "aws_s3_bucket.open"
    assert any("s3:PutBucketPolicy" in s.claim for hop in path.hops() for s in hop.evidence)


def test_what_the_old_policy_denied_is_gone_with_it(built):
    text = estate_of(("s3:PutBucketPolicy", "s3:GetObject"))
    reading = text.replace('Action    = "s3:*"', 'Action    = "s3:GetObject"')
    assert gained(built(reading)) == {("rewrite-store-policy", BUCKET)}


THERE = """
resource "aws_db_snapshot" "orders" {
  db_instance_identifier = aws_db_instance.orders.identifier
  db_snapshot_identifier = "orders"
}
"""


def test_a_snapshot_that_is_there_is_restored(built):
    text = estate_of(COPY[1:])
    reset = ("reset-database-password", DATABASE)
    kept = text.replace("  kms_key_id        = null", "  backup_retention_period = 7")
    assert gained(built(text)) == {reset}
    assert gained(built(text + THERE)) == {("copy-database", DATABASE), reset}
    assert gained(built(kept)) == {("copy-database", DATABASE), reset}


def test_what_is_denied_to_oneself_stays_denied(built):
    more = '{ Effect = "Deny", Action = "s3:GetObject*", Resource = "*" }'
    assert gained(built(estate_of(("s3:PutBucketPolicy",), more) + OPEN_BUCKET)) == set()


def test_a_boundary_still_counts_for_a_role(built):
    role = """
    resource "aws_iam_role" "eve" {
      name                 = "eve"
      permissions_boundary = aws_iam_policy.edge.arn
      assume_role_policy   = jsonencode({ Statement = [{
        Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
      }] })
    }
    resource "aws_iam_policy" "edge" {
      name   = "edge"
      policy = jsonencode({ Statement = [{ Effect = "Allow", Action = LIMIT, Resource = "*" }] })
    }
    resource "aws_iam_role_policy" "eve" {
      role   = aws_iam_role.eve.id
      policy = jsonencode({ Statement = [{
        Effect = "Allow", Action = "s3:PutBucketPolicy", Resource = "*"
      }] })
    }
    """
    for limit, count in (('"s3:*"', 1), ('"s3:Put*"', 0)):
        estate = built(role.replace("LIMIT", limit) + OPEN_BUCKET)
        assert len(list(estate.edges(Relation.MAY_CALL, source="aws_iam_role.eve"))) == count


def test_a_database_whose_password_is_reset_still_has_to_be_reached(built):
    estate = built(estate_of(("rds:ModifyDBInstance",)))
    assert attack_paths(estate) == ()


BEHIND = """
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_internet_gateway" "out" {
  vpc_id = aws_vpc.main.id
}
resource "aws_default_route_table" "t" {
  default_route_table_id = aws_vpc.main.default_route_table_id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.out.id
  }
}
resource "aws_subnet" "a" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
}
resource "aws_security_group" "shut" {
  name   = "shut"
  vpc_id = aws_vpc.main.id
  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_instance" "app" {
  ami                         = "ami-1"
  subnet_id                   = aws_subnet.a.id
  associate_public_ip_address = PUBLIC
  vpc_security_group_ids      = [aws_security_group.shut.id]
}
resource "aws_db_subnet_group" "data" {
  name       = "data"
  subnet_ids = [aws_subnet.a.id]
}
resource "aws_db_instance" "patients" {
  identifier             = "patients"
  engine                 = "postgres"
  publicly_accessible    = PUBLIC
  db_subnet_group_name   = aws_db_subnet_group.data.name
  vpc_security_group_ids = [aws_security_group.shut.id]
}
"""
APP, PATIENTS = "aws_instance.app", "aws_db_instance.patients"
OPENS = ("ec2:AuthorizeSecurityGroupIngress",)


def behind(actions, public="true", more="", inside=BEHIND):
    return estate_of(actions, more) + inside.replace("PUBLIC", public)


def test_a_group_is_opened_to_what_it_alone_keeps_from_the_internet(built):
    estate = built(behind(OPENS))
    assert gained(estate) == {
        ("open-group-to-service", APP),
        ("open-group-to-database", PATIENTS),
    }
    edge = next(e for e in estate.edges(Relation.MAY_CALL, source=EVE) if e.target == APP)
    claims = [step.claim for step in edge.evidence()]
    assert any("shut lets everybody in" in claim for claim in claims)


KEPT = {
    "a private address": behind(OPENS, public="false"),
    "no route from the internet": behind(
        OPENS, inside=BEHIND.replace('"0.0.0.0/0"\n    g', '"192.0.2.0/24"\n    g')
    ),
    "a group of somebody else's to open": behind(
        OPENS, more='{ Effect = "Deny", Action = "ec2:Auth*", Resource = "*" }'
    ),
    "a group that is open": behind(
        OPENS,
        inside=BEHIND.replace(
            "  egress {",
            """  ingress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
  egress {""",
        ),
    ),
}


@pytest.mark.parametrize("reason", KEPT)
def test_a_group_is_not_opened_for_nothing(built, reason):
    assert gained(built(KEPT[reason])) == set()


def test_a_database_behind_an_opened_group_takes_its_password(built):
    assert attack_paths(built(behind(OPENS))) == ()
    estate = built(behind((*OPENS, "rds:ModifyDBInstance")))
    (path,) = [p for p in attack_paths(estate) if p.target.fact.node == PATIENTS]
    assert path.techniques == ("reset-database-password", "open-group-to-database")


SHUT = """
resource "aws_s3_bucket_policy" "open" {
  bucket = aws_s3_bucket.open.id
  policy = jsonencode({ Statement = [{
    Effect    = "Allow"
    Action    = "s3:GetObject"
    Principal = "*"
    Resource  = "arn:aws:s3:::customer-list/*"
  }] })
}
resource "aws_s3_bucket_public_access_block" "open" {
  bucket                  = aws_s3_bucket.open.id
  restrict_public_buckets = true
}
"""
ACCOUNT_BLOCK = """
resource "aws_s3_account_public_access_block" "all" {
  restrict_public_buckets = true
}
"""
UNBLOCK = "s3:PutBucketPublicAccessBlock"
BLOCKED = {
    "a policy that lets everybody in, and a block": ((UNBLOCK,), SHUT, True),
    "a block that is not hers to take away": (("s3:GetBucketPublicAccessBlock",), SHUT, False),
    "no policy that lets anybody in": ((UNBLOCK,), "", False),
    "the account's block stays": ((UNBLOCK,), SHUT + ACCOUNT_BLOCK, False),
    "the account's block goes too": (
        (UNBLOCK, "s3:PutAccountPublicAccessBlock"),
        SHUT + ACCOUNT_BLOCK,
        True,
    ),
}


@pytest.mark.parametrize("case", BLOCKED)
def test_a_block_is_taken_away_from_a_policy_that_lets_everybody_in(built, case):
    actions, more, expected = BLOCKED[case]
    # In her own account a policy for everybody is for her too, unless her own denies it.
    denied = '{ Effect = "Deny", Action = "s3:GetObject*", Resource = "*" }'
    estate = built(estate_of(actions, denied) + OPEN_BUCKET + more)
    found = {("unblock-public-store", "aws_s3_bucket.open")} if expected else set()
    assert gained(estate) == found
    if expected:
        assert_that_a_cut_ends_all(estate)


QUEUE = """
resource "aws_sqs_queue" "jobs" {
  name   = "jobs"
  policy = jsonencode({ Statement = [DENIES] })
}
"""
DENYING = '{ Effect = "Deny", Action = "sqs:ReceiveMessage", Principal = "*", Resource = "*" }'
LETTING = '{ Effect = "Allow", Action = "sqs:ListQueues", Principal = "*", Resource = "*" }'


def test_to_add_to_a_policy_leaves_what_it_denies(built):
    jobs = {("rewrite-store-policy", "aws_sqs_queue.jobs")}
    for actions, said, found in (
        (("sqs:AddPermission",), LETTING, jobs),
        (("sqs:AddPermission",), DENYING, set()),
        (("sqs:SetQueueAttributes",), DENYING, jobs),
    ):
        assert gained(built(estate_of(actions) + QUEUE.replace("DENIES", said))) == found
