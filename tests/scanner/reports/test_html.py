"""The page for those who answer for security: what it says, that it holds together, and that
whatever came from the code under review is text in it."""

import re
import xml.etree.ElementTree as ET
from base64 import b64decode, b64encode
from collections import Counter
from dataclasses import fields, is_dataclass, replace
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from graphs.network.reach import INTERNET
from scanner.config import load_config
from scanner.pipeline import Request, scan
from scanner.reports.html import render, style_sheet
from scanner.reports.html.wording import LOSSES
from scanner.result import Owner

HARBOR = Path(__file__).parents[3] / "fixtures/terraform/harbor"
VOID = {"meta", "link", "img", "br"}
ATTRIBUTES = {
    *("alt", "charset", "class", "content", "data-head", "href", "http-equiv", "id", "lang"),
    *("name", "rel", "role", "scope", "src", "tabindex", "title", "value", "max"),
    *("aria-label", "aria-labelledby"),
}
ELEMENTS = {
    *("html", "head", "meta", "link", "title", "style", "body", "header", "main", "footer", "nav"),
    *("section", "article", "div", "span", "p", "h1", "h2", "h3", "h4", "a", "b", "strong", "em"),
    *("code", "dl", "dt", "dd", "ul", "ol", "li", "figure", "figcaption", "img"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td", "progress"),
}
EVIL = "<img src=x onerror=alert(1)>\"'&lt;</style><script>alert(1)</script>\u202e\x1b[2J"


class Page(HTMLParser):
    """A page as elements, each with its name, attributes and text."""

    def __init__(self, text):
        super().__init__()
        self.elements, self._open = [], []
        self.feed(text)
        self.close()
        assert self._open == [], "an element is not closed"

    def handle_starttag(self, name, attributes):
        assert len(attributes) == len(dict(attributes)), "an attribute is said twice"
        element = {**dict(attributes), "text": "", "within": list(self._open)}
        self.elements.append(element | {"tag": name})
        if name not in VOID:
            self._open.append(self.elements[-1])

    def handle_endtag(self, name):
        assert self._open.pop()["tag"] == name

    def handle_data(self, data):
        for element in self._open:
            element["text"] += data

    def all(self, tag, **attributes):
        wanted = {key.rstrip("_"): value for key, value in attributes.items()}
        return [
            e
            for e in self.elements
            if e["tag"] == tag and all(e.get(key) == value for key, value in wanted.items())
        ]

    def at(self, anchor):
        (found,) = [e for e in self.elements if e.get("id") == anchor]
        return found

    def links(self, anchor):
        """Where the links within an element lead."""
        home = self.at(anchor)
        return [e["href"][1:] for e in self.all("a") if any(w is home for w in e["within"])]


@pytest.fixture(scope="module")
def harbor():
    return scan(Request(HARBOR, load_config(HARBOR), environ={}))


@pytest.fixture(scope="module")
def page(harbor):
    return Page(render(harbor))


def poisoned(value):
    """The same value with something nasty at the end of every name and sentence."""
    if isinstance(value, str):
        return value + EVIL if value and value != INTERNET else value
    if isinstance(value, tuple):
        return tuple(map(poisoned, value))
    if not is_dataclass(value):
        return value
    keep = {"verdict", "status", "severity"}
    said = {f.name: getattr(value, f.name) for f in fields(value) if f.name not in keep}
    return replace(value, **{name: poisoned(each) for name, each in said.items()})


# ------------------------------------------------------------------------------ what it says


def test_the_verdict_stands_in_one_line(page):
    (title,) = page.all("h1")
    assert title["text"] == (
        "9 attack paths lead to control of an account, payment data, health records, customer "
        "data, employee records and infrastructure state"
    )


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({"paths": ()}, "No attack path was found in what was read"),
        ({}, "1 attack path leads to customer data"),
    ],
)
def test_other_verdicts(small, change, verdict):
    assert Page(render(replace(small, **change))).all("h1")[0]["text"] == verdict


def test_nothing_read_is_no_pass(small):
    empty = replace(small, paths=(), views=(), coverage=replace(small.coverage, roots=()))
    assert Page(render(empty)).all("h1")[0]["text"] == "Nothing was seen, so nothing holds"


def test_a_path_that_cannot_be_told_says_on_what_it_depends(small):
    (path,) = small.paths
    open_ = replace(path, verdict="cannot-tell", unknowns=("var.office (no value)",))
    page = Page(render(replace(small, paths=(open_,))))
    assert page.all("h1")[0]["text"] == "No attack path is certain; 1 path cannot be told"
    told = page.at(path.id)["text"]
    assert "It depends on var.office (no value)." in told
    assert "Find out first what it depends on." in told


def test_what_was_not_seen_stands_beside_the_verdict(small):
    (unseen,) = Page(render(small)).all("p", class_="unseen")
    assert unseen["text"] == (
        "Not seen: 1 thing not read or not modelled; 1 answer that cannot be told; whatever "
        "exists beside this code."
    )


def test_a_card_says_what_is_lost_how_plausible_it_is_whose_and_what_to_change(small):
    card = Page(render(small)).at(small.paths[0].id)["text"]
    for said in (
        "The internet → customer data in acme-customers",
        "Lost: customer data.",
        "Impact 8 of 10.",
        "Plausibility: possible, 29%.",
        "The hardest of 2 steps: “Exploit a service that the internet can reach”, 32%.",
        "Internet-facing services are probed all day.",
        "shop-team, of what is lost (tag Team)",
        "Close tcp 443 of web to the internet.",
        "main.tf:30 (modules/web/main.tf:37)",
    ):
        assert said in card


def test_whoever_is_passed_is_named_where_nobody_owns_what_is_lost(small):
    (path,) = small.paths
    others = (Owner("web-team", "Owner", "aws_instance.web"), Owner("platform", "team", "x"))
    text = render(replace(small, paths=(replace(path, owners=others),)))
    assert (
        "web-team, of what is passed (tag Owner); also platform" in Page(text).at(path.id)["text"]
    )
    text = render(replace(small, paths=(replace(path, owners=()),)))
    assert "Nobody is named by a tag" in text


def test_an_attacker_who_has_to_be_there_first_is_said(harbor, page):
    (path,) = [p for p in harbor.paths if p.entry_kind == "site" and "clinic" in p.entry]
    assert "That an attacker stands at the entry: 30%." in page.at(path.id)["text"]


def test_paths_that_differ_in_their_end_share_a_card(small):
    (path,) = small.paths
    hop = replace(path.hops[-1], says="Role web reads the bucket acme-orders")
    other = replace(path, id="path-other", target="orders", hops=(path.hops[0], hop))
    page = Page(render(replace(small, paths=(path, other))))
    assert page.at("path-other") in [e for e in page.elements if page.at(path.id) in e["within"]]
    assert page.links("path-other") == ["path-other-proof"]


def test_paths_beyond_the_cards_stand_in_a_table(small):
    (path,) = small.paths
    many = tuple(replace(path, id=f"path-{n}", entry=f"door {n}") for n in range(15))
    page = Page(render(replace(small, paths=many)))
    assert len(page.all("article", class_="path")) == 12
    assert page.at("path-14")["tag"] == "tr"
    assert page.links("path-14") == ["path-14-proof"]


def test_changes_name_the_paths_that_they_end_and_what_they_buy(harbor, page):
    told = page.at("first")["text"]
    assert "These 9 changes end all paths. Together they cost 11" in told
    assert "nothing cheaper does as much: that is proven" in told
    assert "1 change takes 29% of the risk away, 2 take 42%" in told
    assert page.links("first") == [i for change in harbor.first for i in change.paths]


def test_crown_jewels_say_who_reaches_them(page):
    rows = [e["text"] for e in page.all("tr") if page.at("jewels") in e["within"]]
    assert "harborline-medical bucketThe clinic LAN (US)path 8" in rows
    assert "harborline-insurance bucketNo path foundnone" in rows
    assert "reporting/payments secretThe internet on the way: path 4" in rows


def test_borders_say_what_crosses_them(page):
    rows = [e["text"] for e in page.all("tr") if page.at("networks") in e["within"]]
    assert "production ↔ internet0.0.0.0/0path 5 path 6" in rows


def test_duties_count_every_status(harbor, page):
    told = page.at("duties")["text"]
    for framework in harbor.frameworks:
        counts = Counter(r.status for r in framework.requirements)
        assert f"{counts['broken']} broken" in told


def test_coverage_names_causes_and_gaps(small):
    told = Page(render(small)).at("coverage")["text"]
    assert "var.office main.tf:59Variable without a value. Set it: --var office=...1 answer" in told
    assert "Syntax error, 1 time: what the file defines is not known." in told


def test_every_class_that_has_an_impact_has_a_name():
    from graphs.attack.targets import IMPACT

    assert list(LOSSES) == list(IMPACT)


# ------------------------------------------------------------------------- that it holds together


def test_the_same_result_gives_the_same_bytes(harbor):
    assert render(harbor) == render(scan(Request(HARBOR, load_config(HARBOR), environ={})))


def test_every_link_leads_somewhere_in_the_page(page):
    anchors = [e["id"] for e in page.elements if "id" in e]
    assert len(anchors) == len(set(anchors))
    leads = {e["href"] for e in page.all("a")}
    assert {lead[0] for lead in leads} == {"#"}
    assert {lead[1:] for lead in leads} <= set(anchors)


def test_every_hop_links_to_its_proof_and_back(harbor, page):
    for path in harbor.paths:
        steps = [f"{path.id}-step-{n}" for n in range(1, len(path.hops) + 1)]
        assert [link for link in page.links(path.id) if "-step-" in link] == steps
        assert path.id in page.links(f"{path.id}-proof")
        for step, hop in zip(steps, path.hops, strict=True):
            told = page.at(step)["text"]
            assert all(proof.claim[1:] in told for proof in hop.proof)


def test_every_path_links_to_its_duties_and_back(harbor, page):
    broken = 0
    for path in harbor.paths:
        anchor = f"{path.id}-duties"
        assert anchor in page.links(path.id)
        for duty in page.links(anchor):
            broken += 1
            assert path.id in page.links(duty)
    assert broken


def test_the_findings_behind_a_duty_are_linked(harbor, page):
    print_of = {f.fingerprint: f for f in harbor.findings}
    for framework in harbor.frameworks:
        for requirement in framework.requirements:
            if requirement.status == "broken":
                rules = {
                    f"rule-{f.rule}" for i in requirement.findings if not (f := print_of[i]).path
                }
                anchor = re.sub(r"[^\w.-]", "-", f"duty-{framework.id}-{requirement.number}")
                assert rules <= set(page.links(anchor))


def test_alike_root_modules_keep_their_paths_apart(small):
    (path,) = small.paths
    roots = tuple(replace(small.coverage.roots[0], directory=name) for name in "ab")
    both = replace(
        small,
        coverage=replace(small.coverage, roots=roots),
        paths=tuple(replace(path, root=name) for name in "ab"),
        views=tuple(replace(small.views[0], root=name) for name in "ab"),
        first=(replace(small.first[0], root="b"),),
        cuts=(replace(small.cuts[0], changes=(replace(small.first[0], root="b"),), chokes=()),),
    )
    page = Page(render(both))
    assert page.links("first") == [f"{path.id}-2"]
    assert "None of the changes ends it" in page.at(f"{path.id}-1")["text"]


def test_headings_leave_no_level_out(page):
    levels = [int(e["tag"][1]) for e in page.elements if re.fullmatch("h[1-6]", e["tag"])]
    assert levels.count(1) == 1
    assert all(low - high <= 1 for high, low in pairwise(levels))


def test_tables_name_their_columns_and_rows(page):
    assert page.all("table")
    for table in page.all("table"):
        inside = [e for e in page.elements if table in e["within"]]
        assert [e["tag"] for e in inside].count("caption") == 1
        assert {e.get("scope") for e in inside if e["tag"] == "th"} == {"col", "row"}


def test_the_picture_is_told_in_words(page):
    (picture,) = page.all("img")
    assert picture["alt"].startswith("Picture of 4 networks")
    svg = ET.fromstring(b64decode(picture["src"].partition(",")[2]))
    assert svg.tag.endswith("svg")


def test_a_summary_that_does_not_hold_together_is_not_drawn(small):
    (view,) = small.views
    line = replace(view.summary.paths[0], stops=("nobody",))
    torn = replace(view, summary=replace(view.summary, paths=(line,)))
    assert "its picture cannot be drawn" in render(replace(small, views=(torn,)))


def test_choke_points_and_what_nothing_ends_stand_with_the_changes(small):
    told = Page(render(small)).at("first")["text"]
    assert "What no change endsthe internet → the secret tokenWhoever asks is told" in told
    assert "Choke points" in told
    assert "web: 1 path, 100% of the risk." in told


# ------------------------------------------------------------------------------- that it is safe


def test_whatever_came_from_outside_is_text(small, harbor):
    for result in (small, harbor):
        page = Page(render(poisoned(result)))
        assert {e["tag"] for e in page.elements} <= ELEMENTS
        names = {key for e in page.elements for key in e} - {"tag", "text", "within"}
        assert names <= ATTRIBUTES
        assert "<img src=x onerror=alert(1)>" in page.at("paths")["text"]


def test_what_hides_or_turns_words_is_marked(small):
    text = render(poisoned(small))
    assert not re.search("[\x00-\x09\x0b-\x1f\u202a-\u202e\u2066-\u2069]", text)
    assert "\ufffd" in text


def test_the_picture_of_hostile_names_is_a_picture(small):
    (picture,) = Page(render(poisoned(small))).all("img")
    svg = ET.fromstring(b64decode(picture["src"].partition(",")[2]))
    assert {e.tag.rpartition("}")[2] for e in svg.iter()} <= {
        *("svg", "title", "style", "rect", "path", "text", "g", "circle")
    }


def test_the_policy_allows_the_style_and_pictures_of_the_page_alone(page):
    (policy,) = page.all("meta", **{"http-equiv": "Content-Security-Policy"})
    seal = b64encode(sha256(page.all("style")[0]["text"].encode()).digest()).decode()
    assert policy["content"] == (
        f"default-src 'none'; style-src 'sha256-{seal}'; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    )


def test_nothing_is_fetched(page):
    assert {e["src"].partition(":")[0] for e in page.elements if "src" in e} == {"data"}
    assert [e["href"] for e in page.all("link")] == ["data:,"]
    assert not re.search(r"url\(|@import|expression", style_sheet())


def test_names_that_are_no_unicode_are_written_with_a_mark(small):
    strange = replace(small, coverage=replace(small.coverage, scanned="dir\udcff"))
    assert "dir\ufffd" in render(strange).encode().decode()


# ------------------------------------------------------------------------- that it can be read


def schemes():
    """The colours of the style sheet, light and dark."""
    light, dark = re.findall(r":root \{(.*?)\}", style_sheet(), re.DOTALL)
    found = [dict(re.findall(r"--([\w-]+): (#\w{6});", text)) for text in (light, dark)]
    assert found[0].keys() == found[1].keys()
    return {"light": found[0], "dark": found[1]}


def luminance(colour):
    """https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first, second):
    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


BADGES = ("band", "chip", "critical", "high", "medium", "low", "info", "open")
ON_THE_PAGE = [(ink, ground) for ink in ("ink", "muted", "link") for ground in ("ground", "paper")]
PAIRS = [*ON_THE_PAGE, ("paper", "ink"), ("band-muted", "band-ground")] + [
    (f"{name}-ink", f"{name}-ground") for name in BADGES
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_text_stands_out_from_its_ground(scheme, ink, ground):
    colours = schemes()[scheme]
    assert contrast(colours[ink], colours[ground]) >= 4.5, "WCAG 2.2, 1.4.3"


def test_every_colour_is_one_of_those():
    used = set(re.findall(r"(?<!-)\bcolor: ([^;]+);", style_sheet()))
    assert {each for each in used if not re.fullmatch(r"var\(--[\w-]+\)", each)} == {"inherit"}
    names = {name for pair in PAIRS for name in pair}
    assert {each[6:-1] for each in used if each.startswith("var")} <= names


def test_a_path_without_steps_is_told_too(small):
    bare = replace(small, paths=(replace(small.paths[0], hops=()),))
    assert "Plausibility: possible, 29%." in render(bare)


def test_live_accounts_are_not_taken_for_code(small):
    live = replace(small, coverage=replace(small.coverage, assumed=False))
    page = Page(render(live))
    assert "beside this code" not in page.all("p", class_="unseen")[0]["text"]
    assert "Read 11 resources from live accounts" in page.at("coverage")["text"]
    assert "taken for granted" not in page.at("coverage")["text"]
