"""A comparison as the comment of a pull or merge request.

It holds what GitHub takes of a comment, 65,536 characters, which is less than GitLab's million. At
most ten pictures are drawn, each of at most 2,000 characters, which both draw without being asked.
What the change opens comes first, what it closes and what could not be told last.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from graphs.estate import Relation
from graphs.verdict import Verdict
from scanner.diffing.difference import (
    ChangedPath,
    ChangedRequirement,
    Connection,
    Difference,
    Lost,
    Power,
)
from scanner.frameworks import Status
from scanner.reports.diff_words import (
    ALLOWS,
    alike,
    by_listener,
    by_principal,
    change_of,
    gathered,
    headline,
    opened,
    owned,
    predicate,
    request_of,
    roots_of,
    sides,
    sure,
    unsure,
    waived,
    where_of,
)
from scanner.reports.markup import code, text
from scanner.reports.sections import LONGEST, Item, Section, cut_to, items
from scanner.reports.words import Placed, counted, places, spot
from scanner.result import Finding, Gap, Hop, Path, Unknown, Waiver

MOST_PICTURES = 10
MOST_SOURCES = 6
MOST_POWERS = 6
MOST_PLACES = 3
MOST_SUBJECTS = 6
MOST_NUMBERS = 12


def render(of: Difference) -> str:
    """The whole comment."""
    head = f"## Pathwarden\n\n**{text(headline(of))}**\n\n{text(sides(of))}\n{_notes(of)}"
    sections = [section for section in _sections(of) if section.items]
    room = LONGEST - len(head) - sum(section.frame for section in sections)
    return head + "".join(cut_to(sections, room))


def _notes(of: Difference) -> str:
    return "".join(f"\n> {text(note)}\n" for note in of.notes)


def _sections(of: Difference) -> Iterator[Section]:
    paths = [_opened(of, number, same) for number, same in enumerate(opened(of))]
    yield Section("Attack paths that this change opens", "", paths, "path")
    yield Section("Attack paths that it changes", "", items(map(_changed, of.changed)), "path")
    reached = [_reached(same) for same in alike(by_listener(of.reach_added))]
    yield Section("Newly reachable", _REACH, reached, "connection")
    powers = [_powers(same) for same in alike(by_principal(of.permissions_added))]
    yield Section("New permissions", _POWERS, powers, "permission")
    yield Section("New findings", _FINDINGS, list(_findings(sure(of.findings_added))), "finding")
    worse = (f"- **{each.now.severity}** {text(change_of(each))} {_where(each.now)}\n"
             for each in of.findings_changed)  # fmt: skip
    yield Section("Findings that are told differently", "", items(worse), "finding")
    yield Section("Waivers that this change adds", _WAIVED, items(map(_waiver, of.waivers_added)),
                  "waiver")  # fmt: skip
    known = (f"- **{severity}** {text(says)}\n" for severity, says in waived(of))
    yield Section("New, and waived", "", items(known), "finding")
    yield Section("Duties", "", list(_duties(of.requirements)), "requirement")
    yield Section("Closed and fixed", "", list(_better(of)), "path, finding or permission")
    openly = (*map(_maybe, unsure(of.findings_added)), *map(_unknown, of.unknowns_added))
    lost = (*map(_lost, of.lost), *openly)
    yield Section("Cannot tell", "", list(_once(lost)), "answer or cause")
    gaps = _once(map(_gap, of.gaps_added))
    yield Section("Newly not read, or not modelled", "", list(gaps), "gap")


def _once(lines: Iterable[str]) -> Iterator[Item]:
    """Each line once, with how many root modules say it."""
    for line, number in Counter(lines).items():
        again = f" ({number} times)\n" if number > 1 else "\n"
        yield Item(line.removesuffix("\n") + again, number=number)


_REACH = "| Listener | Packets | From | Opened at |\n| --- | --- | --- | --- |\n"
_POWERS = "| Who | May now | Request that shows it | Given at |\n| --- | --- | --- | --- |\n"
_FINDINGS = "| Severity | What is wrong | Where |\n| --- | --- | --- |\n"
_WAIVED = "A change does not waive its own findings, unless the policy of the base lets it.\n\n"


# ------------------------------------------------------------------------------------------ paths


def _opened(of: Difference, number: int, same: Sequence[Path]) -> Item:
    """A path with its picture and steps; in brief without the picture."""
    path = same[0]
    picture = next((p for p in of.pictures if (p.path, p.root) == (path.id, path.root)), None)
    new = picture.new if picture else ()
    doubt = "" if path.verdict == Verdict.VIOLATED else " (cannot tell)"
    owner = f", owned by {text(owned(path))}" if path.owners else ""
    root = _roots([each.root for each in same])
    risk = f"likelihood {path.likelihood:.0%}, impact {path.impact:g} of 10"
    head = (
        f"#### {path.severity.upper()}: {text(path.entry)} → {text(path.target)}{doubt}\n\n"
        f"{code(path.id)}{root}, {risk}{owner}\n\n"
    )
    steps = "".join(_step(n, hop, n in new) for n, hop in enumerate(path.hops, 1))
    if path.unknowns:
        steps += f"\nDepends on {', '.join(map(text, path.unknowns[:MOST_PLACES]))}.\n"
    brief = f"{head}{steps}\n"
    if picture is None or not picture.mermaid or number >= MOST_PICTURES:
        return Item(brief, number=len(same))
    return Item(f"{head}```mermaid\n{picture.mermaid}```\n\n{steps}\n", brief, len(same))


def _roots(roots: Sequence[str]) -> str:
    """` in prod and 2 more root modules`."""
    said = where_of(roots)
    return f" {text(said)}" if said else ""


def _step(number: int, hop: Hop, new: bool) -> str:
    found = places(hop.proof)
    where = " ".join(map(code, found[:MOST_PLACES]))
    more = f" and {len(found) - MOST_PLACES} more" if len(found) > MOST_PLACES else ""
    mark = "**new** " if new else ""
    return f"{number}. {mark}{text(hop.says)} {where}{more}\n"


def _changed(each: ChangedPath) -> str:
    path = each.now
    says = "".join(f"   - {text(one)}\n" for one in each.says)
    way = f"{text(path.entry)} → {text(path.target)}"
    return f"- **{path.severity}** {way} {code(path.id)}\n{says}"


# ------------------------------------------------------------------- reachability and permissions


def _reached(same: Sequence[Sequence[Connection]]) -> Item:
    group = same[0]
    first = group[0]
    sources = _some([each.source_name for each in group])
    doubt = "" if first.verdict == Verdict.VIOLATED else " (cannot tell)"
    packets = f"{text(first.packets)}{doubt}"
    listener = f"{text(first.target_name)} {text(roots_of(same))}".rstrip()
    row = f"{listener} | {packets} | {sources} | {_all_of(group)}"
    return Item(f"| {row} |\n", number=sum(map(len, same)))


def _powers(same: Sequence[Sequence[Power]]) -> Item:
    together = gathered(same[0])
    rules = same[0][0].relation == Relation.ADMINISTERS and same[0][0].verdict == Verdict.VIOLATED
    shown = together[: 1 if rules else MOST_POWERS]
    rest = sum(map(len, together[len(shown) :]))
    follows = ", which follow from it" if rules else ""
    told = "<br>".join((*map(_may, shown), *([f"and {rest} more{follows}"] if rest else ())))
    first = [each[0] for each in shown]
    names = _some(list(dict.fromkeys(group[0].principal_name for group in same)))
    who = f"{names} {text(roots_of(same))}".rstrip()
    row = f"{who} | {told} | {_requests(first)} | {_all_of(first)}"
    return Item(f"| {row} |\n", number=sum(map(len, same)))


def _some(names: Sequence[str]) -> str:
    """The first of some names, with a count of the rest."""
    shown = [text(name) for name in names[:MOST_SOURCES]]
    more = [f"{len(names) - MOST_SOURCES} more"] if names[MOST_SOURCES:] else []
    return ", ".join((*shown, *more))


def _requests(shown: Sequence[Power]) -> str:
    """A request for each action, since those that differ in the resource show no more."""
    found: dict[str, str] = {}
    for power in shown:
        if power.witness is not None and (said := request_of(power)):
            found.setdefault(power.witness.action, code(said))
    return "<br>".join(list(found.values())[:MOST_PLACES])


def _may(same: Sequence[Power]) -> str:
    """What a principal may, without its name, which stands beside it."""
    power = same[0]
    said = predicate(power)
    doubt = "" if power.verdict == Verdict.VIOLATED else " (cannot tell)"
    if power.relation != ALLOWS:
        return f"{text(said)}{doubt}"
    more = f" and {counted(len(same) - 1, 'more resource')}" if same[1:] else ""
    return f"{text(said.rpartition(' on ')[0])} on {code(power.target)}{more}{doubt}"


def _all_of(things: Sequence[Placed]) -> str:
    """Where some things stand, each place once, cut with a count of the rest."""
    found = list(dict.fromkeys(filter(None, map(_where, things))))
    more = f"<br>and {len(found) - MOST_PLACES} more" if found[MOST_PLACES:] else ""
    return "<br>".join(found[:MOST_PLACES]) + more


# --------------------------------------------------------------------------------------- findings


def _findings(found: Sequence[Finding]) -> Iterator[Item]:
    """A row for each rule, the worst first."""
    groups: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in found:
        groups[finding.severity, finding.rule].append(finding)
    for (severity, rule), members in groups.items():
        cells = [f"{text(f.because)} {_where(f)}" for f in members[:MOST_SUBJECTS]]
        rest = len(members) - len(cells)
        said = "<br>".join((*cells, *([f"and {rest} more"] if rest else ())))
        title = f"**{text(members[0].title)}**<br>{code(rule)}"
        yield Item(f"| {severity} | {title} | {said} |\n", number=len(members))


def _where(thing: Placed) -> str:
    own = spot(thing.file, thing.line) or thing.seen
    return " ".join(code(each) for each in (thing.call, own) if each)


def _maybe(finding: Finding) -> str:
    return (
        f"- **{finding.severity}** {text(finding.because)} {code(finding.rule)} {_where(finding)}\n"
    )


def _waiver(each: Waiver) -> str:
    until = f" until {text(each.until)}" if each.until else ""
    reason = f" “{text(each.reason)}”" if each.reason else ""
    why = f", {text(each.why)}" if each.why else ""
    where = code(spot(each.file, each.line))
    status = text(each.status.replace("-", " "))
    return f"- {code(each.rule)} on {code(each.match)}{until}{reason} {where}: {status}{why}\n"


# ----------------------------------------------------------------------------- the rest, in lines


def _duties(changed: Sequence[ChangedRequirement]) -> Iterator[Item]:
    """One line for each framework and kind of change, what is newly broken first."""
    groups: dict[tuple[str, str], list[ChangedRequirement]] = defaultdict(list)
    for each in sorted(changed, key=lambda each: each.now != Status.BROKEN):
        groups[each.name, _turn(each)].append(each)
    for (name, turn), members in groups.items():
        shown = ", ".join(text(each.number) for each in members[:MOST_NUMBERS])
        rest = len(members) - MOST_NUMBERS
        more = f" and {rest} more" if rest > 0 else ""
        yield Item(f"- **{text(name)}** {turn}: {shown}{more}\n", number=len(members))


def _turn(each: ChangedRequirement) -> str:
    if each.now == Status.BROKEN:
        return "newly broken"
    if each.before == Status.BROKEN:
        return f"no longer broken, now {each.now.replace('-', ' ')}"
    return f"{each.before.replace('-', ' ')}, now {each.now.replace('-', ' ')}"


def _better(of: Difference) -> Iterator[Item]:
    for path in of.closed:
        yield Item(f"- path {text(path.entry)} → {text(path.target)} {code(path.id)}\n")
    for finding in of.findings_fixed:
        yield Item(f"- {code(finding.rule)} {text(finding.because)}\n")
    if of.reach_removed:
        said = ", ".join(_removed(group) for group in by_listener(of.reach_removed)[:MOST_SUBJECTS])
        number = len(of.reach_removed)
        yield Item(f"- {counted(number, 'connection')} no longer possible: {said}\n", number=number)
    if of.permissions_removed:
        names = dict.fromkeys(text(each.principal_name) for each in of.permissions_removed)
        number = len(of.permissions_removed)
        said = ", ".join([*names][:MOST_SUBJECTS])
        yield Item(f"- {counted(number, 'permission')} taken from {said}\n", number=number)


def _removed(group: Sequence[Connection]) -> str:
    first = group[0]
    more = f" and {len(group) - 1} more" if group[1:] else ""
    return f"{text(first.source_name)}{more} to {text(first.target_name)} ({text(first.packets)})"


def _lost(each: Lost) -> str:
    said = f"was there and may still be: {each.because}"
    return f"- **{each.severity}** {each.kind} {text(each.says)} {text(said)}\n"


def _unknown(unknown: Unknown) -> str:
    decides = counted(unknown.decides, "answer")
    where = code(spot(unknown.file, unknown.line))
    return f"- {code(unknown.what)}, {text(unknown.cause)}, decides {decides} {where}\n"


def _gap(gap: Gap) -> str:
    said = [text(gap.kind.replace("-", " ")), text(gap.what), text(gap.effect), text(gap.fix)]
    return f"- {code(spot(gap.file, gap.line))} {': '.join(part for part in said if part)}\n"
