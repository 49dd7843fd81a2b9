"""Every question takes its estate the same way."""

import importlib

import click
import pytest

from scanner.cli import COMMANDS

ASKS = [
    name
    for name in COMMANDS
    if name not in ("checkov", "demo", "diff", "eval", "init", "rules", "sweep")
]


@pytest.mark.parametrize("name", ASKS)
def test_answers_of_the_aws_cli_are_named_by_either_option(name: str) -> None:
    command: click.Command = importlib.import_module(
        f"scanner.cli.{name.replace('-', '_')}"
    ).command
    taken = {each for option in command.params for each in option.opts}
    assert {"--on", "--aws-json"} <= taken
