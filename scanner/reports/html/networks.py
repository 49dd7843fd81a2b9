"""LANs, WANs and sites: the picture of each root module, and what crosses each border.

Input: Links. Output: markup. The picture stands in the page as an image, so that nothing in it
can be anything but a picture; what it shows is told in tables too.
"""

from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise

from graphs.network.reach import INTERNET
from graphs.views.picture import drawn
from graphs.views.values import Arrow, Lan, Summary
from scanner.reports.html.links import Links
from scanner.reports.html.markup import Child, Markup, joined, tag
from scanner.reports.html.tables import row, table
from scanner.reports.html.wording import capital
from scanner.reports.words import clean, counted, listed
from scanner.result import Path, View

MOST_PREFIXES = 6
BORDERS = ("Border", "What is routed across it", "Attack paths across it")
PLACES = ("Network", "Addresses", "Where", "What is in it")


def networks(links: Links) -> Markup | None:
    """One part for each root module that has something to show."""
    views = [view for view in links.result.views if view.summary.lans or view.summary.paths]
    several = len(links.result.coverage.roots) > 1
    if not views:
        return None
    return joined(_view(links, view, several=several) for view in views)


def _view(links: Links, view: View, *, several: bool) -> Markup:
    level = "h4" if several else "h3"
    return joined(
        tag("h3", "In ", tag("code", view.root)) if several else None,
        _figure(links, view),
        _borders(links, view, level),
        _places(view.summary, level),
    )


def _figure(links: Links, view: View) -> Markup:
    if not fits(view.summary):
        return tag("p", "This result file does not hold together: its picture cannot be drawn.")
    name = "" if view.root == "." else view.summary.name
    svg = clean(drawn(replace(view.summary, name=name), view.paths)).encode()
    picture = tag(
        "img",
        src=f"data:image/svg+xml;base64,{b64encode(svg).decode()}",
        alt=_described(view.summary),
    )
    numbered = [
        tag("li", _line(links, view, line.id), value=line.number) for line in view.summary.paths
    ]
    scroll = tag(
        "div",
        picture,
        class_="picture",
        tabindex="0",
        role="region",
        aria_label="Picture of the networks; it scrolls sideways where it is wider than the page",
    )
    caption = (
        tag("figcaption", "The numbers in the picture: ", tag("ol", numbered)) if numbered else None
    )
    return tag("figure", scroll, caption)


def _line(links: Links, view: View, path_id: str) -> Child:
    path = _known(links).get((view.root, path_id))
    if path is None:
        return path_id
    return tag("a", capital(path.title), href=f"#{links.anchor(path)}")


def _known(links: Links) -> Mapping[tuple[str, str], Path]:
    return {(path.root, path.id): path for path in links.result.paths}


def _described(summary: Summary) -> str:
    parts = (
        counted(len(summary.lans), "network"),
        counted(len(summary.wans), "wide-area connection"),
        counted(len(summary.sites), "site"),
        f"{counted(len(summary.paths), 'attack path')} drawn on top",
    )
    return f"Picture of {', '.join(parts)}. The tables below say the same in words."


def fits(summary: Summary) -> bool:
    """Whether every line of it has two ends that are in it, as those that a scan writes do."""
    grounds = {each.id for group in (summary.lans, summary.wans, summary.sites) for each in group}
    between = grounds - {INTERNET, *(site.id for site in summary.sites)}
    stops = summary.names().keys() - between
    return all(set(link.ends) <= grounds for link in summary.links) and all(
        path.number == number
        and path.stops
        and set(path.stops) <= stops
        and all({a.source, a.target} <= set(path.stops) for a in path.arrows)
        for number, path in enumerate(summary.paths, 1)
    )


def _borders(links: Links, view: View, level: str) -> Markup | None:
    """What joins LANs, WANs and sites, with what is routed there and who passes."""
    summary = view.summary
    if not summary.links:
        return None
    names, crossing = _names(summary), _crossing(summary)
    known = _known(links)
    routed: dict[frozenset[str], list[str]] = defaultdict(list)
    titles: dict[frozenset[str], str] = {}
    for link in summary.links:
        ends = frozenset(link.ends)
        titles.setdefault(ends, " ↔ ".join(names.get(end, end) for end in link.ends))
        routed[ends] += [each for each in link.crosses if each not in routed[ends]]
    rows = (
        row(
            BORDERS,
            (
                title,
                listed(routed[ends], MOST_PREFIXES)
                or tag("span", "attached; no route of its own", class_="note"),
                links.to_paths(
                    known[view.root, i] for i in crossing.get(ends, ()) if (view.root, i) in known
                )
                or tag("span", "none found", class_="note"),
            ),
        )
        for ends, title in titles.items()
    )
    return joined(
        tag(level, "What crosses each border"), table("Borders between networks", BORDERS, rows)
    )


def _names(summary: Summary) -> dict[str, str]:
    """What people call each node, WANs by what they are too."""
    wans = {wan.id: f"{wan.kind} {wan.name}" for wan in summary.wans if wan.kind != wan.name}
    return summary.names() | wans


def _crossing(summary: Summary) -> dict[frozenset[str], list[str]]:
    """Border -> ids of the paths that cross it."""
    homes = {each.id: lan.id for lan in summary.lans for each in lan.contents}
    found: dict[frozenset[str], list[str]] = defaultdict(list)
    for path in summary.paths:
        for arrow in path.arrows:
            for border in _steps(arrow, homes):
                if path.id not in found[border]:
                    found[border].append(path.id)
    return found


def _steps(arrow: Arrow, homes: Mapping[str, str]) -> Iterator[frozenset[str]]:
    way = [
        homes.get(arrow.source, arrow.source),
        *arrow.over,
        homes.get(arrow.target, arrow.target),
    ]
    return (frozenset(pair) for pair in pairwise(way))


def _contents(lan: Lan) -> str:
    inside = (
        (lan.subnets, "subnet"),
        (len(lan.services), "service"),
        (len(lan.stores), "data store"),
    )
    return ", ".join(counted(number, word) for number, word in inside)


def _places(summary: Summary, level: str) -> Markup:
    lans = (
        row(
            PLACES,
            (
                lan.name,
                ", ".join(lan.cidrs) or "not known",
                lan.region or "region not said",
                _contents(lan),
            ),
        )
        for lan in summary.lans
    )
    sites = (
        row(PLACES, (site.name, ", ".join(site.cidrs), f"site in {site.country}", "on premises"))
        for site in summary.sites
    )
    return joined(
        tag(level, "Networks and sites"), table("Networks and sites", PLACES, (*lans, *sites))
    )
