"""`pathwarden scan`: attack paths and findings of a directory of Terraform."""

import functools
import importlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

import click

from rules.api import Rule, Severity
from scanner.beside import PeerFinding, peer_findings
from scanner.cli import ORDER
from scanner.cli.output import colour_wanted, deliver, width
from scanner.cli.progress import progress
from scanner.cli.waiving import Waiving, honouring, known, waiving_options, warn
from scanner.cloud.snapshot import is_snapshot
from scanner.config import Config, load_config
from scanner.errors import UsageProblem
from scanner.estates import Request
from scanner.terraform.definitions import OURS, PARSERS
from scanner.terraform.told import Told, Var, VarFile

if TYPE_CHECKING:
    from scanner.result import Finding, Result

SEVERITIES = tuple(map(str, Severity))
NEVER = "never"
ON_PATH, ANYWHERE = "on-path", "any"
PEER_LIMITS = (NEVER, ON_PATH, ANYWHERE)
FORMATS = ("text", "json", "sarif", "junit", "markdown")


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


class How(Reading, Waiving):
    """The values of `scan_options`."""

    only: Sequence[str]
    skip: Sequence[str]


AS_IT_IS: How = {
    "variables": (),
    "var_files": (),
    "workspace": "",
    "environments": (),
    "modules": (),
    "code": None,
    "live": None,
    "parser": OURS,
    "config_file": None,
    "only": (),
    "skip": (),
    "baseline": None,
    "foreign_waivers": False,
}


def reading_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options that every command which reads Terraform takes."""
    for option in reversed(
        (
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
    ):
        function = option(function)
    return function


def scan_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options that every command which scans takes."""
    only = click.option("--only", multiple=True, metavar="RULE", help="Run this rule alone.")
    skip = click.option("--skip", multiple=True, metavar="RULE", help="Leave this rule out.")
    return reading_options(only(skip(waiving_options(function))))


def where(function: Callable[..., Any]) -> Callable[..., Any]:
    """PATH, or --on as the other commands have it; the command is given `path`."""
    argument = click.argument("path", type=click.Path(path_type=Path), required=False)
    option = click.option(
        "--on", "estate", type=click.Path(path_type=Path), help="The same as PATH, as elsewhere."
    )

    @functools.wraps(function)
    def called(*args: Any, path: Path | None, estate: Path | None, **options: Any) -> Any:
        if path is not None and estate is not None:
            raise UsageProblem(f"PATH is {path} and --on is {estate}: say one of them")
        return function(*args, path=path or estate or Path(), **options)

    return argument(option(called))


@click.command("scan")
@where
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="How to write the report.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to a file.")
@click.option(
    "--fail-on",
    type=click.Choice((*SEVERITIES, NEVER)),
    help="Exit with 1 at this severity and above.  [default: high]",
)
@click.option(
    "--fail-on-unknown",
    type=click.Choice((*SEVERITIES, NEVER)),
    default=NEVER,
    help="Exit with 1 also for what cannot be told, at this severity and above.",
)
@click.option("--strict", is_flag=True, help="Exit with 3 when something was not read.")
@click.option("-q", "--quiet", is_flag=True, help="Say only what stands at --fail-on and above.")
@click.option(
    "--checkov",
    is_flag=True,
    help="Have Checkov look beside us; `pathwarden checkov` says whether it is installed.",
)
@click.option(
    "--checkov-timeout",
    "patience",
    type=click.FloatRange(min=1),
    default=300.0,
    show_default=True,
    help="Seconds that Checkov may take.",
)
@click.option(
    "--checkov-fail-on",
    "peer_limit",
    type=click.Choice(PEER_LIMITS),
    default=NEVER,
    show_default=True,
    help="Exit with 1 also for what Checkov finds: on an attack path, or anywhere.",
)
@scan_options
@click.pass_context
def command(  # noqa: PLR0913  one parameter per option
    ctx: click.Context,
    /,
    *,
    path: Path,
    form: str,
    output: Path | None,
    fail_on: str | None,
    fail_on_unknown: str,
    strict: bool,
    quiet: bool,
    checkov: bool,
    patience: float,
    peer_limit: str,
    **how: Unpack[How],
) -> None:
    """Scan PATH for attack paths and findings.

    PATH is a directory, of which every Terraform root module is evaluated; a plan or a state, as
    `terraform show -json` writes them; a state file; or a snapshot that `pathwarden sweep` wrote.
    """
    config = load_config(path, how["config_file"])
    result = run(path, config, how, quiet=quiet, checkov=patience if checkov else 0.0)
    limit = fail_on or config.fail_on or "high"
    standing = [f for f in result.findings if stands(f, limit, fail_on_unknown)]
    deliver(_report(result, form, output, standing, quiet=quiet), output)
    warn(result)
    failed = exit_code(result, standing, strict=strict)
    ctx.exit(failed or int(any(_peer_stands(f, peer_limit) for f in peer_findings(result.peers))))


def run(
    path: Path,
    config: Config,
    how: How = AS_IT_IS,
    *,
    quiet: bool = False,
    checkov: float = 0.0,
) -> "Result":
    """Scan a directory as the options say; Checkov may look beside us for some seconds."""
    from scanner.pipeline import scan  # here, since most commands only read

    rules = selected(config, how["only"], how["skip"])
    with reading(path, honouring(config, how), how, quiet=quiet) as request:
        baseline = known(how["baseline"])
        return scan(replace(request, rules=rules, baseline=baseline, checkov=checkov))


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


def selected(config: Config, only: Sequence[str], skip: Sequence[str]) -> tuple[Rule, ...]:
    """The rules to run: the command line's choice where it makes one, else the settings'."""
    from rules.catalogue import all_rules

    known = {rule.id for rule in all_rules()}
    config.check_rules(known)
    for name in (*only, *skip):
        if name not in known:
            raise UsageProblem(f"there is no rule {name!r}", fix="see `pathwarden rules`")
    if only or skip:
        chosen = set(only or known) - set(skip)
        return tuple(r for r in all_rules() if r.id in chosen)
    return tuple(r for r in all_rules() if config.selects(r.id))


def stands(finding: "Finding", fail_on: str, fail_on_unknown: str) -> bool:
    """Whether a finding fails the build; what is waived does not."""
    if finding.waived is not None:
        return False
    limit = fail_on if finding.verdict == "violated" else fail_on_unknown
    return reaches(finding.severity, limit)


def reaches(severity: str, limit: str) -> bool:
    """Whether a severity is at or above a limit, which may be NEVER."""
    return limit != NEVER and Severity(severity) >= Severity(limit)


def _peer_stands(finding: PeerFinding, limit: str) -> bool:
    """Whether what another scanner finds fails the build."""
    return finding.on_path if limit == ON_PATH else limit == ANYWHERE and finding.counts


def exit_code(result: "Result", standing: "Sequence[Finding]", *, strict: bool) -> int:
    """3 where --strict and something was not read, else 1 where something stands, else 0."""
    if strict and result.gaps:
        return 3
    return 1 if standing else 0


def _report(
    result: "Result", form: str, output: Path | None, standing: "Sequence[Finding]", *, quiet: bool
) -> str:
    """The report in one of FORMATS; only the text has a quiet form."""
    if form == "junit":
        from scanner.reports.junit import render as render_junit

        return render_junit(result, standing)
    if form != "text":
        module = importlib.import_module(f"scanner.reports.{form}")
        rendered: str = module.render(result)
        return rendered
    from scanner.reports.text import render, render_quiet

    wide, colour = (100, False) if output else (width(), colour_wanted())
    if quiet:
        return render_quiet(result, standing, colour=colour)
    return render(result, width=wide, colour=colour)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UsageProblem(f"--var {text!r} is not NAME=VALUE")
    return name.strip(), value
