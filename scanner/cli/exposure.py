"""`pathwarden exposure`: what the internet, an outside network or a site reaches, and why."""

from pathlib import Path
from typing import Unpack

import click

from graphs.network.reach import INTERNET
from scanner.cli.output import deliver, form_option, look, output_option
from scanner.cli.reading import Reading, reading, reading_options, where
from scanner.config import load_config
from scanner.ends import find, nobody
from scanner.estates import check_root, estates, only
from scanner.redact import hider

FORMATS = ("text", "json")


@click.command("exposure")
@where
@click.option(
    "--from",
    "source",
    default=INTERNET,
    show_default=True,
    metavar="END",
    help="Who sends: an end as `pathwarden reach` takes it.",
)
@click.option("--to", "goal", metavar="END", help="Look at this alone, or at what is in it.")
@click.option("--root", metavar="DIR", help="Look at this root module alone.")
@form_option(FORMATS)
@output_option
@reading_options
def command(
    path: Path,
    source: str,
    goal: str | None,
    root: str | None,
    form: str,
    output: Path | None,
    **how: Unpack[Reading],
) -> None:
    """List the services of PATH that the internet reaches, or another END, and what opens them.

    What is certain comes first, the gravest on top; then what cannot be told, with what decides.
    """
    from scanner.exposing import exposure
    from scanner.reports.exposure import as_json, render

    config = load_config(path, how["config_file"])
    check_root(path, root)
    with reading(path, config, how) as request:
        reads = list(estates(request, only(root)))
        hide = hider({each for read in reads for each in read.evaluated.secrets})
        known = [read.estate for read in reads]
        found = []
        for estate in known:
            start, to = find(estate, source), find(estate, goal) if goal else None
            if start is not None and (goal is None or to is not None):
                found.append(exposure(estate, start, to))
        if not found:
            lacks = goal if goal and any(find(each, source) for each in known) else source
            raise nobody(known, lacks)
        if form == "json":
            text = as_json(found, hide)
        else:
            wide, colour = look(output)
            text = hide(render(found, width=wide, colour=colour))
    deliver(text, output)
