"""`pathwarden frameworks`: which duties are met, broken or open, requirement by requirement."""

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Unpack

import click

from scanner.cli.output import deliver, form_option, look, output_option
from scanner.cli.scan import How
from scanner.cli.source import result_of, source_options
from scanner.errors import UsageProblem
from scanner.result import Framework, Result


@click.command("frameworks")
@click.argument("name", required=False)
@form_option(said="How to write the report.")
@output_option
@source_options
def command(
    name: str | None,
    form: str,
    output: Path | None,
    estate: Path,
    source: Path | None,
    **how: Unpack[How],
) -> None:
    """List the frameworks with the status of their requirements, or all of NAME's requirements.

    NAME is an id of the list, or its beginning: `pathwarden frameworks hipaa`.
    """
    result = result_of(estate, source, how)
    known = _frameworks(result)
    chosen = None if name is None else _named(name, known)
    deliver(_report(result, known, chosen, form, output), output)


def _frameworks(result: Result) -> tuple[Framework, ...]:
    """Those of the result; where it has none, there was nothing to judge, and all that exist."""
    if result.frameworks:
        return result.frameworks
    from rules.catalogue import all_rules
    from rules.duties import frameworks
    from scanner.reports.frameworks import unjudged

    return tuple(unjudged(each, all_rules()) for each in frameworks())


def _named(name: str, known: Sequence[Framework]) -> Framework:
    asked = name.casefold()
    found = [each for each in known if each.id == asked] or [
        each for each in known if each.id.startswith(asked)
    ]
    if len(found) == 1:
        return found[0]
    ids = [each.id for each in found or known]
    near = get_close_matches(asked, ids, 1) if not found else ids
    raise UsageProblem(
        f"{name!r} names {'several frameworks' if found else 'no framework'}",
        fix=f"choose one of {', '.join(near or ids)}",
    )


def _report(
    result: Result,
    known: Sequence[Framework],
    chosen: Framework | None,
    form: str,
    output: Path | None,
) -> str:
    from scanner.reports.frameworks import plain_list, plain_one, render_list, render_one

    if form == "json":
        from scanner.reports.json import written

        return written(plain_one(result, chosen) if chosen else plain_list(known))
    wide, colour = look(output)
    if chosen:
        return render_one(result, chosen, width=wide, colour=colour)
    return render_list(result, known, width=wide, colour=colour)
