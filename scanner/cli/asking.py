"""What the commands about permissions share: their options, and the estates that answer."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from scanner.cli.output import Look, deliver, form_option, look, output_option
from scanner.cli.reading import Reading, on_option, reading, reading_options
from scanner.config import load_config

if TYPE_CHECKING:
    from graphs.estate import Estate


class Answer(NamedTuple):
    """What one estate answers: for people, and as JSON."""

    text: str
    rows: list[dict[str, Any]]


class Asking(Reading):
    """The values of `asking_options`."""

    context: Sequence[str]
    estate: Path
    form: str
    output: Path | None


def asking_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every command about permissions."""
    context = click.option(
        "--context",
        "context",
        multiple=True,
        metavar="KEY=VALUE",
        help="A condition key of the request, such as aws:SourceIp=203.0.113.7; `key=` for one "
        "that it does not have.",
    )
    return context(on_option(form_option()(output_option(reading_options(function)))))


def answer(
    how: Asking,
    question: dict[str, Any],
    ask: "Callable[[Sequence[Estate], Look], list[Answer]]",
) -> None:
    """Read the estates, ask them, and write what they say."""
    from scanner.estates import estates
    from scanner.redact import hider
    from scanner.reports.permissions import SCHEMA

    estate, output = how["estate"], how["output"]
    with reading(estate, load_config(estate, how["config_file"]), how) as request:
        reads = list(estates(request))
    found = ask([read.estate for read in reads], look(output))
    if how["form"] == "json":
        rows = [row for each in found for row in each.rows]
        said = {"schema": SCHEMA, "question": question, "answers": rows}
        text = json.dumps(said, ensure_ascii=False, indent=1) + "\n"
    else:
        text = "\n".join(each.text for each in found)
    deliver(hider({each for read in reads for each in read.evaluated.secrets})(text), output)
