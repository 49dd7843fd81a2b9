"""Whatever is not known, or is not what it should be, an estate is built and nothing is certain."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from graphs.attack.paths import attack_paths
from graphs.build import build_estate
from graphs.unknown import Cause, Template, Unknown, cannot_tell
from scanner.terraform.evaluate import evaluate_root
from scanner.tree import Directory

HARBOR = Path(__file__).parents[2] / "fixtures" / "terraform" / "harbor"
HOLE = Unknown(Cause.VARIABLE, "var.anything")


@pytest.fixture(scope="module")
def resources():
    return evaluate_root(Directory(HARBOR), ".", environ={}).resources


def hollowed(value):
    """A value whose blocks keep their shape and hold nothing known."""
    if isinstance(value, Mapping):
        return {
            k: hollowed(v) if isinstance(v, Mapping | tuple) else HOLE for k, v in value.items()
        }
    if isinstance(value, tuple):
        return tuple(hollowed(v) if isinstance(v, Mapping) else HOLE for v in value)
    return Template(("x", HOLE))


def changed(resource, value):
    return replace(resource, values={k: value(v) for k, v in resource.values.items()})


WAYS = {
    "nothing is known": lambda r: changed(r, lambda _: HOLE),
    "only the shape is known": lambda r: changed(r, hollowed),
    "nothing is set": lambda r: changed(r, lambda _: None),
    "everything is empty": lambda r: changed(r, lambda _: ""),
    "everything is a number": lambda r: changed(r, lambda _: 5),
    "everything is a list": lambda r: changed(r, lambda _: (5, "x", None, HOLE)),
    "everything is a block": lambda r: changed(r, lambda _: ({"a": 1},)),
}


@pytest.mark.parametrize("way", WAYS)
def test_an_estate_is_built_of_whatever_comes(resources, way):
    estate = build_estate(WAYS[way](r) for r in resources)
    assert not [p for p in attack_paths(estate) if p.answer.certain]


def test_what_may_not_exist_is_still_drawn(resources):
    estate = build_estate(replace(r, exists=cannot_tell(HOLE)) for r in resources)
    assert len(estate.index.nodes) >= len(build_estate(resources).index.nodes)
