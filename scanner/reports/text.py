"""The report for a terminal: verdict, paths, findings, open questions, what to do first."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from graphs.resource import LIVE
from graphs.verdict import Verdict
from scanner.reports.cuts import to_change
from scanner.reports.peers import told
from scanner.reports.printing import hint, indent, item, printed, title
from scanner.reports.waivers import aside, terms_of, waived
from scanner.reports.words import (
    alike,
    clean,
    counted,
    listed,
    owned,
    place,
    places,
    silenced,
    spot,
)
from scanner.result import Finding, Gap, Hop, Instance, Path, Proof, Result, Unknown

COLOURS = {
    "critical": "bold white on red",
    "high": "bold red",
    "medium": "bold yellow",
    "low": "bold blue",
    "info": "dim",
}
MOST_PLACES = 4
MOST_SUBJECTS = 8
MOST_GAPS = 8
MOST_OPEN_PATHS = 8
MOST_RULES = 3
MOST_DUTIES = 4
UNWRAPPED = 10_000


def render(result: Result, *, width: int = 80, colour: bool = False) -> str:
    """The whole report as text of a width; ANSI colours only when asked for."""
    return printed(_parts(result), width=width, colour=colour)


def render_path(path: Path, *, width: int = 80, colour: bool = False) -> str:
    """One path hop by hop, with every step of its proof."""
    lost = "the account" if path.loses == "administrator" else f"{path.loses} data"
    where = "" if path.root == "." else f", in {clean(path.root)}"
    rule = Text(f"rule {path.rule}, loses {lost}{where}", style="dim")
    waiver = (indent(terms_of(path.waived), 2),) if path.waived else ()
    stands = (indent(_stands(path), 2),) if path.presence < 1 else ()
    head = (_path_head(path), indent(_path_facts(path), 2), indent(rule, 2), *stands, *waiver)
    hops = (_hop_in_full(number, hop) for number, hop in enumerate(path.hops, 1))
    quiet = silenced(path, len(path.silences))
    ended = (Text(""), Text(clean(quiet))) if quiet else ()
    more: list[Text | Padding] = [Text(""), _instances(path, 0)] if path.instances else []
    more += [item("-", _instance(each), 2) for each in path.instances]
    return printed((*head, *hops, *ended, *more), width=width, colour=colour)


def _instance(one: Instance) -> Text:
    line = Text(f"{clean(one.entry)} → {clean(one.target)}")
    return line.append(f"  {clean(one.target_address)}", style="cyan").append(f"  {one.id}", "dim")


def _stands(path: Path) -> Text:
    """How plausible it is that an attacker stands at the entry, and why."""
    said = f"an attacker stands there {path.presence:.0%}: {clean(path.presence_why)}"
    return Text(said.rstrip(": "), style="dim")


def render_quiet(result: Result, standing: Sequence[Finding], *, colour: bool = False) -> str:
    """Only what fails the build, a line each; nothing where nothing does."""
    paths = {(p.root, p.id): p for p in result.paths}
    lines = [_line(f, paths.get((f.root, f.path))) for f in standing]
    return printed(lines, width=UNWRAPPED, colour=colour) if lines else ""


def _line(finding: Finding, path: Path | None) -> Text:
    said = finding.because if path is None else path.title
    line = Text()
    line.append(f" {finding.severity.upper()} ", style=COLOURS[finding.severity])
    line.append(f" {clean(said)}")
    line.append("  cannot tell" if finding.verdict == Verdict.CANNOT_TELL else "", style="yellow")
    line.append(f"  {clean(place(finding))}", style="cyan")
    line.append(f"  {finding.path or finding.rule}", style="dim")
    return line


def headline(result: Result) -> str:
    """The verdict in one sentence: paths, findings, and what could not be told."""
    sure = [p for p in result.paths if p.stands]
    others = [f for f in result.findings if not f.path and f.stands]
    if not result.coverage.roots:
        return f"Nothing was judged: there is no Terraform in {clean(result.coverage.scanned)}."
    if _blind(result):
        refused = f": {counted(len(result.gaps), 'call')} refused" if result.gaps else ""
        return f"Nothing was seen in {clean(result.coverage.scanned)}, so nothing holds{refused}."
    open_answers = sum(f.open for f in result.findings)
    parts = [
        _tally("attack path", (p.severity for p in sure)),
        _tally("other finding", (f.severity for f in others)),
        aside(result),
        f"{counted(open_answers, 'answer')} cannot be told" if open_answers else _no_answer(result),
        f"{counted(len(result.gaps), 'thing')} not read or not modelled" if result.gaps else "",
    ]
    return ". ".join(part for part in parts if part) + "."


def _no_answer(result: Result) -> str:
    """That no answer is open, but for those that do not count."""
    aside = any(f.verdict == Verdict.CANNOT_TELL for f in result.findings)
    return "No other answer left open" if aside else "No answer left open"


def _blind(result: Result) -> bool:
    """Whether the accounts that were asked showed nothing at all."""
    return not result.coverage.assumed and not any(r.resources for r in result.coverage.roots)


def _tally(noun: str, severities: Iterable[str]) -> str:
    counts = Counter(severities)
    total = sum(counts.values())
    if not total:
        return f"No {noun}s"
    detail = ", ".join(f"{counts[s]} {s}" for s in COLOURS if counts[s])
    return f"{counted(total, noun)} ({detail})"


def _parts(result: Result) -> Iterator["Text | Padding | Group"]:
    if not _blind(result):
        about = f"Pathwarden {result.tool.version}  {clean(result.coverage.scanned)}"
        yield Text(about, style="dim")
        yield Text("")
    yield Text(headline(result), style="bold")
    yield Text(seen(result), style="dim")
    yield from _paths(result)
    yield from _findings(result)
    yield from waived(result)
    yield from _unknowns(result)
    yield from _gaps(result.gaps)
    yield from to_change(result)
    yield from told(result)
    yield from _frameworks(result)


def seen(result: Result) -> str:
    """What was read, and that what exists beside it was not."""
    roots = result.coverage.roots
    if not result.coverage.assumed:
        seen_live = [r for r in roots if r.directory == LIVE] or roots
        code = len(roots) - len(seen_live)
        over = f"{counted(code, 'root module')} over " if code else ""
        read = counted(sum(r.resources for r in seen_live), "resource")
        return f"Read {over}{read} from live accounts; what was refused is named below."
    read = (
        f"Read {counted(len(roots), 'root module')}: "
        f"{counted(sum(r.resources for r in roots), 'resource')} in "
        f"{counted(result.coverage.files, 'file')}, "
        f"{counted(result.coverage.lines, 'line')}."
    )
    return f"{read} What exists beside this code is not in it."


def _paths(result: Result) -> Iterator["Text | Padding | Group"]:
    sure = [p for p in result.paths if p.stands]
    maybe = [p for p in result.paths if p.open]
    if sure:
        yield title("Attack paths")
        yield hint("`pathwarden explain PATH-ID` shows the proof of every step.")
        for alike in together(sure):
            yield from _path(alike)
    if maybe:
        yield title("Attack paths that cannot be told")
        for path in maybe[:MOST_OPEN_PATHS]:
            yield Text("")
            yield _path_head(path)
            yield indent(_path_facts(path), 2)
            because = listed([clean(u) for u in path.unknowns], 3)
            yield indent(Text(f"depends on {because}"), 2)
        if len(maybe) > MOST_OPEN_PATHS:
            rest = len(maybe) - MOST_OPEN_PATHS
            yield indent(Text(f"and {rest} more, in --format json", style="dim"), 2)


def together(paths: Iterable[Path]) -> Iterator[list[Path]]:
    """Paths that differ in their last step alone, together."""
    groups: dict[tuple[object, ...], list[Path]] = defaultdict(list)
    for path in paths:
        way = tuple(hop.says for hop in path.hops[:-1])
        alone = path.id if not way else ""
        key = (
            path.root,
            path.entry,
            path.severity,
            path.loses,
            *(hop.technique for hop in path.hops[-1:]),
            way,
            alone,
        )
        groups[key].append(path)
    yield from groups.values()


def _path_head(path: Path, more: int = 0) -> Text:
    head = Text()
    head.append(f" {path.severity.upper()} ", style=COLOURS[path.severity])
    head.append(" ")
    head.append(clean(path.entry), style="bold")
    head.append(" → ")
    head.append(clean(path.target), style="bold")
    head.append(f" and {more} more" if more else "", style="bold")
    return head


def _path_facts(path: Path) -> Text:
    facts = f"{path.id}  likelihood {path.likelihood:.0%}, impact {path.impact:g} of 10"
    answers = clean(owned(path.owners))
    return Text(f"{facts}, {answers}" if answers else facts, style="dim")


def _path(alike: list[Path]) -> Iterator["Text | Padding"]:
    path, *rest = alike
    yield Text("")
    yield _path_head(path, len(rest))
    yield indent(_path_facts(path), 2)
    if path.instances:
        yield indent(_instances(path, MOST_SUBJECTS), 2)
    for number, hop in enumerate(path.hops, 1):
        line = Text(clean(hop.says))
        places = _places(hop.proof)
        line.append(f"\n{listed(places, MOST_PLACES)}" if places else "", style="cyan")
        yield item(f"{number}.", line, 2)
        for says in hop.likewise[:MOST_SUBJECTS]:
            yield item("  ", Text(f"or {clean(says)}"), 2)
    if quiet := silenced(path):
        yield indent(Text(clean(quiet), style="dim"), 2)
    for other in rest[:MOST_SUBJECTS]:
        line = Text(f"or {clean(other.hops[-1].says)}")
        line.append(f"  {other.id}", style="dim")
        yield item("  ", line, 2)
    if len(rest) > MOST_SUBJECTS:
        yield indent(Text(f"or {len(rest) - MOST_SUBJECTS} more", style="dim"), 5)


def _instances(path: Path, most: int) -> Text:
    named = f": {listed([clean(each) for each in alike(path)], most)}" if most else ""
    return Text(f"{path.count:,} of one pattern, told as the first{named}")


def _places(proof: Iterable[Proof]) -> list[str]:
    """Where the proof stands, each place once, the deciding ones first."""
    return [clean(each) for each in places(proof)]


def _hop_in_full(number: int, hop: Hop) -> Group:
    lines: list[Text | Padding] = [
        Text(""),
        item(f"{number}.", Text(clean(hop.says), style="bold"), 0),
        indent(Text(f"{hop.title} ({', '.join(hop.attack)}). {hop.why}", style="dim"), 3),
    ]
    for proof in hop.proof:
        line = Text(clean(proof.claim))
        where = place(proof) or proof.resource
        if where:
            line.append(f"  {clean(where)}", style="cyan")
        if proof.assumes:
            doubt = f"\nif {listed([clean(a) for a in proof.assumes])}"
            line.append(doubt, style="yellow")
        lines.append(item("-", line, 3))
    lines += [item("or", Text(clean(says)), 3) for says in hop.likewise]
    return Group(*lines)


def _findings(result: Result) -> Iterator["Text | Padding"]:
    found = [f for f in result.findings if not f.path and f.stands]
    groups: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in found:
        groups[finding.severity, finding.rule].append(finding)
    if groups:
        yield title("Findings")
        yield hint("`pathwarden explain RULE` says why it matters and how to mend it.")
    for (severity, rule), members in groups.items():
        head = Text("\n")
        head.append(f" {severity.upper()} ", style=COLOURS[severity])
        head.append(f" {members[0].title}", style="bold")
        head.append(f"  {rule}", style="dim")
        yield head
        for finding in members[:MOST_SUBJECTS]:
            line = Text(clean(finding.because))
            line.append(f"  {clean(place(finding))}", style="cyan")
            line.append(f"  {_root_of(finding, result)}", style="dim")
            line.append(f"  {clean(owned(finding.owners))}".rstrip(), style="dim")
            yield item("-", line, 2)
        if len(members) > MOST_SUBJECTS:
            yield indent(Text(f"and {len(members) - MOST_SUBJECTS} more", style="dim"), 2)


def _root_of(finding: Finding, result: Result) -> str:
    """The root module, where there are several: a module's line may stand for many of them."""
    several = len(result.coverage.roots) > 1
    return f"in {clean(finding.root)}" if several else ""


def _unknowns(result: Result) -> Iterator["Text | Padding"]:
    if result.unknowns:
        yield title("Cannot tell, because")
    decided = _decided(result)
    for unknown in result.unknowns[:MOST_SUBJECTS]:
        yield item("-", _unknown(unknown, decided[f"{unknown.what} ({unknown.cause})"]), 2)
    if len(result.unknowns) > MOST_SUBJECTS:
        rest = len(result.unknowns) - MOST_SUBJECTS
        yield indent(Text(f"and {counted(rest, 'more cause')}", style="dim"), 2)


def _decided(result: Result) -> dict[str, list[str]]:
    """What each root cause keeps open: rules, each with its subject, worst first."""
    found: dict[str, list[str]] = defaultdict(list)
    for finding in (each for each in result.findings if each.open):
        for unknown in finding.unknowns:
            where = f" on {clean(finding.subject)}" if finding.subject else ""
            found[unknown].append(finding.rule + where)
    return found


def _unknown(unknown: Unknown, decided: list[str]) -> Text:
    line = Text(f"{clean(unknown.what)}: {unknown.cause}; decides ")
    line.append(counted(unknown.decides, "answer"), style="bold")
    where = spot(unknown.file, unknown.line)
    line.append(f"  {clean(where)}" if where else "", style="cyan")
    line.append(f"\n{clean(unknown.fix)}" if unknown.fix else "", style="green")
    line.append(f"\n{listed(decided, MOST_RULES)}" if decided else "", style="dim")
    return line


def _gaps(gaps: tuple[Gap, ...]) -> Iterator["Text | Padding"]:
    if gaps:
        yield title("Not read, or not modelled")
    groups: dict[tuple[str, str], list[Gap]] = defaultdict(list)
    for gap in gaps:
        groups[gap.kind, gap.effect].append(gap)
    for (kind, effect), members in groups.items():
        times = f"{kind.replace('-', ' ')}, {counted(len(members), 'time')}"
        yield indent(Text(f"{times}: {clean(effect)}" if effect else times), 2)
        for gap in members[:MOST_GAPS]:
            yield item("-", _gap(gap), 4)
        if len(members) > MOST_GAPS:
            yield indent(Text(f"and {len(members) - MOST_GAPS} more", style="dim"), 4)


def _gap(gap: Gap) -> Text:
    where = spot(gap.file, gap.line)
    line = Text()
    line.append(f"{clean(where)}  " if where else "", style="cyan")
    line.append(clean(gap.what))
    line.append(f"\n{clean(gap.fix)}" if gap.fix else "", style="green")
    return line


def _frameworks(result: Result) -> Iterator["Text | Padding"]:
    if result.frameworks:
        yield title("Duties")
        yield hint("`pathwarden frameworks NAME` lists every requirement with what breaks it.")
    risks = _risks(result)
    for framework in result.frameworks:
        counts = Counter(r.status for r in framework.requirements)
        said = ", ".join(f"{counts[s]} {s.replace('-', ' ')}" for s in _STATUSES if counts[s])
        yield indent(Text(f"{framework.name} {framework.edition}: {said}"), 2)
        broken = [r for r in framework.requirements if r.status == "broken"]
        if broken:
            broken.sort(key=lambda r: -max((risks.get(f, 0.0) for f in r.findings), default=0.0))
            worst = listed([r.number for r in broken], MOST_DUTIES)
            yield indent(Text(f"most at risk: {worst}", style="dim"), 4)


def _risks(result: Result) -> dict[str, float]:
    """What is at risk by the attack paths that findings tell of, by fingerprint."""
    paths = {(p.root, p.id): p.risk for p in result.paths}
    return {f.fingerprint: paths.get((f.root, f.path), 0.0) for f in result.findings}


_STATUSES = ("broken", "accepted", "incomplete", "met", "not-applicable", "not-checkable")
