"""What fails a build: the options that say so, and whether a finding does."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from rules.api import Severity

if TYPE_CHECKING:
    from scanner.result import Finding, Result

SEVERITIES = tuple(map(str, Severity))
NEVER = "never"


def judging_options(what: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """--fail-on, --fail-on-unknown and --strict, of a command that judges `what`."""
    limit = click.option(
        "--fail-on",
        type=click.Choice((*SEVERITIES, NEVER)),
        help=f"Exit with 1 for {what} at this severity and above.  [default: high]",
    )
    doubt = click.option(
        "--fail-on-unknown",
        type=click.Choice((*SEVERITIES, NEVER)),
        default=NEVER,
        help=f"Exit with 1 also for {what} that cannot be told, at this severity and above.",
    )
    strict = click.option("--strict", is_flag=True, help="Exit with 3 when something was not read.")
    return lambda function: limit(doubt(strict(function)))


def stands(finding: "Finding", fail_on: str, fail_on_unknown: str) -> bool:
    """Whether a finding fails the build; what is waived does not."""
    if finding.waived is not None:
        return False
    limit = fail_on if finding.verdict == "violated" else fail_on_unknown
    return reaches(finding.severity, limit)


def reaches(severity: str, limit: str) -> bool:
    """Whether a severity is at or above a limit, which may be NEVER."""
    return limit != NEVER and Severity(severity) >= Severity(limit)


def exit_code(result: "Result", standing: "Sequence[Finding]", *, strict: bool) -> int:
    """3 where --strict and something was not read, else 1 where something stands, else 0."""
    if strict and result.gaps:
        return 3
    return 1 if standing else 0
