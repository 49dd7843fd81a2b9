"""Where all connections between services are too many to draw, what is left out is told."""

from random import Random

import pytest

from graphs.build import structure
from graphs.identity.evaluate import Permissions
from graphs.network.reach import INTERNET
from tests.graphs.network.estates import Land


def crowd(prefix="i", seed=0):
    """Ten instances that all connect to each other, two that take calls of one, and a database."""
    land = Land()
    land.vpc("v", "10.0.0.0/16")
    land.subnet("a", "v", "10.0.0.0/24")
    land.group("each-other", ("all", None, "group:each-other"))
    land.group("from-one", ("tcp", 443, "group:one"), ("tcp", 5432, "group:one"))
    land.group("one")
    order = list(range(13))
    Random(seed).shuffle(order)
    for place, number in enumerate(order):
        group = "each-other" if number < 10 else "from-one" if number < 12 else "one"
        name = f"{prefix}{place:02}-{group}"
        land.instance(name, "a", group, address=f"10.0.0.{number + 10}")
    land.database("db", "a", "from-one")
    return land


def drawn(land):
    index, network = land.network().nodes, land.network()
    drawing = structure.draw(index, network, Permissions(index))
    edges = {
        (source, target)
        for source, target, relation in drawing.graph.edges(data="relation")
        if relation == "may-connect" and source != INTERNET
    }
    return edges, [gap for gap in drawing.gaps if gap.kind == "too-many-connections"]


def test_few_are_all_drawn():
    edges, gaps = drawn(crowd())
    assert (len(edges), gaps) == (93, [])


@pytest.mark.parametrize("seed", range(4))
def test_of_too_many_those_are_left_out_that_the_most_connect_to(monkeypatch, seed):
    monkeypatch.setattr(structure, "MOST", 50)
    edges, (gap,) = drawn(crowd(prefix="xyza"[seed], seed=seed))
    assert {target.partition("-")[2] for _, target in edges} == {"from-one", ""}
    assert len(edges) == 3
    assert "more than 50 connections" in str(gap)
    assert "7 more services" in gap.effect


def test_no_more_than_allowed_are_drawn(monkeypatch):
    monkeypatch.setattr(structure, "MOST", 93)
    assert drawn(crowd()) == drawn(crowd())
    assert len(drawn(crowd())[0]) == 93


def test_of_far_too_many_none_is_asked_about(monkeypatch):
    monkeypatch.setattr(structure, "MOST", 50)
    monkeypatch.setattr(structure, "MOST_ASKED", 20)
    asked = []
    near = structure._near
    monkeypatch.setattr(structure, "_near", lambda *told: asked.append(told[1].id) or near(*told))
    edges, (gap,) = drawn(crowd())
    assert not any("each-other" in service for service in asked)
    assert len(edges) == len({target for _, target in edges} & set(asked))
    assert "each-other" in gap.effect
