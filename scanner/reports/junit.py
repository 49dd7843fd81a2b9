"""JUnit XML, which Jenkins, GitLab and most other servers show as test results.

A suite is a root module, a case is a rule and a subject. It fails where the finding fails the
build; it is skipped, with the reason, where it cannot be told or is waived; what is found but does
not fail the build passes and says so. A rule that found nothing is a case that passes, and what was
not read is a case that is skipped: nobody takes it for one that passed.

GitLab tells cases apart by class and name, and takes the first of those that are alike:
https://docs.gitlab.com/ci/testing/unit_test_reports. So there is one of each.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from graphs.verdict import Verdict
from scanner.reports.text import headline
from scanner.reports.waivers import terms, word
from scanner.reports.words import clean, counted, listed, owned, place, places, spot
from scanner.result import Finding, Gap, Path, Result

MOST_GAPS = 20


@dataclass(frozen=True, slots=True)
class _Case:
    """A test case; `outcome` is failure, skipped or "" where it passes."""

    group: str
    name: str
    file: str = ""
    line: int = 0
    outcome: str = ""
    message: str = ""
    text: str = ""


def render(result: Result, standing: Collection[Finding]) -> str:
    """The document; `standing` are the findings that fail the build."""
    whole = Element("testsuites", name="Pathwarden")
    paths = {(p.root, p.id): p for p in result.paths}
    for root in dict.fromkeys((*(r.directory for r in result.coverage.roots), *_beside(result))):
        cases = [*_rules(result, root, paths, frozenset(standing)), *_gaps(result, root)]
        _suite(whole, root, cases)
    _count(whole, list(whole.iter("testcase")))
    SubElement(whole, "system-out").text = headline(result)
    indent(whole)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(whole, encoding="unicode")}\n'


def _beside(result: Result) -> Iterator[str]:
    """The scan as a whole, where it missed something."""
    yield from (gap.root for gap in result.gaps if not gap.root)


def _suite(whole: Element, root: str, cases: Sequence[_Case]) -> None:
    suite = SubElement(whole, "testsuite", name=clean(_named(root)))
    for case in cases:
        _case(suite, root, case)
    _count(suite, list(suite))


def _named(root: str) -> str:
    return {"": "scan", ".": "root module"}.get(root, root)


def _count(element: Element, cases: Sequence[Element]) -> None:
    for name, tag in (("failures", "failure"), ("skipped", "skipped")):
        element.set(name, str(sum(case.find(tag) is not None for case in cases)))
    element.set("tests", str(len(cases)))
    element.set("errors", "0")


def _case(suite: Element, root: str, case: _Case) -> None:
    # Jenkins takes what stands before the last full stop for a package.
    group = clean(f"{_named(root)}.{case.group}")
    element = SubElement(suite, "testcase", classname=group, name=clean(case.name))
    if case.file:
        element.set("file", clean(case.file))
        element.set("line", str(case.line))
    if case.outcome:
        SubElement(element, case.outcome, message=clean(case.message)).text = case.text
    elif case.text:
        SubElement(element, "system-out").text = case.text


def _rules(
    result: Result, root: str, paths: dict[tuple[str, str], Path], standing: frozenset[Finding]
) -> Iterator[_Case]:
    """A case for each rule and subject, and for each rule that found nothing."""
    if root not in {r.directory for r in result.coverage.roots}:
        return
    found: dict[str, dict[str, list[Finding]]] = defaultdict(lambda: defaultdict(list))
    for finding in result.findings:
        if finding.root == root:
            found[finding.rule][finding.subject].append(finding)
    for rule in dict.fromkeys((*result.coverage.rules, *found)):
        for subject, findings in found[rule].items():
            told = [_said(f, paths.get((f.root, f.path))) for f in findings]
            yield _judged(rule, subject, findings, told, standing)
        if not found[rule]:
            yield _nothing(rule, result, root)


def _nothing(rule: str, result: Result, root: str) -> _Case:
    """A rule that found nothing: no pass where there was nothing, and a pass with its limits."""
    if not any(r.directory == root and r.resources for r in result.coverage.roots):
        return _Case(rule, "nothing found", outcome="skipped", message="nothing was read")
    missed = sum(gap.root == root for gap in result.gaps)
    limits = f"in what was read; {counted(missed, 'thing')} not read or not modelled"
    return _Case(rule, "nothing found", text=limits if missed else "")


def _judged(
    rule: str, subject: str, findings: list[Finding], told: list[str], standing: frozenset[Finding]
) -> _Case:
    """What stands decides, else what cannot be told, else it passes with what was found; what is
    waived is skipped."""
    stands = [f for f in findings if f in standing]
    openly = [f for f in findings if f.open]
    counting = [f for f in findings if f.stands]
    first = next(iter((*stands, *openly, *counting, *findings)))
    outcome = "failure" if stands else "skipped" if openly or not counting else ""
    said = f"cannot tell: {first.because}" if first in openly else first.because
    said = f"{said} ({word(first.waived)}: {terms(first.waived)})" if first.waived else said
    return _Case(
        rule,
        subject or "the estate",
        first.file,
        first.line,
        outcome,
        f"{first.severity}: {said}",
        "\n\n".join(told),
    )


def _said(finding: Finding, path: Path | None) -> str:
    """All that is known of a finding, a line each."""
    openly = finding.verdict == Verdict.CANNOT_TELL
    where = place(finding)
    lines = [f"{finding.severity}: {finding.because}", f"at {where}" if where else ""]
    if openly:
        lines[0] = f"cannot tell: {lines[0]}"
        lines.append(f"depends on {listed(list(finding.unknowns))}" if finding.unknowns else "")
    if finding.waived:
        written = spot(finding.waived.file, finding.waived.line)
        lines.append(f"{word(finding.waived)}: {terms(finding.waived)} {written}")
    lines.append(owned(finding.owners))
    lines += [f"- {p.claim} {place(p)}" for p in finding.proof if p.claim]
    lines += list(_hops(path)) if path else ()
    lines.append(f"fix: {finding.fix}" if finding.fix else "")
    lines.append(f"fingerprint: {finding.fingerprint}")
    return "\n".join(clean(line) for line in lines if line)


def _hops(path: Path) -> Iterator[str]:
    yield f"{path.id}: {path.title}"
    for number, hop in enumerate(path.hops, 1):
        yield f"{number}. {hop.says} {listed(places(hop.proof))}"


def _gaps(result: Result, root: str) -> Iterator[_Case]:
    """A skipped case for each kind of what was not read or not modelled."""
    kinds: dict[str, list[Gap]] = defaultdict(list)
    for gap in result.gaps:
        if gap.root == root:
            kinds[gap.kind].append(gap)
    for kind, gaps in kinds.items():
        words = f"{kind.replace('-', ' ')}: {counted(len(gaps), 'thing')} not read or not modelled"
        text = "\n".join(_missed(gaps))
        yield _Case("not-read", kind, gaps[0].file, gaps[0].line, "skipped", words, text)


def _missed(gaps: Sequence[Gap]) -> Iterable[str]:
    for gap in gaps[:MOST_GAPS]:
        said = (spot(gap.file, gap.line), gap.what, gap.effect, gap.fix)
        yield clean("; ".join(part for part in said if part))
    if len(gaps) > MOST_GAPS:
        yield f"and {len(gaps) - MOST_GAPS} more"
