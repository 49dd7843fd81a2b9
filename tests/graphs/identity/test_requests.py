"""Every case of tests/tables/requests.txt: policies, a request, and what AWS would say."""

import pytest

from graphs.identity.evaluate import ANYONE
from graphs.identity.services import Service
from tests.graphs.identity.conftest import SERVICES, document
from tests.graphs.identity.requests import read

CASES = list(read())
WHO = {
    "role": "aws_iam_role.app",
    "linked": "aws_iam_role.linked",
    "user": "aws_iam_user.ann",
    "anyone": ANYONE,
}
THINGS = {
    "booking": "aws_s3_bucket.booking",
    "db": "aws_secretsmanager_secret.db",
    "main": "aws_kms_key.main",
    "admin": "aws_iam_role.admin",
    "api": "aws_lambda_function.api",
    **{name: f"{kind}.{name}" for name, (_, kind, _) in SERVICES.items()},
}


@pytest.mark.parametrize("case", CASES, ids=[f"{case['line']}" for case in CASES])
def test_request(case, permissions):
    found = ask(case, permissions(**case))
    said = (found.verdict, *found.keys)
    assert said == (case["expect"], *case["keys"]), (case["text"], found.evidence)
    assert found.evidence, "every verdict says why"
    assert found.answer.undecided == (found.verdict == "unknown")


def ask(case, permissions):
    action, _, target = case["asks"].partition(" on ")
    thing = permissions.index.by_id.get(THINGS.get(target, ""), target)
    context = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in case.get("context", {}).items()
    }
    who = case["who"]
    if who.startswith("service:"):
        others = who.endswith(":others")
        service = Service(who.removeprefix("service:").removesuffix(":others"), others)
        return service.ask(permissions, action, thing, context)
    session = document(case["session"], "session") if "session" in case else None
    return permissions.can(WHO.get(who, who), action, thing, context, session)


def test_every_case_has_its_page():
    assert all(case["page"] for case in CASES)
    assert len({case["text"] for case in CASES}) == len(CASES)
