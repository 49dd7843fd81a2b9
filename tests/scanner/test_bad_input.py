"""Input that is broken or hostile: one clear line each with its place, and the rest scanned."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from rules.catalogue import rule_named
from scanner.errors import ConfigProblem, TreeProblem
from scanner.pipeline import Request, scan
from scanner.reports.json import read_result
from scanner.reports.json import render as render_json
from scanner.reports.text import render
from scanner.result import Result
from scanner.terraform.roots import find_roots
from scanner.tree import MAX_BYTES, Directory

GOOD = """
resource "aws_security_group" "open" {
  ingress {
    protocol    = "tcp"
    from_port   = 22
    to_port     = 22
    cidr_blocks = ["0.0.0.0/0"]
  }
}
"""
FOUND = "The security group open is open to the internet"
RULES = tuple(filter(None, map(rule_named, ("open-group-on-nothing", "bucket-open-to-anyone"))))
EVIL = "evil\x1b[2J\x1b]0;title\x07\x9b31m\u202egnp.exe\u2066\u200b\u00ad"
STEERS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Seen:
    """What a scan said of a directory, and how it reads."""

    result: Result
    text: str

    @property
    def gaps(self):
        return {f"{gap.file}:{gap.line} {gap.what}" for gap in self.result.gaps}


def look(root: Path, rules=RULES, width=4000) -> Seen:
    result = scan(Request(root, environ={}, rules=rules))
    assert render_json(result)
    return Seen(result, render(result, width=width))


@pytest.fixture
def beside_good(tmp_path):
    """Put files beside a good one and scan all of them; the good one must be judged."""
    root = tmp_path / "root"
    root.mkdir()

    def call(**files):
        (root / "good.tf").write_text(GOOD)
        for name, content in files.items():
            path = root / name.replace("__", "/")
            path = path if path.suffix else path.with_suffix(".tf")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        seen = look(root)
        assert FOUND in seen.text
        number = len(seen.result.gaps)
        things = f"{number} thing{'s' if number > 1 else ''} not read or not modelled."
        assert (things in seen.text) == bool(number)
        return seen

    call.root = root
    return call


BROKEN = {
    "syntax": ('resource "a" "b" {\n  x = = 1\n}', {"bad.tf:2 expected an expression, found '='"}),
    "unclosed": ('resource "a" "b" {\n', {"bad.tf:1 '{' is never closed"}),
    "binary": (b"\x7fELF\0\1\2", {"bad.tf:1 bad.tf is not a text file"}),
    "not UTF-8": (b"# caf\xe9\n", {"bad.tf:1 bad.tf is not UTF-8 (byte 5)"}),
    "large": (b"#" * (MAX_BYTES + 2**20), {"bad.tf:1 bad.tf is larger than 16 MiB"}),
    "empty": (b"", set()),
    "deep brackets": (
        "locals {\n  x = " + "[" * 100_000 + "]" * 100_000 + "\n}",
        {"bad.tf:2 nested more than 80 levels deep"},
    ),
    "deep blocks": ("a {\n" * 9_000 + "}\n" * 9_000, {"bad.tf:81 nested more than 80 levels deep"}),
    "deep templates": (
        "locals {\n  x = " + '"${' * 3_000 + "1" + '}"' * 3_000 + "\n}",
        {"bad.tf:2 nested more than 80 levels deep"},
    ),
    "cycle of locals": (
        (
            "locals {\n  a = local.b\n  b = local.a\n}\n"
            'resource "aws_s3_bucket" "x" { bucket = local.a }'
        ),
        {"bad.tf:2 cycle: local.a, local.b"},
    ),
    "cycle of resources": (
        (
            'resource "aws_s3_bucket" "a" { bucket = aws_s3_bucket.b.bucket }\n'
            'resource "aws_s3_bucket" "b" { bucket = aws_s3_bucket.a.bucket }'
        ),
        {"bad.tf:1 cycle: aws_s3_bucket.a.bucket, aws_s3_bucket.b.bucket"},
    ),
    "a module that calls itself": (
        'module "me" {\n  source = "./"\n}',
        {"bad.tf:1 module.me calls itself"},
    ),
    "an undeclared variable": (
        '\nresource "aws_s3_bucket" "x" { bucket = var.nobody }',
        {"bad.tf:2 var.nobody is not declared"},
    ),
    "a count of millions": (
        '\nresource "aws_s3_bucket" "x" { count = 10000000 }',
        {"bad.tf:2 count is 10000000: more than 20000 are not expanded"},
    ),
    "a range of billions": (
        'resource "aws_s3_bucket" "x" { count = length(range(0, 1e9)) }',
        {
            (
                'bad.tf:1 Call to function "range" failed: more than 1024 values were generated; '
                "either decrease the difference between start and end or use a smaller step."
            )
        },
    ),
    "text that grows tenfold": (
        "locals {\n"
        + "".join(f'  a{n} = replace(local.a{n - 1}, "x", "xxxxxxxxxx")\n' for n in range(1, 12))
        + '  a0 = "x"\n}\nresource "aws_s3_bucket" "x" { bucket = local.a11 }',
        {
            (
                'bad.tf:9 Call to function "replace" failed: the result would have more than '
                "16,777,216 characters."
            )
        },
    ),
    "files outside the root": (
        (
            'resource "aws_s3_bucket" "x" {\n  bucket = file("../secret")\n  tags   = {\n'
            '    passwd = file("/etc/passwd")\n  }\n}'
        ),
        {
            'bad.tf:2 file("../secret") could not be read',
            'bad.tf:4 file("/etc/passwd") could not be read',
        },
    ),
    "a module outside the root": (
        'module "m" {\n  source = "../outside"\n}',
        {"bad.tf:1 module.m: '../outside' leaves the scanned directory"},
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_said_once_with_its_line(beside_good, name):
    content, expected = BROKEN[name]
    beside_good.root.with_name("secret").write_text("hunter2")
    beside_good.root.with_name("outside").mkdir()
    seen = beside_good(bad=content)
    assert seen.gaps == expected
    for line in expected:
        place, _, what = line.partition(" ")
        assert seen.text.count(f"- {place}  {what}") == 1
    assert "hunter2" not in render_json(seen.result)


def test_a_missing_module_names_the_command_that_fetches_it(beside_good):
    seen = beside_good(
        live__main='\nmodule "vpc" {\n  source = "terraform-aws-modules/vpc/aws"\n}\n'
        'resource "aws_subnet" "x" { vpc_id = module.vpc.vpc_id }'
    )
    said = "module.vpc: terraform-aws-modules/vpc/aws is not installed"
    assert seen.gaps == {f"live/main.tf:2 {said}"}
    assert f"terraform -chdir={beside_good.root / 'live'} get" in seen.text


def test_the_command_can_be_pasted_whatever_the_directory_is_called(tmp_path):
    root = tmp_path / "my estate; rm -rf"
    root.mkdir()
    (root / "main.tf").write_text('module "m" {\n  source = "some/thing/aws"\n}')
    assert f"terraform -chdir='{root}' get" in look(root).text


def test_modules_that_call_each_other_end(beside_good):
    seen = beside_good(
        bad='module "a" {\n  source = "./a"\n}',
        a__main='module "b" {\n  source = "../b"\n}',
        b__main='module "a" {\n  source = "../a"\n}',
    )
    assert seen.gaps == {"b/main.tf:1 module.a.module.b.module.a calls itself"}


def test_a_variable_without_a_value_is_what_an_open_answer_waits_for():
    seen = look(Path(__file__).parent / "estate", (rule_named("ssh-open-to-internet"),))
    (unknown,) = seen.result.unknowns
    assert (unknown.what, unknown.file, unknown.decides) == ("var.office", "main.tf", 1)
    assert unknown.fix == "set it: --var office=..."
    assert "1 answer cannot be told." in seen.text
    assert "- var.office: variable without a value; decides 1 answer  main.tf:" in seen.text
    assert "ssh-open-to-internet on aws_instance.web" in seen.text


def test_an_alias_bomb_is_defused(beside_good):
    levels = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    levels += [
        f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]"
        for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    seen = beside_good(
        bad='locals {\n  y = yamldecode(file("bomb.yaml"))\n}\n'
        'resource "aws_s3_bucket" "x" { bucket = local.y.i[0][0][0][0][0][0][0][0][0] }',
        **{"bomb.yaml": "\n".join(levels)},
    )
    said = 'Call to function "yamldecode" failed: the document holds more than 200,000 values.'
    assert seen.gaps == {f"bad.tf:2 {said}"}


def test_a_regular_expression_cannot_backtrack(beside_good):
    seen = beside_good(
        bad='resource "aws_s3_bucket" "x" {\n'
        f'  count = length(regexall("^(a+)+$", "{"a" * 5_000}b"))\n'
        "}"
    )
    assert seen.gaps == set()
    assert sum(root.resources for root in seen.result.coverage.roots) == 1


def test_a_directory_a_pipe_and_circles_of_links(beside_good):
    root = beside_good.root
    (root / "folder.tf").mkdir()
    os.mkfifo(root / "pipe.tf")
    (root / "one.tf").symlink_to("two.tf")
    (root / "two.tf").symlink_to("one.tf")
    (root / "again").symlink_to(".")
    seen = beside_good()
    assert seen.gaps == {
        "pipe.tf:1 pipe.tf is not a regular file",
        "one.tf:1 one.tf cannot be read: too many levels of symbolic links",
        "two.tf:1 two.tf cannot be read: too many levels of symbolic links",
    }


def test_links_that_lead_out_or_nowhere(beside_good):
    beside_good.root.with_name("secret.tf").write_text('resource "aws_s3_bucket" "stolen" {}')
    (beside_good.root / "out.tf").symlink_to("../secret.tf")
    (beside_good.root / "gone.tf").symlink_to("nowhere.tf")
    seen = beside_good()
    assert seen.gaps == {
        "out.tf:1 out.tf is a link out of the scanned directory",
        "gone.tf:1 gone.tf cannot be read: no such file or directory",
    }
    assert "stolen" not in render_json(seen.result)


class Closed(Directory):
    """A directory in which one may not look into `shut`."""

    def files(self, directory):
        if directory == "shut":
            raise TreeProblem("shut cannot be read: permission denied")
        return super().files(directory)


def test_a_directory_that_may_not_be_listed_is_not_passed_over(tmp_path):
    (tmp_path / "shut").mkdir()
    (tmp_path / "main.tf").write_text(GOOD)
    assert [root.directory for root in find_roots(Closed(tmp_path))] == [".", "shut"]


def test_a_directory_too_deep_to_open_is_said(tmp_path):
    (tmp_path / "good.tf").write_text(GOOD)
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(20):  # beyond the 4,096 characters that a path may have
        os.mkdir("d" * 250, dir_fd=here)
        deeper = os.open("d" * 250, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = deeper
    os.close(here)
    seen = look(tmp_path)
    assert FOUND in seen.text
    assert any("cannot be read: file name too long" in gap for gap in seen.gaps)


@pytest.mark.parametrize("files", [(), ("notes.md", "main.py")])
def test_nothing_to_scan_is_said(tmp_path, files):
    for name in files:
        (tmp_path / name).touch()
    seen = look(tmp_path)
    assert seen.gaps == {":0 there is no Terraform here"}
    assert f"Nothing was judged: there is no Terraform in {tmp_path}." in seen.text
    assert seen.result.frameworks == ()


def test_names_that_are_no_unicode(beside_good):
    strange = beside_good.root / os.fsdecode(b"\xff\xfe")
    strange.mkdir()
    (strange / os.fsdecode(b"\xff.tf")).write_text('resource "aws_s3_bucket" "x" {}\nx = = 1')
    seen = beside_good()
    assert "\ufffd.tf:2  expected an expression" in seen.text
    assert "??/?.tf" in render_json(seen.result)


def test_what_steers_a_terminal_does_not_reach_it(beside_good, tmp_path):
    quoted = EVIL.encode("unicode_escape").decode().replace("\\x", "\\u00")
    seen = beside_good(
        bad=f'resource "aws_s3_bucket" "x" {{\n  bucket = "{quoted}"\n  acl = "public-read"\n'
        f'  tags = {{ Name = "{quoted}", "{quoted}" = "health" }}\n}}\n'
        f'resource "aws_security_group" "y" {{\n  name = "{quoted}"\n  description = "{EVIL}"\n'
        '  ingress {\n    protocol = "-1"\n    from_port = 0\n    to_port = 0\n'
        '    cidr_blocks = ["0.0.0.0/0"]\n  }\n}\n'
        f'locals {{ z = file("{quoted}") }}\n'
        'resource "aws_s3_bucket" "z" { bucket = local.z }\n',
        **{f"{EVIL}.tf": "x = = 1"},
    )
    assert "evil\ufffd[2J\ufffd" in seen.text
    assert STEERS.findall(seen.text) == []
    assert STEERS.findall(render(seen.result, width=80, colour=True).replace("\x1b[", "")) == []
    written = tmp_path / "result.json"
    written.write_text(render_json(seen.result))
    assert STEERS.findall(written.read_text()) == []
    assert read_result(written) == seen.result, "escaped, not lost"


def test_settings_with_an_unknown_key_name_the_line(tmp_path):
    from scanner.config import load_config

    (tmp_path / "pathwarden.yaml").write_text("version: 1\nfail_onn: high\n")
    with pytest.raises(ConfigProblem, match=r"pathwarden\.yaml:2: unknown key 'fail_onn'"):
        load_config(tmp_path)
