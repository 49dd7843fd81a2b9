"""What CDK for Terraform synthesises is plain JSON: stacks/NAME/cdk.tf.json, a root module each."""

import json

import pytest

from scanner.estates import Request
from scanner.pipeline import scan
from scanner.terraform.evaluate import evaluate_root
from scanner.terraform.roots import find_roots
from scanner.tree import Directory

STACK = "stacks/quay"


def made(path, **arguments):
    """A construct, with the comment that CDKTF leaves in it."""
    unique = path.replace("/", "_")
    return {"//": {"metadata": {"path": f"quay/{path}", "uniqueId": unique}}, **arguments}


SYNTHESISED = {
    "//": {
        "metadata": {"backend": "local", "stackName": "quay", "version": "0.20.9"},
        "outputs": {"quay": {"host": "host_id"}},
    },
    "terraform": {
        "backend": {"local": {"path": "/build/terraform.quay.tfstate"}},
        "required_providers": {"aws": {"source": "aws", "version": "6.25.0"}},
    },
    "provider": {
        "aws": [
            {"region": "eu-west-1", "default_tags": [{"tags": {"Team": "quay"}}]},
            {"alias": "far", "region": "us-west-2"},
        ]
    },
    "variable": {"office": {"default": "203.0.113.0/24", "description": "where we sit"}},
    "data": {
        "aws_iam_policy_document": {
            "anyone": made(
                "anyone",
                statement=[
                    {
                        "actions": ["s3:GetObject"],
                        "effect": "Allow",
                        "principals": [{"identifiers": ["*"], "type": "*"}],
                        "resources": ["${aws_s3_bucket.cargo_8A1F.arn}/*"],
                    }
                ],
            )
        }
    },
    "resource": {
        "aws_vpc": {"net": made("net", cidr_block="10.7.0.0/16")},
        "aws_internet_gateway": {"gate": made("gate", vpc_id="${aws_vpc.net.id}")},
        "aws_subnet": {
            "public": made(
                "public",
                cidr_block="10.7.1.0/24",
                map_public_ip_on_launch=True,
                vpc_id="${aws_vpc.net.id}",
            )
        },
        "aws_route_table": {
            "public-table": made(
                "public/table",
                route=[
                    {"cidr_block": "0.0.0.0/0", "gateway_id": "${aws_internet_gateway.gate.id}"}
                ],
                vpc_id="${aws_vpc.net.id}",
            )
        },
        "aws_route_table_association": {
            "link": made(
                "public/link",
                route_table_id="${aws_route_table.public-table.id}",
                subnet_id="${aws_subnet.public.id}",
            )
        },
        "aws_security_group": {
            "host-group": made(
                "host/group",
                ingress=[
                    {
                        "cidr_blocks": ["0.0.0.0/0", "${var.office}"],
                        "description": None,
                        "from_port": 22,
                        "ipv6_cidr_blocks": None,
                        "prefix_list_ids": None,
                        "protocol": "tcp",
                        "security_groups": None,
                        "self": None,
                        "to_port": 22,
                    }
                ],
                name="host",
                vpc_id="${aws_vpc.net.id}",
            )
        },
        "aws_instance": {
            "host": made(
                "host/machine",
                ami="ami-0abcdef1234567890",
                instance_type="t4g.micro",
                subnet_id="${aws_subnet.public.id}",
                vpc_security_group_ids=["${aws_security_group.host-group.id}"],
            )
        },
        "aws_s3_bucket": {
            "cargo_8A1F": made("cargo", bucket="quay-cargo", provider="aws.far"),
            "berth": made("berth", bucket="quay-${each.key}", for_each='${toset(["a", "b"])}'),
        },
        "aws_s3_bucket_policy": {
            "cargo_policy": made(
                "cargo/policy",
                bucket="${aws_s3_bucket.cargo_8A1F.id}",
                policy="${data.aws_iam_policy_document.anyone.json}",
                provider="aws.far",
            )
        },
    },
    "output": {"host_id": {"value": "${aws_instance.host.id}"}},
}


@pytest.fixture
def synthesised(tmp_path):
    """The directory cdktf.out."""
    stack = tmp_path / STACK / "cdk.tf.json"
    stack.parent.mkdir(parents=True)
    stack.write_text(json.dumps(SYNTHESISED, indent=2))
    (tmp_path / "manifest.json").write_text(json.dumps({"version": "0.20.9", "stacks": {}}))
    return tmp_path


def test_each_stack_is_a_root_module(synthesised):
    tree = Directory(synthesised)
    assert [root.directory for root in find_roots(tree)] == [STACK]
    found = evaluate_root(tree, STACK)
    assert found.gaps == ()
    assert {each.id for each in found.resources} >= {
        "aws_vpc.net",
        "aws_route_table.public-table",
        'aws_s3_bucket.berth["b"]',
        "data.aws_iam_policy_document.anyone",
    }


def test_the_paths_of_constructs_are_comments(synthesised):
    found = evaluate_root(Directory(synthesised), STACK)
    assert not [each.id for each in found.resources if "//" in each.values]


def test_arguments_are_what_they_are_in_the_native_syntax(synthesised):
    found = {r.id: r for r in evaluate_root(Directory(synthesised), STACK).resources}
    (rule,) = found["aws_security_group.host-group"].values["ingress"]
    assert rule["cidr_blocks"] == ("0.0.0.0/0", "203.0.113.0/24")
    assert found["aws_s3_bucket.cargo_8A1F"].scope.region == "us-west-2"
    assert found["aws_vpc.net"].scope.region == "eu-west-1"
    assert found["aws_vpc.net"].tags == {"Team": "quay"}
    assert found['aws_s3_bucket.berth["a"]'].values["bucket"] == "quay-a"


def test_findings_point_at_lines_of_the_stack(synthesised):
    result = scan(Request(synthesised))
    lines = (synthesised / STACK / "cdk.tf.json").read_text().splitlines()
    told = {(f.rule, f.subject): f for f in result.findings if f.verdict == "violated"}
    ssh = told["ssh-open-to-internet", "aws_instance.host"]
    assert ssh.file == f"{STACK}/cdk.tf.json"
    assert '"host": {' in lines[ssh.line - 1]
    assert ("bucket-open-to-anyone", "aws_s3_bucket.cargo_8A1F") not in told  # cannot be told
    opened = [f for f in result.findings if f.subject == "aws_s3_bucket.cargo_8A1F"]
    assert "bucket-open-to-anyone" in {f.rule for f in opened}
    proofs = [lines[proof.line - 1].strip() for proof in ssh.proof if proof.line]
    assert '"map_public_ip_on_launch": true,' in proofs
    assert '"subnet_id": "${aws_subnet.public.id}",' in proofs
