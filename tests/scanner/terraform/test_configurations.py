"""Whole configurations against the answers of terraform 1.11.4 (tests/tables/*configurations*).

Where terraform refuses a configuration, ours must have a Gap; where it plans, the same resources
and outputs, of the same types, and nothing known that terraform does not say.
"""

import json
from pathlib import Path

import pytest
import yaml

from graphs.unknown import Template, Unknown
from scanner.errors import UsageProblem
from scanner.terraform.definitions import configuration
from scanner.terraform.evaluate import deep
from scanner.terraform.expressions import KINDS
from scanner.terraform.inputs import settings
from scanner.terraform.modules import Module
from scanner.terraform.questions import complete
from scanner.terraform.questions.answers import answer
from scanner.terraform.scope import Session
from scanner.terraform.told import Var, VarFile
from scanner.tree import Directory
from tests.tables.record_configurations import full

TABLES = Path(__file__).parents[2] / "tables"
CASES = {case["name"]: case for case in json.loads((TABLES / "configurations.json").read_text())}
WRITTEN = yaml.safe_load((TABLES / "written_configurations.yaml").read_text(encoding="utf-8"))
ANSWERS = json.loads((TABLES / "written_configurations.json").read_text(encoding="utf-8"))

SCHEMA = {
    "aws_refs": "the region was in terraform's environment",
    "dyn_iterator_labels": "the stand-in provider gave no description of its own",
    "dyn_mixed_static": "only the provider's schema says that a port is a number",
    "nested_module_provider_alias": "the stand-in provider did not merge default_tags",
}


def told(args):
    """What the arguments say of variables, in their order."""
    for flag, value in zip(args, [*args, ""][1:], strict=True):
        if flag == "-var":
            yield Var(*value.split("=", 1))
        elif flag.startswith("-var-file="):
            yield VarFile(flag.removeprefix("-var-file="))


def evaluated(terraform, case):
    return terraform(
        case["files"],
        told=tuple(told(case["args"])),
        environ=case["env"],
        workspace=case["workspace"] or "",
    )


def known(value):
    """A value as terraform's JSON has it, with null for what is unknown."""
    if isinstance(value, Unknown | Template):
        return None
    if isinstance(value, dict):
        return {key: known(each) for key, each in value.items()}
    return [known(each) for each in value] if isinstance(value, tuple) else value


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case["errors"]])
def test_what_terraform_refuses_is_a_gap(terraform, name):
    found = evaluated(terraform, CASES[name])
    assert found.gaps


PLANNED = [name for name, case in CASES.items() if not case["errors"]]


@pytest.mark.parametrize("name", PLANNED)
def test_what_terraform_plans_is_planned(terraform, name):
    case = CASES[name]
    found = evaluated(terraform, case)
    managed = {each.id: each for each in found.resources if each.address.mode == "managed"}
    assert found.gaps == ()
    assert set(managed) == set(case["plan"]["resources"])
    if name in SCHEMA:
        return
    for output, theirs in case["plan"]["outputs"].items():
        assert known(found.outputs[output]) == json.loads(theirs["value"]), output
    for address, theirs in case["plan"]["resources"].items():
        assert_within(known(managed[address].values), json.loads(theirs["values"]))


def assert_within(ours, theirs):
    """Ours lists only what is set; terraform adds nulls for the rest of the schema."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key, value in ours.items():
            assert_within(value, theirs.get(key))
    elif isinstance(ours, list) and isinstance(theirs, list):
        assert len(ours) == len(theirs)
        for one, other in zip(ours, theirs, strict=True):
            assert_within(one, other)
    else:
        assert ours == theirs


WRITTEN_CASES = {name: full(written) for name, written in WRITTEN.items()}
LENIENT = {
    "required_not_set": "a root variable without a value is an Unknown",
    "unused_bad_local_in_empty_module": "what makes no instance is not evaluated",
    "required_version_fails": "no version of terraform is assumed",
    "module_providers_extra": "no provider is looked for",
}


@pytest.mark.parametrize("name", [n for n, said in ANSWERS.items() if "refused" in said])
def test_what_terraform_refuses_of_the_written_ones_is_a_gap(terraform, name):
    try:
        found = evaluated(terraform, WRITTEN_CASES[name])
    except UsageProblem:
        return  # the command line asks for what is not there
    assert bool(found.gaps) != (name in LENIENT), ANSWERS[name]["refused"]


@pytest.mark.parametrize("name", [n for n, said in ANSWERS.items() if "refused" not in said])
def test_what_terraform_plans_of_the_written_ones_is_planned(terraform, tmp_path, name):
    case, said = WRITTEN_CASES[name], ANSWERS[name]
    found = evaluated(terraform, case)
    managed = {each.id: each for each in found.resources if each.address.mode == "managed"}
    assert found.gaps == ()
    assert set(managed) == set(said["resources"])
    for address, theirs in said["resources"].items():
        assert_within(known(managed[address].values), theirs["values"])
    assert outputs(tmp_path, case) == said["outputs"]


def outputs(directory, case):
    """The outputs as terraform shows them: their values, what is unknown in them, their types."""
    session = Session(Directory(directory), ".", KINDS, case["env"], case["workspace"] or "")
    session.cwd = str(directory)
    found = configuration(session.tree, ".")
    with deep():
        root = Module(session, found, settings(session, found, tuple(told(case["args"]))))
        return {name: shown(complete(root.output(name))) for name in found.outputs}


def shown(value):
    whole = answer(value).plain()
    unknown = whole["unknown"] or False
    return {
        "value": None if unknown else json.loads(whole["json"]),
        "unknown": unknown,
        "type": whole["type"],
    }
