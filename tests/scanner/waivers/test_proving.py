"""Waivers where a finding is proven: they count if nothing else proves it."""

from itertools import product
from pathlib import Path

import pytest

from rules.catalogue import rule_named

ESTATE = (
    (Path(__file__).parents[1] / "estate/main.tf")
    .read_text()
    .replace("[var.office]", '["0.0.0.0/0"]')
)
MARK = "# pathwarden:ignore ssh-open-to-internet reason=bastion\n"
SSH = ("aws_instance.web", "ssh-open-to-internet")
INGRESS = """
  ingress {
    protocol    = "tcp"
    from_port   = 22
"""
OTHER = """
resource "aws_vpc_security_group_ingress_rule" "other" {
  security_group_id = aws_security_group.web.id
  ip_protocol       = "tcp"
  from_port         = 20
  to_port           = 30
  cidr_ipv4         = "0.0.0.0/0"
}
"""


def estate(text, mark=MARK):
    """The estate with a comment before some text that stands in it once."""
    assert ESTATE.count(text) == 1
    return ESTATE.replace(text, f"\n{mark}{text.lstrip()}", 1)


@pytest.mark.parametrize(
    "text", [INGRESS, "    from_port   = 22\n", 'resource "aws_security_group" "web"']
)
def test_a_comment_at_the_rule_of_the_group_counts(waived, said, came, text):
    result = waived(estate(text))
    assert said(result) == {SSH: "bastion"}
    assert [status for *_, status in came(result)] == ["counts"]


def test_a_comment_at_the_end_of_the_line_counts(waived, said):
    text = ESTATE.replace("from_port   = 22", f"from_port   = 22 {MARK.rstrip()}")
    assert said(waived(text)) == {SSH: "bastion"}


def test_it_does_not_count_where_another_rule_opens_the_port_too(waived, said, came):
    result = waived(estate(INGRESS) + OTHER)
    assert said(result) == {}
    assert [status for *_, status in came(result)] == ["idle"]
    why = "it covers no finding: more than it stands at proves that of aws_instance.web"
    assert result.waivers[0].why == why
    both = estate(INGRESS) + OTHER.replace("\nresource", f"\n{MARK}resource")
    assert said(waived(both)) == {SSH: "bastion"}


def test_it_does_not_count_at_another_rule_of_the_group(waived, said):
    assert said(waived(estate("  egress {"))) == {}


STATES = ("closed", "open", "waived")


@pytest.mark.parametrize("states", list(product(STATES, repeat=3)), ids="-".join)
def test_it_counts_if_all_that_opens_the_port_is_waived(waived, said, states):
    """Two rules in the group and one beside it, each closed, open, or open and waived."""
    text = ESTATE.partition("  ingress {")[0] + ESTATE.rpartition("  egress {")[2].partition("}")[2]
    inline = (
        f'{MARK if state == "waived" else ""}  ingress {{\n    protocol = "tcp"\n'
        f"    from_port = {22 if state != 'closed' else 23}\n    to_port = 23\n"
        f'    cidr_blocks = ["0.0.0.0/{index}", "128.0.0.0/1"]\n  }}\n'
        for index, state in enumerate(states[:2])
    )
    head, vpc, rest = text.partition("  vpc_id = aws_vpc.main.id\n\n")
    beside = {"closed": "", "open": OTHER, "waived": OTHER.replace("\nres", f"\n{MARK}res")}
    code = head + vpc + "".join(inline) + rest + beside[states[2]]
    result = waived(code, rules=[rule_named(SSH[1])])
    found = {(f.subject, f.rule) for f in result.findings}
    assert found == (set() if set(states) == {"closed"} else {SSH})
    assert set(said(result)) == ({SSH} if found and "open" not in states else set())


def test_a_policy_forbids_it_by_severity_all_the_same(waived, said, came):
    result = waived(estate(INGRESS), "waiving: {forbid: [high]}")
    assert said(result) == {}
    assert [status for *_, status in came(result)] == ["forbidden"]


def test_a_comment_in_a_module_of_the_group_counts(waived, said):
    group = ESTATE.partition('resource "aws_security_group" "web"')[2].partition("\n}\n")[0]
    rest = ESTATE.replace(f'resource "aws_security_group" "web"{group}\n}}\n', "")
    files = {
        "main.tf": rest.replace("aws_security_group.web.id", "module.group.id")
        + f'{MARK}module "group" {{\n  source = "./group"\n  vpc_id = aws_vpc.main.id\n}}\n',
        "group/main.tf": f'resource "aws_security_group" "web"{group}\n}}\n'.replace(
            "aws_vpc.main.id", "var.vpc_id"
        )
        + 'variable "vpc_id" {}\noutput "id" {\n  value = aws_security_group.web.id\n}\n',
    }
    assert said(waived(files)) == {SSH: "bastion"}


@pytest.mark.parametrize(
    ("comment", "rules"),
    [
        ("#trivy:ignore:AVD-AWS-0107", {"ssh-open-to-internet"}),
        ("#trivy:ignore:AWS-0107", {"ssh-open-to-internet"}),
        ("#tfsec:ignore:aws-vpc-no-public-ingress-sgr", {"ssh-open-to-internet"}),
        ("#trivy:ignore:AVD-AWS-0107:exp:2027-01-31", {"ssh-open-to-internet"}),
        ("#trivy:ignore:AVD-AWS-0107:exp:2026-01-31", set()),
        ("#trivy:ignore:AVD-AWS-0107:ws:dev", set()),
        ("#tfsec:ignore:*", set()),
        ("#trivy:ignore:AVD-AWS-9999", set()),
        ("#trivy:ignore:AVD-AWS-0089 trivy:ignore:AVD-AWS-0107", {"ssh-open-to-internet"}),
    ],
)
def test_comments_of_others_at_the_rule_of_the_group(waived, said, comment, rules):
    text = estate(INGRESS, f"{comment}\n")
    assert {rule for _, rule in said(waived(text, "waiving: {foreign: [trivy, tfsec]}"))} == rules
    assert said(waived(text)) == {}
