"""`pathwarden reach`: whether anything gets from one place to another, and why."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Unpack

import click

from graphs.estate import Estate
from scanner import reaching
from scanner.cli.output import colour_wanted, deliver, width
from scanner.cli.scan import Reading, reading, reading_options
from scanner.config import load_config
from scanner.errors import UsageProblem
from scanner.estates import estates
from scanner.reaching import Question, Told
from scanner.redact import hider


@click.command("reach")
@click.argument("source", required=False)
@click.argument("destination", required=False)
@click.option("--protocol", metavar="P", help="tcp, udp, icmp or a number.  [default: any]")
@click.option("--port", type=click.IntRange(0, 65535), help="Without --protocol, of TCP or UDP.")
@click.option(
    "--batch",
    type=click.Path(path_type=Path),
    help='Answer a JSON list of {"src", "dst", "proto", "port"} with one of verdicts.',
)
@click.option(
    "--on",
    "--aws-json",
    "estate",
    type=click.Path(path_type=Path),
    default=Path(),
    help="A directory of Terraform or of answers of the AWS CLI, a plan, a state or a snapshot.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to a file.")
@reading_options
def command(
    source: str | None,
    destination: str | None,
    protocol: str | None,
    port: int | None,
    batch: Path | None,
    estate: Path,
    output: Path | None,
    **how: Unpack[Reading],
) -> None:
    """Say whether anything gets from SOURCE to DESTINATION and is answered.

    An end is "internet", an address, a site of pathwarden.yaml, or a thing by its address in code,
    its ARN, its id or its name.
    """
    config = load_config(estate, how["config_file"])
    with reading(estate, config, how) as request:
        reads = list(estates(request))
        found = [read.estate for read in reads]
        if batch is not None:
            text = json.dumps([_verdict(found, each) for each in _facts(batch)], indent=1) + "\n"
        elif source is None or destination is None:
            raise UsageProblem("say SOURCE and DESTINATION, or --batch FILE")
        else:
            number = None if protocol is None else reaching.protocol_of(protocol)
            text = _told(found, Question(source, destination, number, port), to_file=bool(output))
    deliver(hider({each for read in reads for each in read.evaluated.secrets})(text), output)


def _told(found: Sequence[Estate], question: Question, *, to_file: bool) -> str:
    """The answer in every estate that has both ends."""
    from scanner.reports.reach import render

    wide, colour = (100, False) if to_file else (width(), colour_wanted())
    answers = [(estate, told) for estate in found if (told := _asked(estate, question))]
    if not answers:
        known = [reaching.place(e, question.source) for e in found]
        missing = question.destination if any(known) else question.source
        raise reaching.nobody(found, missing)
    return "\n".join(
        render(told, estate.name if len(answers) > 1 else "", width=wide, colour=colour)
        for estate, told in answers
    )


def _asked(estate: Estate, question: Question) -> Told | None:
    """The answer in one estate; None where it lacks an end."""
    ends = [reaching.place(estate, end) for end in (question.source, question.destination)]
    if ends[0] is None or ends[1] is None:
        return None
    return reaching.ask(estate, Question(ends[0], ends[1], question.protocol, question.port))


def _facts(path: Path) -> list[Any]:
    try:
        said = json.loads(path.read_bytes())
    except OSError as problem:
        raise UsageProblem(f"{path} cannot be read: {problem.strerror}") from None
    except (ValueError, RecursionError):
        raise UsageProblem(f"{path} is not JSON") from None
    if not isinstance(said, list):
        raise UsageProblem(f"{path} is not a list of questions")
    return said


def _verdict(found: Sequence[Estate], said: Any) -> dict[str, str]:
    """The answer to one question of a batch; one that is none is answered "unknown" and why."""
    try:
        question = _question(said)
        for estate in found:
            told = _asked(estate, question)
            if told is not None:
                return {"verdict": told.word.value, "why": told.why}
        why = f"nothing here is called {question.source!r} or {question.destination!r}"
    except UsageProblem as problem:
        why = str(problem)
    return {"verdict": reaching.Word.UNKNOWN.value, "why": why}


def _question(said: Any) -> Question:
    if not isinstance(said, dict):
        raise UsageProblem("a question is an object with src and dst")
    source, destination = said.get("src"), said.get("dst")
    proto, port = said.get("proto"), said.get("port")
    if not isinstance(source, str) or not isinstance(destination, str):
        raise UsageProblem("a question has src and dst, which are texts")
    if port is not None and (not isinstance(port, int) or not 0 <= port <= 65535):
        raise UsageProblem(f"{port!r} is no port")
    number = None if proto is None else reaching.protocol_of(str(proto))
    return Question(source, destination, number, port)
