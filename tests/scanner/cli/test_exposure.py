"""`pathwarden exposure`: what is open to whom, the gravest first, with what opens it."""

import json

import pytest

from tests.scanner.cli.test_reach import LAN, SITE

MORE = """
resource "aws_instance" "web_too" {
  subnet_id                   = aws_subnet.web.id
  private_ip                  = "10.0.1.11"
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.web.id]
}
resource "aws_security_group" "database" {
  name   = "database"
  vpc_id = aws_vpc.main.id
  ingress {
    protocol    = "tcp"
    from_port   = 5432
    to_port     = 5432
    cidr_blocks = ["198.51.100.0/24", "10.60.0.0/16"]
  }
}
resource "aws_instance" "database" {
  subnet_id                   = aws_subnet.web.id
  private_ip                  = "10.0.1.12"
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.database.id]
}
"""


@pytest.fixture
def lan(tmp_path):
    (tmp_path / "main.tf").write_text(LAN + MORE)
    return tmp_path


def rows(done):
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert found["schema"] == "pathwarden-exposure/1"
    return found["exposures"]


def test_the_gravest_is_first_and_what_cannot_be_told_last(run, lan):
    told = rows(run("exposure", lan, "--format", "json"))
    said = [(r["verdict"], r["gravity"], r["traffic"], r["sources"]) for r in told]
    assert said == [
        ("reachable", "data", "tcp 5432", ["198.51.100.0/24"]),
        ("reachable", "other", "tcp 443", ["0.0.0.0/0"]),
        ("unknown", "administration", "tcp 22", ["0.0.0.0/0"]),
    ]
    assert told[2]["unknowns"] == ["var.office (variable without a value)"]


def test_services_that_one_reason_opens_stand_together(run, lan):
    web = rows(run("exposure", lan, "--format", "json"))[1]
    assert [s["address"] for s in web["services"]] == ["aws_instance.web", "aws_instance.web_too"]
    opened = {step["claim"]: (step["file"], step["line"]) for step in web["steps"]}
    assert opened["Security group web lets TCP 443 in from 0.0.0.0/0"] == ("main.tf", 27)
    (route,) = (c for c in opened if "sends 0.0.0.0/0 to internet gateway main" in c)
    assert opened[route] == ("main.tf", 12)


def test_people_read_it_in_the_same_order(run, lan):
    done = run("exposure", "--on", lan)
    lines = done.out.splitlines()
    assert lines[0] == "From the internet: 3 of 3 services reached"
    heads = [line for line in lines[1:] if line and not line.startswith(" ")]
    assert heads == [
        "Databases",
        "Other services",
        "Administration, where it cannot be told",
    ]
    assert "  tcp 443 from 0.0.0.0/0 → instance web, instance web_too" in lines
    assert "      it depends on var.office (variable without a value)" in lines


@pytest.mark.parametrize(
    ("source", "traffic"),
    [
        ("198.51.100.7", {"tcp 443", "tcp 5432", "tcp 22"}),
        ("203.0.113.0/24", {"tcp 443", "tcp 22"}),
        ("aws_instance.web", {"tcp 443", "tcp 22"}),
    ],
)
def test_others_than_the_internet_are_asked_for(run, lan, source, traffic):
    told = rows(run("exposure", lan, "--from", source, "--format", "json"))
    assert {row["traffic"] for row in told} == traffic


def test_a_site_that_is_behind_nothing_reaches_nothing(run, lan):
    (lan / "pathwarden.yaml").write_text(SITE)
    lines = run("exposure", lan, "--from", "Oslo clinic").out.splitlines()
    assert lines == [
        "From site:Oslo clinic: 0 of 3 services reached",
        "  site Oslo clinic (clinic) in NO: 10.60.0.0/16",
    ]


def test_one_thing_can_be_looked_at_alone(run, lan, tmp_path):
    file = tmp_path / "found.json"
    done = run("exposure", lan, "--to", "database", "--format", "json", "-o", file)
    assert (done.code, done.out) == (0, "")
    (row,) = json.loads(file.read_text())["exposures"]
    assert [service["name"] for service in row["services"]] == ["database"]
    first = run("exposure", lan, "--to", "aws_subnet.web").out.splitlines()[0]
    assert first == "From the internet: 3 of 3 services reached"


def test_live_accounts_are_named(run):
    done = run("exposure", "fixtures/aws/tgw_asymmetric_non_default_rtb", "--format", "json")
    places = {(step["account"], step["region"]) for row in rows(done) for step in row["steps"]}
    assert places == {("028403472736", "us-east-1")}
    text = run("exposure", "fixtures/aws/tgw_asymmetric_non_default_rtb").out
    assert "(028403472736, us-east-1)" in text


def test_what_is_not_there_is_refused(run, lan):
    done = run("exposure", lan, "--from", "wbe")
    assert done.lines == ["pathwarden: nothing here is called 'wbe' (did you mean web?)"]
    done = run("exposure", lan, "--to", "wbe")
    assert done.lines == ["pathwarden: nothing here is called 'wbe' (did you mean web?)"]
