"""An estate as a Mermaid flowchart, which GitHub and GitLab draw within Markdown.

Input: an estate and its attack paths. Output: text. Ids are made here; in labels everything but
letters, digits and a few harmless marks is written as a character code, since Mermaid takes
labels for HTML. https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from graphs.attack.paths import AttackPath
from graphs.estate import Estate
from graphs.network.packets import NOTHING, PacketSet, services_text
from graphs.views.colours import colour
from graphs.views.summary import summarise
from graphs.views.values import Service, Store, Summary

HARMLESS = frozenset(" .,:/_-")


def mermaid(estate: Estate, paths: Iterable[AttackPath]) -> str:
    """A flowchart: LANs are subgraphs, links are plain lines, each path has its colour."""
    return chart(summarise(estate, paths))


def chart(summary: Summary) -> str:
    """A summary as a flowchart."""
    ids = {node: f"n{number}" for number, node in enumerate(summary.names())}
    links = [f"{ids[link.source]} --- {ids[link.target]}" for link in summary.links]
    arrows = list(_arrows(summary, ids))
    crossings = list(_crossings(summary, ids))
    styles = [
        f"linkStyle {number} stroke:{colour(path)},stroke-width:2px"
        for number, (path, _) in enumerate(arrows, len(links))
    ]
    drawn = (*(line for _, line in arrows), *crossings)
    lines = (*_nodes(summary, ids), *links, *drawn, *styles)
    return "\n  ".join(("flowchart LR", *lines)) + "\n"


def label(text: str) -> str:
    """A quoted label.

    >>> label('a "b" <i>')
    '"a #34;b#34; #60;i#62;"'
    """
    kept = (c if c.isalnum() or c in HARMLESS else f"#{ord(c)};" for c in text)
    return '"' + "".join(kept) + '"'


def _nodes(summary: Summary, ids: dict[str, str]) -> Iterator[str]:
    for lan in summary.lans:
        yield f"subgraph {ids[lan.id]} [{label(' '.join((lan.name, *lan.cidrs)))}]"
        for thing in lan.contents:
            yield "  " + _node(ids[thing.id], thing)
        yield "end"
    for thing in summary.beside:
        yield _node(ids[thing.id], thing)
    for wan in summary.wans:
        said = wan.name if wan.name == wan.kind else f"{wan.kind} {wan.name}"
        yield f"{ids[wan.id]}{{{{{label(said)}}}}}"
    for site in summary.sites:
        yield f"{ids[site.id]}[/{label(' '.join((site.name, *site.cidrs)))}/]"
    for principal in summary.principals:
        yield f"{ids[principal.id]}([{label(f'{principal.kind} {principal.name}')}])"


def _node(key: str, thing: Service | Store) -> str:
    if isinstance(thing, Service):
        return f"{key}[{label(thing.name)}]"
    return f"{key}[({label(', '.join((thing.name, *thing.classes)))})]"


def _crossings(summary: Summary, ids: dict[str, str]) -> Iterator[str]:
    """What crosses the borders of a map's LANs; traffic to one LAN in one arrow."""
    between: dict[tuple[str, str, bool], PacketSet] = {}
    for lan in summary.lans:
        for each in lan.crossings or ():
            ends = (each.far, lan.id) if each.inward else (lan.id, each.far)
            key = *ends, each.certain
            between[key] = between.get(key, NOTHING) | each.packets
    for (source, target, certain), packets in between.items():
        head = "-->" if certain else "-.->"
        yield f"{ids[source]} {head}|{label(services_text(packets))}| {ids[target]}"


def _arrows(summary: Summary, ids: dict[str, str]) -> Iterator[tuple[int, str]]:
    for path in summary.paths:
        head = "-->" if path.certain else "-.->"
        for arrow in path.arrows:
            stops = (arrow.source, *arrow.over, arrow.target)
            for source, target in pairwise(stops):
                yield path.number, f"{ids[source]} {head}|{path.number}| {ids[target]}"
