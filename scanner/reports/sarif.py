"""SARIF 2.1.0: a run with its rules, findings, attack paths as code flows, and gaps; one for each
other scanner that was asked.

Input: a Result. Output: a log that fits the schema of the standard
(https://docs.oasis-open.org/sarif/sarif/v2.1.0/) and that GitHub takes: it refuses a file with a
result that has no place, and shows of each result the first place only, all of which is described
at https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support.

GitHub gives severities to rules, not to results, and fails a check on those of a severity. So what
cannot be told has a rule of its own, without one: `ssh-open-to-internet/cannot-tell`. Its kind is
`open`, with which the standard allows no level (3.27.10).
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote

from graphs.verdict import Verdict
from scanner.reports.sarif_peers import runs
from scanner.reports.sarif_places import SOURCE, Json, location, logical, plain_text, split_call
from scanner.reports.sarif_rules import LEVELS, descriptor, open_id
from scanner.reports.waivers import BASELINE, complaint, terms, trouble
from scanner.reports.words import alike, clean, counted, listed
from scanner.result import Finding, Gap, Path, Proof, Result, Waived, Waiver

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
ATTACK = "MITRE ATT&CK"
MOST_RESULTS = 25_000
"""GitHub refuses a file with more, and shows the first 5,000:
https://docs.github.com/en/code-security/code-scanning/troubleshooting-sarif-uploads/results-exceed-limit
"""
MOST_FLOW = 1_000
"""Places in the flow of one result, as on the same page."""
MOST_PROOF = 6
MOST_INSTANCES = 100
MOST_OBJECTIONS = 100
"""Waivers that are told of as notifications."""


@dataclass(frozen=True)
class _Log:
    """A result with what several parts of the log look up in it."""

    result: Result

    @cached_property
    def findings(self) -> Sequence[Finding]:
        """The worst, as many as may be."""
        return self.result.findings[:MOST_RESULTS]

    @cached_property
    def paths(self) -> Mapping[tuple[str, str], Path]:
        """Attack paths by root module and id."""
        return {(p.root, p.id): p for p in self.result.paths}

    @cached_property
    def rules(self) -> Sequence[str]:
        """Ids of all rules that ran, then of those that cannot tell."""
        told = (f.rule for f in self.findings)
        openly = (_rule_of(f) for f in self.findings)
        return list(dict.fromkeys((*self.result.coverage.rules, *told, *openly)))

    @cached_property
    def twins(self) -> Sequence[int]:
        """For each finding, how many of its fingerprint there were: root modules may be alike."""
        seen: Counter[str] = Counter()
        numbers = []
        for finding in self.findings:
            seen[finding.fingerprint] += 1
            numbers.append(seen[finding.fingerprint])
        return numbers

    @cached_property
    def attacks(self) -> Sequence[str]:
        """MITRE ATT&CK ids of all hops."""
        return sorted({a for p in self.result.paths for hop in p.hops for a in hop.attack})

    @cached_property
    def baseline(self) -> bool:
        """Whether the scan was given a baseline."""
        return any(waiver.by == BASELINE for waiver in self.result.waivers)

    @cached_property
    def gap_kinds(self) -> Sequence[str]:
        """Kinds of what was not read or not modelled."""
        return sorted({gap.kind for gap in self.result.gaps})


def render(result: Result) -> str:
    """The log as JSON."""
    return json.dumps(log(result), indent=2, ensure_ascii=False) + "\n"


def log(result: Result) -> Json:
    """The log as plain values."""
    of = _Log(result)
    bases = {SOURCE: {"description": {"text": "The directory that the scan was started in."}}}
    run: Json = {
        "tool": {"driver": _driver(of)},
        "originalUriBaseIds": bases,
        "invocations": [_invocation(of)],
        "columnKind": "unicodeCodePoints",
        "results": [_result(of, f, of.twins[n]) for n, f in enumerate(of.findings)],
    }
    if of.attacks:
        run["taxonomies"] = [_taxonomy(of.attacks)]
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run, *runs(result, bases)]}


def _driver(of: _Log) -> Json:
    driver: Json = {
        "name": "Pathwarden",
        "version": clean(of.result.tool.version),
        "semanticVersion": clean(of.result.tool.version),
        "rules": [descriptor(rule, of.result) for rule in of.rules],
    }
    if of.gap_kinds:
        driver["notifications"] = [
            {"id": clean(kind), "shortDescription": {"text": clean(kind.replace("-", " "))}}
            for kind in of.gap_kinds
        ]
    if of.attacks:
        driver["supportedTaxonomies"] = [{"name": ATTACK, "index": 0}]
    return driver


def _taxonomy(attacks: Sequence[str]) -> Json:
    return {
        "name": ATTACK,
        "organization": "The MITRE Corporation",
        "informationUri": "https://attack.mitre.org/",
        "shortDescription": {"text": "Adversary techniques."},
        "isComprehensive": False,
        "taxa": [{"id": clean(a), "helpUri": _technique(a)} for a in attacks],
    }


def _technique(attack: str) -> str:
    return f"https://attack.mitre.org/techniques/{quote(attack.replace('.', '/'))}/"


# ------------------------------------------------------------------------------ what was not read


def _invocation(of: _Log) -> Json:
    told = [_notification(of, gap) for gap in of.result.gaps]
    told += [_objection(of.result, waiver) for waiver in trouble(of.result)[:MOST_OBJECTIONS]]
    left = len(of.result.findings) - len(of.findings)
    if left:
        text = f"{counted(left, 'finding')} left out: the file holds the {MOST_RESULTS:,} worst."
        told.append({"level": "warning", "message": {"text": text}})
    seen = any(root.resources for root in of.result.coverage.roots)
    return {"executionSuccessful": seen, "toolExecutionNotifications": told}


def _objection(result: Result, waiver: Waiver) -> Json:
    """A waiver that somebody should look at."""
    return {
        "level": "note" if waiver.status == "idle" else "warning",
        "message": {"text": plain_text(complaint(waiver))},
        "locations": [location(result, waiver.file, waiver.line)],
    }


def _notification(of: _Log, gap: Gap) -> Json:
    said = f"{gap.what}: {gap.effect}" if gap.effect else gap.what
    told: Json = {
        "descriptor": {"id": clean(gap.kind), "index": of.gap_kinds.index(gap.kind)},
        "level": "warning",
        "message": {"text": plain_text(f"{said}. {gap.fix}" if gap.fix else said)},
    }
    if gap.file:
        told["locations"] = [location(of.result, gap.file, gap.line)]
    return told


# ------------------------------------------------------------------------------------- findings


def _result(of: _Log, finding: Finding, twin: int) -> Json:
    path = of.paths.get((finding.root, finding.path)) if finding.path else None
    rule = _rule_of(finding)
    related = list(_related(of.result, finding))
    told: Json = {
        "ruleId": rule,
        "ruleIndex": of.rules.index(rule),
        "kind": "open" if finding.verdict == Verdict.CANNOT_TELL else "fail",
        "message": {"text": _message(finding, path, related)},
        "locations": [_primary(of.result, finding, path)],
        "partialFingerprints": {
            "pathwarden/v1": finding.fingerprint,
            "primaryLocationLineHash": f"{finding.fingerprint}:{twin}",  # all that GitHub reads
        },
        "properties": _properties(finding, path),
    }
    if finding.verdict != Verdict.CANNOT_TELL:
        told["level"] = LEVELS[finding.severity]
    if finding.waived:
        told["suppressions"] = [_suppression(of.result, finding.waived)]
    if of.baseline:
        told["baselineState"] = "unchanged" if _is_known(finding) else "new"
    if related:
        told["relatedLocations"] = related
    if path:
        told |= _flow(of, path, told["locations"][0])
    return told


def _is_known(finding: Finding) -> bool:
    return finding.waived is not None and finding.waived.by == BASELINE


def _suppression(result: Result, waived: Waived) -> Json:
    """A waiver, as section 3.35 of the standard has it."""
    external = waived.by in ("settings", "baseline")
    told: Json = {
        "kind": "external" if external else "inSource",
        "status": "accepted",
        "justification": plain_text(terms(waived)),
        "properties": {"by": waived.by, "until": waived.until, "owner": clean(waived.owner)},
    }
    if not external:
        told["location"] = location(result, waived.file, waived.line)
    return told


def _rule_of(finding: Finding) -> str:
    return open_id(finding.rule) if finding.verdict == Verdict.CANNOT_TELL else finding.rule


def _properties(finding: Finding, path: Path | None) -> Json:
    about: Json = {"severity": finding.severity, "rootModule": clean(finding.root)}
    if finding.owners:
        about["owners"] = [clean(owner.name) for owner in finding.owners]
    if finding.unknowns:
        about["unknowns"] = [clean(u) for u in finding.unknowns]
    if path:
        about |= {
            "path": path.id,
            "entry": clean(path.entry),
            "target": clean(path.target),
            "likelihood": path.likelihood,
            "impact": path.impact,
        }
        about |= {"owners": [clean(o.name) for o in path.owners]} if path.owners else {}
        if path.instances:
            named = [clean(each) for each in alike(path)[:MOST_INSTANCES]]
            about |= {"count": path.count, "instances": named}
    return about


def _message(finding: Finding, path: Path | None, related: Sequence[Json]) -> str:
    parts = [plain_text(finding.because)]
    if finding.verdict == Verdict.CANNOT_TELL:
        causes = listed([plain_text(u) for u in finding.unknowns])
        parts = [f"Cannot tell: {parts[0]}", f"It depends on {causes}." if causes else ""]
    if path:
        hops = (f"{n}. {plain_text(hop.says)}." for n, hop in enumerate(path.hops, 1))
        parts += [f"{path.id}:", *hops]
    links = [_link(place) for place in related]
    parts.append(f"Proof: {'; '.join(links)}." if links else "")
    parts.append(f"Fix: {plain_text(finding.fix)}" if finding.fix else "")
    return " ".join(part for part in parts if part)


def _link(place: Json) -> str:
    text = re.sub(r"([\[\]\\])", r"\\\1", place["message"]["text"])
    return f"[{text}]({place['id']})"


# ----------------------------------------------------------------------------------------- places


def _primary(result: Result, finding: Finding, path: Path | None) -> Json:
    """Where a finding is shown.

    Where its file is no part of the repository, that is the call of the module; where it has
    none, the first proof that has one, or else the directory of the root module.
    """
    file, line = finding.file, finding.line
    if finding.call and "/.terraform/" in f"/{file}":
        file, line = split_call(finding.call)
    proof = (
        (*finding.proof, *(p for hop in path.hops for p in hop.proof)) if path else finding.proof
    )
    if not file:
        nowhere = f"{finding.root}/" if result.coverage.assumed else ""  # or the snapshot itself
        file, line = next(((p.file, p.line) for p in proof if p.file), (nowhere, 1))
    place = location(result, file, line)
    if finding.subject:
        place["logicalLocations"] = [logical(finding.subject)]
    return place


def _related(result: Result, finding: Finding) -> Iterator[Json]:
    """The call of the module that the finding stands in, then what proves it."""
    places = []
    if finding.call:
        places.append(
            (*split_call(finding.call), f"the call of the module at {clean(finding.call)}", "")
        )
    placed = [p for p in finding.proof if p.file]
    places += [(p.file, p.line, p.claim, p.resource) for p in placed[:MOST_PROOF]]
    for number, (file, line, says, resource) in enumerate(places, 1):
        place = location(result, file, line)
        if resource:
            place["logicalLocations"] = [logical(resource)]
        yield {"id": number, **place, "message": {"text": plain_text(says)}}


def _flow(of: _Log, path: Path, otherwise: Json) -> Json:
    """The path as a flow of one thread, which GitHub shows step by step."""
    steps = (
        _step(of.result, f"{number}. {hop.says}", proof, otherwise)
        for number, hop in enumerate(path.hops, 1)
        for proof in [p for p in hop.proof if p.file] or [_NO_PROOF]
    )
    flow = [{**step, "executionOrder": order} for order, step in enumerate(steps, 1)]
    taxa = dict.fromkeys(attack for hop in path.hops for attack in hop.attack)
    told = {"text": plain_text(path.title)}
    return {
        "codeFlows": [{"message": told, "threadFlows": [{"locations": flow[:MOST_FLOW]}]}],
        "rank": round(path.risk * 10, 2),
        "taxa": [_taxon(of, attack) for attack in taxa],
    }


_NO_PROOF = Proof("", "", "", "", 0)


def _taxon(of: _Log, attack: str) -> Json:
    component = {"name": ATTACK, "index": 0}
    return {"id": clean(attack), "index": of.attacks.index(attack), "toolComponent": component}


def _step(result: Result, says: str, proof: Proof, otherwise: Json) -> Json:
    """One claim of a hop, where it is proven, or where the path ends."""
    place = location(result, proof.file, proof.line) if proof.file else dict(otherwise)
    if proof.resource:
        place["logicalLocations"] = [logical(proof.resource)]
    claim = f": {proof.claim}" if proof.claim else ""
    called = f" (called at {proof.call})" if proof.call else ""
    place["message"] = {"text": plain_text(says + claim + called)}
    return {"location": place, "importance": "essential"}
