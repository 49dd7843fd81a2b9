"""Where things stand in a document: JSON readers do not tell, so the text is asked."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from graphs.unknown import Place

_ADDRESS: Final = re.compile(r'"address"\s*:\s*("(?:[^"\\]|\\.)*")')
_TEXT: Final = r'"((?:[^"\\]|\\.)*)"'
_BLOCK: Final = re.compile(
    rf'(?:"module"\s*:\s*{_TEXT}\s*,\s*)?"mode"\s*:\s*{_TEXT}\s*,\s*"type"\s*:\s*{_TEXT}\s*,'
    rf'\s*"name"\s*:\s*{_TEXT}'
)


@dataclass
class Lines:
    """The places of resources in one document, by what names them there."""

    file: str
    text: str = field(repr=False)

    def of(self, address: str) -> Place:
        """Where `"address": "..."` first stands; the first line where it does not."""
        return self._place(self._addresses.get(address, 0))

    def of_block(self, module: str, mode: str, kind: str, name: str) -> Place:
        """Where a resource of a state stands."""
        return self._place(self._blocks.get((module, mode, kind, name), 0))

    def _place(self, offset: int) -> Place:
        line = bisect_right(self._starts, offset)
        return Place(self.file, line, line)

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    @cached_property
    def _addresses(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for match in _ADDRESS.finditer(self.text):
            found.setdefault(_decoded(match[1][1:-1]), match.start())
        return found

    @cached_property
    def _blocks(self) -> dict[tuple[str, ...], int]:
        found: dict[tuple[str, ...], int] = {}
        for match in _BLOCK.finditer(self.text):
            key = tuple(_decoded(match[n] or "") for n in range(1, 5))
            found.setdefault(key, match.start(2))
        return found


def _decoded(text: str) -> str:
    return text.replace('\\"', '"').replace("\\\\", "\\")
