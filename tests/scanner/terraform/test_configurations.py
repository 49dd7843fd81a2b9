"""Whole configurations against the answers of terraform 1.11.4 (tests/tables/configurations.json).

Where terraform refuses a configuration, ours must have a Gap; where it plans, the same resources
and outputs, and nothing known that terraform does not say.
"""

import json
from pathlib import Path

import pytest

from graphs.unknown import Template, Unknown

TABLE = Path(__file__).parents[2] / "tables" / "configurations.json"
CASES = {case["name"]: case for case in json.loads(TABLE.read_text())}

ACCEPTED = {
    "count_unknown": "an unknown count is one symbolic instance",
    "for_each_unknown_keys": "unknown keys are one symbolic instance",
    "precondition": "conditions of a lifecycle are not evaluated",
    "ephemeral": "an ephemeral output is of no interest to a scan",
    "self_ref": "the other attributes of a resource are known to it",
}
COMMAND_ORDER = {"var_order": "--var always wins over --var-file"}
SCHEMA = {
    "aws_refs": "the region was in terraform's environment",
    "dyn_mixed_static": "only the provider's schema says that a port is a number",
    "nested_module_provider_alias": "the stand-in provider did not merge default_tags",
}


def evaluated(terraform, case):
    pairs = zip(case["args"], case["args"][1:], strict=False)
    return terraform(
        case["files"],
        variables=dict(value.split("=", 1) for flag, value in pairs if flag == "-var"),
        var_files=[each[10:] for each in case["args"] if each.startswith("-var-file=")],
        environ=case["env"],
        workspace=case["workspace"] or "default",
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
    assert bool(found.gaps) != (name in ACCEPTED)


PLANNED = [name for name, case in CASES.items() if not case["errors"]]


@pytest.mark.parametrize("name", PLANNED)
def test_what_terraform_plans_is_planned(terraform, name):
    case = CASES[name]
    found = evaluated(terraform, case)
    managed = {each.id: each for each in found.resources if each.address.mode == "managed"}
    assert found.gaps == ()
    assert set(managed) == set(case["plan"]["resources"])
    if name in SCHEMA or name in COMMAND_ORDER:
        return
    for output, answer in case["plan"]["outputs"].items():
        assert known(found.outputs[output]) == json.loads(answer["value"]), output
    for address, answer in case["plan"]["resources"].items():
        assert_within(known(managed[address].values), json.loads(answer["values"]))


def assert_within(ours, theirs):
    """Ours lists only what is set; terraform adds nulls for the rest of the schema."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key, value in ours.items():
            assert_within(value, theirs[key])
    elif isinstance(ours, list) and isinstance(theirs, list):
        assert len(ours) == len(theirs)
        for one, other in zip(ours, theirs, strict=True):
            assert_within(one, other)
    else:
        assert ours == theirs
