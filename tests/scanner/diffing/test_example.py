"""The comment in the documentation is the one that is made."""

import runpy
from pathlib import Path

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"


def test_the_example_is_what_the_documented_command_writes():
    made = runpy.run_path(str(EXAMPLES / "diff_comment.py"))["comment"]()
    assert made == (EXAMPLES / "diff-comment.md").read_text(), (
        "python docs/examples/diff_comment.py writes it again"
    )
