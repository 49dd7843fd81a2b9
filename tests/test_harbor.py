"""Harbor end to end: the scan finds its planted paths and nothing else, and follows every edit.

Everything here comes from the tables in the estate's README.
"""

from collections import Counter
from functools import cache

import pytest

from graphs.verdict import Verdict
from rules.catalogue import rule_named
from tests.harbor_renaming import rename
from tests.harbor_table import HARBOR, edited, faulty, passed, rows, scanned, within

ROWS = rows()
PATHS = [row for row in ROWS if row.kind == "path"]
DECOYS = [row for row in ROWS if row.kind == "decoy"]

# These say that something could be opened, not that it is.
LATENT = {"public-access-block-off", "open-group-on-nothing"}


@cache
def harbor():
    return scanned(HARBOR)


def certain(result, row):
    """The row's paths that surely work."""
    return [p for p in result.paths if p.verdict == Verdict.VIOLATED and row.names(p)]


def test_the_table_is_what_the_estate_was_made_for():
    assert [row.id for row in PATHS] == [f"P{n}" for n in range(1, 10)]
    assert {row.id.rstrip("ab") for row in DECOYS} >= {f"D{n}" for n in range(1, 9)}


def test_the_estate_can_be_read_in_one_sitting():
    lines = sum(len(path.read_text().splitlines()) for path in HARBOR.rglob("*.tf"))
    assert 800 <= lines <= 1500


def test_the_paths_are_those_of_the_table_and_no_more():
    told = [[row.id for row in PATHS if row.names(path)] for path in harbor().paths]
    assert sorted(told) == [[row.id] for row in PATHS]


def test_no_path_is_left_open():
    assert {path.verdict for path in harbor().paths} == {Verdict.VIOLATED}
    assert not harbor().unknowns


@pytest.mark.parametrize("row", DECOYS, ids=lambda row: row.id)
def test_nothing_says_that_a_decoy_is_a_way_in(row):
    paths = [p for p in harbor().paths if any(within(a, row.target) for a in passed(p))]
    exposures = [
        f.rule
        for f in harbor().findings
        if within(f.subject, row.target) and f.rule not in LATENT
        if rule_named(f.rule).topic in ("exposure", "paths")
    ]
    assert (paths, exposures) == ([], [])


def test_the_ordinary_findings_are_on_the_resources_of_the_table():
    subjects = {f.subject for f in harbor().findings if not f.path}
    assert {f for f in faulty() if not any(within(s, f) for s in subjects)} == set()
    assert {s for s in subjects if not any(within(s, f) for f in faulty())} == set()


@pytest.mark.parametrize("row", PATHS, ids=lambda row: row.id)
def test_a_path_ends_by_its_edit(row, tmp_path):
    assert certain(harbor(), row)
    after = scanned(edited(tmp_path, row))
    assert not [path for path in after.paths if row.names(path)]
    assert [other.id for other in PATHS if certain(after, other)] == [
        other.id for other in PATHS if other != row
    ]


@pytest.mark.parametrize("row", DECOYS, ids=lambda row: row.id)
def test_a_decoy_becomes_a_path_by_its_edit(row, tmp_path):
    same_loss = [path for path in PATHS if row.loses == path.loses == "administrator"]
    before = scanned(edited(tmp_path / "before", *same_loss)) if same_loss else harbor()
    assert not certain(before, row)
    after = scanned(edited(tmp_path / "after", *same_loss, row))
    assert certain(after, row)
    assert [other.id for other in PATHS if certain(after, other)] == [
        other.id for other in PATHS if other not in same_loss
    ]


def test_names_change_nothing_but_names(tmp_path):
    home = edited(tmp_path)
    names = rename(home)
    config = home / "pathwarden.yaml"
    text = config.read_text()
    for old in sorted(names, key=len, reverse=True):
        text = text.replace(old, names[old])
    config.write_text(text)
    after = scanned(home)
    assert told(after) == told(harbor())
    assert not passed(after.paths[0]) & passed(harbor().paths[0])


def told(result):
    """What a result says, whatever things are called in code."""
    paths = Counter(
        (p.id, p.entry_kind, p.loses, p.severity, p.verdict, tuple(h.technique for h in p.hops))
        for p in result.paths
    )
    return paths, Counter((f.rule, f.severity, f.verdict) for f in result.findings)
