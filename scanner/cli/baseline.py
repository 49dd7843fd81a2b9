"""`pathwarden baseline`: write down what stands today, so that only what is new counts."""

from pathlib import Path
from typing import Unpack

import click

from scanner.cli.output import deliver, output_option
from scanner.cli.reading import where
from scanner.cli.scan import How, run, scan_options
from scanner.config import load_config
from scanner.errors import UsageProblem


@click.command("baseline")
@where
@output_option
@click.option("--until", default="", metavar="DAY", help="The last day on which entries count.")
@click.option("--owner", default="", help="Who answers for the entries.")
@click.option("--reason", default="", help="Why one lives with them.")
@scan_options
def command(
    path: Path, output: Path | None, until: str, owner: str, reason: str, **how: Unpack[How]
) -> None:
    """Write down the findings of PATH as they stand today; `scan --baseline FILE` knows them.

    Where the file is there already, its entries keep what they say and those that are gone go;
    --until, --owner and --reason are for new ones.
    """
    from scanner.waivers.baseline import Words, read_baseline, words_of, written
    from scanner.waivers.reading import Unreadable, day

    try:
        words = Words(reason, owner, str(day(until)) if until else "")
    except Unreadable as problem:
        raise UsageProblem(f"--until: {problem}") from None
    before = words_of(read_baseline(output)) if output and output.is_file() else {}
    result = run(path, load_config(path, how["config_file"]), how)
    deliver(written(result, words, before), output)
