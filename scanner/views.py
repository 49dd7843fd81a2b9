"""Turns estates with their findings and paths into the plain values of a Result."""

import posixpath
import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from graphs.attack.facts import Derivable
from graphs.attack.paths import AttackPath
from graphs.attack.silencing import Silence as Ended
from graphs.attack.silencing import silences
from graphs.attack.words import called
from graphs.estate import Estate
from graphs.evidence import Step
from graphs.resource import Resource
from graphs.unknown import Cause, Place
from graphs.unknown import Unknown as Open
from graphs.verdict import Gap as Missing
from graphs.verdict import Verdict
from graphs.views.summary import summarise
from graphs.views.values import MOST as MOST_DRAWN
from rules import duties as rules_of
from rules.api import Rule, Severity
from scanner import __version__
from scanner import findings as judged
from scanner.frameworks import Assessment
from scanner.owners import NOBODY, Ownership
from scanner.result import (
    SCHEMA,
    Coverage,
    Cut,
    Finding,
    Framework,
    Gap,
    Hop,
    Instance,
    Path,
    Proof,
    Requirement,
    Result,
    Root,
    Silence,
    Tool,
    Unknown,
    View,
)
from scanner.terraform.evaluate import Evaluated
from scanner.terraform.repository.homes import BETWEEN
from scanner.waivers.plain import by_place, ruled, waived
from scanner.waivers.waiver import Ruling


@dataclass(frozen=True)
class Scanned:
    """An estate: how its root module was read, or several as one, and what the rules said."""

    evaluated: Evaluated
    estate: Estate
    findings: tuple[judged.Finding, ...]
    paths: tuple[AttackPath, ...]

    @property
    def directory(self) -> str:
        """What reports call the root module: its directory, and its environment if it has one."""
        return self.evaluated.name

    @property
    def parts(self) -> tuple[Evaluated, ...]:
        """Its root modules."""
        return self.evaluated.parts or (self.evaluated,)

    def home(self, name: str) -> str:
        """The root module of what begins with an address."""
        start, between, _ = name.partition(BETWEEN)
        known = between and any(part.name == start for part in self.parts)
        return start if known else self.directory

    @cached_property
    def sources(self) -> Mapping[str, Resource]:
        """The resources behind addresses, those that AWS implies among them."""
        read = {resource.id: resource for resource in self.evaluated.resources}
        return {**read, **{node.id: node.source for node in self.estate.index.nodes}}


Duties = Sequence[tuple[rules_of.Framework, Sequence[Assessment]]]


def result(  # noqa: PLR0913  all that a result is made of
    scanned_path: str,
    roots: Sequence[Scanned],
    gaps: Iterable[Missing],
    rules: Iterable[Rule],
    duties: Duties,
    *,
    cuts: Sequence[Cut] = (),
    rulings: Iterable[Ruling] = (),
    owned: Ownership = NOBODY,
) -> Result:
    """Put everything a scan found into one Result, in a stable order."""
    judged_by = [(root, _finding(root, f, owned)) for root in roots for f in root.findings]
    findings = tuple(f for _, f in judged_by)
    told = {(root.directory, f.path): f for root, f in judged_by if f.path}
    found = (
        _path(root, p, told[root.directory, p.id], owned)
        for root in roots
        for p in root.paths
        if (root.directory, p.id) in told
    )
    paths = tuple(sorted(found, key=_riskiest_first))
    return Result(
        schema=SCHEMA,
        tool=Tool("pathwarden", __version__),
        coverage=_coverage(scanned_path, roots, rules),
        findings=tuple(sorted(findings, key=_worst_first)),
        paths=paths,
        unknowns=_unknowns(roots, scanned_path),
        gaps=tuple(
            _gap(gap, home, scanned_path)
            for home, gap in (*(("", g) for g in gaps), *(h for r in roots for h in _homed(r)))
        ),
        frameworks=tuple(_framework(*duty) for duty in duties),
        first=tuple(c for cut in cuts if cut.verdict == Verdict.VIOLATED for c in cut.changes),
        views=tuple(_view(root, paths) for root in roots),
        cuts=tuple(cuts),
        waivers=tuple(sorted(map(ruled, rulings), key=by_place)),
    )


def _coverage(scanned_path: str, roots: Sequence[Scanned], rules: Iterable[Rule]) -> Coverage:
    sources = {name: lines for root in roots for name, lines in root.evaluated.sources.items()}
    return Coverage(
        scanned=scanned_path,
        assumed=not roots or any(root.estate.coverage.assumed for root in roots),
        files=len(sources),
        lines=sum(sources.values()),
        roots=tuple(_root(root, part) for root in roots for part in root.parts),
        rules=tuple(rule.id for rule in rules),
    )


def _worst_first(finding: Finding) -> tuple[bool, int, str, str, str]:
    open_question = finding.verdict == Verdict.CANNOT_TELL
    rank = Severity(finding.severity).rank
    return open_question, -rank, finding.rule, finding.root, finding.subject


def _riskiest_first(path: Path) -> tuple[bool, float, str]:
    return path.verdict == Verdict.CANNOT_TELL, -path.risk, path.id


def _root(root: Scanned, part: Evaluated) -> Root:
    graph = root.estate.graph
    if len(root.parts) > 1:
        own = [key for key in graph if root.home(key) == part.name]
        nodes, edges = len(own), sum(graph.out_degree(key) for key in own)
    else:
        nodes, edges = graph.number_of_nodes(), graph.number_of_edges()
    return Root(part.name, part.files, part.lines, len(part.resources), nodes, edges)


def _homed(root: Scanned) -> Iterator[tuple[str, Missing]]:
    """The gaps of an estate, each with the root module in which it was met."""
    met = {gap: part.name for part in root.parts for gap in part.gaps}
    for gap in root.estate.gaps:
        yield met.get(gap) or root.home(gap.what), gap


def spot(place: Place | None) -> tuple[str, int]:
    """File and line of a place."""
    return (place.file, place.line) if place else ("", 0)


def proof_of(root: Scanned, step: Step) -> Proof:
    """A claim as a plain value."""
    file, line = spot(step.proof.place if step.proof else None)
    return Proof(
        claim=step.claim,
        resource=step.proof.resource if step.proof else "",
        attribute=step.proof.attribute if step.proof else "",
        file=file,
        line=line,
        call=call_of(root, step.proof.resource) if step.proof else "",
        assumes=texts(step.assumes),
        seen=seen_of(root, step.proof.resource) if step.proof else "",
    )


def call_of(root: Scanned, address: str) -> str:
    """Where the root module calls the module of a resource; "" for its own resources."""
    source = root.sources.get(address)
    return str(source.origin.calls[0]) if source and source.origin.calls else ""


def seen_of(root: Scanned, address: str) -> str:
    """Where a sweep saw a resource; "" where no sweep did."""
    source = root.sources.get(address)
    return source.seen if source else ""


def _likewise(others: Iterable[Derivable], step: Derivable) -> tuple[str, ...]:
    same = (o for o in others if o.technique is step.technique)
    return tuple(o.says for o in same if o.conclusion == step.conclusion)


def texts(unknowns: Iterable[Open]) -> tuple[str, ...]:
    """What is to be found out for some unknowns to be known."""
    roots = {root for unknown in unknowns for root in unknown.roots}
    return tuple(sorted(str(root) for root in roots))


def _finding(root: Scanned, finding: judged.Finding, owned: Ownership) -> Finding:
    file, line = spot(finding.place)
    return Finding(
        rule=finding.rule,
        severity=str(finding.severity),
        verdict=str(finding.verdict),
        subject=finding.subject,
        fingerprint=finding.fingerprint,
        title=finding.title,
        because=finding.because,
        fix=finding.fix,
        root=root.home(finding.subject),
        file=file,
        line=line,
        call=call_of(root, finding.subject),
        proof=() if finding.path_id else tuple(proof_of(root, s) for s in finding.evidence),
        unknowns=texts(finding.unknowns),
        path=finding.path_id,
        seen=seen_of(root, finding.subject),
        waived=waived(finding.waiver),
        owners=owned.of(root.estate, (finding.subject,)),
    )


def _path(root: Scanned, path: AttackPath, finding: Finding, owned: Ownership) -> Path:
    likewise = path.likewise
    return Path(
        id=path.id,
        root=finding.root,
        severity=finding.severity,
        verdict=finding.verdict,
        entry=path.start,
        entry_kind=path.entry.kind,
        target=path.loss,
        target_address=path.target.fact.node,
        loses=path.target.kind,
        likelihood=round(path.likelihood, 4),
        impact=path.impact,
        hops=tuple(
            Hop(
                technique=step.technique.id,
                title=step.technique.title,
                attack=step.technique.attack,
                plausibility=step.technique.plausibility,
                why=step.technique.why,
                says=step.says,
                mend=step.mend,
                proof=tuple(proof_of(root, s) for s in step.evidence()),
                likewise=_likewise(likewise, step),
            )
            for step in path.steps
        ),
        rule=finding.rule,
        unknowns=texts(path.answer.because),
        presence=path.entry.plausibility,
        presence_why=path.entry.why,
        owners=owned.of(root.estate, _passed(path)),
        waived=finding.waived,
        count=len(path.each),
        instances=tuple(
            Instance(one.id, one.entry.says, one.target.says, one.target.fact.node)
            for one in path.instances
        ),
        silences=tuple(_silence(root.estate, each) for each in silences(root.estate, path.steps)),
    )


def _silence(estate: Estate, each: Ended) -> Silence:
    return Silence(
        kind=each.kind,
        name=each.log.name,
        address=each.log.source.id,
        principal=called(estate, each.principal),
        action=each.action,
        technique=each.technique.id,
        attack=each.technique.attack,
    )


def _passed(path: AttackPath) -> Iterator[str]:
    """What is lost, then what is passed."""
    yield path.target.fact.node
    for step in path.steps:
        yield from (fact.node for fact in (*step.premises, step.conclusion))


def _view(root: Scanned, told: Sequence[Path]) -> View:
    """The picture of a root module, its paths in the order in which reports tell them."""
    known = {path.id: path for path in root.paths}
    homes = {part.name for part in root.parts}
    counted = (path for path in told if path.waived is None)
    paths = [known[path.id] for path in counted if path.root in homes and path.id in known]
    return View(root.directory, len(paths), summarise(root.estate, paths[:MOST_DRAWN]))


def _unknowns(roots: Sequence[Scanned], scanned: str) -> tuple[Unknown, ...]:
    """Cannot-tells by root cause, the one that decides most first."""
    decides: Counter[Open] = Counter()
    for root in roots:
        for finding in (each for each in root.findings if each.waiver is None):
            decides.update({r for u in finding.unknowns for r in u.roots})
    fetch = {gap.place: _fix(gap, scanned) for root in roots for gap in root.estate.gaps}
    ordered = sorted(decides.items(), key=lambda item: (-item[1], str(item[0])))
    return tuple(_unknown(cause, count, fetch) for cause, count in ordered)


def _unknown(cause: Open, count: int, fetch: Mapping[Place | None, str]) -> Unknown:
    file, line = spot(cause.place)
    return Unknown(cause.what, str(cause.cause), file, line, count, _remedy(cause, fetch))


def _remedy(cause: Open, fetch: Mapping[Place | None, str]) -> str:
    """What to do so that it is known."""
    said = cause.what.rpartition(BETWEEN)[2]
    name = said.removeprefix("var.")
    if cause.cause is Cause.VARIABLE and name.replace("-", "_").isidentifier() and name != said:
        return f"set it: --var {name}=..."
    return fetch.get(cause.place, "") if cause.cause is Cause.MODULE else ""


def _gap(gap: Missing, root: str, scanned: str) -> Gap:
    file, line = spot(gap.place)
    return Gap(gap.kind, gap.what, gap.effect, file, line, _fix(gap, scanned), root)


def _fix(gap: Missing, scanned: str) -> str:
    """What to do about a gap; commands say the directory as one would from where one scans."""
    if not gap.fix.startswith("terraform -chdir="):
        return gap.fix
    directory = shlex.split(gap.fix)[1].removeprefix("-chdir=")
    there = posixpath.normpath(posixpath.join(scanned, directory))
    return f"terraform -chdir={shlex.quote(there)} get"


def _framework(framework: rules_of.Framework, assessments: Sequence[Assessment]) -> Framework:
    return Framework(
        framework.id,
        framework.name,
        framework.edition,
        tuple(
            Requirement(
                a.requirement.number,
                a.requirement.title,
                str(a.status),
                a.assumes,
                a.rules,
                a.findings,
                a.missing,
                a.requirement.kind,
                a.requirement.cites,
            )
            for a in assessments
        ),
    )
