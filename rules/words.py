"""Words that keep a sentence as sure as its answer is."""

import re
from collections.abc import Sequence

from graphs.nodes import Node
from graphs.unknown import Answer

STAGES = {
    "production": frozenset(("live", "prd", "prod", "production")),
    "test": frozenset(
        ("dev", "development", "nonprod", "qa", "sandbox", "stage", "staging", "test", "testing")
    ),
}
STAGE_TAGS = ("environment", "env", "stage")


def can(danger: Answer) -> str:
    """Where it is certain "can", else "may be able to"."""
    return "can" if danger.certain else "may be able to"


def is_(danger: Answer) -> str:
    """Where it is certain "is", else "may be"."""
    return "is" if danger.certain else "may be"


def listed(words: Sequence[str], most: int = 4, *, of: int | None = None) -> str:
    """The first few words as a list in a sentence, with how many more there are `of` all.

    >>> listed(["SSH", "RDP", "VNC"]), listed(["a", "b", "c", "d"], most=2)
    ('SSH, RDP and VNC', 'a, b and 2 more')
    """
    more = (of or len(words)) - most
    *first, last = (*words[:most], f"{more} more") if more > 0 else words
    return f"{', '.join(first)} and {last}" if first else last


def attribute_of(node: Node, *names: str) -> str:
    """The first of several attributes that a node has; the first of all where it has none."""
    return next((name for name in names if node.attribute(name) is not None), names[0])


def environment(node: Node) -> str:
    """What a thing is for, "production" or "test", by its tags, else by its name; "" where neither
    says."""
    tags = {key.lower(): value for key, value in node.tags.items()}
    said = next((tags[name] for name in STAGE_TAGS if isinstance(tags.get(name), str)), node.name)
    words = set(re.split(r"[^a-z]+", re.sub(r"non[^a-z]prod", "nonprod", str(said).lower())))
    found = [stage for stage, names in STAGES.items() if words & names]
    return found[0] if len(found) == 1 else ""
