"""Where a report goes, how wide it is, and whether it has colour."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import click

from scanner.errors import UsageProblem

WIDEST = 160


def colour_wanted() -> bool:
    """Colour on a terminal only, and not where NO_COLOR is set (https://no-color.org)."""
    if os.environ.get("NO_COLOR"):
        return False
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def width() -> int:
    """The terminal's width, or $COLUMNS; 100 where the output is piped."""
    found = shutil.get_terminal_size((100, 24)).columns
    return max(60, min(found, WIDEST))


def deliver(text: str, output: Path | None) -> None:
    """Write a report to a file, whole or not at all, or to standard output."""
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=output.parent, prefix=f".{output.name}.", delete=False
        ) as draft:
            draft.write(text)
        Path(draft.name).chmod(0o644)
        Path(draft.name).replace(output)
    except OSError as problem:
        raise UsageProblem(f"{output} cannot be written: {problem.strerror}") from None
