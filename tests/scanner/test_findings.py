"""From violations to findings: order, fingerprints, and rules that fail."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from graphs.nodes import NodeIndex, Vpc
from graphs.resource import Address, Origin, Resource, Scope, Source
from graphs.unknown import NO, YES, Answer, Cause, Place, Unknown, cannot_tell
from graphs.verdict import Verdict
from rules.api import Rule, Severity, Violation
from scanner.errors import EvaluationProblem
from scanner.findings import fingerprint, judge

ADMINS = Unknown(Cause.VARIABLE, "var.admins")


def vpc(name: str, module: str = "", line: int = 1, exists: Answer = YES) -> Vpc:
    source = Resource(
        Address(module, "aws_vpc", name),
        "aws_vpc",
        {},
        Scope("aws", "111122223333", "eu-north-1"),
        Origin(Source.TERRAFORM, Place("main.tf", line)),
        exists,
    )
    return Vpc(source=source, id=source.id, cidrs=())


def by_name(node) -> str:
    return f"{node.source.type}/{node.source.address.name}"


def violation(subject, danger=YES, **more) -> Violation:
    return Violation(
        subject=subject, danger=danger, because="It is so.", evidence=(), fix="Mend it.", **more
    )


def rule(*violations, name="some-danger", severity=Severity.MEDIUM) -> Rule:
    return Rule(name, "Some danger", severity, ("x",), (Vpc,), lambda _: iter(violations), "test")


def found(*rules, nodes=()):
    return judge(SimpleNamespace(index=NodeIndex(nodes)), rules, identity=by_name)


def test_a_violation_becomes_a_finding():
    (finding,) = found(rule(violation(vpc("main", line=7))))
    assert (finding.rule, finding.subject) == ("some-danger", "aws_vpc.main")
    assert (finding.verdict, finding.severity) == (Verdict.VIOLATED, Severity.MEDIUM)
    assert str(finding.place) == "main.tf:7"
    assert finding.because == "It is so."
    assert (finding.unknowns, finding.path_id) == ((), "")
    assert len(finding.fingerprint) >= 16


def test_the_worst_comes_first_then_the_subject():
    low = rule(violation(vpc("b")), violation(vpc("a")), name="low-one", severity=Severity.LOW)
    high = rule(violation(vpc("c")), name="high-one", severity=Severity.HIGH)
    assert [f.subject for f in found(low, high)] == ["aws_vpc.c", "aws_vpc.a", "aws_vpc.b"]


def test_a_violation_may_be_worse_than_its_rule():
    (finding,) = found(rule(violation(vpc("a"), severity=Severity.CRITICAL)))
    assert finding.severity is Severity.CRITICAL


def test_what_cannot_be_told_names_what_decides_it():
    (finding,) = found(rule(violation(vpc("a"), cannot_tell(ADMINS))))
    assert (finding.verdict, finding.unknowns) == (Verdict.CANNOT_TELL, (ADMINS,))


def test_a_subject_that_may_not_exist_leaves_it_open():
    perhaps, never = vpc("a", exists=cannot_tell(ADMINS)), vpc("b", exists=NO)
    (finding,) = found(rule(violation(perhaps), violation(never)))
    assert (finding.subject, finding.verdict) == ("aws_vpc.a", Verdict.CANNOT_TELL)
    assert finding.unknowns == (ADMINS,)


def test_the_path_of_a_violation_is_named():
    (finding,) = found(rule(violation(vpc("a"), path=SimpleNamespace(id="p-1"))))
    assert finding.path_id == "p-1"


@pytest.mark.parametrize(
    "moved", [vpc("main", line=99), vpc("main", module="module.network"), vpc("main", line=3)]
)
def test_a_fingerprint_outlives_moved_lines_and_renamed_modules(moved):
    (before,), (after,) = found(rule(violation(vpc("main")))), found(rule(violation(moved)))
    assert before.fingerprint == after.fingerprint


def test_a_fingerprint_tells_rule_subject_and_evidence_apart():
    several = {
        fingerprint("a-b", "c"),
        fingerprint("a-b", "d"),
        fingerprint("a-c", "c"),
        fingerprint("a-b", "c", "22"),
        fingerprint("a-b", "c", "23"),
        fingerprint("a-b", "c", twin=1),
    }
    assert len(several) == 6


def test_twins_without_a_natural_key_are_numbered_whether_violated_or_not():
    one, two = vpc("main", module="module.a"), vpc("main", module="module.b")
    both = found(rule(violation(one), violation(two)), nodes=(one, two))
    assert len({f.fingerprint for f in both}) == 2
    (left,) = found(rule(violation(two)), nodes=(one, two))
    assert left.fingerprint in {f.fingerprint for f in both if f.subject == two.id}


def test_a_rule_that_fails_says_so_and_stops_no_other():
    def failing(_):
        yield violation(vpc("a"))
        raise EvaluationProblem("The policy is too deep", Place("main.tf", 4), "Flatten it.")

    broken = replace(rule(name="broken-one", severity=Severity.HIGH), check=failing)
    findings = found(broken, rule(violation(vpc("b"))))
    assert [f.subject for f in findings] == ["", "aws_vpc.a", "aws_vpc.b"]
    stopped = findings[0]
    assert (stopped.rule, stopped.verdict) == ("broken-one", Verdict.CANNOT_TELL)
    assert "The policy is too deep" in stopped.because
    assert (str(stopped.place), stopped.fix) == ("main.tf:4", "Flatten it.")
    assert stopped.unknowns
