"""Where attackers start: what counts anyway, what only where somebody says so."""

import pytest

from graphs.attack.entries import KINDS, entries, unmatched
from graphs.attack.facts import Fact, Holds
from graphs.attack.paths import attack_paths
from graphs.build.declared import Declared, DeclaredSite
from graphs.estate import DeclaredEntry
from scanner.config_file import PlaceEntry

TRUST = """
resource "aws_iam_role" "deploy" {
  name               = "deploy"
  assume_role_policy = jsonencode({ Statement = [TRUSTED] })
}
resource "aws_iam_role_policy" "deploy" {
  role   = aws_iam_role.deploy.id
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
}
"""
PROVIDER = "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com"
PINNED = f"""{{
  Effect    = "Allow"
  Action    = "sts:AssumeRoleWithWebIdentity"
  Principal = {{ Federated = "{PROVIDER}" }}
  Condition = {{ StringEquals = {{
    "token.actions.githubusercontent.com:sub" = "repo:acme/shop:ref:refs/heads/main"
  }} }}
}}"""
ANYBODY = '{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "*" } }'
WITHIN = """{
  Effect    = "Allow"
  Action    = "sts:AssumeRole"
  Principal = { AWS = "*" }
  Condition = { StringEquals = { "aws:PrincipalAccount" = "111111111111" } }
}"""
SAML = """{
  Effect    = "Allow"
  Action    = "sts:AssumeRoleWithSAML"
  Principal = { Federated = aws_iam_saml_provider.staff.arn }
  Condition = { StringEquals = { "SAML:aud" = "https://signin.aws.amazon.com/saml" } }
}"""
DIRECTORY = """
resource "aws_iam_saml_provider" "staff" {
  name                   = "staff"
  saml_metadata_document = "x"
}
"""
KEYED = """
resource "aws_iam_user" "robot" {
  name = "robot"
}
resource "aws_iam_access_key" "robot" {
  user = aws_iam_user.robot.name
}
resource "aws_iam_user_policy" "robot" {
  user   = aws_iam_user.robot.name
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
}
"""


def said(*wanted):
    return Declared(entries=tuple(wanted))


def kinds(estate):
    return [entry.kind for entry in entries(estate)]


def from_kind(estate, kind):
    return [path for path in attack_paths(estate) if path.entry.kind == kind]


def test_a_role_that_trusts_everybody_is_entered_from_any_account(built):
    estate = built(TRUST.replace("TRUSTED", ANYBODY))
    (path,) = from_kind(estate, "any account")
    assert path.techniques == ("assume-role-as-stranger", "administer-account")
    assert path.answer.certain
    assert path.entry.why == "Anybody can open an AWS account."


def test_a_condition_that_strangers_do_not_meet_keeps_them_out(built):
    estate = built(TRUST.replace("TRUSTED", WITHIN))
    assert from_kind(estate, "any account") == []


OPT_IN = [
    ("pipeline", TRUST.replace("TRUSTED", PINNED), "assume-role-with-token"),
    ("directory", DIRECTORY + TRUST.replace("TRUSTED", SAML), "assume-role-with-token"),
    ("stolen key", KEYED, "administer-account"),
]


@pytest.mark.parametrize(("kind", "text", "first"), OPT_IN, ids=[each[0] for each in OPT_IN])
def test_what_every_estate_has_counts_only_where_it_is_named(built, kind, text, first):
    assert attack_paths(built(text)) == ()
    (path,) = attack_paths(built(text, said(DeclaredEntry(kind))))
    assert (path.entry.kind, path.techniques[0]) == (kind, first)
    assert path.answer.certain
    assert path.entry.plausibility == KINDS[kind].plausibility


def test_the_id_of_a_path_from_a_pipeline_stays_when_names_change(built):
    text = TRUST.replace("TRUSTED", PINNED)
    wanted = said(DeclaredEntry("pipeline"))
    (before,) = attack_paths(built(text, wanted))
    moved = text.replace('"aws_iam_role" "deploy"', '"aws_iam_role" "d"')
    (after,) = attack_paths(built(moved.replace("aws_iam_role.deploy", "aws_iam_role.d"), wanted))
    assert before.id == after.id


def test_where_anybody_gets_a_token_no_theft_is_told(built):
    text = TRUST.replace("TRUSTED", PINNED.partition("Condition")[0] + "}")
    found = attack_paths(built(text, said(DeclaredEntry("pipeline"))))
    assert [path.entry.kind for path in found] == ["internet"]


def test_one_thing_is_named_with_its_plausibility_and_why(built):
    wanted = DeclaredEntry("contractor", "robot", False, 0.7, "they left in anger")
    (_, entry) = entries(built(KEYED, said(wanted)))
    assert entry.fact == Fact(Holds.CONTROLS, "aws_iam_user.robot")
    assert (entry.plausibility, entry.why) == (0.7, "they left in anger")
    assert entry.says == "the contractor robot"


def test_a_kind_or_a_thing_can_be_left_out(built):
    sites = tuple(
        DeclaredSite(name, "NL", (f"172.16.{n}.0/24",), ()) for n, name in enumerate("ab")
    )
    everything = built("", Declared(sites=sites))
    assert kinds(everything) == ["internet", "site", "site"]
    no_site = built("", Declared(sites=sites, entries=(DeclaredEntry("site", off=True),)))
    assert kinds(no_site) == ["internet"]
    one_site = built("", Declared(sites=sites, entries=(DeclaredEntry("site", "a", off=True),)))
    assert [entry.says for entry in entries(one_site)] == ["the internet", "the b LAN (NL)"]
    nothing = built("", said(DeclaredEntry("internet", off=True)))
    assert entries(nothing) == ()


def test_a_name_of_nothing_is_told(built):
    (gap,) = unmatched([built("", said(DeclaredEntry("workload", "aws_instance.gone")))])
    assert gap.what == "entries: nothing here is called 'aws_instance.gone'"


def test_the_kinds_of_the_file_are_those_that_are_known():
    from typing import get_args, get_type_hints

    spelled = get_type_hints(PlaceEntry)["kind"]
    assert {name.replace("-", " ") for name in get_args(spelled)} == set(KINDS)


CLIENTS = """
resource "aws_vpc" "v" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_subnet" "s" {
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.0.1.0/24"
}
resource "aws_security_group" "g" {
  name   = "g"
  vpc_id = aws_vpc.v.id
  ingress {
    protocol    = "tcp"
    from_port   = 22
    to_port     = 22
    cidr_blocks = ["10.0.0.0/16"]
  }
  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_instance" "web" {
  ami                    = "ami-1"
  subnet_id              = aws_subnet.s.id
  vpc_security_group_ids = [aws_security_group.g.id]
  iam_instance_profile   = aws_iam_instance_profile.deploy.name
}
resource "aws_iam_instance_profile" "deploy" {
  name = "deploy"
  role = aws_iam_role.deploy.name
}
resource "aws_ec2_client_vpn_endpoint" "staff" {
  server_certificate_arn = "arn:aws:acm:eu-west-1:111111111111:certificate/x"
  client_cidr_block      = "172.20.0.0/22"
  security_group_ids     = [aws_security_group.g.id]
  vpc_id                 = aws_vpc.v.id
  authentication_options {
    type                       = "certificate-authentication"
    root_certificate_chain_arn = "arn:aws:acm:eu-west-1:111111111111:certificate/x"
  }
  connection_log_options {
    enabled = false
  }
}
resource "aws_ec2_client_vpn_network_association" "a" {
  client_vpn_endpoint_id = aws_ec2_client_vpn_endpoint.staff.id
  subnet_id              = aws_subnet.s.id
}
resource "aws_ec2_client_vpn_authorization_rule" "a" {
  client_vpn_endpoint_id = aws_ec2_client_vpn_endpoint.staff.id
  target_network_cidr    = "10.0.0.0/16"
  authorize_all_groups   = true
}
"""
MACHINE = (
    '{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }'
)


def test_who_connects_by_a_client_vpn_reaches_what_it_leads_to(built):
    estate = built(CLIENTS + TRUST.replace("TRUSTED", MACHINE))
    (path,) = from_kind(estate, "client vpn")
    assert path.steps[0].says.startswith("Anyone with the Client VPN staff reaches the instance")
    assert path.target.kind == "administrator"
