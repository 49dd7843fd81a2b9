"""Checkov's findings on our addresses, files and lines, those first that attack paths touch.

Input: its answer, the plans that it was given, and what our own analysis found. Output: values of
the result. What it decides on a value that is not known is told as what cannot be told.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from graphs.resource import Resource
from graphs.unknown import Place
from graphs.verdict import Verdict
from scanner.beside import Peer, PeerFinding
from scanner.peers.checkov import Asked, Record, Said
from scanner.peers.plan import is_open
from scanner.result import Gap, Path, Result
from scanner.views import Scanned, call_of, seen_of, spot

NAME: Final = "Checkov"
SKIPPED: Final = re.compile(r"(?:checkov|bridgecrew|cortex):skip=\s*([\w,-]+)(?::(.*))?")
"""A comment that takes a check out; https://www.checkov.io/2.Basics/Suppressing%20and%20Skipping%20Policies.html"""
_EFFECT: Final = "what only Checkov checks is not in this report"


def joined(result: Result, asked: Asked, scanned: Sequence[Scanned]) -> Result:
    """The result with what Checkov says, or with why it says nothing."""
    said = asked.said()
    found = tuple(sorted(_all(said, asked, scanned, result.paths), key=_first_to_read))
    ran = bool(said.records) or not said.trouble
    gaps = (_gap(said, ran=ran),) if said.trouble else ()
    peer = Peer(NAME, said.version, ran, found)
    return replace(result, gaps=(*result.gaps, *gaps), peers=(peer,))


def _gap(said: Said, *, ran: bool) -> Gap:
    what = f"Checkov {'did not see all' if ran else 'did not run'}: {said.trouble}"
    kind = "checkov-incomplete" if ran else "checkov-did-not-run"
    return Gap(kind, what, _EFFECT, "", 0, said.fix, "")


def _all(
    said: Said, asked: Asked, scanned: Sequence[Scanned], paths: Sequence[Path]
) -> Iterator[PeerFinding]:
    estates = [_Estate(each, _touched(each, paths), _skips(each)) for each in scanned]
    for record in said.records:
        if 0 <= record.number < len(estates):
            estate, plan = estates[record.number], asked.plans[record.number]
            if resource := plan.sources.get(record.resource):
                yield estate.finding(record, resource)


def _first_to_read(finding: PeerFinding) -> tuple[object, ...]:
    last = bool(finding.skipped), finding.verdict != Verdict.VIOLATED
    return *last, -finding.risk, finding.check, finding.root, finding.subject


@dataclass(frozen=True, slots=True)
class _Estate:
    """One estate: the paths that touch each address, and the comments that skip checks."""

    scanned: Scanned
    touched: Mapping[str, Mapping[str, float]]
    skips: Mapping[str, Sequence[tuple[Place, str]]]

    def finding(self, record: Record, resource: Resource) -> PeerFinding:
        """One finding on its resource."""
        keys = [_path(key) for key in record.check_result.evaluated_keys]
        file, line = spot(_place(resource, keys))
        paths = self.touched.get(resource.id, {})
        return PeerFinding(
            check=record.check_id,
            title=record.check_name,
            verdict=str(_verdict(resource, keys)),
            subject=resource.id,
            root=self.scanned.home(resource.id),
            file=file,
            line=line,
            call=call_of(self.scanned, resource.id),
            seen=seen_of(self.scanned, resource.id),
            risk=round(max(paths.values(), default=0.0), 4),
            paths=tuple(sorted(paths, key=lambda path: (-paths[path], path))),
            skipped=self._skipped(record.check_id, resource.origin.place),
        )

    def _skipped(self, check: str, block: Place | None) -> str:
        """The reason of a comment in the block that takes the check out of it; "" without one."""
        for place, text in self.skips.get(block.file, ()) if block else ():
            if block and block.line <= place.line <= max(block.end_line, block.line):
                for said in SKIPPED.finditer(text):
                    if check in said[1].split(","):
                        return (said[2] or "").strip() or "no reason given"
        return ""


def _touched(scanned: Scanned, told: Iterable[Path]) -> Mapping[str, Mapping[str, float]]:
    """The paths of an estate with their risk, by each address that they pass or are proven by."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    risks = {path.id: path.risk for path in scanned.paths}
    for path in scanned.paths:
        steps = (step for each in path.each for step in each.steps)
        facts = (fact for step in steps for fact in (*step.premises, step.conclusion))
        for node in {path.target.fact.node, *(fact.node for fact in facts)}:
            found[node][path.id] = path.risk
    for each in told:
        if each.id in risks:
            for proof in (proof for hop in each.hops for proof in hop.proof):
                found[proof.resource][each.id] = risks[each.id]
    return found


def _skips(scanned: Scanned) -> Mapping[str, Sequence[tuple[Place, str]]]:
    found: dict[str, list[tuple[Place, str]]] = defaultdict(list)
    for each in scanned.evaluated.comments:
        if SKIPPED.search(each.text):
            found[each.place.file].append((each.place, each.text))
    return found


def _path(key: str) -> str:
    """An attribute path as we write it.

    >>> _path("ingress/[0]/cidr_blocks")
    'ingress[0].cidr_blocks'
    """
    return key.replace("/[", "[").replace("/", ".")


def _place(resource: Resource, keys: Iterable[str]) -> Place | None:
    """Where the attribute stands that was looked at, else where the resource does."""
    origin = resource.origin
    found = (origin.line_of(key) for key in keys)
    return next((place for place in found if place and place != origin.place), origin.place)


def _verdict(resource: Resource, keys: Iterable[str]) -> Verdict:
    """Violated, unless what was looked at is not known, or the resource may not exist."""
    sure = resource.exists.certain and not any(is_open(resource, key) for key in keys)
    return Verdict.VIOLATED if sure else Verdict.CANNOT_TELL
