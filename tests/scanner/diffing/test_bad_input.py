"""What is wrong with what is asked for is one clear line and exit code 2, no half-answer."""

import os
import shutil
import subprocess

import pytest

from scanner.errors import PathwardenError
from tests.scanner.diffing.conftest import ESTATE, Repo, code, invoked


def complaint(done):
    """What a command that refused says; all of these end with 2."""
    assert isinstance(done.exception, PathwardenError), done.output
    assert done.exception.exit_code == 2
    assert done.stdout == ""
    return str(done.exception)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nothing",), "there is no revision 'nothing' here"),
        (("main", "nothing"), "there is no revision 'nothing' here"),
        (("main...nothing",), "there is no revision 'nothing' here"),
        (("--", "--upload-pack=touch /tmp/x"), "'--upload-pack=touch /tmp/x' is no revision"),
        (("--", "-c"), "'-c' is no revision"),
        (("main\nmain",), "is no revision"),
        (("main:main.tf",), "there is no revision 'main:main.tf' here"),
        (("", "main"), "'' is no revision"),
        ((str(ESTATE),), "HEAD is missing"),
        ((str(ESTATE), str(ESTATE / "main.tf")), "is no directory, plan, state, snapshot, result"),
    ],
)
def test_what_is_no_side_is_refused(estate, words, said):
    assert said in complaint(estate.diff(*words))


def test_a_word_that_is_a_path_and_a_revision_is_not_guessed(estate, monkeypatch):
    (estate.home / "main").mkdir()
    monkeypatch.chdir(estate.home)
    assert "'main' is a path and a revision" in complaint(invoked("main", "HEAD"))
    assert code(invoked("refs/heads/main", "HEAD")) == 0


def test_a_file_of_a_revision_s_name_is_no_side(estate, monkeypatch):
    (estate.home / "HEAD").write_text("whatever")
    monkeypatch.chdir(estate.home)
    assert code(invoked("HEAD", "main")) == 0


@pytest.mark.parametrize("word", ["../nowhere", "nowhere/", "nowhere.json", "/nowhere"])
def test_a_path_that_is_not_there_is_no_revision(estate, word):
    assert complaint(estate.diff(word)) == f"there is no {word}"


def test_no_repository_is_said(tmp_path):
    assert "is in no git repository" in complaint(invoked("main", "--on", str(tmp_path)))


def test_git_that_is_not_installed_is_said(estate, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "git is not installed" in complaint(estate.diff("main"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_repository_of_somebody_else_is_refused(estate):
    for place in (estate.home, estate.home / ".git"):
        os.chown(place, 12345, 12345)
    assert "belongs to somebody else" in complaint(estate.diff("main"))


def test_without_git_directories_are_compared_all_the_same(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert code(invoked(str(ESTATE), str(ESTATE))) == 0


def test_a_repository_without_a_commit_has_no_revision(repo):
    (repo.home / "main.tf").write_text("")
    assert "there is no revision 'HEAD' here" in complaint(repo.diff("HEAD"))


def test_a_shallow_clone_says_how_to_fetch_the_rest(estate, tmp_path):
    estate.commit()
    shallow = Repo(tmp_path / "shallow")
    url = estate.home.as_uri()
    subprocess.run(["git", "clone", "-q", "--depth", "1", url, shallow.home], check=True)
    assert "fetch-depth: 0" in complaint(shallow.diff("main~1", "main"))
    assert "in this shallow clone" in complaint(shallow.diff("main~1"))
    assert code(shallow.diff("main", "main")) == 0


def test_histories_that_never_met_have_no_merge_base(estate):
    estate.git("checkout", "--quiet", "--orphan", "other")
    estate.commit()
    assert "have no commit in common" in complaint(estate.diff("main...other"))


def test_a_bare_repository_has_no_working_tree(estate, tmp_path):
    bare = Repo(tmp_path / "bare")
    subprocess.run(["git", "clone", "-q", "--bare", estate.home, bare.home], check=True)
    assert "no working tree" in complaint(bare.diff("main"))
    assert code(bare.diff("main", "main")) == 0


def test_a_result_is_compared_with_results_alone(estate, tmp_path):
    result = tmp_path / "result.json"
    result.write_text('{"schema": "https://pathwarden.dev/schema/result-1.json"}')
    assert "one is a result file" in complaint(estate.diff(str(result), "main"))
    assert "is not a complete result file" in complaint(estate.diff(str(result), str(result)))


def test_a_broken_policy_of_the_base_ends_the_run(estate):
    estate.commit({"pathwarden.yaml": "version: 1\nfail_on: sometimes\n"})
    assert "pathwarden.yaml:2" in complaint(estate.diff("main", "main"))


def test_a_broken_policy_of_the_head_does_not(estate):
    estate.commit({"pathwarden.yaml": "version: [\n"})
    done = estate.diff("main~1", "main")
    assert code(done) == 0
    assert "changes pathwarden.yaml" in done.stdout


def test_a_variable_that_nothing_declares_is_refused(estate):
    assert "declares the variable 'nobody'" in complaint(estate.diff("main", "--var", "nobody=1"))


def test_a_variable_of_the_head_alone_is_taken(estate):
    estate.commit({"more.tf": 'variable "more" {}\n'})
    assert code(estate.diff("main~1", "main", "--var", "more=1")) == 0


# ----------------------------------------------------------------------------- what does not parse


def test_a_finding_whose_file_breaks_is_not_fixed(estate):
    text = (ESTATE / "main.tf").read_text()
    estate.commit({"main.tf": text.replace('resource "aws_instance"', 'resource aws_instance" {')})
    told = estate.json("main~1", "main")
    assert not told["closed"]
    assert not told["findings_fixed"]
    assert not told["reach_removed"]
    assert {each["kind"] for each in told["lost"]} == {"path", "finding"}
    assert all("main.tf" in each["because"] for each in told["lost"])
    assert [gap["kind"] for gap in told["gaps_added"]] == ["syntax-error"]
    assert code(estate.diff("main~1", "main")) == 0
    assert code(estate.diff("main~1", "main", "--fail-on-unknown", "high")) == 1
    assert code(estate.diff("main~1", "main", "--strict")) == 3


def test_what_stands_beside_a_broken_file_is_judged(estate):
    estate.commit({"broken.tf": "resource {"})
    estate.edit("main.tf", "cidr_blocks = [var.office]", 'cidr_blocks = ["0.0.0.0/0"]')
    estate.commit()
    told = estate.json("main~2", "main")
    assert [c["packets"] for c in told["reach_added"]] == ["tcp 22 from 0.0.0.0/0"]
    assert code(estate.diff("main~2", "main")) == 1


def test_a_base_that_was_broken_hides_nothing_of_the_head(estate):
    text = (ESTATE / "main.tf").read_text()
    estate.commit({"main.tf": text + "\nresource {"})
    estate.commit({"main.tf": text})
    broken = text.replace('resource "aws_instance"', 'resource aws_instance" {')
    estate.git("checkout", "--quiet", "-b", "broken")
    estate.commit({"main.tf": broken})
    estate.commit({"main.tf": text})
    told = estate.json("broken~1", "broken")
    assert told["opened"]
    assert "The base was not read whole" in told["notes"][0]
    assert code(estate.diff("broken~1", "broken")) == 1


def test_a_module_whose_call_breaks_is_neither_new_nor_gone(repo):
    text = (ESTATE / "main.tf").read_text()
    call = 'module "web" {\n  source = "./web"\n  office = "192.0.2.0/24"\n}\n'
    repo.commit({"web/main.tf": text, "main.tf": call})
    repo.commit({"main.tf": "module {"})
    for told in (repo.json("main~1", "main"), repo.json("main", "main~1")):
        assert any("What calls web was not read" in note for note in told["notes"])
    told = repo.json("main~1", "main")
    assert not told["opened"]
    assert not told["closed"]
    assert told["lost"]
    assert code(repo.diff("main~1", "main")) == 0


def test_a_directory_that_neither_side_has_is_refused(estate):
    (estate.home / "prod").mkdir()
    said = complaint(invoked("main", "HEAD", "--on", str(estate.home / "prod")))
    assert said.endswith("prod in main, and nothing in HEAD")


def test_a_side_without_the_directory_is_empty(estate):
    (estate.home / "prod").mkdir()
    shutil.copy(ESTATE / "main.tf", estate.home / "prod")
    estate.commit()
    done = invoked("main~1", "main", "--on", str(estate.home / "prod"), "--format", "markdown")
    assert code(done) == 1
    assert "opens 1 attack path" in done.stdout
