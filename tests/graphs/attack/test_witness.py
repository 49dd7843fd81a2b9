"""Which logs tell of a breach: on, off or not known, where they are, and whether they can be
trusted."""

import pytest

from graphs.attack.breach import Breach
from graphs.attack.taking import first_fact
from graphs.attack.witness import witnesses

DATA = """
resource "aws_s3_bucket" "data" {
  bucket = "acme-customers"
}
resource "aws_s3_bucket" "logs" {
  bucket = "acme-logs"
}
resource "aws_iam_user" "ann" {
  name = "ann"
}
resource "aws_iam_user_policy" "ann" {
  user   = aws_iam_user.ann.name
  policy = jsonencode({ Statement = [{
    Effect   = "Allow"
    Action   = ["s3:GetObject", "s3:ListBucket", MORE]
    Resource = ["arn:aws:s3:::acme-customers", "arn:aws:s3:::acme-customers/*", WHERE]
  }] })
}
"""
READS = DATA.replace(", MORE", "").replace(", WHERE", "")
TRAIL = """
resource "aws_cloudtrail" "all" {
  name                  = "all"
  s3_bucket_name        = aws_s3_bucket.logs.id
  is_multi_region_trail = true
  SELECTORS
}
"""
BASIC = """
  event_selector {
    read_write_type = "READS"
    data_resource {
      type   = "AWS::S3::Object"
      values = [THINGS]
    }
  }
"""
FINER = """
  advanced_event_selector {
    field_selector {
      field  = "eventCategory"
      equals = ["Data"]
    }
    field_selector {
      field  = "resources.type"
      equals = ["AWS::S3::Object"]
    }
    EXTRA
  }
  advanced_event_selector {
    field_selector {
      field  = "eventCategory"
      equals = ["Management"]
    }
  }
"""


def told(estate, taken, kind):
    breach = Breach(estate, first_fact(estate.index.by_id[taken]))
    return {w.about: w for w in witnesses(breach) if w.kind == kind}


def word(answer):
    return "on" if answer.certain else "unknown" if answer.possible else "off"


SELECTORS = [
    ("", "off"),
    (BASIC.replace("READS", "All").replace("THINGS", '"arn:aws:s3"'), "on"),
    (BASIC.replace("READS", "All").replace("THINGS", '"arn:aws:s3:::"'), "on"),
    (BASIC.replace("READS", "All").replace("THINGS", '"${aws_s3_bucket.data.arn}/"'), "on"),
    (BASIC.replace("READS", "All").replace("THINGS", '"${aws_s3_bucket.logs.arn}/"'), "off"),
    (BASIC.replace("READS", "WriteOnly").replace("THINGS", '"arn:aws:s3"'), "off"),
    (FINER.replace("EXTRA", ""), "on"),
    (
        FINER.replace(
            "EXTRA",
            'field_selector {\n      field  = "readOnly"\n      equals = ["false"]\n    }',
        ),
        "unknown",
    ),
]


@pytest.mark.parametrize(("selectors", "said"), SELECTORS)
def test_whether_a_trail_records_who_read_a_bucket(built, selectors, said):
    estate = built(READS + TRAIL.replace("SELECTORS", selectors))
    found = told(estate, "aws_iam_user.ann", "CloudTrail data events")
    assert word(found["aws_s3_bucket.data"].on) == said


CALLS = [
    ("", "on"),
    ("enable_logging = false", "off"),
    ("event_selector {\n    include_management_events = false\n  }", "off"),
    ('event_selector {\n    read_write_type = "WriteOnly"\n  }', "unknown"),
    ("enable_logging = var.on", "unknown"),
    (FINER.replace("EXTRA", ""), "on"),
]


@pytest.mark.parametrize(("more", "said"), CALLS)
def test_whether_a_trail_records_the_calls_of_an_account(built, more, said):
    text = 'variable "on" {}\n' + READS + TRAIL.replace("SELECTORS", more)
    found = told(built(text), "aws_iam_user.ann", "CloudTrail")
    expected = "unknown" if said == "off" else said  # another trail may stand elsewhere
    assert word(found["account:111111111111"].on) == expected


def test_without_a_trail_code_cannot_tell(built):
    (found,) = told(built(READS), "aws_iam_user.ann", "CloudTrail").values()
    assert [unknown.what for unknown in found.on.because] == ["a trail outside this code"]


ERASING = [
    ("", "", "no"),
    ('"s3:DeleteObject"', '"arn:aws:s3:::acme-logs/*"', "yes"),
    ('"s3:*"', '"*"', "yes"),
    ('"cloudtrail:StopLogging"', '"*"', "yes"),
]


@pytest.mark.parametrize(("action", "where", "said"), ERASING)
def test_whether_the_attacker_can_erase_the_log(built, action, where, said):
    text = DATA.replace(", MORE", f", {action}" if action else "")
    text = text.replace(", WHERE", f", {where}" if where else "")
    found = told(built(text + TRAIL.replace("SELECTORS", "")), "aws_iam_user.ann", "CloudTrail")
    witness = found["account:111111111111"]
    assert word(witness.exposed) == {"no": "off", "yes": "on"}[said]
    assert bool(witness.how) == (said == "yes")


def test_a_locked_bucket_keeps_what_it_has(built):
    lock = """
    resource "aws_s3_bucket_object_lock_configuration" "logs" {
      bucket = aws_s3_bucket.logs.id
      rule {
        default_retention {
          mode = "COMPLIANCE"
          days = 400
        }
      }
    }
    """
    text = DATA.replace("MORE", '"s3:DeleteObject"').replace("WHERE", '"arn:aws:s3:::acme-logs/*"')
    estate = built(text + lock + TRAIL.replace("SELECTORS", ""))
    witness = told(estate, "aws_iam_user.ann", "CloudTrail")["account:111111111111"]
    assert not witness.exposed.possible


def test_how_long_a_log_is_kept(built):
    rule = """
    resource "aws_s3_bucket_lifecycle_configuration" "logs" {
      bucket = aws_s3_bucket.logs.id
      rule {
        id     = "old"
        status = "Enabled"
        filter {
          prefix = "PREFIX"
        }
        expiration {
          days = 90
        }
      }
    }
    """
    trail = READS + TRAIL.replace("SELECTORS", "")

    def days(text):
        found = told(built(text), "aws_iam_user.ann", "CloudTrail")
        return found["account:111111111111"].days

    assert days(trail) == 0
    assert days(trail + rule.replace("PREFIX", "")) == 90
    assert (
        "a lifecycle rule of aws_s3_bucket.logs" in days(trail + rule.replace("PREFIX", "x")).what
    )


NETWORK = """
resource "aws_vpc" "v" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_subnet" "s" {
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.0.1.0/24"
}
resource "aws_instance" "web" {
  ami       = "ami-1"
  subnet_id = aws_subnet.s.id
}
resource "aws_cloudwatch_log_group" "flows" {
  name              = "flows"
  retention_in_days = 30
}
"""
LOG = """
resource "aws_flow_log" "f" {
  vpc_id          = aws_vpc.v.id
  traffic_type    = "TRAFFIC"
  log_destination = aws_cloudwatch_log_group.flows.arn
  iam_role_arn    = "arn:aws:iam::111111111111:role/flow"
}
"""
NAMES = """
resource "aws_route53_resolver_query_log_config" "q" {
  name            = "q"
  destination_arn = aws_cloudwatch_log_group.flows.arn
}
resource "aws_route53_resolver_query_log_config_association" "q" {
  resolver_query_log_config_id = aws_route53_resolver_query_log_config.q.id
  resource_id                  = aws_vpc.v.id
}
"""


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("", "off"),
        (LOG.replace("TRAFFIC", "ALL"), "on"),
        (LOG.replace("TRAFFIC", "REJECT"), "unknown"),
        (
            LOG.replace("TRAFFIC", "ALL")
            .replace("vpc_id  ", "subnet_id")
            .replace("v.id", "s.id")
            .replace("aws_vpc", "aws_subnet"),
            "on",
        ),
    ],
)
def test_flow_logs_of_the_networks_that_were_passed(built, more, said):
    found = told(built(NETWORK + more), "aws_instance.web", "flow log")
    assert word(found["aws_vpc.v"].on) == said
    if said == "on":
        assert (found["aws_vpc.v"].place, found["aws_vpc.v"].days) == ("log group flows", 30)


def test_query_logs_of_names(built):
    assert word(told(built(NETWORK), "aws_instance.web", "DNS query log")["aws_vpc.v"].on) == "off"
    found = told(built(NETWORK + NAMES), "aws_instance.web", "DNS query log")["aws_vpc.v"]
    assert (word(found.on), found.store) == ("on", "aws_cloudwatch_log_group.flows")


OWN = [
    (
        """
        resource "aws_db_instance" "d" {
          identifier                      = "d"
          engine                          = "postgres"
          enabled_cloudwatch_logs_exports = ["postgresql"]
        }
        """,
        "aws_db_instance.d",
        ("database log", "on", "CloudWatch, /aws/rds/instance/d/"),
    ),
    (
        """
        resource "aws_db_instance" "d" {
          identifier = "d"
          engine     = "postgres"
        }
        """,
        "aws_db_instance.d",
        ("database log", "off", "CloudWatch, /aws/rds/instance/d/"),
    ),
    (
        """
        resource "aws_s3_bucket" "logs" {
          bucket = "acme-logs"
        }
        resource "aws_lb" "front" {
          name = "front"
          access_logs {
            bucket  = aws_s3_bucket.logs.id
            enabled = true
          }
        }
        """,
        "aws_lb.front",
        ("request log", "on", "bucket acme-logs"),
    ),
    (
        """
        resource "aws_lb" "front" {
          name = "front"
        }
        resource "aws_wafv2_web_acl" "w" {
          name  = "w"
          scope = "REGIONAL"
          default_action {
            allow {}
          }
          visibility_config {
            cloudwatch_metrics_enabled = true
            metric_name                = "w"
            sampled_requests_enabled   = true
          }
        }
        resource "aws_wafv2_web_acl_association" "w" {
          resource_arn = aws_lb.front.arn
          web_acl_arn  = aws_wafv2_web_acl.w.arn
        }
        """,
        "aws_lb.front",
        ("firewall log", "off", ""),
    ),
    (
        """
        resource "aws_eks_cluster" "k" {
          name                      = "k"
          role_arn                  = "arn:aws:iam::111111111111:role/k"
          enabled_cluster_log_types = ["audit"]
          vpc_config {
            subnet_ids = []
          }
        }
        """,
        "aws_eks_cluster.k",
        ("control plane log", "on", "CloudWatch, /aws/eks/k/cluster"),
    ),
]


@pytest.mark.parametrize(
    ("text", "taken", "said"), OWN, ids=[" ".join(each[2][:2]) for each in OWN]
)
def test_what_things_log_of_themselves(built, text, taken, said):
    (found,) = told(built(text), taken, said[0]).values()
    assert (found.kind, word(found.on), found.place) == said
