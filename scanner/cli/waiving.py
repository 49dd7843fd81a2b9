"""The options of a scan that are about waivers, and what it says of them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

import click

from scanner.config import Config
from scanner.reports.words import clean, spot
from scanner.waivers.waiver import FOREIGN, Standing, Waiver

if TYPE_CHECKING:
    from scanner.result import Result

WARNED = (Standing.EXPIRED, Standing.FORBIDDEN, Standing.INVALID)


class Waiving(TypedDict):
    """The values of `waiving_options`."""

    baseline: Path | None
    foreign_waivers: bool


def waiving_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """--baseline and --foreign-waivers."""
    baseline = click.option(
        "--baseline",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Know the findings that `pathwarden baseline` wrote there; they do not count.",
    )
    foreign = click.option(
        "--foreign-waivers",
        is_flag=True,
        help="Honour the comments of Checkov, Trivy and tfsec too.",
    )
    return baseline(foreign(function))


def honouring(config: Config, how: Waiving) -> Config:
    """The settings, with the comments of other tools honoured where that is asked for."""
    if not how["foreign_waivers"]:
        return config
    return replace(config, waiving=replace(config.waiving, foreign=tuple(map(str, FOREIGN))))


def known(baseline: Path | None) -> tuple[Waiver, ...]:
    """The findings that a baseline knows."""
    if baseline is None:
        return ()
    from scanner.waivers.baseline import read_baseline

    return read_baseline(baseline)


def warn(result: "Result") -> None:
    """Say in one line that waivers do not count, with the first of them."""
    wrong = [waiver for waiver in result.waivers if waiver.status in WARNED]
    if not wrong:
        return
    from scanner.reports.waivers import complaint

    first, more = wrong[0], len(wrong) - 1
    rest = f"; so {'does' if more == 1 else 'do'} {more} more" if more else ""
    said = f"{spot(first.file, first.line)}: {complaint(first)}{rest}"
    click.echo(f"pathwarden: {clean(said)}", err=True)
