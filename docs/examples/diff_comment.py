# ruff: noqa: INP001 (a script, not a package)
"""Writes docs/examples/diff-comment.md: what `pathwarden diff` says of a change of Harbor.

    python docs/examples/diff_comment.py

The change is what a pull request may well do in passing: it lets a supplier in by SSH, narrows a
deny to a bucket of before, and closes a bucket.
"""

import contextlib
import shutil
import sys
import tempfile
from pathlib import Path

HOME = Path(__file__).resolve().parents[2]
HARBOR = HOME / "fixtures" / "terraform" / "harbor"
COMMENT = Path(__file__).with_name("diff-comment.md")
EDITS = (
    (
        "terminal.tf",
        "extra_groups = []",
        "extra_groups = [aws_security_group.remote_support.id]",
    ),
    (
        "terminal.tf",
        'Effect = "Deny", Action = "s3:*", Resource = "arn:aws:s3:::harborline-insurance*"',
        'Effect = "Deny", Action = "s3:*", Resource = "arn:aws:s3:::harborline-insurance-old*"',
    ),
    ("crew.tf", "readers                 = [{}]", "readers                 = []"),
)


def comment() -> str:
    """The comment, made in a directory of its own."""
    from click.testing import CliRunner

    from scanner.cli import cli

    words = ["diff", "main", "remote-support", "--format", "markdown", "--fail-on", "never"]
    with tempfile.TemporaryDirectory() as home, contextlib.chdir(home):
        for name in ("main", "remote-support"):
            shutil.copytree(HARBOR, name)
        for name, old, new in EDITS:
            _edit(Path("remote-support", name), old, new)
        done = CliRunner().invoke(cli, words, standalone_mode=False, catch_exceptions=False)
    return done.stdout


def _edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    if text.count(old) != 1:
        raise SystemExit(f"{file.name}: what is to be changed stands there {text.count(old)} times")
    file.write_text(text.replace(old, new))


if __name__ == "__main__":
    sys.path.insert(0, str(HOME))
    COMMENT.write_text(comment())
