"""A few lines that make functions, loops and copies do endless work: the root module runs out.

Each case runs where memory and time have an end (confined.py).
"""

import json

import pytest

from scanner.terraform.values import weight

WORK = "the root module needs more than 50,000,000 steps of work to evaluate"
TEXT = "more than 16,777,216 characters"
MEGABYTE = "x" * 1_000_000
FOREIGN = "é" * 500_000
NUMBERS = "locals { r = range(1000) }\n"
PAIRS = NUMBERS + "locals { l = setproduct(local.r, range(300)) }\n"
GRID = NUMBERS + "locals { g = [for a in local.r : [for b in range(800) : b]] }\n"


@pytest.fixture(autouse=True)
def little(monkeypatch):
    """A tenth of the work that a root module may take: it ends in the same way, and sooner."""
    monkeypatch.setattr(weight, "MAX_WORK", weight.MAX_WORK // 10)


def bucket(value):
    return f'resource "aws_s3_bucket" "x" {{ bucket = {value} }}\n'


def grown(first, step, times=60):
    """A local that `step` makes of the one before it, many times over; @ stands for that one."""
    rows = [f"  a{n} = {step.replace('@', f'local.a{n - 1}')}\n" for n in range(1, times)]
    return f"locals {{\n  a0 = {first}\n{''.join(rows)}}}\n" + bucket(f"local.a{times - 1}")


def of_file(value, content=MEGABYTE):
    """An expression over a file; it is local.big, and local.r are a thousand numbers."""
    first = NUMBERS + 'locals { big = file("a") }\n'
    return {"main.tf": first + f"locals {{ x = {value} }}\n", "a": content}


def each(call, content=MEGABYTE):
    """A thousand calls."""
    return of_file(f"[for i in local.r : {call}]", content)


CASES = {
    "jsonencode": (grown('"x"', "jsonencode([@, @])"), TEXT),
    "jsonencode of what is shared": (of_file("jsonencode([for i in local.r : local.big])"), WORK),
    "yamlencode": (each("yamlencode(local.big)", FOREIGN), WORK),
    "join": (of_file('join("", [for i in local.r : local.big])'), WORK),
    "a template": (of_file('"' + "${local.big}" * 1000 + '"'), WORK),
    "format": (of_file('format("' + "%[1]s" * 1000 + '", local.big)'), TEXT),
    "format, grown": (grown('"x"', 'format("%s%s", @, @)', 40), WORK),
    "format, wide fields": (of_file("format(local.big, 1)", "%9999[1]d" * 9000), TEXT),
    "formatlist": (of_file('formatlist("%s%s", local.r, local.big)'), TEXT),
    "replace with groups": (grown('"xxxxxxxxxx"', 'replace(@, "/(x)/", "$1$1$1$1")'), WORK),
    "substr": (each("substr(local.big, i, 1)", FOREIGN), WORK),
    "substr of line ends": (each("substr(local.big, i, 1)", "\r\n" * 200_000), WORK),
    "length": (each("length(local.big)", FOREIGN), WORK),
    "strrev": (each("strrev(local.big)", FOREIGN), WORK),
    "upper": (each("upper(local.big)", FOREIGN), WORK),
    "title": (each("title(local.big)"), WORK),
    "split": (each('split("", local.big)', "x" * 900_000), WORK),
    "urlencode": (each("urlencode(local.big)", FOREIGN), WORK),
    "distinct": (PAIRS + bucket("distinct(concat(local.l, local.l, local.l))"), WORK),
    "setunion": (PAIRS + grown("toset(local.l)", "setunion(@, local.l)"), WORK),
    "sets of objects": (
        NUMBERS
        + bucket("toset(flatten([for a in local.r : [for b in range(400) : {a = a, b = b}]]))"),
        WORK,
    ),
    "merge": (
        GRID + bucket('[for a in local.r : merge([for g in local.g : { "${a}" = g }]...)]'),
        WORK,
    ),
    "contains": (
        NUMBERS
        + "locals { l = flatten([for a in range(50) : local.r]) }\n"
        + bucket("[for x in local.l : contains(local.l, x + 2000)]"),
        WORK,
    ),
    "matchkeys": (
        NUMBERS
        + "locals { l = flatten([for a in range(50) : local.r]) }\n"
        + bucket("matchkeys(local.l, local.l, [for x in local.l : x + 1])"),
        WORK,
    ),
    "yamldecode of brackets": (of_file("yamldecode(local.big)", "[" * 100_000), "100 levels deep"),
    "yamldecode of many": (of_file("yamldecode(local.big)", "[" + "[]," * 300_000 + "]"), WORK),
    "jsondecode": (each("length(jsondecode(local.big))", json.dumps([[]] * 200_000)), WORK),
    "regexall of nothing": (of_file('regexall("", local.big)'), WORK),
    "regexall that looks ahead": (of_file('regexall("x.*y|x", local.big)'), WORK),
    "regex with groups": (of_file(f'regex("{"(" * 200}.*{")" * 200}", local.big)'), WORK),
    "parseint": (each("parseint(local.big, 16)", "9" * 9_999), WORK),
    "digests of a file": (each('filesha512("a")', "x" * 4_000_000), WORK),
    "a file": (each('file("a")', "x" * 4_000_000), WORK),
    "fileset": (
        {**each('length(fileset(".", "**"))'), **{f"d/{n}": "" for n in range(2000)}},
        WORK,
    ),
    "durations": (of_file('timeadd("2020-01-01T00:00:00Z", local.big)', "1h" * 9000), "1000"),
    "templatefile": (each('templatefile("b", {})') | {"b": "${1}" * 50_000}, WORK),
    "templatestring in itself": (
        'locals { t = "$${templatestring(t, {t=t})}$${templatestring(t, {t=t})}" }\n'
        + bucket("templatestring(local.t, {t=local.t})"),
        "templatestring",
    ),
    "comparisons": (
        GRID + f"locals {{ x = [{'local.g == [for x in local.g : x],' * 900}] }}\n",
        WORK,
    ),
    "comparisons of texts": (of_file("[" + 'local.big == "${local.big}x",' * 900 + "]"), WORK),
    "conditionals": (GRID + f"locals {{ x = [{'true ? local.g : [],' * 900}] }}\n", WORK),
    "literals in loops": (
        NUMBERS + bucket(f"[for a in local.r : [for b in local.r : [{'1,' * 1000}]]]"),
        WORK,
    ),
    "ranges in loops": (
        NUMBERS + bucket("[for a in local.r : [for b in local.r : range(1000)]]"),
        WORK,
    ),
    "loops of pairs": (
        "locals { x = "
        + "".join(f"[for a{n} in [[{f'a{n - 1}, a{n - 1}' if n else '1'}]] : " for n in range(40))
        + "length(a39)"
        + "]" * 40
        + " }\n",
        WORK,
    ),
    "a large resource, often": (
        'resource "aws_eip" "x" {\n count = 20000\n tags = {\n'
        + "".join(f"  a{n} = count.index\n" for n in range(2000))
        + " }\n}\n",
        WORK,
    ),
    "large tags, often": (
        NUMBERS
        + 'locals { t = { for i in local.r : "k${i}" => i } }\n'
        + 'resource "aws_eip" "x" {\n count = 20000\n tags = local.t\n}\n',
        WORK,
    ),
    "dynamic blocks in dynamic blocks": (
        NUMBERS
        + 'resource "aws_security_group" "x" {\n dynamic "ingress" {\n for_each = local.r\n'
        + ' content {\n dynamic "a" {\n for_each = local.r\n content {\n x = local.r\n'
        + "}\n}\n}\n}\n}\n",
        WORK,
    ),
    "a large module, often": (
        {
            "main.tf": 'module "m" {\n source = "./m"\n count = 5000\n}\n',
            "m/main.tf": "locals {\n" + "".join(f" a{n} = {n}\n" for n in range(3000)) + "}\n",
        },
        WORK,
    ),
    "what try would save": (
        NUMBERS
        + bucket("try([for a in local.r : [for b in local.r : [for c in local.r : a]]], 1)"),
        WORK,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_work_ends(gaps, name):
    files, what = CASES[name]
    found = gaps(files)
    assert any("main.tf:" in each and what in each for each in found), found
    assert sum(WORK in each for each in found) <= 1  # it is told once


def test_root_modules_share_what_work_there_is(gaps):
    endless = NUMBERS + bucket("[for a in local.r : [for b in local.r : [for c in local.r : a]]]")
    found = gaps({f"{name}/main.tf": endless for name in "abcdefg"})
    own = [each for each in found if each.endswith("50,000,000 steps of work to evaluate")]
    rest = [each for each in found if "2,000,000 steps" in each and "other root modules" in each]
    assert (len(own), len(rest)) == (3, 3)


CROWDED = "more than 500,000 lines, brackets and commas"


@pytest.mark.parametrize(
    "text",
    [
        "a {}\n" * 800_000,
        "locals { x = [" + "1," * 1_000_000 + "] }\n",
        "locals { x = [" + "1+1," * 500_000 + "] }\n",
        "locals { x = [" + "{a=1}," * 400_000 + "] }\n",
    ],
    ids=("blocks", "numbers", "sums", "objects"),
)
def test_crowded_files(gaps, text):
    assert gaps(text) == [f"main.tf:1 {CROWDED}"]


def test_what_is_told_too_often_is_counted(gaps):
    found = gaps("a {}\n" * 5_000)
    assert len(found) == 1_001
    assert found[-1] == "main.tf:1 4,000 more of the kind not-allowed in main.tf are not listed"


def test_an_index_of_thousands_of_digits(gaps):
    found = gaps(of_file("[1][local.big]", "9" * 5000))
    assert len(found) == 1
    assert "there is no element" in found[0]
