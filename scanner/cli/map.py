"""`pathwarden map`: the LANs and WANs of an estate, with what crosses each border."""

from pathlib import Path
from typing import Unpack

import click

from scanner.cli.output import deliver, form_option, output_option
from scanner.cli.reading import Reading, reading, reading_options, where
from scanner.config import load_config
from scanner.drawing import ALONE, map_of, read


@click.command("map")
@where
@form_option(ALONE)
@output_option
@click.option("--root", metavar="DIR", help="This root module alone, as a scan of PATH names it.")
@reading_options
def command(
    path: Path, form: str, output: Path | None, root: str | None, **how: Unpack[Reading]
) -> None:
    """Draw the LANs and WANs of PATH, and what crosses the border of each LAN.

    One root module is drawn at a time. What cannot be told is marked.
    """
    config = load_config(path, how["config_file"])
    with reading(path, config, how) as request:
        (found,) = read(request, form, root)
        text = map_of(found, form, path)
    deliver(text, output)
