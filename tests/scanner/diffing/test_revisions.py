"""A revision as a tree: what it holds, and what a hostile repository cannot make of it."""

import os
import stat

import pytest

from scanner.diffing.git import repository_of
from scanner.diffing.revisions import Revision
from scanner.errors import TreeProblem
from scanner.tree import Directory
from tests.scanner.diffing.conftest import ESTATE, code


@pytest.fixture
def revision():
    """The last commit of a repository, or a directory of it."""
    opened = []

    def call(repo, below="."):
        opened.append(repository_of(repo.home / below))
        return Revision(opened[-1], opened[-1].commit("HEAD"))

    yield call
    for each in opened:
        each.close()


def test_a_revision_reads_as_its_checkout_does(repo, revision):
    repo.write({"a.tf": "a", "b/c.tf": "c", "b/d/e.tf": "é", "z": "", "node_modules/x.tf": "x"})
    (repo.home / "link.tf").symlink_to("b/c.tf")
    (repo.home / "b" / "up.tf").symlink_to("../a.tf")
    (repo.home / "lib").symlink_to("b")
    repo.commit()
    tree, checkout = revision(repo), Directory(repo.home)
    for each in (".", "b"):
        assert list(tree.walk(each)) == list(checkout.walk(each))
    for directory in checkout.walk():
        assert tree.files(directory) == checkout.files(directory)
        for path in checkout.files(directory):
            assert tree.read_text(path) == checkout.read_text(path)
    for path in ("lib", "lib/d", "lib/c.tf", "link.tf", "none", "b/none", "a.tf"):
        assert tree.exists(path) == checkout.exists(path)
        assert tree.is_dir(path) == checkout.is_dir(path)
    assert tree.files("lib") == checkout.files("lib")
    assert tree.read_text("lib/d/e.tf") == "é"


def test_a_directory_of_a_revision_is_a_tree_of_its_own(repo, revision):
    repo.write({"a.tf": "a", "b/c.tf": "c"})
    (repo.home / "b" / "up.tf").symlink_to("../a.tf")
    repo.commit()
    tree = revision(repo, "b")
    assert tree.files(".") == ("c.tf", "up.tf")
    with pytest.raises(TreeProblem, match="link out of the scanned directory"):
        tree.read_text("up.tf")


@pytest.mark.parametrize("target", ["/etc/passwd", "../../../etc/passwd", "x/../../a", "\\"])
def test_links_lead_nowhere_else(repo, target, revision):
    (repo.home / "out.tf").symlink_to(target)
    repo.commit()
    with pytest.raises(TreeProblem):
        revision(repo).read_text("out.tf")


def test_links_in_a_circle_end(repo, revision):
    (repo.home / "one").symlink_to("two")
    (repo.home / "two").symlink_to("one")
    repo.commit()
    with pytest.raises(TreeProblem, match="too many levels of symbolic links"):
        revision(repo).read_text("one")


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "a/../../x", "x\0y"])
def test_paths_do_not_leave_the_tree(repo, path, revision):
    repo.commit({"a.tf": ""})
    with pytest.raises(TreeProblem):
        revision(repo).read_bytes(path)


def test_a_file_that_is_too_large_is_refused_and_the_next_is_read(repo, revision):
    repo.commit({"large.tf": "x" * 1000, "small.tf": "y"})
    tree = revision(repo)
    with pytest.raises(TreeProblem, match="larger than"):
        tree.repository.content(tree.entries["large.tf"].blob, "large.tf", most=10)
    assert tree.read_text("small.tf") == "y"


def test_what_git_lfs_holds_is_not_there(repo, revision):
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n"
    repo.commit({"big.tf": pointer})
    with pytest.raises(TreeProblem, match="kept in Git LFS"):
        revision(repo).read_text("big.tf")


def test_a_submodule_that_moves_is_a_gap(estate):
    for commit in ("1" * 40, "2" * 40):
        estate.git("update-index", "--add", "--cacheinfo", f"160000,{commit},vendor")
        estate.git("commit", "--quiet", "--message", "vendor")
    told = estate.json("main~1", "main")
    (gap,) = told["gaps_added"]
    assert gap["what"] == "vendor is a submodule, at 2222222222"
    assert code(estate.diff("main~1", "main", "--strict")) == 3


def test_nothing_of_a_hostile_repository_is_run(estate, tmp_path):
    """Hooks, filters, text conversions, monitors, pagers: whatever a configuration names."""
    mark = tmp_path / "run"
    script = tmp_path / "evil.sh"
    script.write_text(f'#!/bin/sh\ntouch "{mark}"\nexec cat\n')
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    names = (
        *("core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "core.gitProxy"),
        *("filter.evil.clean", "filter.evil.smudge", "filter.evil.process"),
        *("diff.evil.textconv", "diff.evil.command", "diff.external", "alias.cat-file"),
        *("credential.helper", "uploadpack.packObjectsHook", "interactive.diffFilter"),
    )
    for hook in ("post-checkout", "pre-commit", "fsmonitor-watchman", "post-index-change"):
        (estate.home / ".git" / "hooks" / hook).write_text(script.read_text())
        (estate.home / ".git" / "hooks" / hook).chmod(0o755)
    (estate.home / ".git" / "hooks" / "pre-commit").unlink()
    (estate.home / "out.tf").symlink_to("/etc/passwd")
    estate.write({".gitattributes": "* filter=evil diff=evil\n"})
    estate.commit()
    estate.write({"new.tf": "", "main.tf": (ESTATE / "main.tf").read_text() + "\n# dirty\n"})
    for name in names:
        estate.git("config", name, str(script))
    estate.git("config", "core.hooksPath", str(estate.home / ".git" / "hooks"))
    mark.unlink(missing_ok=True)
    for words in (("main~1", "main"), ("main",), ("main~1...main",)):
        told = estate.json(*words)
        assert "root:" not in str(told)
    assert not mark.exists()


def test_the_environment_does_not_steer_git(estate, tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", os.devnull)
    monkeypatch.setenv("GIT_TRACE", str(tmp_path / "trace"))
    found = estate.json("main", "main")
    assert found["base"]["resources"]
    assert not (tmp_path / "trace").exists()
