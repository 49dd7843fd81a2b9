"""Expressions against the answers of terraform 1.11.4 (tests/tables/expressions.json)."""

import json
from pathlib import Path

import pytest

from graphs.unknown import Template, Unknown
from scanner.terraform import number
from scanner.terraform.definitions import configuration
from scanner.terraform.expressions import KINDS
from scanner.terraform.modules import Module
from scanner.terraform.scope import PROBLEMS, Lazy, Scope, Session
from scanner.terraform.syntax import SyntaxProblem, parse
from scanner.terraform.values import unmark_deep
from scanner.tree import Directory

TABLE = json.loads((Path(__file__).parents[2] / "tables" / "expressions.json").read_text())
CASES = {case["id"]: case for case in TABLE["cases"]}

DIFFERENT = {
    "hand-syntax#4": "the case is a second argument after the expression",
    "hand-syntax#5": "the case is a second argument after the expression",
    "own:format#2": "terraform leaves format with a null unknown; it then fails at apply",
    "own:format#4": "terraform leaves format with a null unknown",
    "own:formatlist#7": "terraform leaves format with a null unknown; it then fails at apply",
    "own:json#12": "a negative zero is zero",
    "own:path#39": "where terraform runs is not known",
    "own:ctx#38": "attributes that are null without a schema are not listed",
    "own:ctx#91": "distinct() keeps what it can: an unknown element beside known ones",
}


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    directory = tmp_path_factory.mktemp("context")
    for name, text in TABLE["meta"]["context"].items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("latin-1" if name.endswith(".bin") else "utf-8"))
    tree = Directory(directory)
    return Module(Session(tree, ".", KINDS, {}), configuration(tree, "."), {})


def value_of(root, source):
    """The value and whether it is secret; ValueError where there is none."""
    root.session.gaps.clear()
    try:
        file = parse(f"o = {source}\n", "x.tf")
        value = Scope(root, file).evaluate(file.body.attributes["o"].expr)
    except (SyntaxProblem, *PROBLEMS) as problem:
        raise ValueError(str(problem)) from None
    if root.session.gaps:
        raise ValueError(str(next(iter(root.session.gaps))))
    return unmark_deep(value)


def plain(value):
    """A value as JSON has it: null for what is unknown, and left out of objects."""
    if isinstance(value, Unknown | Template):
        return None
    if isinstance(value, Lazy):
        value.fill()
    if isinstance(value, dict):
        known = {key: each for key, each in value.items() if not isinstance(each, Unknown)}
        return {key: plain(each) for key, each in known.items()}
    return [plain(each) for each in value] if isinstance(value, tuple) else value


@pytest.mark.parametrize("name", [name for name in CASES if name not in DIFFERENT])
def test_expression(root, name):
    case = CASES[name]
    answer = case["answer"]
    if not answer["ok"]:
        with pytest.raises(ValueError):
            value_of(root, case["expr"])
        return
    value, secret = value_of(root, case["expr"])
    expected = json.loads(answer["json"], parse_float=number.parse, parse_int=number.parse)
    assert plain(value) == expected
    assert secret == answer["sensitive"]


def test_the_differences_are_still_there():
    assert set(DIFFERENT) <= set(CASES)
