"""Random expressions and hand-picked odd ones against terraform's own answers.

The recorded answers of terraform 1.11.4 stand in tests/tables/differential.json. Where the binary
is there, it is asked again, and asked expressions that nobody has looked at.
"""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from scanner.terraform.questions import Questions, asked
from scanner.tree import Directory
from tests.scanner.terraform.author import CONTEXT, Author
from tests.scanner.terraform.oracle import VERSION, Oracle, version

TABLE = json.loads((Path(__file__).parents[2] / "tables" / "differential.json").read_text())
CASES = TABLE["cases"]
ALIKE = 0.975
"""The least share of random expressions on which both must agree: one in ten of them is wrong on
purpose, and of errors that hide behind unknown values terraform sees some that we do not."""

live = pytest.mark.skipif(
    version() != VERSION, reason=f"terraform {VERSION} is not here to be asked ({version()})"
)


@pytest.fixture(scope="module")
def questions(tmp_path_factory):
    directory = tmp_path_factory.mktemp("context")
    for name, text in CONTEXT.items():
        (directory / name).write_text(text, encoding="utf-8")
    return Questions(Directory(directory), cwd=str(directory))


def exact(text):
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


def ours(questions, source):
    found = asked(questions, source)
    if not found["ok"]:
        return "refused"
    return (found["type"], exact(found["json"]), found["sensitive"], found["unknown"])


def theirs(answer):
    if not answer["ok"]:
        return "refused"
    return (answer["type"], exact(answer["json"]), answer["sensitive"], answer.get("unknown"))


def recorded(case):
    if case[1:] == ["refused"]:
        return "refused"
    _, of, text, more = case
    return (of, exact(text), more.get("sensitive", False), more.get("unknown"))


def test_the_answers_are_of_the_context_that_is_asked():
    assert TABLE["meta"]["context"] == CONTEXT
    assert TABLE["meta"]["terraform"] == VERSION


@pytest.mark.parametrize("case", CASES, ids=[str(at) for at in range(len(CASES))])
def test_recorded_answer(questions, case):
    assert ours(questions, case[0]) == recorded(case), case[0]


@live
def test_terraform_still_says_what_is_recorded(tmp_path):
    some = CASES[::7]
    answers = Oracle(tmp_path, CONTEXT).answers([case[0] for case in some])
    differing = [
        case[0] for case, each in zip(some, answers, strict=True) if theirs(each) != recorded(case)
    ]
    assert differing == []


@live
@pytest.mark.parametrize("seed", [1, 2])
def test_random_expressions_have_terraforms_answers(questions, tmp_path, seed):
    author = Author(seed)
    sources = list(dict.fromkeys(author.expression() for _ in range(400)))
    answers = Oracle(tmp_path, CONTEXT).answers(sources)
    differing = [
        source
        for source, answer in zip(sources, answers, strict=True)
        if ours(questions, source) != theirs(answer)
    ]
    assert len(differing) <= (1 - ALIKE) * len(sources), differing
