"""A breach for a terminal: what the attacker has, what to do in which order, what tells of it."""

from collections.abc import Iterator, Sequence

from rich.console import Group
from rich.padding import Padding
from rich.text import Text

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
from scanner.reports.printing import hint, indent, item, printed, title
from scanner.reports.words import clean, counted, listed, place, places, spot
from scanner.result import Cut

Part = Text | Padding | Group
MOST = 40
MOST_NAMES = 6


def render(breaches: Sequence[Breached], *, width: int = 80, colour: bool = False) -> str:
    """All that is said, one part an estate."""
    parts = (part for each in breaches for part in _whole(each, len(breaches) > 1))
    return printed(parts, width=width, colour=colour)


def _whole(breach: Breached, several: bool) -> Iterator[Part]:
    taken = breach.taken
    where = ", ".join(filter(None, (taken.where, taken.seen or spot(taken.file, taken.line))))
    home = f", in {clean(breach.root)}" if several else ""
    yield title(f"The {taken.kind} {clean(taken.name)} is an attacker's{home}")
    yield Text(f"{clean(taken.node)}{f' ({clean(where)})' if where else ''}", style="cyan")
    yield Text(clean(headline(breach)), style="bold")
    if breach.assumed or breach.gaps:
        gaps = f" {counted(breach.gaps, 'thing')} not read or not modelled." if breach.gaps else ""
        yield hint(f"{NOT_CODE if breach.assumed else ''}{gaps}".strip())
    yield from _gains(breach)
    yield from _losses(breach)
    yield from _actions("Isolate it, in this order", breach.isolate)
    yield from _actions("End or renew what may have been taken along", breach.renew)
    yield from _cuts(breach)
    yield from _logs(breach)
    yield from _duties(breach.duties)


def _gains(breach: Breached) -> Iterator[Part]:
    yield title("What the attacker has")
    yield item("-", Text(f"At once: {clean(breach.taken.means)}"), 0)
    own, taken = told(breach.gains)
    for each in own[:MOST]:
        yield item("-" if each.at_once else "+", _gain(each), 0 if each.at_once else 2)
    if len(own) > MOST:
        yield indent(Text(f"and {len(own) - MOST} more, in --format json", style="dim"), 2)
    sure = [each for each in taken if each.verdict == "reachable"]
    if sure:
        yield item("+", Text(f"With the account: {comes_with(sure)}"), 2)
    maybe = [each for each in taken if each.verdict != "reachable"]
    if maybe:
        line = f"With the account, perhaps: {comes_with(maybe)}; {_because(maybe[0].unknowns)}"
        yield item("?", Text(clean(line)), 2)


def _gain(each: Gain) -> Text:
    line = Text(clean(each.says))
    line.append(f"  {each.likelihood:.0%}", style="dim")
    if each.verdict != "reachable":
        line.append(f"  cannot tell: {clean(_because(each.unknowns))}", style="yellow")
    line.append(f"\n{clean(each.by)}", style="dim")
    found = listed([clean(where) for where in places(each.proof)], 3)
    line.append(f"  {found}" if found else "", style="cyan")
    return line


def _because(unknowns: Sequence[str]) -> str:
    return f"it hangs on {listed(list(unknowns), 2)}" if unknowns else "it hangs on what is unknown"


def _losses(breach: Breached) -> Iterator[Part]:
    if breach.losses:
        yield title("Data within reach")
    for loss in breach.losses[:MOST]:
        sure = loss.verdict == "reachable"
        line = Text(clean(loses(loss)))
        line.append("" if sure else "  perhaps", style="yellow")
        yield item("!" if loss.classes else "-", line, 0)
    if len(breach.losses) > MOST:
        yield hint(f"and {len(breach.losses) - MOST} more, in --format json")


def _actions(head: str, actions: Sequence[Action]) -> Iterator[Part]:
    if actions:
        yield title(head)
        yield hint("Nothing of this was run.")
    for number, each in enumerate(actions, 1):
        line = Text(clean(each.title), style="bold")
        line.append(f"  {clean(each.where)}" if each.where else "", style="dim")
        line.append(f"\n{clean(each.why)}", style="dim")
        yield item(f"{number}.", line, 0)
        for command in each.commands:
            yield Group(Text(f"   $ {clean(command)}", no_wrap=True, overflow="ignore"))
        for lack in each.lacks:
            yield indent(Text(f"{clean(lack)}", style="yellow"), 5)


def _cuts(breach: Breached) -> Iterator[Part]:
    yield title("Keep more from following")
    if not breach.cuts:
        yield Text(NO_CHANGE)
    for cut in breach.cuts:
        yield from _cut(cut)


def _cut(cut: Cut) -> Iterator[Part]:
    yield Text(promise(cut))
    for number, change in enumerate(cut.changes, 1):
        line = Text(clean(change.says[:1].upper() + change.says[1:]), style="bold")
        where = place(change)
        line.append(f"  {clean(where)}" if where else "", style="cyan")
        line.append(f"\n{change.kind}, costs {change.cost:g}", style="dim")
        yield item(f"{number}.", line, 0)
        for text in change.edit.splitlines():
            style = {"+": "green", "-": "red"}.get(text[:1], "dim")
            yield Group(Text(f"   {clean(text)}", style=style, no_wrap=True, overflow="ignore"))
    for each in cut.stuck:
        line = Text(f"No change ends that the attacker {clean(each.target)}:", style="yellow")
        line.append(f" {clean('; '.join(each.steps))}")
        yield item("-", line, 0)


def _logs(breach: Breached) -> Iterator[Part]:
    yield title("What tells of it")
    yield hint(EVERYWHERE)
    for verdict, word, style in (("on", "on", ""), ("unknown", "cannot tell", "yellow")):
        for many in alike(breach.logs, verdict):
            line = Text(f"{word}: {many.log.kind} of {clean(listed(list(many.names), MOST_NAMES))}")
            line.stylize(style)
            line.append(f"\n{clean(keeping(many.log))}" if verdict == "on" else "", style="dim")
            if many.log.unknowns:
                line.append(f"\n{clean(_because(many.log.unknowns))}", style="dim")
            yield item("+" if verdict == "on" else "?", line, 0)
    for many in alike(breach.logs, "off"):
        names = clean(listed(list(many.names), MOST_NAMES))
        yield item("-", Text(f"off: {many.log.kind} of {names}", style="red"), 0)


def _duties(duties: Sequence[Duty]) -> Iterator[Part]:
    if duties:
        yield title("Whom to notify, and by when")
        yield hint(COUNSEL)
    for status, word in (("indicated", "what is known speaks for it"), ("open", "open")):
        for each in (duty for duty in duties if duty.status == status):
            line = Text(f"{word}: {each.law}, {', '.join(each.cites)}", style="bold")
            line.append(f"\n{begins(each)}", style="")
            line.append(f"\nto {each.whom}")
            if each.because:
                line.append(f"\nbecause {clean('; '.join(each.because))}", style="dim")
            if each.applies:
                line.append(f"\n{each.applies}")
            line.append(f"\nassumes that {'; '.join(each.assumes)}", style="dim")
            yield item("!" if status == "indicated" else "?", line, 0)
