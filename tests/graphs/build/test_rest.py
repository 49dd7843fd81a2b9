"""Logs, data classes, and what is not modelled."""

import pytest

from graphs.build.declared import DataRule, Declared
from graphs.build.unmodelled import READ, WITHOUT_EFFECT
from graphs.unknown import Unknown
from tests.graphs.build.land import LAND

# ------------------------------------------------------------------------------------------- logs


@pytest.mark.parametrize(
    ("written", "target"),
    [
        ("vpc_id = aws_vpc.main.id", "aws_vpc.main"),
        ("subnet_id = aws_subnet.a.id", "aws_subnet.a"),
        ("eni_id = aws_network_interface.n.id", "aws_network_interface.n"),
        ("transit_gateway_id = aws_ec2_transit_gateway.hub.id", "aws_ec2_transit_gateway.hub"),
    ],
)
def test_a_flow_log_watches_one_thing(node, written, target):
    text = f"""
        resource "aws_network_interface" "n" {{
          subnet_id = aws_subnet.a.id
        }}
        resource "aws_ec2_transit_gateway" "hub" {{}}
        resource "aws_flow_log" "f" {{
          traffic_type = "REJECT"
          {written}
        }}
        """
    log = node(LAND + text, "aws_flow_log.f")
    assert (log.target, log.traffic) == (target, "REJECT")


def test_a_flow_log_of_another_code_watches_what_is_not_known(node):
    text = 'variable "vpc" {}\nresource "aws_flow_log" "f" {\n vpc_id = var.vpc\n}'
    log = node(text, "aws_flow_log.f")
    assert isinstance(log.target, Unknown)
    assert log.traffic == "ALL"


def verdicts(trail):
    said = (trail.logging, trail.all_regions, trail.validated, trail.encrypted)
    return ["yes" if s.certain else "maybe" if s.possible else "no" for s in said]


def test_a_trail_with_the_providers_defaults(node):
    text = 'resource "aws_cloudtrail" "t" {\n name = "t"\n s3_bucket_name = "logs"\n %s\n}'
    trail = node(text % "", "aws_cloudtrail.t")
    assert verdicts(trail) == ["yes", "no", "no", "no"]
    assert isinstance(trail.bucket, Unknown)
    full = """
        enable_logging             = false
        is_multi_region_trail      = true
        enable_log_file_validation = true
        kms_key_id                 = aws_kms_key.k.arn
        """
    key = 'resource "aws_kms_key" "k" {}\nresource "aws_s3_bucket" "l" {\n bucket = "logs"\n}\n'
    trail = node(key + text % full, "aws_cloudtrail.t")
    assert verdicts(trail) == ["no", "yes", "yes", "yes"]
    assert trail.bucket == "aws_s3_bucket.l"


# ----------------------------------------------------------------------------------- data classes

NAMED = {
    "customer-exports": {"customer"},
    "customers_2024": {"customer"},
    "CustomerOrders": {"customer"},
    "hr-files": {"employee"},
    "payroll": {"employee"},
    "card-vault": {"payment"},
    "patient-records": {"health"},
    "acme-tfstate": {"state"},
    "acme-terraform-state": {"state"},
    "db-backups": {"backup"},
    "org-cloudtrail": {"audit"},
    "customer-payments": {"customer", "payment"},
    "stateless": set(),
    "cardiff": set(),
    "postcards-ltd": set(),
    "threshold": set(),
    "auditorium": set(),
    "staffordshire": set(),
    "shipping-manifests": set(),
    "estate-agents": set(),
}


@pytest.mark.parametrize("name", NAMED)
def test_a_name_tells_a_class_by_whole_words(node, name):
    bucket = node(f'resource "aws_s3_bucket" "x" {{\n bucket = "{name}"\n}}', "aws_s3_bucket.x")
    assert bucket.classes == NAMED[name]
    assert bool(bucket.class_reason) == bool(NAMED[name])


def test_the_names_of_terraform_and_of_databases_tell_as_well(built):
    index = built(
        """
        resource "aws_s3_bucket" "patients" {}
        resource "aws_db_instance" "x" {
          identifier = "billing"
        }
        resource "aws_rds_cluster" "x" {
          cluster_identifier = "crm"
        }
        """
    ).index
    found = {
        name: set(node.classes) for name, node in index.by_id.items() if hasattr(node, "classes")
    }
    assert found == {
        "aws_s3_bucket.patients": {"health"},
        "aws_db_instance.x": {"payment"},
        "aws_rds_cluster.x": {"customer"},
    }


@pytest.mark.parametrize("tag", ["DataClass", "data-classification", "data_type", "Data"])
def test_a_tag_wins_over_the_name(node, tag):
    text = 'resource "aws_s3_bucket" "x" {\n bucket = "payroll"\n tags = { "%s" = "Health" }\n}'
    bucket = node(text % tag, "aws_s3_bucket.x")
    assert bucket.classes == {"health"}
    assert bucket.class_reason == f"tag {tag} = Health"


def test_a_tag_of_the_provider_counts(built):
    provider = """
        provider "aws" {
          region = "eu-west-1"
          default_tags {
            tags = { DataClass = "customer" }
          }
        }
        """
    estate = built('resource "aws_s3_bucket" "x" {\n tags = { Name = "x" }\n}', provider=provider)
    bucket = estate.index.by_id["aws_s3_bucket.x"]
    assert bucket.classes == {"customer"}
    assert bucket.name == "x"


def test_a_declaration_wins_over_both(built):
    declared = Declared(data=(DataRule("aws_s3_bucket.*", "audit"),))
    text = (
        'resource "aws_s3_bucket" "x" {\n bucket = "payroll"\n tags = { DataClass = "health" }\n}'
    )
    bucket = built(text, declared).index.by_id["aws_s3_bucket.x"]
    assert bucket.classes == {"audit"}
    assert bucket.class_reason == "declared in pathwarden.yaml"


def test_tags_that_are_not_known_tell_nothing(node):
    text = 'variable "x" {}\nresource "aws_s3_bucket" "x" {\n bucket = "payroll"\n tags = var.x\n}'
    assert node(text, "aws_s3_bucket.x").classes == {"employee"}


# ----------------------------------------------------------------------------------- not modelled


def test_what_is_not_modelled_is_one_gap_per_type(built):
    estate = built(
        """
        resource "aws_lightsail_bucket" "a" {
          name = "a"
        }
        resource "aws_lightsail_bucket" "b" {
          name = "b"
        }
        resource "aws_workspaces_ip_group" "w" {
          name = "w"
        }
        """
    )
    assert [(g.kind, g.what.split(":")[0]) for g in estate.gaps] == [
        ("not-modelled", "aws_lightsail_bucket.a and 1 more"),
        ("not-modelled", "aws_workspaces_ip_group.w"),
    ]
    assert [g.effect for g in estate.gaps] == [
        "what they open, reach or hold is not judged",
        "the desktops that people sign in to are no places here",
    ]
    assert estate.gaps[0].place.file == "main.tf"


def test_what_changes_no_answer_is_no_gap(built):
    estate = built(
        """
        resource "random_password" "p" {
          length = 20
        }
        resource "null_resource" "n" {}
        resource "aws_cloudwatch_log_group" "l" {
          name = "l"
        }
        resource "aws_kms_alias" "a" {
          name          = "alias/a"
          target_key_id = "1234"
        }
        """
    )
    assert [g for g in estate.gaps if g.kind == "not-modelled"] == []


# Types that open, reach or hold something, and that no module of build/ reads.
OPENING = (
    "aws_ec2_transit_gateway_multicast_domain",
    "aws_ec2_transit_gateway_policy_table",
    "aws_lambda_alias",
    "aws_opensearchserverless_collection",
    "aws_sagemaker_domain",
    "aws_verifiedaccess_instance",
    "aws_workspaces_workspace",
)


@pytest.mark.parametrize("kind", OPENING)
def test_nothing_that_opens_something_is_passed_over_in_silence(built, kind):
    estate = built(f'resource "{kind}" "x" {{\n name = "x"\n}}')
    assert [g.kind for g in estate.gaps] == ["not-modelled"]


def test_each_type_is_said_to_be_read_or_without_effect_once():
    assert len(set(READ)) == len(READ)
    assert set(READ) & set(WITHOUT_EFFECT) == set()
