"""Plans and states that are broken or made to harm: one clear line, within seconds."""

import copy
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.cli import main
from scanner.errors import DocumentProblem
from scanner.estates import Request
from scanner.pipeline import scan
from scanner.terraform.recorded import documents, read_recorded
from scanner.terraform.recorded.documents import (
    MAX_BYTES,
    MAX_VALUES,
    At,
    is_document,
    read_document,
)
from scanner.terraform.recorded.lines import Lines

HERE = Path(__file__).with_name("planned")
PLAN = json.loads((HERE / "wiring" / "plan.json").read_text())
STATE = json.loads((HERE / "wiring" / "terraform.tfstate").read_text())


def refused(path, content):
    """What is said of a file with this content."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(DocumentProblem) as problem:
        read_recorded(path, None, {})
    said = str(problem.value)
    assert "\n" not in said
    assert said.startswith(str(path))
    return said.removeprefix(f"{path} ")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"format_version": "1.2", "planned_val', "is not JSON: unterminated string"),
        ('{"format_version": "1.2", ', "is truncated at line 1, column 27"),
        ('{"a": 1,\n "b": nope}', "is not JSON: expecting value, line 2, column 7"),
        ('{"a": 1, "a": 2}', "is not JSON: the key 'a' stands twice in one object"),
        ('{"a": NaN}', "is not JSON: NaN is no number"),
        ('{"a": ' + "9" * 5000 + "}", "is not JSON: "),
        (b'{"a": "\xff"}', "is not UTF-8 (byte 7)"),
        ("[]", "is neither a plan nor a state of terraform"),
        ("{}", "is neither a plan nor a state of terraform"),
        ('{"a": ' * 100_000, "is nested too deeply"),
        ('{"a":' + "[" * 5_000_000, "is nested too deeply"),
    ],
    ids=lambda each: str(each)[:24],
)
def test_what_is_no_document_is_one_line(content, said, tmp_path):
    assert refused(tmp_path / "a.json", content).replace(": the document", "").startswith(said)


def test_a_document_is_bounded_in_size(tmp_path):
    path = tmp_path / "a.json"
    with path.open("wb") as file:
        file.write(b"{")
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(DocumentProblem, match="is larger than 128 MiB"):
        read_document(path)


def test_a_document_is_bounded_in_values(tmp_path, monkeypatch):
    assert MAX_VALUES == 10_000_000
    monkeypatch.setattr(documents, "MAX_VALUES", 1000)
    said = refused(tmp_path / "a.json", '{"a": [' + "1," * 1000 + "1]}")
    assert said == "holds more than 1000 values"


def test_nesting_in_a_plan_is_bounded_too(tmp_path):
    """As deep as JSON may be read, and too deep for a value that a resource may have."""
    document = copy.deepcopy(PLAN)
    deep = 900 * "[" + 900 * "]"
    resource = document["planned_values"]["root_module"]["resources"][0]
    resource["values"] = {"input": "DEEP"}
    text = json.dumps(document).replace('"DEEP"', deep)
    assert refused(tmp_path / "a.json", text) == "is nested too deeply"


PATHS = [
    path
    for document in (PLAN, STATE)
    for path in (
        ("planned_values",),
        ("planned_values", "root_module"),
        ("planned_values", "root_module", "resources"),
        ("planned_values", "root_module", "resources", 0),
        ("planned_values", "root_module", "resources", 0, "address"),
        ("planned_values", "root_module", "resources", 0, "values"),
        ("planned_values", "root_module", "child_modules", 0, "address"),
        ("configuration",),
        ("configuration", "root_module", "resources", 0, "expressions"),
        ("configuration", "root_module", "resources", 0, "expressions", "input", "references"),
        ("configuration", "root_module", "module_calls", "m"),
        ("configuration", "provider_config", "terraform"),
        ("resource_changes",),
        ("resource_changes", 0, "change"),
        ("resource_changes", 0, "change", "after_unknown"),
        ("variables",),
        ("resources",),
        ("resources", 0, "instances"),
        ("resources", 0, "instances", 0, "attributes"),
        ("resources", 0, "instances", 0, "index_key"),
        ("resources", 0, "instances", 0, "sensitive_attributes"),
        ("resources", 0, "provider"),
        ("version",),
    )
    if path[0] in document
]
JUNK = (7, "x", [], {}, [[]], {"a": 1}, True, None, [None], 1.5)


@pytest.mark.parametrize("path", PATHS, ids=lambda each: ".".join(map(str, each)))
def test_a_wrong_type_anywhere_is_one_line_or_nothing(path, tmp_path):
    file = tmp_path / "a.json"
    for junk in JUNK:
        document = copy.deepcopy(PLAN if path[0] in PLAN else STATE)
        inner = document
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = junk
        readable(file, document)


def readable(file, document):
    """Read a document: it is one, or one line says why not."""
    file.write_text(json.dumps(document))
    try:
        read_recorded(file, None, {})
    except DocumentProblem as problem:
        said = str(problem)
    else:
        said = ""
    assert "\n" not in said


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["a", "address", "values", "references"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


@given(st.data())
def test_junk_at_any_place_of_a_document_raises_nothing_else(tmp_path_factory, data):
    document = copy.deepcopy(data.draw(st.sampled_from([PLAN, STATE])))
    inner, steps = document, data.draw(st.integers(1, 7))
    for _ in range(steps):
        keys = list(inner) if isinstance(inner, dict) else list(range(len(inner)))
        if not keys:
            break
        key = data.draw(st.sampled_from(keys))
        if not isinstance(inner[key], dict | list) or _ == steps - 1:
            inner[key] = data.draw(JSON)
            break
        inner = inner[key]
    readable(tmp_path_factory.getbasetemp() / "junk.json", document)


def test_names_that_lead_in_a_circle_end(tmp_path):
    document = copy.deepcopy(PLAN)
    module = document["configuration"]["root_module"]["module_calls"]["m"]
    module["expressions"]["vpc"]["references"] = ['module.m["x"].id']
    module["module"]["outputs"]["id"]["expression"]["references"] = ["var.vpc"]
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(document))
    found = {each.id: each for each in read_recorded(path, None, {}).resources}
    assert found['module.m["x"].terraform_data.in'].values["input"].refers == ()


# ---- from the command line ----------------------------------------------------------------------


@pytest.fixture
def run(capsys, monkeypatch):
    """The command line as a process sees it: exit code and the lines of standard error."""

    def call(*arguments):
        monkeypatch.setattr("sys.argv", ["pathwarden", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return ended.value.code, said.out, said.err.splitlines()

    return call


COMMANDS = (
    ("scan",),
    ("scan", "--on"),
    ("graph",),
    ("graph", "--on"),
    ("report", "--on"),
    ("frameworks", "--on"),
    ("explain", "PATH", "--on"),
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_takes_a_plan(command, run):
    plan = HERE / "quay" / "plan.json"
    first = scan(Request(plan)).paths[0].id if "PATH" in command else ""
    code, out, errors = run(*(word.replace("PATH", first) for word in command), plan)
    assert code == (1 if command[0] == "scan" else 0)
    assert out
    assert not [line for line in errors if line.startswith("pathwarden:")]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_refuses_a_binary_plan_in_one_line(command, run, tmp_path):
    command = [word.replace("PATH", "path-0000000000") for word in command]
    path = tmp_path / "tfplan"
    path.write_bytes(b"PK\x03\x04\x14\x00\x08\x00")
    code, out, errors = run(*command, path)
    assert (code, out, len(errors)) == (2, "", 1)
    assert "terraform show -json PLANFILE > plan.json" in errors[0]


@pytest.mark.parametrize("content", ["", "hello", "<xml/>", "[1]"])
def test_any_other_file_is_refused(content, run, tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text(content)
    code, out, errors = run("scan", path)
    assert (code, out) == (2, "")
    assert errors == [f"pathwarden: {path} is not a directory, nor a plan, a state or a snapshot"]


def test_variables_are_not_for_plans(run):
    code, _, errors = run("scan", HERE / "quay" / "plan.json", "--var", "region=us-east-1")
    assert code == 2
    assert errors[0].endswith("is a file: variables are for directories")


def test_secrets_of_a_plan_are_in_no_output(run, tmp_path):
    document = json.loads((HERE / "quay" / "plan.json").read_text())
    for each in document["planned_values"]["root_module"]["child_modules"][0]["resources"]:
        if each["type"] == "aws_instance":
            each["values"]["user_data"] = "#!/bin/sh\nexport DB_PASSWORD=correct-horse-battery"
            each["sensitive_values"] = {"user_data": True}
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(document))
    for command in (("scan", "--format", "json"), ("scan",), ("graph", "--evidence")):
        _, out, errors = run(*command, path)
        assert "correct-horse" not in out + "".join(errors)
    assert "secret-in-startup-text" in run("scan", path)[1]


def test_a_document_is_known_by_its_first_sign(tmp_path):
    path = tmp_path / "a"
    for content, known in ((b"\xef\xbb\xbf \n{", True), (b"{", True), (b" [", False), (b"", False)):
        path.write_bytes(content)
        assert is_document(path) is known
    assert not is_document(tmp_path / "absent")


def test_lines_are_found_by_address():
    text = '{\n "address": "aws_x.y[\\"k\\"]",\n "mode": "data"\n}'
    assert Lines("f", text).of('aws_x.y["k"]').line == 2
    assert Lines("f", text).of("aws_x.z").line == 1


def test_a_problem_names_the_place():
    at = At("plan.json", "", {"a": [{"b": 1}]})
    with pytest.raises(DocumentProblem, match=r"plan\.json: a\[0\]\.b is not a string"):
        next(at.get("a").items()).get("b").text()
