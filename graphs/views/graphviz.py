"""An estate as DOT, for Graphviz and what reads its language.

Input: an estate and its attack paths. Output: text. Ids are made here and labels are quoted
strings, so no name of the estate can be anything but a label.
https://graphviz.org/doc/info/lang.html
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from graphs.attack.paths import AttackPath
from graphs.estate import Estate
from graphs.views.colours import colour
from graphs.views.summary import summarise
from graphs.views.values import Service, Store, Summary


def dot(estate: Estate, paths: Iterable[AttackPath]) -> str:
    """A digraph: LANs are clusters, links are grey, each path has a colour and its number."""
    return digraph((summarise(estate, paths),))


def digraph(summaries: Sequence[Summary]) -> str:
    """Summaries as one digraph. Several stand in a cluster each, joined by nothing, and every
    node says in its attribute `root` which one it is of."""
    name = summaries[0].name if len(summaries) == 1 else ""
    lines = [
        f"digraph {_quoted(name or 'estate')} {{",
        "  rankdir=LR; compound=true; fontname=sans;",
        "  node [shape=box, fontname=sans]; edge [fontname=sans];",
    ]
    for number, summary in enumerate(summaries):
        if len(summaries) == 1:
            lines += [f"  {line}" for line in _drawn(summary, "")]
        else:
            lines += [f"  {line}" for line in _framed(summary, f"r{number}_")]
    return "\n".join((*lines, "}")) + "\n"


def _framed(summary: Summary, lead: str) -> Iterator[str]:
    name = _quoted(summary.name)
    yield f"subgraph cluster_{lead}root {{ label={name}; color=gray60; node [root={name}];"
    yield from (f"  {line}" for line in _drawn(summary, lead))
    yield "}"


def _drawn(summary: Summary, lead: str) -> Iterator[str]:
    ids = {node: f"{lead}n{number}" for number, node in enumerate(summary.names())}
    clusters = {lan.id: f"cluster_{lead}{number}" for number, lan in enumerate(summary.lans)}
    yield from _nodes(summary, ids, clusters)
    yield from _links(summary, ids, clusters)
    yield from _paths(summary, ids)


def _quoted(text: str) -> str:
    r"""A DOT string; backslashes are doubled because labels give them a meaning.

    >>> print(_quoted('a "b" \\l'))
    "a \"b\" \\l"
    """
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _nodes(summary: Summary, ids: dict[str, str], clusters: dict[str, str]) -> Iterator[str]:
    for lan in summary.lans:
        title = _quoted(" ".join((lan.name, *lan.cidrs)))
        yield f"subgraph {clusters[lan.id]} {{ label={title}; style=filled; color=aliceblue;"
        yield f"  {ids[lan.id]} [shape=point, style=invis];"
        for thing in lan.contents:
            yield "  " + _node(ids[thing.id], thing)
        yield "}"
    for thing in summary.beside:
        yield _node(ids[thing.id], thing)
    for wan in summary.wans:
        label = wan.name if wan.name == wan.kind else f"{wan.kind} {wan.name}"
        yield f"{ids[wan.id]} [label={_quoted(label)}, shape=hexagon];"
    for site in summary.sites:
        label = " ".join((site.name, *site.cidrs))
        yield f"{ids[site.id]} [label={_quoted(label)}, shape=house];"
    for principal in summary.principals:
        label = f"{principal.kind} {principal.name}"
        yield f"{ids[principal.id]} [label={_quoted(label)}, shape=oval];"


def _node(key: str, thing: Service | Store) -> str:
    if isinstance(thing, Service):
        return f"{key} [label={_quoted(f'{thing.kind} {thing.name}')}];"
    kind = () if thing.kind == "account" else (thing.kind,)
    label = " ".join((*kind, thing.name, *(f"({each})" for each in thing.classes)))
    return f"{key} [label={_quoted(label)}, shape=cylinder];"


def _links(summary: Summary, ids: dict[str, str], clusters: dict[str, str]) -> Iterator[str]:
    for link in summary.links:
        sides = zip(("ltail", "lhead"), link.ends, strict=True)
        ends = [f"{side}={clusters[end]}" for side, end in sides if end in clusters]
        says = f"label={_quoted(', '.join(link.crosses))}"
        look = ", ".join(("color=gray60", "dir=none", *ends, says))
        yield f"{ids[link.source]} -> {ids[link.target]} [{look}];"


def _paths(summary: Summary, ids: dict[str, str]) -> Iterator[str]:
    for path in summary.paths:
        style = "bold" if path.certain else "dashed"
        look = f'color="{colour(path.number)}", style={style}, label="{path.number}"'
        for arrow in path.arrows:
            stops = (arrow.source, *arrow.over, arrow.target)
            for source, target in pairwise(stops):
                yield f"{ids[source]} -> {ids[target]} [{look}, tooltip={_quoted(arrow.says)}];"
