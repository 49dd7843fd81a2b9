"""Framework files: every requirement is there, in order, in our own words, mapped or not."""

import re
from collections import Counter
from itertools import pairwise

import pytest

from rules.duties import Checkable, Framework, Requirement, framework, frameworks, objectives

PCI = framework("pci-dss-4.0.1")

# Requirements per chapter of PCI DSS v4.0.1, counted in the standard's own numbering.
CHAPTERS = {
    "1": 19, "2": 11, "3": 29, "4": 6, "5": 13, "6": 19, "7": 12,
    "8": 29, "9": 27, "10": 27, "11": 21, "12": 37, "A1": 7, "A2": 3, "A3": 20,
}  # fmt: skip


def order(number: str) -> tuple[tuple[int, str, int], ...]:
    """1.2.10 after 1.2.9, appendices last."""
    parts = (re.fullmatch(r"([A-Z]*)(\d+)", part) for part in number.split("."))
    return tuple((len(p[1]), p[1], int(p[2])) for p in parts if p)


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


def test_numbers_leave_no_hole():
    numbers = {r.number for r in PCI.requirements}
    for number in numbers:
        *stem, last = number.split(".")
        before = ".".join((*stem, str(int(last) - 1)))
        assert last == "1" or before in numbers, f"{before} is missing"


@pytest.mark.parametrize("requirement", PCI.requirements, ids=lambda r: r.number)
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
