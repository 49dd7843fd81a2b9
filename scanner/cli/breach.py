"""`pathwarden breach`: one thing is taken; what follows, and what to do."""

from pathlib import Path
from typing import Unpack

import click

from scanner import breaching
from scanner.breached import SCHEMA, Report
from scanner.cli.output import deliver, form_option, look, output_option
from scanner.cli.reading import Reading, on_option, reading, reading_options
from scanner.config import Config, load_config
from scanner.edits import Edits
from scanner.estates import estates
from scanner.owners import ownership
from scanner.redact import redacted
from scanner.tree import Directory
from scanner.views import Scanned

FORMATS = ("text", "json", "markdown")


@click.command("breach")
@click.argument("node", metavar="NODE")
@form_option(FORMATS)
@on_option
@output_option
@reading_options
def command(
    node: str, form: str, estate: Path, output: Path | None, **how: Unpack[Reading]
) -> None:
    """Say what follows when NODE is an attacker's, and what to do about it.

    NODE is an instance, a function or another workload, a role, a user, an access key or a KMS key,
    a store, a site, an outside account or an account, by address, ARN, name or id. Told are what is
    reached and how, the steps to isolate it, the cheapest changes that contain it, which logs tell
    of it, and which duties to notify may begin. No command that is shown is ever run.
    """
    config = load_config(estate, how["config_file"])
    with reading(estate, config, how) as request:
        roots = [Scanned(read.evaluated, read.estate, (), ()) for read in estates(request)]
        report = _report(roots, config, node, estate)
    report = redacted(report, {text for root in roots for text in root.evaluated.secrets})
    if form == "json":
        from scanner.reports.json import written

        deliver(written(report), output)
        return
    if form == "markdown":
        from scanner.reports.breach_markdown import render as page

        deliver(page(report.breaches), output)
        return
    from scanner.reports.breach import render

    wide, colour = look(output)
    deliver(render(report.breaches, width=wide, colour=colour), output)


def _report(roots: list[Scanned], config: Config, node: str, path: Path) -> Report:
    """The breach in every estate that has the thing."""
    owned = ownership(path)
    found = []
    for at, thing in breaching.find([root.estate for root in roots], node):
        root = roots[at]
        sources = {resource.id: resource for resource in root.evaluated.resources}
        edits = Edits(Directory(path), sources) if path.is_dir() else None
        found.append(breaching.breached(root, config, node, thing, edits, owned))
    return Report(SCHEMA, tuple(found))
