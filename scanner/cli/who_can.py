"""`pathwarden who-can`: everybody who may do something."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Unpack

import click

from scanner.cli.asking import Answer, Asking, answer, asking_options
from scanner.cli.output import Look

if TYPE_CHECKING:
    from graphs.estate import Estate


@click.command("who-can")
@click.argument("action")
@click.argument("resource")
@asking_options
def command(
    action: str,
    resource: str,
    **how: Unpack[Asking],
) -> None:
    """List everybody who may do ACTION on RESOURCE: outsiders first, then services, then the
    estate's own roles and users.

    RESOURCE is a thing by its address in code, its ARN or its name, any ARN, or `*`. Of whom it
    cannot be told is listed as unknown, with what decides.
    """
    from scanner.permitting import keys, spelled

    named, given = spelled(action), keys(how["context"])
    question = {"action": named, "resource": resource, "context": given}

    def ask(found: "Sequence[Estate]", look: Look) -> list[Answer]:
        from scanner import permitting
        from scanner.reports.permissions import as_json, render_who

        answers = []
        for each in found:
            what = permitting.thing(each, resource, named)
            if what is None:
                continue
            told = list(permitting.who_can(each, named, what, given))
            asked, root = f"{named} {resource}", each.name if len(found) > 1 else ""
            text = render_who(told, asked, root, width=look.width, colour=look.colour)
            answers.append(Answer(text, [as_json(one, each.name) for one in told]))
        if not answers:
            raise permitting.nobody(found, resource, principal=False)
        return answers

    answer(how, question, ask)
