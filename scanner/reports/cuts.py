"""Cuts for people: what to change, in which order, what each change buys, what nothing ends."""

from collections.abc import Iterator, Sequence

from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from graphs.verdict import Verdict
from scanner.reports.printing import hint, indent, item, printed, title
from scanner.reports.words import clean, counted, listed, place
from scanner.result import Change, Choke, Cut, Result, Stuck

MOST_FIRST = 9
MOST_CHOKES = 3
MOST_STUCK = 5


def render(
    cuts: Sequence[Cut], *, budget: float | None = None, width: int = 80, colour: bool = False
) -> str:
    """All that is said of cuts, each change with its Terraform text."""
    parts = (part for cut in cuts for part in _whole(cut, budget, len(cuts) > 1))
    return printed(parts, width=width, colour=colour)


def to_change(result: Result) -> Iterator[Text | Padding]:
    """The part of the report of a scan: the first changes of each estate, and its choke points."""
    cuts = [cut for cut in result.cuts if cut.verdict == Verdict.VIOLATED]
    if cuts:
        yield title("What to change first")
        yield hint("`pathwarden cuts` shows each change as Terraform text, and takes a budget.")
    for cut in cuts:
        where = f"{clean(cut.root)}: " if len(cuts) > 1 else ""
        yield indent(Text(f"{where}{promise(cut)}"), 2)
        yield indent(Text(curve(cut), style="dim"), 2) if curve(cut) else Text("")
        for number, change in enumerate(cut.changes[:MOST_FIRST], 1):
            yield item(f"{number}.", _brief(change), 2)
        if len(cut.changes) > MOST_FIRST:
            rest = len(cut.changes) - MOST_FIRST
            yield indent(Text(f"and {counted(rest, 'more change')}", style="dim"), 2)
        yield from _stuck(cut.stuck)
        yield from _chokes(cut.chokes)


def promise(cut: Cut) -> str:
    """What the changes of a cut do, what they cost, how sure it is that nothing is cheaper, and
    what is left alone."""
    return f"{_does(cut)}{_left_alone(cut)}"


def _left_alone(cut: Cut) -> str:
    if not cut.waived:
        return ""
    one = cut.waived == 1
    paths = f"{counted(cut.waived, 'waived path')} {'is' if one else 'are'} left alone"
    return f" {paths}: pathwarden cuts --waived ends {'it' if one else 'them'} too."


def _does(cut: Cut) -> str:
    if not cut.changes:
        return "No change ends what leads here." if cut.stuck else "Nothing has to be changed."
    many = "This change" if len(cut.changes) == 1 else f"These {len(cut.changes)} changes"
    one = len(cut.changes) == 1
    besides = "" if cut.verdict == Verdict.VIOLATED else " besides, so that nothing may lead there"
    does = f"{many} {'ends' if one else 'end'} every path that a change can end{besides}"
    if not cut.stuck:
        does = f"{many} {'ends' if one else 'end'} all paths{besides}"
    price = f"{'It costs' if one else 'Together they cost'} {cut.cost:g}"
    return f"{does}. {price}{_sure(cut)}."


def _sure(cut: Cut) -> str:
    if cut.proven:
        return ", and nothing cheaper does as much: that is proven"
    gap = (cut.cost - cut.bound) / cut.cost
    return f"; whether something cheaper does is not proven: at least {cut.bound:g}, {gap:.0%} less"


def curve(cut: Cut) -> str:
    """What the first changes buy: `1 change takes 40% of the risk away, 3 take 80%`."""
    steps = [n for n in (1, 2, 3, 5, 10, 20, 50) if n < len(cut.changes)] + [len(cut.changes)]
    told = [(n, cut.changes[n - 1].share) for n in steps if n and cut.changes[n - 1].share]
    kept = [(n, share) for at, (n, share) in enumerate(told) if at == 0 or share > told[at - 1][1]]
    if not kept or not kept[-1][1]:
        return ""
    (first, share), *others = kept
    head = f"{counted(first, 'change')} {'takes' if first == 1 else 'take'} {share:.0%} of the risk"
    return ", ".join([f"{head} away", *(f"{n} take {each:.0%}" for n, each in others)]) + "."


def _whole(cut: Cut, budget: float | None, several: bool) -> Iterator[Text | Padding | Group]:
    sure = cut.verdict == Verdict.VIOLATED
    head = "What to change" if sure else "What to change for what cannot be told"
    yield title(f"{head}, in {clean(cut.root)}" if several else head)
    yield Text(promise(cut) if budget is None else within(cut, budget), style="bold")
    if curve(cut):
        yield hint(curve(cut))
    for number, change in enumerate(cut.changes, 1):
        yield Text("")
        yield item(f"{number}.", _full(change), 0)
        if change.edit:
            yield from _edit(change.edit)
    yield from _stuck(cut.stuck)
    yield from _chokes(cut.chokes)


def _edit(edit: str) -> Iterator[Group]:
    """A diff, whose lines are as long as they are; rich would join and wrap them by themselves."""
    for line in edit.splitlines():
        style = {"+": "green", "-": "red"}.get(line[:1], "dim")
        shown = clean(line.replace("\t", "    "))
        yield Group(Text(f"   {shown}", style=style, no_wrap=True, overflow="ignore"))


def within(cut: Cut, budget: float) -> str:
    """What a budget buys."""
    share = cut.changes[-1].share if cut.changes else 0.0
    sure = "no better use of it exists" if cut.proven else "a better use of it may exist"
    what = counted(len(cut.changes), "change")
    return (
        f"For {budget:g}, {what} that cost {cut.cost:g} take {share:.0%} of the risk away: {sure}."
        f"{_left_alone(cut)}"
    )


def _brief(change: Change) -> Text:
    line = Text(clean(change.says[:1].upper() + change.says[1:]))
    where = place(change)
    line.append(f"  {clean(where)}" if where else "", style="cyan")
    ends = f"  ends {listed(list(change.paths), 2)}" if change.paths else "  with those below"
    line.append(ends, style="dim")
    return line


def _full(change: Change) -> Text:
    line = Text(clean(change.says[:1].upper() + change.says[1:]), style="bold")
    where = place(change)
    line.append(f"  {clean(where)}" if where else "", style="cyan")
    ends = f", ends {listed(list(change.paths), 4)}" if change.paths else ""
    line.append(f"\n{change.kind}, costs {change.cost:g}{ends}", style="dim")
    line.append(f"; {change.share:.0%} of the risk is gone" if change.share else "", style="dim")
    return line


def _stuck(stuck: Sequence[Stuck]) -> Iterator[Text | Padding]:
    for each in stuck[:MOST_STUCK]:
        yield Text("")
        head = f"No change ends {clean(each.entry)} → {clean(each.target)}:"
        yield indent(Text(head, style="yellow"), 2)
        for number, says in enumerate(each.steps, 1):
            yield item(f"{number}.", Text(clean(says)), 4)
    if len(stuck) > MOST_STUCK:
        yield indent(Text(f"and {counted(len(stuck) - MOST_STUCK, 'more such way')}"), 2)


def _chokes(chokes: Sequence[Choke]) -> Iterator[Text | Padding]:
    if chokes:
        yield indent(Text("Choke points, which all ways to these targets pass:", style="dim"), 2)
    for each in chokes[:MOST_CHOKES]:
        paths = counted(len(each.paths), "path")
        line = Text(f"{clean(each.name)}: {paths}, {each.share:.0%} of the risk")
        yield item("-", line, 4)
