"""The graph of the harbor estate keeps to its documented words, and proves what it says."""

from pathlib import Path

import pytest

from graphs.build import build_estate
from graphs.estate import Relation
from graphs.evidence import Step
from graphs.network.packets import PacketSet
from graphs.network.reach import INTERNET
from graphs.nodes import Node
from graphs.unknown import Answer, Unknown
from scanner.config import load_config
from scanner.terraform.evaluate import evaluate_root
from scanner.tree import Directory

HARBOR = Path(__file__).parents[2] / "fixtures" / "terraform" / "harbor"
KINDS = {"wan", "site", "lan", "service", "principal", "data", "account"}


@pytest.fixture(scope="module")
def estate():
    found = evaluate_root(Directory(HARBOR), ".", environ={})
    return build_estate(found.resources, load_config(HARBOR).declared, found.gaps)


@pytest.fixture(scope="module")
def lines():
    """How many lines each file has that a proof may name."""
    return {
        str(path.relative_to(HARBOR)): len(path.read_text().splitlines())
        for path in HARBOR.rglob("*")
        if path.is_file()
    }


def test_nodes_are_of_the_seven_kinds_and_each_kind_is_there(estate):
    assert {data["kind"] for _, data in estate.graph.nodes(data=True)} == KINDS


def test_a_node_has_a_label_and_its_typed_node(estate):
    for name, data in estate.graph.nodes(data=True):
        assert set(data) == {"kind", "label", "node"}
        assert isinstance(data["label"], str)
        assert data["label"]
        if data["kind"] == "account" or name == INTERNET:
            assert data["node"] is None
        else:
            assert isinstance(data["node"], Node)
            assert data["node"].id == name


def test_edges_are_of_the_eleven_relations(estate):
    found = {data["relation"] for _, _, data in estate.graph.edges(data=True)}
    assert found <= set(Relation)
    assert len(Relation) == 11
    for relation in found:
        assert all(edge.relation == relation for edge in estate.edges(relation))


def test_an_edge_has_its_answer_what_it_allows_and_its_evidence(estate):
    for source, target, key, data in estate.graph.edges(keys=True, data=True):
        assert set(data) == {"relation", "answer", "allows", "evidence"}
        assert key.partition(":")[0] == data["relation"]
        assert source in estate.graph
        assert target in estate.graph
        assert isinstance(data["answer"], Answer)
        assert data["answer"].possible, "what is impossible is not drawn"
        assert data["allows"] is None or isinstance(data["allows"], PacketSet | frozenset | str)
        assert callable(data["evidence"])


def test_what_may_connect_says_with_which_packets(estate):
    for edge in estate.edges(Relation.MAY_CONNECT):
        assert edge.allows is None or (isinstance(edge.allows, PacketSet) and edge.allows)


def test_evidence_proves_its_claims_at_lines_that_exist(estate, lines):
    """Every edge but those of the network is asked; of these, one in ten, since each is a trace."""
    for number, (_, _, data) in enumerate(estate.graph.edges(data=True)):
        if data["relation"] == Relation.MAY_CONNECT and number % 10:
            continue
        steps = data["evidence"]()
        assert isinstance(steps, tuple)
        assert steps
        for step in steps:
            assert isinstance(step, Step)
            assert step.claim
            assert all(isinstance(u, Unknown) for u in step.assumes)
            if step.proof is not None and step.proof.place is not None:
                place = step.proof.place
                assert 1 <= place.line <= lines[place.file], place
        assert any(s.proof and s.proof.place for s in steps), steps


def test_edges_come_in_one_order(estate):
    again = build_estate(
        evaluate_root(Directory(HARBOR), ".", environ={}).resources, load_config(HARBOR).declared
    )
    assert list(again.graph.edges(keys=True)) == list(estate.graph.edges(keys=True))
    assert list(again.graph.nodes) == list(estate.graph.nodes)
