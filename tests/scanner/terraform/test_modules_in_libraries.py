"""Modules that are not installed, found by their source in directories of modules."""

from pathlib import Path

import pytest

from scanner.config import load_config
from scanner.errors import ConfigProblem, TreeProblem
from scanner.estates import Request, estates
from scanner.mounts import mounted
from scanner.terraform.library import found_in

LEAF = 'variable "name" { default = "q" }\nresource "aws_sqs_queue" "q" { name = var.name }\n'


def put(home: Path, *directories: str) -> None:
    for each in directories:
        (home / each).mkdir(parents=True, exist_ok=True)
        (home / each / "main.tf").write_text(LEAF)


@pytest.mark.parametrize(
    ("source", "version", "there", "found"),
    [
        ("terraform-aws-modules/vpc/aws", "", ["terraform-aws-modules/vpc/aws", "vpc/aws"], 0),
        ("terraform-aws-modules/vpc/aws", "", ["vpc", "aws"], None),
        ("terraform-aws-modules/vpc/aws", "", ["terraform-aws-vpc"], 0),
        ("terraform-aws-modules/vpc/aws", "", ["terraform-aws-modules/terraform-aws-vpc"], 0),
        ("app.terraform.io/acme/net/aws", "", ["app.terraform.io/acme/net/aws"], 0),
        ("app.terraform.io/acme/net/aws//hub", "", ["acme/net/aws", "acme/net/aws/hub"], 1),
        ("acme/net/aws", "1.2.0", ["net/aws", "net/aws/1.2.0"], 1),
        ("acme/net/aws", "= 1.2.0", ["net/aws/1.2.0"], 0),
        ("acme/net/aws", "~> 1.2", ["net/aws/1.2.0"], None),
        ("git::https://github.com/acme/net.git", "", ["net"], 0),
        ("git::https://github.com/acme/net.git//hub?ref=v2", "", ["net/hub", "net/v2/hub"], 1),
        ("git::ssh://git@github.com/acme/net.git?ref=v2&depth=1", "", ["acme/net"], 0),
        ("git@github.com:acme/net.git", "", ["github.com/acme/net", "net"], 0),
        ("github.com/acme/net//modules/a", "", ["net/modules/a"], 0),
        ("https://host/modules/net.zip", "", ["modules/net"], 0),
        ("s3::https://s3.amazonaws.com/bucket/net.tar.gz", "", ["bucket/net"], 0),
        ("git::https://host/../../etc", "", ["etc"], None),
        ("git::https://host/net//../../etc", "", ["etc"], None),
        ("acme/net/aws", "../../etc", ["etc"], None),
        ("", "", ["a"], None),
    ],
)
def test_a_module_is_found_by_the_tail_of_its_source(tmp_path, source, version, there, found):
    put(tmp_path / "code", ".")
    put(tmp_path / "lib", *there)
    tree, libraries = mounted(tmp_path / "code", [tmp_path / "lib"])
    expected = None if found is None else f"(lib)/{there[found]}"
    assert found_in(tree, libraries, source, version) == expected


def test_the_first_directory_that_has_it_counts(tmp_path):
    put(tmp_path, "code", "code/vendor/net", "one/other", "two/net")
    directories = [tmp_path / "one", tmp_path / "two", tmp_path / "code" / "vendor"]
    tree, libraries = mounted(tmp_path / "code", directories)
    assert libraries == ("(one)", "(two)", "vendor")
    assert found_in(tree, libraries, "git::https://x/net", "") == "(two)/net"


def test_a_scan_reads_them_and_takes_none_of_them_for_a_root(tmp_path):
    call = 'module "m" {\n  source = "git::https://x/acme/net.git"\n  name = "mine"\n}\n'
    (tmp_path / "live").mkdir()
    (tmp_path / "live" / "main.tf").write_text(call)
    (tmp_path / "pathwarden.yaml").write_text("version: 1\nmodules: [vendor]\n")
    put(tmp_path, "vendor/net", "vendor/unused")
    (tmp_path / "vendor" / "net" / "sub.tf").write_text('module "s" { source = "./sub" }')
    put(tmp_path, "vendor/net/sub")
    (read,) = estates(Request(tmp_path, load_config(tmp_path), environ={}))
    assert {each.id: each.values["name"] for each in read.evaluated.resources} == {
        "module.m.aws_sqs_queue.q": "mine",
        "module.m.module.s.aws_sqs_queue.q": "q",
    }
    assert read.evaluated.gaps == ()


def test_what_is_installed_comes_first(tmp_path):
    put(tmp_path, "lib/net", ".terraform/modules/m")
    (tmp_path / "main.tf").write_text('module "m" { source = "git::https://x/net" }')
    rows = '{"Modules": [{"Key": "m", "Source": "x", "Dir": ".terraform/modules/m"}]}'
    (tmp_path / ".terraform/modules/modules.json").write_text(rows)
    (read,) = estates(Request(tmp_path, environ={}, modules=[tmp_path / "lib"]))
    assert list(read.evaluated.sources) == ["main.tf", ".terraform/modules/m/main.tf"]


def test_a_directory_of_modules_in_settings_stays_in_the_repository(tmp_path):
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    (tmp_path / "outside").mkdir()
    (tmp_path / "repository" / "link").symlink_to(tmp_path / "outside")
    for name, message in {
        "link": "leads out",
        "../outside": "leaves",
        "none": "not a directory",
        "/etc": "not a path",
    }.items():
        (tmp_path / "repository" / "pathwarden.yaml").write_text(f"version: 1\nmodules: [{name}]\n")
        with pytest.raises(ConfigProblem, match=message):
            load_config(tmp_path / "repository")


def test_a_module_elsewhere_sees_its_own_directory_alone(tmp_path):
    put(tmp_path, "code", "lib/net")
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "lib" / "net" / "main.tf").write_text(
        'output "a" { value = file("${path.module}/own.txt") }\n'
        'output "b" { value = file("${path.module}/../../secret.txt") }\n'
    )
    (tmp_path / "lib" / "net" / "own.txt").write_text("own")
    (tmp_path / "code" / "main.tf").write_text(
        'module "m" { source = "git::https://x/net" }\n'
        'output "a" { value = module.m.a }\noutput "b" { value = module.m.b }\n'
    )
    (read,) = estates(Request(tmp_path / "code", environ={}, modules=[tmp_path / "lib"]))
    assert read.evaluated.outputs["a"] == "own"
    assert read.evaluated.outputs["b"] != "secret"
    assert read.evaluated.gaps


def test_mounted_directories_are_trees_of_their_own(tmp_path):
    put(tmp_path, "code/(lib)", "one/lib/a", "two/lib/b")
    tree, names = mounted(tmp_path / "code", [tmp_path / "one" / "lib", tmp_path / "two" / "lib"])
    assert names == ("(lib 2)", "(lib 3)"), "(lib) is taken"
    assert tree.files("(lib 2)/a") == ("(lib 2)/a/main.tf",)
    assert tree.read_text("(lib 3)/b/main.tf") == LEAF
    assert tree.is_dir("(lib 2)")
    assert not tree.exists("(lib 2)/b")
    assert list(tree.walk()) == [".", "(lib)"], "only what is scanned is walked"
    assert list(tree.walk("(lib 3)")) == ["(lib 3)", "(lib 3)/b"]
    for path in ("../one/lib/a/main.tf", "(lib 2)/../../one", str(tmp_path)):
        with pytest.raises(TreeProblem):
            tree.exists(path)
    with pytest.raises(TreeProblem):
        mounted(tmp_path / "code", [tmp_path / "none"])


@pytest.mark.parametrize("home", [".terraform/modules/m", "../lib/net"])
def test_a_module_finds_the_files_beside_it_wherever_it_stands(tmp_path, home):
    module = tmp_path / "code" / home
    (module / "policies").mkdir(parents=True)
    (module / "policies" / "a.json").write_text("{}")
    (module / "main.tf").write_text(
        'output "o" { value = fileset("${path.module}/policies", "*.json") }'
    )
    (tmp_path / "code" / "main.tf").parent.mkdir(exist_ok=True)
    (tmp_path / "code" / "main.tf").write_text(
        'module "m" { source = "git::https://x/net" }\noutput "o" { value = module.m.o }\n'
    )
    (tmp_path / "lib").mkdir(exist_ok=True)
    if home.startswith(".terraform"):
        rows = '{"Modules": [{"Key": "m", "Source": "x", "Dir": ".terraform/modules/m"}]}'
        (tmp_path / "code/.terraform/modules/modules.json").write_text(rows)
    (read,) = estates(Request(tmp_path / "code", environ={}, modules=[tmp_path / "lib"]))
    assert read.evaluated.outputs["o"] == ("a.json",)
