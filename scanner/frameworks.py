"""Whether each requirement of a framework is met, as far as rules and coverage can say.

Input: a framework, the rules that ran, their findings, and the estates they ran on. Output: one
Assessment per requirement. It never takes silence for a pass: a requirement is met only when every
objective it asks for has rules, and each of them saw everything it had to.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from graphs.estate import Estate
from graphs.nodes import Node, Service
from graphs.verdict import Verdict
from rules.api import Rule
from rules.duties import Checkable, Framework, Requirement, objectives
from scanner.findings import Finding
from scanner.waivers.waiver import By


class Status(StrEnum):
    """What can be said of a requirement, worst first."""

    BROKEN = "broken"
    ACCEPTED = "accepted"
    INCOMPLETE = "incomplete"
    MET = "met"
    NOT_APPLICABLE = "not-applicable"
    NOT_CHECKABLE = "not-checkable"


AS_FAR_AS_CODE = "as far as this code goes"
AS_FAR_AS_SOFTWARE = "as far as software can see"


LEAVES_UNKNOWN = frozenset(
    (
        "belongs-elsewhere",
        "cycle",
        "duplicate",
        "evaluation",
        "invalid-value",
        "legacy-syntax",
        "not-allowed",
        "site-unconnected",
        "undeclared-reference",
    )
)
"""Gaps that make a value Unknown, whose dependents are cannot-tells of their own, that are about
something outside of this code, or about what terraform would refuse and was read all the same."""

HIDES_SERVICES = frozenset(("malformed", "not-modelled"))
"""Gaps behind which may be something that listens, runs or stores, but no identity, log or
network."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """The status of one requirement.

    `rules` are the ids of the rules behind it, `findings` the fingerprints of those that break it
    or leave it open, `missing` what else would have to be known. `assumes` is what a reader must
    grant for the status to hold.
    """

    requirement: Requirement
    status: Status
    rules: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    assumes: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The status with its assumptions: `met (as far as this code goes)`."""
        return f"{self.status} ({', '.join(self.assumes)})" if self.assumes else str(self.status)


@dataclass(frozen=True, slots=True)
class _Heard:
    """What one rule says: whether there was anything to judge, its findings, what it missed."""

    rule: Rule
    applies: bool
    violated: tuple[Finding, ...]
    waived: tuple[Finding, ...]
    open: tuple[Finding, ...]
    gaps: frozenset[str]


def assess(
    framework: Framework,
    rules: Iterable[Rule],
    findings: Iterable[Finding],
    estates: Sequence[Estate],
) -> tuple[Assessment, ...]:
    """Every requirement of a framework with its status, in the framework's order.

    Several estates answer together: what is missing in one is missing.
    """
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    heard = tuple(_hear(rule, by_rule.get(rule.id, ()), estates) for rule in rules)
    code = any(estate.coverage.assumed for estate in estates)
    return tuple(_assess(each, heard, code=code) for each in framework.requirements)


def count(assessments: Iterable[Assessment]) -> Mapping[Status, int]:
    """How many requirements have each status; every status is there."""
    each = [assessment.status for assessment in assessments]
    return {status: each.count(status) for status in Status}


def _hear(rule: Rule, findings: Iterable[Finding], estates: Sequence[Estate]) -> _Heard:
    own = tuple(findings)
    return _Heard(
        rule,
        applies=_found(rule.looks_at[0], estates) or bool(own),
        violated=tuple(f for f in own if f.verdict is Verdict.VIOLATED and not _accepted(f)),
        waived=tuple(f for f in own if _accepted(f)),
        open=tuple(f for f in own if f.verdict is Verdict.CANNOT_TELL and not _accepted(f)),
        gaps=frozenset((*_absent(rule, estates), *(g for e in estates for g in _unseen(rule, e)))),
    )


def _accepted(finding: Finding) -> bool:
    """Whether somebody accepted it; that a baseline knows it is nobody's word."""
    return finding.waiver is not None and finding.waiver.by is not By.BASELINE


def _found(kind: type[Node], estates: Sequence[Estate]) -> bool:
    return any(estate.all(kind).items for estate in estates)


def _absent(rule: Rule, estates: Sequence[Estate]) -> Iterator[str]:
    """What had to be there, and is not, in an estate that has anything at all."""
    if _found(Node, estates):
        absent = (kind for kind in rule.expects if not _found(kind, estates))
        yield from (f"no {kind.__name__.lower()} is in what was read" for kind in absent)


def _unseen(rule: Rule, estate: Estate) -> Iterator[str]:
    """Why the rule may not have seen everything it had to."""
    for kind in rule.looks_at:
        yield from (str(gap) for gap in estate.all(kind).gaps)
    services = any(issubclass(kind, Service) for kind in rule.looks_at)
    for gap in estate.gaps:
        if gap.kind not in LEAVES_UNKNOWN and (services or gap.kind not in HIDES_SERVICES):
            yield str(gap)


def _assess(requirement: Requirement, heard: tuple[_Heard, ...], *, code: bool) -> Assessment:
    if requirement.checkable is Checkable.NO:
        return Assessment(requirement, Status.NOT_CHECKABLE)
    behind = tuple(h for h in heard if set(h.rule.objectives) & set(requirement.objectives))
    missing = (*_unserved(requirement, behind), *_gaps(behind))
    status = _status(behind, missing)
    proof = [finding for each in behind for finding in _proof(each, status)]
    return Assessment(
        requirement,
        status,
        rules=tuple(h.rule.id for h in behind),
        findings=tuple(f.fingerprint for f in proof),
        missing=missing,
        assumes=_assumptions(requirement, status, code=code),
    )


def _proof(heard: _Heard, status: Status) -> tuple[Finding, ...]:
    """The findings by which a requirement has its status."""
    if status is Status.BROKEN:
        return heard.violated
    return (*heard.waived, *heard.open)


def _status(behind: tuple[_Heard, ...], missing: tuple[str, ...]) -> Status:
    if any(h.violated for h in behind):
        return Status.BROKEN
    if any(h.waived for h in behind):
        return Status.ACCEPTED
    if missing or any(h.open for h in behind):
        return Status.INCOMPLETE
    return Status.MET if any(h.applies for h in behind) else Status.NOT_APPLICABLE


def _unserved(requirement: Requirement, behind: tuple[_Heard, ...]) -> tuple[str, ...]:
    """Objectives that no rule of this run serves."""
    served = {objective for h in behind for objective in h.rule.objectives}
    lacking = (objectives()[each] for each in requirement.objectives if each not in served)
    return tuple(f"no rule checks: {each.title}" for each in lacking)


def _gaps(behind: tuple[_Heard, ...]) -> tuple[str, ...]:
    return tuple(sorted(frozenset[str]().union(*(h.gaps for h in behind))))


def _assumptions(requirement: Requirement, status: Status, *, code: bool) -> tuple[str, ...]:
    """What must be granted for a requirement to be met, or to have nothing to apply to."""
    if status not in (Status.MET, Status.NOT_APPLICABLE):
        return ()
    partly = status is Status.MET and requirement.checkable is Checkable.PARTLY
    return (*([AS_FAR_AS_CODE] if code else []), *([AS_FAR_AS_SOFTWARE] if partly else []))
