"""Every rule has a page, and every example on it is run: the page is the rule's test.

An example goes the whole way, from Terraform text to verdicts. A mark above a resource must come
true exactly once, and nothing may be found that is not marked.
"""

from collections import Counter
from pathlib import Path

import pytest

from graphs.build import build_estate
from graphs.verdict import Verdict
from rules.api import Rule
from rules.catalogue import all_rules
from rules.page import Example, Mark, PageError, page, parse
from scanner.config import parse_config
from scanner.terraform.evaluate import evaluate_root
from scanner.tree import Directory

PAGES = Path(__file__).parents[2] / "rules" / "pages"
EXAMPLES = [
    (rule, example)
    for rule in all_rules()
    if (PAGES / f"{rule.id}.md").exists()  # a missing page has a test of its own
    for example in page(rule.id).examples
]

WHOLE = """# A danger

Why it matters.

## Example: bad

```hcl
# A note, then the mark.
# finding: some-danger
# with a note between
resource "aws_vpc" "main" {}

# cannot-tell: some-danger
resource "aws_vpc" "other" {}
```

## Fix

Do not.
"""


def test_a_page_is_read_into_its_parts():
    read = parse(WHOLE)
    assert (read.title, read.why, read.fix) == ("A danger", "Why it matters.", "Do not.")
    (example,) = read.examples
    assert (example.heading, example.number) == ("Example: bad", 1)
    assert example.marks == (
        Mark("some-danger", Verdict.VIOLATED, "aws_vpc.main"),
        Mark("some-danger", Verdict.CANNOT_TELL, "aws_vpc.other"),
    )


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (WHOLE.removeprefix("# A danger"), "starts with its title"),
        (WHOLE.replace("Why it matters.", ""), "a reason"),
        (WHOLE.replace("Do not.", ""), "a fix"),
        (WHOLE.replace("hcl", "json"), "an example"),
        (WHOLE.replace('resource "aws_vpc" "main" {}', ""), "no resource stands under"),
    ],
)
def test_a_malformed_page_is_refused(broken, says):
    with pytest.raises(PageError, match=says):
        parse(broken)


def test_every_page_belongs_to_a_rule():
    assert {p.stem for p in PAGES.glob("*.md")} == {rule.id for rule in all_rules()}


@pytest.mark.parametrize("rule", all_rules(), ids=lambda r: r.id)
def test_every_page_shows_the_danger_and_its_absence(rule: Rule):
    examples = page(rule.id).examples
    assert page(rule.id).title == rule.title
    assert any(e.marks for e in examples)
    assert any(not e.marks for e in examples)
    assert {m.rule for e in examples for m in e.marks} == {rule.id}


@pytest.mark.parametrize(
    ("rule", "example"), EXAMPLES, ids=[f"{r.id}-{e.number}" for r, e in EXAMPLES]
)
def test_the_example_comes_true(rule: Rule, example: Example, tmp_path: Path):
    (tmp_path / "main.tf").write_text(example.hcl)
    evaluated = evaluate_root(Directory(tmp_path), "")
    declared = parse_config(example.config or "version: 1").declared
    estate = build_estate(evaluated.resources, declared=declared, gaps=evaluated.gaps)
    found = Counter(
        Mark(rule.id, Verdict.of(violation.danger), block(violation.subject))
        for violation in rule.check(estate)
    )
    assert found == Counter(example.marks)


def block(node) -> str:
    address = node.source.address
    return f"{address.type}.{address.name}"
