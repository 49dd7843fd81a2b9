"""Where everything of a picture stands, and how its links run past what they do not touch.

Sites and what leads to them stand on the left, WANs in one column beside them, LANs on the right.
The internet is beyond those on a map, and before all of it where attack paths come from there. What
joins the columns runs in the channels between them, where no box is: each WAN has a track of its
own there, and each of its ends a place on its box.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from graphs.network.reach import INTERNET
from graphs.views.layout import (
    BAR,
    BOX,
    GAP,
    HEAD,
    LAN_AT,
    LEFT,
    MAP_WIDTH,
    MARGIN,
    RIGHT,
    TOP,
    TRANSIT,
    Box,
    Layout,
    cell_box,
    grouped,
    internet_bar,
    strip_below,
    transit_wans,
)
from graphs.views.placing import Column, Placing, place
from graphs.views.values import Link, Summary

STEP = 8.0
"""Between two tracks, and between two lines that end at one box."""
TALL = 46.0
LOW = 36.0
"""How high a WAN is, and where lines pass between the rows."""
CLEAR = 4.0
"""Between a box and a line that passes it."""
LEFT_END = sum(LEFT[Column.ACCESS])
SHIFT = BAR + 20
"""How far the left columns move where no bar of the internet is before them."""


def charted(summary: Summary) -> Layout:
    """Boxes from the left to the right."""
    placing = place(summary)
    tracks = Tracks(summary, near_cells(placing))
    near = tracks.left_end + (STEP * (len(tracks.left) + 1) if tracks.left else 0)
    far = near + (TRANSIT if transit_wans(summary) else 0)
    far += STEP * (len(tracks.right) + 2) if tracks.right else 0
    rows, lans, pills, y = grouped(summary, placing, far, 0)
    boxes = {
        node: Box(
            LEFT[cell.column][0] - SHIFT,
            rows[cell.group, cell.row] - BOX / 2,
            LEFT[cell.column][1],
            BOX,
        )
        for node, cell in placing.cells.items()
    }
    boxes |= _column(summary, near, boxes | lans)
    right = far + (MAP_WIDTH if lans else 0)
    boxes[INTERNET] = _bar(summary, right + 3 * STEP, lans)
    width = boxes[INTERNET].right + MARGIN
    y = max(y, max(box.bottom for box in boxes.values()) + GAP)
    strip, more = strip_below(summary, y, width)
    return Layout(width, boxes, lans, (*pills, *more), strip, strip.bottom + 30)


def with_paths(summary: Summary) -> Layout:
    """Boxes from the left to the right, attack paths from the internet through all of them."""
    placing = place(summary)
    tracks = Tracks(summary, near_cells(placing))
    near = LEFT[Column.ACCESS][0] + LEFT[Column.ACCESS][1] + STEP * (len(tracks.left) + 1)
    far = near + (TRANSIT if transit_wans(summary) else 0) + STEP * (len(tracks.right) + 2)
    shift = far - LAN_AT
    width = shift + sum(RIGHT[Column.GOAL]) + MARGIN
    rows, lans, pills, y = grouped(summary, placing, shift)
    sites = {site.id for site in summary.sites}
    boxes = {
        node: cell_box(cell, rows, shift, far=node not in sites)
        for node, cell in placing.cells.items()
    }
    boxes |= internet_bar(summary, boxes, lans)
    boxes |= _column(summary, near, boxes | lans, _passing(summary, boxes, lans))
    y = max(y, max(box.bottom for box in boxes.values()) + GAP)
    strip, more = strip_below(summary, y, width)
    return Layout(width, boxes, lans, (*pills, *more), strip, strip.bottom + 30)


def near_cells(placing: Placing) -> frozenset[str]:
    """What stands in the left columns."""
    return frozenset(node for node, cell in placing.cells.items() if cell.column in LEFT)


def _passing(summary: Summary, boxes: dict[str, Box], lans: dict[str, Box]) -> list[float]:
    """The heights at which lines pass the column of the WANs, by none of them."""
    ends = {end for link in summary.links if INTERNET in link.ends for end in link.ends}
    found = [lans[end].y + HEAD / 2 for end in ends if end in lans]
    for path in summary.paths:
        for arrow in path.arrows:
            known = arrow.source in boxes and arrow.target in boxes and not arrow.over
            if known and boxes[arrow.source].right <= LEFT_END:
                at = arrow.target if arrow.source == INTERNET else arrow.source
                found.append(boxes[at].middle[1])
    return found


def _column(
    summary: Summary, x: float, known: dict[str, Box], passing: Iterable[float] = ()
) -> dict[str, Box]:
    """The WANs, each as near as can be to what it joins, and where nothing passes."""
    tall = TALL if summary.is_map else LOW
    held = sorted(passing)
    wishes = []
    for number, wan in enumerate(transit_wans(summary)):
        ends = (end for link in summary.links if wan.id in link.ends for end in link.ends)
        heights = [known[end].middle[1] for end in ends if end in known]
        wishes.append((sum(heights) / len(heights) if heights else TOP, number, wan.id))
    found, y = {}, TOP
    for wish, _, wan_id in sorted(wishes):
        y = max(y, wish - tall / 2)
        for line in held:
            if y - CLEAR < line < y + tall + CLEAR:
                y = line + CLEAR
        found[wan_id] = Box(x, y, TRANSIT, tall)
        y += tall + GAP
    return found


def _bar(summary: Summary, x: float, lans: dict[str, Box]) -> Box:
    ends = {end for link in summary.links if INTERNET in link.ends for end in link.ends}
    joined = [lans[end] for end in ends if end in lans]
    top = min((box.y for box in joined), default=TOP)
    bottom = max((box.y + HEAD for box in joined), default=TOP)
    return Box(x, top, BAR, max(bottom - top, 76))


@dataclass(frozen=True)
class Tracks:
    """What runs in the two channels. `cells` are the boxes of the left columns."""

    summary: Summary
    cells: frozenset[str]

    @cached_property
    def lans(self) -> frozenset[str]:
        """The LANs."""
        return frozenset(lan.id for lan in self.summary.lans)

    @property
    def left_end(self) -> float:
        """Where the left columns end."""
        if not self.summary.is_map:
            return LEFT_END
        return LEFT_END - SHIFT if self.cells else MARGIN

    @cached_property
    def left(self) -> dict[str, int]:
        """The tracks of the channel beside the left columns, by what they belong to."""
        return self._numbered(self._left(link) for link in self.summary.links)

    @cached_property
    def right(self) -> dict[str, int]:
        """The tracks of the channel beside the LANs."""
        return self._numbered(self._right(link) for link in self.summary.links)

    def _numbered(self, owners: Iterable[str]) -> dict[str, int]:
        found = sorted({owner for owner in owners if owner})
        return {owner: number for number, owner in enumerate(found)}

    def _left(self, link: Link) -> str:
        """Whose track a link takes on the left, "" for none: the WAN's, or that of what goes on."""
        near = [end for end in link.ends if end in self.cells]
        if len(near) != 1:
            return ""
        (other,) = (end for end in link.ends if end not in self.cells)
        return near[0] if other in self.lans or other == INTERNET else other

    def _right(self, link: Link) -> str:
        """Whose track it takes on the right."""
        if all(end in self.cells for end in link.ends):
            return ""
        ends = sorted(end for end in link.ends if end not in self.lans and end != INTERNET)
        goes_on = len(ends) < 2 or not any(end in self.cells for end in ends)
        return ends[0] if ends and goes_on else ""


@dataclass(frozen=True)
class Chart:
    """The links of a picture as path data of straight lines, and where those of one WAN part."""

    summary: Summary
    layout: Layout
    _meets: dict[tuple[str, float], list[float]] = field(default_factory=lambda: defaultdict(list))

    @cached_property
    def tracks(self) -> Tracks:
        """What runs in the channels."""
        return Tracks(self.summary, near_cells(place(self.summary)))

    @cached_property
    def links(self) -> dict[Link, str]:
        """Each link's path data."""
        return {link: self._joint(link) for link in self.summary.links}

    @property
    def dots(self) -> Iterator[tuple[float, float]]:
        """Where a line parts from a track that goes on both ways: lines that cross do not join."""
        assert self.links is not None  # noqa: S101 - which fills what meets where
        for (_, x), heights in self._meets.items():
            ends = min(heights), max(heights)
            yield from ((x, y) for y in sorted(set(heights)) if ends[0] < y < ends[1])

    def _box(self, end: str) -> Box:
        return self.layout.boxes.get(end) or self.layout.lans[end]

    def _joint(self, link: Link) -> str:
        kinds = {self._kind(end): end for end in link.ends}
        if len(kinds) == 1:
            return self._within(link)
        if kinds.keys() == {"lan", INTERNET}:
            lan, bar = self._box(kinds["lan"]), self._box(INTERNET)
            if bar.x < lan.x:
                return f"M{bar.right:g} {lan.y + HEAD / 2:g}H{lan.x:g}"
            return f"M{lan.right:g} {lan.y + HEAD / 2:g}H{bar.x:g}"
        if kinds.keys() == {"left", "wan"}:
            return self._from_left(kinds["left"], kinds["wan"])
        if kinds.keys() == {"wan", "lan"}:
            wan = self._box(kinds["wan"])
            y = self._height(kinds["lan"], kinds["wan"])
            return self._by_right(kinds["wan"], wan.right, wan.middle[1], y, kinds["lan"])
        return self._around(kinds.get("left") or kinds["wan"], kinds.get("lan") or INTERNET)

    def _kind(self, end: str) -> str:
        if end == INTERNET:
            return INTERNET
        return "left" if end in self.tracks.cells else "lan" if end in self.tracks.lans else "wan"

    def _within(self, link: Link) -> str:
        """Between two boxes of the left columns, or two WANs."""
        one, other = sorted(link.ends)
        if self._kind(one) == "wan":
            y = self._box(other).middle[1] + STEP
            return self._by_right(one, self._box(one).right, self._box(one).middle[1], y, other)
        first, second = sorted((self._box(one), self._box(other)), key=lambda box: box.x)
        if first.x == second.x:  # sites do not stand beside each other
            half = first.right + STEP
            return f"M{first.right:g} {first.middle[1]:g}H{half:g}V{second.middle[1]:g}h-{STEP:g}"
        half = (first.right + second.x) / 2
        return f"M{first.right:g} {first.middle[1]:g}H{half:g}V{second.middle[1]:g}H{second.x:g}"

    def _from_left(self, end: str, wan: str) -> str:
        x = self.tracks.left_end + STEP * (self.tracks.left[wan] + 1)
        goal, start = self._box(wan), self._out(end)
        self._meets[wan, x] += [start[1], goal.middle[1]]
        return f"{start[0]}H{x:g}V{goal.middle[1]:g}H{goal.x:g}"

    def _out(self, end: str) -> tuple[str, float]:
        """Out of the left columns, below the row where something stands in the way."""
        box = self._box(end)
        others = (b for n, b in self.layout.boxes.items() if n != end and n in self.tracks.cells)
        if any(other.x >= box.right and other.y == box.y for other in others):
            y = box.bottom + 5
            return f"M{box.middle[0]:g} {box.bottom:g}V{y:g}", y
        return f"M{box.right:g} {box.middle[1]:g}", box.middle[1]

    def _track(self, owner: str) -> float:
        """Where a track of the right channel is."""
        lefts = [box.x for box in self.layout.lans.values()]
        edge = min(lefts) if lefts else self._box(INTERNET).x - 2 * STEP
        if not lefts and not self.summary.is_map:  # where the LANs would begin
            column = (self.layout.boxes[wan.id].right for wan in transit_wans(self.summary))
            edge = max(column, default=LEFT_END) + STEP * (len(self.tracks.right) + 2)
        return edge - STEP * (len(self.tracks.right) - self.tracks.right[owner] + 0.5)

    def _by_right(self, owner: str, x: float, y: float, to: float, end: str) -> str:
        track, box = self._track(owner), self._box(end)
        self._meets[owner, track] += [y, to]
        edge = box.x if self._kind(end) == "lan" else box.right
        return f"M{x:g} {y:g}H{track:g}V{to:g}H{edge:g}"

    def _around(self, start: str, goal: str) -> str:
        """Over the top of everything, to a LAN or the internet."""
        y = TOP - 5 - 3 * (self.tracks.right[start] % 4)
        if self._kind(start) == "left":
            told, _ = self._out(start)
            x = self.tracks.left_end + STEP * (self.tracks.left[start] + 1)
            begun = f"{told}H{x:g}V{y:g}"
        else:
            box = self._box(start)
            begun = f"M{box.right:g} {box.middle[1]:g}H{self._track(start):g}V{y:g}"
        if goal == INTERNET:
            bar = self._box(goal)
            return f"{begun}H{bar.middle[0]:g}V{bar.y:g}"
        to = self._height(goal, start)
        return f"{begun}H{self._track(start):g}V{to:g}H{self._box(goal).x:g}"

    def _height(self, lan: str, other: str) -> float:
        """Where a line meets a LAN: below those of what stands higher."""
        ends = {end for link in self.summary.links if lan in link.ends for end in link.ends}
        joined = sorted(ends - {lan, INTERNET}, key=lambda end: (self._box(end).y, end))
        box = self._box(lan)
        first, most = (14.0, STEP + 2) if self.summary.is_map else (HEAD - 10, STEP)
        step = min(most, (box.height - 2 * first) / max(1, len(joined) - 1))
        return box.y + first + step * joined.index(other)
