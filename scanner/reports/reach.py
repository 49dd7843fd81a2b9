"""An answer about reachability for people: the verdict, then its proof step by step."""

from collections.abc import Iterator

from rich.padding import Padding
from rich.text import Text

from graphs.evidence import Step
from graphs.network.packets import describe, protocol_name
from scanner.reaching import Question, Told, Word
from scanner.reports.text import printed
from scanner.reports.words import clean, listed

COLOURS = {
    Word.REACHABLE: "bold red",
    Word.BLOCKED: "bold green",
    Word.UNKNOWN: "bold yellow",
}


def render(told: Told, root: str, *, width: int, colour: bool) -> str:
    """The verdict in the first line; `root` is said where several root modules answer."""
    return printed(_parts(told, root), width=width, colour=colour)


def _parts(told: Told, root: str) -> Iterator[Text | Padding]:
    head = Text(told.word.value.upper(), style=COLOURS[told.word])
    head.append(f"  {clean(asked(told.question))}", style="bold")
    if root not in ("", "."):
        head.append(f"  in {clean(root)}", style="dim")
    yield head
    if told.word is Word.UNKNOWN:
        names = sorted(clean(str(each)) for each in told.unknowns)
        yield _below(Text(f"cannot tell: it depends on {listed(names)}", style="yellow"))
    every = told.reached.packets
    if every.possible and told.question.protocol is None:
        yield _below(Text(f"gets there: {clean(describe(every.possible))}"))
    elif every.possible and told.word is Word.BLOCKED:
        yield _below(Text(f"other traffic gets there: {clean(describe(every.possible))}"))
    if told.word is Word.BLOCKED:
        yield _below(Text("stopped by" if told.proof else "nothing leads there", style="dim"))
    for number, step in enumerate(told.proof, 1):
        yield _step(number, step)


def asked(question: Question) -> str:
    """A question in words.

    >>> asked(Question("internet", "web", 6, 443))
    'internet → web, TCP 443'
    """
    what = ""
    if question.protocol is not None:
        what = protocol_name(question.protocol).upper()
    if question.port is not None:
        what = f"{what or 'port'} {question.port}"
    ends = f"{question.source} → {question.destination}"
    return f"{ends}, {what}" if what else ends


def _step(number: int, step: Step) -> Padding:
    line = Text(f"{number:>2}. {clean(step.claim)}")
    if step.proof is not None:
        where = str(step.proof.place) if step.proof.place else step.proof.resource
        line.append(f"  {clean(where)}", style="cyan")
    if step.assumes:
        names = sorted(clean(str(each)) for each in step.assumes)
        line.append(f"\n    if {listed(names)}", style="yellow")
    return Padding(line, (0, 0, 0, 2), expand=False)


def _below(line: Text) -> Padding:
    return Padding(line, (0, 0, 0, 2), expand=False)
