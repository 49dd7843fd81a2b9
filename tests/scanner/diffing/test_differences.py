"""What a change of the small estate adds and takes: paths, packets, permissions, findings."""

import json

import pytest
from click.testing import CliRunner

from scanner.cli import cli
from tests.scanner.diffing.conftest import ESTATE, code, invoked

LISTS = (
    *("opened", "closed", "changed", "findings_added", "findings_fixed", "findings_changed"),
    *("lost", "reach_added", "reach_removed", "permissions_added", "permissions_removed"),
    *("requirements", "unknowns_added", "gaps_added", "waivers_added", "pictures"),
)
CLOSED_WEB = ('cidr_blocks = ["0.0.0.0/0"]\n  }\n\n  ingress', "cidr_blocks = []\n  }\n\n  ingress")
OFFICE = "cidr_blocks = [var.office]"
PARTNERS = """
resource "aws_s3_bucket" "partners" {
  bucket = "acme-customer-exports"
}

locals {
  exports = "${aws_s3_bucket.partners.arn}/*"
}

resource "aws_iam_role_policy" "partners" {
  role = aws_iam_role.web.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:Get*", Resource = local.exports }]
  })
}
"""


def said(told):
    """The lists that say something."""
    return {name for name in LISTS if told[name]}


def test_a_base_has_no_difference_from_itself(estate):
    done = estate.diff("main", "main")
    assert code(done) == 0
    assert "Nothing that counts is different." in done.stdout
    assert not said(estate.json("main", "HEAD"))


def test_an_opened_port_is_a_connection_and_a_finding(estate):
    estate.edit("main.tf", OFFICE, 'cidr_blocks = ["0.0.0.0/0"]')
    estate.commit()
    told = estate.json("main~1", "main")
    (reached,) = [c for c in told["reach_added"] if c["verdict"] == "violated"]
    assert reached["target"] == "aws_instance.web"
    assert reached["packets"] == "tcp 22 from 0.0.0.0/0"
    assert (reached["file"], reached["line"]) == ("main.tf", 44)
    assert [f["rule"] for f in told["findings_added"]] == []
    (changed,) = [c for c in told["findings_changed"] if c["now"]["rule"] == "ssh-open-to-internet"]
    assert changed["says"] == ["cannot tell, now certain"]
    assert code(estate.diff("main~1", "main")) == 1
    assert code(estate.diff("main~1", "main", "--fail-on", "never")) == 0


def test_the_other_way_round_it_is_not_held_against_the_change(estate):
    estate.edit("main.tf", OFFICE, 'cidr_blocks = ["0.0.0.0/0"]')
    estate.commit()
    told = estate.json("main", "main~1")
    assert told["reach_removed"]
    assert code(estate.diff("main", "main~1")) == 0


def test_a_closed_path_is_told_and_passes(estate):
    estate.edit("main.tf", *CLOSED_WEB)
    estate.commit()
    told = estate.json("main~1", "main")
    assert {p["loses"] for p in told["closed"]} == {"customer"}
    assert not told["findings_added"]
    assert code(estate.diff("main~1", "main", "--fail-on-unknown", "never")) == 0


def test_a_permission_comes_with_the_request_that_shows_it(estate):
    estate.commit({"partners.tf": PARTNERS})
    told = estate.json("main~1", "main")
    powers = {(p["relation"], p["target"]): p for p in told["permissions_added"]}
    reads = powers["reads", "aws_s3_bucket.partners"]
    assert reads["principal"] == "aws_iam_role.web"
    assert reads["witness"]["action"] == "s3:GetObject"
    assert reads["witness"]["resource"].startswith("arn:aws:s3:::acme-customer-exports/")
    assert (reads["file"], reads["line"]) == ("partners.tf", 12)
    allows = powers["allows", "arn:aws:s3:::acme-customer-exports/*"]
    assert allows["actions"] > 10
    assert "s3:get*" in allows["says"]


def test_a_deny_that_goes_gives_what_it_refused(estate):
    text = (ESTATE / "main.tf").read_text()
    denying = text.replace(
        'Statement = [{\n      Effect   = "Allow"\n      Action   = "s3:GetObject"',
        'Statement = [{ Effect = "Deny", Action = "s3:*", Resource = "*" }, {\n'
        '      Effect   = "Allow"\n      Action   = "s3:GetObject"',
    )
    assert denying != text
    estate.commit({"main.tf": denying})
    estate.commit({"main.tf": text})
    told = estate.json("main~1", "main")
    (reads,) = [p for p in told["permissions_added"] if p["relation"] == "reads"]
    assert reads["target"] == "aws_s3_bucket.customers"
    assert told["opened"]
    (picture,) = told["pictures"]
    assert picture["new"] == [3]
    assert "linkStyle" in picture["mermaid"]


def test_moved_lines_and_files_are_no_difference(estate):
    text = (ESTATE / "main.tf").read_text()
    estate.commit({"main.tf": None, "all.tf": "\n\n# moved\n\n" + text})
    assert not said(estate.json("main~1", "main"))


def test_a_moved_root_takes_its_findings_along(repo):
    text = (ESTATE / "main.tf").read_text()
    repo.commit({"old/main.tf": text})
    repo.commit({"old/main.tf": None, "new/main.tf": text})
    told = repo.json("main~1", "main")
    assert not said(told) - {"requirements"}


def test_a_module_that_is_called_by_another_name_is_no_difference(repo):
    text = (ESTATE / "main.tf").read_text()
    call = 'module "{}" {{\n  source = "./web"\n  office = "192.0.2.0/24"\n}}\n'
    repo.commit({"web/main.tf": text, "main.tf": call.format("one")})
    repo.commit({"main.tf": call.format("two")})
    assert not said(repo.json("main~1", "main"))


def test_a_copy_of_a_root_is_new(repo):
    text = (ESTATE / "main.tf").read_text()
    repo.commit({"dev/main.tf": text})
    repo.commit({"prod/main.tf": text})
    told = repo.json("main~1", "main")
    assert {p["root"] for p in told["opened"]} == {"prod"}


def test_two_directories_plans_and_results_are_compared_alike(estate, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "main.tf").write_text(
        (ESTATE / "main.tf").read_text().replace(OFFICE, 'cidr_blocks = ["0.0.0.0/0"]')
    )
    by_directory = json.loads(invoked(ESTATE, other, "--format", "json").stdout)
    assert by_directory["reach_added"]
    assert not by_directory["notes"]
    for name, home in (("one", ESTATE), ("two", other)):
        out = ["-o", str(tmp_path / f"{name}.json"), "--format", "json", "--fail-on", "never"]
        CliRunner().invoke(cli, ["scan", str(home), *out], standalone_mode=False)
    words = (tmp_path / "one.json", tmp_path / "two.json")
    by_result = json.loads(invoked(*words, "--format", "json").stdout)
    for name in ("opened", "closed", "findings_added", "findings_changed", "requirements"):
        assert by_result[name] == by_directory[name]
    assert "not compared" in by_result["notes"][0]


@pytest.mark.parametrize("form", ["text", "markdown", "sarif", "json"])
def test_every_format_says_the_same_verdict(estate, form):
    estate.commit({"partners.tf": PARTNERS})
    done = estate.diff("main~1", "main", "--format", form)
    assert code(done) == 1
    assert "acme-customer-exports" in done.stdout


def test_sarif_holds_what_is_new_alone(estate):
    estate.commit({"partners.tf": PARTNERS})
    log = json.loads(estate.diff("main~1", "main", "--format", "sarif").stdout)
    results = log["runs"][0]["results"]
    told = estate.json("main~1", "main")
    assert len(results) == len(told["opened"]) + len(told["findings_added"])
    assert results


def test_the_working_tree_is_the_head_where_none_is_named(estate):
    estate.edit("main.tf", OFFICE, 'cidr_blocks = ["0.0.0.0/0"]')
    estate.write({"more.tf": PARTNERS})
    told = estate.json("main")
    assert told["head"]["name"] == "the working tree"
    assert told["notes"] == ["The working tree is not as it was committed: main.tf, more.tf."]
    assert told["reach_added"]
    assert told["opened"]


def test_a_merge_request_is_judged_from_where_it_parted(estate):
    estate.git("checkout", "--quiet", "-b", "feature")
    estate.commit({"partners.tf": PARTNERS})
    estate.git("checkout", "--quiet", "main")
    estate.edit("main.tf", OFFICE, 'cidr_blocks = ["0.0.0.0/0"]')
    estate.commit()
    assert not estate.json("main...feature")["reach_removed"]
    assert estate.json("main..feature")["reach_removed"]
    assert estate.json("main...feature")["opened"]


def test_the_head_does_not_write_its_own_policy(estate):
    estate.commit({"pathwarden.yaml": "version: 1\nskip: [bucket-not-versioned]\n"})
    estate.commit(
        {
            "pathwarden.yaml": "version: 1\nfail_on: critical\nonly: [trail-without-validation]\n",
            "p.tf": PARTNERS,
        }
    )
    told = estate.json("main~1", "main")
    assert "changes pathwarden.yaml" in told["notes"][0]
    assert told["opened"]
    assert code(estate.diff("main~1", "main")) == 1


def test_ignored_variables_and_modules_are_read_on_both_sides(estate):
    (estate.home / ".gitignore").write_text("*.tfvars\n.terraform/\n")
    (estate.home / "terraform.tfvars").write_text('office = "192.0.2.0/24"\n')
    estate.git("add", ".gitignore", "main.tf")
    estate.git("commit", "--quiet", "--message", "ignore")
    told = estate.json("main")
    assert told["notes"] == ["Both sides are read with what git does not track: terraform.tfvars."]
    assert not said(told)


def test_one_more_of_a_pattern_is_added_by_the_change(estate):
    """Machines of one block make one path; another of them is another way all the same."""
    text = (
        (ESTATE / "main.tf")
        .read_text()
        .replace('resource "aws_instance" "web" {', 'resource "aws_instance" "web" {\n  count = 1')
    )
    text = text.replace('resource "aws_s3_bucket" "customers" {\n  bucket = "acme-customers"',
                        'resource "aws_s3_bucket" "customers" {\n  count = 1\n'
                        '  bucket = "acme-customers-${count.index}"')  # fmt: skip
    text = text.replace("${aws_s3_bucket.customers.arn}/*", "arn:aws:s3:::acme-customers-*/*")
    estate.commit({"main.tf": text})
    estate.commit({"main.tf": text.replace("count = 1\n  bucket", "count = 2\n  bucket")})
    told = estate.json("main~1", "main")
    (changed,) = told["changed"]
    assert changed["says"] == ["1 of this pattern, now 2, of which 1 new"]
    assert code(estate.diff("main~1", "main")) == 1
    assert code(estate.diff("main", "main~1")) == 0


def test_settings_above_the_compared_directory_count(repo):
    text = (ESTATE / "main.tf").read_text()
    settings = "version: 1\nonly: [ssh-open-to-internet]\n"
    repo.commit({"pathwarden.yaml": settings, "prod/main.tf": text})
    opened = text.replace(OFFICE, 'cidr_blocks = ["0.0.0.0/0"]')
    repo.commit({"pathwarden.yaml": "version: 1\n", "prod/main.tf": opened})
    done = invoked("main~1", "main", "--on", str(repo.home / "prod"), "--format", "json")
    told = json.loads(done.stdout)
    changed = {f["now"]["rule"] for f in told["findings_changed"]}
    assert changed == {"ssh-open-to-internet"}
    assert not told["findings_added"]
    assert "changes pathwarden.yaml" in told["notes"][0]


def test_modules_that_are_installed_are_those_of_both_sides(repo):
    """Git tracks neither the modules that terraform put there nor where it put them."""
    call = 'module "web" {\n  source = "acme/web/aws"\n  office = "192.0.2.0/24"\n}\n'
    repo.commit({".gitignore": ".terraform/\n", "main.tf": call})
    row = {"Key": "web", "Source": "acme/web/aws", "Dir": ".terraform/modules/web"}
    repo.write(
        {
            ".terraform/modules/modules.json": json.dumps({"Modules": [row]}),
            ".terraform/modules/web/main.tf": (ESTATE / "main.tf").read_text(),
        }
    )
    told = repo.json("main")
    assert told["base"]["resources"] == told["head"]["resources"] == 11
    assert told["notes"] == ["Both sides are read with what git does not track: .terraform."]
    assert not said(told)
    repo.write({"main.tf": call.replace("192.0.2.0/24", "0.0.0.0/0")})
    assert repo.json("main")["reach_added"]


HELPER = """
data "aws_iam_policy_document" "lambda" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}
resource "aws_iam_role" "nightly" {
  name               = "nightly"
  assume_role_policy = data.aws_iam_policy_document.lambda.json
}
resource "aws_iam_user" "robot" {
  name = "robot"
}
resource "aws_iam_access_key" "robot" {
  user = aws_iam_user.robot.name
}
resource "aws_lambda_function" "report" {
  function_name = "report"
  role          = aws_iam_role.nightly.arn
  handler       = "main.run"
  runtime       = "python3.12"
  filename      = "report.zip"
  environment {
    variables = { KEY = aws_iam_access_key.robot.secret, ID = aws_iam_access_key.robot.id }
  }
}
resource "aws_iam_user" "helper" {
  name = "helper"
}
resource "aws_iam_user_policy" "helper" {
  user = aws_iam_user.helper.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["lambda:CreateFunction", "lambda:GetFunction", "lambda:Invoke*"]
        Resource = "*"
      },
      { Effect = "Allow", Action = "iam:PassRole", Resource = aws_iam_role.nightly.arn },
    ]
  })
}
"""


def test_the_request_of_a_technique_is_made_to_what_it_is_made_to(estate):
    """Not to whom it is done for the sake of: a function is called, and a user is won by it."""
    estate.commit({"helper.tf": HELPER})
    told = estate.json("main~1", "main")["permissions_added"]
    asked = {
        p["target"]: (p["witness"]["action"], p["witness"]["resource"].rpartition(":")[2])
        for p in told
        if p["principal"] == "aws_iam_user.helper" and p["relation"] == "may-call"
    }
    assert asked["aws_iam_role.nightly"] == ("iam:PassRole", "role/nightly")
    assert asked["aws_iam_user.robot"] == ("lambda:GetFunction", "report")
    allows = [p for p in told if p["target"] == "*" and p["witness"]]
    assert all("::" not in p["witness"]["resource"] for p in allows)
