"""`pathwarden explain`, `rules`, `init`, `demo`."""

import json
import re
from importlib.resources import files
from pathlib import Path

import pytest

from rules.catalogue import all_rules
from scanner.cli.demo import BESIDE
from scanner.config import load_config


@pytest.fixture
def saved(run, estate, tmp_path):
    target = tmp_path / "result.json"
    run("scan", estate, "--format", "json", "-o", target)
    return target


def test_a_rule_is_explained(run):
    done = run("explain", "ssh-open-to-internet")
    assert (done.code, done.err) == (0, "")
    assert "ssh-open-to-internet" in done.out
    assert 'resource "aws_' in done.out


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.id)
def test_every_rule_has_a_page_that_renders(run, rule):
    assert rule.id in run("explain", rule.id).out


def test_a_path_is_explained_from_the_estate_and_from_a_file_alike(run, estate, saved):
    path = json.loads(saved.read_text())["paths"][0]
    live = run("explain", path["id"], "--on", estate)
    assert (live.code, live.err) == (0, "")
    assert run("explain", path["id"], "--from", saved) == live
    for hop in path["hops"]:
        assert hop["proof"][0]["file"] in live.out


@pytest.mark.parametrize(
    ("subject", "hint"),
    [
        ("ssh-open", "did you mean ssh-open-to-internet?"),
        ("shh-open-to-internet", "did you mean ssh-open-to-internet"),
        ("zzz", "see `pathwarden rules`"),
        ("path-0000000000", "name the estate with --on"),
        ("\x1b[2J", "see `pathwarden rules`"),
    ],
)
def test_what_is_not_known_comes_with_a_hint(run, estate, subject, hint):
    done = run("explain", subject, "--on", estate)
    assert (done.code, done.out, len(done.lines)) == (2, "", 1)
    assert hint in done.err
    assert "\x1b" not in done.err


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace("result-1.json", "result-9.json"), "not a result file of this"),
        (lambda text: text[: len(text) // 2], "it is not JSON"),
        (lambda _: "# notes", "it is not JSON"),
        (lambda _: "", "it is not JSON"),
        (lambda _: "[" * 100_000, "it is not JSON"),
        (lambda _: "[]", "not a result file of this version"),
        (lambda text: json.dumps({"schema": json.loads(text)["schema"]}), "not a complete result"),
        (lambda text: text.replace('"impact": 8.0', '"impact": "8"'), "not a complete result"),
    ],
    ids=["version", "half", "text", "empty", "deep", "list", "keys", "type"],
)
def test_other_files_are_refused_in_a_line(run, saved, change, said):
    saved.write_text(change(saved.read_text()))
    done = run("explain", "path-0000000000", "--from", saved)
    assert (done.code, done.out, len(done.lines)) == (2, "", 1)
    assert said in done.err


def test_a_missing_file_is_refused_in_a_line(run, tmp_path):
    done = run("explain", "path-0000000000", "--from", tmp_path / "none.json")
    assert (done.code, len(done.lines)) == (2, 1)
    assert "cannot be read" in done.err


def test_bytes_that_are_no_text_are_refused(run, tmp_path):
    (tmp_path / "result.json").write_bytes(b"\xff\xfe\x00{")
    done = run("explain", "path-0000000000", "--from", tmp_path / "result.json")
    assert (done.code, len(done.lines)) == (2, 1)


def test_rules_are_listed_by_topic(run):
    done = run("rules")
    assert (done.code, done.err) == (0, "")
    for rule in all_rules():
        assert re.search(
            rf"^  {rule.severity} +{rule.id} +{re.escape(rule.title)}$", done.out, re.MULTILINE
        )


def test_init_writes_settings_that_are_accepted(run, tmp_path):
    done = run("init", tmp_path)
    assert (done.code, done.out) == (0, "")
    assert load_config(tmp_path).file == "pathwarden.yaml"
    (tmp_path / "main.tf").write_text("")
    assert run("scan", tmp_path).code == 0


def test_init_overwrites_nothing(run, tmp_path):
    (tmp_path / "pathwarden.yaml").write_text("version: 1\n")
    done = run("init", tmp_path)
    assert (done.code, len(done.lines)) == (2, 1)
    assert "exists already" in done.err
    assert (tmp_path / "pathwarden.yaml").read_text() == "version: 1\n"


def test_init_wants_a_directory(run, tmp_path):
    assert run("init", tmp_path / "none").code == 2


def test_the_demo_estate_is_there_and_has_paths(run):
    assert (files("scanner") / "demo" / "harbor").is_dir() or BESIDE.is_dir()
    done = run("demo")
    assert done.code == 0
    assert "Attack paths" in done.out
    assert "Scan your own" in done.err


def test_the_wheel_carries_the_demo_estate():
    project = (Path(__file__).parents[3] / "pyproject.toml").read_text()
    assert '"fixtures/terraform/harbor" = "scanner/demo/harbor"' in project


def test_help_names_the_commands(run):
    done = run("--help")
    assert done.code == 0
    assert all(f"  {name} " in done.out for name in ("demo", "explain", "init", "rules", "scan"))


def test_an_unknown_command_ends_with_2(run):
    done = run("scna")
    assert done.code == 2
    assert "No such command" in done.err
