"""Whatever is not known, or not of the type one expects, a scan ends with an answer."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from graphs.attack.paths import attack_paths
from graphs.build import build_estate
from graphs.unknown import Cause, Template, Unknown
from rules.catalogue import all_rules
from scanner.config import load_config
from scanner.findings import judge
from scanner.terraform.evaluate import evaluate_root
from scanner.tree import Directory

HARBOR = Path(__file__).parents[2] / "fixtures/terraform/harbor"
HOLE = Unknown(Cause.VARIABLE, "var.hole")
GROUPS = 3


def inner(value):
    """The same structure with every leaf unknown."""
    if isinstance(value, Mapping):
        return {key: inner(each) for key, each in value.items()}
    return tuple(map(inner, value)) if isinstance(value, tuple) and value else HOLE


CHANGES = {
    "unknown": lambda _: HOLE,
    "with a hole": lambda _: Template(("a-", HOLE)),
    "unknown within": inner,
    "a list": lambda value: (value,),
    "a list of unknowns": lambda _: (HOLE,),
    "a map": lambda value: {"x": value},
    "a number": lambda _: 7,
    "null": lambda _: None,
}


@pytest.fixture(scope="module")
def harbor():
    return evaluate_root(Directory(HARBOR), ".", environ={}), load_config(HARBOR).declared


@pytest.mark.parametrize("group", range(GROUPS))
@pytest.mark.parametrize("change", CHANGES)
def test_a_scan_ends(harbor, change, group):
    evaluated, declared = harbor
    types = set(sorted({each.type for each in evaluated.resources})[group::GROUPS])
    made = tuple(
        replace(each, values={k: CHANGES[change](v) for k, v in each.values.items()})
        if each.type in types
        else each
        for each in evaluated.resources
    )
    estate = build_estate(made, declared, evaluated.gaps, name=".")
    judge(estate, all_rules())
    for path in attack_paths(estate):
        assert all(step.evidence() is not None for step in path.steps)
