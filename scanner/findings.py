"""Findings: what rules say of an estate, with a fingerprint that outlives moved lines.

Input: an estate and rules. Output: findings, worst first. It decides nothing about what stands or
is waived (`scanner/waivers`), and a rule that cannot finish is itself a finding, never silence.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from graphs.estate import Estate
from graphs.estate import identity as natural_identity
from graphs.evidence import Evidence
from graphs.nodes import Node
from graphs.unknown import Answer, Cause, Place, Unknown
from graphs.verdict import Verdict
from rules.api import Rule, Severity, Violation
from scanner.errors import PathwardenError
from scanner.waivers.waiver import Waiver

Identify = Callable[[Node], str]


@dataclass(frozen=True, slots=True)
class Finding:
    """One danger on one subject; `subject` is its address.

    `verdict` is violated or cannot-tell, and `unknowns` decide the latter. `path_id` names the
    attack path that the finding tells of, "" where it tells of none. A `waiver` makes that it does
    not count.
    """

    fingerprint: str
    rule: str
    severity: Severity
    verdict: Verdict
    subject: str
    title: str
    because: str
    evidence: Evidence
    place: Place | None
    fix: str
    unknowns: tuple[Unknown, ...] = ()
    path_id: str = ""
    waiver: Waiver | None = None


def judge(
    estate: Estate, rules: Iterable[Rule], identity: Identify = natural_identity
) -> tuple[Finding, ...]:
    """What the rules find on an estate: worst first, then by subject and rule.

    A rule that raises a PathwardenError gives a cannot-tell finding about itself, so that the
    others still speak and nobody reads its silence as a pass.
    """
    name = _Names(identity, _twins(estate, identity))
    found = (each for rule in rules for each in _findings(rule, estate, name))
    return tuple(sorted(found, key=_worst_first))


def fingerprint(rule_id: str, identity: str, key: str = "", twin: int = 0) -> str:
    """The name of a finding for as long as its rule, subject and essential evidence stay.

    `twin` counts findings that nothing else tells apart: two subjects whose natural key is not
    known.

    >>> fingerprint("ssh-open-to-internet", "aws_instance.web")
    'a08bf6fec76e83c4a6b6'
    """
    parts = (rule_id, identity, key, *([str(twin)] if twin else []))
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:20]


@dataclass(frozen=True, slots=True)
class _Names:
    """Names findings. `twins` numbers the nodes that share an identity, violated or not, so that
    mending one leaves the others' fingerprints as they are."""

    identity: Identify
    twins: Mapping[str, int]

    def of(self, rule: Rule, violation: Violation) -> str:
        subject = violation.subject
        twin = self.twins.get(subject.id, 0)
        return fingerprint(rule.id, self.identity(subject), violation.key, twin)


def _twins(estate: Estate, identity: Identify) -> dict[str, int]:
    seen: Counter[str] = Counter()
    found = {}
    for node in estate.index.nodes:
        name = identity(node)
        if seen[name]:
            found[node.id] = seen[name]
        seen[name] += 1
    return found


def _findings(rule: Rule, estate: Estate, names: _Names) -> Iterator[Finding]:
    try:
        for violation in rule.check(estate):
            danger = violation.danger & violation.subject.exists
            if danger.possible:
                yield _finding(rule, violation, danger, names.of(rule, violation))
    except PathwardenError as problem:
        yield _stopped(rule, problem)


def _finding(rule: Rule, violation: Violation, danger: Answer, mark: str) -> Finding:
    return Finding(
        fingerprint=mark,
        rule=rule.id,
        severity=violation.severity or rule.severity,
        verdict=Verdict.of(danger),
        subject=violation.subject.id,
        title=rule.title,
        because=violation.because,
        evidence=violation.evidence,
        place=violation.subject.source.origin.place,
        fix=violation.fix,
        unknowns=tuple(sorted(danger.because, key=str)),
        path_id=violation.path.id if violation.path else "",
    )


def _stopped(rule: Rule, problem: PathwardenError) -> Finding:
    """The finding that a rule could not finish; its subject is the estate, written ""."""
    return Finding(
        fingerprint=fingerprint(rule.id, "", "stopped"),
        rule=rule.id,
        severity=rule.severity,
        verdict=Verdict.CANNOT_TELL,
        subject="",
        title=rule.title,
        because=f"The rule could not finish: {problem.message}.",
        evidence=(),
        place=problem.place,
        fix=problem.fix,
        unknowns=(Unknown(Cause.MODEL, f"rule {rule.id}", place=problem.place),),
    )


def _worst_first(finding: Finding) -> tuple[int, str, str, str]:
    return -finding.severity.rank, finding.subject, finding.rule, finding.fingerprint
