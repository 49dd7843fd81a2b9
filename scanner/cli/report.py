"""`pathwarden report`: a page for those who answer for security, to read, print and pass on."""

from pathlib import Path
from typing import Unpack

import click

from scanner.cli.output import deliver, output_option
from scanner.cli.scan import How
from scanner.cli.source import result_of, source_options


@click.command("report")
@output_option
@source_options
def command(output: Path | None, estate: Path, source: Path | None, **how: Unpack[How]) -> None:
    """Write what a scan says as one HTML page that needs no network and runs no script."""
    from scanner.reports.html import render

    deliver(render(result_of(estate, source, how)), output)
