"""`pathwarden graph`: the estate as a picture, or as a graph for other programs."""

from pathlib import Path
from typing import Unpack

import click

from scanner.cli.output import deliver, form_option, output_option
from scanner.cli.reading import Reading, reading, reading_options, where
from scanner.config import load_config
from scanner.drawing import FORMATS, TABLES, read, text_of
from scanner.errors import UsageProblem
from scanner.reports.words import counted


@click.command("graph")
@where
@form_option(FORMATS, "json and graphml hold the whole graph; dot, svg and mermaid draw it.")
@output_option
@click.option("--root", metavar="DIR", help="This root module alone, as a scan of PATH names it.")
@click.option("--evidence", is_flag=True, help="Add what proves each edge (json, graphml).")
@reading_options
def command(
    path: Path,
    form: str,
    output: Path | None,
    root: str | None,
    *,
    evidence: bool,
    **how: Unpack[Reading],
) -> None:
    """Write the graph of PATH: LANs, WANs, services, identities and data, and what joins them.

    json is networkx's node-link form. svg and mermaid show one root module at a time.
    """
    if evidence and form not in TABLES:
        raise UsageProblem(f"--evidence goes with {' and '.join(TABLES)}, not with {form}")
    config = load_config(path, how["config_file"])
    with reading(path, config, how) as request:
        found = read(request, form, root)
        text = text_of(found, form, path, evidence=evidence)
    deliver(text, output)
    gaps = {str(gap) for each in found for gap in each.estate.gaps}
    if gaps:
        said = counted(len(gaps), "thing")
        click.echo(f"{said} not read or not modelled: see `pathwarden scan`", err=True)
