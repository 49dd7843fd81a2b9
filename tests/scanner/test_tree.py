"""The tree is a wall: nothing outside its root is read, and nothing inside hangs it."""

import os
from pathlib import Path

import pytest

from scanner.errors import TreeProblem
from scanner.tree import Directory, normal


@pytest.fixture
def root(tmp_path: Path) -> Path:
    inside = tmp_path / "root"
    (inside / "modules" / "a").mkdir(parents=True)
    (inside / "main.tf").write_text("# é\n", encoding="utf-8")
    (inside / "modules" / "a" / "b.tf").write_bytes(b"\xef\xbb\xbfx = 1\n")
    (tmp_path / "secret.tf").write_text("secret")
    return inside


def test_reads_text_as_it_stands(root: Path) -> None:
    tree = Directory(root)
    assert tree.read_text("main.tf") == "# é\n"
    assert tree.read_text("modules/a/b.tf") == "\ufeffx = 1\n", "valid in HCL and not in JSON"
    assert tree.read_text("modules/../main.tf") == "# é\n"


def test_lists_files_and_directories_in_order(root: Path) -> None:
    (root / "a.tf").touch()
    (root / ".git" / "objects").mkdir(parents=True)
    (root / "node_modules").mkdir()
    (root / ".terraform" / "modules").mkdir(parents=True)
    (root / ".terraform" / "modules" / "modules.json").write_text("{}")
    tree = Directory(root)
    assert tree.files(".") == ("a.tf", "main.tf")
    assert tree.files("modules/a") == ("modules/a/b.tf",)
    assert list(tree.walk()) == [".", "modules", "modules/a"]
    assert tree.read_text(".terraform/modules/modules.json") == "{}"


@pytest.mark.parametrize(
    "path", ["../secret.tf", "modules/../../secret.tf", "/etc/passwd", "..", "a\0b", "C:/x"]
)
def test_refuses_paths_that_leave_the_root(root: Path, path: str) -> None:
    tree = Directory(root)
    for ask in (tree.read_bytes, tree.exists, tree.is_dir, tree.files):
        with pytest.raises(TreeProblem):
            ask(path)


def test_refuses_links_that_leave_the_root(root: Path) -> None:
    (root / "link.tf").symlink_to(root.parent / "secret.tf")
    (root / "out").symlink_to(root.parent)
    tree = Directory(root)
    for path in ("link.tf", "out/secret.tf", "out"):
        with pytest.raises(TreeProblem, match="link out"):
            tree.read_text(path)
    assert "out" not in list(tree.walk())
    assert "link.tf" in tree.files("."), "listed, so that reading it is noticed"


def test_reads_links_that_stay_inside(root: Path) -> None:
    (root / "again.tf").symlink_to("modules/a/b.tf")
    assert Directory(root).read_text("again.tf") == "\ufeffx = 1\n"


def test_links_in_a_circle_end(root: Path) -> None:
    (root / "one").symlink_to("two")
    (root / "two").symlink_to("one")
    (root / "modules" / "up").symlink_to("..")
    tree = Directory(root)
    with pytest.raises(TreeProblem):
        tree.read_bytes("one")
    assert list(tree.walk()) == [".", "modules", "modules/a"]


def test_refuses_what_is_no_text(root: Path) -> None:
    (root / "binary.tf").write_bytes(b"a\0b")
    (root / "latin.tf").write_bytes(b"\xe9")
    tree = Directory(root)
    for path in ("binary.tf", "latin.tf", "modules", "missing.tf"):
        with pytest.raises(TreeProblem):
            tree.read_text(path)


def test_refuses_pipes_and_large_files(root: Path) -> None:
    os.mkfifo(root / "pipe.tf")
    (root / "large.tf").write_text("x" * 11)
    tree = Directory(root)
    for path in ("pipe.tf", "large.tf"):
        with pytest.raises(TreeProblem):
            tree.read_bytes(path, 10)


def test_normal_is_one_spelling() -> None:
    assert normal("") == normal("./") == normal("a/..") == "."
    assert normal("a//b/./c") == "a/b/c"


def test_an_unreadable_root_is_said(tmp_path: Path) -> None:
    with pytest.raises(TreeProblem, match="not a directory"):
        Directory(tmp_path / "none")
