"""Resources that need each other, and the names in expressions."""

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.terraform.refusals.cycles import circles
from scanner.terraform.syntax import parse_expression
from scanner.terraform.syntax.names import calls, free

NAMES = st.sampled_from("abcdefgh")


@given(st.dictionaries(NAMES, st.lists(NAMES, max_size=4), max_size=8))
def test_circles_are_the_strongly_connected_parts(needs):
    graph = nx.DiGraph([(one, other) for one in needs for other in needs[one]])
    graph.remove_nodes_from([each for each in list(graph) if each not in needs])
    expected = {
        frozenset(part)
        for part in nx.strongly_connected_components(graph)
        if len(part) > 1 or graph.has_edge(*(tuple(part) * 2))
    }
    assert {frozenset(each) for each in circles(needs)} == expected


def test_a_long_chain_is_no_circle():
    needs = {str(at): [str(at + 1)] for at in range(5_000)}
    assert circles(needs) == []
    assert len(circles({**needs, "5000": ["0"]})) == 1


def gaps(evaluated):
    return [gap.what for gap in evaluated.gaps]


def test_instances_of_one_block_make_no_two_blocks(terraform):
    found = terraform(
        """
        resource "aws_a" "one" {
          for_each = { x = aws_b.two["k"].id }
          name     = each.value
        }
        resource "aws_b" "two" {
          for_each   = toset(["k"])
          depends_on = [aws_a.one]
        }
        """
    )
    assert "cycle: aws_a.one, aws_b.two" in gaps(found)


def test_a_module_that_hands_an_id_back_is_no_circle(terraform):
    found = terraform(
        {
            "main.tf": """
            module "m" {
              source = "./m"
              group  = aws_a.mine.id
            }
            resource "aws_a" "mine" { name = module.m.name }
            resource "aws_a" "other" { name = module.m.id }
            """,
            "m/main.tf": """
            variable "group" {}
            resource "aws_b" "r" { group = var.group }
            output "name" { value = "fixed" }
            output "id" { value = aws_b.r.id }
            """,
        }
    )
    assert gaps(found) == []


@pytest.mark.parametrize(
    ("source", "names", "functions"),
    [
        ("1 + 2", [], []),
        ('"${var.a.b}-x"', [("var", "a", "b")], []),
        ("{for k, v in local.m : k => v.x if v.y == each.key}", ["local.m", "each.key"], []),
        ("[for v in v : v]", ["v"], []),
        ("upper(aws_a.b[count.index].c)", ["aws_a.b", "count.index"], ["upper"]),
        ("aws_a.b[*].c", ["aws_a.b"], []),
        ("var.a ? f(var.b) : g()", ["var.a", "var.b"], ["f", "g"]),
        ('"%{ for x in var.xs }${x}%{ endfor }"', ["var.xs"], []),
    ],
)
def test_the_names_that_an_expression_takes_from_outside(source, names, functions):
    node = parse_expression(source, "x")
    expected = [tuple(each.split(".")) if isinstance(each, str) else each for each in names]
    assert list(free(node)) == expected
    assert list(calls(node)) == functions
