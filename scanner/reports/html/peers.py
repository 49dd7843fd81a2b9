"""What other scanners say: a table for what attack paths touch, then all checks with a count."""

from collections.abc import Sequence

from scanner.beside import Peer, PeerFinding
from scanner.reports.html.links import Links
from scanner.reports.html.markup import Markup, joined, tag
from scanner.reports.html.tables import items, row, table
from scanner.reports.html.wording import where
from scanner.reports.peers import by_check, rest_of, tally
from scanner.reports.words import counted

MOST_SUBJECTS = 12
HEADS = ("Check", "Where", "Attack paths")


def peers(links: Links) -> Markup | None:
    """The scanners that ran."""
    ran = [peer for peer in links.result.peers if peer.ran]
    return joined(*(_peer(links, peer) for peer in ran)) if ran else None


def _peer(links: Links, peer: Peer) -> Markup:
    groups = by_check(f for f in peer.findings if f.on_path)
    beside = by_check(f for f in peer.findings if f.counts and not f.paths)
    caption = f"What {peer.name} finds on what attack paths touch"
    lines = (_beside(found) for found in beside)
    return joined(
        tag("h3", f"{peer.name} {peer.version}"),
        tag("p", tally(peer), " ", rest_of(peer), class_="lead"),
        table(caption, HEADS, (_check(links, found) for found in groups)) if groups else None,
        tag("details", tag("summary", "On no attack path"), items(lines)) if beside else None,
    )


def _check(links: Links, found: Sequence[PeerFinding]) -> Markup:
    ids = {(f.root, path) for f in found for path in f.paths}
    touched = [p for p in links.result.paths if (p.root, p.id) in ids]
    name = (found[0].title, " ", tag("span", found[0].check, class_="id"))
    return row(HEADS, (name, _places(found), links.to_paths(touched)))


def _beside(found: Sequence[PeerFinding]) -> Markup:
    check = tag("span", found[0].check, class_="id")
    return joined(found[0].title, " ", check, f" ({len(found):,})", _places(found))


def _places(found: Sequence[PeerFinding]) -> Markup:
    shown = [tag("li", tag("code", f.subject), " ", where(f)) for f in found[:MOST_SUBJECTS]]
    rest = len(found) - len(shown)
    more = tag("li", f"and {counted(rest, 'more')}") if rest else None
    return tag("ul", shown, more)
