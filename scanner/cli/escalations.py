"""`pathwarden escalations`: who is an administrator, and who can become one."""

from pathlib import Path
from typing import Unpack

import click

from scanner.cli.output import deliver, form_option, look, output_option
from scanner.cli.reading import Reading, reading, reading_options, where
from scanner.config import load_config


@click.command("escalations")
@where
@form_option()
@output_option
@reading_options
def command(path: Path, form: str, output: Path | None, **how: Unpack[Reading]) -> None:
    """Tell of every role and user whether it may do everything, or can come to, and how.

    Each way is told call by call, roles that can be assumed on the way among them.
    """
    from graphs.attack.escalation import standings
    from scanner.estates import estates
    from scanner.redact import hider
    from scanner.reports.escalations import as_json, render

    with reading(path, load_config(path, how["config_file"]), how) as request:
        reads = list(estates(request))
        found = [(read.estate.name, list(standings(read.estate))) for read in reads]
    hide = hider({each for read in reads for each in read.evaluated.secrets})
    if form == "json":
        text = as_json(found, hide)
    else:
        wide, colour = look(output)
        text = hide(render(found, width=wide, colour=colour))
    deliver(text, output)
