"""What reports say of what does not count. Look at the files beside when they change."""

from dataclasses import replace
from xml.etree.ElementTree import fromstring

import pytest

from scanner.reports import html, junit, markdown, sarif
from scanner.reports.text import headline, render, render_path
from scanner.result import Owner, Waived, Waiver
from tests.scanner.reports.test_sarif import complaints
from tests.scanner.reports.test_text import shown

WORD = Waived("comment", 'the "old" one', "data-team", "2027-01-31", "main.tf", 98)
KNOWN = Waived("baseline", "", "", "", "baseline.json", 4)


def waiver(status, **words):
    usual = {
        "by": "comment",
        "rule": "bucket-not-versioned",
        "match": "aws_s3_bucket.customers",
        "reason": "",
        "owner": "",
        "until": "",
        "file": "main.tf",
        "line": 12,
        "status": status,
        "why": "",
        "findings": (),
    }
    return Waiver(**usual | words)


WAIVERS = (
    waiver("counts", findings=("0123456789abcdef0123",), line=98),
    waiver("expired", until="2026-01-31", why="it expired on 2026-01-31", findings=("1", "2")),
    waiver("forbidden", why="the policy lets nobody waive findings of severity critical"),
    waiver("invalid", rule="", why="there is no rule 'bucket' (see `pathwarden rules`)"),
    waiver("added", why="the change under review adds it", findings=("1",)),
    waiver("idle", why="it covers no finding"),
    waiver("not-asked"),
    waiver("idle", by="baseline", match="aws_s3_bucket.gone", file="baseline.json"),
    waiver("expired", by="baseline", why="it expired on 2026-01-31", findings=("3",)),
)


@pytest.fixture
def aside(small):
    """The path is waived, the other finding is known, and there are waivers of all kinds."""
    path, other, openly = small.findings
    return replace(
        small,
        findings=(
            replace(path, waived=WORD),
            replace(other, waived=KNOWN, owners=(Owner("@acme/data", "", "x", "CODEOWNERS", 3),)),
            replace(openly, owners=(Owner("web", "Team", "x"),)),
        ),
        paths=(replace(small.paths[0], waived=WORD),),
        waivers=WAIVERS,
        first=(),
        cuts=(),
    )


def test_the_first_line_counts_apart(aside):
    assert headline(aside) == (
        "No attack paths. No other findings. 1 waived, 1 known from the baseline. "
        "1 answer cannot be told. 1 thing not read or not modelled."
    )


def test_the_text(aside):
    assert shown("waived-80.txt", render(aside, width=80))


def test_a_waived_path_explained(aside):
    assert "owner data-team; until 2027-01-31  main.tf:98" in render_path(aside.paths[0])


def test_the_markdown(aside):
    assert shown("waived.md", markdown.render(aside))


def test_the_page(aside):
    page = html.render(aside)
    assert "No attack path was found in what was read" in page
    assert "<strong>Not counted: </strong>1 waived, 1 known from the baseline." in page
    gone = "Gone since the baseline, or not read"
    for heading in ("Waived", "Known from the baseline", gone, "Waivers to look at"):
        assert f"<h3>{heading}</h3>" in page
    assert "owner data-team; until 2027-01-31" in page


def test_what_is_gone_is_fixed_where_all_was_read(aside):
    assert "Fixed since the baseline" in render(replace(aside, gaps=()))


def test_a_page_on_which_all_counts_has_no_such_section(small):
    assert "Not counted" not in html.render(small)
    assert 'id="waived"' not in html.render(small)


def test_sarif_suppresses(aside):
    (run,) = sarif.log(aside)["runs"]
    path, other, openly = run["results"]
    (said,) = path["suppressions"]
    assert (said["kind"], said["status"]) == ("inSource", "accepted")
    assert said["justification"] == 'the "old" one; owner data-team; until 2027-01-31'
    assert said["location"]["physicalLocation"]["region"]["startLine"] == 98
    assert other["suppressions"][0]["kind"] == "external"
    assert "suppressions" not in openly
    assert [r["baselineState"] for r in run["results"]] == ["new", "unchanged", "new"]
    assert other["properties"]["owners"] == ["@acme/data"]
    told = [n["message"]["text"] for n in run["invocations"][0]["toolExecutionNotifications"]]
    assert "the waiver of bucket-not-versioned covers no finding" in told


def test_sarif_with_waivers_fits_the_schema(aside):
    assert complaints(aside) == []


def test_junit_skips(aside):
    cases = fromstring(junit.render(aside, ())).iter("testcase")
    told = {case.get("classname"): case.find("skipped").get("message") for case in cases}
    assert 'waived: the "old" one; owner data-team' in told["root module.path-to-customer-data"]
    assert "known: no reason is given" in told["root module.bucket-not-versioned"]


def test_hostile_words_are_text(aside):
    evil = "<script>alert(1)</script>](https://evil.example) @octocat \x1b[31m|"
    word = replace(WORD, reason=evil, owner=evil)
    finding = replace(aside.findings[0], waived=word, owners=(Owner(evil, "Owner", "x"),))
    wrong = waiver("invalid", why=evil, rule="", match=evil)
    hostile = replace(aside, findings=(finding,), waivers=(wrong,))
    for text in (render(hostile), html.render(hostile), markdown.render(hostile)):
        assert "\x1b" not in text
    assert "<script>" not in html.render(hostile)
    assert "<script>" not in markdown.render(hostile)
    assert "@octocat" not in markdown.render(hostile)
    (run,) = sarif.log(hostile)["runs"]
    said = run["results"][0]["suppressions"][0]["justification"]
    told = run["invocations"][0]["toolExecutionNotifications"][-1]["message"]["text"]
    assert "](https" not in said + told
