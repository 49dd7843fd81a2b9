"""`pathwarden eval`: the values that expressions have in a root module."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Unpack

import click

from scanner.cli.output import deliver, output_option
from scanner.cli.reading import Reading, reading, reading_options
from scanner.config import load_config
from scanner.errors import UsageProblem
from scanner.estates import beside, tree_of
from scanner.given import read_given_json


@click.command("eval")
@click.argument("path", metavar="DIR", type=click.Path(path_type=Path), default=Path())
@click.option("-e", "expressions", multiple=True, metavar="EXPR", help="Evaluate this.")
@click.option(
    "--batch",
    type=click.Path(path_type=Path),
    help='A JSON list of {"id": ..., "expr": ...}; the answers are JSON by id.',
)
@click.option("--root", metavar="DIR", help="The root module below DIR.  [default: DIR itself]")
@output_option
@reading_options
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    path: Path,
    expressions: Sequence[str],
    batch: Path | None,
    root: str | None,
    output: Path | None,
    **how: Unpack[Reading],
) -> None:
    """Evaluate expressions in the root module of DIR, as terraform would in its console.

    What is not known is told with its origin. Values that are sensitive are told by --batch alone,
    which marks them; files outside DIR are not read. Exits with 1 where an EXPR has no value.
    """
    if bool(expressions) == (batch is not None):
        raise UsageProblem("say either -e EXPR, once or several times, or --batch FILE")
    pairs = _pairs(batch) if batch else [(each, each) for each in expressions]
    text, whole = _answers(path, root or ".", pairs, how, told=batch is None)
    deliver(text, output)
    ctx.exit(0 if whole else 1)


def _answers(
    path: Path, root: str, pairs: Sequence[tuple[str, str]], how: Reading, *, told: bool
) -> tuple[str, bool]:
    """The answers, and whether those for people are all values."""
    from scanner.terraform.questions import Questions, asked, shown

    if not path.is_dir():
        raise UsageProblem(f"{path} is not a directory")
    config = load_config(path, how["config_file"])
    with reading(path, config, how, quiet=True) as request:
        tree, libraries = tree_of(request)
        settings = config.settings(root).alone(request.environments)
        questions = Questions(
            tree,
            root,
            told=(*settings.told, *request.told),
            environ=request.environ,
            workspace=request.workspace or settings.workspace,
            libraries=libraries,
            cwd=str((path / root).resolve()),
            beside=beside(request, root) if told else (),
            environment=settings.environment,
        )
        if told:
            lines = [shown(questions, source) for _, source in pairs]
            return "".join(f"{line}\n" for line, _ in lines), all(whole for _, whole in lines)
        answers = {name: asked(questions, source) for name, source in pairs}
    return json.dumps(answers, ensure_ascii=False, indent=1) + "\n", True


def _pairs(batch: Path) -> list[tuple[str, str]]:
    """The ids and expressions of a batch. Raises UsageProblem where it is something else."""
    return list(_checked(read_given_json(batch), batch))


def _checked(rows: object, batch: Path) -> Iterator[tuple[str, str]]:
    if not isinstance(rows, list):
        raise UsageProblem(f'{batch} is not a list of {{"id": ..., "expr": ...}}')
    seen: set[str] = set()
    for at, row in enumerate(rows):
        name, source = (row.get("id"), row.get("expr")) if isinstance(row, dict) else (None, None)
        if not isinstance(name, str) or not isinstance(source, str):
            raise UsageProblem(f'{batch}: item {at} needs "id" and "expr", both of them texts')
        if name in seen:
            raise UsageProblem(f"{batch}: the id {name!r} stands there twice")
        seen.add(name)
        yield name, source
