"""What all reports for a terminal are made of: heads, lists, and the text of them."""

from collections.abc import Iterable
from io import StringIO

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text


def printed(parts: Iterable[RenderableType], *, width: int, colour: bool) -> str:
    """What rich makes of some parts, without trailing blanks."""
    buffer = StringIO()
    console = Console(
        file=buffer,
        width=width,
        force_terminal=colour,
        no_color=not colour,
        color_system="standard" if colour else None,
        highlight=False,
        emoji=False,
    )
    for part in parts:
        console.print(part, crop=False)
    return "\n".join(line.rstrip() for line in buffer.getvalue().splitlines()) + "\n"


def title(words: str) -> Text:
    """The head of a section."""
    return Text(f"\n{words}", style="bold underline")


def hint(words: str) -> Text:
    """What stands below a head, in grey."""
    return Text(words, style="dim")


def indent(content: Text, by: int) -> Padding:
    """Lines that stand further in."""
    return Padding(content, (0, 0, 0, by))


def item(mark: str, content: Text, by: int) -> Padding:
    """A line of a list, whose further lines stand under its first word."""
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column()
    grid.add_row(Text(mark), content)
    return Padding(grid, (0, 0, 0, by))
