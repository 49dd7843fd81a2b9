"""SARIF: valid by its schema, in the form that GitHub takes, and harmless."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft4Validator

from scanner.pipeline import Request, scan
from scanner.reports import sarif
from scanner.reports.sarif import log, render
from scanner.reports.sarif_rules import MOST_TAGS, SCORES
from scanner.result import Gap

HERE = Path(__file__).parent
HARBOR = HERE.parents[2] / "fixtures/terraform/harbor"
SCHEMA = Draft4Validator(json.loads((HERE / "sarif-schema-2.1.0.json").read_text()))
EVIL = 'x](https://evil.example) <img src=x> [y](1) \x1b[2J\u202e "\n|'


@pytest.fixture(scope="module")
def harbor():
    return scan(Request(HARBOR, environ={}))


@pytest.fixture
def run(small):
    (run,) = log(small)["runs"]
    return run


def complaints(result):
    return [f"{e.json_path}: {e.message}" for e in SCHEMA.iter_errors(json.loads(render(result)))]


def places(value):
    """All physical locations in a log, wherever they stand."""
    if isinstance(value, dict):
        yield from [value["physicalLocation"]] if "physicalLocation" in value else []
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from places(each)


def messages(value):
    """All texts of a log in which a viewer would look for links."""
    if isinstance(value, dict):
        yield from [value["text"]] if "text" in value else []
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from messages(each)


def test_the_log_fits_the_schema_of_the_standard(small, harbor):
    assert complaints(small) == []
    assert complaints(harbor) == []


def test_the_schema_would_complain(small):
    broken = log(small)
    del broken["runs"][0]["results"][0]["message"]
    assert [e.validator for e in SCHEMA.iter_errors(broken)] == ["required"]


def test_the_same_result_gives_the_same_bytes(harbor):
    assert render(harbor) == render(harbor)


def test_a_rule_has_its_page_its_severity_and_what_it_serves(harbor):
    (run,) = log(harbor)["runs"]
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    rule = rules["bucket-open-to-anyone"]
    assert rule["shortDescription"]["text"] == "Anyone can read a bucket"
    assert rule["defaultConfiguration"]["level"] == "error"
    assert rule["properties"]["security-severity"] == "9.5"
    assert rule["properties"]["tags"][:2] == ["security", "deny-anonymous-access"]
    assert "nist-800-53-r5-moderate/AC-3" in rule["properties"]["requirements"]
    assert "## Fix" in rule["help"]["markdown"]
    assert "```hcl" in rule["help"]["markdown"]


def test_limits_of_github_hold_for_every_rule(harbor):
    (run,) = log(harbor)["runs"]
    for rule in run["tool"]["driver"]["rules"]:
        assert len(rule["name"]) <= 255
        assert 0 < len(rule["shortDescription"]["text"]) <= 1024
        assert 0 < len(rule["fullDescription"]["text"]) <= 1024
        assert len(set(rule["properties"]["tags"])) == len(rule["properties"]["tags"]) <= MOST_TAGS
        assert rule["help"]["text"]


def test_scores_are_what_github_takes_for_the_severities():
    assert [0 <= float(score) <= 10 for score in SCORES.values()] == [True] * 5
    assert float(SCORES["critical"]) > 9 > float(SCORES["high"]) >= 7
    assert 7 > float(SCORES["medium"]) >= 4 > float(SCORES["low"]) > float(SCORES["info"]) == 0


def test_a_finding_stands_on_its_line_under_its_rule(run):
    _, finding, _ = run["results"]
    assert run["tool"]["driver"]["rules"][finding["ruleIndex"]]["id"] == finding["ruleId"]
    assert (finding["ruleId"], finding["kind"], finding["level"]) == (
        "bucket-not-versioned",
        "fail",
        "warning",
    )
    assert finding["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "estate/main.tf", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 99, "startColumn": 1, "endLine": 99},
            },
            "logicalLocations": [
                {"fullyQualifiedName": "aws_s3_bucket.customers", "kind": "resource"}
            ],
        }
    ]
    assert finding["partialFingerprints"] == {
        "pathwarden/v1": "0123456789abcdef0123",
        "primaryLocationLineHash": "0123456789abcdef0123:1",
    }


def test_a_path_is_a_flow_with_a_place_for_every_claim_that_has_one(run):
    (flow,) = run["results"][0]["codeFlows"]
    (thread,) = flow["threadFlows"]
    told = [step["location"]["message"]["text"] for step in thread["locations"]]
    lines = [
        step["location"]["physicalLocation"]["region"]["startLine"] for step in thread["locations"]
    ]
    assert lines == [17, 37, 77]
    assert told[0].endswith("exploits what it runs: web has a public address")
    assert told[1].endswith("lets TCP 443 in from 0.0.0.0/0 (called at main.tf:30)")
    assert told[2].startswith("2. Role web reads the bucket acme-customers: ")


def test_techniques_are_taxa_of_attack(run):
    (taxonomy,) = run["taxonomies"]
    assert [taxon["id"] for taxon in taxonomy["taxa"]] == ["T1190", "T1530"]
    assert [(taxon["id"], taxon["index"]) for taxon in run["results"][0]["taxa"]] == [
        ("T1190", 0),
        ("T1530", 1),
    ]


def test_what_cannot_be_told_has_a_rule_of_its_own_without_severity(run):
    openly = run["results"][2]
    rule = run["tool"]["driver"]["rules"][openly["ruleIndex"]]
    assert rule["id"] == openly["ruleId"] == "ssh-open-to-internet/cannot-tell"
    assert openly["kind"] == "open"
    assert "level" not in openly  # 3.27.10: none but `none`, which GitHub does not know
    assert rule["defaultConfiguration"] == {"level": "note"}
    assert "security-severity" not in rule["properties"]
    assert openly["message"]["text"].startswith("Cannot tell: Anyone on the internet may")
    assert "It depends on var.office (variable without a value)." in openly["message"]["text"]


def test_the_call_of_the_module_is_related(run):
    openly = run["results"][2]
    (call,) = openly["relatedLocations"]
    assert call["physicalLocation"]["artifactLocation"]["uri"] == "estate/main.tf"
    assert call["physicalLocation"]["region"]["startLine"] == 30
    assert "[the call of the module at main.tf:30](1)" in openly["message"]["text"]


def test_what_was_not_read_is_a_notification(run):
    (invocation,) = run["invocations"]
    (told,) = invocation["toolExecutionNotifications"]
    assert invocation["executionSuccessful"] is True
    assert told["level"] == "warning"
    assert told["descriptor"] == {"id": "syntax-error", "index": 0}
    assert told["locations"][0]["physicalLocation"]["region"]["startLine"] == 2


def test_a_scan_that_saw_nothing_was_no_success(small):
    blind = replace(small, coverage=replace(small.coverage, roots=()), findings=(), paths=())
    (invocation,) = log(blind)["runs"][0]["invocations"]
    assert invocation["executionSuccessful"] is False
    assert complaints(blind) == []


def test_every_result_has_a_place_as_github_demands(small):
    nowhere = replace(small.findings[1], file="", line=0, subject="", root="prod")
    result = replace(small, findings=(nowhere,))
    (finding,) = log(result)["runs"][0]["results"]
    (place,) = places(finding)
    assert place["artifactLocation"]["uri"] == "estate/prod/"
    assert complaints(result) == []


def test_a_finding_of_a_sweep_stands_in_its_snapshot(small):
    live = replace(small.coverage, scanned="night.snapshot", assumed=False)
    finding = replace(small.findings[1], file="", line=0)
    (place,) = places(log(replace(small, findings=(finding,), coverage=live))["runs"][0]["results"])
    assert place["artifactLocation"]["uri"] == "night.snapshot"


def test_a_finding_in_a_downloaded_module_stands_where_the_module_is_called(small):
    inside = replace(small.findings[2], file=".terraform/modules/web/main.tf")
    (finding,) = log(replace(small, findings=(inside,)))["runs"][0]["results"]
    place = finding["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "estate/main.tf"
    assert place["region"]["startLine"] == 30


@pytest.mark.parametrize(
    ("scanned", "uri"),
    [
        (".", "a%20b/%23.tf"),
        ("./infra/", "infra/a%20b/%23.tf"),
        ("/srv/infra", "a%20b/%23.tf"),
        ("../infra", "a%20b/%23.tf"),
    ],
)
def test_files_are_named_from_where_the_scan_was_started(small, scanned, uri):
    result = replace(
        small,
        coverage=replace(small.coverage, scanned=scanned),
        findings=(replace(small.findings[1], file="a b/#.tf"),),
    )
    (place,) = places(log(result)["runs"][0]["results"])
    assert place["artifactLocation"]["uri"] == uri


def test_root_modules_that_are_alike_keep_alerts_of_their_own(small):
    twins = (small.findings[1], replace(small.findings[1], root="prod"))
    results = log(replace(small, findings=twins))["runs"][0]["results"]
    assert [r["partialFingerprints"]["primaryLocationLineHash"][-2:] for r in results] == [
        ":1",
        ":2",
    ]


def test_no_more_results_than_github_takes_and_the_rest_is_counted(small, monkeypatch):
    monkeypatch.setattr(sarif, "MOST_RESULTS", 2)
    (run,) = log(small)["runs"]
    assert len(run["results"]) == 2
    told = run["invocations"][0]["toolExecutionNotifications"][-1]["message"]["text"]
    assert told == "1 finding left out: the file holds the 2 worst."


def test_a_rule_of_another_version_is_described_by_its_findings(small):
    other = replace(small.findings[1], rule="from-the-future")
    result = replace(small, findings=(other,))
    rules = log(result)["runs"][0]["tool"]["driver"]["rules"]
    assert rules[-1]["shortDescription"]["text"] == other.title
    assert complaints(result) == []


def test_names_cannot_link_or_steer(small):
    hop = replace(small.paths[0].hops[0], says=EVIL)
    result = replace(
        small,
        findings=tuple(
            replace(f, because=EVIL, fix=EVIL, subject=EVIL, unknowns=(EVIL,))
            for f in small.findings
        ),
        paths=(replace(small.paths[0], hops=(hop,), entry=EVIL),),
        gaps=(Gap("syntax-error", EVIL, EVIL, "a\n\x1b.tf", 1, EVIL, "."),),
    )
    assert complaints(result) == []
    said = "".join(messages(log(result)["runs"][0]["results"]))
    assert "x] (https://evil.example)" in said
    assert "](https://evil" not in said
    assert "[y](1)" not in said
    assert "\x1b" not in render(result)
    assert "\u202e" not in render(result)
