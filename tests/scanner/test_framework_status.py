"""When a requirement is met, and everything that keeps it from being so."""

from dataclasses import dataclass, field, replace
from types import SimpleNamespace

from graphs.nodes import FlowLog, Instance, Node, Trail, Vpc
from graphs.unknown import Cause, Unknown
from graphs.verdict import Coverage, Gap, Verdict
from rules.api import Rule, Severity
from rules.duties import Checkable, Framework, Requirement
from scanner.findings import Finding
from scanner.frameworks import Status, assess, count

LOGS = Requirement("10.1", "Traffic is on record", ("log-network-traffic",), Checkable.YES)
DENIED = Unknown(Cause.DENIED, "ec2:DescribeFlowLogs in eu-north-1")


@dataclass
class Shelf:
    """As much of an estate as a status depends on."""

    items: dict = field(default_factory=lambda: {Vpc: ("a network",)})
    short: dict = field(default_factory=dict)
    missing: tuple[Gap, ...] = ()
    coverage: Coverage = field(default_factory=lambda: Coverage(assumed=False))

    @property
    def gaps(self):
        return self.missing

    def all(self, kind):
        return SimpleNamespace(
            items=self.items.get(kind, ()), gaps=frozenset(self.short.get(kind, ()))
        )


def rule(
    name="network-without-flow-log", objectives=("log-network-traffic",), kinds=(Vpc, FlowLog)
) -> Rule:
    return Rule(
        name, "No record", Severity.MEDIUM, objectives, kinds, lambda _: iter(()), "logging"
    )


def finding(verdict=Verdict.VIOLATED, name="network-without-flow-log") -> Finding:
    return Finding("f00d", name, Severity.MEDIUM, verdict, "aws_vpc.a", "T", "B.", (), None, "F.")


def status(requirement=LOGS, rules=None, findings=(), estate=None):
    framework = Framework("f-1", "F", "1", "https://example.org/", (requirement,))
    (assessment,) = assess(
        framework, (rule(),) if rules is None else rules, findings, [estate or Shelf()]
    )
    return assessment


def test_met_when_every_rule_saw_everything_and_found_nothing():
    assessment = status()
    assert assessment.status is Status.MET
    assert assessment.rules == ("network-without-flow-log",)
    assert assessment.label == "met"


def test_code_is_complete_by_assumption_only_and_that_is_said():
    assert status(estate=Shelf(coverage=Coverage())).label == "met (as far as this code goes)"


def test_a_violation_breaks_it():
    assessment = status(findings=[finding()])
    assert (assessment.status, assessment.findings) == (Status.BROKEN, ("f00d",))


def test_a_violation_breaks_it_whatever_else_is_open():
    gaps = Shelf(short={FlowLog: (DENIED,)})
    assert status(findings=[finding()], estate=gaps).status is Status.BROKEN


def test_a_finding_of_another_rule_does_not():
    assert status(findings=[finding(name="key-never-renewed")]).status is Status.MET


def test_a_cannot_tell_leaves_it_incomplete():
    assessment = status(findings=[finding(Verdict.CANNOT_TELL)])
    assert (assessment.status, assessment.findings) == (Status.INCOMPLETE, ("f00d",))


def test_what_was_not_read_leaves_it_incomplete_and_is_named():
    assessment = status(estate=Shelf(short={FlowLog: (DENIED,)}))
    assert assessment.status is Status.INCOMPLETE
    assert assessment.missing == (str(DENIED),)


def test_a_file_that_was_not_read_may_hold_anything():
    broken = Gap("syntax-error", "unexpected }", "what the file defines is not known")
    assessment = status(estate=Shelf(missing=(broken,)))
    assert (assessment.status, assessment.missing) == (Status.INCOMPLETE, ("unexpected }",))


def test_what_is_not_modelled_may_be_a_service_but_no_network():
    queue = Shelf({Vpc: ("n",), Instance: ("i",)}, missing=(Gap("not-modelled", "a queue", "-"),))
    assert status(estate=queue).status is Status.MET
    machines = (rule("ssh-open", kinds=(Instance,)),)
    assert status(rules=machines, estate=queue).status is Status.INCOMPLETE


def test_an_unknown_value_is_the_findings_affair():
    odd = Gap("evaluation", "no such key", "local.x is unknown")
    assert status(estate=Shelf(missing=(odd,))).status is Status.MET


def test_one_estate_that_was_not_read_keeps_all_from_being_met():
    framework = Framework("f-1", "F", "1", "https://example.org/", (LOGS,))
    estates = [Shelf(), Shelf(short={FlowLog: (DENIED,)})]
    (assessment,) = assess(framework, [rule()], [], estates)
    assert assessment.status is Status.INCOMPLETE


def test_an_objective_that_no_rule_serves_leaves_it_incomplete():
    more = Requirement("10.2", "T", ("log-network-traffic", "protect-logs"), Checkable.YES)
    assessment = status(more)
    assert assessment.status is Status.INCOMPLETE
    assert assessment.missing == ("no rule checks: Records cannot be altered unnoticed",)
    assert status(more, rules=(rule(), rule("x-y", ("protect-logs",)))).status is Status.MET


def test_a_rule_that_did_not_run_proves_nothing():
    assert status(rules=()).status is Status.INCOMPLETE


def test_not_applicable_where_there_is_nothing_to_look_at():
    assert status(estate=Shelf(items={})).status is Status.NOT_APPLICABLE
    assert status(estate=Shelf(items={FlowLog: ("a log",)})).status is Status.NOT_APPLICABLE


def test_nothing_seen_is_not_nothing_there():
    unread = Shelf(items={}, short={Vpc: (DENIED,)})
    assert status(estate=unread).status is Status.INCOMPLETE


def test_what_had_to_be_there_and_is_not_leaves_it_incomplete():
    trails = (replace(rule(kinds=(Trail,)), expects=(Trail,)),)
    without = Shelf({Node: ("a network",)})
    assert status(rules=trails, estate=without).missing == ("no trail is in what was read",)
    with_one = Shelf({Node: ("a trail",), Trail: ("a trail",)})
    assert status(rules=trails, estate=with_one).status is Status.MET
    assert status(rules=trails, estate=Shelf({})).status is Status.NOT_APPLICABLE


def test_what_software_cannot_see_is_said_to_be_so():
    policy = Requirement("12.1", "A policy exists", (), Checkable.NO)
    assert status(policy).status is Status.NOT_CHECKABLE


def test_a_partly_checkable_requirement_is_met_as_far_as_software_sees():
    partly = Requirement("10.3", "T", ("log-network-traffic",), Checkable.PARTLY)
    assert status(partly).label == "met (as far as software can see)"


def test_every_status_is_counted():
    assert count([status(), status(findings=[finding()])]) == {
        Status.BROKEN: 1,
        Status.ACCEPTED: 0,
        Status.INCOMPLETE: 0,
        Status.MET: 1,
        Status.NOT_APPLICABLE: 0,
        Status.NOT_CHECKABLE: 0,
    }
