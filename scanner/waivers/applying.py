"""Which findings each waiver covers, and what it counts for.

Input: an estate with its findings, the waivers of its code and of the settings, and the policy.
Output: the findings, those that are waived marked, and a Ruling for each waiver.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from graphs.build.declared import Declared
from graphs.verdict import Verdict
from scanner.findings import Finding
from scanner.terraform.repository.homes import BETWEEN
from scanner.terraform.without import meet
from scanner.views import Scanned
from scanner.waivers.blocks import arn_of, blocks_of, is_instance
from scanner.waivers.blocks import bare as block_of
from scanner.waivers.proving import proven
from scanner.waivers.waiver import By, Key, Policy, Ruling, Standing, Waiver, expired, worse

_ORDER: Final = (
    Standing.COUNTS,
    Standing.ADDED,
    Standing.FORBIDDEN,
    Standing.EXPIRED,
    Standing.INVALID,
    Standing.NOT_ASKED,
    Standing.IDLE,
)
"""What a waiver comes to where estates differ: the first of these that one of them gives."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Who decides on waivers: the policy, the day, the rules that ran, the root modules read,
    what is declared beside the code.

    `admitted` are the waivers of the base of a merge, None where nothing is merged: what is not
    among them is shown and does not count.
    """

    policy: Policy
    today: date
    ran: frozenset[str]
    roots: frozenset[str]
    declared: Declared
    admitted: Mapping[Key, date] | None = None

    def standing(self, waiver: Waiver) -> tuple[Standing, str]:
        """What a waiver counts for, whatever it covers."""
        if waiver.problem:
            return Standing.INVALID, waiver.problem
        if expired(waiver, self.today):
            return Standing.EXPIRED, f"it expired on {waiver.until}"
        if why := self.policy.refuses(waiver, self.today):
            return Standing.FORBIDDEN, why
        if waiver.downloaded and waiver.by is not By.BASELINE:
            return Standing.FORBIDDEN, "it stands in a downloaded module: waive it at the call"
        if self._is_added(waiver):
            return Standing.ADDED, "the change under review adds it"
        return (Standing.COUNTS if self._ran(waiver) else Standing.NOT_ASKED), ""

    def _ran(self, waiver: Waiver) -> bool:
        if waiver.names_path:
            return any(rule.startswith("path-to-") for rule in self.ran)
        return waiver.rule in self.ran

    def _is_added(self, waiver: Waiver) -> bool:
        if self.admitted is None or self.policy.added or waiver.by is By.BASELINE:
            return False
        return (waiver.until or date.max) > self.admitted.get(waiver.key, date.min)


@dataclass(slots=True)
class _Case:
    """A waiver while findings are looked at."""

    waiver: Waiver
    standing: Standing
    why: str
    covers: list[str] = field(default_factory=list)
    spared: list[str] = field(default_factory=list)
    near: str = ""

    def take(self, finding: Finding, policy: Policy) -> bool:
        """Cover a finding; whether that makes it count no longer."""
        severity, sure = str(finding.severity), finding.verdict is Verdict.VIOLATED
        refused = policy.spares(self.waiver, finding.rule, severity)
        refused = refused or worse(self.waiver, severity, sure=sure)
        counts = self.standing is Standing.COUNTS
        if counts and refused:
            self.why = refused
            self.spared.append(finding.fingerprint)
            return False
        self.covers.append(finding.fingerprint)
        return counts

    def ruling(self, roots: Collection[str]) -> Ruling:
        """What came of it, where some root modules were read."""
        if self.standing is not Standing.COUNTS or self.covers:
            return Ruling(self.waiver, self.standing, self.why, tuple(self.covers))
        if self.spared:
            return Ruling(self.waiver, Standing.FORBIDDEN, self.why, tuple(self.spared))
        if self.waiver.root and self.waiver.root not in roots:
            return Ruling(self.waiver, Standing.NOT_ASKED)
        why = f": more than it stands at proves that of {self.near}" if self.near else ""
        return Ruling(self.waiver, Standing.IDLE, f"it covers no finding{why}")


def apply(
    scanned: Scanned, waivers: Sequence[Waiver], judge: Judge
) -> tuple[tuple[Finding, ...], tuple[Ruling, ...]]:
    """The findings of an estate, those that are waived marked, and what came of each waiver."""
    cases = [_Case(waiver, *judge.standing(waiver)) for waiver in dict.fromkeys(waivers)]
    readable = [case for case in cases if not case.waiver.problem]
    covering = _Covering(scanned, readable, judge.roots)
    marked = [_marked(each, covering.of(each), judge.policy) for each in scanned.findings]
    open_still = [each for each in marked if each.waiver is None]
    hang, other = proven(scanned, open_still, covering.counting(), judge.declared)
    for at, each in enumerate(marked):
        if each.waiver is None and each.fingerprint in hang:
            marked[at] = _marked(each, hang[each.fingerprint], judge.policy)
    for case in cases:
        if case.waiver in other:
            case.near = other[case.waiver].subject
    return tuple(marked), tuple(case.ruling(judge.roots) for case in cases)


def _marked(finding: Finding, cases: Iterable[_Case], policy: Policy) -> Finding:
    """The finding with the first waiver that counts for it."""
    counted = [case.waiver for case in cases if case.take(finding, policy)]
    return replace(finding, waiver=counted[0]) if counted else finding


def merged(rulings: Iterable[Ruling]) -> tuple[Ruling, ...]:
    """What came of each waiver in all estates together: one that counts in any counts."""
    found: dict[Waiver, list[Ruling]] = defaultdict(list)
    for each in rulings:
        found[each.waiver].append(each)
    return tuple(_together(waiver, each) for waiver, each in found.items())


def _together(waiver: Waiver, rulings: Sequence[Ruling]) -> Ruling:
    first = min(rulings, key=lambda each: _ORDER.index(each.standing))
    covers = tuple(dict.fromkeys(mark for each in rulings for mark in each.covers))
    return Ruling(waiver, first.standing, first.why, covers)


class _Covering:
    """The waivers that may cover a finding, found by what they are about."""

    def __init__(self, scanned: Scanned, cases: Sequence[_Case], roots: Collection[str]) -> None:
        self.scanned = scanned
        self.roots = roots
        self.by: dict[tuple[str, str], list[_Case]] = defaultdict(list)
        for case in cases:
            self.by[_about(case.waiver)].append(case)

    def of(self, finding: Finding) -> Iterator[_Case]:
        """The waivers that cover a finding: comments, then settings, then the baseline."""
        if not finding.subject:
            return
        yield from self._at_blocks(finding)
        for word in filter(None, (finding.rule, finding.path_id)):
            yield from self._by_pattern(word, finding)
        home = self.scanned.home(finding.subject)
        for case in self.by.get((_PRINT, finding.fingerprint), ()):
            if case.waiver.root == home or case.waiver.root not in self.roots:
                yield case

    def counting(self) -> dict[tuple[str, str], list[_Case]]:
        """The waivers at blocks that would count, by block and rule."""
        found: dict[tuple[str, str], list[_Case]] = {}
        for (block, rule), cases in self.by.items():
            if BETWEEN in block:
                found[block, rule] = [c for c in cases if c.standing is Standing.COUNTS]
        return {key: cases for key, cases in found.items() if cases}

    def _at_blocks(self, finding: Finding) -> Iterator[_Case]:
        subject = self.scanned.sources.get(finding.subject)
        blocks = [*(blocks_of(subject) if subject else ()), *([_PATH] if finding.path_id else [])]
        bare = _bare(self.scanned, finding.subject)
        for block in blocks:
            word = finding.path_id if block == _PATH else finding.rule
            for case in self.by.get((block, word), ()):
                if is_instance(bare, case.waiver.instance) and _proves(case.waiver, finding):
                    yield case

    def _by_pattern(self, word: str, finding: Finding) -> Iterator[_Case]:
        cases = self.by.get((_PATTERN, word))
        names = _names(self.scanned, finding.subject) if cases else ()
        for case in cases or ():
            if any(fits(case.waiver.match, name) for name in names):
                yield case


_PATTERN: Final = "pattern"
_PATH: Final = "path"
_PRINT: Final = "fingerprint"


def _about(waiver: Waiver) -> tuple[str, str]:
    """What a waiver is looked up by: a path wherever it is written, else a block or a pattern."""
    if waiver.fingerprint:
        return _PRINT, waiver.fingerprint
    if waiver.by is By.SETTINGS:
        return _PATTERN, waiver.rule
    return (_PATH, waiver.rule) if waiver.names_path else (waiver.block, waiver.rule)


def _proves(waiver: Waiver, finding: Finding) -> bool:
    """Whether the lines that a waiver is about prove a finding about the block around them.

    They do, where it is about the block as a whole, and nothing in it proves more than the rest.
    """
    part, block = waiver.part, finding.place
    if part is None or block is None or waiver.names_path:
        return True
    places = (step.proof.place for step in finding.evidence if step.proof)
    inside = [place for place in places if place and place != block and meet(place, block)]
    return not inside or any(meet(place, part) for place in inside)


def _bare(scanned: Scanned, subject: str) -> str:
    """An address without its root module."""
    return subject.removeprefix(f"{scanned.home(subject)}{BETWEEN}")


def _names(scanned: Scanned, subject: str) -> tuple[str, ...]:
    """What a subject is called: its address, that of its block, both with their root, its ARN."""
    bare = _bare(scanned, subject)
    short = (bare, block_of(bare))
    node = scanned.estate.index.by_id.get(subject)
    arns = (arn_of(node),) if node else ()
    home = scanned.home(subject)
    return (*short, *(f"{home}{BETWEEN}{name}" for name in short), *arns)


def fits(pattern: str, name: str) -> bool:
    """Whether a name is what a pattern says, in which `*` stands for any run of characters.

    >>> fits("module.app.*", "module.app.aws_instance.web[0]")
    True
    """
    first, *pieces = pattern.split("*")
    if not pieces:
        return name == pattern
    *middle, last = pieces
    if not name.startswith(first) or len(name) < len(first) + len(last):
        return False
    at, end = len(first), len(name) - len(last)
    for piece in middle:
        at = name.find(piece, at, end)
        if at < 0:
            return False
        at += len(piece)
    return name.endswith(last)
