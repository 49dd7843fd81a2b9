"""Words that keep a sentence as sure as its answer is."""

from collections.abc import Sequence

from graphs.unknown import Answer


def can(danger: Answer) -> str:
    """Where it is certain "can", else "may be able to"."""
    return "can" if danger.certain else "may be able to"


def is_(danger: Answer) -> str:
    """Where it is certain "is", else "may be"."""
    return "is" if danger.certain else "may be"


def listed(words: Sequence[str], most: int = 4) -> str:
    """The first few words as a list in a sentence, with how many more there are.

    >>> listed(["SSH", "RDP", "VNC"]), listed(["a", "b", "c", "d"], most=2)
    ('SSH, RDP and VNC', 'a, b and 2 more')
    """
    more = len(words) - most
    *first, last = (*words[:most], f"{more} more") if more > 0 else words
    return f"{', '.join(first)} and {last}" if first else last
