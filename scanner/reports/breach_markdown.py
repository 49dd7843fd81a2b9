"""A breach as a page of Markdown: what somebody can work through, box by box, at three at night."""

from collections.abc import Iterable, Iterator, Sequence

from scanner.breached import Action, Breached, Duty, Gain
from scanner.reports.breach_words import (
    COUNSEL,
    EVERYWHERE,
    NO_CHANGE,
    NOT_CODE,
    alike,
    begins,
    comes_with,
    headline,
    keeping,
    loses,
    promise,
    told,
)
from scanner.reports.markup import code, text
from scanner.reports.words import clean, counted, listed, place, places, spot
from scanner.result import Cut

MOST = 60
MOST_NAMES = 12


def render(breaches: Sequence[Breached]) -> str:
    """The page, one part an estate."""
    return "\n".join(line for each in breaches for line in _whole(each, len(breaches) > 1)) + "\n"


def _whole(breach: Breached, several: bool) -> Iterator[str]:
    taken = breach.taken
    home = f", in {code(breach.root)}" if several else ""
    yield f"# Incident: the {text(taken.kind)} {text(taken.name)}{home}"
    where = ", ".join(filter(None, (taken.where, taken.seen or spot(taken.file, taken.line))))
    yield f"\n{code(taken.node)}{f', {text(where)}' if where else ''}"
    yield f"\n**{text(headline(breach))}**"
    if breach.assumed or breach.gaps:
        gaps = f" {counted(breach.gaps, 'thing')} not read or not modelled." if breach.gaps else ""
        yield f"\n> {NOT_CODE if breach.assumed else ''}{gaps}"
    yield from _actions("1. Isolate it, in this order", breach.isolate)
    yield from _actions("2. End or renew what may have been taken along", breach.renew)
    yield from _cuts(breach)
    yield from _reached(breach)
    yield from _logs(breach)
    yield from _duties(breach.duties)


def _actions(head: str, actions: Sequence[Action]) -> Iterator[str]:
    yield f"\n## {head}\n"
    if not actions:
        yield "Nothing."
        return
    yield "Nothing of this was run. Note the time at each box.\n"
    for each in actions:
        where = f" ({text(each.where)})" if each.where else ""
        yield f"- [ ] **{text(each.title)}**{where}<br>{text(each.why)}"
        if each.commands:
            yield from _block(each.commands, "sh")
        for lack in each.lacks:
            yield f"    - fill in {text(lack)}"


def _block(lines: Iterable[str], language: str) -> Iterator[str]:
    """Lines as they stand, inside of an item of a list; the fence is longer than any in them."""
    shown = [clean(line.replace("\t", "    ")) for line in lines]
    longest = max((len(run) for line in shown for run in _runs(line)), default=0)
    fence = "`" * max(3, longest + 1)
    yield f"\n  {fence}{language}"
    yield from (f"  {line}" for line in shown)
    yield f"  {fence}\n"


def _runs(line: str) -> list[str]:
    """The runs of backquotes in a line."""
    return "".join(c if c == "`" else " " for c in line).split()


def _cuts(breach: Breached) -> Iterator[str]:
    yield "\n## 3. Keep more from following\n"
    if not breach.cuts:
        yield NO_CHANGE
    for cut in breach.cuts:
        yield from _cut(cut)


def _cut(cut: Cut) -> Iterator[str]:
    yield f"{text(promise(cut))}\n"
    for change in cut.changes:
        where = place(change)
        says = text(change.says[:1].upper() + change.says[1:])
        yield f"- [ ] {says}{f' ({code(where)})' if where else ''}"
        if change.edit:
            yield from _block(change.edit.splitlines(), "diff")
    for each in cut.stuck:
        steps = text("; ".join(each.steps))
        yield f"- No change ends that the attacker {text(each.target)}: {steps}"
    yield ""


def _reached(breach: Breached) -> Iterator[str]:
    yield "\n## 4. What the attacker has\n"
    yield f"At once: {text(breach.taken.means)}.\n"
    own, taken = told(breach.gains)
    if own:
        yield "| | what | how | likely | proof |\n|---|---|---|---|---|"
    for each in own[:MOST]:
        yield _row(each)
    if len(own) > MOST:
        yield f"\n*and {len(own) - MOST} more, in `--format json`*"
    for verdict, word in (("reachable", "With the account"), ("unknown", "With it, perhaps")):
        some = [each for each in taken if each.verdict == verdict]
        if some:
            yield f"\n{word}: {text(comes_with(some))}."
    yield from _losses(breach)


def _row(each: Gain) -> str:
    mark = "at once" if each.at_once else "then"
    if each.verdict != "reachable":
        mark = f"perhaps: {listed(list(each.unknowns), 2)}"
    found = ", ".join(code(where) for where in places(each.proof)[:3])
    cells = (text(mark), text(each.says), text(each.by), f"{each.likelihood:.0%}", found)
    return f"| {' | '.join(cells)} |"


def _losses(breach: Breached) -> Iterator[str]:
    if breach.losses:
        yield "\n### Data within reach\n"
    for loss in breach.losses[:MOST]:
        perhaps = "" if loss.verdict == "reachable" else ", perhaps"
        yield f"- {text(loses(loss))}{perhaps}"
    if len(breach.losses) > MOST:
        yield f"\n*and {len(breach.losses) - MOST} more, in `--format json`*"


def _logs(breach: Breached) -> Iterator[str]:
    yield f"\n## 5. What tells of it\n\n{EVERYWHERE} Copy what is on before it can be erased.\n"
    for verdict, word in (("on", "on"), ("unknown", "cannot tell"), ("off", "off")):
        for many in alike(breach.logs, verdict):
            names = text(listed(list(many.names), MOST_NAMES))
            kept = f"; {text(keeping(many.log))}" if verdict == "on" else ""
            why = f"; hangs on {text(listed(list(many.log.unknowns), 2))}"
            why = why if many.log.unknowns and verdict != "off" else ""
            box = "- [ ]" if verdict == "on" else "-"
            yield f"{box} **{word}**: {text(many.log.kind)} of {names}{kept}{why}"


def _duties(duties: Sequence[Duty]) -> Iterator[str]:
    yield f"\n## 6. Whom to notify, and by when\n\n{COUNSEL}\n"
    if not duties:
        yield "No row of the table fits what was reached."
    for status, word in (("indicated", "What is known speaks for these"), ("open", "Open")):
        some = [duty for duty in duties if duty.status == status]
        if some:
            yield f"\n### {word}\n"
        for each in some:
            yield f"- [ ] **{text(each.law)}**, {text(', '.join(each.cites))}"
            yield f"    - {text(begins(each))}"
            yield f"    - to {text(each.whom)}"
            if each.because:
                yield f"    - because {text('; '.join(each.because))}"
            if each.applies:
                yield f"    - {text(each.applies)}"
            yield f"    - assumes that {text('; '.join(each.assumes))}"
