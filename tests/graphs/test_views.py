"""Views of an estate: what they say of Harbor, that nothing overlaps, that names stay text."""

import re
import runpy
import xml.etree.ElementTree as ET
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphs.attack.paths import attack_paths
from graphs.build import build_estate
from graphs.network.reach import INTERNET
from graphs.views.charting import with_paths
from graphs.views.flowchart import mermaid
from graphs.views.graphviz import dot
from graphs.views.layout import fitted, text_width
from graphs.views.lines import lines
from graphs.views.picture import drawn, svg
from graphs.views.summary import summarise
from graphs.views.values import (
    Arrow,
    Lan,
    Link,
    PathLine,
    Principal,
    Service,
    Site,
    Store,
    Summary,
    Wan,
)
from scanner.config import load_config
from scanner.terraform.evaluate import evaluate_root
from scanner.tree import Directory

HOME = Path(__file__).parents[2]
SVG = "{http://www.w3.org/2000/svg}"


def estate_of(directory, name=""):
    evaluated = evaluate_root(Directory(directory), "")
    declared = load_config(directory).declared
    return build_estate(evaluated.resources, declared, evaluated.gaps, name=name)


@pytest.fixture(scope="module")
def harbor():
    return estate_of(HOME / "fixtures/terraform/harbor", "Harbor")


@pytest.fixture(scope="module")
def summary(harbor):
    return summarise(harbor, attack_paths(harbor))


def named(summary, path):
    names = summary.names()
    return " > ".join(names[stop] for stop in path.stops)


def seen(picture):
    """A picture without the tooltips of its arrows, which repeat the wording of the report."""
    return re.sub(r"<title>\d+\. [^<]*</title>", "", picture)


def test_the_picture_of_the_documentation_is_what_the_code_draws():
    """When this fails, look at what `python docs/pictures/draw.py` makes, and commit it."""
    draw = runpy.run_path(str(HOME / "docs/pictures/draw.py"))
    assert seen(draw["PICTURE"].read_text(encoding="utf-8")) == seen(draw["harbor"]())


def test_lans_have_their_subnets_collapsed_and_their_services_inside(summary):
    production = next(lan for lan in summary.lans if lan.name == "production")
    assert production.cidrs == ("10.20.0.0/16",)
    assert production.region == "eu-north-1"
    assert production.subnets > 1
    assert {"tracking", "booking"} <= {service.name for service in production.services}
    (bookings,) = (store for store in production.stores if store.name == "bookings")
    assert (bookings.kind, bookings.classes) == ("database", ("customer",))


def test_wans_and_sites_join_lans_and_say_what_crosses(summary):
    names = summary.names()
    kinds = {wan.kind for wan in summary.wans}
    assert kinds == {"internet", "transit gateway", "peering", "VPN", "Direct Connect"}
    assert {site.name for site in summary.sites} == {"head-office", "warehouse", "clinic"}
    crosses = {(names[k.source], names[k.target]): k.crosses for k in summary.links}
    assert crosses["shared-services", "shared_data"] == ("10.30.0.0/16",)


def test_paths_are_told_from_entry_to_target_over_the_wans_that_they_pass(summary):
    kinds = {wan.id: wan.kind for wan in summary.wans}
    told = {named(summary, path): path for path in summary.paths}
    clinic = told["clinic > dispatch > dispatch-host > harborline-medical"]
    assert [kinds[wan] for wan in clinic.arrows[0].over] == ["VPN", "transit gateway"]
    payments = told["internet > reporting > reporting-host > payments"]
    assert [[kinds[wan] for wan in arrow.over] for arrow in payments.arrows] == [
        [],
        [],
        [],
        ["peering"],
    ]


def test_only_principals_on_a_path_are_shown(summary):
    passed = summary.touched()
    assert all(principal.id in passed for principal in summary.principals)
    assert "image-builder" not in summary.names().values()


def test_a_picture_needs_nothing_but_itself(harbor):
    tree = ET.fromstring(svg(harbor, attack_paths(harbor)))
    assert {each.tag.removeprefix(SVG) for each in tree.iter()} == {
        *("svg", "title", "style", "rect", "text", "path", "circle", "g")
    }
    attributes = {name for each in tree.iter() for name in each.attrib}
    assert not [name for name in attributes if "href" in name or name.startswith("on")]
    assert "url(" not in "".join(tree.itertext())


def test_paths_beyond_the_first_are_counted(harbor):
    text = svg(harbor, attack_paths(harbor), most=2)
    assert f"and {len(attack_paths(harbor)) - 2} more" in text


def test_an_estate_of_nothing_can_be_drawn(tmp_path):
    (tmp_path / "main.tf").write_text('locals { nothing = "here" }')
    empty = estate_of(tmp_path)
    ET.fromstring(svg(empty, ()))
    assert dot(empty, ()).startswith('digraph "estate" {')
    assert mermaid(empty, ()) == 'flowchart LR\n  n0{{"internet"}}\n'


HOSTILE = r"""a"]; x -> y; <script>alert(1)</script> \" \\ `b` #35; ]]> --> & end %% {{ \N"""


@pytest.fixture
def hostile(tmp_path):
    name = HOSTILE.replace("\\", "\\\\").replace('"', '\\"').replace("%%", "%%%") + "\\n\\u202e"
    (tmp_path / "main.tf").write_text(f"""
        resource "aws_vpc" "v" {{
          cidr_block = "10.0.0.0/16"
          tags       = {{ Name = "{name}" }}
        }}
        resource "aws_s3_bucket" "b" {{
          bucket = "{name}"
        }}
        resource "aws_s3_bucket_public_access_block" "b" {{
          bucket                  = aws_s3_bucket.b.id
          block_public_acls       = false
          block_public_policy     = false
          ignore_public_acls      = false
          restrict_public_buckets = false
        }}
        resource "aws_s3_bucket_policy" "b" {{
          bucket = aws_s3_bucket.b.id
          policy = jsonencode({{ Statement = [{{
            Effect = "Allow", Principal = "*", Action = "s3:*", Resource = "*"
          }}] }})
        }}
    """)
    return estate_of(tmp_path, HOSTILE)


def test_hostile_names_stay_text_in_svg(hostile):
    paths = attack_paths(hostile)
    assert paths
    text = svg(hostile, paths)
    tree = ET.fromstring(text)
    assert not list(tree.iter(f"{SVG}script"))
    assert any("<script>alert(1)" in (each.text or "") for each in tree.iter(f"{SVG}title"))
    assert "\u202e" not in text


def test_hostile_names_stay_text_in_dot(hostile):
    text = dot(hostile, attack_paths(hostile))
    assert "<script>" in text
    outside = re.sub(r'"(?:[^"\\]|\\.)*"', '""', text)
    assert re.fullmatch(r"[\w\s{}\[\]=\"\",;>#-]*", outside)
    assert not re.search(r"script|alert| x ", outside)


def test_hostile_names_stay_text_in_mermaid(hostile):
    text = mermaid(hostile, attack_paths(hostile))
    labels = re.findall(r'"([^"]*)"', text)
    assert any("#60;script#62;" in label for label in labels)
    assert not [label for label in labels if re.search(r"[<>`\\&%{}\[\]()|]", label)]
    outside = re.sub(r'"[^"]*"', "", text)
    assert not re.search(r"script|alert|\bx\b", outside)


@given(st.text(), st.integers(20, 200))
def test_text_is_cut_to_fit(text, width):
    cut = fitted(text, width, 12)
    assert text_width(cut, 12) <= width
    assert cut == text or cut.endswith("…")


@st.composite
def summaries(draw):
    """Small estates with LANs, WANs, sites and paths in any arrangement."""
    lans = []
    for number in range(draw(st.integers(0, 3))):
        services = tuple(
            Service(f"s{number}.{n}", f"service-{n}", "instance")
            for n in range(draw(st.integers(0, 4)))
        )
        stores = tuple(
            Store(f"d{number}.{n}", f"database-{n}", "database", ("payment",))
            for n in range(draw(st.integers(0, 2)))
        )
        lans.append(Lan(f"l{number}", f"lan-{number}", (), "", 2, services, stores))
    kinds = ("transit gateway", "peering", "VPN gateway", "VPN", "Direct Connect")
    wans = [
        Wan(f"w{n}", f"wan-{n}", draw(st.sampled_from(kinds)))
        for n in range(draw(st.integers(0, 5)))
    ]
    sites = [Site(f"p{n}", f"site-{n}", "NO", ()) for n in range(draw(st.integers(0, 2)))]
    services = tuple(Service(f"f{n}", f"function-{n}", "function") for n in range(2))
    stores = tuple(Store(f"b{n}", f"bucket-{n}", "bucket", ()) for n in range(3))
    principals = tuple(Principal(f"r{n}", f"role-{n}", "role") for n in range(3))
    inside = [each.id for lan in lans for each in lan.contents]
    middle = [*inside, *(each.id for each in (*services, *principals))]
    paths = []
    for number in range(1, draw(st.integers(0, 4)) + 1):
        entry = draw(st.sampled_from([INTERNET, *(site.id for site in sites), "r2"]))
        way = draw(st.lists(st.sampled_from(middle), max_size=4, unique=True))
        stops = tuple(dict.fromkeys((entry, *way, draw(st.sampled_from(stores)).id)))
        over = tuple(draw(st.lists(st.sampled_from(wans), max_size=2, unique=True))) if wans else ()
        arrows = tuple(
            Arrow(a, b, "goes on", tuple(wan.id for wan in over)) for a, b in pairwise(stops)
        )
        paths.append(PathLine(number, f"path-{number}", stops, arrows, "x", True, 0.5, 5.0))
    every = [wan.id for wan in wans]
    ends = [*(lan.id for lan in lans), *every, *(site.id for site in sites)]
    links = [
        Link(draw(st.sampled_from(ends)), draw(st.sampled_from([*every, INTERNET])))
        for _ in range(draw(st.integers(0, 6)) if ends else 0)
    ]
    return Summary(
        name="any",
        lans=tuple(lans),
        wans=(Wan(INTERNET, INTERNET, INTERNET), *wans),
        sites=tuple(sites),
        links=tuple(link for link in links if link.source != link.target),
        services=services,
        stores=stores,
        accounts=(),
        principals=principals,
        paths=tuple(paths),
    )


def overlap(one, two):
    return one.x < two.right and two.x < one.right and one.y < two.bottom and two.y < one.bottom


@settings(max_examples=150)
@given(summaries())
def test_no_box_lies_on_another(summary):
    layout = with_paths(summary)
    boxes = list(layout.boxes.values())
    assert not [pair for pair in combinations(boxes, 2) if overlap(*pair)]
    assert not [pair for pair in combinations(layout.lans.values(), 2) if overlap(*pair)]
    pills = [pill.box for pill in layout.pills]
    assert not [pair for pair in combinations([*boxes, *pills], 2) if overlap(*pair)]
    assert all(box.right <= layout.width and box.bottom <= layout.legend for box in boxes)


@settings(max_examples=150)
@given(summaries())
def test_every_stop_has_a_box_and_every_hop_an_arrow(summary):
    layout = with_paths(summary)
    assert summary.touched() <= layout.boxes.keys()
    assert len(lines(summary, layout)) == sum(len(path.arrows) for path in summary.paths)
    ET.fromstring(drawn(summary, len(summary.paths)))


def test_harbor_is_laid_out_without_overlap(summary):
    layout = with_paths(summary)
    boxes = [*layout.boxes.values(), *(pill.box for pill in layout.pills)]
    assert not [pair for pair in combinations(boxes, 2) if overlap(*pair)]
