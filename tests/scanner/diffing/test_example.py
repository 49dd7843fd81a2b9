"""Harbor compared: the comment in the documentation is the one that is made, names do not count."""

import json
import runpy
import shutil
from pathlib import Path

from tests.harbor_renaming import rename
from tests.harbor_table import HARBOR
from tests.scanner.diffing.conftest import invoked

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"


def test_the_example_is_what_the_documented_command_writes():
    made = runpy.run_path(str(EXAMPLES / "diff_comment.py"))["comment"]()
    assert made == (EXAMPLES / "diff-comment.md").read_text(), (
        "python docs/examples/diff_comment.py writes it again"
    )


def test_new_names_in_code_are_no_difference(tmp_path):
    """Every resource, module, local value and file of Harbor is called otherwise."""
    for name in ("one", "two"):
        shutil.copytree(HARBOR, tmp_path / name)
    rename(tmp_path / "two")
    done = invoked(str(tmp_path / "one"), str(tmp_path / "two"), "--format", "json")
    told = json.loads(done.stdout)
    names = ("opened", "closed", "changed", "findings_changed", "lost", "requirements")
    more = ("reach_added", "reach_removed", "permissions_added", "permissions_removed")
    assert not [name for name in (*names, *more, "unknowns_added", "gaps_added") if told[name]]
    # An access key has no name but the one in code.
    assert {f["rule"] for f in told["findings_added"]} == {"long-lived-access-key"}
