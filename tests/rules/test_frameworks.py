"""Framework files: every requirement is there, in order, in our own words, mapped or not."""

import re
from collections import Counter
from itertools import pairwise

import pytest

from rules.duties import Checkable, Framework, Requirement, framework, frameworks, objectives

PCI = framework("pci-dss-4.0.1")
HIPAA = framework("hipaa-security")
SOX = framework("sox-itgc")
NIST = framework("nist-800-53-r5-moderate")

# Requirements per chapter of PCI DSS v4.0.1, counted in the standard's own numbering.
CHAPTERS = {
    "1": 19, "2": 11, "3": 29, "4": 6, "5": 13, "6": 19, "7": 12,
    "8": 29, "9": 27, "10": 27, "11": 21, "12": 37, "A1": 7, "A2": 3, "A3": 20,
}  # fmt: skip

# Standards and implementation specifications per section of 45 CFR 164, counted in the text of the
# regulation as amended on 2013-01-25. Appendix A to subpart C has those of 308 to 312: 18 and 36.
HIPAA_SECTIONS = {
    "308": (9, 21), "310": (4, 8), "312": (5, 7), "314": (2, 7), "316": (2, 3),
}  # fmt: skip

# Controls and enhancements per family in NIST's OSCAL content 5.1.1+u4 (usnistgov/oscal-content,
# NIST_SP-800-53_rev5_MODERATE-baseline-resolved-profile_catalog.json).
NIST_FAMILIES = {
    "AC": 39, "AT": 6, "AU": 16, "CA": 10, "CM": 24, "CP": 23, "IA": 24, "IR": 13, "MA": 9,
    "MP": 7, "PE": 18, "PL": 7, "PS": 9, "RA": 10, "SA": 17, "SC": 25, "SI": 18, "SR": 12,
}  # fmt: skip


def order(number: str) -> tuple[tuple[int, str, int], ...]:
    """1.2.10 after 1.2.9, appendices last, (a) before (b), AC-2 before AC-2(1) before AC-10."""
    parts = re.findall(r"(?:[A-Za-z]+)?\d+|[A-Za-z]+", number)
    split = (re.fullmatch(r"([A-Za-z]*)(\d*)", part) for part in parts)
    return tuple((0 if p[1].islower() else len(p[1]), p[1], int(p[2] or 0)) for p in split if p)


@pytest.mark.parametrize("each", frameworks(), ids=lambda f: f.id)
def test_requirements_are_unique_and_in_order(each: Framework):
    numbers = [r.number for r in each.requirements]
    assert all(order(a) < order(b) for a, b in pairwise(numbers))


@pytest.mark.parametrize("each", frameworks(), ids=lambda f: f.id)
def test_each_framework_says_what_it_is(each: Framework):
    assert each.name
    assert each.edition
    assert each.source.startswith("https://")
    assert each.requirement(each.requirements[0].number) is each.requirements[0]
    assert each.requirement("0.0.0") is None


def test_pci_dss_is_whole():
    chapters = Counter(r.number.split(".")[0] for r in PCI.requirements)
    assert dict(chapters) == CHAPTERS
    assert len(PCI.requirements) == 280


def test_hipaa_is_whole():
    kinds = Counter((r.number[4:7], r.kind == "standard") for r in HIPAA.requirements)
    counted = {s: (kinds[s, True], kinds[s, False]) for s in sorted({s for s, _ in kinds})}
    assert counted == HIPAA_SECTIONS
    assert Counter(r.kind for r in HIPAA.requirements) == {
        "standard": 22, "required": 24, "addressable": 22,
    }  # fmt: skip


def test_nist_moderate_is_whole():
    assert dict(Counter(r.number[:2] for r in NIST.requirements)) == NIST_FAMILIES
    assert len(NIST.requirements) == 287
    assert {r.kind for r in NIST.requirements if "(" in r.number} == {"enhancement"}
    assert {r.kind for r in NIST.requirements if "(" not in r.number} == {"control"}


def test_an_enhancement_stands_with_its_control():
    numbers = {r.number for r in NIST.requirements}
    assert {n.partition("(")[0] for n in numbers} <= numbers


def test_sox_has_every_domain_and_cites_numbers_alone():
    assert Counter(r.number[0] for r in SOX.requirements) == {"A": 16, "C": 7, "D": 4, "O": 8}
    cited = re.compile(r"AS 2201\.(B?\d\d)|COBIT (APO|BAI|DSS)\d\d\.\d\d")
    assert all(r.cites and all(cited.fullmatch(c) for c in r.cites) for r in SOX.requirements)


def test_numbers_leave_no_hole():
    numbers = {r.number for r in PCI.requirements}
    for number in numbers:
        *stem, last = number.split(".")
        before = ".".join((*stem, str(int(last) - 1)))
        assert last == "1" or before in numbers, f"{before} is missing"


OWN_WORDS = (*PCI.requirements, *HIPAA.requirements, *SOX.requirements)


@pytest.mark.parametrize("requirement", OWN_WORDS, ids=lambda r: r.number)
def test_titles_are_short(requirement: Requirement):
    assert 3 <= len(requirement.title.split()) <= 13
    assert not requirement.title.endswith(".")


@pytest.mark.parametrize("each", frameworks(), ids=lambda f: f.id)
def test_a_requirement_is_mapped_exactly_where_software_can_see_it(each: Framework):
    for requirement in each.requirements:
        mapped = bool(requirement.objectives)
        assert mapped == (requirement.checkable is not Checkable.NO), requirement.number
        assert set(requirement.objectives) <= set(objectives()), requirement.number


def test_what_is_not_there_is_none():
    assert framework("pci-dss-1.0") is None
