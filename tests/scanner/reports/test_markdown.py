"""Markdown: what a reader needs in order, and nothing that a name could do to the page."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from scanner.pipeline import Request, scan
from scanner.reports.markdown import LONGEST, render
from scanner.reports.markup import code, html, text
from scanner.reports.words import clean
from scanner.result import Gap

HARBOR = Path(__file__).parents[3] / "fixtures/terraform/harbor"
READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
EVIL = "<img src=x> | @octocat [x](https://evil.example) `code` *b* #1 </details>\n\n# All is well"


class Page(HTMLParser):
    """The tags and the text of a page as a browser sees them."""

    def __init__(self, markdown):
        super().__init__()
        self.tags, self.said = [], ""
        self.feed(READER.render(markdown))
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.said += data

    @property
    def words(self):
        """The text as a reader takes it, without invisible blanks."""
        return " ".join(self.said.replace("\u200b", "").split())


def told(words):
    return " ".join(clean(words).split())


def test_the_verdict_comes_first_and_what_was_not_seen_right_below(small):
    lines = [line for line in render(small).splitlines() if line]
    assert lines[0] == "## Pathwarden"
    assert lines[1].startswith("**1 attack path (1 critical). 1 other finding (1 medium).")
    assert lines[3].startswith("> **Not seen:** syntax error (1).")


def test_sections_in_their_order(small):
    assert re.findall(r"^### (.+)$", render(small), re.MULTILINE) == [
        "Attack paths",
        "Findings",
        "Cannot tell",
        "Not read, or not modelled",
        "What to change first",
        "Duties",
    ]


def test_a_path_is_a_list_of_hops_with_their_places_and_folded_proof(small):
    page = render(small)
    assert "#### CRITICAL: the internet → customer data in acme-customers\n" in page
    assert "2. Role web reads the bucket acme-customers `main.tf:77`\n" in page
    assert "   - or Role batch reads the bucket acme-customers\n" in page
    assert (
        "customers: 4 claims</summary>\n\n- Step 1: web has a public address `main.tf:17`" in page
    )
    assert "`main.tf:30` `modules/web/main.tf:37`, if var.office (variable without a value)" in page


def test_every_block_is_closed(small):
    tags = Page(render(small)).tags
    assert tags.count("details") == tags.count("summary") == 1
    assert render(small).count("</details>") == 1


def test_the_table_has_three_cells_in_every_row(small):
    rows = READER.render(render(small)).split("<tr>")[1:]
    assert [row.count("<td>") + row.count("<th>") for row in rows] == [3, 3]


def test_nothing_found_is_said_and_no_section_is_empty(small):
    quiet = replace(small, findings=(), paths=(), unknowns=(), gaps=(), frameworks=(), first=())
    assert "###" not in render(quiet)
    assert "No attack paths. No other findings. No answer left open" in render(quiet)


@given(st.text(st.sampled_from("ab1 \\`*_[]()<>#+-.!|~&$@:/=^\"'\n\t\x1b\u202e#wW{}"), max_size=40))
@example("1. one")
@example("===")
@example("&lt;b&gt; &#64;octocat")
@example("www.evil.example ftp://x a@b.c GH-1 #2 org/repo#3")
@example("``a`` |\\| `")
def test_text_is_shown_as_it_is_and_does_nothing(words):
    for markup in (text(words), code(words)):
        for place in (f"- {markup}\n", f"## x {markup}\n", f"| a |\n| --- |\n| x {markup} |\n"):
            page = Page(place)
            assert set(page.tags) <= {
                "ul", "li", "h2", "table", "thead", "tbody", "tr", "th", "td", "span", "code",
            }  # fmt: skip
            assert page.tags.count("td") in {0, 1}
            assert page.words.removeprefix("a ").removeprefix("x ").strip() in {told(words), "x"}


@given(st.text(max_size=40))
def test_html_is_shown_as_it_is(words):
    page = Page(f"<details><summary>{html(words)}</summary>\n\nx\n\n</details>\n")
    assert set(page.tags) <= {"details", "summary", "span", "p"}


@pytest.mark.parametrize(
    "words",
    [
        "@octocat",
        "org/repo#12",
        "#12",
        "https://evil.example",
        "www.evil.example",
        "GH-12",
        "a@b.c",
    ],
)
def test_github_finds_nothing_to_link(words):
    for markup in (text(words), html(words)):
        said = Page(f"x {markup}").said
        assert not re.search(r"@\w|#\w|://|www\.|GH-\d", said)
        assert said.replace("\u200b", "").strip() == f"x {words}"


def test_dollars_make_no_formula():
    assert text("$a$") == "<span>$</span>a<span>$</span>"


def test_long_names_are_cut():
    assert len(code("x" * 10_000)) < 500


def hostile(small):
    return replace(
        small,
        findings=tuple(
            replace(f, title=EVIL, because=EVIL, file=EVIL, call=EVIL, rule=EVIL)
            for f in small.findings
        ),
        paths=tuple(
            replace(p, entry=EVIL, target=EVIL, hops=tuple(replace(h, says=EVIL) for h in p.hops))
            for p in small.paths
        ),
        unknowns=tuple(replace(u, what=EVIL, cause=EVIL, fix=EVIL) for u in small.unknowns),
        gaps=(Gap("syntax-error", EVIL, EVIL, EVIL, 1, EVIL, EVIL),),
        first=tuple(replace(c, says=EVIL, file=EVIL) for c in small.first),
        coverage=replace(small.coverage, scanned=EVIL),
    )


def test_hostile_names_leave_the_page_as_it_is(small):
    evil, fair = Page(render(hostile(small))), Page(render(small))
    beside = ("span", "code")
    assert [t for t in evil.tags if t not in beside] == [t for t in fair.tags if t not in beside]
    assert "@octocat" not in re.sub(r"`[^`]*`", "", render(hostile(small)))
    assert "\n# All" not in render(hostile(small))


def test_a_report_stays_within_a_comment_and_counts_the_rest(small):
    path, finding, gap = small.paths[0], small.findings[1], small.gaps[0]
    big = replace(
        small,
        paths=tuple(replace(path, id=f"path-{n}", entry=f"entry {n}") for n in range(300)),
        findings=tuple(replace(finding, rule=f"rule-{n}") for n in range(500)),
        gaps=(gap,) * 2_000,
    )
    page = render(big)
    assert 0.8 * LONGEST < len(page) <= LONGEST
    shown = page.count("#### CRITICAL")
    assert f"*and {300 - shown} more paths, in `--format json`*" in page
    rows = page.count("| medium |")
    assert f"*and {500 - rows} more findings, in `--format json`*" in page
    assert page.count("<details>") == page.count("</details>")
    assert "### Duties" in page


def test_where_there_is_little_room_proof_goes_before_paths(small):
    path = small.paths[0]
    many = replace(
        small,
        paths=tuple(replace(path, id=f"path-{n}", entry=f"entry {n}") for n in range(90)),
    )
    page = render(many)
    assert "<details>" not in page
    assert page.count("#### CRITICAL") == 90


def test_the_harbor_report_fits_whole():
    page = render(scan(Request(HARBOR, environ={})))
    assert len(page) < LONGEST
    assert " more " not in "".join(re.findall(r"^\*and.*$", page, re.MULTILINE))
