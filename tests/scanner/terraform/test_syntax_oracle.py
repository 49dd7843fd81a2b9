"""Our parser accepts what the Go parser accepts, and refuses the rest."""

from pathlib import Path

import pygohcl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.terraform.syntax import SyntaxProblem, parse

TABLE = yaml.safe_load((Path(__file__).parents[2] / "tables" / "syntax.yaml").read_text("utf-8"))
ROWS = [
    (text, verdict == "accepted")
    for verdicts in TABLE.values()
    for verdict, texts in verdicts.items()
    for text in texts
]
FRAGMENTS = (
    *('"', "${", "}", "%{", "~}", "{", "[", "]", "(", ")", "\n", "\r\n", "=", ",", ".", ".*"),
    *("[*]", "...", "?", ":", "::", "=>", "for x in y : x", "if", "else", "%{ if x }"),
    *("%{ endif }", "<<E\n", "<<-E\n", "\nE\n", "#", "//", "/*", "*/", "\\", "$", "$${", "%"),
    *("-", "!", "&&", "==", "<", "0", "1.5", "é", "\u2028", " ", "a", "a.b", "true", "~", "${~"),
    *('"x"', "f(", "a = 1\n", "a {\n", "x = {", "\n}", "\r"),
)


def ours(text: str) -> bool:
    try:
        parse(text, "x.tf")
    except SyntaxProblem:
        return False
    return True


def theirs(text: str) -> bool:
    try:
        pygohcl.loads(text)
    except pygohcl.HCLParseError:
        return False
    except pygohcl.HCLInternalError:
        # It parsed; only pygohcl's own conversion to JSON failed.
        return True
    return True


@pytest.mark.parametrize(("text", "accepted"), ROWS)
def test_table(text: str, accepted: bool) -> None:
    assert theirs(text) == accepted
    assert ours(text) == accepted


@settings(max_examples=600, derandomize=True, deadline=None)
@given(
    st.sampled_from([text for text, _ in ROWS]),
    st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 3), st.sampled_from(FRAGMENTS)),
        min_size=1,
        max_size=3,
    ),
)
def test_mutants(text: str, edits: list[tuple[float, int, str]]) -> None:
    for where, drop, fragment in edits:
        at = int(where * len(text))
        text = text[:at] + (fragment if drop != 1 else "") + text[at + drop :]
    assert ours(text) == theirs(text)
