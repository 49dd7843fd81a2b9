"""What every command that reads an estate shares: where it is, how it is read, the reading."""

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypedDict

import click

from scanner.cli import ORDER
from scanner.cli.progress import progress
from scanner.cloud.snapshot import is_snapshot
from scanner.config import Config
from scanner.errors import UsageProblem
from scanner.estates import Request
from scanner.terraform.definitions import OURS, PARSERS
from scanner.terraform.told import Told, Var, VarFile

ON = ("--on", "--aws-json")


class Reading(TypedDict):
    """The values of `reading_options`."""

    variables: Sequence[str]
    var_files: Sequence[str]
    workspace: str
    environments: Sequence[str]
    modules: Sequence[Path]
    code: Path | None
    live: Path | None
    parser: str
    config_file: Path | None


OPTIONS = (
    click.option(
        "--var",
        "variables",
        multiple=True,
        metavar="NAME=VALUE",
        help="Set a root module variable.",
    ),
    click.option(
        "--var-file",
        "var_files",
        multiple=True,
        metavar="FILE",
        help="Read variables from a file, relative to each root module.",
    ),
    click.option(
        "--workspace",
        default="",
        metavar="NAME",
        help="What terraform.workspace is.  [default: default]",
    ),
    click.option(
        "--environment",
        "environments",
        multiple=True,
        metavar="NAME",
        help="Of the environments in pathwarden.yaml read this one alone.",
    ),
    click.option(
        "--modules-dir",
        "modules",
        multiple=True,
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="Find modules that are not installed in this directory.",
    ),
    click.option(
        "--source",
        "code",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="Where the configuration of a plan or a state is.  [default: beside it]",
    ),
    click.option(
        "--with",
        "live",
        metavar="SNAPSHOT",
        type=click.Path(exists=True, path_type=Path),
        help="Lay the code over what is live: a snapshot, or answers of the AWS CLI.",
    ),
    click.option(
        "--parser",
        type=click.Choice(PARSERS),
        default=OURS,
        show_default=True,
        help="Who reads native syntax. The other is slow and reads some of it wrongly.",
    ),
    click.option(
        "--config",
        "config_file",
        type=click.Path(path_type=Path),
        help="Use this pathwarden.yaml.",
    ),
)


def reading_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options that every command which reads Terraform takes."""
    for option in reversed(OPTIONS):
        function = option(function)
    return function


def on_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """--on, of commands whose arguments say something else; the command is given `estate`."""
    return click.option(
        *ON,
        "estate",
        type=click.Path(path_type=Path),
        default=Path(),
        help="A directory of Terraform or of answers of the AWS CLI, a plan, a state or a "
        "snapshot.  [default: .]",
    )(function)


def where(function: Callable[..., Any]) -> Callable[..., Any]:
    """PATH, or --on as the other commands have it; the command is given `path`."""
    argument = click.argument("path", type=click.Path(path_type=Path), required=False)
    option = click.option(
        *ON, "estate", type=click.Path(path_type=Path), help="The same as PATH, as elsewhere."
    )

    @functools.wraps(function)
    def called(*args: Any, path: Path | None, estate: Path | None, **options: Any) -> Any:
        if path is not None and estate is not None:
            raise UsageProblem(f"PATH is {path} and --on is {estate}: say one of them")
        return function(*args, path=path or estate or Path(), **options)

    return argument(option(called))


@contextmanager
def reading(path: Path, config: Config, how: Reading, *, quiet: bool = False) -> Iterator[Request]:
    """What to read of a directory, as the options say; shows the progress meanwhile."""
    if not path.is_dir() and not is_snapshot(path) and not _is_document(path):
        raise UsageProblem(f"{path} is not a directory, nor a plan, a state or a snapshot")
    with requested(path, config, how, quiet=quiet) as request:
        yield request


@contextmanager
def requested(
    path: Path, config: Config, how: Reading, *, quiet: bool = False
) -> Iterator[Request]:
    """As `reading`, of whatever it is that stands there."""
    tell, clear = progress(quiet=quiet)
    try:
        yield Request(
            path=path,
            config=config,
            told=told(how),
            workspace=how["workspace"],
            environments=how["environments"],
            modules=how["modules"],
            source=how["code"],
            live=how["live"],
            parser=how["parser"],
            rules=(),  # whoever judges says by which
            progress=tell,
        )
    finally:
        clear()


def _is_document(path: Path) -> bool:
    from scanner.terraform.recorded.documents import is_document

    return is_document(path)


def told(how: Reading) -> tuple[Told, ...]:
    """What --var and --var-file say, in the order in which they stand on the command line."""
    given: dict[str, Iterator[Told]] = {
        "variables": (Var(*_pair(text)) for text in how["variables"]),
        "var_files": (VarFile(path) for path in how["var_files"]),
    }
    ctx = click.get_current_context(silent=True)
    order: Sequence[str] = ctx.meta.get(ORDER, ()) if ctx else ()
    ordered = [next(given[name]) for name in order if name in given]
    return (*ordered, *given["var_files"], *given["variables"])


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UsageProblem(f"--var {text!r} is not NAME=VALUE")
    return name.strip(), value
