"""Every function against terraform's own answers, from tests/tables/functions.json."""

import json
from pathlib import Path

import pytest

from graphs.unknown import Unknown
from scanner.errors import ValueProblem
from scanner.terraform.functions import Context, FunctionProblem, call, names
from scanner.terraform.functions.function import signatures
from scanner.terraform.questions.answers import output_type
from scanner.terraform.syntax import parse_expression
from scanner.terraform.values import number, to_json, to_string, unmark
from scanner.tree import Directory

TABLE = json.loads((Path(__file__).parents[2] / "tables" / "functions.json").read_bytes())


@pytest.fixture(scope="module")
def context(tmp_path_factory):
    root = tmp_path_factory.mktemp("files")
    for name, text in TABLE["files"].items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (root / "files/latin1.bin").write_bytes(b"\xe9\xff")
    return Context(tree=Directory(root))


def value_of(node, context):
    """The value of an expression of literals and calls."""
    kind = node[0]
    if kind == "lit":
        plain = node[3] is None or isinstance(node[3], bool | str)
        return node[3] if plain else number.rounded(node[3])
    if kind == "tpl":
        return "".join(node[3])
    if kind == "tuple":
        return tuple(value_of(each, context) for each in node[3])
    if kind == "object":
        pairs = [(value_of(key, context), value_of(each, context)) for key, each in node[3]]
        return {to_string(key): each for key, each in pairs}
    if kind == "un":
        return -value_of(node[4], context)
    args = [value_of(each, context) for each in node[4]]
    if node[5]:
        args[-1:] = args[-1]
    return call(node[3], args, context)


def exact(text):
    return json.loads(text, parse_float=number.parse, parse_int=number.parse)


IDS = [f"{at}: {case[0][:60]}" for at, case in enumerate(TABLE["cases"])]


@pytest.mark.parametrize("case", TABLE["cases"], ids=IDS)
def test_terraform_answers_the_same(case, context):
    expression, of, *rest = case
    node = parse_expression(expression, "table")
    if of == "error":
        with pytest.raises((FunctionProblem, ValueProblem)) as problem:
            to_json(value_of(node, context))  # no output can hold what is infinite
        assert rest in ([], [str(problem.value)])
        return
    value, secret = unmark(value_of(node, context))
    if of == "unknown":
        assert isinstance(value, Unknown)
        return
    assert exact(to_json(value)) == exact(rest[0])
    assert of is None or output_type(value) == of
    assert secret == (rest[1:] == ["sensitive"])


def test_every_function_of_terraform_is_there():
    assert names() == signatures().keys()
    assert len([name for name in names() if not name.startswith("provider::")]) == 118


def test_core_namespace_is_the_same_function():
    assert call("core::upper", ["a"], Context()) == "A"


def test_unknown_name_is_refused():
    with pytest.raises(FunctionProblem, match='There is no function named "nope"'):
        call("nope", [], Context())


def test_arguments_are_counted():
    with pytest.raises(FunctionProblem, match=r'Missing value for "str"'):
        call("upper", [], Context())
    with pytest.raises(FunctionProblem, match=r"expects only 1 argument"):
        call("upper", ["a", "b"], Context())


ROLE = "arn:aws:iam::444455556666:role/a/b/deploy"


def test_functions_of_the_aws_provider():
    parsed = call("provider::aws::arn_parse", [ROLE], Context())
    assert parsed == {
        "account_id": "444455556666",
        "partition": "aws",
        "region": "",
        "resource": "role/a/b/deploy",
        "service": "iam",
    }
    built = call("provider::aws::arn_build", ["aws", "s3", "", "", "b:c"], Context())
    assert built == "arn:aws:s3:::b:c"
    trimmed = call("provider::aws::trim_iam_role_path", [ROLE], Context())
    assert trimmed == "arn:aws:iam::444455556666:role/deploy"


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (("shop", "1.2", "a test"), "shop/1.2 (a test)"),
        (("shop", "1.2", ""), "shop/1.2"),
        (("shop", "", "a test"), "shop (a test)"),
        (("shop", "", ""), "shop"),
    ],
)
def test_the_aws_provider_names_whoever_asks(told, expected):
    assert call("provider::aws::user_agent", list(told), Context()) == expected
    with pytest.raises(FunctionProblem, match="product_name must be set"):
        call("provider::aws::user_agent", ["", *told[1:]], Context())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("arn_parse", "arn:aws:s3"),
        ("arn_parse", "x:aws:s3:::b"),
        ("trim_iam_role_path", "arn:aws:iam::444455556666:user/x"),
        ("trim_iam_role_path", "arn:aws:s3:::b"),
    ],
)
def test_the_aws_provider_refuses_what_is_no_arn(name, text):
    with pytest.raises(FunctionProblem):
        call(f"provider::aws::{name}", [text], Context())
