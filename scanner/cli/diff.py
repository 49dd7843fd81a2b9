"""`pathwarden diff`: what a change opens and closes."""

import importlib
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from scanner.cli.judging import judging_options, reaches, stands
from scanner.cli.output import deliver, form_option, look, output_option
from scanner.cli.reading import requested
from scanner.cli.scan import How, scan_options, selected
from scanner.result import Result

if TYPE_CHECKING:
    from rules.api import Rule
    from scanner.config import Config
    from scanner.diffing.difference import Difference
    from scanner.diffing.judging import Judged

FORMATS = ("text", "json", "sarif", "markdown")


@click.command("diff")
@click.argument("base")
@click.argument("head", required=False)
@click.option(
    "--on",
    "estate",
    type=click.Path(exists=True, path_type=Path),
    default=Path(),
    help="The directory that revisions are of.  [default: .]",
)
@form_option(FORMATS, "How to write the report.")
@output_option
@judging_options("what is added")
@scan_options
@click.pass_context
def command(  # noqa: PLR0913  one parameter per option
    ctx: click.Context,
    /,
    *,
    base: str,
    head: str | None,
    estate: Path,
    form: str,
    output: Path | None,
    fail_on: str | None,
    fail_on_unknown: str,
    strict: bool,
    **how: Unpack[How],
) -> None:
    """Compare BASE with HEAD: paths, reachability, permissions, findings, duties.

    Both are revisions of the git repository that --on is in, of which nothing is checked out; or
    directories, plans, states, snapshots or result files. BASE...HEAD compares with where they
    parted. Without HEAD the working tree is compared. Policy is that of BASE.
    """
    from scanner.diffing.adding import adds
    from scanner.diffing.comparing import compare
    from scanner.redact import redacted

    config, first, second, told = _judged(base, head, estate, how)
    limit = fail_on or config.fail_on or "high"
    fresh = adds(first.result, second.result)
    standing = [f for f in fresh if stands(f, limit, fail_on_unknown)]
    difference = redacted(compare(first, second, told), first.secrets | second.secrets)
    deliver(_report(difference, (first, second), form, output), output)
    hidden = [lost for lost in difference.lost if reaches(lost.severity, fail_on_unknown)]
    unread = first.result.gaps or second.result.gaps
    ctx.exit(3 if strict and unread else 1 if standing or hidden else 0)


def _judged(
    base: str, head: str | None, estate: Path, how: How
) -> "tuple[Config, Judged, Judged, Sequence[str]]":
    """The settings that count, both sides, and what is to be said of how they were read."""
    from scanner.diffing.judging import both, policy, waivers_of_head
    from scanner.diffing.settled import notes, settled
    from scanner.diffing.sides import sides

    given = how["config_file"]
    named = sides(base, head, estate)
    try:
        config = policy(named, given)
        with requested(estate, config, how) as request:
            waivers = waivers_of_head(named, config, given)
            judged = both(named, request, partial(_selected, how), waivers)
        told = tuple(notes(*judged, given=given is not None))
    finally:
        named.close()
    return config, *settled(*judged), told


def _selected(how: How, config: "Config") -> "tuple[Rule, ...]":
    return selected(config, how["only"], how["skip"])


def _report(
    difference: "Difference", judged: "Sequence[Judged]", form: str, output: Path | None
) -> str:
    if form == "json":
        from scanner.reports.json import written

        return written(difference)
    if form == "sarif":
        return _sarif(*judged)
    module = importlib.import_module(f"scanner.reports.diff_{form}")
    if form == "markdown":
        rendered: str = module.render(difference)
        return rendered
    wide, colour = look(output)
    told: str = module.render(difference, width=wide, colour=colour)
    return told


def _sarif(base: "Judged", head: "Judged") -> str:
    """What the head adds, as the results of its own scan."""
    from scanner.diffing.adding import only_new
    from scanner.redact import redacted
    from scanner.reports.sarif import render

    added: Result = redacted(only_new(base.result, head.result), base.secrets | head.secrets)
    return render(added)
