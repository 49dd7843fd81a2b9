"""What the rules say of the Harbor estate, attack paths aside: all of its README, and no more.

Some of its decoys become exposures by one edit; the rules have to see the difference.
"""

from pathlib import Path
from shutil import copytree

import pytest

from graphs.build import build_estate
from graphs.verdict import Verdict
from rules.catalogue import all_rules
from rules.exposure import (
    admin_port_open_to_internet,
    database_reachable_from_internet,
    ssh_open_to_internet,
)
from scanner.config import load_config
from scanner.findings import judge
from scanner.terraform.evaluate import evaluate_root
from scanner.tree import Directory

HARBOR = Path(__file__).parents[2] / "fixtures" / "terraform" / "harbor"

EXPECTED = """
admin-port-open-to-site                      module.dispatch.aws_instance.this
bucket-access-not-logged                     module.access_log.aws_s3_bucket.this
bucket-access-not-logged                     module.carrier_contracts.aws_s3_bucket.this
bucket-access-not-logged                     module.logs.aws_s3_bucket.this
bucket-access-not-logged                     module.manifests.aws_s3_bucket.this
bucket-open-to-anyone                        module.crew_documents.aws_s3_bucket.this
database-not-encrypted                       module.schedules.aws_db_instance.this
federated-role-open-to-any-repository        aws_iam_role.ci_deploy
function-url-open-to-anyone                  module.labels.aws_lambda_function.this
function-url-open-to-anyone                  module.quote.aws_lambda_function.this
long-lived-access-key                        aws_iam_access_key.wms_sync
metadata-answers-without-token               aws_instance.tracking
network-without-flow-log                     module.terminal.aws_vpc.this
open-group-on-nothing                        aws_security_group.remote_support
outside-account-trusted-without-external-id  aws_iam_role.vendor_analytics[0]
public-access-block-off                      module.carrier_contracts.aws_s3_bucket.this
public-access-block-off                      module.crew_documents.aws_s3_bucket.this
public-access-block-off                      module.manifests.aws_s3_bucket.this
role-holds-everything                        aws_iam_role.image_builder
role-holds-everything                        aws_iam_role.maintenance
secret-in-startup-text                       aws_instance.wms
trail-not-encrypted-by-own-key               aws_cloudtrail.network
trail-without-validation                     aws_cloudtrail.network
"""


def estate(directory: Path):
    evaluated = evaluate_root(Directory(directory), "")
    declared = load_config(directory).declared
    return build_estate(evaluated.resources, declared=declared, gaps=evaluated.gaps)


def test_the_ordinary_findings_are_those_of_the_readme():
    plain = [rule for rule in all_rules() if rule.topic != "paths"]
    findings = judge(estate(HARBOR), plain)
    assert {(f.rule, f.subject) for f in findings} == {
        tuple(line.split()) for line in EXPECTED.strip().splitlines()
    }
    assert {f.verdict for f in findings} == {Verdict.VIOLATED}


@pytest.mark.parametrize(
    ("rule", "file", "was", "becomes", "subject"),
    [
        (
            ssh_open_to_internet,
            "terminal.tf",
            "extra_groups = []",
            "extra_groups = [aws_security_group.remote_support.id]",
            "module.edi",
        ),
        (
            admin_port_open_to_internet,
            "terminal.tf",
            'action     = "deny"',
            'action     = "allow"',
            "module.weighbridge",
        ),
        (
            database_reachable_from_internet,
            "vpcs.tf",
            'berth  = { index = 4, egress = "none" }',
            'berth  = { index = 4, egress = "internet" }',
            "module.berths",
        ),
    ],
    ids=lambda value: getattr(value, "id", None),
)
def test_a_decoy_turned_over_is_found(tmp_path, rule, file, was, becomes, subject):
    home = copytree(HARBOR, tmp_path / "harbor")
    text = (home / file).read_text()
    assert text.count(was) == 1
    (home / file).write_text(text.replace(was, becomes))
    found = {v.subject.id for v in rule.check(estate(home)) if v.danger.certain}
    assert [each for each in found if each.startswith(subject)]
