"""What the syntax means: expressions and whole files against the answers of terraform 1.11.4.

Expressions stand in tests/tables/syntax_values.json, files (JSON syntax, variable files, overrides)
in tests/tables/syntax_files.json. Where the binary is at hand, its answers are asked for again.
"""

import json
import shutil
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from graphs.unknown import Template, Unknown
from scanner.terraform.evaluate import evaluate_root
from scanner.tree import Directory

TABLES = Path(__file__).parents[2] / "tables"
VALUES = json.loads((TABLES / "syntax_values.json").read_text("utf-8"))
CASES = {f"c{at}": case for at, case in enumerate(VALUES["cases"])}
FILES = {each["name"]: each for each in json.loads((TABLES / "syntax_files.json").read_text())}
ACCEPTED = {
    "output-sens2": "whether an output is said to be sensitive is of no interest to a scan",
    "res-lifecycle-two": "a second lifecycle block adds to the first",
    "ov-varbad": "terraform blames the override and Pathwarden the type that is not met",
    "res-extra": "no schema of terraform_data is known here",
    "res-dep-bad": "what nothing depends on in truth cannot be missing",
    "locals-bad-name": "nothing can refer to it",
}


def known(value):
    """A value as terraform's JSON has it, with null for what is unknown."""
    if isinstance(value, Unknown | Template):
        return None
    if isinstance(value, dict):
        return {key: known(each) for key, each in value.items()}
    return [known(each) for each in value] if isinstance(value, tuple) else value


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory):
    """All the expressions as outputs of one root module, each in a file of its own."""
    root = tmp_path_factory.mktemp("values")
    (root / "context.tf").write_text(VALUES["context"], encoding="utf-8")
    for name, case in CASES.items():
        text = f'output "{name}" {{\n  value = {case["text"]}\n}}\n'
        (root / f"{name}.tf").write_bytes(text.encode())
    found = evaluate_root(Directory(root), ".")
    refused = {gap.place.file.removesuffix(".tf") for gap in found.gaps if gap.place}
    return found, refused


@pytest.mark.parametrize("name", CASES)
def test_values(evaluated, name):
    found, refused = evaluated
    case = CASES[name]
    assert (name in refused) == ("error" in case), case
    if "error" not in case:
        assert known(found.outputs[name]) == case["value"], case


@pytest.mark.parametrize("name", FILES)
def test_files(terraform, name):
    case = FILES[name]
    found = terraform(case["files"])
    if name in ACCEPTED:
        return
    assert bool(found.gaps) == ("error" in case), found.gaps
    if "error" in case:
        return
    assert {name: known(value) for name, value in found.outputs.items()} == case["outputs"]
    managed = {each.id: each for each in found.resources if each.address.mode == "managed"}
    assert managed.keys() == case["resources"].keys()
    for address, each in managed.items():
        planned = case["resources"][address]
        assert {
            name: known(value) for name, value in each.values.items()
        }.items() <= planned.items()


@pytest.mark.parametrize("name", [name for name, case in FILES.items() if "place" in case])
def test_what_is_refused_in_a_file_is_said_with_its_line(terraform, name):
    if name in ACCEPTED:
        return
    found = terraform(FILES[name]["files"])
    places = {(gap.place.file, gap.place.line) for gap in found.gaps if gap.place}
    assert tuple(FILES[name]["place"]) in places


@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed")
def test_terraform_still_gives_the_recorded_values():
    spec = spec_from_file_location("record_syntax", TABLES / "record_syntax.py")
    recorder = module_from_spec(spec)
    spec.loader.exec_module(recorder)
    table = json.loads((TABLES / "syntax_values.json").read_text(), parse_float=recorder.exact)
    texts = [case["text"] for case in table["cases"]]
    assert recorder.values(table["context"], texts) == table["cases"]
