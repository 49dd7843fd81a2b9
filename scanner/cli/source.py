"""Where a command takes its result from: a result file by --from, or a new scan by --on."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from scanner.cli.reading import on_option
from scanner.cli.scan import How, run, scan_options
from scanner.config import load_config
from scanner.result import Result


def source_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """--on and --from, and the options of a scan."""
    saved = click.option(
        "--from",
        "source",
        type=click.Path(path_type=Path),
        help="A result file of `scan --format json -o FILE`, instead of scanning again.",
    )
    return on_option(saved(scan_options(function)))


def result_of(estate: Path, source: Path | None, how: How) -> Result:
    """What the result file says where there is one, else what a scan says."""
    if source is not None:
        from scanner.reports.json import read_result

        return read_result(source)
    return run(estate, load_config(estate, how["config_file"]), how)
