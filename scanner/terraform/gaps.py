"""Gaps as they turn up: each once, and of one kind in one file no more than anybody would read."""

from collections.abc import Iterable, Iterator
from typing import Final

from graphs.unknown import Place
from graphs.verdict import Gap

MOST: Final = 1_000
"""Gaps of one kind in one file that are listed; of the others there is only a number."""


class Gaps:
    """A set of Gaps in the order in which they turned up."""

    __slots__ = ("_beyond", "_listed", "_met")

    def __init__(self, gaps: Iterable[Gap] = ()) -> None:
        self._listed: dict[Gap, None] = {}
        self._met: dict[tuple[str, str], int] = {}
        self._beyond: dict[tuple[str, str], int] = {}
        self.update(gaps)

    def add(self, gap: Gap) -> None:
        """Record a Gap, unless it is there already."""
        if gap in self._listed:
            return
        of = (gap.kind, gap.place.file if gap.place else "")
        met = self._met[of] = self._met.get(of, 0) + 1
        if met <= MOST:
            self._listed[gap] = None
        else:
            self._beyond[of] = met - MOST

    def update(self, gaps: Iterable[Gap]) -> None:
        """Record several; of other Gaps, those beyond the listed ones stay a number."""
        if not isinstance(gaps, Gaps):
            for gap in gaps:
                self.add(gap)
            return
        self.update(gaps._listed)  # noqa: SLF001  another of our own
        for of, count in gaps._beyond.items():  # noqa: SLF001
            self._beyond[of] = max(count, self._beyond.get(of, 0))

    def __iter__(self) -> Iterator[Gap]:
        yield from self._listed
        for (kind, file), count in self._beyond.items():
            what = f"{count:,} more of the kind {kind} in {file or 'all'} are not listed"
            yield Gap(kind, what, "each of them counts", Place(file, 1, 1) if file else None)

    def __bool__(self) -> bool:
        return bool(self._listed)
