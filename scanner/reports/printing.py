"""What all reports for a terminal are made of: heads, lists, and the text of them."""

from collections.abc import Iterable
from io import StringIO

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
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
    return _Hung(content, "", by)


def item(mark: str, content: Text, by: int) -> Padding:
    """A line of a list, whose further lines stand under its first word."""
    return _Hung(content, f"{mark} ", by)


class _Hung(Padding):
    """Text that stands further in, behind a mark; rich's tables would take ten times as long."""

    def __init__(self, content: Text, mark: str, by: int) -> None:
        super().__init__(content, (0, 0, 0, by + len(mark)))
        self.content, self.mark, self.by = content, mark, by

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        room = max(options.max_width - self.left, 1)
        for number, line in enumerate(self.content.wrap(console, room)):
            yield Text(" " * self.by + self.mark if number == 0 else " " * self.left, end="")
            line.end = "\n"
            yield line
