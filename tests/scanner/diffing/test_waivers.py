"""Waivers and owners in a merge check: the base decides which waivers count."""

import pytest

from tests.scanner.diffing.conftest import code

RULE = "bucket-not-versioned"
BUCKET = '\nresource "aws_s3_bucket" "more" {\n  bucket = "acme-more"\n}\n'
SUBJECT = "aws_s3_bucket.more"


def marked(words="reason=x", comment=f"# pathwarden:ignore {RULE}"):
    return BUCKET.replace("\nresource", f"\n{comment} {words}\nresource", 1)


@pytest.fixture
def change(estate):
    """Commit a file on a branch, perhaps another on main; gives what the comparison says."""

    def call(head, base=None, settings=None):
        files = {"more.tf": base} if base is not None else {}
        estate.commit({**files, **({"pathwarden.yaml": settings} if settings else {})})
        estate.git("checkout", "--quiet", "-b", "topic")
        estate.commit({"more.tf": head})
        return estate.json("main", "topic", "--fail-on", "low")

    return call


def added(answer):
    """What is new and counts."""
    found = answer["findings_added"]
    return {(f["rule"], f["subject"]) for f in found if f["waived"] is None}


def test_a_waiver_that_the_head_adds_is_listed_and_does_not_count(change, estate):
    answer = change(marked())
    assert (RULE, SUBJECT) in added(answer)
    assert [(w["rule"], w["status"]) for w in answer["waivers_added"]] == [(RULE, "added")]
    assert code(estate.diff("main", "topic", "--fail-on", "low")) == 1


def test_one_that_the_base_has_counts_wherever_its_lines_move(change):
    answer = change("\n\n# moved\n" + marked("reason=other"), base=marked())
    assert answer["waivers_added"] == []
    assert (RULE, SUBJECT) not in added(answer)


def test_the_policy_of_the_base_may_let_them_count(change):
    answer = change(marked(), settings="version: 1\nwaiving: {added: true}\n")
    assert (RULE, SUBJECT) not in added(answer)


def test_a_comment_of_another_tool_in_the_base_counts_in_the_head(change):
    base = BUCKET.replace('"more" {\n', '"more" {\n  #checkov:skip=CKV_AWS_21:thrown away\n')
    settings = "version: 1\nwaiving: {foreign: [checkov]}\n"
    answer = change(f"\n# moved\n{base}", base=base, settings=settings)
    assert answer["waivers_added"] == []
    assert (RULE, SUBJECT) not in added(answer)


def test_owners_are_those_of_the_revision(change, estate):
    estate.commit({"CODEOWNERS": "* @then\n"})
    answer = change(BUCKET)
    (estate.home / "CODEOWNERS").write_text("* @now\n")
    answer = estate.json("main", "topic")
    owners = {o["name"] for f in answer["findings_added"] for o in f["owners"]}
    assert owners == {"@then"}
