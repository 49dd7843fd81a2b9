"""`pathwarden graph`: every format, one root module or all, and what goes wrong in one line."""

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

HOME = Path(__file__).parents[3]
SECRET = "hunter2-hunter2"


@pytest.fixture
def roots(tmp_path):
    """Two root modules, alike."""
    for name in ("prod", "test"):
        home = tmp_path / "envs" / name
        home.mkdir(parents=True)
        (home / "main.tf").write_text(
            'resource "aws_vpc" "main" {\n  cidr_block = "10.0.0.0/16"\n}\n'
        )
    return tmp_path


@pytest.mark.parametrize(
    ("form", "begins"),
    [
        ("json", '{"directed": true'),
        ("graphml", "<graphml"),
        ("dot", 'digraph "estate" {'),
        ("svg", "<svg"),
        ("mermaid", "flowchart LR"),
    ],
)
def test_every_format(run, estate, form, begins):
    done = run("graph", estate, "--format", form)
    assert (done.code, done.out[: len(begins)]) == (0, begins)


def test_the_format_is_json_unless_said(run, estate, tmp_path):
    written = tmp_path / "graph.json"
    assert run("graph", estate, "-o", written).out == ""
    said = json.loads(written.read_text())
    assert said["graph"]["roots"] == ["."]
    assert {"internet", "aws_vpc.main"} & {node["id"] for node in said["nodes"]}


def test_the_estate_is_named_as_elsewhere(run, estate, tmp_path):
    assert run("graph", "--on", estate).out == run("graph", estate).out
    twice = run("graph", estate, "--on", tmp_path)
    assert twice.code == 2
    assert twice.lines == [f"pathwarden: PATH is {estate} and --on is {tmp_path}: say one of them"]


def test_evidence_comes_when_asked_for(run, estate):
    edges = json.loads(run("graph", estate, "--evidence").out)["edges"]
    claims = [claim for edge in edges for claim in edge["evidence"]]
    assert all(claim["claim"] for claim in claims)
    assert any(claim["place"].startswith("main.tf:") for claim in claims)


def test_several_root_modules_are_one_graph(run, roots):
    nodes = json.loads(run("graph", roots).out)["nodes"]
    lans = {node["id"]: node["root"] for node in nodes if node["kind"] == "lan"}
    assert lans == {
        "envs/prod//aws_vpc.main": "envs/prod",
        "envs/test//aws_vpc.main": "envs/test",
    }


def test_several_root_modules_have_a_frame_each_in_dot(run, roots):
    text = run("graph", roots, "--format", "dot").out
    assert re.findall(r'subgraph cluster_r\d_root \{ label="(.+?)"', text) == [
        "envs/prod",
        "envs/test",
    ]
    assert text.count('node [root="envs/prod"]') == 1


@pytest.mark.parametrize("form", ["svg", "mermaid"])
def test_a_picture_asks_which_root_module(run, roots, form):
    done = run("graph", roots, "--format", form)
    assert done.code == 2
    assert done.out == ""
    assert done.err == (
        f"pathwarden: {form} shows one root module, and here are 2: envs/prod, envs/test "
        "(choose one with --root)\n"
    )
    assert run("graph", roots, "--format", form, "--root", "envs/prod/").code == 0


def test_a_picture_is_called_by_what_it_shows(run, roots):
    shown = ET.fromstring(run("graph", roots, "--format", "svg", "--root", "envs/test").out)
    assert shown.findtext("{*}title").startswith("envs/test: 1 LAN")
    home = run("graph", roots / "envs" / "prod", "--format", "svg").out
    assert ET.fromstring(home).findtext("{*}title").startswith("prod: 1 LAN")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--root", "envs/none"], "envs/none is no root module here; there is envs/prod, envs"),
        (["--root", "../.."], "leaves the scanned directory"),
        (["--format", "svg", "--evidence"], "--evidence goes with json and graphml"),
        (["--var", "x=1"], "no root module here declares the variable 'x'"),
        (["-o", "/nowhere/graph.json"], "/nowhere/graph.json cannot be written"),
    ],
)
def test_what_cannot_be_is_one_line(run, roots, arguments, says):
    done = run("graph", roots, *arguments)
    assert done.code == 2
    assert len(done.lines) == 1
    assert says in done.err


def test_no_terraform_is_no_graph(run, tmp_path):
    done = run("graph", tmp_path)
    assert (done.code, done.out) == (2, "")
    assert "there is no Terraform in" in done.err
    missing = run("graph", tmp_path / "none")
    assert (missing.code, len(missing.lines)) == (2, 1)


def test_what_was_not_read_is_counted(run, tmp_path):
    (tmp_path / "main.tf").write_text('resource "aws_vpc" "a" {}\nresource "aws_what" "b" {}\n')
    (tmp_path / "bad.tf").write_text("resource {")
    done = run("graph", tmp_path)
    assert done.code == 0
    gaps = json.loads(done.out)["graph"]["gaps"]
    assert len(gaps) > 1
    assert done.lines == [
        f"{len(gaps)} things not read or not modelled: see `pathwarden scan`",
    ]


@pytest.mark.parametrize("form", ["json", "graphml", "dot", "svg", "mermaid"])
def test_secrets_are_in_no_format(run, tmp_path, form):
    (tmp_path / "main.tf").write_text(f"""
        variable "password" {{
          sensitive = true
          default   = "{SECRET}"
        }}
        resource "aws_s3_bucket" "b" {{
          bucket = "b-${{var.password}}"
        }}
        resource "aws_vpc" "v" {{
          cidr_block = "10.0.0.0/16"
          tags       = {{ Name = var.password }}
        }}
    """)
    extra = ["--evidence"] if form in ("json", "graphml") else []
    text = run("graph", tmp_path, "--format", form, *extra).out
    assert SECRET not in text
    assert "hunter2" not in text
    assert "sensitive" in text


def test_the_example_of_the_documentation_runs(tmp_path):
    page = (HOME / "docs/graph.md").read_text()
    (code,) = re.findall(r"<!-- snippet: networkx -->\n```python\n(.*?)```", page, re.DOTALL)
    harbor = HOME / "fixtures/terraform/harbor"
    environment = os.environ | {"PYTHONPATH": str(HOME)}
    command = "from scanner.startup import main; main()"
    for arguments in (["-c", command, "graph", str(harbor), "-o", "graph.json"], ["-c", code]):
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert any(line.startswith("payments ") for line in lines)
    assert "aws_lb.public tcp 443 from 0.0.0.0/0 yes" in lines


def test_the_vocabulary_is_the_one_that_is_documented():
    """Every attribute and word that the example estate has is in a table of docs/graph.md."""
    from graphs.estate import Relation
    from graphs.views.rows import Claim, EdgeRow, NodeRow, Rows

    page = (HOME / "docs/graph.md").read_text().partition("## Vocabulary")[2]
    documented = set(re.findall(r"`([a-z-]+)`", page))
    fields = {name for row in (NodeRow, EdgeRow, Claim) for name in row.__dataclass_fields__}
    assert fields <= documented
    assert set(Relation) <= documented
    assert set(Rows.__dataclass_fields__) - {"nodes", "edges"} <= documented
