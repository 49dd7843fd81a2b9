"""The page in a browser: links lead to their proof, nothing leaves it, nothing in it runs, and it
fits on a phone."""

import os
from dataclasses import replace

import pytest

from scanner.config import load_config
from scanner.pipeline import Request, scan
from scanner.reports.html import render
from tests.scanner.reports.chromium import Chromium, installed

REQUIRED = "PATHWARDEN_BROWSER"
"""Set to "required", the lack of a browser is a failure."""
WIDTHS = (360, 820, 1440)
HOSTILE = """
resource "aws_s3_bucket" "evil" {
  for_each = toset(["<img src=x onerror=document.title='owned'>\\"'><script>alert(1)</script>"])
  bucket   = "a\\u202e</code></style><img src='http://192.0.2.1/x' onerror=alert(1)>${each.key}"
  tags     = { Owner = "<svg onload=alert(1)> \\u202e\\" & '" }
}
resource "aws_s3_bucket_public_access_block" "evil" {
  for_each = aws_s3_bucket.evil
  bucket   = each.value.id
}
resource "aws_s3_bucket_policy" "evil" {
  for_each = aws_s3_bucket.evil
  bucket   = each.value.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "*" }] })
}
"""


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    program = installed()
    if program is None:
        said = "the report was not opened in a browser: no Chromium is installed"
        if os.environ.get(REQUIRED) == "required":
            pytest.fail(said)
        pytest.skip(said)
    browser = Chromium(program, tmp_path_factory.mktemp("chromium"))
    yield browser
    browser.close()


@pytest.fixture
def opened(chromium, tmp_path):
    """Open the page of a result."""

    def call(result):
        page = tmp_path / "report.html"
        page.write_text(render(result), encoding="utf-8")
        chromium.resize(1440)
        chromium.prefer("light")
        chromium.open(page)
        return chromium

    return call


@pytest.fixture(scope="module")
def estate(request):
    home = request.config.rootpath / "fixtures/terraform/harbor"
    return scan(Request(home, load_config(home), environ={}))


@pytest.fixture
def hostile(tmp_path):
    (tmp_path / "main.tf").write_text(HOSTILE)
    return scan(Request(tmp_path, environ={}))


def follow(page, link):
    """Click a link; where it leads, and whether that is in sight."""
    clicked = f"document.querySelector({link!r}).click()"
    page.ask(clicked)
    at = "document.getElementById(decodeURIComponent(location.hash.slice(1)))"
    top = page.ask(f"{at}.getBoundingClientRect().top")
    return page.ask("location.hash"), 0 <= top < page.ask("innerHeight")


def test_a_path_leads_to_its_proof_its_duties_and_back(opened, estate):
    page, path = opened(estate), estate.paths[1]
    card, proof = f"#{path.id}", f"#{path.id}-proof"
    assert follow(page, f"{card} a[href$=step-2]") == (f"#{path.id}-step-2", True)
    assert follow(page, f"{proof} a[href='{card}']") == (card, True)
    duties, seen = follow(page, f"{card} a[href$=duties]")
    assert (duties, seen) == (f"#{path.id}-duties", True)
    duty, seen = follow(page, f"{duties} a")
    assert seen
    assert page.ask(f"document.querySelector(`[id='{duty[1:]}'] a[href='{card}']`) !== null")


def test_the_page_asks_for_nothing_and_breaks_no_policy(opened, estate, hostile):
    for result in (estate, hostile):
        page = opened(result)
        wanted = [e["request"]["url"] for e in page.told("Network.requestWillBeSent")]
        assert [url.partition(":")[0] for url in wanted if not url.startswith("data:")] == ["file"]
        assert page.told("Log.entryAdded") == []
        assert page.told("Runtime.exceptionThrown") == []


def test_a_request_and_a_breach_would_be_told(chromium, tmp_path):
    page = tmp_path / "page.html"
    policy = "default-src 'none'; img-src http://127.0.0.1:59999"
    page.write_text(
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<link rel="icon" href="data:,"><style>p{}</style>'
        '<img src="http://127.0.0.1:59999/x">'
    )
    chromium.open(page)
    wanted = [e["request"]["url"] for e in chromium.told("Network.requestWillBeSent")]
    assert "http://127.0.0.1:59999/x" in wanted
    assert any("style" in e["entry"]["text"] for e in chromium.told("Log.entryAdded"))


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_sticks_out_sideways(opened, estate, hostile, small, width):
    long = replace(small.paths[0], target="x" * 400, entry="y" * 400)
    for result in (estate, hostile, replace(small, paths=(long,))):
        page = opened(result)
        page.resize(width)
        assert page.ask("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_style_holds_under_the_policy(opened, estate, scheme):
    page = opened(estate)
    page.prefer(scheme)
    ground = page.ask("getComputedStyle(document.body).backgroundColor")
    assert ground == {"light": "rgb(245, 244, 240)", "dark": "rgb(17, 21, 26)"}[scheme]


def test_the_picture_is_shown(opened, estate):
    page = opened(estate)
    assert page.ask("document.querySelector('figure img').naturalWidth") > 0
    assert page.ask("document.querySelector('figure img').offsetWidth") > 500


def test_a_hostile_name_stays_text(opened, hostile):
    page = opened(hostile)
    assert page.ask("document.title.includes('owned')") is False
    assert page.ask("document.querySelectorAll('script, svg, img:not([src^=data])').length") == 0
    told = page.ask("document.getElementById('paths').innerText")
    assert "<img src='http://192.0.2.1/x' onerror=alert(1)>" in told
    assert "<svg onload=alert(1)> \ufffd\" & '" in told
    assert "\u202e" not in page.ask("document.documentElement.outerHTML")


def test_paper_is_white_and_the_page_prints(opened, estate):
    page = opened(estate)
    page.prefer("dark")
    assert page.paper().startswith(b"%PDF-")
    page.call("Emulation.setEmulatedMedia", media="print")
    try:
        assert page.ask("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    finally:
        page.call("Emulation.setEmulatedMedia", media="")
