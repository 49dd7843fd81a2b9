"""Every node knows where it stands: its slice of the source, read again, is the same node."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from scanner.terraform.syntax import (
    Body,
    File,
    Node,
    SyntaxProblem,
    json_syntax,
    parse,
    parse_expression,
)

HERE = Path(__file__).parents[2]
ROOT = HERE.parent
TABLE = yaml.safe_load((HERE / "tables" / "syntax.yaml").read_text("utf-8"))
TEXTS = [text for each in TABLE.values() for text in each["accepted"]]
FILES = sorted((ROOT / "fixtures").rglob("*.tf"))
# These are no expressions by themselves: an element of a splat, a directive, a key without quotes.
ALONE = {"item", "if", "for"}


def moved(node, by):
    if not isinstance(node, tuple):
        return node
    if is_node(node):
        return (node[0], node[1] + by, node[2] + by, *(moved(each, by) for each in node[3:]))
    return tuple(moved(each, by) for each in node)


def is_node(node) -> bool:
    return (
        len(node) > 2 and isinstance(node[0], str) and type(node[1]) is int and type(node[2]) is int
    )


def nodes(node) -> Iterator[Node]:
    """A node and those in it, but for the steps of splats and keys that are bare names."""
    if not isinstance(node, tuple):
        return
    if is_node(node):
        if node[0] not in ALONE:
            yield node
        inner = node[3:4] if node[0] == "splat" else node[3:]
        if node[0] == "object":
            inner = [part for key, value in node[3] for part in (value, *bare(key))]
        for each in inner:
            yield from nodes(each)
    else:
        for each in node:
            yield from nodes(each)


def bare(key):
    return () if key[0] == "lit" else (key,)


def expressions(body: Body) -> Iterator[Node]:
    for attribute in body.attributes.values():
        yield from nodes(attribute.expr)
    for block in body.blocks:
        yield from expressions(block.body)


def check(file: File) -> None:
    for node in expressions(file.body):
        source = file.text[node[1] : node[2]]
        assert parse_expression(source + "\n", "x") == moved(node, -node[1]), source
    for body in bodies(file.body):
        check_body(file, body)


def bodies(body: Body) -> Iterator[Body]:
    yield body
    for block in body.blocks:
        yield from bodies(block.body)


def check_body(file: File, body: Body) -> None:
    for name, attribute in body.attributes.items():
        again = parse(file.text[attribute.start : attribute.end] + "\n", "x").body
        assert list(again.attributes) == [name]
        assert moved(attribute.expr, -attribute.start) == again.attributes[name].expr
    for block in body.blocks:
        (again,) = parse(file.text[block.start : block.end] + "\n", "x").body.blocks
        assert (again.type, again.labels) == (block.type, block.labels)
        assert list(again.body.attributes) == list(block.body.attributes)


@pytest.mark.parametrize("text", TEXTS)
def test_of_the_table(text):
    check(parse(text, "x.tf"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_of_the_fixtures(path):
    check(parse(path.read_text("utf-8"), path.name))


def test_an_attribute_ends_with_its_parentheses():
    text = "a = (b) && (c ? d : (e))\n"
    attribute = parse(text, "x.tf").body.attributes["a"]
    assert text[attribute.start : attribute.end] == text.strip()


JSON = r"""{
  "resource": {"aws_s3_bucket": {"x": {
    "bucket": "é\u00e9\"${var.a}\n-${upper(\"b\")}\ud83d\ude00${local.c}",
    "depends_on": ["aws_s3_bucket.y"],
    "tags": {"${var.k}": ["${1 + 2}", 3, null]}
  }}},
  "variable": {"v": {"type": "list(string)", "default": "${literal}"}}
}"""


def test_of_json():
    file = json_syntax.parse(JSON, "x.tf.json")
    found = {
        (node[0], JSON[node[1] : node[2]])
        for node in expressions(file.body)
        if node[0] not in ("tpl", "wrap", "object", "tuple")
    }
    assert found == {
        ("attr", "var.a"), ("var", "var"), ("call", r'upper(\"b\")'), ("lit", r'\"b\"'),
        ("attr", "local.c"), ("var", "local"), ("attr", "aws_s3_bucket.y"),
        ("var", "aws_s3_bucket"), ("attr", "var.k"), ("bin", "1 + 2"), ("lit", "1"), ("lit", "2"),
        ("lit", "3"), ("lit", "null"), ("call", "list(string)"), ("var", "string"),
        ("lit", '"${literal}"'),
    }  # fmt: skip
    bucket, _ = file.body.blocks
    assert JSON[bucket.start :].startswith('"x": {')
    assert [file.line(each.start) for each in bucket.body.attributes.values()] == [3, 4, 5]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"locals":\n {"a": "x\\n${b +}"}}', "x:2:17"),
        ('{"locals":\n {"a": tru}}', "x:2:8"),
        ('{"locals": {"a": 1}', "x:1:20"),
        ('{"a":\n [1 2]}', "x:2:5"),
        ('{"a": 01}', "x:1:7"),
        ('{"a": "\\q"}', "x:1:7"),
        ("[" * 100, "x:1:82"),
    ],
)
def test_json_is_refused_with_its_place(text, place):
    with pytest.raises(SyntaxProblem) as caught:
        json_syntax.parse(text, "x")
    assert str(caught.value).startswith(place + ": ")
