"""What data sources say without asking anybody."""

import pytest

from graphs.unknown import Cause, Template, Unknown


def told(terraform, data, expression, region="eu-west-1", **options):
    provider = f'provider "aws" {{ region = "{region}" }}' if region else ""
    evaluated = terraform(f'{provider}\n{data}\noutput "it" {{ value = {expression} }}', **options)
    return evaluated.outputs["it"], evaluated.gaps


KNOWN = [
    ('data "aws_region" "d" {}', "data.aws_region.d.name", "eu-west-1"),
    ('data "aws_region" "d" { region = "us-east-2" }', "data.aws_region.d.id", "us-east-2"),
    ('data "aws_region" "d" {}', "data.aws_region.d.endpoint", "ec2.eu-west-1.amazonaws.com"),
    ('data "aws_partition" "d" {}', "data.aws_partition.d.reverse_dns_prefix", "com.amazonaws"),
    (
        'data "aws_service" "d" { service_id = "s3" }',
        "data.aws_service.d.reverse_dns_name",
        "com.amazonaws.eu-west-1.s3",
    ),
    (
        'data "aws_service_principal" "d" { service_name = "s3" }',
        "data.aws_service_principal.d.name",
        "s3.amazonaws.com",
    ),
    (
        'data "aws_arn" "d" { arn = "arn:aws:rds:eu-west-1:1:db:x" }',
        "[data.aws_arn.d.service, data.aws_arn.d.account, data.aws_arn.d.resource]",
        ("rds", "1", "db:x"),
    ),
    (
        'data "aws_availability_zone" "d" { name = "us-east-1f" }',
        '"${data.aws_availability_zone.d.region} ${data.aws_availability_zone.d.name_suffix}"',
        "us-east-1 f",
    ),
    (
        'data "null_data_source" "d" { inputs = { a = "b" } }',
        "data.null_data_source.d.outputs.a",
        "b",
    ),
]


@pytest.mark.parametrize(("data", "expression", "expected"), KNOWN)
def test_what_follows_from_code_is_known(terraform, data, expression, expected):
    assert told(terraform, data, expression) == (expected, ())


@pytest.mark.parametrize(
    ("region", "name", "suffix", "principal"),
    [
        ("eu-west-1", "aws", "amazonaws.com", "sqs.amazonaws.com"),
        ("cn-north-1", "aws-cn", "amazonaws.com.cn", "sqs.amazonaws.com.cn"),
        ("us-gov-west-1", "aws-us-gov", "amazonaws.com", "sqs.amazonaws.com"),
        ("us-isob-east-1", "aws-iso-b", "sc2s.sgov.gov", "sqs.amazonaws.com"),
    ],
)
def test_partitions_have_names_of_their_own(terraform, region, name, suffix, principal):
    data = 'data "aws_partition" "p" {}\ndata "aws_service_principal" "s" { service_name = "sqs" }'
    parts = "data.aws_partition.p.partition, data.aws_partition.p.dns_suffix"
    value, _ = told(terraform, data, f"[{parts}, data.aws_service_principal.s.name]", region)
    assert value == (name, suffix, principal)


ZONES = [
    ("", ["a", "b", "c"]),
    ('state = "available"', ["a", "b", "c"]),
    ('exclude_names = ["eu-west-1b"]', ["a", "c"]),
    ('filter {\n name = "opt-in-status"\n values = ["opt-in-not-required"]\n}', ["a", "b", "c"]),
    ('filter {\n name = "region-name"\n values = ["eu-west-1"]\n}', ["a", "b", "c"]),
]


@pytest.mark.parametrize(("asked", "letters"), ZONES)
def test_zones_are_those_of_the_region(terraform, asked, letters):
    data = f'data "aws_availability_zones" "z" {{\n{asked}\n}}'
    value, _ = told(terraform, data, "data.aws_availability_zones.z.names")
    assert value == tuple(f"eu-west-1{letter}" for letter in letters)


@pytest.mark.parametrize(
    "asked",
    [
        "all_availability_zones = true",
        'exclude_zone_ids = ["euw1-az1"]',
        'filter {\n name = "opt-in-status"\n values = ["opted-in"]\n}',
        'filter {\n name = "zone-type"\n values = ["local-zone"]\n}',
    ],
)
def test_zones_that_only_an_account_has_are_unknown(terraform, asked):
    data = f'data "aws_availability_zones" "z" {{\n{asked}\n}}'
    value, _ = told(terraform, data, "data.aws_availability_zones.z.names")
    assert value.what == "data.aws_availability_zones.z.names"


def test_zone_ids_are_as_many_as_names(terraform):
    data = 'data "aws_availability_zones" "z" {}'
    value, _ = told(terraform, data, "data.aws_availability_zones.z.zone_ids", "us-west-2")
    assert len(value) == 4
    assert all(isinstance(each, Unknown) for each in value)


def test_zones_of_a_region_that_nobody_says_are_three_with_holes(terraform):
    data = 'data "aws_availability_zones" "z" {}'
    names = "data.aws_availability_zones.z.names"
    value, gaps = told(terraform, data, names, "")
    assert [str(each) for each in value] == [f"${{region of provider aws}}{z}" for z in "abc"]
    assert gaps == ()
    said, gaps = told(terraform, data, f"{names}[0]", "", environ={"AWS_REGION": "eu-north-1"})
    assert (said, gaps) == ("eu-north-1a", ())


def test_zones_of_a_region_that_is_a_variable_have_holes(terraform):
    data = (
        'variable "r" {}\nprovider "aws" { region = var.r }\ndata "aws_availability_zones" "z" {}'
    )
    value, gaps = told(terraform, data, "data.aws_availability_zones.z.names[1]", "")
    assert isinstance(value, Template)
    assert str(value) == "${var.r}b"
    assert gaps == ()


def test_parts_of_an_arn_keep_their_holes(terraform):
    data = """
    data "aws_caller_identity" "me" {}
    data "aws_arn" "d" { arn = "arn:aws:sns:eu-west-1:${data.aws_caller_identity.me.id}:topic" }
    data "aws_arn" "u" { arn = aws_sns_topic.t.arn }
    resource "aws_sns_topic" "t" {}
    """
    value, _ = told(terraform, data, "[data.aws_arn.d.account, data.aws_arn.d.resource]")
    assert value[0].cause is Cause.SCOPE
    assert value[1] == "topic"
    whole, _ = told(terraform, data, "data.aws_arn.u.account")
    assert whole.what == "data.aws_arn.u.account"


def test_addresses_of_aws_are_one_set_wherever_they_are_asked_for(terraform):
    data = """
    data "aws_ip_ranges" "a" { services = ["route53_healthchecks"] }
    data "aws_ip_ranges" "b" { services = ["route53_healthchecks"] }
    """
    value, _ = told(
        terraform, data, "[data.aws_ip_ranges.a.cidr_blocks, data.aws_ip_ranges.b.cidr_blocks]"
    )
    assert value[0] == value[1]
    assert value[0].what == 'the IPv4 addresses of AWS for ["route53_healthchecks"]'


def test_what_must_be_asked_for_says_where(terraform):
    data = 'data "http" "ip" { url = "https://example.com" }'
    value, _ = told(terraform, data, "chomp(data.http.ip.response_body)")
    assert [str(each) for each in value.refers] == ["data.http.ip.response_body"]


def test_files_beside_the_code_are_read(terraform):
    evaluated = terraform(
        {
            "main.tf": """
            data "local_file" "f" { filename = "${path.module}/x.txt" }
            data "local_sensitive_file" "s" { filename = "${path.module}/x.txt" }
            data "template_file" "t" {
              template = "Hello $${name}"
              vars     = { name = "you" }
            }
            output "f" { value = data.local_file.f.content }
            output "t" { value = data.template_file.t.rendered }
            resource "aws_instance" "i" { user_data = data.local_sensitive_file.s.content }
            """,
            "x.txt": "text",
        }
    )
    assert (evaluated.outputs["f"], evaluated.outputs["t"]) == ("text", "Hello you")
    assert evaluated.secrets == {"text"}
