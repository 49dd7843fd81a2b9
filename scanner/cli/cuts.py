"""`pathwarden cuts`: the cheapest changes that end attack paths."""

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Unpack

import click

from rules import paths as path_rules
from rules.catalogue import rules_in
from scanner import cutting, pipeline
from scanner.cli.output import deliver, form_option, look, output_option
from scanner.cli.reading import Reading, on_option, reading, reading_options
from scanner.cli.waiving import Waiving, honouring, known, waiving_options
from scanner.config import Config, load_config
from scanner.edits import Edits
from scanner.errors import UsageProblem
from scanner.estates import Request, estates
from scanner.redact import redacted
from scanner.result import Cut
from scanner.tree import Directory
from scanner.views import Scanned

FORMATS = ("text", "json")


class How(Reading, Waiving):
    """The values of the options that say what to read and what counts."""


@click.command("cuts")
@click.option(
    "--target",
    "words",
    multiple=True,
    metavar="WHAT",
    help="End the paths to this alone: an address, an ARN, or a class such as customer.",
)
@click.option("--budget", type=float, metavar="N", help="End most risk for this cost.")
@form_option(FORMATS)
@click.option("--waived", is_flag=True, help="End waived paths too.")
@on_option
@output_option
@waiving_options
@reading_options
def command(
    *,
    words: Sequence[str],
    budget: float | None,
    form: str,
    waived: bool,
    estate: Path,
    output: Path | None,
    **how: Unpack[How],
) -> None:
    """Name the cheapest concrete changes that end all attack paths, or those to a target.

    Paths that are waived, or that the baseline knows, are left alone. Costs and flows that have to
    stay are set in pathwarden.yaml; see docs/cuts.md.
    """
    if budget is not None and not (math.isfinite(budget) and budget > 0):
        raise UsageProblem(f"--budget {budget:g}: a budget is a number above 0")
    config = load_config(estate, how["config_file"])
    with reading(estate, honouring(config, how), how) as request:
        roots = _judged(replace(request, baseline=known(how["baseline"])), waived=waived)
        _check_flows(roots, config)
        cuts = _cuts(roots, config, words, budget, estate)
    secrets = {text for root in roots for text in root.evaluated.secrets}
    told = tuple(redacted(cut, secrets) for cut in cuts)
    if form == "json":
        from scanner.reports.json import written

        deliver(written({"cuts": told}), output)
        return
    from scanner.reports.cuts import render

    wide, colour = look(output)
    deliver(render(told, budget=budget, width=wide, colour=colour), output)


def _judged(request: Request, *, waived: bool) -> Sequence[Scanned]:
    """The estates with their paths, and with the findings of these where waivers count."""
    asked = replace(request, rules=() if waived else rules_in(path_rules))
    found = [pipeline.judged(read, asked) for read in estates(asked)]
    return found if waived else pipeline.waived(found, asked)[0]


def _cuts(
    roots: Sequence[Scanned],
    config: Config,
    words: Sequence[str],
    budget: float | None,
    path: Path,
) -> list[Cut]:
    """The cuts of every estate that has something to end; one that says so where none has."""
    wanted = cutting.targets_named([root.estate for root in roots], words)
    found: list[Cut] = []
    for at, root in enumerate(roots):
        if words and not wanted[at]:
            continue
        edits = None
        if path.is_dir():
            sources = {r.id: r for r in root.evaluated.resources}
            edits = Edits(Directory(path), sources)
        made = cutting.cuts_of(root, config, wanted[at], budget, edits)
        found += [cut for cut, present in made if present]
    if budget is not None and found and not any(cut.changes for cut in found):
        raise UsageProblem(f"--budget {budget:g}: no change that ends a path costs so little")
    return found or [Cut(".", "violated", 0.0, 0.0, True, ())]


def _check_flows(roots: Sequence[Scanned], config: Config) -> None:
    """Say which declared flows keep nothing, since nothing goes that way."""
    found = [root.estate for root in roots]
    for flow in config.keep:
        if cutting.missing(found, flow):
            said = f"{flow.place}: keep: nothing goes from {flow.source} to {flow.target}"
            click.echo(f"pathwarden: {said}", err=True)
