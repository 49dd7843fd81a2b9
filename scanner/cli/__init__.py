"""The command line: one file per command, loaded when it is called.

Input: arguments. Output: a report on standard output, messages on standard error, an exit code:
2 usage or configuration; else 3 with --strict when something was not read; else 1 when anything
stands at or above --fail-on; else 0.
"""

import contextlib
import importlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner import __version__
from scanner.startup import calm

if TYPE_CHECKING:
    from scanner.errors import PathwardenError

ORDER = "pathwarden.order"
"""Where a context keeps the names of the options of its command, as often as they are given."""

TRACEBACK = "PATHWARDEN_TRACEBACK"
"""The environment variable with which a fault of ours is told in full."""

COMMANDS = (
    "access",
    "baseline",
    "breach",
    "can",
    "checkov",
    "cuts",
    "demo",
    "diff",
    "escalations",
    "eval",
    "explain",
    "exposure",
    "frameworks",
    "graph",
    "init",
    "map",
    "reach",
    "report",
    "resources",
    "rules",
    "scan",
    "sweep",
    "who-can",
)


class _Lazy(click.Group):
    """Knows all commands by name and imports only the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"scanner.cli.{cmd_name.replace('-', '_')}")
        calm()
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command; the order of its options is kept, which counts for --var and --var-file."""
        name, command, rest = super().resolve_command(ctx, args)
        if command is not None:
            with contextlib.suppress(click.UsageError):  # it is told when the command is made
                parser = command.make_parser(click.Context(command, ctx, resilient_parsing=True))
                ctx.meta[ORDER] = [each.name for each in parser.parse_args(list(rest))[2]]
        return name, command, rest


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="pathwarden")
def cli() -> None:
    """Find the attack paths in Terraform, with proof for every hop."""


def main() -> None:
    """Run a command; whatever goes wrong is one clear line and a documented exit code."""
    try:
        code = cli.main(standalone_mode=False)  # what ctx.exit was given, or None
    except click.ClickException as problem:
        problem.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except RecursionError:
        click.echo("pathwarden: the code is nested too deeply to be evaluated", err=True)
        sys.exit(2)
    except MemoryError:
        click.echo("pathwarden: there is too little memory for what is asked", err=True)
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()  # whoever read the report has seen enough
        sys.exit(0)
    except _ours() as problem:
        from scanner.reports.words import clean

        click.echo(f"pathwarden: {clean(str(problem))}", err=True)
        sys.exit(2)
    except Exception as problem:  # the edge: whatever was not foreseen is our own fault
        if os.environ.get(TRACEBACK):
            raise
        click.echo(f"pathwarden: {_fault(problem)}", err=True)
        sys.exit(2)  # never 1, which says that something dangerous was found
    sys.exit(code if isinstance(code, int) else 0)


def _fault(problem: Exception) -> str:
    """An error that is no other's than ours, on one line."""
    trace = problem.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    return (
        f"a fault of Pathwarden itself, {type(problem).__name__} in {where}: please report it "
        f"with what {TRACEBACK}=1 tells"
    )


def _ours() -> "type[PathwardenError]":
    """Our own errors; asked only when something went wrong, since `--version` can do without."""
    from scanner.errors import PathwardenError

    return PathwardenError
