"""Which directories are root modules."""

import pytest

from scanner.terraform.roots import Root, find_roots
from scanner.tree import Directory


def roots(tmp_path, **files):
    for name, text in files.items():
        path = tmp_path / name.replace("__", "/") / "main.tf"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return find_roots(Directory(tmp_path))


def test_what_nothing_calls_is_a_root(tmp_path):
    found = roots(
        tmp_path,
        live='provider "aws" {}\nmodule "m" { source = "../modules/m" }',
        state='terraform {\n  backend "s3" {}\n}',
        modules__m='module "n" { source = "./n" }',
        modules__m__n="",
        modules__unused="",
        modules__m__examples__simple='module "m" { source = "../../" }',
    )
    assert found == (
        Root("live", certain=True),
        Root("modules/m/examples/simple"),
        Root("modules/unused"),
        Root("state", certain=True),
    )


def test_the_scanned_directory_itself_may_be_the_root(tmp_path):
    (tmp_path / "main.tf").write_text('module "m" { source = "./m" }')
    assert roots(tmp_path, m="") == (Root("."),)


def test_circles_are_all_roots(tmp_path):
    found = roots(tmp_path, a='module "b" { source = "../b" }', b='module "a" { source = "../a" }')
    assert [each.directory for each in found] == ["a", "b"]


def test_installed_modules_are_no_roots(tmp_path):
    (tmp_path / ".terraform" / "modules" / "x").mkdir(parents=True)
    (tmp_path / ".terraform" / "modules" / "x" / "main.tf").write_text("")
    (tmp_path / "node_modules").mkdir()
    assert roots(tmp_path) == ()


@pytest.mark.parametrize("name", ["x.tofu", "x.tf.json", "x.tofu.json"])
def test_all_kinds_of_files_count(tmp_path, name):
    (tmp_path / name).write_text("{}" if name.endswith("json") else "")
    assert find_roots(Directory(tmp_path)) == (Root("."),)
