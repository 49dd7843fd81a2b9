"""A picture of each opened path, in which the steps that the head makes possible stand out."""

from collections.abc import Callable, Collection, Sequence
from functools import cache

from graphs.attack.facts import Derivable
from graphs.views.single import single
from graphs.views.summary import survey
from scanner.diffing.connections import Way
from scanner.diffing.difference import Picture
from scanner.diffing.powers import Can, ends_of
from scanner.result import Path
from scanner.views import Scanned

Before = frozenset[tuple[str, str, str, str]]


def pictures(
    opened: Sequence[Path], head: Sequence[Scanned], known: Before, hide: Callable[[str], str]
) -> tuple[Picture, ...]:
    """The paths of the head that are opened; `known` are the edges that the base has as well."""
    seen = cache(lambda at: survey(head[at].estate))
    drawn = []
    for path in opened:
        for at, root in enumerate(head):
            found = [each for each in root.paths if each.id == path.id]
            if found and path.root in {part.name for part in root.parts}:
                steps = enumerate(found[0].steps, 1)
                new = tuple(n for n, step in steps if _is_new(root, step, known))
                text = single(seen(at), found[0], new, hide)
                drawn.append(Picture(path.id, path.root, text, new))
                break
    return tuple(drawn)


def known_edges(ways: Sequence[Way], can: Sequence[Can], grown: Collection[object]) -> Before:
    """The edges that the base has, but for connections that carry more in the head."""
    connections = (ends_of(way.root, way.edge) for way in ways if way.ends not in grown)
    return frozenset((*connections, *(each.ends for each in can)))


def _is_new(root: Scanned, step: Derivable, known: Before) -> bool:
    """Whether a step rests on an edge that the base does not have."""
    return any(ends_of(root, edge) not in known for edge in step.edges)
