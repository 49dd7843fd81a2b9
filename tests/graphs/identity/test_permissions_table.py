"""Every case of tests/tables/permissions.yaml: policies, a request, and what AWS would say."""

from pathlib import Path

import pytest
import yaml

from graphs.identity.evaluate import ANYONE

TABLE = Path(__file__).parents[2] / "tables" / "permissions.yaml"
CASES = [case for group in yaml.safe_load(TABLE.read_text("utf-8")) for case in group["cases"]]
WHO = {"role": "aws_iam_role.app", "user": "aws_iam_user.ann", "anyone": ANYONE}
RESOURCES = {
    "booking": "aws_s3_bucket.booking",
    "db": "aws_secretsmanager_secret.db",
    "main": "aws_kms_key.main",
    "admin": "aws_iam_role.admin",
    "app": "aws_iam_role.app",
    "api": "aws_lambda_function.api",
}


@pytest.mark.parametrize("case", CASES, ids=[case["says"] for case in CASES])
def test_permission(case, permissions):
    found = asked(case, permissions(**case))
    assert found.verdict == case["expect"], found.evidence
    assert list(found.keys) == case.get("keys", []), found.evidence
    assert found.evidence, "every verdict says why"
    assert found.answer.undecided == (found.verdict == "unknown")


def asked(case, permissions):
    action, _, target = case["asks"].partition(" on ")
    resource = permissions.index.by_id.get(RESOURCES.get(target, ""), target)
    context = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in case.get("context", {}).items()
    }
    who = case.get("who", "role")
    if action in ("reads", "writes", "administers"):
        ask = {"reads": "readable", "writes": "writable"}.get(action, action)
        return getattr(permissions, ask)(WHO.get(who, who), resource)
    return permissions.can(WHO.get(who, who), action, resource, context)


def test_cases_cite_their_page():
    groups = yaml.safe_load(TABLE.read_text("utf-8"))
    assert all(group.get("doc") for group in groups)
    assert len(CASES) >= 120
    assert len({case["says"] for case in CASES}) == len(CASES)
