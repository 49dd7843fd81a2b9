"""JUnit: a case for each rule and subject, which fails as the build does."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from scanner.reports.junit import render
from scanner.result import Gap, Root


@pytest.fixture
def read(small):
    """The cases of a result by class and name, with critical findings failing."""

    def cases(result=small, standing=None):
        stands = result.findings[:1] if standing is None else standing
        root = ET.fromstring(render(result, stands))
        found = list(root.iter("testcase"))
        named = {(case.get("classname"), case.get("name")): case for case in found}
        assert len(named) == len(found), "GitLab takes the first of those that are alike"
        return root, named

    return cases


def outcome(case):
    return next((child.tag for child in case if child.tag != "system-out"), "passed")


def test_a_suite_counts_its_cases(read):
    root, cases = read()
    (suite,) = root.iter("testsuite")
    assert suite.get("name") == "root module"
    for element in (root, suite):
        assert {k: v for k, v in element.items() if k != "name"} == {
            "tests": str(len(cases)),
            "failures": "1",
            "skipped": "2",
            "errors": "0",
        }


def test_a_case_fails_where_the_finding_fails_the_build(read):
    _, cases = read()
    case = cases["root module.path-to-customer-data", "aws_s3_bucket.customers"]
    assert outcome(case) == "failure"
    assert (case.get("file"), case.get("line")) == ("main.tf", "99")
    (failure,) = case
    assert failure.get("message") == "critical: The internet reaches customer data."
    assert "2. Role web reads the bucket acme-customers main.tf:77" in failure.text.splitlines()


def test_what_does_not_fail_the_build_passes_and_says_so(read):
    _, cases = read()
    case = cases["root module.bucket-not-versioned", "aws_s3_bucket.customers"]
    assert outcome(case) == "passed"
    assert "gone for good" in case.find("system-out").text


def test_what_cannot_be_told_is_skipped_with_the_reason(read):
    _, cases = read()
    case = cases["root module.ssh-open-to-internet", "module.web.aws_instance.this[0]"]
    assert outcome(case) == "skipped"
    assert case.find("skipped").get("message").startswith("high: cannot tell: Anyone on")
    assert "depends on var.office (variable without a value)" in case.find("skipped").text


def test_what_cannot_be_told_fails_where_it_fails_the_build(read, small):
    _, cases = read(standing=small.findings)
    case = cases["root module.ssh-open-to-internet", "module.web.aws_instance.this[0]"]
    assert outcome(case) == "failure"


def test_what_was_not_read_is_skipped(read):
    _, cases = read()
    case = cases["root module.not-read", "syntax-error"]
    assert outcome(case) == "skipped"
    assert "broken.tf:2; expected an expression, found '='" in case.find("skipped").text


def test_a_rule_that_found_nothing_passes(read, small):
    ran = replace(small, coverage=replace(small.coverage, rules=("key-never-renewed",)))
    _, cases = read(ran)
    case = cases["root module.key-never-renewed", "nothing found"]
    assert outcome(case) == "passed"
    assert case.findtext("system-out") == "in what was read; 1 thing not read or not modelled"


def test_a_rule_that_saw_nothing_does_not_pass(read, small):
    (root,) = small.coverage.roots
    empty = replace(
        small, coverage=replace(small.coverage, roots=(replace(root, resources=0),)), findings=()
    )
    _, cases = read(empty)
    assert {outcome(case) for case in cases.values()} == {"skipped"}


def test_findings_of_a_rule_on_one_subject_are_one_case(read, small):
    twice = (small.findings[1], replace(small.findings[1], because="Another reason."))
    _, cases = read(replace(small, findings=twice), standing=twice[1:])
    (failure,) = cases["root module.bucket-not-versioned", "aws_s3_bucket.customers"]
    assert failure.get("message") == "medium: Another reason."
    assert "gone for good" in failure.text
    assert "Another reason." in failure.text


def test_each_root_module_is_a_suite(read, small):
    roots = (*small.coverage.roots, Root("prod", 1, 1, 1, 1, 1))
    root, _ = read(replace(small, coverage=replace(small.coverage, roots=roots)))
    assert [suite.get("name") for suite in root.iter("testsuite")] == ["root module", "prod"]


def test_nothing_to_judge_is_no_pass(read, small):
    gap = Gap("no-terraform", "there is no Terraform here", "nothing was judged", "", 0, "", "")
    empty = replace(
        small, coverage=replace(small.coverage, roots=()), findings=(), paths=(), gaps=(gap,)
    )
    root, cases = read(empty)
    assert [outcome(case) for case in cases.values()] == ["skipped"]
    assert root.findtext("system-out").startswith("Nothing was judged")


def test_any_text_is_well_formed(read, small):
    evil = "]]> <a> & \" ' \x00\x1b[2J\x85\ufffe\ud800\u202e\n\t\U0001f600"
    hostile = replace(
        small,
        findings=tuple(
            replace(f, subject=evil, because=evil, fix=evil, file=evil, unknowns=(evil,))
            for f in small.findings
        ),
        gaps=(Gap("syntax-error", evil, evil, evil, 1, evil, "."),),
    )
    _, cases = read(hostile)
    assert len(cases) == 4
    assert "<a> & \" '" in " ".join(name for _, name in cases)
