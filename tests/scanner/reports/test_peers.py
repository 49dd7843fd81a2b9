"""What other scanners say, in every report: on a path first, harmless, and told apart from ours."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft4Validator

from scanner.beside import Peer, PeerFinding
from scanner.reports import html, markdown, text
from scanner.reports.json import render as to_json
from scanner.reports.sarif import log, render

SCHEMA = json.loads(Path(__file__).with_name("sarif-schema-2.1.0.json").read_text())
EVIL = "x](https://evil.example) <img src=x> \x1b[2J\u202e |"
FOUND = PeerFinding(
    "CKV_AWS_18", "Ensure the S3 bucket has access logging enabled", "violated",
    "aws_s3_bucket.customers", ".", "main.tf", 99, "", "", 2.3, ("path-d300061c71",),
)  # fmt: skip
BESIDE = replace(
    FOUND, check="CKV2_AWS_11", title="Ensure flow logs", subject="a", paths=(), risk=0
)
IN_MODULE = replace(
    FOUND, subject="module.web.b", file=".terraform/modules/web/main.tf", line=3, call="main.tf:30"
)


@pytest.fixture
def seen(small):
    """The small result, with findings of Checkov's."""

    def put(*findings, ran=True):
        return replace(small, peers=(Peer("Checkov", "3.3.30", ran, findings),))

    return put


def test_text_tells_what_paths_touch_and_counts_the_rest(seen):
    openly = replace(BESIDE, verdict="cannot-tell")
    skipped = replace(BESIDE, skipped="agreed")
    said = text.render(seen(FOUND, IN_MODULE, BESIDE, openly, skipped), width=92)
    part = said.partition("\nCheckov 3.3.30\n")[2].partition("\n\n")[0]
    assert part.splitlines() == [
        "3 findings, 2 on what attack paths touch.",
        "  - Ensure the S3 bucket has access logging enabled  CKV_AWS_18",
        "    main.tf:99, main.tf:30  path-d300061c71",
        "  Besides 1 finding of 1 check on no attack path, 1 that cannot be told, 1 skipped by",
        "  comments in the code.",
    ]


def test_where_it_finds_nothing_or_did_not_run(seen, small):
    assert "Checkov finds nothing more." in text.render(seen())
    silent = seen(ran=False)
    for report in (text, markdown, html):
        assert report.render(silent) == report.render(small)
    assert len(log(silent)["runs"]) == 1


def test_markdown_has_a_row_for_each_check_on_a_path(seen):
    said = markdown.render(seen(FOUND, IN_MODULE, BESIDE))
    part = said.partition("### Checkov\n")[2].partition("\n### ")[0]
    rows = [line for line in part.splitlines() if line.startswith("| Ensure")]
    assert rows == [
        (
            "| Ensure the S3 bucket has access logging enabled<br>`CKV_AWS_18` "
            "| `main.tf:99` `main.tf:30` | `path-d300061c71` |"
        )
    ]
    assert "Besides 1 finding of 1 check on no attack path." in part


def test_markdown_without_a_path_has_no_table(seen):
    part = markdown.render(seen(BESIDE)).partition("### Checkov\n")[2].partition("\n### ")[0]
    assert "1 finding, none on an attack path." in part
    assert "|" not in part


def test_the_page_leads_from_a_check_to_its_paths(seen):
    page = html.render(seen(FOUND, BESIDE))
    part = page.partition('id="peers"')[2].partition("</section>")[0]
    assert "Ensure the S3 bucket has access logging enabled" in part
    assert re.search(r'<a [^>]*href="#path-d300061c71"', part)
    assert "Ensure flow logs" in part.partition("On no attack path")[2]


def test_sarif_has_a_run_of_its_own(seen):
    skipped = replace(BESIDE, skipped="agreed with ops")
    openly = replace(BESIDE, verdict="cannot-tell")
    result = seen(FOUND, IN_MODULE, BESIDE, skipped, openly)
    ours, theirs = log(result)["runs"]
    assert "Checkov" not in json.dumps(ours)
    assert theirs["tool"]["driver"]["name"] == "Checkov"
    levels = [(r["kind"], r.get("level"), "suppressions" in r) for r in theirs["results"]]
    assert levels == [
        ("fail", "warning", False),
        ("fail", "warning", False),
        ("fail", "note", False),
        ("fail", "note", True),
        ("open", None, False),
    ]
    places = [r["locations"][0]["physicalLocation"] for r in theirs["results"]]
    shown = [(p["artifactLocation"]["uri"], p["region"]["startLine"]) for p in places]
    assert shown[:2] == [("estate/main.tf", 99), ("estate/main.tf", 30)]
    complaints = Draft4Validator(SCHEMA).iter_errors(json.loads(render(result)))
    assert [e.message for e in complaints] == []


def test_json_is_read_back(seen, tmp_path):
    from scanner.reports.json import read_result

    result = seen(FOUND, BESIDE)
    (tmp_path / "r.json").write_text(to_json(result))
    assert read_result(tmp_path / "r.json") == result


def test_what_comes_from_the_code_steers_nothing(seen):
    evil = replace(FOUND, subject=EVIL, file=EVIL, title=EVIL, skipped="", check="CKV_X")
    result = seen(evil, replace(evil, paths=()), replace(evil, skipped=EVIL))
    for report in (text, markdown, html):
        said = report.render(result)
        assert "\x1b" not in said
        assert "\u202e" not in said
    assert "<img src=x" not in html.render(result)
    assert "](https://evil" not in markdown.render(result).replace("\\](", "")
    (_, run) = log(result)["runs"]
    assert "](https://evil" not in json.dumps([r["message"] for r in run["results"]])
