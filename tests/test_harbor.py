"""Harbor end to end: the scan finds its planted paths and nothing else, and follows every edit.

Everything here comes from the tables in the estate's README.
"""

from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import chain, combinations

import pytest

from graphs.attack.changes import without
from graphs.attack.cuts import Cutting
from graphs.attack.paths import attack_paths
from graphs.build.powers import draw_powers
from graphs.build.structure import draw
from graphs.identity.evaluate import Permissions
from graphs.network.reach import Network
from graphs.verdict import Verdict
from rules.catalogue import rule_named
from scanner.config import load_config
from scanner.cutting import cuts_of
from scanner.edits import Edits
from scanner.estates import Request, estates
from scanner.tree import Directory
from scanner.views import Scanned
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


def read(home):
    """The one estate of a copy of Harbor."""
    (found,) = estates(Request(path=home, config=load_config(home), environ={}))
    return found


def test_the_cut_of_the_table_is_the_proven_cheapest():
    (cut,) = harbor().cuts
    assert (cut.cost, cut.bound, cut.proven, cut.stuck) == (11, 11, True, ())
    ended = {path: change for change in cut.changes for path in change.paths}
    for row in PATHS:
        (path,) = certain(harbor(), row)
        change = ended[path.id]
        assert row.cut == f"{change.kind} {change.cost:g}: {change.resource}", row.id
    assert cut.changes[-1].share == 1


def test_nothing_cheaper_ends_three_paths_by_brute_force(tmp_path):
    """All sets of changes that cost less, each with the estate drawn anew of the changed nodes."""
    others = [row for row in PATHS if row.id not in ("P4", "P6", "P9")]
    estate = read(edited(tmp_path, *others)).estate
    cutting = Cutting(estate)
    cut = cutting.cut()
    assert (cut.cost, cut.proven) == (4, True)
    assert not left(estate, [stage.change for stage in cut.stages])
    named = {cutting.change(n) for rows in cutting.ways.rows.values() for row in rows for n in row}
    every = sorted(named)
    subsets = chain.from_iterable(combinations(every, n) for n in range(4))
    cheaper = [c for c in subsets if sum(cutting.costs[change.kind] for change in c) < cut.cost]
    assert len(cheaper) > 10
    assert all(left(estate, changes) for changes in cheaper)


def left(estate, changes):
    """The paths of an estate after some changes."""
    index = without(estate.index, changes)
    network, permissions = Network(index), Permissions(index)
    graph = draw_powers(draw(index, network, permissions))
    after = replace(estate, index=index, network=network, permissions=permissions, graph=graph)
    return attack_paths(after)


def test_the_proposed_text_leaves_no_path(tmp_path):
    home = edited(tmp_path)
    found = read(home)
    root = Scanned(found.evaluated, found.estate, (), attack_paths(found.estate))
    edits = Edits(Directory(home), {r.id: r for r in found.evaluated.resources})
    (cut, _), _ = cuts_of(root, load_config(home), edits=edits)
    assert all(change.edit for change in cut.changes)
    for file, text in edits.texts.items():
        (home / file).write_text(text)
    assert scanned(home).paths == ()


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
