"""What people read, as files beside this one: look at them when they change.

    PATHWARDEN_ACCEPT=1 pytest tests/scanner/reports

writes what the reports now say.
"""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from scanner.reports.html import render as page
from scanner.reports.markdown import render as markdown
from scanner.reports.text import headline, render, render_path, render_quiet
from scanner.reports.words import clean, listed
from scanner.result import Silence

HERE = Path(__file__).parent


def shown(name, text):
    """Whether the text is that of a file; writes the file where one asks for it."""
    file = HERE / name
    if os.environ.get("PATHWARDEN_ACCEPT"):
        file.write_text(text)
    return text == file.read_text()


def test_the_report_at_80_columns(small):
    text = render(small, width=80)
    assert max(map(len, text.splitlines())) <= 80
    assert shown("report-80.txt", text)


def test_the_report_at_160_columns(small):
    assert shown("report-160.txt", render(small, width=160))


def test_a_path_explained(small):
    assert shown("path-80.txt", render_path(small.paths[0], width=80))


def test_quiet_is_a_line_each_however_long(small):
    text = render_quiet(small, small.findings)
    assert len(text.splitlines()) == len(small.findings)
    assert shown("quiet.txt", text)
    assert render_quiet(small, ()) == ""


@pytest.mark.parametrize("width", [60, 80, 100, 160])
def test_colour_changes_no_word(small, width):
    coloured = render(small, width=width, colour=True)
    assert "\x1b[" in coloured
    plain = re.sub(r"\x1b\[[\d;]*m", "", coloured)
    assert [line.rstrip() for line in plain.splitlines()] == render(small, width=width).splitlines()


def test_no_line_ends_in_blanks(small):
    assert all(line == line.rstrip() for line in render(small, width=80).splitlines())


def test_the_headline_counts(small):
    assert headline(small) == (
        "1 attack path (1 critical). 1 other finding (1 medium). 1 answer cannot be told. "
        "1 thing not read or not modelled."
    )


def test_the_headline_of_nothing(small):
    empty = replace(small, findings=(), paths=(), gaps=(), unknowns=())
    assert headline(empty) == "No attack paths. No other findings. No answer left open."
    nowhere = replace(empty, coverage=replace(small.coverage, roots=()))
    assert headline(nowhere) == "Nothing was judged: there is no Terraform in estate."


def test_long_lists_are_cut_and_counted(small):
    (_, one, _) = small.findings
    many = tuple(replace(one, fingerprint=f"{n:020}") for n in range(30))
    gaps = tuple(replace(small.gaps[0], line=n) for n in range(1, 31))
    text = render(replace(small, findings=many, gaps=gaps), width=80)
    assert text.count("What is overwritten") == 8
    assert text.count("and 22 more") == 2


def test_a_path_that_cannot_be_told_says_what_it_depends_on(small):
    unsure = replace(small.paths[0], verdict="cannot-tell", unknowns=("var.office (x)",))
    text = render(replace(small, paths=(unsure,)), width=80)
    assert "Attack paths that cannot be told" in text
    assert "depends on var.office (x)" in text


def test_duties_that_paths_breach_are_named_first(small):
    (path, other, _) = small.findings
    broken = small.frameworks[0].requirements[0]
    duties = (
        *(replace(broken, number=f"1.{n}", findings=(other.fingerprint,)) for n in range(9)),
        replace(broken, number="2.1", title="Paths end", findings=(path.fingerprint,)),
    )
    named = replace(small.frameworks[0], requirements=duties)
    text = render(replace(small, frameworks=(named,)), width=80)
    assert "    most at risk: 2.1, 1.0, 1.1, 1.2 and 6 more\n" in text


def test_a_framework_takes_two_lines(small):
    text = render(replace(small, frameworks=small.frameworks * 4), width=80)
    assert len(text.partition("\nDuties\n")[2].splitlines()) == 1 + 4 * 2


def test_markup_in_the_code_is_text(small):
    evil = replace(small.findings[1], because="[bold red]owned[/] :bomb: [link=x]y[/link]")
    assert "[bold red]owned[/] :bomb: [link=x]y[/link]" in render(
        replace(small, findings=(evil,)), width=120
    )


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("plain é 漢字 😀", "plain é 漢字 😀"),
        ("two\nlines\tand a tab", "two lines and a tab"),
        ("\x1b[31mred", "\ufffd[31mred"),
        ("\x9b31m", "\ufffd31m"),
        ("a\u202eb\u2066c\u200bd", "a\ufffdb\ufffdc\ufffdd"),
        ("tag\U000e0041", "tag\ufffd"),
        ("half\udcff", "half\ufffd"),
        ("\r\x08\x7f", "\ufffd\ufffd\ufffd"),
    ],
)
def test_clean(text, safe):
    assert clean(text) == safe


def test_listed():
    assert listed(["a", "b"], 2) == "a, b"
    assert listed(["a", "b", "c"], 2) == "a, b and 1 more"


def quieted(result):
    """The same result, where two logs may be ended on the way of its first path."""
    trail = Silence(
        "CloudTrail", "all", "aws_cloudtrail.all", "role web", "cloudtrail:StopLogging", "stop", ()
    )
    watch = replace(trail, kind="GuardDuty", name="main", action="guardduty:DeleteDetector")
    path = replace(result.paths[0], silences=(trail, watch))
    return replace(result, paths=(path, *result.paths[1:]))


@pytest.mark.parametrize("written", [render, markdown, page], ids=["text", "markdown", "html"])
def test_logs_that_may_be_ended_stand_below_the_steps(small, written):
    told = " ".join(written(quieted(small)).split())
    assert "On the way can be switched off or erased what would tell of it" in told
    assert "GuardDuty main (as role web, guardduty:DeleteDetector)" in told
    assert "On the way" not in written(small)
    assert told.index("exploits what it runs") < told.index("On the way")
