"""`pathwarden can`: whether somebody may do something, and which statements decide it."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from scanner.cli.asking import Answer, Asking, answer, asking_options
from scanner.cli.output import Look
from scanner.errors import UsageProblem
from scanner.given import read_given

if TYPE_CHECKING:
    from graphs.estate import Estate
    from graphs.nodes import PolicyText


@click.command("can")
@click.argument("principal")
@click.argument("action")
@click.argument("resource")
@click.option(
    "--session-policy",
    "session",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The policy that the principal's session was asked for with, as a file.",
)
@asking_options
def command(
    principal: str,
    action: str,
    resource: str,
    session: Path | None,
    **how: Unpack[Asking],
) -> None:
    """Say whether PRINCIPAL may do ACTION on RESOURCE, and which statements decide it.

    PRINCIPAL is a role or user by its address in code, its ARN or its name; anyone; the number of
    an account; or a service (lambda.amazonaws.com). RESOURCE is a thing in the same words, any ARN,
    or `*`; a bucket asked for an object's action stands for some object in it.
    """
    from scanner.permitting import keys, spelled

    named, given = spelled(action), keys(how["context"])
    limit = None if session is None else _policy(session)
    question = {"principal": principal, "action": named, "resource": resource, "context": given}

    def ask(found: "Sequence[Estate]", look: Look) -> list[Answer]:
        from scanner import permitting
        from scanner.reports.permissions import as_json, render_can

        answers = []
        for each in found:
            who, what = permitting.subject(each, principal), permitting.thing(each, resource, named)
            if who is None or what is None:
                continue
            told = permitting.can(each, who, named, what, given, limit)
            asked, root = f"{principal} {named} {resource}", each.name if len(found) > 1 else ""
            text = render_can(told, asked, root, width=look.width, colour=look.colour)
            answers.append(Answer(text, [as_json(told, each.name)]))
        if not answers:
            known = any(permitting.subject(each, principal) for each in found)
            missing = resource if known else principal
            raise permitting.nobody(found, missing, principal=not known)
        return answers

    answer(how, question, ask)


def _policy(path: Path) -> "PolicyText":
    """A policy in a file. Raises UsageProblem where it is none."""
    from graphs.evidence import Proof
    from graphs.identity.policy import parse
    from graphs.nodes import PolicyText
    from graphs.unknown import Place

    try:
        text = read_given(path).decode("utf-8")
    except UnicodeDecodeError:
        raise UsageProblem(f"{path} is not UTF-8") from None
    document = PolicyText(text, Proof(str(path), "", Place(str(path), 1)), "session policy")
    problems = parse(document).problems
    if problems:
        raise UsageProblem(f"{path} is no policy: it {problems[0]}")
    return document
