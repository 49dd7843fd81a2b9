"""Words that keep a sentence as sure as its answer is."""

from collections.abc import Iterable, Sequence

from graphs.unknown import Answer


def can(danger: Answer) -> str:
    """Where it is certain "can", else "may be able to"."""
    return "can" if danger.certain else "may be able to"


def is_(danger: Answer) -> str:
    """Where it is certain "is", else "may be"."""
    return "is" if danger.certain else "may be"


def listed(words: Iterable[str]) -> str:
    """Words as a list in a sentence.

    >>> listed(["SSH", "RDP", "VNC"])
    'SSH, RDP and VNC'
    """
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def shortened(words: Sequence[str], most: int = 4) -> list[str]:
    """The first few words, and how many more there are.

    >>> shortened(["a", "b", "c", "d"], most=2)
    ['a', 'b', '2 more']
    """
    more = len(words) - most
    return [*words[:most], f"{more} more"] if more > 0 else list(words)
