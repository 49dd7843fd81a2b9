"""The published ways to power and to data: each is found where it works, and only there."""

import pytest

from graphs.attack.escalation import standings
from graphs.attack.paths import attack_paths
from graphs.build.declared import Declared
from graphs.estate import DeclaredEntry
from tests.graphs.attack.published import exactly, near_misses, rows, way

ROWS = rows()
WAYS = [name for name, row in ROWS.items() if "by" in row]
NONE = [name for name, row in ROWS.items() if "not" in row]
LAST = "administer-account"
STOLEN = Declared(entries=(DeclaredEntry(kind="stolen key", node="aws_iam_user.eve"),))


def standing(case, estate):
    (eve,) = [each for each in standings(estate) if each.principal.id == case.eve]
    return eve


def techniques(steps):
    return [step.technique.id for step in steps if step.technique.id != LAST]


def wins(row, estate):
    """The techniques of the certain path from her key, or from the internet, to what is won."""
    start = row.get("entry", "stolen key")
    for path in attack_paths(estate):
        node = path.target.fact.node
        won = node == row["wins"] if "wins" in row else path.target.kind == "administrator"
        if path.entry.kind == start and won and path.answer.certain:
            return techniques(path.steps)
    return None


@pytest.mark.parametrize("name", WAYS)
def test_a_way_is_found(built, name):
    row = ROWS[name]
    for case in (way(row), exactly(row)):
        estate = built(case.text(), STOLEN)
        eve = standing(case, estate)
        if "tell" in row:
            assert eve.escalates.undecided
            assert row["tell"] in str(eve.escalates.because)
        elif "wins" not in row and "entry" not in row:
            assert (eve.escalates.certain, techniques(eve.steps)) == (True, row["by"])
        if "tell" not in row and row.get("as") != "role":
            assert wins(row, estate) == row["by"]


@pytest.mark.parametrize("name", WAYS)
def test_a_near_miss_is_none(built, name):
    row = ROWS[name]
    for what, case in near_misses(row):
        estate = built(case.text(), STOLEN)
        eve = standing(case, estate)
        assert not eve.escalates.certain, what
        assert row.get("otherwise") == "cannot tell" or not eve.escalates.possible, what
        if "wins" in row or "entry" in row:
            assert wins(row, estate) is None, what


@pytest.mark.parametrize("name", NONE)
def test_what_leads_nowhere_by_itself_is_no_way(built, name):
    case = way(ROWS[name])
    assert not standing(case, built(case.text(), STOLEN)).escalates.possible
