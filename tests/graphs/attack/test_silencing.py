"""What may be switched off on the way of a path, and what may not."""

import pytest

from graphs.attack.paths import attack_paths
from graphs.attack.silencing import silences

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
    { Effect = "Allow", Action = ["s3:GetObject", ACTION], Resource = RESOURCE }
  ] })
}
resource "aws_s3_bucket" "notes" {
  bucket = "customer-notes"
}
resource "aws_s3_bucket" "calls" {
  bucket = "calls"
  MORE
}
resource "aws_cloudtrail" "all" {
  name           = "all"
  s3_bucket_name = aws_s3_bucket.calls.id
  enable_logging = LOGGING
}
resource "aws_guardduty_detector" "watch" {}
resource "aws_config_configuration_recorder" "state" {
  role_arn = "arn:aws:iam::111111111111:role/config"
}
resource "aws_config_configuration_recorder_status" "state" {
  name       = aws_config_configuration_recorder.state.name
  is_enabled = STARTED
}
"""


def ended(built, action, resource='"*"', logging="true", started="true"):
    text = ESTATE.replace("ACTION", f'"{action}"').replace("RESOURCE", resource)
    text = text.replace("LOGGING", logging).replace("STARTED", started).replace("MORE", "")
    estate = built(text)
    path = next(p for p in attack_paths(estate) if p.target.fact.node == "aws_s3_bucket.notes")
    return [(s.kind, s.technique.id, s.action) for s in silences(estate, path.steps)]


ENDED = {
    "cloudtrail:StopLogging": ("CloudTrail", "stop-call-log"),
    "cloudtrail:PutEventSelectors": ("CloudTrail", "stop-call-log"),
    "guardduty:UpdateDetector": ("GuardDuty", "stop-watch"),
    "config:StopConfigurationRecorder": ("AWS Config", "stop-watch"),
    "s3:PutLifecycleConfiguration": ("bucket of the CloudTrail", "erase-logs"),
    "s3:DeleteObject": ("bucket of the CloudTrail", "erase-logs"),
}


@pytest.mark.parametrize("action", ENDED)
def test_a_log_is_ended_by_whom_the_attacker_acts_as(built, action):
    assert ended(built, action) == [(*ENDED[action], action)]


def test_what_only_describes_a_log_ends_none(built):
    assert ended(built, "cloudtrail:DescribeTrails") == []
    assert ended(built, "guardduty:GetDetector") == []


def test_a_log_that_is_off_is_not_switched_off(built):
    assert ended(built, "cloudtrail:StopLogging", logging="false") == []
    assert ended(built, "config:StopConfigurationRecorder", started="false") == []


def test_another_trail_is_not_this_one(built):
    other = '["arn:aws:s3:::*", "arn:aws:cloudtrail:*:*:trail/other"]'
    own = '["arn:aws:s3:::*", "arn:aws:cloudtrail:*:*:trail/all"]'
    assert ended(built, "cloudtrail:StopLogging", other) == []
    assert len(ended(built, "cloudtrail:StopLogging", own)) == 1


def test_it_counts_for_no_likelihood(built):
    text = ESTATE.replace("RESOURCE", '"*"').replace("LOGGING", "true").replace("MORE", "")
    text = text.replace("STARTED", "true")
    found = {}
    for action in ("cloudtrail:StopLogging", "cloudtrail:LookupEvents"):
        paths = attack_paths(built(text.replace("ACTION", f'"{action}"')))
        found[action] = [(p.id, p.likelihood, p.techniques) for p in paths]
    assert found["cloudtrail:StopLogging"] == found["cloudtrail:LookupEvents"]
