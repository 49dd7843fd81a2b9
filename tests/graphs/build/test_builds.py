"""Build projects that build what strangers propose."""

import pytest

from graphs.attack.paths import attack_paths
from graphs.estate import Relation
from graphs.network.reach import INTERNET

PROJECT = """
resource "aws_codebuild_project" "site" {
  name         = "site"
  service_role = aws_iam_role.build.arn
  artifacts { type = "NO_ARTIFACTS" }
  environment {
    compute_type = "BUILD_GENERAL1_SMALL"
    image        = "aws/codebuild/standard:7.0"
    type         = "LINUX_CONTAINER"
  }
  source {
    type     = "%(source)s"
    location = "https://github.com/acme/site.git"
  }
}
resource "aws_codebuild_webhook" "site" {
  project_name = aws_codebuild_project.site.name
  %(approval)s
  %(groups)s
}
resource "aws_iam_role" "build" {
  name               = "build"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "codebuild.amazonaws.com" }
    }]
  })
}
resource "aws_iam_role_policy" "build" {
  role   = aws_iam_role.build.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }]
  })
}
"""
EVENTS = ("EVENT", "PUSH, PULL_REQUEST_CREATED, PULL_REQUEST_UPDATED", False)
DISABLED = 'pull_request_build_policy { requires_comment_approval = "DISABLED" }'
FORKS = 'pull_request_build_policy { requires_comment_approval = "FORK_PULL_REQUESTS" }'


def group(*filters):
    rows = (
        f"""filter {{
      type                    = "{kind}"
      pattern                 = "{pattern}"
      exclude_matched_pattern = {str(excluded).lower()}
    }}"""
        for kind, pattern, excluded in filters
    )
    return f"filter_group {{\n{chr(10).join(rows)}\n}}"


def actor(pattern, *, excluded=False):
    return group(EVENTS, ("ACTOR_ACCOUNT_ID", pattern, excluded))


CASES = {
    "pull requests": (group(EVENTS), DISABLED, True),
    "everything, without filters": ("", DISABLED, True),
    "pushes alone": (group(("EVENT", "PUSH", False)), DISABLED, False),
    "all but pull requests": (group(("EVENT", "PULL_REQUEST_CREATED", True)), DISABLED, False),
    "of a branch that the proposer names": (
        group(EVENTS, ("HEAD_REF", "^refs/heads/fix$", False)),
        DISABLED,
        True,
    ),
    "of one account": (actor("^1234$"), DISABLED, False),
    "of some accounts": (actor("^(12|34)$"), DISABLED, False),
    "of some accounts, each anchored": (actor("^12$|^34$"), DISABLED, False),
    "of accounts with a number in theirs": (actor("12|34"), DISABLED, True),
    "of all accounts but one": (actor("^1234$", excluded=True), DISABLED, True),
    "in one of two groups": (
        group(("EVENT", "PUSH", False)) + "\n" + group(EVENTS),
        DISABLED,
        True,
    ),
    "that were approved": (group(EVENTS), FORKS, False),
    "by an older webhook": (group(EVENTS), "", True),
}


def edges(estate):
    return list(estate.edges(Relation.MAY_CALL, source=INTERNET))


@pytest.mark.parametrize("case", CASES)
def test_whose_changes_are_built(built, case):
    groups, approval, possible = CASES[case]
    found = built(PROJECT % {"source": "GITHUB", "groups": groups, "approval": approval})
    assert [e.target for e in edges(found)] == (["aws_iam_role.build"] if possible else [])


def test_whether_the_repository_is_public_decides(built):
    found = built(PROJECT % {"source": "GITHUB", "groups": group(EVENTS), "approval": DISABLED})
    (edge,) = edges(found)
    assert [u.what for u in edge.answer.because] == [
        "whether the repository https://github.com/acme/site.git is public"
    ]
    (path,) = attack_paths(found)
    assert next(step.technique.id for step in path.steps) == "propose-build"


def test_nobody_outside_proposes_changes_in_codecommit(built):
    values = {"source": "CODECOMMIT", "groups": group(EVENTS), "approval": DISABLED}
    assert edges(built(PROJECT % values)) == []
