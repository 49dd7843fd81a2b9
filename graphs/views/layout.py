"""Where everything of the picture stands, in pixels.

Input: a Summary. Output: boxes of a Layout, which charting.py puts together. The picture is as wide
as its columns and as high as its rows; names are cut to fit, never the other way round.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from graphs.network.reach import INTERNET
from graphs.views.placing import ACCESS, Cell, Column, Placing
from graphs.views.values import Lan, Service, Store, Summary, Wan

MARGIN = 14.0
TOP = 84.0
HEAD = 38.0
ROW = 46.0
GAP = 13.0
BOX = 36.0
PILL = 20.0
TRANSIT = 80.0
BAR = 30.0


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + self.height

    @property
    def middle(self) -> tuple[float, float]:
        """Its centre."""
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Pill:
    """A small box for something that no path passes."""

    box: Box
    thing: Service | Store
    text: str


@dataclass(frozen=True, slots=True)
class Layout:
    """Boxes by node id; `legend` is where the list of paths begins, `strip` the box of what is
    outside every LAN and on no path."""

    width: float
    boxes: dict[str, Box]
    lans: dict[str, Box]
    pills: tuple[Pill, ...]
    strip: Box
    legend: float


# Where the columns begin, counted from the end of the transit column, and how wide they are.
LEFT = {Column.ENTRY: (MARGIN + BAR + 20, 92.0), Column.ACCESS: (MARGIN + BAR + 128, 58.0)}
RIGHT = {
    Column.SERVICE: (42.0, 102.0),
    Column.INNER: (168.0, 102.0),
    Column.PRINCIPAL: (308.0, 126.0),
    Column.GOAL: (464.0, 196.0),
}
LAN_AT, LAN_WIDTH = 30.0, 252.0
MAP_WIDTH = 630.0
CROSSING = 17.0
MOST_CROSSINGS = 16


def text_width(text: str, size: float) -> float:
    """How wide a text is in a broad sans-serif face, to the safe side."""
    return size * sum(_advance(character) for character in text)


def _advance(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return 1.05
    if character in "iljI.,:;|'! ":
        return 0.33
    if character in "tfr()[]/-":
        return 0.42
    if character in "mwMW@%—→\ufffd":
        return 0.95
    return 0.72 if character.isupper() else 0.64


def fitted(text: str, width: float, size: float) -> str:
    """The text, cut with an ellipsis where it is wider than that.

    >>> fitted("harborline-crew-documents", 80, 12)
    'harborline-…'
    """
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def grouped(
    summary: Summary, placing: Placing, shift: float, inset: float = LAN_AT
) -> tuple[dict[tuple[int, int], float], dict[str, Box], list[Pill], float]:
    """The y of each row's middle, the boxes of the LANs, and the pills in them."""
    rows: dict[tuple[int, int], float] = {}
    lans: dict[str, Box] = {}
    pills: list[Pill] = []
    known = {lan.id: lan for lan in summary.lans}
    touched = summary.touched()
    y = TOP
    for number, group in enumerate(placing.groups):
        top = y
        y += HEAD if group else 0
        for row in range(placing.rows[number]):
            rows[number, row] = y + ROW / 2
            y += ROW
        if group:
            lan = known[group]
            idle = [each for each in lan.contents if each.id not in touched]
            wide = MAP_WIDTH if summary.is_map else LAN_WIDTH
            found = list(_flow(idle, shift + inset + 12, y + 2, wide - 24))
            pills += found
            y = max((pill.box.bottom for pill in found), default=y) + 10
            y += crossings_height(lan)
            lans[group] = Box(shift + inset, top, wide, y - top)
        y += GAP if y > top else 0
    return rows, lans, pills, y


def crossings_height(lan: Lan) -> float:
    """How much of a LAN's box its crossings take."""
    count = len(lan.crossings or ())
    if not count:
        return 0
    shown = count if count <= MOST_CROSSINGS else MOST_CROSSINGS + 1
    return shown * CROSSING + 6


def cell_box(cell: Cell, rows: dict[tuple[int, int], float], shift: float, *, far: bool) -> Box:
    """The box of a cell. `far` is who begins a path without a WAN to pass, and so has room for a
    longer name."""
    x, width = LEFT.get(cell.column) or RIGHT[cell.column]
    if far and cell.column is Column.ENTRY:
        width = sum(LEFT[Column.ACCESS]) - x
    x += 0 if cell.column in LEFT else shift
    return Box(x, rows[cell.group, cell.row] - BOX / 2, width, BOX)


def _flow(
    things: Iterable[Service | Store], left: float, top: float, width: float
) -> Iterator[Pill]:
    """Pills in lines, as words in a paragraph."""
    x, y = left, top
    for thing in things:
        classes = ", ".join(thing.classes) if isinstance(thing, Store) else ""
        text = fitted(f"{thing.name} · {classes}" if classes else thing.name, width - 16, 11)
        size = text_width(text, 11) + 16
        if x > left and x + size > left + width:
            x, y = left, y + PILL + 5
        yield Pill(Box(x, y, size, PILL), thing, text)
        x += size + 6


def strip_below(summary: Summary, y: float, width: float) -> tuple[Box, list[Pill]]:
    """What no path passes and no LAN holds."""
    touched = summary.touched()
    idle: list[Service | Store] = [s for s in summary.services if s.id not in touched]
    idle += [s for s in summary.stores if s.id not in touched and not s.opens]
    if not idle:
        return Box(MARGIN, y - GAP, width - 2 * MARGIN, 0), []
    pills = list(_flow(idle, MARGIN + 12, y + 28, width - 2 * MARGIN - 24))
    return Box(MARGIN, y, width - 2 * MARGIN, pills[-1].box.bottom + 10 - y), pills


def transit_wans(summary: Summary) -> list[Wan]:
    """The WANs that stand between sites and LANs."""
    return [w for w in summary.wans if w.id != INTERNET and w.kind not in ACCESS]


def internet_bar(summary: Summary, boxes: dict[str, Box], lans: dict[str, Box]) -> dict[str, Box]:
    """A bar beside everything that it leads to."""
    ends = {end for link in summary.links if INTERNET in link.ends for end in link.ends}
    spans = [(lans[end].y, lans[end].y + HEAD) for end in ends if end in lans]
    for path in summary.paths:
        for arrow in path.arrows:
            if arrow.source == INTERNET and arrow.target in boxes:
                spans.append((boxes[arrow.target].y, boxes[arrow.target].bottom))
    top = min((span[0] for span in spans), default=TOP)
    bottom = max((span[1] for span in spans), default=TOP)
    return {INTERNET: Box(MARGIN, top, BAR, max(bottom - top, 76))}
