"""How long things are kept, who guards them from deletion, and what stands in front of them."""

import pytest

from graphs.unknown import Unknown
from tests.graphs.build.land import LAND
from tests.graphs.build.said import verdict

BUCKET = 'resource "aws_s3_bucket" "logs" {\n  bucket = "logs"\n%s\n}\n'
LIFECYCLE = """
resource "aws_s3_bucket_lifecycle_configuration" "logs" {
  bucket = aws_s3_bucket.logs.id
  rule {
    id     = "delete"
    status = %s
    expiration { days = %s }
    %s
  }
}
"""
LOCK = """
resource "aws_s3_bucket_object_lock_configuration" "logs" {
  bucket = aws_s3_bucket.logs.id
  rule {
    default_retention {
      mode = %s
      days = 30
    }
  }
}
variable "open" {}
"""


@pytest.mark.parametrize(
    ("mode", "locked"), [('"COMPLIANCE"', "yes"), ('"GOVERNANCE"', "no"), ("var.open", "maybe")]
)
def test_only_compliance_mode_holds_against_everyone(node, mode, locked):
    bucket = node(BUCKET % "" + LOCK % mode, "aws_s3_bucket.logs")
    assert verdict(bucket.locked) == locked


def test_a_bucket_without_a_lock_has_none(node):
    assert verdict(node(BUCKET % "", "aws_s3_bucket.logs").locked) == "no"


@pytest.mark.parametrize(
    ("rest", "prefix", "for_good"),
    [
        ("", "", False),
        ('prefix = "old/"', "old/", False),
        ('filter { prefix = "a/" }', "a/", False),
        ('filter {\n      and { prefix = "b/" }\n    }', "b/", False),
        ("noncurrent_version_expiration { noncurrent_days = 1 }", "", True),
    ],
)
def test_a_lifecycle_rule_tells_what_it_deletes(node, rest, prefix, for_good):
    bucket = node(BUCKET % "" + LIFECYCLE % ('"Enabled"', 30, rest), "aws_s3_bucket.logs")
    (expiry,) = bucket.expiries
    assert (expiry.days, expiry.prefix, expiry.for_good) == (30, prefix, for_good)
    assert expiry.proof.resource == "aws_s3_bucket_lifecycle_configuration.logs"


def test_a_lifecycle_rule_that_is_off_deletes_nothing(node):
    assert not node(BUCKET % "" + LIFECYCLE % ('"Disabled"', 30, ""), "aws_s3_bucket.logs").expiries


def test_what_is_not_known_of_a_lifecycle_rule_stays_so(node):
    code = BUCKET % "" + LIFECYCLE % ("var.open", 30, "") + 'variable "open" {}'
    (expiry,) = node(code, "aws_s3_bucket.logs").expiries
    assert isinstance(expiry.days, Unknown)


def test_the_older_spelling_stands_in_the_bucket(node):
    inside = """
  lifecycle_rule {
    enabled = true
    prefix  = "tmp/"
    expiration { days = 7 }
  }
  lifecycle_rule {
    enabled = false
    expiration { days = 1 }
  }"""
    (expiry,) = node(BUCKET % inside, "aws_s3_bucket.logs").expiries
    assert (expiry.days, expiry.prefix) == (7, "tmp/")


def test_a_secret_is_renewed_where_something_renews_it(node):
    secret = 'resource "aws_secretsmanager_secret" "s" { name = "s" }\n'
    rotation = """
resource "aws_secretsmanager_secret_rotation" "s" {
  secret_id = aws_secretsmanager_secret.s.id
}"""
    assert verdict(node(secret, "aws_secretsmanager_secret.s").renewed) == "no"
    assert verdict(node(secret + rotation, "aws_secretsmanager_secret.s").renewed) == "yes"
    parameter = 'resource "aws_ssm_parameter" "p" { name = "p" }'
    assert node(parameter, "aws_ssm_parameter.p").renewed is None


@pytest.mark.parametrize(
    ("settings", "spread", "locked"),
    [
        ("", "no", "no"),
        ("multi_az = true", "yes", "no"),
        ("deletion_protection = true", "no", "yes"),
        ("multi_az = var.open", "maybe", "no"),
    ],
)
def test_a_database_says_how_it_is_guarded(node, settings, spread, locked):
    code = f'resource "aws_db_instance" "d" {{\n  engine = "mysql"\n  {settings}\n}}\n'
    database = node(code + 'variable "open" {}', "aws_db_instance.d")
    assert (verdict(database.spread), verdict(database.locked)) == (spread, locked)


def test_a_cluster_is_in_several_zones(node):
    code = 'resource "aws_rds_cluster" "c" { engine = "aurora-mysql" }'
    assert verdict(node(code, "aws_rds_cluster.c").spread) == "yes"


FRONT = """
resource "aws_lb" "front" {
  subnets = [aws_subnet.a.id]
}
variable "open" {}
"""
SHIELD = """
resource "aws_wafv2_web_acl_association" "front" {
  resource_arn = %s
  web_acl_arn  = "arn:aws:wafv2:eu-west-1:111111111111:regional/webacl/x/y"
}
"""


@pytest.mark.parametrize(
    ("link", "shielded"),
    [
        ("", "no"),
        (SHIELD % "aws_lb.front.arn", "yes"),
        (SHIELD % "var.open", "maybe"),
        (SHIELD % '"arn:aws:apigateway:eu-west-1::/restapis/a/stages/b"', "no"),
        (SHIELD % '"arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/x/y"', "maybe"),
        (SHIELD % "aws_s3_bucket.other.arn" + 'resource "aws_s3_bucket" "other" {}', "no"),
    ],
)
def test_a_web_acl_shields_what_it_is_tied_to(node, link, shielded):
    assert verdict(node(LAND + FRONT + link, "aws_lb.front").shielded) == shielded


@pytest.mark.parametrize(
    ("listener", "tls"),
    [
        ('protocol = "HTTPS"', "ELBSecurityPolicy-2016-08"),
        ('protocol = "HTTPS"\n  ssl_policy = "P"', "P"),
        ('protocol = "HTTP"', ""),
    ],
)
def test_a_listener_has_the_policy_that_it_says_or_the_oldest(node, listener, tls):
    code = f"""
resource "aws_lb_listener" "x" {{
  load_balancer_arn = aws_lb.front.arn
  port              = 443
  {listener}
}}
"""
    (made,) = node(LAND + FRONT + code, "aws_lb.front").listeners
    assert made.tls == tls
