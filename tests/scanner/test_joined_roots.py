"""Root modules that read each other are judged as one, over what is live where that is told."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.pipeline import Request, scan
from scanner.result import Result
from tests.scanner.cli.conftest import plain_environment, run  # noqa: F401  fixtures

Scan = Callable[..., Result]

NETWORK = """
terraform {
  backend "s3" {
    bucket = "states"
    key    = "network.tfstate"
  }
}
provider "aws" { region = "eu-west-1" }
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
  tags       = { Name = "main" }
}
resource "aws_internet_gateway" "out" { vpc_id = aws_vpc.main.id }
resource "aws_subnet" "public" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
}
resource "aws_route_table" "public" {
  vpc_id = aws_vpc.main.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.out.id
  }
}
resource "aws_route_table_association" "public" {
  subnet_id      = aws_subnet.public.id
  route_table_id = aws_route_table.public.id
}
output "subnet_id" { value = aws_subnet.public.id }
"""

DATA = """
provider "aws" { region = "eu-west-1" }
resource "aws_s3_bucket" "records" {
  bucket = "customer-records"
  tags   = { DataClass = "pii" }
}
resource "aws_ssm_parameter" "records" {
  name  = "/data/records"
  type  = "String"
  value = aws_s3_bucket.records.arn
}
"""

APP = """
provider "aws" { region = "eu-west-1" }
data "terraform_remote_state" "network" {
  backend = "s3"
  config = {
    bucket = "states"
    key    = "network.tfstate"
  }
}
data "aws_vpc" "main" { tags = { Name = "main" } }
data "aws_ssm_parameter" "records" { name = "/data/records" }
resource "aws_security_group" "web" {
  name   = "web"
  vpc_id = data.aws_vpc.main.id
  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_instance" "web" {
  ami                         = "ami-1"
  instance_type               = "t3.micro"
  associate_public_ip_address = true
  subnet_id                   = data.terraform_remote_state.network.outputs.subnet_id
  vpc_security_group_ids      = [aws_security_group.web.id]
  iam_instance_profile        = aws_iam_instance_profile.web.name
}
resource "aws_iam_instance_profile" "web" { role = aws_iam_role.web.name }
resource "aws_iam_role" "web" {
  name = "web"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}
resource "aws_iam_role_policy" "web" {
  role   = aws_iam_role.web.id
  policy = data.aws_iam_policy_document.web.json
}
data "aws_iam_policy_document" "web" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${data.aws_ssm_parameter.records.value}/*"]
  }
}
"""


@pytest.fixture
def scanned(tmp_path: Path) -> Scan:
    """Scan root modules by directory, each of one file."""

    def scan_roots(roots: dict[str, str], **how: object) -> Result:
        for directory, text in roots.items():
            (tmp_path / "code" / directory).mkdir(parents=True)
            (tmp_path / "code" / directory / "main.tf").write_text(text)
        return scan(Request(tmp_path / "code", environ={}, **how))  # type: ignore[arg-type]

    return scan_roots


def certain(result: Result) -> list[str]:
    return [path.title for path in result.paths if path.verdict == "violated"]


def test_a_path_across_root_modules_is_found(scanned):
    result = scanned({"app": APP, "data": DATA, "network": NETWORK})
    assert certain(result) == ["the internet → customer data in customer-records"]
    (path,) = (each for each in result.paths if each.verdict == "violated")
    assert path.root == "data"
    assert path.target_address == "data//aws_s3_bucket.records"
    files = {proof.file for hop in path.hops for proof in hop.proof}
    assert {"app/main.tf", "network/main.tf"} <= files
    assert [root.directory for root in result.coverage.roots] == ["app", "data", "network"]
    assert [view.root for view in result.views] == ["app + data + network"]


def test_what_is_found_belongs_to_its_root_and_is_said_once(scanned):
    result = scanned({"app": APP, "data": DATA, "network": NETWORK})
    homes = {(each.rule, each.subject): each.root for each in result.findings}
    assert homes["ssh-open-to-internet", "app//aws_instance.web"] == "app"
    assert homes["network-without-flow-log", "network//aws_vpc.main"] == "network"
    assert len(homes) == len(result.findings)
    assert len({each.fingerprint for each in result.findings}) == len(result.findings)


@pytest.mark.parametrize("missing", ["data", "network"])
def test_half_of_it_proves_nothing(scanned, missing):
    roots = {"app": APP, "data": DATA, "network": NETWORK}
    result = scanned({name: text for name, text in roots.items() if name != missing})
    assert certain(result) == []


def test_roots_that_read_nothing_of_each_other_stay_apart(scanned):
    result = scanned({"data": DATA, "network": NETWORK})
    assert [view.root for view in result.views] == ["data", "network"]
    subjects = {each.subject for each in result.findings}
    assert "aws_vpc.main" in subjects, "addresses are as in a root module that is alone"


def test_a_finding_keeps_its_name_when_its_root_is_joined(scanned, tmp_path):
    def found(result: Result) -> set[str]:
        return {each.fingerprint for each in result.findings if each.rule == "bucket-not-versioned"}

    joined = found(scanned({"app": APP, "data": DATA, "network": NETWORK}))
    alone = found(scan(Request(tmp_path / "code" / "data", environ={})))
    assert joined == alone != set()


def test_twins_do_not_meet(scanned):
    roots = {}
    for env in ("dev", "prod"):
        roots |= {f"{env}/network": NETWORK.replace('"states"', f'"{env}-states"')}
        roots |= {f"{env}/app": APP.replace('"states"', f'"{env}-states"')}
    result = scanned({**roots, "prod/data": DATA})
    assert [view.root for view in result.views] == [
        "dev/app + dev/network",
        "prod/app + prod/data + prod/network",
    ]
    assert [path.root for path in result.paths if path.verdict == "violated"] == ["prod/data"]


def test_what_cannot_be_told_apart_is_said(scanned):
    twin = NETWORK.replace('"network.tfstate"', '"other.tfstate"')
    result = scanned({"app": APP, "data": DATA, "network": NETWORK, "other": twin})
    told = [gap.what for gap in result.gaps if gap.kind == "ambiguous-lookup"]
    either = "network//aws_vpc.main or other//aws_vpc.main"
    assert told == [f"data.aws_vpc.main may find {either}: nothing tells them apart"]


LIVE = {
    "vpcs": {
        "Vpcs": [
            {
                "VpcId": "vpc-1",
                "CidrBlock": "10.0.0.0/16",
                "OwnerId": "111111111111",
                "Tags": [{"Key": "Name", "Value": "main"}],
            }
        ]
    },
    "subnets": {
        "Subnets": [
            {
                "SubnetId": "subnet-1",
                "VpcId": "vpc-1",
                "CidrBlock": "10.0.1.0/24",
                "AvailabilityZone": "eu-west-1a",
                "OwnerId": "111111111111",
                "Tags": [{"Key": "Tier", "Value": "public"}],
            }
        ]
    },
    "gateways": {
        "InternetGateways": [
            {
                "InternetGatewayId": "igw-1",
                "OwnerId": "111111111111",
                "Attachments": [{"State": "available", "VpcId": "vpc-1"}],
            }
        ]
    },
    "tables": {
        "RouteTables": [
            {
                "RouteTableId": "rtb-1",
                "VpcId": "vpc-1",
                "OwnerId": "111111111111",
                "Associations": [
                    {"Main": True, "RouteTableId": "rtb-1", "RouteTableAssociationId": "a-0"},
                    {
                        "Main": False,
                        "SubnetId": "subnet-1",
                        "RouteTableId": "rtb-1",
                        "RouteTableAssociationId": "a-1",
                    },
                ],
                "Routes": [
                    {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local"},
                    {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"},
                ],
            }
        ]
    },
    "acls": {
        "NetworkAcls": [
            {
                "NetworkAclId": "acl-1",
                "VpcId": "vpc-1",
                "IsDefault": True,
                "OwnerId": "111111111111",
                "Associations": [{"NetworkAclId": "acl-1", "SubnetId": "subnet-1"}],
                "Entries": [
                    {
                        "CidrBlock": "0.0.0.0/0",
                        "Egress": egress,
                        "Protocol": "-1",
                        "RuleAction": "allow",
                        "RuleNumber": 100,
                    }
                    for egress in (True, False)
                ],
            }
        ]
    },
}


@pytest.fixture
def live(tmp_path: Path) -> Path:
    """What the AWS CLI told of an account with one public subnet."""
    there = tmp_path / "aws" / "111111111111" / "eu-west-1"
    there.mkdir(parents=True)
    for name, answer in LIVE.items():
        (there / f"{name}.json").write_text(json.dumps(answer))
    return tmp_path / "aws"


FINDS = APP.replace("data.terraform_remote_state.network.outputs.subnet_id", "data.aws_subnet.s.id")
FINDS += 'data "aws_subnet" "s" { tags = { Tier = "public" } }'


def ssh(result: Result) -> list[tuple[str, str]]:
    return [(f.verdict, f.subject) for f in result.findings if f.rule == "ssh-open-to-internet"]


def test_code_is_judged_in_its_real_surroundings(scanned, live):
    assert ssh(scanned({"app": FINDS}, live=live)) == [("violated", "app//aws_instance.web")]


def test_without_them_it_cannot_be_told(scanned):
    assert ssh(scanned({"app": FINDS})) == [("cannot-tell", "aws_instance.web")]


def test_what_is_live_of_the_code_is_one_thing_with_it(scanned, live):
    result = scanned({"network": NETWORK}, live=live)
    told = [f.subject for f in result.findings if f.rule == "network-without-flow-log"]
    assert told == ["network//aws_vpc.main"]


def test_with_says_what_is_live(run, scanned, live, tmp_path):  # noqa: F811
    scanned({"app": FINDS})
    done = run("scan", tmp_path / "code", "--with", live, "--only", "ssh-open-to-internet")
    assert (done.code, "SSH answers the internet" in done.out) == (1, True)
