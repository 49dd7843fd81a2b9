"""`pathwarden explain`: a rule's page, or an attack path hop by hop with its proof."""

from difflib import get_close_matches
from pathlib import Path
from typing import Unpack

import click

from scanner.cli.output import colour_wanted, width
from scanner.cli.scan import How
from scanner.cli.source import result_of, source_options
from scanner.errors import UsageProblem
from scanner.result import Result


@click.command("explain")
@click.argument("subject", metavar="RULE|PATH-ID")
@source_options
def command(subject: str, estate: Path, source: Path | None, **how: Unpack[How]) -> None:
    """Explain a RULE, or the attack path PATH-ID with the file and line that proves each hop."""
    if subject.startswith("path-") and "-" not in subject.removeprefix("path-"):
        click.echo(_path(subject, result_of(estate, source, how)), nl=False)
    else:
        click.echo(_rule(subject), nl=False)


def _path(path_id: str, result: Result) -> str:
    from scanner.reports.text import render_path

    found = [p for p in result.paths if path_id in (p.id, *(each.id for each in p.instances))]
    if not found:
        raise UsageProblem(
            f"{path_id} is no path of {result.coverage.scanned}",
            fix="name the estate with --on, or a result file with --from",
        )
    # Root modules that are alike have paths of the same id.
    pages = (render_path(path, width=width(), colour=colour_wanted()) for path in found)
    return "\n".join(pages)


def _rule(rule_id: str) -> str:
    from rules.catalogue import all_rules, rule_named
    from scanner.reports.page import render_page

    found = rule_named(rule_id)
    if found is None:
        known = [rule.id for rule in all_rules()]
        near = [name for name in known if rule_id in name] or get_close_matches(rule_id, known)
        hint = f"did you mean {', '.join(near[:3])}?" if near else "see `pathwarden rules`"
        raise UsageProblem(f"there is no rule or path {rule_id!r}", fix=hint)
    return render_page(found, width=width(), colour=colour_wanted())
