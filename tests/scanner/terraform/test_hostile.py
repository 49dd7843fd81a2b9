"""Input that wants to fill the memory, the disk or the day: one clear line with its place, soon.

Each case runs where memory and time have an end (confined.py).
"""

import base64
import gzip
import os
import subprocess

import pytest

from scanner.errors import PathwardenError
from scanner.terraform.evaluate import evaluate_root
from scanner.tree import Directory


def bucket(value):
    return f'resource "aws_s3_bucket" "x" {{ bucket = {value} }}\n'


def grown(first, step, times=60):
    """A local that `step` makes of the one before it, many times over; @ stands for that one."""
    rows = [f"  a{n} = {step.replace('@', f'local.a{n - 1}')}\n" for n in range(1, times)]
    return f"locals {{\n  a0 = {first}\n{''.join(rows)}}}\n" + bucket(f"local.a{times - 1}")


R = "locals { r = range(1000) }\n"
DEEP = "nested more than 80 levels deep"
PARSED = {
    "brackets": ("locals { x = " + "[" * 100_000, "main.tf:1 " + DEEP),
    "parentheses": ("locals { x = " + "(" * 100_000, "main.tf:1 " + DEEP),
    "objects": ("locals { x = " + "{a=" * 100_000, "main.tf:1 " + DEEP),
    "templates": ("locals { x = " + '"${' * 100_000, "main.tf:1 " + DEEP),
    "calls": ("locals { x = " + "f(" * 100_000, "main.tf:1 " + DEEP),
    "indexes": ("locals { x = " + "a[" * 100_000, "main.tf:1 " + DEEP),
    "results of conditionals": (
        "locals { x = " + "true?" * 100_000 + "1" + ":2" * 100_000 + " }\n",
        "main.tf:1 " + DEEP,
    ),
    "directives": (
        'locals { x = "' + "%{if true}" * 50_000 + "%{endif}" * 50_000 + '" }\n',
        "main.tf:1 " + DEEP,
    ),
    "blocks": ("a {\n" * 100_000, "main.tf:81 " + DEEP),
    "heredocs in heredocs": ("locals {\n x = " + "<<E\n${" * 50_000, "main.tf:42 " + DEEP),
    "conditionals": (
        "locals { x = " + "true ? 1 : " * 100_000 + "2 }\n",
        "main.tf:1 an expression more than 240 levels deep",
    ),
    "signs": (
        "locals { x = " + "!" * 200_000 + "true }\n",
        "main.tf:1 an expression more than 240 levels deep",
    ),
    "operators": (
        "locals { x = 1" + "+1" * 100_000 + " }\n",
        "main.tf:1 an expression more than 240 levels deep",
    ),
    "attributes": (
        "locals { x = a" + ".b" * 100_000 + " }\n",
        "main.tf:1 a reference of more than 100 names",
    ),
    "splats": ("locals { x = a" + "[*]" * 100_000 + " }\n", "main.tf:1 " + DEEP),
    "an open heredoc": (
        "locals {\n x = <<E\n" + "x\n" * 400_000,
        "main.tf:2 the heredoc is never closed by a line 'E'",
    ),
    "many open heredocs": (
        "".join(f"x{n} = <<E{n}\n" for n in range(50_000)),
        "main.tf:1 the heredoc is never closed by a line 'E0'",
    ),
    "digits": ("locals { x = " + "9" * 100_000 + " }\n", "main.tf:1 a number with too many digits"),
    "exponents": ("locals { x = 1e999999999 }\n", "main.tf:1 a number with too many digits"),
    "a file": ("#" * 5_000_000, "main.tf:1 larger than 4,194,304 characters"),
    "a larger file": ("#" * 17_000_000, "main.tf:1 main.tf is larger than 16 MiB"),
    "a zero byte": ('x = "\0"\n', "main.tf:1 main.tf is not a text file"),
    "JSON arrays": ({"main.tf.json": "[" * 1_000_000}, "main.tf.json:1 " + DEEP),
    "JSON objects": ({"main.tf.json": '{"a":' * 100_000}, "main.tf.json:1 " + DEEP),
    "JSON digits": (
        {"main.tf.json": '{"locals":{"x":' + "9" * 1_000_000 + "}}"},
        "main.tf.json:1 a number with too many digits",
    ),
    "JSON exponents": (
        {"main.tf.json": '{"locals":\n{"x":1e999999}}'},
        "main.tf.json:2 a number with too many digits",
    ),
    "an open JSON string": (
        {"main.tf.json": '{"locals":{"x":"' + "a" * 3_000_000},
        "main.tf.json:1 '\"' is not JSON",
    ),
    "not UTF-8": ({"main.tf": b'x = "\xff"\n'}, "main.tf:1 main.tf is not UTF-8 (byte 5)"),
}


@pytest.mark.parametrize("name", PARSED)
def test_syntax(gaps, name):
    files, expected = PARSED[name]
    assert expected in gaps(files)


WORK = "more than 500,000,000 steps of work"
ELEMENTS, TEXT = "1,000,000 elements", "16,777,216 characters"
EVALUATED = {
    "count": ('\nresource "a" "b" { count = 1e9 }', "main.tf:2", "more than 20000"),
    "many counts": (
        "".join(f'resource "aws_eip" "x{n}" {{ count = 20000 }}\n' for n in range(9)),
        "main.tf:2",
        "more than 20000 resources",
    ),
    "range": (bucket("range(0, 1e9)"), "main.tf:1", "more than 1024 values"),
    "loops in loops": (
        R + bucket("[for a in local.r : [for b in local.r : [for c in local.r : a]]]"),
        "main.tf:2",
        WORK,
    ),
    "text twice as long": (grown('"x"', '"${@}${@}"'), "main.tf:", WORK),
    "heredoc twice as long": (grown('"x"', "<<E\n${@}${@}\nE"), "main.tf:", WORK),
    "concat": (grown('["x"]', "concat(@, @)"), "main.tf:", ELEMENTS),
    "tuples of tuples": (grown('["x"]', "[@, @]"), "main.tf:", "1,000,000 parts"),
    "objects of objects": (grown('{ a = "x" }', "{ a = @, b = @ }"), "main.tf:", "1,000,000 parts"),
    "depth": (grown("1", "[@]", 400), "main.tf:", "300 levels deep"),
    "join": (grown('"0123456789"', "join(@, [@, @, @])"), "main.tf:", TEXT),
    "replace": (grown('"xxxxxxxxxx"', 'replace(@, "x", @)'), "main.tf:", TEXT),
    "a wide field": (bucket('format("%999999999d", 1)'), "main.tf:1", "10,000 characters"),
    "many decimals": (bucket('format("%.999999999f", 1)'), "main.tf:1", "10,000 characters"),
    "setproduct": (R + bucket("setproduct(local.r, local.r, local.r)"), "main.tf:2", ELEMENTS),
    "flatten": (grown("[1]", "flatten([@, @])"), "main.tf:", ELEMENTS),
    "base64": (grown('"x"', 'base64encode("${@}${@}")'), "main.tf:", "characters"),
    "templatestring": (
        'locals { t = "$${t}$${t}" }\n' + grown('"x"', "templatestring(local.t, { t = @ })"),
        "main.tf:",
        "characters",
    ),
    "powers of powers": (grown("9", "pow(@, @)", 12), "main.tf:", ""),
    "products of products": (grown("1e300", "@ * @"), "main.tf:", ""),
    "cidrsubnets": (
        bucket(f'cidrsubnets("10.0.0.0/8", {", ".join(["4"] * 20_000)})'), "main.tf:1", ""
    ),
    "jsondecode": (
        {"main.tf": bucket('jsondecode(file("a"))'), "a": "[" * 1_000_000},
        "main.tf:1",
        "nested too deeply",
    ),
    "YAML anchors": (
        {
            "main.tf": bucket('yamldecode(file("a"))'),
            "a": "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
            + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)),
        },
        "main.tf:1",
        "more than 200,000 values",
    ),
    "gzip": (
        bucket(f'base64gunzip("{base64.b64encode(gzip.compress(b"x" * 50_000_000)).decode()}")'),
        "main.tf:1",
        "",
    ),
    "a template that reads itself": (
        {"main.tf": bucket('templatefile("a", {})'), "a": '${templatefile("a", {})}'},
        "main.tf:1",
        "templatefile",
    ),
    "templates that read two each": (
        {
            "main.tf": bucket('templatefile("a0", {})'),
            **{
                f"a{n}": f'${{templatefile("a{n + 1}", {{}})}}${{templatefile("a{n + 1}", {{}})}}'
                for n in range(40)
            },
        },
        "main.tf:1",
        "",
    ),
    "a repetition in a pattern": (
        bucket('regex("((((a{1,100}){1,100}){1,100}){1,100})", "a")'), "main.tf:1", "regex"
    ),
    "locals in a circle": (
        "locals {\n" + "".join(f"  a{n} = local.a{(n + 1) % 1000}\n" for n in range(1000)) + "}\n",
        "main.tf:",
        "values depend on each other 400 levels deep",
    ),
    "a module in itself": ('module "m" { source = "./" }\n', "main.tf:1", "calls itself"),
    "modules in a circle": (
        {
            "main.tf": 'module "m" { source = "./a" }\n',
            "a/main.tf": 'module "m" { source = "../b" }\n',
            "b/main.tf": 'module "m" { source = "../a" }\n',
        },
        "b/main.tf:1",
        "calls itself",
    ),
    "modules that call two each": (
        {
            "main.tf": 'module "a" { source = "./m0" }\nmodule "b" { source = "./m0" }\n',
            **{
                f"m{n}/main.tf": f'module "a" {{ source = "../m{n + 1}" }}\n'
                f'module "b" {{ source = "../m{n + 1}" }}\n'
                for n in range(30)
            },
        },
        "main.tf:1",
        "more than",
    ),
    "modules of modules by the thousand": (
        {
            "main.tf": 'module "a" {\n source = "./m"\n count = 1000\n}\n',
            "m/main.tf": 'module "a" {\n source = "../n"\n count = 1000\n}\n',
            "n/main.tf": 'resource "aws_eip" "x" {}\n',
        },
        "main.tf:",
        "more than 20000",
    ),
    "unknown texts": (
        'variable "v" {}\n' + grown('"${var.v}x"', '"${@}${@}"'), "main.tf:", "unknown parts"
    ),
    "optional attributes": (
        'variable "v" {\n type = list(object({'
        + ",".join(f"a{n}=optional(string, {n})" for n in range(1000))
        + "}))\n default = ["
        + "{}," * 5000
        + "]\n}\n"
        + bucket("var.v[0].a0"),
        "main.tf:",
        "may have more than 2,000,000 parts",
    ),
    "a link out": ({"main.tf": bucket('file("/etc/passwd")')}, "main.tf:1", "could not be read"),
}  # fmt: skip


@pytest.mark.parametrize("name", EVALUATED)
def test_evaluation(gaps, name):
    files, place, what = EVALUATED[name]
    found = gaps(files)
    assert any(place in each and what in each for each in found), found


HARMLESS = {
    "a chain of locals": "locals {\n"
    + "".join(f"  a{n} = local.a{n + 1}\n" for n in range(300))
    + "  a300 = 1\n}\n"
    + bucket("local.a0"),
    "a pattern that backtracks elsewhere": bucket(f'regex("(a*)*$", "{"a" * 50_000}b") == null'),
    "many small files": {f"f{n}.tf": f"locals {{ x{n} = 1 }}\n" for n in range(2000)},
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_only_looks_dangerous(gaps, name):
    assert gaps(HARMLESS[name]) == []


def test_a_file_that_is_wrong_all_over(gaps):
    found = gaps({"main.tf.json": '{"locals":{' + ",".join(['\n"a":1'] * 20_000) + "}}"})
    assert found[0] == "main.tf.json:3 argument 'a' is set twice"
    assert len(found) == 1_001


@pytest.fixture
def emptied(tmp_path):
    """A directory that is empty again afterwards: pytest clears none that is very deep."""
    yield tmp_path
    subprocess.run(["rm", "-rf", tmp_path / "d"], check=True)


@pytest.mark.parametrize("depth", [300, 1500])
def test_directories_however_deep(emptied, gaps, depth):
    home = os.open(emptied, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=home)
        below = os.open("d", os.O_RDONLY, dir_fd=home)
        os.close(home)
        home = below
    os.close(home)
    (emptied / ("d/" * depth) / "x.tf").write_text("x = = 1\n")
    assert gaps(bucket(1)) == [f"{'d/' * depth}x.tf:1 expected an expression, found '='"]


def test_files_are_bounded_in_all(gaps):
    found = gaps({f"f{n}.tf": f"# {n}" + "#" * 4_000_000 for n in range(10)})
    assert found == [f"f{n}.tf:1 more than 32 MiB of configuration in all" for n in (8, 9)]


def test_what_is_no_file(tmp_path, gaps):
    os.mkfifo(tmp_path / "pipe.tf")
    (tmp_path / "device.tf").symlink_to("/dev/zero")
    (tmp_path / "out.tf").symlink_to("/etc/passwd")
    (tmp_path / "up").symlink_to("..")
    assert set(gaps('module "m" { source = "../x" }\n')) == {
        "device.tf:1 device.tf is a link out of the scanned directory",
        "out.tf:1 out.tf is a link out of the scanned directory",
        "pipe.tf:1 pipe.tf is not a regular file",
        "main.tf:1 module.m: '../x' leaves the scanned directory",
    }


def test_every_problem_is_one_of_ours(tmp_path):
    """Whatever stops a root module is an error of ours, which the command line catches."""
    (tmp_path / "main.tf").write_text("locals { x = var.x }\n")
    with pytest.raises(PathwardenError):
        evaluate_root(Directory(tmp_path), "../elsewhere")
