"""`pathwarden reach`: whether anything gets from one place to another, and why."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Unpack

import click

from graphs.estate import Estate
from scanner import reaching
from scanner.batch import verdict
from scanner.cli.output import deliver, form_option, look, output_option
from scanner.cli.reading import Reading, on_option, reading, reading_options
from scanner.config import load_config
from scanner.ends import find, nobody
from scanner.errors import UsageProblem
from scanner.estates import check_root, estates, only
from scanner.given import read_given_json
from scanner.reaching import Asked, Question, Word
from scanner.redact import hider

FORMATS = ("text", "json")


@click.command("reach")
@click.argument("source", required=False)
@click.argument("destination", required=False)
@click.option("--protocol", metavar="P", help="tcp, udp, icmp or a number.  [default: any]")
@click.option("--port", metavar="N", help="Without --protocol, of TCP or UDP; of ICMP, TYPE:CODE.")
@click.option(
    "--batch",
    type=click.Path(path_type=Path),
    help='Answer a JSON list of {"src", "dst", "proto", "port"} with one of verdicts.',
)
@on_option
@click.option("--root", metavar="DIR", help="Ask this root module alone.")
@form_option(FORMATS)
@output_option
@click.option(
    "--expect",
    type=click.Choice([word.value for word in Word]),
    help="Exit with 1 where the verdict is another.",
)
@reading_options
@click.pass_context
def command(  # noqa: PLR0913  one parameter per option
    ctx: click.Context,
    /,
    *,
    source: str | None,
    destination: str | None,
    protocol: str | None,
    port: str | None,
    batch: Path | None,
    estate: Path,
    root: str | None,
    form: str,
    output: Path | None,
    expect: str | None,
    **how: Unpack[Reading],
) -> None:
    """Say whether anything gets from SOURCE to DESTINATION and is answered.

    An end is "internet", an address, a site of pathwarden.yaml, or a thing by its address in code,
    its ARN, its id or its name; public:NAME is it by its public address. A range, a VPC, a subnet
    or a security group is all that is in it.

    The exit code is 0 whatever the verdict, but for --expect.
    """
    config = load_config(estate, how["config_file"])
    check_root(estate, root)
    with reading(estate, config, how) as request:
        reads = list(estates(request, only(root)))
        hide = hider({each for read in reads for each in read.evaluated.secrets})
        found = [read.estate for read in reads]
        if batch is not None:
            words = [verdict(found, each) for each in _facts(batch)]
            text = hide(json.dumps(words, indent=1) + "\n")
            said = {each["verdict"] for each in words}
        elif source is None or destination is None:
            raise UsageProblem("say SOURCE and DESTINATION, or --batch FILE")
        else:
            number = None if protocol is None else reaching.protocol_of(protocol)
            at = None if port is None else reaching.port_of(port, number)
            answers = _answers(found, Question(source, destination, number, at))
            text = _written(answers, form, hide, output)
            said = {asked.word.value for _, asked in answers}
    deliver(text, output)
    ctx.exit(1 if expect is not None and said != {expect} else 0)


def _answers(found: Sequence[Estate], question: Question) -> list[tuple[str, Asked]]:
    """The answer in every estate that has both ends, by its name."""
    answers = [
        (estate.name, asked)
        for estate in found
        if (asked := reaching.answer(estate, question, remedied=True))
    ]
    if not answers:
        known = [find(estate, question.source) for estate in found]
        raise nobody(found, question.destination if any(known) else question.source)
    return answers


def _written(
    answers: Sequence[tuple[str, Asked]], form: str, hide: Callable[[str], str], output: Path | None
) -> str:
    from scanner.reports.reach import as_json, render

    if form == "json":
        return as_json(answers, hide)
    wide, colour = look(output)
    several = len(answers) > 1
    return hide(
        "\n".join(
            render(asked, name if several else "", width=wide, colour=colour)
            for name, asked in answers
        )
    )


def _facts(path: Path) -> list[Any]:
    said = read_given_json(path)
    if not isinstance(said, list):
        raise UsageProblem(f"{path} is not a list of questions")
    return said
