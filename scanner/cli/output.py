"""How a report is written and where it goes, how wide it is, and whether it has colour."""

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click

from scanner.errors import UsageProblem

WIDEST = 160
NOWHERE = 100
"""How wide a report is where nothing says how wide it is shown."""

TEXT_OR_JSON = ("text", "json")

output_option = click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Write to a file."
)


def form_option(
    forms: Sequence[str] = TEXT_OR_JSON, said: str = "How to write the answer."
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """--format, one of `forms`, the first where nothing is said; the command is given `form`."""
    choice = click.Choice(forms)
    return click.option(
        "--format", "form", type=choice, default=forms[0], show_default=True, help=said
    )


class Look(NamedTuple):
    """How a report looks: its width in columns, and whether it has colour."""

    width: int
    colour: bool


def look(output: Path | None) -> Look:
    """As the terminal has it; plain where the report goes to a file."""
    return Look(NOWHERE, colour=False) if output else Look(width(), colour_wanted())


def colour_wanted() -> bool:
    """Colour on a terminal only, and not where NO_COLOR is set (https://no-color.org)."""
    if os.environ.get("NO_COLOR"):
        return False
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def width() -> int:
    """The terminal's width, or $COLUMNS; 100 where the output is piped."""
    found = shutil.get_terminal_size((NOWHERE, 24)).columns
    return max(60, min(found, WIDEST))


def deliver(text: str, output: Path | None) -> None:
    """Write a report to a file, whole or not at all, or to standard output."""
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        if output.exists() and not output.is_file():
            output.write_text(text, encoding="utf-8")  # a pipe or device is not replaced
        else:
            _replace(Path(os.path.realpath(output)), text)
    except OSError as problem:
        raise UsageProblem(f"{output} cannot be written: {problem.strerror}") from None


def _replace(output: Path, text: str) -> None:
    """Put a file in place of another in one step; nothing is left behind where that fails."""
    draft = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        with draft.open("x", encoding="utf-8") as file:
            file.write(text)
        draft.replace(output)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
