"""Markdown in sections that share the room of one comment.

GitHub takes 65,536 characters of a comment, GitLab a million; what is cut is counted.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from scanner.reports.words import counted

LONGEST = 65_000


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a section that tells of `number` things; `brief` is what it can be cut to."""

    words: str
    brief: str = ""
    number: int = 1


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, words below it, items, and what a reader calls what they tell of."""

    heading: str
    intro: str
    items: Sequence[Item]
    noun: str

    def cut(self, room: int) -> str:
        """The items in full where there is room, else the first of them in brief."""
        shown: list[str] = []
        full = self.size <= room
        for item in self.items:
            words = item.words if full else item.brief or item.words
            room -= len(words)
            if room < 0:
                break
            shown.append(words)
        rest = sum(item.number for item in self.items[len(shown) :])
        more = f"\n*and {counted(rest, f'more {self.noun}')}, in `--format json`*\n" if rest else ""
        return f"\n### {self.heading}\n\n{self.intro}{''.join(shown)}{more}"

    @property
    def frame(self) -> int:
        """Characters beside the items."""
        return len(self.heading) + len(self.intro) + 80

    @property
    def size(self) -> int:
        """Characters of all items in full."""
        return sum(len(item.words) for item in self.items)


def cut_to(sections: Sequence[Section], room: int) -> Iterator[str]:
    """Every section gets an equal share at least; what some leave over goes to the first."""
    share = room // max(len(sections), 1)
    spare = sum(max(share - section.size, 0) for section in sections)
    for section in sections:
        more = min(max(section.size - share, 0), spare)
        spare -= more
        yield section.cut(share + more)


def items(words: Iterable[str]) -> list[Item]:
    """An entry for each text."""
    return [Item(each) for each in words]
