"""`pathwarden cuts`: what it proposes, what it keeps, and what it refuses to answer."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from scanner.cli import cli
from scanner.errors import ConfigProblem, UsageProblem

ESTATE = Path(__file__).parents[1] / "estate"


def asked(*words, on=ESTATE):
    return CliRunner().invoke(cli, ["cuts", "--on", str(on), *words], standalone_mode=False)


def cuts(*words, on=ESTATE):
    result = asked("--format", "json", *words, on=on)
    assert result.exception is None, result.exception
    return json.loads(result.stdout)["cuts"]


@pytest.fixture
def estate(tmp_path):
    (tmp_path / "main.tf").write_text((ESTATE / "main.tf").read_text())
    return tmp_path


def test_the_cheapest_change_is_shown_with_its_proof_and_its_text():
    text = asked().stdout
    assert "nothing cheaper does as much: that is proven" in text
    assert "--- main.tf" in text


def test_a_target_is_an_address_or_a_class():
    by_class, *_ = cuts("--target", "customer")
    by_address, *_ = cuts("--target", "aws_s3_bucket.customers")
    assert by_class == by_address
    assert by_class["changes"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--target", "nobody"), "--target nobody: nothing worth stealing is called so"),
        (("--target", "custmer"), "did you mean customer?"),
        (("--budget", "0.5"), "--budget 0.5: no change that ends a path costs so little"),
        (("--budget", "-1"), "--budget -1: a budget is a number above 0"),
        (("--budget", "0"), "--budget 0: a budget is a number above 0"),
        (("--budget", "nan"), "--budget nan: a budget is a number above 0"),
    ],
)
def test_what_makes_no_sense_is_one_line(words, said):
    problem = asked(*words).exception
    assert isinstance(problem, UsageProblem)
    assert said in str(problem)


def test_a_cost_below_nothing_is_refused_with_its_line(estate):
    (estate / "pathwarden.yaml").write_text("version: 1\ncosts:\n  close-port: -3\n")
    problem = asked(on=estate).exception
    assert isinstance(problem, ConfigProblem)
    assert str(problem).startswith("pathwarden.yaml:3: costs.close-port: expected float > 0")


def test_a_dear_change_gives_way_to_a_cheaper_one(estate):
    usual, *_ = cuts(on=estate)
    kind = usual["changes"][0]["kind"]
    (estate / "pathwarden.yaml").write_text(f"version: 1\ncosts: {{{kind}: 500}}\n")
    other, *_ = cuts(on=estate)
    assert usual["cost"] < other["cost"] < 500
    assert all(change["kind"] != kind for change in other["changes"])


def test_a_flow_that_has_to_stay_is_never_broken(estate):
    usual, *_ = cuts(on=estate)
    (first,) = usual["changes"]
    assert first["kind"] == "close-port"
    keep = "version: 1\nkeep:\n  - from: internet\n    to: aws_instance.web\n    why: the shop\n"
    (estate / "pathwarden.yaml").write_text(keep)
    kept, *_ = cuts(on=estate)
    assert kept["changes"]
    assert all(c["kind"] not in ("close-port", "make-private") for c in kept["changes"])


def test_a_flow_that_nothing_takes_is_told(estate):
    (estate / "pathwarden.yaml").write_text("version: 1\nkeep: [{from: internet, to: nobody}]\n")
    result = asked(on=estate)
    assert "pathwarden.yaml:2: keep: nothing goes from internet to nobody" in result.stderr


def test_what_cannot_be_told_comes_by_itself(estate):
    text = (estate / "main.tf").read_text().replace('["0.0.0.0/0"]', "[var.office]")
    (estate / "main.tf").write_text(text)
    (cut,) = cuts(on=estate)
    assert cut["verdict"] == "cannot-tell"
    assert cut["changes"]


def test_where_nothing_leads_nothing_has_to_be_changed(tmp_path):
    (tmp_path / "main.tf").write_text('resource "aws_s3_bucket" "a" {}\n')
    assert "Nothing has to be changed." in asked(on=tmp_path).stdout
