"""The map: no line passes a box that it does not touch."""

import re
from dataclasses import replace
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings

from graphs.attack.paths import attack_paths
from graphs.network.reach import INTERNET
from graphs.views.charting import Chart, charted, with_paths
from graphs.views.crossings import mapped
from graphs.views.lines import lines
from graphs.views.summary import summarise
from scanner.estates import Request, estates
from tests.graphs.test_views import overlap, summaries
from tests.properties.test_network_kinds import ESTATES

WORD = re.compile(r"([MHVh])(-?[\d.]+)(?: (-?[\d.]+))?")


def points(data):
    """The corners of a path of straight lines."""
    x = y = 0.0
    found = []
    for word, first, second in WORD.findall(data):
        x = float(first) if word in "MH" else x + float(first) if word == "h" else x
        y = float(second) if word == "M" else float(first) if word == "V" else y
        found.append((x, y))
    return found


def passes(box, start, end):
    """Whether a straight line goes through the inside of a box."""
    (left, right), (top, bottom) = (sorted(pair) for pair in zip(start, end, strict=True))
    return left < box.right and box.x < right and top < box.bottom and box.y < bottom


def crossed(summary, layout=None):
    """Each link with a box that it goes through and is not one of its ends."""
    layout = layout or charted(summary)
    boxes = layout.boxes | layout.lans
    for link, data in Chart(summary, layout).links.items():
        for line in pairwise(points(data)):
            for name, box in boxes.items():
                if name not in link.ends and passes(box, *line):
                    yield link.ends, name, data


def check(summary):
    layout = charted(summary)
    assert not list(crossed(summary))
    boxes = [*layout.boxes.values(), *layout.lans.values()]
    assert not [pair for pair in combinations(boxes, 2) if overlap(*pair)]
    assert all(box.x > 0 and box.right < layout.width for box in boxes)
    ends = {link: points(data) for link, data in Chart(summary, layout).links.items()}
    for link, corners in ends.items():
        for end in link.ends:
            box = (layout.boxes | layout.lans)[end]
            assert any(at_edge(box, *corner) for corner in (corners[0], corners[-1])), (link, end)


def at_edge(box, x, y):
    inside = box.x <= x <= box.right and box.y <= y <= box.bottom
    return inside and (x in (box.x, box.right) or y in (box.y, box.bottom))


@pytest.mark.parametrize("path", ESTATES, ids=lambda p: f"{p.parent.name}-{p.name}")
def test_maps_of_real_estates(path):
    for read in estates(Request(path)):
        check(mapped(read.estate))


@settings(max_examples=150)
@given(summaries())
def test_any_map(summary):
    lans = tuple(replace(lan, crossings=()) for lan in summary.lans)
    check(replace(summary, lans=lans, paths=(), stores=()))


@settings(max_examples=150)
@given(summaries())
def test_no_link_of_a_picture_with_paths_passes_a_box_either(summary):
    layout = with_paths(summary)
    found = [each for each in crossed(summary, layout) if each[1] in layout.boxes]
    assert not found


def test_paths_from_the_internet_pass_no_wan():
    (read,) = estates(Request(Path("fixtures/terraform/harbor")))
    summary = summarise(read.estate, attack_paths(read.estate)[:9])
    layout = with_paths(summary)
    wans = [layout.boxes[wan.id] for wan in summary.wans if wan.id != INTERNET]
    straight = [line for line in lines(summary, layout) if "C" not in line.data]
    for line in straight:
        x, y = map(float, re.match(r"M([\d.]+) ([\d.]+)", line.data).groups())
        assert not [box for box in wans if passes(box, (x, y), (line.tip.x, line.tip.y))]
    assert straight


def test_a_line_through_a_box_would_be_seen(monkeypatch):
    (read,) = estates(Request(ESTATES[0]))
    summary = mapped(read.estate)
    layout = charted(summary)
    before = layout.boxes[INTERNET]
    monkeypatch.setattr(
        "tests.graphs.test_charting.charted",
        lambda _: replace(layout, boxes=layout.boxes | {INTERNET: replace(before, x=60.0)}),
    )
    assert list(crossed(summary))
