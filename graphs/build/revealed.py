"""What of the graph a revealed secret opens."""

from collections.abc import Iterator

from graphs.build.structure import Drawing
from graphs.nodes import AccessKey, Node, Ref


def opened(drawing: Drawing, revealed: tuple[Ref, ...]) -> Iterator[Node]:
    """The nodes behind secrets: an access key, which is in no graph, opens its user."""
    for ref in revealed:
        key = drawing.index.get(ref, AccessKey)
        target = drawing.index.get(key.user if key else ref, Node)
        if target is not None and target.id in drawing.graph:
            yield target
