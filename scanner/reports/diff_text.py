"""A comparison for a terminal: the verdict, what is opened, what is closed, what is not known."""

from collections.abc import Iterable, Iterator, Sequence

from rich.padding import Padding
from rich.text import Text

from graphs.verdict import Verdict
from scanner.diffing.difference import (
    ChangedRequirement,
    Connection,
    Difference,
    Lost,
    Power,
)
from scanner.reports.diff_words import (
    alike,
    by_listener,
    by_principal,
    change_of,
    headline,
    opened,
    owned,
    request_of,
    roots_of,
    sides,
    sure,
    unsure,
    waived,
    where_of,
)
from scanner.reports.printing import hint, indent, item, printed, title
from scanner.reports.text import COLOURS
from scanner.reports.words import clean, counted, listed, place, places, spot
from scanner.result import Finding, Gap, Path, Unknown, Waiver

MOST: int = 20
MOST_PLACES = 4
MOST_SOURCES = 6
Part = Text | Padding


def render(of: Difference, *, width: int = 80, colour: bool = False) -> str:
    """The whole report."""
    return printed(_parts(of), width=width, colour=colour)


def _parts(of: Difference) -> Iterator[Part]:
    yield Text(f"Pathwarden {of.tool.version}  {clean(sides(of))}", style="dim")
    yield Text("")
    yield Text(headline(of), style="bold")
    yield from (Text(clean(note), style="yellow") for note in of.notes)
    yield from _paths(of)
    yield from _reach(of)
    powers = [_power(same) for same in alike(by_principal(of.permissions_added))]
    yield from _listed("New permissions", powers)
    yield from _listed("New findings", map(_finding, sure(of.findings_added)))
    changed = [
        (each.now.severity, change_of(each), place(each.now)) for each in of.findings_changed
    ]
    yield from _listed("Told differently", [_line(*each) for each in changed])
    yield from _listed("Waivers that this change adds", map(_waiver, of.waivers_added))
    known = [_line(severity, says, "") for severity, says in waived(of)]
    yield from _listed("New, and waived", known)
    yield from _listed("Duties", map(_duty, of.requirements))
    yield from _listed("Closed and fixed", _better(of))
    openly = [*map(_lost, of.lost), *map(_finding, unsure(of.findings_added))]
    yield from _listed("Cannot tell", [*openly, *map(_unknown, of.unknowns_added)])
    yield from _listed("Newly not read, or not modelled", map(_gap, of.gaps_added))


def _listed(head: str, lines: Iterable[Text]) -> Iterator[Part]:
    """A head with its lines, each once, cut with a count of the rest."""
    found = list({line.plain: line for line in lines}.values())
    if found:
        yield title(head)
    yield from (item("-", line, 2) for line in found[:MOST])
    if len(found) > MOST:
        rest = f"and {len(found) - MOST:,} more, in --format json"
        yield indent(Text(rest, style="dim"), 4)


def _line(severity: str, says: str, where: str, more: str = "") -> Text:
    line = Text()
    if severity:
        line.append(severity.upper(), style=COLOURS[severity])
        line.append("  ")
    line.append(clean(says))
    line.append(f"  {clean(where)}" if where else "", style="cyan")
    line.append(f"  {clean(more)}" if more else "", style="dim")
    return line


def _paths(of: Difference) -> Iterator[Part]:
    new = {(each.path, each.root): each.new for each in of.pictures}
    found = opened(of)
    if found:
        yield title("Attack paths that this change opens")
    for same in found[:MOST]:
        yield Text("")
        yield from _path(same, new.get((same[0].id, same[0].root), ()))
    if len(found) > MOST:
        rest = f"and {counted(len(found) - MOST, 'more path')}, in --format json"
        yield indent(Text(rest, style="dim"), 2)
    told = [
        _line(each.now.severity, f"{each.now.title}: {'; '.join(each.says)}", "", each.now.id)
        for each in of.changed
    ]
    yield from _listed("Attack paths that it changes", told)


def _path(same: Sequence[Path], new: Sequence[int]) -> Iterator[Part]:
    path = same[0]
    doubt = "" if path.verdict == Verdict.VIOLATED else "cannot tell"
    yield _line(path.severity, path.title, "", doubt)
    where = f" {clean(where_of([each.root for each in same]))}".rstrip()
    owner = f", owned by {owned(path)}" if path.owners else ""
    facts = f"{path.id}{where}, likelihood {path.likelihood:.0%}, impact {path.impact:g}{owner}"
    yield indent(hint(facts), 2)
    for number, hop in enumerate(path.hops, 1):
        line = Text("new: " if number in new else "", style="bold")
        line.append(Text(clean(hop.says), style="not bold"))
        line.append(f"  {clean(listed(places(hop.proof), MOST_PLACES))}", style="cyan")
        yield item(f"{number}.", line, 2)


def _reach(of: Difference) -> Iterator[Part]:
    yield from _listed(
        "Newly reachable", [_connection(same) for same in alike(by_listener(of.reach_added))]
    )


def _connection(same: Sequence[Sequence[Connection]]) -> Text:
    group = same[0]
    first = group[0]
    doubt = "" if first.verdict == Verdict.VIOLATED else ", cannot tell"
    who = listed([each.source_name for each in group], MOST_SOURCES)
    where = listed(list(dict.fromkeys(filter(None, map(place, group)))), MOST_PLACES)
    listener = f"{first.target_name} {roots_of(same)}".rstrip()
    return _line("", f"{listener}: {first.packets}{doubt}, for {who}", where)


def _power(same: Sequence[Sequence[Power]]) -> Text:
    """What principals may, the first request, and how much more there is."""
    group = same[0]
    first = group[0]
    others = f"so may {counted(len(same) - 1, 'more principal')}" if same[1:] else ""
    more = f"and {counted(len(group) - 1, 'more permission')}" if group[1:] else ""
    shown = f"such as {request_of(first)}" if request_of(first) else ""
    says = f"{first.says} {roots_of(same)}".rstrip()
    return _line("", says, place(first), ", ".join(filter(None, (shown, more, others))))


def _finding(finding: Finding) -> Text:
    return _line(finding.severity, finding.because, place(finding), finding.rule)


def _waiver(each: Waiver) -> Text:
    until = f" until {each.until}" if each.until else ""
    says = f"{each.rule} on {each.match}{until}: {each.status.replace('-', ' ')}"
    return _line("", says, spot(each.file, each.line), each.why or each.reason)


def _duty(each: ChangedRequirement) -> Text:
    was, now = (word.replace("-", " ") for word in (each.before, each.now))
    return _line("", f"{each.name} {each.number}: {was}, now {now}", "", each.title)


def _better(of: Difference) -> Iterator[Text]:
    for path in of.closed:
        yield _line("", f"path {path.title}", "", path.id)
    for finding in of.findings_fixed:
        yield _line("", finding.because, "", finding.rule)
    for group in by_listener(of.reach_removed):
        who = listed([each.source_name for each in group], MOST_SOURCES)
        yield _line("", f"{group[0].target_name}: {group[0].packets} no longer for {who}", "")
    for powers in by_principal(of.permissions_removed):
        number = counted(len(powers), "permission")
        yield _line("", f"{powers[0].principal_name} has {number} less", "")


def _lost(each: Lost) -> Text:
    says = f"{each.kind} {each.says} was there and may still be: {each.because}"
    return _line(each.severity, says, "")


def _unknown(unknown: Unknown) -> Text:
    decides = f"decides {counted(unknown.decides, 'answer')}"
    return _line("", f"{unknown.what}, {unknown.cause}", spot(unknown.file, unknown.line), decides)


def _gap(gap: Gap) -> Text:
    said = f"{gap.kind.replace('-', ' ')}: {gap.what}: {gap.effect}"
    return _line("", said, spot(gap.file, gap.line), gap.fix)
