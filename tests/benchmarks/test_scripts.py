"""The scripts of benchmarks/ run, and say what they measured."""

import json
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]
OURS = (sys.executable, "-c", "from scanner.startup import main; main()")


def script(name, *arguments):
    return subprocess.run(
        [sys.executable, str(HOME / "benchmarks" / name), *map(str, arguments)],
        cwd=HOME,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def tiny(tmp_path):
    (tmp_path / "main.tf").write_text('resource "aws_vpc" "v" {\n  cidr_block = "10.0.0.0/16"\n}\n')
    return tmp_path


def test_a_scan_is_measured_beside_itself(tiny):
    peer = shlex.join([*OURS, "scan", "{path}"])
    done = script(
        "scan.py", tiny, "--peer", f"itself={peer}", "--runs", 1, "--warm-ups", 0, "--json"
    )
    assert (done.returncode, done.stderr) == (0, "")
    said = json.loads(done.stdout)
    assert said["runs"] == 1
    ours, itself = said["paths"][str(tiny)]
    assert (ours["name"], itself["name"]) == ("pathwarden", "itself")
    assert (ours["exit_codes"], itself["exit_codes"]) == ("0", "0")
    assert ours["wall_ratio"] == 1
    assert itself["wall_ratio"] > 0
    assert 0.7 < itself["memory_ratio"] < 1.4
    assert len(ours["walls"]) == 1


def test_the_table_is_markdown(tiny):
    done = script("scan.py", tiny, "--runs", 1, "--warm-ups", 0)
    assert done.returncode == 0
    heads, _, ours = [line for line in done.stdout.splitlines() if line.startswith("|")]
    assert heads.count("|") == ours.count("|") == 9
    assert "| pathwarden |" in ours


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["/nowhere"], "/nowhere is not a directory"),
        ([".", "--peer", "checkov"], "is not NAME=COMMAND"),
        ([HOME / "docs", "--peer", "x=/nowhere/x", "--warm-ups", 0], "/nowhere/x"),
    ],
)
def test_what_cannot_be_measured_is_one_line(arguments, says):
    done = script("scan.py", *arguments)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert says in done.stderr


@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not on the PATH")
def test_a_root_module_is_compared_with_the_plan_of_it(tiny):
    (tiny / "broken").mkdir()
    (tiny / "broken/main.tf").write_text('resource "aws_vpc" "v" { cidr_block = local.none }\n')
    done = script("accuracy.py", tiny, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    (said,) = json.loads(done.stdout)
    assert (said["roots"], list(said["left_out"])) == (2, ["broken"])
    assert "undeclared local value" in said["left_out"]["broken"]
    assert (said["expected"], said["matched"], said["extra"], said["wrong"]) == (1, 1, 0, [])
    assert said["leaves"] == {"equal": 2}  # cidr_block and region


def test_the_start_is_measured():
    done = script("startup.py", "--runs", 1)
    assert done.returncode in (0, 1)
    assert "ms more than import click" in done.stdout.splitlines()[-1]


def test_the_network_of_a_generated_estate_is_measured():
    done = script("network.py", "--instances", 60, "--vpcs", 3, "--groups", 9, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    said = json.loads(done.stdout)
    assert said["classes"] > 20
    assert said["pairs of classes that connect"] > 0
    assert set(said["steps"]) >= {"load", "internet exposure", "all pairs of classes"}


def test_an_account_of_roles_is_measured():
    done = script("identity.py", "--roles", 300, "--statements", 3, "--policies", 5, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    said = json.loads(done.stdout)
    assert said["roles"] == 300
    assert said["escalate"] > 0
    assert said["together"] >= said["build"] > 0


def test_the_attack_paths_of_made_up_estates_are_measured():
    done = script("attack.py", "--nodes", 2000, "--edges", 9000, "--built", 40, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    said = json.loads(done.stdout)
    assert said["facts"]["steps that need several"] > 500
    assert said["facts"]["told"] == 100
    assert said["built"]["of proven rank"] == said["built"]["paths"] > 0
    assert all(each["ranking"] >= 0 for each in said.values())


def test_the_cut_of_a_tree_of_20000_nodes_is_proven_within_two_seconds():
    done = script("cuts.py", "--nodes", 20_000)
    assert (done.returncode, done.stderr) == (0, "")
    first = done.stdout.splitlines()[0]
    assert ", proven, " in first
    assert float(first.split(": ")[1].split(" s CPU")[0]) < 2


def test_breaches_of_a_made_up_account_are_measured():
    done = script("breach.py", "--machines", 60, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    said = json.loads(done.stdout)
    machine, whole = said["follows"]["i-0"], said["follows"]["111111111111"]
    assert 40 < machine < whole
    assert set(said["seconds"]) == {"read", *said["follows"]}


def test_comparisons_are_measured_over_a_history(tiny):
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
    for words in (("init", "-q"), ("add", "."), ("commit", "-qm", "one"), ("commit", "-qm", "two")):
        more = ("--allow-empty",) if words[0] == "commit" else ()
        subprocess.run(["git", *who, *words, *more], cwd=tiny, check=True)
    done = script("diff.py", tiny, "--pairs", 5)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("1 pairs: median ")
