"""`entries:` of pathwarden.yaml, from the file to the paths of a scan."""

from pathlib import Path

import pytest

from scanner.config import load_config
from scanner.errors import ConfigProblem
from scanner.pipeline import Request, scan
from scanner.reports.text import render_path

ESTATE = Path(__file__).parent / "estate"


@pytest.fixture
def scanned(tmp_path):
    def run(settings):
        (tmp_path / "main.tf").write_text((ESTATE / "main.tf").read_text())
        (tmp_path / "pathwarden.yaml").write_text(f"version: 1\n{settings}")
        return scan(Request(path=tmp_path, config=load_config(tmp_path), environ={}))

    return run


def test_a_workload_counts_where_it_is_named(scanned):
    named = """
entries:
  - kind: workload
    node: aws_instance.web
    plausibility: 0.4
    why: out of support
"""
    usual = scanned("")
    assert {path.entry_kind for path in usual.paths} == {"internet"}
    result = scanned(named)
    (path,) = [path for path in result.paths if path.entry_kind == "workload"]
    assert (path.presence, path.presence_why) == (0.4, "out of support")
    assert {p.id for p in usual.paths} == {p.id for p in result.paths} - {path.id}
    assert "an attacker stands there 40%: out of support" in render_path(path)


def test_a_name_of_nothing_is_a_gap_with_its_line(scanned):
    result = scanned("entries:\n  - {kind: workload, node: aws_instance.gone}\n")
    (gap,) = [gap for gap in result.gaps if gap.kind == "entry-unmatched"]
    assert (gap.what, gap.line) == ("entries: nothing here is called 'aws_instance.gone'", 3)


WRONG = [
    ("- {kind: laptop}", "entries[0].kind: invalid enum value 'laptop'"),
    ("- {kind: contractor}", "which contractor?"),
    ("- {kind: internet, node: x}", "the internet has no node"),
    ("- {kind: site, plausibility: 2}", "entries[0].plausibility: expected float <= 1"),
]


@pytest.mark.parametrize(("entry", "said"), WRONG)
def test_what_makes_no_sense_is_one_line(scanned, entry, said):
    with pytest.raises(ConfigProblem, match=r"pathwarden\.yaml:3") as problem:
        scanned(f"entries:\n  {entry}\n")
    assert said in str(problem.value)
