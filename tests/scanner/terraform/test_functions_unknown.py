"""What functions say when part of their arguments is not known, or secret."""

import pytest

from graphs.unknown import Cause, Referent, Template, Unknown, text
from scanner.terraform.functions import Context, FunctionProblem, call
from scanner.terraform.values import List, Map, Sensitive, from_json
from scanner.terraform.values.weight import Spent

ARN = Unknown(Cause.COMPUTED, "aws_s3_bucket.b.arn", (Referent("aws_s3_bucket.b", "arn"),))
NAME = Unknown(Cause.VARIABLE, "var.name")


def run(name, *args):
    return call(name, args, Context())


def written(value):
    return str(value)


def test_unknown_result_is_named_and_still_refers_to_what_it_came_from():
    result = run("cidrsubnet", ARN, 8, 1)
    assert result == Unknown(Cause.EXPRESSION, "cidrsubnet(aws_s3_bucket.b.arn, 8, 1)", ARN.refers)


@pytest.mark.parametrize(
    ("name", "args", "answer"),
    [
        ("length", [(ARN, NAME)], 2),
        ("concat", [(ARN,), ("b",)], (ARN, "b")),
        ("merge", [{"a": ARN}, {"b": 1}], {"a": ARN, "b": 1}),
        ("keys", [{"a": ARN}], ("a",)),
        ("lookup", [{"a": ARN}, "b", "d"], "d"),
        ("lookup", [{"a": ARN}, "a"], ARN),
        ("element", [(ARN, "b"), 1], "b"),
        ("flatten", [((ARN,), ("b",))], (ARN, "b")),
        ("reverse", [(ARN, "b")], ("b", ARN)),
        ("zipmap", [("a",), (ARN,)], {"a": ARN}),
        ("one", [(ARN,)], ARN),
        ("coalesce", ["", "x", ARN], "x"),
        ("coalesce", [text(["x", NAME]), "y"], text(["x", NAME])),
        ("contains", [("q", ARN), "q"], True),
        ("alltrue", [(ARN, False)], False),
        ("anytrue", [(ARN, True)], True),
        ("startswith", [text(["arn:", ARN]), "arn:"], True),
        ("startswith", [text(["arn:", ARN]), "x"], False),
        ("endswith", [text([ARN, "/*"]), "/*"], True),
        ("strcontains", [text(["a-", ARN, "-b"]), "-b"], True),
        ("trimprefix", [text(["arn:", ARN]), "arn:"], text([ARN])),
        ("trimsuffix", [text([ARN, "/*"]), "/*"], text([ARN])),
        ("substr", [text(["abcdef", ARN]), 0, 3], "abc"),
        ("tostring", [ARN], ARN),
    ],
)
def test_what_is_known_decides(name, args, answer):
    assert run(name, *args) == answer


@pytest.mark.parametrize(
    ("name", "args", "answer"),
    [
        ("format", ["%s/*", ARN], "${aws_s3_bucket.b.arn}/*"),
        ("format", ["%d-%v", NAME, (ARN, 1)], "${var.name}-[${aws_s3_bucket.b.arn},1]"),
        ("format", ["%05d", NAME], '${format("%05d", var.name)}'),
        ("join", [",", ("a", ARN)], "a,${aws_s3_bucket.b.arn}"),
        ("join", [text(["-", NAME]), ("a", "b")], "a-${var.name}b"),
        ("lower", [text(["ARN:", NAME])], "arn:${lower(var.name)}"),
        ("chomp", [text([NAME, "x\n"])], "${var.name}x"),
        ("trimspace", [text([" a ", NAME, " b\n"])], "a ${var.name} b"),
        ("jsonencode", [{"a": ARN, "b": (1,)}], '{"a":${aws_s3_bucket.b.arn},"b":[1]}'),
        ("jsonencode", [text(['"', NAME])], '"\\"${var.name}"'),
    ],
)
def test_text_keeps_a_hole(name, args, answer):
    result = run(name, *args)
    assert isinstance(result, Template)
    assert str(result) == answer


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("upper", [NAME]),
        ("replace", [text(["a", NAME]), "a", "b"]),
        ("split", [",", text(["a,", NAME])]),
        ("contains", [(ARN,), "q"]),
        ("flatten", [(NAME, ("b",))]),
        ("coalesce", [NAME, "b"]),
        ("compact", [(NAME, "b")]),
        ("merge", [NAME, {"a": 1}]),
        ("length", [text(["a", NAME])]),
        ("startswith", [text([ARN, "x"]), "arn:"]),
        ("timestamp", []),
        ("uuid", []),
        ("bcrypt", ["x"]),
        ("base64gzip", ["x"]),
        ("abspath", ["."]),
    ],
)
def test_what_is_not_known_is_not_guessed(name, args):
    assert isinstance(run(name, *args), Unknown)


def test_sorting_unknowns_tells_only_how_many_there_are():
    result = run("sort", (ARN, "a"))
    assert len(result) == 2
    assert all(isinstance(each, Unknown) for each in result)


def test_json_with_holes_is_read_back():
    value = {"a": ARN, "b": text(["x", NAME, '"/*']), "c": (1, ARN)}
    assert run("jsondecode", run("jsonencode", value)) == value


def test_json_that_a_hole_breaks_is_unknown():
    assert isinstance(from_json(text(["{", NAME, "}"])), Unknown)


def test_errors_come_before_unknowns():
    with pytest.raises(FunctionProblem, match="number required"):
        run("cidrsubnet", ARN, True, 1)


def test_secrets_stay_secret():
    assert run("upper", Sensitive("a")) == Sensitive("A")
    assert run("jsonencode", {"a": Sensitive("x")}) == Sensitive('{"a":"x"}')
    assert run("length", Sensitive((1, 2))) == Sensitive(2)
    assert run("format", "%s", Sensitive(ARN)) == Sensitive(text([ARN]))


def test_collections_carry_secret_elements_unchanged():
    assert run("concat", (Sensitive("a"),), ("b",)) == (Sensitive("a"), "b")
    assert run("merge", {"a": Sensitive(1)}, {"b": 2}) == {"a": Sensitive(1), "b": 2}
    assert run("lookup", {"a": Sensitive(1)}, "b", 2) == 2


def test_marks_are_set_asked_and_taken():
    assert run("sensitive", "a") == Sensitive("a")
    assert run("nonsensitive", Sensitive("a")) == "a"
    assert run("issensitive", Sensitive("a")) is True
    assert run("issensitive", "a") is False


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("range", [2000]),
        ("setproduct", [List(range(1000), "number")] * 4),
        ("format", ["%999999999d", 1]),
        ("indent", [10**9, "a\nb\n" * 1000]),
        ("replace", ["a" * 100_000, "a", "b" * 100_000]),
        ("replace", ["a" * 100_000, "/a/", "b" * 100_000]),
        ("tonumber", ["1e999999999"]),
        ("jsondecode", ["[" * 100_000]),
        ("yamldecode", ["[" * 10_000]),
        ("cidrsubnets", ["10.0.0.0/8", 99]),
    ],
)
def test_expansion_is_bounded(name, args):
    with pytest.raises(FunctionProblem):
        run(name, *args)


def test_aliases_of_yaml_cannot_explode():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    with pytest.raises(FunctionProblem, match="values"):
        run("yamldecode", "\n".join(lines))


@pytest.mark.parametrize("value", [("x",), ()])
def test_shared_structure_cannot_explode(value):
    for _ in range(40):
        value = (value, value)
    for name in ("jsonencode", "tolist", "flatten", "coalesce"):
        with pytest.raises((FunctionProblem, Spent)):
            run(name, value)


def test_regular_expressions_cannot_run_away():
    assert run("regexall", "(a*)*b", "a" * 5000) == ()


def test_maps_stay_maps():
    merged = run("merge", Map({"a": 1}, "number"), Map({"b": 2}, "number"))
    assert isinstance(merged, Map)
    assert merged.of == "number"
