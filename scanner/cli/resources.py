"""`pathwarden resources`: every resource instance as Pathwarden evaluated it."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Unpack

import click

from scanner.cli.output import deliver, form_option, output_option
from scanner.cli.reading import Reading, reading, reading_options, where
from scanner.config import load_config
from scanner.reports.words import clean, counted


@click.command("resources")
@where
@form_option(said="How to write them.")
@output_option
@reading_options
def command(path: Path, form: str, output: Path | None, **how: Unpack[Reading]) -> None:
    """List the resource instances of PATH: values, what is unknown, and where they stand.

    Values that Terraform holds sensitive are redacted.
    """
    from scanner.estates import estates
    from scanner.reports.json_resources import listed

    with reading(path, load_config(path, how["config_file"]), how) as request:
        found = [each.evaluated for each in estates(request)]
    rows = [row for each in found for row in listed(each)]
    text = json.dumps(rows, ensure_ascii=False, indent=1) + "\n" if form == "json" else _text(rows)
    deliver(text, output)
    gaps = {str(gap) for each in found for gap in each.gaps}
    if gaps:
        said = counted(len(gaps), "thing")
        click.echo(f"{said} not read or not modelled: see `pathwarden scan`", err=True)


def _text(rows: Iterable[dict[str, Any]]) -> str:
    """A paragraph for each instance."""
    return "\n".join("\n".join(_lines(row)) + "\n" for row in rows)


def _lines(row: dict[str, Any]) -> Iterable[str]:
    where = f"  {clean(row['file'])}:{row['line']}" if row["file"] else ""
    root = "" if row["root"] == "." else f"  (root {clean(row['root'])})"
    maybe = "" if row["exists"] == "certain" else "  (maybe)"
    yield f"{clean(row['address'])}{maybe}{where}{root}"
    for name, value in row["values"].items():
        yield f"  {clean(name)} = {clean(json.dumps(value, ensure_ascii=False))}"
    for path, why in row["why"].items():
        yield f"  {clean(path)}: unknown, {clean(why)}"
