"""An answer about reachability: the verdict, then its proof step by step, for people or as JSON."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from rich.padding import Padding
from rich.text import Text

from graphs.evidence import Step
from graphs.network.opening import Stop
from graphs.network.packets import describe, ports_text, protocol_name, services_text
from scanner.reaching import Asked, Question, Told, Word
from scanner.reports.json import written
from scanner.reports.printing import printed
from scanner.reports.words import clean, counted, listed

SCHEMA = "pathwarden-reach/1"
COLOURS = {
    Word.REACHABLE: "bold red",
    Word.BLOCKED: "bold green",
    Word.UNKNOWN: "bold yellow",
}
MOST_LINES = 40


def render(asked: Asked, root: str, *, width: int, colour: bool) -> str:
    """The verdict in the first line; `root` is said where several root modules answer."""
    parts = _summary(asked, root) if asked.whole else _parts(asked, root)
    return printed(parts, width=width, colour=colour)


def _head(word: Word, question: Question, root: str) -> Text:
    head = Text(word.value.upper(), style=COLOURS[word])
    head.append(f"  {clean(in_words(question))}", style="bold")
    if root not in ("", "."):
        head.append(f"  in {clean(root)}", style="dim")
    return head


def _parts(asked: Asked, root: str) -> Iterator[Text | Padding]:
    (told,) = asked.pairs
    yield _head(told.word, told.question, root)
    yield from _about(asked)
    if told.word is Word.UNKNOWN:
        names = sorted(clean(str(each)) for each in told.unknowns)
        yield _below(Text(f"cannot tell: it depends on {listed(names)}", style="yellow"))
    every = told.reached.packets
    if every.possible and told.question.protocol is None:
        may = "gets there" if every.certain else "may get there"
        yield _below(Text(f"{may}: {clean(describe(every.possible))}"))
    elif every.possible and told.word is Word.BLOCKED:
        yield _below(Text(f"other traffic gets there: {clean(describe(every.possible))}"))
    if told.word is Word.BLOCKED:
        yield _below(Text("stopped by" if told.stops else "nothing leads there", style="dim"))
    for number, step in enumerate(told.proof, 1):
        yield _step(number, step)
    for number, stop in enumerate(told.stops, 1):
        yield _stop(number, stop)


def _about(asked: Asked) -> Iterator[Padding]:
    for end in (asked.source, asked.destination):
        if end.about:
            yield _below(Text(clean(end.about), style="dim"))


def _summary(asked: Asked, root: str) -> Iterator[Text | Padding]:
    """One line for each pair that is reached or cannot be told; what blocks the rest, counted."""
    yield _head(asked.word, asked.question, root)
    yield from _about(asked)
    if not asked.pairs:
        yield _below(Text(clean(asked.why), style="dim"))
    for word in (Word.REACHABLE, Word.UNKNOWN):
        found = [told for told in asked.pairs if told.word is word]
        if found:
            count = f"{counted(len(found), 'pair')} of {len(asked.pairs):,} {word.value}"
            yield _below(Text(count, style=COLOURS[word]))
        lines = _pairs(found, asked.names)
        for line in lines[:MOST_LINES]:
            yield _deeper(Text(clean(line)))
        if len(lines) > MOST_LINES:
            yield _deeper(Text(f"and {len(lines) - MOST_LINES:,} more lines", style="dim"))
    yield from _blocked([told for told in asked.pairs if told.word is Word.BLOCKED], asked)


def _pairs(found: Sequence[Told], names: Mapping[str, str]) -> list[str]:
    """`web-1, web-2 → db: tcp 5432`: sources that get the same to a place in one line."""
    alike: dict[tuple[str, str], list[str]] = {}
    for told in found:
        passed = services_text(told.reached.packets.possible)
        why = f", {told.why}" if told.word is Word.UNKNOWN else ""
        goal = names.get(told.question.destination, told.question.destination)
        source = names.get(told.question.source, told.question.source)
        alike.setdefault((goal, f"{passed}{why}"), []).append(source)
    return [f"{listed(sources, 6)} → {goal}: {what}" for (goal, what), sources in alike.items()]


def _blocked(found: Sequence[Told], asked: Asked) -> Iterator[Padding]:
    if not found:
        return
    count = f"{counted(len(found), 'pair')} of {len(asked.pairs):,} blocked"
    yield _below(Text(count, style=COLOURS[Word.BLOCKED]))
    reasons: dict[str, int] = {}
    for told in found:
        for claim in {stop.step.claim for stop in told.stops} or {"nothing leads there"}:
            reasons[claim] = reasons.get(claim, 0) + 1
    ranked = sorted(reasons, key=lambda claim: (-reasons[claim], claim))
    for claim in ranked[:MOST_LINES]:
        yield _deeper(Text(f"{reasons[claim]:>4}  {clean(claim)}"))


def in_words(question: Question) -> str:
    """A question in words.

    >>> in_words(Question("internet", "web", 6, 443))
    'internet → web, TCP 443'
    """
    what = ""
    if question.protocol is not None:
        what = protocol_name(question.protocol).upper()
    if question.port is not None:
        what = f"{what or 'port'} {_port(question)}"
    ends = f"{question.source} → {question.destination}"
    return f"{ends}, {what}" if what else ends


def _port(question: Question) -> int | str | None:
    """The port; `8:0` of an ICMP message."""
    at = question.port
    return ports_text(question.protocol or -1, at) if isinstance(at, tuple) else at


def _step(number: int, step: Step) -> Padding:
    return Padding(_claim(number, step), (0, 0, 0, 2), expand=False)


def _claim(number: int, step: Step) -> Text:
    line = Text(f"{number:>2}. {clean(step.claim)}")
    if step.proof is not None:
        where = str(step.proof.place) if step.proof.place else step.proof.resource
        line.append(f"  {clean(where)}", style="cyan")
    if step.assumes:
        names = sorted(clean(str(each)) for each in step.assumes)
        line.append(f"\n    if {listed(names)}", style="yellow")
    return line


def _stop(number: int, stop: Stop) -> Padding:
    line = _claim(number, stop.step)
    if stop.opening is not None:
        line.append("\n    opened by ", style="dim")
        line.append(clean(stop.opening.says))
    return Padding(line, (0, 0, 0, 2), expand=False)


def _below(line: Text) -> Padding:
    return Padding(line, (0, 0, 0, 2), expand=False)


def _deeper(line: Text) -> Padding:
    return Padding(line, (0, 0, 0, 4), expand=False)


def as_json(answers: Sequence[tuple[str, Asked]], hide: Callable[[str], str]) -> str:
    """Every pair of places in every root module that has both ends."""
    rows = [_row(root, told, hide) for root, asked in answers for told in asked.pairs]
    return written({"schema": SCHEMA, "answers": rows})


def _row(root: str, told: Told, hide: Callable[[str], str]) -> dict[str, Any]:
    question = told.question
    return {
        "root": hide(root),
        "source": hide(question.source),
        "destination": hide(question.destination),
        "protocol": question.protocol,
        "port": _port(question),
        "verdict": told.word.value,
        "certain": hide(services_text(told.reached.packets.certain)),
        "possible": hide(services_text(told.reached.packets.possible)),
        "unknowns": sorted(hide(str(each)) for each in told.unknowns),
        "steps": [_plain(step, hide) for step in told.proof],
        "blockers": [_blocker(stop, hide) for stop in told.stops],
    }


def _blocker(stop: Stop, hide: Callable[[str], str]) -> dict[str, Any]:
    opening = hide(stop.opening.says) if stop.opening else None
    return {**_plain(stop.step, hide), "opening": opening}


def _plain(step: Step, hide: Callable[[str], str]) -> dict[str, Any]:
    proof = step.proof
    return {
        "claim": hide(step.claim),
        "resource": hide(proof.resource) if proof else None,
        "attribute": hide(proof.attribute) if proof else None,
        "file": proof.place.file if proof and proof.place else None,
        "line": proof.place.line if proof and proof.place else None,
        "assumes": sorted(hide(str(each)) for each in step.assumes),
    }
