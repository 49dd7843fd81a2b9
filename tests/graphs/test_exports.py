"""The graph as rows, as node-link JSON and as GraphML: nothing lost, and names stay text."""

import json
from io import BytesIO
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.attack.paths import attack_paths
from graphs.build import build_estate
from graphs.estate import Relation
from graphs.network.reach import INTERNET
from graphs.views.exports import graphml, node_link
from graphs.views.graphviz import digraph
from graphs.views.hiding import distinct, hidden
from graphs.views.rows import joined, rows
from graphs.views.summary import summarise
from scanner.config import load_config
from scanner.terraform.evaluate import evaluate_root
from scanner.tree import Directory

HARBOR = Path(__file__).parents[2] / "fixtures" / "terraform" / "harbor"
KINDS = {"wan", "site", "lan", "service", "principal", "data", "account"}


def estate_of(directory, name="."):
    evaluated = evaluate_root(Directory(directory), "", environ={})
    return build_estate(
        evaluated.resources, load_config(directory).declared, evaluated.gaps, name=name
    )


@pytest.fixture(scope="module")
def harbor():
    return estate_of(HARBOR)


@pytest.fixture(scope="module")
def table(harbor):
    return rows(harbor, evidence=True)


@pytest.fixture
def hostile(tmp_path):
    (tmp_path / "main.tf").write_text(r"""
        resource "aws_s3_bucket" "b" {
          bucket = "a\"]}, ]]> <script>&amp;\u0000\u001b[31m\u202e\n"
        }
        resource "aws_vpc" "v" {
          count      = var.unset ? 1 : 0
          cidr_block = "10.0.0.0/16"
        }
        variable "unset" {}
    """)
    return estate_of(tmp_path)


def linked(table):
    return nx.node_link_graph(json.loads(node_link(table)), edges="edges")


def marked(table):
    return nx.read_graphml(BytesIO(graphml(table).encode()))


def test_networkx_reads_the_same_graph_from_json(harbor, table):
    graph = linked(table)
    assert list(graph.nodes) == list(harbor.graph.nodes)
    assert list(graph.edges(keys=True)) == list(harbor.graph.edges(keys=True))
    assert {kind for _, kind in graph.nodes(data="kind")} == KINDS
    assert {word for *_, word in graph.edges(data="relation")} <= set(Relation)


def test_networkx_reads_the_same_graph_from_graphml(harbor, table):
    graph = marked(table)
    assert list(graph.nodes) == list(harbor.graph.nodes)
    keys = [(a, b, key) for a, b, key in graph.edges(data="edge_key")]
    assert keys == list(harbor.graph.edges(keys=True))
    assert graph.graph["vocabulary"] == 1
    every = [data for _, data in graph.nodes(data=True)]
    every += [data for *_, data in graph.edges(data=True)]
    assert {type(value) for data in every for value in data.values()} == {str}


def test_edges_say_what_they_allow_and_what_proves_them(table):
    edges = {(e.source, e.target, e.key): e for e in table.edges}
    web = edges[INTERNET, "aws_lb.public", "may-connect"]
    assert (web.answer, web.because, web.allows) == ("yes", (), "tcp 443 from 0.0.0.0/0")
    assert web.evidence[0].claim == "public has a public address"
    assert web.evidence[0].place == "balancer.tf:32"
    undecided = [e for e in table.edges if e.answer == "cannot-tell"]
    assert undecided
    assert all(e.because for e in undecided)


def test_evidence_is_made_only_when_asked_for(harbor):
    plain_rows = rows(harbor)
    assert {e.evidence for e in plain_rows.edges} == {None}
    assert '"evidence"' not in node_link(plain_rows)


def test_nodes_say_what_they_are_and_where_they_stand(table):
    nodes = {node.address: node for node in table.nodes}
    balancer = nodes["aws_lb.public"]
    assert (balancer.kind, balancer.label, balancer.type) == ("service", "public", "aws_lb")
    assert balancer.place.startswith("balancer.tf:")
    assert nodes["site:clinic"].place == "pathwarden.yaml:14"
    assert (nodes[INTERNET].type, nodes[INTERNET].place) == ("", "")


def test_several_root_modules_stand_side_by_side(harbor):
    graph = linked(joined([rows(harbor), rows(estate_of(HARBOR, "envs/prod"))]))
    assert graph.graph["roots"] == [".", "envs/prod"]
    assert {root for _, root in graph.nodes(data="root")} == {".", "envs/prod"}
    assert graph.nodes["envs/prod//aws_lb.public"]["address"] == "aws_lb.public"
    apart = [(a, b) for a, b in graph.edges() if graph.nodes[a]["root"] != graph.nodes[b]["root"]]
    assert apart == []


def test_hostile_names_stay_text(hostile):
    table = rows(hostile)
    written = node_link(table)
    assert written.isascii()
    (label,) = [node.label for node in table.nodes if node.kind == "data"]
    assert label == 'a"]}, ]]> <script>&amp;\ufffd\ufffd[31m\ufffd\ufffd'
    assert linked(table).nodes["aws_s3_bucket.b"]["label"] == label
    assert marked(table).nodes["aws_s3_bucket.b"]["label"] == label


def test_what_may_not_exist_cannot_be_told(hostile):
    (edge,) = [e for e in rows(hostile).edges if e.target == "aws_vpc.v"]
    assert edge.answer == "cannot-tell"
    assert edge.because == ("var.unset (variable without a value)",)


def test_what_is_hidden_is_in_no_export(harbor):
    hide = lambda text: text.replace("harborline", "(sensitive)")  # noqa: E731
    table = rows(harbor, evidence=True, hide=hide)
    assert "harborline" not in node_link(table) + graphml(table)
    assert len({node.id for node in table.nodes}) == len(table.nodes)
    picture = hidden(summarise(harbor, attack_paths(harbor)), hide)
    assert "harborline" not in digraph((picture,))
    assert "(sensitive)-crew-documents" in digraph((picture,))


def test_the_internet_keeps_its_name(harbor):
    shown = rows(harbor, hide=lambda _: "x")
    assert INTERNET in {node.id for node in shown.nodes}


@given(st.lists(st.text("ab#2"), unique=True), st.sampled_from([len, bool, str]))
def test_different_ids_stay_different(ids, blur):
    shown = distinct(ids, lambda text: str(blur(text)))
    assert len(set(shown.values())) == len(ids)
