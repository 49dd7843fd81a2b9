"""How arrows run between the boxes of a picture.

Input: a Summary and its Layout. Output: SVG path data with the places of heads and numbers. Lines
of several paths that meet a box on one side get ports of their own on it.
"""

from collections import defaultdict
from dataclasses import dataclass, replace

from graphs.network.reach import INTERNET
from graphs.views.layout import Box, Layout
from graphs.views.values import Arrow, Summary

TIP = 7.0
BADGE = 15.0
BEND = 34.0
CROWD = 2


@dataclass(frozen=True, slots=True)
class Port:
    """A point on a side of a box (left, right, top, bottom), the n-th of so many there."""

    x: float
    y: float
    side: str
    place: int = 0
    count: int = 1


@dataclass(frozen=True, slots=True)
class Line:
    """One arrow of a path: path data, where its tip is and which side it comes to, and where the
    path's number stands, if it is not told there already."""

    number: int
    data: str
    tip: Port
    badge: tuple[float, float] | None
    says: str


Key = tuple[int, int, bool]  # path, arrow, whether its end


def lines(summary: Summary, layout: Layout) -> tuple[Line, ...]:
    """All arrows of all paths."""
    ports = _ports(summary, layout)
    made = []
    told = _told(summary, ports)
    for path in summary.paths:
        for index, arrow in enumerate(path.arrows):
            start, end = ports[path.number, index, False], ports[path.number, index, True]
            over = [layout.boxes[wan] for wan in arrow.over if wan in layout.boxes]
            data = _data(start, end, over)
            badge = _badge(start, end) if (path.number, index) in told else None
            made.append(Line(path.number, data, end, badge, arrow.says))
    return tuple(made)


def _told(summary: Summary, ports: dict[Key, Port]) -> frozenset[tuple[int, int]]:
    """The arrows that bear their path's number: one of those that leave a box on one side."""
    last = {
        (path.number, arrow.source, ports[path.number, index, False].side): index
        for path in summary.paths
        for index, arrow in sorted(
            enumerate(path.arrows), key=lambda each: ports[path.number, each[0], False].y
        )
    }
    return frozenset((number, index) for (number, _, _), index in last.items())


def _ports(summary: Summary, layout: Layout) -> dict[Key, Port]:
    """Where each arrow leaves and arrives, apart from the others on that side of the box."""
    meets: dict[tuple[str, str], list[tuple[float, Key]]] = defaultdict(list)
    for path in summary.paths:
        for index, arrow in enumerate(path.arrows):
            for is_end in (False, True):
                side, other = _side(layout, arrow, is_end=is_end)
                along = other.middle[1 if side in ("left", "right") else 0]
                node = arrow.target if is_end else arrow.source
                meets[node, side].append((along, (path.number, index, is_end)))
    ports: dict[Key, Port] = {}
    for (node, side), keys in meets.items():
        for place, (_, key) in enumerate(sorted(keys)):
            ports[key] = _port(layout.boxes[node], side, place, len(keys))
    alone = {keys[0][1] for keys in meets.values() if len(keys) == 1}
    for (number, index, is_end), port in list(ports.items()):
        start = ports[number, index, False]
        if is_end and summary.paths[number - 1].arrows[index].source == INTERNET:
            ports[number, index, False] = replace(
                port, x=layout.boxes[INTERNET].right, side="right"
            )
        elif (number, index, is_end) in alone and is_end and _level(start, port):
            ports[number, index, True] = replace(port, y=start.y)
    return ports


def _level(start: Port, end: Port) -> bool:
    """Whether a line is straight once its end gives way a little."""
    return {start.side, end.side} == {"left", "right"} and abs(start.y - end.y) < 12


def _side(layout: Layout, arrow: Arrow, *, is_end: bool) -> tuple[str, Box]:
    """Which side of its box an arrow meets, and the next box along it."""
    names = (arrow.source, *(wan for wan in arrow.over if wan in layout.boxes), arrow.target)
    boxes = [layout.boxes[name] for name in (names[::-1] if is_end else names)]
    box, other = boxes[0], boxes[1]
    if other.x >= box.right:
        return "right", other
    below = other.y > box.y
    if other.right > box.x or (not is_end and len(boxes) == 2 and other.y != box.y):
        return ("bottom" if below else "top"), other
    return "left", other


def _port(box: Box, side: str, place: int, count: int) -> Port:
    across = side in ("left", "right")
    room = (box.height if across else box.width) - 14
    step = min(14.0 if across else 16.0, room / max(1, count - 1))
    offset = (place - (count - 1) / 2) * step
    x, y = box.middle
    if across:
        edge = box.x if side == "left" else box.right
        return Port(edge, y + offset, side, place, count)
    return Port(x + offset, box.y if side == "top" else box.bottom, side, place, count)


def _data(start: Port, end: Port, over: list[Box]) -> str:
    """A path that leaves and arrives straight, through the WANs on its way."""
    stop = _before(end)
    if not over:
        return f"M{start.x:g} {start.y:g}" + _curve(start, stop)
    data = f"M{start.x:g} {start.y:g}"
    x, y = start.x, start.y
    for wan in over:
        middle = wan.middle[0]
        inside = min(max(y, wan.y + 8), wan.bottom - 8)
        data += _bend(x, y, middle, inside, late=True)
        x, y = middle, inside
    last = over[-1]
    inside = min(max(stop.y, last.y + 8), last.bottom - 8)
    edge = last.right if stop.x > x else last.x
    data += f"L{x:g} {inside:g}L{edge:g} {inside:g}"
    return data + _bend(edge, inside, stop.x, stop.y, late=False)


def _before(end: Port) -> Port:
    """Where the line ends so that its head has room."""
    dx = {"left": -TIP, "right": TIP}.get(end.side, 0)
    dy = {"top": -TIP, "bottom": TIP}.get(end.side, 0)
    return Port(end.x + dx, end.y + dy, end.side)


def _curve(start: Port, end: Port) -> str:
    sideways = ("left", "right")
    if start.side in sideways and end.side in sideways:
        if start.side == end.side:
            out = BEND if start.side == "right" else -BEND
            return f"C{start.x + out:g} {start.y:g} {end.x + out:g} {end.y:g} {end.x:g} {end.y:g}"
        return _bend(start.x, start.y, end.x, end.y, late=True)
    if start.side not in sideways and end.side not in sideways:
        half = (start.y + end.y) / 2
        return f"C{start.x:g} {half:g} {end.x:g} {half:g} {end.x:g} {end.y:g}"
    if end.side in sideways:
        return f"C{start.x:g} {end.y:g} {start.x:g} {end.y:g} {end.x:g} {end.y:g}"
    return f"C{end.x:g} {start.y:g} {end.x:g} {start.y:g} {end.x:g} {end.y:g}"


def _bend(x: float, y: float, to_x: float, to_y: float, *, late: bool) -> str:
    """Straight on, with one bend near the end or near the start where the heights differ."""
    if abs(y - to_y) < 0.5:
        return f"L{to_x:g} {to_y:g}"
    run = min(abs(to_x - x), BEND + 10)
    run = run if to_x > x else -run
    if late:
        turn, half = to_x - run, to_x - run / 2
        return f"L{turn:g} {y:g}C{half:g} {y:g} {half:g} {to_y:g} {to_x:g} {to_y:g}"
    turn, half = x + run, x + run / 2
    return f"C{half:g} {y:g} {half:g} {to_y:g} {turn:g} {to_y:g}L{to_x:g} {to_y:g}"


def _badge(start: Port, end: Port) -> tuple[float, float]:
    if start.side in ("top", "bottom"):
        if abs(end.y - start.y) < 2 * BADGE and end.side in ("top", "bottom"):
            return start.x + BADGE, (start.y + end.y) / 2
        return start.x, start.y + (BADGE if start.side == "bottom" else -BADGE)
    if start.side == "left":
        return start.x - BADGE, start.y
    if start.count > CROWD >= end.count and end.side == "left":
        return end.x - BADGE - TIP, end.y
    room = max(end.x - start.x - 3 * BADGE, 0)
    along = min(17, room / start.count) * start.place if start.count > CROWD else 0
    return start.x + BADGE + along, start.y
