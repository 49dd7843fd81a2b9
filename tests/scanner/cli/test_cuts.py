"""`pathwarden cuts`: what it proposes, what it keeps, and what it refuses to answer."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from scanner.cli import cli
from scanner.errors import ConfigProblem, UsageProblem

ESTATE = Path(__file__).parents[1] / "estate"


def asked(*words, on=ESTATE):
    return CliRunner().invoke(cli, ["cuts", "--on", str(on), *words], standalone_mode=False)


def cuts(*words, on=ESTATE):
    result = asked("--format", "json", *words, on=on)
    assert result.exception is None, result.exception
    return json.loads(result.stdout)["cuts"]


@pytest.fixture
def estate(tmp_path):
    (tmp_path / "main.tf").write_text((ESTATE / "main.tf").read_text())
    return tmp_path


def test_the_cheapest_change_is_shown_with_its_proof_and_its_text():
    text = asked().stdout
    assert "nothing cheaper does as much: that is proven" in text
    assert "--- main.tf" in text


def test_a_target_is_an_address_or_a_class():
    by_class, *_ = cuts("--target", "customer")
    by_address, *_ = cuts("--target", "aws_s3_bucket.customers")
    assert by_class == by_address
    assert by_class["changes"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--target", "nobody"), "--target nobody: nothing worth stealing is called so"),
        (("--target", "custmer"), "did you mean customer?"),
        (("--budget", "0.5"), "--budget 0.5: no change that ends a path costs so little"),
        (("--budget", "-1"), "--budget -1: a budget is a number above 0"),
        (("--budget", "0"), "--budget 0: a budget is a number above 0"),
        (("--budget", "nan"), "--budget nan: a budget is a number above 0"),
    ],
)
def test_what_makes_no_sense_is_one_line(words, said):
    problem = asked(*words).exception
    assert isinstance(problem, UsageProblem)
    assert said in str(problem)


def test_a_cost_below_nothing_is_refused_with_its_line(estate):
    (estate / "pathwarden.yaml").write_text("version: 1\ncosts:\n  close-port: -3\n")
    problem = asked(on=estate).exception
    assert isinstance(problem, ConfigProblem)
    assert str(problem).startswith("pathwarden.yaml:3: costs.close-port: expected float > 0")


def test_a_dear_change_gives_way_to_a_cheaper_one(estate):
    usual, *_ = cuts(on=estate)
    kind = usual["changes"][0]["kind"]
    (estate / "pathwarden.yaml").write_text(f"version: 1\ncosts: {{{kind}: 500}}\n")
    other, *_ = cuts(on=estate)
    assert usual["cost"] < other["cost"] < 500
    assert all(change["kind"] != kind for change in other["changes"])


def test_a_flow_that_has_to_stay_is_never_broken(estate):
    usual, *_ = cuts(on=estate)
    (first,) = usual["changes"]
    assert first["kind"] == "close-port"
    keep = "version: 1\nkeep:\n  - from: internet\n    to: aws_instance.web\n    why: the shop\n"
    (estate / "pathwarden.yaml").write_text(keep)
    kept, *_ = cuts(on=estate)
    assert kept["changes"]
    assert all(c["kind"] not in ("close-port", "make-private") for c in kept["changes"])


def test_a_flow_that_nothing_takes_is_told(estate):
    (estate / "pathwarden.yaml").write_text("version: 1\nkeep: [{from: internet, to: nobody}]\n")
    result = asked(on=estate)
    assert "pathwarden.yaml:2: keep: nothing goes from internet to nobody" in result.stderr


def test_what_cannot_be_told_comes_by_itself(estate):
    text = (estate / "main.tf").read_text().replace('["0.0.0.0/0"]', "[var.office]")
    (estate / "main.tf").write_text(text)
    (cut,) = cuts(on=estate)
    assert cut["verdict"] == "cannot-tell"
    assert cut["changes"]


def test_where_nothing_leads_nothing_has_to_be_changed(tmp_path):
    (tmp_path / "main.tf").write_text('resource "aws_s3_bucket" "a" {}\n')
    assert "Nothing has to be changed." in asked(on=tmp_path).stdout


# ------------------------------------------------------------------------------ waived paths

OPENLY = """
resource "aws_s3_bucket" "patients" {
  bucket = "acme-patients"
  tags   = { DataClass = "health" }
}
resource "aws_s3_bucket_public_access_block" "patients" {
  bucket                  = aws_s3_bucket.patients.id
  restrict_public_buckets = false
  block_public_policy     = false
}
resource "aws_s3_bucket_policy" "patients" {
  bucket = aws_s3_bucket.patients.id
  policy = jsonencode({ Statement = [{
    Effect    = "Allow"
    Principal = "*"
    Action    = "s3:GetObject"
    Resource  = "arn:aws:s3:::acme-patients/*"
  }] })
}
"""
PATH = "path-d300061c71"


def waive(estate, *words):
    file = estate / "main.tf"
    file.write_text(f"# pathwarden:ignore {PATH} {' '.join(words)}\n\n{file.read_text()}")


def test_a_waived_path_is_left_alone_and_counted(estate):
    waive(estate)
    (cut,) = cuts(on=estate)
    assert (cut["changes"], cut["stuck"], cut["cost"], cut["waived"]) == ([], [], 0, 1)
    assert (
        "Nothing has to be changed. 1 waived path is left alone: "
        "pathwarden cuts --waived ends it too."
    ) in " ".join(asked(on=estate).stdout.split())


def test_waived_paths_are_ended_too_where_that_is_asked_for(estate):
    usual = cuts(on=estate)
    waive(estate)
    cut, *_ = cuts("--waived", on=estate)
    (change,) = cut["changes"]
    assert (change["paths"], cut["waived"]) == ([PATH], 0)
    assert (cut["cost"], change["share"]) == (usual[0]["cost"], 1)


def test_a_waiver_that_does_not_count_spares_nothing(estate):
    waive(estate, "until=2020-01-31")
    cut, *_ = cuts(on=estate)
    assert (cut["changes"][0]["paths"], cut["waived"]) == ([PATH], 0)


def test_what_the_baseline_knows_is_left_alone_where_it_is_given(estate, run):
    file = estate / "baseline.json"
    assert run("baseline", estate, "-o", file).code == 0
    assert [cut["waived"] for cut in cuts("--baseline", str(file), on=estate)] == [1]
    assert cuts(on=estate)[0]["changes"]


def test_beside_a_waived_path_the_others_are_ended(estate):
    with (estate / "main.tf").open("a") as file:
        file.write(OPENLY)
    both, *_ = cuts(on=estate)
    waive(estate)
    other, *_ = cuts(on=estate)
    assert [change["kind"] for change in both["changes"]] == ["close-data", "close-port"]
    (change,) = other["changes"]
    assert change["kind"] == "narrow-store-policy", "the machine could read it as somebody else"
    assert PATH not in change["paths"]
    assert (other["waived"], change["share"]) == (1, 1)
    asked_of, *_ = cuts("--target", "health", on=estate)
    assert asked_of["waived"] == 0, "the waived path does not lead there"
    assert cuts("--target", "customer", on=estate)[0]["waived"] == 1


def test_a_scan_says_how_many_waived_paths_its_cut_leaves_alone(estate, run):
    with (estate / "main.tf").open("a") as file:
        file.write(OPENLY)
    waive(estate)
    (cut,) = json.loads(run("scan", estate, "--format", "json").out)["cuts"]
    assert cut["waived"] == 1
    for form in ("text", "markdown"):
        said = " ".join(run("scan", estate, "--format", form).out.split())
        assert "1 waived path is left alone" in said


LOGIN = """
resource "aws_security_group" "admin" {
  name   = "admin"
  vpc_id = aws_vpc.main.id
  ingress {
    protocol    = "tcp"
    from_port   = 22
    to_port     = 22
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_instance" "admin" {
  ami                    = "ami-12345678"
  subnet_id              = aws_subnet.public.id
  vpc_security_group_ids = [aws_security_group.admin.id]
  iam_instance_profile   = aws_iam_instance_profile.web.name
}
"""


def test_two_ways_between_the_same_ends_are_both_ended_where_one_is_waived(estate):
    """What leads from here to there is ended or left alone as a whole."""
    with (estate / "main.tf").open("a") as file:
        file.write(LOGIN)
    before, *_ = cuts(on=estate)
    waive(estate)
    after, *_ = cuts(on=estate)
    assert (after["cost"], after["waived"]) == (before["cost"], 0)
    ended = {path for change in after["changes"] for path in change["paths"]}
    assert ended == {path for change in before["changes"] for path in change["paths"]} - {PATH}
    assert ended


PUSHED = """
provider "aws" {
  region = "eu-west-1"
}
resource "aws_iam_user" "ci" {
  name = "ci"
}
resource "aws_iam_user_login_profile" "ci" {
  user = aws_iam_user.ci.name
}
resource "aws_iam_user_policy" "ci" {
  user   = aws_iam_user.ci.name
  policy = jsonencode({ Statement = [
    { Effect = "Deny", Action = "s3:*", Resource = "*" },
    { Effect = "Allow", Action = "ecr:*", Resource = "arn:aws:ecr:*:*:repository/*" },
    { Effect = "Deny", Action = ["ecr:BatchDelete*", "ecr:PutImageTag*"], Resource = "*" },
  ] })
}
resource "aws_ecr_repository" "web" {
  name = "web"
}
resource "aws_lambda_function" "web" {
  function_name = "web"
  package_type  = "Image"
  role          = aws_iam_role.web.arn
  image_uri     = "${aws_ecr_repository.web.repository_url}:latest"
}
resource "aws_iam_role" "web" {
  name               = "web"
  assume_role_policy = jsonencode({ Statement = [{
    Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" }
  }] })
}
resource "aws_iam_role_policy" "web" {
  role   = aws_iam_role.web.name
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:Get*", Resource = "*" }] })
}
resource "aws_s3_bucket" "customers" {
  bucket = "customers"
}
"""
SHARED = """
provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111111111111"]
}
resource "aws_db_instance" "customers" {
  identifier = "customers"
  engine     = "postgres"
}
resource "aws_db_snapshot" "customers" {
  db_instance_identifier = aws_db_instance.customers.identifier
  db_snapshot_identifier = "customers"
  shared_accounts        = ["222222222222"]
}
"""


@pytest.mark.parametrize(
    ("text", "line"),
    [(PUSHED, '+  image_tag_mutability = "IMMUTABLE"'), (SHARED, "+  shared_accounts        = []")],
)
def test_what_ends_a_supply_or_a_share_is_written_out_and_ends_it(tmp_path, text, line):
    (tmp_path / "main.tf").write_text(text)
    said = asked(on=tmp_path).stdout
    assert line in said
    name = line.split()[1]
    old = [each for each in text.splitlines() if each.strip().startswith(f"{name} ")]
    new = (
        text.replace(old[0], line[1:])
        if old
        else text.replace(
            '  name = "web"\n}\nresource "aws_lambda',
            f'  name = "web"\n{line[1:]}\n}}\nresource "aws_lambda',
        )
    )
    (tmp_path / "main.tf").write_text(new)
    assert not [each for cut in cuts(on=tmp_path) for each in cut["changes"]]
