"""Small pieces of language that all reports share."""

from collections.abc import Iterable
from typing import Protocol

from graphs.plain import plain
from scanner.result import Path


class Placed(Protocol):
    """What has a place: in a file, perhaps in a module that is called, or in an account."""

    @property
    def file(self) -> str:
        """The file, or ""."""

    @property
    def line(self) -> int:
        """The line, from 1."""

    @property
    def call(self) -> str:
        """The call of the module that it stands in, or ""."""

    @property
    def seen(self) -> str:
        """The account that a sweep saw it in, or ""."""


class Named(Protocol):
    """An owner."""

    @property
    def name(self) -> str:
        """What people call it."""


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


def place(thing: Placed) -> str:
    """Where something stands, led by the line of the root module that calls its module."""
    own = spot(thing.file, thing.line) or thing.seen
    return f"{thing.call} ({own})" if thing.call else own


def places(things: Iterable[Placed]) -> list[str]:
    """Where things stand, as seen from the root module, each place once."""
    found = (each.call or spot(each.file, each.line) or each.seen for each in things)
    return list(dict.fromkeys(filter(None, found)))


def spot(file: str, line: int) -> str:
    """`file:line`, or nothing where there is no file."""
    return f"{file}:{line}" if file else ""


def owned(names: Iterable[Named]) -> str:
    """Who answers for something; "" where nothing says."""
    found = [each.name for each in names]
    return f"owner{'s' if len(found) > 1 else ''} {listed(found)}" if found else ""


def silenced(path: Path, most: int = 3) -> str:
    """What of the logs may be ended on a path, in a sentence; "" where nothing may."""
    told = [f"{s.kind} {s.name} (as {s.principal}, {s.action})" for s in path.silences]
    if not told:
        return ""
    return f"On the way can be switched off or erased what would tell of it: {listed(told, most)}"


def alike(path: Path) -> list[str]:
    """What a path that stands for several begins or ends at, by address; nothing else."""
    targets = dict.fromkeys(each.target_address for each in path.instances)
    return list(targets if len(targets) > 1 else dict.fromkeys(i.entry for i in path.instances))
