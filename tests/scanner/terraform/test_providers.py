"""Whose account and which region a resource is in."""

import pytest

from graphs.unknown import Cause, Template, Unknown


def scopes(evaluated):
    return {each.id: each.scope for each in evaluated.resources}


def test_region_and_account_come_from_the_provider_that_is_used(terraform):
    found = scopes(
        terraform(
            {
                "main.tf": """
            provider "aws" {
              region              = "eu-west-1"
              allowed_account_ids = ["111111111111"]
            }
            provider "aws" {
              alias  = "prod"
              region = "us-west-2"
              assume_role { role_arn = "arn:aws:iam::222222222222:role/deploy" }
            }
            resource "aws_a" "default" {}
            resource "aws_a" "prod" { provider = aws.prod }
            resource "aws_a" "own" { region = "eu-north-1" }
            module "inherits" { source = "./m" }
            module "given" {
              source    = "./m"
              providers = { aws = aws.prod }
            }
            """,
                "m/main.tf": 'resource "aws_a" "a" {}',
            }
        )
    )
    assert {name: (each.account, each.region) for name, each in found.items()} == {
        "aws_a.default": ("111111111111", "eu-west-1"),
        "aws_a.prod": ("222222222222", "us-west-2"),
        "aws_a.own": ("111111111111", "eu-north-1"),
        "module.inherits.aws_a.a": ("111111111111", "eu-west-1"),
        "module.given.aws_a.a": ("222222222222", "us-west-2"),
    }
    assert {each.provider for each in found.values()} == {"aws"}


def test_what_no_provider_says_is_unknown(terraform):
    found = scopes(terraform('resource "aws_a" "a" {}'))
    assert found["aws_a.a"].account == Unknown(Cause.SCOPE, "account of provider aws")
    assert found["aws_a.a"].region == Unknown(Cause.SCOPE, "region of provider aws")
    found = scopes(terraform('resource "aws_a" "a" {}', environ={"AWS_REGION": "eu-west-1"}))
    assert found["aws_a.a"].region == "eu-west-1"


def test_providers_that_differ_in_region_alone_share_their_account(terraform):
    found = scopes(
        terraform("""
        provider "aws" { region = "eu-west-1" }
        provider "aws" {
          alias  = "west"
          region = "us-west-2"
        }
        provider "aws" {
          alias   = "other"
          profile = "other"
        }
        resource "aws_a" "a" {}
        resource "aws_a" "b" { provider = aws.west }
        resource "aws_a" "c" { provider = aws.other }
        """)
    )
    assert found["aws_a.a"].account == found["aws_a.b"].account
    assert found["aws_a.c"].account.what == "account of provider aws.other"


def test_an_account_that_is_a_variable_stays_one(terraform):
    found = scopes(
        terraform("""
        variable "account" {}
        provider "aws" {
          assume_role { role_arn = "arn:aws:iam::${var.account}:role/x" }
        }
        resource "aws_a" "a" {}
        """)
    )
    assert found["aws_a.a"].account == Unknown(Cause.VARIABLE, "var.account")


def test_default_tags_are_merged(terraform):
    evaluated = terraform("""
    provider "aws" {
      default_tags { tags = { Team = "a", Stage = "dev" } }
    }
    resource "aws_a" "a" { tags = { Stage = "prod" } }
    """)
    assert evaluated.resources[0].tags == {"Team": "a", "Stage": "prod"}


TAGS = {
    "both halves": ('{ Team = "a" }', '{ Name = "b", Team = "c" }', {"Name": "b", "Team": "c"}),
    "defaults only": ('{ Team = "a" }', "null", {"Team": "a"}),
    "own only": ("null", '{ Name = "b" }', {"Name": "b"}),
    "one value unknown": ("{ Team = var.x }", '{ Name = "b" }', {"Name": "b", "Team": "var.x"}),
    "unknown defaults": ("var.x", '{ Name = "b" }', "var.x"),
    "unknown own": ('{ Team = "a" }', "var.x", "var.x"),
    "none": ("null", "null", "aws_vpc.v.tags_all"),
}


@pytest.mark.parametrize("halves", TAGS)
def test_tags_all_is_what_the_provider_makes_of_both_halves(terraform, halves):
    default, own, merged = TAGS[halves]
    evaluated = terraform(f"""
    variable "x" {{}}
    provider "aws" {{
      default_tags {{ tags = {default} }}
    }}
    resource "aws_vpc" "v" {{ tags = {own} }}
    output "o" {{ value = aws_vpc.v.tags_all }}
    """)
    found = evaluated.outputs["o"]
    if isinstance(found, Unknown):
        assert [root.what for root in found.roots] == [merged]
    else:
        shown = {
            key: each.what if isinstance(each, Unknown) else each for key, each in found.items()
        }
        assert shown == merged


def test_a_resource_has_the_region_of_its_provider_or_its_own(terraform):
    evaluated = terraform("""
    provider "aws" { region = "eu-west-1" }
    resource "aws_vpc" "a" {}
    resource "aws_vpc" "b" { region = "us-east-1" }
    resource "aws_route" "without_tags" {}
    resource "aws_iam_role" "global" {}
    output "o" { value = [aws_vpc.a.region, aws_vpc.b.region, aws_route.without_tags.region] }
    output "p" { value = aws_iam_role.global.region }
    """)
    assert evaluated.outputs["o"] == ("eu-west-1", "us-east-1", "eu-west-1")
    assert [each.scope.region for each in evaluated.resources[:2]] == ["eu-west-1", "us-east-1"]
    assert [gap.what for gap in evaluated.gaps] == [
        "aws_iam_role has no attribute 'region' in hashicorp/aws 6.25.0"
    ]


def test_data_sources_answer_from_the_provider(terraform):
    evaluated = terraform("""
    provider "aws" {
      region              = "cn-north-1"
      allowed_account_ids = ["111111111111"]
    }
    data "aws_caller_identity" "me" {}
    data "aws_region" "here" {}
    data "aws_partition" "here" {}
    data "aws_availability_zones" "all" {}
    data "aws_ami" "linux" { owners = ["amazon"] }
    output "o" {
      value = [
        data.aws_caller_identity.me.account_id, data.aws_region.here.name,
        data.aws_partition.here.partition, data.aws_availability_zones.all.names,
        data.aws_ami.linux.id,
      ]
    }
    """)
    *known, ami = evaluated.outputs["o"]
    zones = ("cn-north-1a", "cn-north-1b", "cn-north-1c")
    assert known == ["111111111111", "cn-north-1", "aws-cn", zones]
    assert (ami.cause, ami.what) == (Cause.DATA, "data.aws_ami.linux.id")
    assert evaluated.resources[4].address.mode == "data"


def test_zones_are_counted_even_where_the_region_is_not_known(terraform):
    evaluated = terraform("""
    data "aws_availability_zones" "all" {}
    resource "aws_subnet" "s" {
      count             = length(data.aws_availability_zones.all.names)
      availability_zone = data.aws_availability_zones.all.names[count.index]
    }
    """)
    zones = [each.values["availability_zone"] for each in evaluated.resources[1:]]
    assert len(zones) == 3
    assert all(isinstance(each, Template) for each in zones)
