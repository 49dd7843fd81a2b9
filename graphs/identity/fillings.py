"""What may stand where a text has a hole, by what is known of the place and of the hole.

Input: the tokens of a text. Output: whether a hole of it may have a letter in it.
"""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import TypeAlias

from graphs.unknown import Cause, Unknown

# As many letters as the start of an ARN takes, its service included.
_LONGEST_START = 60

Filling: TypeAlias = Callable[[Unknown, str], bool]
"""Whether a hole of a text may have a letter in it."""


def filling_of(value: Iterable[object]) -> Filling:
    """Of an ARN no part that AWS or a resource's name fills has a colon in it, but for the keys of
    objects and the names of log streams, which come last."""
    start = "".join(t for t in islice(value, _LONGEST_START) if isinstance(t, str)).split(":")
    narrow = start[0] == "arn" and len(start) > 3 and start[2] not in ("s3", "logs")
    return _no_colon if narrow else anything


def _no_colon(hole: Unknown, letter: str) -> bool:
    return letter != ":" and anything(hole, letter)


def anything(hole: Unknown, letter: str) -> bool:
    """An account is twelve digits, and a region has no colon in its name."""
    if hole.cause is not Cause.SCOPE:
        return True
    return letter.isdigit() if hole.what.startswith("account") else letter not in ":/"
