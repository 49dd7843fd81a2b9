"""What other scanners say, as SARIF runs of their own: their rules, their results on our places.

Checkov's open edition gives no severity, so that a result that attack paths touch is a warning, any
other a note.
"""

from collections.abc import Sequence

from scanner.beside import Peer, PeerFinding
from scanner.findings import fingerprint
from scanner.reports.sarif_places import Json, location, logical, plain_text, split_call
from scanner.reports.words import clean
from scanner.result import Result

MOST_RESULTS = 25_000
"""As of our own run."""


def runs(result: Result, bases: Json) -> list[Json]:
    """A run for each scanner that ran, with the directories that places are relative to."""
    return [_run(result, peer, bases) for peer in result.peers if peer.ran]


def _run(result: Result, peer: Peer, bases: Json) -> Json:
    shown = peer.findings[:MOST_RESULTS]
    titles = {f.check: f.title for f in shown}
    checks = list(titles)
    rules = [{"id": clean(c), "shortDescription": {"text": clean(titles[c])}} for c in checks]
    driver = {"name": clean(peer.name), "version": clean(peer.version), "rules": rules}
    return {
        "tool": {"driver": driver},
        "originalUriBaseIds": bases,
        "invocations": [{"executionSuccessful": True}],
        "columnKind": "unicodeCodePoints",
        "results": [_result(f, _place(result, f), checks) for f in shown],
    }


def _result(finding: PeerFinding, place: Json, checks: Sequence[str]) -> Json:
    mark = fingerprint(finding.check, finding.subject, finding.root)
    openly = finding.verdict != "violated"
    told: Json = {
        "ruleId": clean(finding.check),
        "ruleIndex": checks.index(finding.check),
        "kind": "open" if openly else "fail",
        "message": {"text": _message(finding)},
        "locations": [place],
        "partialFingerprints": {"pathwarden/v1": mark, "primaryLocationLineHash": f"{mark}:1"},
        "properties": {"rootModule": clean(finding.root), "paths": list(finding.paths)},
    }
    if not openly:
        told["level"] = "warning" if finding.on_path else "note"
    if finding.paths:
        told["rank"] = round(finding.risk * 10, 2)
    if finding.skipped:
        why = clean(finding.skipped)
        told["suppressions"] = [{"kind": "inSource", "justification": why}]
    return told


def _place(result: Result, finding: PeerFinding) -> Json:
    """Where a finding is shown; of a module that is no file of the repository, its call."""
    file, line = finding.file, finding.line
    if finding.call and "/.terraform/" in f"/{file}":
        file, line = split_call(finding.call)
    nowhere = f"{finding.root}/" if result.coverage.assumed else ""
    place = location(result, file or nowhere, line or 1)
    return {**place, "logicalLocations": [logical(finding.subject)]}


def _message(finding: PeerFinding) -> str:
    """The check in its words, the resource, and the paths that touch it."""
    touched = (
        f" Attack paths that touch it: {', '.join(finding.paths[:5])}." if finding.paths else ""
    )
    doubt = "Cannot tell: " if finding.verdict != "violated" else ""
    return plain_text(f"{doubt}{finding.title}: {finding.subject}.{touched}")
