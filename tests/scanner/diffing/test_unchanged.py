"""What both sides have alike is read, built and judged once, and never taken for alike wrongly."""

import pytest

from scanner.diffing import judging
from scanner.estates import Request
from scanner.terraform.repository import joining
from tests.scanner.diffing.conftest import ESTATE, code

OTHER = """provider "aws" { region = "eu-west-1" }
resource "aws_s3_bucket" "logs" { bucket = file("name.txt") }
"""


@pytest.fixture
def evaluated(monkeypatch):
    """The root modules that are evaluated, in order, on both sides."""
    found = []
    real = joining.evaluated

    def noted(root, environment=""):
        found.append(root.session.directory)
        return real(root, environment)

    monkeypatch.setattr(joining, "evaluated", noted)
    return found


@pytest.fixture
def built(monkeypatch):
    """The estates that are judged, by the directory of their root module."""
    found = []
    real = judging.judged

    def noted(read, request: Request):
        found.append(read.evaluated.directory)
        return real(read, request)

    monkeypatch.setattr(judging, "judged", noted)
    return found


@pytest.fixture
def two(repo):
    """Two root modules, of which one reads a file beside it."""
    text = (ESTATE / "main.tf").read_text()
    files = {"web/main.tf": text, "logs/main.tf": OTHER, "logs/name.txt": "acme-logs"}
    repo.commit(files)
    return repo


def test_what_no_root_module_reads_changes_none(two, evaluated):
    two.commit({"README.md": "new", "logs/notes.md": "new"}, "docs")
    two.commit({"README.md": "newer", "logs/notes.md": "newer"}, "docs")
    assert code(two.diff("main~1", "main")) == 0
    assert sorted(evaluated) == ["logs", "web"]


def test_only_the_root_module_that_changed_is_evaluated_again(two, evaluated):
    two.edit("web/main.tf", "10.0.1.0/24", "10.0.2.0/24")
    two.commit()
    two.json("main~1", "main")
    assert sorted(evaluated) == ["logs", "web", "web"]


def test_a_file_that_is_read_counts_whatever_its_name(two, evaluated):
    two.commit({"logs/name.txt": "acme-other-logs"})
    told = two.json("main~1", "main")
    assert sorted(evaluated) == ["logs", "logs", "web"]
    assert told["findings_added"]


def test_a_file_that_appears_where_one_looked_counts(two, evaluated):
    text = OTHER.replace('file("name.txt")', 'fileexists("on.txt") ? "acme-on" : "acme-off"')
    two.commit({"logs/main.tf": text})
    two.commit({"logs/on.txt": ""})
    two.json("main~1", "main")
    assert sorted(evaluated) == ["logs", "logs", "web"]


def test_a_variable_file_counts(two, evaluated):
    two.commit({"web/a.auto.tfvars": 'office = "0.0.0.0/0"\n'})
    assert two.json("main~1", "main")["reach_added"]
    two.commit({"web/a.auto.tfvars": 'office = "192.0.2.0/24"\n'})
    evaluated.clear()
    assert two.json("main~1", "main")["reach_removed"]
    assert sorted(evaluated) == ["logs", "web", "web"]


def test_a_module_that_changes_is_evaluated_with_all_who_call_it(repo, evaluated):
    text = (ESTATE / "main.tf").read_text()
    call = 'module "web" {\n  source = "../../web"\n  office = "192.0.2.0/24"\n}\n'
    repo.commit({"web/main.tf": text, "roots/a/main.tf": call, "roots/b/main.tf": call})
    repo.edit("web/main.tf", "10.0.1.0/24", "10.0.2.0/24")
    repo.commit()
    repo.json("main~1", "main")
    assert sorted(evaluated) == ["roots/a", "roots/a", "roots/b", "roots/b"]


def test_what_says_the_same_is_judged_once_wherever_its_lines_are(two, built):
    text = (two.home / "web" / "main.tf").read_text()
    two.commit({"web/main.tf": "\n\n" + text.replace('"10.0.1.0/24"', '"10.0.${1}.0/24"')})
    assert code(two.diff("main~1", "main")) == 0
    assert sorted(built) == ["logs", "web"]


def test_one_that_looks_others_up_is_read_whatever_changed(two, evaluated):
    """A data source may find what another root module makes now."""
    looks = 'data "aws_vpc" "main" { cidr_block = "10.0.0.0/16" }\n'
    two.commit({"logs/main.tf": OTHER + looks})
    two.edit("web/main.tf", "10.0.1.0/24", "10.0.2.0/24")
    two.commit()
    evaluated.clear()
    two.json("main~1", "main")
    assert evaluated.count("logs") == 2
