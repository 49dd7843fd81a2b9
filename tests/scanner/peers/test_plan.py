"""What other tools are told: the values that we know, references that lead to one instance."""

import json
from pathlib import Path

import pytest

from graphs.unknown import Template, Unknown
from scanner.estates import Request, estates
from scanner.peers.plan import is_open, plan
from scanner.redact import REDACTED
from scanner.terraform.recorded import read_recorded

HOME = Path(__file__).parents[3]


@pytest.fixture
def written(read):
    """What each of our addresses became: its values, its references, what is not known."""
    made = plan(read.resources, read.secrets)
    parts = made.document
    values = {each["address"]: each["values"] for each in planned(parts)}
    blocks = parts["configuration"]["root_module"]["resources"]
    expressions = {each["address"]: each["expressions"] for each in blocks}
    open_ = {e["address"]: e["change"]["after_unknown"] for e in parts["resource_changes"]}
    names = {resource.id: address for address, resource in made.sources.items()}
    return names, values, expressions, open_


def planned(document):
    return document["planned_values"]["root_module"]["resources"]


def test_a_reference_leads_to_the_one_instance_that_is_meant(written):
    names, values, expressions, _ = written
    bucket = 'module.store["logs"].aws_s3_bucket.this'
    block = 'module.store["logs"].aws_s3_bucket_public_access_block.this'
    assert values[names[bucket]]["bucket"] == "acme-logs"
    wanted = {"bucket": {"references": [f"{names[bucket]}.id"]}}
    assert expressions[names[block]] == wanted
    assert expressions[names["aws_s3_bucket_versioning.logs"]] == wanted
    assert "bucket" not in values[names[block]]


def test_no_two_instances_share_a_name(written):
    names, *_ = written
    assert len(set(names.values())) == len(names)
    assert all("[" not in each for each in names.values())


def test_what_is_not_known_is_left_out_and_named(written):
    names, values, _, unknown = written
    web = names["aws_instance.web"]
    assert "ami" not in values[web]
    assert unknown[web]["ami"] is True
    assert unknown[names["aws_db_instance.main"]] == {"storage_encrypted": True}


def test_no_secret_leaves(read):
    text = json.dumps(plan(read.resources, read.secrets).document)
    for secret in ("correct-horse-battery", "sesame-sesame", "hunter2hunter2"):
        assert secret not in text
    assert REDACTED in text
    assert '"http_tokens": "required"' in text


def test_a_hole_in_a_text_ends_no_text(tmp_path):
    (tmp_path / "main.tf").write_text(
        'resource "aws_s3_bucket" "a" {\n  for_each = toset(["x"])\n  bucket_prefix = "a"\n}\n'
        'resource "aws_iam_policy" "p" {\n'
        '  policy = jsonencode({ Resource = "${aws_s3_bucket.a["x"].arn}/*" })\n}\n'
    )
    (found,) = estates(Request(tmp_path))
    made = plan(found.evaluated.resources, ())
    (policy,) = (each for each in planned(made.document) if each["type"] == "aws_iam_policy")
    said = json.loads(policy["values"]["policy"])
    assert said == {"Resource": "${aws_s3_bucket.a['x'].arn}/*"}


def test_containers_keep_what_is_no_secret(tmp_path):
    (tmp_path / "main.tf").write_text(
        'resource "aws_ecs_task_definition" "t" {\n  family = "t"\n'
        '  container_definitions = jsonencode([{ name = "web", environment = [\n'
        '    { name = "DB_PASSWORD", value = "correct-horse" },\n'
        '    { name = "STAGE", value = "production" } ] }])\n}\n'
    )
    (found,) = estates(Request(tmp_path))
    text = json.dumps(plan(found.evaluated.resources, ()).document)
    assert "correct-horse" not in text
    assert "production" in text


def test_the_attribute_that_is_not_known_is_found_by_its_path(read):
    resources = {each.id: each for each in read.resources}
    assert is_open(resources["aws_instance.web"], "ami")
    assert not is_open(resources["aws_instance.web"], "metadata_options[0].http_tokens")
    assert not is_open(resources["aws_db_instance.main"], "performance_insights_enabled")


@pytest.mark.parametrize("estate", ["tests/scanner/estate", "fixtures/terraform/harbor"])
def test_our_own_reader_of_plans_reads_the_same_values(estate, tmp_path):
    """Known values stay, unknown ones do not become known, and references lead where they did."""
    for found in estates(Request(HOME / estate)):
        made = plan(found.evaluated.resources, ())
        (tmp_path / "plan.json").write_text(json.dumps(made.document))
        again = {
            each.id: each for each in read_recorded(tmp_path / "plan.json", None, {}).resources
        }
        assert set(again) == set(made.sources)
        for address, resource in made.sources.items():
            for name, value in resource.values.items():
                there = again[address].values.get(name)
                if is_plain(value) and not secret(made, address, name):
                    assert there == value, (resource.id, name)
                elif isinstance(value, Unknown):
                    assert there is None or isinstance(there, Unknown), (resource.id, name)


def is_plain(value):
    if isinstance(value, Unknown | Template):
        return False
    if isinstance(value, dict):
        return all(map(is_plain, value.values()))
    return not isinstance(value, tuple) or all(map(is_plain, value))


def secret(made, address, name):
    (found,) = (e["values"] for e in planned(made.document) if e["address"] == address)
    return REDACTED in json.dumps(found.get(name)) or "redacted" in json.dumps(found.get(name))
