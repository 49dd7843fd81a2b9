"""Whatever can be lost has a rule that tells of its paths: a class without one would be silent."""

from typing import get_args

import pytest

from graphs.attack.targets import ADMINISTRATOR, IMPACT, UNCLASSED
from graphs.build import build_estate
from graphs.build.classes import CLASSES
from graphs.build.declared import DataRule, Declared
from rules.catalogue import all_rules
from rules.paths import SEVERITIES
from scanner.config_file import DataClass
from scanner.findings import judge
from scanner.terraform.evaluate import evaluate_root
from scanner.tree import Directory

OPEN = """
resource "aws_s3_bucket" "x" {
  bucket = "example-x"
}
resource "aws_s3_bucket_public_access_block" "x" {
  bucket              = aws_s3_bucket.x.id
  block_public_policy = false
}
resource "aws_s3_bucket_policy" "x" {
  bucket = aws_s3_bucket.x.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow", Principal = "*", Action = "s3:GetObject",
      Resource = "${aws_s3_bucket.x.arn}/*"
    }]
  })
}
"""


@pytest.mark.parametrize("kind", sorted(IMPACT))
def test_a_path_to_each_class_of_data_is_one_finding(tmp_path, kind):
    (tmp_path / "main.tf").write_text(OPEN)
    declared = () if kind == UNCLASSED else (DataRule("aws_s3_bucket.x", kind),)
    found = evaluate_root(Directory(tmp_path), ".", environ={})
    estate = build_estate(found.resources, Declared(data=declared))
    paths = [finding for finding in judge(estate, all_rules()) if finding.path_id]
    assert len(paths) == 1


def test_classes_are_the_same_wherever_they_are_named():
    assert set(get_args(DataClass)) == set(IMPACT) - {ADMINISTRATOR, UNCLASSED}
    assert set(CLASSES) <= set(IMPACT)


def test_every_risk_has_a_severity():
    assert [least for least, _ in SEVERITIES] == sorted((s for s, _ in SEVERITIES), reverse=True)
    assert SEVERITIES[-1][0] == 0
