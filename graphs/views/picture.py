"""The picture of an estate: LANs as boxes, WANs and sites between them, attack paths on top.

Input: an estate and its attack paths. Output: SVG text that needs nothing else: no script, no
font, no other file. It has a background of its own, so it reads the same on a dark page.
"""

from collections.abc import Iterable, Iterator
from html import escape

from graphs.attack.paths import AttackPath
from graphs.estate import Estate
from graphs.network.reach import INTERNET
from graphs.views.charting import Chart, charted, with_paths
from graphs.views.colours import colour
from graphs.views.layout import (
    CROSSING,
    MARGIN,
    MOST_CROSSINGS,
    TRANSIT,
    Box,
    Layout,
    Pill,
    crossings_height,
    fitted,
    text_width,
)
from graphs.views.lines import Line, lines
from graphs.views.summary import summarise
from graphs.views.values import (
    MOST,
    Lan,
    PathLine,
    Principal,
    Service,
    Site,
    Store,
    Summary,
    Wan,
)

STYLE = """
text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;fill:#1f2933}
.name{font-size:12px;font-weight:600}.note{font-size:10.5px;fill:#52606d}.small{font-size:11px}.chain{font-size:12px}
.mid{text-anchor:middle}.title{font-size:17px;font-weight:600}.num{font-size:10px;font-weight:700;
fill:#fff;text-anchor:middle}.lan{fill:#eef4fb;stroke:#7b9cc4;stroke-width:1.5}
.wan{fill:#e4e7eb;stroke:#7b8794}.site{fill:#f3eefb;stroke:#8b6fc0}.service{fill:#fff;
stroke:#486581}.store{fill:#fff5d6;stroke:#b7791f}.who{fill:#e6f6ee;stroke:#2f8f5b}
.win{fill:#fde8e8;stroke:#c92a2a}.pill{fill:#fff;stroke:#cbd2d9}.pill.store{fill:#fffaf0;
stroke:#e0c485}.link{fill:none;stroke:#9aa5b1;stroke-width:3}.joint{fill:#9aa5b1}.path{fill:none;stroke-width:2.2}
.maybe{stroke-dasharray:6 4}
""".strip().replace("\n", "")
MAP = ".doubt{fill:#8a5a00}"


def svg(estate: Estate, paths: Iterable[AttackPath], most: int = MOST) -> str:
    """The estate with its first `most` paths as SVG text; equal input gives equal text."""
    every = tuple(paths)
    return drawn(summarise(estate, every[:most]), len(every))


def drawn(summary: Summary, count: int) -> str:
    """A summary as SVG text; `count` is how many paths the estate has, drawn or not. A map has
    none, and shows what crosses borders instead."""
    layout = charted(summary) if summary.is_map else with_paths(summary)
    legend, end = _legend(summary, layout, count)
    size = f"{layout.width:g} {end:g}"
    body = [*_ground(summary, layout), *_arrows(summary, layout), *_boxes(summary, layout)]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" role="img">',
        f"<title>{escape(_caption(summary, count))}</title>",
        f"<style>{STYLE}{MAP if summary.is_map else ''}</style>",
        f'<rect width="{layout.width:g}" height="{end:g}" rx="10" fill="#fbfcfd"/>',
        *_title(summary, count),
    )
    return "\n".join((*head, *body, *legend, "</svg>")) + "\n"


def _caption(summary: Summary, count: int) -> str:
    services = len(summary.services) + sum(len(lan.services) for lan in summary.lans)
    stores = len(summary.stores) + sum(len(lan.stores) for lan in summary.lans)
    counts = ((len(summary.lans), "LAN"), (len(summary.sites), "site"), (services, "service"))
    parts = [*counts, (stores, "data store"), (count, "attack path")]
    if summary.is_map:
        parts[-1] = (sum(len(lan.crossings or ()) for lan in summary.lans), "crossing")
    said = ", ".join(f"{n} {word}{'' if n == 1 else 's'}" for n, word in parts)
    return f"{summary.name}: {said}" if summary.name else said


MAP_WORDS = {"lan": "LAN", "wan": "WAN", "site": "site", "pill": "service or data store"}


def _title(summary: Summary, count: int) -> Iterator[str]:
    name, _, rest = _caption(summary, count).rpartition(": ")
    yield f'<text class="title" x="{MARGIN:g}" y="32">{escape(fitted(name, 400, 17))}</text>'
    at = MARGIN + (text_width(fitted(name, 400, 17), 17) + 16 if name else 0)
    yield _text(rest, at, 32, "note")
    x = MARGIN
    for kind, word in (
        ("lan", "LAN"),
        ("wan", "WAN"),
        ("site", "site, third party"),
        ("service", "service"),
        ("store", "data store"),
        ("who", "role or user"),
        ("pill", "on no path"),
    ):
        if summary.is_map and kind not in MAP_WORDS:
            continue
        said = MAP_WORDS.get(kind, word) if summary.is_map else word
        yield _shape(Box(x, 48, 22, 16), kind)
        yield _text(said, x + 28, 60, "note")
        x += 48 + text_width(said, 10.5)


def _ground(summary: Summary, layout: Layout) -> Iterator[str]:
    yield from _links(summary, layout)
    names = summary.names()
    for lan in summary.lans:
        yield from _lan(lan, layout.lans[lan.id])
        yield from _crossings(lan, layout.lans[lan.id], names)
    if layout.strip.height:
        yield _shape(layout.strip, "pill")
        words = "Outside every LAN" if summary.is_map else "Outside every LAN, and on no path"
        yield _text(words, layout.strip.x + 12, layout.strip.y + 18, "note")
    for pill in layout.pills:
        yield _pill(pill)


def _links(summary: Summary, layout: Layout) -> Iterator[str]:
    chart = Chart(summary, layout)
    for link in summary.links:
        crossing = ", ".join(link.crosses)
        title = f"<title>{escape(crossing)}</title>" if crossing else ""
        yield f'<path class="link" d="{chart.links[link]}">{title}</path>'
    for x, y in chart.dots:
        yield f'<circle class="joint" cx="{x:g}" cy="{y:g}" r="4.5"/>'


def _lan(lan: Lan, box: Box) -> Iterator[str]:
    yield _shape(box, "lan", lan.id)
    yield _text(fitted(lan.name, box.width - 24, 12.5), box.x + 12, box.y + 17, "name")
    subnets = f"{lan.subnets} subnet{'' if lan.subnets == 1 else 's'}"
    said = " · ".join((*lan.cidrs, *([lan.region] if lan.region else []), subnets))
    yield _text(fitted(said, box.width - 24, 10.5), box.x + 12, box.y + 32, "note")


def _crossings(lan: Lan, box: Box, names: dict[str, str]) -> Iterator[str]:
    """What crosses the border, a line each, below what is in the LAN."""
    y = box.bottom - crossings_height(lan) + 11
    every = lan.crossings or ()
    for crossing in every[:MOST_CROSSINGS]:
        kind = "small" if crossing.certain else "small doubt"
        said = crossing.told(names)
        line = _text(fitted(said, box.width - 24, 11), box.x + 12, y, kind)
        yield f"<g><title>{escape(said)}</title>{line}</g>"
        y += CROSSING
    if len(every) > MOST_CROSSINGS:
        yield _text(f"and {len(every) - MOST_CROSSINGS} more", box.x + 12, y, "note")


def _pill(pill: Pill) -> str:
    kind = "pill store" if isinstance(pill.thing, Store) else "pill"
    text = _text(pill.text, pill.box.x + 8, pill.box.y + 14, "small")
    return _shape(pill.box, kind, pill.thing.id) + text


def _arrows(summary: Summary, layout: Layout) -> Iterator[str]:
    for line in lines(summary, layout):
        ink = colour(line.number)
        maybe = "" if summary.paths[line.number - 1].certain else " maybe"
        yield (
            f'<path class="path{maybe}" stroke="{ink}" d="{line.data}">'
            f"<title>{line.number}. {escape(line.says)}</title></path>"
            f'<path fill="{ink}" d="{_head(line)}"/>'
        )


def _head(line: Line) -> str:
    x, y = line.tip.x, line.tip.y
    back = {"left": (-1, 0), "right": (1, 0), "top": (0, -1), "bottom": (0, 1)}[line.tip.side]
    wings = ((9 * back[0] + w * back[1], 9 * back[1] + w * back[0]) for w in (4.5, -4.5))
    return f"M{x:g} {y:g}" + "".join(f"L{x + dx:g} {y + dy:g}" for dx, dy in wings) + "Z"


def _boxes(summary: Summary, layout: Layout) -> Iterator[str]:
    """What arrows end at, and what they run behind; then the numbers, above all."""
    named: dict[str, tuple[str, str, str]] = {}
    for site in summary.sites:
        named[site.id] = ("site", site.name, _about_site(site))
    for principal in summary.principals:
        named[principal.id] = (_who(principal), principal.name, principal.kind)
    for service in _services(summary):
        named[service.id] = ("service", service.name, service.kind)
    for store in _stores(summary):
        named[store.id] = _store(store)
    for node, (kind, name, note) in named.items():
        if node in layout.boxes:
            yield _named(layout.boxes[node], kind, name, note, node)
    for wan in summary.wans:
        yield _wan(wan, layout.boxes[wan.id], named=summary.is_map)
    for line in lines(summary, layout):
        if line.badge:
            yield _number(line.number, *line.badge)


def _services(summary: Summary) -> Iterator[Service]:
    yield from summary.services
    for lan in summary.lans:
        yield from lan.services


def _stores(summary: Summary) -> Iterator[Store]:
    yield from (*summary.stores, *summary.accounts)
    for lan in summary.lans:
        yield from lan.stores


def _about_site(site: Site) -> str:
    return site.cidrs[0] if len(site.cidrs) == 1 else site.country


def _who(principal: Principal) -> str:
    return "site" if principal.kind == "outside account" else "who"


def _store(store: Store) -> tuple[str, str, str]:
    if store.kind == "account":
        return "win", store.name, "administration"
    holds = ", ".join(store.classes)
    return "store", store.name, f"{holds} data" if holds else store.kind


def _wan(wan: Wan, box: Box, *, named: bool) -> str:
    title = f"<title>{escape(wan.name)} ({wan.kind})</title>"
    x, y = box.middle
    if wan.id == INTERNET:
        turned = f'<text class="name mid" transform="translate({x + 4:g} {y:g}) rotate(-90)">'
        return f"<g>{title}{_shape(box, 'wan')}{turned}internet</text></g>"
    words = wan.kind.split()
    if named and box.width >= TRANSIT:
        words.append(fitted(wan.name, box.width - 8, 10.5))
    top = y + 4 - 7 * (len(words) - 1)
    said = "".join(
        _text(word, x, top + 14 * number, "note mid") for number, word in enumerate(words)
    )
    return f"<g>{title}{_shape(box, 'wan')}{said}</g>"


def _named(box: Box, kind: str, name: str, note: str, node: str) -> str:
    x, y = box.middle
    low = 3 if kind == "store" else 0
    room = box.width - 10
    if text_width(name, 12.5) > room and " " in name:
        name, _, note = name.rpartition(" ")
    return (
        _shape(box, kind, node)
        + _text(fitted(name, room, 12.5), x, y - 3 + low, "name mid")
        + _text(fitted(note, room, 10.5), x, y + 11 + low, "note mid")
    )


def _shape(box: Box, kind: str, title: str = "") -> str:
    said = f"<title>{escape(title)}</title>" if title else ""
    if kind == "store":
        w, h, r = box.width, box.height, min(3.5, box.height / 4)
        data = (
            f"M{box.x:g} {box.y + r:g}a{w / 2:g} {r:g} 0 0 1 {w:g} 0v{h - 2 * r:g}"
            f"a{w / 2:g} {r:g} 0 0 1 {-w:g} 0zm0 0a{w / 2:g} {r:g} 0 0 0 {w:g} 0"
        )
        return f'<path class="store" d="{data}">{said}</path>'
    radius = {"lan": 8, "who": box.height / 2, "pill": 9, "strip": 8}.get(kind, 4)
    where = f'x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}"'
    return f'<rect class="{kind}" {where} rx="{radius:g}">{said}</rect>'


def _text(text: str, x: float, y: float, kind: str) -> str:
    return f'<text class="{kind}" x="{x:g}" y="{y:g}">{escape(text)}</text>'


def _number(number: int, x: float, y: float) -> str:
    circle = f'<circle cx="{x:g}" cy="{y:g}" r="8" fill="{colour(number)}" stroke="#fff"/>'
    return circle + _text(str(number), x, y + 3.5, "num")


def _legend(summary: Summary, layout: Layout, count: int) -> tuple[list[str], float]:
    names = summary.names()
    y = layout.legend
    made = [_text("Attack paths, the greatest risk first", MARGIN, y, "name")] if count else []
    for path in summary.paths:
        y += 20
        made += _told(path, names, layout.width, y)
    if count > len(summary.paths):
        y += 22
        made.append(_text(f"and {count - len(summary.paths)} more", MARGIN + 28, y, "small"))
    return made, y + 18


def _told(path: PathLine, names: dict[str, str], width: float, y: float) -> Iterator[str]:
    worth = f"{path.loses}{'' if path.loses == 'administrator' else ' data'}"
    odds = f"{worth} · likelihood {path.likelihood:.0%} · impact {path.impact:g} of 10"
    room = text_width(odds, 10.5) + 20
    chain = " → ".join(names.get(stop, stop) for stop in path.stops)
    said = chain if path.certain else f"{chain} (cannot tell)"
    yield _number(path.number, MARGIN + 10, y - 4)
    yield _text(fitted(said, width - 2 * MARGIN - 28 - room, 12), MARGIN + 28, y, "chain")
    yield (
        f'<text class="note" text-anchor="end" x="{width - MARGIN:g}" y="{y:g}">'
        f"{escape(odds)}</text>"
    )
