"""Databases, buckets, secrets and keys, each with the satellites that guard it."""

import json

import pytest

from graphs.unknown import Template, Unknown
from tests.graphs.build.land import LAND
from tests.graphs.build.said import verdict


def only(found):
    (one,) = found
    return one


# ------------------------------------------------------------------------------------- databases

DATABASE = """
resource "aws_db_subnet_group" "g" {
  name       = "inner"
  subnet_ids = [aws_subnet.a.id, aws_subnet.b.id]
}
resource "aws_db_instance" "db" {
  identifier             = "orders"
  engine                 = "postgres"
  db_subnet_group_name   = aws_db_subnet_group.g.name
  vpc_security_group_ids = [aws_security_group.web.id]
  %s
}
"""


def test_a_database_stands_in_the_subnets_of_its_group(node):
    database = node(LAND + DATABASE % "", "aws_db_instance.db")
    assert [i.subnet for i in database.interfaces] == ["aws_subnet.a", "aws_subnet.b"]
    assert database.interfaces[0].groups == ("aws_security_group.web",)
    assert (database.engine, database.port) == ("postgres", 5432)
    assert verdict(database.public.open) == verdict(database.encrypted) == "no"
    assert verdict(database.iam_login) == "no"
    assert database.backup_days == 0
    assert database.arn == "arn:aws:rds:eu-west-1:111111111111:db:orders"


@pytest.mark.parametrize(
    ("engine", "port"),
    [
        ("aurora-mysql", 3306),
        ("aurora-postgresql", 5432),
        ("aurora", 3306),
        ("mariadb", 3306),
        ("oracle-se2", 1521),
        ("sqlserver-ex", 1433),
        ("db2-se", 50000),
    ],
)
def test_an_engine_has_its_port(node, engine, port):
    text = DATABASE.replace('"postgres"', f'"{engine}"')
    assert node(LAND + text % "", "aws_db_instance.db").port == port
    assert node(LAND + text % "port = 6000", "aws_db_instance.db").port == 6000


CLUSTER = """
resource "aws_rds_cluster" "c" {
  cluster_identifier = "orders"
  engine             = "aurora-postgresql"
  storage_encrypted  = true
  master_password    = random_password.p.result
}
resource "random_password" "p" {
  length = 20
}
resource "aws_rds_cluster_instance" "one" {
  cluster_identifier = aws_rds_cluster.c.id
}
resource "aws_rds_cluster_instance" "two" {
  cluster_identifier  = aws_rds_cluster.c.cluster_identifier
  publicly_accessible = true
}
"""


def test_a_cluster_is_public_where_an_instance_of_it_is(node):
    cluster = node(CLUSTER, "aws_rds_cluster.c")
    assert verdict(cluster.public.open) == "yes"
    assert cluster.public.proof.resource == "aws_rds_cluster_instance.two"
    assert all(i.public.certain for i in cluster.interfaces)
    assert cluster.backup_days == 1
    closed = CLUSTER.replace("= true\n}", "= false\n}")
    assert verdict(node(closed, "aws_rds_cluster.c").public.open) == "no"


HELD = {
    "a version": """
        resource "aws_secretsmanager_secret_version" "v" {
          secret_id     = aws_secretsmanager_secret.s.id
          secret_string = random_password.p.result
        }
        """,
    "a version in json": """
        resource "aws_secretsmanager_secret_version" "v" {
          secret_id     = aws_secretsmanager_secret.s.arn
          secret_string = jsonencode({ user = "app", password = random_password.p.result })
        }
        """,
    "what the database took": """
        resource "aws_secretsmanager_secret_version" "v" {
          secret_id     = aws_secretsmanager_secret.s.id
          secret_string = aws_db_instance.db.password
        }
        """,
}
SECRET = """
resource "random_password" "p" {
  length = 20
}
resource "aws_secretsmanager_secret" "s" {
  name = "orders/db"
}
"""


@pytest.mark.parametrize("spelling", HELD)
def test_a_secret_opens_the_database_whose_password_it_holds(built, spelling):
    index = built(
        LAND + SECRET + DATABASE % "password = random_password.p.result" + HELD[spelling]
    ).index
    secret = index.by_id["aws_secretsmanager_secret.s"]
    assert secret.opens == ("aws_db_instance.db",)
    assert index.by_id["aws_db_instance.db"].secrets == (secret.id,)
    assert isinstance(secret.arn, Template)  # AWS puts six characters behind the name
    assert str(secret.arn).startswith(
        "arn:aws:secretsmanager:eu-west-1:111111111111:secret:orders/db-"
    )


READ_BACK = {
    "a data source": (
        """
        data "aws_secretsmanager_secret_version" "v" {
          secret_id = aws_secretsmanager_secret.s.id
        }
        """,
        "data.aws_secretsmanager_secret_version.v.secret_string",
    ),
    "a data source in json": (
        """
        data "aws_secretsmanager_secret_version" "v" {
          secret_id = aws_secretsmanager_secret.s.id
        }
        """,
        'jsondecode(data.aws_secretsmanager_secret_version.v.secret_string)["password"]',
    ),
    "a parameter": (
        """
        resource "aws_ssm_parameter" "p" {
          name  = "/orders/db"
          type  = "SecureString"
          value = "set by hand"
        }
        data "aws_ssm_parameter" "p" {
          name = aws_ssm_parameter.p.name
        }
        """,
        "data.aws_ssm_parameter.p.value",
    ),
}


@pytest.mark.parametrize("spelling", READ_BACK)
def test_a_password_that_is_read_back_is_the_secrets(built, spelling):
    text, value = READ_BACK[spelling]
    database = built(LAND + SECRET + text + DATABASE % f"password = {value}").index.by_id[
        "aws_db_instance.db"
    ]
    wanted = "aws_ssm_parameter.p" if spelling == "a parameter" else "aws_secretsmanager_secret.s"
    assert database.secrets == (wanted,)


def test_rds_keeps_a_secret_of_its_own_when_asked_to(built):
    index = built(LAND + DATABASE % "manage_master_user_password = true").index
    secret = index.by_id["aws_db_instance.db.master_user_secret"]
    assert index.by_id["aws_db_instance.db"].secrets == (secret.id,)
    assert secret.opens == ("aws_db_instance.db",)
    assert isinstance(secret.arn, Unknown)
    assert secret.proof().place.line > 20


# --------------------------------------------------------------------------------------- buckets

BUCKET = """
resource "aws_s3_bucket" "b" {
  bucket = "harbour-papers"
  %s
}
"""
BLOCK = """
resource "aws_s3_bucket_public_access_block" "b" {
  bucket                  = aws_s3_bucket.b.id
  block_public_acls       = true
  ignore_public_acls      = true
  block_public_policy     = %s
  restrict_public_buckets = true
}
"""


def block(bucket):
    switches = bucket.block
    return [
        verdict(s)
        for s in (
            switches.block_acls,
            switches.ignore_acls,
            switches.block_policy,
            switches.restrict,
        )
    ]


def test_without_its_block_it_depends_on_the_buckets_age(node):
    bucket = node(BUCKET % "", "aws_s3_bucket.b")
    assert block(bucket) == ["maybe"] * 4
    (why,) = bucket.block.restrict.because
    assert "older than April 2023" in why.what


def test_with_its_block_it_says_itself(node):
    assert block(node(BUCKET % "" + BLOCK % "false", "aws_s3_bucket.b")) == [
        "yes",
        "yes",
        "no",
        "yes",
    ]
    left_out = BLOCK.replace("  block_public_policy     = %s\n", "")
    assert block(node(BUCKET % "" + left_out, "aws_s3_bucket.b")) == ["yes", "yes", "no", "yes"]
    unknown = 'variable "x" {}' + BUCKET % "" + BLOCK % "var.x"
    assert block(node(unknown, "aws_s3_bucket.b")) == ["yes", "yes", "maybe", "yes"]


def test_the_accounts_block_holds_for_all_its_buckets(node):
    text = """
        resource "aws_s3_account_public_access_block" "all" {
          restrict_public_buckets = true
        }
        """
    assert block(node(BUCKET % "" + text, "aws_s3_bucket.b")) == ["maybe", "maybe", "maybe", "yes"]
    assert block(node(BUCKET % "" + text + BLOCK % "false", "aws_s3_bucket.b"))[2:] == ["no", "yes"]


def test_a_name_that_is_not_known_is_a_hole(node):
    for written in (
        "bucket = var.x",
        'bucket = "papers-${var.x}"',
        'bucket_prefix = "papers-"',
        "",
    ):
        text = 'variable "x" {}' + (BUCKET % "").replace('bucket = "harbour-papers"', written)
        bucket = node(text, "aws_s3_bucket.b")
        assert isinstance(bucket.bucket, Template | Unknown)
        assert str(bucket.arn).startswith(
            "arn:aws:s3:::" + ("papers-" if "papers" in written else "")
        )


SATELLITES = {
    "resources": (
        "",
        """
        resource "aws_s3_bucket_versioning" "b" {
          bucket = aws_s3_bucket.b.id
          versioning_configuration {
            status = "Enabled"
          }
        }
        resource "aws_s3_bucket_logging" "b" {
          bucket        = aws_s3_bucket.b.id
          target_bucket = "logs"
          target_prefix = "b/"
        }
        resource "aws_s3_bucket_server_side_encryption_configuration" "b" {
          bucket = aws_s3_bucket.b.id
          rule {
            apply_server_side_encryption_by_default {
              sse_algorithm     = "aws:kms"
              kms_master_key_id = aws_kms_alias.k.arn
            }
          }
        }
        """,
    ),
    "blocks of old": (
        """
        versioning {
          enabled = true
        }
        logging {
          target_bucket = "logs"
        }
        server_side_encryption_configuration {
          rule {
            apply_server_side_encryption_by_default {
              sse_algorithm     = "aws:kms"
              kms_master_key_id = aws_kms_key.k.arn
            }
          }
        }
        """,
        "",
    ),
}
KEY = """
resource "aws_kms_key" "k" {
  enable_key_rotation = true
}
resource "aws_kms_alias" "k" {
  name          = "alias/papers"
  target_key_id = aws_kms_key.k.key_id
}
"""


@pytest.mark.parametrize("spelling", SATELLITES)
def test_satellites_may_be_blocks_or_resources(node, spelling):
    own, more = SATELLITES[spelling]
    bucket = node(BUCKET % own + more + KEY, "aws_s3_bucket.b")
    assert verdict(bucket.versioned) == verdict(bucket.logged) == "yes"
    assert bucket.key == "aws_kms_key.k"


def test_a_bucket_without_them_has_none(node):
    bucket = node(BUCKET % "", "aws_s3_bucket.b")
    assert verdict(bucket.versioned) == verdict(bucket.logged) == "no"
    assert bucket.key is None
    assert verdict(bucket.encrypted) == "yes"  # by default since January 2023


POLICY = {
    "a heredoc": """<<-EOT
          {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
                          "Resource": "${aws_s3_bucket.b.arn}/*"}]}
        EOT
        """,
    "jsonencode": """jsonencode({
          Statement = [{ Effect = "Allow", Principal = "*", Action = "s3:GetObject",
                         Resource = "${aws_s3_bucket.b.arn}/*" }]
        })
        """,
    "a document": "data.aws_iam_policy_document.p.json",
}
DOCUMENT = """
data "aws_iam_policy_document" "p" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.b.arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}
"""


@pytest.mark.parametrize("spelling", POLICY)
def test_a_bucket_policy_in_any_spelling(node, spelling):
    text = f"""
        resource "aws_s3_bucket_policy" "b" {{
          bucket = aws_s3_bucket.b.id
          policy = {POLICY[spelling]}
        }}
        """
    policy = only(node(BUCKET % "" + DOCUMENT + text, "aws_s3_bucket.b").policies)
    statement = json.loads(policy.text)["Statement"]
    statement = statement if isinstance(statement, dict) else only(statement)
    assert statement["Resource"] == "arn:aws:s3:::harbour-papers/*"
    assert statement["Action"] == "s3:GetObject"
    assert policy.proof.resource == "aws_s3_bucket_policy.b"
    assert bool(policy.statements) == (spelling == "a document")


# ------------------------------------------------------------------------------ keys and policies


def test_a_key_is_found_by_id_arn_and_alias(node):
    for named in ("aws_kms_key.k.id", "aws_kms_key.k.arn", "aws_kms_alias.k.arn", '"alias/papers"'):
        text = KEY + f'resource "aws_secretsmanager_secret" "s" {{\n kms_key_id = {named}\n}}'
        assert node(text, "aws_secretsmanager_secret.s").key == "aws_kms_key.k"
    assert node(KEY, "aws_kms_key.k").rotates is True
    assert node(KEY, "aws_kms_key.k").policies == ()


def test_policies_may_be_attached_to_secrets_and_keys(built):
    index = built(
        KEY
        + """
        resource "aws_kms_key_policy" "k" {
          key_id = aws_kms_key.k.id
          policy = "{}"
        }
        resource "aws_secretsmanager_secret" "s" {
          name = "s"
        }
        resource "aws_secretsmanager_secret_policy" "s" {
          secret_arn = aws_secretsmanager_secret.s.arn
          policy     = "{}"
        }
        """
    ).index
    for name in ("aws_kms_key.k", "aws_secretsmanager_secret.s"):
        assert only(index.by_id[name].policies).text == "{}"


@pytest.mark.parametrize(("public", "seen"), [("true", True), ("false", False)])
def test_a_private_database_is_not_on_the_internet_wherever_it_stands(built, public, seen):
    """Not by an IPv6 address either, though the subnets are not known."""
    text = f"""
    variable "subnets" {{}}
    resource "aws_db_subnet_group" "g" {{
      subnet_ids = var.subnets
    }}
    resource "aws_db_instance" "db" {{
      engine               = "postgres"
      db_subnet_group_name = aws_db_subnet_group.g.name
      publicly_accessible  = {public}
    }}
    """
    reached = built(text).network.reach("internet", "aws_db_instance.db")
    assert reached.answer().possible == seen


@pytest.mark.parametrize(
    ("name", "said", "classes"),
    [
        ("/shop/region", 'type = "String"\n value = "eu-west-1"', []),
        ("/shop/region", 'type = "SecureString"\n value = "eu-west-1"', ["secrets"]),
        ("/shop/db-password", 'type = "String"\n value = "eu-west-1"', ["secrets"]),
        ("/shop/private-key", 'type = "String"\n value = var.x', ["secrets"]),
        (
            "/shop/notes",
            'type = "String"\n value = "postgresql://app:hunter22@db/app"',
            ["secrets"],
        ),
        ("/shop/region", "type = var.x\n value = var.x", ["secrets"]),
        (
            "/shop/ledger",
            'type = "String"\n value = "1"\n tags = { Data = "payment" }',
            ["payment"],
        ),
    ],
)
def test_a_parameter_is_a_secret_where_it_is_kept_as_one(node, name, said, classes):
    text = f'resource "aws_ssm_parameter" "p" {{\n name = "{name}"\n {said}\n}}\nvariable "x" {{}}'
    assert sorted(node(text, "aws_ssm_parameter.p").classes) == classes
