"""python-hcl2 as the second front end: the same tree as ours, but where it is known to differ.

What it makes of the cases of syntax.yaml is recorded in tests/tables/syntax_hcl2.yaml and told in
docs/decisions/0014-two-front-ends.md. A new version of it that reads better fails here, so that
the list stays true.
"""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from scanner.errors import SyntaxProblem
from scanner.pipeline import Request, scan
from scanner.terraform.syntax import hcl2_syntax, parse

ROOT = Path(__file__).parents[3]
HARBOR = ROOT / "fixtures" / "terraform" / "harbor"
FILES = sorted(HARBOR.rglob("*.tf"))
TABLES = ROOT / "tests" / "tables"
TABLE = yaml.safe_load((TABLES / "syntax.yaml").read_text("utf-8"))
KNOWN = yaml.safe_load((TABLES / "syntax_hcl2.yaml").read_text("utf-8"))
CASES = [
    (text, verdict == "accepted")
    for verdicts in TABLE.values()
    for verdict, texts in verdicts.items()
    for text in texts
]


MODULES = HARBOR / "modules"
QUIETLY = ("--fail-on", "never", "-q")


def bare(node):
    """A node without its places."""
    if not isinstance(node, tuple):
        return node
    if len(node) > 2 and isinstance(node[0], str) and type(node[1]) is type(node[2]) is int:
        return (node[0], *map(bare, node[3:]))
    return tuple(map(bare, node))


def shape(body):
    attributes = {name: bare(each.expr) for name, each in body.attributes.items()}
    return attributes, [(each.type, each.labels, shape(each.body)) for each in body.blocks]


def disagreement(text, accepted):
    """How python-hcl2 differs from Go's parser, or from our tree."""
    try:
        theirs = hcl2_syntax.parse(text, "x.tf")
    except SyntaxProblem:
        return "refuses what is valid" if accepted else None
    if not accepted:
        return "accepts what is not"
    return None if shape(theirs.body) == shape(parse(text, "x.tf").body) else "reads otherwise"


@pytest.mark.parametrize(("text", "accepted"), CASES)
def test_the_list_of_disagreements_is_true(text, accepted):
    found = disagreement(text, accepted)
    assert [kind for kind, texts in KNOWN.items() if text in texts] == ([found] if found else [])


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(HARBOR)))
def test_harbor_is_read_alike_with_all_places_and_comments(path):
    text = path.read_text("utf-8")
    theirs, ours = hcl2_syntax.parse(text, path.name), parse(text, path.name)
    assert theirs.body == ours.body
    assert theirs.comments == ours.comments


def test_harbor_has_the_same_findings_and_paths():
    ours, theirs = (
        scan(Request(HARBOR, environ={}, parser=parser)) for parser in ("pathwarden", "python-hcl2")
    )
    assert ours.findings
    assert ours == theirs


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = 1\nb = = 2\n", "x.tf:2:5: python-hcl2: Unexpected token"),
        ("a = <<E\n${b +}\nE\n", "x.tf:1:5: expected an expression, found '}'"),
        ("a = " + "[" * 300 + "]" * 300, "x.tf:1:"),
        ("a = " + "!" * 300 + "b", "x.tf:1:"),
        ("#" * 3_000_000, "x.tf:1:1: larger than 2,097,152 characters"),
    ],
)
def test_refusals_have_their_place(text, said):
    with pytest.raises(SyntaxProblem) as caught:
        hcl2_syntax.parse(text, "x.tf")
    assert str(caught.value).startswith(said)


def test_the_command_line_offers_it_and_loads_it_only_then():
    script = (
        "import sys; from scanner.startup import main\n"
        "try: main()\n"
        "except SystemExit as done: print(done.code, 'hcl2' in sys.modules)"
    )
    for parser, loaded in (("pathwarden", "False"), ("python-hcl2", "True")):
        done = subprocess.run(
            [sys.executable, "-c", script, "scan", MODULES, "--parser", parser, *QUIETLY],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.split()[-2:] == ["0", loaded]
