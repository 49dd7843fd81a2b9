"""What other scanners say, for people: what stands on attack paths first, the rest as a count."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from rich.padding import Padding
from rich.text import Text

from scanner.beside import Peer, PeerFinding
from scanner.reports.printing import hint, indent, item, title
from scanner.reports.words import clean, counted, listed, places
from scanner.result import Result

MOST_CHECKS = 8
MOST_PLACES = 4


def told(result: Result) -> Iterator[Text | Padding]:
    """The part of the report of a scan."""
    for peer in result.peers:
        if not peer.ran:
            continue
        yield title(f"{peer.name} {clean(peer.version)}")
        yield hint(tally(peer))
        groups = by_check(f for f in peer.findings if f.on_path)
        for check in groups[:MOST_CHECKS]:
            yield item("-", _check(check), 2)
        if len(groups) > MOST_CHECKS:
            rest = counted(len(groups) - MOST_CHECKS, "more check")
            yield indent(Text(f"and {rest} that attack paths touch, in --format json"), 2)
        if beside := rest_of(peer):
            yield indent(Text(beside, style="dim"), 2)


def by_check(findings: Iterable[PeerFinding]) -> list[list[PeerFinding]]:
    """Findings of one check together, in the order of the first of each."""
    groups: dict[str, list[PeerFinding]] = defaultdict(list)
    for finding in findings:
        groups[finding.check].append(finding)
    return list(groups.values())


def tally(peer: Peer) -> str:
    """How much it finds, and how much of that attack paths touch."""
    sure = [f for f in peer.findings if f.counts]
    on_path = sum(f.on_path for f in sure)
    if not sure:
        return f"{peer.name} finds nothing more."
    touched = f"{on_path:,} on what attack paths touch" if on_path else "none on an attack path"
    return f"{counted(len(sure), 'finding')}, {touched}."


def rest_of(peer: Peer) -> str:
    """What does not stand on a path, in numbers; "" for nothing."""
    beside = [f for f in peer.findings if f.counts and not f.paths]
    skipped = sum(bool(f.skipped) for f in peer.findings)
    unsure = sum(not f.skipped and not f.counts for f in peer.findings)
    checks = counted(len({f.check for f in beside}), "check")
    said = [
        f"{counted(len(beside), 'finding')} of {checks} on no attack path" if beside else "",
        f"{unsure:,} that cannot be told" if unsure else "",
        f"{skipped:,} skipped by comments in the code" if skipped else "",
    ]
    known = [each for each in said if each]
    return f"Besides {', '.join(known)}." if known else ""


def _check(found: Sequence[PeerFinding]) -> Text:
    line = Text(f"{clean(found[0].title)}")
    line.append(f"  {clean(found[0].check)}", style="dim")
    line.append(f"\n{listed([clean(p) for p in places(found)], MOST_PLACES)}", style="cyan")
    line.append(f"  {_paths(found)}", style="dim")
    return line


def _paths(found: Sequence[PeerFinding]) -> str:
    ids = dict.fromkeys(path for finding in found for path in finding.paths)
    return listed(list(ids), 2)
