"""What the parser makes of a text: the tree, the places, and the sentence when it refuses."""

from contextlib import suppress
from fractions import Fraction

import pytest

from graphs.unknown import Place
from scanner.terraform.syntax import (
    Node,
    SyntaxProblem,
    decode,
    parse,
    parse_expression,
    parse_template,
)


def tree(node: object) -> object:
    """A node without its offsets."""
    if not isinstance(node, tuple):
        return node
    if node and isinstance(node[0], str) and len(node) > 2 and isinstance(node[1], int):
        return (node[0], *map(tree, node[3:]))
    return tuple(map(tree, node))


def shape(text: str) -> object:
    return tree(parse_expression(text, "x.tf"))


A, B, C, X = (("var", name) for name in "abcx")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("null", None),
        ("true", True),
        ("007", 7),
        ("1.5e1", 15),
        ("1e-1", Fraction(1, 10)),
        ("1.0", 1),
        ('"$5 100% $${x} %%{y}"', "$5 100% ${x} %{y}"),
        (r'"\u00e9\U0001F600\t\n\\\""', 'é😀\t\n\\"'),
        ('"e\u0301"', "é"),
        ("<<E\nx\n  y\nE\n", "x\n  y\n"),
        ("<<-E\n    x\n\n      y\n  E\n", "x\n\n  y\n"),
        ("<<E\r\nx\r\nE\r\n", "x\r\n"),
        ('<<E\n"\\n" $${x}\nE\n', '"\\n" ${x}\n'),
    ],
)
def test_constants(text: str, value: object) -> None:
    node = parse_expression(text, "x.tf")
    assert node[0] == "lit"
    assert (node[3], type(node[3])) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.b", ("attr", A, "b")),
        ("a . b", ("attr", A, "b")),
        ("a[0].b", ("attr", ("index", A, ("lit", 0)), "b")),
        ("a.0.b", ("attr", ("index", A, ("lit", 0)), "b")),
        ("a.true", ("attr", A, "true")),
        ("a[*].b[0]", ("splat", A, ("index", ("attr", ("item",), "b"), ("lit", 0)))),
        ("a.*.b[0]", ("index", ("splat", A, ("attr", ("item",), "b")), ("lit", 0))),
        ("a.*.0", ("splat", A, ("index", ("item",), ("lit", 0)))),
        ("a[*].b[*]", ("splat", A, ("splat", ("attr", ("item",), "b"), ("item",)))),
        ("(a[*]).b", ("attr", ("splat", A, ("item",)), "b")),
    ],
)
def test_steps(text: str, expected: object) -> None:
    assert shape(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a - b - c", ("bin", "-", ("bin", "-", A, B), C)),
        ("a + b * c", ("bin", "+", A, ("bin", "*", B, C))),
        ("a || b && c == x", ("bin", "||", A, ("bin", "&&", B, ("bin", "==", C, X)))),
        ("-a * b", ("bin", "*", ("un", "-", A), B)),
        ("!a.b", ("un", "!", ("attr", A, "b"))),
        ("a ? b : c ? x : a", ("cond", A, B, ("cond", C, X, A))),
        ("a ? b ? c : x : a", ("cond", A, ("cond", B, C, X), A)),
        ("a-b", ("var", "a-b")),
    ],
)
def test_operators(text: str, expected: object) -> None:
    assert shape(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("f(a, b...)", ("call", "f", (A, B), True)),
        ("p::aws::f()", ("call", "p::aws::f", (), False)),
        ("[a, b,]", ("tuple", (A, B))),
        ("{a = b, (a) : c}", ("object", ((("lit", "a"), B), (A, C)))),
        (
            "{\n a = b\n c = [x]\n}",
            ("object", ((("lit", "a"), B), (("lit", "c"), ("tuple", (X,))))),
        ),
        ('{"a" = b, true = c}', ("object", ((("lit", "a"), B), (("lit", "true"), C)))),
        ("[for x in a : b]", ("fortuple", None, "x", A, B, None)),
        ("[for k, x in a : b if c]", ("fortuple", "k", "x", A, B, C)),
        ("{for x in a : b => c...}", ("forobject", None, "x", A, B, C, None, True)),
    ],
)
def test_calls_and_collections(text: str, expected: object) -> None:
    assert shape(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"${a}"', ("wrap", A)),
        ('" ${~ a}"', ("tpl", (A,))),
        ('"a ${~ b ~} c"', ("tpl", ("a", B, "c"))),
        ('"x${a}$${b}"', ("tpl", ("x", A, "${b}"))),
        ('"%{if a}x%{endif}"', ("tpl", (("if", A, ("x",), ()),))),
        ('"%{if a}x%{else}${b}%{endif}"', ("tpl", (("if", A, ("x",), (B,)),))),
        ('"%{for k, x in a}${x},%{endfor}"', ("tpl", (("for", "k", "x", A, (X, ",")),))),
        ("<<E\n${a}\nE\n", ("tpl", (A, "\n"))),
        ("<<-E\n    ${a}\n  b\n  E\n", ("tpl", ("  ", A, "\nb\n"))),
        ("<<-E\n    x\n${a}\n  E\n", ("tpl", ("    x\n", A, "\n"))),
        # Trimming comes before indentation, so the emptied first piece of a line counts as 0.
        (
            "<<-E\n  %{ if true ~}\n  yes\n  %{~ endif }\n  E\n",
            ("tpl", ("  ", ("if", ("lit", True), ("  yes\n",), ()), "\n")),
        ),
    ],
)
def test_templates(text: str, expected: object) -> None:
    assert shape(text) == expected


def test_a_bare_template() -> None:
    assert tree(parse_template('say "${a}"\n', "t")) == ("tpl", ('say "', A, '"\n'))
    assert tree(parse_template("plain", "t")) == ("lit", "plain")
    assert tree(parse_template("${a}", "t")) == ("wrap", A)


EXAMPLE = """\
# the bucket
resource "aws_s3_bucket" logs {
  bucket = "logs-${var.name}" // named
  tags   = { a = 1 }
  versioning { enabled = true }
}
"""


def test_a_file() -> None:
    file = parse(EXAMPLE, "main.tf")
    (block,) = file.body.blocks
    assert (block.type, block.labels) == ("resource", ("aws_s3_bucket", "logs"))
    assert list(block.body.attributes) == ["bucket", "tags"]
    assert block.body.blocks[0].type == "versioning"
    assert file.place(block.start, block.end) == Place("main.tf", 2, 6)
    assert EXAMPLE[block.start : block.end].endswith("}\n}")
    bucket = block.body.attributes["bucket"]
    assert EXAMPLE[bucket.start : bucket.end] == 'bucket = "logs-${var.name}"'
    assert [text for _, text in file.comments] == ["# the bucket", "// named"]
    assert [file.line(offset) for offset, _ in file.comments] == [1, 3]


def spans(node: object, text: str) -> list[str]:
    """The source of a node and of every node in it."""
    if not isinstance(node, tuple):
        return []
    inner = [span for part in node for span in spans(part, text)]
    if node and isinstance(node[0], str) and len(node) > 2 and isinstance(node[1], int):
        return [text[node[1] : node[2]], *inner]
    return inner


def test_every_node_knows_its_text() -> None:
    text = 'f(a.b[0], -x) + "p${c}" == [for v in d.*.e : v]'
    node: Node = parse_expression(text, "x")
    assert set(spans(node, text)) == {
        *(text, 'f(a.b[0], -x) + "p${c}"', "f(a.b[0], -x)", "a.b[0]", "a.b", "a", "0", "-x", "x"),
        *('"p${c}"', "c", "[for v in d.*.e : v]", "d.*.e", "d", ".*.e", ".*", "v"),
    }


def refusal(text: str) -> str:
    with pytest.raises(SyntaxProblem) as caught:
        parse(text, "main.tf")
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a = 1\na = 2\n", "main.tf:2:1: argument 'a' is set twice"),
        ("a = 1 b = 2\n", "main.tf:1:7: expected a new line after an argument, found 'b'"),
        ("a = [1,\n", "main.tf:1:5: '[' is never closed"),
        ("x {\n a = (1]\n}\n", "main.tf:2:8: unexpected ']': '(' of line 2 is open"),
        ('a = "x\n', "main.tf:1:7: a quoted string cannot go on in the next line"),
        ('a = "\\q"\n', "main.tf:1:6: invalid escape sequence '\\\\q'"),
        ("a = <<E\nx\n", "main.tf:1:5: the heredoc is never closed by a line 'E'"),
        ('a = "%{if x}"\n', "main.tf:1:6: the 'if' directive has no 'endif'"),
        ("a = b.0.1\n", "main.tf:1:7: write [0][1] instead of .0.1"),
        (
            "a = b ? c\n",
            "main.tf:1:10: expected ':' and the other result of '?', found the end of the line",
        ),
        ("a = ²\n", "main.tf:1:5: invalid character '²'"),
        ("x {\n a = \n}\n", "main.tf:2:6: expected an expression, found the end of the line"),
    ],
)
def test_refusals(text: str, sentence: str) -> None:
    assert refusal(text) == sentence


DEEP = [
    "(" * 200 + "1" + ")" * 200,
    "[" * 100_000,
    "{a=" * 200 + "1" + "}" * 200,
    '"${' * 200 + "1" + '}"' * 200,
    "!" * 100_000 + "a",
    "+".join("1" * 100_000),
    "a?b:" * 1000 + "c",
    "a?" * 1000 + "b" + ":c" * 1000,
    "a" + "[*]" * 1000,
    "a" + ".b" * 1000,
    "a" + ".*[0]" * 1000,
    "(" * 70 + "a[0]" + ".b.c.d.e.f.g.h[0]" * 50 + ")" * 70,
    '"' + "%{if a}" * 1000 + "%{endif}" * 1000 + '"',
    "-" * 50 + "[" * 60 + "!" * 50,
]


@pytest.mark.parametrize("text", DEEP, ids=range(len(DEEP)))
def test_depth_is_bounded(text: str) -> None:
    assert refusal(f"\na = {text}\n").startswith("main.tf:2:")


def test_blocks_nest_only_so_deep() -> None:
    assert "levels deep" in refusal("a {\n" * 1000)


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "text",
    [
        " " * 300_000,
        "a = " + " " * 300_000 + "!",
        "/*" * 150_000,
        "a = [" + "/**/" * 100_000,
        "a = " + "1." * 100_000,
        'a = "' + "$" * 300_000,
        "a = <<E\n" + "$x\n" * 100_000,
        "a = <<E\n${b}\n" + "$x\n" * 100_000 + "E\n",
        "a = {" * 70 + "#\n" * 100_000,
        "a = " + "9" * 100_000,
        "a = 1e999999999",
    ],
)
def test_hostile_text_is_refused_or_read_in_linear_time(text: str) -> None:
    with suppress(SyntaxProblem):
        parse(text, "main.tf")


def test_what_is_not_text() -> None:
    assert refusal("a = 1\n\0") == "main.tf:2:1: binary content"
    assert refusal("#" * (4 * 1024 * 1024 + 1)).endswith("larger than 4,194,304 characters")
    with pytest.raises(SyntaxProblem, match=r"main\.tf:2:3: not UTF-8 text"):
        decode(b"\na \xff", "main.tf")
    assert decode("é".encode(), "main.tf") == "é"
