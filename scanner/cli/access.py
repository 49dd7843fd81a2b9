"""`pathwarden access`: who reads, writes or administers a thing."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Unpack

import click

from scanner.cli.asking import Answer, Asking, answer, asking_options
from scanner.cli.output import Look
from scanner.errors import UsageProblem

if TYPE_CHECKING:
    from graphs.estate import Estate
    from graphs.nodes import Node


@click.command("access")
@click.argument("resource")
@asking_options
def command(
    resource: str,
    **how: Unpack[Asking],
) -> None:
    """List who may read, write or administer RESOURCE, outsiders first.

    RESOURCE is a thing by its address in code, its ARN or its name.
    """
    from scanner.permitting import keys

    given = keys(how["context"])

    def ask(found: "Sequence[Estate]", look: Look) -> list[Answer]:
        from scanner import permitting
        from scanner.reports.permissions import render_uses, uses_as_json

        answers = []
        for each in found:
            node = _node(permitting.thing(each, resource))
            if node is None:
                continue
            used = list(permitting.uses(each, node, given))
            root = each.name if len(found) > 1 else ""
            text = render_uses(used, resource, root, width=look.width, colour=look.colour)
            answers.append(Answer(text, [uses_as_json(one, each.name) for one in used]))
        if not answers:
            raise permitting.nobody(found, resource, principal=False)
        return answers

    answer(how, {"resource": resource, "context": given}, ask)


def _node(found: "Node | str | None") -> "Node | None":
    """The thing. Raises UsageProblem for what no row of the table of actions is about."""
    from graphs.identity.access import access
    from graphs.nodes import Node

    if not isinstance(found, Node):
        return None
    ways = access(found.source.type)
    if not (ways.reads or ways.writes or ways.deletes or ways.administers):
        raise UsageProblem(
            f"which actions read or write {found.source.type} is not known",
            fix="ask of one action with `pathwarden who-can`",
        )
    return found
