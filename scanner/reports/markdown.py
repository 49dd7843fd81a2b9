"""The report as Markdown: for a summary of a GitHub step, and as a comment of a pull request.

GitHub takes 65,536 characters of a comment (and 1 MiB of a summary:
https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits),
so that each section is cut where there is no more room, with a count of the rest.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from graphs.verdict import Verdict
from scanner.beside import Peer, PeerFinding
from scanner.frameworks import Status
from scanner.reports.cuts import curve, promise
from scanner.reports.markup import code, html, text
from scanner.reports.peers import by_check, rest_of, tally
from scanner.reports.sections import LONGEST, Item, Section, cut_to, items
from scanner.reports.text import headline, seen, together
from scanner.reports.waivers import accepted, complaint, fixed, gone_heading, known, terms, trouble
from scanner.reports.words import Placed, alike, counted, owned, places, silenced, spot
from scanner.result import (
    Change,
    Finding,
    Framework,
    Gap,
    Hop,
    Path,
    Proof,
    Result,
    Unknown,
    Waiver,
)

MOST_PLACES = 4
MOST_SUBJECTS = 8
MOST_LIKEWISE = 3
MOST_REQUIREMENTS = 40


def render(result: Result) -> str:
    """The whole report, cut to what a comment holds."""
    verdict = f"**{text(headline(result))}**\n\n{text(seen(result))}\n"
    head = f"## Pathwarden\n\n{verdict}{_missed(result)}"
    sections = [section for section in _sections(result) if section.items]
    room = LONGEST - len(head) - sum(section.frame for section in sections)
    return head + "".join(cut_to(sections, room))


def _missed(result: Result) -> str:
    """What was not seen, right below the verdict."""
    kinds = Counter(gap.kind for gap in result.gaps)
    if not kinds:
        return ""
    said = ", ".join(
        f"{text(kind.replace('-', ' '))} ({number:,})" for kind, number in kinds.items()
    )
    return f"\n> **Not seen:** {said}. The answers leave it out; what it is stands below.\n"


def _sections(result: Result) -> Iterator[Section]:
    sure = [p for p in result.paths if p.stands]
    maybe = [p for p in result.paths if p.open]
    paths = [_path(alike, result) for alike in together(sure)]
    yield Section("Attack paths", _EXPLAIN, paths, "path")
    yield Section("Findings", _TABLE, list(_rows(result)), "finding")
    yield Section("Waived", _ASIDE, [_waived(f) for f in accepted(result)], "finding")
    yield Section("Known from the baseline", "", [_waived(f) for f in known(result)], "finding")
    gone = items(_gone(waiver) for waiver in result.waivers if fixed(waiver))
    yield Section(gone_heading(result), "", gone, "finding")
    yield Section("Waivers to look at", "", items(map(_trouble, trouble(result))), "waiver")
    openly = (*map(_unknown, result.unknowns), *map(_maybe, maybe), *_open(result))
    yield Section("Cannot tell", _CAUSES, items(openly), "answer or cause")
    yield Section("Not read, or not modelled", "", items(map(_gap, result.gaps)), "gap")
    changes = (_change(number, change) for number, change in enumerate(result.first, 1))
    yield Section("What to change first", _promises(result), items(changes), "change")
    yield from map(_peer, result.peers)
    duties = items(map(_framework, result.frameworks))
    yield Section("Duties", "", duties, "framework")


_EXPLAIN = "`pathwarden explain PATH-ID` shows a path again, on a terminal.\n\n"
_TABLE = "| Severity | What is wrong | Where |\n| --- | --- | --- |\n"
_ASIDE = "These do not count for the verdict.\n\n"
_CAUSES = "What decides the open answers comes first, then the answers.\n\n"


# ---------------------------------------------------------------------------------------- paths


def _path(alike: Sequence[Path], result: Result) -> Item:
    """Paths that differ in their last step alone; in brief without their proof."""
    path, *rest = alike
    more = f" and {len(rest)} more" if rest else ""
    root = f", in {code(path.root)}" if len(result.coverage.roots) > 1 else ""
    risk = f"likelihood {path.likelihood:.0%}, impact {path.impact:g} of 10{_owned(path)}"
    told = "".join(
        (
            f"#### {path.severity.upper()}: {text(path.entry)} → {text(path.target)}{more}\n\n",
            f"{code(path.id)}, {risk}{root}\n\n",
            _instances(path),
            *(_hop(number, hop) for number, hop in enumerate(path.hops, 1)),
            *(f"   - or {text(o.hops[-1].says)} {code(o.id)}\n" for o in rest[:MOST_SUBJECTS]),
            f"   - or {len(rest) - MOST_SUBJECTS} more\n" if len(rest) > MOST_SUBJECTS else "",
            f"\n{text(quiet)}.\n" if (quiet := silenced(path)) else "",
            "\n",
        )
    )
    return Item(told + _proof(path), told, len(alike))


def _instances(path: Path) -> str:
    """What a path that stands for several begins or ends at."""
    named = alike(path)
    if not named:
        return ""
    rest = len(named) - MOST_SUBJECTS
    more = f" and {rest:,} more" if rest > 0 else ""
    shown = ", ".join(map(code, named[:MOST_SUBJECTS]))
    return f"{path.count:,} of one pattern, told as the first: {shown}{more}\n\n"


def _hop(number: int, hop: Hop) -> str:
    line = f"{number}. {text(hop.says)} {_places(places(hop.proof))}\n"
    likewise = hop.likewise[:MOST_LIKEWISE]
    rest = len(hop.likewise) - len(likewise)
    line += "".join(f"   - or {text(says)}\n" for says in likewise)
    return line + (f"   - or {rest} more\n" if rest else "")


def _places(found: Sequence[str]) -> str:
    shown = " ".join(map(code, found[:MOST_PLACES]))
    rest = len(found) - MOST_PLACES
    return f"{shown} and {rest} more" if rest > 0 else shown


def _proof(path: Path) -> str:
    """Every claim, folded away."""
    claims = [_claim(number, p) for number, hop in enumerate(path.hops, 1) for p in hop.proof]
    if not claims:
        return ""
    summary = html(f"Proof of {path.title}: {counted(len(claims), 'claim')}")
    return f"<details><summary>{summary}</summary>\n\n{''.join(claims)}\n</details>\n\n"


def _claim(number: int, proof: Proof) -> str:
    where = _where(proof) or code(proof.resource)
    if_so = f", if {', '.join(text(a) for a in proof.assumes)}" if proof.assumes else ""
    return f"- Step {number}: {text(proof.claim)} {where}{if_so}\n"


def _where(thing: Placed) -> str:
    """Where something stands, led by where the root module calls its module."""
    own = spot(thing.file, thing.line) or thing.seen
    return " ".join(code(each) for each in (thing.call, own) if each)


def _maybe(path: Path) -> str:
    causes = ", ".join(text(u) for u in path.unknowns[:MOST_PLACES])
    way = f"{text(path.entry)} → {text(path.target)} ({code(path.id)})"
    return f"- **{path.severity}** path {way} depends on {causes}\n"


# ------------------------------------------------------------------------------------- findings


def _rows(result: Result) -> Iterator[Item]:
    """A row for each rule, the worst first."""
    found = [f for f in result.findings if not f.path and f.stands]
    groups: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in found:
        groups[finding.severity, finding.rule].append(finding)
    for (severity, rule), members in groups.items():
        cells = [_cell(f, result) for f in members[:MOST_SUBJECTS]]
        rest = len(members) - len(cells)
        said = "<br>".join((*cells, *([f"and {rest} more"] if rest else ())))
        title = f"**{text(members[0].title)}**<br>{code(rule)}"
        yield Item(f"| {severity} | {title} | {said} |\n", number=len(members))


def _cell(finding: Finding, result: Result) -> str:
    where = _where(finding)
    root = f" in {code(finding.root)}" if len(result.coverage.roots) > 1 else ""
    return f"{text(finding.because)} {where}{root}{_owned(finding)}"


def _owned(thing: Finding | Path) -> str:
    said = owned(thing.owners)
    return f", {text(said)}" if said else ""


# ------------------------------------------------------------------------------ what does not count


def _waived(finding: Finding) -> Item:
    where = _where(finding)
    said = f"- **{finding.severity}** {text(finding.because)} {code(finding.path or finding.rule)}"
    if finding.waived is None:
        return Item(f"{said} {where}\n")
    written = code(spot(finding.waived.file, finding.waived.line))
    return Item(f"{said} {where}<br>{text(terms(finding.waived))} {written}\n")


def _gone(waiver: Waiver) -> str:
    return f"- {code(waiver.rule)} on {code(waiver.match)}\n"


def _trouble(waiver: Waiver) -> str:
    return f"- {text(complaint(waiver))} {code(spot(waiver.file, waiver.line))}\n"


# --------------------------------------------------------------------------- what is not known


def _unknown(unknown: Unknown) -> str:
    where = code(spot(unknown.file, unknown.line))
    fix = f" {text(unknown.fix)}" if unknown.fix else ""
    decides = counted(unknown.decides, "answer")
    said = f"- {code(unknown.what)}, {text(unknown.cause)}, decides {decides} {where}".rstrip()
    return f"{said}{':' if fix else ''}{fix}\n"


def _open(result: Result) -> Iterator[str]:
    for finding in result.findings:
        if finding.open and not finding.path:
            where = _where(finding)
            yield f"- **{finding.severity}** {text(finding.because)} {code(finding.rule)} {where}\n"


def _gap(gap: Gap) -> str:
    where = code(spot(gap.file, gap.line))
    said = [text(gap.kind.replace("-", " ")), text(gap.what), text(gap.effect), text(gap.fix)]
    return f"- {where} {': '.join(part for part in said if part)}\n"


# ----------------------------------------------------------------------------- what follows of it


def _promises(result: Result) -> str:
    """What the changes of each estate do, and what they cost."""
    cuts = [cut for cut in result.cuts if cut.verdict == Verdict.VIOLATED]
    told = (
        f"{code(cut.root) + ': ' if len(cuts) > 1 else ''}{promise(cut)} {curve(cut)}"
        for cut in cuts
    )
    return "".join(f"{each.strip()}\n\n" for each in told)


def _change(number: int, change: Change) -> str:
    says = text(change.says[:1].upper() + change.says[1:])
    where = _where(change)
    ends = f" ends {_places(change.paths)}" if change.paths else ""
    return f"{number}. {says} {where}{ends}\n"


def _peer(peer: Peer) -> Section:
    """What another scanner finds on what attack paths touch; the rest as a count."""
    groups = by_check(f for f in peer.findings if f.on_path)
    rows = [Item(_check(found), number=len(found)) for found in groups]
    beside = [Item(f"\n{text(rest_of(peer))}\n", number=0)] if rest_of(peer) else []
    intro = f"{text(tally(peer))}\n\n{_PEER_TABLE if rows else ''}"
    return Section(peer.name, intro, [*rows, *beside], "finding")


def _check(found: Sequence[PeerFinding]) -> str:
    where = _places(places(found))
    ids = list(dict.fromkeys(path for finding in found for path in finding.paths))
    return f"| {text(found[0].title)}<br>{code(found[0].check)} | {where} | {_places(ids)} |\n"


_PEER_TABLE = "| What is wrong | Where | Attack paths |\n| --- | --- | --- |\n"


def _framework(framework: Framework) -> str:
    counts = Counter(r.status for r in framework.requirements)
    said = ", ".join(f"{counts[s]} {s.value.replace('-', ' ')}" for s in Status if counts[s])
    broken = [text(r.number) for r in framework.requirements if r.status == Status.BROKEN]
    shown = ", ".join(broken[:MOST_REQUIREMENTS])
    rest = len(broken) - MOST_REQUIREMENTS
    more = f" and {rest} more" if rest > 0 else ""
    listed = f". Broken: {shown}{more}" if broken else ""
    return f"- **{text(framework.name)} {text(framework.edition)}**: {said}{listed}\n"
