"""Small pieces of language that all reports share."""

from graphs.plain import plain


def clean(text: str) -> str:
    """Text from the code under review on one line, with blanks for its breaks."""
    return plain(text.replace("\n", " ").replace("\t", " "))


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


def place(file: str, line: int, call: str) -> str:
    """Where something stands, led by the line of the root module that calls its module."""
    return f"{call} ({spot(file, line)})" if call else spot(file, line)


def spot(file: str, line: int) -> str:
    """`file:line`, or nothing where there is no file."""
    return f"{file}:{line}" if file else ""
