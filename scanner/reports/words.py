"""Small pieces of language that all reports share."""

import re

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def clean(text: str) -> str:
    """Text from the code under review without what would steer a terminal or hide words."""
    return _CONTROL.sub("\ufffd", text.replace("\n", " ").replace("\t", " "))


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun.

    >>> counted(2, "path")
    '2 paths'
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(words: "list[str]", most: int = 4) -> str:
    """Words joined with commas, cut with a count of the rest."""
    shown = ", ".join(words[:most])
    return shown if len(words) <= most else f"{shown} and {len(words) - most} more"


def spot(file: str, line: int) -> str:
    """`file:line`, or nothing where there is no file."""
    return f"{file}:{line}" if file else ""
