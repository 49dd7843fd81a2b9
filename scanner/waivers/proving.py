"""Waivers that stand where a finding is proven, rather than at what it is about.

The SSH port of a machine is open by a rule of its security group, and that rule is where people
write why. But a proof is one of several that there may be: so the estate is built again without
what is waived for a rule, and the rule asked again. What it does not find then, hangs on what is
waived alone.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final, Protocol, TypeVar

from graphs.build import build_estate
from graphs.build.declared import Declared
from graphs.resource import Resource
from graphs.unknown import Place
from rules.catalogue import rule_named
from scanner.findings import Finding, judge
from scanner.terraform.without import meet, without
from scanner.views import Scanned
from scanner.waivers.blocks import blocks_of, is_instance
from scanner.waivers.waiver import Waiver

MOST_RULES: Final = 10
"""Rules that are asked again of one estate; each takes as long as building it."""


W = TypeVar("W", bound="Written")


class Written(Protocol):
    """A waiver while findings are looked at."""

    @property
    def waiver(self) -> Waiver:
        """What is written."""


def proven(
    scanned: Scanned,
    findings: Iterable[Finding],
    cases: Mapping[tuple[str, str], Sequence[W]],
    declared: Declared,
) -> tuple[dict[str, list[W]], dict[Waiver, Finding]]:
    """The waivers of findings that hang on waived lines alone, by fingerprint; and waivers that
    stand where a finding is proven, which something else proves too.

    `findings` are those that nothing else waives, `cases` the waivers by block and rule.
    """
    touched: dict[str, list[tuple[Finding, list[W]]]] = defaultdict(list)
    rules = {rule for _, rule in cases}
    asked = (f for f in findings if f.rule in rules and f.subject and not f.path_id)
    for finding in asked:
        if near := list(_touching(scanned, finding, cases)):
            touched[finding.rule].append((finding, near))
    hang: dict[str, list[W]] = {}
    other: dict[Waiver, Finding] = {}
    for rule, pairs in list(touched.items())[:MOST_RULES]:
        still = _asked_again(scanned, rule, _of_rule(rule, cases), declared)
        hang |= {f.fingerprint: near for f, near in pairs if f.fingerprint not in still}
        rest = ((case, f) for f, near in pairs if f.fingerprint in still for case in near)
        other |= {case.waiver: finding for case, finding in rest}
    return hang, other


def _of_rule(rule: str, cases: Mapping[tuple[str, str], Sequence[W]]) -> dict[str, list[Waiver]]:
    """What is waived for a rule, by block."""
    return {
        block: [case.waiver for case in found]
        for (block, asked), found in cases.items()
        if asked == rule
    }


def _touching(
    scanned: Scanned, finding: Finding, cases: Mapping[tuple[str, str], Sequence[W]]
) -> Iterator[W]:
    """The waivers that stand at something that proves a finding."""
    seen: set[Waiver] = set()
    for step in finding.evidence:
        source = scanned.sources.get(step.proof.resource) if step.proof else None
        if step.proof is None or source is None:
            continue
        for block in blocks_of(source):
            for case in cases.get((block, finding.rule), ()):
                if case.waiver not in seen and _at(case.waiver, step.proof.place, source):
                    seen.add(case.waiver)
                    yield case


def _at(waiver: Waiver, place: Place | None, source: Resource) -> bool:
    if not is_instance(source.id, waiver.instance):
        return False
    return waiver.part is None or (place is not None and meet(place, waiver.part))


def _asked_again(
    scanned: Scanned, rule: str, waived: Mapping[str, Sequence[Waiver]], declared: Declared
) -> Collection[str]:
    """What a rule finds where what is waived for it is not there, by fingerprint."""
    asked = rule_named(rule)
    if asked is None:
        return [finding.fingerprint for finding in scanned.findings]
    resources = scanned.evaluated.resources
    left_out = {each.id: list(_parts(each, waived)) for each in resources}
    estate = build_estate(
        (*without(resources, left_out), *scanned.evaluated.states),
        declared,
        scanned.evaluated.gaps,
        scanned.estate.coverage,
        scanned.estate.name,
    )
    found = judge(estate, (asked,))
    if any(not finding.subject for finding in found):  # it could not finish
        return [finding.fingerprint for finding in scanned.findings]
    return {finding.fingerprint for finding in found}


def _parts(resource: Resource, waived: Mapping[str, Sequence[Waiver]]) -> Iterator[Place | None]:
    for block in blocks_of(resource):
        for waiver in waived.get(block, ()):
            if is_instance(resource.id, waiver.instance):
                yield waiver.part
