"""`pathwarden scan`: attack paths and findings of a directory of Terraform."""

import importlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import click

from rules.api import Rule
from scanner.beside import PeerFinding, peer_findings
from scanner.cli.judging import NEVER, exit_code, judging_options, stands
from scanner.cli.output import deliver, form_option, look, output_option
from scanner.cli.reading import Reading, reading, reading_options, where
from scanner.cli.waiving import Waiving, honouring, known, waiving_options, warn
from scanner.config import Config, load_config
from scanner.errors import UsageProblem
from scanner.terraform.definitions import OURS

if TYPE_CHECKING:
    from scanner.result import Finding, Result

ON_PATH, ANYWHERE = "on-path", "any"
PEER_LIMITS = (NEVER, ON_PATH, ANYWHERE)
FORMATS = ("text", "json", "sarif", "junit", "markdown")


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


def scan_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options that every command which scans takes."""
    only = click.option("--only", multiple=True, metavar="RULE", help="Run this rule alone.")
    skip = click.option("--skip", multiple=True, metavar="RULE", help="Leave this rule out.")
    return reading_options(only(skip(waiving_options(function))))


@click.command("scan")
@where
@form_option(FORMATS, "How to write the report.")
@output_option
@judging_options("what stands")
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


def _peer_stands(finding: PeerFinding, limit: str) -> bool:
    """Whether what another scanner finds fails the build."""
    return finding.on_path if limit == ON_PATH else limit == ANYWHERE and finding.counts


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

    wide, colour = look(output)
    if quiet:
        return render_quiet(result, standing, colour=colour)
    return render(result, width=wide, colour=colour)
