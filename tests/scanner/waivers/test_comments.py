"""Waivers in comments: where they stand, what they cover, what is wrong with them."""

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.unknown import Place
from rules.catalogue import all_rules
from scanner.terraform.remarks import MOST, Remark, remarks
from scanner.terraform.syntax import hcl2_syntax, json_syntax, parse
from scanner.waivers.reading import waivers_in
from scanner.waivers.waiver import By, Waiver

KNOWN = {rule.id for rule in all_rules()}
RULE, OTHER = "bucket-not-versioned", "bucket-access-not-logged"

WRITTEN = """\
# pathwarden:ignore detached

# pathwarden:ignore above
# another comment
resource "aws_a" "a" {
  x = 1 # pathwarden:ignore line
  # pathwarden:ignore inside
  y = 1
  # pathwarden:ignore above-nested
  ingress {
    # pathwarden:ignore inside-nested
    z = 1
    w = 2 /* pathwarden:ignore line-nested */
  } // pathwarden:ignore closing-nested
  # pathwarden:ignore before-an-empty-line

} # pathwarden:ignore closing
resource "aws_b" "b" {} # pathwarden:ignore on-one-line
/* pathwarden:ignore before */ module "m" {
   source = "./x" # pathwarden:ignore argument-of-a-call
}
data "d" "e" { # pathwarden:ignore opening
}
# pathwarden:ignore at-the-end
"""
A, B, M, D = (f"infra//{name}" for name in ("aws_a.a", "aws_b.b", "module.m", "data.d.e"))


def lines(*numbers):
    return Place("infra/main.tf", *numbers)


@pytest.mark.parametrize(
    ("word", "block", "part"),
    [
        ("detached", "", None),
        ("above", A, None),
        ("line", A, lines(6, 6)),
        ("inside", A, None),
        ("above-nested", A, lines(10, 14)),
        ("inside-nested", A, lines(10, 14)),
        ("line-nested", A, lines(13, 13)),
        ("closing-nested", A, lines(10, 14)),
        ("before-an-empty-line", A, None),
        ("closing", A, None),
        ("on-one-line", B, None),
        ("before", M, None),
        ("argument-of-a-call", M, None),
        ("opening", D, None),
        ("at-the-end", "", None),
    ],
)
def test_what_a_comment_stands_at(word, block, part):
    found = {
        r.text.removesuffix("*/").split()[-1]: r for r in remarks(parse(WRITTEN, "infra/main.tf"))
    }
    assert (found[word].block, found[word].part) == (block, part)


def test_the_second_front_end_says_the_same():
    theirs = remarks(hcl2_syntax.parse(WRITTEN, "infra/main.tf"))
    assert list(theirs) == list(remarks(parse(WRITTEN, "infra/main.tf")))


def test_comments_without_a_mark_are_none():
    assert list(remarks(parse("# pathwarden: ignore me\n# nosec\n", "main.tf"))) == []


def test_in_json_the_comment_of_a_block_stands_in_it():
    text = '{"resource": {"aws_a": {"a": {"//": "pathwarden:ignore x"}, "b": {}}}}'
    (remark,) = remarks(json_syntax.parse(text, "main.tf.json"))
    assert (remark.block, remark.part) == (".//aws_a.a", None)


def test_a_digest_follows_the_code_and_neither_blanks_nor_comments():
    def digest(text):
        (remark,) = remarks(parse(f'resource "a" "a" {{\n{text}\n}}', "main.tf"))
        return remark.code

    before = digest("b {\n# pathwarden:ignore x\n  c = 1\n}")
    assert before
    assert digest("\n\nb   {\n  c = 1 \n # pathwarden:ignore y\n}") == before
    assert digest("b {\n# pathwarden:ignore x\n  c = 2\n}") != before


def read(text, line=7):
    return list(waivers_in(Remark(Place("main.tf", line, line), text, ".//aws_a.a"), KNOWN))


def test_all_words_of_a_waiver():
    (waiver,) = read(
        f"# pathwarden:ignore {RULE} until=2027-01-31 owner=net-team "
        r'''instance='web["a"]' reason="the \"old\" one"'''
    )
    assert waiver == Waiver(
        By.COMMENT,
        RULE,
        Place("main.tf", 7, 7),
        block=".//aws_a.a",
        instance='web["a"]',
        owner="net-team",
        reason='the "old" one',
        until=date(2027, 1, 31),
    )


@pytest.mark.parametrize(
    "text",
    [
        f"#pathwarden:ignore {RULE},{OTHER}",
        f"// pathwarden:ignore {RULE} , {OTHER}   ",
        f"/* pathwarden:ignore {RULE}, {OTHER}*/",
        f"/*\n  pathwarden:ignore {RULE}\n  pathwarden:ignore {OTHER}\n*/",
        f"# see the wiki; pathwarden:ignore {RULE},{OTHER},{RULE}\r",
    ],
)
def test_several_rules(text):
    found = read(text)
    assert [w.rule for w in found] == [RULE, OTHER]
    assert not any(w.problem for w in found)


def test_a_comment_of_many_lines_has_waivers_at_their_lines():
    found = read(f"/*\n pathwarden:ignore {RULE}\n\n pathwarden:ignore {OTHER} */")
    assert [w.place.line for w in found] == [8, 10]


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("", 'it names no rule: pathwarden:ignore RULE until=... reason="..."'),
        ("reason=x", 'it names no rule: pathwarden:ignore RULE until=... reason="..."'),
        ("bucket-not-version", "there is no rule 'bucket-not-version' (did you mean "),
        ("xyz", "there is no rule 'xyz' (see `pathwarden rules`)"),
        (f"{RULE} until=2027-02-30", "'2027-02-30' is no day such as 2027-01-31"),
        (f"{RULE} until=tomorrow", "'tomorrow' is no day such as 2027-01-31"),
        (f"{RULE} until=20270131", "'20270131' is no day such as 2027-01-31"),
        (f"{RULE} until=", "until is empty"),
        (f"{RULE} because the reason", "'because the reason' is not understood: write reason="),
        (f'{RULE} reason="never closed', "'reason=\"never closed' is not understood"),
        (f"{RULE} expires=2027-01-31", "'expires' is not one of until, reason, owner, instance"),
        (f"{RULE} owner=a owner=b", "owner stands twice"),
        (",".join(f"rule-{n}" for n in range(21)), "it names more than 20 rules"),
    ],
)
def test_what_cannot_be_read_says_why(words, problem):
    (waiver,) = read(f"# pathwarden:ignore {words}")
    assert waiver.problem.startswith(problem)


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@given(st.text(st.characters(exclude_characters="\n"), min_size=1, max_size=60))
def test_any_reason_can_be_quoted(reason):
    (waiver,) = read(f"# pathwarden:ignore {RULE} reason={quoted(reason)} owner=me")
    empty = "reason is empty" if not reason.strip() else ""
    assert (waiver.problem, waiver.reason) == (empty, reason.strip())


@given(st.text("pathwarden:ignore \"'\\=,abc\n\t#*/", max_size=80))
def test_no_comment_is_too_strange_to_be_read(text):
    for waiver in read(f"/* pathwarden:ignore {text} */"):
        assert waiver.problem or waiver.rule in KNOWN


BUCKETS = """
resource "aws_s3_bucket" "a" {
  count  = 2
  bucket = "acme-logs-${count.index}"
}
"""


def test_an_empty_line_parts_a_comment_from_its_block(waived, said, came):
    found = waived(f'# pathwarden:ignore {RULE} reason="thrown away daily"\n{BUCKETS}')
    assert said(found) == {}
    assert came(found) == [(1, RULE, "idle")]


def test_a_comment_above_covers_all_instances_or_one(waived, said):
    block = BUCKETS.lstrip()
    reason = "thrown away daily"
    found = waived(f'# pathwarden:ignore {RULE} reason="{reason}"\n{block}')
    assert said(found) == {(f"aws_s3_bucket.a[{n}]", RULE): reason for n in (0, 1)}
    found = waived(f'# pathwarden:ignore {RULE} instance="a[1]" reason="{reason}"\n{block}')
    assert said(found) == {("aws_s3_bucket.a[1]", RULE): reason}


def test_a_comment_at_a_call_covers_what_the_module_makes(waived, said):
    files = {
        "main.tf": f"""
        # pathwarden:ignore {RULE} reason=outer
        module "outer" {{
          source   = "./outer"
          for_each = toset(["a", "b"])
        }}
        # pathwarden:ignore {OTHER} instance='plain["x.y"]'
        module "plain" {{
          source   = "./inner"
          for_each = toset(["x.y", "z"])
        }}
        """,
        "outer/main.tf": 'module "inner" {\n  source = "../inner"\n}',
        "inner/main.tf": 'resource "aws_s3_bucket" "b" {}',
    }
    assert said(waived(files)) == {
        ('module.outer["a"].module.inner.aws_s3_bucket.b', RULE): "outer",
        ('module.outer["b"].module.inner.aws_s3_bucket.b', RULE): "outer",
        ('module.plain["x.y"].aws_s3_bucket.b', OTHER): "",
    }


def test_a_comment_in_a_module_covers_every_call(waived, said):
    files = {
        "main.tf": 'module "a" {\n  source = "./m"\n}\nmodule "b" {\n  source = "./m"\n}',
        "m/main.tf": f'resource "aws_s3_bucket" "b" {{}} // pathwarden:ignore {RULE}',
    }
    assert set(said(waived(files))) == {(f"module.{n}.aws_s3_bucket.b", RULE) for n in "ab"}


def test_json_is_like_native_syntax(waived, said):
    buckets = f'{{"a": {{"//": "pathwarden:ignore {RULE}"}}, "b": {{}}}}'
    text = f'{{"resource": {{"aws_s3_bucket": {buckets}}}}}'
    assert set(said(waived({"main.tf.json": text}))) == {("aws_s3_bucket.a", RULE)}


def test_a_nested_block_is_waived_alone(waived, said):
    """What a comment says in one nested block is not said of the other."""
    mark = "# pathwarden:ignore open-group-on-nothing reason=ssh\n"
    text = """
    resource "aws_security_group" "idle" {
      ingress {
        %s
        protocol = "tcp"
        from_port = 22
        to_port = 22
        cidr_blocks = ["0.0.0.0/0"]
      }
      egress {
        %s
        protocol = "tcp"
        from_port = 443
        to_port = 443
        cidr_blocks = ["10.0.0.0/8"]
      }
    }
    """
    subject = ("aws_security_group.idle", "open-group-on-nothing")
    assert said(waived(text % (mark, ""))) == {subject: "ssh"}
    assert said(waived(text % ("", mark))) == {}


@pytest.mark.parametrize("line", ['bucket = "acme-logs"', "tags = {}", "lifecycle {\n  }"])
def test_what_is_about_a_block_as_a_whole_is_waived_at_any_of_its_lines(waived, said, line):
    first, *rest = line.split("\n")
    mark = f"# pathwarden:ignore {RULE} reason=x"
    body = "\n".join((f"{first} {mark}", *rest))
    found = waived(f'resource "aws_s3_bucket" "b" {{\n  {body}\n}}\n')
    assert said(found) == {("aws_s3_bucket.b", RULE): "x"}


def test_a_tree_full_of_waivers_is_read_in_part(waived, monkeypatch):
    monkeypatch.setattr("scanner.terraform.definitions.MAX_TEXT", 2 * 2**20)
    line = f'# pathwarden:ignore {RULE} reason="x"\n'
    result = waived({f"{n:02}.tf": line * 500 for n in range(10)})
    assert len(result.waivers) == 2_000
    assert {gap.what for gap in result.gaps} == {"more than 2 MiB of configuration in all"}


def test_one_comment_of_many_waivers_is_read_in_one_go():
    many = 30_000
    start = time.perf_counter()
    found = read("/*\n" + f"pathwarden:ignore {RULE} reason=x\n" * many + "*/", line=1)
    assert [waiver.place.line for waiver in found] == list(range(2, many + 2))
    assert time.perf_counter() - start < 20


def test_ten_megabytes_of_comments_cost_little():
    line = f'# pathwarden:ignore {RULE} reason="x"\n'
    text = f'resource "a" "b" {{\n ingress {{\n{line * (3_500_000 // len(line))}}}\n}}\n'
    files = [parse(text, name) for name in ("a.tf", "b.tf", "c.tf")]
    assert sum(len(file.text) for file in files) > 10_000_000
    start = time.perf_counter()
    found = [w for file in files for remark in remarks(file) for w in waivers_in(remark, KNOWN)]
    assert len(found) == 3 * MOST
    assert time.perf_counter() - start < 20
