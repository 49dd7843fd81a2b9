"""Comments that may waive a finding, each with what it stands at.

Input: a parsed file. Output: Remarks, of those comments alone in which some tool's mark stands. The
text is searched once; a file without a mark costs no more than that.

A comment on a line of its own stands at the block that begins right below it (further comments may
stand between, but no empty line), else at the block around it. A comment at the end of a line
stands at the block that the line opens or closes, else at that line of the block around it.
"""

import hashlib
import posixpath
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from graphs.unknown import Place
from scanner.terraform.syntax import Block, File

MARK: Final = re.compile(r"(?:pathwarden|trivy|tfsec):ignore\b|checkov:skip=")
"""What makes a comment a waiver of some tool."""
MOST: Final = 10_000
"""Remarks of one file; what stands behind them is not read."""
_DIGESTED: Final = 4_000
"""Characters that a digest is made of."""
_EMPTY_LINE: Final = re.compile(r"\n[ \t\r]*\n")
_KINDS: Final = {"resource": "", "data": "data.", "ephemeral": "ephemeral."}


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment with its signs. `block` is the one that it stands at, as `DIRECTORY//ADDRESS`
    with the address that the block has in its module, or "" where it stands at none.

    `part` are the lines of the block that it is about, None for all of it, and `code` a digest of
    what stands on these lines, which tells whether a remark was moved.
    """

    place: Place
    text: str
    block: str = ""
    part: Place | None = None
    code: str = ""


def remarks(file: File) -> Iterator[Remark]:
    """The remarks of a file, in its order."""
    if not marks(file.text):
        return
    reading = _Reading(file)
    found = 0
    for at, (offset, text) in enumerate(file.comments):
        if MARK.search(text) and found < MOST:
            found += 1
            yield reading.remark(at, offset, text)


def marks(text: str) -> int:
    """About how many marks stand in a text: none where it surely holds no remark."""
    return text.count(":ignore") + text.count(":skip=")


class _Reading:
    """A file with what follows each comment of it."""

    def __init__(self, file: File) -> None:
        self.file = file
        self.blocks = sorted(file.body.blocks, key=lambda block: block.start)
        self.digests: dict[tuple[int, int], str] = {}
        self.next = [] if file.name.endswith(".json") else self._followers()

    def _followers(self) -> list[int]:
        """For each comment where the code right below it begins; -1 behind an empty line."""
        text, comments = self.file.text, self.file.comments
        found = [-1] * len(comments)
        for at in range(len(comments) - 1, -1, -1):
            end = comments[at][0] + len(comments[at][1])
            following = comments[at + 1][0] if at + 1 < len(comments) else len(text)
            code = _code(text, end, following)
            if not _EMPTY_LINE.search(text, end, code):
                found[at] = found[at + 1] if code == following and at + 1 < len(found) else code
        return found

    def remark(self, at: int, offset: int, text: str) -> Remark:
        """The comment at an offset, the `at`th of its file."""
        place = self.file.place(offset, offset + len(text))
        begin = self.file.text.rfind("\n", 0, offset) + 1
        span = None
        if not self.next:
            way = self._around(offset)
        elif self.file.text[begin:offset].strip():
            way, span = self._beside(_code(self.file.text, begin, offset), offset)
        else:
            way = self._above(at, offset)
        if not way:
            return Remark(place, text)
        if len(way) > 1 and span is None:
            span = (way[-1].start, way[-1].end)
        if span is None or way[0].type == "module":
            return Remark(place, text, self._name(way[0]))
        if span not in self.digests:
            self.digests[span] = self._digest(*span)
        part = self.file.place(*span)
        return Remark(place, text, self._name(way[0]), part, self.digests[span])

    def _above(self, at: int, offset: int) -> list[Block]:
        """The block that begins below a comment on its own line, else the one around it."""
        below = self._around(self.next[at])
        return below if below and below[-1].start == self.next[at] else self._around(offset)

    def _beside(self, code: int, offset: int) -> tuple[list[Block], tuple[int, int] | None]:
        """The block that is opened or closed on a line, else the line within its block."""
        around, behind = self._around(code), self._around(offset)
        if not around or around[-1].start == code or len(behind) < len(around):
            return around, None
        return around, (code, offset)

    def _around(self, offset: int) -> list[Block]:
        """The blocks around an offset, outermost first."""
        found: list[Block] = []
        blocks: Sequence[Block] = self.blocks
        while blocks and offset >= 0:
            at = bisect_right(blocks, offset, key=lambda block: block.start) - 1
            if at < 0 or blocks[at].end <= offset:
                break
            found.append(blocks[at])
            blocks = blocks[at].body.blocks if self.next else ()
        return found

    def _name(self, block: Block) -> str:
        home = posixpath.dirname(self.file.name) or "."
        name = ".".join((block.type, *block.labels))
        if block.type in _KINDS:
            name = _KINDS[block.type] + ".".join(block.labels)
        return f"{home}//{name}"

    def _digest(self, start: int, end: int) -> str:
        """A digest of some code, which neither blanks nor comments change."""
        comments, pieces = self.file.comments, []
        end = min(end, start + _DIGESTED)
        first, behind = (bisect_left(comments, (offset, "")) for offset in (start, end))
        for offset, text in comments[first:behind]:
            pieces.append(self.file.text[start:offset])
            start = offset + len(text)
        said = " ".join(" ".join((*pieces, self.file.text[start:end])).split())
        return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:12]


def _code(text: str, start: int, end: int) -> int:
    """Where the first character that is no blank stands."""
    return end - len(text[start:end].lstrip())
