"""The result file: its schema is that of the types, and what is written is read back."""

import json
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from graphs.views import values
from scanner import beside
from scanner import result as results
from scanner.errors import UsageProblem
from scanner.pipeline import Request, scan
from scanner.reports.json import read_result, render, schema
from scanner.reports.schema import MEANINGS, generated_schema

HOME = Path(__file__).parents[3]
HARBOR = HOME / "fixtures/terraform/harbor"


@pytest.fixture(scope="module")
def harbor():
    return scan(Request(HARBOR, environ={}))


def complaints(document):
    return [
        f"{e.json_path}: {e.message}" for e in Draft202012Validator(schema()).iter_errors(document)
    ]


def test_the_published_schema_is_that_of_the_types():
    assert json.loads(json.dumps(generated_schema())) == schema(), (
        "python -m scanner.reports.schema > scanner/schemas/result-1.json"
    )
    Draft202012Validator.check_schema(schema())


def test_every_property_has_a_meaning_and_no_meaning_is_left_over():
    kinds = [kind for module in (results, beside, values) for kind in vars(module).values()]
    types = {t.__name__: t for t in kinds if is_dataclass(t)}
    assert {name: set(words) for name, words in MEANINGS.items()} == {
        name: {field.name for field in fields(kind)} for name, kind in types.items()
    }
    assert all(word.endswith(".") for words in MEANINGS.values() for word in words.values())


def test_results_fit_the_schema(small, harbor):
    for result in (small, harbor):
        assert complaints(json.loads(render(result))) == []


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"schema": "https://pathwarden.dev/schema/result-2.json"}, "$.schema"),
        ({"tool": {"name": "pathwarden"}}, "$.tool"),
        ({"findings": [{}]}, "$.findings[0]"),
        ({"paths": None}, "$.paths"),
    ],
)
def test_the_schema_refuses_other_documents(small, change, where):
    found = complaints(json.loads(render(small)) | change)
    assert found
    assert all(each.startswith(where) for each in found)


def test_a_round_trip_loses_nothing(small, harbor, tmp_path):
    for result in (small, harbor):
        (tmp_path / "result.json").write_text(render(result))
        assert read_result(tmp_path / "result.json") == result


def test_the_top_level_is_documented(small):
    page = (HOME / "docs/result.md").read_text()
    assert [key for key in json.loads(render(small)) if f"| `{key}` |" not in page] == []


def test_what_steers_a_terminal_is_escaped_and_not_lost(small, tmp_path):
    evil = "\x1b[2J\x9b\u202e\U000e0041\u2028 é 漢"
    hostile = replace(small, tool=results.Tool(evil, "1"))
    text = render(hostile)
    assert '"\\u001b[2J\\u009b\\u202e\\udb40\\udc41\\u2028 é 漢"' in text
    (tmp_path / "result.json").write_text(text)
    assert read_result(tmp_path / "result.json") == hostile


def test_names_that_are_no_unicode_are_written_with_a_mark(small):
    strange = replace(small, coverage=replace(small.coverage, scanned="dir\udcff"))
    assert json.loads(render(strange))["coverage"]["scanned"] == "dir?"


def test_values_held_sensitive_are_not_written(tmp_path):
    (tmp_path / "main.tf").write_text(
        'variable "password" {\n  sensitive = true\n  default   = "hunter2-hunter2"\n}\n'
        'resource "aws_db_instance" "main" {\n  username = "admin"\n  password = var.password\n'
        "  publicly_accessible = true\n}\n"
        'resource "aws_instance" "main" {\n  user_data = "export PASSWORD=${var.password}"\n}\n'
    )
    assert "hunter2" not in render(scan(Request(tmp_path, environ={})))


def test_a_file_that_is_gone(tmp_path):
    with pytest.raises(UsageProblem, match="cannot be read: No such file"):
        read_result(tmp_path / "none.json")
