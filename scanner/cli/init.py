"""`pathwarden init`: writes a commented pathwarden.yaml to begin with."""

from importlib.resources import files
from pathlib import Path

import click

from scanner.cli.output import deliver
from scanner.config import NAME
from scanner.errors import UsageProblem


@click.command("init")
@click.argument("directory", type=click.Path(path_type=Path), default=Path())
def command(directory: Path) -> None:
    """Write a commented pathwarden.yaml into DIRECTORY."""
    if not directory.is_dir():
        raise UsageProblem(f"{directory} is not a directory")
    target = directory / NAME
    if target.exists():
        raise UsageProblem(f"{target} exists already", fix="edit it, or remove it first")
    deliver(files("scanner.schemas").joinpath("example.yaml").read_text("utf-8"), target)
    click.echo(f"wrote {target}", err=True)
