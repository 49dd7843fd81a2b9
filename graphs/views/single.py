"""One attack path as a Mermaid flowchart small enough for a comment: its own nodes and no others.

Input: an estate, a path, and which of its steps are new. Output: text. Steps have their numbers;
those that are new stand out. It stays below what GitLab draws without being asked, 2,000
characters a picture (MAX_CHAR_LIMIT of its render_sandboxed_mermaid.js); Mermaid itself, which
GitHub leaves as it is, takes 50,000 characters and 500 arrows.
"""

from collections.abc import Callable, Collection, Iterator
from itertools import pairwise
from typing import Final

from graphs.attack.paths import AttackPath
from graphs.attack.words import called
from graphs.nodes import DataStore
from graphs.views.flowchart import label
from graphs.views.summary import Survey, arrows_of

LONGEST: Final = 2_000
MOST_LETTERS: Final = 44
_NEW: Final = "stroke:#c92a2a,stroke-width:4px"
_LOST: Final = "fill:#ffe3e3,stroke:#c92a2a,color:#000"

Hide = Callable[[str], str]


def single(seen: Survey, path: AttackPath, new: Collection[int], hide: Hide = str) -> str:
    """The path as a flowchart; "" where it would be too large to be drawn."""
    for homes in (seen.homes, {}):  # without LANs around them if that is too much
        text = _chart(Survey(seen.estate, homes, seen.leads), path, new, hide)
        if len(text) <= LONGEST:
            return text
    return ""


def _chart(seen: Survey, path: AttackPath, new: Collection[int], hide: Hide) -> str:
    steps = list(enumerate(path.steps, 1))
    arrows = [
        (number, ends)
        for number, step in steps
        for arrow in arrows_of(seen, step)
        for ends in pairwise((arrow.source, *arrow.over, arrow.target))
    ]
    stops = dict.fromkeys((path.entry.fact.node, *(node for _, ends in arrows for node in ends)))
    stops |= dict.fromkeys((path.target.fact.node,))
    ids = {node: f"n{number}" for number, node in enumerate(stops)}
    drawn = [_arrow(number, ids[a], ids[b], number in new) for number, (a, b) in arrows]
    fresh = [str(at) for at, (number, _) in enumerate(arrows) if number in new]
    styles = [f"linkStyle {','.join(fresh)} {_NEW}"] if fresh else []
    styles.append(f"style {ids[path.target.fact.node]} {_LOST}")
    lines = (*_nodes(seen, ids, hide), *drawn, *styles)
    return "\n  ".join(("flowchart LR", *lines)) + "\n"


def _arrow(number: int, source: str, target: str, new: bool) -> str:
    said = f"{number} new" if new else str(number)
    return f"{source} -->|{label(said)}| {target}"


def _nodes(seen: Survey, ids: dict[str, str], hide: Hide) -> Iterator[str]:
    lans = dict.fromkeys(seen.homes.get(node, "") for node in ids)
    for number, lan in enumerate(lans):
        inside = [node for node in ids if seen.homes.get(node, "") == lan]
        if lan:
            yield f"subgraph l{number} [{_label(seen, lan, hide)}]"
        for node in inside:
            yield f"{'  ' if lan else ''}{ids[node]}{_box(seen, node, hide)}"
        if lan:
            yield "end"


def _box(seen: Survey, node: str, hide: Hide) -> str:
    """A node in the shape of its kind."""
    kind = seen.estate.graph.nodes[node]["kind"]
    open_, close = {
        "wan": ("{{", "}}"),
        "site": ("[/", "/]"),
        "data": ("[(", ")]"),
        "account": ("[(", ")]"),
        "principal": ("([", "])"),
    }.get(kind, ("[", "]"))
    return f"{open_}{_label(seen, node, hide)}{close}"


def _label(seen: Survey, node: str, hide: Hide) -> str:
    found = seen.estate.index.by_id.get(node)
    classes = sorted(found.classes) if isinstance(found, DataStore) else []
    name = hide(called(seen.estate, node))
    short = name if len(name) <= MOST_LETTERS else f"{name[: MOST_LETTERS - 1]}…"
    return label(", ".join((short, *map(hide, classes))))
