"""`pathwarden frameworks`: the list, one framework whole, and names that lead nowhere."""

import json

import pytest

from rules.duties import frameworks
from scanner.reports.frameworks import STATUSES

IDS = [each.id for each in frameworks()]


@pytest.fixture
def saved(run, estate, tmp_path):
    target = tmp_path / "result.json"
    run("scan", estate, "--format", "json", "-o", target)
    return target


def test_all_frameworks_are_listed_with_counts(run, saved):
    done = run("frameworks", "--from", saved)
    assert (done.code, done.err) == (0, "")
    assert [name for name in IDS if name in done.out] == IDS
    listed = json.loads(run("frameworks", "--from", saved, "--format", "json").out)["frameworks"]
    assert [each["id"] for each in listed] == IDS
    for each, known in zip(listed, frameworks(), strict=True):
        assert sum(each["counts"].values()) == len(known.requirements)
        assert set(each["counts"]) <= set(STATUSES)


@pytest.mark.parametrize("framework", frameworks(), ids=lambda f: f.id)
def test_every_requirement_of_one_is_told(run, saved, framework):
    done = run("frameworks", framework.id, "--from", saved)
    assert (done.code, done.err) == (0, "")
    assert all(f"  {each.number} " in done.out for each in framework.requirements)


def test_a_file_and_the_estate_say_the_same(run, estate, saved):
    assert run("frameworks", "hipaa", "--on", estate) == run("frameworks", "hipaa", "--from", saved)


def test_json_has_the_findings_behind_each_requirement(run, saved):
    told = json.loads(run("frameworks", "pci", "--from", saved, "--format", "json").out)
    assert told["id"] == "pci-dss-4.0.1"
    broken = [each for each in told["requirements"] if each["status"] == "broken"]
    assert len(broken) == told["counts"]["broken"]
    for each in broken:
        assert {f["verdict"] for f in each["findings"]} == {"violated"}
        assert {f["rule"] for f in each["findings"]} <= set(each["rules"])


@pytest.mark.parametrize(("said", "found"), [("HIPAA", "HIPAA Security Rule"), ("sox", "SOX")])
def test_the_beginning_of_a_name_is_enough(run, saved, said, found):
    assert run("frameworks", said, "--from", saved).out.startswith(found)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("iso", "'iso' names no framework (choose one of hipaa-security"),
        ("hippa-security", "choose one of hipaa-security)"),
        ("", "'' names several frameworks"),
        ("\x1b[2J", "names no framework"),
    ],
)
def test_what_is_no_framework_comes_with_a_hint(run, saved, name, hint):
    done = run("frameworks", name, "--from", saved)
    assert (done.code, done.out, len(done.lines)) == (2, "", 1)
    assert hint in done.err
    assert "\x1b" not in done.err


def test_without_terraform_the_lists_can_still_be_read(run, tmp_path):
    done = run("frameworks", "nist", "--on", tmp_path)
    assert done.code == 0
    assert "Nothing was judged" in done.out
    assert "Not judged" in done.out
    assert "Broken" not in done.out


def test_it_goes_to_a_file(run, saved, tmp_path):
    report = tmp_path / "hipaa.txt"
    assert run("frameworks", "hipaa", "--from", saved, "-o", report).out == ""
    assert report.read_text().startswith("HIPAA Security Rule")
