"""`pathwarden demo`: scans a small bundled estate, so that one sees what a scan says."""

from importlib.resources import as_file, files
from pathlib import Path

import click

from scanner.cli.output import colour_wanted, deliver, width
from scanner.cli.scan import run
from scanner.config import load_config
from scanner.errors import UsageProblem

BESIDE = Path(__file__).resolve().parents[2] / "fixtures" / "terraform" / "harbor"


@click.command("demo")
def command() -> None:
    """Scan the bundled estate of a made-up shipping company."""
    from scanner.reports.text import render

    bundled = files("scanner") / "demo" / "harbor"
    if not bundled.is_dir() and not BESIDE.is_dir():
        raise UsageProblem("the demo estate is not installed")
    with as_file(bundled if bundled.is_dir() else BESIDE) as home:
        result = run(home, load_config(home))
        deliver(render(result, width=width(), colour=colour_wanted()), None)
    click.echo(f"\nThat was {home}. Scan your own: pathwarden scan PATH", err=True)
