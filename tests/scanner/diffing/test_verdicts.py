"""Who writes the verdict: the base's policy, its waivers, and what is live around both sides."""

import json

from tests.scanner.diffing.conftest import ESTATE, code
from tests.scanner.diffing.test_differences import OFFICE
from tests.scanner.test_joined_roots import FINDS, LIVE

OPEN = (ESTATE / "main.tf").read_text().replace(OFFICE, 'cidr_blocks = ["0.0.0.0/0"]')
COMMENT = '# pathwarden:ignore ssh-open-to-internet until=2999-01-31 reason="known"\n'
WAIVED = OPEN.replace('resource "aws_instance"', f'{COMMENT}resource "aws_instance"')
SETTINGS = """version: 1
waivers:
  - rule: ssh-open-to-internet
    match: aws_instance.web
    reason: known
"""
ASKED = ("--only", "ssh-open-to-internet", "--format", "json")


def told(repo, *words):
    done = repo.diff(*words, *ASKED)
    return code(done), json.loads(done.stdout)


def statuses(found):
    return [waiver["status"] for waiver in found["waivers_added"]]


def test_a_waiver_that_the_head_adds_is_shown_and_does_not_count(estate):
    estate.commit({"main.tf": WAIVED})
    ended, found = told(estate, "main~1", "main")
    assert ended == 1
    assert statuses(found) == ["added"]
    text = estate.diff("main~1", "main", "--format", "markdown").stdout
    assert "A change does not waive its own findings" in text


def test_one_in_the_settings_of_the_head_neither(estate):
    estate.commit({"main.tf": OPEN, "pathwarden.yaml": SETTINGS})
    ended, found = told(estate, "main~1", "main")
    assert ended == 1
    assert statuses(found) == ["added"]


def test_a_head_does_not_let_itself(estate):
    estate.commit({"main.tf": WAIVED, "pathwarden.yaml": "version: 1\nwaiving:\n  added: true\n"})
    assert told(estate, "main~1", "main")[0] == 1


def test_what_the_base_waives_stays_waived(estate):
    estate.commit({"pathwarden.yaml": SETTINGS})
    estate.commit({"main.tf": OPEN})
    ended, found = told(estate, "main~1", "main")
    assert ended == 0
    assert statuses(found) == []


def test_a_waiver_that_goes_brings_its_finding_back(estate):
    estate.commit({"main.tf": WAIVED})
    estate.commit({"main.tf": OPEN})
    ended, found = told(estate, "main~1", "main")
    assert ended == 1
    assert [each["says"] for each in found["findings_changed"]] == [["waived, now no more"]]


def test_both_sides_lie_over_what_is_live(repo, tmp_path):
    there = tmp_path / "aws" / "111111111111" / "eu-west-1"
    there.mkdir(parents=True)
    for name, answer in LIVE.items():
        (there / f"{name}.json").write_text(json.dumps(answer))
    closed = FINDS.replace('cidr_blocks = ["0.0.0.0/0"]', "cidr_blocks = []", 1)
    assert closed != FINDS
    repo.commit({"app/main.tf": closed})
    repo.commit({"app/main.tf": FINDS})
    _, alone = told(repo, "main~1", "main")
    assert {c["verdict"] for c in alone["reach_added"]} == {"cannot-tell"}
    ended, found = told(repo, "main~1", "main", "--with", str(tmp_path / "aws"))
    assert ended == 1
    assert "violated" in {c["verdict"] for c in found["reach_added"]}
    assert told(repo, "main", "main", "--with", str(tmp_path / "aws"))[1]["reach_added"] == []
